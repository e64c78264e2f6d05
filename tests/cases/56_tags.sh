# Files whose reparse tag alone makes them special: app execution aliases and
# the special files of a Unix subsystem. What holds nothing is no gap, and
# nothing hides a program behind such a tag.
# SPDX-License-Identifier: Apache-2.0

if test "$host" != linux; then
	skip "Wine has no reparse tags; unit file_ask_win32 answers in its place"
	return
fi
. tests/cases/ntfs.sh
new_ntfs ntfs mnt special_files=wsl, || return
apps=Users/Taro/AppData/Local/Microsoft/WindowsApps
temp=Users/Taro/AppData/Local/Temp
marked=$standins/hits/monkif_misspelt_api_names/Users/Taro/Documents/a.dll

# tagged PATH TAG: a tag with four bytes of data, in hex as the disk has them
tagged()
{
	setfattr -n system.ntfs_reparse_data -v "0x${2}0400000003000000" \
		"$work/mnt/$1" || not_ok "no tag for $1"
}

# again OPTIONS: the kernel remembers what a file was before it had a tag
again()
{
	umount "$work/mnt"
	mount_it ntfs mnt "$1" || not_ok "cannot mount again"
}

# gaps DB: those of its newest scan, and whether they matter
gaps()
{
	query "$1" "SELECT kind, matters, path FROM v_gap WHERE scan_id =
		(SELECT max(scan_id) FROM v_scan) ORDER BY path"
}

# ---- as Windows 10 and 11 make them -------------------------------------------
# In a place that is looked at in quick scans, too.
cp -r $pcs/base-win10/. "$work/mnt/"
mkdir -p "$work/mnt/$apps/Some.Package_8wekyb3d8bbwe"
for file in $apps/wt.exe $apps/Some.Package_8wekyb3d8bbwe/wt.exe $temp/py.exe; do
	: >"$work/mnt/$file"
	tagged $file 1b000080
done
again ro,
gives 0 "quick scan with aliases" agent scan --quick --root "$work/mnt" --db "$work/a.db"
gives 0 "scan with aliases" agent scan --root "$work/mnt" --db "$work/a.db"
gaps "$work/a.db" >"$work/got.tsv"
: >"$work/want.tsv"
same "aliases are no gap" "$work/want.tsv" "$work/got.tsv"

# One that Windows starts at every logon: it is there, and no gap either.
# runs FILE: below the user's AppData\Local
runs()
{
	while IFS= read -r line; do
		test "$line" != 'key	Environment' || printf 'key\t%s\nsz\trun\t%s\n' \
			'Software\Microsoft\Windows\CurrentVersion\Run' \
			"C:\\Users\\Taro\\AppData\\Local\\$1"
		printf '%s\n' "$line"
	done <tests/pc/base-win10.pc >"$work/run.pc"
	rm -rf "$work/run"
	"$tools/mkpc" "$work/run.pc" $standins tests/standin/marks.enc "$work/run" ||
		not_ok mkpc
	cat "$work/run/Users/Taro/NTUSER.DAT" >"$work/mnt/Users/Taro/NTUSER.DAT"
}
again special_files=wsl,
runs 'Microsoft\WindowsApps\wt.exe'
gives 0 "quick scan with an alias that is run" agent scan --quick --root "$work/mnt" --db "$work/a.db"
query "$work/a.db" "SELECT point, file_exists FROM v_inventory WHERE
	server_path LIKE '%wt.exe' AND scan_id = (SELECT max(scan_id) FROM v_scan)" \
	>"$work/got.tsv"
printf 'run\t1\n' >"$work/want.tsv"
same "the alias is there" "$work/want.tsv" "$work/got.tsv"

# What WSL makes is not regular, and does not matter where it is called so.
mkfifo "$work/mnt/$temp/pipe.bin"
again ro,
if test -p "$work/mnt/$temp/pipe.bin"; then
	gives 0 "quick scan with a FIFO" agent scan --quick --root "$work/mnt" --db "$work/a.db"
	gaps "$work/a.db" >"$work/got.tsv"
	printf 'not_regular\t0\tC:\\%s\n' 'Users\Taro\AppData\Local\Temp\pipe.bin' >"$work/want.tsv"
	same "gaps of a FIFO" "$work/want.tsv" "$work/got.tsv"
else
	skip "this ntfs-3g knows no FIFOs of WSL"
fi

# ---- near misses: something hides ----------------------------------------------
# Content behind the tag of an alias, a folder with it, a FIFO that is called
# like a program, a tag that the program knows nothing of, and one of WOF that
# says to lie in the cloud. Nothing of it can be read here, so it matters.
again special_files=wsl,
rm "$work/mnt/$temp/py.exe"
hidden='evil.exe wof.dll foreign.txt'
for name in $hidden; do
	cat "$marked" >"$work/mnt/$temp/$name"
done
tagged $temp/evil.exe 1b000080
setfattr -n system.ntfs_attrib_be -v 0x00001020 "$work/mnt/$temp/wof.dll"
tagged $temp/wof.dll 17000080
tagged $temp/foreign.txt 2000ff80
mkdir "$work/mnt/$temp/folder"
tagged $temp/folder 1b000080
mkfifo "$work/mnt/$temp/pipe.dll"
again ro,
gives 2 "quick scan with hidden programs" agent scan --quick --root "$work/mnt" --db "$work/b.db"
gaps "$work/b.db" >"$work/got.tsv"
{
	printf 'read_error\t1\tC:\\%s\n' 'Users\Taro\AppData\Local\Temp\'{evil.exe,folder,foreign.txt}
	printf 'not_regular\t%s\tC:\\%s\n' 0 'Users\Taro\AppData\Local\Temp\pipe.bin' \
		1 'Users\Taro\AppData\Local\Temp\pipe.dll'
	printf 'read_error\t1\tC:\\%s\n' 'Users\Taro\AppData\Local\Temp\wof.dll'
} >"$work/want.tsv"
same "what hides matters" "$work/want.tsv" "$work/got.tsv"
gives 2 "scan with hidden programs" agent scan --root "$work/mnt" --db "$work/b.db"
# Registered it is not "not there", whatever its name.
again ""
runs 'Temp\pipe.bin'
again ro,
agent scan --quick --root "$work/mnt" --db "$work/b.db" >/dev/null 2>&1
query "$work/b.db" "SELECT DISTINCT point, file_exists, kind, matters FROM v_inventory
	JOIN v_gap USING (scan_id) WHERE server_path = path AND matters
	AND path LIKE '%Temp_pipe.bin'" >"$work/got.tsv"
printf 'run\t1\tread_error\t1\n' >"$work/want.tsv"
same "a FIFO that is run" "$work/want.tsv" "$work/got.tsv"
umount "$work/mnt"
