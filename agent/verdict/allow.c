/*
 * Allow-lists of the pack: what they may lower, and what they may not.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A finding becomes a note only if everything that matched is covered:
 *  - the subject's file and its registrations by the file's SHA-256 or
 *    path, or by CLSID if every registration of it is listed (a CLSID is
 *    easily copied, so one listed registration beside an unlisted one says
 *    nothing);
 *  - every other file, stream or member that matched by its own SHA-256 or
 *    by the path of the file it lies in.
 * Strong content is never lowered.  A publisher's name in the version
 * resource is only a claim: it has no effect before signatures are checked.
 */
#include "verdict/judge.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/utf.h"

#include <string.h>

static const struct pack_allow *
allow_find(const struct judge_lists *l, enum allow_kind kind, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return NULL;
	for (size_t i = 0; i < l->allow->count; i++) {
		const struct pack_allow *allow =
			*(const struct pack_allow **)vec_at(l->allow, i);

		if (allow->kind != kind)
			continue;
		if (kind == ALLOW_PATH ? glob_matches(allow->value, value)
				       : utf_casecmp(allow->value, value) == 0)
			return allow;
	}
	return NULL;
}

/* By the file itself: its content, or the path of the file it belongs to. */
static const struct pack_allow *allow_file(const struct judge_lists *l,
					   const struct artefact *a)
{
	const struct pack_allow *allow;
	char *file;

	allow = allow_find(l, ALLOW_SHA256, a->digests.sha256);
	if (allow != NULL || a->wpath == NULL)
		return allow;
	file = mem_strndup(a->wpath, artefact_file_nbytes(a));
	if (file == NULL)
		return NULL;
	allow = allow_find(l, ALLOW_PATH, file);
	mem_free(file);
	return allow;
}

static bool is_main_file(const struct subject *s, const struct artefact *a)
{
	return s->main_path != NULL && a->wpath != NULL &&
	       a->kind == ARTEFACT_FILE &&
	       utf_casecmp(a->wpath, s->main_path) == 0;
}

/* The subject's own file, or what its registrations say about it. */
static const struct pack_allow *allow_main(const struct judge_lists *l,
					   const struct subject *s)
{
	const struct pack_allow *allow = NULL;

	for (size_t i = 0; i < s->artefact_count && allow == NULL; i++) {
		const struct artefact *a = s->artefacts[i];

		if (is_main_file(s, a))
			allow = allow_file(l, a);
		if (a->registration != NULL && allow == NULL)
			allow = allow_find(l, ALLOW_SHA256,
					   a->registration->sha256);
	}
	if (allow == NULL)
		allow = allow_find(l, ALLOW_PATH, s->main_path);
	return allow;
}

static const struct pack_allow *allow_all_clsids(const struct judge_lists *l,
						 const struct subject *s)
{
	const struct pack_allow *first = NULL;

	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct registration *r = s->artefacts[i]->registration;
		const struct pack_allow *allow;

		if (r == NULL)
			continue;
		allow = allow_find(l, ALLOW_CLSID, r->clsid);
		if (allow == NULL)
			return NULL;
		if (first == NULL)
			first = allow;
	}
	return first;
}

static const struct pack_allow *allow_publisher(const struct judge_lists *l,
						const struct subject *s)
{
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct registration *r = s->artefacts[i]->registration;
		const struct pack_allow *allow;

		if (r == NULL)
			continue;
		allow = allow_find(l, ALLOW_PUBLISHER, r->publisher);
		if (allow != NULL)
			return allow;
	}
	return NULL;
}

/* The entry that covers everything that matched, NULL if something is not. */
static const struct pack_allow *allow_subject(const struct judge_lists *l,
					      const struct subject *s)
{
	const struct pack_allow *main = allow_main(l, s);
	const struct pack_allow *first = NULL;

	if (main == NULL)
		main = allow_all_clsids(l, s);
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct artefact *a = s->artefacts[i];
		const struct pack_allow *allow = main;

		if (a->matches.count == 0)
			continue;
		if (a->registration == NULL && !is_main_file(s, a))
			allow = allow_file(l, a);
		if (allow == NULL)
			return NULL;
		if (first == NULL)
			first = allow;
	}
	return first;
}

void allow_check(const struct judge_lists *l, const struct subject *s,
		 struct allow_result *ret)
{
	const struct pack_allow *allow;

	memset(ret, 0, sizeof(*ret));
	allow = allow_subject(l, s);
	if (s->strong_content)
		ret->refused = allow;
	else
		ret->lowered_by = allow;
	ret->publisher = allow_publisher(l, s);
}
