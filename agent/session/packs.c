/*
 * Opening packs with the public keys given on the command line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/packs.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "words/pack.h"
#include <string.h>

/* A minisign .pub file is a comment line and a base64 line. */
#define KEY_FILE_MAX 4096

/* The key line of a file: its last line that is not empty; caller frees. */
static char *read_key(const char *path)
{
	void *data = NULL;
	size_t nbytes = 0;
	char *text, *line, *key;

	if (host_read_file(path, KEY_FILE_MAX, &data, &nbytes))
		return NULL;
	text = mem_strndup(data, nbytes);
	mem_free(data);
	if (!text) {
		err_nomem();
		return NULL;
	}
	for (size_t n = strlen(text);
	     n && (text[n - 1] == '\n' || text[n - 1] == '\r' ||
		   text[n - 1] == ' ');)
		text[--n] = '\0';
	line = strrchr(text, '\n');
	key = mem_strdup(line ? line + 1 : text);
	mem_free(text);
	if (!key)
		err_nomem();
	return key;
}

int packs_open(const char *path, const char *const *key_paths, size_t key_count,
	       struct pack **ret)
{
	char **keys = path ? mem_array(key_count + 1, sizeof(*keys)) : NULL;
	int err = 0;

	if (!path)
		return pack_open_builtin(ret);
	if (!keys)
		return err_nomem();
	for (size_t i = 0; i < key_count && !err; i++) {
		keys[i] = read_key(key_paths[i]);
		if (!keys[i])
			err = err_last()->err;
	}
	if (!err)
		err = pack_open(path, (const char *const *)keys, ret);
	for (size_t i = 0; i < key_count; i++)
		mem_free(keys[i]);
	mem_free(keys);
	return err;
}

int packs_check_age(const struct pack *p, struct store *store, bool is_allowed)
{
	const struct pack_info *info = pack_info(p);
	char *last = NULL;
	int err;

	/* One that is not signed serves to look only, and the report says so.
	 */
	if (is_allowed || !info->is_signed)
		return 0;
	err = store_last_pack(store, info->name, &last);
	if (!err && last && pack_version_compare(info->version, last) < 0)
		err = err_fail(ERR_INVALID, 0, W_PACK_OLDER, info->name,
			       info->version, last);
	mem_free(last);
	return err;
}
