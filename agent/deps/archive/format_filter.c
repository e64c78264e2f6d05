/*
 * The one function that zip writing needs from archive_write_set_format.c.
 * That file names every writer and would pull all of them in.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "archive_platform.h"
#include <errno.h>
#include "archive.h"
#include "archive_entry.h"
#include "archive_private.h"
#include "archive_write_set_format_private.h"

void __archive_write_entry_filetype_unsupported(struct archive *a,
						struct archive_entry *entry,
						const char *format)
{
	(void)entry;
	archive_set_error(a, ARCHIVE_ERRNO_FILE_FORMAT,
			  "%s: this kind of file cannot be stored", format);
}
