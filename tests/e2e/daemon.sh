#!/bin/sh
# sekishod itself, without an MTA: starting and stopping, reload, dying workers, hostile protocol.
# Usage: tests/e2e/daemon.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/daemon.sh BUILD-FOLDER}
command -v python3 >/dev/null || {
	echo "skipped: python3 is not installed"
	exit 77
}
exec python3 "$(dirname "$0")/daemon.py" "$build/sekishod"
