/*
 * All keys and values of a hive as sorted lines, and their digest, as the
 * hive truth table defines it: for hivedump and for the test of that table.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One line a key: K<tab>path; one a value: V<tab>path<tab>name<tab>type<tab>
 * sha256 of the data.  Names are UTF-8 with U+FFFD for what is none, the
 * paths begin with a backslash, the lines are sorted by code point.
 */
#ifndef TOOLS_HIVE_LINES_H
#define TOOLS_HIVE_LINES_H

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "registry/registry.h"

#include <stdlib.h>
#include <string.h>

struct hive_lines {
	char **lines;
	size_t count;
	size_t cap;
	uint64_t keys;
	uint64_t values;
	int err;
};

struct hive_lines_walk {
	struct hive_lines *lines;
	struct reg_key *key;
	const char *path;
	unsigned depth;
};

static inline int hive_lines_push(struct hive_lines *l, struct str *line)
{
	char *text = str_detach(line);
	char **more;

	if (!text)
		return ERR_NOMEM;
	if (l->count == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 1024;

		more = mem_grow(l->lines, cap, sizeof(*more));
		if (!more) {
			mem_free(text);
			return ERR_NOMEM;
		}
		l->lines = more;
		l->cap = cap;
	}
	l->lines[l->count++] = text;
	return 0;
}

/* Plain UTF-8: NUL as it is written by others, lone surrogates replaced. */
static inline void hive_lines_add_plain(struct str *out, const char *s)
{
	uint32_t cp;

	while (*s) {
		s += utf_decode(s, &cp);
		if ((cp >= 0xd800 && cp <= 0xdfff) || (cp & UTF_BAD))
			cp = 0xfffd;
		if (cp)
			utf_encode(out, cp);
		else
			str_addch(out, '\0');
	}
}

static inline int hive_lines_on_value(void *arg, const struct reg_value *value)
{
	struct hive_lines_walk *w = arg;
	struct str line = STR_INIT;
	char hex[65];

	digest_sha256_hex(value->data ? value->data : (const uint8_t *)"",
			  value->nbytes, hex);
	str_addf(&line, "V\t%s\t", w->path);
	hive_lines_add_plain(&line, value->name);
	str_addf(&line, "\t%" PRIu32 "\t%s", value->type, hex);
	w->lines->values++;
	return hive_lines_push(w->lines, &line);
}

static inline int hive_lines_walk_key(struct hive_lines *lines,
				      struct reg_key *key, const char *path,
				      unsigned depth);

static inline int hive_lines_on_subkey(void *arg, const char *name)
{
	struct hive_lines_walk *w = arg;
	struct reg_key *child = NULL;
	struct str path = STR_INIT;
	int err;

	err = reg_open_subkey(w->key, name, &child);
	if (err)
		return err == ERR_NOMEM ? err : 0;
	str_add(&path, w->path);
	str_addch(&path, '\\');
	hive_lines_add_plain(&path, name);
	err = hive_lines_walk_key(w->lines, child, str_text(&path),
				  w->depth + 1);
	str_release(&path);
	reg_close_key(child);
	return err;
}

static inline int hive_lines_walk_key(struct hive_lines *lines,
				      struct reg_key *key, const char *path,
				      unsigned depth)
{
	struct hive_lines_walk w = { lines, key, path, depth };
	struct str line = STR_INIT;
	int err;

	str_addf(&line, "K\t%s", path);
	lines->keys++;
	err = hive_lines_push(lines, &line);
	if (!err)
		err = reg_each_value(key, hive_lines_on_value, &w);
	if (!err)
		err = reg_each_subkey(key, hive_lines_on_subkey, &w);
	return err;
}

static inline int hive_lines_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline int hive_lines_read(struct reg_root *root, struct hive_lines *ret)
{
	struct reg_key *key = NULL;
	int err;

	memset(ret, 0, sizeof(*ret));
	err = reg_open_key(root, "", &key);
	if (err)
		return err;
	err = hive_lines_walk_key(ret, key, "", 0);
	reg_close_key(key);
	if (!err && ret->count)
		qsort(ret->lines, ret->count, sizeof(*ret->lines),
		      hive_lines_compare);
	return err;
}

static inline void hive_lines_digest(const struct hive_lines *lines,
				     char hex_ret[65])
{
	struct digester *d = digester_new();
	struct digests out;

	hex_ret[0] = '\0';
	if (!d)
		return;
	for (size_t i = 0; i < lines->count; i++) {
		digester_add(d, lines->lines[i], strlen(lines->lines[i]));
		digester_add(d, "\n", 1);
	}
	digester_finish(d, &out);
	memcpy(hex_ret, out.sha256, 65);
}

static inline void hive_lines_release(struct hive_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		mem_free(lines->lines[i]);
	mem_free(lines->lines);
	memset(lines, 0, sizeof(*lines));
}

#endif
