# A verdict is never older than the last change: what a fix did is no plan any
# more, and what undo put back makes every scan before it old.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh
. tests/cases/held.sh

# fresh PC: a copy of it in $pc that is scanned into $db
fresh()
{
	rm -rf "$work/pc" "$work/db"
	mkdir "$work/db"
	cp -a "$pcs/$1" "$work/pc"
	pc=$work/pc
	db=$work/db/s.db
	on=(--root "$(hp "$pc")" --db "$(hp "$db")")
	gives 1 "$1: scan" agent scan --quick --quiet --lang en "${on[@]}"
}
# counts WHAT NUMBER SQL: of the store
counts()
{
	check "$1: $2" test "$(query "$db" "$3")" = "$2"
}

# ---- what is gone is no step --------------------------------------------------
fresh filter-win7
gives 0 "fix" agent fix --yes --lang en "${on[@]}"
says "fix: it did three things" "3 done."
gives 0 "gone: plan" agent plan --lang en "${on[@]}"
says "gone: plan says that nothing is left" "nothing is left to do"
check "gone: and no step" sh -c "! grep -q 'NOT DONE\\|Nothing has been' '$work/out'"
gives 0 "gone: fix" agent fix --yes --lang en "${on[@]}"
says "gone: fix says that nothing is left" "nothing is left to do"
counts "gone: fixes entered" 1 "SELECT count(*) FROM fix"
gives 0 "gone: undo" agent undo --yes --lang en "${on[@]}"
says "gone: undo puts back what the first fix took" "3 put back."
says "gone: undo tells that the PC is as bad as before" "there again: scan again"
check "gone: everything is back" unchanged $pcs/filter-win7 "$pc"
gives 65 "gone: no second fix is left to undo" agent undo --yes --lang en "${on[@]}"
# One of three was gone before: two are done, and two come back.
fresh filter-win7
rm "$pc/ProgramData/mstmp"
gives 0 "one gone: fix" agent fix --yes --lang en "${on[@]}"
says "one gone: it says what it did" "2 done, 1 not there any more."
gives 0 "one gone: undo" agent undo --yes --lang en "${on[@]}"
says "one gone: it says what it put back" "2 put back."

# ---- fix, scan, undo; then report, plan, fix ------------------------------------
# out_of_date WHAT [OPTION...]: report, plan and fix know, and change nothing
out_of_date()
{
	local what=$1

	shift
	cp -a "$pc" "$work/before"
	gives 0 "$what: report" agent report --lang en "${on[@]}" "$@"
	check "$what: it heads with OUT OF DATE" sh -c \
		"head -1 '$work/out' | grep -q '^OUT OF DATE: since this scan undo'"
	gives 2 "$what: its exit code" agent report --exit-code "${on[@]}" "$@"
	gives 65 "$what: plan" agent plan --lang en "${on[@]}"
	says "$what: plan asks for a scan" "scan again"
	gives 65 "$what: fix" agent fix --yes --lang en "${on[@]}"
	says "$what: fix asks for a scan" "scan again"
	check "$what: nothing was changed" "$tools/pccompare" --hives-exact \
		"${vaults[@]}" "$work/before" "$pc"
	rm -rf "$work/before"
}
fresh filter-win7
gives 0 "path: fix" agent fix --yes "${on[@]}"
gives 0 "path: report of the fix" agent report --lang en "${on[@]}"
says "path: it tells what fix did" "Fix:          done"
gives 0 "path: scan" agent scan --quick --quiet "${on[@]}"
gives 0 "path: report" agent report --lang en --exit-code "${on[@]}"
says "path: nothing is found" "NOTHING FOUND"
gives 0 "path: undo" agent undo --yes "${on[@]}"
out_of_date path
gives 0 "path: the store alone" agent report --lang en --db "$(hp "$db")"
says "path: the store alone knows" "OUT OF DATE"
gives 0 "path: for programs" agent report --format json "${on[@]}"
says "path: programs are told" '"out_of_date": "undo"'
gives 0 "path: as a page" agent report --format html --lang ja "${on[@]}"
says "path: the page tells it" "古い結果: "
gives 65 "path: plan in Japanese" agent plan --lang ja "${on[@]}"
gives 1 "path: a new scan" agent scan --quick --quiet "${on[@]}"
gives 1 "path: it counts" agent report --lang en --exit-code "${on[@]}"
check "path: nothing is said of age" sh -c "! grep -q 'OUT OF DATE' '$work/out'"
gives 1 "path: plan" agent plan "${on[@]}"
gives 0 "path: fix again" agent fix --yes "${on[@]}"
# With another store, which is not there: the vault's journal knows.
gives 0 "other store: scan" agent scan --quick --quiet "${on[@]}"
gives 0 "other store: undo" agent undo --yes "${on[@]:0:2}" \
	--db "$(hp "$work/none.db")"
check "other store: none was made" test ! -e "$work/none.db"
out_of_date "other store"
# One saved item put back is an undo, too.
gives 1 "one item: scan" agent scan --quick --quiet "${on[@]}"
gives 0 "one item: fix" agent fix --yes "${on[@]}"
gives 0 "one item: scan of that" agent scan --quick --quiet "${on[@]}"
item=$(grep -l . "$pc"/ProgramData/mstmpsweep/vault/*-0002.mqv | tail -1)
gives 0 "one item: undo" agent undo --yes "${on[@]:0:2}" --vault "$(hp "$item")"
out_of_date "one item"

# While undo is at work nobody can know what a scan beside it has seen.
fresh filter-win7
gives 0 "beside: fix" agent fix --yes "${on[@]}"
if test "$host" != linux; then
	skip "beside: nothing holds a program under Wine at a file"
elif held '*-0002.mqv' build/linux/mstmpsweep undo --yes --root "$pc" \
	--db "$work/none.db"; then
	gives 65 "beside: plan waits" agent plan --lang en "${on[@]}"
	says "beside: it says why" "at work"
	agent scan --quick --quiet "${on[@]}" >"$work/out2" 2>&1
	kill -CONT $pid
	wait $pid
	rc=$?
	check "beside: undo ends with 0, not $rc" test $rc -eq 0
	out_of_date beside
fi

# ---- a fix overtakes only what it worked on ----------------------------------------
fresh infected-win7
one=$(query "$db" "SELECT min(finding_id) FROM v_finding WHERE verdict = 'malicious'")
two=$(query "$db" "SELECT max(finding_id) FROM v_finding WHERE verdict = 'malicious'")
gives 0 "in parts: the first" agent fix --yes "${on[@]}" --finding "$one"
gives 65 "in parts: the first once more" agent fix --yes --lang en "${on[@]}" \
	--finding "$one"
says "in parts: it asks for a scan" "scan again"
gives 65 "in parts: a step of it" agent plan "${on[@]}" --step 1
gives 1 "in parts: plan" agent plan --format csv "${on[@]}"
tr -d '\r' <"$work/out" | awk -F, 'NR > 1 { print $6 }' | sort -u >"$work/got"
query "$db" "SELECT finding_id FROM v_finding WHERE verdict = 'malicious'
	AND finding_id <> $one" >"$work/want"
same "in parts: the others are in it" "$work/want" "$work/got"
gives 1 "in parts: plan for people" agent plan --lang en "${on[@]}"
check "in parts: it does not say that nothing was changed" sh -c \
	"! grep -q 'Nothing has been changed' '$work/out'"
gives 0 "in parts: report" agent report --lang en "${on[@]}"
says "in parts: the first is done" "Fix:          done"
check "in parts: only that, and it is not old" test \
	"$(grep -c 'Fix:  \|OUT OF DATE' "$work/out")" = 1
gives 0 "in parts: the second, without a scan" agent fix --yes "${on[@]}" \
	--finding "$two"
agent fix --yes "${on[@]}" >"$work/out" 2>&1
gives 0 "in parts: nothing is left to plan" agent plan --lang en "${on[@]}"
says "in parts: plan says so" "nothing is left to do about malicious findings"
# What is only suspicious is still there, before a scan and after it.
left=$(query "$db" "SELECT count(*) FROM v_finding WHERE verdict = 'suspicious'")
left="$left suspicious findings are left as they are: fix --finding N"
says "in parts: plan tells of the suspicious ones" "$left"
gives 0 "in parts: fix" agent fix --yes --lang en "${on[@]}"
says "in parts: fix tells of them" "$left"
gives 1 "in parts: scan" agent scan --quick --quiet "${on[@]}"
gives 0 "in parts: plan of what is left" agent plan --lang en "${on[@]}"
says "in parts: plan still tells of them" "$left"
gives 0 "in parts: fix of what is left" agent fix --yes --lang en "${on[@]}"
says "in parts: it does not say that there is nothing" "nothing is planned: "
says "in parts: fix still tells of them" "$left"
# What was left out is for another scan.
fresh filter-win7
gives 0 "left out: fix" agent fix --yes "${on[@]}" --skip 3
gives 65 "left out: plan" agent plan --lang en "${on[@]}"
says "left out: it names the way" "are not done: scan again"
# Nothing failed: --resume is no way.
says "left out: what failed is another matter" "what was cut off or failed"
gives 65 "left out: fix" agent fix --yes "${on[@]}"

# ---- whose result it is -----------------------------------------------------------
rm -rf "$work/pc" "$work/db"
mkdir "$work/db"
db=$work/db/two.db
gives 1 "two PCs: the first" agent scan --quick --quiet \
	--root "$(hp "$pcs/filter-win7")" --db "$(hp "$db")"
gives 0 "two PCs: the second" agent scan --quick --quiet \
	--root "$(hp "$pcs/base-win10")" --db "$(hp "$db")"
name=$(query "$db" "SELECT host_name FROM v_scan WHERE scan_id = 2")
gives 0 "two PCs: report at the first" agent report --lang en \
	--root "$(hp "$pcs/filter-win7")" --db "$(hp "$db")"
check "two PCs: it is the first one's" sh -c "head -1 '$work/out' | grep -q '^FOUND'"
gives 0 "two PCs: report at the second" agent report --lang en \
	--root "$(hp "$pcs/base-win10")" --db "$(hp "$db")"
check "two PCs: it is the second one's" sh -c \
	"head -1 '$work/out' | grep -q '^NOTHING FOUND'"
gives 0 "two PCs: report elsewhere" agent report --lang en --db "$(hp "$db")"
check "two PCs: the first line says whose it is" sh -c \
	"head -1 '$work/out' | grep -q '^$name: NOTHING FOUND'"
gives 0 "two PCs: report at a third" agent report --lang en \
	--root "$(hp "$pcs/infected-xp")" --db "$(hp "$db")"
check "two PCs: there, too" sh -c "head -1 '$work/out' | grep -q '^$name: '"

# ---- what was found is looked at again ----------------------------------------------
# In a place where only a full scan comes.
rm -rf "$work/pc" "$work/db"
mkdir "$work/db"
cp -a $pcs/base-win7 "$work/pc"
pc=$work/pc
db=$work/db/s.db
on=(--root "$(hp "$pc")" --db "$(hp "$db")")
far=$pc/Users/太郎/Documents
cp "$pcs/filter-win7/ProgramData/mstmp" "$far/far.dll"
gives 0 "again: a quick scan does not come there" agent scan --quick --quiet "${on[@]}"
gives 1 "again: a full scan does" agent scan --quiet "${on[@]}"
gives 1 "again: now a quick one does, too" agent scan --quick --quiet "${on[@]}"
check "again: it is what was found" test "$(findings "$db" | cut -f1,2)" = \
	"$(printf 'malicious\tC:\\Users\\太郎\\Documents\\far.dll')"
gives 0 "again: of another store it knows nothing" agent scan --quick --quiet \
	"${on[@]:0:2}" --db "$(hp "$work/db/other.db")"
gives 0 "again: fix" agent fix --yes "${on[@]}"
gives 0 "again: it is gone, which is no gap" agent scan --quick --quiet "${on[@]}"
gives 0 "again: undo with another store" agent undo --yes "${on[@]:0:2}" \
	--db "$(hp "$work/db/other.db")"
gives 1 "again: it is looked at all the same" agent scan --quick --quiet "${on[@]}"
if test "$host" = linux; then
	mv "$far/far.dll" "$far/moved.dll"
	ln -s moved.dll "$far/far.dll"
	gives 2 "again: a link is not followed, and that matters" \
		agent scan --quick --quiet "${on[@]}"
	check "again: it is told" test "$(query "$db" "SELECT kind FROM v_gap
		WHERE matters AND scan_id = (SELECT max(scan_id) FROM scan)")" = link
	rm "$far/far.dll"
fi
# A store of somebody else names shares, devices, folders and nonsense.
if command -v sqlite3 >/dev/null; then
	for path in '\\host\share\x.dll' '\\?\C:\Users\x' '\??\C:\Users' 'C:' 'C:\' \
		'C:\\x' 'C:\Windows' 'x!y' 'C:\a!b!c' 'C:\:s' 'C:\Users:s' '..\x' '' \
		'C:\..\..\x' 'C:\con'; do
		sqlite3 "$db" "INSERT INTO artefact (scan_id, kind, path)
			VALUES (1, 'file', '$path')"
	done
	rm -f "$far"/*.dll
	gives 0 "again: what is no file of a drive is left alone" \
		agent scan --quick --quiet "${on[@]}"
	check "again: without a gap that matters" test -z "$(query "$db" "SELECT
		path, reason FROM v_gap WHERE matters AND scan_id =
		(SELECT max(scan_id) FROM scan)")"
else
	skip "sqlite3 is not installed"
fi

# ---- cut off ------------------------------------------------------------------------
# As a power cut leaves it: what was seen, and nothing of what it means. (How it
# is kept while the scan runs: 09_stop.)
if command -v sqlite3 >/dev/null; then
	rm -rf "$work/db"
	mkdir "$work/db"
	db=$work/db/s.db
	on=(--root "$(hp "$pcs/infected-win7")" --db "$(hp "$db")")
	gives 1 "cut off: a whole scan" agent scan --quiet "${on[@]}"
	judged="SELECT verdict, score, family, role, subject, path, sha256,
		clsid, point, view, user_name, user_sid, registry_key, rules,
		reason, (SELECT r.reason FROM v_reason r WHERE r.finding_id =
		f.finding_id AND r.lang = 'ja') FROM v_finding f"
	seen="SELECT point, view, user_name, clsid, name, server_raw, server_path,
		file_exists, sha256, file_version, known, registry_key,
		last_write, finding_id IS NULL FROM v_inventory"
	made="SELECT kind, path, size, created, written, changed, volume,
		file_id, attributes, owner, md5, sha1, sha256 FROM artefact
		ORDER BY artefact_id"
	for what in judged seen made; do
		query "$db" "${!what}" >"$work/want.$what"
	done
	sqlite3 "$db" "UPDATE scan SET state = 'running', finished_at = NULL,
		verdict = NULL, exit_code = NULL; PRAGMA foreign_keys = ON;
		DELETE FROM finding"
	gives 3 "cut off: report" agent report --lang en --exit-code "${on[@]}"
	check "cut off: it says so first" sh -c \
		"head -1 '$work/out' | grep -q '^INCOMPLETE: this scan was cut off'"
	for what in judged seen made; do
		query "$db" "${!what}" >"$work/got.$what"
		same "cut off: $what as by the whole scan" "$work/want.$what" \
			"$work/got.$what"
	done
	gives 1 "cut off: the next scan" agent scan --quick --quiet "${on[@]}"
	gives 1 "cut off: it counts" agent report --exit-code "${on[@]}"
	# What a scan would never write does no harm.
	sqlite3 "$db" "PRAGMA ignore_check_constraints = ON;
		UPDATE scan SET state = 'running', finished_at = NULL,
			verdict = NULL, exit_code = NULL WHERE scan_id = 1;
		UPDATE registration SET point = 'x', view = '7', side_keys = '[1,',
			why_not = 'no', trust = 'most', loads = 0 WHERE scan_id = 1;
		UPDATE artefact SET volume = 'zz', created = 'when', kind = 'file'
			WHERE scan_id = 1;
		UPDATE match SET evidence = 'faith', score = 900"
	agent report --lang en "${on[@]}" >"$work/out" 2>"$work/err"
	rc=$?
	check "cut off: a store of nonsense ends well, not with $rc" \
		test $rc -eq 0 -o $rc -eq 65
else
	skip "sqlite3 is not installed"
fi

# ---- two Windows of one disk share a vault ------------------------------------------
# What was done to the infected one is not put back into the clean one, nor is its
# result taken for the other's: that has another name, or is a copy in all.
for kind in other copied; do
	rm -rf "$work/pc" "$work/db" "$work/two" "$work/before"
	mkdir "$work/db"
	pc=$work/pc
	db=$work/db/w.db
	cp -a "$pcs/infected-xp" "$pc"
	mv "$pc/WINDOWS" "$pc/WINDOWS.0"
	cp -a "$pcs/base-xp/WINDOWS" "$pc/"
	test $kind = copied || LC_ALL=C sed -i \
		's/S\x00O\x00U\x00M\x00U\x00/O\x00T\x00H\x00E\x00R\x00/' \
		"$pc/WINDOWS/system32/config/system"
	cp -a "$pc" "$work/two"
	on=(--root "$(hp "$pc")" --db "$(hp "$db")" --lang en)
	gives 1 "$kind: scan" agent scan --quick --quiet "${on[@]}" --windows WINDOWS.0
	gives 0 "$kind: fix" agent fix --yes "${on[@]}" --windows WINDOWS.0
	gives 65 "$kind: plan of the other" agent plan "${on[@]}" --windows WINDOWS
	says "$kind: plan of the other asks for a scan" "no finished scan of this PC"
	cp -a "$pc" "$work/before"
	gives 65 "$kind: undo of the other" agent undo --yes "${on[@]}" --windows WINDOWS
	says "$kind: it names the way" "undo takes back with --windows DIR"
	gives 65 "$kind: fix of the other has nothing to go on with" \
		agent fix --yes --resume "${on[@]}" --windows WINDOWS
	# The same by the items alone, all or one.
	vault="$pc/Documents and Settings/All Users/Application Data/mstmpsweep/vault"
	mv "$vault/journal.db" "$work/"
	gives 1 "$kind: items of the other" agent undo --yes "${on[@]}" \
		--windows WINDOWS --vault "$(hp "$vault")"
	says "$kind: why" "it comes from another Windows"
	gives 1 "$kind: an item of the other" agent undo --yes "${on[@]}" \
		--windows WINDOWS --vault "$(hp "$(ls "$vault"/*-0002.mqv)")"
	mv "$work/journal.db" "$vault/"
	check "$kind: nothing was changed" "$tools/pccompare" --hives-exact \
		"${vaults[@]}" "$work/before" "$pc"
	gives 0 "$kind: undo" agent undo --yes "${on[@]}" --windows WINDOWS.0
	check "$kind: everything is back" unchanged "$work/two" "$pc"
done
