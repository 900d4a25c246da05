#!/bin/sh
# The two stories that sekisho was made for, through a real Postfix. Also the last step of
# packaging/quickstart.sh. Usage: tests/e2e/seeds.sh BUILD-FOLDER
set -eu
build=${1:?usage: tests/e2e/seeds.sh BUILD-FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
cases=$here/../cases

tell() { # TITLE CASE EXPECTED…
	title=$1 case_file=$cases/$2.case
	shift 2
	printf '\n── %s\n' "$title"
	told=$(sh "$here/story.sh" "$build" "$case_file") || { status=$?; printf '%s\n' "$told"; exit $status; }
	printf '%s\n' "$told"
	printf '\nthe same for people (sekisho check --case):\n'
	"$build"/sekisho check --case "$case_file" | sed '1,/^Authentication-Results/d; 1,/^$/d'
	for expected in "$@"; do
		case "$told" in
		*"$expected"*) ;;
		*) printf 'missing: %s\n' "$expected"; exit 1 ;;
		esac
	done
}

tell "A site moved to a new host; its SPF record still lists the old server." \
	S030-server-moved-a-ptr-ns-at-new \
	"spf=softfail (mx.rx.example: domain of transitioning taro@hoge.example does not designate 203.0.113.14" \
	"X-Sekisho-Cause: spf-" '"cause":"spf-stale-after-move"'
tell "The shop's DKIM key is published; the mail host signs with another selector." \
	K010-host-signs-s-default-only-shop-s \
	"dkim=permerror (no key for signature) header.i=@hoge.example header.s=default" \
	"X-Sekisho-Cause: dkim-key-missing-selector" '"cause":"dkim-key-missing-selector"'
printf '\nBoth stories told as expected.\n'
