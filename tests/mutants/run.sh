#!/bin/bash
# Break the program line by line: for each row of tests/mutants.tsv the named
# suite must fail. Prints which test told it, and "N passed, N failed, ...".
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh [TABLE]
#
# A row is: file, a line of it without what it is indented by, what stands
# there instead, and unit:SUITE or case:NAME, separated by tabs; # begins a
# comment. The line must stand in the file once.
#
# A row that no test minds fails, and so does one that cannot be tried: its
# line is gone, or what stands there instead does not compile. A suite that
# fails without any change proves nothing: it is tried first.
#
# MSTMP_FULL=1: all rows; else ten, chosen by the newest commit.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
table=${1:-tests/mutants.tsv}
sample=10
. tests/build/scratch.sh
scratch=$(make_scratch 500) || exit 1
group=
trap 'finish' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Interrupted, what is under way ends, too.
finish()
{
	if test -n "$group"; then
		kill -- -"$group" 2>/dev/null
		wait "$group" 2>/dev/null
	fi
	remove_scratch "$scratch"
}

test -f build/native/commands && test -f build/native/mutants.a || {
	echo "mutants: make build/native/mutants first."
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}

# The numbers of the rows that are wanted.
rows()
{
	local key

	awk -F'\t' 'NF && !/^#/ { print NR }' "$table" >"$scratch/all"
	if test "${MSTMP_FULL-}" = 1 || test $# -gt 0 ||
		test "$(wc -l <"$scratch/all")" -le $sample; then
		cat "$scratch/all"
		return
	fi
	key=$(git rev-parse HEAD 2>/dev/null || sha256sum <"$table" | cut -c1-40)
	echo "REDUCED: $sample of $(wc -l <"$scratch/all") rows, those of" \
		"$key; MSTMP_FULL=1 runs all" >&2
	while read -r n; do
		printf '%s %s\n' "$(printf '%s %s' "$key" \
			"$(sed -n "${n}p" "$table")" | sha256sum | cut -c1-16)" $n
	done <"$scratch/all" | sort | head -$sample | cut -d' ' -f2 | sort -n
}

# each FILE: its rows, as many at once as there are processors
each()
{
	setsid xargs -r -P "$(nproc 2>/dev/null || echo 2)" -I{} \
		tests/mutants/one.sh "$table" {} "$scratch" <"$1" &
	group=$!
	wait "$group"
	group=
}

rows "$@" >"$scratch/rows" 2>"$scratch/said"
cat "$scratch/said"
passed=0
failed=0

# ---- without a change ------------------------------------------------------
while read -r n; do
	sed -n "${n}p" "$table" | cut -f4
done <"$scratch/rows" | sort -u | sed 's/^/0-/' >"$scratch/suites"
each "$scratch/suites"
while read -r n; do
	IFS=$'\t' read -r verdict _ suite what <"$scratch/$n.end" ||
		verdict=broken
	if test "$verdict" != alive; then
		failed=$((failed + 1))
		echo "FAILED: ${n#0-} does not pass as it is: ${what-}"
		tail -20 "$scratch/$n/log"
	fi
done <"$scratch/suites"

# ---- row by row -------------------------------------------------------------
if test $failed -gt 0; then
	echo "0 passed, $failed failed, 0 skipped"
	exit 1
fi
if ! test -s "$scratch/rows"; then
	echo "mutants: \"$table\" has no rows."
	failed=1
fi
each "$scratch/rows"
while read -r n; do
	IFS=$'\t' read -r verdict where suite what <"$scratch/$n.end" || {
		verdict=broken where="row $n" suite= what="it came to no end"
	}
	printf '%-7s %s  %s: %s\n' "$verdict" "$where" "$suite" "$what"
	if test "$verdict" = killed; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		test "$verdict" != broken || tail -5 "$scratch/$n/log"
	fi
done <"$scratch/rows"
echo "$passed passed, $failed failed, 0 skipped"
test $failed -eq 0
