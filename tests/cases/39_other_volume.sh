# Without a journal nothing goes onto a volume that it did not come from.
# SPDX-License-Identifier: Apache-2.0

if test "$host" != linux; then
	skip "NTFS is mounted on linux only"
	return
fi
for tool in mkntfs ntfs-3g; do
	command -v $tool >/dev/null || { skip "$tool is not installed"; return; }
done
for disk in one two; do
	truncate -s 32M "$work/$disk.img"
	mkntfs -q -Q -F "$work/$disk.img" >/dev/null 2>&1
done
# Two that are made in one moment have one serial number.
printf '\001\002\003\004' | dd of="$work/two.img" bs=1 seek=72 conv=notrunc 2>/dev/null
mkdir "$work/d"
# mounted DISK: the image at $work/d
mounted() { ntfs-3g "$work/$1.img" "$work/d" -o rw 2>"$work/err"; }
mounted one || { skip "ntfs-3g cannot mount here"; return; }
file=Work/a.dll
mkdir "$work/d/Work"
cp $standins/hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll "$work/d/$file"
cp -a $pcs/base-win7 "$work/pc"
on=(--root "$work/pc" --map "D:=$work/d" --lang en)
gives 1 "scan" agent scan --quiet "${on[@]}" --db "$work/s.db"
gives 0 "fix" agent fix --yes "${on[@]}" --db "$work/s.db"
check "the file is gone" test ! -e "$work/d/$file"
umount "$work/d"
vault=$work/pc/ProgramData/mstmpsweep/vault
rm "$vault/journal.db"

mounted two || not_ok "cannot mount the second one"
mkdir "$work/d/Work"
gives 1 "another volume" agent undo --yes "${on[@]}" --vault "$vault"
says "another volume: it is told" "lay on another volume"
says "another volume: the way to the copy is told" "--out FILE"
check "another volume: nothing was made" test ! -e "$work/d/$file"
umount "$work/d"
mounted one || not_ok "cannot mount the first one again"
gives 0 "its own volume" agent undo --yes "${on[@]}" --vault "$vault"
check "its own volume: the file is back" cmp -s "$work/d/$file" \
	$standins/hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll
umount "$work/d"
