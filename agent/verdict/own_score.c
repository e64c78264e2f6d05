/*
 * Whose evidence: what a finding scores by what one owner could have written.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An entry that any program of a user can make says something of him alone.
 * So each registration is held against the evidence of the files, of the
 * machine's entries and of its own owner's; what another user's say of the
 * same file is left out, and so is what only another sees in its place.
 */
#include "verdict/judge.h"
#include "base/alias.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/owner.h"

struct share {
	struct owner owner;
	int score;
};

/* Whether an entry of his names that very path. */
static bool is_named_by(const struct subject *s, const char *wpath,
			struct owner whom)
{
	for (size_t i = 0; i < s->artefact_count; i++) {
		const struct registration *r = s->artefacts[i]->registration;

		if (r != NULL && r->server_path != NULL &&
		    owner_is_same(registration_owner(r), whom) &&
		    utf_casecmp(r->server_path, wpath) == 0)
			return true;
	}
	return false;
}

/* What lies in a user's VirtualStore is shown in the place of another file to
 * him alone. */
static bool is_shown_to(const struct subject *s, const struct artefact *a,
			struct owner whom)
{
	if (a->wpath == NULL || alias_virtual(a->wpath) == NULL)
		return true;
	if (a->store_of != NULL &&
	    owner_is_same(owner_of_text(a->store_of), whom))
		return true;
	return is_named_by(s, a->wpath, whom);
}

static bool counts_for(const struct subject *s, const struct artefact *a,
		       struct owner whom)
{
	struct owner own;

	if (a->registration == NULL)
		return is_shown_to(s, a, whom);
	own = registration_owner(a->registration);
	return owner_is_machine(own) || owner_is_same(own, whom);
}

/* `room`: for all artefacts of the subject.  0 or ERR_NOMEM. */
static int score_for(const struct subject *s, struct owner whom,
		     const struct artefact **room, int *ret)
{
	struct subject own = { .artefacts = room,
			       .main_path = s->main_path,
			       .allow = s->allow };
	int err;

	for (size_t i = 0; i < s->artefact_count; i++)
		if (counts_for(s, s->artefacts[i], whom))
			room[own.artefact_count++] = s->artefacts[i];
	err = subject_weigh(&own);
	*ret = subject_score(&own);
	return err;
}

static const struct share *find_share(const struct vec *shares,
				      struct owner owner)
{
	for (size_t i = 0; i < shares->count; i++) {
		const struct share *have = vec_at(shares, i);

		if (owner_is_same(have->owner, owner))
			return have;
	}
	return NULL;
}

static int fill_all(const struct subject *s, struct vec *shares,
		    const struct artefact **room)
{
	for (size_t i = 0; i < s->artefact_count; i++) {
		struct registration *r = s->artefacts[i]->registration;
		const struct share *have;
		struct share *made;

		if (r == NULL)
			continue;
		have = find_share(shares, registration_owner(r));
		if (have == NULL) {
			made = vec_push(shares);
			if (made == NULL)
				return ERR_NOMEM;
			made->owner = registration_owner(r);
			if (score_for(s, made->owner, room, &made->score))
				return ERR_NOMEM;
			have = made;
		}
		r->own_score = have->score;
	}
	return 0;
}

int subject_score_owners(const struct subject *s)
{
	struct vec shares = VEC_INIT(struct share, s->artefact_count + 1);
	const struct artefact **room =
		mem_array(s->artefact_count + 1, sizeof(struct artefact *));
	int err = room != NULL ? fill_all(s, &shares, room) : ERR_NOMEM;

	vec_release(&shares);
	mem_free(room);
	return err;
}
