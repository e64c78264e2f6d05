/*
 * Which Windows installations lie on the given folders or volumes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <stdlib.h>
#include <string.h>

/* Installations, and folders looked at below one mount point. */
#define FOUND_MAX   256
#define FOLDERS_MAX 10000

struct seen {
	uint64_t volume;
	uint64_t file_id;
};

struct finding_out {
	struct vec found; /* of struct target_found */
	struct vec seen;
	struct gap_sink *gaps;
	bool is_in_winpe;
};

static void found_release(struct target_found *f)
{
	mem_free(f->root);
	mem_free(f->windows);
	mem_free(f->product_name);
	mem_free(f->version);
	mem_free(f->computer_name);
	mem_free(f->target_id);
}

void target_found_free(struct target_found *f, size_t count)
{
	for (size_t i = 0; i < count; i++)
		found_release(&f[i]);
	mem_free(f);
}

/* NULL stays NULL. */
static bool copy_text(char **to, const char *from)
{
	*to = mem_strdup(from);
	return *to || !from;
}

static int add_found(struct finding_out *o, const struct target *t,
		     const char *root)
{
	const struct target_info *info = &t->info;
	struct target_found *f = vec_push(&o->found);

	if (!f)
		return err_last()->err;
	f->is_64bit = info->is_64bit;
	f->is_one_of_several = t->other_windows.count > 0;
	if (copy_text(&f->windows, wpath_name(t->windows)) &&
	    copy_text(&f->root, root) &&
	    copy_text(&f->product_name, info->product_name) &&
	    copy_text(&f->version, info->version) &&
	    copy_text(&f->computer_name, info->computer_name) &&
	    copy_text(&f->target_id, info->target_id))
		return 0;
	found_release(f);
	o->found.count--;
	return err_nomem();
}

/* A mount point and the folder above it may both be given. */
static bool was_seen(struct finding_out *o, const struct target *t)
{
	struct target_path p;
	struct seen *s;
	bool is_known = false;

	if (target_resolve((struct target *)t, t->windows, 0, &p))
		return false;
	for (size_t i = 0; i < o->seen.count; i++) {
		s = vec_at(&o->seen, i);
		if (p.st.file_id && s->volume == p.st.volume &&
		    s->file_id == p.st.file_id)
			is_known = true;
	}
	if (!is_known) {
		s = vec_push(&o->seen);
		if (s) {
			s->volume = p.st.volume;
			s->file_id = p.st.file_id;
		}
	}
	target_path_release(&p);
	return is_known;
}

/*
 * The hives of the Windows that runs are locked; the live registry tells
 * the same.
 */
static struct target *open_running(const char *root, const char *name)
{
	struct target_options options = { .kind = TARGET_LIVE };
	struct target *t;
	char *windows;

	if (target_open_identity(&options, &t))
		return NULL;
	windows = host_join(root, name);
	if (windows && utf_casecmp(windows, t->windows) == 0) {
		mem_free(windows);
		return t;
	}
	mem_free(windows);
	target_free(t);
	return NULL;
}

/* Windows PE itself, which stands on its disk as any other. */
static bool is_winpe_itself(const struct finding_out *o, const char *root,
			    const struct target *t)
{
	struct target *running =
		o->is_in_winpe ? open_running(root, wpath_name(t->windows))
			       : NULL;
	const bool yes = running != NULL;

	target_free(running);
	return yes;
}

/* One Windows below root; NULL: the one that is taken unasked. */
static int try_windows(struct finding_out *o, const char *root,
		       const char *windows, struct target **ret)
{
	struct target_options options = { .kind = TARGET_OFFLINE,
					  .root = root,
					  .windows = windows };
	struct target *t, *running = NULL;
	int err = target_open_identity(&options, &t);

	*ret = NULL;
	if (err)
		return err == ERR_NOMEM ? err : 0;
	*ret = t;
	if (was_seen(o, t) || is_winpe_itself(o, root, t))
		return 0;
	if (!t->info.version)
		running = open_running(root, wpath_name(t->windows));
	err = add_found(o, running ? running : t, root);
	target_free(running);
	return err;
}

static int try_root(struct finding_out *o, const char *root)
{
	struct target *t, *other;
	int err = try_windows(o, root, NULL, &t);

	for (size_t i = 0; !err && t && i < t->other_windows.count; i++) {
		err = try_windows(o, root,
				  *(char **)vec_at(&t->other_windows, i),
				  &other);
		target_free(other);
	}
	target_free(t);
	return err;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_folders(const char *path, struct vec *names)
{
	struct host_dir *dir;
	struct host_dirent de;
	int ret = host_dir_open(path, &dir);

	if (ret)
		return ret;
	while (names->count < FOLDERS_MAX && host_dir_next(dir, &de) == 1) {
		char **slot;
		char *copy;

		if (de.st.type != HOST_DIR)
			continue;
		copy = host_join(path, de.name);
		slot = copy ? vec_push(names) : NULL;
		if (!slot) {
			mem_free(copy);
			ret = err_nomem();
			break;
		}
		*slot = copy;
	}
	host_dir_close(dir);
	if (names->count > 1)
		qsort(names->items, names->count, sizeof(char *), by_text);
	return ret;
}

static int try_below(struct finding_out *o, const char *path)
{
	struct vec names = VEC_INIT(char *, FOLDERS_MAX);
	int ret = list_folders(path, &names);

	for (size_t i = 0; i < names.count; i++) {
		char *name = *(char **)vec_at(&names, i);

		if (!ret)
			ret = try_root(o, name);
		mem_free(name);
	}
	vec_release(&names);
	return ret;
}

static int try_given(struct finding_out *o, const char *const *paths,
		     size_t count)
{
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++) {
		char *path = host_absolute_path(paths[i]);
		struct host_stat st;

		if (!path)
			return err_nomem();
		ret = host_stat(path, true, &st);
		if (!ret && st.type != HOST_DIR)
			ret = err_fail(ERR_NOT_DIR, 0, W_TARGET_NO_FOLDER,
				       paths[i]);
		if (!ret)
			ret = try_root(o, path);
		if (!ret)
			ret = try_below(o, path);
		mem_free(path);
	}
	return ret;
}

static void tell_closed(const struct finding_out *o,
			const struct host_volume *v)
{
	if (volume_gap_matters(v->why, v->part, true, false))
		gap_report(o->gaps, GAP_VOLUME, GAP_MATTERS, v->path,
			   v->os_error, "%s", volume_why_words(v->why));
}

/* A volume that cannot be entered hides no other. */
static int try_volumes(struct finding_out *o)
{
	struct host_volume *v;
	size_t count;
	int ret = host_volumes(&v, &count);

	if (ret)
		return ret;
	for (size_t i = 0; i < count && !ret; i++) {
		if (v[i].why)
			tell_closed(o, &v[i]);
		if (v[i].why || v[i].is_remote)
			continue;
		ret = try_root(o, v[i].path);
		if (!ret && try_below(o, v[i].path) == ERR_NOMEM)
			ret = ERR_NOMEM;
	}
	host_volumes_free(v, count);
	return ret;
}

int target_find(const char *const *paths, size_t path_count,
		struct gap_sink *gaps, struct target_found **ret,
		size_t *count_ret)
{
	struct finding_out o = {
		.found = VEC_INIT(struct target_found, FOUND_MAX),
		.seen = VEC_INIT(struct seen, FOUND_MAX),
		.gaps = gaps,
		.is_in_winpe = target_winpe() != WINPE_NO,
	};
	int err =
		path_count ? try_given(&o, paths, path_count) : try_volumes(&o);

	vec_release(&o.seen);
	if (err) {
		target_found_free(o.found.items, o.found.count);
		return err;
	}
	*ret = o.found.items;
	*count_ret = o.found.count;
	return 0;
}
