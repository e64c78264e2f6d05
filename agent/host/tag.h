/*
 * Private to agent/host: what a reparse tag makes of a file, decided once for
 * Windows and Linux.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_TAG_H
#define HOST_TAG_H

#include "host/host.h"

enum tag_class {
	TAG_PLAIN,   /* opened as programs open it, through its tag's filter */
	TAG_LINK,    /* a name surrogate stands for something elsewhere */
	TAG_RECALL,  /* reading would fetch the content from elsewhere */
	TAG_EMPTY,   /* an app execution alias and its like: holds nothing */
	TAG_ITSELF,  /* the same with content: opened as a reparse point */
	TAG_SPECIAL, /* a special file of a Unix subsystem, size not told */
};

/* The size of its unnamed stream is not told. */
#define TAG_SIZE_UNTOLD UINT64_MAX

/*
 * `attrs` are those of a listing or of an opened handle.  On a handle, and on
 * the disk, the bit of RECALL_ON_OPEN means "has extended attributes", which
 * anybody can give a file, so it counts only with a tag.
 */
enum tag_class tag_classify(uint32_t attrs, uint32_t tag, uint64_t size);
/* FILE_ATTRIBUTE_DEVICE aside, which only Windows tells. */
enum host_type tag_host_type(uint32_t attrs, uint32_t tag, uint64_t size);

/* TAG_LINK, where nothing else is asked.  A tag that is not told is one. */
bool tag_is_link(uint32_t attrs, uint32_t tag);
/* IO_REPARSE_TAG_APPEXECLINK */
bool tag_is_alias(uint32_t tag);
/* IO_REPARSE_TAG_CLOUD and its fifteen variants. */
bool tag_is_cloud(uint32_t tag);

#endif
