# The guard says no: every refusal tells why and what to do, and what it
# protects is as it was. (Links, hard links and exchanged files: 23_attacks.)
# SPDX-License-Identifier: Apache-2.0

. tests/cases/fixed.sh

class={5A1E3C70-9B22-4E1D-8F00-1234567890AB}
software=Windows/System32/config/SOFTWARE
filter_key="-key $software \\Classes\\PROTOCOLS\\Filter\\text/html"
class_key="-key $software \\Classes\\CLSID\\$class"
server=$pcs/filter-win7/ProgramData/mstmp

# begin NAME PC: a copy of that PC in $disk, to be changed before ready
begin()
{
	name=$1
	disk=$work/$1
	on=(--root "$(hp "$disk")" --db "$(hp "$work/$1.db")")
	cp -a "$2" "$disk"
}

# ready [OPTION...]: it is scanned, and nothing is to change from here on
ready()
{
	cp -a "$disk" "$disk.was"
	gives 1 "$name: scan" agent scan --quiet "${on[@]}" "$@"
}

# refuses CODE [OPTION...]: fix ends with that code and says the two lines of
# standard input: the reason, and the way out
refuses()
{
	local code=$1 why way

	shift
	read -r why
	read -r way
	gives "$code" "$name: fix" agent fix --yes "${on[@]}" "$@"
	says "$name: why" "$why"
	says "$name: the way out" "$way"
}

untouched()
{
	check "$name: nothing was changed" unchanged "$disk.was" "$disk"
}

# only [LINE...]: all that differs, as changes() tells it
only()
{
	changes "$disk.was" "$disk" >"$work/got.txt"
	printf '%s\n' "$@" | LC_ALL=C sort >"$work/want.txt"
	same "$name: what was changed" "$work/want.txt" "$work/got.txt"
}

# recipe NAME: a PC made from the lines of standard input
recipe()
{
	cp tests/pc/*.pc "$work/"
	cat >"$work/$1.pc"
	"$tools/mkpc" "$work/$1.pc" $standins tests/standin/marks.enc \
		"$work/$1.made" || not_ok "mkpc $1"
}

# finding PATTERN: the number of that one
finding()
{
	query "$work/$name.db" "SELECT max(finding_id) FROM v_finding
		WHERE path LIKE '$1'"
}

# ---- more than one fix does ----------------------------------------------------
# Eleven decoys that a user can lay out, in front of and behind the entry that
# loads the real one: it goes first, the rest with the next fix.
begin findings $pcs/filter-win7
for n in 01 02 03 04 05 06 07 08 09 10 11; do
	cp "$server" "$disk/Users/太郎/Documents/$n.dll"
done
decoys() { find "$disk/Users" -name '[01][0-9].dll' | wc -l; }
ready
gives 1 "$name: plan" agent plan "${on[@]}"
says "$name: plan tells it, too" \
	"NOT DONE: One fix covers at most 10 findings, and here are 12"
gives 1 "$name: plan for programs" agent plan --format ndjson "${on[@]}"
check "$name: of two it is so" test \
	"$(grep -c '"refused":"too_many_findings"' "$work/out")" = 2
refuses 1 <<-'EOT'
	One fix covers at most 10 findings, and here are 12
	Run fix again: it goes on with the rest
EOT
says "$name: those are counted" "done, 2 refused."
check "$name: what loads is gone" test ! -e "$disk/ProgramData/mstmp"
check "$name: nine decoys are gone" test "$(decoys)" = 2
cp -a "$disk" "$work/findings.half"
gives 0 "$name: the next fix" agent fix --yes "${on[@]}"
check "$name: all are gone" test "$(decoys)" = 0
gives 0 "$name: there is no more" agent fix --yes "${on[@]}"
gives 0 "$name: undo of the second" agent undo --yes "${on[@]}"
check "$name: as it was between" unchanged "$work/findings.half" "$disk"
gives 0 "$name: undo of the first" agent undo --yes "${on[@]}"
untouched
# Whoever names them has no more in one fix either.
gives 1 "$name: scan again" agent scan --quiet "${on[@]}"
part=()
for n in 01 02 03 04 05 06 07 08 09 10 11; do
	part+=(--finding "$(finding "%$n.dll")")
done
# The console of Wine has not all letters; a file has.
gives 1 "$name: plan in Japanese" agent plan --lang ja "${on[@]}" "${part[@]}" \
	--out "$(hp "$work/$name.txt")"
check "$name: why, in Japanese" grep -qF \
	"一度の fix で駆除する検出は 10 件までです (今回は 11 件)" "$work/$name.txt"
check "$name: the way out, in Japanese" grep -qF \
	"もう一度 fix を実行すると、残りを駆除します" "$work/$name.txt"
refuses 1 "${part[@]}" <<-'EOT'
	One fix covers at most 10 findings, and here are 11
	Run fix again: it goes on with the rest
EOT
check "$name: ten of those named are gone" test "$(decoys)" = 1
check "$name: nothing else" test -e "$disk/ProgramData/mstmp"

# ---- packs without a signature --------------------------------------------------
begin unsigned $pcs/filter-win7
ready --pack "$(hp signatures/mstmp)"
refuses 65 --pack "$(hp signatures/mstmp)" <<-'EOT'
	a signature pack without a valid signature (mstmp)
	Scan again with a signed pack
EOT
gives 65 "$name: fix with the pack that is built in" agent fix --yes "${on[@]}"
untouched
check "$name: no vault was made" test ! -e "$disk/ProgramData/mstmpsweep"
gives 1 "$name: scan again" agent scan --quiet "${on[@]}"
gives 0 "$name: fix after that" agent fix --yes "${on[@]}"
# Giving the pack would not help; so nobody is sent to look for it.
begin unsigned_other $pcs/kanban-win10
ready --pack "$(hp signatures/example-toolbar)"
for with in "" --pack; do
	refuses 65 $with ${with:+"$(hp signatures/example-toolbar)"} <<-'EOT'
		a signature pack without a valid signature (example-toolbar), and those are never acted on
		Scan again with a signed pack
	EOT
	check "$name: fix $with sends nobody to look for the pack" \
		sh -c "! grep -qF -e --pack '$work/err'"
done
gives 65 "$name: plan" agent plan "${on[@]}"
says "$name: plan" "those are never acted on"
untouched

# ---- the vault itself -------------------------------------------------------------
begin vault $pcs/base-win7
mkdir -m 700 "$disk/ProgramData/keep"
cp "$server" "$disk/ProgramData/keep/a.dll"
ready
refuses 1 --vault "$(hp "$disk/ProgramData/keep")" <<-'EOT'
	It is or lies in the vault itself
	Choose another vault with --vault
EOT
check "$name: nothing was changed" unchanged "$disk.was" "$disk" \
	--ignore ProgramData/keep
check "$name: it lies where it lay" cmp -s "$server" \
	"$disk/ProgramData/keep/a.dll"
gives 0 "$name: fix with another vault" agent fix --yes "${on[@]}"
check "$name: it is gone" test ! -e "$disk/ProgramData/keep/a.dll"

# ---- Windows' own ------------------------------------------------------------------
begin protected $pcs/filter-win7
vouch "$disk" ProgramData/mstmp
ready
refuses 1 <<-'EOT'
	Windows protects this file (a catalog of this Windows names it)
	sfc /scannow
EOT
# What belongs to the file stays with it.
says "$name: its class waits for it" \
	"Step 2, which has to come first, was not done"
only "$filter_key"

# ---- the pack's lists ---------------------------------------------------------------
if command -v minisign >/dev/null; then
	begin allowed_sum $pcs/filter-win7
	signed_pack sum 'sha256\t%s\tit is ours' \
		"$(sha256sum "$server" | cut -c1-64)"
	ready
	refuses 1 "${pack[@]}" <<-'EOT'
		An allow-list names it (it is ours)
		Change the list if that is wrong
	EOT
	only "$filter_key"

	# The entry stays, so what it leads to stays, too.
	begin allowed_class $pcs/filter-win7
	signed_pack class 'clsid\t%s\tthe class is ours' "$class"
	ready
	refuses 1 "${pack[@]}" <<-'EOT'
		An allow-list names it (the class is ours)
		Step 1, which has to come first, was not done
	EOT
	says "$name: all three" "3 refused"
	untouched
	check "$name: the journal's copy says so" test "$(query "$work/$name.db" \
		"SELECT count(*) FROM v_step WHERE state = 'failed' AND
		error LIKE 'Step 1, which has to come first%'")" = 2

	# One finding of many files: all .sig files join lib.dll.
	begin files $pcs/infected-win7
	for n in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19; do
		echo "sig $n" >"$disk/Program Files/Shared/$n.sig"
	done
	signed_pack joined '# %s' none \
		'/^rule other_sig/,/^}/s/^\t\tgate/\t\tcompanion = "lib.dll"\n&/'
	ready "${pack[@]}"
	n=$(finding '%lib.dll')
	refuses 1 --finding "$n" "${pack[@]}" <<-'EOT'
		One fix removes at most 20 files, and here are 21
		Run fix again; if it asks for a new scan, scan first
	EOT
	check "$name: one is left" test \
		"$(ls "$disk/Program Files/Shared" | wc -l)" = 1
	check "$name: not the program" test \
		! -e "$disk/Program Files/Shared/lib.dll"
	gives 1 "$name: the next fix does the others" agent fix --yes "${on[@]}" "${pack[@]}"
	says "$name: and asks for a scan" "2 of its steps are not done: scan again"
	gives 0 "$name: undo" agent undo --yes "${on[@]}"
	gives 0 "$name: undo of the first" agent undo --yes "${on[@]}"
	untouched
	gives 1 "$name: scan again" agent scan --quiet "${on[@]}" "${pack[@]}"
	agent plan --format csv "${on[@]}" "${pack[@]}" >"$work/out" 2>/dev/null
	step=$(tr -d '\r' <"$work/out" | grep -F '19.sig' | cut -d, -f1)
	gives 0 "$name: fix of twenty" agent fix --yes "${on[@]}" \
		--finding "$(finding '%lib.dll')" --skip "$step" "${pack[@]}"
	check "$name: one is left" test \
		"$(ls "$disk/Program Files/Shared")" = 19.sig
else
	skip "minisign is not installed: allow-lists and the limit of files"
fi

# ---- what disables the add-on -------------------------------------------------------
# Flags 1 and 16 forbid it, 64 only keeps it from being listed.
recipe disabled <<-EOT
	include	filter-win7.pc
	hive	Users/太郎/NTUSER.DAT
	key	Software\\Microsoft\\Windows\\CurrentVersion\\Ext\\Settings\\$class
	dword	Flags	1
	hive	Profiles/hanako/NTUSER.DAT
	key	Software\\Microsoft\\Windows\\CurrentVersion\\Ext\\Settings\\$class
	dword	Flags	64
EOT
begin disabled "$work/disabled.made"
ready
gives 1 "$name: plan" agent plan --all --format csv "${on[@]}"
picked=()
while read -r n; do
	picked+=(--step "$n")
done < <(tr -d '\r' <"$work/out" | grep -F ext_settings | cut -d, -f1)
check "$name: both users have it" test ${#picked[@]} = 4
refuses 1 "${picked[@]}" <<-'EOT'
	It holds the user's choice to disable the add-on
	and stays
EOT
only "$filter_key" "$class_key" "-file ProgramData/mstmp" \
	"-key Profiles/hanako/NTUSER.DAT \\Software\\Microsoft\\Windows\\CurrentVersion\\Ext\\Settings\\$class"

# ---- what could not be put back, what leads elsewhere --------------------------------
# A value over 16,344 bytes in the entry: hivex cannot make it again.
recipe unfaithful <<-EOT
	include	filter-win7.pc
	hive	$software
	key	Classes\\PROTOCOLS\\Filter\\text/html
	fill	Big	3	16345
EOT
begin unfaithful "$work/unfaithful.made"
ready
refuses 1 <<-'EOT'
	It could not be put back exactly as it is
	Use the running Windows for this step
EOT
says "$name: what hangs on it" "Step 1, which has to come first, was not done"
untouched
# In the class alone: the entry and the file go.
recipe unfaithful_side <<-EOT
	include	filter-win7.pc
	hive	$software
	key	Classes\\CLSID\\$class
	fill	Big	3	16345
EOT
begin unfaithful_side "$work/unfaithful_side.made"
ready
refuses 1 <<-'EOT'
	It could not be put back exactly as it is
	Use the running Windows for this step
EOT
only "$filter_key" "-file ProgramData/mstmp"

# Links that came after the scan: in place of the entry, above it, and in place
# of the class. (What is a link at the scan is in no plan.)
# linked NAME LINK: the key LINK of the machine's classes is one
linked()
{
	recipe "$1" <<-EOT
		include	filter-win7.pc
		hive	$software
		key	Classes\\$2
		link	\\Registry\\Machine\\SOFTWARE\\Classes\\PROTOCOLS\\Handler
	EOT
	begin "$1" $pcs/filter-win7
	gives 1 "$name: scan" agent scan --quiet "${on[@]}"
	cp "$work/$1.made/$software" "$disk/$software"
	cp -a "$disk" "$disk.was"
	gives 1 "$name: plan" agent plan --format ndjson "${on[@]}"
	says "$name: plan tells it" '"refused":"registry_link"'
	refuses 1 <<-EOT
		The key is a registry link or lies behind one (Classes\\$2)
		Look into where it leads and remove it by hand
	EOT
}
linked link_entry 'PROTOCOLS\Filter\text/html'
untouched
linked link_above 'PROTOCOLS\Filter'
untouched
linked link_class "CLSID\\$class"
only "$filter_key" "-file ProgramData/mstmp"

# ---- volumes ------------------------------------------------------------------------
if test "$host" != linux; then
	skip "NTFS is mounted on linux only"
	return
fi
for tool in mkntfs ntfs-3g; do
	command -v $tool >/dev/null || { skip "$tool is not installed"; return; }
done
name=volume
disk=$work/volume
on=(--root "$disk" --db "$work/volume.db")
truncate -s 64M "$work/disk.img"
mkntfs -q -Q -F "$work/disk.img" >/dev/null 2>&1
mkdir "$disk" "$work/stick"
# mounted [OPTION]: the image at $disk
mounted() { ntfs-3g "$work/disk.img" "$disk" -o "${1:-rw}" 2>"$work/err"; }
mounted || { skip "ntfs-3g cannot mount here"; return; }
cp -r $pcs/filter-win7/. "$disk/"
gives 1 "volume: scan" agent scan --quiet "${on[@]}"
umount "$disk"

# stays REASON WAY: fix with the vault there, and with one elsewhere
stays()
{
	local before

	before=$(tree_state "$disk")
	refuses 65 <<-EOT
		$1
		$2
	EOT
	refuses 1 --vault "$work/stick/vault-$name" <<-EOT
		$1
		$2
	EOT
	says "$name: all three" "3 refused"
	check "$name: nothing was changed" test "$before" = "$(tree_state "$disk")"
	umount "$disk"
}

name=read_only
mounted ro
stays "The volume is mounted read-only" "Mount it writable, then run fix again"

# Bit 0 of the flags in \$VOLUME_INFORMATION, of \$MFT and its mirror: Windows
# did not unmount it.
name=dirty
n=0
while IFS=: read -r at _; do
	printf '\001' | dd of="$work/disk.img" bs=1 seek=$((at + 34)) \
		conv=notrunc 2>/dev/null
	n=$((n + 1))
done < <(LC_ALL=C grep -obUaP \
	'(?s)\x70\0\0\0\x28\0\0\0\0\0\x18\0.{4}\x0c\0\0\0' "$work/disk.img")
check "dirty: the flag was set in both" test $n = 2
mounted
stays "(it is marked dirty)" "let it check the volume (chkdsk)"
name=clean_again
ntfsfix -d "$work/disk.img" >/dev/null 2>&1
mounted
gives 0 "$name: fix" agent fix --yes "${on[@]}"
umount "$disk"
