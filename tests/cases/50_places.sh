# What a folder means follows from the Windows that is looked at, and from
# whoever says it: temporary folders, Program Files on another drive.
# SPDX-License-Identifier: Apache-2.0

cp tests/pc/base-win7.pc tests/pc/base-xp.pc "$work/"

# make_pc NAME [BASE] <RECIPE: a PC in $work/NAME, over the ordinary BASE
make_pc()
{
	{
		printf 'include\t%s.pc\n' "${2:-base-win7}"
		cat
	} >"$work/$1.pc"
	"$tools/mkpc" "$work/$1.pc" "$standins" tests/standin/marks.enc \
		"$work/$1" || not_ok "mkpc $1"
}

# scan_pc CODE NAME [OPTION...]: its store is $work/NAME.db
scan_pc()
{
	local code=$1 name=$2

	shift 2
	gives "$code" "scan $name" agent scan --quiet \
		--root "$(hp "$work/$name")" --db "$(hp "$work/$name.db")" "$@"
}

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
