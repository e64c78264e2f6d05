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
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
table=$1
line=$2
work=$3/$2
build=build/native
. $build/commands # compile, link_with

mkdir -p "$work/cwd" "$work/tmp" || exit 1
exec >"$work/log" 2>&1

# ends VERDICT WHAT: the row's last word
ends()
{
	printf '%s\t%s\t%s\t%s\n' "$1" "$where" "$suite" "$2" >"$3/end"
	mv "$3/end" "$3.end"
	# What was linked is large, and nobody asks for it again.
	rm -rf "$3/program" "$3/mutant.o" "$3/tmp" "$3/cwd"
	exit 0
}

case $line in
0-*)
	where=unchanged
	suite=${line#0-}
	file=
	;;
*)
	field() { awk -F'\t' -v n="$line" -v f="$1" 'NR == n { print $f }' "$table"; }
	file=$(field 1)
	old=$(field 2)
	new=$(field 3)
	suite=$(field 4)
	where=$file
	;;
esac

# The row's line, whatever stands before it; once and no more.
objects=
if test -n "$file"; then
	test -f "$file" || ends broken "stale: there is no such file" "$work"
	OLD=$old awk '{ sub(/^[\t ]+/, "") } $0 == ENVIRON["OLD"] { print NR }' \
		"$file" >"$work/at"
	test "$(wc -l <"$work/at")" -eq 1 || ends broken \
		"stale: the line stands there $(wc -l <"$work/at") times: $old" \
		"$work"
	at=$(cat "$work/at")
	where=$file:$at
	copy=$work/$(basename "$file")
	NEW=$new awk -v at="$at" 'NR == at {
		match($0, /^[\t ]*/)
		$0 = substr($0, 1, RLENGTH) ENVIRON["NEW"]
	} { print }' "$file" >"$copy"
	! cmp -s "$file" "$copy" || ends broken "nothing is changed" "$work"
	# A mutant may leave something unused; it is no fault of the tree.
	compile -iquote "$(dirname "$file")" -w -O1 -g0 -c \
		-o "$work/mutant.o" "$copy" || ends broken \
		"it does not compile: $(grep -m1 error: "$work/log")" "$work"
	objects=$work/mutant.o
fi

# Only the suite's own file: the rest comes from the archives, and what is in
# the changed file is not asked of them.
kind=${suite%%:*}
name=${suite#*:}
program=$work/program
case $kind in
unit)
	test_c=$(grep -lx "UNIT_SUITE(${name}_suite)" tests/unit/*.c)
	test -f "$test_c" || ends broken "there is no suite $name" "$work"
	link_with "$program" $build/obj/tests/unit/unit_main.o \
		$build/obj/"${test_c%.c}".o $objects $build/mutants.a ||
		ends broken "it cannot be linked" "$work"
	;;
case)
	test -f "tests/cases/$name.sh" ||
		ends broken "there is no case $name" "$work"
	# By its full path: main.c may be the file that is changed.
	main=$build/obj/agent/main.o
	test "$file" != agent/main.c || main=
	link_with "$program" $main $objects ||
		ends broken "it cannot be linked" "$work"
	;;
*)
	ends broken "$suite is neither unit:NAME nor case:NAME" "$work"
	;;
esac

# As tests/unit/run.sh runs it, but several may run at once, and some write
# into the folder they are in.
export TMPDIR=$work/tmp
export CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-10}
limit=${MSTMP_UNIT_SECONDS:-900}
echo "--- $suite"
if test $kind = unit; then
	ln -s "$top"/* "$work/cwd/"
	test ! -d ../shared/data || export MSTMP_DATA=${MSTMP_DATA:-$top/../shared/data}
	(cd "$work/cwd" && exec timeout -k 5 "$limit" "$program" "$name")
	rc=$?
	told=$(sed -n 's/^[^:]*:[0-9]*:[FE]:[^:]*:\([^:]*\):\([0-9-]*\):.*/\1/p' \
		"$work/log" | awk '!seen[$0]++' | head -3 | paste -sd' ')
	# 101: Check was not asked anything.
	test $rc -ne 101 || ends broken "there is no suite $name" "$work"
else
	MSTMP_AGENT=$program timeout -k 5 "$limit" tests/cases/run.sh linux "$name"
	rc=$?
	told=$(sed -n 's/^FAILED[^:]*: //p' "$work/log" | head -1)
fi
test $rc -ne 0 || ends alive "$(test -z "$file" || echo "$old -> $new")" "$work"
ends killed "${told:-it ended with $rc}" "$work"
