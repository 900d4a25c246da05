#!/bin/sh
# Builds each fuzz_*.c of this folder with clang, libFuzzer and the sanitizers, and runs it for a while from
# the seeds in seeds/NAME and what harvest.py finds in tests/cases; what it learns stays in the build folder for
# the next time.
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

# Runs side by side would renew the same Makefile at once.
if command -v flock >/dev/null; then
	exec 9>"$build/fuzz/lock"
	flock 9
fi

# The two libraries once, in a build folder of their own.
if [ ! -e "$build/fuzz/Makefile" ]; then
	(cd "$build/fuzz" && CC=clang CFLAGS="-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" \
		"$source/configure" -q --disable-hardening >configure.log 2>&1) || { tail "$build/fuzz/configure.log"; exit 1; }
fi
make -s -C "$build/fuzz" -j"$(nproc)" libpure.a libcore.a >"$build/fuzz/make.log" 2>&1 || { tail "$build/fuzz/make.log"; exit 1; }
libraries=$(printf 'include Makefile\nprint-core-libs:\n\t@echo $(core_libs) $(ZLIB_LIBS)\n' | make -s -C "$build/fuzz" -f - print-core-libs)

python3 "$folder/harvest.py" "$build/fuzz/corpus" || echo "no python3: the seeds alone"
exec 9>&-

# A target says which files of tests/support it needs by including their headers.
build_target() { # NAME
	support=$(sed -n "s|^#include \"\(support/.*\)\.h\"|$source/tests/\1.c|p" "$folder/fuzz_$1.c")
	# shellcheck disable=SC2086
	clang -g -O1 -std=c11 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-I"$source/milter" -I"$source/tests" -o "$build/fuzz/$1" "$folder/fuzz_$1.c" $support \
		"$build/fuzz/libcore.a" "$build/fuzz/libpure.a" $libraries
}

run_target() { # NAME
	mkdir -p "$build/fuzz/corpus/$1"
	"$build/fuzz/$1" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$build/fuzz/$1-" "$build/fuzz/corpus/$1" "$folder/seeds/$1"
}

# "129787 runs in 4 s, 2103 edges" out of what libFuzzer says
summary() { # LOG
	sed -n -e 's/.* cov: \([0-9]*\) .*/\1/; tkeep; s/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 runs in \2 s/; tend; d' \
		-e ':keep' -e 'h; d' -e ':end' -e 'G; s/\n/, /; s/$/ edges/; p' "$1"
}

for target in "$@"; do
	name=$(basename "$target" .c)
	name=${name#fuzz_}
	log=$build/fuzz/$name.log
	if build_target "$name" >"$log" 2>&1 && run_target "$name" >"$log" 2>&1; then
		echo "ok    $name: $(summary "$log")"
	else
		echo "FAIL  $name: see $log"
		grep -E 'error:|ERROR|runtime error|SUMMARY|Test unit written' "$log" | sed 's/^/      /' || true
		failed=1
	fi
done
exit $failed
