#!/bin/sh
# Every family of tests/attacks/families.txt has a point, every point a family, and README.md's table is true.
set -u
cd tests/attacks || exit 1
awk '
	/^@attack\(/ {
		if (!match($0, /(, [0-9]+)+\)$/)) { print FILENAME ": no family in: " $0; bad = 1; next }
		numbers = substr($0, RSTART + 2, RLENGTH - 3)
		getline
		name = $2
		sub(/\(.*/, "", name)
		count = split(numbers, list, ", ")
		for (i = 1; i <= count; i++) {
			before = (list[i] in points) ? points[list[i]] ", " : ""
			points[list[i]] = before "`" name "`"
		}
		next
	}
	FILENAME == "families.txt" && /^[0-9]/ {
		number = $1
		title = $0
		sub(/^[0-9]+ +/, "", title)
		rows[number] = "| " number " | " title " | " points[number] " |"
		if (!(number in points)) { print "no test of family " number ": " title; bad = 1 }
		families++
	}
	FILENAME == "README.md" && /^\| [0-9]/ { shown[$0] = 1 }
	END {
		for (number in points)
			if (!(number in rows)) { print number " is no family: " points[number]; bad = 1 }
		for (number in rows)
			if (!(rows[number] in shown)) { print "not in README.md: " rows[number]; bad = 1 }
		if (!bad) print families " families"
		exit bad
	}' ./*.py families.txt README.md
