/*
 * Which of the files that rules hit are copies of what lay elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "collect/copy_of.h"

/* The path of its file, NULL: it is none, or something leads to it. */
static char *file_of(const struct scan *s, const struct artefact *a)
{
	char *path;

	if (a->registration || !a->wpath || !a->matches.count)
		return NULL;
	path = a->kind == ARTEFACT_MEMBER && a->file_nbytes
		       ? mem_strndup(a->wpath, a->file_nbytes)
		       : mem_strdup(a->wpath);
	/* What is loaded from there is in use, whatever it is called. */
	if (path && namemap_get(s->servers, path)) {
		mem_free(path);
		return NULL;
	}
	return path;
}

static const char *place_at(const void *arg, size_t index)
{
	return index < pack_place_count(arg) ? pack_place(arg, index)->pattern
					     : NULL;
}

int scan_copies(struct scan *s)
{
	struct copies *c = NULL;
	int err = copies_new(s->target, place_at, s->options->pack, &c);

	for (size_t i = 0; !err && i < judge_artefact_count(s->judge); i++) {
		const struct artefact *a = judge_artefact(s->judge, i);
		char *path = file_of(s, a);
		char *of = NULL;

		if (!path)
			continue;
		err = copies_find(c, path, &of);
		if (!err && of)
			judge_set_copy(s->judge, i, of);
		mem_free(path);
	}
	copies_free(c);
	return err;
}
