/*
 * Reads the fields of a vault item's metadata, which may say anything.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_fields.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <sodium.h>
#include <string.h>

struct decoder {
	struct item_head *head;
	uint64_t seen; /* bits of the fields */
	size_t part_cap;
};

static int broken(const char *why)
{
	return err_fail(ERR_CORRUPT, 0, "%s", why);
}

static int take_text(struct decoder *d, size_t i, const uint8_t *data,
		     size_t nbytes)
{
	char *text;

	if (nbytes > vault_texts[i].max_nbytes)
		return broken(W_VAULT_TEXT_TOO_LONG);
	if (memchr(data, '\0', nbytes) != NULL)
		return broken(W_VAULT_TEXT_ZERO);
	text = mem_strndup((const char *)data, nbytes);
	if (text == NULL)
		return err_nomem();
	*vault_text_of(&d->head->info, i) = text;
	return 0;
}

static int take_part(struct decoder *d, const uint8_t *data, size_t nbytes)
{
	struct item_head *head = d->head;
	struct item_part *p;

	if (nbytes < 8 || nbytes - 8 > ITEM_PART_NAME_MAX)
		return broken(W_VAULT_PART_NBYTES);
	if (memchr(data + 8, '\0', nbytes - 8) != NULL)
		return broken(W_VAULT_PART_NAME_ZERO);
	if (head->part_count == ITEM_PARTS_MAX)
		return broken(W_VAULT_TOO_MANY_PARTS);
	if (head->part_count == d->part_cap) {
		const size_t cap = d->part_cap ? d->part_cap * 2 : 4;

		p = mem_grow(head->parts, cap, sizeof(*p));
		if (p == NULL)
			return err_nomem();
		head->parts = p;
		d->part_cap = cap;
	}
	p = &head->parts[head->part_count];
	memset(p, 0, sizeof(*p));
	p->nbytes = bytes_le64(data);
	p->name = mem_strndup((const char *)data + 8, nbytes - 8);
	if (p->name == NULL)
		return err_nomem();
	head->part_count++;
	return 0;
}

/* Bytes of any kind; an empty field is NULL. */
static int take_bytes(const uint8_t *data, size_t nbytes, size_t max_nbytes,
		      uint8_t **ret, size_t *nbytes_ret)
{
	if (nbytes > max_nbytes)
		return broken(W_VAULT_FIELD_TOO_LONG);
	if (nbytes == 0)
		return 0;
	*ret = mem_dup(data, nbytes);
	if (*ret == NULL)
		return err_nomem();
	*nbytes_ret = nbytes;
	return 0;
}

static int take_meta(struct host_meta *m, uint16_t number, const uint8_t *data,
		     size_t nbytes)
{
	int err = 0;

	switch (number) {
	case FIELD_ATTRS:
		m->known |= META_ATTRS;
		m->attrs = bytes_le32(data);
		break;
	case FIELD_TIMES:
		m->known |= META_TIMES;
		m->created = (int64_t)bytes_le64(data);
		m->written = (int64_t)bytes_le64(data + 8);
		m->accessed = (int64_t)bytes_le64(data + 16);
		m->changed = (int64_t)bytes_le64(data + 24);
		break;
	case FIELD_SHORT:
		if (nbytes > ITEM_SHORT_MAX ||
		    memchr(data, '\0', nbytes) != NULL)
			return broken(W_VAULT_HEAD_SHORT_NAME);
		m->known |= META_SHORT;
		if (nbytes == 0)
			break;
		m->short_name = mem_strndup((const char *)data, nbytes);
		if (m->short_name == NULL)
			err = err_nomem();
		break;
	case FIELD_SECURITY:
		m->known |= META_SECURITY;
		err = take_bytes(data, nbytes, ITEM_SECURITY_MAX, &m->security,
				 &m->security_nbytes);
		break;
	case FIELD_POSIX:
		m->known |= META_POSIX;
		m->mode = bytes_le32(data);
		m->uid = bytes_le32(data + 4);
		m->gid = bytes_le32(data + 8);
		break;
	case FIELD_OBJECT:
		m->known |= META_OBJECT;
		memcpy(m->object_id, data, 16);
		break;
	case FIELD_XATTRS:
		m->known |= META_XATTRS;
		err = take_bytes(data, nbytes, ITEM_XATTRS_MAX, &m->xattrs,
				 &m->xattrs_nbytes);
		break;
	}
	return err;
}

/* Length of a field that always has the same, 0: it varies. */
static size_t fixed_nbytes(uint16_t number)
{
	switch (number) {
	case FIELD_KIND:
	case FIELD_SEQ:
	case FIELD_ATTRS:
	case FIELD_VOLUME:
		return 4;
	case FIELD_SAVED_AT:
		return 8;
	case FIELD_POSIX:
		return 12;
	case FIELD_OBJECT:
		return 16;
	case FIELD_SHA256:
	case FIELD_TIMES:
		return 32;
	default:
		return 0;
	}
}

static int take_known(struct decoder *d, uint16_t number, const uint8_t *data,
		      size_t nbytes)
{
	struct vault_info *info = &d->head->info;

	if (fixed_nbytes(number) != 0 && nbytes != fixed_nbytes(number))
		return broken(W_VAULT_FIELD_NBYTES);
	for (size_t i = 0; i < VAULT_TEXT_COUNT; i++) {
		if (vault_texts[i].number == number)
			return take_text(d, i, data, nbytes);
	}
	switch (number) {
	case FIELD_KIND:
		if (bytes_le32(data) >= VAULT_KIND_COUNT)
			return broken(W_VAULT_HEAD_KIND);
		info->kind = (enum vault_kind)bytes_le32(data);
		return 0;
	case FIELD_SEQ:
		info->seq = bytes_le32(data);
		return 0;
	case FIELD_SAVED_AT:
		info->saved_at = (int64_t)bytes_le64(data);
		return 0;
	case FIELD_SHA256:
		sodium_bin2hex(info->sha256, sizeof(info->sha256), data, 32);
		return 0;
	case FIELD_PART:
		return take_part(d, data, nbytes);
	case FIELD_VOLUME:
		info->volume = bytes_le32(data);
		return 0;
	case FIELD_FOLDERS:
		return take_bytes(data, nbytes, ITEM_FOLDERS_MAX,
				  &info->folders, &info->folders_nbytes);
	default:
		return take_meta(&info->meta, number, data, nbytes);
	}
}

static bool is_known(uint16_t number)
{
	return (number >= FIELD_KIND && number <= FIELD_PART) ||
	       (number >= FIELD_ATTRS && number < FIELD_COUNT);
}

static int take_field(struct decoder *d, const struct bytes *all, size_t *at)
{
	const uint8_t *prefix = bytes_at(all, *at, FIELD_PREFIX_NBYTES);
	const uint8_t *data;
	uint16_t number, flags;
	uint32_t nbytes;

	if (prefix == NULL)
		return broken(W_VAULT_FIELD_CUT_OFF);
	number = bytes_le16(prefix);
	flags = bytes_le16(prefix + 2);
	nbytes = bytes_le32(prefix + 4);
	data = bytes_at(all, *at + FIELD_PREFIX_NBYTES, nbytes);
	if (data == NULL)
		return broken(W_VAULT_FIELD_OVERLONG);
	*at += FIELD_PREFIX_NBYTES + nbytes;
	if (!is_known(number)) {
		if (flags & FIELD_OPTIONAL)
			return 0;
		return err_fail(ERR_UNSUPPORTED, 0, W_VAULT_FIELD_NEW, number);
	}
	if (number != FIELD_PART && (d->seen & UINT64_C(1) << number))
		return broken(W_VAULT_FIELD_TWICE);
	d->seen |= UINT64_C(1) << number;
	return take_known(d, number, data, nbytes);
}

static int check_complete(struct decoder *d)
{
	const uint64_t needed =
		UINT64_C(1) << FIELD_KIND | UINT64_C(1) << FIELD_SEQ |
		UINT64_C(1) << FIELD_SAVED_AT | UINT64_C(1) << FIELD_SHA256 |
		UINT64_C(1) << FIELD_PART;
	const char *fault;

	if ((d->seen & needed) != needed)
		return broken(W_VAULT_FIELD_MISSING);
	for (size_t i = 0; i < VAULT_TEXT_COUNT; i++) {
		if (vault_texts[i].is_needed &&
		    *vault_text_of(&d->head->info, i) == NULL)
			return broken(W_VAULT_TEXT_MISSING);
	}
	fault = vault_head_fault(d->head);
	if (fault != NULL)
		return broken(fault);
	d->head->info.nbytes = d->head->parts[0].nbytes;
	d->head->info.stream_count = (uint32_t)d->head->part_count - 1;
	return 0;
}

int item_head_decode(const uint8_t *data, size_t nbytes,
		     struct item_head *head_ret)
{
	const struct bytes all = { data, nbytes };
	struct item_head head = { 0 };
	struct decoder d = { &head, 0, 0 };
	size_t at = 0;
	int err = 0;

	while (err == 0 && at < nbytes)
		err = take_field(&d, &all, &at);
	if (err == 0)
		err = check_complete(&d);
	if (err != 0) {
		item_head_release(&head);
		return err;
	}
	*head_ret = head;
	return 0;
}
