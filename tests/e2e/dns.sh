#!/bin/sh
# The network back end of dns/ against a real name server (nsd) in a network namespace of its own.
set -eu
build=$1 name=dns
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

failed=0
ask=$build/tests/e2e/ask_dns
[ -x "$ask" ] || skip "$ask is not built (make e2e builds it)"
command -v nsd >/dev/null || skip "nsd is not installed"
command -v python3 >/dev/null || skip "python3 is not installed"
namespace_up

key=$(head -c 550 /dev/zero | tr '\0' 'A')
key2=$(printf '%s' "$key" | cut -c 1-250)
cat >"$work/root.zone" <<END
\$TTL 300
. IN SOA ns.example. host.example. 1 3600 600 86400 60
. IN NS ns.example.
ns.example. A 127.0.0.1
hoge.example. TXT "v=spf1 -all"
hoge.example. MX 10 MX.hoge.example.
hoge.example. MX 20 .
hoge.example. AAAA 2001:db8::1
strings.example. TXT "one" "two;" "\"3\""
key.example. TXT "v=DKIM1; p=" "$key2" "$key2" "$key2"
huge.example. TXT "$key2" "$key2" "$key2" "$key2" "$key2" "$key2" "$key2" "$key2"
alias.example. CNAME alias2.example.
alias2.example. CNAME hoge.example.
dangling.example. CNAME gone.example.
loop1.example. CNAME loop2.example.
loop2.example. CNAME loop1.example.
25.2.0.192.in-addr.arpa. PTR mail.hoge.example.
1.0.0.10.in-addr.arpa. PTR lan.test.
lan.test. A 10.0.0.1
odd\\032\\255\\001name.example. TXT "odd"
*.wild.example. TXT "wildcard"
END
other=127.0.0.2 # another resolver
! has_ipv6 || other=::1
cat >"$work/nsd.conf" <<END
server:
  ip-address: 127.0.0.1@53
  ip-address: $other@53
  username: ""
  chroot: ""
  database: ""
  zonesdir: "$work"
  pidfile: "$work/nsd.pid"
  zonelistfile: "$work/zone.list"
  xfrdfile: "$work/xfrd.state"
  logfile: "$work/nsd.log"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
END

# Background processes are started without in_ns: of a function, $! would be the shell.
nsd_up() {
	ip netns exec "$ns" nsd -d -c "$work/nsd.conf" >/dev/null 2>&1 &
	nsd_pid=$!
	pids="$pids $nsd_pid"
	await 100 sh -c "echo hoge.example TXT | ip netns exec $ns '$ask' 300 '' 127.0.0.1 | grep -q spf1"
}

# expect WHAT PATTERN QUESTION [RESOLVER...]: one answer of a fresh process within 1500 ms, as a fixed string.
expect() {
	what=$1 pattern=$2 question=$3
	shift 3
	[ $# -gt 0 ] || set -- 127.0.0.1
	said=$(echo "$question" | in_ns "$ask" 1500 '' "$@" | tail -n 1)
	judge "$what" "$pattern" "$said"
}
now_ms() { echo $(($(date +%s%N) / 1000000)); }

judge() {
	case $3 in
	*"$2"*) echo "ok $1" ;;
	*)
		echo "not ok $1: \"$2\" is not in \"$3\""
		failed=1
		;;
	esac
}

nsd_up || { cat "$work/nsd.log"; exit 1; }
expect "records" 'hoge.example TXT: records [v=spf1 -all]' 'HOGE.example. TXT'
expect "MX, lower case, null" '[10 mx.hoge.example] [20 .]' 'hoge.example MX'
expect "AAAA" 'records [2001:db8::1]' 'hoge.example AAAA'
expect "PTR" 'records [mail.hoge.example]' '25.2.0.192.in-addr.arpa PTR'
expect "no such name" 'gone.example TXT: no such name' 'gone.example TXT'
expect "no such record" 'hoge.example A: no such record' 'hoge.example A'
expect "empty non-terminal" 'hoge.wild.example TXT: records [wildcard]' 'hoge.wild.example TXT'
expect "wildcard's parent" 'wild.example TXT: no such record' 'wild.example TXT'
expect "several strings" '[onetwo;"3"] of 3 strings, 10 octets' 'strings.example TXT'
expect "4096-bit key" 'of 4 strings, 761 octets' 'key.example TXT'
expect "over 1232 octets: TCP" 'of 8 strings, 2000 octets' 'huge.example TXT'
expect "CNAME chain" 'records at hoge.example [v=spf1 -all]' 'alias.example TXT'
expect "CNAME itself" 'alias.example CNAME: records [alias2.example]' 'alias.example CNAME'
expect "dangling CNAME" 'dangling.example TXT: no such name at gone.example' 'dangling.example TXT'
expect "CNAME loop" 'no reply: the CNAME chain is circular or too long' 'loop1.example TXT'
expect "private reverse name" 'records [lan.test]' '1.0.0.10.in-addr.arpa PTR'
expect "reserved top level" 'records [10.0.0.1]' 'lan.test A'
expect "odd octets" 'records [odd]' 'odd\x20\xff\x01name.example TXT'
expect "odd octets, none" 'no such name' 'odd\x22\x5c;name.example TXT'
expect "unchecked" 'records [v=spf1 -all]' 'hoge.example TXT unchecked'
! has_ipv6 || expect "IPv6 resolver" 'records [v=spf1 -all]' 'hoge.example TXT' ::1
expect "port" 'no answer within 1500 ms' 'hoge.example TXT' 127.0.0.1@5399
# libunbound draws by lot which one it asks first
for round in 1 2 3 4 5 6 7 8; do
	expect "dead first resolver, $round" 'records [v=spf1 -all]' 'hoge.example TXT' 127.0.0.1@5399 $other
done
expect "no route" 'no reply: there is no route to the resolver' 'hoge.example TXT' 192.0.2.77
expect "bad resolver" 'nameservers: "one.example" is not ADDRESS' 'x TXT' one.example
judge "resolv.conf" "resolver: 127.0.0.1" "$(echo | in_ns "$ask" 1500 '')"
: >"/etc/netns/$ns/resolv.conf"
judge "empty resolv.conf: starts" "resolver: no name server: /etc/resolv.conf: no usable nameserver line" \
	"$(echo 'hoge.example TXT' | in_ns "$ask" 1500 '' | head -n 1)"
judge "empty resolv.conf: says why" "no reply: /etc/resolv.conf: no usable nameserver line" \
	"$(echo 'hoge.example TXT' | in_ns "$ask" 1500 '' | tail -n 1)"
judge "missing trust anchors" "trust-anchor-file $work/none: No such file" \
	"$(in_ns "$ask" 1500 "$work/none" 127.0.0.1 </dev/null)"

# A name server that answers every question with one rcode, or truncated.
cat >"$work/odd.py" <<'END'
import socket, sys
port, flags = int(sys.argv[1]), bytes.fromhex(sys.argv[2])
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", port))
while True:
    query, client = server.recvfrom(4096)
    server.sendto(query[:2] + flags + query[4:6] + bytes(6) + query[12:], client)
END
for row in 8182,SERVFAIL,'the resolver answered SERVFAIL' 8185,REFUSED,'the resolver answered REFUSED' \
	8380,truncated,'truncated over UDP, and TCP does not connect'; do
	flags=${row%%,*} what=${row#*,}
	ip netns exec "$ns" python3 "$work/odd.py" 5301 "$flags" &
	odd=$!
	pids="$pids $odd"
	await 50 sh -c "ip netns exec $ns ss -Hlun sport = :5301 | grep -q 5301"
	expect "${what%%,*}" "no reply: ${what#*,}" 'hoge.example TXT' 127.0.0.1@5301
	end_process "$odd"
done

# An outage, seen by one process: trouble in words, then right again within 5 seconds.
mkfifo "$work/questions"
ip netns exec "$ns" "$ask" 1500 '' 127.0.0.1 <"$work/questions" >"$work/answers" &
pids="$pids $!"
exec 3>"$work/questions"
ask_one() {
	lines=$(wc -l <"$work/answers")
	echo "$1" >&3
	await 100 sh -c "[ \$(wc -l <'$work/answers') -gt $lines ]" || true
	tail -n 1 "$work/answers"
}
is_right() {
	ask_one 'hoge.example MX' | grep -q 'mx.hoge' && ask_one 'strings.example TXT' | grep -q onetwo
}
await 50 grep -q resolver "$work/answers"
judge "before the outage" 'records [v=spf1 -all]' "$(ask_one 'hoge.example TXT')"
end_process "$nsd_pid"
judge "cached during the outage" 'records [v=spf1 -all]' "$(ask_one 'hoge.example TXT')"
judge "outage" 'no reply: no answer within 1500 ms' "$(ask_one 'hoge.example MX')"
judge "outage, another name" 'no reply: no answer within' "$(ask_one 'strings.example TXT')"
nsd_up
back=$(now_ms)
until is_right; do
	[ $(($(now_ms) - back)) -lt 20000 ] || break
	sleep 0.2
done
took_ms=$(($(now_ms) - back))
if [ "$took_ms" -le 5000 ]; then
	echo "ok right again $took_ms ms after the resolver came back"
else
	echo "not ok right again only $took_ms ms after the resolver came back"
	failed=1
fi
exec 3>&-
exit "$failed"
