/*
 * What is said of a copy: of which kind, of what, and that nothing loads it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verdict/reason.h"
#include "collect/copy_of.h"
#include "words/verdict.h"
#include "words/words.h"

static const char *const kinds[] = {
	[COPY_NONE] = W_VERDICT_COPY_BACKUP,
	[COPY_RECYCLED] = W_VERDICT_COPY_RECYCLED,
	[COPY_RESTORE] = W_VERDICT_COPY_RESTORE,
	[COPY_OLD_WINDOWS] = W_VERDICT_COPY_OLD_WINDOWS,
	[COPY_BACKUP] = W_VERDICT_COPY_BACKUP,
};

/* Where a registration has a say, another sentence tells what it leads to. */
static const struct artefact *find_copy(const struct subject *s)
{
	const struct artefact *copy = NULL;

	for (size_t i = 0; i < s->artefact_count; i++) {
		if (s->artefacts[i]->registration)
			return NULL;
		if (s->artefacts[i]->copy_of && !copy)
			copy = s->artefacts[i];
	}
	return copy;
}

void reason_add_copy(struct str *out, const struct subject *s, const char *lang)
{
	const struct artefact *a = find_copy(s);
	struct str place = STR_INIT;
	const char *kind;

	if (!a)
		return;
	kind = words_in(kinds[copy_kind_of(a->wpath)], lang);
	reason_go_on(out, lang);
	if (*a->copy_of) {
		reason_add_name(&place, a->copy_of, lang);
		words_add(out, lang, W_VERDICT_COPY_OF, kind, str_text(&place));
	} else {
		words_add(out, lang, W_VERDICT_COPY_OF_UNKNOWN, kind);
	}
	str_release(&place);
}
