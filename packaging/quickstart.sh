#!/bin/sh
# From a bare Debian 12 machine to the first diagnosed messages: installs what is needed, builds, and
# sends the two messages that sekisho was made for through a real Postfix (a private one, in a network
# namespace of its own; nothing of the machine's mail system is touched). Root.
set -eu
cd "$(dirname "$0")/.."
build=${SEKISHO_BUILD:-build}
echo "Installing libraries, compiler, Postfix and a DNS server …"
sh packaging/install-build.sh
SEKISHO_APT_UPDATED=yes sh packaging/install-postfix.sh
echo "Building …"
sh packaging/build.sh "$build"
echo "Starting DNS, sekishod and Postfix …"
exec sh tests/e2e/seeds.sh "$(cd "$build" && pwd)"
