#!/bin/sh
# DMARC aggregate reports: from mail through the daemon and its store to files and letters.
# Usage: tests/e2e/report.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/report.sh BUILD-FOLDER}
for program in python3 xmllint; do
	command -v $program >/dev/null || {
		echo "skipped: $program is not installed"
		exit 77
	}
done
exec python3 "$(dirname "$0")/report.py" "$build"
