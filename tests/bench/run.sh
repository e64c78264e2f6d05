#!/bin/bash
# The table of speeds: this program beside yara and beside plain reading, in
# one run whose rounds take turns, with medians, and the matches of both
# sides compared.
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh		(make bench)
#
#	MSTMP_BENCH_DIR		where the trees lie (build/bench; 7 GB)
#	MSTMP_BENCH_ROUNDS	rounds, 5; each pair is run once a round
#	MSTMP_BENCH_FILES, _MB	size of the large tree (50000, 4200)
#	MSTMP_BENCH_COLD=0	do not empty the system's cache
#
# A ratio is that of the medians of wall time; behind it the ratio of the
# medians of processor time, which other load disturbs less.
set -u -o pipefail
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
dir=${MSTMP_BENCH_DIR:-build/bench}
rounds=${MSTMP_BENCH_ROUNDS:-5}
program=build/linux/mstmpsweep
tools=build/linux/tests
wrong=0

die()
{
	echo "bench: $*" >&2
	exit 1
}

say()
{
	echo "bench: $*"
}

case $rounds in
*[!0-9]* | '' | 0) die "MSTMP_BENCH_ROUNDS must be a number above 0." ;;
esac

# --- What is measured against -----------------------------------------------

# The yara program of the very libyara that is linked into ours, made from the
# same archive with the same compiler options; its version in yara_version.
build_yara()
{
	local version tarball src=$dir/yara-src lib=build/deps/native

	tests/build/dep.sh tomcrypt native && tests/build/dep.sh yara native ||
		return 1
	read -r version _ tarball < <(tests/build/fetch.sh yara) || return 1
	rm -rf "$src"
	mkdir -p "$src"
	tar -C "$src" --strip-components=1 -xf "$tarball" || return 1
	gcc -std=gnu11 -w -O2 -DNDEBUG -D_GNU_SOURCE \
		"-DPACKAGE_STRING=\"yara $version\"" \
		"-DPACKAGE_VERSION=\"$version\"" -DPACKAGE_BUGREPORT='""' \
		-I"$src" -I"$src/cli" -I$lib/yara/include -o "$dir/yara" \
		"$src"/cli/{args,common,threading,yara}.c \
		$lib/yara/lib/libyara.a $lib/tomcrypt/lib/libtomcrypt.a \
		-lm -lpthread || return 1
	rm -rf "$src"
	yara=$dir/yara
	yara_version="yara $version, built from the pinned source"
}

mkdir -p "$dir" || die "cannot write to \"$dir\"."
rm -rf "$dir/yara"
if ! build_yara; then
	yara=$(command -v yara) || die "there is no yara to compare with."
	yara_version="Debian's yara $(yara --version)"
fi
gcc -std=gnu11 -O2 -D_GNU_SOURCE -o "$dir/measure" tests/bench/measure.c ||
	die "tests/bench/measure.c does not compile."
tests/bench/corpus.sh "$dir" || die "the trees could not be made."

cat signatures/mstmp/rules/*.yar >"$dir/mstmp.yar"
# One value for all files is all that the yara program can be given.
variables="-d filename= -d filepath= -d extension= -d filetype= -d owner=
	-d object=file -d point= -d view= -d location=unknown -d place="

# --- Runs -------------------------------------------------------------------

numbers=$dir/numbers
rm -rf "$numbers"
mkdir -p "$numbers"

# took NAME PROGRAM ARGUMENT...: run it, note what it took under NAME
took()
{
	local name=$1

	shift
	"$dir/measure" "$numbers/$name" "$@" >"$dir/$name.out" \
		2>"$dir/$name.err"
	case $? in
	[0-3]) ;;
	*) die "$1 ended with $?: $(tail -1 "$dir/$name.err")" ;;
	esac
}

# scan NAME TREE [OPTION...]
scan()
{
	local name=$1 tree=$2

	shift 2
	rm -f "$dir/$name.db"
	took "$name" $program scan --folder "$tree" --threads 2 --quiet \
		--db "$dir/$name.db" "$@"
}

# median NAME COLUMN (1 wall, 2 processor, 3 peak)
median()
{
	sort -n -k"$2","$2" "$numbers/$1" | awk -v c="$2" '
		{ v[NR] = $c }
		END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

can_drop_caches()
{
	test "${MSTMP_BENCH_COLD-1}" != 0 && test "$(id -u)" -eq 0 &&
		{ echo 1 >/proc/sys/vm/drop_caches; } 2>/dev/null
}

drop_caches()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

cold=no
can_drop_caches && cold=yes
say "$yara_version; $(nproc) processors, $rounds rounds"

# Once without counting, so that all is in the cache and nothing is first.
took warm $tools/readall --threads 2 "$dir/part"
took warm $tools/readall --threads 2 "$dir/full"
full_size=$(cat "$dir/warm.out")
for round in $(seq "$rounds"); do
	say "round $round: reading, scan and yara over $dir/full"
	took read_full $tools/readall --threads 2 "$dir/full"
	scan scan_full "$dir/full"
	took yara_full $yara -w -r -p 2 $variables "$dir/mstmp.yar" "$dir/full"
	say "round $round: 1,000 rules over $dir/part"
	scan scan_k1000 "$dir/part" --pack "$dir/k1000.yar"
	took yara_k1000 $yara -w -r -p 2 "$dir/k1000.yar" "$dir/part"
	say "round $round: memory, registrations"
	scan scan_large "$dir/large"
	took inventory $program inventory --root "$dir/pc" --format json
done
if test $cold = yes; then
	for round in $(seq "$rounds"); do
		say "round $round: cold, over $dir/part"
		drop_caches
		took cold_read $tools/readall --threads 2 "$dir/part"
		drop_caches
		scan cold_scan "$dir/part"
	done
fi

# --- The matches of both sides ----------------------------------------------

# Rules whose condition asks for a variable that yara cannot be told.
own_variables()
{
	awk '
	/^rule / { name = $2; in_condition = 0 }
	/^\tcondition:/ { in_condition = 1 }
	in_condition && /(filename|filepath|extension|filetype|location|point|view|object)/ {
		print name
	}' "$1" | sort -u
}

# found DB: "rule TAB path" of files, not of members of archives
found()
{
	sqlite3 -separator $'\t' "$1" "SELECT m.rule, replace(a.path, '\\', '/')
		FROM match m JOIN artefact a USING (artefact_id)
		WHERE a.kind = 'file'" | sort -u
}

# by_yara NAME TREE
by_yara()
{
	sed "s|^\([^ ]*\) $2|\1\t|" "$dir/$1.out" | sort -u
}

# compare WHAT A B
compare()
{
	if cmp -s "$2" "$3"; then
		echo "same matches: $1: $(wc -l <"$2")"
		return
	fi
	wrong=1
	echo "DIFFERENT MATCHES: $1"
	diff "$2" "$3" | head -10
}

say "comparing the matches"
own_variables "$dir/mstmp.yar" >"$dir/own"
found "$dir/scan_full.db" >"$dir/a.all"
awk 'NR == FNR { own[$1] = 1; next } !own[$1]' "$dir/own" "$dir/a.all" >"$dir/a"
by_yara yara_full "$dir/full" |
	awk 'NR == FNR { own[$1] = 1; next } !own[$1]' "$dir/own" - >"$dir/b"
compare "built-in pack, $(basename "$yara") on $dir/full" "$dir/a" "$dir/b"
$tools/yaraplain --as-scan signatures/mstmp "$dir/full" |
	sed 's|\t|\t/|' | sort -u >"$dir/b"
compare "built-in pack with each file's own variables, libyara alone on $dir/full" \
	"$dir/a.all" "$dir/b"
found "$dir/scan_k1000.db" >"$dir/a"
by_yara yara_k1000 "$dir/part" >"$dir/b"
compare "1,000 rules, $(basename "$yara") on $dir/part" "$dir/a" "$dir/b"

# --- The table --------------------------------------------------------------

# ratio A B: medians of A / B, wall and processor, and the rounds' extremes
ratio()
{
	local wall cpu

	wall=$(paste "$numbers/$1" "$numbers/$2" | awk '
		{ r = $1 / $5; if (NR == 1 || r < min) min = r
			if (r > max) max = r }
		END { printf "%.2f-%.2f", min, max }')
	awk -v aw="$(median "$1" 1)" -v bw="$(median "$2" 1)" \
		-v ac="$(median "$1" 2)" -v bc="$(median "$2" 2)" \
		-v range="$wall" 'BEGIN {
		printf "%.2f\t%.2f s / %.2f s; rounds %s; processor %.2f", \
			aw / bw, aw, bw, range, ac / bc }'
}

# row WHAT VALUE UNIT BAR STRETCH least|most REMARK
row()
{
	awk -v what="$1" -v value="$2" -v unit="$3" -v bar="$4" -v far="$5" \
		-v kind="$6" -v remark="$7" 'BEGIN {
		good = kind == "least" ? value + 0 >= bar : value + 0 <= bar
		best = kind == "least" ? value + 0 >= far : value + 0 <= far
		sign = kind == "least" ? ">=" : "<="
		printf "%-46s %8s %-4s %s %-5s %s %-5s %-8s %s\n", what, \
			value, unit, sign, bar, sign, far, \
			best ? "stretch" : good ? "met" : "MISSED", remark }'
}

mib()
{
	awk -v k="$1" 'BEGIN { printf "%.1f", k / 1024 }'
}

echo
echo "$yara_version; $(nproc) processors; $rounds rounds in turn, medians"
echo "$dir/full: $full_size"
echo
printf '%-46s %13s %-8s %-8s %-8s %s\n' what reached bar stretch "" details
IFS=$'\t' read -r v d < <(ratio yara_full scan_full; echo)
row "full scan, built-in pack, against yara -r -p 2" "$v" x 10 20 least "$d"
IFS=$'\t' read -r v d < <(ratio scan_full read_full; echo)
row "full scan against reading every byte" "$v" x 2.5 1.5 most "$d"
IFS=$'\t' read -r v d < <(ratio yara_k1000 scan_k1000; echo)
row "full scan with 1,000 rules against yara" "$v" x 5 10 least "$d"
echo "repeated sweep, nothing changed                  not yet: it comes with the command \`sweep\`"
if test $cold = yes; then
	IFS=$'\t' read -r v d < <(ratio cold_scan cold_read; echo)
	row "full scan against a read, cold cache" "$v" x 1.2 1.05 most "$d"
else
	echo "full scan against a read, cold cache             SKIP: the cache cannot be emptied here (root only; MSTMP_BENCH_COLD)"
fi
row "peak memory, matching files up to 32 MiB" \
	"$(mib "$(median scan_large 3)")" MiB 64 32 most \
	"$(ls "$dir/large" | wc -l) files; on $dir/full $(mib "$(median scan_full 3)") MiB"
row "registrations, SOFTWARE hive of 100 MB" "$(median inventory 1)" s 0.2 \
	0.05 most "processor $(median inventory 2) s"
for exe in build/linux/mstmpsweep build/win32/mstmpsweep.exe \
	build/win64/mstmpsweep64.exe; do
	if test -f $exe; then
		row "size of $(basename $exe) (${exe#build/})" \
			"$(awk -v n="$(stat -c %s $exe)" \
				'BEGIN { printf "%.2f", n / 1e6 }')" \
			MB 5 3 most ""
	else
		echo "size of $exe: not built"
	fi
done
echo
test $wrong -eq 0 || die "the two sides did not find the same."
