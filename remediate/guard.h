/*
 * The guard: what stands between a plan and the machine.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is asked when a plan is shown, and again for each step right before it
 * is carried out; the second time the file it hashed stays open, and that
 * very handle is what is removed.  What cannot be decided is refused.
 */
#ifndef REMEDIATE_GUARD_H
#define REMEDIATE_GUARD_H

#include "host/change.h"
#include "match/pack_lists.h"
#include "registry/reg_tree.h"
#include "remediate/plan.h"

enum guard_reason {
	GUARD_OK,
	GUARD_GONE, /* nothing there any more: no harm, no work */
	GUARD_CHANGED,
	GUARD_LINK,
	GUARD_TAG, /* its reparse tag would be lost with it */
	GUARD_REG_LINK,
	GUARD_PROTECTED,
	GUARD_SYSTEM, /* below %SystemRoot%, and nobody named the step */
	GUARD_PUBLISHER,
	GUARD_ALLOWED,
	GUARD_LINKS, /* more than one hard link */
	GUARD_NEVER, /* it blocks the class */
	GUARD_DISABLES,
	GUARD_SHARED,
	GUARD_UNDECIDED,
	GUARD_IN_VAULT,
	GUARD_NO_SPACE,
	GUARD_VOLUME, /* hibernated or dirty */
	GUARD_READ_ONLY,
	GUARD_NO_SECURITY, /* the mount loses owners and access lists */
	GUARD_UNFAITHFUL,  /* could not be made again as it was */
	GUARD_LOGGED_ON,
	GUARD_IN_USE,
	GUARD_NOT_MICROSOFT, /* what would be restored is not Windows' own */
	GUARD_BEFORE,	     /* a step it depends on was not done */
	GUARD_UNREADABLE,
	GUARD_ANTIVIRUS,
	GUARD_UNPROVEN,		 /* only the store says so (believe.h) */
	GUARD_TOO_MANY_FINDINGS, /* beyond what one fix does (cap.h) */
	GUARD_TOO_MANY_FILES,
	GUARD_PACK,
	GUARD_REASON_COUNT
};

struct guard_answer {
	enum guard_reason reason;
	char detail[400]; /* what failed, or who it is; "" */
};

void guard_refuse(struct guard_answer *a, enum guard_reason r, const char *fmt,
		  ...) FMT_PRINTF(3, 4);
/*
 * A sentence for a person: what is refused and the way out, in that language
 * ("en" where it is kept).  The detail in it may hold texts of the target:
 * show it by utf_display().
 */
int guard_sentence(const struct guard_answer *a, const char *lang,
		   struct str *out);
const char *guard_word(enum guard_reason r); /* "changed", for machines */

struct guard; /* what is known of the target while a plan is looked at */

struct guard_options {
	struct target *target;
	const struct pack *pack;
	const char *vault_host; /* host path of the vault, NULL: not known */
	/* Gaps of the kind "volume" that the target told when it was opened:
	 * Windows path ("C:") and sentence. */
	const struct vec *volumes; /* struct guard_volume */
};

struct guard_volume {
	char *wprefix;
	char *why;
};

int guard_new(const struct guard_options *o, struct guard **ret);
void guard_free(struct guard *g);
/* Of the plan as a whole: packs that nobody signed. */
void guard_plan(const struct plan *p, struct guard_answer *ret);

/* A file that may be removed, held open. */
struct guarded_file {
	struct host_place *place;
	struct host_subject *subject;
	/* IN_USE_YES: opened for renaming only; IN_USE_ASK: programs_ask() */
	enum in_use use;
	char *host;
	const char *base;
	char *wprefix; /* "C:" */
	uint64_t nbytes;
	char sha256[65];
};

void guarded_file_release(struct guarded_file *f);
/*
 * Looks at a file step.  GUARD_OK fills `ret` with what is open.  Failures of
 * memory are returned as ERR_NOMEM, everything else is in the answer.
 */
int guard_file(struct guard *g, const struct step *s,
	       struct guard_answer *answer, struct guarded_file *ret);

/* A key or value that may be removed or set, as it is now. */
struct guarded_key {
	struct target_key place;
	struct reg_tree *tree; /* the key; for values only that value in it */
};

void guarded_key_release(struct guarded_key *k);
int guard_key(struct guard *g, const struct step *s,
	      struct guard_answer *answer, struct guarded_key *ret);
/* The same below a given root (a hive that is being edited). */
int guard_key_at(struct guard *g, const struct step *s, struct reg_root *root,
		 const char *path, struct guard_answer *answer,
		 struct guarded_key *ret);
/* True with the reason if the volume of that file must not be changed. */
bool guard_volume_check(struct guard *g, const char *wpath, const char *host,
			struct guard_answer *answer);
/*
 * The same for the way back, where the file itself may be gone: ERR_READ_ONLY
 * with the sentence.  Live it is never asked.
 */
int guard_volume_error(struct guard *g, const char *wpath, const char *host);

#endif
