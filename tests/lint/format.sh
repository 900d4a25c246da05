#!/bin/sh
# clang-format has nothing to change.
set -u
command -v clang-format >/dev/null || { echo "clang-format is not installed"; exit 1; }
find milter tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror 2>&1 | grep -E 'error:' | cut -d: -f1 | sort | uniq -c | awk '{print $2 ": " $1 " places; run make format"; bad = 1} END {exit bad}'
