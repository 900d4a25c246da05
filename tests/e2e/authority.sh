#!/bin/sh
# shellcheck disable=SC1091,SC2034,SC2154
# Questions to the name servers themselves: a resolver that still has the old records, the parent zone,
# and a name server with the new ones, each an nsd in a network namespace of its own.
set -eu
build=$1 name=authority
. "$(dirname "$0")/lib.sh"

failed=0
ask=$build/tests/e2e/ask_dns
[ -x "$ask" ] || skip "$ask is not built (make e2e builds it)"
command -v nsd >/dev/null || skip "nsd is not installed"
namespace_up 192.0.2.53 198.51.100.53

soa='SOA ns.example. host.example. 1 3600 600 86400 60'
mkdir "$work/cache" "$work/parent" "$work/new"
cat >"$work/cache/root" <<END
. 300 IN $soa
. 300 IN NS ns.example.
END
cat >"$work/cache/example" <<END
example. 300 IN $soa
example. 300 IN NS ns.example.
ns.example. 300 IN A 192.0.2.53
ns1.example. 300 IN A 198.51.100.53
ns2.example. 300 IN A 192.0.2.53
inside.example. 300 IN A 127.0.0.1
silent.example. 300 IN A 203.0.113.53
END
cat >"$work/cache/hoge.example" <<END
hoge.example. 300 IN $soa
hoge.example. 300 IN NS ns1.example.
hoge.example. 300 IN TXT "v=spf1 ip4:192.0.2.1 -all"
END
cat >"$work/parent/example" <<END
example. 300 IN $soa
example. 300 IN NS ns.example.
hoge.example. 300 IN NS ns1.example.
hoge.example. 300 IN NS ns9.example.
END
key=$(head -c 240 /dev/zero | tr '\0' 'A')
cat >"$work/new/hoge.example" <<END
hoge.example. 300 IN $soa
hoge.example. 300 IN NS ns1.example.
hoge.example. 200 IN TXT "v=spf1 ip4:192.0.2.2 -all"
hoge.example. 200 IN MX 10 MX.hoge.example.
alias.hoge.example. 300 IN CNAME key.other.example.
huge.hoge.example. 300 IN TXT "$key" "$key" "$key" "$key" "$key" "$key"
END

# nsd_up FOLDER ADDRESS ZONE...: zones in files of their names, "root" for the root.
nsd_up() {
	folder=$work/$1 address=$2
	shift 2
	{
		printf 'server:\n'
		printf '  %s\n' "ip-address: $address" 'username: ""' 'chroot: ""' 'database: ""' \
			'server-count: 1' "zonesdir: \"$folder\"" "pidfile: \"$folder/pid\"" \
			"zonelistfile: \"$folder/zone.list\"" "xfrdfile: \"$folder/xfrd.state\"" \
			"logfile: \"$folder/log\""
		printf 'remote-control:\n  control-enable: no\n'
		for zone in "$@"; do
			printf 'zone:\n  name: "%s"\n  zonefile: "%s"\n' "$(echo "$zone" | sed 's/^root$/./')" "$zone"
		done
	} >"$folder/nsd.conf"
	# not by in_ns: the id must be that of the program
	ip netns exec "$ns" nsd -d -c "$folder/nsd.conf" >/dev/null 2>&1 &
	pids="$pids $!"
	await 50 sh -c "ip netns exec $ns ss -Hlun src $address | grep -q :53" || {
		cat "$folder/log"
		exit 1
	}
}

# expect WHAT PATTERN QUESTION: one answer of a fresh process, as a fixed string.
expect() {
	said=$(echo "$3" | in_ns "$ask" 1500 '' 127.0.0.1 | tail -n 1)
	case $said in
	*"$2"*) echo "ok $1" ;;
	*)
		echo "not ok $1: \"$2\" is not in \"$said\""
		failed=1
		;;
	esac
}

nsd_up cache 127.0.0.1 root example hoge.example
nsd_up parent 192.0.2.53 example
nsd_up new 198.51.100.53 hoge.example
expect "the resolver has the old record" 'records [v=spf1 ip4:192.0.2.1 -all]' 'hoge.example TXT'
expect "the name server has the new one" 'records [v=spf1 ip4:192.0.2.2 -all]' 'hoge.example TXT @ns1.example'
expect "MX, lower case" 'records [10 mx.hoge.example]' 'hoge.example MX @ns1.example'
expect "no such name" 'gone.hoge.example TXT: no such name' 'gone.hoge.example TXT @ns1.example'
expect "no such record" 'hoge.example A: no such record' 'hoge.example A @ns1.example'
expect "alias" 'no reply: the name is an alias there' 'alias.hoge.example TXT @ns1.example'
expect "too long" 'no reply: the reply is too long for UDP' 'huge.hoge.example TXT @ns1.example'
expect "not its zone" 'no reply: the name server answered REFUSED' 'other.test TXT @ns1.example'
expect "the zone's own NS" 'NS: records [ns1.example]' 'hoge.example NS'
expect "the parent's NS" 'NS: records [ns1.example] [ns9.example]' 'hoge.example NS @[parent]'
expect "referral is no answer" 'no reply: the name server refers to others' 'hoge.example TXT @ns2.example'
expect "private address" 'no reply: not asked: private address' 'hoge.example TXT @inside.example'
expect "unknown server" "no reply: the name server's address is not known" 'hoge.example TXT @gone.example'
expect "no route" 'no reply: there is no route to the name server' 'hoge.example TXT @silent.example'
in_ns ip route add 203.0.113.0/24 dev lo
expect "silence" 'no reply: the name server did not answer' 'hoge.example TXT @silent.example'
exit "$failed"
