#!/bin/sh
# Builds the RPM from what "make dist" packs. Usage: packaging/build-rpm.sh BUILD-FOLDER OUT-FOLDER [OPTION…]
# Further options go to rpmbuild: on Debian, whose packages have other names, "--nodeps".
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:?usage: packaging/build-rpm.sh BUILD-FOLDER OUT-FOLDER [OPTION…]}" && pwd)
mkdir -p "${2:?usage: packaging/build-rpm.sh BUILD-FOLDER OUT-FOLDER [OPTION…]}"
out=$(cd "$2" && pwd)
shift 2
mkdir -p "$out"/SOURCES
make -s -C "$build" dist-xz >"$out"/dist.log 2>&1 || { tail -n 20 "$out"/dist.log; exit 1; }
mv "$build"/sekisho-*.tar.xz "$out"/SOURCES/
rpmbuild -ba "$@" --define "_topdir $out" "$source"/packaging/rpm/sekisho.spec >"$out"/build.log 2>&1 || {
	tail -n 40 "$out"/build.log
	exit 1
}
find "$out"/RPMS "$out"/SRPMS -name '*.rpm'
