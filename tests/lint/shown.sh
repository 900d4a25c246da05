#!/bin/sh
# Every code that is produced is also shown: by a case, or by a row of the unit tests of the diagnosis.
set -u
shown=$(mktemp)
trap 'rm -f "$shown"' EXIT
{
	for case in tests/cases/*.case; do # those of pending.txt show nothing yet
		grep -qx "$(basename "$case" .case)" tests/cases/pending.txt || sed -n 's/^expect  *cause  *//p' "$case"
	done
	sed -n '/^[[:space:]]*\/\?\*/!p' tests/unit/test_diagnose*.c | grep -o '"[^"]*"'
} | grep -oE '[!a-z0-9-]+' | grep -E '^[a-z0-9]+-' | sort -u >"$shown"
status=0 count=0
for code in $(sed -n 's/^CAUSE([A-Z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' milter/diagnose/causes.def); do
	grep -q "^$code " tests/lint/causes-pending.txt && continue
	count=$((count + 1))
	grep -qx -- "$code" "$shown" || { echo "$code: no case and no unit test shows it"; status=1; }
done
[ $status -ne 0 ] || echo "$count codes"
exit $status
