# A filter of the whole machine is put back to the class that the pack's
# restore.tsv names, if that class is Windows' own; else its key goes.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

if ! command -v minisign >/dev/null; then
	skip "minisign is not installed"
	return
fi
class={0D0E0F00-1111-4222-8333-123456789ABC}
malware={5A1E3C70-9B22-4E1D-8F00-1234567890AB}
software=Windows/System32/config/SOFTWARE

# A signed pack whose table names that class.
cp -r signatures/mstmp "$work/p"
printf 'text/html\t6.1\t6.1\t%s\n' "$class" >"$work/p/restore.tsv"
agent pack build "$(hp "$work/p")" --out "$(hp "$work/p.pack")" >/dev/null 2>&1
(cd "$work" && minisign -G -W -p test.pub -s test.key >/dev/null 2>&1 &&
	minisign -S -s test.key -m p.pack >/dev/null 2>&1)
check "the pack is signed" test -s "$work/p.pack.minisig"

# begin NAME: a PC of that name, to be changed before look is called
begin()
{
	disk=$work/$1
	on=(--root "$(hp "$disk")" --db "$(hp "$work/$1.db")"
		--pack "$(hp "$work/p.pack")" --key "$(hp "$work/test.pub")")
	cp -a $pcs/filter-win7 "$disk"
}

# ---- Windows' own: put back --------------------------------------------------
begin good
vouch "$disk" Windows/System32/wfilter.dll
cp -a "$disk" "$work/good.before"
gives 1 "good: scan" agent scan --quiet "${on[@]}"
gives 1 "good: plan" agent plan "${on[@]}"
says "good: plan says what it is put back to" "$class"
gives 0 "good: fix" agent fix --yes "${on[@]}"
changes "$work/good.before" "$disk" >"$work/got.txt"
cat >"$work/want.txt" <<-EOF
	+value $software \\Classes\\PROTOCOLS\\Filter\\text/html\\CLSID
	-file ProgramData/mstmp
	-key $software \\Classes\\CLSID\\$malware
	-value $software \\Classes\\PROTOCOLS\\Filter\\text/html\\(default)
	-value $software \\Classes\\PROTOCOLS\\Filter\\text/html\\CLSID
EOF
same "good: what is gone" "$work/want.txt" "$work/got.txt"
# Windows is not known to have a text/html filter, so it stays suspicious.
gives 1 "good: scan after fix" agent scan --quiet "${on[@]}"
findings "$work/good.db" >"$work/left.tsv"
printf 'suspicious\tC:\\Windows\\System32\\wfilter.dll\treg_text_html_unknown\n' \
	>"$work/want.tsv"
same "good: what is left after fix" "$work/want.tsv" "$work/left.tsv"
gives 0 "good: nothing is left" agent plan "${on[@]}"
gives 0 "good: undo" agent undo --yes "${on[@]:0:4}"
check "good: undo brought everything back" unchanged "$work/good.before" "$disk"

# ---- not Windows' own: the key goes -----------------------------------------
# refused NAME SAYS: the plan turns to removal and tells why
refused()
{
	cp -a "$disk" "$work/$1.before"
	gives 1 "$1: scan" agent scan --quiet "${on[@]}"
	gives 1 "$1: plan" agent plan "${on[@]}"
	says "$1: plan tells why" "$2"
	gives 0 "$1: fix" agent fix --yes "${on[@]}"
	changes "$work/$1.before" "$disk" >"$work/got.txt"
	cat >"$work/want.txt" <<-EOF
		-file ProgramData/mstmp
		-key $software \\Classes\\CLSID\\$malware
		-key $software \\Classes\\PROTOCOLS\\Filter\\text/html
	EOF
	same "$1: the key is gone" "$work/want.txt" "$work/got.txt"
	gives 0 "$1: undo" agent undo --yes "${on[@]:0:4}"
	check "$1: undo brought everything back" \
		unchanged "$work/$1.before" "$disk"
}

begin unsigned
refused unsigned "not known to be Microsoft's"
begin missing
rm "$disk/Windows/System32/wfilter.dll"
refused missing "cannot be put back"

# ---- no longer Windows' own when its turn comes ------------------------------
begin later
vouch "$disk" Windows/System32/wfilter.dll
cp -a "$disk" "$work/later.before"
gives 1 "later: scan" agent scan --quiet "${on[@]}"
printf 'MZ another' >"$disk/Windows/System32/wfilter.dll"
gives 0 "later: fix removes the key instead" agent fix --yes "${on[@]}"
says "later: fix tells why" "not known to be Microsoft's"
