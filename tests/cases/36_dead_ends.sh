# The way back has no dead ends: what was saved is damaged, the journal or the
# folder is gone, there is no place for a vault.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

# fresh [PC]: a copy that was scanned and fixed
fresh()
{
	from=$pcs/${1:-infected-win7}
	rm -rf "$work/pc" "$work/s.db"
	cp -a "$from" "$work/pc"
	pc=$work/pc
	vault=$pc/ProgramData/mstmpsweep/vault
	on=(--root "$(hp "$pc")" --db "$(hp "$work/s.db")" --lang en)
	agent scan --quick --quiet "${on[@]}" >/dev/null 2>&1
	gives 0 "fix" agent fix --yes "${on[@]}"
}

# spoil ITEM: one bad byte near its end
spoil()
{
	local at=$(($(stat -c %s "$1") - 100))
	local old

	old=$(od -An -tu1 -j $at -N 1 "$1")
	printf "\\x$(printf %x $((old ^ 1)))" |
		dd of="$1" bs=1 seek=$at conv=notrunc 2>/dev/null
}
keys_are_back()
{
	check "$1" "$tools/pccompare" --no-times "${vaults[@]}" "$from" "$pc" 2>/dev/null
}

# ---- one bad byte --------------------------------------------------------------
# In each saved hive: the keys were saved as well.
fresh
hives=0
for item in "$vault"/*-1[0-9][0-9][0-9][0-9][0-9][0-9].mqv; do
	spoil "$item"
	hives=$((hives + 1))
done
check "bad hives: there are some" test $hives -ge 1
gives 0 "bad hives: undo" agent undo --yes "${on[@]}"
says "bad hives: it is told" "put back one by one"
keys_are_back "bad hives: everything is back"
# The words are of the way back, not of fix.
says "undo says what was put back: an entry" "undone: Put the MIME filter entry back"
says "undo says what was put back: a file" "undone: Put the file back"
check "undo says nothing of removing" sh -c "! grep -qi 'remove' '$work/out'"
gives 65 "bad hives: nothing is left to be undone" agent undo --yes "${on[@]}"
# And in one key: the others come back.
fresh filter-win7
for item in "$vault"/*-1[0-9][0-9][0-9][0-9][0-9][0-9].mqv; do
	spoil "$item"
done
bad=$(ls "$vault"/*-0001.mqv)
cp -p "$bad" "$work/kept.mqv"
spoil "$bad"
gives 1 "bad key: undo" agent undo --yes "${on[@]}"
says "bad key: it is named" "FAILED: Put the MIME filter entry back"
says "bad key: why" "damaged"
changes "$from" "$pc" >"$work/got.txt"
printf -- '-key %s\n' 'Windows/System32/config/SOFTWARE \Classes\PROTOCOLS\Filter\text/html' \
	>"$work/want.txt"
same "bad key: the others are back" "$work/want.txt" "$work/got.txt"
cp -p "$work/kept.mqv" "$bad"
gives 0 "bad key: mended, it comes back" agent undo --yes "${on[@]}"
keys_are_back "bad key: all is back"

# ---- what was saved is listed ----------------------------------------------------
fresh
items=$(ls "$vault"/*.mqv | wc -l)
gives 0 "list" agent vault list "${on[@]:0:2}" --lang en
says "list: all of them" ": $items saved"
for what in 'C:\Program Files\Shared\lib.dll' 'registry key' 'registry hive' ' bytes'; do
	says "list: $what" "$what"
done
tr -d '\r' <"$work/out" | grep -o '[0-9a-f]*-[0-9]*\.mqv' | LC_ALL=C sort >"$work/got.txt"
(cd "$vault" && ls *.mqv) | LC_ALL=C sort >"$work/want.txt"
same "list: each once" "$work/want.txt" "$work/got.txt"
# No Windows is needed for a vault that is named; a bad one is told.
spoil "$(ls "$vault"/*-0001.mqv)"
truncate -s -1 "$(ls "$vault"/*-0002.mqv)"
gives 1 "list: a vault that is named" agent vault --lang ja --vault "$(hp "$vault")"
check "list: the bad one is told" test "$(tr -d '\r' <"$work/out" |
	grep -c 'mqv.*\(読み取れません\|u{8AAD}\)')" = 1
gives 1 "list: for programs" agent VAULT LIST --vault "$(hp "$vault")" --format json
check "list: for programs: all of them" \
	test "$(grep -c '"item":' "$work/out")" = "$items"
gives 65 "list: there is none" agent vault list --root "$(hp $pcs/base-win7)"
says "list: there is none" "fix changed nothing here"
check "list: none is made" test ! -e $pcs/base-win7/ProgramData/mstmpsweep
gives 65 "list: no such folder" agent vault --vault "$(hp "$work/none")"
gives 64 "list: another word" agent vault lost
says "list: another word" '"list"'

# ---- the journal is lost ---------------------------------------------------------
# lost PC: fixed, and then without its journal
lost()
{
	fresh "$1"
	rm "$vault/journal.db"
	given=(undo "${on[@]:0:2}" --lang en --vault "$(hp "$vault")")
}
lost infected-win7
gives 65 "lost: undo" agent undo --yes "${on[@]}"
says "lost: undo counts what is there" "20 saved items"
says "lost: undo names the way" "this command with --vault \"$(hp "$vault")\" added"
check "lost: it does not say that nothing was changed" \
	sh -c "! grep -q 'changed nothing here' '$work/err'"
check "lost: nothing was changed" test ! -e "$pc/Program Files/Shared/lib.dll"
gives 64 "lost: nobody can be asked" agent "${given[@]}" </dev/null
says "lost: it lists what is there" 'C:\Program Files\Shared\lib.dll'
check "lost: still nothing was changed" test ! -e "$pc/Program Files/Shared/lib.dll"
gives 65 "lost: by finding" agent "${given[@]}" --yes --finding 1
gives 0 "lost: all of it" agent "${given[@]}" "${on[@]:2}" --yes
says "lost: it counts" "$(ls "$vault"/*-00*.mqv | wc -l) put back"
keys_are_back "lost: everything is back"
gives 0 "lost: report after that" agent report "${on[@]}" --lang en
says "lost: what was scanned before is old" "OUT OF DATE"
gives 65 "lost: plan asks for a scan" agent plan "${on[@]}" --lang en
says "lost: plan asks for a scan" "scan again"
gives 0 "lost: once more" agent "${given[@]}" --yes
says "lost: once more: it counts" \
	"$(ls "$vault"/*-00*.mqv | wc -l) there already"
# Damaged instead: the same.
fresh filter-win7
given=(undo "${on[@]:0:2}" --lang en --vault "$(hp "$vault")")
printf 'no database' | dd of="$vault/journal.db" conv=notrunc 2>/dev/null
gives 0 "damaged journal" agent "${given[@]}" --yes
keys_are_back "damaged journal: everything is back"
# Lost, and begun anew by another fix: the older items are told.
lost filter-win7
cp $standins/hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll \
	"$pc/Users/太郎/Documents/"
agent scan --quiet "${on[@]}" >/dev/null 2>&1
gives 0 "begun anew: fix" agent fix --yes "${on[@]}"
gives 0 "begun anew: undo" agent undo --yes "${on[@]}"
gives 65 "begun anew: nothing is left that the journal knows" \
	agent undo --yes "${on[@]}"
says "begun anew: the older items are told" "of no fix that the journal"
rm "$vault/journal.db" "$pc/Users/太郎/Documents/a.dll"
gives 0 "begun anew: all of it" agent "${given[@]}" --yes
rm "$pc/Users/太郎/Documents/a.dll"
keys_are_back "begun anew: everything is back"
# One item is damaged, in place of another is something new, and a link.
lost infected-win7
spoil "$(ls "$vault"/*-0004.mqv)"
echo new >"$pc/Program Files/Shared/lib.dll"
test "$host" = linux && ln -s "$work" "$pc/Program Files/Shared/lib.sig"
gives 1 "in the way" agent "${given[@]}" --yes
says "in the way: the damaged one is told" "damaged"
says "in the way: so is the other" "was left alone"
check "in the way: it stays" test "$(cat "$pc/Program Files/Shared/lib.dll")" = new
if test "$host" = linux; then
	check "in the way: so does the link" test -L "$pc/Program Files/Shared/lib.sig"
	check "in the way: nothing went through it" \
		test ! -e "$work/lib.sig"
fi
# Another Windows' items are not put onto this one.
lost infected-win7
cp -a $pcs/base-xp "$work/xp"
gives 1 "another Windows" agent undo --root "$(hp "$work/xp")" --lang en --yes \
	--vault "$(hp "$vault")"
says "another Windows: it is told" "another Windows"
check "another Windows: nothing was changed" unchanged $pcs/base-xp "$work/xp"
# What others could have put there is only listed (Wine has no access lists).
if test "$host" = linux; then
	chmod 755 "$vault"
	gives 65 "not private" agent "${given[@]}" --yes
	says "not private: it is listed" 'C:\Program Files\Shared\lib.dll'
	says "not private: why no more" "only listed"
	check "not private: nothing was changed" \
		test ! -e "$pc/Program Files/Shared/lib.dll"
	item=$(cd "$vault" && ls *-0007.mqv)
	gives 65 "not private: one item" agent undo "${on[@]:0:2}" --lang en \
		--yes --vault "$vault/$item"
	says "not private: one item is shown" 'C:\Program Files\Shared\lib.dll'
	says "not private: one item: why no more" "only shown"
	says "not private: one item: the way out" "--out FILE"
	check "not private: one item: nothing was changed" \
		test -z "$(find "$pc/Program Files/Shared" -name 'lib.*')"
	gives 0 "not private: its copy" agent undo --vault "$vault/$item" --yes \
		--out "$work/copy.dll"
	check "not private: its copy is there" test -s "$work/copy.dll"
	chmod 700 "$vault"
fi

# ---- no place for a vault --------------------------------------------------------
# noplace PC FOLDER: the folder of all programs' data is gone, or a file
noplace()
{
	rm -rf "$work/pc" "$work/s.db"
	cp -a "$pcs/$1" "$work/pc"
	pc=$work/pc
	mv "$pc/$2" "$pc/gone"
	on=(--root "$(hp "$pc")" --db "$(hp "$work/s.db")" --lang en)
	agent scan --quick --quiet "${on[@]}" >/dev/null 2>&1
	gives 65 "no $2: fix" agent fix --yes "${on[@]}"
	says "no $2: the folder is named" "$(basename "$2")"
	says "no $2: so is the way out" "--vault DIR"
	echo "a file" >"$pc/$2"
	gives 65 "a file $2: fix" agent fix --yes "${on[@]}"
	says "a file $2: the way out is named" "--vault DIR"
	rm "$pc/$2"
}
noplace infected-xp 'Documents and Settings/All Users/Application Data'
noplace infected-win7 ProgramData
mkdir -p "$work/elsewhere"
gives 0 "no ProgramData: a vault that is named" agent fix --yes "${on[@]}" \
	--vault "$(hp "$work/elsewhere/v")"

# ---- the folder is gone ----------------------------------------------------------
# It comes back with the owner and rights that it had, and those above it.
deep="Program Files/Common Files/one/two"
rm -rf "$work/pc" "$work/s.db"
cp -a $pcs/base-win7 "$work/from"
mkdir -p "$work/from/$deep"
cp $standins/hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll \
	"$work/from/$deep/"
if test "$host" = linux; then
	chmod 2710 "$work/from/$deep"
	test "$(id -u)" -ne 0 || chown 1234:567 "$work/from/$deep/.."
fi
from=$work/from
cp -a "$from" "$work/pc"
on=(--root "$(hp "$pc")" --db "$(hp "$work/s.db")" --lang en)
agent scan --quiet "${on[@]}" >/dev/null 2>&1
gives 0 "gone folders: fix" agent fix --yes "${on[@]}"
check "gone folders: the file is gone" test ! -e "$pc/$deep/a.dll"
rm -rf "$pc/Program Files/Common Files/one"
gives 0 "gone folders: undo" agent undo --yes "${on[@]}"
keys_are_back "gone folders: they are as they were"
# The same without a journal.
rm -rf "$pc/Program Files/Common Files/one" "$vault/journal.db"
gives 0 "gone folders: undo without a journal" agent undo "${on[@]:0:2}" \
	--lang en --yes --vault "$(hp "$vault")"
keys_are_back "gone folders: so they are without a journal"
# A link in their place is not followed.
rm -rf "$pc/Program Files/Common Files/one"
if test "$host" = linux; then
	mkdir "$work/away"
	ln -s "$work/away" "$pc/Program Files/Common Files/one"
	gives 1 "gone folders: a link" agent undo "${on[@]:0:2}" --lang en --yes \
		--vault "$(hp "$vault")"
	check "gone folders: nothing went through the link" \
		test -z "$(ls "$work/away")"
fi
fresh
rm -rf "$pc/Program Files/Shared"
# What a file lay in is a file by now: the way to the copy is told.
echo "a file" >"$pc/Program Files/Shared"
gives 1 "no folder: undo" agent undo --yes "${on[@]}"
grep -o -- '--vault "[^"]*" --out FILE' "$work/out" | tr -d '\r' |
	sed 's/.*--vault "\([^"]*\)".*/\1/' | sort -u >"$work/items"
check "no folder: the way to each copy is told" \
	test "$(wc -l <"$work/items")" -ge 1
while read -r item; do
	gives 0 "no folder: the copy of $item" agent undo --vault "$item" \
		--yes --out "$(hp "$work/copy")"
	check "no folder: it is one of that folder" cmp -s "$work/copy" \
		"$from/$(agent vault list --vault "$(hp "$vault")" --format json |
			tr -d '\r' | grep -A3 -F "${item##*[\\/]}" | sed -n \
			's/.*"original": *"C:\(.*\)",*$/\1/p' | sed 's,\\\\,/,g')"
	rm -f "$work/copy"
done <"$work/items"
rm "$pc/Program Files/Shared"

# ---- a disk that cannot be written ---------------------------------------------
fresh
mkdir -p "$work/ro"
if test "$host" = linux && mount --bind "$pc" "$work/ro" 2>/dev/null &&
	mount -o remount,bind,ro "$work/ro" 2>/dev/null; then
	gives 70 "read-only: undo" agent undo --yes --root "$(hp "$work/ro")" --db "$(hp "$work/s.db")" --lang en
	says "read-only: the way out is named" "can be written, then run undo again"
	umount "$work/ro"
	gives 0 "read-only: undo after that" agent undo --yes "${on[@]}"
	keys_are_back "read-only: everything is back"
else
	umount "$work/ro" 2>/dev/null
	skip "disks are mounted read-only as root on linux"
fi
