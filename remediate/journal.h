/*
 * The journal of fixes: a SQLite file in the vault, journal.db.
 * SPDX-License-Identifier: Apache-2.0
 *
 * planned -> saved -> applied -> verified, or failed, and later undone; what
 * was verified may be found to have come_back.  Each call that changes
 * something returns when it is on the medium.  `applied` is
 * written before the change is made, so a crash never leaves a change that
 * the journal does not know.
 *
 * While a journal is open for writing nobody else can open it: a second fix
 * or undo gets ERR_LOCKED.
 */
#ifndef REMEDIATE_JOURNAL_H
#define REMEDIATE_JOURNAL_H

#include "remediate/plan.h"

#define FIX_ID_NBYTES 33

struct journal;

/*
 * Of the vault at that host path.  `create` makes it.  ERR_NOT_FOUND without;
 * ERR_LOCKED, ERR_CORRUPT, ERR_UNSUPPORTED (newer), ERR_NO_SPACE …: with a
 * sentence that says what to do.
 */
int journal_open(const char *vault_path, bool create, struct journal **ret);
/*
 * For the questions of journal_since.c only: nothing is written but what a
 * crash left to be taken back.  ERR_LOCKED while a fix or undo runs.
 */
int journal_open_readonly(const char *vault_path, struct journal **ret);
void journal_close(struct journal *j);

struct fix_record {
	char fix_id[FIX_ID_NBYTES];
	char *target_id;
	char *computer;
	int64_t scan_id;
	char *store; /* host path of the store, NULL */
	char *started_at;
	char *state;
	char *pack;	       /* name of the signatures, NULL: not known */
	char *scan_started_at; /* NULL: not known */
	struct vec steps;      /* struct step * */
};

void fix_record_free(struct fix_record *f);

/*
 * A new fix with the picked steps of the plan, all of them planned, in one
 * transaction.  `fix_id_ret` is random.
 */
int journal_begin(struct journal *j, const struct plan *p, const char *store,
		  char fix_id_ret[FIX_ID_NBYTES]);
int journal_end(struct journal *j, const char *fix_id, const char *state);

/*
 * The newest fix of that kind, or the newest before the fix `before` (NULL:
 * of all); `target_id` NULL: of any Windows.  ERR_NOT_FOUND.
 */
enum journal_want {
	JOURNAL_RESUMABLE, /* running: it was cut off */
	JOURNAL_FAILED,	   /* ended with failures, and none came after it */
	JOURNAL_UNDOABLE   /* running, or with a step that may be undone */
};

int journal_find(struct journal *j, const char *target_id,
		 enum journal_want want, const char *before,
		 char fix_id_ret[FIX_ID_NBYTES]);
int journal_load(struct journal *j, const char *fix_id,
		 struct fix_record **ret);

/* Writes state, error, item, swap and moved_to of the step. */
int journal_step(struct journal *j, const char *fix_id, const struct step *s);
/* The same for several at once, in one transaction. */
int journal_steps(struct journal *j, const char *fix_id,
		  struct step *const *steps, size_t count);

/* ---- what happened since a scan (journal_since.c) ------------------------ */

#define JOURNAL_TIME_NBYTES 24

/* Something is about to be changed back: scans before it are old. */
int journal_note_change(struct journal *j, const char *target_id,
			const char *what);
/* The newest of these; `target_id` NULL: of any Windows.  ERR_NOT_FOUND. */
int journal_newest_change(struct journal *j, const char *target_id,
			  char token_ret[FIX_ID_NBYTES],
			  char at_ret[JOURNAL_TIME_NBYTES]);

/* A file in use that a fix moved away, to go at a restart. */
typedef int (*journal_waiting_fn)(void *arg, const char *moved_to,
				  const char *fixed_at);
int journal_each_waiting(struct journal *j, const char *target_id,
			 journal_waiting_fn fn, void *arg);

/* A step that a fix of the scan had. */
struct worked_step {
	int64_t finding_id;
	uint32_t seq;
	bool has_changed; /* it may have changed something */
	bool is_done;	  /* nothing of it is left */
};

/* Which one: numbers begin with 1 in every store. */
struct journal_scan {
	int64_t scan_id;
	const char *target_id;
	const char *started_at;
};

/* Appends those of all fixes of that scan. */
int journal_worked(struct journal *j, const struct journal_scan *scan,
		   struct vec *ret);

struct swap_record {
	int64_t swap_id;
	char *hive; /* Windows path */
	char *item;
	char before[65], after[65];
	char *state;
};

void swap_record_release(struct swap_record *s);
int journal_add_swap(struct journal *j, const char *fix_id,
		     struct swap_record *s); /* sets swap_id */
int journal_swap_state(struct journal *j, int64_t swap_id, const char *state);
int journal_swap(struct journal *j, int64_t swap_id, struct swap_record *ret);

#endif
