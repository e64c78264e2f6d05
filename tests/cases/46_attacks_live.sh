# The attacks of 43 on the running Windows (a Wine prefix): what is the
# machine's stays, whatever stands in the user's own registry.
# SPDX-License-Identifier: Apache-2.0

if test "$host" = linux; then
	skip "live attacks need Windows; 43 shows them on a disk"
	return
fi

own_prefix
c=$WINEPREFIX/drive_c
bho='Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects'
user=$(basename "$(ls -d "$c"/users/*/AppData | grep -v Public | head -1 | xargs dirname)")
temp=$c/users/$user/AppData/Local/Temp
mkdir -p "$temp"
hits=$standins/hits
vendor=build/standin/vendor32.dll
label=$("$tools/mkpc" mark filter_text tests/standin/marks.enc)
product='{AB1D0A55-1234-4321-8765-0123456789AB}'
known='{18DF081C-E8AD-4283-A596-FA578C2EBDC3}'
example='{D032570A-5F63-4812-A094-87D007C23012}'
guard='{77770000-1111-2222-3333-444455556666}'
own='{66660000-1111-2222-3333-444455556666}'

# ---- what is the machine's ----------------------------------------------------------

# machine_bho CLSID PATH [WOW]: a product's add-on
machine_bho()
{
	reg_key "HKLM\\SOFTWARE\\${3-}$bho\\$1"
	reg_value '' sz "Product"
	reg_key "HKLM\\SOFTWARE\\Classes\\${3-}CLSID\\$1\\InprocServer32"
	reg_value '' sz "$2"
}

# place PATH FILE: below drive C
place()
{
	mkdir -p "$(dirname "$c/$1")"
	cp "$2" "$c/$1"
}

place 'Program Files/Accounts/viewer.dll' $vendor
place 'Program Files/PassFill/passfill.dll' \
	"$hits/delphi_bho_example/Program Files/PassFill/passfill.dll"
place 'Program Files (x86)/Adobe/AcroIEHelperShim.dll' $vendor
place 'Program Files/Shared/lib.dll' $vendor
place 'users/Public/Program Files/Shared/lib.dll' $vendor
place 'Apps/Acct/filter.dll' $vendor
printf -- '-----BEGIN PGP SIGNATURE-----\n\niEYEABECAAYF\n' >"$work/sig"
place 'Program Files/Git/mingw64/share/lib.sig' "$work/sig"
machine_bho "$product" 'C:\Program Files\Accounts\viewer.dll'
machine_bho "$example" 'C:\Program Files\PassFill\passfill.dll'
machine_bho "$known" 'C:\Program Files (x86)\Adobe\AcroIEHelperShim.dll' \
	'Wow6432Node\'
reg_key 'HKLM\SOFTWARE\Classes\PROTOCOLS\Filter\text/html'
reg_value CLSID sz "$guard"
reg_key "HKLM\\SOFTWARE\\Classes\\CLSID\\$guard\\InprocServer32"
reg_value '' sz 'C:\Apps\Acct\filter.dll'
reg_import

# The machine's registry as text, sorted by key.
machine()
{
	local part

	# An export that fails, since the key is gone, leaves no file.
	for part in 'Classes\CLSID\'{"$product","$example","$guard"} \
		"Classes\\Wow6432Node\\CLSID\\$known" 'Classes\PROTOCOLS' \
		"$bho" "Wow6432Node\\$bho"; do
		wine64 reg export "HKLM\\SOFTWARE\\$part" 'C:\lm.reg' /y \
			>/dev/null 2>&1
		cat "$c/lm.reg" 2>/dev/null | tr -d '\0\r' |
			awk '/^\[/ { key = $0; print; next }
				key != "" && NF { print key, $0 }'
		rm -f "$c/lm.reg"
	done | LC_ALL=C sort
}
files()
{
	(cd "$c" && find 'Program Files' 'Program Files (x86)' Apps \
		users/Public -type f -exec sha256sum {} + | LC_ALL=C sort)
}
machine >"$work/machine.before"
files >"$work/files.before"
check "the machine's part is there" test \
	"$(grep -c InprocServer32 "$work/machine.before")" = 8

# ---- the user's -------------------------------------------------------------------------

# filter CLSID: mstmp's own filter, which leads to that class
filter()
{
	reg_key 'HKCU\Software\Classes\PROTOCOLS\Filter\text/html'
	reg_value '' sz "$label"
	reg_value CLSID sz "$1"
}

# class CLSID PATH [WOW]: the user's own class
class()
{
	reg_key "HKCU\\Software\\Classes\\${3-}CLSID\\$1\\InprocServer32"
	reg_value '' sz "$2"
}

# Where Internet Explorer does not look.
user_bho()
{
	reg_key "HKCU\\Software\\$bho\\$1"
	class "$1" "$2"
}

# tried WHAT CODE: what was written so far is scanned and mended
tried()
{
	reg_import
	gives 1 "$1: scan" live scan --quick --quiet --db 'C:\live.db'
	if test -z "${can_protect-}"; then
		live plan --db 'C:\live.db' >"$work/out" 2>&1
		can_protect=yes
		# As in 22: then nothing is removed at all, and nothing shown.
		! grep -q "they cannot be searched (error 87)" "$work/out" ||
			can_protect=no
	fi
	gives "$2" "$1: fix" live fix --yes --lang en --db 'C:\live.db'
	machine >"$work/machine.after"
	same "$1: the machine's registry" "$work/machine.before" \
		"$work/machine.after"
	files >"$work/files.after"
	same "$1: the files of others" "$work/files.before" "$work/files.after"
	check "$1: the user's own filter is gone" sh -c "! wine64 reg query \
		'HKCU\\Software\\Classes\\PROTOCOLS\\Filter\\text/html' \
		>/dev/null 2>&1"
	wine64 reg delete 'HKCU\Software\Classes\CLSID' /f >/dev/null 2>&1
	wine64 reg delete "HKCU\\Software\\$bho" /f >/dev/null 2>&1
}

filter "$product"
user_bho "$own" 'C:\Program Files\Shared\lib.dll'
tried "the class of another's add-on; a user's BHO entry" 1
if test "$can_protect" = no; then
	skip "this Wine searches the system's catalogs by SHA-1 only"
	return
fi

filter "$product"
class "$product" 'C:\Program Files\Accounts\viewer.dll'
user_bho "$own" 'C:\users\Public\Program Files\Shared\lib.dll'
tried "a class in the shadow of it; a BHO entry below Public" 1

filter "$own"
class "$own" 'C:\Program Files\Accounts\viewer.dll'
reg_key 'HKCU\Environment'
reg_value TEMP sz 'C:\Apps\Acct'
tried "its DLL; TEMP in a product's folder" 1

filter "$known"
class "$known" "C:\\users\\$user\\AppData\\Local\\Temp\\mstmp." 'Wow6432Node\'
cp build/standin/standin32.dll "$temp/mstmp"
check "mstmp is there" test -s "$temp/mstmp"
tried "a class in the shadow of a known add-on's" 0
check "the user's own mstmp is gone" test ! -e "$temp/mstmp"

filter "$own"
class "$own" 'C:\Program Files\PassFill\passfill.dll'
tried "a product built on the public example" 1

filter "$own"
class "$own" 'C:\Program Files\Git\mingw64\share\lib.sig'
tried "a harmless signature" 1
