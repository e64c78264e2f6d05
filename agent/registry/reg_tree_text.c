/*
 * Saved keys as a .reg file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The form is regedit's, version 5.00.  A person may want to read what was
 * removed and to put it back by hand, so whatever regedit would read
 * otherwise than it was stands in comments.
 */
#include "registry/reg_tree.h"

#include "base/bytes.h"
#include "base/utf.h"

#include <string.h>

#define HEADER "Windows Registry Editor Version 5.00\n\n"
/* regedit breaks a line of hex behind the byte that passes this column. */
#define BREAK_COLUMN 76

/* What a text file cannot hold as it is, or shows as something else. */
static bool is_odd(uint32_t cp)
{
	return cp & UTF_BAD || cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
	       (cp >= 0xd800 && cp <= 0xdfff) || cp == 0x200e || cp == 0x200f ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff ||
	       (cp & 0xfffe) == 0xfffe;
}

static bool is_plain(const char *s)
{
	uint32_t cp;

	while (*s) {
		s += utf_decode(s, &cp);
		if (is_odd(cp))
			return false;
	}
	return true;
}

static size_t columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void add_quoted(struct str *out, const char *s)
{
	str_addch(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			str_addch(out, '\\');
		str_addch(out, *s);
	}
	str_addch(out, '"');
}

/* Bytes behind what stands in the line already; `next` begins a new line. */
static void add_hex(struct str *out, size_t column, const char *next,
		    const uint8_t *p, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++) {
		str_addf(out, "%02x", p[i]);
		if (i + 1 == nbytes)
			break;
		str_addch(out, ',');
		column += 3;
		if (column > BREAK_COLUMN) {
			str_addf(out, "\\\n%s", next);
			column = columns(next);
		}
	}
	str_addch(out, '\n');
}

/* The text of a REG_SZ that comes back bit for bit from between quotes. */
static bool plain_text(const struct reg_tree_value *v, struct str *text)
{
	size_t units = v->nbytes / 2;

	if (v->type != REG_TYPE_SZ || !units || v->nbytes % 2 ||
	    bytes_le16(v->data + 2 * (units - 1)))
		return false;
	return !utf_from_utf16le(text, v->data, units - 1) &&
	       is_plain(str_text(text));
}

static void add_data(struct str *out, size_t column,
		     const struct reg_tree_value *v, const char *next)
{
	struct str text = STR_INIT, head = STR_INIT;

	if (plain_text(v, &text)) {
		add_quoted(out, str_text(&text));
		str_addch(out, '\n');
	} else if (v->type == REG_TYPE_DWORD && v->nbytes == 4) {
		str_addf(out, "dword:%08x\n", (unsigned)bytes_le32(v->data));
	} else {
		if (v->type == REG_TYPE_BINARY)
			str_add(&head, "hex:");
		else
			str_addf(&head, "hex(%x):", (unsigned)v->type);
		str_add(out, str_text(&head));
		add_hex(out, column + head.len, next, v->data, v->nbytes);
	}
	if (text.err || head.err)
		out->err = text.err ? text.err : head.err;
	str_release(&text);
	str_release(&head);
}

/* `mark` is "" or begins a comment. */
static void add_value(struct str *out, const struct reg_tree_value *v,
		      const char *mark)
{
	struct str head = STR_INIT, next = STR_INIT;

	if (!is_plain(v->name))
		mark = "; ";
	str_add(&head, mark);
	if (!*v->name) {
		str_addch(&head, '@');
	} else if (is_plain(v->name)) {
		add_quoted(&head, v->name);
	} else {
		str_addch(&head, '"');
		utf_display(&head, v->name);
		str_addch(&head, '"');
	}
	str_addch(&head, '=');
	str_addf(&next, "%s  ", mark);
	str_add(out, str_text(&head));
	add_data(out, columns(str_text(&head)), v, str_text(&next));
	if (head.err || next.err)
		out->err = head.err ? head.err : next.err;
	str_release(&head);
	str_release(&next);
}

static void add_key_line(struct str *out, const char *path, const char *mark)
{
	str_add(out, mark);
	str_addch(out, '[');
	if (*mark)
		utf_display(out, path);
	else
		str_add(out, path);
	str_add(out, "]\n");
}

static void add_comment_hex(struct str *out, const char *what, const uint8_t *p,
			    size_t nbytes)
{
	if (!nbytes)
		return;
	str_add(out, what);
	add_hex(out, columns(what), ";   ", p, nbytes);
}

static void add_key(struct str *out, const struct reg_tree *t, struct str *path,
		    const char *mark)
{
	size_t len = path->len;

	/* What is made again from such lines would be no link. */
	if (t->is_link)
		mark = "; ";
	add_key_line(out, str_text(path), mark);
	if (t->is_link)
		str_add(out, "; this key is a link\n");
	add_comment_hex(out, "; class: ", t->class_utf16, t->class_nbytes);
	add_comment_hex(out, "; security: ", t->security, t->security_nbytes);
	for (size_t i = 0; i < t->value_count; i++)
		add_value(out, &t->values[i], mark);
	str_addch(out, '\n');
	for (size_t i = 0; i < t->child_count && !out->err; i++) {
		const char *name = t->children[i]->name;
		bool is_sayable =
			*name && !strchr(name, '\\') && is_plain(name);

		str_addch(path, '\\');
		str_add(path, name);
		if (path->err) {
			out->err = path->err;
			return;
		}
		add_key(out, t->children[i], path, is_sayable ? mark : "; ");
		path->len = len;
		path->buf[len] = '\0';
	}
}

static void add_header(struct str *out)
{
	if (!out->len)
		str_add(out, HEADER);
}

int reg_tree_to_reg(const struct reg_tree *t, const char *path, struct str *out)
{
	struct str at = STR_INIT;

	add_header(out);
	if (str_add(&at, path))
		out->err = at.err;
	else
		add_key(out, t, &at, is_plain(path) ? "" : "; ");
	str_release(&at);
	return out->err;
}

int reg_value_to_reg(const struct reg_tree_value *v, const char *key_path,
		     struct str *out)
{
	const char *mark = is_plain(key_path) ? "" : "; ";

	add_header(out);
	add_key_line(out, key_path, mark);
	add_value(out, v, mark);
	str_addch(out, '\n');
	return out->err;
}
