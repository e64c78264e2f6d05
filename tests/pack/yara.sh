#!/bin/sh
# Every rule of our packs hits its stand-ins and none of the near misses, and
# nothing on a clean system.  Uses the yara program, so that the rules are
# judged without our own scanner; that one is compared elsewhere.
# SPDX-License-Identifier: Apache-2.0
#
# usage: yara.sh [MKSTANDIN [WORK]]
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=

top=$(CDPATH= cd "$(dirname "$0")/../.." && pwd)
mkstandin=${1:-$top/build/standin/mkstandin}
work=${2:-$top/build/standin/cases}
more=${MSTMP_DATA:-$top/../shared/data}
yara=${YARA:-yara}
tab=$(printf '\t')
failed=0
checked=0

if ! command -v "$yara" >/dev/null 2>&1; then
	echo "SKIP: the program yara is not installed"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi

complain()
{
	echo "FAIL $*"
	failed=$((failed + 1))
}

# scan FILENAME FILEPATH EXTENSION FILETYPE OBJECT POINT VIEW LOCATION PLACE
# FILE
# with the compiled pack; prints the rules, sorted, separated by commas.
scan()
{
	"$yara" -C -w -d "filename=$1" -d "filepath=$2" -d "extension=$3" \
		-d "filetype=$4" -d owner= -d "object=$5" -d "point=$6" \
		-d "view=$7" -d "location=$8" -d "place=$9" \
		"$compiled" "${10}" |
		sed 's/ .*//' | LC_ALL=C sort -u | paste -sd, -
}

# Rules, the compiler's warnings, texts, stand-ins of one pack.
check_pack()
{
	pack=$1
	recipe=$2
	compiled=$work/$pack.yrc
	out=$work/$pack
	rm -rf "$out"
	mkdir -p "$out"
	warnings=$("${yara}c" -d filename= -d filepath= -d extension= \
		-d filetype= -d owner= -d object= -d point= -d view= \
		-d location= -d place= "$top/signatures/$pack/rules/"*.yar \
		"$compiled" 2>&1) || complain "$pack: does not compile"
	[ -z "$warnings" ] || complain "$pack: $warnings"

	sed -n 's/^rule \([A-Za-z0-9_]*\).*/\1/p' \
		"$top/signatures/$pack/rules/"*.yar | LC_ALL=C sort \
		>"$out.rules"
	while read -r rule; do
		grep -q "^rule\.$rule$tab..*$tab.." \
			"$top/signatures/$pack/texts.tsv" ||
			complain "$pack: no text for rule $rule"
		grep -q "^hit $rule " "$recipe" ||
			complain "$pack: no stand-in for rule $rule"
		grep -q "^near $rule " "$recipe" ||
			complain "$pack: no near miss for rule $rule"
	done <"$out.rules"

	"$mkstandin" make "$recipe" "$top/tests/standin/marks.enc" "$out" ||
		complain "$pack: the stand-ins cannot be made"
	# A tab at both ends of an empty field would be swallowed by `read`.
	sed "1d; s/$tab/$tab-/g" "$out/cases.tsv" >"$out.lines"
	while IFS=$tab read -r file name folder ext type object point view \
		location place rules; do
		got=$(scan "${name#-}" "${folder#-}" "${ext#-}" "${type#-}" \
			"${object#-}" "${point#-}" "${view#-}" \
			"${location#-}" "${place#-}" "$out/$file")
		checked=$((checked + 1))
		[ "$got" = "${rules#-}" ] ||
			complain "$pack: $file: expected '${rules#-}'," \
				"got '$got'"
	done <"$out.lines"

	# As plain files, whatever the content.  CLEAN_DIRS names more.
	for folder in "$top/build/data" "$more" /usr/lib/*/wine /usr/share/java \
		${CLEAN_DIRS:-}; do
		[ -d "$folder" ] || continue
		hits=$("$yara" -C -w -N -r -d filename=a.dll -d filepath=a \
			-d extension=.dll -d filetype=EXE -d owner= \
			-d object=file -d point= -d view= \
			-d location=java_cache -d place= "$compiled" "$folder" \
			2>/dev/null | head -n 3)
		[ -z "$hits" ] || complain "$pack: hits on clean files: $hits"
	done
}

check_pack mstmp "$top/tests/standin/mstmp.standins"
check_pack example-toolbar "$top/tests/standin/example.standins"
check_pack example-logon "$top/tests/standin/logon.standins"
check_pack example-desktop "$top/tests/standin/desktop.standins"
echo "$((checked > failed ? checked - failed : 0)) passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
