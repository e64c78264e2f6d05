/*
 * JSON writer.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/json.h"

void json_init(struct json *j, struct str *out, bool pretty)
{
	j->out = out;
	j->depth = 0;
	j->need_comma = false;
	j->pretty = pretty;
}

static void newline(struct json *j)
{
	if (!j->pretty)
		return;
	str_addch(j->out, '\n');
	for (int i = 0; i < j->depth; i++)
		str_add(j->out, "  ");
}

/* Before a value or a key: comma and line, unless it follows its key. */
static void separate(struct json *j)
{
	bool after_key = j->out->len && j->out->buf[j->out->len - 1] == ':';

	if (j->pretty && j->out->len > 1 && !after_key)
		after_key = j->out->buf[j->out->len - 1] == ' ' &&
			    j->out->buf[j->out->len - 2] == ':' &&
			    !j->need_comma;
	if (after_key && !j->need_comma)
		return;
	if (j->need_comma)
		str_addch(j->out, ',');
	if (j->depth)
		newline(j);
}

static void begin(struct json *j, char c)
{
	separate(j);
	str_addch(j->out, c);
	j->depth++;
	j->need_comma = false;
}

static void end(struct json *j, char c)
{
	j->depth--;
	if (j->need_comma)
		newline(j);
	str_addch(j->out, c);
	j->need_comma = true;
}

void json_begin_object(struct json *j)
{
	begin(j, '{');
}

void json_end_object(struct json *j)
{
	end(j, '}');
}

void json_begin_array(struct json *j)
{
	begin(j, '[');
}

void json_end_array(struct json *j)
{
	end(j, ']');
}

static void quoted(struct json *j, const char *s)
{
	str_addch(j->out, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\') {
			str_addch(j->out, '\\');
			str_addch(j->out, (char)c);
		} else if (c == '\n') {
			str_add(j->out, "\\n");
		} else if (c == '\t') {
			str_add(j->out, "\\t");
		} else if (c == '\r') {
			str_add(j->out, "\\r");
		} else if (c < 0x20 || c == 0x7f) {
			str_addf(j->out, "\\u%04x", c);
		} else {
			str_addch(j->out, (char)c);
		}
	}
	str_addch(j->out, '"');
}

void json_key(struct json *j, const char *key)
{
	separate(j);
	quoted(j, key);
	str_add(j->out, j->pretty ? ": " : ":");
	j->need_comma = false;
}

void json_string(struct json *j, const char *s)
{
	separate(j);
	if (s)
		quoted(j, s);
	else
		str_add(j->out, "null");
	j->need_comma = true;
}

void json_int(struct json *j, int64_t v)
{
	separate(j);
	str_addf(j->out, "%" PRId64, v);
	j->need_comma = true;
}

void json_bool(struct json *j, bool v)
{
	json_raw(j, v ? "true" : "false");
}

void json_null(struct json *j)
{
	json_raw(j, "null");
}

void json_raw(struct json *j, const char *text)
{
	separate(j);
	str_add(j->out, text);
	j->need_comma = true;
}
