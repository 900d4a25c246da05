#!/bin/sh
# DNSSEC through the network back end, with a signed root zone of our own as the trust anchor: what is
# signed is secure, what was changed after signing is bogus with the reason, and the diagnosis can look
# behind it. Usage: tests/e2e/dnssec.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/dnssec.sh BUILD-FOLDER}
name=dnssec
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

expect() { # TITLE LINE PATTERN
	printf '%s\n' "$answers" >"$work/told"
	grep -q "^$2: $3" "$work/told"
	point "$1" $?
}

command -v ldns-signzone >/dev/null || skip "ldnsutils is not installed"
[ -x "$build/tests/e2e/ask_dns" ] || skip "$build/tests/e2e/ask_dns is not built (make e2e builds it)"
namespace_up
mkdir -p "$work/nsd"
cat >"$work/nsd/zone" <<'EOT'
. 60 IN SOA ns.root-zone.test. hostmaster.root-zone.test. 1 3600 600 86400 60
. 60 IN NS ns.root-zone.test.
ns.root-zone.test. 60 IN A 127.0.0.1
good.example. 60 IN TXT "v=spf1 -all"
changed.example. 60 IN TXT "v=spf1 -all"
EOT
(
	cd "$work/nsd" || exit 1
	key=$(ldns-keygen -a ECDSAP256SHA256 -k .) || exit 1
	ldns-signzone -n zone "$key" || exit 1
	cp "$key.ds" "$work/anchor"
	mv zone.signed zone
	sed -i 's/^\(changed\.example\..*\)"v=spf1 -all"/\1"v=spf1 +all"/' zone
) >"$work/sign.log" 2>&1 || { cat "$work/sign.log"; skip "the zone cannot be signed"; }
dns_configure
dns_start
answers=$(printf 'good.example TXT\nchanged.example TXT\nchanged.example TXT unchecked\nabsent.example TXT\n' |
	in_ns timeout 60 "$build/tests/e2e/ask_dns" 5000 "$work/anchor" 127.0.0.1 2>&1)
expect "signed data is secure" "good.example TXT" 'records \[v=spf1 -all\].* secure'
expect "data changed after signing is bogus, with words" "changed.example TXT" 'DNSSEC validation failed: ..*'
expect "the diagnosis sees behind it" "changed.example TXT" 'records \[v=spf1 +all\]'
expect "a signed denial is no such name" "absent.example TXT" 'no such name.*'
[ $failures -eq 0 ]
