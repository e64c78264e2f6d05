# What shows that undo brings everything back: pccompare sees each kind of
# difference, and none where there is none.
# SPDX-License-Identifier: Apache-2.0

if test "$host" != linux; then
	skip "pccompare is a program of the build machine"
	return
fi

# A folder with one thing of each kind.
make_tree()
{
	mkdir -p "$1/sub/deep" "$1/表"
	echo content >"$1/file"
	echo second >"$1/sub/second"
	echo long content >"$1/sub/deep/third"
	ln -s file "$1/link"
	mkfifo "$1/pipe"
	chmod 640 "$1/file"
	touch -d '2010-09-24 12:00:00.1234567' "$1/file" "$1/sub/second" \
		"$1/sub/deep/third"
	touch -d '2010-09-25 12:00:00' "$1/sub/deep" "$1/sub" "$1/表" "$1"
	setfattr -n trusted.mark -v one "$1/file" 2>/dev/null
}

compare()
{
	"$tools/pccompare" "$@" >"$work/out" 2>"$work/err"
}

# differs WORDS COMMAND...: the command, done to b, is seen, as one line with
# these words
differs()
{
	local words=$1

	shift
	rm -rf "$work/b"
	cp -a "$work/a" "$work/b"
	(cd "$work/b" && "$@") || { not_ok "cannot make: $words"; return; }
	if compare $options "$work/a" "$work/b"; then
		not_ok "not seen: $words"
	elif test "$(wc -l <"$work/out")" -ne 1 ||
		! grep -qF -- "$words" "$work/out"; then
		not_ok "not told in one line: $words"
		head -5 "$work/out"
	else
		ok
	fi
}

# equal WHAT COMMAND...: the command, done to b, makes no difference
equal()
{
	local what=$1

	shift
	rm -rf "$work/b"
	cp -a "$work/a" "$work/b"
	(cd "$work/b" && "$@") || { not_ok "cannot make: $what"; return; }
	check "$what is a difference" compare $options "$work/a" "$work/b"
}

# The write time of the file as it was, after a change to it.
keep_time()
{
	"${@:2}" && touch -d '2010-09-24 12:00:00.1234567' "$1"
}

patched()
{
	printf X | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

options=
make_tree "$work/a"
equal "nothing" true
differs 'sub: name only in A: second' rm sub/second
differs '.: name only in B: new' touch new
differs '.: name only in A: 表' rmdir 表
differs 'file: content: 8 and 8 bytes, differ at 3' \
	keep_time file patched file 3
differs 'sub/deep/third: content: 13 and 14 bytes, differ at 13' \
	keep_time sub/deep/third sh -c 'printf x >>sub/deep/third'
differs 'file: kind: file and folder' sh -c 'rm file; mkdir file'
differs 'link: link to "file" and "sub"' ln -sfn sub link
differs 'pipe: kind: pipe and file' sh -c 'rm pipe; touch pipe'
if stat -c %y "$work/a/file" | grep -q 1234567; then
	differs 'file: written: ' touch -d '2010-09-24 12:00:00.1234568' file
	equal "less than 100 ns" touch -d '2010-09-24 12:00:00.12345678' file
else
	differs 'file: written: ' touch -d '2010-09-24 12:00:01' file
	skip "this file system keeps no times of 100 ns"
fi
differs 'file: mode: 640 and 600' chmod 600 file
differs 'sub: mode: 755 and 700' chmod 700 sub
differs 'file: hard links: 1 and 2' sh -c 'ln file "$1"' - "$work/another"
rm -f "$work/another"
equal "a folder's time" touch sub
options=--dir-times
differs 'sub: written: ' touch sub
options=--no-times
equal "with --no-times a time" touch file
options='--ignore sub'
equal "what is ignored" rm -r sub
options='--ignore *third'
equal "what is ignored by a pattern" rm sub/deep/third
options=--no-posix
equal "with --no-posix a mode" chmod 600 file
options=
touch "$work/owned"
if chown 1:2 "$work/owned" 2>/dev/null; then
	differs 'file: owner: '"$(id -u):$(id -g)"' and 1:2' sh -c 'chown 1:2 file; chmod 640 file'
else
	skip "no file can be given away here"
fi
if getfattr -n trusted.mark "$work/a/file" >/dev/null 2>&1; then
	differs 'file: attribute trusted.mark: 6f6e65 and 74776f' \
		setfattr -n trusted.mark -v two file
	differs 'file: attribute only in B: trusted.more' \
		setfattr -n trusted.more -v x file
	differs 'file: attribute only in A: trusted.mark' \
		setfattr -x trusted.mark file
	options='--ignore-xattr trusted.mark'
	equal "an ignored attribute" setfattr -x trusted.mark file
	options=
else
	skip "this file system has no extended attributes for us"
fi
check "a folder that is not there is a difference" \
	test "$(compare "$work/a" "$work/nowhere"; echo $?)" = 1
check "one folder is wrong usage" \
	test "$(compare "$work/a"; echo $?)" = 64

# ---- hives -------------------------------------------------------------------

mkdir "$work/hives"
"$tools/mkhive_kinds" "$work/hives"
rm -rf "$work/a"
mkdir "$work/a"
cp -p "$work/hives/base" "$work/a/HIVE"
use()
{
	cp "$work/hives/$1" HIVE && touch -r "$work/a/HIVE" HIVE
}
for kind in bytes time; do
	equal "a hive with other $kind" use $kind
	options=--hives-exact
	differs 'HIVE: content: ' use $kind
	options=
done
options=--hive-times
equal "with --hive-times a hive with other bytes" use bytes
options=
# What is read wrongly on both sides would be "the same": one line a side.
while IFS=$'\t' read -r kind a b; do
	rm -rf "$work/b"
	cp -a "$work/a" "$work/b"
	(cd "$work/b" && use "$kind")
	compare "$work/a" "$work/b"
	sed 's/^HIVE: hive: only in //' "$work/out" >"$work/lines"
	want=0
	test "$a" = - || want=$((want + 1))
	test "$b" = - || want=$((want + 1))
	if { test "$a" = - || grep -qE -- "^A: $a" "$work/lines"; } &&
		{ test "$b" = - || grep -qE -- "^B: $b" "$work/lines"; } &&
		test "$(wc -l <"$work/lines")" -eq "$want"; then
		ok
	else
		not_ok "a hive with another $kind"
		head -4 "$work/out"
	fi
done <<'EOT'
data	value .Software.Sub.\(default\): type 4, 4 bytes	value .Software.Sub.\(default\): type 4, 4 bytes
type	value .Software.Sub.Name: type 1	value .Software.Sub.Name: type 2
name	value .Software.Sub.Name	value .Software.Sub.Eman
key	-	key .Software.Sub.More
link	key .Software.Sub: no link	key .Software.Sub: a link
class	key .*class none	key .*class 8 bytes
EOT
rm -rf "$work/b"
cp -a "$work/a" "$work/b"
(cd "$work/b" && use security)
compare "$work/a" "$work/b"
check "a hive with another security: all four keys" \
	test "$(grep -c 'only in [AB]: key .*security' "$work/out")" = 8
printf 'regf, but no hive at all' >"$work/a/HIVE"
(cd "$work/b" && cp ../a/HIVE HIVE && touch -r ../a/HIVE HIVE)
check "equal bytes need not be a hive" compare "$work/a" "$work/b"
printf 'regf, but no hive as well' >"$work/a/HIVE"
compare "$work/a" "$work/b"
says "what cannot be read is a difference" "cannot be read whole"
