#!/bin/sh
# clang-tidy: the analyser and the bug finders of .clang-tidy on every file of milter/. The analyser gives
# up a function after 60,000 states of it instead of 225,000: a third of the time for the same findings.
set -u
command -v clang-tidy >/dev/null || { echo "clang-tidy is not installed"; exit 1; }
# shellcheck disable=SC2016
find milter -name '*.c' -print0 | xargs -0 -n 1 -P "$(nproc)" sh -c '
	said=$(clang-tidy --quiet --warnings-as-errors="*" "$1" -- -std=c11 -D_GNU_SOURCE -Imilter -DHAVE_SYSTEMD=1 \
		-DHAVE_LIBPQ=1 -I/usr/include/postgresql \
		-DPACKAGE_VERSION="\"0\"" -DPACKAGE_NAME="\"sekisho\"" -DSYSCONF_DIR="\"/etc\"" \
		-Xclang -analyzer-config -Xclang max-nodes=60000 2>&1) && exit 0
	printf "%s\n" "$said" | grep -E "(warning|error):" || echo "$1: clang-tidy fails"
	exit 1' sh
