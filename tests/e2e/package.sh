#!/bin/sh
# The packages as far as they go without a machine of their own (that is packaging/deb-check.sh): Debian's is
# built and lintian has nothing to say, what is in it is what was meant, the profile, the rotation of logs and
# the spec are understood by their programs. Usage: tests/e2e/package.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/package.sh BUILD-FOLDER}
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/e2e/points.sh disable=SC1091
. tests/e2e/points.sh
for tool in dh lintian dh_apparmor debconf-updatepo rpmspec apparmor_parser logrotate; do
	command -v $tool >/dev/null || skip "$tool is not installed (packaging/install-package-check.sh)"
done
work=$(mktemp -d /var/tmp/sekisho-package.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

listed() { grep -qE "^$1 $2 .* \.$3\$" "$work/list"; } # MODE OWNER PATH

DEB_BUILD_OPTIONS=nocheck sh packaging/build-deb.sh "$build" "$work/deb" >"$work/log" 2>&1
status=$?
[ $status -eq 0 ] || tail -n 60 "$work/log"
verdict $status "Debian's package builds from make dist, and lintian has no error and no warning"
package=$(tail -n 1 "$work/log")
dpkg-deb -c "$package" >"$work/list"
listed -rwxr-xr-x root/root /usr/sbin/sekishod && listed -rwxr-xr-x root/root /usr/sbin/sekisho-postfix &&
	listed -rwxr-xr-x root/root /usr/bin/sekisho && listed -rw-r--r-- root/root /lib/systemd/system/sekishod.service &&
	listed -rw-r--r-- root/root /lib/systemd/system/sekishod@.service
verdict $? "programs and units are in it"
dpkg-deb -R "$package" "$work/package"
for file in sekisho/sekisho.conf logrotate.d/sekisho apparmor.d/usr.sbin.sekishod; do
	grep -qx "/etc/$file" "$work/package/DEBIAN/conffiles" || echo "/etc/$file is no conffile"
done >"$work/log"
cat "$work/log"
[ ! -s "$work/log" ]
verdict $? "configuration files are conffiles"
"$build"/sekisho config --changed "$work/package/etc/sekisho/sekisho.conf" >"$work/log" 2>&1
[ "$(grep -v '^#' "$work/log")" = "socket = unix:/var/spool/postfix/sekisho/sekisho.sock" ] || { cat "$work/log"; false; }
verdict $? "its configuration differs from the defaults in the socket only"
for page in packaging/man/*.[1-9]; do
	listed -rw-r--r-- root/root "/usr/share/man/man${page##*.}/$(basename "$page").gz" || echo "no $page"
done >"$work/log"
cat "$work/log"
[ ! -s "$work/log" ]
verdict $? "all manual pages are in it"
apparmor_parser -Q -K packaging/apparmor/usr.sbin.sekishod >"$work/log" 2>&1 || { cat "$work/log"; false; }
verdict $? "AppArmor's parser takes the profile"
mkdir -p "$work/rotate"
sed "s|/var/log/sekisho|$work/rotate|g; s/su sekisho sekisho/su root root/" packaging/debian/sekisho.logrotate >"$work/rotate.conf"
echo '{}' >"$work/rotate/log.json"
logrotate -f -s "$work/rotate.state" "$work/rotate.conf" >"$work/log" 2>&1 && [ ! -e "$work/rotate/log.json" ] &&
	[ "$(find "$work/rotate" -name 'log.json-*' | wc -l)" -eq 1 ] || { cat "$work/log"; false; }
verdict $? "logrotate moves a log away"
rpmspec -P packaging/rpm/sekisho.spec >"$work/log" 2>&1 || { cat "$work/log"; false; }
verdict $? "rpm understands the spec"
sed -n '/^%files/,/^%changelog/p' "$work/log" >"$work/files"
make -s -C "$build" install DESTDIR="$work/dest" prefix=/usr sysconfdir=/etc localstatedir=/var >/dev/null 2>&1
(cd "$work/dest" && find . -type f) | sed 's/^\.//' | while read -r file; do
	grep -qE "^$(printf '%s' "$file" | sed 's/[.[@*]/[&]/g')\*?\$" "$work/files" || echo "$file"
done >"$work/missing"
[ ! -s "$work/missing" ] || { cat "$work/missing"; false; }
verdict $? "what make install brings is in the list of the spec"
[ "$(rpmspec -q --srpm --qf '%{VERSION}' packaging/rpm/sekisho.spec 2>/dev/null)" = "$(dpkg-deb -f "$package" Version | cut -d- -f1)" ]
verdict $? "both packages have one version"
[ $failures -eq 0 ]
