# Cleaning the running Windows (a Wine prefix): both views, a user's classes,
# a BHO that regsvr32 registered and a running program has loaded; and all of
# it back again.
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
own='{D032570A-5F63-4812-A094-87D007C23012}'
filter='{5A1E3C70-9B22-4E1D-8F00-1234567890AB}'
user=$(basename "$(ls -d "$c"/users/*/AppData | grep -v Public | head -1 | xargs dirname)")
temp=$c/users/$user/AppData/Local/Temp
shared="$c/Program Files/Shared"
mkdir -p "$temp" "$shared" "$c/Program Files (x86)/Shared"
hits=$standins/hits

# Infected: the filter, a registered BHO that is loaded, one in the other view.
cp "$hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll" "$temp/mstmp"
label=$("$tools/mkpc" mark filter_text tests/standin/marks.enc)
reg_key 'HKCU\Software\Classes\PROTOCOLS\Filter\text/html'
reg_value '' sz "$label"
reg_value CLSID sz "$filter"
reg_key "HKCU\\Software\\Classes\\CLSID\\$filter\\InProcServer32"
reg_value '' sz "C:\\users\\$user\\AppData\\Local\\Temp\\mstmp."
# One that the running programs can load.
cp "build/standin/standin${host#win}.dll" "$shared/lib.dll"
gives 0 "regsvr32" wine regsvr32 /s 'C:\Program Files\Shared\lib.dll'
# It did so for its user; the clicker's was there for everybody, and only then is
# the file the machine's to take.
gives 0 "the user's class" wine64 reg delete \
	"HKCU\\Software\\Classes\\CLSID\\$standin" /f
class="HKLM\\SOFTWARE\\Classes\\CLSID\\$standin"
reg_key "$class\\InprocServer32"
reg_value '' sz 'C:\Program Files\Shared\lib.dll'
reg_value ThreadingModel sz Apartment
reg_key "HKLM\\SOFTWARE\\$bho\\$standin"
reg_value '' sz ""
cp "$hits/nish_classes_and_url/Users/Taro/Documents/a.dll" "$c/Program Files (x86)/Shared/AdvBHO.dll"
reg_key "HKLM\\SOFTWARE\\Wow6432Node\\$bho\\$own"
reg_value '' sz ""
reg_key "HKLM\\SOFTWARE\\Classes\\Wow6432Node\\CLSID\\$own\\InprocServer32"
reg_value '' expand '%ProgramFiles%\Shared\AdvBHO.dll'
# What blocks it must stay: a kill bit.
kill_bit="HKLM\\SOFTWARE\\Microsoft\\Internet Explorer\\ActiveX Compatibility\\$own"
reg_key "$kill_bit"
reg_value 'Compatibility Flags' dword 1024
reg_import

# The registry as text, sorted by key, without what Wine itself keeps writing.
registry()
{
	wine64 reg export 'HKCU\Software\Classes' 'C:\cu.reg' /y >/dev/null 2>&1
	wine64 reg export 'HKLM\SOFTWARE\Microsoft' 'C:\lm.reg' /y >/dev/null 2>&1
	wine64 reg export 'HKLM\SOFTWARE\Wow6432Node' 'C:\wow.reg' /y >/dev/null 2>&1
	wine64 reg export "$class" 'C:\class.reg' /y >/dev/null 2>&1
	cat "$c/cu.reg" "$c/lm.reg" "$c/wow.reg" "$c/class.reg" | tr -d '\0\r' |
		awk '/^\[/ { key = $0; next } NF { print key, $0 }' |
		LC_ALL=C sort
}
# Times to 100 ns: Windows has no finer ones.
files()
{
	(cd "$c" && find "users/$user/AppData/Local/Temp/mstmp" \
		'Program Files/Shared' 'Program Files (x86)/Shared' -type f \
		-printf '%p %s %T@\n' -exec sha256sum {} + |
		sed 's/\(\.[0-9]\{7\}\)[0-9]*$/\1/' | LC_ALL=C sort)
}
malicious()
{
	query "$c/live.db" "SELECT count(*) FROM v_finding WHERE verdict = 'malicious'
		AND scan_id = (SELECT max(scan_id) FROM v_scan)"
}

gives 1 "scan" live scan --quick --quiet --db 'C:\live.db'
check "three malicious findings" test "$(malicious)" = 3
registry >"$work/registry.before"
files >"$work/files.before"
gives 1 "plan" live plan --db 'C:\live.db'
says "plan names the filter" 'PROTOCOLS\Filter\text/html'
# What Windows protects cannot be found out there, so that nothing is removed.
if grep -q "catalogs: they cannot be searched (error 87)" "$work/out"; then
	skip "this Wine searches the system's catalogs by SHA-1 only"
	return
fi
gives 64 "fix without a terminal and without --yes" live fix --db 'C:\live.db'

# Loaded by a program that is no browser: it is renamed into the vault and
# waits for the restart.
hold rundll32
gives 4 "fix with a file in use" live fix --yes --db 'C:\live.db'
says "it tells who has it" "rundll32"
says "it asks for the restart" "restart"
check "lib.dll is not under its name any more" test ! -e "$shared/lib.dll"
check "mstmp is gone" test ! -e "$temp/mstmp"
vault=$c/ProgramData/mstmpsweep/vault
waiting=$(find "$vault" -name 'restart-*' | head -1)
check "it waits in the vault" test -n "$waiting"
let_go
gives 0 "rescan" live scan --quick --quiet --db 'C:\live.db'
check "nothing malicious is left" test "$(malicious)" = 0
check "the kill bit stays" sh -c "wine64 reg query '$kill_bit' |
	tr -d '\\r' | grep -q 0x400"
restart_wine
wine64 wineboot -r >/dev/null 2>&1
check "the restart removed what waited" test ! -e "$waiting"

# What goes with a restart makes the scans before it old.
gives 65 "plan after the restart" live plan --lang en --db 'C:\live.db'
says "it asks for a scan" "a restart has finished a removal"
gives 2 "report after the restart" live report --lang en --exit-code --db 'C:\live.db'
says "it heads with OUT OF DATE" "OUT OF DATE: since this scan a restart"
gives 0 "scan after the restart" live scan --quick --quiet --db 'C:\live.db'
gives 0 "its report" live report --exit-code --db 'C:\live.db'

gives 0 "undo" live undo --yes --db 'C:\live.db'
files >"$work/files.after"
same "undo: the files are as they were" "$work/files.before" "$work/files.after"
registry >"$work/registry.after"
same "undo: the registry is as it was" "$work/registry.before" \
	"$work/registry.after"

# Loaded by a tab of a browser, which its frame starts again whenever it ends:
# both are ended when asked, and the file is removed at once.
# (Wine starts its own program of that name for a file with its mark.)
mkdir -p "$c/Browser/Frame"
own_width=$c/windows/system32
test "$host" = win64 || ! test -d "$c/windows/syswow64" ||
	own_width=$c/windows/syswow64
cp "$own_width/rundll32.exe" "$c/Browser/iexplore.exe"
cp "$own_width/cmd.exe" "$c/Browser/Frame/iexplore.exe"
for program in "$c/Browser/iexplore.exe" "$c/Browser/Frame/iexplore.exe"; do
	dd if=/dev/zero of="$program" bs=1 seek=64 count=32 \
		conv=notrunc 2>/dev/null
done
printf '@for /l %%%%i in (1,1,50) do C:\\Browser\\iexplore.exe "%s"\r\n' "$dll" \
	>"$c/Browser/tabs.bat"
hold 'C:\Browser\Frame\iexplore.exe' /c 'C:\Browser\tabs.bat'
gives 1 "scan again" live scan --quick --quiet --db 'C:\live.db'
gives 0 "fix that ends the browser" live fix --yes --end-browsers --db 'C:\live.db'
check "the browser was closed before the first step" sh -c \
	"grep -n 'programs closed for it\|1. done' '$work/out' | head -1 | grep -q programs"
check "it names the frame, then the tab" grep -q \
	'^ *iexplore.exe ([0-9]*), iexplore.exe ([0-9]*)' "$work/out"
gives 0 "report of the steps" live report --what steps --lang en --db 'C:\live.db'
says "the report names them, too" "closed for it: iexplore.exe ("
kill $holder 2>/dev/null
wait $holder 2>/dev/null
check "lib.dll is removed" test ! -e "$shared/lib.dll"
gives 0 "undo without the store" live undo --yes --db 'C:\none.db'
files >"$work/files.after"
same "second undo: the files" "$work/files.before" "$work/files.after"
registry >"$work/registry.after"
same "second undo: the registry" "$work/registry.before" "$work/registry.after"

# Killed at moments that are spread over the whole of it: it goes on, or back.
restart_wine
steps_told()
{
	tr -d '\r' <"$work/told" | grep -c '^ *[0-9]*\. done'
}
killed=0
kills="1 2 3 4 5 6"
# Emulated, each of them takes half a minute.
test "${MSTMP_EMULATED-}$host" != 1win32 || test "${MSTMP_FULL-}" = 1 ||
	kills="2 5"
for i in $kills; do
	gives 1 "kill $i: scan" live scan --quick --quiet --db 'C:\live.db'
	# As soon as so many steps are told: somewhere in the ones after them.
	: >"$work/told"
	wine 'C:\sweep.exe' fix --yes --db 'C:\live.db' >"$work/told" 2>&1 &
	victim=$!
	while kill -0 $victim 2>/dev/null && test "$(steps_told)" -lt $i; do
		sleep 0.01
	done
	kill -9 $victim 2>/dev/null && killed=$((killed + 1))
	wait $victim 2>/dev/null
	check "kill $i: steps were told" test "$(steps_told)" -ge $i
	if test $((i % 2)) -eq 0; then
		# 65: all was done.
		live fix --resume --yes --db 'C:\live.db' >"$work/out" 2>"$work/err"
		rc=$?
		check "kill $i: resume gives 0 or 65, not $rc" \
			test $rc -eq 0 -o $rc -eq 65
	fi
	gives 0 "kill $i: undo" live undo --yes --db 'C:\live.db'
	files >"$work/files.after"
	same "kill $i: the files" "$work/files.before" "$work/files.after"
	registry >"$work/registry.after"
	same "kill $i: the registry" "$work/registry.before" "$work/registry.after"
done
echo "killed $killed of $(wc -w <<<"$kills") fixes"
check "at least two were killed while they ran" test $killed -ge 2
