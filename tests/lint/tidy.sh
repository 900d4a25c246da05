#!/bin/sh
# clang-tidy: the analyser and the bug finders of .clang-tidy on every file of milter/.
set -u
command -v clang-tidy >/dev/null || { echo "clang-tidy is not installed"; exit 1; }
find milter -name '*.c' -print0 | xargs -0 -n 8 -P 2 sh -c '
	clang-tidy --quiet --warnings-as-errors="*" "$@" -- -std=c11 -D_GNU_SOURCE -Imilter -DHAVE_SYSTEMD=1 \
		-DPACKAGE_VERSION="\"0\"" -DPACKAGE_NAME="\"sekisho\"" -DSYSCONF_DIR="\"/etc\"" 2>/dev/null |
		grep -E "(warning|error):" && exit 1
	exit 0' sh
