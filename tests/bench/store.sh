#!/bin/sh
# usage: store.sh FOLDER-OF-THE-BUILD [SECONDS [ROUNDS]]
# What the store costs the milter: one sekishod with store = none, one with SQLite, in turn, so that both meet the
# same weather; which is first changes with each round. Then a million verdicts and their reports (store.py).
set -eu
build=$1 seconds=${2:-2} rounds=${3:-40}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
daemons=''
end() {
	for pid in $daemons; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || :; done
	rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT TERM
bench=$build/tests/bench

# begin NAME STORE
begin() {
	printf '%s\n' "socket = unix:$folder/$1.sock" "socket-mode = 0666" "pid-file =" "user =" "key-memory =" \
		"authserv-id = mx.bench.test" "log-sink = json" "log-file = $folder/$1.log" "workers = ${WORKERS:-1}" \
		"store = $2" "store-spool = $folder/$1.spool" >"$folder/$1.conf"
	"$build/sekishod" -c "$folder/$1.conf" --zone "$folder/mix/zone" >"$folder/$1.out" 2>&1 &
	eval "pid_$1=$!"
	daemons="$daemons $!"
	n=0
	until test -S "$folder/$1.sock"; do
		n=$((n + 1))
		test "$n" -lt 100 || { cat "$folder/$1.out" >&2; exit 1; }
		sleep 0.1
	done
	"$bench/load" "$folder/mix" "$folder/$1.sock" $! 4 1 >/dev/null # caches are warm, workers awake
}

# measure NAME: letters/s and CPU ms behind those of earlier rounds
measure() {
	eval "pid=\$pid_$1"
	"$bench/load" "$folder/mix" "$folder/$1.sock" "$pid" 16 "$seconds" | awk '{print $1, $2}' >>"$folder/$1.all"
}

median() {
	sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

mkdir "$folder/mix"
"$bench/letters" "$folder/mix"
begin off none
begin on "sqlite:$folder/on.db"
for round in $(seq "$rounds"); do
	case $((round % 2)) in
	0) measure off && measure on ;;
	*) measure on && measure off ;;
	esac
done
echo "store      letters/s    CPU ms  (medians of $rounds rounds of $seconds s, 16 connections)"
for name in off on; do
	printf '%-10s %9s %9s\n' $name "$(cut -d' ' -f1 "$folder/$name.all" | median)" \
		"$(cut -d' ' -f2 "$folder/$name.all" | median)"
done
paste -d' ' "$folder/on.all" "$folder/off.all" >"$folder/both"
printf 'on/off     %8sx %8sx  (medians of the ratios)\n' \
	"$(awk '{printf "%.3f\n", $1 / $3}' "$folder/both" | median)" \
	"$(awk '{printf "%.3f\n", $2 / $4}' "$folder/both" | median)"
awk '{r = log($1 / $3); c = log($2 / $4); n++; sr += r; qr += r * r; sc += c; qc += c * c}
	function error(s, q) {return sqrt((q / n - s * s / n / n) / (n > 1 ? n - 1 : 1))}
	END {printf "           %8.3fx %8.3fx  (means, +- %.3f and %.3f: one standard error)\n",
		exp(sr / n), exp(sc / n), error(sr, qr), error(sc, qc)}' "$folder/both"
for pid in $daemons; do kill "$pid" && wait "$pid" || :; done
daemons=''
if command -v sqlite3 >/dev/null; then
	echo "in the log $(grep -c '"client"' "$folder/on.log"), in the store $(sqlite3 "$folder/on.db" 'SELECT count(*) FROM verdicts')"
fi
test "${MILLION:-yes}" = yes || exit 0
echo
exec python3 "$here/store.py" "$build"
