# Evidence is counted once, and what is said of it is true: names and places
# that harmless programs have too, what an antivirus left, and what would have
# been missed.
# SPDX-License-Identifier: Apache-2.0

cp tests/pc/base-win7.pc "$work/"
bho='Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects'

# entry NUMBER PATH: lines of a recipe: a BHO of the machine
entry()
{
	local id="{0EC0DE00-0000-4000-8000-00000000000$1}"

	printf 'hive\tWindows/System32/config/SOFTWARE\n'
	printf 'key\t%s\\%s\nsz\t@\t\n' "$bho" "$id"
	printf 'key\tClasses\\CLSID\\%s\\InprocServer32\nsz\t@\t%s\n' "$id" "$2"
}

# finds CODE NAME WANT [WAY] <RECIPE: "verdict path" of a PC with it, quick and
# full, or one way only
finds()
{
	local way got

	{
		printf 'include\tbase-win7.pc\n'
		cat
	} >"$work/$2.pc"
	"$tools/mkpc" "$work/$2.pc" "$standins" tests/standin/marks.enc \
		"$work/$2" || not_ok "mkpc $2"
	for way in ${4:---quick --threads=2}; do
		gives "$1" "$2 $way" agent scan $way --quiet \
			--root "$(hp "$work/$2")" --db "$(hp "$work/$2.db")"
		got=$(findings "$work/$2.db" | cut -f1,2 | LC_ALL=C sort)
		if test "$got" = "$3"; then
			ok
		else
			not_ok "$2 $way: \"$got\", not \"$3\""
		fi
	done
}

# reason NAME TEXT: it stands in the reason of a finding of that PC
reason()
{
	query "$work/$1.db" "SELECT reason FROM v_finding" >"$work/out"
	: >"$work/err"
	says "$1: the reason" "$2"
}

named='hits/lib_dll_in_program_files_shared/Program Files/Shared/lib.dll'
pe='hits/mstmp_in_temp/Users/Taro/AppData/Local/Temp/mstmp'
signature=$(printf '%s' '-----BEGIN PGP SIGNATURE-----')

# ---- what makes the clicker ------------------------------------------------------
finds 1 bare 'malicious	C:\Program Files\Shared\lib.dll' < <(
	entry 1 'C:\Program Files\Shared\lib.dll'
	printf 'copy\tProgram Files/Shared/lib.dll\t%s\n' "$named"
)
reason bare "no version information"
reason bare "loads it as a Browser Helper Object for every user of this PC."
finds 1 sig 'note	C:\Tool\lib.sig
suspicious	C:\Tool\lib.dll' --threads=2 < <(
	entry 2 'C:\Tool\lib.dll'
	printf 'copy\tTool/lib.dll\t%s\n' "$named"
	printf 'text\tTool/lib.sig\ta list\n'
)
finds 0 gpg '' < <(
	entry 3 'C:\Tool\lib.dll'
	printf 'copy\tTool/lib.dll\t%s\n' "$named"
	printf 'text\tTool/lib.sig\t%s\n' "$signature"
)
finds 1 copy 'suspicious	C:\Backup\Program Files\Shared\lib.dll' --threads=2 <<END
copy	Backup/Program Files/Shared/lib.dll	$named
END
reason copy "Program Files that is not the one of this Windows"

# ---- what an antivirus left --------------------------------------------------------
finds 1 vir 'suspicious	C:\Program Files\Shared\lib.dll.vir' < <(
	entry 4 'C:\Program Files\Shared\lib.dll'
	printf 'copy\tProgram Files/Shared/lib.dll.vir\t%s\n' "$named"
)
reason vir "would load it, but the file is not there: the entry is what is left, and can be removed."
reason vir "Beside it lies \"lib.dll.vir\", as an antivirus leaves"
finds 0 gone 'note	C:\Users\太郎\AppData\Local\Temp\page.dll' <<'END'
hive	Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat
key	PROTOCOLS\Filter\text/html
sz	CLSID	{0EC0DE00-0000-4000-8000-000000000005}
key	CLSID\{0EC0DE00-0000-4000-8000-000000000005}\InprocServer32
sz	@	C:\Users\太郎\AppData\Local\Temp\page.dll
END
reason gone "its program is gone"

# ---- what is no program -------------------------------------------------------------
finds 0 text 'note	C:\Users\太郎\AppData\Local\Temp\mstmp
note	C:\Windows\Temp\mstmp' <<END
text	Users/太郎/AppData/Local/Temp/mstmp	a note of the helpdesk
text	Windows/Temp/mstmp	
END

# ---- what was missed -----------------------------------------------------------------
finds 1 missed 'suspicious	C:\Users\太郎\AppData\Local\Temp\9.8E-5.swf
suspicious	C:\Users\太郎\AppData\Local\Temp\setup.dll
suspicious	C:\Windows\System32\AdvBHO.dll' < <(
	entry 6 'C:\Users\太郎\AppData\Local\Temp\setup.dll'
	entry 7 'C:\Windows\System32\AdvBHO.dll'
	printf 'copy\tUsers/太郎/AppData/Local/Temp/setup.dll\t%s\n' "$pe"
	printf 'copy\tWindows/System32/AdvBHO.dll\t%s\n' "$pe"
	printf 'copy\tUsers/太郎/AppData/Local/Temp/9.8E-5.swf\t%s\n' "$pe"
)
finds 0 cpp 'note	C:\Windows\System32\AdvBHO.dll' < <(
	entry 8 'C:\Windows\System32\AdvBHO.dll'
	printf 'copy\tWindows/System32/AdvBHO.dll\t%s\n' \
		'hits/advbho_of_another_product/Program Files/Vendor/AdvBHO.dll'
)
