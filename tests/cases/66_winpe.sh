# Inside Windows PE nothing is examined that was not named, and Windows PE is
# no target: here it is what Wine's registry says.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "Windows PE is a running Windows; win64 and win32 show it"
	return
fi

own_prefix
c=$WINEPREFIX/drive_c
control='HKLM\SYSTEM\CurrentControlSet\Control'
# Wine keeps no hives where Windows does: they are lent to its C:. The PC to
# look after is E:.
mkdir "$c/windows/system32/config"
cp $pcs/base-win10/Windows/System32/config/{SOFTWARE,SYSTEM} \
	"$c/windows/system32/config/"
cp -a $pcs/filter-win7 "$work/pc"
ln -s "$work/pc" "$WINEPREFIX/dosdevices/e:"

# lists YES|NO ROOT: whether the last output has that root on a line of its own
lists()
{
	local found=NO

	! cat "$work/out" "$work/err" | tr -d '\r' | grep -qFx -- "$2" || found=YES
	check "$2 is listed: $1" test $found = "$1"
}

# refuses COMMAND...: each would examine the running Windows
refuses()
{
	local command

	for command; do
		gives 64 "$command is refused" live $command
		lists YES 'E:\'
		lists NO 'C:\'
		says "$command: how to go on" \
			"mstmpsweep ${command%% *} --root E:\\"
	done
	check "no store was made" test ! -e "$c/mstmpsweep.db"
}

# The drives are looked at when the server starts.
restart_wine
gives 0 "targets of a PC" live targets
lists YES 'C:\'
lists YES 'E:\'

reg_key "$control\\MiniNT"
reg_key "$control"
reg_value SystemStartOptions sz ' MININT RDPATH=MULTI(0)DISK(0)'
reg_import
refuses "scan --quick" inventory plan "fix --yes" "undo --yes" vault
says "it says where it is" "this is Windows PE"
gives 0 "targets in Windows PE" live targets
lists NO 'C:\'
lists YES 'E:\'
says "the PC is named" KEIRI-PC07
gives 0 "targets of a folder" live targets 'C:\'
lists NO 'C:\'
gives 1 "what is named is examined" live scan --quick --root 'E:\' --db 'C:\pc.db'
gives 0 "and reported" live report --db 'C:\pc.db'
says "of that PC" KEIRI-PC07

# Whoever builds rescue sticks may take the key away.
wine64 reg delete "$control\\MiniNT" /f >"$work/out" 2>&1
gives 64 "without the key" live scan --quick
says "it says where it is" "this is Windows PE"

# The key alone, which any program can make, stops a scan loudly.
wine64 reg delete "$control" /v SystemStartOptions /f >"$work/out" 2>&1
reg_key "$control\\MiniNT"
reg_import
refuses "scan --quick --quiet"
says "it says that a program may have made it" "a program may have made the key"
says "it says what to do" 'reg delete HKLM\SYSTEM\CurrentControlSet\Control\MiniNT'

gives 0 "targets of such a PC" live targets
lists YES 'E:\'
lists NO 'C:\'
says "it does not leave it out without a word" "a program may have made the key"

wine64 reg delete "$control\\MiniNT" /f >"$work/out" 2>&1
gives 0 "a PC again" live scan --quick --db 'C:\live.db'
gives 0 "targets of it" live targets
lists YES 'C:\'
