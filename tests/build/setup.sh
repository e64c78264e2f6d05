#!/bin/bash
# See that this machine has what a goal needs; install what is missing.
# SPDX-License-Identifier: Apache-2.0
#
# usage: setup.sh build|test|bench [MAKEFILE]
#
# As root or through sudo the missing packages are installed. Otherwise the
# one command that is needed is printed and nothing else is done. Nothing is
# ever removed, and nothing downgraded unless ALLOW_DOWNGRADE=1.
#
# MAKEFILE receives the compilers of each host, and their versions as comments;
# it is touched only if they changed.
#
# Downloads are tried three times. If MSTMP_NO_NETWORK names a file, what could
# not be fetched is written into it and the set-up ends there.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH= DEBIAN_FRONTEND=noninteractive

here=$(CDPATH= cd "$(dirname "$0")" && pwd)
cache=${MSTMP_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mstmpsweep}
level=$1
makefile=${2-}
. "$here/hosts.sh"
. "$here/network.sh"

# level, what to look for (a command, or a file), the package that has it
needs()
{
	cat <<-'EOF'
	build gcc gcc
	build /usr/include/stdlib.h libc6-dev
	build musl-gcc musl-tools
	build i686-w64-mingw32-gcc-win32 gcc-mingw-w64-i686-win32
	build x86_64-w64-mingw32-gcc-win32 gcc-mingw-w64-x86-64-win32
	build tclsh tcl
	build xz xz-utils
	build zip zip
	build minisign minisign
	build sqlite3 sqlite3
	build /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
	test clang clang
	test /usr/lib/llvm-*/lib/clang/*/include/fuzzer libclang-rt-dev
	test clang-tidy clang-tidy
	test clang-format clang-format
	test cppcheck cppcheck
	test ntfs-3g ntfs-3g
	test reglookup reglookup
	test setfattr attr
	test openssl openssl
	test osslsigncode osslsigncode
	test yara yara
	bench yara yara
	EOF
}

has()
{
	case $1 in
	/*) compgen -G "$1" >/dev/null ;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# Packages of this level and those below that are missing.
missing()
{
	local of what package

	while read -r of what package; do
		case $level:$of in
		build:build | test:build | test:test) ;;
		bench:build | bench:bench) ;;
		*) continue ;;
		esac
		has "$what" || real_name "$package"
	done < <(needs)
}

# libclang-rt-dev is no package everywhere: its name holds clang's number.
real_name()
{
	local clang

	test "$1" = libclang-rt-dev || {
		echo "$1"
		return
	}
	clang=$(apt-cache depends clang 2>/dev/null |
		sed -n 's/^ *Depends: clang-\([0-9]*\)$/\1/p' | head -1)
	echo "libclang-rt-${clang:-14}-dev"
}

has_wine32()
{
	test -e /usr/lib/i386-linux-gnu/wine
}

say()
{
	echo "setup: $*"
}

die()
{
	echo "setup: $*" >&2
	exit 1
}

as_root()
{
	if test "$(id -u)" -eq 0; then
		"$@"
	else
		sudo -n env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 LANGUAGE= "$@"
	fi
}

can_be_root()
{
	test "$(id -u)" -eq 0 ||
		{ command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# apt_update: the lists of packages; three tries while any cannot be had
apt_update()
{
	local try

	for try in 1 2 3; do
		as_root apt-get update -q >"$log.update" 2>&1
		cat "$log.update" >>"$log"
		could_not_fetch "$log.update" || return 0
		pause $try
	done
}

# apt_install PACKAGE... with apt's words in a log
apt_install()
{
	local try

	for try in 1 2 3; do
		as_root apt-get install -y -q --no-install-recommends "$@" \
			>"$log.install" 2>&1 && return 0
		cat "$log.install" >>"$log"
		could_not_fetch "$log.install" || return 1
		pause $try
	done
	return 1
}

# Whether the last apt_install failed because of the network: there are no lists
# at all, or everything is in them and did not arrive. A package that the lists
# do not have is a fault of ours.
for_want_of_network()
{
	test -n "$(apt-cache madison gcc 2>/dev/null)" || return 0
	could_not_fetch "$log.install"
}

codename()
{
	(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
}

# Packages of other versions than the release has that stand in the way of
# wine32: the i386 twin must have the very version of the amd64 package, and
# the i386 list of the security archive is at times behind (it is served with
# another size than signed). Printed as PACKAGE=VERSION, with all installed
# packages of the same source, since they depend on each other exactly.
downgrades()
{
	local suite

	suite=$(codename)
	apt-cache depends --recurse --no-recommends --no-suggests \
		--no-conflicts --no-breaks --no-replaces --no-enhances \
		wine32:i386 2>/dev/null |
		sed -n 's/^\([a-z0-9][a-z0-9.+-]*\):i386$/\1/p' | sort -u |
		xargs -r dpkg-query -W -f '${source:Package}\n' 2>/dev/null |
		sort -u >"$work/sources"
	dpkg-query -W -f '${source:Package} ${Package} ${Version} ${db:Status-Abbrev}\n' |
		awk 'NR == FNR { want[$1] = 1; next }
			want[$1] && $4 ~ /^ii/ { print $2, $3 }' \
			"$work/sources" - | sort -u >"$work/installed"
	cut -d' ' -f1 "$work/installed" | xargs -r apt-cache madison |
		awk -F'|' -v s=" $suite/main " '$3 ~ s {
			gsub(/ /, "", $1); gsub(/ /, "", $2)
			if (!($1 in v)) { v[$1] = $2; print $1, $2 }
		}' >"$work/release"
	while read -r package version; do
		want=$(awk -v p="$package" '$1 == p { print $2 }' \
			"$work/release")
		test -n "$want" || continue
		dpkg --compare-versions "$version" gt "$want" &&
			echo "$package=$want"
	done <"$work/installed"
}

# Wine of both widths in one go, before other packages bring libraries of
# versions that the i386 list does not have yet.
install_wine()
{
	local all="wine wine64 wine32:i386" list

	say "adding the i386 architecture to this system, for 32-bit Wine."
	as_root dpkg --add-architecture i386 || return 1
	apt_update
	say "installing $all"
	apt_install --no-remove $all && return 0
	apt_install --no-remove -t "$(codename)" $all && return 0
	if test "${ALLOW_DOWNGRADE-}" = 1; then
		work=$(mktemp -d)
		list=$(downgrades)
		rm -rf "$work"
		say "ALLOW_DOWNGRADE=1: putting back" $list
		apt_install --no-remove -t "$(codename)" --allow-downgrades \
			$list $all && return 0
	else
		say "32-bit Wine cannot be installed beside the packages of" \
			"this system without downgrading some" \
			"(ALLOW_DOWNGRADE=1 would allow it)."
	fi
	if for_want_of_network; then
		no_network "Wine's packages"
	else
		touch "$cache/no-wine32"
	fi
	say "the win32 cases will be skipped (see \"$log\")."
	has wine || apt_install --no-remove wine wine64 ||
		apt_install --no-remove -t "$(codename)" wine wine64 ||
		say "Wine cannot be had here; the win64 cases will be skipped," \
			"too."
}

# Where the kernel runs no 32-bit programs, qemu runs Wine's 32-bit half. That
# needs no root: the package is only unpacked, into the cache.
emulate32()
{
	"$here/can32.sh" && return
	test -n "$("$here/emulate32.sh" missing)" || return
	has_wine32 || return
	test -z "$(find "$cache/no-qemu" -mtime -1 2>/dev/null)" || return
	mkdir -p "$cache" || return
	say "this kernel runs no 32-bit programs; fetching qemu to run them."
	"$here/emulate32.sh" make >>"$cache/emulate32.log" 2>&1 && return
	# Then no test is to run (no_network).
	test ! -s "${MSTMP_NO_NETWORK:-/dev/null}" || exit 1
	touch "$cache/no-qemu"
	say "that failed (see \"$cache/emulate32.log\"); the win32 cases will" \
		"be skipped."
}

write_makefile()
{
	local host cc

	mkdir -p "$(dirname "$makefile")" || exit 1
	{
		echo "# The compilers, when the set-up had ended (setup.sh)."
		for host in $all_hosts; do
			host_set "$host"
			echo "CC_$host := $CC"
			echo "AR_$host := $AR"
			test -z "$RC" || echo "RC_$host := $RC"
		done
		for cc in gcc musl-gcc i686-w64-mingw32-gcc-win32 \
			x86_64-w64-mingw32-gcc-win32; do
			echo "# $("$cc" --version | head -1)"
		done
	} >"$makefile.$$" || exit 1
	if cmp -s "$makefile.$$" "$makefile"; then
		rm "$makefile.$$"
	else
		mv "$makefile.$$" "$makefile"
	fi
}

list=$(missing | sort -u | tr '\n' ' ')
wine_missing=no
if test "$level" = test && { ! has wine || ! has_wine32; } &&
	test -z "$(find "$cache/no-wine32" -mtime -1 2>/dev/null)"; then
	wine_missing=yes
fi

if test -n "$list" || test $wine_missing = yes; then
	command -v apt-get >/dev/null ||
		die "this is no Debian system; install by hand what gives:" \
			"$list"
	if ! can_be_root; then
		architecture=
		if test $wine_missing = yes; then
			architecture="dpkg --add-architecture i386 && "
			list="wine wine64 wine32:i386 $list"
		fi
		# What can be shown without 32-bit Wine is shown without it.
		if test -z "$(missing)" && has wine; then
			say "32-bit Wine is not installed; the win32 cases" \
				"will be skipped."
		else
			die "run this as root, then make again:" \
				"${architecture}apt-get update &&" \
				"apt-get install -y --no-install-recommends" \
				"$list"
		fi
	fi
fi

if can_be_root && { test -n "$list" || test $wine_missing = yes; }; then
	mkdir -p "$cache" || die "cannot write to \"$cache\"; set MSTMP_CACHE" \
		"to a folder that can be written."
	log=$cache/setup.log
	: >"$log"
	test $wine_missing = no || install_wine
	if test -n "$list"; then
		say "installing $list"
		test $wine_missing = yes || apt_update
		# clang's number can only now be known where no lists were.
		list=$(missing | sort -u | tr '\n' ' ')
		apt_install --no-remove $list ||
			apt_install --no-remove -t "$(codename)" $list || {
			! for_want_of_network || no_network "packages"
			die "the packages \"$list\" could not be installed" \
				"(see \"$log\"); install them by hand and" \
				"run again."
		}
	fi
fi

test "$level" != test || emulate32
test -z "$makefile" || write_makefile
