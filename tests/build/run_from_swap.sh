#!/bin/bash
# Mark a Windows program "run from swap": started from a share or a stick it is
# read into memory whole first, so that it lives on where the way to it breaks
# or the stick is pulled. What link.exe does for /SWAPRUN:NET and /SWAPRUN:CD;
# binutils' ld has no switch for it.
# SPDX-License-Identifier: Apache-2.0
#
# usage: run_from_swap.sh EXE		set both marks
#        run_from_swap.sh look EXE	"0c00 CHECKSUM RIGHT-CHECKSUM"
#
# Places: "PE Format", File Headers: the offset of "PE\0\0" stands at 0x3c;
# 22 bytes after it are the Characteristics (0x0400 removable, 0x0800 network),
# 88 bytes after it, in PE32 and PE32+, is the CheckSum.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
marks=$((0x0c00))

fail()
{
	echo "run_from_swap: $1" >&2
	exit 1
}

# number OFFSET NBYTES: little-endian, as od on this machine
number()
{
	od -An -v -j"$1" -N"$2" -tu"$2" "$exe" | tr -d ' \n'
}

# put OFFSET NBYTES VALUE
put()
{
	local i text=

	for ((i = 0; i < $2; i++)); do
		text+=$(printf '\\x%02x' $(($3 >> 8 * i & 255)))
	done
	printf "$text" | dd of="$exe" bs=1 seek="$1" conv=notrunc status=none ||
		fail "\"$exe\" cannot be written"
}

headers()
{
	test "$(number 0 2)" = $((0x5a4d)) || fail "\"$exe\" is no program"
	pe=$(number 60 4)
	test "$(number "$pe" 4)" = $((0x4550)) || fail "\"$exe\" is no program"
	marks_at=$((pe + 22))
	sum_at=$((pe + 88))
}

# The sum of all 16-bit words but the CheckSum's own, each carry added again,
# and then the length (ImageHlp.h: CheckSumMappedFile).
right_sum()
{
	{ head -c "$sum_at" "$exe"; tail -c +$((sum_at + 5)) "$exe"; } |
		od -An -v -tu2 -w2 | awk -v size="$(stat -c %s "$exe")" '
			{ sum += $1 }
			END { while (sum > 65535)
				sum = sum % 65536 + int(sum / 65536)
				print sum + size }'
}

look()
{
	printf '%04x %s %s\n' $(($(number $marks_at 2) & marks)) \
		"$(number $sum_at 4)" "$(right_sum)"
}

mark()
{
	put $marks_at 2 $(($(number $marks_at 2) | marks))
	put $sum_at 4 "$(right_sum)"
}

if test "$1" = look; then
	exe=$2
	headers
	look
else
	exe=$1
	headers
	mark
fi
