# Windows' own extension points: each entry is in the inventory with what it
# leads to, the same on every host; rules hit it, and fix takes what is a value
# or key of its own and says what is left for a person.
# SPDX-License-Identifier: Apache-2.0

# ---- the inventory -----------------------------------------------------------
# entries DB: point, view, user, name, file, whether it is there, known
entries()
{
	query "$1" "SELECT point, view, coalesce(user_name, '-'), name,
		coalesce(server_path, '-'), coalesce(file_exists, '?'),
		CASE WHEN known IS NULL THEN '' ELSE 'known' END
		FROM v_inventory
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)" | LC_ALL=C sort
}

for pc in points-xp points-infected-xp; do
	for how in --quick --full; do
		gives 0 "$pc: scan $how" agent scan $how --root \
			"$(hp $pcs/$pc)" --db "$(hp "$work/$pc.db")"
		entries "$work/$pc.db" >"$work/got.tsv"
		LC_ALL=C sort tests/cases/expected/$pc.inventory.tsv \
			>"$work/want.tsv"
		same "$pc: $how: what each entry leads to" "$work/want.tsv" \
			"$work/got.tsv"
		if test "$host" != linux; then
			build/linux/mstmpsweep scan $how --quiet --root \
				$pcs/$pc --db "$work/$pc.linux.db"
			facts "$work/$pc.linux.db" >"$work/linux.facts"
			facts "$work/$pc.db" >"$work/facts"
			same "$pc: $how: the same facts as on linux" \
				"$work/linux.facts" "$work/facts"
		fi
	done
done

# ---- for people ----------------------------------------------------------------
# What a command does is not told by its program alone.
gives 0 "inventory" agent inventory --lang en --root "$(hp $pcs/points-xp)" \
	--out "$(hp "$work/list.txt")"
check "inventory: a command as it is written" grep -qF \
	'as written: cmd.exe /c del "C:\WINDOWS\Temp\setup.tmp"' "$work/list.txt"
check "inventory: not where the path is all" test \
	"$(grep -cF 'as written: %SystemRoot%\system32\ctfmon.exe' "$work/list.txt")" = 0
check "inventory: no blanks at an end" sh -c "! grep -q ' \$' '$work/list.txt'"
gives 0 "inventory as a page" agent inventory --lang ja --format html \
	--root "$(hp $pcs/points-xp)" --out "$(hp "$work/list.html")"
check "inventory as a page: as it is written" grep -qF \
	'記載内容: <code>cmd.exe /c del &quot;C:\WINDOWS\Temp\setup.tmp&quot;</code>' "$work/list.html"

# ---- fix and undo ------------------------------------------------------------
. tests/cases/fixed.sh

if ! command -v minisign >/dev/null; then
	skip "minisign is not installed"
	return
fi

. tests/cases/points.sh
evil_pack

disk=$work/pc
db=$work/fix.db
on=(--root "$(hp "$disk")" --db "$(hp "$db")" --pack "$(hp "$work/evil.pack")"
	--key "$(hp "$work/test.pub")")
software=WINDOWS/system32/config/software
user='Documents and Settings/太郎/NTUSER.DAT'
current='\Microsoft\Windows\CurrentVersion'
cp -a $pcs/points-infected-xp "$disk"
cp -a "$disk" "$work/before"

# What is a key or a value of its own.
gives 1 "scan" agent scan --quiet --quick "${on[@]}"
named "$db" "IN $acted"
check "ten findings that a fix may act on" test ${#findings[@]} -eq 20
gives 0 "fix of what goes by itself" agent fix --yes "${on[@]}" "${findings[@]}"
changes "$work/before" "$disk" >"$work/got.txt"
{
	for file in run.exe dll.dll once.exe notify.dll delay.dll task.dll \
		hook.dll plugin.dll user.exe menu.htm; do
		echo "-file Evil/$file"
	done
	for value in Run\\Evil Run\\EvilDll RunOnce\\Evil \
		ShellServiceObjectDelayLoad\\Evil \
		'Explorer\SharedTaskScheduler\{E0110000-0000-0000-0000-000000000002}' \
		'Explorer\ShellExecuteHooks\{E0110000-0000-0000-0000-000000000003}'; do
		printf '%s\n' "-value $software $current\\$value"
	done
	for key in 'Windows NT\CurrentVersion\Winlogon\Notify\evil' \
		'Internet Explorer\Plugins\Extension\.evil'; do
		printf '%s\n' "-key $software \\Microsoft\\$key"
	done
	for n in 1 2 3; do
		printf '%s\n' "-key $software \\Classes\\CLSID\\{E0110000-0000-0000-0000-00000000000$n}"
	done
	printf '%s\n' "-value $user \\Software$current\\Run\\Evil" \
		"-key $user \\Software\\Microsoft\\Internet Explorer\\MenuExt\\Evil" \
		"+file Documents and Settings/All Users/Application Data/mstmpsweep"
} | LC_ALL=C sort >"$work/want.txt"
grep -v '^.file Documents.*mstmpsweep$' "$work/want.txt" >"$work/want2.txt"
grep -v '^.file Documents.*mstmpsweep$' "$work/got.txt" >"$work/got2.txt"
same "what is gone" "$work/want2.txt" "$work/got2.txt"
# Nothing but a person's is left: that is no clean PC.
gives 1 "scan after it" agent scan --quiet --quick "${on[@]}"
gives 1 "fix of all that is left" agent fix --yes "${on[@]}"
says "fix of all that is left" 'take "C:\Evil\userinit.exe" out'
gives 0 "undo of that" agent undo --yes "${on[@]:0:4}"
gives 0 "undo" agent undo --yes "${on[@]:0:4}"
check "undo brought everything back" unchanged "$work/before" "$disk"

# What a person has to do, and the files without which nobody could log on.
rm -f "$db"
gives 1 "scan again" agent scan --quiet --quick "${on[@]}"
named "$db" "NOT IN $acted"
gives 1 "plan says what a person has to do" agent plan "${on[@]}" "${findings[@]}"
for text in 'take "C:\Evil\shell.exe" out of this value' \
	'take "C:\Evil\userinit.exe" out of this value' \
	'take "C:\Evil\appinit.dll" out of the list' \
	'(it starts "\??\C:\Evil\driver.sys")' '(it starts "C:\Evil\service.exe")' \
	'(it loads "C:\Evil\hosted.dll")' 'it runs "C:\Evil\setup.exe" once' \
	'and not "C:\Evil\debugger.exe"' 'it starts "C:\Evil\job.exe"'; do
	says "plan: by hand" "$text"
done
says "plan: what waits for that is told unasked" "first do by hand what is said there, then scan again"
gives 1 "plan in Japanese" agent plan --lang ja "${on[@]}" "${findings[@]}" \
	--out "$(hp "$work/ja.txt")"
cp "$work/ja.txt" "$work/out"
says "plan in Japanese" "手動での作業が必要です"
says "plan in Japanese" "この値から「C:\\Evil\\shell.exe」だけを取り除き"
gives 1 "fix leaves what is a person's" agent fix --yes "${on[@]}" "${findings[@]}"
says "fix says what a person has to do" 'take "C:\Evil\userinit.exe" out'
changes "$work/before" "$disk" | grep -v '^.file Documents.*mstmpsweep$' \
	>"$work/got.txt"
for file in appinit.dll service.exe hosted.dll setup.exe job.exe; do
	echo "-file Evil/$file"
done | LC_ALL=C sort >"$work/want.txt"
same "no entry is touched, and no file that Windows needs" "$work/want.txt" \
	"$work/got.txt"
gives 0 "undo of it" agent undo --yes "${on[@]:0:4}"
check "undo of it brought everything back" unchanged "$work/before" "$disk"

# An entry that leads elsewhere since the scan is left.
rm -f "$db"
gives 1 "scan once more" agent scan --quiet --quick "${on[@]}"
{
	cp tests/pc/*.pc "$work/"
	sed 's/^sz\tEvil\t"C:\\Evil\\run.exe" -x/sz\tEvil\tC:\\WINDOWS\\explorer.exe/' \
		tests/pc/points-infected-xp.pc >"$work/points-infected-xp.pc"
	"$tools/mkpc" "$work/points-infected-xp.pc" $standins tests/standin/marks.enc \
		"$work/changed" || not_ok "mkpc"
}
cp "$work/changed/$software" "$disk/$software"
named "$db" "= 'run' AND registration.name = 'Evil' AND user_name IS NULL"
check "one finding is named" test ${#findings[@]} -eq 2
gives 1 "fix of an entry that leads elsewhere now" agent fix --yes "${on[@]}" \
	"${findings[@]}"
check "an entry that leads elsewhere now stays" \
	cmp -s "$work/changed/$software" "$disk/$software"
