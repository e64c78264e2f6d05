# What hides itself from the scan is never reported as clean: it is found, or
# there is a gap that matters and the exit code says incomplete.
# SPDX-License-Identifier: Apache-2.0

db=$work/h.db
pc=$work/pc
fresh()
{
	rm -rf "$pc"
	cp -a $pcs/"${1:-base-win7}" "$pc"
}

# hidden WHAT KIND PATH-PATTERN: incomplete, and such a gap says why
hidden()
{
	gives 2 "$1" agent scan --quick --root "$(hp "$pc")" --db "$(hp "$db")"
	query "$db" "SELECT count(*) FROM v_gap WHERE matters = 1
		AND kind = '$2' AND path LIKE '$3'
		AND scan_id = (SELECT max(scan_id) FROM v_scan)" >"$work/n"
	check "$1: a gap $2 that matters" test "$(cat "$work/n")" -ge 1
}

# ---- hibernated ------------------------------------------------------------
fresh
printf 'hibr and more' >"$pc/hiberfil.sys"
hidden "a hibernated Windows" volume 'C:%'
fresh
head -c 4096 /dev/zero >"$pc/hiberfil.sys"
gives 0 "an empty hibernation file" agent scan --quick --root "$(hp "$pc")" --db "$(hp "$db")"
# What the advice leaves: started, and shut down fully.
fresh
printf 'WAKE and what was there' >"$pc/hiberfil.sys"
gives 0 "shut down after it was resumed" agent scan --quick --root "$(hp "$pc")" --db "$(hp "$db")"

# ---- classes ---------------------------------------------------------------
fresh infected-xp
real=$(find "$pc" -iname usrclass.dat -path '*Local Settings*' | head -1)
if test -n "$real"; then
	profile=${real%/Local Settings/*}
	mkdir -p "$profile/AppData/Local/Microsoft/Windows"
	cp "$pcs/base-win7/Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat" \
		"$profile/AppData/Local/Microsoft/Windows/" 2>/dev/null ||
		head -c 8192 "$real" >"$profile/AppData/Local/Microsoft/Windows/UsrClass.dat"
	agent scan --root "$(hp "$pc")" --db "$(hp "$work/xp.db")" >/dev/null 2>&1
	findings "$work/xp.db" | LC_ALL=C sort >"$work/got.tsv"
	LC_ALL=C sort tests/cases/expected/infected-xp.tsv >"$work/want.tsv"
	same "a planted UsrClass.dat hides nothing on XP" "$work/want.tsv" "$work/got.tsv"
else
	not_ok "the stand-in XP has no UsrClass.dat"
fi

test "$host" = linux || return 0

# ---- links and case (a file system that has both) ---------------------------
fresh
mkdir -p "$pc/Users/ghost"
ln -s /nowhere "$pc/Users/ghost/NTUSER.DAT"
hidden "a profile whose hive is a link" hive_unreadable '%ghost%'

fresh
hive=$(find "$pc/Users" -name NTUSER.DAT -path '*太郎*' | head -1)
cp "$hive" "$(dirname "$hive")/ntuser.dat"
hidden "two hives of one name" hive_unreadable '%NTUSER.DAT'

fresh
cp -a "$pc/Users/太郎" "$pc/Users/Ａtwin" && cp -a "$pc/Users/太郎" "$pc/Users/ａtwin"
hidden "two profiles of one name" hive_unreadable '%twin%'

fresh
hive=$(find "$pc/Users" -name NTUSER.DAT -path '*太郎*' | head -1)
mv "$hive" "$hive.keep"
{ head -c 4096 "$hive.keep" | head -c 8; head -c 100 /dev/zero; } >"$hive"
truncate -s 2G "$hive"
(
	ulimit -v 1500000
	gives 2 "a hive that asks for 2 GB" agent scan --quick \
		--root "$pc" --db "$db"
	echo "$failed" >"$work/f"
)
check "a hive that asks for 2 GB is one gap" test "$(cat "$work/f")" -eq "$failed"

# ---- servers ----------------------------------------------------------------
fresh infected-win7
mv "$pc/Program Files (x86)/Shared" "$work/elsewhere"
ln -s "$work/elsewhere" "$pc/Program Files (x86)/Shared"
agent scan --quick --root "$pc" --db "$db" >"$work/out" 2>"$work/err"
query "$db" "SELECT count(*) FROM v_gap WHERE matters = 1 AND kind = 'link'
	AND path LIKE '%Shared%AdvBHO.dll'
	AND scan_id = (SELECT max(scan_id) FROM v_scan)" >"$work/n"
check "a server behind a link is a gap that matters" test "$(cat "$work/n")" -ge 1
