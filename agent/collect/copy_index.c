/*
 * The recycle bin's and the restore points' own records.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/copy_index.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

/* No name of Windows holds these: such a record is forged or damaged. */
static bool is_path(const char *text)
{
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p < 0x20 || strchr("\"/<>|?*", *p))
			return false;
	}
	return true;
}

/* A path in UTF-16 that ends at a NUL or where the bytes end. */
static char *text_of(const uint8_t *data, size_t nbytes)
{
	struct str s = STR_INIT;
	size_t count = 0;

	while (count < nbytes / 2 && count < COPY_PATH_MAX_UNITS &&
	       (data[2 * count] || data[2 * count + 1]))
		count++;
	if (!count || utf_from_utf16le(&s, data, count) ||
	    !is_path(str_text(&s))) {
		str_release(&s);
		return NULL;
	}
	return str_detach(&s);
}

/* ---- $I… --------------------------------------------------------- */

#define RECYCLED_HEAD_NBYTES 24 /* version, size, time */

char *copy_path_of_recycled(const uint8_t *data, size_t nbytes)
{
	uint64_t version;

	if (nbytes < RECYCLED_HEAD_NBYTES + 4)
		return NULL;
	version = bytes_le64(data);
	if (version == 1)
		return text_of(data + RECYCLED_HEAD_NBYTES,
			       nbytes - RECYCLED_HEAD_NBYTES);
	if (version == 2) {
		/* The NUL is counted, but nothing beyond it is read anyway. */
		size_t count = bytes_le32(data + RECYCLED_HEAD_NBYTES);
		size_t room = nbytes - RECYCLED_HEAD_NBYTES - 4;

		return text_of(data + RECYCLED_HEAD_NBYTES + 4,
			       count < room / 2 ? count * 2 : room);
	}
	return NULL;
}

/* ---- INFO2 ------------------------------------------------------- */

#define INFO2_HEAD_NBYTES   20
#define INFO2_OLD_NBYTES    280 /* only the text of the code page */
#define INFO2_NEW_NBYTES    800 /* and the same in UTF-16 */
#define INFO2_SIZE_AT	    12
#define INFO2_NUMBER_AT	    260
#define INFO2_DRIVE_AT	    264
#define INFO2_TEXT_NBYTES   260
#define INFO2_UNICODE_AT    280
#define INFO2_UNICODE_UNITS 260

/*
 * Which code page it is nobody knows, so only ASCII is taken.  Of a file that
 * has left the bin the first letter, the drive's, is gone.
 */
static char *code_page_text(const uint8_t *record, char drive)
{
	struct str s = STR_INIT;

	str_addch(&s, (char)ascii_upper((unsigned char)drive));
	for (size_t i = 1; i < INFO2_TEXT_NBYTES && record[i]; i++) {
		if (record[i] < 0x20 || record[i] > 0x7E) {
			str_release(&s);
			return NULL;
		}
		str_addch(&s, (char)record[i]);
	}
	if (s.len < 4 || !is_path(str_text(&s))) {
		str_release(&s);
		return NULL;
	}
	return str_detach(&s);
}

char *copy_path_in_info2(const uint8_t *data, size_t nbytes, char drive,
			 uint32_t number)
{
	const uint32_t wanted =
		(uint32_t)(ascii_lower((unsigned char)drive) - 'a');
	size_t size;

	if (nbytes < INFO2_HEAD_NBYTES)
		return NULL;
	size = bytes_le32(data + INFO2_SIZE_AT);
	if (size != INFO2_OLD_NBYTES && size != INFO2_NEW_NBYTES)
		return NULL;
	for (size_t at = INFO2_HEAD_NBYTES; nbytes - at >= size; at += size) {
		const uint8_t *record = data + at;

		if (bytes_le32(record + INFO2_NUMBER_AT) != number ||
		    bytes_le32(record + INFO2_DRIVE_AT) != wanted)
			continue;
		return size == INFO2_NEW_NBYTES
			       ? text_of(record + INFO2_UNICODE_AT,
					 (size_t)INFO2_UNICODE_UNITS * 2)
			       : code_page_text(record, drive);
	}
	return NULL;
}

/* ---- change.log -------------------------------------------------- */

#define LOG_MAGIC	   UINT32_C(0xABCDEF12)
#define LOG_HEAD_NBYTES	   16 /* size, type, magic, version */
#define LOG_ENTRY_NBYTES   64 /* up to what begins its variable part */
#define LOG_MAX_ENTRY	   ((size_t)1 << 16)
#define LOG_MAX_NAME	   ((size_t)1 << 10) /* of the program that did it */
#define RECORD_HEAD_NBYTES 8		     /* size, type */
#define RECORDS_MAX	   16		     /* one of each type, and room */

enum record_type {
	RECORD_HEADER = 0,
	RECORD_ENTRY = 1,
	RECORD_FIRST_PATH = 3,
	RECORD_TEMP_PATH = 5, /* the name of the copy */
	RECORD_LAST = 9
};

/* The records of one entry. */
struct records {
	const uint8_t *first, *temp;
	size_t first_nbytes, temp_nbytes;
};

/*
 * Whether from `at` on records follow one another to the end of the entry, a
 * copy of the entry's size.  How long what stands before them is, is told by a
 * field whose meaning is not quite known; that they fill the rest is known.
 */
static bool read_records(const uint8_t *entry, size_t at, size_t end,
			 struct records *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned i = 0; i < RECORDS_MAX && at + RECORD_HEAD_NBYTES <= end;
	     i++) {
		const uint8_t *record = entry + at;
		size_t size = bytes_le32(record);
		uint32_t type = bytes_le32(record + 4);

		if (size < RECORD_HEAD_NBYTES || size > end - at ||
		    type <= RECORD_ENTRY || type > RECORD_LAST)
			return false;
		if (type == RECORD_FIRST_PATH) {
			ret->first = record + RECORD_HEAD_NBYTES;
			ret->first_nbytes = size - RECORD_HEAD_NBYTES;
		} else if (type == RECORD_TEMP_PATH) {
			ret->temp = record + RECORD_HEAD_NBYTES;
			ret->temp_nbytes = size - RECORD_HEAD_NBYTES;
		}
		at += size;
	}
	return at == end && ret->first && ret->temp;
}

static bool is_named(const struct records *r, const char *name)
{
	char *text = text_of(r->temp, r->temp_nbytes);
	const char *cut = text ? strrchr(text, '\\') : NULL;
	bool is = text && utf_casecmp(cut ? cut + 1 : text, name) == 0;

	mem_free(text);
	return is;
}

static char *path_in_entry(const uint8_t *entry, size_t size, const char *name)
{
	const size_t end = size - 4;
	struct records r;

	for (size_t at = LOG_ENTRY_NBYTES;
	     at < end && at < LOG_ENTRY_NBYTES + LOG_MAX_NAME; at += 2) {
		if (read_records(entry, at, end, &r))
			return is_named(&r, name)
				       ? text_of(r.first, r.first_nbytes)
				       : NULL;
	}
	return NULL;
}

char *copy_path_in_change_log(const uint8_t *data, size_t nbytes,
			      const char *name)
{
	size_t at;

	if (nbytes < LOG_HEAD_NBYTES || bytes_le32(data + 4) != RECORD_HEADER ||
	    bytes_le32(data + 8) != LOG_MAGIC)
		return NULL;
	at = bytes_le32(data);
	while (at >= LOG_HEAD_NBYTES && at < nbytes &&
	       nbytes - at >= LOG_ENTRY_NBYTES + 4) {
		const uint8_t *entry = data + at;
		size_t size = bytes_le32(entry);
		char *path;

		if (size < LOG_ENTRY_NBYTES + 4 || size > nbytes - at ||
		    size > LOG_MAX_ENTRY ||
		    bytes_le32(entry + 4) != RECORD_ENTRY ||
		    bytes_le32(entry + 8) != LOG_MAGIC ||
		    bytes_le32(entry + size - 4) != size)
			return NULL;
		path = path_in_entry(entry, size, name);
		if (path)
			return path;
		at += size;
	}
	return NULL;
}
