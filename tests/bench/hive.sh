#!/bin/bash
# What a fix in a large hive takes, in memory and in processor time, beside the
# program before it changed hives in one copy: the two in turns, medians.
# SPDX-License-Identifier: Apache-2.0
#
# usage: hive.sh	(part of make bench)
#
#	MSTMP_BENCH_DIR		where PC and old program lie (build/bench)
#	MSTMP_BENCH_ROUNDS	rounds, 5; each program fixes and undoes once a round
#	MSTMP_BENCH_HIVE_MB	size of the hive, 100
#	MSTMP_BENCH_OLD_FIX	the old program; else it is built from COMMIT
#	MSTMP_BENCH_COMMIT_FIX	35d2469, the last one that held five copies
#
# Ends with 1 where a fix holds more than 2.2 times the hive, or takes more than
# 1.1 times the processor time of the old one.
set -u -o pipefail
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
. tests/bench/old.sh
megabytes=${MSTMP_BENCH_HIVE_MB:-100}

begin old-fix "${MSTMP_BENCH_COMMIT_FIX:-35d2469}" MSTMP_BENCH_OLD_FIX

# --- The PC -------------------------------------------------------------------

software=Windows/System32/config/SOFTWARE
rm -rf "$dir/hive-pc" "$dir/hive-work"
build/linux/tests/mkpc tests/pc/small.pc build/standin/mstmp \
	tests/standin/marks.enc "$dir/hive-pc" >/dev/null ||
	die "the PC could not be made."
build/linux/tests/mkhive_big "$dir/big" "$megabytes" \
	"$dir/hive-pc/$software" >/dev/null || die "no large hive was made."
mv "$dir/big" "$dir/hive-pc/$software"
kib=$(($(stat -c %s "$dir/hive-pc/$software") / 1024))

# --- The rounds ---------------------------------------------------------------

# run NAME PROGRAM: scan, fix and undo; what fix and undo took goes to
# NAME-fix.times and NAME-undo.times
run()
{
	rm -rf "$dir/hive-work"
	mkdir "$dir/hive-work"
	cp -a "$dir/hive-pc" "$dir/hive-work/pc"
	"$2" scan --quick --quiet --root "$dir/hive-work/pc" \
		--db "$dir/hive-work/store.db" || test $? -eq 1 ||
		die "$2 found nothing."
	"$dir/measure" "$dir/$1-fix.times" "$2" fix --yes --quiet \
		--root "$dir/hive-work/pc" --db "$dir/hive-work/store.db" ||
		die "$2 could not fix it."
	! cmp -s "$dir/hive-pc/$software" "$dir/hive-work/pc/$software" ||
		die "$2 did not change the large hive."
	"$dir/measure" "$dir/$1-undo.times" "$2" undo --yes --quiet \
		--root "$dir/hive-work/pc" --db "$dir/hive-work/store.db" ||
		die "$2 could not undo it."
	cmp -s "$dir/hive-pc/$software" "$dir/hive-work/pc/$software" ||
		die "$2 did not bring the hive back."
}

rm -f "$dir"/{old,new}-{fix,undo}.times
for ((round = 0; round < rounds; round++)); do
	run old "$old"
	run new "$new"
done
rm -rf "$dir/hive-work"
for what in fix undo; do
	awk -v what=$what -v kib="$kib" -v rounds="$rounds" \
		-v oc="$(median old-$what 2)" -v nc="$(median new-$what 2)" \
		-v om="$(median old-$what 3)" -v nm="$(median new-$what 3)" 'BEGIN {
		printf "%s in a hive of %.1f MB: memory %.2f times its size " \
			"(before: %.2f), processor %.2f s (before: %.2f), " \
			"medians of %d\n", what, kib / 1024, nm / kib, om / kib, \
			nc, oc, rounds
		exit (nm > 2.2 * kib || nc > 1.1 * oc + 0.05) }' || wrong=1
done
exit ${wrong-0}
