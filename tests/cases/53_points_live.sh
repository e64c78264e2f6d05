# Windows' own extension points of the running Windows (a Wine prefix): what is
# a value or key of its own goes and comes back, the others are told.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "live fixes need Windows; win64 and win32 show them under Wine"
	return
fi
if ! command -v minisign >/dev/null; then
	skip "minisign is not installed"
	return
fi

own_prefix
c=$WINEPREFIX/drive_c
software='HKLM\SOFTWARE\Microsoft'
current="$software\\Windows\\CurrentVersion"
nt="$software\\Windows NT\\CurrentVersion"
class()
{
	reg_key "HKLM\\SOFTWARE\\Classes\\CLSID\\$1\\InprocServer32"
	reg_value '' sz "C:\\Evil\\$2"
}

mkdir -p "$c/Evil"
for file in run.exe once.exe user.exe notify.dll delay.dll task.dll hook.dll \
	menu.htm plugin.dll service.exe; do
	printf 'MZ bad %s' "$file" >"$c/Evil/$file"
done
reg_key "$current\\Run"
reg_value Evil sz 'C:\Evil\run.exe -x'
reg_value Good sz 'C:\windows\system32\notepad.exe'
reg_key "$current\\RunOnce"
reg_value Evil expand '%SystemDrive%\Evil\once.exe'
reg_key 'HKCU\Software\Microsoft\Windows\CurrentVersion\Run'
reg_value Evil sz 'C:\Evil\user.exe'
reg_key "$nt\\Winlogon\\Notify\\evil"
reg_value DLLName sz 'C:\Evil\notify.dll'
reg_key "$current\\ShellServiceObjectDelayLoad"
reg_value Evil sz '{E0110000-0000-0000-0000-000000000001}'
reg_key "$current\\Explorer\\SharedTaskScheduler"
reg_value '{E0110000-0000-0000-0000-000000000002}' sz evil
reg_key "$current\\Explorer\\ShellExecuteHooks"
reg_value '{E0110000-0000-0000-0000-000000000003}' sz ''
class '{E0110000-0000-0000-0000-000000000001}' delay.dll
class '{E0110000-0000-0000-0000-000000000002}' task.dll
class '{E0110000-0000-0000-0000-000000000003}' hook.dll
reg_key 'HKCU\Software\Microsoft\Internet Explorer\MenuExt\Evil'
reg_value '' sz 'file://C:\Evil\menu.htm'
reg_key "$software\\Internet Explorer\\Plugins\\Extension\\.evil"
reg_value Location sz 'C:\Evil\plugin.dll'
# A person's.
reg_key 'HKLM\SYSTEM\CurrentControlSet\Services\Evil'
reg_value Type dword 16
reg_value Start dword 3
reg_value ImagePath sz 'C:\Evil\service.exe'
reg_import

. tests/cases/points.sh
evil_pack
cp "build/$host/"mstmpsweep*.exe "$c/sweep.exe"
cp "$work/evil.pack" "$work/evil.pack.minisig" "$work/test.pub" "$c/"
live()
{
	wine 'C:\sweep.exe' "$1" --db 'C:\live.db' "${@:2}"
}
with=(--pack 'C:\evil.pack' --key 'C:\test.pub')

# The registry as text, sorted by key.
registry()
{
	wine64 reg export 'HKCU\Software\Microsoft' 'C:\cu.reg' /y >/dev/null 2>&1
	wine64 reg export 'HKLM\SOFTWARE\Microsoft' 'C:\lm.reg' /y >/dev/null 2>&1
	wine64 reg export 'HKLM\SOFTWARE\Classes\CLSID' 'C:\cl.reg' /y >/dev/null 2>&1
	cat "$c/cu.reg" "$c/lm.reg" "$c/cl.reg" | tr -d '\0\r' |
		awk '/^\[/ { key = $0; next } NF { print key, $0 }' |
		LC_ALL=C sort
}
files()
{
	(cd "$c/Evil" && sha256sum -- * | LC_ALL=C sort)
}

registry >"$work/registry.before"
files >"$work/files.before"
live scan --quick --quiet "${with[@]}" >"$work/out" 2>&1
check "the entries are found" test "$(query "$c/live.db" "SELECT count(*)
	FROM v_finding WHERE verdict = 'malicious'")" -eq 10
named "$c/live.db" "IN $acted"
check "nine that a fix may act on" test ${#findings[@]} -eq 18
gives 0 "fix" live fix --yes "${with[@]}" "${findings[@]}"
registry >"$work/registry.after"
diff "$work/registry.before" "$work/registry.after" | grep -c '^>' >"$work/added"
check "nothing is new in the registry" test "$(cat "$work/added")" -eq 0
check "no entry that leads to Evil is left" \
	sh -c "! grep -iq 'evil' '$work/registry.after'"
check "the healthy Run entry is there" \
	grep -q '"Good"=' "$work/registry.after"
ls "$c/Evil" >"$work/got.txt"
printf "service.exe\n" >"$work/want.txt"
same "the files are gone" "$work/want.txt" "$work/got.txt"

gives 0 "undo" live undo --yes
registry >"$work/registry.back"
files >"$work/files.back"
same "undo: the registry" "$work/registry.before" "$work/registry.back"
same "undo: the files" "$work/files.before" "$work/files.back"

live scan --quick --quiet "${with[@]}" >"$work/out" 2>&1
named "$c/live.db" "= 'service'"
gives 1 "fix tells of the service" live fix --yes "${with[@]}" "${findings[@]}"
says "fix tells of the service" '(it starts "C:\Evil\service.exe")'
wine64 reg query 'HKLM\SYSTEM\CurrentControlSet\Services\Evil' >"$work/out" 2>&1
says "the service is there" service.exe
