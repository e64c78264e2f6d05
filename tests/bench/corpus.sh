#!/bin/bash
# The trees that are measured, made once in DIR; the same on every machine
# that has the same packages.
# SPDX-License-Identifier: Apache-2.0
#
# usage: corpus.sh DIR
#
#	DIR/full	at least 50,000 files, 4 GB: PE files, small files, the
#			stand-ins of the built-in pack (hits and near misses)
#	DIR/part	a quarter of that, with hits and near misses of the
#			1,000 generated rules
#	DIR/large	files up to 32 MiB of which every one matches
#	DIR/pc		an offline Windows with a SOFTWARE hive of 100 MB
#	DIR/k1000.yar	the generated rules
#
# The PE files are those of Debian's package libwine (amd64, and i386 where
# it is installed): some 1,450 DLLs and programs made by mingw. If it is not
# installed it is downloaded with apt and unpacked into DIR.
set -eu -o pipefail
export LC_ALL=C.UTF-8 LANGUAGE=
top=$(CDPATH= cd "$(dirname "$0")/../.." && pwd)
dir=$1
standins=$top/build/standin/mstmp
tools=$top/build/linux/tests
files=${MSTMP_BENCH_FILES:-50000}
megabytes=${MSTMP_BENCH_MB:-4200}

die()
{
	echo "corpus: $*" >&2
	exit 1
}

find_programs()
{
	# A folder that is not there is no reason to stop.
	{ find "$@" -path '*-windows/*' -type f -size -20M 2>/dev/null || true; } |
		sort
}

unpack_programs()
{
	mkdir -p "$dir/libwine"
	(cd "$dir/libwine" && apt-get download -q libwine >/dev/null 2>&1 &&
		for deb in *.deb; do
			dpkg-deb -x "$deb" . && rm "$deb"
		done) || echo "corpus: libwine could not be downloaded;" \
		"there will be no real PE files." >&2
}

# Words of generated rules, so that some of them match: each rule's texts in
# one file, and the same with one letter changed.
plant_generated()
{
	mkdir -p "$1/hits" "$1/near"
	awk -v out="$1" '
	/^rule/ { name = $2; texts = "" }
	/^\t\t\$.* = "/ {
		s = $0
		sub(/^[^"]*"/, "", s)
		sub(/"[^"]*$/, "", s)
		gsub(/\\\\/, "\\", s)
		texts = texts s "\n"
	}
	/^}/ {
		file = out "/hits/" name ".dll"
		printf "MZ\n%s", texts >file
		close(file)
		gsub(/[aeiou]/, "_", texts)
		file = out "/near/" name ".dll"
		printf "MZ\n%s", texts >file
		close(file)
	}' "$dir/k1000.yar"
}

make_tree()
{
	local tree=$1 kind

	rm -rf "$tree" "$tree.new"
	mkdir -p "$tree.new"
	"$dir/corpus" "$tree.new" "$2" "$3" <"$dir/programs" |
		sed "s|^|corpus: ${tree##*/}: |"
	for kind in hits near; do
		cp -r "$standins/$kind" "$tree.new/$kind"
	done
}

# One stand-in after the other, filled up with other programs to 1-32 MiB.
make_large()
{
	local tree=$dir/large nbytes i=0 hit

	rm -rf "$tree" "$tree.new"
	mkdir -p "$tree.new"
	find "$standins/hits/monkif_"* "$standins/hits/nish_"* -name '*.dll' |
		sort >"$dir/hits"
	while read -r hit; do
		nbytes=$(((i % 32 + 1) << 20))
		test $i -lt 16 && nbytes=$((32 << 20))
		{
			cat "$hit"
			tail -n +$((i + 1)) "$dir/programs" | head -200 |
				tr '\n' '\0' | xargs -0 cat 2>/dev/null
			head -c $nbytes /dev/zero
		} 2>/dev/null | head -c $nbytes >"$tree.new/$i.dll" || true
		i=$((i + 1))
	done <"$dir/hits"
	mv "$tree.new" "$tree"
}

make_pc()
{
	rm -rf "$dir/pc"
	"$tools/mkpc" "$top/tests/pc/base-win7.pc" "$standins" \
		"$top/tests/standin/marks.enc" "$dir/pc" >/dev/null
	"$tools/mkhive_big" "$dir/pc/Windows/System32/config/SOFTWARE" 100 \
		>/dev/null
}

mkdir -p "$dir"
free=$(df -Pk "$dir" | awk 'NR == 2 { print int($4 / 1048576) }')
if test ! -e "$dir/full" && test "$free" -lt 12; then
	files=$((files / 4))
	megabytes=$((megabytes / 4))
	echo "corpus: only $free GB are free: $files files, $megabytes MB."
	test "$free" -ge 4 || die "at least 4 GB must be free in \"$dir\"" \
		"(MSTMP_BENCH_DIR chooses another folder)."
fi
cc -std=gnu11 -O2 -D_GNU_SOURCE -o "$dir/corpus" "$top/tests/bench/corpus.c" -lm

# What the trees are made of; a change makes them anew.
find_programs /usr/lib/*-linux-gnu/wine >"$dir/programs"
if ! test -s "$dir/programs"; then
	test -d "$dir/libwine" || unpack_programs
	find_programs "$dir/libwine" >"$dir/programs"
fi
key=$({
	echo "$files $megabytes"
	cat "$dir/programs" "$0" "$top/tests/bench/corpus.c" \
		"$top/tests/data/rules/make_k1000.sh" \
		"$top/tests/standin/mstmp.standins" "$top/tests/pc/base-win7.pc"
} | sha256sum | cut -c1-16)
test "$(cat "$dir/key" 2>/dev/null)" != "$key" || exit 0
rm -f "$dir/key"
echo "corpus: making $files files, $megabytes MB and a quarter of that in" \
	"\"$dir\" from $(wc -l <"$dir/programs") PE files"
sh "$top/tests/data/rules/make_k1000.sh" "$dir/k1000.yar"
make_tree "$dir/full" "$files" "$megabytes"
mv "$dir/full.new" "$dir/full"
make_tree "$dir/part" $((files / 4)) $((megabytes / 4))
plant_generated "$dir/part.new/generated"
mv "$dir/part.new" "$dir/part"
make_large
make_pc
echo "$key" >"$dir/key"
