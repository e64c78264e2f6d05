/*
 * JSON writer (RFC 8259) into a string.  Strings are valid UTF-8 already
 * (utf_escape); control characters are escaped here.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/str.h"

struct json {
	struct str *out;
	int depth;
	bool need_comma;
	bool pretty;
};

void json_init(struct json *j, struct str *out, bool pretty);
void json_begin_object(struct json *j);
void json_end_object(struct json *j);
void json_begin_array(struct json *j);
void json_end_array(struct json *j);
void json_key(struct json *j, const char *key);
void json_string(struct json *j, const char *s); /* NULL gives null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
/* Already-made JSON text, taken as it is. */
void json_raw(struct json *j, const char *text);

#endif
