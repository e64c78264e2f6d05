# Any program can write an entry into its user's hive that looks like the
# outbreak's and leads to a class of the machine: the entry goes, the class and
# the file of somebody else stay.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh
pc=$work/pc
cp -a $pcs/planted-win7 "$pc"
on=(--root "$(hp "$pc")" --db "$(hp "$work/s.db")")
gives 1 "scan" agent scan --quiet "${on[@]}"
gives 1 "plan" agent plan --all "${on[@]}"
says "a class of Windows itself is held" "or the class of a file there"
says "the machine's class is held" "belongs to all users"
gives 1 "plan without --all" agent plan --lang en "${on[@]}"
says "what waits for a person's word is told unasked" "the program it leads to, left in place"
query "$work/s.db" "SELECT count(*) FROM v_finding WHERE verdict = 'malicious'" \
	>"$work/n"
check "both entries are malicious" test "$(cat "$work/n")" = 2
gives 1 "in Japanese, too" agent plan --all --lang ja "${on[@]}" \
	--out "$(hp "$work/plan.txt")"
check "in Japanese, too" grep -q "全ユーザー共通" "$work/plan.txt"
gives 1 "fix does not end with 0: a person has to look" agent fix --yes --lang en "${on[@]}"
says "it names what it left" 'step 4, C:\Program Files\Accounts\viewer.dll: the program it leads to, left in place'
says "and the way to it" "undo, scan again, then name it with fix --step"
gives 1 "plan after it" agent plan --lang en "${on[@]}"
check "it offers no number that fix would not take" sh -c "! grep -e --step '$work/out'"
gives 65 "fix would not take it" agent fix --yes --step 4 "${on[@]}"
gives 1 "a second fix" agent fix --yes --lang en "${on[@]}"
says "a second fix says what to do" "a fix has worked on this finding since the scan; scan again"
check "the other program's file is there" cmp "$pc/Program Files/Accounts/viewer.dll" \
	"$pcs/planted-win7/Program Files/Accounts/viewer.dll"
check "Windows' file is there" cmp "$pc/Windows/System32/mshtml.dll" \
	"$pcs/planted-win7/Windows/System32/mshtml.dll"
check "the machine's hive is as it was" cmp "$pc/Windows/System32/config/SOFTWARE" \
	"$pcs/planted-win7/Windows/System32/config/SOFTWARE"
gives 0 "a new scan finds nothing" agent scan --quiet "${on[@]}"
gives 0 "undo" agent undo --yes "${on[@]}"
check "undo: as it was" unchanged $pcs/planted-win7 "$pc"

# The way that fix told.
gives 1 "scan again" agent scan --quiet "${on[@]}"
gives 1 "fix with that step" agent fix --yes --step 4 "${on[@]}"
check "it is done" test ! -e "$pc/Program Files/Accounts/viewer.dll"
gives 0 "undo of it" agent undo --yes "${on[@]}"
check "undo of it: as it was" unchanged $pcs/planted-win7 "$pc"
