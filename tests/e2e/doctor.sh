#!/bin/sh
# "sekisho doctor": a machine where all is well, and then one thing wrong at a time. Each planted problem
# must be named by its own check, and by no other. Usage: tests/e2e/doctor.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/doctor.sh BUILD-FOLDER}
name=doctor
# shellcheck source=tests/e2e/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

command -v ldns-signzone >/dev/null || skip "ldnsutils is not installed"
id postfix >/dev/null 2>&1 || skip "Postfix is not installed"
namespace_up

# A signed root zone with a long TXT record.
mkdir -p "$work/nsd"
{
	printf '. 60 IN SOA ns.root-zone.test. hostmaster.root-zone.test. 1 3600 600 86400 60\n'
	printf '. 60 IN NS ns.root-zone.test.\nns.root-zone.test. 60 IN A 127.0.0.1\n'
	printf 'signed.example. 60 IN TXT "signed"\n'
	for i in $(seq 9); do printf 'large.example. 60 IN TXT "%0200d"\n' "$i"; done
} >"$work/nsd/zone"
(
	cd "$work/nsd" || exit 1
	key=$(ldns-keygen -a ECDSAP256SHA256 -k .) || exit 1
	ldns-signzone -n zone "$key" || exit 1
	cp "$key.ds" "$work/anchor"
	mv zone.signed zone
) >"$work/sign.log" 2>&1 || { cat "$work/sign.log"; skip "the zone cannot be signed"; }
dns_configure
dns_start
mkdir -p "$work/run"
chown nobody "$work/run" # where it keeps its keys
daemon_up "trust-anchor-file = $work/anchor" "public-suffix-age = 30" "nameservers = 127.0.0.1"
cp "$work/run/sekisho.conf" "$work/well.conf"

# Postfix as it should be; nothing of it runs.
mkdir -p "$work/main"
cat >"$work/main/main.cf" <<EOT
# as conf/postfix.cf says
myhostname = mx.rx.example
queue_directory = $work/queue
smtpd_milters = { unix:$work/run/sekisho.sock,
	default_action = accept }
milter_protocol = 6
EOT
cat >"$work/main/master.cf" <<'EOT'
smtp      inet  n       -       n       -       -       smtpd
submission inet n       -       n       -       -       smtpd
  -o smtpd_tls_security_level=encrypt
EOT

# doctor FOLDER CONFIG: its lines in $work/told. The clock of a test machine is nobody's business.
doctor() {
	in_ns timeout 60 "$build/sekisho" doctor --skip clock --config "$2" --postfix-config "$1" \
		--signed-name signed.example --large-name large.example >"$work/told" 2>&1
}

doctor "$work/main" "$work/well.conf"
status=$?
point "where all is well the status is 0" "$status"
! grep -q '^\(warning\|problem\)' "$work/told"
point "and every line is ok" $?
grep -q '^ok  *dnssec  *answers are validated' "$work/told" && grep -q '^ok  *large-answers  *18[0-9][0-9] octets' "$work/told"
point "DNSSEC and a large answer were tried" $?

# planted STATE CHECK TITLE: what must be said, and nothing else.
planted() {
	doctor "$work/sick" "$work/sick.conf"
	status=$?
	wanted=1
	[ "$1" = problem ] && wanted=2
	others=$(grep '^\(warning\|problem\)' "$work/told" | grep -vcE "^$1 +$2 ")
	[ "$status" -eq $wanted ] && [ "$others" -eq 0 ] && grep -qE "^$1 +$2 " "$work/told"
	point "$3" $?
	well
}

well() {
	rm -rf "$work/sick"
	cp -r "$work/main" "$work/sick"
	cp "$work/well.conf" "$work/sick.conf"
}

# option NAME VALUE: one setting of sekisho.conf, in place of what it is.
option() {
	sed -i "/^$1 /d" "$work/sick.conf"
	echo "$1 = $2" >>"$work/sick.conf"
}
main_cf() { printf '%s\n' "$1" >>"$work/sick/main.cf"; }

well
option authserv-id localhost
planted problem authserv-id "an id by which nobody knows this server"
option authserv-id mx.google.com
planted problem authserv-id "the id of somebody else"
option authserv-id mx.elsewhere.example
planted warning authserv-id "an id of another organisation than Postfix's name"
option user no-such-account
planted problem user "a user that does not exist"
option key-memory "$work/absent/keys.db"
planted problem state "a state folder that is not there"
mkdir -m 700 "$work/closed"
option log-file "$work/closed/log.json"
planted problem log "a log that cannot be written"
option log-sink none
planted warning log "no log at all"
chmod 600 "$work/run/sekisho.sock"
planted problem reach "a socket that Postfix may not use"
chmod 666 "$work/run/sekisho.sock"
sed -i '/^smtpd_milters/,/accept/d' "$work/sick/main.cf"
planted problem milters "a Postfix that does not ask sekisho"
sed -i '1s/n       -       n/n       -       y/' "$work/sick/master.cf"
planted problem milters "a chroot out of which the socket cannot be seen"
main_cf "smtpd_milters = inet:localhost:8891, unix:$work/run/sekisho.sock"
planted problem order "a milter that signs in front of sekisho"
main_cf "smtpd_milters = unix:/run/other.sock unix:$work/run/sekisho.sock"
planted warning order "another milter in front of sekisho"
main_cf "smtpd_milters = { unix:$work/run/sekisho.sock, default_action=reject }"
planted problem default-action "mail refused while sekisho is away"
main_cf "non_smtpd_milters = \$smtpd_milters"
planted warning local-mail "mail of local programs sent through sekisho"
option skip-authenticated no
planted warning submission "mail of our own users checked"
main_cf "milter_content_timeout = 10s"
planted problem protocol "a Postfix without patience"
option public-suffix-age 2000
planted warning public-suffixes "an old public suffix list"
sed -i '/^trust-anchor-file/d' "$work/sick.conf"
planted warning dnssec "answers that nobody validates"

# These show in more than one line.
well
option colour blue
doctor "$work/sick" "$work/sick.conf"
grep -q "^problem  *configuration .*sick.conf:[0-9]*: .*colour" "$work/told"
point "a configuration with an unknown option" $?
well
option socket "unix:$work/run/absent.sock"
doctor "$work/sick" "$work/sick.conf"
grep -q '^problem  *socket  *nobody answers' "$work/told"
point "a daemon that does not run" $?
well
option nameservers 127.0.0.1@9
doctor "$work/sick" "$work/sick.conf"
grep -q '^problem  *resolver  *no name server answers' "$work/told"
point "a resolver that does not answer" $?
in_ns timeout 60 "$build/sekisho" doctor --skip clock --config "$work/well.conf" --postfix-config "$work/main" \
	--signed-name signed.example --large-name large.example --json >"$work/told" 2>&1 &&
	PATH=/usr/bin:$PATH python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); assert d["state"]=="ok" and len(d["checks"])>15' "$work/told"
point "the same as JSON" $?
[ $failures -eq 0 ]
