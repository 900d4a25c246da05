#!/bin/sh
# The life of the Debian package on a bare machine of its own: a debootstrapped root that systemd-nspawn boots,
# without any network. What happens in it is packaging/deb-check-inside.sh. Prints "ok" and "not ok" lines, and
# ends with "N passed, N failed". Root. Usage: packaging/deb-check.sh BUILD-FOLDER
#
# SEKISHO_DEB   a package that is built already (packaging/build-deb.sh)
# SEKISHO_BARE  a bare root of Debian 12 with systemd to copy, instead of asking debootstrap
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
build=${1:?usage: packaging/deb-check.sh BUILD-FOLDER}

skip() {
	echo "skipped: $*"
	exit 77
}

[ "$(id -u)" -eq 0 ] || skip "needs root"
for tool in debootstrap systemd-nspawn dpkg-deb; do
	command -v $tool >/dev/null || skip "$tool is not installed (packaging/install-package-check.sh)"
done

work=$(mktemp -d /var/tmp/sekisho-deb.XXXXXX)
root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM

say() { echo "  $* ($(($(date +%s) - started)) s)"; }
started=$(date +%s)

package=${SEKISHO_DEB:-}
[ -n "$package" ] || {
	DEB_BUILD_OPTIONS=nocheck sh "$source"/packaging/build-deb.sh "$build" "$work/deb" >"$work/build.log" || {
		cat "$work/build.log"
		exit 1
	}
	package=$(tail -n 1 "$work/build.log")
	say "built $(basename "$package")"
}

if [ -n "${SEKISHO_BARE:-}" ]; then
	cp -a --one-file-system "$SEKISHO_BARE" "$root"
else
	debootstrap --variant=minbase --include=systemd-sysv,dbus,ca-certificates bookworm "$root" \
		"${SEKISHO_MIRROR:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 || {
		tail -n 5 "$work/debootstrap.log"
		skip "debootstrap cannot make a root: no network?"
	}
fi
say "a bare root"

# What the test itself needs is installed from outside; Postfix and what sekisho needs are only fetched.
mkdir -p "$root/check"
cp "$package" "$root/check/old.deb"
dpkg-deb -R "$package" "$work/next"
version=$(dpkg-deb -f "$package" Version)
sed -i "s/^Version: .*/Version: $version+next/" "$work/next/DEBIAN/control"
dpkg-deb --root-owner-group -b "$work/next" "$root/check/new.deb" >/dev/null
cp "$source"/packaging/deb-check-inside.sh "$source"/tests/support/corpus.py "$source"/tests/support/smtp_load.py "$root/check/"
rm -f "$root/etc/resolv.conf"
cp /etc/resolv.conf "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
# shellcheck disable=SC2016
chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 sh -euc '
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends nsd python3-dkim python3-nacl openssl iproute2 procps
	apt-get install -y -qq --no-install-recommends --download-only postfix /check/old.deb
	systemctl disable nsd' >"$work/apt.log" 2>&1 || { tail -n 20 "$work/apt.log"; exit 1; }
rm "$root/usr/sbin/policy-rc.d"
echo "nameserver 127.0.0.1" >"$root/etc/resolv.conf"
echo mx.rx.example >"$root/etc/hostname"
echo "127.0.0.1 localhost mx.rx.example mx" >"$root/etc/hosts"
cat >"$root/etc/systemd/system/check.service" <<'EOT'
[Unit]
Description=what happens to the package
After=multi-user.target
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
ExecStart=/bin/sh /check/deb-check-inside.sh
StandardOutput=file:/check/log
StandardError=file:/check/noise
TimeoutStartSec=400
[Install]
WantedBy=default.target
EOT
mkdir -p "$root/etc/systemd/system/default.target.wants"
ln -sf ../check.service "$root/etc/systemd/system/default.target.wants/check.service"
: >"$root/check/log"
say "fetched Postfix and what the package needs"

# The old hierarchy of control groups where this machine has no other.
[ -e /sys/fs/cgroup/cgroup.controllers ] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0
timeout 500 systemd-nspawn -q -D "$root" --boot --register=no --keep-unit --private-network --resolv-conf=off \
	--timezone=off --console=pipe </dev/null >"$work/boot.log" 2>&1 || true
[ -s "$root/check/log" ] || {
	tail -n 20 "$work/boot.log"
	skip "systemd-nspawn cannot boot a root here"
}
say "booted, tested, halted"
cat "$root/check/log"
passed=$(grep -c '^ok ' "$root/check/log" || true)
failed=$(grep -c '^not ok ' "$root/check/log" || true)
grep -qx 'the end' "$root/check/log" || { echo "not ok - the test ended early"; failed=$((failed + 1)); }
[ "$failed" -eq 0 ] || tail -n 60 "$root/check/noise"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
