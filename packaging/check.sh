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

stage=$(date +%s)
count() { # LABEL PASSED FAILED
	passed=$((passed + $2))
	failed=$((failed + $3))
	echo "$1: $2 passed, $3 failed ($(($(date +%s) - stage)) s)"
	stage=$(date +%s)
}

# Unit tests: each cmocka test counts, a script or a suite is one; a program that dies is one failure,
# and so is anything that keeps "make check" from its end.
find "$build"/tests -name '*.trs' -exec rm -f {} +
make -s -C "$build" -j"$(nproc)" -k check >"$build"/check.log 2>&1
status=$?
ok=0 bad=0
for trs in $(find "$build"/tests -name '*.trs' | sort); do
	log=${trs%.trs}.log
	good=$(grep -c '^\[       OK \]' "$log")
	not=$(grep '^\[  FAILED  \] [a-z0-9_]*$' "$log" | sort -u | wc -l)
	case $(sed -n 's/^:test-result: //p' "$trs") in
	PASS) [ "$good" -gt 0 ] || good=1 ;;
	SKIP) echo "skipped: ${trs#"$build"/}: $(tail -n 1 "$log")" ;;
	*) [ "$not" -gt 0 ] || not=1; echo "--- $log"; tail -n 40 "$log" ;;
	esac
	ok=$((ok + good))
	bad=$((bad + not))
done
[ $status -eq 0 ] || [ $bad -gt 0 ] || { tail -n 30 "$build"/check.log; bad=1; }
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
