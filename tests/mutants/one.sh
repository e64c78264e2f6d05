#!/bin/bash
# One row of the table of mutants: a changed copy of a file is compiled and
# linked with the objects that are there, and its suite run.
# SPDX-License-Identifier: Apache-2.0
#
# usage: one.sh TABLE LINE SCRATCH
#
# LINE is the number of the row in TABLE; 0-SUITE: nothing is changed, so that
# suite must pass. The verdict is the one line in SCRATCH/LINE.end:
#	killed|alive|broken	where	suite	what tells it
# Nothing is written outside SCRATCH.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
top=$PWD
table=$1
line=$2
work=$3/$2
build=build/native
. $build/commands # compile, link_with
. tests/build/scratch.sh

mkdir -p "$work/cwd" "$work/tmp" || exit 1
exec >"$work/log" 2>&1

# ends VERDICT WHAT: the row's last word
ends()
{
	# What was linked is large, and nobody asks for it again.
	rm -rf "$work/program" "$work/mutant.o" "$work/cwd"
	remove_scratch "$work/tmp"
	printf '%s\t%s\t%s\t%s\n' "$1" "$where" "$suite" "$2" >"$work/end"
	mv "$work/end" "$work.end"
	exit 0
}

broken()
{
	ends broken "$*"
}

field()
{
	awk -F'\t' -v n="$line" -v f="$1" 'NR == n { print $f }' "$table"
}

# change_line FILE OLD NEW: the copy with that line changed, whatever stands
# before it, to $copy; the line has to be there once and no more
change_line()
{
	local count

	test -f "$1" || broken "stale: there is no such file"
	OLD=$2 awk '{ sub(/^[\t ]+/, "") } $0 == ENVIRON["OLD"] { print NR }' \
		"$1" >"$work/at"
	count=$(wc -l <"$work/at")
	test "$count" -eq 1 ||
		broken "stale: the line stands there $count times: $2"
	where=$1:$(cat "$work/at")
	copy=$work/$(basename "$1")
	NEW=$3 awk -v at="$(cat "$work/at")" 'NR == at {
		match($0, /^[\t ]*/)
		$0 = substr($0, 1, RLENGTH) ENVIRON["NEW"]
	} { print }' "$1" >"$copy"
	! cmp -s "$1" "$copy" || broken "nothing is changed"
}

case $line in
0-*)
	where=unchanged
	suite=${line#0-}
	file=
	mutant=
	;;
*)
	file=$(field 1)
	suite=$(field 4)
	where=$file
	mutant=$work/mutant.o
	change_line "$file" "$(field 2)" "$(field 3)"
	# A mutant may leave something unused; it is no fault of the tree.
	compile -iquote "$(dirname "$file")" -w -O1 -g0 -c -o "$mutant" \
		"$copy" || broken \
		"it does not compile: $(grep -m1 error: "$work/log")"
	;;
esac

# Only the suite's own file is named: the rest comes from the archives, which
# are not asked for what is in the changed file.
kind=${suite%%:*}
name=${suite#*:}
program=$work/program
case $kind in
unit)
	test_c=$(grep -lx "UNIT_SUITE(${name}_suite)" tests/unit/*.c)
	test -f "$test_c" || broken "there is no suite $name"
	link_with "$program" $build/obj/tests/unit/unit_main.o \
		$build/obj/"${test_c%.c}".o $mutant $build/mutants.a \
		$unit_wrap ||
		broken "it cannot be linked"
	;;
case)
	test -f "tests/cases/$name.sh" || broken "there is no case $name"
	main=$build/obj/agent/main.o
	test "$file" != agent/main.c || main=
	link_with "$program" $main $mutant || broken "it cannot be linked"
	;;
*)
	broken "$suite is neither unit:NAME nor case:NAME"
	;;
esac

# As tests/unit/run.sh does, but several run at once, and some suites write
# into the folder they are in.
export TMPDIR=$work/tmp
export CK_DEFAULT_TIMEOUT=${CK_DEFAULT_TIMEOUT:-60}
export CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-10}
limit=${MSTMP_UNIT_SECONDS:-3600}
if test $kind = unit; then
	ln -s "$top"/* "$work/cwd/"
	test ! -d ../shared/data ||
		export MSTMP_DATA=${MSTMP_DATA:-$top/../shared/data}
	(cd "$work/cwd" && exec timeout --foreground -k 5 "$limit" "$program" "$name")
	rc=$?
	# 101: Check was not asked anything.
	test $rc -ne 101 || broken "there is no suite $name"
	told=$(sed -n 's/^[^:]*:[0-9]*:[FE]:[^:]*:\([^:]*\):[0-9-]*:.*/\1/p' \
		"$work/log" | awk '!seen[$0]++' | head -3 | paste -sd' ')
else
	MSTMP_AGENT=$program timeout --foreground -k 5 "$limit" \
		tests/cases/run.sh linux "$name"
	rc=$?
	told=$(sed -n 's/^FAILED[^:]*: //p' "$work/log" | head -1)
fi
# A test that fails says which; nothing said is a run that came to no test.
test $rc -ne 1 || test -n "$told" || broken "it gives 1 and names no test"
test $rc -ne 0 || ends alive "$(sed -n "${line}p" "$table" | cut -f2,3 |
	sed 's/\t/ -> /')"
ends killed "${told:-it ended with $rc}"
