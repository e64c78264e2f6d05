# With --lang ja no English sentence is left: commands, help, errors.
# SPDX-License-Identifier: Apache-2.0

# Names that stand as they are in Japanese, too.
names='Windows PE|Internet Explorer|Browser Helper Objects?|Windows Embedded'
names="$names|Windows (XP|7|10) (Professional|Pro|Enterprise|Home)"
# english FILE: its lines with three words of English or more in a row, outside
# of quotes; escapes of a console's code page are letters of Japanese
english()
{
	tr -d '\r' <"$1" >"$work/lines"
	sed -E -e 's/^mstmpsweep: //' -e 's/\\[ux]\{[0-9A-F]+\}/|/g' -e 's/\t/ /g' \
		-e 's/"[^"]*"/|/g' -e 's/「[^」]*」/|/g' -e "s/$names/|/g" \
		"$work/lines" | paste - "$work/lines" | LC_ALL=C awk -F '\t' '{
			gsub(/[\200-\377]/, "|", $1)
			n = split($1, word, / +/)
			run = 0
			for (i = 1; i <= n && run < 3; i++)
				run = word[i] ~ /^[(]?[A-Za-z][A-Za-z'\''-]*[,.;:)?!]*$/ ? \
					run + 1 : 0
			if (run >= 3)
				print $2
		}'
}
# The finder itself.
cat >"$work/english" <<'TEXT'
mstmpsweep: cannot open "/x": access was denied
読み取れません: it is not there
TEXT
cat >"$work/japanese" <<'TEXT'
mstmpsweep: "access was denied to it" を読み取れません
  --root DIR           DIR にある Windows を検査します
記録「this is a name」 (Internet Explorer)
\u{8A18}\u{9332} \u{306E} x
使い方: mstmpsweep pack list|verify|test|build [PATH] [オプション]
TEXT
english "$work/english" >"$work/found"
same "a sentence in English is found" "$work/english" "$work/found"
english "$work/japanese" >"$work/found"
check "names and quoted words are none" test ! -s "$work/found"

# japanese WHAT COMMAND...: what it says, with --lang ja, is Japanese
japanese()
{
	local what=$1

	shift
	"$@" --lang ja >"$work/out" 2>"$work/err" </dev/null
	cat "$work/out" "$work/err" >"$work/said"
	english "$work/said" >"$work/found"
	check "$what: it says something in Japanese" \
		env LC_ALL=C grep -qE -e $'[\x80-\xff]' -e '\\u\{' "$work/said"
	check "$what: nothing in English" test ! -s "$work/found"
	cat "$work/found"
}

# ---- help ----------------------------------------------------------------------
for word in --help /? -h help; do
	japanese "$word" agent "$word"
done
japanese "no command" agent "" # which is none
agent --help --lang en | tr -d '\r' | sed -n 's/^  \([a-z]\{1,\}\)  *.*/\1/p' \
	>"$work/commands"
while read -r command; do
	for word in --help /?; do
		japanese "help of $command" agent "$command" "$word"
	done
	japanese "help $command" agent help "$command"
done <"$work/commands"
check "every command was looked at" test "$(wc -l <"$work/commands")" -ge 9
gives 0 "the last --lang is the one" agent scan --help --lang ja --lang=en
says "the last --lang is the one" "Usage:"
gives 0 "behind -- nothing is an option" agent --help -- --lang ja
says "behind -- nothing is an option" "Usage:"
if test "$host" = linux; then
	gives 0 "the system's language" env LC_ALL=ja_JP.UTF-8 \
		build/linux/mstmpsweep --help
	says "the system's language" "使い方:"
	gives 64 "the system's language, not a wrong one" env LC_ALL=ja_JP.UTF-8 \
		build/linux/mstmpsweep scan --folder x --lang fr
	says "the system's language, not a wrong one" "使えません"
fi

# ---- wrong words ---------------------------------------------------------------
japanese "unknown command" agent frobnicate
japanese "near command" agent scna
japanese "an option before a command" agent --quick scan
for dash in ― －; do
	japanese "a dash before a command" agent "${dash}quick" scan
	japanese "a dash of a mail" agent scan "${dash}quick"
	japanese "a dash of a mail, nothing near" agent scan "${dash}xyzzy"
done
japanese "unknown option" agent scan --frobnicate
japanese "near option" agent scan --quik
japanese "no value" agent scan --lang=ja --root
japanese "a value too many" agent scan --quick=x
japanese "no number" agent scan --folder x --threads many
japanese "no number of a step" agent plan --step many
japanese "bad map" agent scan --root x --map DD
japanese "map without root" agent scan --map D:=y
japanese "windows without root" agent scan --windows y
japanese "two targets" agent scan --root a --folder b
japanese "quick and full" agent scan --quick --full
japanese "quick folder" agent scan --quick --folder x
japanese "resume and step" agent fix --resume --step 1
japanese "stray word" agent scan here
japanese "stray words" agent scan --folder C:/Meine Sachen
japanese "a quotation mark" agent scan --folder 'E:\x" --quick'
japanese "a quotation mark in a word" agent targets 'E:\x" --quick'
japanese "pack without words" agent pack
japanese "pack of another kind" agent pack sell
japanese "pack of a near kind" agent pack verfy
japanese "bad format" agent report --format pdf
japanese "bad format of targets" agent targets --format csv
test "$host" = linux || japanese "a device" agent targets --out nul.txt
if test "$host" = linux; then
	japanese "no Windows" agent scan
	japanese "no Windows for plan" agent plan
fi

# ---- targets, pack ---------------------------------------------------------------
japanese "targets" agent targets "$(hp $pcs/infected-win7)"
says "targets" "KEIRI-PC07"
mkdir "$work/empty"
japanese "no target" agent targets "$(hp "$work/empty")"
echo MZ >"$work/program.exe"
japanese "--out is a program" agent targets --out "$(hp "$work/program.exe")"
japanese "pack list" agent pack list
japanese "pack verify" agent pack verify
japanese "pack build without a folder" agent pack build

# ---- what is wrong with a pack ----------------------------------------------------
bad=$work/bad
cp -r signatures/example-toolbar "$bad"
sed -i 's/point: toolbar/point: Toolbar/; s/"extension_button"/"button"/' \
	"$bad/rules/registrations.yar"
sed -i 's/"EXE"/"PE"/; s/unless = "[^"]*"/unless = "none"/' "$bad/rules/names.yar"
sed -i 's/%APPDATA%/%ROAMING%/' "$bad/places.tsv"
sed -i 's/^url_search_hook/UrlSearchHook/' "$bad/known.tsv"
sed -i 's/^rule.kanban_place/rule.kanban_plaza/' "$bad/texts.tsv"
sed -i 's/^title_ja/titel_ja/; s/^version:.*/version: 1/' "$bad/pack.txt"
mkdir "$work/corpus"
printf 'object=registration\npoint=BHO\nobjekt=file\n' >"$work/corpus/a.txt.vars"
echo text >"$work/corpus/a.txt"
japanese "pack test" agent pack test --strict --hits "$(hp "$work/corpus")" "$(hp "$bad")"
check "pack test: it told much" test "$(wc -l <"$work/out")" -ge 12
japanese "pack test, nothing wrong" agent pack test --strict
