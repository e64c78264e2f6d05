/*
 * Carrying out a plan, going on after a crash, and the way back.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The journal in the vault leads; the store of the scan gets a copy of every
 * state, and its loss stops nothing.
 */
#ifndef REMEDIATE_FIXER_H
#define REMEDIATE_FIXER_H

#include "registry/reg_edit.h"
#include "remediate/guard.h"
#include "remediate/journal.h"
#include "remediate/process.h"
#include "remediate/vault.h"

/*
 * What a person is told while it goes on; `step` NULL: about the whole.  The
 * text is English (words_translate()).
 */
enum fix_event {
	FIX_STEP_DONE,
	FIX_STEP_NOTHING, /* it was gone already: nothing was changed */
	FIX_STEP_REFUSED,
	FIX_STEP_FAILED,
	FIX_STEP_WAITS, /* done at the next start */
	FIX_STEP_UNDONE,
	FIX_STEP_THERE, /* it was there already: nothing was put back */
	FIX_NOTE,
	FIX_CAME_BACK,
	FIX_PROGRAMS_ENDED
};

typedef void (*fix_event_fn)(void *arg, enum fix_event event,
			     const struct step *step, const char *text);

struct fixer_options {
	struct target *target;
	const struct pack *pack;
	struct store *store;	     /* NULL: there is none */
	const char *store_path;	     /* NULL */
	const char *vault_dir;	     /* --vault; NULL: the target's own */
	const struct vec *volumes;   /* struct guard_volume */
	bool end_browsers;	     /* iexplore.exe may be closed and ended */
	const struct cancel *cancel; /* asked before each step; NULL */
	fix_event_fn event;
	void *event_arg;
	/* NULL: the system's. */
	const struct process_ops *processes;
	const struct reg_load_ops *load;
};

struct fixer;

/*
 * Opens vault and journal.  `create` as in vault_open(); ERR_NOT_FOUND: this
 * PC has no vault.
 */
int fixer_open(const struct fixer_options *o, bool create, struct fixer **ret);
void fixer_close(struct fixer *f);
/* Host path of the target's own vault; caller frees. */
int fixer_vault_path(struct target *t, char **base_ret, char **path_ret);

struct fix_result {
	size_t done, refused, failed, waits, came_back, undone;
	size_t nothing;		    /* was so already: gone, or (undo) there */
	size_t without_short;	    /* undone, but for a file's short name */
	char fix_id[FIX_ID_NBYTES]; /* of an undo */
};

/* A new fix of the picked steps. */
int fixer_fix(struct fixer *f, const struct plan *p, struct fix_result *ret);
/*
 * The newest fix that was cut off, else the newest of all if some of it
 * failed; ERR_NOT_FOUND.
 */
int fixer_resume(struct fixer *f, struct fix_result *ret);

/* A fix was begun in the journal: what goes wrong now is a stop. */
bool fixer_has_begun(const struct fixer *f);

struct undo_options { /* none: all */
	const uint64_t *findings;
	size_t finding_count;
	const uint64_t *steps;
	size_t step_count;
	const char *older_than; /* only fixes before that one; NULL: any */
};

/* The newest fix that has something to undo; one after the other. */
int fixer_undo(struct fixer *f, const struct undo_options *o,
	       struct fix_result *ret);
/* Only looks: the steps that fixer_undo() would take back. */
int fixer_undo_list(struct fixer *f, const struct undo_options *o,
		    struct fix_record **ret);

/* The journal has a fix of that id; the items of others are nobody's. */
bool fixer_knows(struct fixer *f, const char *fix_id);

/*
 * One item of a vault, by host path, without journal or store: to where it
 * was (`out` NULL) or, a file, to that host path.
 */
struct undo_item_options {
	const struct reg_load_ops *load;
	const struct vec *volumes;   /* struct guard_volume */
	const struct cancel *cancel; /* NULL: set by nobody */
	fix_event_fn event;	     /* NULL */
	void *event_arg;
};

int fixer_undo_item(struct target *t, const char *item_path, const char *out,
		    const struct undo_item_options *o, struct fix_result *ret);

/*
 * A vault that was named is private, links on the way to it are its user's.
 * ERR_DENIED, ERR_UNSUPPORTED: anybody could have put something there.
 */
int fixer_vault_is_private(const char *vault_path);
/*
 * All items of a private vault put back without a journal; `rows` as of
 * vault_rows_load().  ERR_CANCELLED: run it again to go on.
 */
int fixer_undo_vault(struct target *t, const char *vault_path,
		     const struct vec *rows, const struct undo_item_options *o,
		     struct fix_result *ret);

#endif
