#!/bin/sh
# "sekisho domain" over the network: the zones of both stories in a real name server, and one that never
# answers. Usage: tests/e2e/domain.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/domain.sh BUILD-FOLDER}
name=domain
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

# survey STATUS SECONDS ARGUMENTS…: into $work/told.
survey() {
	expected=$1 most=$2
	shift 2
	begun=$(date +%s)
	in_ns timeout 120 "$build/sekisho" domain --config "$work/sekisho.conf" "$@" >"$work/told" 2>&1
	[ $? -eq "$expected" ] && [ $(($(date +%s) - begun)) -le "$most" ]
}

has() { grep -q "$1" "$work/told"; }

namespace_up
{
	sed -n 's/^zone[[:space:]]*//p' "$here/../cases/D001-mx-is-an-ip-address.case"
	sed -n 's/^zone[[:space:]]*//p' "$here/../cases/K024-2048-bit-key-cut-at-127-bytes.case" | sed 's/hoge\.example/laden.example/g'
} >"$work/zone"
dns_up <"$work/zone"
echo "key-memory =" >"$work/sekisho.conf"

survey 1 20 hoge.example
point "the first story" $?
has '^dns-mx-is-ip ' && has '^       │  ├─ ip4:198.51.100.0/24$'
point "names the MX that is an address, and draws the tree" $?
survey 1 20 laden.example --selector shop
point "the second story" $?
has "^dkim-key-truncated " && has "^dkim-key-missing-selector " && has "publishes only other selectors (default)"
point "names the cut key and the selector without one" $?
survey 1 20 hoge.example --client 198.18.0.7 --json && has '"proposal":"hoge.example. TXT .*ip4:198.18.0.7 ~all'
point "the same as JSON" $?

# Nobody answers: it says so, within its time.
echo "nameservers = 127.0.0.1@9" >>"$work/sekisho.conf"
survey 1 60 hoge.example
point "a resolver that is not there ends in time" $?
has '^Some questions had no answer'
point "and is told" $?
[ $failures -eq 0 ]
