#!/bin/sh
# Runs every .case of this folder: each must give what its "expect" lines say, but for the causes of
# those in pending.txt. Usage: tests/cases/run.sh PATH/TO/sekisho
# SEKISHO_RUNNER goes in front of the program (valgrind …).
set -u
sekisho=${1:?usage: tests/cases/run.sh PATH/TO/sekisho}
folder=$(dirname "$0")
# shellcheck disable=SC2086
exec ${SEKISHO_RUNNER:-} "$sekisho" replay --quiet --pending "$folder"/pending.txt "$folder"/*.case
