# The command line: help that names every command, and wrong words.
# SPDX-License-Identifier: Apache-2.0

gives 0 "help" agent --help
for c in scan inventory report targets pack; do
	says "help lists $c" "  $c "
done
for c in scan inventory report targets pack; do
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
if test "$host" = linux; then
	gives 64 "live on linux" agent scan
	says "live on linux" "--root DIR"
fi
