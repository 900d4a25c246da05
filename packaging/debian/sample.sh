#!/bin/sh
# The configuration that this package installs: the sample with the socket inside the chroot of Debian's
# Postfix. The package makes the folder. Usage: sample.sh conf/sekisho.conf
set -eu
sample=${1:?usage: sample.sh conf/sekisho.conf}
awk '
	/^#socket = / {
		print "# Debian: smtpd of Postfix is in a chroot and cannot see /run."
		print "socket = unix:/var/spool/postfix/sekisho/sekisho.sock"
		found = 1
		next
	}
	{print}
	END {if (!found) {print "sample.sh: no line \"#socket = \"" >"/dev/stderr"; exit 1}}' "$sample"
