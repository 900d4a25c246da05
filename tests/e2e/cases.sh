#!/bin/sh
# The cases through the running daemon, by milter protocol: the messages that crash the libraries must
# leave it alive with a verdict and a cause, and every case must get the header that "sekisho check" gives.
# Usage: tests/e2e/cases.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/cases.sh BUILD-FOLDER}
command -v python3 >/dev/null || {
	echo "skipped: python3 is not installed"
	exit 77
}
exec python3 "$(dirname "$0")/cases.py" "$build"
