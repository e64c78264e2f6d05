# The command line: help that names every command, and wrong words.
# SPDX-License-Identifier: Apache-2.0

gives 0 "help" agent --help
for c in scan inventory report targets pack vault; do
	says "help lists $c" "  $c "
done
for c in scan inventory report targets pack vault; do
	gives 0 "help of $c" agent $c --help
	says "help of $c" "Usage: mstmpsweep $c"
done
# The README's table and --help name the same commands and options.
agent --help | tr -d '\r' | sed -n 's/^  \([a-z]\{1,\}\)  *.*/\1/p' |
	sort >"$work/helped"
sed -n '/^## Commands/,/^## Exit/s/^| `\([a-z]*\)` |.*/\1/p' README.md |
	sort >"$work/readme"
same "README's commands are those of --help" "$work/helped" "$work/readme"
for c in $(cat "$work/helped"); do
	agent "$c" --help
done | tr -d '\r' | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | sort -u >"$work/known"
grep -o -e '--[a-z][a-z-]*' README.md | sort -u |
	comm -23 - "$work/known" | grep -vx -e '--version' >"$work/unknown"
: >"$work/none"
same "README names no option that is not there" "$work/none" "$work/unknown"

gives 0 "version" agent --version
says "version" "mstmpsweep 0."
gives 64 "no command" agent
gives 64 "unknown command" agent fixx
says "unknown command" "there is no command"
gives 64 "unknown option" agent scan --frobnicate
gives 64 "option of another command" agent targets --quick
gives 64 "missing value" agent scan --root
gives 64 "two targets" agent scan --root a --folder b
gives 64 "quick folder" agent scan --quick --folder "$(hp "$work")"
gives 64 "no number" agent scan --folder x --threads many
gives 64 "zero threads" agent scan --folder x --threads 0
gives 64 "bad map" agent scan --root x --map DD
gives 64 "map without root" agent scan --folder x --map D:=y
gives 64 "bad language" agent scan --folder x --lang fr
gives 64 "bad format" agent report --format pdf --db "$(hp "$work/x.db")"
gives 64 "stray word" agent scan here
gives 64 "pack without words" agent pack
gives 64 "pack of another kind" agent pack sell
# ---- as people type ----------------------------------------------------------
for words in /? -h '-?' --HELP HELP; do
	gives 0 "help: $words" agent "$words"
	says "help: $words" "Commands:"
done
for words in -v -V --Version; do
	gives 0 "version: $words" agent "$words"
	says "version: $words" "mstmpsweep 0."
done
for words in /? '-?' -h -H; do
	gives 0 "help of scan: $words" agent scan "$words"
	says "help of scan: $words" "Usage: mstmpsweep scan"
done
for words in help --help HELP; do
	gives 0 "$words plan" agent "$words" plan
	says "$words plan" "Usage: mstmpsweep plan"
done
# What the sentence offers the command takes.
if test "$host" = linux; then
	for c in scan plan fix undo 'vault list' inventory; do
		gives 64 "$c: no Windows" agent $c
		says "$c: no Windows" "give --root DIR"
		taken=$(agent ${c% *} --help | grep -c -e ' --folder ')
		check "$c: --folder is offered if it is taken" test \
			"$(grep -c -e '--folder' "$work/err")" = "$taken"
	done
fi
gives 0 "a command in capitals" agent PACK List
says "a command in capitals" "rules:"

# understands NEAREST WORD...: refused, and the nearest word is told
understands()
{
	gives 64 "${*:2}" agent "${@:2}"
	says "${*:2}: the nearest is told" "\"$1\""
}
understands scan scna
understands report REPROT
understands undo undoo
understands verify pack verfy
understands --quick scan --quik --folder x
understands --quick scan /quick
understands --db scan /DB:x
understands --root scan -root x
understands --exclude scan --excl x
gives 64 "nothing near" agent frobnicate
check "nothing near: none is made up" sh -c "! grep -q 'did you mean' '$work/err'"
# What a mail makes of two hyphens: one longer dash, or the first of two.
for dash in ‐ ‑ ‒ – — ― − ﹣ －; do
	gives 64 "a dash of a mail" agent scan "${dash}quick"
	says "a dash of a mail: the right word is named" "plain hyphens: --quick"
	# A pipe of Windows has the console's code page and escapes.
	test "$host" = linux || break
	says "a dash of a mail: so is this one" "\"${dash}quick\""
done
gives 64 "a hyphen and a dash" agent scan -–quick
says "a hyphen and a dash" "plain hyphens: --quick"
gives 64 "a dash before a command" agent –quick scan
says "a dash before a command" "a command comes first"
says "a dash before a command: it is told" "two plain hyphens"
for word in –-version —help -–help; do
	gives 64 "a dash alone" agent "$word"
	says "a dash alone: it is told" "two plain hyphens"
done
gives 64 "an option before a command" agent --quick scan
says "an option before a command" "a command comes first"
check "an option before a command: it has no dash" \
	sh -c "! grep -q 'mail or text' '$work/err'"
gives 64 "a path with a blank" agent scan --folder C:/Meine Sachen
says "a path with a blank" '"C:/Meine Sachen"'
# Options in capitals, their values as they are.
mkdir "$work/Upper"
gives 0 "options in capitals" agent SCAN --FOLDER "$(hp "$work/Upper")" \
	--DB="$(hp "$work/Upper.db")" --Lang en --Quiet
check "options in capitals: the store has that name" test -s "$work/Upper.db"

# ---- a quotation mark behind a backslash --------------------------------------
# What --exclude "C:\stuff\" --quick --lang ja is on Windows: one value.
# quoted WORD...: refused, and the way out is told
quoted()
{
	gives 64 "a quotation mark: $*" agent "$@"
	says "a quotation mark: $*" "backslash at the end"
}
quoted scan --folder "$(hp "$work/Upper")" --exclude 'C:\stuff" --quick --lang ja'
quoted scan --root 'E:" --quick'
for option in --folder --db --pack --key --threads --map --out --lang --format; do
	quoted scan "$option" 'D:=C:\x" --quick'
	quoted scan "$option=D:=C:\\x\" --quick"
	test "$host" = linux || break
done
quoted targets 'E:" --quiet'
quoted undo --vault 'E:\vault" --yes'

if test "$host" = linux; then
	gives 64 "live on linux" agent scan
	says "live on linux" "--root DIR"
fi
