#!/bin/sh
# Builds each fuzz_*.c of this folder with clang, libFuzzer and the sanitizers, and runs it for a while from
# the seeds in seeds/NAME; what it learns stays in the build folder for the next time.
# Usage: tests/fuzz/run.sh BUILD-FOLDER [NAME…]. FUZZ_SECONDS: for each target, 30 unless set.
set -eu
build=$(cd "${1:?usage: tests/fuzz/run.sh BUILD-FOLDER [NAME...]}" && pwd)
shift
seconds=${FUZZ_SECONDS:-30}
folder=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$folder/../.." && pwd)
command -v clang >/dev/null || { echo "clang is not installed"; exit 1; }
[ $# -gt 0 ] || set -- "$folder"/fuzz_*.c
failed=0
mkdir -p "$build/fuzz"

# The two libraries once, in a build folder of their own.
if [ ! -e "$build/fuzz/Makefile" ]; then
	(cd "$build/fuzz" && CC=clang CFLAGS="-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" \
		"$source/configure" -q --disable-hardening >configure.log 2>&1) || { tail "$build/fuzz/configure.log"; exit 1; }
fi
make -s -C "$build/fuzz" -j"$(nproc)" libpure.a libcore.a
libraries=$(printf 'include Makefile\nprint-core-libs:\n\t@echo $(core_libs)\n' | make -s -C "$build/fuzz" -f - print-core-libs)

for target in "$@"; do
	name=$(basename "$target" .c)
	name=${name#fuzz_}
	corpus=$build/fuzz/corpus/$name log=$build/fuzz/$name.log
	mkdir -p "$corpus" "$folder/seeds/$name"
	# shellcheck disable=SC2086
	clang -g -O1 -std=c11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-I"$source/milter" -o "$build/fuzz/$name" "$folder/fuzz_$name.c" \
		"$build/fuzz/libcore.a" "$build/fuzz/libpure.a" $libraries
	if "$build/fuzz/$name" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=2048 \
		-artifact_prefix="$build/fuzz/$name-" "$corpus" "$folder/seeds/$name" >"$log" 2>&1; then
		echo "ok    $name: $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 runs in \2 s/p' "$log")"
	else
		echo "FAIL  $name: see $log"
		grep -E 'ERROR|runtime error|SUMMARY|Test unit written' "$log" | sed 's/^/      /'
		failed=1
	fi
done
exit $failed
