/*
 * The list of loaded files, by number and by name.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/modules.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "base/vec.h"
#include "host/path_check.h"
#include "words/host.h"

#include <string.h>

/* A PC has some thousand; a program may load whatever it finds. */
#define FILES_MAX 65536u

/* What a name stands for; the map holds pointers to these. */
static char numbered, unnumbered;

struct host_modules {
	struct namemap *by_number; /* "volume:file" */
	struct namemap *by_name;   /* unnumbered: one of that name at least */
};

struct host_modules *host_modules_new(void)
{
	struct host_modules *m = mem_zalloc(sizeof(*m));

	if (!m)
		return NULL;
	m->by_number = namemap_new();
	m->by_name = namemap_new();
	if (!m->by_number || !m->by_name) {
		host_modules_free(m);
		return NULL;
	}
	return m;
}

void host_modules_free(struct host_modules *m)
{
	if (!m)
		return;
	namemap_free(m->by_number);
	namemap_free(m->by_name);
	mem_free(m);
}

static bool has_number(const struct host_stat *st)
{
	return st && host_file_id(st->file_id);
}

#define NUMBER_NBYTES 40

static void number_text(char text[NUMBER_NBYTES], const struct host_stat *st)
{
	snprintf(text, NUMBER_NBYTES, "%" PRIx64 ":%" PRIx64, st->volume,
		 st->file_id);
}

static int add_number(struct host_modules *m, const struct host_stat *st)
{
	char text[NUMBER_NBYTES];

	number_text(text, st);
	return namemap_put(m->by_number, text, &numbered);
}

int host_modules_add(struct host_modules *m, const char *path,
		     const struct host_stat *st)
{
	const char *name = path_last_name(path);
	int err;

	if (namemap_count(m->by_number) >= FILES_MAX ||
	    namemap_count(m->by_name) >= FILES_MAX)
		return err_fail(ERR_TOO_LARGE, 0, W_HOST_LOADED_TOO_MANY,
				FILES_MAX);
	if (!has_number(st))
		return namemap_put(m->by_name, name, &unnumbered);
	err = add_number(m, st);
	if (!err && !namemap_get(m->by_name, name))
		err = namemap_put(m->by_name, name, &numbered);
	return err;
}

bool host_modules_have(const struct host_modules *m, const struct host_stat *st,
		       const char *name)
{
	const void *same_name = namemap_get(m->by_name, path_last_name(name));
	char text[NUMBER_NBYTES];

	if (!has_number(st))
		return same_name != NULL;
	number_text(text, st);
	return same_name == &unnumbered || namemap_get(m->by_number, text);
}

enum host_same host_same_module(const struct host_stat *loaded,
				const char *loaded_path,
				const struct host_stat *file, const char *path)
{
	const enum host_same same = host_same_file(loaded, file);
	const char *below = path_below(NULL, path);
	const size_t n = below ? strlen(below) : 0;
	const size_t n_loaded = strlen(loaded_path);

	if (same != HOST_NOT_TOLD)
		return same;
	if (n && n_loaded >= n &&
	    utf_casecmp(loaded_path + n_loaded - n, below) == 0)
		return HOST_SAME_FILE;
	return utf_casecmp(path_last_name(loaded_path), path_last_name(path)) ==
			       0
		       ? HOST_NOT_TOLD
		       : HOST_OTHER_FILE;
}
