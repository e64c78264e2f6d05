#!/bin/bash
# The build scripts must fail as they promise: one sentence and a code that is
# not 0. Prints "N passed, N failed, N skipped".
# SPDX-License-Identifier: Apache-2.0
set -u
shopt -s lastpipe
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "$0")/../.." && pwd)
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
