#!/bin/bash
# Run all parts of "make test" one after the other and add them up.
# SPDX-License-Identifier: Apache-2.0
#
# usage: test.sh [PART...]
#
# A part is a command whose last line is "N passed, N failed, N skipped".
# Its output goes to build/log/PART.log; the tail is shown when it fails.
# Parts that are not in the tree are left out. MSTMP_FULL=1: all counts.
# MSTMP_NOTE is said again before the last line.
#
# Machines have two processors and most parts use one: those marked "beside"
# run one after the other beside the rest. They share no files with it.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
logs=build/log
mkdir -p "$logs"

# name, the file that must be there, the command[, "beside"]
parts()
{
	cat <<-'EOF'
	unit-linux	tests/unit/run.sh	tests/unit/run.sh linux	beside
	unit-asan	tests/unit/run.sh	tests/unit/run.sh asan
	unit-win64	tests/unit/run.sh	tests/unit/run.sh win64	beside
	unit-win32	tests/unit/run.sh	tests/unit/run.sh win32	beside
	cases-linux	tests/cases/run.sh	tests/cases/run.sh linux
	cases-win64	tests/cases/run.sh	tests/cases/run.sh win64
	cases-win32	tests/cases/run.sh	tests/cases/run.sh win32
	pack	tests/pack/run.sh	tests/pack/run.sh
	equivalence	tests/equivalence/run.sh	tests/equivalence/run.sh	beside
	equal-win64	tests/equivalence/run.sh	tests/equivalence/run.sh win64	beside
	equal-win32	tests/equivalence/run.sh	tests/equivalence/run.sh win32	beside
	fault	tests/fault/run.sh	tests/fault/run.sh	beside
	fuzz	tests/fuzz	tests/build/fuzz.sh	beside
	mutants	tests/mutants/run.sh	tests/mutants/selftest.sh && tests/mutants/run.sh	beside
	imports	build/win32/mstmpsweep.exe	tests/build/imports.sh
	build	tests/build/selftest.sh	tests/build/selftest.sh
	lint	tests/build/lint.sh	tests/build/lint.sh quick	beside
	EOF
}

is_wanted()
{
	local p

	test $# -gt 1 || return 0
	for p in "${@:2}"; do
		test "$p" = "$1" && return 0
	done
	return 1
}

# run_part NAME COMMAND: its log, and its exit code and seconds beside that
run_part()
{
	local began=$SECONDS

	bash -c "$2" >"$logs/$1.log" 2>&1 </dev/null
	echo "$? $((SECONDS - began))" >"$logs/$1.end.new"
	mv "$logs/$1.end.new" "$logs/$1.end"
}

# run_lane beside|: the parts of that lane, one after the other
run_lane()
{
	local lane=$1 name needs command where

	while IFS=$'\t' read -r name needs command where; do
		test "$where" = "$lane" && is_wanted "$name" "${@:2}" &&
			test -e "$needs" && run_part "$name" "$command"
	done < <(parts)
}

# What the programs were built from, one line.
built_with()
{
	local dir list=

	for dir in build/deps/linux/*/; do
		list="$list, $(basename "$dir") $(cat "$dir/.version")"
	done
	echo "Built with${list#,}."
	sed -n '2,$s/^# /  /p' build/toolchain.mk
}

# The ten slowest of the parts' own steps and of the parts that tell none.
slowest()
{
	local end name

	for end in "$logs"/*.end; do
		test -f "$end" || continue
		name=$(basename "$end" .end)
		sed -n "s/^\([^ :]*\): .*(\([0-9]*\) s)\$/\2 $name \1/p" \
			"$logs/$name.log" | grep . || echo "$(cut -d' ' -f2 "$end") $name"
	done | sort -rn | head -10 | awk '{ printf "  %4d s  %s %s\n", $1, $2, $3 }'
}

total_passed=0
total_failed=0
total_skipped=0
bad=

if test "${MSTMP_FULL-}" = 1; then
	echo "All counts (make test-full)."
else
	echo "Reduced counts; make test-full runs all of them."
fi
test ! -f build/toolchain.mk || built_with
rm -f "$logs"/*.end
# Each with a group of its own, so that what a part started ends with it.
set -m
run_lane "" "$@" &
lanes=$!
run_lane beside "$@" &
lanes="$lanes $!"
set +m
trap 'for lane in $lanes; do kill -- -$lane; done 2>/dev/null' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
while IFS=$'\t' read -r name needs command where <&3; do
	is_wanted "$name" "$@" || continue
	test -e "$needs" || continue
	log=$logs/$name.log
	# Told in this order, whichever ends first.
	while ! test -f "$logs/$name.end" && kill -0 $lanes 2>/dev/null; do
		sleep 1
	done
	rc=1
	took=0
	test ! -f "$logs/$name.end" || read -r rc took <"$logs/$name.end"
	sum=$(tail -1 "$log" | sed -n \
		's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
	if test -z "$sum" || test "$sum" = "0 0 0"; then
		# It did not come to its end, or looked at nothing; that is a
		# failure of its own.
		sum="0 1 0"
	fi
	read -r passed failed skipped <<<"$sum"
	test $rc -eq 0 || test "$failed" -gt 0 || failed=1
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	total_skipped=$((total_skipped + skipped))
	printf '%-12s %5d passed, %3d failed, %3d skipped  (%d s)\n' \
		"$name" "$passed" "$failed" "$skipped" "$took"
	grep -E '^(SKIP|REDUCED|RETRIED)' "$log" | sort | uniq -c | sort -rn |
		head -5 | sed 's/^ *\([0-9]*\) /  \1x /'
	if test "$failed" -gt 0; then
		bad="$bad $name"
		echo "--- the end of $log"
		tail -30 "$log"
		echo "---"
	fi
done 3< <(parts)
echo "The slowest:"
slowest
test -z "${MSTMP_NOTE-}" || echo "$MSTMP_NOTE"
if test $((total_passed + total_failed + total_skipped)) -eq 0; then
	echo "No such part: $*"
	total_failed=1
fi
test -z "$bad" || echo "Failed:$bad (build/log/PART.log has all of it)"
echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
test $total_failed -eq 0
