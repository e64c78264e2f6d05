# Windows' own extension points: each entry is in the inventory with what it
# leads to, the same on every host; rules hit it, and fix takes what is a value
# or key of its own and says what is left for a person.
# SPDX-License-Identifier: Apache-2.0

# ---- the inventory -----------------------------------------------------------
# entries DB: point, view, user, name, file, whether it is there, known
entries()
{
	query "$1" "SELECT point, view, coalesce(user_name, '-'), name,
		coalesce(server_path, '-'), coalesce(file_exists, '?'),
		CASE WHEN known IS NULL THEN '' ELSE 'known' END
		FROM v_inventory
		WHERE scan_id = (SELECT max(scan_id) FROM v_scan)" | LC_ALL=C sort
}

for pc in points-xp points-infected-xp; do
	for how in --quick --full; do
		gives 0 "$pc: scan $how" agent scan $how --root \
			"$(hp $pcs/$pc)" --db "$(hp "$work/$pc.db")"
		entries "$work/$pc.db" >"$work/got.tsv"
		LC_ALL=C sort tests/cases/expected/$pc.inventory.tsv \
			>"$work/want.tsv"
		same "$pc: $how: what each entry leads to" "$work/want.tsv" \
			"$work/got.tsv"
		if test "$host" != linux; then
			build/linux/mstmpsweep scan $how --quiet --root \
				$pcs/$pc --db "$work/$pc.linux.db"
			facts "$work/$pc.linux.db" >"$work/linux.facts"
			facts "$work/$pc.db" >"$work/facts"
			same "$pc: $how: the same facts as on linux" \
				"$work/linux.facts" "$work/facts"
		fi
	done
done
