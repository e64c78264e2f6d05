#!/bin/bash
# Run the end-to-end cases on one host, print "N passed, N failed, N skipped".
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh linux|win64|win32 [CASE...]
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
# Modes are compared, and some of the PCs are looked at by another user.
umask 022
CDPATH= cd "$(dirname "$0")/../.." || exit 1
host=$1
shift
. tests/build/scratch.sh
scratch=$(make_scratch 200) || exit 1
works=$scratch
trap 'finish' EXIT
finish()
{
	local dir

	for dir in "$scratch"/prefix "$scratch"/*.prefix "$scratch"/work; do
		test "$host" = linux || tests/build/wine.sh end "$dir"
	done
	remove_scratch "$scratch"
}

if test "$host" != linux; then
	reason=$(tests/build/wine.sh missing "$host")
	if test -n "$reason"; then
		echo "SKIP: all cases: $reason"
		echo "0 passed, 0 failed, $(ls tests/cases/[0-9]*.sh | wc -l) skipped"
		exit 0
	fi
	code=$(tests/build/wine.sh start "$scratch/prefix" $host) &&
		eval "$code" || exit 1
	works=$scratch/work
	tests/build/wine.sh scratch "$works"
	export MSTMP_HUNG=$scratch/hung
	# The others show on linux and win64 what does not depend on the width:
	# left are sizes, both views of the registry, packs, fix and undo, and
	# that a planted store is refused, and what a user can do to others.
	if test $# -eq 0 && test "$host" = win32 && test "${MSTMP_FULL-}" != 1; then
		set -- 01_pcs 06_live 08_packs 20_fix_undo 22_fix_live \
			32_dirty_hives 34_store 46_attacks_live 62_planted_dlls
		test "${MSTMP_EMULATED-}" = 1 || set -- "$@" 03_bad_input
		echo "REDUCED: cases $*; MSTMP_FULL=1 runs all"
	fi
fi

# Made anew where a recipe or the maker changed.
pcs=build/pcs
mkdir -p $pcs
for recipe in tests/pc/*.pc; do
	name=$(basename "$recipe" .pc)
	if test -n "$(find tests/pc build/linux/tests/mkpc build/standin/mstmp/cases.tsv \
		-newer $pcs/"$name".made 2>/dev/null || echo new)" ||
		! test -f $pcs/"$name".made; then
		rm -rf ${pcs:?}/"$name"
		build/linux/tests/mkpc "$recipe" build/standin/mstmp \
			tests/standin/marks.enc $pcs/"$name" || exit 1
		# Copies are compared with it, on whatever file system: no more
		# than each of them keeps.
		find $pcs/"$name" -depth -exec touch -h -d "@$(date +%s)" {} +
		touch $pcs/"$name".made
	fi
done

test $# -gt 0 || set -- tests/cases/[0-9]*.sh
total_passed=0
total_failed=0
total_skipped=0
run_case()
{
	rm -rf "$work" "$work.sum"
	mkdir -p "$work"
	(
		. tests/cases/lib.sh
		bash -n "$case" || exit
		. "$case"
		# One that looked at nothing has shown nothing.
		test $((passed + failed + skipped)) -gt 0 || exit
		echo "$passed $failed $skipped" >"$work.sum"
	)
}

for case; do
	test -f "$case" || case=tests/cases/$case.sh
	work=$works/$(basename "$case" .sh)
	own=$scratch/$(basename "$case" .sh).prefix
	began=$SECONDS
	run_case
	if test -s "$scratch/hung"; then
		echo "RETRIED: $(basename "$case"): the emulated Wine hung in" \
			"$(tail -1 "$scratch/hung")"
		rm "$scratch/hung"
		test "$host" = linux || tests/build/wine.sh end "$own"
		run_case
	fi
	test "$host" = linux || tests/build/wine.sh end "$own"
	read -r p f s <"$work.sum" || { p=0 f=1 s=0; echo "FAILED: $case ended early"; }
	echo "$(basename "$case"): $p passed, $f failed, $s skipped ($((SECONDS - began)) s)"
	total_passed=$((total_passed + p))
	total_failed=$((total_failed + f))
	total_skipped=$((total_skipped + s))
done
echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
test $total_failed -eq 0
