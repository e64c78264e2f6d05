# What the browser knows of a removed add-on stays unless a person picks it,
# and is recorded as a trace before it goes.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

disk=$work/pc
cp -a $pcs/filter-win7 "$disk"
on=(--root "$(hp "$disk")" --db "$(hp "$work/t.db")")
class={5A1E3C70-9B22-4E1D-8F00-1234567890AB}
user=Users/太郎/NTUSER.DAT
traces()
{
	query "$work/t.db" "SELECT kind, user_name, what FROM v_trace ORDER BY what"
}

gives 1 "scan" agent scan --quiet "${on[@]}"
gives 1 "plan --all" agent plan --all --format csv "${on[@]}"
tr -d '\r' <"$work/out" | grep -F 'trace' | cut -d, -f1 >"$work/steps"
check "three records of the browser are left out" \
	test "$(wc -l <"$work/steps")" = 3
gives 0 "fix" agent fix --yes "${on[@]}"
changes $pcs/filter-win7 "$disk" >"$work/got.txt"
check "they stay" sh -c "! grep -q NTUSER '$work/got.txt'"
check "no trace is recorded" test -z "$(traces)"
gives 0 "undo" agent undo --yes "${on[@]}"

# Files that were put back have new numbers, so it is scanned again.
gives 1 "scan again" agent scan --quiet "${on[@]}"
picked=()
while read -r n; do
	picked+=(--step "$n")
done <"$work/steps"
gives 0 "fix of these, too" agent fix --yes "${on[@]}" "${picked[@]}"
changes $pcs/filter-win7 "$disk" | grep NTUSER >"$work/got.txt"
cat >"$work/want.txt" <<-EOF
	-key $user \\Software\\Microsoft\\Windows\\CurrentVersion\\Ext\\Settings\\$class
	-key $user \\Software\\Microsoft\\Windows\\CurrentVersion\\Ext\\Stats\\$class
	-value $user \\Software\\Microsoft\\Internet Explorer\\Approved Extensions\\$class
EOF
same "they are gone, and another add-on's approval is not" \
	"$work/want.txt" "$work/got.txt"
traces >"$work/traces"
cat >"$work/want.txt" <<-EOF
	ext_stats	太郎	Internet Explorer loaded add-on $class, 7 times
	ext_stats	太郎	the user's approval of add-on $class
	ext_version_cache	太郎	the version and state of add-on $class
EOF
same "they are recorded" "$work/want.txt" "$work/traces"
gives 0 "undo of all" agent undo --yes "${on[@]}"
check "everything is back" unchanged $pcs/filter-win7 "$disk"
