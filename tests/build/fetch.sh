#!/bin/bash
# Fetch one archive with apt (sources; a .deb is a binary package), check it
# against sources.tsv, and print "<version> <sha256> <path>".
# SPDX-License-Identifier: Apache-2.0
#
# usage: fetch.sh NAME
#
# apt verifies Release -> Sources -> archive by signature; the table pins the
# bytes on top of that. A private apt configuration is used, so the machine's
# own package state is neither read nor changed. The server is the one the
# machine already uses: newer suites of the same archive are added to it.
#
# Downloads are tried three times. MSTMP_LAST_ROW=1 takes the last accepted row
# of each name, to try what is built where the best one cannot be had.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=

here=$(CDPATH= cd "$(dirname "$0")" && pwd)
cache=${MSTMP_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mstmpsweep}
table=$here/sources.tsv
name=$1
network=good
. "$here/network.sh"

die()
{
	echo "fetch: $*" >&2
	exit 1
}

# rows NAME: version, package, archive, sha256 of each accepted row
rows()
{
	awk -F'\t' -v n="$1" '$1 == n { print $2, $3, $4, $5 }' "$table" |
		if test "${MSTMP_LAST_ROW-}" = 1; then tail -1; else cat; fi
}

is_good()
{
	test -f "$1" && test "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2"
}

print_if_there()
{
	while read -r version _ archive sum; do
		if is_good "$cache/src/$archive" "$sum"; then
			echo "$version $sum $cache/src/$archive"
			exit 0
		fi
	done < <(rows "$name")
}

is_binary()
{
	case $(rows "$name" | head -1) in
	*.deb\ *) true ;;
	*) false ;;
	esac
}

# The private configuration lives under the cache and is renewed once a day.
apt_prepare()
{
	local uri types=deb-src suites="bookworm bookworm-backports trixie sid"

	apt=$cache/apt
	if is_binary; then
		apt=$cache/apt-binary
		types=deb
		suites="bookworm-backports trixie"
	fi
	mkdir -p "$apt/parts" "$apt/lists/partial" \
		"$apt/cache/archives/partial" ||
		die "cannot write to \"$cache\"; set MSTMP_CACHE to a folder" \
			"that can be written."
	if test "${1-}" != again && test -n "$(find "$apt/updated" \
		-mtime -1 2>/dev/null)"; then
		return
	fi
	uri=$(archive_uri)
	test -n "$uri" ||
		die "apt knows no Debian archive on this machine; add one to" \
			"/etc/apt/sources.list.d and run again."
	cat >"$apt/parts/sources.sources" <<-EOF
	Types: $types
	URIs: $uri
	Suites: $suites
	Components: main
	Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	EOF
	cat >"$apt/apt.conf" <<-EOF
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$apt/parts";
	Dir::State::lists "$apt/lists";
	Dir::Cache "$apt/cache";
	APT::Sandbox::User "$(id -un)";
	EOF
	update
	describe "$package" | grep -q . || {
		no_network "package lists"
		die "the package lists could not be fetched (see" \
			"\"$apt/update.log\"); check the network and run again."
	}
	touch "$apt/updated"
}

update()
{
	local try

	for try in 1 2 3; do
		APT_CONFIG=$apt/apt.conf apt-get -q update \
			>"$apt/update.log" 2>&1
		could_not_fetch "$apt/update.log" || return
		pause $try
	done
}

# describe PACKAGE: what apt knows of it
describe()
{
	local how=showsrc

	! is_binary || how=show
	APT_CONFIG=$apt/apt.conf apt-cache $how "$1" 2>/dev/null
}

# debian_versions PACKAGE UPSTREAM: full versions with that upstream part
debian_versions()
{
	describe "$1" | awk -v p="$1" -v u="$2" '
		/^Package:/ { pkg = $2 }
		/^Version:/ {
			v = $2
			sub(/^[0-9]+:/, "", v)
			sub(/-[^-]*$/, "", v)
			if (pkg == p && v == u)
				print $2
		}' | sort -u
}

# download DIR LOG PACKAGE VERSION: three tries, but for what is not there
download()
{
	local try

	for try in 1 2 3; do
		(cd "$1" && download_once "$3" "$4") >"$2" 2>&1 && return 0
		could_not_fetch "$2" || return 1
		! grep -qE '\b404\b' "$2" || return 1
		pause $try
	done
	network=bad
	return 1
}

# download_once PACKAGE VERSION: into the current folder
download_once()
{
	if is_binary; then
		APT_CONFIG=$apt/apt.conf apt-get -q download "$1=$2"
	else
		APT_CONFIG=$apt/apt.conf apt-get -q source --download-only \
			--tar-only "$1=$2"
	fi
}

try_row()
{
	local version=$1 package=$2 archive=$3 sum=$4 full dir

	dir=$(mktemp -d "$cache/src/get.XXXXXX") || return 1
	for full in $(debian_versions "$package" "$version"); do
		download "$dir" "$cache/src/$archive.log" "$package" "$full" ||
			continue
		# apt writes the epoch's colon as %3a into the name.
		! is_binary || mv "$dir"/*.deb "$dir/$archive" 2>/dev/null
		test -f "$dir/$archive" || continue
		if ! is_good "$dir/$archive" "$sum"; then
			echo "fetch: \"$archive\" as downloaded does not" \
				"have the sha256 of $table; it was" \
				"put aside." >&2
			continue
		fi
		mv "$dir/$archive" "$cache/src/$archive"
		rm -rf "$dir"
		return 0
	done
	rm -rf "$dir"
	return 1
}

mkdir -p "$cache/src" ||
	die "cannot write to \"$cache\"; set MSTMP_CACHE to a folder that" \
		"can be written."
test -n "$(rows "$name")" || die "\"$name\" is not in $table."
print_if_there
exec 9>"$cache/src/.lock"
flock 9
print_if_there

package=$(rows "$name" | awk '{ print $2; exit }')
for round in first again; do
	apt_prepare $round
	while read -r version package archive sum; do
		echo "fetch: $name $version" >&2
		try_row "$version" "$package" "$archive" "$sum" && break 2
	done < <(rows "$name")
done
print_if_there
test $network = good || no_network "archive of \"$name\""
die "no accepted version of \"$name\" could be fetched" \
	"($(rows "$name" | awk '{ printf "%s%s", s, $1; s = ", " }'));" \
	"check the network, or put $(rows "$name" |
	awk '{ print $3; exit }') into \"$cache/src\" and run again."
