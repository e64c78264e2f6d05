/*
 * Files in use that were moved away, and go when Windows starts again.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/fix.h"

/*
 * "<private folder>\restart-<fix>-<seq>", where nobody can change it.  No two
 * fixes have one number, so that no other file ever has this path, and an
 * entry of what Windows removes at its next start that has no file any more
 * harms nobody: undo leaves it there.  To take it out would mean to write the
 * whole list, in which another program may have put one of its own meanwhile.
 */
char *waiting_path(const struct fixer *f, const struct step *s,
		   const char *private_dir)
{
	struct str name = STR_INIT;
	char *path = NULL;

	str_addf(&name, "restart-%s-%u", f->fix_id, (unsigned)s->seq);
	if (!name.err)
		path = host_join(private_dir, str_text(&name));
	str_release(&name);
	return path;
}

static int note_left(struct step *s)
{
	struct str text = STR_INIT;

	words_left_there(s->moved_to, err_last()->text, &text);
	mem_free(s->error);
	s->error = str_detach(&text);
	return s->error ? 0 : err_nomem();
}

int waiting_remove(struct fixer *f, const struct step *s,
		   struct host_subject *moved, const char *private_dir)
{
	bool same = false;
	int err = file_is_saved(f, s, moved, &same);

	if (!err && !same)
		err = err_fail(ERR_CHANGED, 0, W_FIX_WAITING_OTHER,
			       s->moved_to);
	return err ? err : host_subject_remove(moved, private_dir);
}

/* What is queued is asked for, even if Windows may not manage it. */
int waiting_queue(struct fixer *f, const struct step *s,
		  struct host_subject *moved)
{
	const struct process_ops *ops = f->o.processes;
	const int err = host_subject_make_removable(moved);
	int queued;

	if (err == ERR_NOMEM)
		return err;
	queued = ops->remove_at_restart(ops->arg, s->moved_to);
	return err ? err : queued;
}

/*
 * It has gone from where it was loaded.  If Windows will not remove it, it
 * lies in the private folder until a person does.
 */
int waiting_await(struct fixer *f, struct step *s, struct host_subject *moved,
		  bool *waits_ret)
{
	const int err = waiting_queue(f, s, moved);

	*waits_ret = !err;
	return err && err != ERR_NOMEM ? note_left(s) : err;
}

/* What waits for a restart, or waited; ERR_NOT_FOUND: it is not there. */
int waiting_open(struct fixer *f, const struct step *s,
		 struct host_place *place, const char **private_dir_ret,
		 struct host_subject **ret)
{
	const char *host = host_place_path(place);
	const char *base = target_base(f->o.target, host);
	struct host_place *left = NULL;
	char *path = NULL;
	int err = fixer_private_dir(f, base ? base : host, private_dir_ret);

	if (!err) {
		path = waiting_path(f, s, *private_dir_ret);
		err = path ? host_place_open(*private_dir_ret, path, &left)
			   : err_nomem();
	}
	if (!err)
		err = host_subject_open(left, HOST_SUBJECT_IN_USE, ret);
	host_place_close(left);
	mem_free(path);
	return err;
}
