# What a path of the examined Windows leads to: drives, short names, temporary
# folders, servers without a folder, classes in other spellings, and which
# Windows it is where one root holds two.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/made.sh
scan_how=--quick

# rows NAME SQL: of the newest scan, ? stands for its number
rows()
{
	query "$work/$1.db" "${2/\?/(SELECT max(scan_id) FROM v_scan)}"
}

# tells WHAT WANT GOT
tells()
{
	if test "$2" = "$3"; then
		ok
	else
		not_ok "$1: \"$3\", not \"$2\""
	fi
}

profiles='Microsoft\Windows NT\CurrentVersion\ProfileList'
gaps="SELECT kind || '|' || path FROM v_gap WHERE scan_id = ? AND matters ORDER BY 1"

# ---- an absent drive is one gap, whatever lies on it -------------------------
make_pc absent <<END
hive	Windows/System32/config/SOFTWARE
key	$profiles\\S-1-5-21-11-22-33-1002
expand	ProfileImagePath	D:\\Users\\jiro
key	Classes\\CLSID\\{DBC80044-A445-435B-BC74-9C25C1C588A9}\\InprocServer32
sz	@	D:\\Java\\jp2ssv.dll
END
scan_pc 2 absent
tells "one absent drive, one gap" 'drive_not_mapped|D:\Users\jiro' \
	"$(rows absent "$gaps")"
mkdir -p "$work/d/Users"
scan_pc 0 absent --map "D:=$(hp "$work/d")"
tells "no gap with the drive" '' "$(rows absent "$gaps")"
# So is a profile behind a link; Wine follows links before the program sees them.
if test "$host" = linux; then
	ln -s /nowhere "$work/d/Users/jiro"
	scan_pc 2 absent --map "D:=$(hp "$work/d")"
	tells "one link, one gap" \
		'hive_unreadable|HKU\S-1-5-21-11-22-33-1002' \
		"$(rows absent "$gaps")"
	rm "$work/d/Users/jiro"
fi

# ---- a filter's class, spelled as Windows takes it ---------------------------
id={5A1E3C70-9B22-4E1D-8F00-1234567890AB}
make_pc progid <<END
hive	Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat
key	PROTOCOLS\\Filter\\text/html
sz	CLSID	Web.Filter
key	Web.Filter\\CLSID
sz	@	${id,,}
key	CLSID\\$id\\InprocServer32
sz	@	C:\\Users\\太郎\\AppData\\Roaming\\web.dll
text	Users/太郎/AppData/Roaming/web.dll	MZ
END
scan_pc 1 progid
tells "a ProgID leads to the filter's program" \
	"$id|C:\\Users\\太郎\\AppData\\Roaming\\web.dll|suspicious" \
	"$(rows progid "SELECT clsid || '|' || path || '|' || verdict
		FROM v_finding WHERE scan_id = ?")"
gives 0 "fix takes the entry" agent fix --yes --finding 1 \
	--root "$(hp "$work/progid")" --db "$(hp "$work/progid.db")"
scan_pc 0 progid

# ---- two Windows on one disk -------------------------------------------------
second='Microsoft\Windows NT\CurrentVersion'
{
	echo "hive	WINDOWS.0/system32/config/software"
	echo "key	$second"
	echo "sz	ProductName	Microsoft Windows XP"
	echo "sz	CurrentVersion	5.1"
	echo "sz	CurrentBuildNumber	2600"
	echo "sz	SystemRoot	C:\\WINDOWS.0"
	echo "key	Microsoft\\Cryptography"
	echo "sz	MachineGuid	11111111-3b7e-4a5c-8d3a-55aa10203040"
	echo "key	$profiles"
	echo "expand	ProfilesDirectory	%SystemDrive%\\Documents and Settings"
	echo "hive	WINDOWS.0/system32/config/system"
	echo "key	Select"
	echo "dword	Current	1"
	echo "key	ControlSet001\\Control\\ComputerName\\ComputerName"
	echo "sz	ComputerName	SECOND"
	echo "hive	WINDOWS.0/system32/config/default"
	echo "key	Environment"
	echo "folder	Windows.old/system32/config"
	printf 'text	boot.ini	[boot loader]\\ntimeout=30\\ndefault=multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS.0\\n[operating systems]\\n\n'
} | make_pc two base-xp
gives 0 "targets" agent targets "$(hp "$work/two")"
says "targets names the one" "computer SOUMU-XP3, --windows WINDOWS"
says "targets names the other" "computer SECOND, --windows WINDOWS.0"
check "and no copy" sh -c "! grep -qi 'windows.old' '$work/out'"
# what was looked at, and what was not
seen="SELECT host_name FROM v_scan WHERE scan_id = ?"
others="SELECT kind || '|' || path || '|' || matters FROM v_gap WHERE scan_id = ?
	AND kind = 'other_windows'"
scan_pc 2 two
tells "boot.ini names the second" SECOND "$(rows two "$seen")"
tells "the first is a gap" 'other_windows|C:\WINDOWS|1' "$(rows two "$others")"
tells "and nothing else is" 'other_windows|C:\WINDOWS' "$(rows two "$gaps")"
gives 0 "the first by name" agent scan --quick --lang en --windows windows \
	--root "$(hp "$work/two")" --db "$(hp "$work/two.db")"
says "a line tells the other" 'Another Windows of this disk, not examined: C:\WINDOWS.0'
tells "the first was looked at" SOUMU-XP3 "$(rows two "$seen")"
tells "the second is told" 'other_windows|C:\WINDOWS.0|0' "$(rows two "$others")"
rm "$work/two/boot.ini"
scan_pc 0 two --windows 'C:\WINDOWS.0\'
tells "a path of that Windows is taken" SECOND "$(rows two "$seen")"
scan_pc 0 two --windows "$(hp "$work/two/WINDOWS.0")"
tells "a path of this system is taken" SECOND "$(rows two "$seen")"
scan_pc 65 two --windows WINNT
says "what there is" "it holds WINDOWS, WINDOWS.0"
scan_pc 65 two --windows "$(hp "$work/absent/WINDOWS")"
gives 2 "inventory" agent inventory --root "$(hp "$work/two")"
for command in plan fix undo; do
	gives 64 "$command --windows without --root" agent $command --windows WINDOWS
	says "what it goes with" "--windows goes with --root"
done
gives 0 "plan of the second" agent plan --windows WINDOWS.0 \
	--root "$(hp "$work/two")" --db "$(hp "$work/two.db")"
# The report of a root is that of the Windows which is named.
if agent report --help | grep -q -e '^  --root '; then
	for name in WINDOWS WINDOWS.0; do
		agent scan --quick --quiet --windows $name --root "$(hp "$work/two")" \
			--db "$(hp "$work/each.db")" >/dev/null 2>&1
	done
	gives 0 "report of the one" agent report --lang en --windows WINDOWS \
		--root "$(hp "$work/two")" --db "$(hp "$work/each.db")"
	says "report of the one" "Examined PC:  SOUMU-XP3"
	gives 0 "report of the other" agent report --lang en --windows WINDOWS.0 \
		--root "$(hp "$work/two")" --db "$(hp "$work/each.db")"
	says "report of the other" "Examined PC:  SECOND"
fi
# Wherever a root can be named, so can one of its Windows.
agent --help >"$work/out" 2>&1
for command in $(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$work/out"); do
	agent "$command" --help >"$work/help" 2>&1
	tells "$command: --root and --windows go together" \
		"$(grep -c -e '^  --root ' "$work/help")" \
		"$(grep -c -e '^  --windows ' "$work/help")"
done

# ---- temporary folders -------------------------------------------------------
# One PC: TMP moved to another drive, and one level deep; a service's; SYSTEM's;
# and names that are one file to all programs.
body=hits/mstmp_in_temp/Users/Taro/AppData/Local/Temp/mstmp
make_pc temps <<END
hive	Profiles/hanako/NTUSER.DAT
key	Environment
expand	TMP	D:\\Work
hive	Windows/ServiceProfiles/NetworkService/NTUSER.DAT
key	Environment
sz	TMP	C:\\Program Files\\Scratch
hive	Windows/ServiceProfiles/LocalService/NTUSER.DAT
key	Environment
sz	TMP	C:\\Spool
hive	Windows/System32/config/SYSTEM
key	ControlSet001\\Control\\Session Manager\\Environment
sz	TMP	C:\\ProgramData\\Scratch
copy	Program Files/Scratch/Low/mstmp	$body
copy	Spool/mstmp	$body
copy	ProgramData/Scratch/mstmp	$body
copy	Windows/SystemTemp/mstmp	$body
copy	Users/太郎/AppData/LocalLow/Temp/mstmp	$body
text	Program Files/mstmp	a name in a place that says nothing
END
mkdir -p "$work/d/Work"
for name in mstmp. mstmp.. 'mstmp '; do
	cp "$standins/$body" "$work/d/Work/$name"
done
scan_pc 1 temps --map "D:=$(hp "$work/d")"
tells "mstmp in each temporary folder" "C:\\Program Files\\Scratch\\Low\\mstmp
C:\\ProgramData\\Scratch\\mstmp
C:\\Spool\\mstmp
C:\\Users\\太郎\\AppData\\LocalLow\\Temp\\mstmp
C:\\Windows\\SystemTemp\\mstmp
D:\\Work\\mstmp " "$(rows temps "SELECT path FROM v_finding
	WHERE scan_id = ? AND verdict = 'suspicious' ORDER BY path")"
tells "names that a program takes for one are one finding" 3 "$(rows temps \
	"SELECT count(*) FROM artefact WHERE path LIKE 'D:%' AND scan_id = ?")"

# ---- a server without a folder -----------------------------------------------
# The first of the search is named; what lies later in it is looked at, too.
make_pc bare <<END
hive	Windows/System32/config/SOFTWARE
key	Classes\\PROTOCOLS\\Filter\\text/html
sz	CLSID	$id
key	Classes\\CLSID\\$id\\InprocServer32
sz	@	web.dll
hive	Windows/System32/config/SYSTEM
key	ControlSet001\\Control\\Session Manager\\Environment
expand	Path	%SystemRoot%\\system32;C:\\Tools
hive	Profiles/hanako/NTUSER.DAT
key	Environment
expand	Path	%USERPROFILE%\\bin
text	Windows/web.dll	MZ
copy	Tools/web.dll	hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll
copy	Profiles/hanako/bin/web.dll	hits/monkif_filter_text_and_key/Users/Taro/Documents/a.dll
END
scan_pc 1 bare
tells "each file of that name is looked at" 'C:\Profiles\hanako\bin\web.dll|malicious
C:\Tools\web.dll|malicious
C:\Windows\web.dll|suspicious' "$(rows bare "SELECT path || '|' || verdict
	FROM v_finding WHERE scan_id = ? ORDER BY path")"
tells "the inventory has the first" 'web.dll|C:\Windows\web.dll|1' \
	"$(rows bare "SELECT server_raw || '|' || server_path || '|' || file_exists
	FROM v_inventory WHERE scan_id = ? AND clsid = '$id'")"
gives 0 "inventory" agent report --what inventory --lang en --db "$(hp "$work/bare.db")"
says "the inventory says that it is the first" 'web.dll  (the first that Windows finds)'
gives 0 "report" agent report --lang en --db "$(hp "$work/bare.db")"
tr -d '\r\n' <"$work/out" | tr -s ' ' >"$work/text"
check "the reason says what cannot be known" \
	grep -qF "the one in which the browser was started cannot be known" "$work/text"
gives 0 "report in Japanese" agent report --lang ja --db "$(hp "$work/bare.db")" \
	--out "$(hp "$work/ja.txt")"
tr -d ' \r\n' <"$work/ja.txt" >"$work/text"
check "in Japanese, too" grep -qF "ブラウザーが起動されたフォルダーは特定できません" "$work/text"
