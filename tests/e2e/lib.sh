# The end-to-end house, to be sourced: a network namespace of our own, nsd for DNS, a private Postfix
# with sekishod as its milter, a mailbox to look at. Everything is ended by process id at the exit.
#
# Set before sourcing: build (folder of the programs), name (short, for the namespace).
# shellcheck shell=sh disable=SC1091,SC2034,SC2154

here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
ns=sekisho-$name-$$
work=$(mktemp -d "/tmp/sekisho-$name.XXXXXX")
chmod 755 "$work"
pids=
. "$source/tests/e2e/points.sh"

# Ends one process by its id: first politely, then for good after 10 seconds.
end_process() {
	kill "$1" 2>/dev/null || return 0
	await 100 is_gone "$1" || kill -9 "$1" 2>/dev/null || true
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

cleanup() {
	status=$?
	trap - EXIT INT TERM
	[ -e "$work/postfix/main.cf" ] && in_ns postfix -c "$work/postfix" stop >/dev/null 2>&1
	for pid in $pids; do kill "$pid" 2>/dev/null || true; done
	for pid in $pids; do end_process "$pid"; done
	ip netns del "$ns" 2>/dev/null
	rm -rf "/etc/netns/$ns"
	if [ "$status" -ne 0 ] && [ "$status" -ne 77 ] && [ -n "${KEEP_WORK:-}" ]; then
		say "kept: $work"
	else
		rm -rf "$work"
	fi
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

in_ns() { ip netns exec "$ns" "$@"; }
has_ipv6() { in_ns ip -6 addr show dev lo | grep -q inet6; }

# Waits until the command succeeds, at most the given tenths of a second.
await() { # TENTHS COMMAND...
	tenths=$1
	shift
	for _ in $(seq "$tenths"); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

# The namespace, with the documentation networks on its loopback so that any of their addresses can send.
namespace_up() {
	[ "$(id -u)" -eq 0 ] || skip "needs root for a network namespace"
	ip netns add "$ns" 2>/dev/null || skip "cannot make a network namespace"
	in_ns ip link set lo up
	for address in "$@"; do
		case "$address" in
		*:*) ! has_ipv6 || in_ns ip addr add "$address/128" dev lo nodad ;;
		*) in_ns ip addr add "$address/32" dev lo ;;
		esac
	done
	mkdir -p "/etc/netns/$ns"
	echo "nameserver 127.0.0.1" >"/etc/netns/$ns/resolv.conf"
}

# DNS from "zone" lines of case files and plain "NAME TYPE RDATA" lines on standard input: one root
# zone, so that every name has an answer. NS records would be delegations in it and stay out.
dns_up() {
	command -v nsd >/dev/null || skip "nsd is not installed"
	mkdir -p "$work/nsd"
	{
		printf '. 60 IN SOA ns.root-zone.test. hostmaster.root-zone.test. 1 3600 600 86400 60\n'
		printf '. 60 IN NS ns.root-zone.test.\nns.root-zone.test. 60 IN A 127.0.0.1\n'
		sed -e 's/^zone[[:space:]]*//' -e 's/^\([^[:space:]]*\)[[:space:]]*\([A-Z]*\)[[:space:]]/\1 60 IN \2 /' | grep -v '^[^ ]* 60 IN NS ' | sort -u
	} >"$work/nsd/zone"
	dns_configure
	dns_start
}

# nsd over $work/nsd/zone as the root zone.
dns_configure() {
	cat >"$work/nsd/nsd.conf" <<EOT
server:
    ip-address: 127.0.0.1
    username: ""
    chroot: ""
    zonesdir: "$work/nsd"
    database: ""
    pidfile: "$work/nsd/pid"
    xfrdfile: "$work/nsd/xfrd.state"
    zonelistfile: "$work/nsd/zone.list"
    logfile: "$work/nsd/log"
    server-count: 1
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: "."
    zonefile: "zone"
EOT
}

dns_start() {
	# not by in_ns: the id must be that of the program
	ip netns exec "$ns" nsd -d -c "$work/nsd/nsd.conf" >/dev/null 2>&1 &
	dns_pid=$!
	pids="$pids $dns_pid"
	await 50 test -s "$work/nsd/pid" || { cat "$work/nsd/log"; say "nsd does not start"; exit 1; }
	await 50 port_is_open udp 53 || { cat "$work/nsd/log"; say "nsd does not listen"; exit 1; }
}

port_is_open() { in_ns ss -Hln "--$1" sport = ":$2" | grep -q .; } # udp|tcp PORT

dns_stop() {
	end_process "$dns_pid"
	rm -f "$work/nsd/pid"
}

# sekishod with the given lines of configuration added to a base that suits the namespace. SEKISHO_RUNNER goes in
# front of it (valgrind …).
daemon_up() {
	mkdir -p "$work/run"
	chmod 755 "$work/run"
	{
		echo "authserv-id = mx.rx.example"
		echo "socket = unix:$work/run/sekisho.sock"
		echo "socket-mode = 0666"
		echo "pid-file = $work/run/sekishod.pid"
		echo "user = nobody"
		echo "log-sink = json"
		echo "key-memory = $work/run/keys.db"
		case " $*" in *" store = "*) ;; *) echo "store = none" ;; esac
		case " $*" in *" workers = "*) ;; *) echo "workers = 2" ;; esac
		echo "log-file = $work/run/log.json"
		for line in "$@"; do echo "$line"; done
	} >"$work/run/sekisho.conf"
	: >"$work/run/log.json"
	chmod 666 "$work/run/log.json"
	# shellcheck disable=SC2086
	ip netns exec "$ns" ${SEKISHO_RUNNER:-} "$build/sekishod" -c "$work/run/sekisho.conf" >"$work/run/daemon.log" 2>&1 &
	daemon_pid=$!
	pids="$pids $daemon_pid"
	await "$(if [ -n "${SEKISHO_RUNNER:-}" ]; then echo 1200; else echo 100; fi)" test -S "$work/run/sekisho.sock" || { cat "$work/run/daemon.log"; say "sekishod does not start"; exit 1; }
}

workers() { pgrep -P "$daemon_pid" -f -- --worker; }
workers_are() { [ "$(workers | wc -l)" -eq "$1" ]; }
none_is_left() { ! workers | grep -qxF "$1"; } # of these

# Has sekishod read its file again; then all who serve have read it.
daemon_reload() {
	before=$(workers)
	kill -HUP "$daemon_pid"
	await 100 none_is_left "$before" || { say "old workers stay after a reload"; exit 1; }
}

# Ends sekishod and waits for it; its status is the function's.
daemon_down() {
	kill "$daemon_pid"
	wait "$daemon_pid"
}

# A private Postfix with sekishod as its only milter, everything for rx.example into one maildir.
postfix_up() {
	command -v postfix >/dev/null || skip "postfix is not installed"
	mkdir -p "$work/postfix" "$work/queue" "$work/data" "$work/mail/inbox"
	chown nobody "$work/mail" "$work/mail/inbox"
	chown postfix "$work/data"
	cat >"$work/postfix/main.cf" <<EOT
compatibility_level = 3.6
queue_directory = $work/queue
data_directory = $work/data
maillog_file = $work/maillog
maillog_file_prefixes = /var, /dev/stdout, $work
myhostname = mx.rx.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = all
smtputf8_enable = yes
smtp_address_preference = ipv4
virtual_mailbox_domains = rx.example
virtual_mailbox_base = $work/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
virtual_minimum_uid = 1
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_relay_restrictions = reject_unauth_destination
smtpd_client_connection_count_limit = 0
default_process_limit = 60
smtpd_milters = unix:$work/run/sekisho.sock
milter_default_action = tempfail
milter_protocol = 6
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = yes
local_header_rewrite_clients =
EOT
	cat >"$work/postfix/master.cf" <<'EOT'
smtp      inet  n       -       n       -       -       smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
EOT
	in_ns postfix -c "$work/postfix" start >"$work/postfix.start" 2>&1 || {
		cat "$work/postfix.start"
		say "Postfix does not start"
		exit 1
	}
	await 100 in_ns swaks --server 127.0.0.1 --quit-after BANNER || { say "Postfix does not answer"; exit 1; }
}

# send CLIENT HELO FROM FILE [swaks options…]: one message as it stands through Postfix. The reply is
# in $work/session; the status is swaks's.
send() {
	client=$1 helo=$2 from=$3 file=$4
	shift 4
	server=127.0.0.1
	case "$client" in *:*) server=::1 ;; esac
	in_ns swaks --server "$server" --local-interface "$client" --ehlo "$helo" --from "$from" \
		--to hanako@rx.example --data "@$file" --suppress-data --timeout 40 "$@" >"$work/session" 2>&1
}

mail_count() { find "$work/mail/inbox/new" -type f 2>/dev/null | wc -l; }

# Waits until the mailbox holds that many messages.
await_mail() { await 200 has_mail "$1"; }
has_mail() { [ "$(mail_count)" -ge "$1" ]; }

record_count() { grep -c queue_id "$work/run/log.json"; }

# The record comes behind the answer, when the diagnosis is done.
await_record() { await 100 has_records "$1"; } # HOW-MANY
has_records() { [ "$(record_count)" -ge "$1" ]; }

newest_mail() {
	# shellcheck disable=SC2012
	ls -t "$work"/mail/inbox/new/* | head -n 1
}

# The whole field of that name (all its lines) of a message, first occurrence.
field_of() {
	awk -v name="$1" '
		/^\r?$/ {exit}
		tolower(substr($0, 1, length(name) + 1)) == tolower(name ":") {if (seen++) exit; print; next}
		/^[ \t]/ {if (seen) print; next}
		{if (seen) exit}' "$2"
}
