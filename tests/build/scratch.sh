# The folder a test runner works in. Sourced.
# SPDX-License-Identifier: Apache-2.0

# unmounted_below FOLDER: nothing is mounted in it any more; what a failed test
# leaves behind, the newest first
unmounted_below()
{
	local at

	while read -r _ at _; do
		# Spaces and the like are written as \040.
		printf -v at %b "$at"
		case $at in
		"$1"/*) umount "$at" || fusermount -u "$at" ;;
		esac
	done < <(tac /proc/self/mounts) >/dev/null 2>&1
}

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
