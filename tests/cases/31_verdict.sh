# The exit codes of scan, fix and undo, each by one small cause: what is only
# suspicious, what could not be looked at, what was refused or not put back.
# SPDX-License-Identifier: Apache-2.0
#
# Quick, for the mutants (tests/mutants.tsv); other cases show the same codes
# on every host.

if test "$host" != linux; then
	skip "the codes come from the same lines on every host"
	return
fi
pc=$work/pc
on=(--root "$pc" --db "$work/s.db")
cp -a $pcs/base-win7 "$pc"
gives 0 "clean" agent scan --quick --quiet "${on[@]}"

# ---- only suspicious ------------------------------------------------------------
mkdir -p "$pc/Program Files/Shared"
echo sig >"$pc/Program Files/Shared/lib.sig"
gives 1 "suspicious" agent scan --quick --quiet "${on[@]}"
check "suspicious: and no more" test "$(findings "$work/s.db" | cut -f1)" = suspicious

# ---- not all could be looked at ---------------------------------------------------
echo "no hive" >"$pc/Users/太郎/NTUSER.DAT"
gives 3 "suspicious and incomplete" agent scan --quick --quiet "${on[@]}"
rm "$pc/Program Files/Shared/lib.sig"
gives 2 "incomplete" agent scan --quick --quiet "${on[@]}"
check "incomplete: the store says so" test "$(query "$work/s.db" "SELECT verdict
	FROM v_scan ORDER BY scan_id DESC LIMIT 1")" = incomplete
# Nobody reads "there is nothing to do" as clean.
for command in plan "fix --yes"; do
	gives 0 "incomplete: $command" agent $command --lang en "${on[@]}"
	says "incomplete: $command tells it" "the scan was INCOMPLETE"
done
cp -a $pcs/base-win7/Users/太郎/NTUSER.DAT "$pc/Users/太郎/"
gives 0 "complete" agent scan --quick --quiet "${on[@]}"
gives 0 "complete: plan" agent plan --lang en "${on[@]}"
check "complete: plan does not say otherwise" sh -c "! grep -q INCOMPLETE '$work/out'"

# ---- refused, and not put back --------------------------------------------------------
pc=$work/filter
on=(--root "$pc" --db "$work/f.db")
cp -a $pcs/filter-win7 "$pc"
gives 1 "malicious" agent scan --quick --quiet "${on[@]}"
cp -p "$pc/ProgramData/mstmp" "$work/mstmp"
echo more >>"$pc/ProgramData/mstmp"
gives 1 "fix refuses what changed" agent fix --yes "${on[@]}"
says "and nothing failed" "2 refused"
cp -p "$work/mstmp" "$pc/ProgramData/mstmp"
gives 0 "fix goes on with it" agent fix --resume --yes "${on[@]}"
echo new >"$pc/ProgramData/mstmp"
gives 1 "undo leaves something new" agent undo --yes "${on[@]}"
says "and tells it" "1 not put back"
rm "$pc/ProgramData/mstmp"
gives 0 "undo puts it back" agent undo --yes "${on[@]}"
check "it is as it was" cmp "$work/mstmp" "$pc/ProgramData/mstmp"
# What was done does not make it complete.
echo "no hive" >"$pc/Users/太郎/NTUSER.DAT"
gives 3 "malicious and incomplete" agent scan --quick --quiet "${on[@]}"
gives 0 "fix of an incomplete scan" agent fix --yes --lang en "${on[@]}"
says "and it is told" "the scan was INCOMPLETE"

# A fix that leaves something suspicious does not say that the PC is clean.
pc=$work/both
on=(--root "$pc" --db "$work/b.db")
cp -a $pcs/filter-win7 "$pc"
mkdir -p "$pc/Program Files/Shared"
echo sig >"$pc/Program Files/Shared/lib.sig"
gives 1 "malicious and suspicious" agent scan --quick --quiet "${on[@]}"
gives 0 "both: fix" agent fix --yes --lang en "${on[@]}"
says "both: fix tells what is left" "1 suspicious finding is left as it is: fix --finding N takes one"
says "both: and what to do" "Scan again to see whether anything is left"
