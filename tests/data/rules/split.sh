#!/bin/sh
# Every rule of awkward.yar as a file, and so a group, of its own: whether
# the prefilter is right about it is then not hidden by another rule's hit.
# SPDX-License-Identifier: Apache-2.0
#
#	split.sh FOLDER
set -eu
here=$(dirname "$0")
out=$1
mkdir -p "$out/rules"
printf 'name: awkward\nversion: 2026.01.01\n' >"$out/pack.txt"
grep '^rule ' "$here/awkward.yar" | grep -v '^rule any_rule ' |
while IFS= read -r line; do
	name=$(printf '%s\n' "$line" | cut -d' ' -f2)
	{
		case $line in
		*pe.*) echo 'import "pe"' ;;
		esac
		case $line in
		*math.*) echo 'import "math"' ;;
		esac
		case $line in
		*hash.*) echo 'import "hash"' ;;
		esac
		case $line in
		*is_mz* | *hidden*) grep '^private rule ' "$here/awkward.yar" ;;
		esac
		printf '%s\n' "$line"
	} >"$out/rules/$name.yar"
done
cp "$here/global.yar" "$out/rules/zz_global.yar"
