#!/bin/bash
# Run every fuzzer for a few seconds over its kept corpus.
# SPDX-License-Identifier: Apache-2.0
#
# usage: fuzz.sh [SECONDS]	each (default 10; 120 with MSTMP_FULL=1)
#
# New inputs go to build/fuzz/corpus/NAME, an input that fails to
# build/fuzz/found/NAME-*; a found one belongs into tests/fuzz/corpus/NAME
# together with its fix. For tests/fuzz/NAME_fuzz.c.
set -u
export LC_ALL=C.UTF-8 LANGUAGE=
CDPATH= cd "$(dirname "$0")/../.." || exit 1
seconds=${1:-${MSTMP_FUZZ_SECONDS:-$(test "${MSTMP_FULL-}" = 1 &&
	echo 120 || echo 10)}}
passed=0
failed=0
export ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

mkdir -p build/fuzz/found
for source in tests/fuzz/*_fuzz.c; do
	test -f "$source" || continue
	program=$(basename "$source" .c)
	name=${program%_fuzz}
	kept=tests/fuzz/corpus/$name
	mkdir -p "build/fuzz/corpus/$name"
	options=
	test -f "tests/fuzz/$name.dict" &&
		options="-dict=tests/fuzz/$name.dict"
	test -f "tests/fuzz/$name.options" &&
		options="$options $(grep -v '^#' "tests/fuzz/$name.options")"
	log=build/fuzz/$name.log
	# First what is kept, each input once; then new ones.
	if { { test ! -d "$kept" ||
		"build/fuzz/$program" -runs=0 -timeout=300 $options \
		"$kept"; } &&
		"build/fuzz/$program" -max_total_time="$seconds" -timeout=300 \
		-rss_limit_mb=2048 -artifact_prefix="build/fuzz/found/$name-" \
		-print_final_stats=1 $options "build/fuzz/corpus/$name" \
		$(test -d "$kept" && echo "$kept"); } >"$log" 2>&1; then
		passed=$((passed + 1))
		echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' \
			"$log") runs in $seconds s"
	else
		failed=$((failed + 1))
		echo "FAILED: $name (see $log and build/fuzz/found)"
		tail -40 "$log"
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
test $failed -eq 0
