#!/bin/bash
# Clean Wine prefixes for tests.
# SPDX-License-Identifier: Apache-2.0
#
# In a prefix that start made, "wine PROGRAM" starts Windows' own programs in
# HOST's width, and "wine64 PROGRAM" those of 64 bits: for what both can do alike,
# since the 32-bit ones may be emulated. wineserver is for both.
#
# usage: wine.sh missing HOST	the reason why HOST cannot run here, or nothing
#        wine.sh start DIR HOST	make a clean prefix in DIR; prints shell code
#				that exports what Wine needs, for eval; fails,
#				and prints nothing, if none can be made
#        wine.sh server DIR	start its server again after wineserver -k
#        wine.sh scratch DIR	make a folder for what a test writes
#        wine.sh end DIR	stop its server and remove it; also of scratch
#
# A prefix takes 15 s and 1.3 GB to make. It is made once, in the cache, and
# laid under each test's own by overlayfs; where that is not allowed it is
# copied. Hard links would be wrong: Wine rewrites user.reg in place.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH= WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY

CDPATH= cd "$(dirname "$0")/../.." || exit 1
cache=${MSTMP_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mstmpsweep}

# The system's wine command takes the 32-bit loader where it is installed, also
# for 64-bit programs: "wine rundll32" is then the 32-bit one, and where the
# kernel cannot run it, nothing runs. So ours take its place.
kind=native
bits=64
loaders=/usr/lib/wine
emulation=
if tests/build/can32.sh; then
	test -e /usr/lib/i386-linux-gnu/wine/i386-windows && bits=32
else
	kind=emulated
	emulation=$(tests/build/emulate32.sh missing)
	if test -z "$emulation"; then
		bits=32
		loaders=$(tests/build/emulate32.sh tree)/lib/wine
	fi
fi
installed=$(type -ap wine | grep -v "^$cache/" | head -1)
server=$(type -ap wineserver | grep -v "^$cache/" | head -1)
commands=$cache/wine/bin-$kind
PATH=$commands/win64:$PATH

# command_text win64|win32: the script that starts that width's loader. Debian's
# Wine looks for its server's socket below TMPDIR; that of Debian 13 aborts where
# it is set ("free(): invalid pointer").
command_text()
{
	echo '#!/bin/sh'
	echo 'unset TMPDIR'
	if ! test -x $loaders/wine64; then
		echo "exec '$installed' \"\$@\""
	elif test "$1" = win64; then
		echo "exec '$loaders/wine64' \"\$@\""
	elif test $kind = native; then
		echo "exec '$loaders/wine' \"\$@\""
	else
		watchdog
		echo "exec '$loaders/wine-preloader' '$loaders/wine' \"\$@\""
	fi
}

# put FILE: what is read, at once; another test may be starting it
put()
{
	cat >"$1.$$" && chmod +x "$1.$$" && mv "$1.$$" "$1"
}

commands_for()
{
	mkdir -p "$commands/$1"
	command_text "$1" | put "$commands/$1/wine"
	command_text win64 | put "$commands/$1/wine64"
	printf '#!/bin/sh\nunset TMPDIR\nexec "%s" "$@"\n' "$server" |
		put "$commands/$1/wineserver"
}

# The emulated Wine was seen to sleep for ever with both its threads waiting for
# the server. One that has used no processor for four minutes is ended, and that
# is told to whoever asks (MSTMP_HUNG names a file) and may start the test again.
watchdog()
{
	cat <<-'EOF'
	pid=$$
	(
		idle=0
		last=
		while sleep 10; do
			now=$(cut -d' ' -f14,15,22 /proc/$pid/stat) || exit
			test "$now" = "$last" || idle=0
			last=$now
			idle=$((idle + 1))
			test $idle -lt 24 && continue
			echo "$*" >>"${MSTMP_HUNG:-/dev/null}"
			kill -9 $pid
			exit
		done
	) </dev/null >/dev/null 2>&1 &
	EOF
}
if test -n "$installed"; then
	commands_for win64
	test $bits = 64 || commands_for win32
fi

missing()
{
	if test -z "$installed"; then
		echo "Wine is not installed"
	elif test "$1" = win32 && test $bits = 64; then
		echo "${emulation:-32-bit Wine is not installed}"
	fi
}

# A program that crashes just ends: Wine's debugger would wait for ever, and so
# would the question whether to start it. This one has nothing to say.
no_debugger()
{
	local key='HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug'
	local view views=/reg:64

	test $bits = 64 || views="$views /reg:32"
	for view in $views; do
		WINEPREFIX=$1 wine reg add "$key" /v Debugger \
			/d 'cmd.exe /c exit' /f "$view" &&
			WINEPREFIX=$1 wine reg add "$key" /v Auto /d 1 /f \
				"$view" || return 1
	done
}

# The template's name holds Wine's version, whether it can do 32 bits and how,
# and the number of this recipe.
template()
{
	local dir

	dir=$cache/wine/$(wine --version | tr -c 'A-Za-z0-9.\n' _)-$bits-$kind-4
	mkdir -p "$cache/wine"
	exec 7>"$cache/wine/.lock"
	flock 7
	if ! test -f "$dir/.ready"; then
		rm -rf "$dir"
		WINEPREFIX=$dir timeout 300 wine wineboot.exe -i 7>&- >&2 &&
			no_debugger "$dir" 7>&- >&2 &&
			WINEPREFIX=$dir wineserver -w 7>&- &&
			touch "$dir/.ready" || {
			echo "wine: the prefix \"$dir\" could not be made." >&2
			exit 1
		}
	fi
	flock -u 7
	echo "$dir"
}

# One that stays until it is ended, and Windows' services with it: started
# here, they do not hold on to a pipe that some test's program writes into.
server()
{
	WINEPREFIX=$1 wineserver -p >/dev/null 2>&1
	WINEPREFIX=$1 wine cmd.exe /c exit </dev/null >/dev/null 2>&1
}

# overlay DIR FROM: FROM's files in DIR. It goes as a whole, so nothing need
# reach the disk: "volatile" (Linux 5.10) spares the thousands of times that a
# store, a vault or a hive waits for it.
overlay()
{
	local layers="lowerdir=$2,upperdir=$1.up,workdir=$1.work"

	mkdir -p "$1.up" "$1.work"
	mount -t overlay overlay -o "$layers,volatile" "$1" 2>/dev/null ||
		mount -t overlay overlay -o "$layers" "$1" 2>/dev/null
}

scratch()
{
	mkdir -p "$1" "$1.empty"
	overlay "$1" "$1.empty" || true
}

start()
{
	local dir=$1 from

	from=$(template) || exit 1
	mkdir -p "$dir"
	overlay "$dir" "$from" || cp -a "$from/." "$dir/"
	# There is no display: without this no window can be made at all.
	printf '\n[Software\\\\Wine\\\\Drivers]\n"Graphics"="null"\n' \
		>>"$dir/user.reg"
	# Debian's own command ends the server with its last program; a program
	# that starts in that very moment ends, too, without a word.
	server "$dir"
	echo "export WINEPREFIX='$dir' WINEDEBUG='$WINEDEBUG'"
	echo "export WINEDLLOVERRIDES='$WINEDLLOVERRIDES'"
	echo "export PATH='$commands/$2':\"\$PATH\""
	test $kind != emulated || test $bits = 64 ||
		echo "export MSTMP_EMULATED=1"
	echo "unset DISPLAY"
}

end()
{
	local dir=$1

	test -d "$dir" || return 0
	if test -e "$dir/system.reg"; then
		WINEPREFIX=$dir wineserver -k 2>/dev/null
		WINEPREFIX=$dir timeout 20 wineserver -w 2>/dev/null
	fi
	umount "$dir" 2>/dev/null || umount -l "$dir" 2>/dev/null
	chmod -R u+rwx "$dir" "$dir.up" 2>/dev/null
	rm -rf "$dir" "$dir.up" "$dir.work" "$dir.empty"
}

case $1 in
missing | start | server | scratch | end) "$@" ;;
*) echo "wine: usage: wine.sh missing|start|server|scratch|end ARG..." >&2
	exit 64 ;;
esac
