# Hives of a Windows that was switched off hard: what stands in their logs is
# found, removed and brought back; what cannot be used of them is one gap, and
# such a hive is not changed.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

classes=Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat
clean=$pcs/base-win7/$classes
infected=$pcs/infected-win7/$classes

# dirty KIND BEFORE AFTER CODE: the infected PC with such a hive of the user,
# scanned; 3: found, and incomplete
dirty()
{
	pc=$work/$1
	db=$work/$1.db
	hive=$pc/$classes
	on=(--root "$(hp "$pc")" --db "$(hp "$db")")
	cp -a $pcs/infected-win7 "$pc"
	check "$1: the hive is made" "$tools/mkdirty" "${1%%-*}" "$2" "$3" "$hive"
	sum=$(sha256sum <"$hive")
	gives "$4" "$1: scan" agent scan --quick --quiet "${on[@]}"
}

# filters: findings of the filter, which is in that hive alone
filters()
{
	query "$db" "SELECT count(*) FROM v_finding WHERE point = 'mime_filter'
		AND user_name LIKE '%太郎%' AND verdict = 'malicious'
		AND scan_id = (SELECT max(scan_id) FROM v_scan)"
}

# told KIND REASON...: the gaps of the hive and its file, one for each REASON
told()
{
	query "$db" "SELECT kind, matters, reason FROM v_gap
		WHERE (path LIKE '%UsrClass.dat' OR path LIKE 'HKU%_Classes')
		AND scan_id = (SELECT max(scan_id) FROM v_scan)" >"$work/got.tsv"
	printf '%s\t1\t%s\n' "$@" >"$work/want.tsv"
	test $# -gt 0 || : >"$work/want.tsv"
	same "$(basename "$pc"): gaps of the hive" "$work/want.tsv" "$work/got.tsv"
}

# not_changed WHY: fix leaves the hive as it is, and says why
not_changed()
{
	gives 1 "$(basename "$pc"): fix" agent fix --yes "${on[@]}"
	says "$(basename "$pc"): fix says why" "is not edited here: $1"
	says "$(basename "$pc"): fix names the way out" "in the running Windows"
	check "$(basename "$pc"): the hive stays as it was" \
		test "$sum" = "$(sha256sum <"$hive")"
}

# ---- logs that begin later than the numbers of the hive ------------------------
dirty later "$clean" "$infected" 1
check "later: the filter is found" test "$(filters)" = 1
told
gives 0 "later: fix" agent fix --yes "${on[@]}"
check "later: the filter is gone" sh -c \
	"! '$tools/hivedump' '$hive' - - - | grep -q 'text/html'"
gives 0 "later: undo" agent undo --yes "${on[@]}"
check "later: the hive is as it was, to the byte" \
	test "$sum" = "$(sha256sum <"$hive")"
agent scan --quick --quiet "${on[@]}" >"$work/out" 2>"$work/err"
check "later: the filter is found again" test "$(filters)" = 1

# ---- logs that cannot be used --------------------------------------------------
why="the hive was not closed properly and its transaction log cannot be used:"
dirty older "$clean" "$infected" 3
told hive_logs_missing "$why it is older than the hive"
dirty lies "$clean" "$infected" 3
told hive_logs_missing "$why an entry of it is damaged"
dirty older-fix "$infected" "$infected" 3
check "older: the filter is found" test "$(filters)" = 1
not_changed "$why it is older than the hive"

# ---- a base block that is damaged ----------------------------------------------
why="the base block of the hive is damaged"
dirty base "$infected" "$infected" 3
check "base: the filter is found" test "$(filters)" = 1
told hive_damaged "$why and there is no transaction log with it"
not_changed "$why"
