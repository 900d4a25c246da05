#!/bin/sh
# usage: cost.sh FOLDER-OF-THE-BUILD
# What the diagnosis costs: processor time per message with and without it, for correct mail and for
# 1 MB messages that fail. The worst messages we know: tests/unit/test_worst_messages.c.
set -eu
build=$1
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in /usr/bin/python3 python3; do
	"$python" -c 'import nacl' 2>/dev/null && break
done
"$python" -B costly.py "$folder"
for case in pass-small pass-large footer-1mb unknown-1mb header-1mb; do
	times=2000
	test "${case%1mb}" = "$case" || times=20
	printf '%-12s' "$case"
	"$build/tests/bench/diagnosis_cost" "$folder/$case.case" "$times"
done
