/*
 * The way back by the items of a vault alone, where no journal leads.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/undo_items.h"
#include "session/give_back.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "remediate/since_scan.h"
#include "words/undo.h"
#include "words/vault.h"
#include <string.h>

void undo_result(struct session_fix_result *ret,
		 const struct fix_result *counts)
{
	ret->facts.end = SESSION_DONE;
	ret->facts.found |= counts->failed || counts->without_short;
	ret->has_run = true;
	ret->counts.undone += counts->undone;
	ret->counts.nothing += counts->nothing;
	ret->counts.failed += counts->failed;
	ret->counts.without_short += counts->without_short;
	memcpy(ret->counts.fix_id, counts->fix_id, sizeof(counts->fix_id));
}

/*
 * What comes back makes earlier scans old: noted where it can be; the items
 * may be all that is left.
 */
static void overtake(const struct work *w)
{
	if (since_scan_note_undo(w->target))
		session_note_last(w->session, "");
	if (w->store &&
	    store_overtake(w->store, target_info(w->target)->target_id, "undo"))
		session_note_last(w->session, "");
}

static void item_options(struct work *w, struct undo_item_options *ret)
{
	*ret = (struct undo_item_options){ .load = &reg_load_system,
					   .volumes = &w->volumes,
					   .cancel = w->o->cancel,
					   .event = work_on_event,
					   .event_arg = w };
}

/* Each item has its key in itself: anybody can make one. */
static int only_show(const struct work *w, const struct session_question *q,
		     const char *what, int err)
{
	const struct err_info why = *err_last();

	work_show(w, q);
	/* Who showed it may have failed at something himself. */
	err_fail(err, why.os_error, "%s", why.text);
	session_note_last(w->session, what);
	return err;
}

static int undo_rows(struct work *w, const char *path, const struct vec *rows,
		     const char *why, struct session_fix_result *ret)
{
	const struct session_question q = { .kind = ASK_UNDO_ITEMS,
					    .rows = rows };
	struct undo_item_options uo;
	struct fix_result counts = { 0 };
	bool yes = false;
	int err = fixer_vault_is_private(path);

	if (err)
		return only_show(w, &q, W_UNDO_ITEMS_LISTED, err);
	session_note(w->session, NOTE_WARNING, W_UNDO_ITEMS_ALONE, why);
	err = work_ask(w, &q, ret, &yes);
	if (err || !yes)
		return err;
	overtake(w);
	item_options(w, &uo);
	err = fixer_undo_vault(w->target, path, rows, &uo, &counts);
	if (err) {
		session_note_last(w->session, "");
		session_note(w->session, NOTE_WARNING, "%s", W_UNDO_GO_ON);
		ret->facts.end = SESSION_STOPPED;
		return err;
	}
	work_ended(w, &counts);
	undo_result(ret, &counts);
	return 0;
}

int undo_without_journal(struct work *w, const struct session_choice *c,
			 const char *why, const char *none,
			 struct session_fix_result *ret)
{
	char *path = work_vault_path(w);
	struct vec rows = { 0 };
	int err = ERR_NOT_FOUND;

	if (!path || vault_rows_load(path, &rows) || !rows.count)
		session_note(w->session, NOTE_WARNING, "%s", none);
	else if (!w->o->vault_dir)
		session_note(w->session, NOTE_WARNING, W_UNDO_ITEMS_THERE, path,
			     why, (unsigned)rows.count, path, path);
	else if (c->finding_count || c->step_count)
		session_note(w->session, NOTE_WARNING, W_UNDO_ITEMS_ALL, why);
	else
		err = undo_rows(w, path, &rows, why, ret);
	vault_rows_release(&rows);
	mem_free(path);
	return err;
}

/* ---- one item ---------------------------------------------------- */

/*
 * An item has its key in itself: who can write its folder can make one, and
 * exchange it between the question and the answer.
 */
static int check_item_place(const char *item)
{
	char *path = host_absolute_path(item);
	char *dir = path ? host_dirname(path) : NULL;
	int err = dir ? fixer_vault_is_private(dir) : err_nomem();

	mem_free(dir);
	mem_free(path);
	return err;
}

static int undo_item(struct work *w, const char *item, const char *out,
		     struct session_fix_result *ret)
{
	struct undo_item_options uo;
	struct fix_result counts = { 0 };
	int err;

	item_options(w, &uo);
	err = fixer_undo_item(w->target, item, out, &uo, &counts);
	if (err) {
		/* It could not be put back: that is what is found. */
		session_note_last(w->session, "");
		ret->facts.end = SESSION_DONE;
		ret->facts.found = true;
		return err;
	}
	undo_result(ret, &counts);
	if (!out) {
		/* Without it the journal knows it still. */
		(void)work_open_store(w, true, false);
		overtake(w);
	}
	return 0;
}

static int ask_item(struct work *w, const char *item, const char *out,
		    struct session_fix_result *ret)
{
	struct vault_info info = { 0 };
	const struct session_question q = { .kind = ASK_UNDO_ITEM,
					    .item = &info };
	bool yes = false;
	int err = vault_read_info(item, &info);
	const int refused = err || out ? 0 : check_item_place(item);

	if (err) {
		session_note_last(w->session, "");
	} else if (refused) {
		err = only_show(w, &q, W_UNDO_ITEM_SHOWN, refused);
		session_note(w->session, NOTE_WARNING, "%s", W_UNDO_ITEM_COPY);
	} else {
		err = work_ask(w, &q, ret, &yes);
	}
	vault_info_release(&info);
	return err || !yes ? err : undo_item(w, item, out, ret);
}

int session_undo_item(struct session *s, const char *item, const char *out,
		      struct session_fix_result *ret)
{
	struct work w;
	int err = 0;

	memset(ret, 0, sizeof(*ret));
	ret->facts.end = SESSION_NOT_STARTED;
	work_init(&w, s);
	w.is_undo = true;
	/* To write an item into a file no Windows is needed. */
	if (!out) {
		give_back_hives(s);
		err = work_open_target(&w);
	}
	if (!err)
		err = ask_item(&w, item, out, ret);
	work_release(&w);
	return err;
}

/* ---- what lies there --------------------------------------------- */

int session_vault(struct session *s, struct vec *rows_ret, char **path_ret)
{
	struct work w;
	int err = 0;

	*path_ret = NULL;
	work_init(&w, s);
	/* A vault that is named needs no Windows. */
	if (!w.o->vault_dir)
		err = work_open_target(&w);
	if (!err) {
		*path_ret = work_vault_path(&w);
		if (!*path_ret) {
			session_note_last(s, "");
			err = err_last()->err;
		}
	}
	work_release(&w);
	if (!*path_ret)
		return err;
	err = vault_rows_load(*path_ret, rows_ret);
	if (err == ERR_NOT_FOUND)
		session_note(s, NOTE_WARNING, W_VAULT_NONE, *path_ret);
	else if (err)
		session_note_last(s, W_VAULT_NOT_LISTED);
	return err;
}
