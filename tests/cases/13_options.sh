# Options of scan: what is left out, how many threads, and progress.
# SPDX-License-Identifier: Apache-2.0

# excluded DB: places and patterns left out
excluded()
{
	query "$1" "SELECT path FROM v_gap WHERE kind = 'excluded' ORDER BY 1"
}

# ---- --exclude --------------------------------------------------------------
# A file without a registration: with its folder left out nothing is found.
temp=Users/太郎/AppData/Local/Temp
cp -a $pcs/base-win7 "$work/pc"
mkdir -p "$work/pc/$temp"
cp "$standins/hits/mstmp_in_temp/Users/Taro/AppData/Local/Temp/mstmp" "$work/pc/$temp/"
pc=$(hp "$work/pc")
gives 1 "nothing left out" agent scan --lang en --root "$pc" --db "$(hp "$work/a.db")"
check "nothing left out: no gap says so" test -z "$(excluded "$work/a.db")"
gives 2 "profiles left out" agent scan --lang en --root "$pc" \
	--db "$(hp "$work/b.db")" --exclude 'C:\Users\**'
findings "$work/b.db" >"$work/got"
check "what lies there is not found" test ! -s "$work/got"
excluded "$work/b.db" >"$work/gaps"
check "the pattern is a gap" grep -qxF 'C:\Users\**' "$work/gaps"
check "a folder that was left out is one" grep -qxF 'C:\Users\太郎' "$work/gaps"
matters()
{
	query "$1" "SELECT path FROM v_gap WHERE kind = 'excluded' AND matters = 1 ORDER BY 1"
}
check "a known place is one that matters" grep -qxF "C:\\${temp//\//\\}" <<<"$(matters "$work/b.db")"
check "the pattern and other folders do not matter" test -z \
	"$(matters "$work/b.db" | grep -xF -e 'C:\Users\**' -e 'C:\Users\太郎')"
tr -d '\r' <"$work/out" >"$work/text"
check "the report says the pattern once" test "$(grep -cF 'C:\Users\**' "$work/text")" = 1
check "it does so in its head, after the verdict" \
	test "$(sed '/^$/q' "$work/text" | grep -cF 'C:\Users\**')" = 1
check "it lists what matters only" \
	test -z "$(grep -xF '  C:\Users\太郎' "$work/text")"
# The console of Wine has not all letters.
check "it lists what matters" grep -q 'AppData.Local.Temp$' "$work/text"
# A file by its name, with / and no case; the rest is found as ever.
agent scan --lang en --root "$(hp $pcs/infected-win7)" --db "$(hp "$work/c.db")" >/dev/null 2>&1
gives 3 "two patterns" agent scan --lang en --root "$(hp $pcs/infected-win7)" \
	--db "$(hp "$work/d.db")" --exclude '**/0.????????????????.SWF' \
	--exclude 'C:/Users/*/appdata/locallow/sun/**'
findings "$work/c.db" | grep -v -e '\.swf' -e 'LocalLow.Sun' >"$work/want"
findings "$work/d.db" >"$work/got"
same "two patterns: what they match is gone, all else is found" "$work/want" "$work/got"
check "two patterns: the file is a gap that matters" grep -q '\\Temp\\0\.[0-9]*\.swf$' <<<"$(matters "$work/d.db")"
# A registration is no file: what it points to may be left out, it is not.
gives 3 "everything left out" agent scan --lang en --root "$(hp $pcs/infected-win7)" \
	--db "$(hp "$work/e.db")" --exclude '**'
check "everything left out: no file is opened" \
	test "$(query "$work/e.db" "SELECT files_scanned FROM v_scan")" = 0
check "everything left out: the registrations are judged" \
	grep -q "^malicious.*reg_text_html_monkif_label" <<<"$(findings "$work/e.db")"

check "everything left out: the server of an extension point matters" \
	grep -qxF "$(query "$work/e.db" "SELECT server_path FROM v_inventory
		WHERE file_exists = 1 ORDER BY 1 LIMIT 1")" <<<"$(matters "$work/e.db")"

# ---- patterns that fit nothing, and those that the help shows -------------------
mkdir -p "$work/f/OneDrive" "$work/f/Data"
echo x | tee "$work/f/OneDrive/a.txt" "$work/f/b.txt" "$work/f/Data/c.txt" >"$work/f/d.iso"
on=(--folder "$(hp "$work/f")" --db "$(hp "$work/f.db")")
unused=(OneDrive '*.txt' 'C:\OneDrive\**')
gives 0 "patterns that fit nothing" agent scan --quiet "${on[@]}" --exclude "${unused[0]}" \
	--exclude "${unused[1]}" --exclude "${unused[2]}"
for pattern in "${unused[@]}"; do
	says "patterns that fit nothing" "--exclude \"$pattern\" fitted nothing"
done
query "$work/f.db" "SELECT files_scanned, gaps FROM v_scan" >"$work/got"
agent scan --quiet --lang ja --folder "$(hp "$work/f")" --db "$(hp "$work/ja.db")" \
	--exclude OneDrive >/dev/null 2>"$work/err"
check "in Japanese, too" sh -c "grep -q OneDrive '$work/err' && ! grep -q fitted '$work/err'"
printf '4\t0\n' >"$work/want"
same "all was read, and none is a gap" "$work/want" "$work/got"
for pattern in '**' '\**' '\*'; do
	gives 2 "a folder without $pattern" agent scan --quiet "${on[@]}" --exclude "$pattern"
done
# More than a store lists one by one: the pattern is told all the same.
mkdir "$work/f/many"
(cd "$work/f/many" && seq 20100 | xargs touch)
gives 0 "many left out" agent scan "${on[@]}" --lang en --exclude '\many\*'
says "many left out" '(--exclude): \many\*'
rm -r "$work/f/many"
agent scan --help | tr -d '\r' | grep -o '"[^" ]*\*[^" ]*"' | tr -d '"' >"$work/shown"
check "the help shows patterns" test "$(grep -vc '^\\' "$work/shown")" -eq 3
cp -r "$work/f/." "$work/pc/"
words=()
while read -r pattern; do
	words+=(--exclude "$pattern")
done < <(grep -v '^\\' "$work/shown")
gives 1 "patterns of the help" agent scan --quiet --root "$pc" --db "$(hp "$work/g.db")" "${words[@]}"
query "$work/g.db" "SELECT path FROM v_gap WHERE reason = 'named with --exclude'" |
	sort >"$work/got"
grep -v '^\\' "$work/shown" | sort >"$work/want"
same "each of them leaves something out" "$work/want" "$work/got"
check "and says nothing" test ! -s "$work/err"
gives 0 "the pattern for a folder" agent scan --quiet "${on[@]}" --exclude \
	"$(grep '^\\' "$work/shown")"
check "it says nothing" test ! -s "$work/err"

# ---- --threads --------------------------------------------------------------
for n in 1 8; do
	gives 1 "$n threads" agent scan --root "$(hp $pcs/infected-win7)" \
		--threads $n --db "$(hp "$work/t$n.db")"
	facts "$work/t$n.db" >"$work/facts$n"
done
same "8 threads give the facts that 1 gives" "$work/facts1" "$work/facts8"

# ---- progress ---------------------------------------------------------------
if test "$host" = linux && command -v script >/dev/null; then
	mkdir "$work/big"
	{
		printf MZ
		head -c 8000000 /dev/urandom
	} >"$work/big/0"
	for i in $(seq 1 60); do
		ln "$work/big/0" "$work/big/$i"
	done
	line='[0-9] %  [0-9]* files  [0-9.]* GB'
	script -qec "build/linux/mstmpsweep scan --folder '$work/big' --threads 1 --db '$work/p.db'" \
		/dev/null >"$work/out" 2>&1 </dev/null
	check "a terminal shows progress" grep -q "$line" "$work/out"
	script -qec "build/linux/mstmpsweep scan --quiet --folder '$work/big' --threads 1 --db '$work/p.db'" \
		/dev/null >"$work/out" 2>&1 </dev/null
	check "not when it is to be quiet" test ! -s "$work/out"
	gives 0 "in a pipe" build/linux/mstmpsweep scan --folder "$work/big" --threads 1 --db "$work/p.db"
	check "a pipe shows none" sh -c "! cat '$work/out' '$work/err' | grep -q '$line'"
else
	skip "progress on a terminal is shown on linux, with util-linux's script"
fi
