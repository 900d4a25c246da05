# Points of an end-to-end test in shell, to be sourced: one line each, counted by run.sh.
# shellcheck shell=sh disable=SC2154

failures=0
number=0

say() { printf '%s\n' "$*"; }

skip() {
	say "skipped: $*"
	exit 77
}

# STATUS (0 is ok), TITLE, and if wanted a FILE that says more when it is not.
verdict() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then say "ok $number - $2"; else
		say "not ok $number - $2"
		[ $# -lt 3 ] || sed 's/^/  /' "$3"
		failures=$((failures + 1))
	fi
}

# TITLE, STATUS: of a command whose words are in $work/told.
point() { verdict "$2" "$1" "$work/told"; }
