# Each stand-in PC gives exactly the expected findings and exit code, and the
# same facts on every host; the scan changes nothing on it.
# SPDX-License-Identifier: Apache-2.0
#
# expected/PC.tsv: verdict, path or key, rules, as written by hand.

while read -r pc code; do
	before=$(tree_state $pcs/"$pc")
	gives "$code" "scan of $pc" agent scan --root "$(hp $pcs/"$pc")" \
		--db "$(hp "$work/$pc.db")"
	check "$pc: the scan changed its target" \
		test "$before" = "$(tree_state $pcs/"$pc")"
	findings "$work/$pc.db" >"$work/$pc.tsv"
	LC_ALL=C sort tests/cases/expected/"$pc".tsv >"$work/want.tsv"
	LC_ALL=C sort "$work/$pc.tsv" >"$work/got.tsv"
	same "$pc: findings" "$work/want.tsv" "$work/got.tsv"
	if test "$host" != linux; then
		build/linux/mstmpsweep scan --quiet --root $pcs/"$pc" \
			--db "$work/$pc.linux.db"
		facts "$work/$pc.linux.db" >"$work/linux.facts"
		facts "$work/$pc.db" >"$work/facts"
		same "$pc: the same facts as on linux" "$work/linux.facts" \
			"$work/facts"
	fi
done <<'EOF'
infected-xp 1
infected-win7 1
infected-win10 1
base-xp 0
base-win7 0
base-win10 0
near-win7 0
damaged-win7 3
damaged-clean-win7 2
EOF
