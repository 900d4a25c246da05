#!/bin/sh
# How much of each parser the corpus of its target reaches: lines and branches of the files named below.
# Usage: tests/fuzz/coverage.sh BUILD-FOLDER [NAME…], after run.sh; FUZZ_CORPUS: where the corpora are.
set -eu
build=$(cd "${1:?usage: tests/fuzz/coverage.sh BUILD-FOLDER [NAME...]}" && pwd)
shift
folder=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$folder/../.." && pwd)
corpora=${FUZZ_CORPUS:-$build/fuzz/corpus}
command -v llvm-cov >/dev/null && command -v clang >/dev/null || { echo "clang or llvm-cov is not installed"; exit 1; }
[ $# -gt 0 ] || set -- "$folder"/fuzz_*.c
mkdir -p "$build/fuzz-coverage"
cd "$build/fuzz-coverage"

if [ ! -e Makefile ]; then
	CC=clang CFLAGS="-g -O1 -fprofile-instr-generate -fcoverage-mapping" "$source/configure" -q --disable-hardening \
		>configure.log 2>&1 || { tail configure.log; exit 1; }
fi
make -s -j"$(nproc)" libpure.a libcore.a >make.log 2>&1 || { tail make.log; exit 1; }
libraries=$(printf 'include Makefile\nprint-core-libs:\n\t@echo $(core_libs)\n' | make -s -f - print-core-libs)

files_of() { # NAME
	case $1 in
	arc) echo verify/arc verify/arc_signature verify/arc_structure verify/arc_trust records/arc_tags ;;
	author) echo message/author message/address_scanner message/envelope ;;
	case_file) echo replay/case_file replay/case_keywords replay/case_zone ;;
	change) echo diagnose/body_change diagnose/body_variants diagnose/body_lines diagnose/header_change \
		diagnose/header_candidates message/canon ;;
	diagnose) echo diagnose/diagnosis diagnose/spf_text diagnose/key_text diagnose/spf_lint ;;
	dkim_body) echo verify/body_hashes verify/signed_content message/body_canon ;;
	dmarc_record) echo records/dmarc_record ;;
	dns_packet) echo dns/packet dns/name ;;
	dns_rdata) echo dns/rdata dns/presentation ;;
	forged_results) echo message/forged_results ;;
	key_record) echo records/key_record records/rsa_key records/tag_list base/base64 ;;
	logbook) echo logbook/line logbook/json_line logbook/pairs_line logbook/entry logbook/census ;;
	macro_guard) echo session/macro_guard ;;
	opendmarc_history) echo feedback/opendmarc_history ;;
	received) echo diagnose/hops inspect/gateway ;;
	report_uri) echo feedback/destination ;;
	store_row) echo store/row feedback/aggregate_xml feedback/sums feedback/failure_letter ;;
	mime) echo message/mime message/header_list message/encoded_word ;;
	settings) echo settings/read settings/lines settings/shape settings/store ;;
	signature_tags) echo records/signature_tags records/tag_list base/domain ;;
	spf_record) echo records/spf_record records/spf_macro ;;
	esac
}

for target in "$@"; do
	name=$(basename "$target" .c)
	name=${name#fuzz_}
	files=$(for file in $(files_of "$name"); do echo "$source/milter/$file.c"; done)
	[ -n "$files" ] || { echo "$name: no files named in coverage.sh"; continue; }
	support=$(sed -n "s|^#include \"\(support/.*\)\.h\"|$source/tests/\1.c|p" "$folder/fuzz_$name.c")
	# shellcheck disable=SC2086
	clang -g -O1 -std=c11 -D_GNU_SOURCE -fsanitize=fuzzer -fprofile-instr-generate -fcoverage-mapping -I"$source/milter" \
		-I"$source/tests" -o "$name" "$folder/fuzz_$name.c" $support libcore.a libpure.a $libraries
	mkdir -p "$corpora/$name"
	LLVM_PROFILE_FILE=$name.profraw "./$name" -runs=0 "$corpora/$name" "$folder/seeds/$name" >"$name.log" 2>&1 ||
		{ echo "$name: see $build/fuzz-coverage/$name.log"; continue; }
	llvm-profdata merge -sparse "$name.profraw" -o "$name.profdata"
	# shellcheck disable=SC2086
	llvm-cov report "./$name" -instr-profile="$name.profdata" $files 2>/dev/null |
		awk -v name="$name" '$1 == "TOTAL" { print name ": " $10 " of lines, " $13 " of branches" }'
done
