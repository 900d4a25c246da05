#!/bin/sh
# The diagnosis behind the MTA's answer: never in the way, never lost.
# Usage: tests/e2e/deferred.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/deferred.sh BUILD-FOLDER}
command -v python3 >/dev/null || {
	echo "skipped: python3 is not installed"
	exit 77
}
exec python3 "$(dirname "$0")/deferred.py" "$build/sekishod"
