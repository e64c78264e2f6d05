/*
 * What one call of a session works with: the target in front of us, the store
 * of its scans, the pack.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_WORK_H
#define SESSION_WORK_H

#include "session/session_internal.h"

struct work {
	struct session *session;
	const struct session_options *o;
	struct target *target;
	struct pack *pack;
	struct store *store;	/* NULL: done without */
	const char *store_path; /* the session's */
	struct vec volumes;	/* struct guard_volume */
	struct gap_sink sink;
	bool is_undo; /* events are about the way back */
};

/* Opens nothing: what needs no Windows goes without work_open_target(). */
void work_init(struct work *w, struct session *s);
void work_release(struct work *w);
/*
 * Each of these gives 0 or ERR_*, which has been told.
 *
 * The store, which is written to if `write`.  Without `must` one that is not
 * there, or cannot be used and was not named, leaves w->store NULL.
 */
int work_open_target(struct work *w);
int work_open_store(struct work *w, bool write, bool must);
int work_open_pack(struct work *w);

/* Host path of the vault that would be used, caller frees; NULL, err_last(). */
char *work_vault_path(const struct work *w);
/* Options of fixer_open() from all this. */
void work_fixer_options(struct work *w, struct fixer_options *ret);
/* A fix_event_fn; `arg` is the work. */
void work_on_event(void *arg, enum fix_event event, const struct step *step,
		   const char *text);
/* What has ended, and what became of it. */
void work_ended(const struct work *w, const struct fix_result *counts);
/*
 * Asks; *yes_ret is the answer, and a no is in the result.  ERR_INVALID: there
 * is nobody to answer (SESSION_MISUSED).
 */
int work_ask(const struct work *w, const struct session_question *q,
	     struct session_fix_result *ret, bool *yes_ret);
/* Shows what is not asked about. */
void work_show(const struct work *w, const struct session_question *q);

#endif
