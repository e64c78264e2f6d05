/*
 * Everything a hive says, as sorted lines of text, so that two hives can be
 * compared line by line: for pccompare.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line is "key PATH: class …, security …, link …" or "value PATH\NAME:
 * type …, … bytes, sha256 …".  The order in which keys and values are stored
 * is left out, and so are last-write times unless `with_times`.  The logs
 * beside the file are applied, as Windows would.
 */
#ifndef TOOLS_HIVE_FACTS_H
#define TOOLS_HIVE_FACTS_H

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "registry/registry.h"

#include <stdlib.h>
#include <string.h>

#define HIVE_FACTS_MAX	     4000000u
#define HIVE_FACTS_MAX_DEPTH 600 /* Windows: 512 */

struct hive_facts {
	struct vec lines; /* of char * */
	bool with_times;
	unsigned gaps; /* places that could not be read */
	int err;
};

/* Where the walk stands. */
struct hive_facts_at {
	struct hive_facts *facts;
	struct reg_key *key;
	const char *path;
	unsigned depth;
};

static inline int hive_facts_push(struct hive_facts *f, struct str *line)
{
	char *text = str_detach(line);
	char **slot = text ? vec_push(&f->lines) : NULL;

	if (!slot) {
		mem_free(text);
		return ERR_NOMEM;
	}
	*slot = text;
	return 0;
}

static inline void hive_facts_bytes(struct str *out, const uint8_t *data,
				    size_t nbytes)
{
	char hex[65];

	if (!nbytes) {
		str_add(out, "none");
		return;
	}
	digest_sha256_hex(data, nbytes, hex);
	str_addf(out, "%" PRIu64 " bytes sha256 %s", (uint64_t)nbytes, hex);
}

static inline void hive_facts_on_gap(void *arg, const char *path,
				     const char *why)
{
	struct hive_facts *f = arg;
	struct str line = STR_INIT;

	f->gaps++;
	str_addf(&line, "unreadable %s: %s", path, why);
	if (hive_facts_push(f, &line))
		f->err = ERR_NOMEM;
}

static inline int hive_facts_on_value(void *arg, const struct reg_value *v)
{
	struct hive_facts_at *at = arg;
	struct str line = STR_INIT;

	str_addf(&line, "value %s\\%s: type %" PRIu32 ", ", at->path,
		 *v->name ? v->name : "(default)", v->type);
	hive_facts_bytes(&line, v->data, v->nbytes);
	return hive_facts_push(at->facts, &line);
}

static inline int hive_facts_key(struct hive_facts *f, struct reg_key *key,
				 const char *path, unsigned depth);

static inline int hive_facts_on_subkey(void *arg, const char *name)
{
	struct hive_facts_at *at = arg;
	struct reg_key *child = NULL;
	struct str path = STR_INIT;
	int err;

	err = reg_open_subkey(at->key, name, &child);
	if (err) {
		hive_facts_on_gap(at->facts, name, err_last()->text);
		return err == ERR_NOMEM ? err : 0;
	}
	str_addf(&path, "%s\\%s", at->path, name);
	err = hive_facts_key(at->facts, child, str_text(&path), at->depth + 1);
	str_release(&path);
	reg_close_key(child);
	return err;
}

/* The line of the key itself. */
static inline int hive_facts_head(struct hive_facts *f, struct reg_key *key,
				  const char *path)
{
	struct reg_key_info info = { 0 };
	struct str line = STR_INIT;
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int err = reg_key_info(key, &info);

	if (err)
		return err;
	str_addf(&line, "key %s: %s, class ", *path ? path : "\\",
		 info.is_link ? "a link" : "no link");
	if (reg_key_class(key, &data, &nbytes))
		f->gaps++;
	else
		hive_facts_bytes(&line, data, nbytes);
	mem_free(data);
	data = NULL;
	nbytes = 0;
	str_add(&line, ", security ");
	err = reg_key_security(key, &data, &nbytes);
	if (err && err != ERR_NOT_FOUND)
		f->gaps++;
	else
		hive_facts_bytes(&line, data, nbytes);
	mem_free(data);
	if (f->with_times)
		str_addf(&line, ", written %" PRId64, info.last_write);
	reg_key_info_release(&info);
	return hive_facts_push(f, &line);
}

static inline int hive_facts_key(struct hive_facts *f, struct reg_key *key,
				 const char *path, unsigned depth)
{
	struct hive_facts_at at = { f, key, path, depth };
	int err;

	if (depth > HIVE_FACTS_MAX_DEPTH)
		return err_fail(ERR_TOO_LARGE, 0, "\"%s\" is too deep", path);
	err = hive_facts_head(f, key, path);
	if (!err)
		err = reg_each_value(key, hive_facts_on_value, &at);
	if (!err)
		err = reg_each_subkey(key, hive_facts_on_subkey, &at);
	return err;
}

static inline int hive_facts_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void hive_facts_release(struct hive_facts *f)
{
	for (size_t i = 0; i < f->lines.count; i++)
		mem_free(*(char **)vec_at(&f->lines, i));
	vec_release(&f->lines);
}

/* `path`: of the hive file.  Release in every case. */
static inline int hive_facts_read(const char *path, bool with_times,
				  struct hive_facts *ret)
{
	struct reg_hive_files files = { path, { NULL, NULL, NULL } };
	struct reg_hive_report report = { 0 };
	struct hive_facts f = { VEC_INIT(char *, HIVE_FACTS_MAX), with_times, 0,
				0 };
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;

	*ret = f;
	ret->err =
		reg_open_hive(&files, hive_facts_on_gap, ret, &report, &root);
	if (!ret->err)
		ret->err = reg_open_key(root, "", &key);
	if (!ret->err)
		ret->err = hive_facts_key(ret, key, "", 0);
	if (ret->lines.count)
		qsort(ret->lines.items, ret->lines.count, sizeof(char *),
		      hive_facts_compare);
	reg_close_key(key);
	reg_close(root);
	return ret->err;
}

#endif
