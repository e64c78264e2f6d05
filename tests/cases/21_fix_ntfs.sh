# fix and undo on a real NTFS: owners, access lists, short names, attributes,
# object ids, streams and all settable times come back.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh
. tests/cases/ntfs.sh

if test "$host" != linux; then
	skip "NTFS is mounted on linux only"
	return
fi
for tool in mkntfs ntfs-3g setfattr getfattr; do
	command -v $tool >/dev/null || { skip "$tool is not installed"; return; }
done

# dress FILE SHORT-NAME OBJECT-ID ATTRIBUTES DESCRIPTOR: all it can carry,
# the times last
dress()
{
	local t=$((129298032001234567 + 0x$3))

	setfattr -n system.ntfs_object_id -v "0x$(printf '%032x' "0x$3")" "$1" &&
		setfattr -n system.ntfs_dos_name -v "$2" "$1" &&
		setfattr -n system.ntfs_acl -v "$5" "$1" &&
		setfattr -n system.ntfs_attrib_be -v "0x$4" "$1" &&
		setfattr -n system.ntfs_times_be -v "0x$(printf \
			'%016x%016x%016x%016x' $t $((t + 9876543)) \
			$((t + 19876543)) $t)" "$1"
}

# ---- the disk -------------------------------------------------------------------

truncate -s 64M "$work/disk.img"
mkntfs -q -Q -F "$work/disk.img" >/dev/null 2>&1
mkdir "$work/mnt" "$work/was"
mount_it disk mnt '' || { skip "ntfs-3g cannot mount here"; return; }
disk=$work/mnt
cp -r $pcs/infected-win7/. "$disk/"
setfattr -n system.ntfs_dos_name -v 'PROGRA~1' "$disk/Program Files"
setfattr -n system.ntfs_dos_name -v 'PROGRA~2' "$disk/Program Files (x86)"

user=S-1-5-21-11-22-33-1000
admins=S-1-5-32-544
system=S-1-5-18
# 0x8004: self-relative, with DACL; 0x1000: protected, 0x0400: inherited.
own=$(descriptor 0x9004 $user $user "$(ace 0 0x1f01ff $user)" \
	"$(ace 0 0x1200a9 $admins)")
inherited=$(descriptor 0x8404 $admins $system "$(ace 0x10 0x1f01ff $system)" \
	"$(ace 0x10 0x1f01ff $admins)" "$(ace 0x10 0x1200a9 S-1-5-32-545)")

temp=$disk/Users/太郎/AppData/Local/Temp
printf '[ZoneTransfer]\r\nZoneId=3\r\n' >"$temp/mstmp:Zone.Identifier"
head -c 100000 /dev/urandom >"$temp/mstmp:more"
dress "$temp/mstmp" 'MSTMP~1' a1 00000027 "$own" &&
	dress "$disk/Program Files (x86)/Shared/AdvBHO.dll" 'ADVBHO~1.DLL' \
		a2 00002021 "$inherited" &&
	dress "$disk/Windows/System32/config/SOFTWARE" 'SOFTWA~1' \
		a3 00000020 "$inherited" &&
	dress "$disk/Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat" \
		'USRCLA~1.DAT' a4 00000026 "$own" ||
	{ not_ok "the files cannot be dressed"; umount "$disk"; return; }
umount "$disk"
cp --sparse=always "$work/disk.img" "$work/was.img"
mount_it was was ro, && mount_it disk mnt '' ||
	{ not_ok "cannot mount again"; return; }

# Mounted anew, so that no cache answers.
remount()
{
	umount "$disk" && mount_it disk mnt '' || not_ok "cannot mount again"
}

check "the comparer finds the two disks equal" unchanged "$work/was" "$disk" \
	--dir-times
check "mstmp got its owner" test "$(getfattr --absolute-names --only-values -n system.ntfs_acl \
	"$temp/mstmp" | od -An -v -tx1 | tr -d ' \n')" = "${own#0x}"

# ---- there and back -------------------------------------------------------------

on=(--root "$disk" --db "$work/n.db")
gives 1 "scan" agent scan --quiet "${on[@]}"
gives 1 "plan has steps" agent plan "${on[@]}"
remount
check "scan and plan changed nothing" unchanged "$work/was" "$disk" --dir-times
gives 0 "fix" agent fix --yes "${on[@]}"
remount
changes "$work/was" "$disk" >"$work/got.txt"
wanted_changes infected-win7 >"$work/want.txt"
same "what fix changed: hives keep owner, list, attributes, names" \
	"$work/want.txt" "$work/got.txt"
gives 1 "scan after fix" agent scan --quiet "${on[@]}"
no_malicious "$work/n.db" infected-win7

# Everyone and Users have no business in the vault.
vault=$disk/ProgramData/mstmpsweep/vault
check "there is a vault" test -d "$vault"
for one in "$vault" "$vault"/*; do
	getfattr --absolute-names --only-values -n system.ntfs_acl "$one" 2>/dev/null |
		od -An -v -tx1 | tr -d ' \n' >"$work/acl"
	check "$(basename "$one") has an access list" test -s "$work/acl"
	for who in S-1-1-0 S-1-5-11 S-1-5-32-545; do
		check "$(basename "$one") lets $who in" \
			test -z "$(grep -o "$(sid $who)" "$work/acl")"
	done
done

gives 0 "undo" agent undo --yes "${on[@]}"
remount
check "undo brought everything back" unchanged "$work/was" "$disk"

# ---- the short name is another file's by now -----------------------------------------

other="$temp/mstmp of another"
is_mstmp="$work/was/Users/太郎/AppData/Local/Temp/mstmp"
short_name()
{
	getfattr --absolute-names --only-values -n system.ntfs_dos_name "$1"
}

# fixes, and gives the name to a new file
take_name()
{
	agent scan --quiet "${on[@]}" >"$work/out" 2>&1
	gives 0 "name taken: fix" agent fix --yes "${on[@]}"
	echo theirs >"$other"
	setfattr -n system.ntfs_dos_name -v 'MSTMP~1' "$other" ||
		not_ok "the short name cannot be given to another file"
}

# as the words say; nothing is missing then
give_again()
{
	local t

	rm "$other"
	t=$(getfattr --absolute-names -e hex -n system.ntfs_times_be \
		"$temp/mstmp" | sed -n 's/^system.ntfs_times_be=//p')
	setfattr -n system.ntfs_dos_name -v 'MSTMP~1' "$temp/mstmp" &&
		setfattr -n system.ntfs_times_be -v "$t" "$temp/mstmp" ||
		not_ok "the short name cannot be given again"
	remount
}

# undo_without LANG [OPTION...]: all comes back but that name, and 1
undo_without()
{
	gives 1 "name taken: undo in ${*:1:2}" agent undo --yes --lang "$1" \
		"${on[@]}" "${@:2}"
	remount
	check "mstmp is back, whole" cmp -s "$temp/mstmp" "$is_mstmp"
	check "its stream, too" cmp -s "$temp/mstmp:more" "$is_mstmp:more"
	check "and its owner" test "$(getfattr --absolute-names --only-values \
		-n system.ntfs_acl "$temp/mstmp" | od -An -v -tx1 |
		tr -d ' \n')" = "${own#0x}"
	check "the other file keeps the name" test "$(short_name "$other")" = \
		'MSTMP~1'
}

# what the steps of a database say of the name
mentioned()
{
	query "$1" "SELECT state, error FROM step WHERE error LIKE '%MSTMP~1%'"
}

take_name
undo_without en
says "undo names the short name" \
	'without its short (8.3) name "MSTMP~1": another file has it by now'
says "undo counts it" "1 of it without the short name"
mentioned "$work/n.db" >"$work/got.txt"
check "the store has the step as undone, with the words" \
	grep -q '^undone.*another file has it by now' "$work/got.txt"
cp "$vault/journal.db" "$work/journal.db"
mentioned "$work/journal.db" >"$work/got.txt"
check "so has the journal" grep -q '^undone.*another file has it by now' \
	"$work/got.txt"
gives 65 "a second undo has nothing left" agent undo --yes "${on[@]}"
give_again
check "with the name given again all is as it was" unchanged "$work/was" "$disk"

take_name
undo_without ja
says "the same in Japanese" '別のファイルがその名前を使っています'
give_again

# The same of a registry file, which is put back as a whole.
hive=$disk/Windows/System32/config/SOFTWARE
agent scan --quiet "${on[@]}" >"$work/out" 2>&1
gives 0 "a hive's name taken: fix" agent fix --yes "${on[@]}"
setfattr -x system.ntfs_dos_name "$hive"
echo theirs >"$hive of another"
setfattr -n system.ntfs_dos_name -v 'SOFTWA~1' "$hive of another" ||
	not_ok "the hive's short name cannot be given to another file"
gives 1 "a hive's name taken: undo" agent undo --yes --lang en "${on[@]}"
says "it names the short name" 'without its short (8.3) name "SOFTWA~1"'
remount
check "the hive is back" cmp -s "$hive" \
	"$work/was/Windows/System32/config/SOFTWARE"
rm "$hive of another"
setfattr -n system.ntfs_dos_name -v 'SOFTWA~1' "$hive"

# One saved item alone; what is left of that fix; all items without a journal.
take_name
undo_without en --vault "$vault/$(query "$work/n.db" "SELECT vault_name
	FROM vault_item WHERE original LIKE '%mstmp'
	ORDER BY vault_item_id DESC LIMIT 1")"
says "an item alone: undo says it" "another file has it by now"
gives 0 "an item alone: it is there already, the others come back" \
	agent undo --yes "${on[@]}"
give_again
take_name
rm "$vault"/journal.db*
undo_without en --vault "$vault"
says "all items: undo says it" "another file has it by now"
says "all items: undo counts it" "1 of it without the short name"

umount "$disk"
umount "$work/was"
