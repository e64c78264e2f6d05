# With --lang ja no English sentence is left: commands, help, errors.
# SPDX-License-Identifier: Apache-2.0

# Names that stand as they are in Japanese, too.
names='Windows PE|Internet Explorer|Browser Helper Objects?|Windows about: handler'
names="$names|(Microsoft )?Windows (XP|7|10) ?(Professional|Pro)?( Service Pack)?"
# What SQLite and libyara say, and what a pack calls a program.
names="$names|\\(SQLite [0-9]+: [^)]*\\)|syntax error, unexpected|\\[(既知|[|]+): [^]]*\\]"
# english FILE: its lines with three words of English or more in a row, outside
# of quotes; escapes of a console's code page are letters of Japanese
english()
{
	# Wine may have something to say of its own.
	tr -d '\r' <"$1" | grep -v '^wine: ' >"$work/lines"
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

# ---- errors ------------------------------------------------------------------------
none=$(hp "$work/none")
japanese "pack test, no such corpus" agent pack test --hits "$none"
japanese "pack list of no pack" agent pack list "$none"
japanese "pack list of a damaged pack" agent pack list "$(hp "$work/program.exe")"
japanese "a key that is not there" agent pack list --key "$none" "$(hp signatures/mstmp)"
japanese "a damaged pack" agent scan --folder "$(hp "$work/empty")" \
	--pack "$(hp "$work/program.exe")" --db "$(hp "$work/s.db")"
printf 'rule x { condition: and }\n' >"$work/bad.yar"
japanese "a rule that is none" agent pack test "$(hp "$work/bad.yar")"
japanese "no root" agent scan --root "$none" --db "$(hp "$work/s.db")"
japanese "a root without Windows" agent scan --root "$(hp "$work/empty")" --db "$(hp "$work/s.db")"
japanese "a root that is a file" agent scan --root "$(hp "$work/program.exe")" --db "$(hp "$work/s.db")"
japanese "no folder" agent scan --folder "$none" --db "$(hp "$work/s.db")"
cp "$work/program.exe" "$work/text.db"
mkdir "$work/dir.db"
printf '\x00\x00\x03\xe7' >"$work/epoch"
for command in "scan --folder $(hp "$work/empty")" report \
	"plan --root $(hp $pcs/base-win7)" "fix --yes --root $(hp $pcs/base-win7)" \
	"undo --yes --root $(hp $pcs/base-win7)"; do
	what=${command%% *}
	test "$what" = scan || japanese "$what: no store" agent $command --db "$(hp "$work/none.db")"
	japanese "$what: a store in no folder" agent $command --db "$(hp "$work/none/s.db")"
	japanese "$what: no database" agent $command --db "$(hp "$work/text.db")"
	japanese "$what: a folder" agent $command --db "$(hp "$work/dir.db")"
done
japanese "no vault" agent vault list --vault "$none"
japanese "vault format" agent vault list --format csv
japanese "plan format" agent plan --format html
japanese "what" agent report --what all
japanese "--out in no folder" agent pack list --out "$(hp "$work/none/x")"

# ---- scan, plan, fix, undo -----------------------------------------------------------
# whole NAME: a scan of that PC, what it found, fix and undo; $pc is a copy
whole()
{
	pc=$work/$1
	cp -a "$pcs/$1" "$pc"
	on=(--root "$(hp "$pc")" --db "$(hp "$work/$1.db")")
	${2-:}
	japanese "$1: scan" agent scan "${on[@]}"
	for what in findings inventory gaps traces steps; do
		japanese "$1: report of $what" agent report --what $what "${on[@]:2}"
	done
	japanese "$1: plan" agent plan --all "${on[@]}"
	japanese "$1: fix that asks" agent fix "${on[@]}"
	japanese "$1: fix" agent fix --yes "${on[@]}"
	japanese "$1: fix again" agent fix --yes "${on[@]}"
	japanese "$1: nothing to resume" agent fix --yes --resume "${on[@]}"
	japanese "$1: report after fix" agent report --what steps "${on[@]:2}"
	japanese "$1: vault" agent vault list --root "$(hp "$pc")"
	japanese "$1: plan after fix" agent plan "${on[@]}"
	japanese "$1: undo of no finding" agent undo --yes --finding 99 "${on[@]}"
	japanese "$1: undo" agent undo --yes "${on[@]}"
	japanese "$1: undo again" agent undo --yes "${on[@]}"
	japanese "$1: plan after undo" agent plan "${on[@]}"
	japanese "$1: report after undo" agent report "${on[@]:2}"
}
# What cannot be examined, of many kinds.
gaps()
{
	local user=$pc/Users/太郎

	head -c 5000 "$user/NTUSER.DAT" >"$work/cut"
	cat "$work/cut" >"$user/NTUSER.DAT"
	printf 'MSCF\0\0\0\0\377\377\0\0' >"$user/a.cab"
	printf 'PK\3\4\24\0\1\0\10\0' >"$user/a.zip"
	head -c 70000 /dev/urandom >"$user/odd"
	ln -s nowhere "$user/link"
	test "$host" != linux || mkfifo "$user/fifo"
}
whole infected-win7
# The same words on every host.
if test "$host" = linux; then
	whole infected-xp
	whole planted-win7
	whole base-win7 gaps
	whole damaged-win7
fi
# A page: what stands between its tags.
agent report --lang ja --format html --db "$(hp "$work/infected-win7.db")" \
	>"$work/page" 2>"$work/err"
sed -e '1,/<\/style>/d' -e 's/<[^>]*>/|/g' -e 's/&quot;/"/g' "$work/page" >"$work/said"
english "$work/said" >"$work/found"
check "a page: nothing in English" test ! -s "$work/found"
check "a page: there is one" grep -q 'KEIRI-PC07' "$work/said"
cat "$work/found"
# Stores that are not as we leave them.
cp "$work/infected-win7.db" "$work/newer.db"
printf '\x00\x00\x03\xe7' | dd of="$work/newer.db" bs=1 seek=60 conv=notrunc status=none
head -c 3000 "$work/infected-win7.db" >"$work/cut.db"
cp "$work/infected-win7.db" "$work/planted.db"
if command -v sqlite3 >/dev/null; then
	sqlite3 "$work/planted.db" "CREATE TRIGGER t AFTER INSERT ON scan BEGIN SELECT 1; END"
fi
for name in newer cut planted; do
	for command in report "plan --root $(hp "$pcs/infected-win7")"; do
		japanese "$name: ${command%% *}" agent $command --db "$(hp "$work/$name.db")"
	done
done
japanese "a folder" agent scan --folder "$(hp "$work/infected-win7")" \
	--db "$(hp "$work/f.db")" --exclude nothing --exclude '**\Temp\**'
japanese "inventory" agent inventory --root "$(hp "$work/infected-win7")"
japanese "a scan of another PC" agent report --root "$(hp $pcs/infected-xp)" \
	--db "$(hp "$work/infected-win7.db")"
japanese "a store of another PC" agent plan --root "$(hp $pcs/infected-xp)" \
	--db "$(hp "$work/infected-win7.db")"
