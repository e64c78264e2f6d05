# The check for a real Windows (tests/windows), under Wine's cmd.exe: all of it
# passes, and the machine is afterwards what it was.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "check.cmd needs a cmd.exe; win64 and win32 show it under Wine"
	return
fi
if test "${MSTMP_EMULATED-}$host" = 1win32; then
	skip "the 32-bit cmd.exe starts a 64-bit one, which emulated Wine cannot"
	return
fi

own_prefix
c=$WINEPREFIX/drive_c
# A path with spaces, as on a desktop.
here="$c/users/Public/check of this PC"
cp -r build/windows-check "$here"

# check_cmd WORD...: as typed in that folder
check_cmd()
{
	(cd "$here" && wine cmd /c check.cmd "$@" </dev/null)
}

check_as_xp()
{
	(cd "$here" && wine cmd /c 'set LOCALAPPDATA=& check.cmd yes' </dev/null)
}

# What a check could have left: names and kinds, and the registry. Wine leaves a
# file for each command whose output it reads, and writes down that signatures
# were asked for; it begins without any classes of the user.
machine()
{
	local hive

	(cd "$c" && find . -not -path '*/check of this PC/results.txt' \
		-not -path './windows/*' -not -name 'CMD*.tmp' \
		-printf '%p %y\n' | LC_ALL=C sort)
	for hive in 'HKLM\SOFTWARE' HKCU; do
		wine64 reg export "$hive" 'C:\machine.reg' /y >/dev/null 2>&1
		tr -d '\0\r' <"$c/machine.reg" |
			awk '/^\[/ { key = $0; print; next }
				NF { print key, $0 }' |
			grep -av -e '\\Wintrust[]\\]' \
				-e '^\[HKEY_CURRENT_USER.Software.Classes\]$' |
			LC_ALL=C sort
		rm "$c/machine.reg"
	done
}

# as_before WHAT
as_before()
{
	machine >"$work/machine.after"
	same "$1: the machine is as it was" "$work/machine.before" \
		"$work/machine.after"
}
machine >"$work/machine.before"

# ---- it asks, and stops where it would touch what is not its own -----------------

gives 2 "nobody says yes" check_cmd
says "it says that nothing was done" "Nothing was done."
gives 2 "another word" check_cmd maybe
gives 0 "clean without a check" check_cmd clean
says "there is nothing to clean" "nothing to clean"
mkdir "$c/Program Files/Shared"
echo theirs >"$c/Program Files/Shared/lib.dll"
gives 2 "somebody's own file" check_cmd yes
says "it names the file" 'Program Files\Shared" is there already'
check "it is left alone" grep -q theirs "$c/Program Files/Shared/lib.dll"
rm -r "$c/Program Files/Shared"
reg_key 'HKCU\Software\Classes\PROTOCOLS\Filter\text/html'
reg_value CLSID sz '{00000000-0000-0000-0000-000000000001}'
reg_import
gives 2 "somebody's own key" check_cmd yes
says "it names the key" 'PROTOCOLS\Filter\text/html" is there already'
wine64 reg delete 'HKCU\Software\Classes\PROTOCOLS' /f >/dev/null 2>&1
as_before "stopped"
# Wine lets everybody write every key; without reg.exe nothing is written.
mv "$c/windows/system32/reg.exe" "$work/reg.exe"
gives 2 "without an administrator's rights" check_cmd yes
says "it says so" "run it as administrator"
mv "$work/reg.exe" "$c/windows/system32/reg.exe"
as_before "without rights"

# Windows XP has no %LOCALAPPDATA%; a folder \Temp of somebody is not it.
mkdir -p "$c/Temp" "$c/Program Files/Shared"
echo theirs >"$c/Temp/mstmp"
gives 2 "as on Windows XP" check_as_xp
says "it stops at what is there" 'Program Files\Shared" is there already'
check "a folder \\Temp is not the user's" test \
	"$(grep -acF 'Temp\mstmp' "$work/out")" = 0
rm -r "$c/Temp" "$c/Program Files/Shared"

# What is in use stays, and "clean" can be asked once more.
wine64 reg add 'HKLM\SOFTWARE\mstmpsweep-check' /v Began /d now /f >/dev/null 2>&1
held="$c/Program Files/mstmpsweep check/held"
mkdir "${held%/*}"
echo 'pause >"C:\Program Files\mstmpsweep check\held"' >"$here/hold.cmd"
mkfifo "$work/go"
(cd "$here" && exec wine cmd /c hold.cmd) <"$work/go" >/dev/null 2>&1 &
holder=$!
exec 5>"$work/go"
while kill -0 $holder 2>/dev/null && ! test -e "$held"; do
	sleep 0.1
done
gives 2 "clean where something is in use" check_cmd clean
says "it says that something stays" "not all that it had made is gone"
echo >&5
exec 5>&-
wait $holder
rm "$here/hold.cmd"
gives 0 "clean once more" check_cmd clean
as_before "clean, twice"

minint='HKLM\SYSTEM\CurrentControlSet\Control\MiniNT'
wine64 reg add "$minint" /f >/dev/null 2>&1
gives 0 "in Windows PE" check_cmd yes
says "Windows PE is no patient" 'PASS  10, WinPE'
wine64 reg delete "$minint" /f >/dev/null 2>&1
as_before "in Windows PE"

# ---- all of it ---------------------------------------------------------------------

check_cmd yes >"$work/out" 2>"$work/err"
code=$?
tr -d '\r' <"$here/results.txt" >"$work/results.txt"
# What Windows protects cannot be found out there, so that nothing is removed.
if grep -q "catalogs: they cannot be searched (error 87)" "$work/results.txt"; then
	skip "this Wine searches the system's catalogs by SHA-1 only"
	return
fi
check "its exit code is 0, not $code" test $code -eq 0
last=$(tail -1 "$work/results.txt")
check "the last line counts: $last" grep -qE \
	'^[0-9]+ passed, 0 failed, [0-9]+ skipped$' <<<"$last"
check "as many as there are lines" test "$last" = "$(grep -ac ^PASS \
	"$work/results.txt") passed, $(grep -ac ^FAIL "$work/results.txt") failed, $(
	grep -ac ^SKIP "$work/results.txt") skipped"
grep -aA20 ^FAIL "$work/results.txt"
for what in 'a quick scan is complete' 'the report names each of them' \
	'undo brings them back' 'as they were' '1, it is not under its name' \
	'12, without console' 'nothing is left behind'; do
	check "results: $what" grep -aq "^PASS .*$what" "$work/results.txt"
done
check "results: most of it could be tried" test "$(grep -ac ^PASS \
	"$work/results.txt")" -ge 24
for what in 'windows   Microsoft Windows' 'program   mstmpsweep' \
	'pack      mstmp' 'wow64 no' 'wine      yes'; do
	check "results: $what" grep -aq "$what" "$work/results.txt"
done
as_before "the whole check"

# ---- cut off -------------------------------------------------------------------------

(cd "$here" && exec wine cmd /c check.cmd yes </dev/null) >"$work/out" 2>&1 &
cut=$!
while kill -0 $cut 2>/dev/null &&
	! tr -d '\r' <"$work/out" | grep -q '^PASS .*fix removes them'; do
	sleep 0.1
done
restart_wine
wait $cut 2>/dev/null
check "cut off: it was under way" test -d "$c/Program Files/mstmpsweep check"
gives 2 "cut off: it does not begin again" check_cmd yes
says "cut off: it says what to do" 'Run "check.cmd clean" first'
gives 0 "cut off: clean" check_cmd clean
as_before "cut off, cleaned"
