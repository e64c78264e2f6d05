#!/bin/bash
# Run the unit tests of one host and print "N passed, N failed, N skipped".
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh linux|native|asan|win64|win32 [SUITE...]
#
# Each suite has a process of its own; under Wine, where a start costs up to some
# seconds, one process runs as many of them as it can. If it ends before its end,
# the suite that it was in has failed, and another process runs the ones after it.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
top=$(CDPATH= cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 1
host=$1
shift
unit=build/$host/unit
passed=0
failed=0
skipped=0
# Long for a suite on a busy machine, short for a run that hangs.
limit=3600
test "${MSTMP_FULL-}" != 1 || limit=20000
limit=${MSTMP_UNIT_SECONDS:-$limit}

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# Check's times are for a machine that does nothing else.
export CK_DEFAULT_TIMEOUT=${CK_DEFAULT_TIMEOUT:-60}
export CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-10}

# Tests may read files of ours and write into an empty folder.
. tests/build/scratch.sh
scratch=$(make_scratch 200) || exit 1
export TMPDIR=$scratch
trap 'finish' EXIT
finish()
{
	case $host in
	win*)
		tests/build/wine.sh end "$scratch/prefix"
		;;
	esac
	remove_scratch "$scratch"
}

runner=
case $host in
win32 | win64)
	unit=$unit.exe
	runner=wine
	export CK_FORK=no
	reason=$(tests/build/wine.sh missing "$host")
	if test -n "$reason"; then
		count=$(cat tests/unit/*.c | grep -c '^UNIT_SUITE')
		echo "SKIP: all $count suites: $reason"
		echo "0 passed, 0 failed, $count skipped"
		exit 0
	fi
	code=$(tests/build/wine.sh start "$scratch/prefix" $host) &&
		eval "$code" || exit 1
	export MSTMP_HUNG=$scratch/hung
	;;
esac

all=no
if test $# -eq 0; then
	all=yes
	set -- $($runner "./$unit" --list | tr -d '\r')
fi
if test $# -eq 0; then
	echo "unit: $unit names no suite."
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi

# Under Wine each file costs much; what loops over every failure of memory or of
# the disk is the same code on Linux.
if test -n "$runner" && test "${MSTMP_FULL-}" != 1; then
	echo "REDUCED: every 9th failure in suites with many; MSTMP_FULL=1 tries each"
	export MSTMP_UNIT_STRIDE=9
fi

# Emulated, all of them take as long as everything else.
if test $all = yes && test "$host" = win32 &&
	test "${MSTMP_EMULATED-}" = 1 && test "${MSTMP_FULL-}" != 1; then
	echo "REDUCED: the suites where the width matters; MSTMP_FULL=1 runs all"
	set -- $(printf '%s\n' "$@" | grep -E '_(win32|live)$|^(base|condition|host|pack|prefilter|process|protect|registry|replay|scanner|store|vault|reg_edit_hive|reg_tree)$')
fi

# record SUITE CODE FILE: counts what its output says, and tells it
record()
{
	local sum skips checks failures errors bad

	skips=$(grep -c '^SKIP: ' "$3")
	# "100%: Checks: 12, Failures: 0, Errors: 0"
	sum=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$3")
	if test -z "$sum"; then
		# It ended before the summary: a crash, or out of time.
		failed=$((failed + 1))
		echo "$1: ended with $2 before its summary"
		cat "$3" "$scratch/err"
		return
	fi
	read -r checks failures errors <<<"$sum"
	bad=$((failures + errors))
	test "$2" -eq 0 || test $bad -gt 0 || bad=1
	passed=$((passed + checks - bad - skips))
	failed=$((failed + bad))
	skipped=$((skipped + skips))
	if test $bad -gt 0; then
		echo "$1: exit code $2"
		cat "$3" "$scratch/err"
	else
		grep '^SKIP: ' "$3"
		grep '%: Checks' "$3" | sed "s/^/$1: /"
	fi
}

# The emulated Wine hung: the suite is tried again, once.
was_hung()
{
	test -s "$scratch/hung" && test ! -e "$scratch/$1.retried" || return 1
	rm "$scratch/hung"
	touch "$scratch/$1.retried"
	echo "RETRIED: $1: the emulated Wine hung"
}

alone()
{
	local rc

	# A process for each test means a search for leaks for each; that is
	# where almost all of the time went. One becomes another user for good.
	if test "$host" = asan; then
		export CK_FORK=no
		test "$1" != vault_posix || export CK_FORK=yes
	fi
	timeout -k 5 "$limit" $runner "./$unit" "$1" \
		>"$scratch/out" 2>"$scratch/err"
	rc=$?
	was_hung "$1" && { alone "$1"; return; }
	tr -d '\r' <"$scratch/out" >"$scratch/log"
	record "$1" $rc "$scratch/log"
}

# suites: records each of those whose output is read when the next one begins;
# $last is the last one, whose output is in "suite". Fails if nothing comes for
# too long.
suites()
{
	local line code

	last=
	: >"$scratch/order"
	while IFS= read -r -t "$limit" line; code=$?; test $code -eq 0; do
		line=${line%$'\r'}
		if [[ $line = "SUITE "* ]]; then
			test -z "$last" || record "$last" 0 "$scratch/suite"
			last=${line#SUITE }
			echo "$last" >>"$scratch/order"
			: >"$scratch/suite"
		else
			printf '%s\n' "$line" >>"$scratch/suite"
		fi
	done
	test $code -le 128
}

# together SUITE...: in one process, as far as it comes; $left: the others
together()
{
	local pid rc name before=$failed

	rm -f "$scratch/pipe"
	mkfifo "$scratch/pipe"
	$runner "./$unit" "$@" >"$scratch/pipe" 2>"$scratch/err" &
	pid=$!
	suites <"$scratch/pipe" || kill -9 $pid
	wait $pid 2>/dev/null
	rc=$?
	left=
	for name; do
		grep -qx "$name" "$scratch/order" || left="$left $name"
	done
	if test -z "$last"; then
		alone "$1"
		left=${*:2}
	elif was_hung "$last"; then
		left="$last$left"
	else
		# The exit code is the number of all failures.
		test $failed -eq $before || ! grep -q '%: Checks' \
			"$scratch/suite" || rc=0
		record "$last" $rc "$scratch/suite"
	fi
}

many=
for suite; do
	# The events that it makes go to its whole process.
	if test -z "$runner" || test "$suite" = host_win32; then
		alone "$suite"
	else
		many="$many $suite"
	fi
done
set -- $many
while test $# -gt 1; do
	together "$@"
	set -- $left
done
test $# -eq 0 || alone "$1"
echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
