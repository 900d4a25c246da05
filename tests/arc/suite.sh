#!/bin/sh
# The ARC validation suite, verdict for verdict. It lies beside the project: skipped (77) unless
# SEKISHO_SHARED names the place.
set -u
suite=${SEKISHO_SHARED:-}/data/arc/arc-draft-validation-tests.yml
if [ ! -r "$suite" ]; then
	echo "skipped: no ARC suite (SEKISHO_SHARED)"
	exit 77
fi
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
python3 "${srcdir:-.}"/tests/arc/suite_cases.py "$suite" "$folder"
status=$?
if [ $status -ne 0 ]; then
	echo "no cases made: python3-yaml is missing or the suite cannot be read"
	exit $status
fi
# shellcheck disable=SC2086
${SEKISHO_RUNNER:-} "${builddir:-.}"/sekisho replay --quiet --verdicts "$folder"/*.case
