#!/bin/sh
# sekisho config, explain, check --record and the words around them: what they print and return.
set -u
sekisho=${builddir:-.}/sekisho
source=${srcdir:-.}
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
failed=0
count=0

# NAME STATUS PATTERN ARGUMENT...: the first line that is printed must match the whole pattern.
row() {
	name=$1 status=$2 pattern=$3
	shift 3
	count=$((count + 1))
	"$sekisho" "$@" >"$folder/out" 2>&1
	got=$?
	if [ "$got" -ne "$status" ] || ! head -n 1 "$folder/out" | grep -qxE -- "$pattern"; then
		echo "FAIL $name: status $got, expected $status; first line: $(head -n 1 "$folder/out")"
		failed=1
	fi
}

same() { # NAME FILE COMMAND...
	name=$1 file=$2
	shift 2
	count=$((count + 1))
	"$@" | cmp -s - "$file" || { echo "FAIL $name"; failed=1; }
}

printf 'workers = 3\nuser = mail\n' >"$folder/good"
printf 'workers = 3\nworker = 3\n' >"$folder/bad"

row "nothing"         2 'usage: sekisho COMMAND \[ARGUMENT\.\.\.\]'
row "help"            0 'usage: sekisho COMMAND \[ARGUMENT\.\.\.\]' --help
row "version"         0 'sekisho [0-9.]+' --version
row "unknown"         2 'sekisho: there is no command "frob"; see "sekisho --help"' frob
row "config help"     0 'usage: sekisho config .*' config --help
row "config bad word" 2 '.*unrecognized option .--frob.' config --frob
row "config two"      2 'sekisho config: too many arguments' config a b
row "config both"     2 'sekisho config: --changed, --defaults and --sample exclude each other' config --sample --changed
row "config no file"  3 'sekisho config: /no/such: No such file or directory' config /no/such
row "config bad file" 3 'sekisho config: .*/bad:2: there is no option "worker"; did you mean workers\?' config "$folder/bad"
row "config changed"  0 'user = mail' config --changed "$folder/good"
row "config all"      0 'authserv-id =' config "$folder/good"
row "explain help"    0 'usage: sekisho explain .*' explain --help
row "explain one"     0 'spf-no-record' explain spf-no-record
row "explain piece"   0 'spf-.* (crit|high|med|low|info) .*' explain spf-
row "explain unknown" 2 'sekisho explain: there is no cause "frob"; "sekisho explain" lists all' explain frob
row "explain all"     0 '[a-z0-9-]+ +(crit|high|med|low|info) .*' explain
row "check skipped"   0 'Not checked: authenticated\.' check --case "$source"/tests/cases/X001-*.case

same "the sample is conf/sekisho.conf" "$source/conf/sekisho.conf" "$sekisho" config --sample
same "sekisho-causes.7 is the table (sekisho explain --manual writes it)" \
	"$source/packaging/man/sekisho-causes.7" "$sekisho" explain --manual
"$sekisho" config --defaults >"$folder/defaults"
same "the sample gives the defaults" "$folder/defaults" "$sekisho" config "$source/conf/sekisho.conf"
"$sekisho" config "$folder/good" >"$folder/printed"
same "what is printed reads back" "$folder/printed" "$sekisho" config "$folder/printed"

"$sekisho" explain | while read -r code rest; do
	"$sekisho" explain "$code" >"$folder/out" && grep -q '^  fix' "$folder/out" || echo "$code: no explanation ($rest)"
done >"$folder/missing"
count=$((count + 1))
[ -s "$folder/missing" ] && { cat "$folder/missing"; failed=1; }

# A recorded verdict is the same when replayed: NXDOMAIN, NODATA, CNAME, failures of each kind, options.
for case in "$source"/tests/cases/D01[12]-* "$source"/tests/cases/K0[14]8-* "$source"/tests/cases/K047-* \
	"$source"/tests/cases/M013-* "$source"/tests/cases/R00[46]-* "$source"/tests/cases/S003-* \
	"$source"/tests/cases/S032-* "$source"/tests/cases/S11[12]-* "$source"/tests/cases/X00[15]-*; do
	case "$case" in *.case) ;; *) continue ;; esac
	count=$((count + 1))
	"$sekisho" check --case "$case" --json --record "$folder/recorded.case" >"$folder/first" &&
		"$sekisho" check --case "$folder/recorded.case" --json >"$folder/second" &&
		[ -s "$folder/first" ] && cmp -s "$folder/first" "$folder/second" &&
		cmp -s "${case%.case}.eml" "$folder/recorded.eml" || { echo "FAIL record $case"; failed=1; }
done

echo "$count checks"
exit $failed
