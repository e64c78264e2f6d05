#!/bin/bash
# The packs: checked strictly by the program itself, their stand-ins scanned
# as a folder, the rules judged by the yara program where it is there, and what
# is written about the scores.
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh [PROGRAM]
set -u
shopt -s lastpipe
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
top=$(CDPATH= cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 1
program=${1:-build/linux/mstmpsweep}
standins=build/standin
more=${MSTMP_DATA:-../shared/data}
passed=0
failed=0
skipped=0
. tests/build/scratch.sh
work=$(make_scratch 50) || exit 1
trap 'rm -rf "$work"' EXIT

# judge NAME: reads complaints; none means passed
judge()
{
	local out

	out=$(cat)
	if test -z "$out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
		head -20 <<<"$out"
	fi
}

# expected PACK TREE: "path TAB rules" of what a folder scan of the tree must
# find.  What has variables of its own beside it is no plain file.
expected()
{
	local path rules

	grep -v '^#' "$standins/$1/expected.tsv" | grep "^$2/" |
		while IFS=$'\t' read -r path rules; do
			test -n "$rules" || continue
			test ! -e "$standins/$1/$path.vars" || continue
			# Only the part before "!" is a Windows path.
			case $path in
			*!*) set -- "$1" "$2" "${path%%!*}" "!${path#*!}" ;;
			*) set -- "$1" "$2" "$path" "" ;;
			esac
			printf '%s%s\t%s\n' "$(tr / '\\' <<<"${3#"$2"}")" \
				"$4" "$rules"
		done | sort
}

# found PACK-OPTIONS... : the same from a scan
found()
{
	"$program" scan --db "$work/scan.db" "$@" >"$work/scan.out" 2>&1
	case $? in
	0 | 1) ;;
	*) echo "the scan failed: $(tail -1 "$work/scan.out")" ;;
	esac
	"$program" report --db "$work/scan.db" --format ndjson \
		--what findings |
		sed -n 's/.*"path":"\([^"]*\)".*"rules":\[\([^]]*\)\].*/\1\t\2/p' |
		sed 's/\\\\/\\/g; s/"//g' | sort
	rm -f "$work/scan.db"
}

check_pack()
{
	local pack=$1 clean

	"$program" pack test --strict --hits "$standins/$pack/hits" \
		"signatures/$pack" >"$work/test.out" 2>&1 ||
		cat "$work/test.out"
	for clean in build/data "$more"; do
		test "$clean" = build/data || test -d "$clean/pe" || continue
		"$program" pack test --strict --clean "$clean" \
			"signatures/$pack" >"$work/test.out" 2>&1 ||
			cat "$work/test.out"
	done
}

for pack in mstmp example-toolbar example-logon example-desktop; do
	if ! test -x "$program"; then
		echo "SKIP: $pack: there is no $program"
		skipped=$((skipped + 1))
		continue
	fi
	check_pack "$pack" | judge "$pack: pack test"
	for tree in hits near; do
		expected "$pack" "$tree" >"$work/expected"
		found --folder "$standins/$pack/$tree" \
			--pack "signatures/$pack" >"$work/found"
		test -s "$work/expected" ||
			test "${pack%%-*}-$tree" = example-near ||
			echo "nothing is expected" >>"$work/found"
		diff "$work/expected" "$work/found" |
			judge "$pack: folder scan of $tree"
	done
done

# How the scores add up is computed from the pack: nothing that was written
# about them is out of date.
if test -x build/linux/tests/scores; then
	{
		build/linux/tests/scores signatures/mstmp \
			tests/pack/mstmp.scores 2>&1 ||
			echo "a case has another verdict"
	} | diff - signatures/mstmp/SCORES.md |
		judge "mstmp: SCORES.md; build/linux/tests/scores makes it"
	build/linux/tests/scores --example signatures/mstmp \
		tests/pack/mstmp.scores |
		while IFS= read -r line; do
			grep -qxF -- "$line" agent/verdict/score.c ||
				echo "not in score.c: $line"
		done | judge "mstmp: the worked example in score.c"
else
	echo "SKIP: there is no build/linux/tests/scores"
	skipped=$((skipped + 2))
fi

yara=$(tests/pack/yara.sh)
grep -v ' passed, ' <<<"$yara"
read -r p _ f _ s _ <<<"$(tail -1 <<<"$yara")"
passed=$((passed + p))
failed=$((failed + ${f%,}))
skipped=$((skipped + ${s%,}))
echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
