#!/bin/sh
# Installs what a private Postfix with its own DNS needs: quickstart and the end-to-end tests. Root.
# The system's own services are not started.
set -eu
export DEBIAN_FRONTEND=noninteractive
[ "${SEKISHO_APT_UPDATED:-}" = yes ] || apt-get update -qq
if ! command -v postfix >/dev/null || ! command -v nsd >/dev/null; then
	# Freshly installed daemons must not start: this machine may have its own on the same ports.
	policy=/usr/sbin/policy-rc.d
	[ -e $policy ] && policy=
	if [ -n "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod 755 $policy
		trap 'rm -f /usr/sbin/policy-rc.d' EXIT
	fi
	echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
	apt-get install -y -qq --no-install-recommends postfix nsd >/dev/null
fi
apt-get install -y -qq --no-install-recommends swaks libio-socket-inet6-perl iproute2 procps >/dev/null
