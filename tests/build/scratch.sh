# The folder a test runner works in. Sourced.
# SPDX-License-Identifier: Apache-2.0

# unmounted_below FOLDER: nothing is mounted in it any more; what a failed test
# leaves behind, the newest first
unmounted_below()
{
	local lines i at

	mapfile -t lines </proc/self/mounts
	for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
		at=${lines[i]#* }
		at=${at%% *}
		# Spaces and the like are written as \040.
		printf -v at %b "$at"
		case $at in
		"$1"/*) umount "$at" || fusermount -u "$at" ;;
		esac
	done
} >/dev/null 2>&1

# remove_scratch FOLDER: all of it, and nothing of another disk in it. Silent:
# the sum stays the last line.
remove_scratch()
{
	unmounted_below "$1"
	{ rm -rf --one-file-system "$1" || {
		find "$1" -xdev -type d -exec chmod u+rwx {} \;
		rm -rf --one-file-system "$1"
	}; } 2>/dev/null
}

# has_room FOLDER MIB
has_room()
{
	test "$(df -Pm "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')" -ge "$2"
} 2>/dev/null

# is_plain FOLDER: programs can be written there and started, and files are on
# the device of their folder, which overlayfs does not give them everywhere
is_plain()
{
	local try ok=1

	try=$(mktemp -d -p "$1" tmp.XXXXXXXXXX) || return 1
	printf '#!/bin/sh\n' >"$try/run" && chmod +x "$try/run" &&
		"$try/run" &&
		test "$(stat -c %d "$try")" = "$(stat -c %d "$try/run")" && ok=0
	rm -rf "$try"
	return $ok
} 2>/dev/null

# make_scratch MIB: a new folder with so much room, its path printed; in the
# build folder if $TMPDIR does not serve
make_scratch()
{
	local in

	mkdir -p build
	for in in "${TMPDIR:-/tmp}" "$PWD/build"; do
		has_room "$in" "$1" && is_plain "$in" || continue
		mktemp -d -p "$in" tmp.XXXXXXXXXX
		return
	done
	echo "The tests need $1 MiB of a plain file system, where programs may" \
		"run; neither \"${TMPDIR:-/tmp}\" nor \"$PWD/build\" is that." >&2
	return 1
}
