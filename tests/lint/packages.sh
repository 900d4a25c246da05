#!/bin/sh
# What the build needs, install-build.sh, debian/control and README name alike; the spec lists every manual page.
set -u
status=0

complain() {
	echo "$1"
	status=1
}

for package in $(tr -s ' \\\t' '\n' <packaging/install-build.sh | grep -E '^[a-z0-9]+.*-dev$' | grep -v '^libc6-dev$'); do
	grep -qE "^ $package( <.*>)?,?$" packaging/debian/control || complain "packaging/debian/control: Build-Depends lacks $package"
done
for package in $(sed -nE 's/^ ([a-z0-9.+-]+-dev),?$/\1/p' packaging/debian/control); do
	grep -qw -- "$package" packaging/install-build.sh || complain "packaging/install-build.sh lacks $package"
done
for page in packaging/man/*.[1-9]; do
	name=$(basename "$page")
	grep -qF "_mandir}/man${name##*.}/$name*" packaging/rpm/sekisho.spec || complain "packaging/rpm/sekisho.spec lacks $name"
done
version=$(sed -nE 's/^AC_INIT\(\[sekisho\], \[([^]]*)\].*/\1/p' configure.ac)
grep -q "^Version: *$version\$" packaging/rpm/sekisho.spec || complain "packaging/rpm/sekisho.spec: not version $version"
head -n 1 packaging/debian/changelog | grep -qF "($version-" || complain "packaging/debian/changelog: not version $version"
exit $status
