# hivex, reading and writing through agent/deps/hivex/hivex_shim.h.
# SPDX-License-Identifier: Apache-2.0
SHIM_DIRS=agent/deps/hivex

SRCS="lib/handle.c lib/node.c lib/offset-list.c lib/utf16.c lib/util.c
	lib/value.c lib/visit.c lib/write.c gnulib/lib/full-read.c
	gnulib/lib/full-write.c gnulib/lib/safe-read.c gnulib/lib/safe-write.c
	$top/agent/deps/hivex/iconv.c $top/agent/deps/hivex/in_place.c"
SRC_CFLAGS="-include $top/agent/deps/hivex/config.h -I$top/agent/deps/hivex"

recipe_prepare()
{
	SRC_CFLAGS="$SRC_CFLAGS -I$S/include -I$S/lib -I$S/gnulib/lib"
}

recipe_install()
{
	cp "$S/include/hivex.h" "$top/agent/deps/hivex/hivex_shim.h" \
		"$D/include/"
}
