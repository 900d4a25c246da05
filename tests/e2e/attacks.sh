#!/bin/sh
# The attacks of tests/attacks, against the daemon.
# Usage: tests/e2e/attacks.sh BUILD-FOLDER
exec sh "$(dirname "$0")/../attacks/run.sh" "${1:?usage: tests/e2e/attacks.sh BUILD-FOLDER}"
