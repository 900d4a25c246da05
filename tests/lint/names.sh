#!/bin/sh
# No name of ours in the libraries' name spaces, no vague file names, no typedefs, no unfinished words.
set -u
status=0
symbols=$(nm -g --defined-only "$1"/libpure.a "$1"/libcore.a 2>/dev/null | awk '$2 ~ /[TDBR]/ {print $3}' | grep -E '^(dkim_|SPF_|opendmarc_|ub_|smfi_|mi_)')
[ -z "$symbols" ] || { echo "names of the libraries: $symbols"; status=1; }
files=$(find milter -name '*util*' -o -name '*common*' -o -name '*misc*' -o -name '*helper*')
[ -z "$files" ] || { echo "vague names: $files"; status=1; }
grep -nE '^[[:space:]]*typedef ' -r milter --include='*.[ch]' && { echo "typedefs: use struct tags"; status=1; }
grep -nE 'TODO|FIXME|\<XXX\>|not implemented' -r milter tests/unit packaging conf && { echo "unfinished words"; status=1; }
exit $status
