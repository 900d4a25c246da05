#!/bin/sh
# sekisho log on what a real sekishod behind a real Postfix has written: the screen, one message with the lines
# of Postfix, the evidence replayed, local parts hashed; logs of other kinds; the page in a real browser.
# Usage: tests/e2e/log.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/log.sh BUILD-FOLDER}
name=log
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
cases=$here/../cases
case_file=$cases/S030-server-moved-a-ptr-ns-at-new.case
failed=0
TZ=UTC
export TZ

check() { # POINT COMMAND…
	point=$1
	shift
	if "$@" >"$work/out" 2>&1; then
		say "ok $point"
	else
		say "not ok $point"
		sed 's/^/    /' "$work/out" | tail -n 30
		failed=1
	fi
}
value_of() { sed -n "s/^$1[[:space:]]*//p" "$case_file" | head -n 1; }
sekisho_log() { "$build/sekisho" log --config "$work/run/sekisho.conf" "$@"; }
says() { # WORDS COMMAND…
	words=$1
	shift
	"$@" >"$work/said" 2>&1
	cat "$work/said"
	grep -qF -- "$words" "$work/said"
}
silent_about() { ! says "$@"; }

client=$(value_of client) helo=$(value_of helo) from=$(value_of mail)
namespace_up "$client"
grep '^zone' "$case_file" >"$work/zone"
dns_up <"$work/zone"
daemon_up "evidence-count = 2"
postfix_up
letter=$cases/$(value_of message)
for number in 1 2 3; do
	send "$client" "$helo" "$from" "$letter" || { cat "$work/session"; exit 1; }
	await_record "$number" || { say "no record was written"; exit 1; }
done
log=$work/run/log.json
queue_id=$(sed -n 's/.*"queue_id":"\([^"]*\)".*/\1/p' "$log" | tail -n 1)
oldest=$(sed -n 's/.*"queue_id":"\([^"]*\)".*/\1/p' "$log" | head -n 1)
evidence=$work/run/evidence
await 50 sh -c "ls $evidence/$queue_id-*.case"

check "the usual log is that of the configuration" says "spf-stale-after-move" sekisho_log
check "one message, with the sentence" says "moved to $client" sekisho_log --queue-id "$queue_id"
check "and with what Postfix says of it" says "message-id=" sekisho_log --queue-id "$queue_id" "$work/maillog" "$log"
check "an unknown message is none" sh -c "! '$build/sekisho' log --queue-id NONE '$log'"
check "the same in Japanese" says "SPFレコードは旧サーバー" sekisho_log --language ja
check "a notice with the record to publish" says 'TXT "v=spf1 ip4:' sekisho_log --notice hoge.example
check "a notice that Python can read" /usr/bin/python3 - "$build/sekisho" "$log" <<'EOT'
import email, email.policy, subprocess, sys
for language, word in (("en", "postmaster"), ("ja", "メール管理者様")):
    text = subprocess.run([sys.argv[1], "log", "--language", language, "--notice", "hoge.example", sys.argv[2]],
                          stdout=subprocess.PIPE, check=True).stdout
    mail = email.message_from_bytes(text, policy=email.policy.default)
    assert mail["To"] == "postmaster@hoge.example" and "hoge.example" in mail["Subject"], mail["Subject"]
    assert word in mail.get_content() and not mail.defects and max(map(len, text.split(b"\n"))) < 990
EOT
check "what refusing would have done" says "accepted" sekisho_log --would spf-softfail=reject
check "3 refused" says '"reject": 3' sekisho_log --would spf-softfail=reject --json

check "evidence of the newest, replayed: the same cause" says "cause    spf-stale-after-move             spf-stale-after-move" \
	sekisho_log --queue-id "$queue_id" --replay
check "the replay agrees" sekisho_log --queue-id "$queue_id" --replay
check "two are kept, no more" test "$(find "$evidence" -name '*.case' | wc -l)" -eq 2
check "the oldest went" silent_about "Evidence:" sekisho_log --queue-id "$oldest" --replay
rm -rf "${evidence:?}"/*
{ cat "$work/run/sekisho.conf"; echo "log-local-part = hash"; } >"$work/run/new" && mv "$work/run/new" "$work/run/sekisho.conf"
daemon_reload
: >"$log"
send "$client" "$helo" "$from" "$letter"
await_record 1
queue_id=$(sed -n 's/.*"queue_id":"\([^"]*\)".*/\1/p' "$log" | tail -n 1)
check "evidence that was deleted begins anew" await 50 sh -c "ls $evidence/$queue_id-*.case"
check "no local part in the log" sh -c "! grep -q '${from%%@*}@' '$log'"
check "but its hash" grep -q '"mail_from":"#[0-9a-f]\{16\}@hoge.example"' "$log"
check "no local part in the evidence" sh -c "! grep -rq '${from%%@*}@\|hanako@' '$evidence'"
check "the secret is the workers' alone" test "$(stat -c '%a %U' "$work/run/secret")" = "400 nobody"
check "masked evidence is replayed, as far as it can be" sekisho_log --queue-id "$queue_id" --replay

# A log of two weeks in every form; hostile text in it.
/usr/bin/python3 "$here/../bench/make_log.py" json 5000 >"$work/many.json"
/usr/bin/python3 "$here/../bench/make_log.py" iso 5000 | gzip >"$work/many.log.gz"
printf '%s\n' '{"time":"2026-11-20T00:00:00Z","client":"192.0.2.66","client_name":"\"><script>alert(1)</script>","from_domain":"<img src=x onerror=alert(1)>","spf":"fail","dkim":"none","dmarc":"fail","causes":[{"cause":"<b>","text":"\u001b[31m<script>","fix":"<script>"}]}' >"$work/hostile.json"
count() { sekisho_log --json "$@" | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["messages"])'; }
check "JSON lines: 5000" test "$(count "$work/many.json")" = 5000
check "syslog, compressed: 5000" test "$(count "$work/many.log.gz")" = 5000
check "standard input: 5000" test "$(gzip -dc "$work/many.log.gz" | sekisho_log --json - | grep -c '"messages": 5000')" = 1
check "no terminal, no colour, no escape of a stranger's" sh -c "! '$build/sekisho' log '$work/many.json' '$work/hostile.json' | grep -q '$(printf '\033')'"
journal=$work/many.journal
remote=/lib/systemd/systemd-journal-remote
if [ -x $remote ]; then
	gzip -dc "$work/many.log.gz" | head -n 100 | awk '/sekishod/ {
		sub(/^.*sekishod\[[0-9]*\]: /, "")
		printf "__REALTIME_TIMESTAMP=%.0f\n_BOOT_ID=00000000000000000000000000000001\n", 1795000000000000 + NR
		printf "__MONOTONIC_TIMESTAMP=%d\nSYSLOG_IDENTIFIER=sekishod\nMESSAGE=%s\n\n", NR, $0}' >"$work/export"
	$remote --output="$journal" - <"$work/export" >"$work/remote.log" 2>&1
	wanted=$(grep -c ^MESSAGE "$work/export")
	"$build/sekisho" log --json "$journal" >"$work/out" 2>&1
	if grep -q "built without systemd" "$work/out"; then
		say "skipped: a file of the journal: built without systemd"
	else
		check "a file of the journal" test "$(count "$journal")" = "$wanted"
	fi
else
	say "skipped: a file of the journal: systemd-journal-remote is not installed"
fi

if command -v chromium >/dev/null; then
	for language in en ja; do
		page=$work/$language.html
		sekisho_log --html "$page" --language $language "$work/many.json" "$work/hostile.json"
		(cd "$work" && TMPDIR=/tmp timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/chromium" \
			--virtual-time-budget=2000 --dump-dom "file://$page" >"$work/dom" 2>"$work/chromium.log")
		check "the page ($language) in a browser: bars, sentences, nothing of a stranger's that runs" /usr/bin/python3 - "$work/dom" "$language" <<'EOT'
import re, sys
dom = open(sys.argv[1], encoding="utf-8").read()
assert dom.count("<rect") > 30 and dom.count('class="cause"') >= 5, (dom.count("<rect"), len(dom))
assert ("原因と対応者" if sys.argv[2] == "ja" else "who must act") in dom
assert "<script" not in dom and "<img" not in dom and "&lt;script&gt;" in dom
# each link leads to a list in the page itself
assert not re.search(r'src="', dom) and len(re.findall(r'href="#m[0-9]+"', dom)) > 50
assert set(re.findall(r'href="([^"]*)"', dom)) <= {"#top", *("#" + name for name in re.findall(r'id="(m[0-9]+)"', dom))}
EOT
	done
else
	say "skipped: the page in a browser: chromium is not installed"
fi
exit $failed
