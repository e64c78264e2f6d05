# Somebody changes things between scan, fix and undo: what was not scanned is
# never touched, and every refusal says why and what to do.
# SPDX-License-Identifier: Apache-2.0
#
# Links need a file system that has them, so this runs on Linux. What Windows
# adds is in tests/unit (change_win32, reg_edit_live_win32); races are in
# tests/unit/test_adversary_posix.c.

if test "$host" != linux; then
	skip "Wine makes no junctions; on Linux the same decisions are run"
	return
fi

. tests/cases/fixed.sh

# fresh: a new infected PC in $pc, scanned into $db
fresh()
{
	chmod -R u+rwx "$work/pc" 2>/dev/null
	rm -rf "$work/pc" "$work/precious"
	cp -a $pcs/infected-win7 "$work/pc"
	pc=$work/pc
	db=$work/pc.db
	rm -f "$db"
	agent scan --quick --quiet --root "$pc" --db "$db"
	printf 'precious' >"$work/precious"
	lib="$pc/Program Files/Shared/lib.dll"
	vault=$pc/ProgramData/mstmpsweep/vault
}
fix() { agent fix --yes --root "$pc" --db "$db" "$@"; }
undo() { agent undo --yes --root "$pc" --db "$db" "$@"; }
precious() { test "$(cat "$work/precious")" = precious; }

fresh
mv "$lib" "$work/kept.dll"
ln -s "$work/precious" "$lib"
gives 1 "the file became a link" fix
check "the link is still there" test -L "$lib"
check "what it leads to is untouched" precious

fresh
ln "$lib" "$work/pc/Windows/system.dll"
gives 1 "the file got a second name" fix
says "hard link" "hard links"
check "both names are there" test -e "$lib" -a -e "$work/pc/Windows/system.dll"

fresh
mv "$pc/Program Files/Shared" "$work/pc/Elsewhere"
ln -s ../Elsewhere "$pc/Program Files/Shared"
gives 1 "the folder became a link" fix
check "nothing behind it was removed" test -e "$work/pc/Elsewhere/lib.dll"

fresh
size=$(stat -c %s "$lib")
head -c "$size" /dev/zero >"$work/other"
cp "$work/other" "$lib"
gives 1 "another file of the same name and size" fix
says "changed" "changed since the scan"
check "it is left alone" cmp -s "$work/other" "$lib"

# The same keys, written at the same time, but the class names another server.
cp tests/pc/base-win7.pc "$work/"
sed '/^expand.*ProgramFiles/s/AdvBHO/Adv8HO/' tests/pc/infected-win7.pc \
	>"$work/other.pc"
"$tools/mkpc" "$work/other.pc" $standins tests/standin/marks.enc \
	"$work/otherpc" || not_ok "mkpc other.pc"
fresh
cp "$work/otherpc/Windows/System32/config/SOFTWARE" \
	"$pc/Windows/System32/config/SOFTWARE"
gives 1 "a class with another server" fix
says "the new server" "its server is now"
gives 0 "inventory" agent inventory --root "$pc" --format csv
check "the other BHO went, and the inventory is one" sh -c \
	"grep -q DBC80044 '$work/out' && ! grep -q 9E0C41A2 '$work/out'"
# The same class with one value more, which nobody has looked at.
{
	cat tests/pc/infected-win7.pc
	echo 'hive	Windows/System32/config/SOFTWARE'
	echo 'key	Classes\Wow6432Node\CLSID\{D032570A-5F63-4812-A094-87D007C23012}'
	echo 'sz	Mine	kept by somebody'
} >"$work/more.pc"
"$tools/mkpc" "$work/more.pc" $standins tests/standin/marks.enc \
	"$work/more" || not_ok "mkpc more.pc"
fresh
cp "$work/more/Windows/System32/config/SOFTWARE" \
	"$pc/Windows/System32/config/SOFTWARE"
gives 1 "a class with a value more" fix
says "it tells that" "changed since the scan (it was written since)"
agent scan --quiet --quick --root "$pc" --db "$db"
gives 0 "scanned again it goes" fix

fresh
cp "$pcs/infected-win10/Windows/System32/config/SOFTWARE" \
	"$pc/Windows/System32/config/SOFTWARE"
gives 65 "the registry of another Windows" fix

fresh
mkdir -p "$vault"
chmod 777 "$pc/ProgramData/mstmpsweep" "$vault"
gives 65 "a vault that others can write to" fix
check "nothing was removed" test -e "$lib"
fresh
mkdir -p "$work/pc/ProgramData" "$work/trap"
ln -s "$work/trap" "$pc/ProgramData/mstmpsweep"
gives 65 "a vault behind a link" fix
check "nothing was written behind it" test -z "$(ls -A "$work/trap")"
rm -rf "$work/trap"

fresh
gives 0 "fix" fix
mkdir "$work/trap"
mv "$pc/Program Files/Shared" "$work/pc/Elsewhere"
ln -s "$work/trap" "$pc/Program Files/Shared"
gives 1 "undo with the folder become a link" undo
check "nothing was restored through it" test -z "$(ls -A "$work/trap")"
rm "$pc/Program Files/Shared"
mv "$work/pc/Elsewhere" "$pc/Program Files/Shared"
gives 0 "undo once the link is gone" undo
check "all of it is back" unchanged $pcs/infected-win7 "$pc"

fresh
gives 0 "fix" fix
printf 'new' >"$lib"
gives 1 "undo where something new has the name" undo
says "the way out" "--out"
check "the new file is as it was" test "$(cat "$lib")" = new
gives 0 "undo of one item to another place" agent undo --yes \
	--vault "$(ls "$vault"/*-0007.mqv)" --out "$work/o"
says "it tells what it is" 'C:\Program Files\Shared\lib.dll'
check "the item of lib.dll can be put elsewhere" cmp -s "$work/o" \
	"$pcs/infected-win7/Program Files/Shared/lib.dll"
rm -f "$work/o" "$lib"
gives 0 "the rest of undo" undo
check "all of it is back" unchanged $pcs/infected-win7 "$pc"

# An empty key of the filter's name keeps it from coming back: that is not a
# part of what fix removed, whatever it looks like.
classes=Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat
fresh
gives 0 "fix" fix
cp "$pcs/immune-win7/$classes" "$pc/$classes"
gives 1 "undo where an empty key keeps the filter out" undo
says "it is left alone" "has come since and was left alone"
gives 1 "undo again" undo
agent inventory --root "$pc" --format csv --out "$work/inv.csv"
check "the filter is not back" sh -c "! grep -a text.html '$work/inv.csv' | grep -q 5A1E3C70"
check "all else is" grep -aq AdvBHO "$work/inv.csv"

fresh
gives 0 "fix" fix
item=$(ls "$vault"/*-0007.mqv)
printf 'x' | dd of="$item" bs=1 seek=200 conv=notrunc 2>/dev/null
gives 1 "undo with a damaged item" undo
check "the others came back" test -e "$pc/Program Files/Shared/lib.sig"

fresh
gives 0 "fix" fix
hive=$pc/Windows/System32/config/SOFTWARE
# A byte of the first page that means nothing, but is not what fix wrote.
printf 'x' | dd of="$hive" bs=1 seek=2000 conv=notrunc 2>/dev/null
gives 0 "undo of a hive that another program changed" undo
check "the keys are back, by hand" "$tools/pccompare" "${vaults[@]}" \
	--no-times $pcs/infected-win7 "$pc"

fresh
gives 0 "fix" fix
before=$(tree_state "$pc/Program Files")
# A database is locked as long as its FIFO of commands is open.
mkfifo "$work/commands" "$work/answers"
sqlite3 "$vault/journal.db" <"$work/commands" >"$work/answers" 2>&1 &
holder=$!
exec 8>"$work/commands" 9<"$work/answers"
echo "BEGIN EXCLUSIVE; SELECT 'held';" >&8
read -r answer <&9
check "the journal is in use, not: $answer" test "$answer" = held
gives 65 "undo while another one runs" undo
says "another runs" "another fix"
exec 8>&- 9<&-
wait $holder
check "nothing was changed" test "$before" = "$(tree_state "$pc/Program Files")"

fresh
mkdir "$work/small"
if mount -t tmpfs -o size=16k tmpfs "$work/small" 2>/dev/null; then
	chmod 700 "$work/small"
	gives 65 "a vault at the top of a volume" fix --vault "$work/small"
	says "what is to be done then" "name a folder on it"
	gives 65 "a vault without room" fix --vault "$work/small/v"
	says "it says that" "full"
	umount "$work/small"
	check "nothing was changed" unchanged $pcs/infected-win7 "$pc"
	mount -t tmpfs -o size=600k tmpfs "$work/small"
	chmod 700 "$work/small"
	gives 1 "a vault with room for its journal only" fix --vault "$work/small/v"
	says "what is to be done" "Free some space, or choose another place"
	umount "$work/small"
	check "nothing was changed then" unchanged $pcs/infected-win7 "$pc"
else
	skip "no tmpfs can be mounted: a full disk is not shown here"
fi
