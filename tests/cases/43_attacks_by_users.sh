# Nobody's property goes because somebody else wrote something: the table of
# what a program without rights can try, and eleven decoys.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/corpus.sh

corpus_split tests/corpus/attacks.pcs
for name in $(corpus_names); do
	corpus_make "$name" || continue
	corpus_scans "$name" full quick
	corpus_reasons "$name"
	corpus_fix "$name"
	corpus_drop
done

# ---- eleven decoys do not stop the clean-up ---------------------------------------
# Each is a program with strong marks that the user's own entry loads: more than
# one fix takes. What is the machine's goes first all the same.
{
	printf 'pc\tdecoys\tbase-attack\n'
	printf 'copy\tProgram Files/Shared/lib.dll\t../standin32.dll\n'
	printf 'hive\t$SW\n'
	printf 'key\t$BHO\\{AAAA0000-BBBB-CCCC-DDDD-EEEEFFFF0001}\n'
	printf 'key\tClasses\\CLSID\\{AAAA0000-BBBB-CCCC-DDDD-EEEEFFFF0001}\\InprocServer32\n'
	printf 'sz\t@\tC:\\Program Files\\Shared\\lib.dll\n'
	for i in 01 02 03 04 05 06 07 08 09 10 11; do
		printf 'hive\t$UC\n'
		printf 'key\tPROTOCOLS\\Handler\\d%s\n' $i
		printf 'sz\tCLSID\t{DEC00000-1111-2222-3333-4444555566%s}\n' $i
		printf 'key\tCLSID\\{DEC00000-1111-2222-3333-4444555566%s}\\InprocServer32\n' $i
		printf 'sz\t@\tC:\\Users\\太郎\\AppData\\Local\\Temp\\d%s.dll\n' $i
		printf 'copy\t$U/AppData/Local/Temp/d%s.dll\thits/nish_key_constant/$STANDIN/a.dll\n' $i
	done
} >"$work/decoys.pcs"
rm "$work/names"
corpus_split "$work/decoys.pcs"
corpus_make decoys
classes=Users/太郎/AppData/Local/Microsoft/Windows/UsrClass.dat

# left: how many of the twelve programs are still there
left()
{
	ls "$pc"/Users/太郎/AppData/Local/Temp/d*.dll \
		"$pc/Program Files/Shared/lib.dll" 2>/dev/null | wc -l
}

gives 1 "decoys: scan" agent scan --quiet --quick "${on[@]}"
check "decoys: twelve malicious findings" test "$(findings "$pc.db" |
	grep -c '^malicious')" = 12
gives 1 "decoys: fix" agent fix --yes --lang en "${on[@]}"
check "decoys: the machine's program is gone" test ! -e \
	"$pc/Program Files/Shared/lib.dll"
changes "$pc.before" "$pc" >"$work/changes"
check "decoys: and its entry" grep -q 'EEEEFFFF0001' "$work/changes"
check "decoys: only what is theirs went" sh -c "! grep -v -e ' $classes ' \
	-e 'AppData/Local/Temp/d[01]' -e EEEEFFFF0001 -e Shared/lib.dll \
	'$work/changes'"
n=$(left)
check "decoys: some are left, $n" test "$n" -gt 0 -a "$n" -lt 12
gives 0 "decoys: a second fix goes on" agent fix --yes --lang en "${on[@]}"
check "decoys: all are gone" test "$(left)" = 0
gives 0 "decoys: scanned again" agent scan --quiet --quick "${on[@]}"
