# What comparing with an old program takes: that program, built from a commit,
# and medians of what was measured of both.
# SPDX-License-Identifier: Apache-2.0
#
# Sourced at the top of the tree. Its users see:
#	$dir	where everything lies
#	$rounds	how often each is measured
#	$new	this program
dir=${MSTMP_BENCH_DIR:-build/bench}
rounds=${MSTMP_BENCH_ROUNDS:-5}
new=build/linux/mstmpsweep

die()
{
	echo "bench: $*" >&2
	exit 1
}

# begin FOLDER COMMIT VARIABLE: makes $dir/measure, and $old of that commit in
# $dir/FOLDER unless it is there or VARIABLE names another
begin()
{
	old=${!3:-$dir/$1/build/linux/mstmpsweep}
	mkdir -p "$dir" || die "cannot write to \"$dir\"."
	if ! test -x "$old"; then
		rm -rf "${dir:?}/$1"
		git clone -q . "$dir/$1" &&
			git -C "$dir/$1" checkout -q "$2" ||
			die "there is no commit $2; name a program with $3."
		make -C "$dir/$1" build/linux/mstmpsweep >/dev/null ||
			die "the old program could not be built."
	fi
	gcc -std=gnu11 -O2 -D_GNU_SOURCE -o "$dir/measure" \
		tests/bench/measure.c ||
		die "tests/bench/measure.c does not compile."
}

# median NAME FIELD: 1 wall time, 2 processor seconds, 3 peak in KiB
median()
{
	cut -d' ' -f"$2" "$dir/$1.times" | sort -n |
		awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}
