# A file that has no end in practice (a sparse one costs nothing) ends no scan:
# it is told that it was not read, and its name counts.
# SPDX-License-Identifier: Apache-2.0

pc=$work/pc
cp -a $pcs/base-win7 "$pc"
temp=$pc/Windows/Temp
db=$work/s.db
mkdir -p "$temp"
# One more than is read; both begin like a program.
for name in big.dll mstmp; do
	printf MZ >"$temp/$name"
	truncate -s $((64 * 1024 * 1024 * 1024 + 1)) "$temp/$name" 2>/dev/null || {
		skip "this file system has no files of that size"
		return
	}
done
gives 3 "huge files" agent scan --quick --quiet --root "$(hp "$pc")" --db "$(hp "$db")"
check "huge files: the name counts" test "$(findings "$db")" = \
	"$(printf 'suspicious\tC:\\Windows\\Temp\\mstmp\tmstmp_in_temp')"
for name in big.dll mstmp; do
	check "huge files: $name was not read, and that matters" test "$(query "$db" \
		"SELECT kind || ' ' || max(matters) FROM v_gap WHERE path =
		'C:\\Windows\\Temp\\$name' GROUP BY kind")" = "too_large 1"
done
