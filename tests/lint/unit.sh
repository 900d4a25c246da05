#!/bin/sh
# The unit as "make install" writes it: what systemd thinks of its hardening, at most 1.5 of 10 (less
# is better), and that it understands every line.
set -u
build=$1
command -v systemd-analyze >/dev/null || { echo "not looked at: systemd-analyze is not installed"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
make -s -C "$build" install-data-local DESTDIR="$folder" >"$folder"/log 2>&1 || { cat "$folder"/log; exit 1; }
unit=$(find "$folder" -name sekishod.service)
[ -n "$unit" ] || { echo "not installed: --without-systemdsystemunitdir"; exit 0; }
said=$(systemd-analyze security --offline=true --threshold=15 "$unit" 2>"$folder"/log)
status=$?
case $(cat "$folder"/log) in *"nrecognized option"*) echo "not looked at: this systemd-analyze is older than 250"; exit 0 ;; esac
printf '%s\n' "$said" | sed -n 's/.*level for \(.*\): \([0-9.]*\) .*/exposure \2/p'
grep -E 'gnor|nknown|rror' "$folder"/log && status=1
[ $status -eq 0 ] || printf '%s\n' "$said" | grep '✗'
exit $status
