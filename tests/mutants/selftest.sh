#!/bin/bash
# The runner of mutants tells what no test minds, and what cannot be tried;
# the tree stays as it is. Prints "N passed, N failed, N skipped".
# SPDX-License-Identifier: Apache-2.0
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
. tests/build/scratch.sh
work=$(make_scratch 100) || exit 1
trap 'remove_scratch "$work"' EXIT
passed=0
failed=0

# row FIELD...: one of a table
row()
{
	local IFS=$'\t'

	printf '%s\n' "$*"
}

# tells WHAT RC PATTERN: the table of standard input gives that code and says
# that pattern; no row may do without a verdict
tells()
{
	local rc

	cat >"$work/table.tsv"
	tests/mutants/run.sh "$work/table.tsv" >"$work/out" 2>&1
	rc=$?
	if test $rc -eq "$2" && grep -q -- "$3" "$work/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1 (code $rc)"
		cat "$work/out"
	fi
}

file=remediate/words.c
before=$(sha256sum $file)
line='[FIX_CAME_BACK] = W_FIX_EVENT_CAME_BACK,'
tells "what a test minds is killed" 0 "^killed  $file:.*unit:words: " \
	< <(row $file "$line" '[FIX_CAME_BACK] = "",' unit:words)
tells "what no test minds is told" 1 "^alive   $file:.*unit:base: .*CAME_BACK" \
	< <(row $file "$line" '[FIX_CAME_BACK] = "",' unit:base)
tells "and the rest is tried all the same" 1 '^1 passed, 1 failed, 0 skipped$' \
	< <(row $file "$line" '[FIX_CAME_BACK] = "",' unit:base
	row $file "$line" '[FIX_CAME_BACK] = "",' unit:words)
tells "a line that is gone" 1 '^broken .*stale: the line stands there 0 times' \
	< <(row $file 'no such line' 'x' unit:words)
tells "a line that stands there twice" 1 '^broken .*stale: the line stands' \
	< <(row $file '{' '}' unit:words)
tells "a part of a line is not the line" 1 '^broken .*stale' \
	< <(row $file '[FIX_CAME_BACK] = ' 'x' unit:words)
tells "a file that is gone" 1 '^broken .*no such file' \
	< <(row remediate/none.c "$line" 'x' unit:words)
tells "what is no C" 1 '^broken .*does not compile' \
	< <(row $file "$line" 'this is no C' unit:words)
tells "nothing changed" 1 '^broken .*nothing is changed' \
	< <(row $file "$line" "$line" unit:words)
tells "no such suite" 1 'unit:none does not pass as it is' \
	< <(row $file "$line" '[FIX_CAME_BACK] = "",' unit:none)
# names PATTERN: of the table of standard input rows.sh says that, and no more
names()
{
	cat >"$work/table.tsv"
	tests/mutants/rows.sh "$work/table.tsv" >"$work/out" 2>&1
	if test "$(wc -l <"$work/out")" -eq 1 && grep -q -- "$1" "$work/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: rows.sh: $1"
		cat "$work/out"
	fi
}

good=$(row $file "$line" 'x' unit:words)
names ':2: the line stands 0 times' \
	< <(printf '%s\n' "$good"; row $file 'no such line' 'x' unit:words)
names ':1: the line stands [0-9]* times' < <(row $file '{' '}' unit:words)
names ':1: there is no file' < <(row remediate/none.c "$line" 'x' unit:words)
names ':1: there is no unit:none' < <(row $file "$line" 'x' unit:none)
names ':1: there is no case:00_none' < <(row $file "$line" 'x' case:00_none)
names ':1: nothing is changed' < <(row $file "$line" "$line" unit:words)
names ':2: the row is there already' < <(printf '%s\n' "$good" "$good")
names ':1: is no row' < <(row $file "$line" 'x')
if test "$before" = "$(sha256sum $file)"; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: $file is not as it was"
fi
echo "$passed passed, $failed failed, 0 skipped"
test $failed -eq 0
