#!/bin/bash
# Says which rows of the table of mutants cannot be tried: their line does not
# stand in the file exactly once, or their suite or case is not there. Nothing
# is compiled, so all rows are looked at; no word means that all can be tried.
# SPDX-License-Identifier: Apache-2.0
#
# usage: rows.sh [TABLE]
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
table=${1:-tests/mutants.tsv}

{
	sed -n 's/^UNIT_SUITE(\(.*\)_suite)$/unit:\1/p' tests/unit/*.c
	ls tests/cases | sed -n 's/^\([0-9].*\)\.sh$/case:\1/p'
} | awk -F '\t' -v table="$table" '
	function complain(what) { print table ":" FNR ": " what }
	# look_into FILE: how often each of its lines stands there
	function look_into(file,    line) {
		if (file in seen)
			return
		seen[file] = 0
		while ((getline line < file) > 0) {
			sub(/^[\t ]+/, "", line)
			times[file, line]++
			seen[file] = 1
		}
		close(file)
	}
	FILENAME == "-" { suites[$1]; next }
	!NF || /^#/ { next }
	NF != 4 { complain("is no row of four fields"); next }
	{
		look_into($1)
		if (!seen[$1])
			complain("there is no file " $1)
		else if (times[$1, $2] != 1)
			complain("the line stands " (times[$1, $2] + 0) \
				" times in " $1 ": " $2)
		if ($2 == $3)
			complain("nothing is changed")
		if (!($4 in suites))
			complain("there is no " $4)
		if (($1, $2, $3) in rows)
			complain("the row is there already")
		rows[$1, $2, $3]
	}' - "$table"
