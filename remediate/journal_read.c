/*
 * The journal read back: fixes, their steps, hive swaps.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What stands in it comes from a private folder, and is bounded and checked
 * all the same: words that this program does not write are ERR_CORRUPT.
 */
#include "remediate/journal_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/journal.h"

#include <string.h>

#define MAX_STEPS 20000

static int damaged(const struct journal *j)
{
	return journal_fail(j, SQLITE_CORRUPT);
}

/* Text or bytes of a column, NULL for NULL. */
static int take(sqlite3_stmt *q, int column, char **ret)
{
	const void *data;
	char *text;

	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return 0;
	data = sqlite3_column_blob(q, column);
	text = mem_strndup(data ? data : "",
			   (size_t)sqlite3_column_bytes(q, column));
	if (!text)
		return err_nomem();
	*ret = text;
	return 0;
}

static int take_all(sqlite3_stmt *q, const int *columns, char **const *fields,
		    size_t count)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = take(q, columns[i], fields[i]);
	return err;
}

#define OF_TARGET_BEFORE                                                       \
	"SELECT fix_id FROM fix f WHERE (?1 IS NULL OR target_id = ?1) "       \
	"AND (?2 IS NULL OR number < (SELECT number FROM fix "                 \
	"WHERE fix_id = ?2)) AND "
#define NEWEST " ORDER BY number DESC LIMIT 1"

int journal_find(struct journal *j, const char *target_id,
		 enum journal_want want, const char *before,
		 char fix_id_ret[FIX_ID_NBYTES])
{
	static const char *const queries[] = {
		[JOURNAL_RESUMABLE] =
			OF_TARGET_BEFORE "state = 'running'" NEWEST,
		[JOURNAL_FAILED] = OF_TARGET_BEFORE
		"state = 'failed' AND number = (SELECT max(number) FROM fix "
		"WHERE ?1 IS NULL OR target_id = ?1)" NEWEST,
		[JOURNAL_UNDOABLE] = OF_TARGET_BEFORE
		"(state = 'running' OR EXISTS (SELECT 1 FROM step s "
		"WHERE s.fix_id = f.fix_id AND s.item IS NOT NULL AND s.state "
		"IN ('saved', 'applied', 'verified', 'came_back')))" NEWEST,
	};
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(j, queries[want], &q);
	int rc;

	if (err)
		return err;
	if (target_id)
		sqlite3_bind_text(q, 1, target_id, -1, SQLITE_STATIC);
	if (before)
		sqlite3_bind_text(q, 2, before, -1, SQLITE_STATIC);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW && sqlite3_column_bytes(q, 0) == 32)
		str_copy(fix_id_ret, (const char *)sqlite3_column_text(q, 0),
			 FIX_ID_NBYTES);
	else if (rc == SQLITE_ROW)
		err = damaged(j);
	else if (rc == SQLITE_DONE)
		err = err_fail(ERR_NOT_FOUND, 0,
			       want != JOURNAL_UNDOABLE
				       ? W_JOURNAL_NOTHING_FAILED
				       : W_JOURNAL_NOTHING_LEFT);
	else
		err = journal_fail(j, rc);
	sqlite3_finalize(q);
	return err;
}

void fix_record_free(struct fix_record *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->steps.count; i++)
		step_free(*(struct step **)vec_at(&f->steps, i));
	vec_release(&f->steps);
	mem_free(f->target_id);
	mem_free(f->computer);
	mem_free(f->store);
	mem_free(f->started_at);
	mem_free(f->state);
	mem_free(f->pack);
	mem_free(f->scan_started_at);
	mem_free(f);
}

static bool state_from_name(const char *name, enum step_state *ret)
{
	for (int s = 0; s < STEP_STATE_COUNT; s++) {
		if (strcmp(step_state_name((enum step_state)s), name) == 0) {
			*ret = (enum step_state)s;
			return true;
		}
	}
	return false;
}

#define STEP_COLUMNS                                                           \
	"seq, phase, action, target_raw, value_name, kind, by_number, "        \
	"finding_id, subject, reason, sha256, size, written, volume, "         \
	"file_id, clsid, server_raw, last_write, new_text, state, error, "     \
	"item, swap_id, moved_to"

static int read_step(const struct journal *j, sqlite3_stmt *q, struct step *s)
{
	static const int columns[] = { 3,  4,  8,  9,  12, 13, 14,
				       15, 16, 17, 18, 20, 21, 23 };
	char **const fields[] = {
		&s->target,	&s->value_name, &s->subject,  &s->reason,
		&s->written,	&s->volume,	&s->file_id,  &s->clsid,
		&s->server_raw, &s->last_write, &s->new_text, &s->error,
		&s->item,	&s->moved_to,
	};
	const char *action = (const char *)sqlite3_column_text(q, 2);
	const char *kind = (const char *)sqlite3_column_text(q, 5);
	const char *state = (const char *)sqlite3_column_text(q, 19);
	int err;

	if (!action || !kind || !state ||
	    !step_action_from_name(action, &s->action) ||
	    !state_from_name(state, &s->state))
		return damaged(j);
	s->seq = (uint32_t)sqlite3_column_int64(q, 0);
	s->phase = (enum step_phase)sqlite3_column_int(q, 1);
	s->kind = step_kind_intern(kind);
	s->by_number = sqlite3_column_int(q, 6) != 0;
	s->finding_id = sqlite3_column_int64(q, 7);
	if (sqlite3_column_bytes(q, 10) == 64)
		str_copy(s->sha256, (const char *)sqlite3_column_text(q, 10),
			 sizeof(s->sha256));
	s->size = sqlite3_column_int64(q, 11);
	s->swap = sqlite3_column_int64(q, 22);
	s->picked = true;
	err = take_all(q, columns, fields, sizeof(columns) / sizeof(*columns));
	if (!err && (!s->target || !s->subject || !s->reason))
		err = damaged(j);
	/* An item is a file of the vault, never a path. */
	if (!err && s->item && strpbrk(s->item, "/\\:"))
		err = damaged(j);
	return err;
}

static int read_steps(struct journal *j, const char *fix_id,
		      struct fix_record *f)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err = journal_prepare(j,
				  "SELECT " STEP_COLUMNS " FROM step "
				  "WHERE fix_id = ? ORDER BY seq",
				  &q);

	if (err)
		return err;
	sqlite3_bind_text(q, 1, fix_id, -1, SQLITE_STATIC);
	while (!err && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct step **slot = vec_push(&f->steps);

		if (!slot) {
			err = err_last()->err;
			break;
		}
		*slot = mem_zalloc(sizeof(**slot));
		err = *slot ? read_step(j, q, *slot) : err_nomem();
		if (!*slot)
			f->steps.count--;
	}
	if (!err && rc != SQLITE_DONE)
		err = journal_fail(j, rc);
	sqlite3_finalize(q);
	return err;
}

static int read_fix(struct journal *j, const char *fix_id, struct fix_record *f)
{
	static const int columns[] = { 0, 1, 3, 4, 5, 6, 7 };
	char **const fields[] = { &f->target_id,      &f->computer, &f->store,
				  &f->started_at,     &f->state,    &f->pack,
				  &f->scan_started_at };
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(j,
				  "SELECT target_id, computer, scan_id, store, "
				  "started_at, state, pack, scan_started_at "
				  "FROM fix WHERE fix_id = ?",
				  &q);
	int rc;

	if (err)
		return err;
	sqlite3_bind_text(q, 1, fix_id, -1, SQLITE_STATIC);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		f->scan_id = sqlite3_column_int64(q, 2);
		err = take_all(q, columns, fields, 7);
		if (!err && (!f->target_id || !f->computer || !f->state))
			err = damaged(j);
	} else {
		err = rc == SQLITE_DONE
			      ? err_fail(ERR_NOT_FOUND, 0,
					 W_JOURNAL_KNOWS_NO_FIX, fix_id)
			      : journal_fail(j, rc);
	}
	sqlite3_finalize(q);
	return err;
}

int journal_load(struct journal *j, const char *fix_id, struct fix_record **ret)
{
	const struct vec steps = VEC_INIT(struct step *, MAX_STEPS);
	struct fix_record *f = mem_zalloc(sizeof(*f));
	int err;

	if (!f)
		return err_nomem();
	f->steps = steps;
	str_copy(f->fix_id, fix_id, sizeof(f->fix_id));
	err = read_fix(j, fix_id, f);
	if (!err)
		err = read_steps(j, fix_id, f);
	if (err)
		fix_record_free(f);
	else
		*ret = f;
	return err;
}

void swap_record_release(struct swap_record *s)
{
	mem_free(s->hive);
	mem_free(s->item);
	mem_free(s->state);
	memset(s, 0, sizeof(*s));
}

int journal_swap(struct journal *j, int64_t swap_id, struct swap_record *ret)
{
	struct swap_record s = { .swap_id = swap_id };
	static const int columns[] = { 0, 1, 4 };
	char **const fields[] = { &s.hive, &s.item, &s.state };
	sqlite3_stmt *q = NULL;
	int err = journal_prepare(j,
				  "SELECT hive_raw, item, before_sha256, "
				  "after_sha256, state FROM swap "
				  "WHERE swap_id = ?",
				  &q);
	int rc;

	if (err)
		return err;
	sqlite3_bind_int64(q, 1, swap_id);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		err = take_all(q, columns, fields, 3);
		if (!err && (!s.hive || !s.item || !s.state ||
			     strpbrk(s.item, "/\\:") ||
			     sqlite3_column_bytes(q, 2) != 64 ||
			     sqlite3_column_bytes(q, 3) != 64))
			err = damaged(j);
		if (!err) {
			str_copy(s.before,
				 (const char *)sqlite3_column_text(q, 2), 65);
			str_copy(s.after,
				 (const char *)sqlite3_column_text(q, 3), 65);
		}
	} else {
		err = rc == SQLITE_DONE ? damaged(j) : journal_fail(j, rc);
	}
	sqlite3_finalize(q);
	if (err)
		swap_record_release(&s);
	else
		*ret = s;
	return err;
}
