#!/bin/sh
# usage: run.sh FOLDER-OF-THE-BUILD [options of mutate.py]
# Breaks correct mail in every way of the catalogue and prints how often the cause is named.
# Exit status 1: a correct message drew a complaint, something crashed, or a proven cause was wrong.
set -eu
build=$1
shift
cd "$(dirname "$0")"
for python in /usr/bin/python3 python3; do
	if "$python" -c 'import dkim, nacl' 2>/dev/null; then
		exec "$python" -B mutate.py --sekisho "$build/sekisho" "$@"
	fi
done
echo "skipped: python3-dkim and python3-nacl are needed" >&2
exit 77
