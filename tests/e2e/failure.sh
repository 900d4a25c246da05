#!/bin/sh
# DMARC failure reports: from mail through the daemon and its store to letters that another reader takes apart.
# Usage: tests/e2e/failure.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/failure.sh BUILD-FOLDER}
command -v python3 >/dev/null || {
	echo "skipped: python3 is not installed"
	exit 77
}
exec python3 "$(dirname "$0")/failure.py" "$build"
