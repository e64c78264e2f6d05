/*
 * Quarantine of one file, taken back.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"
#include "remediate/folders.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/undo.h"

#define ATTR_READ_ONLY 0x1u /* FILE_ATTRIBUTE_READONLY */

/* What a removal that was cut off has taken from the file. */
static int give_back(struct fixer *f, const struct step *s,
		     struct host_subject *subject)
{
	struct vault_info info = { 0 };
	int err = file_saved(f, s, &info);

	if (!err && (info.meta.known & META_ATTRS) &&
	    (info.meta.attrs & ATTR_READ_ONLY))
		err = host_subject_set_read_only(subject);
	vault_info_release(&info);
	return err;
}

/*
 * Something has its name: the same file (a crash), or something new.  Once it
 * was seen to be gone, one that is like it is somebody's, and left as it is.
 */
static int is_same_there(struct fixer *f, const struct step *s,
			 struct host_place *place, bool *ret)
{
	struct host_subject *subject = NULL;
	int err = host_subject_open(place, HOST_SUBJECT_IN_USE, &subject);

	*ret = false;
	if (!err)
		err = file_is_saved(f, s, subject, ret);
	if (!err && *ret && s->state == STEP_APPLIED)
		err = give_back(f, s, subject);
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
		err = err_fail(ERR_EXISTS, 0, W_UNDO_NAME_TAKEN_NEW, s->target);
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
		err = guard_volume_error(f->guard, s->target, host);
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

/*
 * What still waits for a restart is held while the file is put back, and has
 * given up what only one of them can have.
 */
static int hold_waiting(struct fixer *f, const struct step *s,
			struct host_place *place, const char **private_dir_ret,
			struct host_subject **ret)
{
	int err = s->moved_to ? waiting_open(f, s, place, private_dir_ret, ret)
			      : 0;

	if (!err && *ret)
		err = host_subject_make_removable(*ret);
	return err == ERR_NOMEM ? err : 0;
}

/* The file is back without it; that this one stays is told, and no failure. */
static int clear_waiting(struct fixer *f, const struct step *s,
			 struct host_subject *moved, const char *private_dir)
{
	int err = waiting_remove(f, s, moved, private_dir);

	if (err && host_subject_use(moved) == IN_USE_YES)
		err = waiting_queue(f, s, moved);
	if (err && err != ERR_NOMEM) {
		fixer_tell(f, FIX_NOTE, s, err_last()->text);
		err = 0;
	}
	return err;
}

/* What has gone from its place is put there again. */
static int put_back(struct fixer *f, struct step *s,
		    struct host_short *name_ret)
{
	struct host_subject *moved = NULL;
	struct host_place *place = NULL;
	const char *private_dir = NULL;
	char *item = fixer_item_path(f, s->item);
	int err = item ? place_again(f, s, item, &place) : err_nomem();

	if (!err)
		err = hold_waiting(f, s, place, &private_dir, &moved);
	if (!err)
		err = restore(f, s, place, item, name_ret);
	if (err)
		err = item ? undo_names_copy(err, s->target, item) : err;
	else
		err = file_clear_leftover(f, s, place);
	if (!err && moved)
		err = clear_waiting(f, s, moved, private_dir);
	host_subject_close(moved);
	host_place_close(place);
	mem_free(item);
	return err;
}

/* What was moved away may be the last copy; the start of Windows removes it. */
static int tell_waiting(struct fixer *f, const struct step *s)
{
	struct str text = STR_INIT;
	struct host_stat st;
	int err = 0;

	if (!s->moved_to || host_stat(s->moved_to, false, &st))
		return 0;
	err = words_still_waits(s->moved_to, &text);
	if (!err)
		fixer_tell(f, FIX_NOTE, s, str_text(&text));
	str_release(&text);
	return err;
}

int undo_file(struct fixer *f, struct step *s)
{
	struct host_short name = { 0 };
	const int failed = put_back(f, s, &name);
	int err = fixer_undone_but(f, s, failed, &name);

	if (!err && failed)
		err = tell_waiting(f, s);
	return err;
}
