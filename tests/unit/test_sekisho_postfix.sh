#!/bin/sh
# sekisho-postfix on configurations of Postfix that nobody uses: what it writes, what it leaves, what it refuses.
set -u
command -v postconf >/dev/null || { echo "Postfix is not installed"; exit 77; }
program=$(cd "${srcdir:-.}" && pwd)/packaging/sekisho-postfix
PATH=$(cd "${builddir:-.}" && pwd):$PATH
export PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0 checks=0

milters() { postconf -c "$work" -h smtpd_milters 2>/dev/null; }
expect() { # STATUS MILTERS-AFTERWARDS ARGUMENT…
	wanted=$1 value=$2
	shift 2
	checks=$((checks + 1))
	sh "$program" -c "$work" -f "$work/sekisho.conf" "$@" >"$work/said" 2>&1
	found=$?
	[ $found -eq "$wanted" ] || { echo "$*: status $found, not $wanted"; cat "$work/said"; status=1; }
	[ "$(milters)" = "$value" ] || { echo "$*: smtpd_milters = $(milters), not $value"; status=1; }
}
begin() { # SOCKET CHROOT [MILTERS]
	printf 'compatibility_level = 3.6\nqueue_directory = %s/queue\n' "$work" >"$work/main.cf"
	[ $# -lt 3 ] || echo "smtpd_milters = $3" >>"$work/main.cf"
	echo "smtp inet n - $2 - - smtpd" >"$work/master.cf"
	echo "socket = $1" >"$work/sekisho.conf"
	cp "$work/main.cf" "$work/before"
}

ours='{ unix:sekisho/sekisho.sock, default_action=accept }'
begin "unix:$work/queue/sekisho/sekisho.sock" y
expect 1 '' status
expect 0 '' -n enable
expect 0 "$ours" enable
expect 0 "$ours" enable
expect 0 "$ours" status
expect 0 '' disable
expect 0 '' disable
cmp -s "$work/main.cf" "$work/before" || { echo "main.cf is not as it was"; status=1; }

others='{ inet:127.0.0.1:8, default_action=tempfail, protocol=6 }, unix:foo/bar'
begin "unix:$work/queue/sekisho/sekisho.sock" y "$others"
expect 0 "{ unix:sekisho/sekisho.sock, default_action=tempfail }, $others" -a tempfail enable
expect 0 "$others" disable

begin unix:/run/sekisho/sekisho.sock y
expect 3 '' enable
begin unix:/run/sekisho/sekisho.sock n
expect 0 '{ unix:/run/sekisho/sekisho.sock, default_action=accept }' enable
begin inet:8891@127.0.0.1 y 'inet:127.0.0.1:8891 unix:foo'
expect 0 'inet:127.0.0.1:8891 unix:foo' enable
expect 0 'unix:foo' disable
begin inet6:8891@::1 y
expect 0 '{ inet:[::1]:8891, default_action=accept }' enable
expect 0 '' disable
expect 2 '' -a reject enable
expect 2 ''
expect 2 '' enable disable
expect 2 '' restart
echo 'no-such-option = 1' >"$work/sekisho.conf"
expect 3 '' enable
echo "$checks checks"
exit $status
