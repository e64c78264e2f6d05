# zlib: packs and the members of zip and jar archives.
# SPDX-License-Identifier: Apache-2.0
SRCS="adler32.c crc32.c deflate.c inffast.c inflate.c inftrees.c trees.c
	zutil.c compress.c uncompr.c"

recipe_install()
{
	cp "$S/zlib.h" "$S/zconf.h" "$D/include/"
}
