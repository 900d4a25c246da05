#!/bin/sh
# Builds the Debian package from what "make dist" packs, as it would be from a released tarball, and has
# lintian look at it. Usage: packaging/build-deb.sh BUILD-FOLDER OUT-FOLDER
# BUILD-FOLDER is a configured one (packaging/build.sh); DEB_BUILD_OPTIONS=nocheck leaves the tests out.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:?usage: packaging/build-deb.sh BUILD-FOLDER OUT-FOLDER}" && pwd)
out=${2:?usage: packaging/build-deb.sh BUILD-FOLDER OUT-FOLDER}
mkdir -p "$out"
out=$(cd "$out" && pwd)

version=$(dpkg-parsechangelog -l "$source"/packaging/debian/changelog -S Version)
upstream=${version%-*}
tree=$out/sekisho-$upstream
rm -rf "$tree" "$out"/sekisho_* "$out"/sekisho-dbgsym_*
make -s -C "$build" dist-xz >"$out"/dist.log 2>&1 || { tail -n 20 "$out"/dist.log; exit 1; }
[ -f "$build/sekisho-$upstream.tar.xz" ] || { echo "packaging/debian/changelog says $upstream, configure.ac not"; exit 1; }
mv "$build/sekisho-$upstream.tar.xz" "$out/sekisho_$upstream.orig.tar.xz"
tar -C "$out" -xf "$out/sekisho_$upstream.orig.tar.xz"
cp -R "$source"/packaging/debian "$tree"/debian

(cd "$tree" && dpkg-buildpackage -us -uc -j"$(nproc)") >"$out"/build.log 2>&1 || { tail -n 40 "$out"/build.log; exit 1; }
lintian --allow-root --fail-on error,warning --info "$out/sekisho_${version}_$(dpkg --print-architecture).changes"
rm -rf "$tree"
echo "$out/sekisho_${version}_$(dpkg --print-architecture).deb"
