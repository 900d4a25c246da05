#!/bin/sh
# A short soak: verdicts and losses only; in so few messages memory is still warming up. "make soak" is the long one.
# Usage: tests/e2e/soak.sh BUILD-FOLDER
export SEKISHO_SOAK_GROWTH_KB=1000000
exec sh "$(dirname "$0")/../soak/run.sh" "${1:?usage: tests/e2e/soak.sh BUILD-FOLDER}" 4000
