#!/bin/bash
# How long a quick scan takes beside the program before it read Windows' own
# extension points: a PC with 300 registrations of the browser's and 300
# services, the two programs in turns, medians.
# SPDX-License-Identifier: Apache-2.0
#
# usage: quick.sh	(part of make bench)
#
#	MSTMP_BENCH_DIR		where PC and old program lie (build/bench)
#	MSTMP_BENCH_ROUNDS	rounds, 5; each program is run three times a round
#	MSTMP_BENCH_BYTES	size of each program, 200000
#	MSTMP_BENCH_OLD		the old program; else it is built from COMMIT
#	MSTMP_BENCH_COMMIT	0da233d, the last one that read none of them
#
# Ends with 1 where the median of wall time is more than 1.5 times the old one.
set -u -o pipefail
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
. tests/bench/old.sh
limit=1.5

begin old "${MSTMP_BENCH_COMMIT:-0da233d}" MSTMP_BENCH_OLD

# --- The PC -------------------------------------------------------------------

# recipe: what mkpc makes it of
recipe()
{
	local i id

	cat tests/pc/base-win7.pc
	echo 'hive	Windows/System32/config/SOFTWARE'
	for ((i = 0; i < 300; i++)); do
		id=$(printf '{%08X-0000-4000-8000-000000000000}' $i)
		case $((i % 3)) in
		0) echo "key	Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper Objects\\$id" ;;
		1) printf 'key	Classes\\PROTOCOLS\\Handler\\h%d\nsz	CLSID	%s\n' $i "$id" ;;
		2) printf 'key	Classes\\PROTOCOLS\\Filter\\text/t%d\nsz	CLSID	%s\n' $i "$id" ;;
		esac
		printf 'key	Classes\\CLSID\\%s\\InprocServer32\n' "$id"
		printf 'sz	@	C:\\Program Files\\Maker %d\\server.dll\n' $i
	done
	for ((i = 0; i < 20; i++)); do
		printf 'key	Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\p%d.exe\n' $i
		printf 'sz	Debugger	C:\\Windows\\System32\\d%d.exe\n' $i
	done
	echo 'hive	Windows/System32/config/SYSTEM'
	for ((i = 0; i < 300; i++)); do
		printf 'key	ControlSet001\\Services\\Service%d\ndword	Start	3\n' $i
		case $((i % 6)) in
		0 | 1 | 2) printf 'dword	Type	1\nexpand	ImagePath	System32\\drivers\\d%d.sys\n' $i ;;
		3 | 4) printf 'dword	Type	32\nexpand	ImagePath	%%SystemRoot%%\\System32\\svchost.exe -k netsvcs\nkey	ControlSet001\\Services\\Service%d\\Parameters\nexpand	ServiceDll	%%SystemRoot%%\\System32\\s%d.dll\n' $i $i ;;
		5) printf 'dword	Type	16\nsz	ImagePath	"C:\\Windows\\System32\\e%d.exe" -run\n' $i ;;
		esac
	done
}

# fill FILE NUMBER: some 200 KB that no other file has
fill()
{
	mkdir -p "${1%/*}"
	{
		printf 'MZ%08d' "$2"
		head -c "${MSTMP_BENCH_BYTES:-200000}" /dev/zero | tr '\0' "$(printf "\\$(printf %o $((65 + $2 % 26)))")"
	} >"$1"
}

make_pc()
{
	local i

	rm -rf "$dir/quick-pc"
	recipe >"$dir/quick.pc"
	build/linux/tests/mkpc "$dir/quick.pc" build/standin/mstmp \
		tests/standin/marks.enc "$dir/quick-pc" || return 1
	for ((i = 0; i < 300; i++)); do
		fill "$dir/quick-pc/Program Files/Maker $i/server.dll" $i
		case $((i % 6)) in
		0 | 1 | 2) fill "$dir/quick-pc/Windows/System32/drivers/d$i.sys" $i ;;
		3 | 4) fill "$dir/quick-pc/Windows/System32/s$i.dll" $i ;;
		5) fill "$dir/quick-pc/Windows/System32/e$i.exe" $i ;;
		esac
	done
	for ((i = 0; i < 20; i++)); do
		fill "$dir/quick-pc/Windows/System32/d$i.exe" $i
	done
	mkdir -p "$dir/quick-pc/Windows/System32/Tasks/Maker"
	for ((i = 0; i < 60; i++)); do
		printf '<Task><Actions><Exec><Command>C:\\Windows\\System32\\d%d.exe</Command></Exec></Actions></Task>' \
			$((i % 20)) >"$dir/quick-pc/Windows/System32/Tasks/Maker/Task $i"
	done
}

# --- The rounds ---------------------------------------------------------------

# run NAME PROGRAM: one scan into a new store, its wall time to NAME.times
run()
{
	rm -f "$dir/quick.db"*
	"$dir/measure" "$dir/$1.times" "$2" scan --quick --quiet \
		--root "$dir/quick-pc" --db "$dir/quick.db" ||
		test $? -eq 2 || die "$2 failed."
}

make_pc || die "the PC could not be made."
run warm "$old"
run warm "$new"
rm -f "$dir/old.times" "$dir/new.times"
for ((round = 0; round < rounds; round++)); do
	for turn in 1 2 3; do
		run old "$old"
		run new "$new"
	done
done
awk -v old="$(median old 1)" -v new="$(median new 1)" -v limit=$limit 'BEGIN {
	printf "bench: quick scan, 300 registrations and 300 services: before %s s, now %s s, %.2f times (at most %s)\n",
		old, new, new / old, limit
	exit new > old * limit
}'
