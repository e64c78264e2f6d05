/*
 * Where a file lies, seen from one user: his own, or others'; and from a
 * registration.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_internal.h"

#include "base/alias.h"
#include "base/utf.h"

#include <string.h>

bool plan_leads_to(const char *server_path, const char *file,
		   bool *is_virtual_ret)
{
	const size_t n = alias_nbytes(server_path);
	const char *seen = alias_virtual(file);

	if (utf_ncasecmp(server_path, n, file, alias_nbytes(file)) == 0)
		return true;
	if (!seen || n < 2 || ascii_ncasecmp(server_path, file, 2) != 0 ||
	    utf_ncasecmp(server_path + 2, n - 2, seen, alias_nbytes(seen)) != 0)
		return false;
	if (is_virtual_ret)
		*is_virtual_ret = true;
	return true;
}

static const struct target_user *find_user(struct target *t, struct owner who)
{
	for (size_t i = 0; i < target_user_count(t); i++) {
		const struct target_user *u = target_user(t, i);

		if (owner_is_same(owner_of_key(target_user_prefix(u)), who))
			return u;
	}
	return NULL;
}

/* What programs of all users share. */
static bool is_shared(struct target *t, const char *wpath)
{
	static const struct {
		const char *name;
		int view;
	} rows[] = {
		{ "SystemRoot", 64 },	      { "ProgramFiles", 64 },
		{ "ProgramFiles", 32 },	      { "CommonProgramFiles", 64 },
		{ "CommonProgramFiles", 32 }, { "ProgramData", 64 },
		{ "ALLUSERSPROFILE", 64 },    { "PUBLIC", 64 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (target_is_below(wpath,
				    target_variable(t, NULL, rows[i].view,
						    rows[i].name)))
			return true;
	return false;
}

/* One that his own lies in does not make his another's. */
static bool is_in_anothers(struct target *t, const struct target_user *user,
			   const char *wpath)
{
	for (size_t i = 0; i < target_user_count(t); i++) {
		const struct target_user *u = target_user(t, i);

		if (u == user || !u->profile ||
		    (user->profile &&
		     target_is_at_or_below(user->profile, u->profile)))
			continue;
		if (target_is_below(wpath, u->profile))
			return true;
	}
	return false;
}

void plan_place(const struct maker *m, struct owner who, const char *wpath,
		const char *file_owner, struct evidence_place *ret)
{
	struct target *t = m->options->target;
	const struct target_user *user = t ? find_user(t, who) : NULL;

	memset(ret, 0, sizeof(*ret));
	if (!user)
		return;
	ret->in_profile = target_is_below(wpath, user->profile);
	ret->in_temp = strcmp(target_location_for(t, user, wpath), "temp") == 0;
	ret->in_others = is_shared(t, wpath) || is_in_anothers(t, user, wpath);
	ret->owner_is_he = file_owner && *user->sid &&
			   ascii_casecmp(file_owner, user->sid) == 0;
}
