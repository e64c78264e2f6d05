#!/bin/bash
# Build one dependency for one host, or take it from the cache, and link it to
# build/deps/HOST/NAME (with include/, lib/ and the file .key).
# SPDX-License-Identifier: Apache-2.0
#
# usage: dep.sh NAME HOST
#
# The key of a cache entry covers everything that shapes it: the source
# archive, the compiler and its headers, the flags, our shims, the recipe.
# A recipe (deps/NAME.sh) sets SRCS, SRC_CFLAGS and may define
# recipe_prepare; it installs headers in recipe_install. See deps/*.sh.
set -u
export LC_ALL=C.UTF-8 LANGUAGE=

here=$(CDPATH= cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cache=${MSTMP_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mstmpsweep}
name=$1
host=$2
make=${MAKE:-make}

die()
{
	echo "dep: $*" >&2
	exit 1
}

. "$here/hosts.sh"

# Overridden by the recipe where there is something to do.
recipe_prepare() { :; }
recipe_install() { :; }
recipe_build() { compile_library; }
NEEDS=
SRCS=
SRC_CFLAGS=
SHIM_DIRS=
UNINSTRUMENTED=

recipe=$here/deps/$name.sh
test -f "$recipe" || die "there is no recipe $recipe."
host_set "$host" || exit 1
. "$recipe"

# What gains nothing from sanitizers is taken from the plain glibc build.
if test -n "$UNINSTRUMENTED"; then
	case $host in
	asan | fuzz) host_set native; from=native ;;
	*) from=$host ;;
	esac
else
	from=$host
fi

command -v "${CC%% *}" >/dev/null ||
	die "the compiler ${CC%% *} is missing; run \"make setup\"."

read -r version sum tarball < <("$here/fetch.sh" "${SOURCE:-$name}") ||
	exit 1
test -n "${tarball-}" || exit 1

compiler_id()
{
	$CC --version | head -1
	printf '#include <stdlib.h>\n' | $CC -E -dM - 2>/dev/null
}

# dep_dir NAME: where another dependency of this host lies
dep_dir()
{
	if test -e "$top/build/deps/any/$1"; then
		echo "$top/build/deps/any/$1"
	else
		echo "$top/build/deps/$host/$1"
	fi
}

key_of()
{
	local dir n

	{
		echo "$name $version $sum $from $HOST_CFLAGS"
		compiler_id
		cat "$recipe" "$here/hosts.sh"
		for dir in $SHIM_DIRS; do
			(cd "$top/$dir" && find . -type f -print0 |
				sort -z | xargs -0 cat)
		done
		for n in $NEEDS; do
			cat "$(dep_dir "$n")/.key"
		done
	} | sha256sum | cut -c1-16
}

# compile_library: $SRCS (relative to $S, or absolute) to $D/lib/lib$name.a.
# The objects are made by make, so that they share its job slots.
compile_library()
{
	local src obj objs= rules=$W/objects.mk

	mkdir -p "$D/lib" "$W/o"
	{
		echo "all: $D/lib/lib$name.a"
		for src in $SRCS; do
			case $src in
			/*) obj=o/shim_${src##*/} ;;
			*) obj=o/${src//\//_}; src=$S/$src ;;
			esac
			obj=${obj%.[cS]}.o
			objs="$objs $obj"
			printf '%s: %s\n\t@$(CC) $(CFLAGS) -c -o $@ $<\n' \
				"$obj" "$src"
		done
		printf '%s:%s\n\t@$(AR) rcsD $@ $^\n' \
			"$D/lib/lib$name.a" "$objs"
	} >"$rules"
	(cd "$W" && $make -s -f "$rules" CC="$CC" AR="$AR" \
		CFLAGS="$(echo -std=gnu11 -w $HOST_CFLAGS $SRC_CFLAGS)" all)
}

build_entry()
{
	W=$(mktemp -d "$cache/lib/tmp.XXXXXX") || return 1
	S=$W/src
	D=$W/out
	mkdir -p "$S" "$D/include" "$D/lib"
	tar -C "$S" --strip-components=1 -xf "$tarball" || return 1
	# The paths of the build machine stay out of the programs.
	HOST_CFLAGS="$HOST_CFLAGS -ffile-prefix-map=$S=$name
		-ffile-prefix-map=$W=$name -ffile-prefix-map=$top/="
	recipe_prepare && recipe_build && recipe_install || {
		rm -rf "$W"
		return 1
	}
	echo "$key" >"$D/.key"
	echo "$version" >"$D/.version"
	mkdir -p "$(dirname "$entry")"
	rm -rf "$entry"
	mv "$D" "$entry" && rm -rf "$W"
}

key=$(key_of)
entry=$cache/lib/$from/$name-$version-$key
mkdir -p "$cache/lib" "$top/build/deps/$host"
exec 8>"$cache/lib/.lock-$name-$from"
flock 8
if ! test -f "$entry/.key"; then
	echo "  DEP   $name $version ($from)"
	build_entry || die "$name $version could not be built for $from; the" \
		"compiler's messages stand above."
fi
ln -sfn "$entry" "$top/build/deps/$host/$name"
