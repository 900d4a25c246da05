#!/bin/sh
# usage: run.sh FOLDER-OF-THE-BUILD [SECONDS [ROUNDS]]
# "make bench": sekishod against a milter that does nothing, in turn, so that both meet the same weather.
# DNS is answered from a zone file, nothing leaves this machine. What the numbers mean: README.md here.
set -eu
build=$1 seconds=${2:-3} rounds=${3:-3}
folder=$(mktemp -d)
null=''
daemon=''
end() {
	for pid in $null $daemon; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || :; done
	rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT TERM
bench=$build/tests/bench

wait_for() {
	n=0
	until test -S "$1"; do
		n=$((n + 1))
		test "$n" -lt 100 || { echo "$1 does not appear" >&2; cat "$folder"/*.log >&2; exit 1; }
		sleep 0.1
	done
}

# begin FOLDER-OF-LETTERS: a sekishod for them
begin() {
	test -z "$daemon" || { kill "$daemon" && wait "$daemon" || :; }
	printf '%s\n' "socket = unix:$folder/sekisho.sock" "socket-mode = 0666" "pid-file =" "user =" \
		"key-memory =" "authserv-id = mx.bench.test" "log-sink = json" "log-file = $folder/log" \
		"workers = ${WORKERS:-1}" >"$folder/conf"
	rm -f "$folder/sekisho.sock"
	"$build/sekishod" -c "$folder/conf" --zone "$1/zone" >"$folder/sekishod.log" 2>&1 &
	daemon=$!
	wait_for "$folder/sekisho.sock"
	"$bench/load" "$1" "$folder/sekisho.sock" "$daemon" 4 1 >/dev/null # caches are warm, workers awake
}

# median COLUMN FILE
median() {
	sort -n -k "$1" "$2" | awk -v c="$1" '{v[NR] = $c} END {print v[int((NR + 1) / 2)]}'
}

show() {
	printf '%-10s %12s %9s %9s %9s %9s %9s %7s\n' "$1" "$2" "$(median 1 "$3")" "$(median 2 "$3")" \
		"$(median 3 "$3")" "$(median 4 "$3")" "$(median 5 "$3")" "$(median 6 "$3")"
}

mkdir "$folder/mix"
"$bench/letters" "$folder/mix"
"$bench/null_milter" "$folder/null.sock" >"$folder/null.log" 2>&1 &
null=$!
wait_for "$folder/null.sock"
begin "$folder/mix"
for _ in $(seq "$rounds"); do
	for connections in 1 16 64; do
		"$bench/load" "$folder/mix" "$folder/null.sock" "$null" $connections "$seconds" \
			>>"$folder/null-$connections"
		"$bench/load" "$folder/mix" "$folder/sekisho.sock" "$daemon" $connections "$seconds" \
			>>"$folder/sekisho-$connections"
	done
done
echo "$(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr), $(date -u +%F)"
printf '%-10s %12s %9s %9s %9s %9s %9s %7s\n' milter connections letters/s "CPU ms" "p50 ms" "p99 ms" "max ms" wrong
for connections in 1 16 64; do
	show null $connections "$folder/null-$connections" | sed 's/[0-9]*$/-/'
	show sekisho $connections "$folder/sekisho-$connections"
	printf '%-10s %12s %8.2fx %8.2fx\n' ratio "" \
		"$(echo "$(median 1 "$folder/sekisho-$connections") $(median 1 "$folder/null-$connections")" |
			awk '{print $1 / $2}')" \
		"$(echo "$(median 2 "$folder/sekisho-$connections") $(median 2 "$folder/null-$connections")" |
			awk '{print $1 / ($2 > 0 ? $2 : 0.001)}')"
done

# scale NAME LETTERS-ARGUMENTS...: the cost of other letters, 16 connections
scale() {
	name=$1
	shift
	mkdir "$folder/$name"
	"$bench/letters" "$folder/$name" "$@"
	begin "$folder/$name"
	for _ in $(seq "$rounds"); do
		"$bench/load" "$folder/$name" "$folder/sekisho.sock" "$daemon" 16 "$seconds" >>"$folder/scale-$name"
	done
	show sekisho "$name" "$folder/scale-$name"
	rm -rf "${folder:?}/$name"
}
test "${SCALE:-yes}" = yes || exit 0
echo
echo "By distinct sender domains, by signatures, by further header fields (16 connections):"
for domains in 10 1000 10000; do scale "$domains-dom" $domains $((domains > 400 ? domains : 400)) 1 6; done
for signatures in 0 1 2 5 10; do scale "$signatures-sig" 100 200 $signatures 6; done
for fields in 1 20 60; do scale "$fields-fld" 100 200 1 $fields; done
