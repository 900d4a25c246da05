#!/bin/sh
# From a bare Debian 12 machine to the verdict on this tree: installs what the tests need, builds, runs
# all of them: unit tests, cases, lint, end to end with a real Postfix. Ends with "N passed, N failed".
# Root. The sanitised builds are "make asan" and "make tsan".
set -u
cd "$(dirname "$0")/.." || exit 1
build=${SEKISHO_BUILD:-build}
passed=0 failed=0

{ sh packaging/install-build.sh && SEKISHO_APT_UPDATED=yes sh packaging/install-check.sh &&
	sh packaging/build.sh "$build"; } || { echo "0 passed, 1 failed"; exit 1; }

count() { # LABEL PASSED FAILED
	passed=$((passed + $2))
	failed=$((failed + $3))
	echo "$1: $2 passed, $3 failed"
}

# Unit tests: each row counts as its program prints it; a program that dies counts as one failure.
make -s -C "$build" -j"$(nproc)" -k check >"$build"/check.log 2>&1
made=$?
ok=0 bad=0
for log in "$build"/tests/unit/*.log; do
	[ -e "$log" ] || continue
	ok=$((ok + $(grep -c '^\[       OK \]' "$log")))
	not=$(grep -c '^\[  FAILED  \] [a-z_]*$' "$log")
	grep -q '^:test-result: \(FAIL\|ERROR\)' "${log%.log}.trs" && [ "$not" -eq 0 ] && not=1
	[ "$not" -gt 0 ] && { echo "--- $log"; tail -n 40 "$log"; }
	bad=$((bad + not))
done
# What does not even build, or dies without a word.
if [ $((ok + bad)) -eq 0 ] || { [ $made -ne 0 ] && [ $bad -eq 0 ]; }; then
	tail -n 30 "$build"/check.log
	bad=$((bad + 1))
fi
count "unit tests" "$ok" "$bad"

sh tests/cases/run.sh "$build"/sekisho >"$build"/cases.log
tail -n 20 "$build"/cases.log
figures=$(tail -n 1 "$build"/cases.log | sed -n 's/.* \([0-9]*\) expectations met, \([0-9]*\) not, \([0-9]*\) cases unreadable/\1 \2 \3/p')
read -r met not_met unreadable <<EOT
${figures:-0 1 0}
EOT
count "cases" "$met" $((not_met + unreadable))

sh tests/lint/run.sh "$(cd "$build" && pwd)" >"$build"/lint.log 2>&1
cat "$build"/lint.log
count "lint" "$(grep -c '^ok ' "$build"/lint.log)" "$(grep -c '^FAIL ' "$build"/lint.log)"

make -s -C "$build" e2e >"$build"/e2e.log 2>&1
cat "$build"/e2e.log
figures=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, [0-9]* skipped$/\1 \2/p' "$build"/e2e.log | tail -n 1)
read -r met not_met <<EOT
${figures:-0 1}
EOT
count "end to end" "$met" "$not_met"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
