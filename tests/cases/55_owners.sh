# Whose evidence, whose property, from the other side: what the machine's own
# entry and a user's own entry do take, marks or none, and what is left in
# place is told and can be named. (What must stay: 43.)
# SPDX-License-Identifier: Apache-2.0

. tests/cases/corpus.sh

cat >"$work/owners.pcs" <<'END'
# A program without a mark, in nobody's usual place: the machine's filter, class
# and path condemn it.
pc	machines-filter	base-win7
wine
want	both	malicious	C:\Program Files\Foo\foo.dll
goes	file Program Files/Foo/foo.dll
goes	key $SW \Classes\PROTOCOLS\Filter\text/html
goes	key $SW \Classes\CLSID\{66660000-1111-2222-3333-444455556666}
copy	Program Files/Foo/foo.dll	../standin32.dll
hive	$SW
key	Classes\PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{66660000-1111-2222-3333-444455556666}
key	Classes\CLSID\{66660000-1111-2222-3333-444455556666}\InprocServer32
sz	@	C:\Program Files\Foo\foo.dll

# Two users lead to the program of one: it is his, and his entry takes it.
pc	two-users	base-win7
want	both	malicious	C:\Users\太郎\AppData\Local\Temp\mstmp
goes	file $U/AppData/Local/Temp/mstmp
goes	key $UC \PROTOCOLS\Filter\text/html
goes	key $UC \CLSID\{66660000-1111-2222-3333-444455556666}
goes	key $HN \Software\Classes\PROTOCOLS\Filter\text/html
goes	key $HN \Software\Classes\CLSID\{66660000-1111-2222-3333-444455556666}
copy	$U/AppData/Local/Temp/mstmp	../standin32.dll
hive	$UC
key	PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{66660000-1111-2222-3333-444455556666}
key	CLSID\{66660000-1111-2222-3333-444455556666}\InprocServer32
sz	@	C:\Users\太郎\AppData\Local\Temp\mstmp.
hive	$HN
key	Software\Classes\PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{66660000-1111-2222-3333-444455556666}
key	Software\Classes\CLSID\{66660000-1111-2222-3333-444455556666}\InprocServer32
sz	@	C:\Users\太郎\AppData\Local\Temp\mstmp.

# His NTUSER.DAT has another entry of the class that his UsrClass.dat holds: both
# are his.
pc	both-hives	base-win7
wine
want	both	malicious	C:\Users\太郎\AppData\Local\Temp\mstmp
goes	file $U/AppData/Local/Temp/mstmp
goes	key $UC \PROTOCOLS\Filter\text/html
goes	key $UC \CLSID\{66660000-1111-2222-3333-444455556666}
goes	value $UN \Software\Microsoft\Internet Explorer\URLSearchHooks\{66660000-1111-2222-3333-444455556666}
copy	$U/AppData/Local/Temp/mstmp	../standin32.dll
hive	$UC
key	PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{66660000-1111-2222-3333-444455556666}
key	CLSID\{66660000-1111-2222-3333-444455556666}\InprocServer32
sz	@	C:\Users\太郎\AppData\Local\Temp\mstmp.
hive	$UN
key	Software\Microsoft\Internet Explorer\URLSearchHooks
sz	{66660000-1111-2222-3333-444455556666}	

# A user's entry, the machine's class, the content of the file: all of it.
pc	strong-behind-a-users-entry	base-win7
want	both	malicious	C:\Tools\t.dll
goes	file Tools/t.dll
goes	key $UC \PROTOCOLS\Filter\text/html
goes	key $SW \Classes\CLSID\{66660000-1111-2222-3333-444455556666}
copy	Tools/t.dll	hits/nish_key_constant/$STANDIN/a.dll
hive	$UC
key	PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{66660000-1111-2222-3333-444455556666}
hive	$SW
key	Classes\CLSID\{66660000-1111-2222-3333-444455556666}\InprocServer32
sz	@	C:\Tools\t.dll
END

corpus_split "$work/owners.pcs"
for name in $(corpus_names); do
	corpus_make "$name" || continue
	corpus_scan "$name" quick
	corpus_scan "$name" full
	corpus_fix "$name"
	corpus_drop
done

# ---- what is left in place ---------------------------------------------------
# A user's filter leads into Program Files: told in both languages, for programs
# and by the code; who names the step has it done, and undo brings it back.
cat >"$work/left.pcs" <<'END'
pc	left	base-win7
copy	Program Files/Foo/foo.dll	../standin32.dll
hive	$UC
key	PROTOCOLS\Filter\text/html
sz	@	@{filter_text}
sz	CLSID	{66660000-1111-2222-3333-444455556666}
key	CLSID\{66660000-1111-2222-3333-444455556666}\InprocServer32
sz	@	C:\Program Files\Foo\foo.dll
END
rm -f "$work/names"
corpus_split "$work/left.pcs"
corpus_make left
on+=(--lang en)
file="$pc/Program Files/Foo/foo.dll"
gives 1 "left: scan" agent scan --quiet "${on[@]}"
query "$pc.db" "SELECT filetype, size > 0 FROM artefact WHERE kind = 'file' AND
	path LIKE '%foo.dll'" >"$work/got"
check "left: the file is kept without a hit, with its type" \
	grep -qP '^EXE\t1$' "$work/got"
gives 1 "left: plan" agent plan --all "${on[@]}"
says "left: told" "the program it leads to, left in place"
gives 1 "left: plan in Japanese" agent plan --all "${on[@]}" --lang ja \
	--out "$(hp "$work/ja.txt")"
check "left: told in Japanese" grep -q "登録が指しているプログラム" "$work/ja.txt"
gives 1 "left: plan for programs" agent plan --all "${on[@]}" --format csv \
	--out "$(hp "$work/plan.csv")"
seq=$(grep -a 'left_in_place' "$work/plan.csv" | tr -d '\r' | head -1 |
	sed 's/^\xEF\xBB\xBF//; s/,.*//')
check "left: the word for programs" test -n "$seq"
gives 1 "left: its finding does not take it" agent fix --yes "${on[@]}" \
	--finding 1
check "left: the file is there" test -f "$file"
gives 0 "left: undo" agent undo --yes "${on[@]}"
gives 1 "left: scan again" agent scan --quiet "${on[@]}"
gives 0 "left: the number does" agent fix --yes "${on[@]}" --step "$seq"
check "left: the file is gone" test ! -e "$file"
gives 0 "left: undo of that" agent undo --yes "${on[@]}"
check "left: all is as it was" unchanged "$pc.before" "$pc"
corpus_drop

# ---- the same of a finding that is only suspicious, and is named -----------------
cat >"$work/named.pcs" <<'END'
pc	named	base-win7
copy	Program Files/Vendor/lib.dll	../vendor32.dll
text	Program Files/Vendor/lib.sig	list
hive	$UC
key	PROTOCOLS\Handler\x
sz	CLSID	{66660000-1111-2222-3333-444455556666}
key	CLSID\{66660000-1111-2222-3333-444455556666}\InprocServer32
sz	@	C:\Program Files\Vendor\lib.dll
hive	$UN
key	Software\$BHO\{66660000-1111-2222-3333-444455556666}
END
rm -f "$work/names"
corpus_split "$work/named.pcs"
corpus_make named
on+=(--lang en)
gives 1 "named: scan" agent scan --quiet "${on[@]}"
gives 0 "named: fix leaves what nobody named" agent fix --yes "${on[@]}"
check "named: every byte is there" unchanged "$pc.before" "$pc"
gives 1 "named: its program counts as left" agent fix --yes "${on[@]}" \
	--finding 1
says "named: and is told" "lib.dll: the program it leads to, left in place"
check "named: it is there" test -f "$pc/Program Files/Vendor/lib.dll"
changes "$pc.before" "$pc" >"$work/changes"
check "named: the entry is gone" grep -q 'PROTOCOLS.Handler.x$' "$work/changes"
corpus_drop
