#!/bin/sh
# Several sekishod into one PostgreSQL: every verdict once, also when the server goes away.
# Usage: tests/e2e/postgres.sh BUILD-FOLDER [POINT ...]
set -u
build=${1:?usage: tests/e2e/postgres.sh BUILD-FOLDER}
for program in python3 psql; do
	command -v $program >/dev/null || {
		echo "skipped: $program is not installed"
		exit 77
	}
done
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || {
	echo "skipped: no PostgreSQL server is installed"
	exit 77
}
grep -q -e -DHAVE_LIBPQ=1 "$build/Makefile" || {
	echo "skipped: built without libpq"
	exit 77
}
# SEKISHO_OUTAGE: seconds that the database is away (make outage: 60)
shift
exec python3 "$(dirname "$0")/postgres.py" "$build" "$@"
