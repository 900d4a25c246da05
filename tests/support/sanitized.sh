#!/bin/sh
# Builds a copy of what "make dist" ships with a sanitizer and runs unit tests, cases and the scenarios of
# the daemon in it: also proves that the list of shipped files is complete.
# Usage: tests/support/sanitized.sh BUILD address,undefined|thread
set -eu
build=$1 sanitizer=$2
folder=$build/sanitized-$(echo "$sanitizer" | tr , -)
rm -rf "$folder"
mkdir -p "$folder"
make -s -C "$build" distdir >/dev/null
distdir=$(sed -n 's/^PACKAGE_TARNAME = //p' "$build/Makefile")-$(sed -n 's/^PACKAGE_VERSION = //p' "$build/Makefile")
mv "$build/$distdir" "$folder/source"
mkdir "$folder/build"
cd "$folder/build"
CFLAGS="-g -O1 -fno-omit-frame-pointer -fsanitize=$sanitizer" LDFLAGS="-fsanitize=$sanitizer" \
	../source/configure -q --sysconfdir=/etc --disable-hardening >/dev/null
export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:exitcode=98" UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1"
export TSAN_OPTIONS="halt_on_error=1:exitcode=97:suppressions=$folder/source/tests/support/tsan.supp"
export LSAN_OPTIONS="suppressions=$folder/source/tests/support/lsan.supp:print_suppressions=0"
make -s -j"$(nproc)"
make -s -j"$(nproc)" check
if command -v python3 >/dev/null; then
	# a report goes to standard error, where the scenarios look for it; the daemon is ended on purpose
	sh ../source/tests/e2e/daemon.sh "$PWD" >daemon.log 2>&1 || { cat daemon.log; exit 1; }
	echo "sekishod: $(grep -c '^ok ' daemon.log) scenarios"
fi
echo "clean with -fsanitize=$sanitizer"
