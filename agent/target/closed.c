/*
 * Volumes of a running Windows that could not be entered: what is on them is
 * not known, and nobody may take that for "nothing".
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/target.h"

#include <string.h>

static int copy_names(struct closed *c, const struct host_volume *v)
{
	c->names = mem_array(v->name_count + 1, sizeof(*c->names));
	if (!c->names)
		return err_nomem();
	for (size_t i = 0; i < v->name_count; i++) {
		c->names[i] = mem_strdup(v->names[i]);
		if (!c->names[i])
			return err_nomem();
		c->name_count++;
	}
	return 0;
}

static void release(struct closed *c)
{
	for (size_t i = 0; i < c->name_count; i++)
		mem_free(c->names[i]);
	mem_free(c->names);
	mem_free(c->name);
}

int closed_add(struct target *t, const struct host_volume *v)
{
	struct closed *c = vec_push(&t->closed);
	int err;

	if (!c)
		return err_last()->err;
	c->why = v->why;
	c->part = v->part;
	c->os_error = v->os_error;
	c->name = mem_strdup(v->path);
	err = c->name ? copy_names(c, v) : err_nomem();
	if (err) {
		release(c);
		t->closed.count--;
	}
	return err;
}

void closed_release(struct target *t)
{
	for (size_t i = 0; i < t->closed.count; i++)
		release(vec_at(&t->closed, i));
	vec_release(&t->closed);
}

/* The object manager's \??\ and Win32's \\.\ lead where \\?\ leads. */
static const char *without_head(const char *path)
{
	static const char *const heads[] = { "\\\\?\\", "\\\\.\\", "\\??\\" };

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (strncmp(path, heads[i], 4) == 0)
			path += 4;
	return ascii_istarts_with(path, "GLOBALROOT\\") ? path + 10 : path;
}

static const char *name_at(const struct closed *c, size_t k)
{
	return k < c->name_count ? c->names[k] : c->name;
}

const char *closed_need(struct target *t, const char *wpath, size_t above)
{
	struct closed *best = NULL;

	for (size_t i = 0; i < t->closed.count; i++) {
		struct closed *c = vec_at(&t->closed, i);

		for (size_t k = 0; k <= c->name_count; k++) {
			const char *name = without_head(name_at(c, k));

			if (!target_is_at_or_below(without_head(wpath), name) ||
			    strlen(name) <= above)
				continue;
			above = strlen(name);
			best = c;
		}
	}
	if (!best)
		return NULL;
	best->is_needed = true;
	target_set_cause(t, GAP_VOLUME, best->name, strlen(best->name));
	err_fail(ERR_UNSUPPORTED, best->os_error, W_TARGET_VOLUME_CLOSED, wpath,
		 best->name, volume_why_words(best->why));
	return best->name;
}

size_t target_closed_count(const struct target *t)
{
	return t->closed.count;
}

void target_closed(const struct target *t, size_t index,
		   struct target_closed *ret)
{
	const struct closed *c = vec_at(&t->closed, index);

	ret->name = c->name;
	ret->os_error = c->os_error;
	ret->why = c->why;
	ret->part = c->part;
	ret->is_needed = c->is_needed;
}
