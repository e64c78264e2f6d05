# libyara, with the modules of agent/deps/yara/modules/module_list only.
# SPDX-License-Identifier: Apache-2.0
NEEDS=tomcrypt
SHIM_DIRS=agent/deps/yara

yara_names="ahocorasick arena atoms base64 bitmask compiler endian exec
	exefiles filemap grammar hash hex_grammar hex_lexer lexer libyara mem
	modules notebook object parser proc re re_grammar re_lexer rules scan
	scanner simple_str sizedstr stack stopwatch strutils stream
	threading
	modules/pe/pe modules/pe/pe_utils modules/math/math modules/time/time
	modules/console/console modules/string/string modules/hash/hash"

# tlshc stays out: only module elf uses it.
SRC_CFLAGS="-DNDEBUG -DHASH_MODULE -DHAVE_STDBOOL_H
	-DHAVE_COMMONCRYPTO_COMMONCRYPTO_H
	-I$top/agent/deps/yara -I$top/build/deps/$host/tomcrypt/include"
if host_is_windows "$host"; then
	yara_names="$yara_names proc/windows"
	SRC_CFLAGS="$SRC_CFLAGS -DUSE_WINDOWS_PROC -D_GNU_SOURCE
		-DHAVE__MKGMTIME -D__MINGW_USE_VC2005_COMPAT"
else
	yara_names="$yara_names proc/linux"
	SRC_CFLAGS="$SRC_CFLAGS -DUSE_LINUX_PROC -DHAVE_CLOCK_GETTIME
		-DHAVE_MEMMEM -DHAVE_TIMEGM"
fi
for n in $yara_names; do
	SRCS="$SRCS libyara/$n.c"
done

# A compiler begins with a cleared MiB for each of its dozen buffers, and each
# file of a pack has one of its own: 0.15 s at every start for nothing. Those
# of our rules fit into 64 KiB; larger ones double when they are full.
recipe_prepare()
{
	local file=$S/libyara/compiler.c
	local big="yr_arena_create(YR_NUM_SECTIONS, 1048576,"

	SRC_CFLAGS="$SRC_CFLAGS -I$S/libyara/include -I$S/libyara"
	grep -qF "$big" "$file" || {
		echo "yara: compiler.c sets its buffers up in another way;" \
			"mend tests/build/deps/yara.sh." >&2
		return 1
	}
	sed -i "s/$big/yr_arena_create(YR_NUM_SECTIONS, 65536,/" "$file"
}

recipe_install()
{
	cp -r "$S/libyara/include/." "$D/include/"
}
