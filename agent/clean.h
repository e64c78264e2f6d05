/*
 * What plan, fix and undo share: the target in front of us, the scan of it
 * that the store holds, the pack, and talking to the person.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLEAN_H
#define CLEAN_H

#include "options.h"
#include "remediate/fixer.h"

struct clean {
	const struct options *o;
	struct store *store;
	char *store_path;
	struct target *target;
	struct pack *pack;
	struct vec volumes; /* struct guard_volume */
	struct gap_sink sink;
	struct plan *plan;
	struct guard_answer *answers; /* by step */
	struct guard_answer whole;
	size_t dropped; /* picked steps that recheck_drop() left out */
	bool has_ended; /* a fix of this plan: numbers of its findings are old
			 */
	size_t events;	/* lines told about steps */
	bool is_undo;	/* they are about the way back */
};

void clean_release(struct clean *c);
/* The target that the options name.  An exit code, 0: it is open. */
int clean_open_target(struct clean *c, const struct options *o);
/*
 * The store; `write`: to be written.  Without `must` a store that is not
 * there leaves c->store NULL.
 */
int clean_open_store(struct clean *c, bool write, bool must);
/*
 * The plan of the newest finished scan of this target, with what the guard
 * says.  `vault` is the vault's host path, NULL: not known.
 */
int clean_plan(struct clean *c, const char *vault);

/* What is left for fix to do, after clean_plan(). */
enum clean_rest {
	REST_STEPS,
	REST_HELD,   /* only what waits for a person's word */
	REST_LEFT,   /* a fix has worked on it, and left something undone */
	REST_DONE,   /* nothing any more: it is gone, or was dealt with */
	REST_NOTHING /* nothing was found that fix acts on */
};
enum clean_rest clean_rest(const struct clean *c);
/* What to do about REST_LEFT. */
void clean_tell_left(const struct clean *c);
/*
 * Steps against malicious findings that wait for a person's word or hand; if
 * findings are named, those of them, malicious or not.
 */
size_t clean_held_count(const struct clean *c);
/* Which they are, why, and the way to each; whether there are any. */
bool clean_tell_held(const struct clean *c);
/* That there is more that is malicious than a plan holds; whether it is so. */
bool clean_tell_cut(const struct clean *c);
/*
 * What is not dealt with though fix has ended: held, left by a fix before,
 * suspicious, not looked at.  Whether some of it is malicious.
 */
bool clean_tell_rest(const struct clean *c);
/* Options of fixer_open() from all this. */
void clean_fixer_options(struct clean *c, struct fixer_options *ret);
/* One step on the screen, --quiet or not; `text` NULL or "": no more words. */
void clean_tell_step(const struct clean *c, enum fix_event event,
		     const struct step *step, const char *text);
/* What carries steps out tells them on the screen; `arg` is the clean. */
void clean_on_event(void *arg, enum fix_event event, const struct step *step,
		    const char *text);
/* The host path of the vault that would be used, caller frees; NULL. */
char *clean_vault_path(const struct clean *c);
/*
 * True if the person says yes; --yes says it for him.  `*code_ret` is what to
 * end with otherwise (EXIT_USAGE without a terminal).
 */
bool clean_confirm(const struct clean *c, const char *question, int *code_ret);
/* "12 done, 1 refused …" at the end. */
void clean_tell_result(const struct clean *c, const struct fix_result *r,
		       bool undo);

#endif
