# A class whose server text goes on behind a NUL: found, removed, put back.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

class={5A1E3C70-9B22-4E1D-8F00-1234567890AB}
software=Windows/System32/config/SOFTWARE
cp tests/pc/*.pc "$work/"
sed 's/^\(sz.*\)\(mstmp\.\)$/\1\2\\0C:\\Windows\\good.dll/' tests/pc/filter-win7.pc \
	>"$work/hidden.pc"
"$tools/mkpc" "$work/hidden.pc" $standins tests/standin/marks.enc "$work/pc" ||
	not_ok mkpc
cp -a "$work/pc" "$work/before"
on=(--root "$(hp "$work/pc")" --db "$(hp "$work/s.db")")
gives 1 "scan" agent scan --quick --quiet "${on[@]}"
check "the whole text is recorded" test "$(query "$work/s.db" "SELECT DISTINCT
	server_raw FROM v_inventory WHERE clsid = '$class'")" = \
	'C:\ProgramData\mstmp.\u{0}C:\Windows\good.dll'
gives 0 "fix" agent fix --yes "${on[@]}"
changes "$work/before" "$work/pc" >"$work/got.txt"
LC_ALL=C sort >"$work/want.txt" <<-EOF
	-file ProgramData/mstmp
	-key $software \\Classes\\CLSID\\$class
	-key $software \\Classes\\PROTOCOLS\\Filter\\text/html
EOF
same "entry, class and file are gone" "$work/want.txt" "$work/got.txt"
gives 0 "undo" agent undo --yes "${on[@]:0:4}"
check "undo brought everything back" unchanged "$work/before" "$work/pc"
