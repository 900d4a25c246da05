#!/bin/sh
# Functions at most 60 lines (80 refused), files 400, headers 120. Tables (*.def) are data.
set -u
find milter tests -name '*.[ch]' | sort | xargs awk '
	function refuse(text) { print text; bad = 1 }
	FNR == 1 { if (last != "") check(); last = FILENAME }
	function check() {
		if (last ~ /\.h$/ && lines > 120) refuse(last ": " lines " lines (headers: 120)")
		if (last ~ /^milter/ && lines > 400) refuse(last ": " lines " lines (files: 400)")
	}
	{ lines = FNR }
	/^{/ { start = FNR }
	/^}/ && start {
		size = FNR - start + 1
		if (size > 80) refuse(FILENAME ":" start ": function of " size " lines (80)")
		else if (size > 60 && FILENAME ~ /^milter/) long_ones++
		start = 0
	}
	END { check(); if (!bad && long_ones) print long_ones " functions over 60 lines"; exit bad }'
