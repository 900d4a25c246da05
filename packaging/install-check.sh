#!/bin/sh
# Installs what the tests need beyond the build: cmocka, linters, Postfix, a DNS server, signers. Root.
set -eu
export DEBIAN_FRONTEND=noninteractive
[ "${SEKISHO_APT_UPDATED:-}" = yes ] || apt-get update -qq
apt-get install -y -qq --no-install-recommends \
	libcmocka-dev systemd-journal-remote clang clang-format clang-tidy cppcheck shellcheck valgrind libyaml-dev mandoc \
	zsh sqlite3 python3 python3-dkim python3-nacl ldnsutils libxml2-utils postgresql prometheus xz-utils libclang-rt-14-dev systemd >/dev/null
SEKISHO_APT_UPDATED=yes sh "$(dirname "$0")"/install-postfix.sh
SEKISHO_APT_UPDATED=yes sh "$(dirname "$0")"/install-package-check.sh
