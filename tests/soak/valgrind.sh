#!/bin/sh
# A short soak with sekishod and all its processes under valgrind: what it finds is printed. Memory is valgrind's, so
# growth is not looked at. Usage: tests/soak/valgrind.sh BUILD-FOLDER [MESSAGES]
set -u
build=${1:?usage: tests/soak/valgrind.sh BUILD-FOLDER [MESSAGES]} messages=${2:-1000}
folder=$(cd "$(dirname "$0")/.." && pwd)
found=$(mktemp -d /tmp/sekisho-valgrind.XXXXXX)
trap 'rm -rf "$found"' EXIT
chmod 1777 "$found" # the log of a process is opened before it becomes another user, of its children behind

SEKISHO_RUNNER="valgrind -q --trace-children=yes --vgdb=no --fair-sched=try --leak-check=full --show-leak-kinds=definite
	--errors-for-leak-kinds=definite --error-exitcode=99
	--suppressions=$folder/support/valgrind.supp --log-file=$found/%p" SEKISHO_SOAK_GROWTH_KB=10000000 \
	sh "$folder/soak/run.sh" "$build" "$messages" 4
status=$?
[ $status -eq 77 ] && exit 77
[ "$(find "$found" -type f | wc -l)" -ge 4 ] || { echo "valgrind did not see the supervisor, two workers and the writer"; status=1; }
if [ -n "$(find "$found" -type f -size +0)" ]; then
	find "$found" -type f -size +0 -exec head -n 60 {} +
	status=1
fi
[ $status -eq 0 ] && echo "$(find "$found" -type f | wc -l) processes of sekishod clean under valgrind"
exit $status
