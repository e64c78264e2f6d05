/*
 * Quarantine of one file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handle whose content was hashed stays open from the guard's look to
 * the removal; the copy in the vault is made from it and read back before.
 */
#include "remediate/fixer_internal.h"
#include "remediate/folders.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/base.h"
#include "words/fix.h"

#include <string.h>

/* ---- saving ------------------------------------------------------ */

/*
 * An item of that name is there already: from the same step, before a crash
 * kept the journal from knowing it.  It counts if it is whole and the same.
 */
static int adopt_item(struct fixer *f, struct step *s, const char *sha256)
{
	struct vault_info info = { 0 };
	char *name = vault_item_name(f->fix_id, s->seq);
	char *path = name ? fixer_item_path(f, name) : NULL;
	int err = path ? vault_verify(path, &info) : err_nomem();

	mem_free(path);
	if (!err && (strcmp(info.sha256, sha256) != 0 || info.seq != s->seq ||
		     strcmp(info.original, s->target) != 0))
		err = err_fail(ERR_CORRUPT, 0, W_FIX_ITEM_OF_OTHER, name);
	vault_info_release(&info);
	if (err) {
		mem_free(name);
		return err;
	}
	mem_free(s->item);
	s->item = name;
	return 0;
}

/* By which undo without a journal knows the disk again; 0: not known. */
static uint32_t volume_of(const struct guarded_file *g)
{
	struct host_volume_state v = { 0 };

	if (host_volume_state(g->host, &v))
		return 0;
	mem_free(v.fs_name);
	return v.serial;
}

static int save_file(struct fixer *f, struct step *s, struct guarded_file *g)
{
	struct vault_info info;
	char *name = NULL;
	int err;

	if (s->item)
		return adopt_item(f, s, g->sha256);
	fixer_item_info(f, s, &info);
	str_copy(info.sha256, g->sha256, sizeof(info.sha256));
	info.volume = volume_of(g);
	err = folders_record(f->o.target, s->target, &info);
	if (!err)
		err = vault_put_file(f->vault, &info, g->subject, &name);
	if (err == ERR_EXISTS)
		err = adopt_item(f, s, g->sha256);
	else if (!err)
		s->item = name;
	if (!err && name)
		fixer_mirrored(f, mirror_item(&f->mirror, s, &info));
	host_meta_release(&info.meta);
	mem_free(info.folders);
	return err;
}

/* ---- in use ------------------------------------------------------ */

/* The verified handle gives it another name; only that is queued later. */
static int move_away(const struct step *s, struct guarded_file *g,
		     const char *private_dir)
{
	struct host_place *to = NULL;
	int err = host_place_open(g->base, s->moved_to, &to);

	if (!err)
		err = host_subject_rename(g->subject, to, private_dir);
	host_place_close(to);
	return err;
}

/* ---- doing it ---------------------------------------------------- */

/* What the step is noted with, then who still has it loaded. */
static void tell_done(struct fixer *f, const struct step *s, bool waits,
		      const char *who)
{
	struct str text = STR_INIT;

	if (s->error && *who)
		str_addf(&text, W_BASE_BOTH, s->error, who);
	else
		str_add(&text, s->error ? s->error : who);
	fixer_tell(f, waits ? FIX_STEP_WAITS : FIX_STEP_DONE, s,
		   str_text(&text));
	str_release(&text);
}

/* `who` may be empty, or has it loaded. */
int file_done(struct fixer *f, struct step *s, bool waits, const char *who)
{
	int err = fixer_keep_closed(s);

	if (err)
		return err;
	s->state = STEP_VERIFIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	f->result.done++;
	f->result.waits += waits;
	tell_done(f, s, waits, who);
	return 0;
}

/* Before it is done; what an earlier attempt was to do is no more. */
static int note_change(struct fixer *f, struct step *s,
		       const struct guarded_file *g, const char *private_dir)
{
	mem_free(s->moved_to);
	s->moved_to = NULL;
	if (g->use == IN_USE_YES) {
		s->moved_to = waiting_path(f, s, private_dir);
		if (!s->moved_to)
			return err_nomem();
	}
	s->state = STEP_APPLIED;
	return fixer_note(f, s);
}

/*
 * Where only the removal shows that somebody uses it, its handle still holds
 * it, and it is moved away in the same step.
 */
static int take_away(struct fixer *f, struct step *s, struct guarded_file *g,
		     const char *private_dir, struct str *who)
{
	int err;

	if (g->use == IN_USE_YES)
		return move_away(s, g, private_dir);
	err = host_subject_remove(g->subject, private_dir);
	if (!err || host_subject_use(g->subject) != IN_USE_YES)
		return err;
	g->use = IN_USE_YES;
	err = programs_ask(f, g, who);
	if (!err)
		err = note_change(f, s, g, private_dir);
	return err ? err : move_away(s, g, private_dir);
}

static int apply(struct fixer *f, struct step *s, struct guarded_file *g,
		 struct str *who)
{
	const char *private_dir = NULL;
	const char *base = g->base ? g->base : g->host;
	bool waits = false;
	int err = fixer_private_dir(f, base, &private_dir);
	int there;

	if (err)
		return fixer_failed(f, s, err);
	err = note_change(f, s, g, private_dir);
	if (err)
		return err;
	err = take_away(f, s, g, private_dir, who);
	/*
	 * What was moved was seen where it is now; and a new file of that
	 * name is no reason to say this one is there.
	 */
	there = (s->moved_to ? !err : err == ERR_EXISTS)
			? 0
			: host_place_exists(g->place);
	if (err && there != 0) {
		mem_free(s->moved_to);
		s->moved_to = NULL;
		return fixer_give_up(f, s, FIX_STEP_FAILED, "%s",
				     err_last()->text);
	}
	if (there > 0)
		return fixer_give_up(f, s, FIX_STEP_FAILED, W_FIX_STILL_THERE);
	if (there < 0)
		return fixer_give_up(f, s, FIX_STEP_FAILED, W_FIX_UNSEEN,
				     err_last()->text);
	err = s->moved_to ? waiting_await(f, s, g->subject, &waits) : 0;
	return err ? err : file_done(f, s, waits, str_text(who));
}

int run_file(struct fixer *f, struct step *s)
{
	struct guard_answer answer;
	struct guarded_file g = { 0 };
	struct str who = STR_INIT;
	int err = guard_file(f->guard, s, &answer, &g);

	if (!err && answer.reason == GUARD_OK)
		err = programs_ask(f, &g, &who);
	if (!err && answer.reason != GUARD_OK) {
		err = fixer_refuse(f, s, &answer);
		goto out;
	}
	if (!err)
		err = save_file(f, s, &g);
	if (err) {
		err = fixer_not_saved(f, s, err);
		goto out;
	}
	/* Cut off in its change it stays one that undo has to look at. */
	if (s->state != STEP_APPLIED) {
		s->state = STEP_SAVED;
		err = fixer_note(f, s);
	}
	if (!err)
		err = apply(f, s, &g, &who);
out:
	str_release(&who);
	guarded_file_release(&g);
	return err;
}
