# What plan, fix and undo say in both languages and to programs, and how a
# part of a fix is taken back, or one whose store is lost.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

# fresh: an infected PC, scanned
fresh()
{
	rm -rf "$work/pc" "$work/db"
	mkdir "$work/db"
	cp -a $pcs/infected-win7 "$work/pc"
	pc=$work/pc
	db=$work/db/s.db
	on=(--root "$(hp "$pc")" --db "$(hp "$db")")
	agent scan --quiet "${on[@]}" >/dev/null 2>&1
}
is_back()
{
	check "$1: everything is back" "$tools/pccompare" "${vaults[@]}" \
		$pcs/infected-win7 "$pc" >/dev/null 2>&1
}
wanted_changes infected-win7 >"$work/all.txt"
# still_gone WHAT PATTERN...: all that fix changes but what these fit
still_gone()
{
	local what=$1

	shift
	changes $pcs/infected-win7 "$pc" >"$work/got.txt"
	printf '%s\n' "$@" | grep -vF -f - "$work/all.txt" >"$work/want.txt"
	same "$what" "$work/want.txt" "$work/got.txt"
}
# step TARGET: the number of the step whose target ends with that
step()
{
	query "$db" "SELECT seq FROM v_step WHERE target LIKE '%$1'"
}

# ---- for programs -------------------------------------------------------------
fresh
# steps JSON: number, whether it is picked, target, as SQLite reads them
steps()
{
	query "$db" "SELECT json_extract(value, '\$.seq'),
		json_extract(value, '\$.picked'),
		json_extract(value, '\$.target')
		FROM json_each('${1//\'/\'\'}')"
}
gives 1 "csv: plan" agent plan --all "${on[@]}" --format csv
tr -d '\r' <"$work/out" | awk -F, -v OFS='\t' \
	'NR > 1 { print $1, $10, $4 }' >"$work/csv.txt"
gives 1 "json: plan" agent plan --all "${on[@]}" --format json
steps "$(tr -d '\r' <"$work/out")" >"$work/json.txt"
gives 1 "ndjson: plan" agent plan --all "${on[@]}" --format ndjson
while IFS= read -r line; do
	steps "[$line]"
done < <(tr -d '\r' <"$work/out") >"$work/ndjson.txt"
same "json and csv tell the same steps" "$work/csv.txt" "$work/json.txt"
same "json and ndjson tell the same steps" "$work/json.txt" "$work/ndjson.txt"
check "they are all of them" test "$(wc -l <"$work/json.txt")" = 16

# ---- Japanese -------------------------------------------------------------------
# keep NAME: what the last command said, as people read it: a console of Windows
# that has no Japanese shows it as \u{4E00}
keep()
{
	local text code

	text=$(cat "$work/out" "$work/err")
	test "$host" = linux ||
		for code in $(grep -o 'u{[0-9A-F]*}' <<<"$text" | sort -u); do
			code=${code//[u{\}]/}
			text=${text//"\\u{$code}"/$(printf "\\u$code")}
		done
	printf '%s\n' "$text" >"$work/$1"
}

for lang in en ja; do
	fresh
	echo other >"$pc/Program Files/Shared/lib.dll"
	gives 1 "$lang: plan" agent plan --lang $lang "${on[@]}"
	keep plan.$lang
	gives 64 "$lang: fix asks" agent fix --lang $lang "${on[@]}" </dev/null
	gives 1 "$lang: fix" agent fix --yes --lang $lang "${on[@]}"
	keep fix.$lang
	echo new >"$pc/Program Files/Shared/lib.sig"
	gives 1 "$lang: undo" agent undo --yes --lang $lang "${on[@]}"
	keep undo.$lang
	rm "$pc/Program Files/Shared/lib.sig"
	gives 0 "$lang: the rest of undo" agent undo --yes --lang $lang \
		"${on[@]}"
done
# told FILE TEXT...: all of these stand in it
told()
{
	local file=$1 text

	shift
	for text; do
		check "$file says \"$text\"" grep -qF -- "$text" "$work/$file"
	done
}
told plan.en "PLAN for" "(UTC)" "NOT DONE" "Save and remove" malicious "Scan again"
told plan.ja 駆除計画 実行しません 保存してから削除する マルウェア \
	検査の後に変更されています
told fix.en " done: " " refused: " "11 done" "2 refused" "fix --resume"
told fix.ja " 完了: " " 実行せず: " "完了 11 件" "実行せず 2 件" "fix --resume"
told undo.en " undone: " " FAILED: " "put back" "1 not put back"
told undo.ja " 元に戻しました: " " 失敗: " "元に戻したもの 10 件" \
	"元に戻せず 1 件"
for what in plan fix undo; do
	check "$what: no English words in Japanese" sh -c \
		"! grep -E 'NOT DONE|malicious|done|refused|FAILED|Save' \
		'$work/$what.ja'"
done
# What bars all of it.
cp -a $pcs/filter-win7 "$work/whole"
whole=(--root "$(hp "$work/whole")" --db "$(hp "$work/whole.db")"
	--pack "$(hp signatures/mstmp)" --lang ja)
gives 1 "ja: scan with rules that are not signed" agent scan --quiet "${whole[@]}"
gives 1 "ja: plan of that" agent plan "${whole[@]}"
keep whole_plan.ja
told whole_plan.ja "実行できません: 有効な署名のない定義ファイルによる検出のため (mstmp)"
gives 65 "ja: fix of that" agent fix --yes "${whole[@]}"
keep whole_fix.ja
told whole_fix.ja "有効な署名のない定義ファイルによる検出のため (mstmp)"

# ---- one step, one finding, and then the rest ---------------------------------------
# partly WHAT OPTION NUMBER PATTERN...: undo of that part, then of the rest
partly()
{
	local what=$1

	gives 0 "$what: undo" agent undo --yes "${on[@]}" "$2" "$3"
	still_gone "$what: nothing else came back" "${@:4}"
	gives 0 "$what: undo of the rest" agent undo --yes "${on[@]}"
	is_back "$what"
}
class='{9E0C41A2-77D5-4B6B-9C1E-00A1B2C3D4E5}'
fresh
gives 0 "one file: fix" agent fix --yes "${on[@]}"
partly "one file" --step "$(step '\lib.dll')" 'Shared/lib.dll'
check "one file: its hives are as they were, to the byte" \
	unchanged $pcs/infected-win7 "$pc"
fresh
gives 0 "one key: fix" agent fix --yes "${on[@]}"
# The same file holds keys of other steps.
partly "one key" --step "$(step "Helper Objects\\$class")" \
	"Helper Objects\\$class"
fresh
gives 0 "one finding: fix" agent fix --yes "${on[@]}"
n=$(query "$db" "SELECT finding_id FROM v_finding WHERE path LIKE '%\\lib.dll'")
partly "one finding" --finding "$n" 'Shared/lib.' "$class"
gives 65 "one finding: nothing is left" agent undo --yes "${on[@]}" --finding "$n"

# ---- every saved key can be read, too -----------------------------------------------
fresh
gives 0 "reg: fix" agent fix --yes "${on[@]}"
vault=$pc/ProgramData/mstmpsweep/vault
query "$db" "SELECT printf('%04d', seq), replace(replace('[' || target || ']',
	'[HKLM', '[HKEY_LOCAL_MACHINE'), '[HKU', '[HKEY_USERS') FROM v_step
	WHERE action = 'remove_key' AND state = 'verified' ORDER BY seq" \
	>"$work/want.txt"
for file in "$vault"/*.reg; do
	n=${file%.reg}
	check "reg: $(basename "$file") lies beside its item" test -s "$n.mqv"
	check "reg: it has its mark of UTF-16" test \
		"$(head -c 2 "$file" | od -An -tx1 | tr -d ' ')" = fffe
	iconv -f UTF-16 -t UTF-8 "$file" | tr -d '\r' >"$work/reg.txt"
	check "reg: regedit knows it" test "$(head -1 "$work/reg.txt")" = \
		"Windows Registry Editor Version 5.00"
	printf '%s\t%s\n' "${n##*-}" "$(grep -m1 '^\[' "$work/reg.txt")"
done >"$work/got.txt"
same "reg: one for each key, which it names" "$work/want.txt" "$work/got.txt"
check "reg: there are keys" test "$(wc -l <"$work/want.txt")" -ge 8

# ---- the store is lost while fix runs -------------------------------------------------
# It has a step of that number already. (Other moments: unit fixer.)
if command -v sqlite3 >/dev/null; then
	fresh
	sqlite3 "$db" "INSERT INTO step (fix_id, seq, action, target, state)
		VALUES (1, 1, 'remove_key', 'HKLM', 'planned')"
	gives 0 "lost: fix" agent fix --yes "${on[@]}"
	says "lost: fix tells it" "the store \"$(hp "$db")\" cannot be used"
	check "lost: once" test "$(grep -cF "cannot be used" "$work/err")" = 1
	still_gone "lost: all was done" none
	check "lost: the store knows no fix" test "$(query "$db" \
		"SELECT count(*) FROM fix")" = 0
	rm -f "$db"*
	gives 0 "lost: undo by the vault alone" agent undo --yes "${on[@]}"
	is_back lost
else
	skip "sqlite3 is not installed: no store is lost"
fi
