# Going on and going back in the ways that real clean-ups need: after failures,
# other changes, renamed PCs, older fixes, single items.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh
. tests/cases/held.sh

# fresh [PC]: a copy that was scanned
fresh()
{
	from=$pcs/${1:-infected-win7}
	rm -rf "$work/pc" "$work/db"
	mkdir "$work/db"
	cp -a "$from" "$work/pc"
	pc=$work/pc
	db=$work/db/s.db
	on=(--root "$(hp "$pc")" --db "$(hp "$db")")
	agent scan --quiet "${on[@]}" >/dev/null 2>&1
}
vault() { printf '%s' "$pc/ProgramData/mstmpsweep/vault"; }
# fixed_by WHAT ARG...: fix must succeed
fixed_by() { gives 0 "$1: fix" agent fix --yes "${on[@]}" "${@:2}"; }
undone() { gives 0 "$1: undo" agent undo --yes "${on[@]}"; }
is_back() { check "$1: everything is back" unchanged "$from" "$pc"; }

# ---- a hibernated Windows is not changed, by undo neither --------------------
fresh
fixed_by hibernated
printf 'hibr and more' >"$pc/hiberfil.sys"
cp -a "$pc" "$work/asleep"
gives 1 "hibernated: undo" agent undo --yes "${on[@]}"
says "hibernated: it tells why" "Nothing is changed on this volume"
gives 1 "hibernated: undo of one item" agent undo --yes "${on[@]:0:2}" \
	--vault "$(hp "$(ls "$(vault)"/*-0007.mqv)")"
check "hibernated: nothing was changed" \
	"$tools/pccompare" --hives-exact "${vaults[@]}" "$work/asleep" "$pc"
rm "$pc/hiberfil.sys"
undone "woken up"
is_back "woken up"
rm -rf "$work/asleep"
fresh
printf 'hibr and more' >"$pc/hiberfil.sys"
gives 65 "hibernated: fix" agent fix --yes "${on[@]}"
says "hibernated: fix tells why" "Nothing is changed on this volume"
check "hibernated: fix names no way that does not help" \
	sh -c "! grep -q -e '--vault' -e 'the vault' '$work/err'"
check "hibernated: no vault was made" test ! -e "$pc/ProgramData/mstmpsweep"

# ---- single items: keys, values, files ---------------------------------------
fresh filter-win7
gives 1 "items: plan" agent plan --all --format csv "${on[@]}"
value=$(tr -d '\r' <"$work/out" | grep ,approved, | cut -d, -f1)
fixed_by items --finding 1 --step "$value"
items=0
while read -r item; do
	gives 0 "items: $(basename "$item")" agent undo --yes "${on[@]:0:2}" \
		--vault "$(hp "$item")"
	items=$((items + 1))
done < <(find "$(vault)" -name '*-0[0-9][0-9][0-9].mqv' | sort)
check "items: key, value, class and file" test $items = 4
check "items: all is there again" "$tools/pccompare" --no-times "${vaults[@]}" \
	"$from" "$pc"
gives 65 "items: one that is not there" agent undo --yes "${on[@]:0:2}" \
	--vault "$(hp "$work/no.mqv")"
says "items: it says so" "not there"

# ---- an older fix is not barred by a newer one that cannot be undone ----------
fresh
fixed_by older --finding 4
gives 1 "older: scan again" agent scan --quiet "${on[@]}"
fixed_by newer
echo newer >"$pc/Program Files/Shared/lib.dll"
gives 1 "newer: undo puts back all but one" agent undo --yes "${on[@]}"
says "newer: it tells which" "something new has the name"
gives 1 "older: undo goes on" agent undo --yes "${on[@]}"
says "older: it says so" "going on to the one before it"
rm "$pc/Program Files/Shared/lib.dll"
undone "the rest"
is_back "older and newer"
fresh
fixed_by "by finding" --finding 4
agent scan --quiet "${on[@]}" >/dev/null 2>&1
fixed_by "another"
gives 0 "by finding: undo finds the older fix" agent undo --yes "${on[@]}" --finding 4

# ---- another name of the PC ---------------------------------------------------
fresh
fixed_by renamed
agent scan --quiet "${on[@]}" >/dev/null 2>&1
cat >"$work/renamed.pc" <<-EOF
	hive	Windows/System32/config/SYSTEM
	key	Select
	dword	Current	1
	key	ControlSet001\Control\ComputerName\ComputerName
	sz	ComputerName	OTHER
	key	ControlSet001\Control\Session Manager\Environment
	sz	PROCESSOR_ARCHITECTURE	AMD64
EOF
"$tools/mkpc" "$work/renamed.pc" build/standin/mstmp tests/standin/marks.enc \
	"$work/renamed"
cp "$work/renamed/Windows/System32/config/SYSTEM" "$pc/Windows/System32/config/"
gives 0 "renamed: undo" agent undo --yes "${on[@]}"
says "renamed: it is told" "another name"
cp -p "$from/Windows/System32/config/SYSTEM" "$pc/Windows/System32/config/"
is_back renamed

# ---- archives in folders with an exclamation mark ----------------------------
fresh
odd="$pc/Profiles/hana!ko"
mkdir -p "$odd"
cp -a "$pc/Users/太郎/AppData" "$odd/"
rm -rf "$pc/Users/太郎/AppData/LocalLow"
agent scan --quiet "${on[@]}" >/dev/null 2>&1
n=$(query "$db" "SELECT max(finding_id) FROM v_finding WHERE path LIKE '%hana!ko%!%'")
gives 0 "odd folder: fix" agent fix --yes "${on[@]}" --finding "$n"
check "odd folder: the archive is gone" test -z \
	"$(find "$odd" -name '1f2e3d92-4c5b6a79')"

# ---- servers that stand elsewhere than usual -----------------------------------
fresh classes-win7
gives 0 "classes: fix" agent fix --yes "${on[@]}"
changes "$from" "$pc" >"$work/got.txt"
sed 's/^/-/' >"$work/want.txt" <<-EOF
	file Profiles/hanako/AppData/Local/Temp/msfat32
	file Program Files/Shared/lib.dll
	key Profiles/hanako/NTUSER.DAT \\Software\\CLSID\\{0F3C5A10-1111-4222-8333-444455556666}
	key Windows/System32/config/SOFTWARE \\Classes\\CLSID\\{AAAA0000-BBBB-CCCC-DDDD-EEEEFFFF0001}
	key Windows/System32/config/SOFTWARE \\Classes\\CLSID\\{AAAA0000-BBBB-CCCC-DDDD-EEEEFFFF0002}
	key Windows/System32/config/SOFTWARE \\Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper Objects\\{AAAA0000-BBBB-CCCC-DDDD-EEEEFFFF0001}
EOF
LC_ALL=C sort -o "$work/want.txt" "$work/want.txt"
same "classes: all of them went" "$work/want.txt" "$work/got.txt"
undone classes
is_back classes

# ---- what was not done is tried again --------------------------------------------
fresh
lib="$pc/Program Files/Shared/lib.dll"
mv "$lib" "$work/lib.dll"
echo another >"$lib"
gives 1 "again: one file changed" agent fix --yes "${on[@]}"
says "again: it tells what to do" "fix --resume"
gives 1 "again: it is still another one" agent fix --resume --yes "${on[@]}"
mv -f "$work/lib.dll" "$lib"
if command -v minisign >/dev/null; then
	cp -r signatures/mstmp "$work/p"
	printf 'path\tC:\\Program Files\\Shared\\lib.dll\tit is ours\n' \
		>>"$work/p/allow.tsv"
	agent pack build "$(hp "$work/p")" --out "$(hp "$work/p.pack")" >/dev/null 2>&1
	(cd "$work" && minisign -G -W -p test.pub -s test.key >/dev/null 2>&1 &&
		minisign -S -s test.key -m p.pack >/dev/null 2>&1)
	gives 1 "again: the pack's lists count" agent fix --resume --yes \
		"${on[@]}" --pack "$(hp "$work/p.pack")" --key "$(hp "$work/test.pub")"
	says "again: it tells that" "An allow-list names it (it is ours)"
else
	skip "minisign is not installed"
fi
gives 0 "again: done" agent fix --resume --yes "${on[@]}"
check "again: it is gone" test ! -e "$lib"
gives 65 "again: nothing is left to be tried" agent fix --resume --yes "${on[@]}"
undone again
is_back again

# ---- the running Windows was cut off in the middle of one key ---------------------
# Key by key, as it is changed there: the journal says so, and the hive holds
# a part of the key. From outside it cannot be gone on with, but taken back.
if command -v sqlite3 >/dev/null; then
	classes=Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat
	fresh
	gives 0 "half: fix" agent fix --yes "${on[@]}"
	sqlite3 "$pc/ProgramData/mstmpsweep/vault/journal.db" \
		"UPDATE step SET state = 'applied', swap_id = 0
			WHERE target LIKE '%text/html';
		UPDATE fix SET state = 'running', finished_at = NULL"
	cp "$pcs/immune-win7/$classes" "$pc/$classes"
	gives 1 "half: resume" agent fix --resume --yes "${on[@]}"
	says "half: it tells what to do" "put it back with undo"
	gives 0 "half: undo" agent undo --yes "${on[@]}"
	changes "$from" "$pc" >"$work/got.txt"
	check "half: every key is back" test ! -s "$work/got.txt"
else
	skip "sqlite3 is not installed"
fi

# ---- something puts a file there again -----------------------------------------
# It has to come in between the removal and the last look.
puts_back_held()
{
	# The item after it is made when it is gone.
	held '*-0009.mqv' build/linux/mstmpsweep fix --yes "${on[@]}" || return
	check "came back: it was gone" test ! -e "$sig"
	echo "new bytes" >"$sig"
	kill -CONT $pid
	wait $pid
	rc=$?
	check "came back: fix gives 1, not $rc" test $rc -eq 1
}
puts_back_watching()
{
	while test -d "$pc"; do
		test -e "$sig" || echo "new bytes" >"$sig"
		sleep 0.002
	done &
	watcher=$!
	renice -n -15 -p $watcher >/dev/null 2>&1
	agent fix --yes "${on[@]}" >"$work/out" 2>"$work/err"
	rc=$?
	kill $watcher
	wait $watcher 2>/dev/null
	# Nothing holds a program under Wine at a file; linux shows it for sure.
	if ! tr -d '\r' <"$work/out" | grep -q "1 came back"; then
		skip "came back: the file was put back too early or too late"
		return 1
	fi
	check "came back: fix gives 1, not $rc" test $rc -eq 1
}
stays_back()
{
	says "came back: fix tells it" "1 came back"
	says "came back: it tells what to do" "then scan and fix again"
	check "came back: the store tells it" test "$(query "$db" "SELECT target
		FROM v_step WHERE state = 'came_back'")" = 'C:\Program Files\Shared\lib.sig'
	gives 0 "came back: report" agent report --db "$(hp "$db")" --what steps
	says "came back: the report tells it" "  came back  quarantine of a file"
	gives 0 "came back: report of findings" agent report --db "$(hp "$db")"
	says "came back: the finding tells it" "done, but it came back"
	gives 1 "came back: resume leaves it" agent fix --resume --yes "${on[@]}"
	says "came back: resume tells it" "1 came back"
	check "came back: resume changed nothing" test "$(cat "$sig")" = "new bytes"
	gives 1 "came back: undo leaves the new one alone" agent undo --yes "${on[@]}"
	says "came back: undo tells" "something new has the name"
	check "came back: it does" test "$(cat "$sig")" = "new bytes"
	rm "$sig"
	undone "came back"
	is_back "came back"
}
fresh
sig="$pc/Program Files/Shared/lib.sig"
if test "$host" = linux; then
	puts_back_held && stays_back
else
	puts_back_watching && stays_back
fi

# ---- what is held back ----------------------------------------------------------
fresh base-win7
mkdir -p "$pc/Windows/Temp"
cp "$pcs/filter-win7/ProgramData/mstmp" "$pc/Windows/Temp/mstmp"
gives 1 "held: scan" agent scan --quiet "${on[@]}"
gives 1 "held: plan" agent plan "${on[@]}"
gives 1 "held: fix" agent fix --yes "${on[@]}"
says "held: it asks for the step" "--step"
gives 1 "held: fix of its finding asks, too" agent fix --yes "${on[@]}" --finding 1
cp -a $pcs/filter-win7 "$work/both"
mkdir -p "$work/both/Windows/Temp"
cp "$work/both/ProgramData/mstmp" "$work/both/Windows/Temp/mstmp"
agent scan --quiet --root "$(hp "$work/both")" --db "$(hp "$work/both.db")" \
	>/dev/null 2>&1
gives 1 "held: a fix of the rest is not the end" agent fix --yes \
	--root "$(hp "$work/both")" --db "$(hp "$work/both.db")"
says "held: it tells that, too" "--step"
check "held: the rest is gone" test ! -e "$work/both/ProgramData/mstmp"
check "held: this one is not" test -e "$work/both/Windows/Temp/mstmp"
gives 0 "held: fix of that step" agent fix --yes "${on[@]}" --step 1
check "held: it is gone" test ! -e "$pc/Windows/Temp/mstmp"

# ---- options ------------------------------------------------------------------
gives 64 "resume takes no choice" agent fix --resume --yes "${on[@]}" --skip 3
gives 64 "a plan has no html" agent plan "${on[@]}" --format html
gives 1 "plan to a file" agent plan --all --format csv "${on[@]}" \
	--out "$(hp "$work/plan.csv")"
check "a spreadsheet knows its letters" test \
	"$(head -c 3 "$work/plan.csv" | od -An -tx1 | tr -d ' ')" = efbbbf

# ---- reports --------------------------------------------------------------------
fresh
gives 0 "part: fix" agent fix --yes "${on[@]}" --skip 4
check "part: the finding is fixed in part" test "$(query "$db" \
	"SELECT fix_state FROM v_finding WHERE finding_id = (SELECT finding_id
	FROM step WHERE seq = 4)")" = partly_fixed
agent scan --quiet "${on[@]}" >/dev/null 2>&1
gives 0 "steps after a rescan" agent report --what steps --db "$(hp "$db")"
says "what was done is still shown" "quarantine of a file"
# Another store knows the PC, but not that scan; times are kept in seconds.
now=$(date +%s)
until test "$(date +%s)" -gt "$now"; do
	sleep 0.02
done
agent scan --quiet "${on[@]:0:2}" --db "$(hp "$work/db/other.db")" >/dev/null 2>&1
gives 0 "undo with another store" agent undo --yes "${on[@]:0:2}" \
	--db "$(hp "$work/db/other.db")"
check "its findings keep their state" test "$(query "$work/db/other.db" \
	"SELECT count(*) FROM v_finding WHERE fix_state IS NOT NULL")" = 0
