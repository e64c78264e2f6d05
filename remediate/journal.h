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
