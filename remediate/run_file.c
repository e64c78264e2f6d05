/*
 * Quarantine of one file: carried out, gone on with, and taken back.
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

#include <string.h>

/* ---- saving -----------------------------------------------------------------
 */

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
		err = err_fail(ERR_CORRUPT, 0,
			       "the vault's item \"%s\" is of something else",
			       name);
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

/* ---- in use
 * ------------------------------------------------------------------ */

/* "<private folder>\restart-<fix>-<seq>", where nobody can change it. */
static int waiting_place(struct fixer *f, struct step *s,
			 const char *private_dir)
{
	struct str name = STR_INIT;

	str_addf(&name, "restart-%s-%u", f->fix_id, (unsigned)s->seq);
	if (!name.err && !s->moved_to)
		s->moved_to = host_join(private_dir, str_text(&name));
	str_release(&name);
	return s->moved_to ? 0 : err_nomem();
}

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

/*
 * It has gone from where it was loaded.  If the queue does not take it, it
 * lies in the private folder until a person removes it.
 */
static int queue_removal(struct fixer *f, struct step *s, bool *waits_ret)
{
	struct str text = STR_INIT;
	int err = f->o.processes->remove_at_restart(f->o.processes->arg,
						    s->moved_to);

	*waits_ret = !err;
	if (!err || err == ERR_NOMEM)
		return err;
	str_addf(&text,
		 "it was moved to \"%s\", but its removal at the next start "
		 "could not be queued (%s); remove it after the restart",
		 s->moved_to, err_last()->text);
	mem_free(s->error);
	s->error = mem_strdup(str_text(&text));
	str_release(&text);
	return s->error ? 0 : err_nomem();
}

/* ---- doing it
 * -------------------------------------------------------------------- */

static int apply(struct fixer *f, struct step *s, struct guarded_file *g,
		 const char *who)
{
	const char *private_dir = NULL;
	const char *base = g->base ? g->base : g->host;
	bool waits = false;
	int err = fixer_private_dir(f, base, &private_dir);
	int there;

	if (!err && g->in_use)
		err = waiting_place(f, s, private_dir);
	if (err)
		return fixer_failed(f, s, err);
	s->state = STEP_APPLIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	err = g->in_use ? move_away(s, g, private_dir)
			: host_subject_remove(g->subject, private_dir);
	/* A new file of that name is no reason to say this one is there. */
	there = err == ERR_EXISTS ? 0 : host_place_exists(g->place);
	if (err && there != 0) {
		mem_free(s->moved_to);
		s->moved_to = NULL;
		return fixer_give_up(f, s, FIX_STEP_FAILED, "%s",
				     err_last()->text);
	}
	if (there > 0)
		return fixer_give_up(f, s, FIX_STEP_FAILED,
				     "it is still there after its removal");
	if (there < 0)
		return fixer_give_up(f, s, FIX_STEP_FAILED,
				     "whether it is gone cannot be seen: %s",
				     err_last()->text);
	err = g->in_use ? queue_removal(f, s, &waits) : 0;
	if (err)
		return err;
	s->state = STEP_VERIFIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	f->result.done++;
	f->result.waits += waits;
	fixer_tell(f, waits ? FIX_STEP_WAITS : FIX_STEP_DONE, s,
		   s->error ? s->error : who);
	return 0;
}

int run_file(struct fixer *f, struct step *s)
{
	struct guard_answer answer;
	struct guarded_file g = { 0 };
	struct str who = STR_INIT;
	int err = guard_file(f->guard, s, &answer, &g);

	if (!err && answer.reason == GUARD_OK && g.in_use)
		err = programs_list(f, g.host, &who);
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
	s->state = STEP_SAVED;
	err = fixer_note(f, s);
	if (!err)
		err = apply(f, s, &g, str_text(&who));
out:
	str_release(&who);
	guarded_file_release(&g);
	return err;
}

/* ---- after a crash
 * ----------------------------------------------------------------- */

/* Where the file of the step was, whether or not it is there. */
static int old_place(struct fixer *f, const struct step *s,
		     struct host_place **ret)
{
	char *host = NULL;
	const char *base;
	int err = target_host_path(f->o.target, s->target, &host);

	if (err)
		return err;
	base = target_base(f->o.target, host);
	err = host_place_open(base, host, ret);
	mem_free(host);
	return err;
}

static uint64_t from_hex(const char *text)
{
	uint64_t value = 0;

	for (; text && *text; text++)
		value = value << 4 |
			(uint64_t)(*text <= '9' ? *text - '0'
						: *text - 'a' + 10);
	return value;
}

static int same_content(struct fixer *f, const struct step *s,
			struct host_subject *subject, bool *ret)
{
	struct vault_info info = { 0 };
	char *path = fixer_item_path(f, s->item);
	char hex[65];
	int err = path ? vault_read_info(path, &info) : err_nomem();

	if (!err)
		err = host_file_sha256(host_subject_file(subject), hex);
	if (!err)
		*ret = strcmp(hex, info.sha256) == 0;
	vault_info_release(&info);
	mem_free(path);
	return err;
}

/*
 * A removal that was cut off between its move and its end has left the file
 * in the private folder; it is in the vault, so it may go now.
 */
static int clear_leftover(struct fixer *f, const struct step *s,
			  struct host_place *place)
{
	const char *host = host_place_path(place);
	const char *base = target_base(f->o.target, host);
	const char *private_dir = NULL;
	struct host_subject *subject = NULL;
	struct host_place *left = NULL;
	bool same = false;
	char *path = NULL;
	int err;

	if (!s->file_id || !s->item)
		return 0;
	err = fixer_private_dir(f, base ? base : host, &private_dir);
	if (!err)
		err = host_leftover(private_dir, from_hex(s->file_id), &path);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	err = host_place_open(private_dir, path, &left);
	if (!err)
		err = host_subject_open(left, 0, &subject);
	if (!err)
		err = same_content(f, s, subject, &same);
	if (!err && same)
		err = host_subject_remove(subject, private_dir);
	host_subject_close(subject);
	host_place_close(left);
	mem_free(path);
	return err;
}

int resume_file(struct fixer *f, struct step *s)
{
	struct host_place *place = NULL;
	bool waits = false;
	int there, err;

	if (s->state != STEP_APPLIED)
		return run_file(f, s);
	err = old_place(f, s, &place);
	there = err ? -err : host_place_exists(place);
	if (there < 0) {
		host_place_close(place);
		return fixer_failed(f, s, -there);
	}
	/* Still there: the change was not made, so it is made now. */
	if (there > 0) {
		host_place_close(place);
		return run_file(f, s);
	}
	err = clear_leftover(f, s, place);
	host_place_close(place);
	if (!err && s->moved_to)
		err = queue_removal(f, s, &waits);
	if (err)
		return fixer_failed(f, s, err);
	s->state = STEP_VERIFIED;
	err = fixer_note(f, s);
	if (err)
		return err;
	f->result.done++;
	f->result.waits += waits;
	fixer_tell(f, waits ? FIX_STEP_WAITS : FIX_STEP_DONE, s,
		   s->error ? s->error : "");
	return 0;
}

/* ---- the way back
 * ------------------------------------------------------------------- */

/* Something has its name: the same file (a crash), or something new. */
static int is_same_there(struct fixer *f, const struct step *s,
			 struct host_place *place, bool *ret)
{
	struct host_subject *subject = NULL;
	int err = host_subject_open(place, 0, &subject);

	*ret = false;
	if (!err)
		err = same_content(f, s, subject, ret);
	host_subject_close(subject);
	return err == ERR_UNSUPPORTED || err == ERR_LOCKED ? 0 : err;
}

static int restore(struct fixer *f, struct step *s, struct host_place *place,
		   const char *item, struct host_short *name_ret)
{
	int err = vault_restore_file(item, place, true, name_ret);

	if (err != ERR_EXISTS)
		return err;
	err = is_same_there(f, s, place, &s->was_there);
	if (!err && !s->was_there)
		err = err_fail(ERR_EXISTS, 0,
			       "something new has the name \"%s\" and was left "
			       "alone",
			       s->target);
	return err;
}

/* The file's place; folders that have gone since are made again. */
static int place_again(struct fixer *f, const struct step *s, const char *item,
		       struct host_place **ret)
{
	struct vault_info info = { 0 };
	char *host = NULL;
	int err = folders_find(f->o.target, s->target, &host);

	if (!err)
		err = guard_volume_error(f->guard, s->target, host, f->o.lang);
	if (!err)
		err = fixer_clear_temps(f, host);
	if (!err)
		err = vault_read_info(item, &info);
	if (!err)
		err = folders_open(f->o.target, s->target, &info, ret);
	vault_info_release(&info);
	mem_free(host);
	return err;
}

/* What has gone from its place is put there again. */
static int put_back(struct fixer *f, struct step *s,
		    struct host_short *name_ret)
{
	struct host_place *place = NULL;
	char *item = fixer_item_path(f, s->item);
	int err = item ? place_again(f, s, item, &place) : err_nomem();

	if (!err)
		err = restore(f, s, place, item, name_ret);
	if (err)
		err = item ? undo_names_copy(err, s->target, item) : err;
	else
		err = clear_leftover(f, s, place);
	host_place_close(place);
	mem_free(item);
	return err;
}

int undo_file(struct fixer *f, struct step *s)
{
	struct host_short name = { 0 };
	int err = put_back(f, s, &name);

	return fixer_undone_but(f, s, err, &name);
}
