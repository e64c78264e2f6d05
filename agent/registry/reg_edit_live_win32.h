/*
 * Private to agent/registry on Windows: changing keys of the running
 * registry by handle.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_REG_EDIT_LIVE_WIN32_H
#define REGISTRY_REG_EDIT_LIVE_WIN32_H

#include "registry/live_win32.h"
#include "registry/reg_edit_backend.h"

/*
 * Changes below one key of the running registry: HKEY_LOCAL_MACHINE or
 * HKEY_USERS, or with `below` (not "") the key of that name in it.
 */
int reg_edit_live_below(enum reg_live_root which, const char *below,
			struct reg_edit **ret);

/* An open key with what is needed to speak of it. */
struct live_spot {
	HANDLE handle;
	const char *path; /* from the root, not owned */
	unsigned depth;	  /* 0: the root */
};

/*
 * Removes what is below an open key, depth first, and the key.  Nothing is
 * removed unless all of it could be opened for that.  `what` is the key in
 * words; the handle stays open.
 */
int live_remove_tree(const struct nt *nt, const struct live_spot *key);

/*
 * After a failure: removes what was made, since half a key is worse than
 * none.  Returns `err` and leaves its sentence the newest.
 */
int live_take_away(const struct nt *nt, const struct live_spot *key, int err);

/*
 * Makes `name` below `parent`, fills it from the saved key and closes it.
 * ERR_EXISTS; on any other failure what was made is removed again.
 */
int live_make_tree(const struct nt *nt, const struct live_spot *parent,
		   const char *name, const struct reg_tree *tree);
/* Only the key, open for all, without class, values, security. */
int live_make_key(const struct nt *nt, const struct live_spot *parent,
		  const char *name, HANDLE *ret);

#endif
