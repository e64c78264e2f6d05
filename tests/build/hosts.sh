# The compilers: what each host is built with. Sourced by dep.sh, and by setup.sh,
# which writes them into the file that cross-build.mk has them from.
# SPDX-License-Identifier: Apache-2.0
#
# host_set HOST sets CC, AR, RC (for Windows) and HOST_CFLAGS.

all_hosts="linux win32 win64 native asan fuzz"

# _WIN32_WINNT makes everything newer than XP SP3 undeclared.
win_defines='-D_WIN32_WINNT=0x0501 -DWINVER=0x0501 -DNTDDI_VERSION=0x05010300'

host_set()
{
	local release='-O2 -ffunction-sections -fdata-sections
		-fstack-protector-strong'
	local checked='-O1 -g -fno-omit-frame-pointer -fsanitize=address'

	AR=ar
	RC=
	case $1 in
	linux)
		CC=musl-gcc
		HOST_CFLAGS="$release -fPIE -D_GNU_SOURCE"
		;;
	win32)
		CC=i686-w64-mingw32-gcc-win32
		AR=i686-w64-mingw32-ar
		RC=i686-w64-mingw32-windres
		HOST_CFLAGS="$release -D_FORTIFY_SOURCE=2 $win_defines"
		;;
	win64)
		CC=x86_64-w64-mingw32-gcc-win32
		AR=x86_64-w64-mingw32-ar
		RC=x86_64-w64-mingw32-windres
		HOST_CFLAGS="$release -D_FORTIFY_SOURCE=2 $win_defines"
		;;
	native)
		CC=gcc
		HOST_CFLAGS="$release -g -fPIE -D_GNU_SOURCE"
		;;
	asan)
		CC=gcc
		HOST_CFLAGS="$checked -D_GNU_SOURCE"
		;;
	fuzz)
		CC=clang
		HOST_CFLAGS="$checked -fsanitize=fuzzer-no-link -D_GNU_SOURCE"
		;;
	any)
		CC=gcc
		HOST_CFLAGS=
		;;
	*)
		echo "hosts: there is no host \"$1\"." >&2
		return 1
		;;
	esac
}

host_is_windows()
{
	test "$1" = win32 || test "$1" = win64
}
