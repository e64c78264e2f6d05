# A verdict is never older than the last change: what a fix did is no plan any
# more, and what undo put back makes every scan before it old.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

# fresh PC: a copy of it in $pc that is scanned into $db
fresh()
{
	rm -rf "$work/pc" "$work/db"
	mkdir "$work/db"
	cp -a "$pcs/$1" "$work/pc"
	pc=$work/pc
	db=$work/db/s.db
	on=(--root "$(hp "$pc")" --db "$(hp "$db")")
	gives 1 "$1: scan" agent scan --quick --quiet --lang en "${on[@]}"
}
# counts WHAT NUMBER SQL: of the store
counts()
{
	check "$1: $2" test "$(query "$db" "$3")" = "$2"
}

# ---- what is gone is no step --------------------------------------------------
fresh filter-win7
gives 0 "fix" agent fix --yes --lang en "${on[@]}"
says "fix: it did three things" "3 done."
gives 0 "gone: plan" agent plan --lang en "${on[@]}"
says "gone: plan says that nothing is left" "nothing is left to do"
check "gone: and no step" sh -c "! grep -q 'NOT DONE\\|Nothing has been' '$work/out'"
gives 0 "gone: fix" agent fix --yes --lang en "${on[@]}"
says "gone: fix says that nothing is left" "nothing is left to do"
counts "gone: fixes entered" 1 "SELECT count(*) FROM fix"
gives 0 "gone: undo" agent undo --yes --lang en "${on[@]}"
says "gone: undo puts back what the first fix took" "3 put back."
check "gone: everything is back" unchanged $pcs/filter-win7 "$pc"
gives 65 "gone: no second fix is left to undo" agent undo --yes --lang en "${on[@]}"
# One of three was gone before: two are done, and two come back.
fresh filter-win7
rm "$pc/ProgramData/mstmp"
gives 0 "one gone: fix" agent fix --yes --lang en "${on[@]}"
says "one gone: it says what it did" "2 done, 1 not there any more."
gives 0 "one gone: undo" agent undo --yes --lang en "${on[@]}"
says "one gone: it says what it put back" "2 put back."
