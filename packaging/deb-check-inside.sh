#!/bin/sh
# What packaging/deb-check.sh runs in its bare machine, under systemd: a fresh Postfix, the package beside it,
# a mail, an upgrade under load, a restart under load, removal, purge. On standard output: the points.
set -u
cd /check || exit 1
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

verdict() { # STATUS WHAT
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

install() { apt-get install -y -qq --no-install-recommends "$@" >&2; }

await() { # TENTHS COMMAND…
	tenths=$1
	shift
	for _ in $(seq "$tenths"); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

box=/home/hanako/Maildir
mail_count() { find $box/new -type f 2>/dev/null | wc -l; }
has_mail() { [ "$(mail_count)" -ge "$1" ]; }
marked() { grep -lc '^Authentication-Results: mx.rx.example;' -r $box/new | wc -l; }
empty_box() { find $box -type f -exec rm -f {} +; }
send() { python3 smtp_load.py "corpus/$1.eml" 1 1 >&2; } # one message of taro@good.example
workers_are_new() { # all workers run the program that is on disk
	now=$(stat -Lc %d:%i /usr/sbin/sekishod)
	found=0
	for pid in $(pgrep -P "$(systemctl show -P MainPID sekishod)"); do
		[ "$(stat -Lc %d:%i "/proc/$pid/exe")" = "$now" ] || return 1
		found=$((found + 1))
	done
	[ $found -gt 0 ]
}
left_behind() {
	find / -xdev \( -path /check -o -path /proc -o -path /sys -o -path /var/cache/apt -o -path /var/log/journal \
		-o -path /run/log \) -prune -o -iname '*sekisho*' -print
}

# Mail without a pause until load_off, in batches of 50 over 4 connections.
load_on() {
	rm -f stop told
	(while [ ! -e stop ]; do python3 smtp_load.py corpus/pass.eml 50 4; done >told 2>&1) &
	load=$!
	sleep 1
}
load_off() {
	sleep 1
	touch stop
	wait $load
	sent=$(($(wc -l <told) * 50))
}
nothing_lost() { # all that was sent has arrived, with our header
	! grep -q -v 'given up 0' told && await 300 has_mail "$sent" && [ "$(mail_count)" -eq "$sent" ] &&
		[ "$(marked)" -eq "$sent" ]
}

# --- the world around: addresses that can send, and their DNS
ip link set lo up
ip addr add 192.0.2.25/32 dev lo
mkdir -p corpus
python3 corpus.py corpus
{
	printf '. 60 IN SOA ns.root-zone.test. hostmaster.root-zone.test. 1 3600 600 86400 60\n'
	printf '. 60 IN NS ns.root-zone.test.\nns.root-zone.test. 60 IN A 127.0.0.1\n'
	sed 's/^\([^[:space:]]*\)[[:space:]]*\([A-Z]*\)[[:space:]]/\1 60 IN \2 /' corpus/zone | grep -v '^[^ ]* 60 IN NS ' | sort -u
} >/etc/nsd/root.zone
printf 'server:\n ip-address: 127.0.0.1\n zonesdir: /etc/nsd\nremote-control:\n control-enable: no\nzone:\n name: "."\n zonefile: root.zone\n' >/etc/nsd/nsd.conf
systemctl start nsd
systemctl is-active -q nsd
verdict $? "(the test's own DNS answers)"

# --- a fresh Postfix
echo 'postfix postfix/main_mailer_type select Internet Site' | debconf-set-selections
echo 'postfix postfix/mailname string rx.example' | debconf-set-selections
install postfix
useradd -m hanako
postconf -e 'myhostname = mx.rx.example' 'mydestination = rx.example' 'home_mailbox = Maildir/' 'alias_maps =' \
	'recipient_delimiter = +' 'smtpd_client_message_rate_limit = 0' 'in_flow_delay = 0' 'inet_protocols = ipv4' \
	'mailbox_size_limit = 0' 'local_destination_concurrency_limit = 4'
systemctl restart postfix
cp /etc/postfix/main.cf main.cf.before
postconf -M smtp/inet | awk '{exit !($5 == "y")}'
verdict $? "a fresh Postfix $(postconf -h mail_version), its smtpd in a chroot"
find /etc /usr /var/lib -xdev -newer main.cf.before -type f >/dev/null

# --- the package beside it
install ./old.deb
verdict $? "the package is installed, without a network"
cmp -s /etc/postfix/main.cf main.cf.before
verdict $? "Postfix was not touched without asking"
systemctl is-active -q sekishod && systemctl is-enabled -q sekishod
verdict $? "sekishod runs, and will after a boot"
socket=/var/spool/postfix/sekisho/sekisho.sock
[ "$(stat -c %A:%U:%G $socket)" = srw-rw----:sekisho:postfix ]
verdict $? "its socket is in the chroot of Postfix: $(stat -c %A:%U:%G $socket)"
[ "$(stat -c %a:%U:%G /var/lib/sekisho)" = 750:sekisho:sekisho ]
verdict $? "what it remembers is its own: $(stat -c %a:%U:%G /var/lib/sekisho)"
[ "$(ps -o user= -p "$(systemctl show -P MainPID sekishod)")" = sekisho ]
verdict $? "nothing of it runs as root"
workers_are_shut_in() { # the unit filters once, each worker itself again
	for pid in $(pgrep -P "$(systemctl show -P MainPID sekishod)" -f -- --worker); do
		grep -q '^CapEff:[[:space:]]*0*$' "/proc/$pid/status" || return 1
		[ "$(sed -n 's/^Seccomp_filters:[[:space:]]*//p' "/proc/$pid/status")" -gt \
			"$(sed -n 's/^Seccomp_filters:[[:space:]]*//p' "/proc/$(systemctl show -P MainPID sekishod)/status")" ] || return 1
	done
	journalctl -q -t sekishod -o cat | grep -q 'sandbox=calls'
}
workers_are_shut_in
status=$?
[ $status -eq 0 ] || for pid in $(pgrep sekishod); do
	tr '\0' ' ' <"/proc/$pid/cmdline" >&2
	grep -E '^(PPid|CapEff|Seccomp_filters)' "/proc/$pid/status" >&2
done
verdict $status "its workers are in their sandbox: $(journalctl -q -t sekishod -o cat | sed -n 's/.*\(sandbox=.*\)/\1/p' | tail -n 1)"
dpkg-query -W -f '${Conffiles}\n' sekisho | grep -q /etc/sekisho/sekisho.conf
verdict $? "its configuration is a conffile"
man_pages=$(dpkg -L sekisho | grep -c '/man[0-9]/')
[ "$man_pages" -ge 6 ] && [ -e /usr/share/bash-completion/completions/sekisho ] &&
	[ -e /usr/share/zsh/vendor-completions/_sekisho ] && [ -e /etc/logrotate.d/sekisho ] &&
	[ -e /etc/apparmor.d/usr.sbin.sekishod ]
verdict $? "$man_pages manual pages, completions, logrotate, AppArmor"
await 100 python3 -c 'import smtplib; smtplib.SMTP("127.0.0.1", 25)'
send pass && await 100 has_mail 1 && [ "$(marked)" -eq 0 ]
verdict $? "mail flows as before"
empty_box

# --- one mail, verified
echo 'authserv-id = mx.rx.example' >>/etc/sekisho/sekisho.conf
systemctl reload sekishod
sekisho-postfix status >&2
[ $? -eq 1 ] && sekisho-postfix -n enable | grep -q 'would set' && cmp -s /etc/postfix/main.cf main.cf.before &&
	sekisho-postfix enable >&2 && sekisho-postfix status >&2
verdict $? "sekisho-postfix enable: $(postconf -h smtpd_milters)"
sleep 2
send pass && await 100 has_mail 1
results=$(sed -n '/^Authentication-Results/,/^[^ \t]/p' $box/new/* 2>/dev/null)
case $results in *dkim=pass*spf=pass*dmarc=pass*) status=0 ;; *) status=1; echo "$results" >&2 ;; esac
verdict $status "a mail is verified: dkim=pass spf=pass dmarc=pass"
recorded() { journalctl -q -t sekishod SEKISHO_DMARC=pass -o cat | grep -q .; }
await 50 recorded
verdict $? "and its record is in the journal"
sekisho doctor --skip resolver --json >doctor 2>&1
[ $? -le 1 ]
status=$?
verdict $status "sekisho doctor finds no problem"
[ $status -eq 0 ] || cat doctor >&2
empty_box

# --- upgraded under load
! systemctl is-enabled -q sekisho-report.timer && ! systemctl is-enabled -q sekisho-failure.timer
verdict $? "nobody sends reports without being asked"
systemctl enable -q --now sekisho-failure.timer
supervisor=$(systemctl show -P MainPID sekishod)
load_on
install ./new.deb
status=$?
verdict $status "upgraded under load to $(dpkg-query -W -f '${Version}' sekisho)"
await 100 workers_are_new
verdict $? "the new program serves"
load_off
nothing_lost && ! grep -q -v 'refused for now 0, lost connections 0' told
status=$?
verdict $status "$sent messages sent meanwhile: none lost, none refused, none unverified"
[ $status -eq 0 ] || cat told >&2
[ "$(systemctl show -P MainPID sekishod)" = "$supervisor" ]
verdict $? "without a restart"
grep -q '^authserv-id = mx.rx.example' /etc/sekisho/sekisho.conf && [ ! -e /etc/sekisho/sekisho.conf.dpkg-dist ]
verdict $? "the configuration was kept"
systemctl is-enabled -q sekisho-failure.timer && systemctl is-active -q sekisho-failure.timer &&
	! systemctl is-active -q sekisho-report.timer
verdict $? "a timer of reports that was enabled runs on, the other does not"
sekisho-postfix status >&2
verdict $? "Postfix still uses it"
empty_box

# --- restarted under load, with tempfail
sekisho-postfix disable >&2 && cmp -s /etc/postfix/main.cf main.cf.before && sekisho-postfix -a tempfail enable >&2
verdict $? "sekisho-postfix disable gives back the same main.cf; enabled again with tempfail"
sleep 2
load_on
systemctl restart sekishod
verdict $? "restarted under load"
load_off
nothing_lost
status=$?
verdict $status "$sent messages sent meanwhile: none lost, none unverified"
[ $status -eq 0 ] || cat told >&2
empty_box

# --- removed and purged
apt-get remove -y -qq sekisho >&2
verdict $? "removed"
cmp -s /etc/postfix/main.cf main.cf.before
verdict $? "Postfix is as it was"
[ -e /etc/sekisho/sekisho.conf ]
verdict $? "the configuration stays until the purge"
send pass && await 100 has_mail 1 && [ "$(marked)" -eq 0 ]
verdict $? "mail flows without sekisho"
empty_box
echo 'sekisho sekisho/postfix boolean true' | debconf-set-selections
install ./new.deb && sekisho-postfix status >&2 && sleep 2 && send pass && await 100 has_mail 1 && [ "$(marked)" -eq 1 ]
verdict $? "installed again, with the question answered by yes: a mail is verified"
apt-get purge -y -qq sekisho >&2
verdict $? "purged"
left=$(left_behind)
[ -z "$left" ]
verdict $? "nothing of it is left $left"
! getent passwd sekisho && ! getent group sekisho && ! debconf-show sekisho | grep -q .
verdict $? "nor its user, nor its answers"
cmp -s /etc/postfix/main.cf main.cf.before
verdict $? "Postfix is as it was"
systemctl --failed --no-legend | grep -q . && systemctl --failed --no-legend >&2
! systemctl --failed --no-legend | grep -q .
verdict $? "no unit has failed"
echo 'the end'
