#!/bin/sh
# Every end-to-end test of this folder; prints one line each and "N passed, N failed, N skipped".
# Usage: tests/e2e/run.sh BUILD-FOLDER
set -u
build=$(cd "${1:?usage: tests/e2e/run.sh BUILD-FOLDER}" && pwd)
folder=$(dirname "$0")
passed=0 failed=0 skipped=0
for test in "$folder"/*.sh; do
	case $(basename "$test") in run.sh | lib.sh | story.sh) continue ;; esac
	log=$(mktemp /tmp/sekisho-e2e.XXXXXX)
	timeout 900 sh "$test" "$build" >"$log" 2>&1
	status=$?
	ok=$(grep -c '^ok ' "$log")
	not_ok=$(grep -c '^not ok ' "$log")
	case $status in
	0) passed=$((passed + (ok > 0 ? ok : 1))); echo "pass  $(basename "$test") ($ok points)" ;;
	77) skipped=$((skipped + 1)); echo "skip  $(basename "$test"): $(tail -n 1 "$log")" ;;
	*) passed=$((passed + ok)); failed=$((failed + (not_ok > 0 ? not_ok : 1)))
		echo "FAIL  $(basename "$test") (status $status)"; sed 's/^/      /' "$log" | tail -n 60 ;;
	esac
	rm -f "$log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
