#!/bin/sh
# Every end-to-end test of this folder; prints one line each and "N passed, N failed, N skipped".
# They run two at a time, most of them wait for most of their time; what looks at how long something takes runs
# alone, at the end: some tests, and of others the points that are timed (tests/support/points.py).
# Usage: tests/e2e/run.sh BUILD-FOLDER
set -u
build=$(cd "${1:?usage: tests/e2e/run.sh BUILD-FOLDER}" && pwd)
folder=$(dirname "$0")
alone="attacks authority dns dnssec load"
timed="daemon deferred faults postgres store"
results=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-e2e.XXXXXX")
lanes=
trap 'for lane in $lanes; do kill "$lane" 2>/dev/null; done; wait; rm -rf "$results"' EXIT
trap 'exit 130' INT TERM

# Runs those of the tests that no other lane has taken.
lane() { # NAME...
	running=
	trap '[ -z "$running" ] || kill "$running"; wait; exit 143' TERM
	for name in "$@"; do
		mkdir "$results/$name" 2>/dev/null || continue
		began=$(date +%s)
		points=
		case $name in *-timed | *-others) points=${name##*-} ;; esac
		SEKISHO_POINTS=$points timeout 900 sh "$folder/${name%-*}.sh" "$build" >"$results/$name/log" 2>&1 &
		running=$!
		wait "$running"
		echo "$? $(($(date +%s) - began))" >"$results/$name/over"
		mv "$results/$name/over" "$results/$name/status"
	done
}

is_running() { for lane in $lanes; do kill -0 "$lane" 2>/dev/null && return; done; false; }

passed=0 failed=0 skipped=0
report() { # NAME
	log=$results/$1/log
	while [ ! -e "$results/$1/status" ] && is_running; do sleep 0.2; done
	[ -e "$results/$1/status" ] || { mkdir -p "$results/$1" && echo "not run" >"$log" && echo 1 0 >"$results/$1/status"; }
	read -r status seconds <"$results/$1/status"
	ok=$(grep -c '^ok ' "$log")
	not_ok=$(grep -c '^not ok ' "$log")
	case $status in
	0) passed=$((passed + (ok > 0 ? ok : 1))); echo "pass  $1 ($ok points, $seconds s)" ;;
	77) skipped=$((skipped + 1)); echo "skip  $1: $(tail -n 1 "$log")" ;;
	*) passed=$((passed + ok)); failed=$((failed + (not_ok > 0 ? not_ok : 1)))
		echo "FAIL  $1 (status $status, $seconds s)"; sed 's/^/      /' "$log" | tail -n 60 ;;
	esac
}

beside=
for test in "$folder"/*.sh; do
	name=$(basename "$test" .sh)
	case " run lib points story $alone " in *" $name "*) continue ;; esac
	case " $timed " in
	*" $name "*) beside="$beside $name-others" alone="$alone $name-timed" ;;
	*) beside="$beside $name" ;;
	esac
done
# shellcheck disable=SC2086
{
	lane package $beside &
	lanes="$lanes $!"
	lane $beside &
	lanes="$lanes $!"
	for name in $beside; do report "$name"; done
	lane $alone &
	lanes="$lanes $!"
	for name in $alone; do report "$name"; done
}
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
