# Bad input gets a clear sentence, the right exit code, and loses nothing.
# SPDX-License-Identifier: Apache-2.0

. tests/cases/nobody.sh

db=$work/s.db
mkdir -p "$work/tree/sub"
echo hello >"$work/tree/sub/a.txt"

gives 65 "root that is not there" agent scan --root "$(hp "$work/none")" --db "$(hp "$db")"
says "root that is not there" "none"
gives 65 "root without Windows" agent scan --root "$(hp "$work/tree")" --db "$(hp "$db")"
says "root without Windows" "Windows"
gives 65 "root is a file" agent scan --root "$(hp "$work/tree/sub/a.txt")" --db "$(hp "$db")"
gives 65 "folder that is not there" agent scan --folder "$(hp "$work/none")" --db "$(hp "$db")"
check "nothing was recorded" test ! -s "$db"

# ---- the store ------------------------------------------------------------
gives 0 "first scan" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$db")"
cp "$db" "$work/good.db"

echo "this is no database, it only says so at some length" >"$work/text.db"
cp "$work/text.db" "$work/text.keep"
gives 65 "store is no database" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$work/text.db")"
says "store is no database" "text.db"
check "a foreign file is left as it was" cmp -s "$work/text.db" "$work/text.keep"
gives 65 "report of no database" agent report --db "$(hp "$work/text.db")"
gives 65 "report without a store" agent report --db "$(hp "$work/none.db")"
check "report makes no store" test ! -e "$work/none.db"
mkdir "$work/dir.db"
gives 65 "store is a folder" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$work/dir.db")"
gives 65 "store in no folder" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$work/none/x.db")"
cp "$work/good.db" "$work/newer.db"
printf '\x00\x00\x03\xe7' | dd of="$work/newer.db" bs=1 seek=60 conv=notrunc 2>/dev/null
gives 65 "store of a newer schema" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$work/newer.db")"
says "store of a newer schema" "newer"
head -c 3000 "$work/good.db" >"$work/cut.db"
gives 65 "store cut short" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$work/cut.db")"
if test "$host" = linux && mkdir "$work/full" &&
	mount -t tmpfs -o size=64k tmpfs "$work/full" 2>/dev/null; then
	gives 65 "store on a full disk" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$work/full/s.db")"
	says "store on a full disk" "full"
	check "store on a full disk: no half one is left" \
		test -z "$(ls "$work/full")"
	umount "$work/full"
	# Full only when the scan is to be recorded: what was found is shown.
	lost=0
	silent=0
	left=0
	rc=65
	for kib in $(seq 120 8 400); do
		mount -t tmpfs -o size=${kib}k tmpfs "$work/full"
		agent scan --root $pcs/infected-win7 --db "$work/full/s.db" \
			--quick --quiet --lang en >"$work/out" 2>"$work/err"
		rc=$?
		test $rc -eq 1 || test -z "$(ls "$work/full")" ||
			left=$((left + 1))
		if test $rc -eq 70; then
			lost=$((lost + 1))
			grep -q "^FOUND: 4 malicious" "$work/out" &&
				grep -q "could not be recorded" "$work/err" &&
				grep -q "would be 1: something was found" "$work/err" ||
				silent=$((silent + 1))
			# The file of --out is on the same disk.
			agent scan --root $pcs/infected-win7 --quick --quiet \
				--lang en --db "$work/full/s.db" \
				--out "$work/full/none/r.txt" >"$work/out" 2>&1
			grep -q "^FOUND: 4 malicious" "$work/out" ||
				silent=$((silent + 1))
		fi
		umount "$work/full"
		test $rc -ne 1 || break
	done
	check "a disk that fills up during the scan was met ($lost times)" test $lost -ge 1
	check "then the findings are shown all the same, though it is to be quiet" \
		test $silent -eq 0
	check "and no half store is left" test $left -eq 0
	check "with room enough it is recorded" test $rc -eq 1
	mkdir "$work/ro"
	mount -t tmpfs -o ro tmpfs "$work/ro"
	gives 65 "store on a read-only disk" agent scan --folder "$(hp "$work/tree")" --db "$(hp "$work/ro/s.db")"
	umount "$work/ro"
else
	skip "full and read-only disks are mounted as root on linux"
fi

# ---- hives ------------------------------------------------------------------
bad_hive()
{
	local what=$1 code=$2

	rm -rf "$work/pc"
	cp -a $pcs/base-win7 "$work/pc"
	rm -rf "$work/pc/Users/太郎/NTUSER.DAT"
	"${@:3}" "$work/pc/Users/太郎/NTUSER.DAT"
	gives "$code" "user hive is $what" agent scan --root "$(hp "$work/pc")" --db "$(hp "$work/h.db")"
	query "$work/h.db" "SELECT count(*) FROM v_gap WHERE matters = 1
		AND path LIKE '%NTUSER.DAT%'
		AND scan_id = (SELECT max(scan_id) FROM v_scan)" >"$work/n"
	check "user hive is $what: a gap that matters names it" \
		test "$(cat "$work/n")" -ge 1
}
garbage() { head -c 20000 /dev/urandom >"$1"; }
sparse_2g() { truncate -s 2G "$1"; }
empty() { : >"$1"; }
cut_short() { head -c 5000 $pcs/base-win7/Users/太郎/NTUSER.DAT >"$1"; }
bad_hive empty 2 empty
bad_hive garbage 2 garbage
bad_hive "a folder" 2 mkdir
bad_hive "2 GB large" 2 sparse_2g
bad_hive "cut short" 2 cut_short
rm -rf "$work/pc"
cp -a $pcs/base-win7 "$work/pc"
: >"$work/pc/Windows/System32/config/SOFTWARE"
agent scan --root "$(hp "$work/pc")" --db "$(hp "$work/h2.db")" >"$work/out" 2>"$work/err"
rc=$?
check "an empty SOFTWARE is never clean (exit $rc)" test $rc -eq 2 -o $rc -eq 65

# ---- odd files --------------------------------------------------------------
odd=$work/odd
mkdir -p "$odd"
truncate -s 10G "$odd/sparse.bin"
long=$(printf 'n%.0s' $(seq 1 200))
echo x >"$odd/$long"
printf x >"$odd/trailing. "
printf x >"$odd/dot."
if test "$host" = linux; then
	mkfifo "$odd/fifo"
	irregular=1
	mknod "$odd/null" c 1 3 2>/dev/null && irregular=2
	printf x >"$odd/$(printf 'new\nline')"
	printf x >"$odd/$(printf 'rtl\xe2\x80\xaegnp.exe')"
	printf x >"$odd/$(printf 'lone\xed\xa0\x80surrogate')"
	printf x >"$odd/$(printf 'bytes\x82\x83')"
	ln -s / "$odd/link"
	ln -s nowhere "$odd/broken"
	(cd "$odd" && for i in $(seq 1 1000); do
		mkdir deep_folder_with_a_long_name_$i &&
			cd deep_folder_with_a_long_name_$i || break
	done; printf x >bottom)
	gives 0 "odd files" timeout 3000 build/linux/mstmpsweep scan --folder "$odd" --db "$work/odd.db"
	query "$work/odd.db" "SELECT files_seen FROM v_scan" >"$work/n"
	# sparse, long, trailing, dot, newline, rtl, surrogate, bytes, bottom
	check "all nine odd files are seen ($(cat "$work/n"))" test "$(cat "$work/n")" -eq 9
	query "$work/odd.db" "SELECT kind, count(*) FROM v_gap GROUP BY kind ORDER BY 1" >"$work/kinds"
	printf 'link\t2\nnot_regular\t%d\n' $irregular >"$work/want"
	same "FIFO, device and links are gaps" "$work/want" "$work/kinds"
	rm -rf "$odd"/deep* 2>/dev/null || find "$odd" -depth -delete 2>/dev/null
else
	gives 0 "odd files" agent scan --folder "$(hp "$odd")" --db "$(hp "$work/odd.db")"
	query "$work/odd.db" "SELECT files_seen, files_scanned, gaps FROM v_scan" >"$work/got"
	printf '4\t4\t0\n' >"$work/want"
	same "all four odd files are seen and opened, without a gap" "$work/want" "$work/got"
fi

# ---- names that are in the way of opening -----------------------------------
# Beyond 260 characters, and a dot at the end: found, not only seen.
names=$work/names
forty=a_folder_whose_name_has_forty_characters
deep=$forty/$forty/$forty/$forty/$forty/$forty/$forty/$forty
temp=Users/Taro/AppData/Local/Temp
mkdir -p "$names/$deep" "$names/$temp"
cp "$standins/hits/monkif_misspelt_api_names/Users/Taro/Documents/a.dll" "$names/$deep/a.dll"
cp "$standins/hits/mstmp_in_temp/$temp/mstmp" "$names/$temp/mstmp."
gives 1 "names in the way" agent scan --folder "$(hp "$names")" --db "$(hp "$work/names.db")"
findings "$work/names.db" >"$work/got"
printf '%s\t\\%s\t%s\n' \
	malicious "${deep//\//\\}\\a.dll" monkif_misspelt_api_names \
	suspicious "${temp//\//\\}\\mstmp." mstmp_in_temp |
	LC_ALL=C sort >"$work/want"
LC_ALL=C sort -o "$work/got" "$work/got"
same "a path of 300 characters and a dot at the end are found" "$work/want" "$work/got"
query "$work/names.db" "SELECT files_seen, files_scanned, gaps FROM v_scan" >"$work/got"
printf '2\t2\t0\n' >"$work/want"
same "both are opened, without a gap" "$work/want" "$work/got"

# ---- a folder in itself -----------------------------------------------------
if test "$host" = linux && mkdir -p "$work/loop/a/b" &&
	mount --bind "$work/loop" "$work/loop/a/b" 2>/dev/null; then
	echo x >"$work/loop/a/file.txt"
	gives 2 "a folder in itself" timeout 3000 build/linux/mstmpsweep scan \
		--folder "$work/loop" --db "$work/loop.db"
	umount "$work/loop/a/b"
	query "$work/loop.db" "SELECT kind, path, matters, files_seen
		FROM v_gap JOIN v_scan USING (scan_id)" >"$work/got"
	printf 'depth\t\\a\\b\t1\t1\n' >"$work/want"
	same "it is a gap, and its files are seen once" "$work/want" "$work/got"
else
	skip "a folder in itself is mounted as root on linux"
fi

# ---- no permission ----------------------------------------------------------
if test "$host" != linux; then
	skip "no permission: modes are of linux"
elif nobody_can; then
	mkdir -p "$work/perm/closed"
	echo x >"$work/perm/closed/a.exe"
	echo x >"$work/perm/b.txt"
	chmod 0 "$work/perm/closed" "$work/perm/b.txt"
	gives 2 "no permission" nobody "$work/open/mstmpsweep" scan \
		--folder "$work/perm" --db "$work/open/s.db"
	query "$work/open/s.db" "SELECT kind, path FROM v_gap ORDER BY 2" >"$work/gaps"
	printf 'access_denied\t\\b.txt\naccess_denied\t\\closed\n' >"$work/want"
	same "what may not be read is a gap" "$work/want" "$work/gaps"
fi
