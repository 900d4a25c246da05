#!/bin/sh
# The metrics of a running sekishod, as Prometheus would read them.
# Usage: tests/e2e/metrics.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/metrics.sh BUILD-FOLDER}
command -v python3 >/dev/null || {
	echo "skipped: python3 is not installed"
	exit 77
}
grep -q -e -DHAVE_MICROHTTPD=1 "$build/Makefile" || {
	echo "skipped: built without libmicrohttpd"
	exit 77
}
exec python3 "$(dirname "$0")/metrics.py" "$build/sekishod"
