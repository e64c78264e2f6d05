#!/bin/bash
# Unpack what the tests read of others (tests/data) into build/data, or check
# that each file of it is in the index, allowed and as it was.
# SPDX-License-Identifier: Apache-2.0
#
# usage: data.sh unpack | check [FOLDER]
#
# check prints its complaints; none means that all is well.
set -u
export LC_ALL=C.UTF-8 LANGUAGE=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
data=${2:-tests/data}
# What a copy under our own licence may hold, given its notice.
allowed='Apache-2.0|Apache-2.0 OR MIT|MIT|BSD-3-Clause|CC-BY-4.0|CC0-1.0'
nbytes_max=$((4 << 20)) # packed, so that a clone stays small

# path, sha256, bytes, origin, licence, what it shows
rows()
{
	sed 1d "$data/INDEX.tsv"
}

unpacked()
{
	if test -f "$data/$1.xz"; then
		xz -dc "$data/$1.xz"
	else
		cat "$data/$1"
	fi
}

# is_ours FILE: no data of others, and so not in the index
is_ours()
{
	case $1 in
	INDEX.tsv | make_catalog.sh | rules/*) return 0 ;;
	esac
	return 1
}

unpack()
{
	local to=build/data.new path sha256 rest

	rm -rf "$to"
	mkdir -p "$to" || return 1
	cp "$data/INDEX.tsv" "$to/" || return 1
	while IFS=$'\t' read -r path sha256 rest; do
		mkdir -p "$to/$(dirname "$path")"
		unpacked "$path" >"$to/$path" || return 1
		if ! sha256sum --quiet -c <<<"$sha256  $to/$path"; then
			echo "data: $data/$path is not what the index says." >&2
			return 1
		fi
	done < <(rows)
	rm -rf build/data
	mv "$to" build/data
}

check_row()
{
	local path=$1 sha256=$2 nbytes=$3 origin=$4 licence=$5 what=$6

	grep -qxE "$allowed" <<<"$licence" ||
		echo "$path: the licence '$licence' is not an allowed one"
	case $licence in
	MIT | BSD-*)
		grep -qF "\`${path%/*}" THIRD-PARTY-NOTICES.md ||
			echo "$path: its copyright is not in the notices"
		;;
	esac
	test -n "$origin" && test -n "$what" ||
		echo "$path: the index does not say whence or what for"
	if ! test -f "$data/$path" && ! test -f "$data/$path.xz"; then
		echo "$path: in the index, but not there"
		return
	fi
	test "$(unpacked "$path" 2>&1 | wc -c)" = "$nbytes" ||
		echo "$path: not as long as the index says"
	test "$(unpacked "$path" 2>&1 | sha256sum)" = "$sha256  -" ||
		echo "$path: not the sha256 of the index"
}

check()
{
	local path sha256 nbytes origin licence what file

	while IFS=$'\t' read -r path sha256 nbytes origin licence what; do
		check_row "$path" "$sha256" "$nbytes" "$origin" "$licence" \
			"$what"
	done < <(rows)
	(cd "$data" && find . -type f -printf '%P\n') | sort |
		while read -r file; do
			is_ours "$file" ||
				rows | cut -f1 | grep -qxF "${file%.xz}" ||
				echo "$file: not in the index"
		done
	rows | cut -f1 | sort | uniq -d | sed 's/$/: in the index twice/'
	test "$(du -sb "$data" | cut -f1)" -le $nbytes_max ||
		echo "$data: more than $nbytes_max bytes"
}

case ${1-} in
unpack) unpack ;;
check) check ;;
*)
	echo "usage: data.sh unpack | check [FOLDER]" >&2
	exit 64
	;;
esac
