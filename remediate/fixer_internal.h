/*
 * What carrying out and undoing share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_FIXER_INTERNAL_H
#define REMEDIATE_FIXER_INTERNAL_H

#include "remediate/fixer.h"
#include "remediate/mirror.h"

struct fixer {
	struct fixer_options o;
	char *base;	  /* of the vault's path */
	char *vault_path; /* host path */
	struct vault *vault;
	struct journal *journal;
	struct guard *guard;
	struct mirror mirror;
	char fix_id[FIX_ID_NBYTES];
	struct fix_record *fix; /* the one that is being worked on */
	struct fix_result result;
	/* Private folders on other volumes: struct private_dir. */
	struct vec privates;
};

/* The folder that a vault named by the user lies in; caller frees. */
int fixer_user_base(const char *path, char **ret);
struct step *fixer_step(const struct fixer *f, size_t index);
/* Writes the step's state to the journal, then to the store. */
int fixer_note(struct fixer *f, struct step *s);
int fixer_note_all(struct fixer *f, struct step *const *steps, size_t count);
/* The step is at an end: it says why.  0, or what the journal says. */
int fixer_give_up(struct fixer *f, struct step *s, enum fix_event event,
		  const char *fmt, ...) FMT_PRINTF(4, 5);
int fixer_refuse(struct fixer *f, struct step *s, const struct guard_answer *a);
/* s->error tells what was closed for the step, beside what it tells. */
int fixer_keep_closed(struct step *s);
/*
 * Whose fixes are meant: in this Windows' own vault all are its own, though it
 * may have got another name or another date of installation since; NULL.  Two
 * Windows of one root share a vault: what was done to one must not be put back
 * into the other.
 */
const char *fixer_target_id(const struct fixer *f);
/*
 * The end of one step's way back, which gave `err`; s->was_there: there was
 * nothing to put back.  What it returns ends the undo.
 */
int fixer_undone(struct fixer *f, struct step *s, int err);
/* The same for one that had changed nothing: noted, neither told nor counted.
 */
int fixer_passed(struct fixer *f, struct step *s);
/*
 * The same for one whose short name may not have come back: kept with the
 * step, told, and counted.
 */
int fixer_undone_but(struct fixer *f, struct step *s, int err,
		     const struct host_short *name);
/* For several: before they are noted, and after they were told. */
int fixer_keep_short(struct step *s, const struct host_short *name);
void fixer_tell_short(struct fixer *f, const struct step *s,
		      const struct host_short *name);
void fixer_tell(struct fixer *f, enum fix_event event, const struct step *s,
		const char *text);
/* Counts and tells what was put back, or was there. */
void fixer_tell_undone(struct fixer *f, const struct step *s);
/* What a call of mirror.h gave: the loss of the store is told, and stops
 * nothing. */
void fixer_mirrored(struct fixer *f, int err);
/* Folder for names about to vanish, on the volume `base`. */
int fixer_private_dir(struct fixer *f, const char *base, const char **ret);
/*
 * Half-made files (host_new) that a crash left in the folder of that host
 * path are moved into the private folder.
 */
int fixer_clear_temps(struct fixer *f, const char *host);
/* Host path of an item of the vault; caller frees. */
char *fixer_item_path(const struct fixer *f, const char *item);
/* What the vault writes about the step's item; borrows from f and s. */
void fixer_item_info(const struct fixer *f, const struct step *s,
		     struct vault_info *info);
/* A failure after which the fix goes on with other steps. */
bool fixer_may_go_on(int err);

/* With what err_last() says; `err` if the fix cannot go on. */
int fixer_failed(struct fixer *f, struct step *s, int err);
/*
 * The step's before-image could not be put into the vault: nothing was
 * changed, and the fix goes on unless memory is short.
 */
int fixer_not_saved(struct fixer *f, struct step *s, int err);

/*
 * A file could not be put back: err_last() gets the way to the copy as well.
 * Gives `err`.
 */
int undo_names_copy(int err, const char *original, const char *item_path);

/* ---- programs (run_programs.c) ------------------------------------------- */

/*
 * Who has that file loaded, if it may be in use, and what to close; "" if
 * nobody has.  Where its opening did not tell it is in use if somebody has.
 */
int programs_ask(struct fixer *f, struct guarded_file *g, struct str *out);
/*
 * If the person asked for it: browsers that have a file loaded that the guard
 * lets go, and the frames that would bring them back, are closed, or ended.
 * Before the first change, and again when the entries are gone: one that came
 * back until then had them still.
 */
int programs_end(struct fixer *f);

/* ---- file steps ---------------------------------------------------------- */

int run_file(struct fixer *f, struct step *s);
/* The step is verified; `who`, "" if nobody, has the file loaded still. */
int file_done(struct fixer *f, struct step *s, bool waits, const char *who);
/* resume_file.c: a step that a crash cut off after "saved". */
int resume_file(struct fixer *f, struct step *s);
/* What the vault's item of the step tells; release with vault_info_release. */
int file_saved(struct fixer *f, const struct step *s, struct vault_info *ret);
/* Whether this is the content that the vault has of the step. */
int file_is_saved(struct fixer *f, const struct step *s,
		  struct host_subject *subject, bool *ret);
/*
 * A removal that was cut off between its move and its end has left the file
 * in the private folder; it is in the vault, so it may go now.
 */
int file_clear_leftover(struct fixer *f, const struct step *s,
			struct host_place *place);
/* undo_file.c */
int undo_file(struct fixer *f, struct step *s);

/* ---- files that wait for a restart (waiting.c) --------------------------- */

/*
 * "<private folder>\restart-<fix>-<seq>", where nobody can change it; caller
 * frees.  No two fixes have one number: no other file ever has this path.
 */
char *waiting_path(const struct fixer *f, const struct step *s,
		   const char *private_dir);
/*
 * The file that was moved there from that place of the same volume.
 * ERR_NOT_FOUND: it is not there.
 */
int waiting_open(struct fixer *f, const struct step *s,
		 struct host_place *place, const char **private_dir_ret,
		 struct host_subject **ret);
/* It goes now; ERR_CHANGED: it is not what was saved, and stays. */
int waiting_remove(struct fixer *f, const struct step *s,
		   struct host_subject *moved, const char *private_dir);
/* Windows is to remove it at its next start; asked again it is asked once. */
int waiting_queue(struct fixer *f, const struct step *s,
		  struct host_subject *moved);
/* The same as the end of a step: what fails becomes the step's words. */
int waiting_await(struct fixer *f, struct step *s, struct host_subject *moved,
		  bool *waits_ret);

/* ---- keys of the running registry (run_key.c) -------------------- */

int run_key(struct fixer *f, struct step *s);
int resume_key(struct fixer *f, struct step *s);
int undo_key(struct fixer *f, struct step *s);
/* save_key.c: saves what is about to go: item and .reg; sets s->item. */
int save_key(struct fixer *f, struct step *s, const struct guarded_key *k);
/* change_key.c: the change itself, on whatever hive is being edited. */
int change_key(struct reg_edit *e, const char *path, const struct step *s);
/*
 * The change taken back: what was saved is made again at `path`.  ERR_EXISTS
 * if something else is there by now; 0 if it is there already.  A part of it
 * is replaced where the step is STEP_APPLIED: its change was under way.
 */
int change_back(struct reg_edit *e, const char *path, const struct step *s,
		const struct reg_tree *saved);
/*
 * Asked before change_back().  The step, and others whose keys lie above, are
 * noted as under way where their keys are gone: from here on a part of such a
 * key may be ours; before, one would be somebody's.
 */
int undo_begin(struct fixer *f, const struct step *s, struct reg_root *root,
	       const char *path);
/* 1: as after the step, 0: not so, < 0: -ERR_*. */
int is_changed(struct reg_root *root, const char *path, const struct step *s);
/* The key as it is; *ret NULL: it is not there. */
int read_key_tree(struct reg_root *root, const char *path,
		  struct reg_tree **ret);

/* How far a step came that may have been cut off. */
enum key_state {
	KEY_UNKNOWN, /* err_last() says why */
	KEY_DONE,
	KEY_AS_SAVED, /* not begun */
	KEY_HALF,     /* what is left is part of what was saved */
	KEY_OTHER     /* somebody else changed it since */
};
enum key_state key_state(struct reg_root *root, const char *path,
			 const struct step *s, const struct reg_tree *saved);
int read_saved_key(struct fixer *f, const struct step *s,
		   struct reg_tree **ret);

/* ---- keys in hive files (run_hive.c) ----------------------------- */

/*
 * Steps `first` to `last` (indices) lie in one hive file: they are changed
 * together in a copy, which is swapped in.
 */
int run_hive(struct fixer *f, size_t first, size_t last);
int resume_hive(struct fixer *f, size_t first, size_t last);
int undo_hive(struct fixer *f, size_t first, size_t last);
/* End of the run of steps after `first` that lie in the same hive file. */
size_t hive_batch_end(struct fixer *f, size_t first, size_t end);
bool is_in_hive_file(struct fixer *f, const struct step *s);

#endif
