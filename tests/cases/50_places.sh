# What a folder means follows from the Windows that is looked at, and from
# whoever says it: temporary folders, Program Files on another drive.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/made.sh

# verdicts NAME: "verdict path" of the newest scan
verdicts()
{
	findings "$work/$1.db" | cut -f1,2
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

bho='Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects'

# ---- a user's TEMP is his own affair -------------------------------------------
# Whoever may write his own hive names a product's folder as his TEMP.
make_pc temp <<END
hive	Windows/System32/config/SOFTWARE
key	Classes\PROTOCOLS\Filter\text/html
sz	@	Acct page filter
sz	CLSID	{0AC1A000-0000-4000-8000-000000000001}
key	Classes\CLSID\{0AC1A000-0000-4000-8000-000000000001}\InprocServer32
sz	@	C:\Apps\Acct\acct.dll
text	Apps/Acct/acct.dll	MZ a product of the whole machine
hive	Profiles/hanako/NTUSER.DAT
key	Environment
sz	TMP	C:\Apps\Acct
END
scan_pc 1 temp
tells "a machine's filter is no more than suspicious" \
	"suspicious	C:\\Apps\\Acct\\acct.dll" "$(verdicts temp)"
gives 0 "fix leaves it" agent fix --yes --root "$(hp "$work/temp")" \
	--db "$(hp "$work/temp.db")"
check "the product is there" test -e "$work/temp/Apps/Acct/acct.dll"
scan_pc 1 temp --quick
tells "and is registered" "1" "$(query "$work/temp.db" "SELECT count(*)
	FROM v_inventory WHERE point = 'mime_filter' AND name = 'text/html'
	AND scan_id = (SELECT max(scan_id) FROM v_scan)")"

# His own filter into his own temporary folder is what it always was.
make_pc own <<END
hive	Profiles/hanako/NTUSER.DAT
key	Environment
sz	TMP	C:\Apps\Acct
hive	Profiles/hanako/AppData/Local/Microsoft/Windows/UsrClass.dat
key	PROTOCOLS\Filter\text/html
sz	CLSID	{0AC1A000-0000-4000-8000-000000000001}
key	CLSID\{0AC1A000-0000-4000-8000-000000000001}\InprocServer32
sz	@	C:\Apps\Acct\page.dll
text	Apps/Acct/page.dll	MZ a program
END
scan_pc 1 own
tells "a user's filter into his TEMP" "malicious	C:\\Apps\\Acct\\page.dll" \
	"$(verdicts own)"
# Nothing leads to this one: anybody's TEMP counts.
make_pc bare <<END
hive	Profiles/hanako/NTUSER.DAT
key	Environment
sz	TMP	C:\Apps\Acct
copy	Apps/Acct/mstmp	hits/mstmp_in_temp/Users/Taro/AppData/Local/Temp/mstmp
END
scan_pc 1 bare --quick
tells "a file in somebody's TEMP, quick" "suspicious	C:\\Apps\\Acct\\mstmp" \
	"$(verdicts bare)"

# ---- Program Files where this Windows has them -----------------------------------
# A pack of one rule that asks for the place alone.
mkdir -p "$work/pack/rules"
sed 's/^name.*/name: places/' signatures/example-toolbar/pack.txt >"$work/pack/pack.txt"
printf 'tree\t%%ProgramFiles%%\\Shared\tfor this test\n' >"$work/pack/places.tsv"
for list in known allow texts; do
	: >"$work/pack/$list.tsv"
done
cat >"$work/pack/rules/a.yar" <<'END'
rule in_shared {
	meta:
		description = "lies in Shared"
		score = 60
		evidence = "name"
	condition:
		object == "file" and place iequals "%ProgramFiles%\\Shared" and
		filename iequals "lib.dll"
}
rule bho_in_shared {
	meta:
		description = "is loaded from Shared"
		score = 60
		evidence = "registration"
	strings:
		$place = "\nplace: %ProgramFiles%\\Shared\\lib.dll\n"
	condition:
		object == "registration" and point == "bho" and $place and
		place == "%ProgramFiles%\\Shared"
}
END
sed 's/^\(sz	ProgramFilesDir	\).*/\1D:\\Apps/' tests/pc/base-win7.pc >"$work/base-apps.pc"
make_pc apps base-apps <<END
hive	Windows/System32/config/SOFTWARE
key	$bho\\{0AC1A000-0000-4000-8000-000000000002}
sz	@	
key	Classes\CLSID\{0AC1A000-0000-4000-8000-000000000002}\InprocServer32
expand	@	%ProgramFiles%\Shared\lib.dll
text	Backup/Program Files/Shared/lib.dll	MZ a copy
text	Program Files/Shared/lib.dll	MZ one of before
text	Users/Public/Program Files/Shared/lib.dll	MZ a copy
END
mkdir -p "$work/d/Apps/Shared" "$work/d/Program Files/Shared"
echo "MZ a program" >"$work/d/Apps/Shared/lib.dll"
echo "MZ another" >"$work/d/Program Files/Shared/lib.dll"
for way in --quick --threads=2; do
	rm -f "$work/apps.db"
	gives 1 "apps $way" agent scan $way --quiet --pack "$(hp "$work/pack")" \
		--root "$(hp "$work/apps")" --map "D:=$(hp "$work/d")" \
		--db "$(hp "$work/apps.db")"
	tells "Program Files on another drive, and where it was: $way" \
		"suspicious	C:\\Program Files\\Shared\\lib.dll	in_shared
malicious	D:\\Apps\\Shared\\lib.dll	bho_in_shared,in_shared" \
		"$(findings "$work/apps.db")"
done
# A folder is no Windows: there a copy of the disk counts at any depth.
gives 1 "a folder" agent scan --quiet --pack "$(hp "$work/pack")" \
	--folder "$(hp "$work/apps")" --db "$(hp "$work/folder.db")"
tells "copies in a folder" 3 "$(findings "$work/folder.db" | wc -l)"

# ---- what is left of a profile ----------------------------------------------------
make_pc left <<END
hive	Users/jiro/AppData/Local/Microsoft/Windows/UsrClass.dat
key	PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{0AC1A000-0000-4000-8000-000000000003}
key	Wow6432Node\CLSID\{0AC1A000-0000-4000-8000-000000000003}\InProcServer32
sz	@	C:\Users\jiro\AppData\Local\Temp\mstmp.
END
scan_pc 1 left --quick
tells "a filter where only UsrClass.dat is left" \
	"malicious	C:\\Users\\jiro\\AppData\\Local\\Temp\\mstmp" \
	"$(verdicts left)"
gives 0 "and it goes" agent fix --yes --root "$(hp "$work/left")" \
	--db "$(hp "$work/left.db")"
scan_pc 0 left --quick

# ---- what Windows takes for one ------------------------------------------------------
make_pc alias <<END
hive	Windows/System32/config/SOFTWARE
key	$bho\\{0AC1A000-0000-4000-8000-000000000004}
sz	@	
key	Classes\CLSID\{0AC1A000-0000-4000-8000-000000000004}\InprocServer32
sz	@	C:\Program Files\Shared\lib.dll
copy	Users/太郎/AppData/Local/VirtualStore/Program Files/Shared/lib.dll	hits/nish_key_constant/Users/Taro/Documents/a.dll
hive	Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat
key	PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{0AC1A000-0000-4000-8000-000000000005}
key	Wow6432Node\CLSID\{0AC1A000-0000-4000-8000-000000000005}\InProcServer32
sz	@	C:\Users\太郎\AppData\Local\Temp\mstmp.
copy	Users/太郎/AppData/Local/Temp/mstmp	hits/mstmp_in_temp/Users/Taro/AppData/Local/Temp/mstmp
copy	Users/太郎/AppData/Local/Temp/mstmp.	hits/mstmp_in_temp/Users/Taro/AppData/Local/Temp/mstmp
END
for way in --quick --threads=2; do
	scan_pc 1 alias $way
	tells "one finding each: $way" "malicious	C:\\Users\\太郎\\AppData\\Local\\Temp\\mstmp
malicious	C:\\Users\\太郎\\AppData\\Local\\VirtualStore\\Program Files\\Shared\\lib.dll" \
		"$(verdicts alias)"
done
gives 0 "fix" agent fix --yes --root "$(hp "$work/alias")" --db "$(hp "$work/alias.db")"
# The machine's entry is no worse for what a user laid into his VirtualStore.
scan_pc 1 alias
tells "what is left" "suspicious	C:\\Program Files\\Shared\\lib.dll" \
	"$(verdicts alias)"

# ---- copies -----------------------------------------------------------------------------
# What was thrown away, kept for a return or put by: found, and called a copy.
lib='hits/nish_key_constant/Users/Taro/Documents/a.dll'
make_pc copies <<END
copy	\$Recycle.Bin/S-1-5-21-11-22-33-1000/\$R1A2B3C.dll	$lib
copy	RECYCLER/S-1-5-21-11-22-33-1000/Dc1.exe	$lib
copy	RECYCLER/S-1-5-21-11-22-33-1000/lib.dll	$lib
copy	System Volume Information/_restore{1}/RP5/A0001234.dll	$lib
copy	Windows.old/Program Files/Shared/lib.dll	$lib
copy	Backup/Program Files/Shared/lib.dll	$lib
copy	RECYCLER/S-1-5-21-11-22-33-1000/Dc8.dll	$lib
hive	Windows/System32/config/SOFTWARE
key	$bho\\{0AC1A000-0000-4000-8000-000000000006}
sz	@	
key	Classes\CLSID\{0AC1A000-0000-4000-8000-000000000006}\InprocServer32
sz	@	C:\RECYCLER\S-1-5-21-11-22-33-1000\Dc8.dll
END
# Its record, version 2: 32 characters with the NUL.
printf '\2\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\40\0\0\0' \
	>"$work/copies/\$Recycle.Bin/S-1-5-21-11-22-33-1000/\$I1A2B3C.dll"
printf '%s\0' 'C:\Program Files\Shared\lib.dll' | iconv -t UTF-16LE |
	head -c 62 >>"$work/copies/\$Recycle.Bin/S-1-5-21-11-22-33-1000/\$I1A2B3C.dll"
printf '\0\0' >>"$work/copies/\$Recycle.Bin/S-1-5-21-11-22-33-1000/\$I1A2B3C.dll"
was=
info=${MSTMP_DATA:-../shared/data}/logs/misc/recycler_INFO2
if test -e "$info"; then
	cp "$info" "$work/copies/RECYCLER/S-1-5-21-11-22-33-1000/INFO2"
	was='C:\Documents and Settings\Mr. Evil\Desktop\lalsetup250.exe'
fi
scan_pc 1 copies --lang en
query "$work/copies.db" "SELECT path || '|' || ifnull(copy_of, 'none')
	FROM artefact WHERE kind = 'file' ORDER BY path" >"$work/got"
cat >"$work/want" <<END
C:\\\$Recycle.Bin\\S-1-5-21-11-22-33-1000\\\$R1A2B3C.dll|C:\\Program Files\\Shared\\lib.dll
C:\\Backup\\Program Files\\Shared\\lib.dll|C:\\Program Files\\Shared\\lib.dll
C:\\RECYCLER\\S-1-5-21-11-22-33-1000\\Dc1.exe|$was
C:\\RECYCLER\\S-1-5-21-11-22-33-1000\\Dc8.dll|none
C:\\RECYCLER\\S-1-5-21-11-22-33-1000\\lib.dll|none
C:\\System Volume Information\\_restore{1}\\RP5\\A0001234.dll|
C:\\Windows.old\\Program Files\\Shared\\lib.dll|C:\\Program Files\\Shared\\lib.dll
END
same "which are copies, and of what" "$work/want" "$work/got"
for format in text html json csv; do
	gives 0 "copies: $format" agent report --db "$(hp "$work/copies.db")" \
		--lang en --format $format --out "$(hp "$work/r")"
	check "copies: $format tells the original's place" \
		grep -q 'Program Files.*Shared.*lib.dll.*' "$work/r"
	check "copies: $format calls it one" grep -q 'in the recycle bin' "$work/r"
done
# One that is loaded is in use, whatever it is called.
query "$work/copies.db" "SELECT path FROM v_finding
	WHERE reason LIKE '%loads it as%' ORDER BY path" >"$work/got"
echo 'C:\RECYCLER\S-1-5-21-11-22-33-1000\Dc8.dll' >"$work/want"
same "of no copy it is said that it is loaded" "$work/want" "$work/got"
