#!/bin/sh
# What goes wrong around sekishod: name servers, disk, clock, memory, the kernel. Mail is never lost or wrongly
# failed: trouble of ours or of DNS is temperror, and the log says whose it is.
# Usage: tests/e2e/faults.sh BUILD-FOLDER
set -u
build=${1:?usage: tests/e2e/faults.sh BUILD-FOLDER}
shift
command -v python3 >/dev/null || {
	echo "skipped: python3 is not installed"
	exit 77
}
# A mount namespace of its own, for small disks.
if [ "$(id -u)" -eq 0 ] && command -v unshare >/dev/null && unshare --mount true 2>/dev/null; then
	exec unshare --mount --propagation private python3 "$(dirname "$0")/faults.py" "$build/sekishod" "$@"
fi
exec python3 "$(dirname "$0")/faults.py" "$build/sekishod" "$@"
