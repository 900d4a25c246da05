#!/bin/sh
# Shell completion: what --help knows is what is offered. bash; and zsh, where it is installed.
set -u
folder=$(cd "${srcdir:-.}" && pwd)/packaging/completion
PATH=$(cd "${builddir:-.}" && pwd):$PATH
export PATH
status=0

complain() {
	echo "$1"
	status=1
}

command -v bash >/dev/null || { echo "bash is not installed"; exit 77; }
offered() { # WORD…: what bash offers for the last one
	# shellcheck disable=SC2016
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sekisho; printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$folder"/sekisho "$@" | sort
}
expect() { # WHAT-IS-OFFERED WORD…
	wanted=$1
	shift
	found=$(offered "$@" | tr '\n' ' ' | sed 's/ $//')
	[ "$found" = "$wanted" ] || complain "$*: offered \"$found\", not \"$wanted\""
}
options_of() { grep -oE -- '(^|[^a-z-])--[a-z][a-z-]*' | grep -oE -- '--[a-z-]+' | sort -u; }

commands=$(sekisho --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | sort)
[ "$(offered sekisho '' | grep -v '^-')" = "$commands" ] || complain "sekisho: not the commands of --help"
for command in $commands; do
	[ "$(offered sekisho "$command" --)" = "$(sekisho "$command" --help | options_of)" ] ||
		complain "sekisho $command: not the options of --help"
done
[ "$(offered sekishod --)" = "$(sekishod --help | options_of)" ] || complain "sekishod: not the options of --help"
cd "$folder" || exit 1
expect 'explain' sekisho exp
expect 'dkim-key-missing-selector' sekisho explain dkim-key-missing-s
expect 'log-language=' sekisho check --option log-lang
expect '_sekisho' sekisho check --zone _s
expect '_sekisho' sekishod -c _s
expect '_sekisho' sekisho check _s
expect '_sekisho' sekisho config _s
expect '' sekisho check --client ''
expect '' sekisho domain ''
expect '_sekisho' sekisho log _s
expect 'domain' sekisho log --by dom
expect 'quarantine' sekisho log --would q
expect '-t' sekishod -t

if command -v zsh >/dev/null; then
	zsh -n "$folder"/_sekisho || complain "zsh cannot read _sekisho"
	offered_by_zsh() { # WORD…: all that zsh is told to choose from, without its line editor
		# shellcheck disable=SC2016
		zsh -f -c '
			_describe() { local name=$@[-1]; print -rl -- ${(P)name%%:*} }
			compadd() { local -a all; all=("$@"); shift $all[(i)--] all; print -rl -- $all }
			_files() { print FILES }
			file=$1; shift; words=("$@"); CURRENT=$#; set --; . $file' zsh "$folder"/_sekisho "$@" | sort
	}
	[ "$(offered_by_zsh sekisho '' | grep -v '^-')" = "$commands" ] || complain "zsh, sekisho: not the commands of --help"
	for command in $commands; do
		[ "$(offered_by_zsh sekisho "$command" -- | grep '^--')" = "$(sekisho "$command" --help | options_of)" ] ||
			complain "zsh, sekisho $command: not the options of --help"
	done
	[ "$(offered_by_zsh sekisho check --zone '')" = FILES ] || complain "zsh, sekisho check --zone: no files"
	offered_by_zsh sekisho check --option '' | grep -qx 'log-language=' || complain "zsh, --option: no options"
	offered_by_zsh sekisho explain '' | grep -qx 'dkim-key-missing-selector' || complain "zsh, explain: no codes"
else
	echo "zsh is not installed: only bash is looked at"
fi
exit $status
