#!/bin/sh
# cppcheck: warnings, performance and portability.
set -u
command -v cppcheck >/dev/null || { echo "cppcheck is not installed"; exit 1; }
cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
	--suppress=missingIncludeSystem --suppress=unknownMacro -j 2 -DHAVE_SYSTEMD=1 -DHAVE_LIBPQ=1 -DPACKAGE_VERSION='"0"' \
	-DSYSCONF_DIR='"/etc"' -Imilter milter
