# A loaded add-on that is read-only, hidden and of the system, on the running
# Windows (a Wine prefix): it waits for the restart without what would bar its
# removal, and undo brings it back as it was, before the restart and after.
# How Windows tells that it is in use, unit waiting_win32 shows.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "live fixes need Windows; win64 and win32 show them under Wine"
	return
fi

. tests/cases/loaded.sh
own_prefix
c=$WINEPREFIX/drive_c
bho='Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects'
standin='{6D737477-5374-616E-6449-6E7374616E64}'
shared="$c/Program Files/Shared"
lib='C:\Program Files\Shared\lib.dll'
mkdir -p "$shared"
cp "build/standin/standin${host#win}.dll" "$shared/lib.dll"
reg_key "HKLM\\SOFTWARE\\Classes\\CLSID\\$standin\\InprocServer32"
reg_value '' sz "$lib"
reg_value ThreadingModel sz Apartment
reg_key "HKLM\\SOFTWARE\\$bho\\$standin"
reg_value '' sz ""
reg_import

lib_state()
{
	(cd "$shared" && stat -c '%s %.27y' lib.dll && sha256sum lib.dll)
	wine64 attrib "$lib" | tr -d '\r'
}
# Wine's "read-only" is that its user may not write it.
is_writable() { test -n "$(find "$1" -perm -u+w)"; }

# Wine's program takes one at a time.
for attribute in +h +s +r; do
	wine64 attrib $attribute "$lib" >/dev/null 2>&1
done
# Windows lets its attributes be set all the same.
if ! test -w "$shared/lib.dll"; then
	skip "this Wine lets only root remove a file that is read-only"
	return
fi
lib_state >"$work/before"
check "it is read-only" grep -q '^[ASH ]*R ' "$work/before"

gives 1 "scan" live scan --quick --quiet --db 'C:\live.db'
gives 1 "plan" live plan --lang en --db 'C:\live.db'
if grep -q "catalogs: they cannot be searched (error 87)" "$work/out"; then
	skip "this Wine searches the system's catalogs by SHA-1 only"
	return
fi
hold rundll32
gives 4 "fix with a read-only file in use" live fix --yes --lang en --db 'C:\live.db'
says "it tells who has it" "rundll32"
check "lib.dll is not under its name any more" test ! -e "$shared/lib.dll"
waiting=$(find "$c/ProgramData/mstmpsweep/vault" -name 'restart-*' | head -1)
check "it waits in the vault" test -n "$waiting"
check "nothing bars its removal" is_writable "$waiting"

gives 0 "undo before the restart" live undo --yes --db 'C:\live.db'
lib_state >"$work/after"
same "it is back as it was" "$work/before" "$work/after"
check "the loaded one still waits" test -e "$waiting"
let_go
restart_wine
wine64 wineboot -r >/dev/null 2>&1
check "the restart removed the one that waited" test ! -e "$waiting"
lib_state >"$work/after"
same "and not the one that is back" "$work/before" "$work/after"

# Ended before the restart: undo takes it away itself.
gives 1 "scan again" live scan --quick --quiet --db 'C:\live.db'
hold rundll32
gives 4 "fix again" live fix --yes --db 'C:\live.db'
let_go
gives 0 "undo with nobody who uses it" live undo --yes --db 'C:\live.db'
check "nothing waits any more" test -z \
	"$(find "$c/ProgramData/mstmpsweep/vault" -name 'restart-*')"
lib_state >"$work/after"
same "it is back as it was again" "$work/before" "$work/after"

# Not in use, it goes at once.
gives 1 "scan once more" live scan --quick --quiet --db 'C:\live.db'
gives 0 "fix of a read-only file" live fix --yes --db 'C:\live.db'
check "it is gone" test ! -e "$shared/lib.dll"
gives 0 "undo" live undo --yes --db 'C:\live.db'
lib_state >"$work/after"
same "it is back once more" "$work/before" "$work/after"
