# libarchive: read zip, jar and cab, write zip. archive_write_set_format.c
# stays out (agent/deps/archive/format_filter.c says why).
# SPDX-License-Identifier: Apache-2.0
NEEDS=zlib
SHIM_DIRS=agent/deps/archive

archive_names="acl check_magic cryptor digest entry entry_sparse entry_stat
	entry_strmode entry_xattr hmac options pack_dev ppmd7 ppmd8 random rb
	read read_add_passphrase read_open_memory read_open_filename
	read_set_options read_support_filter_none read_support_format_cab
	read_support_format_zip string string_sprintf util virtual write
	write_add_filter_none write_open_memory write_open_filename
	write_open_fd write_set_format_zip write_set_options
	write_set_passphrase"
if host_is_windows "$host"; then
	archive_names="$archive_names windows entry_copy_bhfi"
fi
for n in $archive_names; do
	SRCS="$SRCS libarchive/archive_$n.c"
done
SRCS="$SRCS $top/agent/deps/archive/format_filter.c"
SRC_CFLAGS="-DHAVE_CONFIG_H -D__LIBARCHIVE_BUILD -DLIBARCHIVE_STATIC
	-I$top/agent/deps/archive -I$top/build/deps/$host/zlib/include"

recipe_prepare()
{
	SRC_CFLAGS="$SRC_CFLAGS -I$S/libarchive"
}

recipe_install()
{
	cp "$S/libarchive/archive.h" "$S/libarchive/archive_entry.h" \
		"$D/include/"
}
