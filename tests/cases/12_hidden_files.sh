# Ways to hide a file from the walker: each is found, or makes the scan
# incomplete, never "clean".
# SPDX-License-Identifier: Apache-2.0

. tests/cases/nobody.sh

hits=$standins/hits
temp=Users/Taro/AppData/Local/Temp
mstmp=$hits/mstmp_in_temp/$temp/mstmp
harmless=$standins/near/java_exploit_class_in_cache/Users/Taro/AppData/LocalLow/Sun/Java/Deployment/cache/6.0/20/44556677-8899aabb
jar=$hits/java_exploit_class_in_cache/Users/Taro/AppData/LocalLow/Sun/Java/Deployment/cache/6.0/18/1f2e3d92-4c5b6a79
cache=Users/Taro/AppData/LocalLow/Sun/Java/Deployment/cache/6.0/18

fresh()
{
	rm -rf "$work/pc" "$work/h.db"
	cp -a $pcs/base-win10 "$work/pc"
}
# finds WHAT RULE OPTIONS...: exit 1 or 3 and that rule in the findings
finds()
{
	local what=$1 rule=$2

	shift 2
	agent scan "$@" --db "$(hp "$work/h.db")" >"$work/out" 2>"$work/err"
	check "$what: found" test $(($? & 1)) -eq 1
	findings "$work/h.db" >"$work/f"
	check "$what: by $rule" grep -q "$rule" "$work/f"
}

if test "$host" = linux; then
	fresh
	mkdir -p "$work/pc/Users/Taro/AppData/Local/TEMP"
	cp "$mstmp" "$work/pc/Users/Taro/AppData/Local/TEMP/mstmp"
	finds "a second folder TEMP beside Temp" mstmp_in_temp --root "$work/pc"

	finds "the same, quick" mstmp_in_temp --quick --root "$work/pc"
	fresh
	mkdir -p "$work/pc/USERS/Taro/AppData/Local/Temp"
	cp "$mstmp" "$work/pc/USERS/Taro/AppData/Local/Temp/"
	finds "a twin further above, quick" mstmp_in_temp --quick --root "$work/pc"
	fresh
	ln -s ../../../../Windows "$work/pc/Users/Taro/AppData/Local/TEMP"
	gives 2 "a link beside Temp, quick" agent scan --quick --root "$work/pc" --db "$work/l.db"
	query "$work/l.db" "SELECT kind, path FROM v_gap WHERE matters = 1" >"$work/got"
	printf 'link\tC:\\Users\\Taro\\AppData\\Local\\TEMP\n' >"$work/want"
	same "the link is a gap that matters" "$work/want" "$work/got"
	rm -rf "$work/pc" "$work/h.db"
	cp -a $pcs/infected-win7 "$work/pc"
	mkdir "$work/pc/PROGRAM FILES (X86)"
	mv "$work/pc/Program Files (x86)/Shared" "$work/pc/PROGRAM FILES (X86)/"
	agent scan --quick --root "$work/pc" --db "$work/h.db" >"$work/out" 2>"$work/err"
	findings "$work/h.db" >"$work/f"
	check "a server in a twin of its folder, quick" grep -q \
		'PROGRAM FILES (X86).Shared.AdvBHO.dll' "$work/f"

	fresh
	mv "$work/pc/$temp" "$work/pc/moved"
	cp "$mstmp" "$work/pc/moved/mstmp"
	ln -s ../../../../moved "$work/pc/$temp"
	gives 2 "Temp behind a link, quick" agent scan --quick --root "$work/pc" --db "$work/l.db"
	says "Temp behind a link, quick" "Temp"

	fresh
	mkdir -p "$work/pc/System Volume InformationX"
	cp "$mstmp" "$work/pc/System Volume InformationX/"
	chmod 0 "$work/pc/System Volume InformationX"
	if nobody_can; then
		gives 2 "a folder named like the restore points" nobody \
			"$work/open/mstmpsweep" scan --root "$work/pc" \
			--db "$work/open/s.db"
		query "$work/open/s.db" "SELECT kind, path FROM v_gap
			WHERE matters = 1" >"$work/got"
		printf 'access_denied\tC:\\System Volume InformationX\n' \
			>"$work/want"
		same "it is the only gap that matters" "$work/want" "$work/got"
	fi
	chmod 755 "$work/pc/System Volume InformationX"

	mkdir -p "$work/big"
	cp "$hits/monkif_misspelt_api_names/Users/Taro/Documents/a.dll" "$work/big/holiday.dat"
	truncate -s 1100M "$work/big/holiday.dat"
	gives 2 "a program too large for the rules, with a harmless name" \
		agent scan --folder "$work/big" --db "$work/b.db"
	mkdir -p "$work/big2/$temp"
	cp "$hits/program_named_random_swf_in_temp/$temp/0.1234567890123456.swf" "$work/big2/$temp/"
	printf 'MZ' >"$work/big2/$temp/x"
	truncate -s 1100M "$work/big2/$temp/0.1234567890123456.swf"
	agent scan --folder "$work/big2" --db "$work/b2.db" >"$work/out" 2>"$work/err"
	check "its name is judged all the same" grep -q "random number as its name" "$work/out"
	rm -rf "$work/big" "$work/big2"
else
	skip "links, closed folders and giant files are made on linux"
fi

fresh
mv "$work/pc/Users/Taro" "$work/pc/Users/50%taro"
cp "$mstmp" "$work/pc/Users/50%taro/AppData/Local/Temp/mstmp"
finds "a profile with % in its name, quick" mstmp_in_temp --quick --root "$(hp "$work/pc")"

fresh
mkdir -p "$work/pc/$cache"
n=$(stat -c %s "$jar")
{
	head -c $((n - 2)) "$jar"
	printf '\x4d\x00'
	printf 'PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x37\x00'
	head -c 55 /dev/zero
} >"$work/pc/$cache/1f2e3d92-4c5b6a79"
finds "a jar with a false end in its comment" java_exploit_class_in_cache --root "$(hp "$work/pc")"

fresh
mkdir -p "$work/pc/$cache"
{
	printf 'GIF89a'
	head -c 100 /dev/zero
	cat "$jar"
} >"$work/pc/$cache/1f2e3d92-4c5b6a79"
finds "a jar behind a picture" java_exploit_class_in_cache --root "$(hp "$work/pc")"

fresh
mkdir -p "$work/pc/$cache"
cat "$jar" "$harmless" >"$work/pc/$cache/1f2e3d92-4c5b6a79"
finds "a jar in front of another" java_exploit_class_in_cache --root "$(hp "$work/pc")"

# ---- names that Windows gives to page files ----------------------------------
marked=$hits/monkif_misspelt_api_names/Users/Taro/Documents/a.dll
fresh
cp "$marked" "$work/pc/swapfile.sys"
finds "a program called swapfile.sys" monkif_misspelt_api_names --root "$(hp "$work/pc")"
mkdir -p "$work/folder/a"
cp "$marked" "$work/folder/a/pagefile.sys"
cp "$marked" "$work/folder/hiberfil.sys"
finds "page files of a folder" monkif_misspelt_api_names --folder "$(hp "$work/folder")"
check "page files of a folder: both" test "$(wc -l <"$work/f")" -eq 2
if test "$host" = linux && nobody_can; then
	echo swap >"$work/folder/hiberfil.sys"
	chmod 0 "$work/folder/hiberfil.sys" "$work/folder/a/pagefile.sys"
	gives 2 "one of them cannot be opened" nobody "$work/open/mstmpsweep" scan \
		--folder "$work/folder" --db "$work/open/p.db"
	query "$work/open/p.db" "SELECT kind, matters, path FROM v_gap ORDER BY 1" >"$work/got"
	printf '%s\t%s\t%s\n' access_denied 1 '\a\pagefile.sys' \
		page_file 0 '\hiberfil.sys' >"$work/want"
	same "in a root the name is enough, elsewhere not" "$work/want" "$work/got"
fi
rm -rf "$work/folder"

# ---- in an archive in a browser's cache -------------------------------------
# le NUMBER NBYTES: little-endian
le()
{
	local value=$1 i

	for ((i = 0; i < $2; i++)); do
		printf "\\x$(printf %02x $((value & 255)))"
		value=$((value >> 8))
	done
}
# zip_one FILE NAME ZIP: an archive of one compressed member; gzip has both
# the compressed bytes and the checksum.
zip_one()
{
	local n packed

	n=$(stat -c %s "$1")
	gzip -nc "$1" >"$work/gz"
	packed=$(($(stat -c %s "$work/gz") - 18))
	{
		printf '\0\0\x08\0\0\0\x21\0'
		tail -c 8 "$work/gz" | head -c 4
		le $packed 4
		le $n 4
		le ${#2} 2
		le 0 2
	} >"$work/common"
	{
		printf 'PK\x03\x04\x14\0'
		cat "$work/common"
		printf '%s' "$2"
		tail -c +11 "$work/gz" | head -c $packed
		printf 'PK\x01\x02\x14\0\x14\0'
		cat "$work/common"
		head -c 14 /dev/zero
		printf '%s' "$2"
		printf 'PK\x05\x06\0\0\0\0\x01\0\x01\0'
		le $((46 + ${#2})) 4
		le $((30 + ${#2} + packed)) 4
		le 0 2
	} >"$3"
}
jpeg="$hits/monkif_command_jpeg_in_cache/Users/Taro/AppData/Local/Microsoft/Windows/Temporary Internet Files/Content.IE5/ABCD1234/photo[1].jpg"
for cache in "Temporary Internet Files/Content.IE5/ABCD1234" INetCache/IE/ABCD1234; do
	fresh
	cache=Users/Taro/AppData/Local/Microsoft/Windows/$cache
	mkdir -p "$work/pc/$cache"
	zip_one "$jpeg" pictures/photo.jpg "$work/pc/$cache/album[1].zip"
	finds "a picture in an archive in $cache" monkif_command_jpeg_in_cache \
		--root "$(hp "$work/pc")"
	printf 'suspicious\tC:\\%s\\album[1].zip!pictures/photo.jpg\tmonkif_command_jpeg_in_cache\n' \
		"${cache//\//\\}" >"$work/want"
	same "it is found as a member in $cache" "$work/want" "$work/f"
done

# ---- members that look like folders, and archives in archives ----------------
# in_cache FILE WHAT: found as a member of FILE in the cache of a Windows 10
cache=Users/Taro/AppData/Local/Microsoft/Windows/INetCache/IE/ABCD1234
in_cache()
{
	fresh
	mkdir -p "$work/pc/$cache"
	cp "$1" "$work/pc/$cache/"
	finds "$2" monkif_command_jpeg_in_cache --quick --root "$(hp "$work/pc")"
}
zip_one "$jpeg" photo.jpg/ "$work/folder.zip"
in_cache "$work/folder.zip" "a picture called like a folder"
zip_one "$jpeg" "" "$work/nameless.zip"
in_cache "$work/nameless.zip" "a picture without a name"
gzip -nc "$jpeg" >"$work/photo[1].jpg"
in_cache "$work/photo[1].jpg" "a picture as gzip"
printf 'suspicious\tC:\\%s\\photo[1].jpg!photo[1].jpg\tmonkif_command_jpeg_in_cache\n' \
	"${cache//\//\\}" >"$work/want"
same "it is called like its file" "$work/want" "$work/f"
# The file itself, and three in it; with one more there is a gap.
gzip -nc "$jpeg" >"$work/4.gz"
for n in 3 2 1; do
	zip_one "$work/$((n + 1)).gz" $((n + 1)).gz "$work/$n.gz"
done
in_cache "$work/1.gz" "a picture four archives deep"
printf 'suspicious\tC:\\%s\\1.gz!2.gz!3.gz!4.gz!4\tmonkif_command_jpeg_in_cache\n' \
	"${cache//\//\\}" >"$work/want"
same "the way to it is its name" "$work/want" "$work/f"
zip_one "$work/1.gz" 1.gz "$work/0.zip"
fresh
mkdir -p "$work/pc/$cache"
cp "$work/0.zip" "$work/pc/$cache/"
gives 2 "five archives deep" agent scan --quick --root "$(hp "$work/pc")" --db "$(hp "$work/h.db")"
query "$work/h.db" "SELECT kind, matters, path FROM v_gap WHERE matters = 1" >"$work/got"
printf 'archive\t1\tC:\\%s\\0.zip\n' "${cache//\//\\}" >"$work/want"
same "it is a gap that matters" "$work/want" "$work/got"
