#!/bin/sh
# The two stories of README.md and README.ja.md are what the program says, and the options and commands they
# name are there; packaging/migration.md names options of ours only.
set -u
build=$1
status=0
said=$(mktemp)
trap 'rm -f "$said"' EXIT

complain() {
	echo "$1"
	status=1
}

stories() { # README LANGUAGE BEGIN END: the indented lines between two headings or phrases
	for case in S030-server-moved-a-ptr-ns-at-new K010-host-signs-s-default-only-shop-s; do
		"$build"/sekisho check --case tests/cases/$case.case --option log-language=en
		"$build"/sekisho check --case tests/cases/$case.case --option log-language="$2"
	done | sed 's/^[[:space:]]*//' >"$said"
	sed -n "/$3/,/$4/s/^    *//p" "$1" | grep -v 'log-language =' | while read -r line; do
		grep -qxF -- "$line" "$said" || echo "$1: the program does not say: $line"
	done
}
found=$(stories README.md ja '^## What it says' '^## Install'; stories README.ja.md ja '^## 何を教えて' '^## インストール')
[ -z "$found" ] || complain "$found"

options=" $("$build"/sekisho config --defaults | sed -nE 's/^([a-z0-9-]+) =.*/\1/p' | tr '\n' ' ')"
for page in README.md README.ja.md; do # the first column of the table of options
	for option in $(sed -nE '/^\| (option|項目) \|/,/^$/s/^\| (`[^|]*)\|.*/\1/p' $page | grep -oE '[a-z][a-z0-9-]+'); do
		case $options in *" $option "*) ;; *) complain "$page: there is no option $option" ;; esac
	done
done
for option in $(sed -nE 's/^\| `[^|]*\| (`[^|]*)\|.*/\1/p' packaging/migration.md | grep -oE '[a-z][a-z0-9-]+'); do
	case $options in *" $option "*) ;; *) complain "packaging/migration.md: there is no option $option" ;; esac
done
for command in $(sed -nE 's/^    sekisho ([a-z]+).*/\1/p' README.md README.ja.md | sort -u); do
	"$build"/sekisho --help | grep -q "^  $command " || complain "README: there is no command $command"
done
# README.ja.md has what README.md has: the same sections, the same words of the program.
[ "$(grep -c '^## ' README.md)" -eq "$(grep -c '^## ' README.ja.md)" ] || complain "README.ja.md: not the sections of README.md"
for word in $(grep -v '^    ' README.md | grep -oE '`[^` ]+`' | tr -d '\140' | sort -u); do
	grep -qF -- "$word" README.ja.md || complain "README.ja.md lacks $word"
done
first_column() { sed -nE 's/^\| (`[^|]*`).*\|.*/\1/p' "$1"; }
[ "$(first_column README.md)" = "$(first_column README.ja.md)" ] || complain "README.ja.md: not the rows of the tables of README.md"
commands_of() { sed -nE 's/^    (sekisho [a-z]+).*/\1/p' "$1" | sort; }
[ "$(commands_of README.md)" = "$(commands_of README.ja.md)" ] || complain "README.ja.md: not the commands of README.md"

# In the list of milters an attribute has no blanks around its "=": smtpd dies of them.
grep -nE '\{[^}]*default_action +=|\{[^}]*default_action= ' README.md README.ja.md conf/postfix.cf packaging/man/*.[1-9] &&
	complain "no blanks around = inside braces"

for page in README.md README.ja.md; do
	for name in $(grep -oE '`(conf|packaging|milter)/[A-Za-z0-9_/.-]+`' $page | tr -d '\140' | sort -u); do
		[ -e "$name" ] || complain "$page: there is no $name"
	done
done
exit $status
