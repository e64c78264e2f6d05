/*
 * The metadata of a vault item as fields: number, flags, length, bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_item.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <sodium.h>
#include <string.h>

enum field {
	FIELD_KIND = 1,
	FIELD_ORIGINAL,
	FIELD_VALUE_NAME,
	FIELD_TARGET_ID,
	FIELD_COMPUTER,
	FIELD_FIX_ID,
	FIELD_SEQ,
	FIELD_WHY,
	FIELD_SAVED_AT,
	FIELD_SHA256,
	FIELD_PART,
	FIELD_ATTRS = 32,
	FIELD_TIMES,
	FIELD_SHORT,
	FIELD_SECURITY,
	FIELD_POSIX,
	FIELD_OBJECT,
	FIELD_XATTRS,
	FIELD_COUNT
};

#define FIELD_OPTIONAL	    0x1u /* may be skipped by who does not know it */
#define FIELD_PREFIX_NBYTES 8u
#define FIX_ID_NCHARS	    32u

/* Fields that are texts; they have no NUL byte (it is C0 80 inside). */
static const struct {
	enum field number;
	size_t offset;
	uint32_t max_nbytes;
	bool is_needed;
} texts[] = {
	{ FIELD_ORIGINAL, offsetof(struct vault_info, original), ITEM_PATH_MAX,
	  true },
	{ FIELD_VALUE_NAME, offsetof(struct vault_info, value_name),
	  ITEM_VALUE_MAX, false },
	{ FIELD_TARGET_ID, offsetof(struct vault_info, target_id),
	  ITEM_WORD_MAX, true },
	{ FIELD_COMPUTER, offsetof(struct vault_info, computer), ITEM_WORD_MAX,
	  true },
	{ FIELD_FIX_ID, offsetof(struct vault_info, fix_id), FIX_ID_NCHARS,
	  true },
	{ FIELD_WHY, offsetof(struct vault_info, why), ITEM_WHY_MAX, true },
};

#define TEXT_COUNT (sizeof(texts) / sizeof(*texts))

static char **text_of(const struct vault_info *info, size_t i)
{
	return (char **)((char *)(uintptr_t)info + texts[i].offset);
}

int vault_nomem(void)
{
	return err_fail(ERR_NOMEM, 0, "memory is short");
}

const char *vault_kind_name(enum vault_kind k)
{
	static const char *const names[VAULT_KIND_COUNT] = {
		[VAULT_FILE] = "file",
		[VAULT_KEY] = "key",
		[VAULT_VALUE] = "value",
		[VAULT_HIVE] = "hive",
	};

	return (unsigned)k < VAULT_KIND_COUNT ? names[k] : "unknown";
}

void vault_info_release(struct vault_info *info)
{
	for (size_t i = 0; i < TEXT_COUNT; i++)
		mem_free(*text_of(info, i));
	host_meta_release(&info->meta);
	memset(info, 0, sizeof(*info));
}

void item_head_release(struct item_head *head)
{
	for (size_t i = 0; i < head->part_count; i++)
		mem_free(head->parts[i].name);
	mem_free(head->parts);
	vault_info_release(&head->info);
	memset(head, 0, sizeof(*head));
}

/* ---- checks that both directions make ----------------------------------- */

/* The fix's number: 32 lower-case hex digits, it becomes a file name. */
static bool is_fix_id(const char *text)
{
	return strlen(text) == FIX_ID_NCHARS &&
	       strspn(text, "0123456789abcdef") == FIX_ID_NCHARS;
}

/*
 * A stream's name becomes the end of a path ("file:stream"), so nothing that
 * a path is taken apart by may stand in it.
 */
static bool is_part_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= ITEM_PART_NAME_MAX &&
	       strpbrk(name, "/\\:") == NULL && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

/* "name NUL, le32 length, value" and again, to the last byte. */
static bool is_xattr_list(const uint8_t *data, size_t nbytes)
{
	while (nbytes > 0) {
		const uint8_t *end = memchr(data, '\0', nbytes);
		size_t used;
		uint32_t length;

		if (end == NULL || end == data)
			return false;
		used = (size_t)(end - data) + 1;
		if (nbytes - used < 4)
			return false;
		length = bytes_le32(data + used);
		used += 4;
		if (length > nbytes - used)
			return false;
		used += length;
		data += used;
		nbytes -= used;
	}
	return true;
}

/* Which rule the whole breaks, NULL: none. */
static const char *head_fault(const struct item_head *head)
{
	const struct vault_info *info = &head->info;

	if ((unsigned)info->kind >= VAULT_KIND_COUNT)
		return "its kind is unknown";
	if (info->original == NULL || info->original[0] == '\0')
		return "it names no original";
	if (info->fix_id == NULL || !is_fix_id(info->fix_id))
		return "the number of its fix is not 32 hex digits";
	if ((info->kind == VAULT_VALUE) != (info->value_name != NULL))
		return "only an item of a value names a value";
	if (strlen(info->sha256) != 64)
		return "the digest of its content is missing";
	if (head->part_count == 0 || head->parts[0].name[0] != '\0')
		return "it has no content";
	for (size_t i = 0; i < head->part_count; i++) {
		const struct item_part *p = &head->parts[i];

		if (i > 0 && !is_part_name(p->name))
			return "the name of a part is not possible";
		if (p->nbytes > ITEM_PART_NBYTES_MAX)
			return "a part is too long";
		for (size_t k = 1; k < i; k++) {
			if (strcmp(p->name, head->parts[k].name) == 0)
				return "two parts have one name";
		}
	}
	if (!is_xattr_list(info->meta.xattrs, info->meta.xattrs_nbytes))
		return "its list of attributes is broken";
	return NULL;
}

/* ---- writing ------------------------------------------------------------ */

static void put_field(struct str *out, enum field number, const void *data,
		      size_t nbytes)
{
	uint8_t prefix[FIELD_PREFIX_NBYTES];

	bytes_put_le16(prefix, (uint16_t)number);
	bytes_put_le16(prefix + 2, 0);
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
	return err_fail(ERR_TOO_LARGE, 0,
			"%s has %" PRIu64 " bytes, more than a vault item "
			"may hold",
			what, (uint64_t)nbytes);
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
			return too_long("the short name", strlen(short_name));
		put_field(out, FIELD_SHORT, short_name, strlen(short_name));
	}
	if (m->known & META_SECURITY) {
		if (m->security_nbytes > ITEM_SECURITY_MAX)
			return too_long("the security descriptor",
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
			return too_long("the list of attributes",
					m->xattrs_nbytes);
		put_field(out, FIELD_XATTRS, m->xattrs, m->xattrs_nbytes);
	}
	return 0;
}

int item_head_encode(const struct item_head *head, struct str *out)
{
	const struct vault_info *info = &head->info;
	const char *fault;
	uint8_t raw[32];
	int err;

	if (head->part_count > ITEM_PARTS_MAX)
		return err_fail(ERR_TOO_LARGE, 0,
				"the file has %" PRIu64 " streams, a vault "
				"item holds %u",
				(uint64_t)head->part_count - 1,
				ITEM_PARTS_MAX - 1);
	fault = head_fault(head);
	if (fault != NULL)
		return err_fail(ERR_INVALID, 0,
				"this cannot be a vault item: %s", fault);
	put_u32(out, FIELD_KIND, (uint32_t)info->kind);
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char *text = *text_of(info, i);

		if (text == NULL && !texts[i].is_needed)
			continue;
		if (text == NULL)
			text = "";
		if (strlen(text) > texts[i].max_nbytes)
			return too_long("a text", strlen(text));
		put_field(out, texts[i].number, text, strlen(text));
	}
	put_u32(out, FIELD_SEQ, info->seq);
	bytes_put_le64(raw, (uint64_t)info->saved_at);
	put_field(out, FIELD_SAVED_AT, raw, 8);
	if (sodium_hex2bin(raw, 32, info->sha256, 64, NULL, NULL, NULL) != 0)
		return err_fail(ERR_INVALID, 0,
				"this cannot be a vault item: its digest is "
				"no hex");
	put_field(out, FIELD_SHA256, raw, 32);
	put_parts(out, head);
	err = put_meta(out, &info->meta);
	if (err != 0)
		return err;
	if (out->err != 0)
		return out->err;
	return out->len > ITEM_HEAD_MAX
		       ? too_long("what is to be said", out->len)
		       : 0;
}

/* ---- reading ------------------------------------------------------------ */

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

	if (nbytes > texts[i].max_nbytes)
		return broken("a text is too long");
	if (memchr(data, '\0', nbytes) != NULL)
		return broken("a text has a zero byte in it");
	text = mem_strndup((const char *)data, nbytes);
	if (text == NULL)
		return vault_nomem();
	*text_of(&d->head->info, i) = text;
	return 0;
}

static int take_part(struct decoder *d, const uint8_t *data, size_t nbytes)
{
	struct item_head *head = d->head;
	struct item_part *p;

	if (nbytes < 8 || nbytes - 8 > ITEM_PART_NAME_MAX)
		return broken("a part has no proper length");
	if (memchr(data + 8, '\0', nbytes - 8) != NULL)
		return broken("the name of a part has a zero byte in it");
	if (head->part_count == ITEM_PARTS_MAX)
		return broken("it has too many parts");
	if (head->part_count == d->part_cap) {
		const size_t cap = d->part_cap ? d->part_cap * 2 : 4;

		p = mem_grow(head->parts, cap, sizeof(*p));
		if (p == NULL)
			return vault_nomem();
		head->parts = p;
		d->part_cap = cap;
	}
	p = &head->parts[head->part_count];
	memset(p, 0, sizeof(*p));
	p->nbytes = bytes_le64(data);
	p->name = mem_strndup((const char *)data + 8, nbytes - 8);
	if (p->name == NULL)
		return vault_nomem();
	head->part_count++;
	return 0;
}

/* Bytes of any kind; an empty field is NULL. */
static int take_bytes(const uint8_t *data, size_t nbytes, size_t max_nbytes,
		      uint8_t **ret, size_t *nbytes_ret)
{
	if (nbytes > max_nbytes)
		return broken("a field is too long");
	if (nbytes == 0)
		return 0;
	*ret = mem_dup(data, nbytes);
	if (*ret == NULL)
		return vault_nomem();
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
			return broken("its short name is not possible");
		m->known |= META_SHORT;
		if (nbytes == 0)
			break;
		m->short_name = mem_strndup((const char *)data, nbytes);
		if (m->short_name == NULL)
			err = vault_nomem();
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
		return broken("a field has a wrong length");
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		if (texts[i].number == number)
			return take_text(d, i, data, nbytes);
	}
	switch (number) {
	case FIELD_KIND:
		if (bytes_le32(data) >= VAULT_KIND_COUNT)
			return broken("its kind is unknown");
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
		return broken("its last field is cut off");
	number = bytes_le16(prefix);
	flags = bytes_le16(prefix + 2);
	nbytes = bytes_le32(prefix + 4);
	data = bytes_at(all, *at + FIELD_PREFIX_NBYTES, nbytes);
	if (data == NULL)
		return broken("a field is longer than what is there");
	*at += FIELD_PREFIX_NBYTES + nbytes;
	if (!is_known(number)) {
		if (flags & FIELD_OPTIONAL)
			return 0;
		return err_fail(ERR_UNSUPPORTED, 0,
				"it has the field %u, which only a newer "
				"version understands",
				number);
	}
	if (number != FIELD_PART && (d->seen & UINT64_C(1) << number))
		return broken("a field is there twice");
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
		return broken("a field is missing");
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		if (texts[i].is_needed && *text_of(&d->head->info, i) == NULL)
			return broken("a text is missing");
	}
	fault = head_fault(d->head);
	return fault != NULL ? broken(fault) : 0;
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
	head.info.nbytes = head.parts[0].nbytes;
	head.info.stream_count = (uint32_t)head.part_count - 1;
	*head_ret = head;
	return 0;
}
