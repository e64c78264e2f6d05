#!/bin/bash
# Succeeds if this kernel runs 32-bit programs. Where it does not, the system's
# wine command fails for 64-bit programs, too, if 32-bit Wine is installed,
# since it starts the 32-bit loader first (wine.sh has its own command then).
# SPDX-License-Identifier: Apache-2.0
#
# MSTMP_EMULATE32=1: it fails in any case, so that on a machine that has 32 bits
# the emulation can be tested that others need.
#
# It runs the smallest i386 program: mov eax,1; xor ebx,ebx; int 0x80.
set -u
test "${MSTMP_EMULATE32-}" != 1 || exit 1
file=$(mktemp) || exit 1
trap 'rm -f "$file"' EXIT
{
	# ELF header: 32 bit, executable, i386, entry 0x08048054, 1 segment
	printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0\1\0\0\0'
	printf '\x54\x80\x04\x08\x34\0\0\0\0\0\0\0\0\0\0\0'
	printf '\x34\0\x20\0\1\0\0\0\0\0\0\0'
	# Its one segment: the whole file, readable and executable
	printf '\1\0\0\0\0\0\0\0\0\x80\x04\x08\0\x80\x04\x08'
	printf '\x5d\0\0\0\x5d\0\0\0\5\0\0\0\0\x10\0\0'
	printf '\xb8\1\0\0\0\x31\xdb\xcd\x80'
} >"$file"
chmod +x "$file"
"$file" 2>/dev/null
