#!/bin/bash
# The build scripts must fail as they promise: one sentence and a code that is
# not 0. Prints "N passed, N failed, N skipped".
# SPDX-License-Identifier: Apache-2.0
set -u
shopt -s lastpipe
export LC_ALL=C.UTF-8 LANGUAGE=
top=$(CDPATH= cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 1
. tests/build/scratch.sh
work=$(make_scratch 50) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# says NAME RC PATTERN: reads what was said; RC must not be 0 and the last
# line must have PATTERN
says()
{
	local out

	out=$(cat)
	if test "$2" -ne 0 && tail -1 <<<"$out" | grep -q -- "$3"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1 (code $2)"
		echo "$out"
	fi
}

# A copy of the scripts, so that the table can be changed.
mkdir -p "$work/tests" "$work/cache/src"
cp -r tests/build "$work/tests/"
ln -s "$top/agent" "$work/agent"

# A wrong archive in the cache and no apt that could fetch a right one.
mkdir "$work/bin"
for tool in apt-get apt-cache; do
	printf '#!/bin/sh\nexit 100\n' >"$work/bin/$tool"
	chmod +x "$work/bin/$tool"
done
head -c 1000 /dev/zero >"$work/cache/src/zlib_1.3.dfsg+really1.3.2.orig.tar.gz"
out=$(PATH=$work/bin:$PATH MSTMP_CACHE=$work/cache \
	"$work/tests/build/fetch.sh" zlib 2>&1)
says "no archive to be had" $? 'run again' <<<"$out"

# apt "fetches" something else than the table accepts.
cat >"$work/bin/apt-get" <<'EOF'
#!/bin/sh
case "$*" in
*indextargets*) echo "http://mirror.invalid/debian bookworm" ;;
*source*) echo other >"zlib_1.3.dfsg+really1.3.2.orig.tar.gz" ;;
esac
EOF
printf '#!/bin/sh\necho Package: zlib\necho Version: 1:1.3.dfsg+really1.3.2-1\n' \
	>"$work/bin/apt-cache"
out=$(PATH=$work/bin:$PATH MSTMP_CACHE=$work/cache \
	"$work/tests/build/fetch.sh" zlib 2>&1)
says "a hash that does not fit" $? 'no accepted version' <<<"$out"
grep -q 'does not have the sha256' <<<"$out" || {
	failed=$((failed + 1))
	echo "FAILED: the hash was not named"
}

# The same for a binary package, by the other commands of apt.
cat >"$work/bin/apt-get" <<'EOF'
#!/bin/sh
case "$*" in
*indextargets*) echo "http://mirror.invalid/debian bookworm" ;;
*download*) echo other >qemu-user_1%3a10.0.2+ds-2_amd64.deb ;;
esac
EOF
printf '#!/bin/sh\necho Package: qemu-user\necho Version: 1:10.0.2+ds-2\n' \
	>"$work/bin/apt-cache"
out=$(PATH=$work/bin:$PATH MSTMP_CACHE=$work/cache \
	"$work/tests/build/fetch.sh" qemu-user 2>&1)
says "a package whose hash does not fit" $? 'no accepted version' <<<"$out"
grep -q 'does not have the sha256' <<<"$out" || {
	failed=$((failed + 1))
	echo "FAILED: the package's hash was not named"
}

out=$("$work/tests/build/fetch.sh" nothing 2>&1)
says "an unknown name" $? 'is not in' <<<"$out"

# A cache that cannot be written: a file stands where the folder should be.
: >"$work/file"
out=$(MSTMP_CACHE=$work/file/cache "$work/tests/build/fetch.sh" zlib 2>&1)
says "a cache that cannot be written" $? 'MSTMP_CACHE' <<<"$out"

# A compiler that is missing.
sed -i 's/^\t\tCC=musl-gcc/\t\tCC=no-such-gcc/' "$work/tests/build/hosts.sh"
out=$("$work/tests/build/dep.sh" zlib linux 2>&1)
says "a missing compiler" $? 'make setup' <<<"$out"

# as_nobody COMMAND...: a user who may not become root
as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# No root and no sudo: one command, nothing done.
chmod -R a+rX "$work"
if test "$(id -u)" -eq 0 && as_nobody test -r "$work/tests" 2>/dev/null; then
	sed -i 's/^\tbuild gcc gcc$/\tbuild no-such-tool no-such-package/' \
		"$work/tests/build/setup.sh"
	out=$(as_nobody env \
		MSTMP_CACHE="$work/c" HOME="$work" PATH="/usr/bin:/bin" \
		"$work/tests/build/setup.sh" build 2>&1)
	says "neither root nor sudo" $? 'apt-get install .*no-such-package' \
		<<<"$out"
	skipped=0
else
	echo "SKIP: here nobody can be tried who is neither root nor in sudo"
	skipped=1
fi

# No rule may start before the set-up ended. Where that fails and make goes on
# as far as it can (-k), what does not wait for it is carried out: a shell of
# ours notes every command.
cat >"$work/bin/noting" <<EOF
#!/bin/bash
case "\$*" in
*build/setup.sh* | *" nproc"* | *" find "*) exec /bin/bash "\$@" ;;
esac
echo "\$*" >>"$work/early"
EOF
chmod +x "$work/bin/noting"
mkdir "$work/tree"
cp -r Makefile cross-build.mk agent remediate signatures tests "$work/tree/"
printf '#!/bin/sh\nexit 1\n' >"$work/tree/tests/build/setup.sh"
# early GOAL...: prints what was carried out; nothing, where all waits
early()
{
	rm -rf "$work/early" "$work/tree/build"
	make -C "$work/tree" -k -j8 SHELL="$work/bin/noting" "$@" \
		>"$work/make.log" 2>&1 && echo "make succeeded without a set-up"
	test ! -f "$work/early" || head -3 "$work/early"
}
for goal in "" all demo test test-full bench lint fuzz deps format mutants \
	build/native/unit build/standin/mkstandin build/fault/standin; do
	out=$(early $goal)
	if test -z "$out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: \"make $goal\" does not wait for the set-up: $out"
	fi
done
# The check must be able to fail: the way it was done once, a prerequisite of
# each rule, and one rule that has none.
sed -i -e '/^ifneq .*setup.sh/,/^endif/d' -e '/^-\?include build.toolchain/d' \
	-e '$a build/toolchain.mk:\n\t@$(B)/setup.sh build $@' \
	-e '$a all: early-one\nearly-one:\n\t@echo $@' \
	"$work/tree/cross-build.mk"
early all >/dev/null
grep early-one "$work/early" | says "a rule that does not wait for the set-up" 1 'early-one'

# The set-up tells a network that fails from a package that nobody has: after
# the first the build machines run in place, after the second they fail.
# apt_says UPDATE INSTALL: what apt's two commands print before they fail
apt_says()
{
	cat >"$work/bin/apt-get" <<-EOF
	#!/bin/sh
	case "\$*" in
	*update*) echo "$1" ;;
	*install*) echo "$2"; exit 100 ;;
	esac
	EOF
}
printf '#!/bin/sh\ncase $1 in madison) echo "gcc | 12 | main" ;; esac\n' \
	>"$work/bin/apt-cache"
# A log without a fault is one, too.
sed -i 's/sleep .*/:/' "$work/tests/build/network.sh"
sed -i 's/^\tbuild gcc gcc$/\tbuild no-such-tool no-such-package/' \
	"$work/tests/build/setup.sh"
# set_up WHAT NETWORK: NETWORK is "failed" or "good"
set_up()
{
	local told=good

	rm -f "$work/no-network"
	out=$(PATH=$work/bin:$PATH MSTMP_CACHE=$work/c \
		MSTMP_NO_NETWORK=$work/no-network \
		"$work/tests/build/setup.sh" build 2>&1)
	says "$1" $? 'no-such-package\|gave no' <<<"$out"
	test ! -s "$work/no-network" || told=failed
	if test $told = "$2"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: the network is said to be $told"
	fi
}
if test "$(id -u)" -eq 0; then
	apt_says fine "E: Unable to locate package no-such-package"
	set_up "a package that nobody has" good
	apt_says fine "E: Failed to fetch http://mirror.invalid/x.deb"
	set_up "a package that does not arrive" failed
	apt_says "W: Failed to fetch http://mirror.invalid/InRelease" \
		"E: Unable to locate package no-such-package"
	set_up "an old list and a package that nobody has" good
	printf '#!/bin/sh\n' >"$work/bin/apt-cache"
	set_up "no lists at all" failed
fi

# .ci/run where there can be no bare Debian: in place, and it says so.
ci=$work/ci
mkdir -p "$ci/.ci" "$ci/tests/build" "$ci/bin"
cp .ci/run "$ci/.ci/"
cp tests/build/test.sh "$ci/tests/build/"
sed -i '/^parts()/,/^}/c parts() { printf "good\\ttests\\techo 1 passed, 0 failed, 0 skipped\\n"; }' \
	"$ci/tests/build/test.sh"
printf '#!/bin/sh\necho "$MSTMP_BARE_SAYS" >"$MSTMP_BARE_WHY"; exit $MSTMP_BARE_CODE\n' \
	>"$ci/tests/build/bare.sh"
printf '#!/bin/sh\ntest $1 = demo || exec tests/build/test.sh\n' >"$ci/bin/make"
chmod +x "$ci/tests/build/bare.sh" "$ci/bin/make"
out=$(PATH=$ci/bin:$PATH MSTMP_BARE_SAYS="no mounts" MSTMP_BARE_CODE=99 \
	bash "$ci/.ci/run" 2>&1)
test $? -eq 0 && test "$(tail -2 <<<"$out")" = "In place, not in a bare Debian: \
no mounts
1 passed, 0 failed, 0 skipped" && passed=$((passed + 1)) || {
	failed=$((failed + 1))
	echo "FAILED: .ci/run in place: $out"
}
out=$(PATH=$ci/bin:$PATH MSTMP_BARE_SAYS= MSTMP_BARE_CODE=2 \
	bash "$ci/.ci/run" 2>&1; echo "code $?")
says ".ci/run when the tests fail" 1 '^code 2$' <<<"$out"

# What is wrong with the data of others is found: each fault alone.
fault()
{
	rm -rf "$work/data"
	cp -r tests/data "$work/data"
	(cd "$work/data" && eval "$2")
	tests/build/data.sh check "$work/data" >"$work/said"
	says "tests/data: $1" "$(wc -l <"$work/said")" "$3" <"$work/said"
}
fault "a stray file" 'echo >hives/stray.dat' '^hives/stray.dat: not in the index'
fault "another licence" "sed -i '2s/Apache-2.0/GPL-3.0/' INDEX.tsv" \
	"the licence 'GPL-3.0' is not"
fault "other bytes" 'echo x >hives/regipy/BCD; xz -f hives/regipy/BCD' \
	'^hives/regipy/BCD: not the sha256'
fault "a damaged archive" 'truncate -s -9 hives/regipy/BCD.xz' \
	'^hives/regipy/BCD: not the sha256'
fault "a missing file" 'rm hives/regipy/BCD.xz' '^hives/regipy/BCD: .*not there'
fault "no notice" 'mv pe/npm pe/new; sed -i s,^pe/npm,pe/new, INDEX.tsv' \
	'its copyright is not in the notices'
fault "no origin" "sed -i '2s/github[^\t]*//' INDEX.tsv" 'whence or what for'
fault "too much" 'head -c 5M /dev/zero >rules/large' 'more than'

# A driver whose part fails, or dies without a last line, fails.
cat >"$work/tests/build/parts" <<'EOF'
good	tests/build	echo 3 passed, 0 failed, 1 skipped	beside
dies	tests/build	echo oops; exit 3
bad	tests/build	echo 1 passed, 2 failed, 0 skipped; exit 1
EOF
sed -i '/^parts()/,/^}/c parts() { cat tests/build/parts; }' \
	"$work/tests/build/test.sh"
out=$("$work/tests/build/test.sh" 2>&1)
says "parts that fail" $? '^4 passed, 3 failed, 1 skipped$' <<<"$out"
out=$("$work/tests/build/test.sh" good 2>&1)
test $? -eq 0 && test "$(tail -1 <<<"$out")" = "3 passed, 0 failed, 1 skipped" &&
	passed=$((passed + 1)) || {
	failed=$((failed + 1))
	echo "FAILED: a good part: $out"
}

echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
