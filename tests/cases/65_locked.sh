# Files that running programs share with no reader, as every Windows has them:
# whether a scan of it is complete.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "nobody locks files there; win64 and win32 show it under Wine"
	return
fi

. tests/cases/loaded.sh
own_prefix
c=$WINEPREFIX/drive_c
user=$(basename "$(ls -d "$c"/users/*/AppData | grep -v Public | head -1 | xargs dirname)")
temp=$c/users/$user/AppData/Local/Temp
wtemp="C:\\users\\$user\\AppData\\Local\\Temp"
mkdir -p "$temp"
cp "build/standin/standin${host#win}.dll" "$c/holder.dll"

# lock DLL PATH...: rundll32 loads it and locks the others
lock()
{
	local with=$1 path all=

	shift
	for path; do
		all=$all${all:+|}$wtemp\\$path
	done
	MSTMP_LOCKED=$all hold rundll32 "$with,Hold"
}
locked()
{
	query "$c/live.db" "SELECT DISTINCT replace(path, '$wtemp\\', ''), matters
		FROM v_gap WHERE kind = 'locked' AND
		scan_id = (SELECT max(scan_id) FROM v_scan) ORDER BY path" \
		>"$work/got.tsv"
	printf "$1" >"$work/want.tsv"
	same "$2: which were locked" "$work/want.tsv" "$work/got.tsv"
}

for name in '~DF1A2B.tmp' Perflib_Perfdata_4c4.dat MSI3fa1c.LOG; do
	echo "some text" >"$temp/$name"
done
gives 0 "a quick scan of a clean Windows" live scan --quick --db 'C:\live.db'

# What is always locked on a PC that lives.
lock 'C:\holder.dll' '~DF1A2B.tmp' Perflib_Perfdata_4c4.dat MSI3fa1c.LOG
gives 0 "a quick scan of a living Windows" live scan --quick --lang en --db 'C:\live.db'
says "it tells how many it passed" "In use and closed to every reader: 3."
locked 'MSI3fa1c.LOG\t0\nPerflib_Perfdata_4c4.dat\t0\n~DF1A2B.tmp\t0\n' "living"
gives 0 "the same in Japanese" live report --lang ja --db 'C:\live.db'
gives 0 "as a page" live report --lang en --format html --out 'C:\live.html' --db 'C:\live.db'
check "the page tells it, too" grep -q "In use and closed to every reader: 3\." "$c/live.html"
let_go

# One of the outbreak's names, one of a program: nobody may call that clean.
printf 'MZ' >"$temp/mstmp"
echo "some text" >"$temp/ms001.tmp"
echo "some text" >"$temp/other.dll"
for name in mstmp ms001.tmp other.dll; do
	lock 'C:\holder.dll' '~DF1A2B.tmp' "$name"
	gives 2 "a quick scan with $name locked" live scan --quick --db 'C:\live.db'
	locked "$name\t1\n~DF1A2B.tmp\t0\n" "$name"
	let_go
	rm "$temp/$name"
done

# A running program that has loaded it and locks it: on Windows XP as now.
cp "$c/holder.dll" "$temp/~DF9.tmp"
lock "$wtemp\\~DF9.tmp" '~DF9.tmp' '~DF1A2B.tmp'
gives 2 "a quick scan with a loaded file locked" live scan --quick --db 'C:\live.db'
locked '~DF1A2B.tmp\t0\n~DF9.tmp\t1\n' "loaded"
let_go
gives 0 "it is let go" live scan --quick --db 'C:\live.db'
rm "$temp/~DF9.tmp"

# An entry leads to it.
clsid='{9E0C41A2-77D5-4B6B-9C1E-00A1B2C3D4E5}'
reg_key "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper Objects\\$clsid"
reg_value '' sz ""
reg_key "HKLM\\SOFTWARE\\Classes\\CLSID\\$clsid\\InprocServer32"
reg_value '' sz "C:\\odd\\some.dat"
reg_import
mkdir "$c/odd"
echo "some text" >"$c/odd/some.dat"
gives 0 "an entry that leads to no program" live scan --quick --db 'C:\live.db'
lock 'C:\holder.dll' '..\..\..\..\..\odd\some.dat' '~DF1A2B.tmp'
gives 2 "the same, locked" live scan --quick --db 'C:\live.db'
locked 'C:\\odd\\some.dat\t1\n~DF1A2B.tmp\t0\n' "registered"
let_go
