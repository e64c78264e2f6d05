/*
 * Values as text and numbers, whatever their type claims.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/registry.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

/* Bytes of a value of an unknown type that are shown as hex. */
#define HEX_MAX_NBYTES 4096

/* Code units before the first NUL. */
static size_t units_to_nul(const uint8_t *p, size_t units)
{
	size_t i = 0;

	while (i < units && bytes_le16(p + 2 * i))
		i++;
	return i;
}

/* True if any byte behind the NUL at `units` is not zero. */
static bool has_data_behind(const struct reg_value *v, size_t units)
{
	for (size_t i = 2 * units; i < v->nbytes; i++)
		if (v->data[i])
			return true;
	return false;
}

/*
 * The text up to the first NUL.  More zeros behind it are padding; anything
 * else is told, because that is how text is hidden from regedit.
 */
static void add_string(struct str *out, const struct reg_value *v,
		       bool *extra_ret)
{
	size_t units = units_to_nul(v->data, v->nbytes / 2);

	utf_from_utf16le(out, v->data, units);
	*extra_ret = units < v->nbytes / 2 && has_data_behind(v, units);
}

/*
 * Text that was stored under another type: at least two code units, an even
 * number of bytes, only zeros behind the end, and nothing that is no
 * character.  Short binary data that look like text by chance are harmless:
 * they are only shown.
 */
static bool is_plausible_text(const struct reg_value *v)
{
	size_t units = units_to_nul(v->data, v->nbytes / 2);

	if (v->nbytes % 2 || units < 2 || has_data_behind(v, units))
		return false;
	for (size_t i = 0; i < units; i++) {
		uint32_t u = bytes_le16(v->data + 2 * i);

		if ((u < 0x20 && u != '\t' && u != '\r' && u != '\n') ||
		    u == 0x7f || u >= 0xfffe)
			return false;
		if (u >= 0xd800 && u <= 0xdfff)
			return false;
	}
	return true;
}

static void add_hex(struct str *out, const struct reg_value *v)
{
	size_t n = v->nbytes < HEX_MAX_NBYTES ? v->nbytes : HEX_MAX_NBYTES;

	for (size_t i = 0; i < n; i++)
		str_addf(out, "%02x", v->data[i]);
}

static bool number(const struct reg_value *v, uint64_t *ret)
{
	switch (v->type) {
	case REG_TYPE_DWORD:
		if (v->nbytes < 4)
			return false;
		*ret = bytes_le32(v->data);
		return true;
	case REG_TYPE_DWORD_BE:
		if (v->nbytes < 4)
			return false;
		*ret = bytes_be32(v->data);
		return true;
	case REG_TYPE_QWORD:
		if (v->nbytes < 8)
			return false;
		*ret = bytes_le64(v->data);
		return true;
	default:
		return false;
	}
}

static size_t number_nbytes(const struct reg_value *v)
{
	return v->type == REG_TYPE_QWORD ? 8 : 4;
}

char *reg_value_text(const struct reg_value *v, bool *extra_ret)
{
	struct str out = STR_INIT;
	bool extra = false;
	uint64_t n;

	switch (v->type) {
	case REG_TYPE_SZ:
	case REG_TYPE_EXPAND_SZ:
	case REG_TYPE_LINK:
	case REG_TYPE_MULTI_SZ: /* the first of its strings */
		add_string(&out, v, &extra);
		break;
	default:
		/* A number that is longer than a number may be a text. */
		if (number(v, &n) &&
		    (v->nbytes == number_nbytes(v) || !is_plausible_text(v)))
			str_addf(&out, "%" PRIu64, n);
		else if (is_plausible_text(v))
			add_string(&out, v, &extra);
		else
			add_hex(&out, v);
	}
	if (str_add(&out, "")) {
		str_release(&out);
		return NULL;
	}
	if (extra_ret)
		*extra_ret = extra;
	return str_detach(&out);
}

/* Digits in a text are accepted: malware and installers write both. */
static bool number_from_text(const struct reg_value *v, uint64_t *ret)
{
	char *text;
	bool ok;

	if (v->type != REG_TYPE_SZ && v->type != REG_TYPE_EXPAND_SZ)
		return false;
	text = reg_value_text(v, NULL);
	if (!text)
		return false;
	ok = str_parse_u64(text, ret);
	mem_free(text);
	return ok;
}

bool reg_value_u32(const struct reg_value *v, uint32_t *ret)
{
	uint64_t n;

	if (v->type == REG_TYPE_BINARY && v->nbytes == 4)
		n = bytes_le32(v->data);
	else if (!number(v, &n) && !number_from_text(v, &n))
		return false;
	if (n > UINT32_MAX)
		return false;
	*ret = (uint32_t)n;
	return true;
}

char *reg_get_text(struct reg_key *key, const char *name, uint32_t *type_ret)
{
	struct reg_value value;
	char *text;

	if (reg_get_value(key, name, &value))
		return NULL;
	text = reg_value_text(&value, NULL);
	if (text && type_ret)
		*type_ret = value.type;
	reg_value_release(&value);
	return text;
}

char *reg_root_get_text(struct reg_root *root, const char *key_path,
			const char *name, uint32_t *type_ret)
{
	struct reg_key *key = NULL;
	char *text;

	if (reg_open_key(root, key_path, &key))
		return NULL;
	text = reg_get_text(key, name, type_ret);
	reg_close_key(key);
	return text;
}
