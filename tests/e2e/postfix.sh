#!/bin/sh
# sekishod behind a real Postfix with a real name server: verdicts, header, log, actions, forged
# results, skipped mail. Usage: tests/e2e/postfix.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/postfix.sh BUILD-FOLDER}
name=postfix
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

from_of() { sed -n 's/^From: Taro <\(.*\)>\r$/\1/p' "$corpus/$1.eml" | head -n 1; }

# Sends corpus message NAME and awaits it in the mailbox; its path is in $arrived.
deliver() {
	before=$(mail_count) recorded=$(record_count)
	send "${client:-192.0.2.25}" "${helo:-mail.good.example}" "$1" "$corpus/$2.eml" || { cat "$work/session"; return 1; }
	await_mail $((before + 1)) || { say "$2 did not arrive"; return 1; }
	await_record $((recorded + 1)) || { say "$2 was not logged"; return 1; }
	arrived=$(newest_mail)
}

# results TITLE NAME FROM EXPECTED…: each expected text is in our header.
results() {
	title=$1 message=$2 sender=$3
	shift 3
	status=0
	deliver "$sender" "$message" || status=1
	[ $status -eq 0 ] && header=$(field_of Authentication-Results "$arrived") || header=
	for expected in "$@"; do
		case "$header" in
		*"$expected"*) ;;
		*) status=1; say "  missing: $expected"; printf '%s\n' "$header" ;;
		esac
	done
	verdict $status "$title"
}

# The newest log record has these texts.
logged() {
	title=$1
	shift
	status=0
	line=$(tail -n 1 "$work/run/log.json")
	for expected in "$@"; do
		case "$line" in
		*"$expected"*) ;;
		*) status=1; say "  not in the log: $expected"; printf '  %s\n' "$line" ;;
		esac
	done
	verdict $status "$title"
}

# Sends and expects the SMTP reply to hold the text.
refused() {
	title=$1 message=$2 sender=$3 reply=$4
	status=0
	recorded=$(record_count)
	send 192.0.2.25 mail.good.example "$sender" "$corpus/$message.eml" && status=1
	grep -qF "$reply" "$work/session" || { status=1; grep '^<' "$work/session"; }
	await_record $((recorded + 1)) || { status=1; say "  $message was not logged"; }
	verdict $status "$title"
}

reconfigure() { # LINES…: the same daemon with other actions
	{
		sed '/^# changed/,$d' "$work/run/sekisho.conf"
		echo "# changed"
		for line in "$@"; do echo "$line"; done
	} >"$work/run/new.conf"
	mv "$work/run/new.conf" "$work/run/sekisho.conf"
	daemon_reload
}

corpus=$work/corpus
namespace_up 192.0.2.25 2001:db8::25
/usr/bin/python3 "$source/tests/support/corpus.py" "$corpus" || skip "python3-dkim is not installed"
dns_up <"$corpus/zone"
daemon_up
postfix_up
echo "smtpd_authorized_xclient_hosts = 192.0.2.25" >>"$work/postfix/main.cf"
in_ns postfix -c "$work/postfix" reload >/dev/null 2>&1

good=taro@good.example
spf_pass="spf=pass (mx.rx.example: domain of taro@good.example designates 192.0.2.25 as permitted sender) smtp.mailfrom=taro@good.example"

results "everything passes" pass $good "dkim=pass header.i=@good.example header.s=s1 header.b=" "$spf_pass" \
	"dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=good.example"
first=$(grep -nE '^(Authentication-Results|Received):' "$arrived" | head -n 1)
case "$first" in *"Authentication-Results: mx.rx.example;") true ;; *) false ;; esac; verdict $? "the header is at the top, above Received"
logged "the record has the queue id and the verdicts" '"queue_id"' '"spf"' 'good.example'
results "unsigned mail shows no dkim" unsigned $good "Authentication-Results: mx.rx.example;
       spf=pass"
results "Ed25519" ed25519 taro@ed.example "dkim=pass header.i=@ed.example"
results "body altered" body-altered $good "dkim=neutral (body hash did not verify) header.i=@good.example"
logged "and the cause" dkim-body-altered
results "subject altered" subject-altered $good "dkim=fail header.i=@good.example"
logged "and the cause" dkim-header-altered
results "no key" key-missing $good "dkim=permerror (no key for signature) header.i=@good.example header.s=absent"
logged "and the cause" dkim-key-under-other-selector
results "wrong key" key-wrong $good "dkim=fail header.i=@good.example header.s=other"
logged "and the cause" dkim-key-under-other-selector
results "key cut at 127 octets" key-cut $good "dkim=neutral (invalid public key) header.i=@good.example header.s=cut"
logged "and the cause" dkim-key-truncated
results "1024 bits pass" key-1024 $good "dkim=pass header.i=@good.example header.s=k1024"
results "768 bits do not" key-768 $good "dkim=policy"
results "SPF fail" spf-fail taro@spf-fail.example "spf=fail (mx.rx.example: domain of taro@spf-fail.example does not designate 192.0.2.25" \
	"dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=spf-fail.example"
results "SPF softfail" spf-softfail taro@spf-softfail.example "spf=softfail (mx.rx.example: domain of transitioning taro@spf-softfail.example"
results "SPF neutral" spf-neutral taro@spf-neutral.example "spf=neutral (mx.rx.example: 192.0.2.25 is neither permitted nor denied by domain of taro@spf-neutral.example)"
results "SPF none" spf-none taro@spf-none.example "spf=none (mx.rx.example: taro@spf-none.example does not designate permitted sender hosts)"
results "SPF permerror" spf-permerror taro@spf-permerror.example "spf=permerror (mx.rx.example: permanent error in processing during lookup of taro@spf-permerror.example: gone.example not found)"
logged "and the cause" spf-include-nxdomain
results "the record that overflows libspf2" spf-crash taro@spf-crash.example "spf="
kill -0 "$daemon_pid"; verdict $? "the daemon is still there"
results "null sender: HELO is checked" unsigned "<>" "spf=none (mx.rx.example: postmaster@mail.good.example does not designate permitted sender hosts) smtp.helo=mail.good.example"
if has_ipv6; then
	client=2001:db8::25
	results "IPv6" pass $good "designates 2001:db8::25 as permitted sender"
	client=192.0.2.25
fi
results "two From fields" two-from $good "dmarc=permerror"
logged "and the cause" dmarc-from-multiple
results "no From field" no-from $good "dmarc=permerror"

status=0
before=$(mail_count) recorded=$(record_count)
in_ns /usr/bin/python3 - "$corpus/smtputf8.eml" <<'PY' || status=1
import smtplib, sys
text = open(sys.argv[1], "rb").read()
with smtplib.SMTP("127.0.0.1", 25, local_hostname="mail.good.example", source_address=("192.0.2.25", 0)) as smtp:
    smtp.ehlo()
    smtp.sendmail("太郎@good.example", ["hanako@rx.example"], text, mail_options=["SMTPUTF8"])
PY
{ await_mail $((before + 1)) && await_record $((recorded + 1)); } || status=1
field_of Authentication-Results "$(newest_mail)" | grep -q "smtp.mailfrom=太郎@good.example\|smtp.mailfrom=\"太郎@good.example\"" || {
	status=1
	field_of Authentication-Results "$(newest_mail)"
}
verdict $status "SMTPUTF8"

status=0
deliver $good forged || status=1
[ "$(grep -ci '^Authentication-Results:' "$arrived")" -eq 4 ] || status=1
[ "$(grep -c '^Authentication-Results: *\(other\|third\|xmx.rx\)\.example' "$arrived")" -eq 3 ] || status=1
[ $status -eq 0 ] || grep -ai -A1 '^Authentication-Results:' "$arrived"
verdict $status "eight forged results are removed, three foreign ones stay"
logged "and the removal is logged" '"forged":8'

status=0
before=$(mail_count) recorded=$(record_count)
send 192.0.2.25 mail.good.example taro@spf-fail.example "$corpus/forged.eml" --xclient-login taro || { status=1; grep '^<' "$work/session"; }
{ await_mail $((before + 1)) && await_record $((recorded + 1)); } || status=1
grep -q '^Authentication-Results: mx.rx.example;' "$(newest_mail)" && status=1
[ "$(grep -ci '^Authentication-Results:' "$(newest_mail)")" -eq 3 ] || status=1
verdict $status "authenticated mail is not judged, but forged results go"
logged "and the skip is logged" '"skipped"' authenticated

reconfigure "spf-fail = reject" "spf-softfail = tempfail" "dmarc-quarantine-policy = quarantine" "bad-from = reject"
refused "spf-fail = reject" spf-fail taro@spf-fail.example "550 5.7.23"
refused "spf-softfail = tempfail" spf-softfail taro@spf-softfail.example "451 4.7.23"
refused "bad-from = reject" two-from $good "550 5.7.1"
results "others are accepted" pass $good "dmarc=pass"
reconfigure "dmarc-quarantine-policy = quarantine"
status=0
recorded=$(record_count)
send 192.0.2.25 mail.good.example taro@spf-softfail.example "$corpus/spf-softfail.eml" || status=1
await_record $((recorded + 1)) || status=1
await 50 sh -c "[ \$(find '$work/queue/hold' -type f | wc -l) -eq 1 ]" || status=1
verdict $status "dmarc-quarantine-policy = quarantine holds the message"
reconfigure "dmarc-reject-policy = reject" "dry-run = yes"
results "a dry run only logs" spf-fail taro@spf-fail.example "dmarc=fail (p=REJECT sp=REJECT dis=NONE)"
logged "what would have been done" '"would":"reject"'
reconfigure "dmarc-reject-policy = reject" "override = \"spf-fail.example dmarc-reject-policy accept\""
results "a domain's own exception" spf-fail taro@spf-fail.example "dmarc=fail"
reconfigure "received-spf = yes" "dmarc-header-from = author" "add-iprev = yes" "cause-header = yes"
results "iprev on request" spf-none taro@spf-none.example "iprev="
field_of Received-SPF "$arrived" | grep -q '^Received-SPF: none (mx.rx.example: taro@spf-none.example does not designate permitted sender hosts) client-ip=192.0.2.25;'
verdict $? "Received-SPF on request"
field_of X-Sekisho-Cause "$arrived" | grep -q 'spf-no-record'
verdict $? "X-Sekisho-Cause on request"

[ $failures -eq 0 ] || { tail -n 20 "$work/maillog" "$work/run/daemon.log"; }
[ $failures -eq 0 ]
