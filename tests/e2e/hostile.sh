#!/bin/sh
# What strangers write, through the store into reports and the page: text, and never anything else.
# Usage: tests/e2e/hostile.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/hostile.sh BUILD-FOLDER}
for program in python3 xmllint; do
	command -v $program >/dev/null || {
		echo "skipped: $program is not installed"
		exit 77
	}
done
exec python3 "$(dirname "$0")/hostile.py" "$build"
