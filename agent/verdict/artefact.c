/*
 * Artefacts: their names, their order, and the file each belongs to.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verdict/judge.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

const char *artefact_kind_name(enum artefact_kind k)
{
	switch (k) {
	case ARTEFACT_FILE:
		return "file";
	case ARTEFACT_REGISTRATION:
		return "registration";
	case ARTEFACT_TRACE:
		return "trace";
	case ARTEFACT_MEMBER:
		return "member";
	}
	return "file";
}

void artefact_free(struct artefact *a)
{
	if (a == NULL)
		return;
	mem_free(a->wpath);
	mem_free(a->owner);
	mem_free(a->copy_of);
	mem_free(a->store_of);
	trace_free(a->trace);
	match_list_release(&a->matches);
	mem_free(a);
}

/* NULL first, then without case, then by byte so that the order is total. */
static int text_compare(const char *a, const char *b)
{
	int c;

	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	c = utf_casecmp(a, b);
	return c != 0 ? c : strcmp(a, b);
}

static int number_compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

bool registration_is_machine(const struct registration *r)
{
	return r->user_name == NULL && r->user_sid == NULL;
}

static int view_rank(int view)
{
	return view == 64 ? 0 : view == 32 ? 1 : 2;
}

int registration_compare(const struct registration *a,
			 const struct registration *b)
{
	const char *const texts[][2] = {
		{ a->registry_key, b->registry_key },
		{ a->name, b->name },
		{ a->clsid, b->clsid },
		{ a->user_sid, b->user_sid },
		{ a->user_name, b->user_name },
		{ a->server_path, b->server_path },
		{ a->class_key, b->class_key },
	};
	int c = (int)a->point - (int)b->point;

	if (c == 0)
		c = registration_is_machine(b) - registration_is_machine(a);
	if (c == 0)
		c = view_rank(a->view) - view_rank(b->view);
	for (size_t i = 0; c == 0 && i < sizeof(texts) / sizeof(*texts); i++)
		c = text_compare(texts[i][0], texts[i][1]);
	return c;
}

int artefact_compare(const struct artefact *a, const struct artefact *b)
{
	int c = (int)a->kind - (int)b->kind;

	if (c == 0)
		c = text_compare(a->wpath, b->wpath);
	if (c == 0 && a->registration != NULL && b->registration != NULL)
		c = registration_compare(a->registration, b->registration);
	if (c == 0)
		c = (a->registration != NULL) - (b->registration != NULL);
	if (c == 0)
		c = strcmp(a->digests.sha256, b->digests.sha256);
	if (c == 0)
		c = number_compare(a->volume, b->volume);
	if (c == 0)
		c = number_compare(a->file_id, b->file_id);
	if (c == 0)
		c = number_compare(a->size, b->size);
	if (c == 0)
		c = number_compare(a->matches.count, b->matches.count);
	if (c == 0)
		c = text_compare(a->trace ? a->trace->what : NULL,
				 b->trace ? b->trace->what : NULL);
	return c;
}

int rule_match_compare(const struct rule_match *a, const struct rule_match *b)
{
	return rule_compare(a->rule, b->rule);
}

const struct rule_match *artefact_best_match(const struct artefact *a)
{
	const struct rule_match *best = NULL;

	for (size_t k = 0; k < a->matches.count; k++) {
		const struct rule_match *m = &a->matches.items[k];

		if (best == NULL || rule_match_compare(m, best) < 0)
			best = m;
	}
	return best;
}

const char *wpath_base(const char *wpath)
{
	const char *slash = strrchr(wpath, '\\');

	return slash != NULL ? slash + 1 : wpath;
}

static bool ends_like_archive(const char *path, size_t nbytes)
{
	static const char *const endings[] = { ".jar", ".zip", ".cab", ".war",
					       ".idx" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t n = strlen(endings[i]);

		if (nbytes >= n &&
		    ascii_ncasecmp(path + nbytes - n, endings[i], n) == 0)
			return true;
	}
	return false;
}

/*
 * "C:\dir\a.jar!inner/name".  Both halves may hold further '!', and the
 * inner name may hold backslashes, so: the first '!' after an archive's
 * ending, else the first one after the last backslash, else the first.
 */
static size_t container_nbytes(const char *path)
{
	const char *base = wpath_base(path);
	const char *bang;

	for (bang = strchr(path, '!'); bang != NULL;
	     bang = strchr(bang + 1, '!')) {
		if (ends_like_archive(path, (size_t)(bang - path)))
			return (size_t)(bang - path);
	}
	bang = strchr(base, '!');
	if (bang == NULL)
		bang = strchr(path, '!');
	return bang != NULL && bang != path ? (size_t)(bang - path)
					    : strlen(path);
}

size_t artefact_file_nbytes(const struct artefact *a)
{
	const char *colon;
	const char *base;

	if (a->wpath == NULL)
		return 0;
	if (a->file_nbytes)
		return a->file_nbytes;
	if (a->kind == ARTEFACT_MEMBER)
		return container_nbytes(a->wpath);
	base = wpath_base(a->wpath);
	colon = strchr(base, ':');
	/* "C:" alone is a drive, "name:stream" a stream. */
	if (colon == NULL || colon == base || colon - a->wpath < 2)
		return strlen(a->wpath);
	return (size_t)(colon - a->wpath);
}
