#!/bin/bash
# Unmount what lies below a folder: a test that fails leaves its images there.
# SPDX-License-Identifier: Apache-2.0
#
# usage: unmount.sh DIR
set -u
export LC_ALL=C.UTF-8
dir=$(realpath "$1") || exit 1

# The newest first: one may lie in another.
while read -r _ at _; do
	case $at in
	"$dir"/*) printf '%b\n' "$at" ;;
	esac
done </proc/mounts | tac | while IFS= read -r at; do
	umount "$at" 2>/dev/null || fusermount -u "$at" 2>/dev/null ||
		umount -l "$at" 2>/dev/null || fusermount -uz "$at"
done
