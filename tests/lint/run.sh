#!/bin/sh
# make lint: every check of tests/lint, each with one line; all of them run, any failure fails.
# Called in the source folder, with the build folder as the argument.
set -u
build=${1:?usage: tests/lint/run.sh BUILD-FOLDER}
failed=0
for check in tests/lint/*.sh; do
	name=$(basename "$check" .sh)
	[ "$name" = run ] && continue
	if output=$(sh "$check" "$build" 2>&1); then
		if [ -n "$output" ]; then echo "ok    $name: $output"; else echo "ok    $name"; fi
	else
		echo "FAIL  $name"
		printf '%s\n' "$output" | sed 's/^/      /'
		failed=$((failed + 1))
	fi
done
[ "$failed" -eq 0 ] || echo "$failed lint checks failed"
[ "$failed" -eq 0 ]
