#!/bin/sh
# Nothing for shellcheck to say about our scripts.
set -u
command -v shellcheck >/dev/null || { echo "shellcheck is not installed"; exit 1; }
find tests packaging .ci -name '*.sh' -o -path .ci/run | sort | xargs shellcheck -S warning
