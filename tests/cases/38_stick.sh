# Started from a stick without access lists (FAT) with an administrator's
# rights: the store is the private one of the PC, the stick gets a copy for
# reading and the report.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "a FAT is shown by Wine, which needs no mount"
	return
fi

. tests/cases/fixed.sh
own_prefix
# Wine takes a drive's file system from the first sector of its device: here
# an image of a floppy (byte 11 on: the BIOS parameter block).
{
	printf '\xeb\x3c\x90MSDOS5.0\x00\x02\x01\x01\x00\x02\xe0\x00\x40\x0b\xf0\x09'
	printf '\x00\x12\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
	printf '\x29\x12\x34\x56\x78STICK      FAT12   '
	dd if=/dev/zero bs=1 count=448 2>/dev/null
	printf '\x55\xaa'
} >"$work/stick.img"
truncate -s 1474560 "$work/stick.img"
stick=$work/stick
mkdir "$stick"
ln -s "$work/stick.img" "$WINEPREFIX/dosdevices/e::"
ln -s "$stick" "$WINEPREFIX/dosdevices/e:"
reg_key 'HKLM\Software\Wine\Drives'
reg_value e: sz floppy
reg_import
# The drives are looked at when the server starts.
wineserver -k
wineserver -w
was=$pcs/filter-win7
pc=$work/pc
cp -a $was "$pc"
disk=(--root "$(hp "$pc")")
exe=mstmpsweep
test "$host" != win64 || exe=mstmpsweep64
cp "build/$host/$exe.exe" "$stick/"
private=$WINEPREFIX/drive_c/ProgramData/mstmpsweep/mstmpsweep.db
from_stick() { wine "e:\\$exe.exe" "$@"; }

gives 1 "scan" from_stick scan --quick --quiet "${disk[@]}"
case $(wine --version) in
wine-8.*) ;; # this one is known to show it
*)
	if test -s "$stick/mstmpsweep.db"; then
		skip "this Wine shows no FAT"
		return
	fi
	;;
esac
says "it tells where the store is" \
	'the store is "C:\ProgramData\mstmpsweep\mstmpsweep.db"'
check "it is there" test -s "$private"
copy=$(cd "$stick" && ls mstmpsweep-KEIRI-PC07-*.db)
check "the stick has the copy" test -s "$stick/$copy"
check "it is read-only" test "$(stat -c %A "$stick/$copy" | cut -c 3)" = -
check "and the report" grep -q KEIRI-PC07 "$stick/${copy%.db}.html"
check "and nothing else" test "$(ls "$stick" | wc -l)" = 3
says "it tells that" "E:\\$copy"
gives 0 "report of the copy" from_stick report --db "E:\\$copy"
for command in scan plan fix undo; do
	set -- "${disk[@]}" --yes
	case $command in scan | plan) set -- "${disk[@]}" ;; esac
	gives 65 "copy: $command" from_stick $command "$@" --db "E:\\$copy"
	says "copy: $command: the way out" "--db"
done
gives 1 "one on the stick: scan" from_stick scan --quick --quiet "${disk[@]}" \
	--db 'E:\new.db'
says "one on the stick: told" "this scan is for reports only"
says "one on the stick: why" "keeps neither owners nor rights"
gives 0 "one on the stick: report" from_stick report --db 'E:\new.db' \
	--out 'E:\report.txt'
says "a report on the stick: told" "anybody can read and change it"
gives 65 "one on the stick: plan" from_stick plan "${disk[@]}" --db 'E:\new.db'
gives 65 "one on the stick: fix" from_stick fix --yes "${disk[@]}" --db 'E:\new.db'
gives 65 "one on the stick: scan again" from_stick scan --quick --quiet \
	"${disk[@]}" --db 'E:\new.db'
check "nothing was changed" unchanged $was "$pc"
gives 0 "fix by the usual store" from_stick fix --yes "${disk[@]}"
gives 0 "scan after that" from_stick scan --quick --quiet "${disk[@]}"
check "the copy is of that scan" test "$(query "$stick/$copy" \
	"SELECT max(scan_id) FROM v_scan")" = 2
