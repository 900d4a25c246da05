#!/bin/sh
# "sekisho domain" over the zones of recorded cases: what it must find, and what it must not. The first
# rows are the zones of the two stories that sekisho was made for: every defect that they tell of.
set -u
sekisho=${builddir:-.}/sekisho
folder=${srcdir:-.}/tests
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0 rows=0

complain() {
	echo "$1"
	failed=1
}

# ZONE-OF-CASE DOMAIN STATUS CODES ARGUMENTS…: codes with commas between; "-" for none; !code must be absent.
domain() {
	case_name=$1 name=$2 expected=$3 codes=$4
	shift 4
	rows=$((rows + 1))
	sed -n 's/^zone[[:space:]]*//p' "$folder/cases/$case_name.case" >"$work/zone"
	# shellcheck disable=SC2086
	${SEKISHO_RUNNER:-} "$sekisho" domain "$name" --config /dev/null --zone "$work/zone" "$@" >"$work/told" 2>&1
	status=$?
	[ "$status" -eq "$expected" ] || complain "$case_name $*: status $status instead of $expected"
	for code in $(echo "$codes" | tr , ' '); do
		case "$code" in
		-) ! grep -q '^[a-z0-9-]* ([a-z]*)' "$work/told" || complain "$case_name $*: found something" ;;
		!*) ! grep -q "^${code#!} " "$work/told" || complain "$case_name $*: ${code#!} found" ;;
		*) grep -q "^$code " "$work/told" || complain "$case_name $*: $code not found" ;;
		esac
	done
}

# the first story: SPF and MX left behind by a move, the MX an address, the record gone altogether
domain S030-server-moved-a-ptr-ns-at-new hoge.example 1 spf-stale-after-move,dns-mx-old-host
domain S030-server-moved-a-ptr-ns-at-new hoge.example 1 spf-stale-after-move --client 203.0.113.14
domain D006-mx-mail-x-still-at-the-old hoge.example 1 dns-mx-old-host
domain D001-mx-is-an-ip-address hoge.example 1 dns-mx-is-ip
domain D002-mx-is-a-cname hoge.example 1 dns-mx-cname
domain S031-gmail-showed-it-new-name-servers-had hoge.example 1 spf-no-record
# the second: the key of the shop alone, cut records, one key under two selectors
domain K010-host-signs-s-default-only-shop-s hoge.example 1 dkim-key-missing-selector --selector default
domain K010-host-signs-s-default-only-shop-s hoge.example 0 '!dkim-key-missing-selector'
domain K024-2048-bit-key-cut-at-127-bytes hoge.example 1 dkim-key-truncated
domain key-cut-at-255 orme.example 1 dkim-key-truncated --selector cp3
domain S098-record-cut-at-the-panel-s-127 hoge.example 1 spf-truncated
domain key-of-the-shop bloem.example 1 '!dkim-key-missing-selector' --selector post24
# neighbours' mistakes
domain S005-spf-entered-with-full-name-in-a hoge.example 1 spf-zone-suffix-doubled
domain K014-key-pasted-at-the-apex hoge.example 1 dkim-key-at-apex --selector default
domain K015-underscore-missing-in-domainkey hoge.example 1 dkim-key-wrong-name --selector default
domain M002-record-at-the-apex hoge.example 1 dmarc-record-at-apex
domain M003-doubled-zone-suffix hoge.example 1 dmarc-zone-suffix-doubled
domain M004-underscore-missing hoge.example 1 dmarc-record-wrong-name
domain M012-wildcard-spf-answers-at-dmarc hoge.example 1 dmarc-wildcard-txt
# records of all kinds
domain S070-two-spf-records hoge.example 1 spf-multiple-records
domain S071-11-lookups-in-one-flat-record hoge.example 1 spf-too-many-lookups
domain S073-three-void-lookups hoge.example 1 spf-too-many-void-lookups
domain S075-include-target-does-not-exist-provider-left hoge.example 1 spf-include-nxdomain
domain S079-ipv4-keyword hoge.example 1 spf-mechanism-misspelled
domain S046-mx-is-an-ip-address-so-mx hoge.example 1 dns-mx-is-ip
domain D003-mx-target-does-not-exist hoge.example 1 dns-mx-unresolvable
domain D005-mx-on-a-private-address hoge.example 1 dns-mx-private
domain M010-p-monitor hoge.example 1 dmarc-policy-invalid
domain pass-plain example.co.jp 0 '!spf-no-record'

# the tree as it is drawn, and one key that two selectors share
domain key-of-the-shop bloem.example 1 '!spf-no-record' --selector post24
grep -q 'the same key as under ladenbau' "$work/told" || complain "key-of-the-shop: the shared key is not told"
grep -q '^       │  ├─ ip4:203.0.113.77$' "$work/told" || complain "key-of-the-shop: the tree is not drawn"
grep -q '1 of 10 lookups, 0 of 2 void$' "$work/told" || complain "key-of-the-shop: lookups are not counted"

# an address that nobody outside ever sees is not put into a record
domain pass-plain example.co.jp 3 - --client 10.0.0.1
domain pass-plain example.co.jp 3 - --client example.net
domain pass-plain ..example 3 -

# a zone by somebody who means harm: loops, bombs, escapes; nothing of it reaches the terminal
for name in loop bomb esc many wild parked gone; do
	for how in --language=en --language=ja --json; do
		rows=$((rows + 1))
		# shellcheck disable=SC2086
		timeout 60 ${SEKISHO_RUNNER:-} "$sekisho" domain $name.example --config /dev/null --zone "$folder/domain/hostile.zone" \
			"$how" >"$work/told" 2>&1
		status=$?
		case "$name $status" in
		"parked 0" | [a-oq-z]*" 1") ;;
		*) complain "hostile $name $how: status $status" ;;
		esac
		! tr -d '\n' <"$work/told" | LC_ALL=C grep -q '[[:cntrl:]]' || complain "hostile $name $how: a control character"
		[ "$(wc -l <"$work/told")" -lt 300 ] || complain "hostile $name $how: too long"
	done
done
[ $failed -ne 0 ] || echo "$rows surveys as expected"
exit $failed
