#!/bin/bash
# Fault injection: fix and undo are killed before, and made to fail at, each
# of their calls that change something, and at each allocation; nothing may
# be lost. Prints "N passed, N failed, N skipped".
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh			the harness on its stand-in, then the program
#	 run.sh self		only the stand-in
#	 run.sh SERIES...	only these series of the program
#	 run.sh SERIES N	only that point, and all there is to see
#
# It tries 20 points of each series, evenly spread over all of it, with
# MSTMP_FULL=1 200. MSTMP_FAULT_POINTS says how many; "all" takes over an hour, and
# of allocations never more than MSTMP_FAULT_ALLOCS (4000).
set -u
export LC_ALL=C.UTF-8 LANGUAGE= CDPATH=
CDPATH= cd "$(dirname "$0")/../.." || exit 1

# killed: the process ends; power: and what was not flushed is lost.
# Series, whose calls they go through, and what is counted there.
all_series="
fix-killed		killed	fix	calls
fix-torn		killed	fix	calls
undo-killed		killed	undo	calls
undo-torn		killed	undo	calls
fix-power		killed	fix	calls
fix-power-all		killed	fix	calls
undo-power		killed	undo	calls
undo-power-all		killed	undo	calls
fix-ENOSPC		checked	fix	calls
fix-EIO			checked	fix	calls
fix-EACCES		checked	fix	calls
fix-EIO-for-ever	checked	fix	calls
fix-ENOSPC-for-ever	checked	fix	calls
undo-ENOSPC		checked	undo	calls
undo-EIO		checked	undo	calls
undo-EIO-for-ever	checked	undo	calls
fix-alloc		checked	fix	allocs
undo-alloc		checked	undo	allocs"

# Which series has to find which bug of the stand-in.
bugs="
early		fix-killed
blind		fix-ENOSPC
crash		fix-alloc
glue		fix-torn
rubbish		fix-killed
mute		fix-EIO
cheerful	fix-EIO
forget		fix-killed
nosync		fix-power
nodirsync	fix-power
nodir		fix-power
hasty		fix-power-all"

shim=build/fault/shim.so
export compare=build/linux/tests/pccompare
export base results killed checked plain stop
# A sanitizer's word must not pass for an exit code of ours. Leaks after a
# failure are another matter than lost files.
export ASAN_OPTIONS=exitcode=99:detect_leaks=0:allocator_may_return_null=1
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
# Freed memory is filled with something that is no pointer.
export MALLOC_PERTURB_=165
export clean_code=0 # of a scan after fix

passed=0
failed=0
skipped=0

ok()
{
	passed=$((passed + 1))
}

not_ok()
{
	failed=$((failed + 1))
	printf 'FAILED: %s\n' "$1"
}

# ---- states ------------------------------------------------------------------

# state NAME: keeps the PC and the store as they are now
state()
{
	cp -a "$base/pc" "$base/$1"
	cp -a "$base/store.db" "$base/$1.db"
}

run_plain()
{
	"$@" --root "$base/pc" --db "$base/store.db" >"$base/out" \
		2>"$base/err" </dev/null
	rc=$?
}

# must GIVE CODE COMMAND...: without faults; false ends the preparation
must()
{
	local want=$1

	shift
	run_plain "$@"
	test $rc -eq "$want" && return 0
	not_ok "without any fault: \"$*\" gave $rc, not $want"
	head -c 2000 "$base/out" "$base/err"
	return 1
}

# count KIND COMMAND: two lines into counts: "KIND COMMAND calls N" …
count()
{
	local calls allocs

	rm -f "$base/count"
	must 0 env MSTMP_FAULT_COUNT="$base/count" ${!1} "$2" --yes || return 1
	read -r calls allocs <"$base/count" || {
		not_ok "$1 $2: the shim counted nothing"
		return 1
	}
	printf '%s\n' "$1 $2 calls $calls" "$1 $2 allocs $allocs" \
		>>"$base/counts"
}

# restored STATE
restored()
{
	rm -rf "$base/pc" "$base"/store.db*
	cp -a "$base/$1" "$base/pc"
	cp -a "$base/$1.db" "$base/store.db"
	test "$1" != pristine || must 1 $plain scan --quick --quiet
}

same()
{
	"$compare" --ignore ProgramData/mstmpsweep --hives-exact "$base/$1" \
		"$base/pc" >"$base/diff" 2>&1 && return 0
	not_ok "without any fault: undo did not bring all back"
	cat "$base/diff"
	return 1
}

# The states and counts of $plain, $killed and $checked.
prepare()
{
	base=$scratch/$1
	mkdir -p "$base"
	: >"$base/counts"
	build/linux/tests/mkpc tests/pc/small.pc build/standin/mstmp \
		tests/standin/marks.enc "$base/pc" || return 1
	must 1 $plain scan --quick --quiet || return 1
	state pristine
	count killed fix || return 1
	state fixed
	must $clean_code $plain scan --quick --quiet || return 1
	restored fixed
	count killed undo || return 1
	same pristine || return 1
	restored pristine
	count checked fix || return 1
	restored fixed
	count checked undo || return 1
	same pristine || return 1
	rm -rf "$base/pc"
}

# ---- points --------------------------------------------------------------------

# points N HOW-MANY: that many of 1 … N, evenly spread, the ends among them
points()
{
	awk -v n="$1" -v k="$2" 'BEGIN {
		if (k > n)
			k = n
		for (i = 0; i < k; i++)
			print (k > 1 ? 1 + int(i * (n - 1) / (k - 1)) : 1)
	}'
}

# series NAME HOW-MANY: tries them; the results are in $results
series()
{
	local kind command what n

	read -r _ kind command what < <(awk -v s="$1" '$1 == s' <<<"$all_series")
	n=$(awk -v k="$kind $command $what" \
		'$1 " " $2 " " $3 == k { print $4 }' "$base/counts")
	results=$base/results
	rm -f "$results" "$results.details"
	: >"$results"
	# One more: the power fails when the program has ended.
	test "$1" = "${1/power/}" || n=$((n + 1))
	total=$n
	# In any order, but always the same one: a bug is met sooner.
	points "$n" "$2" | shuf --random-source=LICENSE | xargs -P "$(nproc)" --process-slot-var=slot -n 1 \
		tests/fault/point.sh "$1" 2>"$base/xargs"
	tried=$(wc -l <"$results")
	test "$tried" -gt 0 || cat "$base/xargs"
	bad=$(grep -c '^failed' "$results")
	past=$(grep -c '^past' "$results")
}

# All series or those named, on the program.
program()
{
	local name many most=${MSTMP_FAULT_ALLOCS:-4000}

	many=20
	test "${MSTMP_FULL-}" != 1 || many=200
	many=${MSTMP_FAULT_POINTS:-$many}
	test "$many" != all || many=1000000000
	for name in ${*:-$(awk '{ print $1 }' <<<"$all_series")}; do
		local began=$SECONDS

		if test "$name" = "${name%-alloc}"; then
			series "$name" "$many"
		else
			series "$name" $((many < most ? many : most))
		fi
		passed=$((passed + tried - bad - past))
		failed=$((failed + bad))
		echo "$name: $((tried - past)) of $total points, $bad failed" \
			"($((SECONDS - began)) s)"
		test "$tried" -gt "$past" || not_ok "$name tried nothing"
		test "$bad" -eq 0 || head -c 3000 "$results.details"
		test "$tried" -lt "$total" && reduced=1
	done
}

# one SERIES N
one()
{
	slot=one
	export slot
	results=$base/results
	tests/fault/point.sh "$1" "$2"
	cat "$results" "$results.details" 2>/dev/null
	grep -q '^failed' "$results" && failed=$((failed + 1)) || ok
	echo "--- the last calls"
	tail -n 20 "$base/one/calls" 2>/dev/null
	for f in out err diff; do
		echo "--- $f"
		cat "$base/one/$f" 2>/dev/null
	done
}

# ---- the harness itself ----------------------------------------------------------

# What is right passes, and every bug is found by its series.
self()
{
	local name bug

	plain=build/fault/standin
	killed="env LD_PRELOAD=$shim $plain"
	checked=$killed
	stop=1
	prepare self || return
	for name in $(awk '{ print $1 }' <<<"$all_series"); do
		series "$name" "$(test "${MSTMP_FULL-}" = 1 && echo 1000 ||
			echo 3)"
		if test "$bad" -eq 0 && test "$tried" -gt 0; then
			ok
		else
			not_ok "the stand-in is right, $name says otherwise"
			head -c 1000 "$results.details" 2>/dev/null
		fi
	done
	while read -r bug name <&3; do
		test -n "$bug" || continue
		local began=$SECONDS

		export MSTMP_STANDIN_BUG=$bug
		series "$name" 1000
		unset MSTMP_STANDIN_BUG
		if test "$bad" -gt 0; then
			ok
		else
			not_ok "$name does not find the bug \"$bug\""
		fi
		test -z "${MSTMP_FAULT_TALK-}" || echo "$bug: found after" \
			"$tried of $total points ($((SECONDS - began)) s)"
	done 3<<<"$bugs"
	# One that needs no fault; its complaint is wanted.
	export MSTMP_STANDIN_BUG=times
	if prepare times >"$scratch/times.log"; then
		not_ok "times that do not come back are not seen"
	elif grep -q '/mstmp: written: ' "$scratch/times.log"; then
		failed=$((failed - 1))
		ok
	else
		cat "$scratch/times.log"
	fi
	unset MSTMP_STANDIN_BUG
}

# The shim sees the C library's functions, not what these do inside. Without
# a way to open a FILE the printf family reaches the terminal only.
sees_all()
{
	local unseen

	unseen=$(nm -D --undefined-only build/native/mstmpsweep |
		awk '{ sub(/@.*/, "", $2); print $2 }' | grep -E \
		'^(f(re|d)?open(64)?|tmpfile(64)?|v?dprintf|__v?dprintf_chk|pwritev2|splice|msync|mk(nod|fifo)(at)?|system|popen|posix_spawnp?|v?fork|lchmod)$')
	if test -z "$unseen"; then
		ok
	else
		not_ok "the program uses what the shim does not see: $unseen"
	fi
}

# ---- start ------------------------------------------------------------------------

# The shim keeps files of its own above those of the program.
if test "$(ulimit -n)" != unlimited && test "$(ulimit -n)" -lt 1024 &&
	! ulimit -S -n 1024 2>/dev/null; then
	echo "SKIP: fault injection needs 1024 open files, this session may" \
		"open $(ulimit -Hn)"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
. tests/build/scratch.sh
# In memory if it fits there: each worker has a PC.
room=$((50 + 10 * $(nproc)))
scratch=$(has_room /dev/shm $room && mktemp -d -p /dev/shm ||
	make_scratch $room) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
reduced=

if test $# -eq 0 || test "$1" = self; then
	self
fi
if test "${1-}" != self; then
	plain=build/native/mstmpsweep
	killed="env LD_PRELOAD=$shim $plain"
	checked=build/fault/mstmpsweep-asan
	stop=0
	sees_all
	if prepare program; then
		case ${2-} in
		[0-9]*) one "$1" "$2" ;;
		*) program "$@" ;;
		esac
	fi
fi
test -z "$reduced" || echo "REDUCED: not all points, MSTMP_FAULT_POINTS=all tries them"
echo "$passed passed, $failed failed, $skipped skipped"
test $failed -eq 0
