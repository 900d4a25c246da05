#!/bin/sh
# The store behind a running sekishod: every verdict once, whatever happens to the database.
# Usage: tests/e2e/store.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/store.sh BUILD-FOLDER}
command -v python3 >/dev/null || {
	echo "skipped: python3 is not installed"
	exit 77
}
exec python3 "$(dirname "$0")/store.py" "$build/sekishod"
