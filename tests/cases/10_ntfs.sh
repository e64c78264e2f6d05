# A real NTFS: short names as stored, alternate streams, a junction, and a
# scan that changes nothing on it.
# SPDX-License-Identifier: Apache-2.0

if test "$host" != linux; then
	skip "NTFS is mounted on linux only"
	return
fi
. tests/cases/ntfs.sh
new_ntfs ntfs mnt '' || return
cp -r $pcs/infected-win7/. "$work/mnt/"
# As Windows numbers them: the folder made first got ~1.
setfattr -n system.ntfs_dos_name -v 'PROGRA~1' "$work/mnt/Program Files"
setfattr -n system.ntfs_dos_name -v 'PROGRA~2' "$work/mnt/Program Files (x86)"
# A stream that carries the marks behind a harmless file.
echo harmless >"$work/mnt/Users/太郎/Documents/note.txt"
cat "$standins/hits/monkif_misspelt_api_names/Users/Taro/Documents/a.dll" \
	>"$work/mnt/Users/太郎/Documents/note.txt:evil"
# Streams on the root of the drive and on a known place.
marked=$standins/hits/monkif_misspelt_api_names/Users/Taro/Documents/a.dll
cat "$marked" >"$work/mnt/:evil.dll"
cat "$marked" >"$work/mnt/Users/太郎/AppData/Local/Temp/:evil.dll"
# A junction to the root: not followed.
mkdir "$work/mnt/Users/太郎/circle"
target='\??\C:\'
{
	printf '\x03\x00\x00\xa0'
	n=$((${#target} * 2))
	printf "\\x$(printf %02x $((n + 12)))\\x00\\x00\\x00"
	printf "\\x00\\x00\\x$(printf %02x $n)\\x00"
	printf "\\x$(printf %02x $((n + 2)))\\x00\\x00\\x00"
	printf '%s' "$target" | iconv -t UTF-16LE
	printf '\x00\x00\x00\x00'
} >"$work/reparse"
setfattr -n system.ntfs_reparse_data -v "0x$(od -An -v -tx1 "$work/reparse" | tr -d ' \n')" \
	"$work/mnt/Users/太郎/circle"
umount "$work/mnt"
ntfs-3g "$work/ntfs.img" "$work/mnt" -o ro,streams_interface=windows 2>/dev/null
before=$(sha256sum <"$work/ntfs.img")
gives 1 "scan of an NTFS" agent scan --root "$work/mnt" --db "$work/n.db"
findings "$work/n.db" >"$work/got.tsv"
{
	cat tests/cases/expected/infected-win7.tsv
	printf 'malicious\tC:\\%s:%s\tmonkif_misspelt_api_names\n' \
		'Users\太郎\Documents\note.txt' evil '' evil.dll \
		'Users\太郎\AppData\Local\Temp' evil.dll
} | LC_ALL=C sort >"$work/want.tsv"
LC_ALL=C sort -o "$work/got.tsv" "$work/got.tsv"
same "findings on an NTFS" "$work/want.tsv" "$work/got.tsv"
query "$work/n.db" "SELECT kind, path FROM v_gap ORDER BY 1" >"$work/got.tsv"
printf 'link\tC:\\Users\\太郎\\circle\npage_file\tC:\\pagefile.sys\n' >"$work/want.tsv"
same "gaps on an NTFS" "$work/want.tsv" "$work/got.tsv"
gives 1 "quick scan of an NTFS" agent scan --quick --root "$work/mnt" --db "$work/q.db"
findings "$work/q.db" | grep ':evil' | cut -f2 >"$work/got.tsv"
printf 'C:\\Users\\太郎\\AppData\\Local\\Temp:evil.dll\n' >"$work/want.tsv"
same "a stream of a known place, quick" "$work/want.tsv" "$work/got.tsv"
umount "$work/mnt"
check "the volume is bit for bit what it was" test "$before" = "$(sha256sum <"$work/ntfs.img")"
# A server that is a stream of a folder: read although its folder is no known
# place.
sed 's/^\(sz.*\)C:.ProgramData.mstmp\.$/\1C:\\ProgramData:evil.dll/' \
	tests/pc/filter-win7.pc >"$work/server.pc"
cp tests/pc/*-*.pc "$work/"
"$tools/mkpc" "$work/server.pc" $standins tests/standin/marks.enc "$work/server" ||
	not_ok mkpc
ntfs-3g "$work/ntfs.img" "$work/mnt" -o streams_interface=windows 2>/dev/null
cat "$work/server/Windows/System32/config/SOFTWARE" \
	>"$work/mnt/Windows/System32/config/SOFTWARE"
cat "$marked" >"$work/mnt/ProgramData/:evil.dll"
agent scan --quick --root "$work/mnt" --db "$work/r.db" >/dev/null 2>&1
findings "$work/r.db" >"$work/f"
check "a stream that is a server, quick" \
	grep -q 'C:.ProgramData:evil.dll.*monkif_misspelt_api_names' "$work/f"
agent scan --root "$work/mnt" --db "$work/r.db" >/dev/null 2>&1
check "it is looked at once in a full scan, too" test "$(query "$work/r.db" \
	"SELECT count(*) FROM artefact WHERE kind = 'file' AND scan_id = 2
		AND path = 'C:\ProgramData:evil.dll'")" -eq 1
umount "$work/mnt"
# Windows has not finished with it: $VOLUME_INFORMATION of $Volume (and of the
# mirror), whose flags stand 34 bytes behind its beginning.
for at in $(LC_ALL=C grep -obUaP '(?s)\x70\x00\x00\x00\x28\x00\x00\x00\x00.{7}\x0c\x00\x00\x00' \
	"$work/ntfs.img" | cut -d: -f1); do
	printf '\001' | dd of="$work/ntfs.img" bs=1 seek=$((at + 34)) conv=notrunc status=none
done
ntfs-3g "$work/ntfs.img" "$work/mnt" -o ro,streams_interface=windows 2>/dev/null
gives 3 "scan of an NTFS that is not finished" agent scan --root "$work/mnt" --db "$work/d.db"
query "$work/d.db" "SELECT kind, path FROM v_gap WHERE kind = 'volume'" >"$work/got.tsv"
printf 'volume\tC:\n' >"$work/want.tsv"
same "gap of an NTFS that is not finished" "$work/want.tsv" "$work/got.tsv"
umount "$work/mnt"
