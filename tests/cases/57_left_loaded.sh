# A user's registry file that a fix which was cut off left loaded in the running
# Windows (a Wine prefix, where a plain key stands for it): a scan says so, fix
# and undo unload it, and nobody else's key is touched.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "live registries need Windows; win64 and win32 show them under Wine"
	return
fi

own_prefix
c=$WINEPREFIX/drive_c
left=mstmpsweep-0123456789abcdef
leave()
{
	gives 0 "$1 is loaded" wine64 reg add "HKU\\$1" /v x /d y /f
}
is_loaded() { wine64 reg query "HKU\\$1" >/dev/null 2>&1; }

gives 0 "a scan before" live scan --quick --quiet --db 'C:\live.db'
leave $left
leave mstmpsweep-of-somebody-else
gives 2 "a scan of it is incomplete" live scan --quick --db 'C:\live.db'
says "it names the key" "HKU\\$left"
says "it says why" "registry file is loaded"
query "$c/live.db" "SELECT path FROM v_gap WHERE matters = 1 AND
	kind = 'hive_unreadable'" >"$work/gaps"
printf 'HKU\\%s\n' $left >"$work/want"
same "it is the only one" "$work/want" "$work/gaps"
check "a scan changes nothing" is_loaded $left

gives 65 "undo without anything to undo" live undo --yes --lang en
says "it was unloaded first" "HKEY_USERS\\$left; it was unloaded"
check "undo unloaded it" eval "! is_loaded $left"
check "not that of somebody else" is_loaded mstmpsweep-of-somebody-else
gives 65 "undo once more" live undo --yes --lang en
check "nothing is told then" eval "! grep -q HKEY_USERS '$work/err'"

leave $left
live fix --yes --lang en --db 'C:\live.db' >"$work/out" 2>"$work/err"
says "fix unloads it, too" "HKEY_USERS\\$left; it was unloaded"
check "fix unloaded it" eval "! is_loaded $left"

# Of another Windows than this one nothing is unloaded here.
leave $left
live undo --yes --lang en --root 'C:\' >"$work/out" 2>"$work/err"
check "--root: it is somebody else's affair" is_loaded $left
check "and nothing is said" eval "! grep -q 'HKEY_USERS' '$work/err'"
