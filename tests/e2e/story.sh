#!/bin/sh
# Sends the message of one .case file through a real Postfix with the case's DNS in a real name server,
# and prints what arrives: the header as Gmail shows it, the cause, the log record.
# Usage: tests/e2e/story.sh BUILD-FOLDER CASE-FILE
set -eu
build=${1:?usage: tests/e2e/story.sh BUILD-FOLDER CASE-FILE}
case_file=${2:?usage: tests/e2e/story.sh BUILD-FOLDER CASE-FILE}
name=story
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

value_of() { sed -n "s/^$1[[:space:]]*//p" "$case_file" | head -n 1; }

client=$(value_of client)
helo=$(value_of helo)
from=$(value_of mail)
namespace_up "$client"
grep '^zone' "$case_file" >"$work/zone" # no pipe: its end would be a shell of its own, and its name server nobody's
dns_up <"$work/zone"
daemon_up "cause-header = yes"
postfix_up
send "$client" "$helo" "$from" "$(dirname "$case_file")/$(value_of message)" || { cat "$work/session"; exit 1; }
await_mail 1 || { say "the message did not arrive"; exit 1; }
say "   client $client, HELO $helo, MAIL FROM <$from>"
say
field_of Authentication-Results "$(newest_mail)"
field_of X-Sekisho-Cause "$(newest_mail)"
say
say "log record:"
await_record 1 || { say "no record was written"; exit 1; }
tail -n 1 "$work/run/log.json"
