#!/bin/sh
# A soak: messages of mixed kinds (good, broken, hostile, big, abandoned) through sekishod, many connections
# at once, DNS from nsd on loopback, evidence and a store as by default. Nothing may be lost, wrong, or growing.
# Root; prints a table (README.md explains it).
# Usage: tests/soak/run.sh BUILD-FOLDER [MESSAGES [CONNECTIONS]]
# SEKISHO_SOAK_CACHE: dns-cache-entries; a small cache is full before the warm-up ends.
set -u
build=${1:?usage: tests/soak/run.sh BUILD-FOLDER [MESSAGES [CONNECTIONS]]} name=soak
messages=${2:-60000} connections=${3:-16}
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/../e2e/lib.sh"
growth_kb=${SEKISHO_SOAK_GROWTH_KB:-2048} cache=${SEKISHO_SOAK_CACHE:-2000}

soak=$build/tests/soak/soak
[ -x "$soak" ] || skip "$soak is not built (make soak builds it)"
namespace_up 192.0.2.25
/usr/bin/python3 "$source/tests/support/corpus.py" "$work/corpus" || skip "python3-dkim is not installed"
/usr/bin/python3 "$source/tests/soak/kinds.py" "$work/kinds" "$work/corpus" || exit 1
dns_up <"$work/kinds/zone"
mkdir -p "$work/run"
chown nobody "$work/run" # for the key memory, the evidence and the store
slow= # valgrind takes seconds for a resolver's first question
[ -z "${SEKISHO_RUNNER:-}" ] || slow="message-deadline-ms = 120000"
daemon_up ${slow:+"$slow" "dns-timeout-ms = 60000"} "workers = 2" "store = sqlite:$work/run/verdicts.db" "store-spool = $work/run/spool" \
	"dns-cache-entries = $cache"
await 600 test -s "$work/run/verdicts.db" || { say "no store"; exit 1; }
ip netns exec "$ns" "$soak" "unix:$work/run/sekisho.sock" "$daemon_pid" "$messages" "$connections" "$growth_kb" \
	"$work/kinds/manifest" >"$work/table"
status=$?
cat "$work/table"
answered=$(sed -n 's/^\([0-9]*\) messages answered.*/\1/p' "$work/table")
if [ "$(record_count)" -eq "${answered:-0}" ]; then
	say "$answered records, one for each message answered"
else
	say "$(record_count) records for ${answered:-0} messages answered"
	status=1
fi
rows=$(/usr/bin/python3 "$source/tests/soak/rows.py" "$work/run/verdicts.db")
if [ "$rows" -eq "${answered:-0}" ]; then
	say "$rows rows in the store"
else
	say "$rows rows in the store for ${answered:-0} messages answered"
	status=1
fi
daemon_down || { say "sekishod ended with status $?"; status=1; }
[ $status -eq 0 ] || cat "$work/run/daemon.log"
[ $status -eq 0 ] && say "ok - soak" || say "not ok - soak"
exit $status
