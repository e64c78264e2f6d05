#!/bin/bash
# The scanner finds what libyara alone finds: every rule set on every tree,
# with gates and prefilter, against yaraplain, which knows neither.
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh [HOST]		linux (default), native, asan, win64, win32
#
# On Windows hosts the scanner is that host's, under Wine, and what libyara
# alone finds is asked on the build machine.
set -u
shopt -s lastpipe
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
host=${1:-linux}
tools=build/$host/tests
matchtree=$tools/matchtree
data=build/data
more=${MSTMP_DATA:-../shared/data}
passed=0
failed=0
skipped=0
. tests/build/scratch.sh
work=$(make_scratch 150) || exit 1
trap 'finish' EXIT
finish()
{
	tests/build/wine.sh end "$work/prefix"
	rm -rf "$work"
}

# match ARG...: the scanner; paths as its host wants them
match()
{
	"$matchtree" "$@"
}
case $host in
win*)
	reason=$(tests/build/wine.sh missing "$host")
	if test -n "$reason"; then
		echo "SKIP: all comparisons: $reason"
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	fi
	code=$(tests/build/wine.sh start "$work/prefix" "$host") &&
		eval "$code" || exit 1
	tools=build/linux/tests
	matchtree=build/$host/tests/matchtree.exe
	match()
	{
		local arg args=()

		for arg; do
			test ! -e "$arg" || arg=Z:$(realpath "$arg" | tr / '\\')
			args+=("$arg")
		done
		wine "$matchtree" "${args[@]}" | tr -d '\r'
	}
	;;
esac

for tool in "$tools/yaraplain" "$matchtree" "$tools/mkmarks" "$data.ok"; do
	if ! test -e "$tool"; then
		echo "there is no $tool; make $tool"
		echo "0 passed, 1 failed, 0 skipped"
		exit 1
	fi
done

# Rule sets: ours, the awkward ones (as one group, and each rule as its own),
# those without usable literals, and 1,000 rules.
sets=("$work/split" signatures/mstmp tests/data/rules/awkward.yar
	tests/data/rules/global.yar tests/data/rules/hopeless.yar
	"$work/many.yar")
tests/data/rules/split.sh "$work/split"
mkdir "$work/marks"
tests/data/rules/make_k1000.sh "$work/many.yar" 1000 "$work/marks"

# Trees: made marks at hard places, stand-ins with hits and near misses, the
# sources, and real files, more of them where there are more.
"$tools/mkmarks" "$work/marks" || exit 1
trees=("$work/marks")
test -d build/standin/mstmp/hits && trees+=(build/standin/mstmp)
enough=10000
if test "$host" != "${host#win}"; then
	# Some names of real files are others to Wine.
	enough=5000
	if test "${MSTMP_FULL-}" != 1; then
		echo "REDUCED: two rule sets on the marks, MSTMP_FULL=1 tries all"
		sets=(tests/data/rules/awkward.yar "$work/many.yar")
		trees=("$work/marks")
	fi
else
	trees+=(agent "$data")
	test ! -d "$more" || trees+=("$more")
fi

# compare NAME: two files that must be equal
compare()
{
	local lines

	lines=$(wc -l <"$work/plain")
	if cmp -s "$work/plain" "$work/$2"; then
		passed=$((passed + 1))
		echo "$1: $lines matches, the same"
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
		diff "$work/plain" "$work/$2" | head -20
	fi
}

total=0
many=0
for set in "${sets[@]}"; do
	for tree in "${trees[@]}"; do
		name="$(basename "$set") on $(basename "$tree")"
		if ! "$tools/yaraplain" "$set" "$tree" >"$work/plain"; then
			failed=$((failed + 1))
			echo "FAILED: $name: yaraplain ended with an error"
			continue
		fi
		match --stats --threads 2 "$set" "$tree" >"$work/filtered"
		compare "$name" filtered
		total=$((total + $(wc -l <"$work/plain")))
		test "$set" != "$work/many.yar" ||
			many=$((many + $(wc -l <"$work/plain")))
	done
done

# The same once with the filter off, so that a fault of the scanner itself
# is told from one of the filter.
set=${sets[0]}
"$tools/yaraplain" "$set" "$work/marks" >"$work/plain"
match --no-filter "$set" "$work/marks" >"$work/unfiltered"
compare "$(basename "$set") on marks, no filter" unfiltered

# Nothing found everywhere would be equal, too.
if test "$total" -gt "$enough" && test "$many" -gt 50; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: only $total matches in all, $many of many.yar"
fi
echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
