/*
 * What a reparse tag makes of a file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tags: MS-FSCC 2.1.2.1.  Windows follows a name surrogate by itself and
 * leaves any other tag to a filter driver.  Where there is none, opening the
 * file fails with ERROR_CANT_ACCESS_FILE (1920) for everybody who does not ask
 * for the reparse point itself, the loader of programs too: what such a file
 * holds cannot run, but it is there, and may run once the tag is taken off.
 *
 * App execution aliases and the special files of Unix subsystems never have a
 * filter: CreateProcess reads the alias, afunix.sys and WSL their own.  They
 * are made with an empty unnamed stream, so one of that size is no gap.  The
 * tag can be set on any file by whoever may write it (FSCTL_SET_REPARSE_POINT),
 * so one with content is read like any other, past its tag.
 */
#include "host/tag.h"

#define TAG_SURROGATE 0x20000000u
#define TAG_WIM	      0x80000008u
#define TAG_DEDUP     0x80000013u
#define TAG_WOF	      0x80000017u
#define TAG_ALIAS     0x8000001Bu /* APPEXECLINK */
#define TAG_AF_UNIX   0x80000023u
#define TAG_LX_BLK    0x80000026u /* before it FIFO and character device */

bool tag_is_link(uint32_t attrs, uint32_t tag)
{
	/* A tag that cannot be read is taken for a link, and not followed. */
	return (attrs & HOST_ATTR_REPARSE) &&
	       (tag == 0 || (tag & TAG_SURROGATE));
}

bool tag_is_alias(uint32_t tag)
{
	return tag == TAG_ALIAS;
}

bool tag_is_cloud(uint32_t tag)
{
	return (tag & 0xFFFF0FFFu) == 0x9000001Au;
}

/* Never a folder's: what lies in a folder is not in its unnamed stream. */
static bool has_no_filter(uint32_t attrs, uint32_t tag)
{
	return (attrs & HOST_ATTR_REPARSE) && !(attrs & HOST_ATTR_DIRECTORY) &&
	       (tag_is_alias(tag) || (tag >= TAG_AF_UNIX && tag <= TAG_LX_BLK));
}

bool host_has_bare_tag(const struct host_stat *st)
{
	return has_no_filter(st->attrs, st->reparse_tag);
}

/*
 * The content is on this disk whatever the attributes say, and the filter
 * gives it to the loader, too: "compact /exe" and "attrib +o" hide nothing.
 */
static bool is_kept_here(uint32_t tag)
{
	return tag == TAG_WOF || tag == TAG_DEDUP || tag == TAG_WIM;
}

static bool is_recall(uint32_t attrs, uint32_t tag)
{
	if (attrs & HOST_ATTR_RECALL_ACCESS)
		return true;
	return (attrs & HOST_ATTR_REPARSE) && !is_kept_here(tag) &&
	       (attrs & (HOST_ATTR_OFFLINE | HOST_ATTR_RECALL_OPEN));
}

enum tag_class tag_classify(uint32_t attrs, uint32_t tag, uint64_t size)
{
	if (tag_is_link(attrs, tag))
		return TAG_LINK;
	/* Before the bits, of which WSL sets one on its special files. */
	if (has_no_filter(attrs, tag)) {
		if (size != 0 && size != TAG_SIZE_UNTOLD)
			return TAG_ITSELF;
		/* Aliases are on every PC; nobody else makes files of theirs.
		 */
		return size == 0 || tag_is_alias(tag) ? TAG_EMPTY : TAG_SPECIAL;
	}
	return is_recall(attrs, tag) ? TAG_RECALL : TAG_PLAIN;
}

enum host_type tag_host_type(uint32_t attrs, uint32_t tag, uint64_t size)
{
	const enum tag_class c = tag_classify(attrs, tag, size);

	if (c == TAG_LINK)
		return HOST_LINK;
	if (c == TAG_SPECIAL)
		return HOST_OTHER;
	return attrs & HOST_ATTR_DIRECTORY ? HOST_DIR : HOST_FILE;
}
