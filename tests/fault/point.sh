#!/bin/bash
# One fault at one point, and what has to hold afterwards. Started by run.sh,
# many at a time.
# SPDX-License-Identifier: Apache-2.0
#
# usage: point.sh SERIES N
#
# From the environment, set by run.sh:
#	base	pristine, fixed: trees; pristine.db, fixed.db: their stores
#	slot	number of this worker; $base/$slot is its folder
#	killed	the program for the series that kill, with the shim preloaded
#	checked	the program for the others, the shim linked in or preloaded
#	plain	the program without faults
#	results	a line for each point: "ok", "past" or "failed", and why
#	stop	1: end all points at the first failure
# Each program is a command line without spaces in its words.
set -u
export LC_ALL=C.UTF-8 LANGUAGE=
series=$1
n=$2
w=$base/$slot
pc=$w/pc
store=$w/store.db
vault=ProgramData/mstmpsweep

# finish KEYWORD WHY: the one way out
finish()
{
	echo "$1 $series $n${2:+: $2}" >>"$results"
	if test "$1" = failed && test "$stop" = 1; then
		exit 255 # xargs starts no more
	fi
	exit 0
}

# A failure, with what there is to see.
failed()
{
	local details

	details=$(grep -a "^$n " "$w/calls" 2>/dev/null
		head -c 1500 "$w/out" "$w/err" "$w/diff" 2>/dev/null)
	printf '%s\n' "--- $series $n: $1" "$details" >>"$results.details"
	finish failed "$1"
}

restore()
{
	rm -rf "$pc" "$store"*
	cp -a "$base/$1" "$pc"
	cp -a "$base/$1.db" "$store"
	# The files are other ones than those that were scanned; fix looks.
	test "$1" != pristine || look_again
}

look_again()
{
	run $plain scan --quick --quiet
	test $rc -eq 1 || failed "a scan before the fault gave $rc"
}

# run COMMAND ARGUMENT...: the program; exit code in rc, output in out, err
run()
{
	"$@" --root "$pc" --db "$store" >"$w/out" 2>"$w/err" </dev/null
	rc=$?
}

# run_faulty VARIABLE=... PROGRAM ...: without the shell's word about a kill
run_faulty()
{
	rm -f "$w/calls"
	{ run env MSTMP_FAULT_LOG="$w/calls" "$@"; } 2>/dev/null
}

is_pristine()
{
	"$compare" --hives-exact --ignore $vault "$base/pristine" "$pc" \
		>"$w/diff" 2>/dev/null
}

# Hives written at another time differ in times and free cells.
is_fixed()
{
	"$compare" --no-times --ignore $vault "$base/fixed" "$pc" \
		>"$w/diff" 2>/dev/null
}

must_undo()
{
	run $plain undo --yes
	# Nothing to undo is an answer where nothing was done.
	test $rc -eq 0 || test $rc -eq 65 || failed "$1: undo gave $rc"
	is_pristine && return
	# The way it is told apart: the keys again, or something lost.
	if "$compare" --ignore $vault "$base/pristine" "$pc" >/dev/null 2>&1; then
		failed "$1: undo (gave $rc) brought keys back, not the hive as it was"
	fi
	failed "$1: undo (gave $rc) did not bring all back"
}

# The interrupted fix goes on; or nothing is interrupted: nothing was begun
# yet, or all was done.
must_finish()
{
	run $plain fix --resume --yes
	if test $rc -eq 65 && is_pristine; then
		look_again
		run $plain fix --yes
	fi
	test $rc -eq 0 || { test $rc -eq 65 && is_fixed; } ||
		failed "$1: resume gave $rc"
	is_fixed || failed "$1: resume (gave $rc) did not do what fix does"
	run $plain scan --quick --quiet
	test $rc -eq "$clean_code" || failed "$1: a rescan gave $rc"
}

# kill_at STATE COMMAND: ends this point if the program is over before
kill_at()
{
	restore "$1"
	shift
	run_faulty MSTMP_FAULT_KILL="$n" $how $killed "$@" --yes
	test $rc -ne 137 || return 0
	# The power may also fail when all is done.
	case $rc:$how in
	0:*POWER*) return 0 ;;
	0:*) finish past ;;
	esac
	failed "$1 gave $rc instead of being killed"
}

fix_killed()
{
	kill_at pristine fix
	must_undo "after the kill"
	# What a second undo finds is over.
	run $plain undo --yes
	is_pristine || failed "a second undo (gave $rc) changed something"
	kill_at pristine fix
	must_finish "after the kill"
	must_undo "after resume"
}

undo_killed()
{
	kill_at fixed undo
	must_undo "after the kill"
}

# One fix after the other, the newest first.
undo_everything()
{
	local i

	for i in 1 2 3; do
		run $plain undo --yes
		test $rc -ne 65 || break
		test $rc -eq 0 || failed "$1: undo $i gave $rc"
	done
	is_pristine || failed "$1: not all came back"
}

# Exit code, words, no crash; in any case.
must_fail_well()
{
	case $rc in
	0 | 1 | 65 | 70) ;;
	*) failed "$1 gave $rc" ;;
	esac
	if grep -qE 'AddressSanitizer|runtime error|LeakSanitizer' "$w/err"; then
		failed "$1: a sanitizer complains"
	fi
	# 1 is told with the steps; where everything fails for ever nothing can
	# be said either.
	test $rc -eq 0 || { test $rc -eq 1 && test -s "$w/out"; } ||
		test -s "$w/err" || test "$series" != "${series%-ever}" ||
		failed "$1 gave $rc without a sentence"
	fault_rc=$rc
}

fix_fails()
{
	restore pristine
	run_faulty $how $checked fix --yes
	must_fail_well fix
	test $fault_rc -ne 0 || is_fixed || failed "fix gave 0 and is not done"
	must_undo "after fix gave $fault_rc"

	# The helpdesk's way: go on, or look again and fix what is left; and
	# then all of it back.
	restore pristine
	run_faulty $how $checked fix --yes
	run $plain fix --resume --yes
	if test $rc -eq 65; then
		run $plain scan --quick --quiet
		test $rc -ne 1 || run $plain fix --yes
	fi
	test $rc -eq 0 || failed "after fix gave $fault_rc: the next gave $rc"
	is_fixed || failed "after fix gave $fault_rc: the next did not finish it"
	undo_everything "after fix gave $fault_rc and the next finished it"
}

undo_fails()
{
	restore fixed
	run_faulty $how $checked undo --yes
	must_fail_well undo
	test $fault_rc -ne 0 || is_pristine ||
		failed "undo gave 0 and is not done"
	must_undo "after undo gave $fault_rc"
}

how=
mkdir -p "$w"
case $series in
fix-killed) fix_killed ;;
fix-torn) how=MSTMP_FAULT_TORN=1 fix_killed ;;
fix-power) how=MSTMP_FAULT_POWER=adds fix_killed ;;
fix-power-all) how=MSTMP_FAULT_POWER=all fix_killed ;;
undo-power) how=MSTMP_FAULT_POWER=adds undo_killed ;;
undo-power-all) how=MSTMP_FAULT_POWER=all undo_killed ;;
undo-killed) undo_killed ;;
undo-torn) how=MSTMP_FAULT_TORN=1 undo_killed ;;
fix-ENOSPC | fix-EIO | fix-EACCES)
	how="MSTMP_FAULT_FAIL=$n MSTMP_FAULT_ERRNO=${series#fix-}"
	fix_fails
	;;
fix-EIO-for-ever)
	how="MSTMP_FAULT_FAIL=$n MSTMP_FAULT_FOREVER=1"
	fix_fails
	;;
fix-ENOSPC-for-ever)
	how="MSTMP_FAULT_FAIL=$n MSTMP_FAULT_FOREVER=1 MSTMP_FAULT_ERRNO=ENOSPC"
	fix_fails
	;;
undo-ENOSPC | undo-EIO)
	how="MSTMP_FAULT_FAIL=$n MSTMP_FAULT_ERRNO=${series#undo-}"
	undo_fails
	;;
undo-EIO-for-ever)
	how="MSTMP_FAULT_FAIL=$n MSTMP_FAULT_FOREVER=1"
	undo_fails
	;;
fix-alloc)
	how="MSTMP_FAULT_ALLOC=$n"
	fix_fails
	;;
undo-alloc)
	how="MSTMP_FAULT_ALLOC=$n"
	undo_fails
	;;
*) failed "there is no series $series" ;;
esac
finish ok
