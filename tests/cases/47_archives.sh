# Archives outside the caches: what lies in them is found, what cannot be
# opened is counted in one line a kind and never makes a scan incomplete; an
# archive that somebody keeps goes only by the number of its step.
# SPDX-License-Identifier: Apache-2.0

marked=$standins/hits/monkif_misspelt_api_names
marked=$(find "$marked" -type f | head -1)
downloads=Users/Taro/Downloads
db="$work/h.db"

fresh()
{
	rm -rf "$work/pc" "$db"
	cp -a $pcs/base-win10 "$work/pc"
	mkdir -p "$work/pc/$downloads"
}
# counted: what of each kind was not looked into
counted()
{
	query "$db" "SELECT reason, count, matters FROM v_gap WHERE kind = 'not_opened'
		AND scan_id = (SELECT max(scan_id) FROM v_scan) ORDER BY reason"
}
on=(--lang en --root "$(hp "$work/pc")" --db "$(hp "$db")")

# ---- a healthy PC with archives --------------------------------------------------
fresh
echo hello >"$work/hello.txt"
for kind in stored mszip; do
	$tools/mkcab $kind "$work/pc/$downloads/$kind.cab" \
		"a\\hello.txt=$work/hello.txt" "notepad.exe=$standins/near/$(cd $standins/near && find . -name '*.exe' -type f | head -1)"
done
$tools/mkcab lzx "$work/pc/$downloads/setup.cab" "x=$work/hello.txt"
head -c -3 "$work/pc/$downloads/mszip.cab" >"$work/pc/$downloads/damaged.cab"
printf 'Rar!\x1a\x07\x01\0' | tee "$work/pc/$downloads/1.rar" >"$work/pc/$downloads/2.rar"
printf '7z\xbc\xaf\x27\x1c' >"$work/pc/$downloads/1.7z"
printf '\x1c\x47-lh5-' >"$work/pc/Users/Taro/old.lzh"
printf '!BDN' >"$work/pc/Users/Taro/Outlook.pst"
gives 0 "healthy: clean" agent scan "${on[@]}"
for format in text html json; do
	gives 0 "healthy: report, $format" agent report --format $format --lang en --db "$(hp "$db")"
	case $format in
	text) says "text: one line a kind" "2  archives not, or not wholly, looked into: rar" ;;
	html) says "html: one line a kind" "looked into: rar</td><td class=\"number\">2<" ;;
	json) says "json: as it is" '"gaps": 7' ;;
	esac
done
gives 0 "healthy: report in Japanese" agent report --lang ja --db "$(hp "$db")" --out "$(hp "$work/ja.txt")"
check "Japanese: one line a kind" grep -q "2  中身を検査していない.*アーカイブです: rar" "$work/ja.txt"
counted >"$work/got"
cat >"$work/want" <<-'EOF'
	7z	1	0
	cab	2	0
	lzh	1	0
	mail (pst, dbx)	1	0
	rar	2	0
EOF
same "healthy: one row a kind" "$work/want" "$work/got"
# In a cache they are counted, too, and do not matter either.
cache=$work/pc/Users/Taro/AppData/Local/Microsoft/Windows/INetCache/IE/ABCD1234
mkdir -p "$cache"
mv "$work/pc/$downloads/setup.cab" "$work/pc/$downloads/1.rar" "$cache/"
gives 0 "in a cache: clean" agent scan "${on[@]}"
counted >"$work/got"
same "in a cache: the same are counted" "$work/want" "$work/got"

# ---- a marked program in each kind of archive -------------------------------------
# found KIND ARCHIVE MEMBER: malicious, and called by its way
found()
{
	gives 1 "$1: found" agent scan "${on[@]}"
	findings "$db" >"$work/got"
	printf 'malicious\tC:\\%s\\%s!%s\tmonkif_misspelt_api_names\n' \
		"${downloads//\//\\}" "$2" "$3" >"$work/want"
	same "$1: as a member" "$work/want" "$work/got"
}
fresh
$tools/mkcab mszip "$work/pc/$downloads/tool.cab" "readme.txt=$work/hello.txt" \
	"bin\\helper.dll=$marked"
found "cabinet" tool.cab bin/helper.dll
check "cabinet: the archive is named" test 1 = "$(query "$db" \
	"SELECT count(*) FROM v_finding WHERE reason LIKE '% It is packed in the archive \"tool.cab\".%'")"
check "cabinet: quick does not look there" test -z "$(
	agent scan --quick --root "$(hp "$work/pc")" --db "$(hp "$work/q.db")" >/dev/null 2>&1
	findings "$work/q.db")"

# An archive in an archive.
fresh
mkdir "$work/in"
$tools/mkcab stored "$work/in/inner.cab" "helper.dll=$marked"
$tools/mkcab mszip "$work/pc/$downloads/outer.cab" "inner.cab=$work/in/inner.cab"
found "cabinet in a cabinet" outer.cab 'inner.cab!helper.dll'
# Without a Windows.
gives 1 "folder: found" agent scan --folder "$(hp "$work/pc/$downloads")" --db "$(hp "$work/folder.db")"
# Names say nothing of what lies packed.
fresh
$tools/mkcab mszip "$work/pc/$downloads/names.cab" "mstmp=$work/hello.txt" \
	"Program Files\\Shared\\lib.dll=$work/hello.txt" "lib.sig=$work/hello.txt"
gives 0 "names alone" agent scan "${on[@]}"

# ---- what is done about it ---------------------------------------------------------
fresh
archive=$work/pc/$downloads/tool.cab
$tools/mkcab mszip "$archive" "readme.txt=$work/hello.txt" "bin\\helper.dll=$marked"
cp "$archive" "$work/tool.cab"
gives 1 "to fix: found" agent scan "${on[@]}"
gives 1 "plan: it is held" agent plan --all "${on[@]}"
says "plan: the whole archive" "Move the whole archive file into the vault"
says "plan: why it is held" "with whatever else is in it"
gives 1 "fix: it is held" agent fix --yes "${on[@]}"
check "fix: the archive stays" cmp -s "$archive" "$work/tool.cab"
gives 1 "fix: naming the finding is not enough" agent fix --yes --finding 1 "${on[@]}"
check "fix: it still stays" cmp -s "$archive" "$work/tool.cab"
gives 0 "fix: by the number of its step" agent fix --yes --step 1 "${on[@]}"
check "fix: the archive is gone" test ! -e "$archive"
gives 0 "undo" agent undo --yes "${on[@]}"
check "undo: it is back" cmp -s "$archive" "$work/tool.cab"
