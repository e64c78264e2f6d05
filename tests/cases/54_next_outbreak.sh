# The next outbreak needs a pack and no new program: two that were made up, at
# other extension points, each found on a PC, cleaned and put back.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

command -v minisign >/dev/null || { skip "minisign is not installed"; return; }

# begin NAME PACK PC: a copy of that PC, and the pack signed
begin()
{
	name=$1
	disk=$work/$1
	on=(--root "$(hp "$disk")" --db "$(hp "$work/$1.db")")
	build_signed "$1" "signatures/$2"
	cp -a "$pcs/$3" "$disk"
	cp -a "$disk" "$disk.was"
}

# found: a quick and a full scan find the lines of standard input
found()
{
	local kind

	cat >"$work/want.tsv"
	for kind in "" --quick; do
		gives 1 "$name: scan $kind" agent scan --lang en $kind "${on[@]}" "${pack[@]}"
		says "$name: the pack's words for the family" ", made up as an example"
		findings "$work/$name.db" >"$work/got.tsv"
		same "$name: found by scan $kind" "$work/want.tsv" "$work/got.tsv"
	done
	says_not_built_in
}

# The pack that is built in knows nothing of it.
says_not_built_in()
{
	gives 0 "$name: the built-in pack finds nothing" agent scan --quiet \
		--root "$(hp "$disk")" --db "$(hp "$work/$name.own.db")"
}

# only [LINE...]: all that differs, as changes() tells it
only()
{
	changes "$disk.was" "$disk" >"$work/got.txt"
	printf '%s\n' "$@" | LC_ALL=C sort >"$work/want.txt"
	same "$name: what was changed" "$work/want.txt" "$work/got.txt"
}

# ---- Winlogon\Notify and Run ------------------------------------------------------
software=WINDOWS/system32/config/software
hanko="Documents and Settings/All Users/Application Data/Hanko"
begin logon example-logon logon-xp
found <<-'EOT'
	malicious	C:\Documents and Settings\All Users\Application Data\Hanko\hankoev.dll	hanko_list,hanko_notify,hanko_notify_elsewhere,hanko_package,hanko_place
	malicious	C:\Documents and Settings\All Users\Application Data\Hanko\hankotray.exe	hanko_package,hanko_place,hanko_run
EOT
query "$work/$name.db" "SELECT reason, reason_ja FROM finding" >"$work/out"
says "$name: the pack's words" "Windows loads a program named hankoev before anybody logs on"
says "$name: the pack's words" "誰かがログオンする前に hankoev という登録のプログラムを読み込みます"
gives 1 "$name: plan" agent plan "${on[@]}" "${pack[@]}"
gives 0 "$name: fix" agent fix --yes "${on[@]}" "${pack[@]}"
only "-key $software \\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\Notify\\hankoev" \
	"-value $software \\Microsoft\\Windows\\CurrentVersion\\Run\\HankoTray" \
	"-value Documents and Settings/太郎/NTUSER.DAT \\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Hanko" \
	"-file $hanko/hankoev.dll" "-file $hanko/hankotray.exe" "-file $hanko/hanko.lst"
gives 0 "$name: nothing is found any more" agent scan --quiet "${on[@]}" "${pack[@]}"
gives 0 "$name: undo" agent undo --yes "${on[@]}"
check "$name: everything is back" unchanged "$disk.was" "$disk"

# ---- the desktop, and a service that a person has to see to -------------------------
software=Windows/System32/config/SOFTWARE
class='{0C0FFEE0-4655-524F-5348-00000000000'
begin desktop example-desktop desktop-win7
found <<-'EOT'
	malicious	C:\Program Files\Common Files\Furoshiki\furohook.dll	furoshiki_hook
	malicious	C:\Program Files\Common Files\Furoshiki\furoobj.dll	furoshiki_delay_load,furoshiki_program
	malicious	C:\Program Files\Common Files\Furoshiki\furoshik.dll	furoshiki_program,furoshiki_service
EOT
gives 1 "$name: plan" agent plan --all "${on[@]}" "${pack[@]}"
says "$name: plan says what a person has to do" "sc delete"
gives 1 "$name: fix leaves what a person has to do" agent fix --yes "${on[@]}" "${pack[@]}"
only "-value $software \\Microsoft\\Windows\\CurrentVersion\\ShellServiceObjectDelayLoad\\Furoshiki" \
	"-value $software \\Microsoft\\Windows\\CurrentVersion\\Explorer\\ShellExecuteHooks\\${class}3}" \
	"-key $software \\Classes\\CLSID\\${class}1}" \
	"-key $software \\Classes\\CLSID\\${class}3}" \
	"-file Program Files/Common Files/Furoshiki/furoobj.dll" \
	"-file Program Files/Common Files/Furoshiki/furoshik.dll" \
	"-file Program Files/Common Files/Furoshiki/furohook.dll"
gives 0 "$name: undo" agent undo --yes "${on[@]}"
check "$name: everything is back" unchanged "$disk.was" "$disk"
