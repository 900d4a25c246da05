#!/bin/sh
# Installs what building sekisho needs, on Debian 12 and later. Root.
set -eu
export DEBIAN_FRONTEND=noninteractive
[ "${SEKISHO_APT_UPDATED:-}" = yes ] || apt-get update -qq
apt-get install -y -qq --no-install-recommends \
	gcc libc6-dev make autoconf automake pkg-config \
	libmilter-dev libspf2-dev libopendkim-dev libopendmarc-dev libunbound-dev libssl-dev \
	libpsl-dev libidn2-dev libconfuse-dev libjansson-dev libsqlite3-dev libsystemd-dev zlib1g-dev libmicrohttpd-dev libseccomp-dev libpq-dev publicsuffix >/dev/null
