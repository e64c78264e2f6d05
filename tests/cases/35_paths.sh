# What a path of the examined Windows leads to: drives, short names, temporary
# folders, servers without a folder, classes in other spellings, and which
# Windows it is where one root holds two.
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
	gives "$code" "scan $name" agent scan --quick --quiet \
		--root "$(hp "$work/$name")" --db "$(hp "$work/$name.db")" "$@"
}

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
