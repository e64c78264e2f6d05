/*
 * The metadata of a vault item as fields: number, flags, length, bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_fields.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <sodium.h>
#include <string.h>

static void put_field(struct str *out, enum field number, const void *data,
		      size_t nbytes)
{
	uint8_t prefix[FIELD_PREFIX_NBYTES];

	bytes_put_le16(prefix, (uint16_t)number);
	/* Fields that came later: who does not know them reads the rest. */
	bytes_put_le16(prefix + 2,
		       number >= FIELD_FOLDERS ? FIELD_OPTIONAL : 0);
	bytes_put_le32(prefix + 4, (uint32_t)nbytes);
	str_addn(out, prefix, sizeof(prefix));
	str_addn(out, data, nbytes);
}

static void put_u32(struct str *out, enum field number, uint32_t value)
{
	uint8_t raw[4];

	bytes_put_le32(raw, value);
	put_field(out, number, raw, sizeof(raw));
}

static int too_long(const char *what, size_t nbytes)
{
	return err_fail(ERR_TOO_LARGE, 0, W_VAULT_TOO_MANY_BYTES_OF, what,
			(uint64_t)nbytes);
}

static void put_parts(struct str *out, const struct item_head *head)
{
	for (size_t i = 0; i < head->part_count; i++) {
		const struct item_part *p = &head->parts[i];
		const size_t n = strlen(p->name);
		uint8_t prefix[FIELD_PREFIX_NBYTES + 8];

		bytes_put_le16(prefix, FIELD_PART);
		bytes_put_le16(prefix + 2, 0);
		bytes_put_le32(prefix + 4, (uint32_t)n + 8);
		bytes_put_le64(prefix + 8, p->nbytes);
		str_addn(out, prefix, sizeof(prefix));
		str_addn(out, p->name, n);
	}
}

static int put_meta(struct str *out, const struct host_meta *m)
{
	const char *short_name = m->short_name ? m->short_name : "";
	uint8_t raw[32];

	if (m->known & META_ATTRS)
		put_u32(out, FIELD_ATTRS, m->attrs);
	if (m->known & META_TIMES) {
		bytes_put_le64(raw, (uint64_t)m->created);
		bytes_put_le64(raw + 8, (uint64_t)m->written);
		bytes_put_le64(raw + 16, (uint64_t)m->accessed);
		bytes_put_le64(raw + 24, (uint64_t)m->changed);
		put_field(out, FIELD_TIMES, raw, 32);
	}
	if (m->known & META_SHORT) {
		if (strlen(short_name) > ITEM_SHORT_MAX)
			return too_long(W_VAULT_PART_SHORT_NAME,
					strlen(short_name));
		put_field(out, FIELD_SHORT, short_name, strlen(short_name));
	}
	if (m->known & META_SECURITY) {
		if (m->security_nbytes > ITEM_SECURITY_MAX)
			return too_long(W_VAULT_PART_SECURITY,
					m->security_nbytes);
		put_field(out, FIELD_SECURITY, m->security, m->security_nbytes);
	}
	if (m->known & META_POSIX) {
		bytes_put_le32(raw, m->mode);
		bytes_put_le32(raw + 4, m->uid);
		bytes_put_le32(raw + 8, m->gid);
		put_field(out, FIELD_POSIX, raw, 12);
	}
	if (m->known & META_OBJECT)
		put_field(out, FIELD_OBJECT, m->object_id, 16);
	if (m->known & META_XATTRS) {
		if (m->xattrs_nbytes > ITEM_XATTRS_MAX)
			return too_long(W_VAULT_PART_ATTRIBUTES,
					m->xattrs_nbytes);
		put_field(out, FIELD_XATTRS, m->xattrs, m->xattrs_nbytes);
	}
	return 0;
}

/* Where a file lay: the folders above it, its volume. */
static int put_whereabouts(struct str *out, const struct vault_info *info)
{
	if (info->folders_nbytes > ITEM_FOLDERS_MAX)
		return too_long(W_VAULT_PART_FOLDERS, info->folders_nbytes);
	if (info->folders != NULL)
		put_field(out, FIELD_FOLDERS, info->folders,
			  info->folders_nbytes);
	if (info->volume != 0)
		put_u32(out, FIELD_VOLUME, info->volume);
	return 0;
}

int item_head_encode(const struct item_head *head, struct str *out)
{
	const struct vault_info *info = &head->info;
	const char *fault;
	uint8_t raw[32];
	int err;

	if (head->part_count > ITEM_PARTS_MAX)
		return err_fail(ERR_TOO_LARGE, 0, W_VAULT_TOO_MANY_STREAMS_HAS,
				(uint64_t)head->part_count - 1,
				ITEM_PARTS_MAX - 1);
	fault = vault_head_fault(head);
	if (fault != NULL)
		return err_fail(ERR_INVALID, 0, W_VAULT_UNABLE, fault);
	put_u32(out, FIELD_KIND, (uint32_t)info->kind);
	for (size_t i = 0; i < VAULT_TEXT_COUNT; i++) {
		const char *text = *vault_text_of(info, i);

		if (text == NULL && !vault_texts[i].is_needed)
			continue;
		if (text == NULL)
			text = "";
		if (strlen(text) > vault_texts[i].max_nbytes)
			return too_long(W_VAULT_PART_TEXT, strlen(text));
		put_field(out, vault_texts[i].number, text, strlen(text));
	}
	put_u32(out, FIELD_SEQ, info->seq);
	bytes_put_le64(raw, (uint64_t)info->saved_at);
	put_field(out, FIELD_SAVED_AT, raw, 8);
	if (sodium_hex2bin(raw, 32, info->sha256, 64, NULL, NULL, NULL) != 0)
		return err_fail(ERR_INVALID, 0, W_VAULT_UNABLE_DIGEST);
	put_field(out, FIELD_SHA256, raw, 32);
	put_parts(out, head);
	err = put_meta(out, &info->meta);
	if (err == 0)
		err = put_whereabouts(out, info);
	if (err != 0)
		return err;
	if (out->err != 0)
		return out->err;
	return out->len > ITEM_HEAD_MAX
		       ? too_long(W_VAULT_PART_DESCRIPTION, out->len)
		       : 0;
}
