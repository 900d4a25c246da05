#!/bin/sh
# A folder of milter/ includes only itself and what tests/lint/layers.txt allows; each foreign
# library is included by one folder only.
set -u
status=0

complain() {
	echo "$1"
	status=1
}

for folder in milter/*/; do
	folder=$(basename "$folder")
	if ! allowed=$(grep "^$folder:" tests/lint/layers.txt); then
		complain "milter/$folder is not in tests/lint/layers.txt"
		continue
	fi
	allowed=" ${allowed#*:} $folder "
	for included in $(sed -n 's/^#[[:space:]]*include "\([a-z]*\)\/.*/\1/p' milter/"$folder"/*.[ch] milter/"$folder"/*.def 2>/dev/null | sort -u); do
		case "$allowed" in
		*" $included "*) ;;
		*) complain "milter/$folder includes $included/: $(grep -l "include \"$included/" milter/"$folder"/* | tr '\n' ' ')" ;;
		esac
	done
done

only() { # PATTERN FOLDER...
	pattern=$1
	shift
	for file in $(grep -lE "^#[[:space:]]*include <$pattern" milter/*.c milter/*/*.[ch] 2>/dev/null); do
		found=no
		for folder in "$@"; do
			case "$file" in milter/"$folder"/*) found=yes ;; esac
		done
		[ $found = yes ] || complain "$file includes <$pattern…>, which belongs to $*"
	done
}
only 'libmilter/' session
only 'spf2/' verify
only 'opendkim/' verify
only 'opendmarc/' verify
only 'unbound\.h' dns
only 'confuse\.h' settings
only 'libpsl\.h' base
only 'idn2\.h' base
only 'libpq-fe\.h' store
only 'sqlite3\.h' memory store feedback
only 'microhttpd\.h' metrics
only 'systemd/sd-journal' report logbook
only 'systemd/sd-daemon' service
grep -lE '^#[[:space:]]*include "(session|service)/' milter/sekisho.c && complain "sekisho links neither session nor service"
exit $status
