/*
 * Is a file of a Windows that does not run protected: hard links, XP's
 * dllcache, and the catalogs that lie there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/protect_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/trust.h"

#include <string.h>

/*
 * Windows XP (5.1) and 2003 (5.2) restore the files they watch from this
 * folder.  Which files are watched stands in a table inside sfcfiles.dll; a
 * copy of that name here, for a path where such files lie, says the same.
 */
#define DLLCACHE "System32\\dllcache"

static bool is_watched_folder(struct protect *p, const char *wpath)
{
	struct target *t = p->target;

	return target_is_below(wpath, p->windows) ||
	       target_is_below(wpath,
			       target_variable(t, NULL, 64, "ProgramFiles")) ||
	       target_is_below(wpath,
			       target_variable(t, NULL, 32, "ProgramFiles"));
}

static int check_dllcache(struct protect *p, const struct protect_subject *s,
			  struct protect_result *ret)
{
	const char *name = strrchr(s->wpath, '\\');
	struct target_path found = { 0 };
	struct str rest = STR_INIT;
	char *wpath;
	int err;

	if (target_info(p->target)->major != 5 || name == NULL ||
	    !is_watched_folder(p, s->wpath))
		return 0;
	str_addf(&rest, DLLCACHE "%s", name);
	wpath = rest.err ? NULL : protect_below_windows(p, str_text(&rest));
	str_release(&rest);
	if (wpath == NULL)
		return err_nomem();
	err = target_resolve(p->target, wpath, 0, &found);
	if (!err)
		protect_say(ret, PROTECT_YES, PROTECT_BY_DLLCACHE,
			    W_TRUST_BY_DLLCACHE);
	else if (err != ERR_NOT_FOUND && err != ERR_NOMEM)
		protect_say(ret, PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
			    W_TRUST_NOT_LOOKED_AT, wpath, err_words(err));
	target_path_release(&found);
	mem_free(wpath);
	return err == ERR_NOMEM ? err : 0;
}

int protect_signed_offline(struct protect *p, const struct protect_subject *s,
			   struct protect_result *ret)
{
	const char *const names[] = {
		s->is_program ? s->program.sha1 : "",
		s->is_program ? s->program.sha256 : "",
		s->is_program ? s->program.unpadded_sha1 : "",
		s->is_program ? s->program.unpadded_sha256 : "",
		s->plain.sha1,
		s->plain.sha256,
	};
	const char *catalog = NULL;
	char *catroot;
	int found = 0, err = 0;

	if (p->catalogs == NULL) {
		catroot = protect_below_windows(p, "System32\\CatRoot");
		if (catroot == NULL)
			return err_nomem();
		err = catalog_index_build(p->target, catroot, &p->catalogs);
		mem_free(catroot);
		if (err)
			return err;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i][0] == '\0')
			continue;
		found = catalog_index_find(p->catalogs, names[i], &catalog);
		if (found == -ERR_NOMEM)
			return ERR_NOMEM;
		if (found < 0)
			err = -found;
		if (found == 1)
			break;
	}
	if (found == 1)
		protect_say(ret, PROTECT_YES, PROTECT_BY_CATALOG,
			    W_TRUST_BY_CATALOG, catalog);
	else if (err)
		protect_say(ret, PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
			    W_TRUST_CATALOG_AGAIN, err_words(err));
	else if (catalog_index_problem(p->catalogs) != NULL)
		protect_say(ret, PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "%s",
			    catalog_index_problem(p->catalogs));
	return 0;
}

int protect_check_offline(struct protect *p, const struct protect_subject *s,
			  struct protect_result *ret)
{
	int err;

	if (s->links > 1) {
		protect_say(ret, PROTECT_YES, PROTECT_BY_LINKS,
			    W_TRUST_BY_LINKS, (unsigned)s->links);
		return 0;
	}
	err = check_dllcache(p, s, ret);
	if (err || ret->answer == PROTECT_YES)
		return err;
	err = protect_signed_offline(p, s, ret);
	if (err || ret->answer == PROTECT_YES)
		return err;
	if (s->links == 0)
		protect_say(ret, PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
			    W_TRUST_LINKS_UNKNOWN);
	return 0;
}
