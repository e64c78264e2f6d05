#!/bin/bash
# Run a command in a bare Debian, as on a machine that has never seen the
# project: git, make and ca-certificates are all there is.
# SPDX-License-Identifier: Apache-2.0
#
# usage: bare.sh SUITE COMMAND	run by bash in a copy of this tree
#	 bare.sh keep SUITE	make only the root that is kept between runs
#
# SUITE is bookworm or trixie. Exit code: the command's; 99 if there can be no
# such root here, or the network failed in it; the reason is then written to
# the file that MSTMP_BARE_WHY names.
#
# Kept between runs, below MSTMP_BARE_CACHE: the root as debootstrap made it, the
# packages and the source archives. What is installed or built in a run is not.
#
# The command has mount and process namespaces of its own and this root as "/"
# by pivot_root: nothing stays mounted or running after a kill, and unshare
# works inside. /dev is its own, too.
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH= DEBIAN_FRONTEND=noninteractive

here=$(CDPATH= cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
keep=${MSTMP_BARE_CACHE:-${XDG_CACHE_HOME:-~/.cache}/mstmpsweep-bare}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
. "$here/network.sh"

cannot()
{
	echo "bare: $*" >&2
	test -z "${MSTMP_BARE_WHY-}" || echo "$*" >"$MSTMP_BARE_WHY"
	exit 99
}

get_debootstrap()
{
	command -v debootstrap >/dev/null && return
	test -e $keyring && command -v apt-get >/dev/null || return
	{ apt-get install -y -q --no-install-recommends debootstrap ||
		{ apt-get update -q &&
		apt-get install -y -q --no-install-recommends debootstrap; }
	} >/dev/null 2>&1
	command -v debootstrap >/dev/null
}

can_be_made()
{
	test "$(id -u)" -eq 0 || cannot "only root can make a bare Debian."
	get_debootstrap || cannot "debootstrap cannot be had."
	command -v unshare >/dev/null && unshare --mount --pid --fork \
		mount --bind "$keep" "$keep" 2>/dev/null ||
		cannot "mounts are not allowed here."
	test -n "$(archive_uri)" || cannot "apt knows no Debian archive here."
}

# The root before anything was installed in it. Made beside and renamed, so
# that it is whole or not there.
make_base()
{
	local try new

	test ! -e "$base" || return 0
	echo "bare: making a bare $suite"
	for try in 1 2 3; do
		new=$(mktemp -d "$keep/new.XXXXXX") ||
			cannot "\"$keep\" cannot be written."
		# It mounts things, which end with it here.
		setpriv --pdeathsig KILL unshare --mount --pid --fork \
			--kill-child debootstrap --variant=minbase --keyring=$keyring \
			--include=git,make,ca-certificates "$suite" \
			"$new" "$(archive_uri)" >"$keep/debootstrap.log" 2>&1 && {
			rm -f "$new"/var/cache/apt/archives/*.deb
			chmod 755 "$new"
			mv "$new" "$base"
			return
		}
		rm -rf --one-file-system "$new"
		pause $try
	done
	tail -5 "$keep/debootstrap.log" >&2
	cannot "debootstrap failed three times (see" \
		"\"$keep/debootstrap.log\")."
}

# Roots that a killed run left behind: nobody holds their lock, and whoever
# makes a base holds the one of this folder.
remove_old()
{
	local old

	rm -rf --one-file-system "$keep"/new.*
	for old in "$keep"/root.*; do
		test -d "$old" || continue
		(flock -n 9 && rm -rf --one-file-system "$old") 9<"$old"
	done
}

# What this machine tells its own apt of sources, proxies and checks.
apt_of_machine()
{
	local updates
	{
		echo "deb $(archive_uri) $suite main"
		echo "deb $(archive_uri) $suite-updates main"
		updates=$(archive_uri '-security$')
		test -z "$updates" || echo "deb $updates $suite-security main"
	} >"$root/etc/apt/sources.list"
	apt-config dump | grep -iE \
		'^Acquire::(.*proxy|Check-|AllowInsecure|.*::Verify)' \
		>"$root/etc/apt/apt.conf.d/50machine"
	# It is thrown away: no need to wait for the disk after each file.
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/throw-away"
}

lay_in()
{
	cp -a "$base/." "$root/" &&
		mkdir -p "$root/src/main" "$root/root/.cache/mstmpsweep/src" ||
		cannot "there is no room for a root in \"$keep\"."
	apt_of_machine
	cat /etc/resolv.conf >"$root/etc/resolv.conf"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
	tar -C "$top" --exclude=./build -cf - . |
		tar -C "$root/src/main" --no-same-owner -xf - &&
		{ test ! -d "$top/../shared" ||
		cp -r "$top/../shared" "$root/src/shared"; } ||
		cannot "there is no room for the tree in \"$keep\"."
	cp -al "$debs/." "$root/var/cache/apt/archives/"
	cp -al "$archives/." "$root/root/.cache/mstmpsweep/src/"
}

# What was fetched, for the next run: into a folder of its own, which then takes
# the place of the old one, so that it is whole whenever this is ended.
keep_fetched()
{
	local new

	new=$(mktemp -d "$keep/new.XXXXXX") || return
	mkdir "$new/debs" "$new/archives"
	chroot "$root" apt-get autoclean -q >/dev/null 2>&1
	find "$root/var/cache/apt/archives" -maxdepth 1 -name '*.deb' \
		-exec cp -l {} "$new/debs/" \;
	find "$root/root/.cache/mstmpsweep/src" -maxdepth 1 -type f \
		\( -name '*.tar.*' -o -name '*.deb' \) ! -name '*.log' \
		-exec cp -l {} "$new/archives/" \;
	flock 8
	rm -rf "$debs" && mv "$new/debs" "$debs"
	# Both suites share these.
	cp -ln "$new/archives/." "$archives/" -r
	flock -u 8
	rm -rf "$new"
}

# The parts' words, beside those of a run in place.
keep_logs()
{
	rm -rf "${top:?}/build/log-bare"
	mkdir -p "$top/build"
	cp -r "$root/src/main/build/log" "$top/build/log-bare" 2>/dev/null
}

# inside ROOT COMMAND: in the new namespaces, still outside of the root
inside()
{
	local root=$1 node name

	mount --make-rprivate / && mount --bind "$root" "$root" &&
		cd "$root" && mount -t proc proc proc &&
		mount -t sysfs sysfs sys && mount -t tmpfs -o mode=755 dev dev &&
		mkdir dev/pts dev/shm &&
		mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts \
			dev/pts &&
		mount -t tmpfs -o mode=1777 shm dev/shm || exit 98
	for node in null zero full random urandom tty; do
		cp -a "/dev/$node" dev/ && chmod 666 "dev/$node" || exit 98
	done
	# Not every machine has these; the tests say so where they need them.
	for node in fuse loop-control $(cd /dev && ls -d loop[0-9]* 2>/dev/null); do
		test ! -e "/dev/$node" || cp -a "/dev/$node" dev/
	done
	ln -s pts/ptmx dev/ptmx
	ln -s /proc/self/fd dev/fd
	ln -s /proc/self/fd/0 dev/stdin
	ln -s /proc/self/fd/1 dev/stdout
	ln -s /proc/self/fd/2 dev/stderr
	mkdir -p old && pivot_root . old && cd / && umount -l /old &&
		rmdir /old || exit 98
	cd /src/main || exit 98
	for name in ${!MSTMP_*} CI http_proxy https_proxy no_proxy; do
		case $name in
		MSTMP_BARE_* | MSTMP_CACHE) continue ;;
		esac
		test -z "${!name-}" || set -- "$@" "$name=${!name}"
	done
	# Nobody needs the packages of this root afterwards: some may be downgraded
	# where the archive's lists for i386 are behind, so that 32-bit Wine is
	# tested.
	exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin USER=root \
		TERM="${TERM:-dumb}" MSTMP_NO_NETWORK=/no-network \
		ALLOW_DOWNGRADE=1 "${@:3}" \
		bash -c "$2"
}

if test "$1" = inside; then
	inside "$2" "$3"
fi

only_keep=no
test "$1" != keep || { only_keep=yes; shift; }
suite=$1
base=$keep/$suite
debs=$keep/debs-$suite
archives=$keep/archives
mkdir -p "$debs" "$archives" || cannot "\"$keep\" cannot be written."
can_be_made
exec 8>"$keep/.lock" || cannot "\"$keep\" cannot be written."
flock 8 || cannot "\"$keep\" cannot be locked."
remove_old
make_base
test $only_keep = no || exit 0

# Its lock is taken before another run may look for roots that nobody holds.
root=$(mktemp -d "$keep/root.XXXXXX") || cannot "\"$keep\" cannot be written."
chmod 755 "$root"
exec 9<"$root" && flock 9 || cannot "\"$root\" cannot be locked."
flock -u 8
child=
finish()
{
	# unshare does not hear TERM while it waits.
	test -z "$child" || kill -KILL "$child" 2>/dev/null
	wait
	rm -rf --one-file-system "$root"
}
trap finish EXIT
trap 'exit 143' INT TERM HUP
lay_in

# It ends with this script, whatever ends that.
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
	"$0" inside "$root" "$2" </dev/null 9<&- &
child=$!
wait $child
rc=$?
child=
keep_logs
keep_fetched
test $rc -ne 98 || cannot "the bare root could not be entered."
test ! -s "$root/no-network" ||
	cannot "in the bare root the network gave no $(paste -sd, "$root/no-network")."
exit $rc
