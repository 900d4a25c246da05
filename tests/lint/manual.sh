#!/bin/sh
# The manual pages are clean mdoc, and name every long option and every command that the programs know
# by --help, and no option that they do not know; the map of milter/ names what is there. (Options and
# causes: the unit tests compare.)
set -u
build=$1
pages=packaging/man
status=0

complain() {
	echo "$1"
	status=1
}

# mandoc counts a character beyond ASCII as eight: lines are not measured.
if command -v mandoc >/dev/null; then
	for page in "$pages"/*.[1-9]; do
		found=$(mandoc -T lint -W style "$page" | grep -vE 'referenced manual not found|text line longer than')
		[ -z "$found" ] || complain "$found"
	done
else
	echo "mandoc is not installed: not checked"
fi

for page in "$pages"/*.[1-9]; do
	tr -s ' \t\\' '\n' <Makefile.am | grep -qxF "$page" || complain "$page is not in dist_man_MANS"
done

# The map of milter/ names what is there; an ending may be left out.
for name in $(grep -oE '`[a-z_]+/[a-z0-9_]+(\.[a-z]+)?`' milter/README.md | tr -d '\140' | sort -u); do
	found=no
	for file in milter/"$name" milter/"$name".? "$name" "$name".?; do
		[ -e "$file" ] && found=yes
	done
	[ $found = yes ] || complain "milter/README.md: there is no $name"
done
for folder in milter/*/; do
	grep -q "^| \`$(basename "$folder")/\` |" milter/README.md || complain "milter/README.md: $folder is not on the map"
done

options_of() { # of the text on standard input
	grep -oE -- '(^|[^a-z-])--[a-z][a-z-]*' | grep -oE -- '--[a-z-]+' | sort -u
}

options_in() { # PAGE: those behind .It Fl or in the synopsis
	sed -nE '/^\.(It Fl|Fl|Op Fl|Cm .* Fl|Dq Nm)/p' "$1" | grep -oE -- '(Fl|,|\|) -[a-z][a-z-]*' |
		sed -E 's/^[^-]*-/--/' | sort -u
}

agree() { # PAGE HELP-TEXT
	for option in $(printf '%s\n' "$2" | options_of); do
		options_in "$1" | grep -qxF -- "$option" || complain "$1 lacks $option"
	done
	for option in $(options_in "$1"); do
		printf '%s\n' "$2" | options_of | grep -qxF -- "$option" ||
			complain "$1 has $option, which --help does not know"
	done
}

commands=$("$build"/sekisho --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
for command in $commands; do
	grep -q "^\.Ss sekisho $command\$" "$pages"/sekisho.1 || complain "sekisho.1 lacks the command $command"
done
agree "$pages"/sekisho.1 "$("$build"/sekisho --help; for command in $commands; do "$build"/sekisho "$command" --help; done)
  --help"
agree "$pages"/sekishod.8 "$("$build"/sekishod --help)"
exit $status
