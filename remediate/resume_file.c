/*
 * Quarantine of one file that a crash cut off, gone on with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"

#include <string.h>

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

int file_saved(struct fixer *f, const struct step *s, struct vault_info *ret)
{
	char *path = fixer_item_path(f, s->item);
	const int err = path ? vault_read_info(path, ret) : err_nomem();

	mem_free(path);
	return err;
}

int file_is_saved(struct fixer *f, const struct step *s,
		  struct host_subject *subject, bool *ret)
{
	struct vault_info info = { 0 };
	char hex[65];
	int err = file_saved(f, s, &info);

	if (!err)
		err = host_file_sha256(host_subject_file(subject), hex);
	if (!err)
		*ret = strcmp(hex, info.sha256) == 0;
	vault_info_release(&info);
	return err;
}

/*
 * A removal that was cut off between its move and its end has left the file
 * in the private folder; it is in the vault, so it may go now.
 */
int file_clear_leftover(struct fixer *f, const struct step *s,
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
		err = file_is_saved(f, s, subject, &same);
	if (!err && same)
		err = host_subject_remove(subject, private_dir);
	host_subject_close(subject);
	host_place_close(left);
	mem_free(path);
	return err;
}

/*
 * What was moved away goes at once if nobody uses it any more: then no start
 * of Windows had to do it.
 */
static int finish_waiting(struct fixer *f, struct step *s,
			  struct host_subject *moved, const char *private_dir,
			  bool *waits_ret)
{
	int err = waiting_remove(f, s, moved, private_dir);

	if (err && host_subject_use(moved) == IN_USE_YES)
		return waiting_await(f, s, moved, waits_ret);
	if (err)
		return err;
	mem_free(s->moved_to);
	s->moved_to = NULL;
	return 0;
}

/* The change was made, all or in part; `there`: something has its name. */
static int finish(struct fixer *f, struct step *s, struct host_place *place,
		  bool there, bool *waits_ret, bool *is_made_ret)
{
	struct host_subject *moved = NULL;
	const char *private_dir = NULL;
	int err = s->moved_to ? waiting_open(f, s, place, &private_dir, &moved)
			      : ERR_NOT_FOUND;

	*is_made_ret = !there || err != ERR_NOT_FOUND;
	if (!err)
		err = finish_waiting(f, s, moved, private_dir, waits_ret);
	else if (err == ERR_NOT_FOUND)
		err = there ? 0 : file_clear_leftover(f, s, place);
	host_subject_close(moved);
	return err;
}

int resume_file(struct fixer *f, struct step *s)
{
	struct host_place *place = NULL;
	bool waits = false, is_made = false;
	int there, err;

	if (s->state != STEP_APPLIED)
		return run_file(f, s);
	err = old_place(f, s, &place);
	there = err ? -err : host_place_exists(place);
	if (there >= 0)
		err = finish(f, s, place, there > 0, &waits, &is_made);
	else
		err = -there;
	host_place_close(place);
	if (err)
		return fixer_failed(f, s, err);
	/* Still there: the change was not made, so it is made now. */
	return is_made ? file_done(f, s, waits, "") : run_file(f, s);
}
