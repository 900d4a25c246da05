#!/bin/sh
# Installs what building and examining the packages needs: packaging/build-deb.sh, build-rpm.sh, deb-check.sh. Root.
set -eu
export DEBIAN_FRONTEND=noninteractive
[ "${SEKISHO_APT_UPDATED:-}" = yes ] || apt-get update -qq
apt-get install -y -qq --no-install-recommends \
	dpkg-dev debhelper dh-apparmor po-debconf fakeroot lintian apparmor logrotate rpm \
	debootstrap systemd-container >/dev/null
