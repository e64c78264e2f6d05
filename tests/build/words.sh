#!/bin/bash
# The texts for people, agent/words/en.tsv and ja.tsv: made into C, checked.
# SPDX-License-Identifier: Apache-2.0
#
# usage: words.sh make DIR	DIR/words/AREA.h and DIR/words_table.c
#	 words.sh check [TOP]	a line for each fault; 1 if there is one
#
# A row is KEY TAB TEXT; KEY is AREA.NAME, and the C name of its English text
# is W_AREA_NAME in "words/AREA.h".  In TEXT stand \n and \\ for a line break
# and a backslash, %s and its kin for what printf puts there, and %PRIu64 and
# its kin for the macros of inttypes.h.  Japanese may take the arguments in
# another order: %2$s.
set -eu -o pipefail
shopt -s lastpipe
export LC_ALL=C LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.."
test "$1" != check || test $# -eq 1 || cd "$2"
en=agent/words/en.tsv
ja=agent/words/ja.tsv

# Shared by all awk programs below.
common='
function c_name(key) {
	gsub(/\./, "_", key)
	return "W_" toupper(key)
}
function c_text(text) {
	gsub(/"/, "\\\"", text)
	while (match(text, /PRI[diouxX][0-9]+/))
		text = substr(text, 1, RSTART - 1) "\" \001" \
			substr(text, RSTART + 3, RLENGTH - 3) " \"" \
			substr(text, RSTART + RLENGTH)
	gsub(/\001/, "PRI", text)
	return "\"" text "\""
}
# Each conversion is one %, as the program compares (words.c).
function bare(text) {
	gsub(/%([0-9]+\$)?[-0-9.*#+ ]*(hh|h|ll|l|z|j)?(PRI[diouxX][0-9]+|[a-zA-Z])/,
		"%", text)
	return text
}
'

rows()
{
	grep -v '^#' "$1" | grep -v '^$'
}

make_headers()
{
	local area new

	mkdir -p "$1/words"
	rm -f "$1"/words/*.new
	rows $en | awk -F'\t' -v dir="$1/words" "$common"'
		{
			area = $1
			sub(/\..*/, "", area)
			file = dir "/" area ".h.new"
			if (!(area in seen)) {
				seen[area] = 1
				guard = "GEN_WORDS_" toupper(area) "_H"
				print "/* Made from agent/words/en.tsv. */" >file
				print "#ifndef " guard "\n#define " guard >file
				print "#include \"base/fmt.h\"" >file
			}
			print "#define " c_name($1) " " c_text($2) >file
		}
		END {
			for (area in seen)
				print "#endif" >(dir "/" area ".h.new")
		}'
	# Only what has changed is newer, so only its users are compiled.
	for new in "$1"/words/*.new; do
		if cmp -s "$new" "${new%.new}"; then
			rm "$new"
		else
			mv "$new" "${new%.new}"
		fi
	done
	for area in "$1"/words/*.h; do
		area=$(basename "$area" .h)
		grep -q "^$area\." $en || rm "$1/words/$area.h"
	done
}

# Sorted by the English text, for the program looks it up by that.
make_table()
{
	{
		echo '/* Made from agent/words/en.tsv and ja.tsv. */'
		echo '#include "words/words_table.h"'
		echo '#include "base/fmt.h"'
		echo 'const struct words_row words_rows[] = {'
		awk -F'\t' "$common"'
			/^#/ || /^$/ { next }
			FNR == NR { ja[$1] = $2; next }
			{ print bare($2) "\t" $1 "\t" $2 "\t" ja[$1] }' $ja $en |
			sort -t '	' -k 1,1 |
			awk -F'\t' "$common"'
				{
					print "{ \"" $2 "\", " c_text($3) ", " \
						($4 == "" ? "NULL" : c_text($4)) " },"
				}'
		echo '};'
		echo 'const size_t words_row_count ='
		echo '	sizeof(words_rows) / sizeof(words_rows[0]);'
	} >"$1/words_table.c.new"
	mv "$1/words_table.c.new" "$1/words_table.c"
}

# Which keys no source names; a text is used by the macro of its key alone.
unused()
{
	rows $en | awk -F'\t' "$common"'{ print c_name($1) "\t" $1 }' | sort |
		join -t '	' -v 1 - <(grep -rhoE '\<W_[A-Z0-9_]+\>' \
			--include='*.[ch]' agent remediate | sort -u) |
		cut -f 2 | sed 's/$/: no source uses it/'
}

# One word for one thing: a person on the telephone must not wonder whether
# two are meant, and シグネチャ sounds like 署名.
one_word()
{
	grep -noE '悪性|悪質|利用者|保管庫|見送り|定義パック|誤検出|シグネチャ|（|）' \
		"$ja" signatures/mstmp/texts.tsv /dev/null |
		sed 's/^\(.*\):\([^:]*\)$/\1: not the word for it: \2/'
}

check()
{
	awk -F'\t' "$common"'
		function conversions(text, out, n, at, one) {
			n = 0
			gsub(/%%/, "", text)
			while (match(text, /%([0-9]+\$)?[-0-9.*#+ ]*(hh|h|ll|l|z|j)?(PRI[diouxX][0-9]+|[a-zA-Z])/)) {
				one = substr(text, RSTART + 1, RLENGTH - 1)
				text = substr(text, RSTART + RLENGTH)
				at = ++n
				if (match(one, /^[0-9]+\$/)) {
					at = substr(one, 1, RLENGTH - 1) + 0
					one = substr(one, RLENGTH + 1)
				}
				out[at] = one
			}
			return n
		}
		/^#/ || /^$/ { next }
		NF != 2 || $2 == "" { print FILENAME ":" FNR ": not KEY TAB TEXT"; next }
		$1 !~ /^[a-z0-9]+\.[a-z0-9_]+$/ { print $1 ": not AREA.NAME" }
		$2 ~ /%[-+ #0-9.*]*(z|ll|hh|j)[a-zA-Z]/ {
			print $1 ": msvcrt does not know this conversion; use PRI*64"
		}
		{ bare_text = $2; gsub(/\\\\/, "", bare_text) }
		bare_text ~ /\\([^n]|$)/ { print $1 ": only \\n and \\\\ are known" }
		$1 < last[FILENAME] { print $1 ": not in the order of the keys" }
		{ last[FILENAME] = $1 }
		FILENAME == ARGV[1] {
			if ($1 in en)
				print $1 ": twice in " FILENAME
			else if (bare($2) in by_text)
				print $1 ": the text of " by_text[bare($2)]
			en[$1] = $2
			by_text[bare($2)] = $1
			next
		}
		{
			if ($1 in ja)
				print $1 ": twice in " FILENAME
			ja[$1] = $2
			if (!($1 in en)) {
				print $1 ": only in " FILENAME
				next
			}
			split("", e)
			split("", j)
			if (conversions(en[$1], e) != conversions($2, j))
				print $1 ": not as many arguments in Japanese"
			for (i in e)
				if (e[i] != j[i])
					print $1 ": argument " i " is another"
		}
		END {
			for (k in en)
				if (!(k in ja))
					print k ": not in Japanese"
		}' $en $ja
	unused
	one_word || true
}

case $1 in
make)
	make_headers "$2"
	make_table "$2"
	;;
check)
	check | sort | mapfile -t faults
	test ${#faults[@]} -eq 0 || printf '%s\n' "${faults[@]}"
	test ${#faults[@]} -eq 0
	;;
esac
