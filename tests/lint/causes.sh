#!/bin/sh
# Every code of causes.def is produced at exactly one place of milter/diagnose, or is listed as pending
# with the issue that brings it. Asking whether a cause was found is no production.
set -u
pending=tests/lint/causes-pending.txt
status=0

complain() {
	echo "$1"
	status=1
}

places=$(sed 's/collection_has([^)]*)//g' milter/diagnose/*.c | grep -oE 'CAUSE_[A-Z0-9_]+' | sort | uniq -c)
for row in $(sed -n 's/^CAUSE(\([A-Z0-9_]*\), "\([a-z0-9-]*\)".*/\1:\2/p' milter/diagnose/causes.def); do
	id=CAUSE_${row%%:*} code=${row#*:}
	count=$(printf '%s\n' "$places" | awk -v id="$id" '$2 == id {print $1}')
	listed=no
	grep -q "^$code " "$pending" && listed=yes
	case "${count:-0} $listed" in
	"1 no" | "0 yes") ;;
	"0 no") complain "$code is not produced, and not in $pending" ;;
	*" yes") complain "$code is produced: take it out of $pending" ;;
	*) complain "$code is produced at $count places" ;;
	esac
done
for code in $(sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p' "$pending"); do
	grep -q "^CAUSE([A-Z0-9_]*, \"$code\"" milter/diagnose/causes.def || complain "$pending: no such code: $code"
done
[ $status -ne 0 ] || echo "$(grep -c '^CAUSE(' milter/diagnose/causes.def) codes, $(grep -c '^[a-z]' "$pending") pending"
exit $status
