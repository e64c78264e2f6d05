# Whose a file is, on a real NTFS: a program in the folder that a user's TEMP
# names, outside the profile, goes for that user's own entry only if it belongs
# to that user and the folder is nobody else's.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/corpus.sh
. tests/cases/ntfs.sh

if test "$host" != linux; then
	skip "NTFS is mounted on linux only"
	return
fi
for tool in mkntfs ntfs-3g setfattr; do
	command -v $tool >/dev/null || { skip "$tool is not installed"; return; }
done

user=S-1-5-21-11-22-33-1001 # hanako
other=S-1-5-21-11-22-33-1000
admins=S-1-5-32-544

# pc_with FOLDER: hanako's TMP is there, and her filter leads to acct.dll in it
pc_with()
{
	local folder=${1//\//\\}

	rm -f "$work/names"
	{
		printf 'pc\tntfs\tbase-win7\n'
		printf 'copy\t%s/acct.dll\t../standin32.dll\n' "$1"
		printf 'hive\t$HN\nkey\tEnvironment\nsz\tTMP\tC:\\\\%s\n' "$folder"
		printf 'hive\t$HC\nkey\tPROTOCOLS\\Filter\\text/html\n'
		printf 'sz\t@\t@{filter_text}\n'
		printf 'sz\tCLSID\t{66660000-1111-2222-3333-444455556666}\n'
		printf 'key\tCLSID\\{66660000-1111-2222-3333-444455556666}\\InprocServer32\n'
		printf 'sz\t@\tC:\\\\%s\\acct.dll\n' "$folder"
	} >"$work/ntfs.pcs"
	corpus_split "$work/ntfs.pcs"
	corpus_make ntfs
}

# whose WHAT CODE FOLDER OWNER: fix gives CODE, and the file goes with 0 alone
whose()
{
	local disk=$work/mnt file

	pc_with "$3"
	truncate -s 32M "$work/disk.img"
	mkntfs -q -Q -F "$work/disk.img" >/dev/null 2>&1
	mkdir -p "$disk"
	mount_it disk mnt '' || { skip "ntfs-3g cannot mount here"; return 1; }
	cp -r "$pc/." "$disk/"
	file=$disk/$3/acct.dll
	setfattr -n system.ntfs_acl -v "$(descriptor 0x8004 "$4" "$admins" \
		"$(ace 0 $((0x1f01ff)) "$admins")" \
		"$(ace 0 $((0x1f01ff)) "$4")")" "$file" ||
		not_ok "$1: the owner cannot be set"
	umount "$disk" && mount_it disk mnt '' || not_ok "$1: mount again"
	on=(--root "$disk" --db "$work/ntfs.db")
	rm -f "$work/ntfs.db"
	gives 1 "$1: scan" agent scan --quiet --quick "${on[@]}"
	agent plan --all --lang en "${on[@]}" >"$work/plan" 2>&1
	gives "$2" "$1: fix" agent fix --yes --lang en "${on[@]}"
	if test "$2" = 0; then
		check "$1: the file is gone" test ! -e "$file"
	else
		check "$1: plan does not tell it" \
			grep -q "the program it leads to, left in place" "$work/plan"
		check "$1: the file is there" cmp "$file" "$pc/$3/acct.dll"
	fi
	agent inventory --root "$disk" --format csv --out "$work/inv.csv" \
		2>/dev/null
	check "$1: the entry is gone" sh -c "! grep -q 66660000 '$work/inv.csv'"
	umount "$disk"
	corpus_drop
	rm "$work/disk.img"
}

whose "her own" 0 Work/Temp "$user" || return
whose "the administrators'" 1 Work/Temp "$admins"
whose "another user's" 1 Work/Temp "$other"
whose "hers, below Program Files" 1 "Program Files/Work" "$user"
whose "hers, below ProgramData" 1 ProgramData/Work "$user"
whose "hers, in another's profile" 1 Users/太郎/Work "$user"
