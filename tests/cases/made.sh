# For cases that make PCs of their own, each a few lines over an ordinary one,
# and look at them.
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

# scan_pc CODE NAME [OPTION...]: its store is $work/NAME.db; $scan_how: how a
# case scans all of them
scan_how=
scan_pc()
{
	local code=$1 name=$2

	shift 2
	gives "$code" "scan $name" agent scan $scan_how --quiet \
		--root "$(hp "$work/$name")" --db "$(hp "$work/$name.db")" "$@"
}
