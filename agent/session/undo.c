/*
 * What fix did, taken back by the vault's journal.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/undo_items.h"
#include "session/give_back.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/vault_rows.h"
#include "words/fix.h"
#include "words/undo.h"
#include <string.h>

/* What one undo works with. */
struct undo {
	struct work w;
	const struct session_choice *choice;
	struct session_fix_result *ret;
	struct fixer *fixer;
};

/* Windows may have been renamed, or updated to another one, since. */
static void note_identity(const struct undo *u, const struct fix_record *fix)
{
	if (strcmp(fix->target_id, target_info(u->w.target)->target_id) != 0)
		session_note(u->w.session, NOTE_WARNING, W_UNDO_OTHER_IDENTITY,
			     fix->computer);
}

/* A journal that was lost and begun anew does not know the older items. */
static void tell_unknown(const struct undo *u)
{
	char *path = work_vault_path(&u->w);
	struct vec rows = { 0 };
	unsigned count = 0;

	if (path && vault_rows_load(path, &rows))
		memset(&rows, 0, sizeof(rows));
	for (size_t i = 0; i < rows.count; i++) {
		const struct vault_row *row = vec_at(&rows, i);

		count += !row->why && !fixer_knows(u->fixer, row->info.fix_id);
	}
	if (count)
		session_note(u->w.session, NOTE_WARNING, W_UNDO_UNKNOWN_ITEMS,
			     count, path, path);
	vault_rows_release(&rows);
	mem_free(path);
}

/* Where else there may be something to be put back. */
static void tell_elsewhere(const struct undo *u)
{
	if (target_is_one_of_several(u->w.target))
		session_note(u->w.session, NOTE_WARNING, "%s",
			     W_UNDO_SEVERAL_WINDOWS);
	tell_unknown(u);
}

static int no_fix(const struct undo *u, const char *older_than, int err)
{
	if (!older_than || err != ERR_NOT_FOUND)
		session_note_last(u->w.session, "");
	if (!older_than && err == ERR_NOT_FOUND)
		tell_elsewhere(u);
	return err;
}

static int put_back(struct undo *u, const struct undo_options *o,
		    struct fix_result *counts)
{
	int err = fixer_undo(u->fixer, o, counts);

	if (!err) {
		work_ended(&u->w, counts);
		return 0;
	}
	u->ret->facts.end = SESSION_STOPPED;
	session_note_last(u->w.session, "");
	session_note(u->w.session, NOTE_WARNING, "%s",
		     err == ERR_READ_ONLY ? W_UNDO_MOUNT_WRITABLE
					  : W_UNDO_GO_ON);
	return err;
}

/* One fix.  *done_ret: it was looked at, `counts` tells what became of it. */
static int undo_one(struct undo *u, const char *older_than,
		    struct fix_result *counts, bool *done_ret)
{
	const struct undo_options uo = {
		.findings = u->choice->findings,
		.finding_count = u->choice->finding_count,
		.steps = u->choice->steps,
		.step_count = u->choice->step_count,
		.older_than = older_than,
	};
	struct session_question q = { .kind = ASK_UNDO };
	struct fix_record *fix = NULL;
	int err = fixer_undo_list(u->fixer, &uo, &fix);

	*done_ret = false;
	if (err)
		return no_fix(u, older_than, err);
	note_identity(u, fix);
	q.fix = fix;
	err = work_ask(&u->w, &q, u->ret, done_ret);
	fix_record_free(fix);
	if (err || !*done_ret)
		return err;
	err = put_back(u, &uo, counts);
	*done_ret = !err;
	return err;
}

static int undo(struct undo *u)
{
	const bool all = !u->choice->finding_count && !u->choice->step_count;
	struct session_fix_result *ret = u->ret;
	char before[FIX_ID_NBYTES];
	struct fix_result counts = { 0 };
	bool done = false;
	int err = undo_one(u, NULL, &counts, &done);

	if (!err && done)
		undo_result(ret, &counts);
	/* What can never be put back must not bar the way to older fixes. */
	while (done && all && counts.failed && !counts.undone) {
		memcpy(before, counts.fix_id, sizeof(before));
		session_note(u->w.session, NOTE_WARNING, "%s", W_UNDO_OLDER);
		err = undo_one(u, before, &counts, &done);
		if (!err && done)
			undo_result(ret, &counts);
		/* There is none: what the newest one gave stands. */
		if (err && ret->facts.end == SESSION_DONE)
			return 0;
	}
	return err;
}

static bool is_without_journal(int err)
{
	return err == ERR_NOT_FOUND || err == ERR_CORRUPT ||
	       err == ERR_DENIED || err == ERR_ANTIVIRUS ||
	       err == ERR_UNSUPPORTED;
}

static int undo_fix(struct undo *u)
{
	struct fixer_options fo;
	int err = work_open_store(&u->w, true, false);

	if (err)
		return err;
	work_fixer_options(&u->w, &fo);
	err = fixer_open(&fo, false, &u->fixer);
	if (err == ERR_NOT_FOUND)
		return undo_without_journal(
			&u->w, u->choice, W_UNDO_NO_JOURNAL,
			u->w.o->vault_dir ? W_UNDO_NO_JOURNAL : W_UNDO_NO_VAULT,
			u->ret);
	if (is_without_journal(err)) {
		struct err_info why = *err_last();

		return undo_without_journal(&u->w, u->choice, why.text,
					    why.text, u->ret);
	}
	if (err) {
		session_note_last(u->w.session, W_FIX_VAULT_UNUSABLE);
		return err;
	}
	err = undo(u);
	fixer_close(u->fixer);
	return err;
}

int session_undo(struct session *s, const struct session_choice *c,
		 struct session_fix_result *ret)
{
	struct undo u = { .choice = c, .ret = ret };
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->facts.end = SESSION_NOT_STARTED;
	work_init(&u.w, s);
	u.w.is_undo = true;
	give_back_hives(s);
	err = work_open_target(&u.w);
	if (!err)
		err = undo_fix(&u);
	work_release(&u.w);
	return err;
}
