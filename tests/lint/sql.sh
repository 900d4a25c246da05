#!/bin/sh
# SQL gets its values as bound parameters: no SQL word in a text that is put together, but in store/sql.c, which
# knows columns and numbers of ours and takes no text from anybody.
set -u
command -v perl >/dev/null || {
	echo "perl is not installed"
	exit 1
}
status=0
found=$(find milter tests/bench -name '*.[ch]' ! -path milter/store/sql.c | sort | xargs perl -0777 -ne '
	my $word = qr/\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|COPY|VALUES|WHERE|TRUNCATE|ATTACH|VACUUM|ORDER BY|BEGIN|SAVEPOINT)\b/;
	my $text = qr/"(?:\\.|[^"\\])*"/s;
	s{/\*.*?\*/}{ my $gone = $&; $gone =~ tr/\n//cd; $gone }gse; # comments; lines stay where they are
	while (/\b(\w*printf|buf_\w+|str(?:n?cat|n?cpy)|st[rp]n?cpy|memcpy|arena_(?:copy|text|join)\w*)\s*(\((?:[^()"]|$text|(?2))*\))/gs) {
		my ($call, $arguments, $line) = ($1, $2, 1 + (substr($_, 0, $-[0]) =~ tr/\n//));
		while ($arguments =~ /($text)/gs) {
			if ($1 =~ /$word/) { print "$ARGV:$line: $call makes SQL: bind the value, or add it to store/sql.c\n"; last }
		}
	}')
[ -z "$found" ] || { printf '%s\n' "$found"; status=1; }
grep -rnE '\b(sqlite3_v?mprintf|sqlite3_v?snprintf|sqlite3_str_[a-z]+|PQescape[A-Za-z]*|PQexec)\b' milter --include='*.[ch]' && {
	echo "values are bound, never quoted"
	status=1
}
grep -nE '\((.*, *)?const char \*' milter/store/sql.h && { echo "store/sql.c takes no text"; status=1; }
grep -nE 'selection->(domain|queue_id)' milter/store/sql.c && { echo "what is looked for is a value, no SQL"; status=1; }
exit $status
