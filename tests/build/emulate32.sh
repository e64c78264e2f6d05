#!/bin/bash
# 32-bit Wine on a kernel that runs no 32-bit programs: its loader is run by
# qemu's user mode emulation, everything else of Wine as it is.
# SPDX-License-Identifier: Apache-2.0
#
# usage: emulate32.sh missing	the reason why that cannot be, or nothing
#        emulate32.sh make	fetch what it needs into the cache (50 MB)
#        emulate32.sh tree	print the folder that Wine is started from
#
# Wine starts its 32-bit programs as "wine-preloader wine PROGRAM..." if a
# wine-preloader lies beside its loaders; Debian's has none, and the one here
# is a script that calls qemu. So nothing has to be registered in the kernel.
# Loaders find the rest of Wine relative to themselves, hence the links.
# Older qemu ignores MAP_FIXED_NOREPLACE, without which Wine does not start.
set -u
export LC_ALL=C.UTF-8 LANGUAGE=

here=$(CDPATH= cd "$(dirname "$0")" && pwd)
cache=${MSTMP_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mstmpsweep}
tree=$cache/wine/emulated
wine=/usr/lib/wine
wine32=/usr/lib/i386-linux-gnu/wine/i386-unix

missing()
{
	if ! test -e $wine/wine || ! test -d $wine32; then
		echo "32-bit Wine is not installed"
	elif ! "$tree/bin/qemu-i386" --version >/dev/null 2>&1; then
		echo "this kernel runs no 32-bit programs, and there is no qemu to run them"
	elif ! cmp -s $wine/wine "$tree/lib/wine/wine"; then
		echo "the emulated Wine is of another version than the installed one"
	fi
}

make()
{
	local deb new

	mkdir -p "$tree/bin" "$tree/lib/wine" || return 1
	if ! "$tree/bin/qemu-i386" --version >/dev/null 2>&1; then
		read -r _ _ deb < <("$here/fetch.sh" qemu-user)
		test -n "${deb-}" || return 1
		new=$(mktemp -d "$cache/wine/new.XXXXXX") || return 1
		dpkg-deb --fsys-tarfile "$deb" |
			tar -C "$new" -xf - ./usr/bin/qemu-i386 &&
			mv "$new/usr/bin/qemu-i386" "$tree/bin/"
		rm -rf "$new"
	fi
	printf '#!/bin/sh\nexec "%s/bin/qemu-i386" "$@"\n' "$tree" \
		>"$tree/lib/wine/wine-preloader"
	chmod +x "$tree/lib/wine/wine-preloader"
	cp $wine/wine $wine/wine64 "$tree/lib/wine/" || return 1
	ln -sfn /usr/lib/i386-linux-gnu "$tree/lib/i386-linux-gnu"
	ln -sfn /usr/lib/x86_64-linux-gnu "$tree/lib/x86_64-linux-gnu"
	ln -sfn /usr/share "$tree/share"
	test -z "$(missing)"
}

tree()
{
	echo "$tree"
}

case ${1-} in
missing | make | tree) "$1" ;;
*) echo "emulate32: usage: emulate32.sh missing|make|tree" >&2; exit 64 ;;
esac
