#!/bin/bash
# Prove what the programs need from the system: DLLs of a short list, on i686
# only functions that Windows XP SP3 has, hardening, marks, size.
# SPDX-License-Identifier: Apache-2.0
#
# usage: imports.sh		check the three programs, and the check itself
#        imports.sh list EXE	"dll function" of each import
set -u
shopt -s lastpipe
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
here=$(CDPATH= cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top" || exit 1

dlls="ntdll kernel32 advapi32 user32 gdi32 shell32 ole32 oleaut32 msvcrt
	comctl32"
size_max=$((5 * 1024 * 1024))
passed=0
failed=0

# result NAME: reads complaints; none means passed
result()
{
	local text

	text=$(cat)
	if test -z "$text"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
		echo "$text"
	fi
}

list()
{
	x86_64-w64-mingw32-objdump -p "$1" | tr -d '\r' | awk '
		/^PE File Base Relocations/ { exit }
		$1 == "DLL" && $2 == "Name:" { dll = tolower($3); next }
		# Newer ones have a column for the ordinal, and one for the name.
		$1 == "vma:" { columns = ($2 == "Ordinal") ? 4 : 3; next }
		dll != "" && columns == 4 && NF >= 4 && $1 ~ /^[0-9a-f]+$/ {
			print dll "\t" ($2 == "<none>" ? $4 : "#" $2)
			next
		}
		dll != "" && NF >= 2 && $1 ~ /^[0-9a-f]+$/ &&
			$2 ~ /^[0-9]+$/ {
			print dll "\t" (NF >= 3 ? $3 : "#" $2)
		}
		NF == 0 { dll = "" }' | sort -u
}

# Complaints about a list of imports on standard input.
foreign_dlls()
{
	awk -v ok="$dlls" '
		BEGIN { n = split(ok, a); for (i = 1; i <= n; i++)
			good[a[i] ".dll"] = 1 }
		!($1 in good) { print $1 " is not on the list of system DLLs" \
			" (" $2 "); look it up at run time" }'
}

newer_than_xp()
{
	awk -F'\t' -v list="$here/xp-imports.txt" '
		BEGIN { while ((getline line < list) > 0) {
			if (line ~ /^#/) continue
			good[line] = 1 } }
		!(($1 "\t" $2) in good) { print $1 " " $2 " is not in" \
			" tests/build/xp-imports.txt; find it at run time, or" \
			" add it there if Windows XP SP3 has it" }'
}

hardening()
{
	local want flags

	flags=$(x86_64-w64-mingw32-objdump -p "$1" |
		sed -n '/^DllCharacteristics/,/^$/p' | head -12)
	for want in DYNAMIC_BASE NX_COMPAT ${2-}; do
		grep -q "$want" <<<"$flags" || echo "$want is missing"
	done
}

# From a stick or a share it must live on when that is gone.
swap_marks()
{
	local marks sum right

	read -r marks sum right < <("$here/run_from_swap.sh" look "$1")
	test "$marks" = 0c00 || echo "the marks are \"$marks\", not 0c00"
	test "$sum" = "$right" || echo "the checksum is $sum, not $right"
}

small()
{
	local size

	size=$(stat -c %s "$1")
	test "$size" -le $size_max ||
		echo "$1 has $size bytes, more than $size_max"
}

# The folders of the build machine must not be in the file.
foreign_paths()
{
	local dir cache=${MSTMP_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mstmpsweep}

	for dir in "$top/" "$cache/"; do
		! grep -aqF -- "$dir" "$1" || echo "$1 names the folder $dir"
	done
}

check_windows()
{
	local host=$1 exe=$2

	if ! test -f "$exe"; then
		echo "$exe is not built" | result "$host: $exe"
		return
	fi
	list "$exe" >"$work/list"
	test -s "$work/list" || echo "$exe: no imports were found" >&2
	{ test -s "$work/list" || echo "no imports were found"
	foreign_dlls <"$work/list"; } | result "$host: DLLs"
	if test "$host" = win32; then
		newer_than_xp <"$work/list" | result "$host: XP SP3"
	fi
	hardening "$exe" ${3-} | result "$host: hardening"
	swap_marks "$exe" | result "$host: run from swap"
	small "$exe" | result "$host: size"
	foreign_paths "$exe" | result "$host: paths"
}

check_linux()
{
	local exe=$1

	if ! test -f "$exe"; then
		echo "$exe is not built" | result "linux: $exe"
		return
	fi
	readelf -lWd "$exe" >"$work/elf"
	{
		grep -q 'NEEDED' "$work/elf" && echo "it needs a library"
		grep -q 'INTERP' "$work/elf" && echo "it needs a loader"
		grep -q 'GNU_RELRO' "$work/elf" || echo "RELRO is missing"
		grep 'GNU_STACK' "$work/elf" | grep -q 'RWE' &&
			echo "the stack is executable"
		readelf -hW "$exe" | grep -q 'Type: *DYN' ||
			echo "it is not position-independent"
	} | result "linux: static and hardened"
	small "$exe" | result "linux: size"
	foreign_paths "$exe" | result "linux: paths"
}

# A check that cannot fail proves nothing.
check_the_check()
{
	local text

	text=$(printf 'kernel32.dll\tGetTickCount64\nkernel32.dll\tCloseHandle\n' |
		newer_than_xp)
	{ test "$(wc -l <<<"$text")" = 1 && grep -q GetTickCount64 <<<"$text"; } ||
		echo "a planted GetTickCount64 was not refused: $text"
	text=$(printf 'msvcrt.dll\tstrcpy_s\n' | newer_than_xp)
	test -n "$text" || echo "a planted strcpy_s was not refused"
	text=$(printf 'kernel32.dll\t#17\n' | newer_than_xp)
	test -n "$text" || echo "an import by number was not refused"
	text=$(printf 'ws2_32.dll\tsend\nntdll.dll\tNtClose\n' | foreign_dlls)
	{ test "$(wc -l <<<"$text")" = 1 && grep -q ws2_32 <<<"$text"; } ||
		echo "a planted ws2_32.dll was not refused: $text"
	printf 'int main(void) { return (int)GetTickCount64(); }\n' |
		i686-w64-mingw32-gcc-win32 -include windows.h \
		-D_WIN32_WINNT=0x0600 -xc - -o "$work/vista.exe" &&
		list "$work/vista.exe" | newer_than_xp >"$work/refused"
	grep -q GetTickCount64 "$work/refused" ||
		echo "a program that imports GetTickCount64 was not refused"
	test -n "$(swap_marks "$work/vista.exe")" ||
		echo "a program without the marks was not refused"
}

if test "${1-}" = list; then
	list "$2"
	exit
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
check_windows win32 build/win32/mstmpsweep.exe
check_windows win64 build/win64/mstmpsweep64.exe HIGH_ENTROPY_VA
check_linux build/linux/mstmpsweep
check_the_check | result "the import check itself"
echo "$passed passed, $failed failed, 0 skipped"
test $failed -eq 0
