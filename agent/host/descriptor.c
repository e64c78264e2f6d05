/*
 * Windows security descriptors and stream lists as bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/descriptor.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>

#define SD_NBYTES	 20u
#define SD_OWNER	 4u
#define SD_SELF_RELATIVE 0x8000u
#define SID_NBYTES	 8u
#define SID_MAX_SUBS	 15u
#define STREAM_NBYTES	 24u /* next, name bytes, size, allocated */
#define STREAM_MAX_COUNT 65536u

char *descriptor_sid(const uint8_t *bytes, size_t nbytes, uint64_t offset)
{
	const struct bytes sd = { bytes, nbytes };
	const uint8_t *sid = bytes_at(&sd, offset, SID_NBYTES);
	struct str text = STR_INIT;
	uint64_t authority = 0;
	uint32_t count;

	if (sid == NULL || sid[0] != 1)
		return NULL;
	count = sid[1];
	if (count > SID_MAX_SUBS ||
	    bytes_at(&sd, offset, SID_NBYTES + 4 * (uint64_t)count) == NULL)
		return NULL;
	for (int i = 2; i < 8; i++)
		authority = authority << 8 | sid[i];
	/* Windows writes large authorities as 0x and twelve digits. */
	if (authority > UINT32_MAX)
		str_addf(&text, "S-1-0x%012" PRIX64, authority);
	else
		str_addf(&text, "S-1-%" PRIu64, authority);
	for (uint32_t i = 0; i < count; i++)
		str_addf(&text, "-%" PRIu32,
			 bytes_le32(sid + SID_NBYTES + 4 * (size_t)i));
	return str_detach(&text);
}

char *descriptor_owner(const uint8_t *bytes, size_t nbytes)
{
	const struct bytes sd = { bytes, nbytes };
	const uint8_t *head = bytes_at(&sd, 0, SD_NBYTES);
	uint32_t owner;

	if (head == NULL || head[0] != 1 ||
	    !(bytes_le16(head + 2) & SD_SELF_RELATIVE))
		return NULL;
	owner = bytes_le32(head + SD_OWNER);
	return owner != 0 ? descriptor_sid(bytes, nbytes, owner) : NULL;
}

/* ":name:$DATA" as UTF-16LE to "name"; false for the unnamed stream. */
static bool stream_name(const uint8_t *units, size_t count, struct str *out)
{
	static const char type[] = ":$DATA";
	const size_t type_count = sizeof(type) - 1;

	str_clear(out);
	if (count < 2 || bytes_le16(units) != ':')
		return false;
	utf_from_utf16le(out, units + 2, count - 1);
	if (out->err != 0 || out->len <= type_count ||
	    ascii_casecmp(out->buf + out->len - type_count, type) != 0)
		return false;
	out->len -= type_count;
	out->buf[out->len] = '\0';
	return out->len > 0;
}

int descriptor_streams(const uint8_t *bytes, size_t nbytes, host_stream_fn fn,
		       void *arg)
{
	const struct bytes list = { bytes, nbytes };
	struct str name = STR_INIT;
	uint64_t at = 0;
	int ret = 0;

	for (uint32_t i = 0; i < STREAM_MAX_COUNT && nbytes > 0; i++) {
		const uint8_t *record = bytes_at(&list, at, STREAM_NBYTES);
		const uint8_t *units;
		uint32_t name_nbytes;
		uint32_t next;

		if (record == NULL)
			goto corrupt;
		next = bytes_le32(record);
		name_nbytes = bytes_le32(record + 4);
		units = bytes_at(&list, at + STREAM_NBYTES, name_nbytes);
		if (units == NULL)
			goto corrupt;
		if (stream_name(units, name_nbytes / 2, &name))
			ret = fn(arg, name.buf, bytes_le64(record + 8));
		if (ret == 0 && name.err == ERR_NOMEM)
			ret = err_fail(ERR_NOMEM, 0, W_HOST_STREAM_LIST_MEMORY);
		if (ret != 0 || next == 0)
			goto out;
		if (next < STREAM_NBYTES)
			goto corrupt;
		at += next;
	}
	goto out;
corrupt:
	ret = err_fail(ERR_CORRUPT, 0, W_HOST_STREAM_LIST_BROKEN);
out:
	str_release(&name);
	return ret;
}
