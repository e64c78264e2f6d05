# plan, fix, undo on the infected PCs, offline: fix takes away what is
# malicious and nothing else, undo brings every byte of it back.
# SPDX-License-Identifier: Apache-2.0
#
# expected/fixed-PC.txt: all that differs after fix, as written by hand.

. tests/cases/fixed.sh

for pc in infected-xp infected-win7 infected-win10; do
	disk=$work/$pc
	db=$work/$pc.db
	cp -a $pcs/"$pc" "$disk"
	on=(--root "$(hp "$disk")" --db "$(hp "$db")")

	gives 1 "$pc: scan" agent scan --quiet "${on[@]}"
	gives 1 "$pc: plan has steps" agent plan "${on[@]}"
	gives 64 "$pc: fix asks, and here is nobody to answer" \
		agent fix "${on[@]}" </dev/null
	check "$pc: neither changes anything, a vault is not made either" \
		"$tools/pccompare" --hives-exact --dir-times $pcs/"$pc" "$disk"

	gives 0 "$pc: fix" agent fix --yes "${on[@]}"
	changes $pcs/"$pc" "$disk" >"$work/got.txt"
	wanted_changes "$pc" >"$work/want.txt"
	same "$pc: what fix changed" "$work/want.txt" "$work/got.txt"
	if test "$host" = linux; then
		check "$pc: the vault is for its owner only" test \
			"$(find "$disk" -name vault -type d -perm 0700 | wc -l)" = 1
	fi

	# Suspicious findings are left, so the code stays 1.
	gives 1 "$pc: scan after fix" agent scan --quiet "${on[@]}"
	no_malicious "$db" "$pc"
	gives 0 "$pc: nothing is left to plan" agent plan "${on[@]}"

	gives 0 "$pc: undo" agent undo --yes "${on[@]}"
	check "$pc: undo brought everything back" unchanged $pcs/"$pc" "$disk"
	agent undo --yes "${on[@]}" >"$work/out" 2>"$work/err"
	check "$pc: a second undo changes nothing" unchanged $pcs/"$pc" "$disk"

	# Once more from the start; this time the stick with the store is lost.
	gives 1 "$pc: scan after undo" agent scan --quiet "${on[@]}"
	gives 0 "$pc: fix after undo" agent fix --yes "${on[@]}"
	changes $pcs/"$pc" "$disk" >"$work/got.txt"
	same "$pc: what the second fix changed" "$work/want.txt" "$work/got.txt"
	rm -f "$db"*
	gives 0 "$pc: undo without a store" agent undo --yes "${on[@]}"
	check "$pc: it brought everything back, too" \
		unchanged $pcs/"$pc" "$disk"
done

# What comes back has the modes that it had, and the vault is for its owner
# only, whatever new files get where the program is started.
for mask in 000 077; do
	test "$host" = linux || break
	disk=$work/umask-$mask
	cp -a $pcs/infected-win7 "$disk"
	on=(--root "$(hp "$disk")" --db "$(hp "$work/umask.db")")
	rm -f "$work"/umask.db*
	umask $mask
	gives 1 "umask $mask: scan" agent scan --quiet "${on[@]}"
	gives 0 "umask $mask: fix" agent fix --yes "${on[@]}"
	check "umask $mask: the vault is closed" test -z \
		"$(find "$disk/ProgramData/mstmpsweep/vault" -perm /077)"
	gives 0 "umask $mask: undo" agent undo --yes "${on[@]}"
	umask 022
	check "umask $mask: everything is back" unchanged $pcs/infected-win7 \
		"$disk"
done

# The vault on another disk: everything goes there, and comes from there.
disk=$work/elsewhere
cp -a $pcs/infected-win7 "$disk"
on=(--root "$(hp "$disk")" --db "$(hp "$work/elsewhere.db")")
mkdir "$work/stick"
gives 1 "vault elsewhere: scan" agent scan --quiet "${on[@]}"
gives 0 "vault elsewhere: fix" agent fix --yes "${on[@]}" \
	--vault "$(hp "$work/stick/vault")"
check "vault elsewhere: it holds the items" test \
	"$(find "$work/stick/vault" -name '*.mqv' | wc -l)" -gt 5
check "vault elsewhere: there is none on the disk" test \
	-z "$(find "$disk" -path '*mstmpsweep*')"
gives 0 "vault elsewhere: undo" agent undo --yes "${on[@]}" \
	--vault "$(hp "$work/stick/vault")"
check "vault elsewhere: everything is back" unchanged $pcs/infected-win7 "$disk"

# A clean PC has no plan, and fix leaves it alone.
cp -a $pcs/base-win7 "$work/clean"
on=(--root "$(hp "$work/clean")" --db "$(hp "$work/clean.db")")
gives 0 "clean PC: scan" agent scan --quiet "${on[@]}"
gives 0 "clean PC: plan" agent plan "${on[@]}"
gives 0 "clean PC: fix" agent fix --yes "${on[@]}"
check "clean PC: fix changed nothing" \
	"$tools/pccompare" --hives-exact "${vaults[@]}" \
	$pcs/base-win7 "$work/clean"

# A store that knows another PC is refused, and nothing happens.
cp -a $pcs/infected-xp "$work/other"
gives 65 "fix with the store of another PC" agent fix --yes \
	--root "$(hp "$work/other")" --db "$(hp "$work/clean.db")"
check "it changed nothing" "$tools/pccompare" --hives-exact --dir-times \
	$pcs/infected-xp "$work/other"
