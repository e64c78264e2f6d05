#!/bin/bash
# Run the unit tests of one host, one process for each suite, and print
# "N passed, N failed, N skipped".
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh linux|native|asan|win64|win32 [SUITE...]
set -u
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 1
host=$1
shift
unit=build/$host/unit
passed=0
failed=0
skipped=0
# Long for a suite, short for a run that hangs.
limit=${MSTMP_UNIT_SECONDS:-900}

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# Check's times are for a machine that does nothing else.
export CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-10}

# Tests may read files of ours and write into an empty folder.
scratch=$(mktemp -d) || exit 1
export TMPDIR=$scratch
trap 'finish' EXIT
finish()
{
	case $host in
	win*)
		tests/build/wine.sh end "$scratch/prefix"
		tests/build/wine.sh end "$scratch/work"
		;;
	esac
	rm -rf "$scratch"
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
	. <(tests/build/wine.sh start "$scratch/prefix" $host)
	tests/build/wine.sh scratch "$scratch/work"
	export TMPDIR=$scratch/work
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

# Emulated, all of them take as long as everything else.
if test $all = yes && test "$host" = win32 &&
	test "${MSTMP_EMULATED-}" = 1 && test "${MSTMP_FULL-}" != 1; then
	echo "REDUCED: the suites where the width matters; MSTMP_FULL=1 runs all"
	set -- $(printf '%s\n' "$@" | grep -E '_(win32|live)$|^(base|condition|host|pack|prefilter|process|protect|registry|replay|scanner|store|vault|reg_edit_hive|reg_tree)$')
fi

for suite; do
	# A process for each test means a search for leaks for each; that is
	# where almost all of the time went. One becomes another user for good.
	if test "$host" = asan; then
		export CK_FORK=no
		test "$suite" != vault_posix || export CK_FORK=yes
	fi
	timeout -k 5 "$limit" $runner "./$unit" "$suite" \
		>"$scratch/out" 2>"$scratch/err"
	rc=$?
	if test -s "$scratch/hung"; then
		echo "RETRIED: $suite: the emulated Wine hung"
		rm "$scratch/hung"
		timeout -k 5 "$limit" $runner "./$unit" "$suite" \
			>"$scratch/out" 2>"$scratch/err"
		rc=$?
	fi
	tr -d '\r' <"$scratch/out" >"$scratch/log"
	skips=$(grep -c '^SKIP: ' "$scratch/log")
	# "100%: Checks: 12, Failures: 0, Errors: 0"
	sum=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' \
		"$scratch/log")
	if test -z "$sum"; then
		# It ended before the summary: a crash, or out of time.
		failed=$((failed + 1))
		echo "$suite: ended with $rc before its summary"
		cat "$scratch/log" "$scratch/err"
		continue
	fi
	read -r checks failures errors <<<"$sum"
	bad=$((failures + errors))
	test $rc -ne 0 && test $bad -eq 0 && bad=1
	passed=$((passed + checks - bad - skips))
	failed=$((failed + bad))
	skipped=$((skipped + skips))
	if test $bad -gt 0; then
		echo "$suite: exit code $rc"
		cat "$scratch/log" "$scratch/err"
	else
		grep '^SKIP: ' "$scratch/log"
		grep '%: Checks' "$scratch/log" | sed "s/^/$suite: /"
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
