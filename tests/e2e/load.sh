#!/bin/sh
# sekishod behind a real Postfix under load: many messages on one connection, a worker killed, reloads,
# DNS gone and back. Nothing is lost, nothing hangs. Usage: tests/e2e/load.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/load.sh BUILD-FOLDER}
name=load
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

load() { in_ns /usr/bin/python3 "$source/tests/support/smtp_load.py" "$@"; }
# Delivered messages that carry our header.
verified() { grep -lc '^Authentication-Results: mx.rx.example;' -r "$work/mail/inbox/new" | wc -l; }
empty_mailbox() { find "$work/mail/inbox" -type f -exec rm -f {} +; }
wait_delivered() { await_mail "$1" && [ "$(verified)" -eq "$1" ]; }

corpus=$work/corpus
namespace_up 192.0.2.25 2001:db8::25
/usr/bin/python3 "$source/tests/support/corpus.py" "$corpus" || skip "python3-dkim is not installed"
dns_up <"$corpus/zone"
daemon_up "workers = 2"
postfix_up
cat >>"$work/postfix/main.cf" <<'EOT'
recipient_delimiter = +
smtpd_client_message_rate_limit = 0
smtpd_hard_error_limit = 10000
smtpd_soft_error_limit = 10000
in_flow_delay = 0
EOT
in_ns postfix -c "$work/postfix" reload >/dev/null 2>&1

told=$(load "$corpus/pass.eml" 1000 1 1000); status=$?
say "  one connection: $told"
wait_delivered 1000 || status=1
verdict $status "1,000 messages over one connection, all verified"
empty_mailbox

load "$corpus/pass.eml" 600 8 >"$work/told" &
load_pid=$!
for _ in 1 2 3; do
	sleep 0.7
	victim=$(workers | head -n 1)
	[ -n "$victim" ] && kill -9 "$victim"
done
wait $load_pid; status=$?
say "  workers killed: $(cat "$work/told")"
wait_delivered 600 || { status=1; say "  delivered $(mail_count), verified $(verified)"; }
verdict $status "workers killed with -9 under load: no message lost, none unverified, none hung"
await 50 workers_are 2
verdict $? "dead workers are replaced"
empty_mailbox

load "$corpus/pass.eml" 600 8 >"$work/told" &
load_pid=$!
for _ in 1 2 3; do
	sleep 0.6
	kill -HUP "$daemon_pid"
done
sleep 0.3
cp "$work/run/sekisho.conf" "$work/run/sekisho.conf.good"
echo "no-such-option = 1" >>"$work/run/sekisho.conf"
kill -HUP "$daemon_pid"
wait $load_pid; status=$?
told=$(cat "$work/told")
say "  reloads: $told"
case "$told" in *"refused for now 0, lost connections 0"*) ;; *) status=1 ;; esac
wait_delivered 600 || status=1
verdict $status "reloads under load, a broken file among them: nothing refused, nothing lost"
grep -q 'sekisho.conf:[0-9]*: ' "$work/run/daemon.log" || grep -q 'sekisho.conf:[0-9]*: ' "$work/run/log.json"
verdict $? "the broken file is named with its line"
mv "$work/run/sekisho.conf.good" "$work/run/sekisho.conf"
daemon_reload
empty_mailbox

dns_stop
status=0
send 192.0.2.25 mail.good.example taro@spf-softfail.example "$corpus/spf-softfail.eml" || status=1
await_mail 1 || status=1
field_of Authentication-Results "$(newest_mail)" | grep -q 'spf=temperror (mx.rx.example: error in processing during lookup of taro@spf-softfail.example: DNS error)' || {
	status=1
	field_of Authentication-Results "$(newest_mail)"
}
verdict $status "DNS gone: the mail is accepted with temperror"
dns_start
back=$(date +%s%N)
is_right_again() {
	empty_mailbox
	send 192.0.2.25 mail.good.example taro@spf-neutral.example "$corpus/spf-neutral.eml" && await_mail 1 &&
		field_of Authentication-Results "$(newest_mail)" | grep -q 'spf=neutral'
}
back_ms() { echo $((($(date +%s%N) - back) / 1000000)); }
until is_right_again; do
	[ "$(back_ms)" -le 5000 ] || { field_of Authentication-Results "$(newest_mail)"; break; }
done
[ "$(back_ms)" -le 5000 ]; status=$?
verdict $status "DNS back: right verdicts within 5 seconds"

kill "$daemon_pid"
await 150 is_gone "$daemon_pid"
verdict $? "the daemon ends when told"
[ ! -e "$work/run/sekisho.sock" ]
verdict $? "and takes its socket away"
[ $failures -eq 0 ] || tail -n 20 "$work/maillog" "$work/run/daemon.log"
[ $failures -eq 0 ]
