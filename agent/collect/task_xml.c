/*
 * Tasks of Vista and later: XML ([MS-TSCH] 2.5), as far as it says what is
 * started.
 * SPDX-License-Identifier: Apache-2.0
 *
 * No XML library: elements and their text are all that is needed, entities
 * are the five of XML and numbers.  A document type, which could define others,
 * is passed over, and what a text means is not known then: was_cut.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/task_file.h"

#include <string.h>

/* Task/Actions/Exec/Command is four deep; what lies deeper says nothing. */
#define MAX_DEPTH   8
#define NAME_NBYTES 20
/* "&#x0000000041;" has leading zeros without end; none is as long. */
#define ENTITY_NBYTES 64

struct xml {
	const char *at, *end;
	struct task_file *file;
	char names[MAX_DEPTH][NAME_NBYTES]; /* without prefix, lower case */
	size_t depth;			    /* may be more than MAX_DEPTH */
	/* Of the action that is being read: */
	struct task_texts action;
	/* Of the element that is being read: */
	struct str text;
	int err;
};

static bool starts_with(const struct xml *x, const char *text)
{
	const size_t n = strlen(text);

	return (size_t)(x->end - x->at) >= n && !memcmp(x->at, text, n);
}

/* Behind the next `text`; false: there is none, and the rest is gone. */
static bool skip_past(struct xml *x, const char *text)
{
	const size_t n = strlen(text);

	for (; x->at < x->end; x->at++) {
		if (starts_with(x, text)) {
			x->at += n;
			return true;
		}
	}
	return false;
}

/* ---- text ---------------------------------------------------------------- */

/* False: it is no character. */
static bool add_number(struct xml *x, const char *digits, size_t nbytes)
{
	const bool is_hex = nbytes > 1 && (*digits == 'x' || *digits == 'X');
	uint32_t cp = 0;
	size_t i;

	for (i = is_hex; i < nbytes && cp < 0x110000; i++) {
		int c = ascii_lower((unsigned char)digits[i]);
		uint32_t v = c >= '0' && c <= '9' ? (uint32_t)c - '0'
			     : is_hex && c >= 'a' && c <= 'f'
				     ? (uint32_t)c - 'a' + 10
				     : 16;

		if (v >= (is_hex ? 16u : 10u))
			return false;
		cp = cp * (is_hex ? 16 : 10) + v;
	}
	if (!cp || cp >= 0x110000)
		return false;
	utf_encode(&x->text, cp);
	return true;
}

/* False: there is no such entity without a document type. */
static bool add_entity(struct xml *x, const char *name, size_t nbytes)
{
	static const struct {
		const char *name;
		char c;
	} rows[] = { { "amp", '&' },
		     { "lt", '<' },
		     { "gt", '>' },
		     { "quot", '"' },
		     { "apos", '\'' } };

	size_t i;

	if (nbytes > 1 && *name == '#')
		return add_number(x, name + 1, nbytes - 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strlen(rows[i].name) == nbytes &&
		    !memcmp(rows[i].name, name, nbytes)) {
			str_addch(&x->text, rows[i].c);
			return true;
		}
	}
	return false;
}

/* Up to the next tag. */
static void take_text(struct xml *x)
{
	while (x->at < x->end && *x->at != '<') {
		const size_t left = (size_t)(x->end - x->at);
		const char *semicolon =
			*x->at == '&'
				? memchr(x->at, ';',
					 left < ENTITY_NBYTES ? left
							      : ENTITY_NBYTES)
				: NULL;

		if (semicolon) {
			x->file->was_cut |= !add_entity(
				x, x->at + 1, (size_t)(semicolon - x->at) - 1);
			x->at = semicolon + 1;
		} else {
			/* No XML has one that stands alone. */
			x->file->was_cut |= *x->at == '&';
			if (*x->at)
				str_addch(&x->text, *x->at);
			x->at++;
		}
	}
}

static void take_cdata(struct xml *x)
{
	const char *start = x->at += 9; /* <![CDATA[ */
	bool is_closed = skip_past(x, "]]>");

	str_addn(&x->text, start,
		 (size_t)((is_closed ? x->at - 3 : x->end) - start));
}

/* ---- elements ------------------------------------------------------------ */

/* Whether the open elements are these, "task/actions/exec". */
static bool is_in(const struct xml *x, const char *path)
{
	size_t i = 0;

	if (x->depth > MAX_DEPTH)
		return false;
	for (; *path; i++) {
		size_t n = strcspn(path, "/");

		if (i >= x->depth || strlen(x->names[i]) != n ||
		    memcmp(x->names[i], path, n) != 0)
			return false;
		path += n + (path[n] == '/');
	}
	return i == x->depth;
}

static char *trimmed(const struct str *text)
{
	const char *s = text->len ? text->buf : "";
	size_t n = text->len;

	while (n && strchr(" \t\r\n", *s)) {
		s++;
		n--;
	}
	while (n && strchr(" \t\r\n", s[n - 1]))
		n--;
	return mem_strndup(s, n);
}

static void set(struct xml *x, char **to)
{
	mem_free(*to);
	*to = trimmed(&x->text);
	if (!*to)
		x->err = ERR_NOMEM;
}

static void end_action(struct xml *x)
{
	int err = task_add(x->file, &x->action);

	if (err)
		x->err = err;
}

static void end_element(struct xml *x)
{
	char *text;

	if (is_in(x, "task/actions/exec/command")) {
		set(x, &x->action.command);
	} else if (is_in(x, "task/actions/exec/arguments")) {
		set(x, &x->action.arguments);
	} else if (is_in(x, "task/actions/exec/workingdirectory")) {
		set(x, &x->action.folder);
	} else if (is_in(x, "task/actions/comhandler/classid")) {
		set(x, &x->action.clsid);
	} else if (is_in(x, "task/actions/exec") ||
		   is_in(x, "task/actions/comhandler")) {
		end_action(x);
	} else if (is_in(x, "task/settings/enabled")) {
		text = trimmed(&x->text);
		x->file->is_disabled = text && !ascii_casecmp(text, "false");
		mem_free(text);
	}
	if (x->depth)
		x->depth--;
	str_clear(&x->text);
}

static void begin_element(struct xml *x, const char *name, size_t nbytes)
{
	const char *colon = memchr(name, ':', nbytes);
	size_t i;

	if (colon) {
		nbytes -= (size_t)(colon + 1 - name);
		name = colon + 1;
	}
	if (nbytes >= NAME_NBYTES)
		nbytes = NAME_NBYTES - 1; /* none of ours is as long */
	if (x->depth < MAX_DEPTH) {
		for (i = 0; i < nbytes; i++)
			x->names[x->depth][i] =
				(char)ascii_lower((unsigned char)name[i]);
		x->names[x->depth][nbytes] = '\0';
	}
	x->depth++;
	str_clear(&x->text);
}

/* To the end of a tag; a '>' in the value of an attribute is no end. */
static bool skip_attributes(struct xml *x, bool *is_empty_ret)
{
	char quote = '\0';

	*is_empty_ret = false;
	for (; x->at < x->end; x->at++) {
		if (quote) {
			if (*x->at == quote)
				quote = '\0';
		} else if (*x->at == '"' || *x->at == '\'') {
			quote = *x->at;
		} else if (*x->at == '>') {
			x->at++;
			return true;
		} else {
			*is_empty_ret = *x->at == '/';
		}
	}
	return false;
}

static bool take_tag(struct xml *x)
{
	const bool is_end = starts_with(x, "</");
	const char *name = x->at += is_end ? 2 : 1;
	bool is_empty;
	size_t n;

	while (x->at < x->end && !strchr(" \t\r\n/>", *x->at))
		x->at++;
	n = (size_t)(x->at - name);
	if (!skip_attributes(x, &is_empty))
		return false;
	if (!is_end)
		begin_element(x, name, n);
	if (is_end || is_empty)
		end_element(x);
	return true;
}

static bool skip_type(struct xml *x)
{
	x->file->was_cut = true;
	return skip_past(x, ">");
}

static bool take_next(struct xml *x)
{
	if (*x->at != '<')
		take_text(x);
	else if (starts_with(x, "<!--"))
		return skip_past(x, "-->");
	else if (starts_with(x, "<![CDATA["))
		take_cdata(x);
	else if (starts_with(x, "<?"))
		return skip_past(x, "?>");
	else if (starts_with(x, "<!"))
		return skip_type(x);
	else
		return take_tag(x);
	return true;
}

static int read_text(const char *text, size_t nbytes, struct task_file *ret)
{
	struct xml x = { .at = text, .end = text + nbytes, .file = ret };
	bool is_whole = true;
	bool is_task = false;

	str_init(&x.text, 0);
	while (x.at < x.end && !x.err && is_whole) {
		is_whole = take_next(&x);
		is_task |= x.depth == 1 && is_in(&x, "task");
	}
	/* What a cut-off file has named already is started all the same. */
	if (!x.err)
		end_action(&x);
	ret->was_cut |= !is_whole || x.depth;
	if (!x.err && x.text.err)
		x.err = ERR_NOMEM;
	task_texts_release(&x.action);
	str_release(&x.text);
	return x.err ? x.err : is_task ? 0 : ERR_CORRUPT;
}

/*
 * UTF-16 as Windows writes it, or with the bytes of each unit swapped.  The
 * mark may be missing: Windows' parser knows both by their first '<'.
 */
enum width {
	NARROW,
	WIDE,
	WIDE_SWAPPED
};

static enum width width_of(const uint8_t *data, size_t nbytes)
{
	const unsigned first = nbytes < 2 ? 0 : bytes_le16(data);

	switch (first) {
	case 0xfeff:
	case '<':
		return WIDE;
	case 0xfffe:
	case '<' << 8:
		return WIDE_SWAPPED;
	default:
		return NARROW;
	}
}

static int read_wide(const uint8_t *data, size_t nbytes, enum width width,
		     struct task_file *ret)
{
	const size_t count = nbytes / 2;
	const size_t swap = width == WIDE_SWAPPED;
	struct str text = STR_INIT;
	uint8_t *units = mem_alloc(2 * count);
	size_t mark;
	int err;

	if (!units)
		return ERR_NOMEM;
	for (size_t i = 0; i < 2 * count; i++)
		units[i] = data[i ^ swap];
	mark = bytes_le16(units) == 0xfeff;
	err = utf_from_utf16le(&text, units + 2 * mark, count - mark);
	if (!err)
		err = read_text(str_text(&text), text.len, ret);
	mem_free(units);
	str_release(&text);
	return err;
}

int task_read_xml(const uint8_t *data, size_t nbytes, struct task_file *ret)
{
	const enum width width = width_of(data, nbytes);

	memset(ret, 0, sizeof(*ret));
	if (width != NARROW)
		return read_wide(data, nbytes, width, ret);
	if (nbytes >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
		data += 3;
		nbytes -= 3;
	}
	return read_text((const char *)data, nbytes, ret);
}
