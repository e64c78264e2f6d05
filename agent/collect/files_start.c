/*
 * Where the file walk starts: volumes, and paths with their twins and streams.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/files_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/collect.h"
#include <string.h>

/* As many known places as this weigh as much as a volume. */
#define VOLUME_WEIGHT 1000

static int push_start(struct file_walk *w, enum work_kind kind,
		      const char *host, const char *wpath, const char *name,
		      int depth, bool is_known_place)
{
	struct work *job = mem_zalloc(sizeof(*job));

	if (job) {
		job->host = mem_strdup(host);
		job->wpath = mem_strdup(wpath);
		job->name = name ? mem_strdup(name) : NULL;
	}
	if (job && job->host && name) {
		size_t n = strlen(job->host);

		while (n && job->host[n - 1] != host_separator())
			n--;
		if (n > 1)
			job->host_folder = mem_strndup(job->host, n - 1);
	}
	if (!job || !job->host || !job->wpath || (name && !job->name)) {
		walk_work_free(job);
		return err_nomem();
	}
	job->kind = kind;
	job->max_depth = depth;
	job->is_known_place = is_known_place;
	job->is_start = true;
	job->weight = is_known_place ? 1 : VOLUME_WEIGHT;
	w->starts += job->weight;
	*w->last_start = job;
	w->last_start = &job->next;
	return 0;
}

int file_walk_volumes(struct file_walk *w)
{
	for (size_t i = 0; i < target_volume_count(w->target); i++) {
		const struct target_volume *v = target_volume(w->target, i);
		int err = push_start(w, WORK_FOLDER, v->host, v->wprefix, NULL,
				     -1, false);

		if (err)
			return err;
	}
	return 0;
}

/* Remember that a start covers this; false if an earlier one did. */
static bool mark_started(struct file_walk *w, struct namemap *set,
			 const char *wpath, int *err_ret)
{
	if (walk_set_has(set, wpath)) {
		*err_ret = 0;
		return false;
	}
	*err_ret = walk_set_add(set, wpath, w);
	return true;
}

/* A path that is there; its backslash at the end, if any, goes. */
static int start_at(struct file_walk *w, const struct target_path *p, int depth)
{
	size_t n = strlen(p->wpath);
	char *wpath =
		mem_strndup(p->wpath, n && p->wpath[n - 1] == '\\' ? n - 1 : n);
	char *cut;
	int err = 0;

	if (!wpath)
		return err_nomem();
	cut = strrchr(wpath, '\\');
	if (p->st.type == HOST_DIR) {
		if (mark_started(w, depth < 0 ? w->done_trees : w->done_folders,
				 wpath, &err) &&
		    !err)
			err = push_start(w, WORK_FOLDER, p->host, wpath, NULL,
					 depth, true);
	} else if (host_may_be_file(&p->st) && cut) {
		if (mark_started(w, w->done_files, wpath, &err) && !err) {
			*cut = '\0';
			err = push_start(w, WORK_FILE, p->host, wpath, cut + 1,
					 0, true);
		}
	}
	mem_free(wpath);
	return err;
}

struct twin_start {
	struct file_walk *walk;
	int depth;
};

/* err: why this place cannot be looked at, told once for each cause. */
static void place_gap(struct file_walk *w, const char *wpath, int err)
{
	bool is_new = true;
	enum gap_kind kind = target_unreached(w->target, err, &is_new);

	if (is_new)
		gap_report(w->options.gaps, kind, GAP_MATTERS, wpath,
			   err_last()->os_error, W_COLLECT_PLACE_NOT_EXAMINED,
			   err_last()->text);
}

static int on_twin(void *arg, const struct target_path *twin, int err)
{
	struct twin_start *s = arg;

	if (!err)
		return start_at(s->walk, twin, s->depth);
	place_gap(s->walk, twin->wpath, err);
	return 0;
}

/* "C:\a\b.txt:evil.dll": with its file or folder; else nothing is done. */
static int start_at_stream(struct file_walk *w, const char *wpath)
{
	const char *last = strrchr(wpath, '\\');
	const char *colon = last ? strchr(last, ':') : NULL;
	char *base = colon ? mem_strndup(wpath, (size_t)(colon - wpath)) : NULL;
	struct target_path p = { 0 };
	size_t n;
	int err;

	if (!colon)
		return 0;
	if (!base)
		return err_nomem();
	err = target_resolve(w->target, base, 0, &p);
	mem_free(base);
	if (err)
		return err == ERR_NOMEM ? err : 0;
	if (p.st.type != HOST_DIR) {
		err = start_at(w, &p, 0);
	} else {
		n = strlen(p.wpath);
		if (n && p.wpath[n - 1] == '\\')
			p.wpath[n - 1] = '\0';
		if (mark_started(w, w->done_streams, p.wpath, &err) && !err)
			err = push_start(w, WORK_STREAMS, p.host, p.wpath, NULL,
					 0, true);
	}
	target_path_release(&p);
	return err;
}

int file_walk_path(struct file_walk *w, const char *wpath, int depth)
{
	struct target_path p = { 0 };
	struct twin_start s = { w, depth };
	int err = target_resolve(w->target, wpath, 0, &p);

	if (err && err != ERR_NOT_FOUND)
		place_gap(w, wpath, err);
	if (err == ERR_NOMEM)
		return err;
	if (err == ERR_NOT_FOUND)
		err = start_at_stream(w, wpath);
	else
		err = err ? 0 : start_at(w, &p, depth);
	/* What lies in a folder of the same name counts, too. */
	if (!err)
		err = target_each_twin(w->target, p.wpath ? p.wpath : wpath,
				       on_twin, &s);
	target_path_release(&p);
	return err;
}
