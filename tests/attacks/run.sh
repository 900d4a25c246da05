#!/bin/sh
# Every attack of this folder against a real sekishod, with the honest mail beside it that must go on as before.
# Usage: tests/attacks/run.sh BUILD-FOLDER [FUNCTION…]
set -u
build=$(cd "${1:?usage: tests/attacks/run.sh BUILD-FOLDER [FUNCTION...]}" && pwd)
shift
for python in /usr/bin/python3 python3; do
	if "$python" -c 'import nacl' 2>/dev/null; then
		exec "$python" -B "$(dirname "$0")/attacks.py" "$build/sekishod" "$@"
	fi
done
echo "skipped: python3-nacl is needed"
exit 77
