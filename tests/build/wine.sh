#!/bin/bash
# Clean Wine prefixes for tests.
# SPDX-License-Identifier: Apache-2.0
#
# usage: wine.sh missing HOST	the reason why HOST cannot run here, or nothing
#        wine.sh start DIR	make a clean prefix in DIR; prints shell code
#				that exports what Wine needs: . <(wine.sh start)
#        wine.sh end DIR	stop its server and remove it
#
# A prefix takes 15 s and 1.3 GB to make. It is made once, in the cache, and
# laid under each test's own by overlayfs; where that is not allowed it is
# copied. Hard links would be wrong: Wine rewrites user.reg in place.
set -u
export LC_ALL=C.UTF-8 WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY

cd "$(dirname "$0")/../.." || exit 1
cache=${MSTMP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mstmpsweep}

# The wine command takes the 32-bit loader where it is installed, also for
# 64-bit programs; where the kernel cannot run it, ours takes the other one.
loader64=/usr/lib/wine/wine64
commands=
if ! tests/build/can32.sh && test -x $loader64; then
	commands=$cache/wine/bin64
	if ! test -x "$commands/wineboot"; then
		mkdir -p "$commands"
		printf '#!/bin/sh\nWINELOADER=%s exec %s "$@"\n' $loader64 \
			$loader64 >"$commands/wine"
		printf '#!/bin/sh\nexec "%s/wine" wineboot.exe "$@"\n' \
			"$commands" >"$commands/wineboot"
		chmod +x "$commands/wine" "$commands/wineboot"
	fi
	PATH=$commands:$PATH
fi

missing()
{
	if ! command -v wine >/dev/null; then
		echo "Wine is not installed"
	elif test "$1" = win32 && ! tests/build/can32.sh; then
		echo "this kernel runs no 32-bit programs"
	elif test "$1" = win32 &&
		! test -e /usr/lib/i386-linux-gnu/wine/i386-windows; then
		echo "32-bit Wine cannot be had on this machine"
	fi
}

# The template's name holds Wine's version and whether it can do 32 bits.
template()
{
	local bits=64 dir

	test -z "$(missing win32)" && bits=32
	dir=$cache/wine/$(wine --version | tr -c 'A-Za-z0-9.\n' _)-$bits
	mkdir -p "$cache/wine"
	exec 7>"$cache/wine/.lock"
	flock 7
	if ! test -f "$dir/.ready"; then
		rm -rf "$dir"
		WINEPREFIX=$dir timeout 300 wineboot -i 7>&- >&2 &&
			WINEPREFIX=$dir wineserver -w 7>&- &&
			touch "$dir/.ready" || {
			echo "wine: the prefix \"$dir\" could not be made." >&2
			exit 1
		}
	fi
	flock -u 7
	echo "$dir"
}

start()
{
	local dir=$1 from

	from=$(template) || exit 1
	mkdir -p "$dir.up" "$dir.work" "$dir"
	mount -t overlay overlay -o \
		"lowerdir=$from,upperdir=$dir.up,workdir=$dir.work" "$dir" \
		2>/dev/null || cp -a "$from/." "$dir/"
	# There is no display: without this no window can be made at all.
	printf '\n[Software\\\\Wine\\\\Drivers]\n"Graphics"="null"\n' \
		>>"$dir/user.reg"
	echo "export WINEPREFIX='$dir' WINEDEBUG='$WINEDEBUG'"
	echo "export WINEDLLOVERRIDES='$WINEDLLOVERRIDES'"
	test -z "$commands" || echo "export PATH='$commands':\"\$PATH\""
	echo "unset DISPLAY"
}

end()
{
	local dir=$1

	test -d "$dir" || return 0
	WINEPREFIX=$dir wineserver -k 2>/dev/null
	WINEPREFIX=$dir timeout 20 wineserver -w 2>/dev/null
	umount "$dir" 2>/dev/null
	rm -rf "$dir" "$dir.up" "$dir.work"
}

case $1 in
missing | start | end) "$@" ;;
*) echo "wine: usage: wine.sh missing|start|end ARG" >&2; exit 64 ;;
esac
