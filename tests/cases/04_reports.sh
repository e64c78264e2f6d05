# Reports of one scan in every format.
# SPDX-License-Identifier: Apache-2.0

# ---- the inventory tells whose files they are -------------------------------
# A program with a version resource in the place of a known helper.
cp -a $pcs/infected-win7 "$work/pc"
cp build/win64/mstmpsweep64.exe "$work/pc/Program Files/Java/jre6/bin/jp2ssv.dll"
gives 0 "inventory" agent inventory --root "$(hp "$work/pc")" --format csv \
	--out "$(hp "$work/inv.csv")"
version=$(sed -n 's/^VERSION := //p' cross-build.mk)
# file_version, publisher, trust, known, key, last_write, finding_id
of_server() { grep -a "$1" "$work/inv.csv" | tr -d '\r' | cut -d, -f12-; }
printf '%s.0,%s,%s\n' "$version" 'The mstmpsweep authors,unchecked' \
	'Java plug-in 2 SSV helper,HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects\{DBC80044-A445-435B-BC74-9C25C1C588A9},2010-09-24T12:00:00Z,' \
	>"$work/want"
of_server 'jre6.bin.jp2ssv.dll' >"$work/got"
same "inventory: version, publisher, known, key, last write" \
	"$work/want" "$work/got"
check "inventory: what nobody knows is not called known" test \
	"$(of_server 'Shared.lib.dll' | cut -d, -f1-4)" = ",,unchecked,"
rm -rf "$work/pc"

# What it means is told by scan: the list has no verdict of its own.
gives 0 "inventory as text" agent inventory --root "$(hp $pcs/infected-win7)" \
	--lang en
says "inventory: it says what it is" "LIST: every registration"
for word in CLEAN FOUND "NOTHING FOUND" UNFINISHED MALICIOUS; do
	check "inventory: it does not say $word" sh -c \
		"! grep -q '$word' '$work/out'"
done
gives 0 "inventory for programs" agent inventory \
	--root "$(hp $pcs/infected-win7)" --format json
query :memory: "SELECT json_extract(j, '\$.scan.verdict') IS NULL,
	json_extract(j, '\$.scan.exit_code') IS NULL,
	json_extract(j, '\$.scan.findings'),
	json_array_length(j, '\$.inventory') > 0,
	(SELECT count(json_extract(value, '\$.finding_id'))
		FROM json_each(j, '\$.inventory'))
	FROM (SELECT '$(tr -d '\r' <"$work/out" | sed "s/'/''/g")' AS j)" \
	>"$work/got"
printf '1\t1\t0\t1\t0\n' >"$work/want"
same "inventory: nor does it tell programs one" "$work/want" "$work/got"

# ---- every format -----------------------------------------------------------
db=$work/s.db
gives 1 "scan" agent scan --root "$(hp $pcs/infected-win7)" --db "$(hp "$db")" --lang en
says "the text begins with the verdict" "FOUND"
says "the text names the file" "mstmp"
for format in text html json ndjson csv; do
	for what in findings inventory gaps; do
		gives 0 "$format of $what" agent report --db "$(hp "$db")" \
			--format $format --what $what --out "$(hp "$work/r.$format")"
		check "$format of $what is not empty" test -s "$work/r.$format"
	done
done
gives 1 "exit code of the scan" agent report --db "$(hp "$db")" --exit-code
gives 65 "a scan that is not there" agent report --db "$(hp "$db")" --scan 99
gives 0 "Japanese" agent report --db "$(hp "$db")" --lang ja --out "$(hp "$work/ja.txt")"
check "Japanese text is Japanese" grep -q "検出" "$work/ja.txt"
gives 0 "html" agent report --db "$(hp "$db")" --format html --out "$(hp "$work/r.html")"
check "html is one whole page" grep -q "</html>" "$work/r.html"
check "html loads nothing from elsewhere" sh -c "! grep -Eiq '(src|href)=.?(https?:)?//' '$work/r.html'"
gives 0 "json on a pipe" agent report --db "$(hp "$db")" --format json
check "json in a pipe is UTF-8" grep -q "太郎" "$work/out"
if command -v node >/dev/null; then
	check "json is JSON" node -e "JSON.parse(require('fs').readFileSync('$work/out','utf8'))"
fi

# ---- a slip of the hand -----------------------------------------------------------
# --out names what is no report: nothing is written over.
cp "$db" "$work/own.db"
cp "$db" "$work/other.db"
cp build/win64/mstmpsweep64.exe "$work/program"
cp "$pcs/infected-win7/Windows/System32/config/SOFTWARE" "$work/hive"
for kept in own.db other.db program hive; do
	cp "$work/$kept" "$work/$kept.before"
	gives 64 "$kept: report" agent report --db "$(hp "$work/own.db")" \
		--out "$(hp "$work/$kept")"
	says "$kept: the way out" "give another file name"
	gives 64 "$kept: scan" agent scan --folder "$(hp "$standins/near")" \
		--db "$(hp "$work/new.db")" --out "$(hp "$work/$kept")"
	check "$kept: it is as it was" cmp -s "$work/$kept" "$work/$kept.before"
done
check "no scan was begun" test ! -e "$work/new.db"
# The store that this scan makes is one, too.
agent scan --folder "$(hp "$standins/near")" --db "$(hp "$work/new.db")" \
	--out "$(hp "$work/new.db")" >"$work/out" 2>"$work/err"
says "the new store: the way out" "give another file name"
check "the new store: it is one" test \
	"$(query "$work/new.db" "SELECT count(*) FROM v_scan")" = 1
# A report may take the place of an older one.
for i in first second; do
	gives 0 "$i report" agent report --db "$(hp "$db")" --out "$(hp "$work/again.txt")"
done
