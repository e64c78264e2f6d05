/*
 * The file walker's queue and folders: a stack of work shared by all
 * workers, so that large trees spread by themselves.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A piece of work is a folder, or a batch of names in an open folder.  The
 * stack is last-in-first-out: it stays short (the open part of the tree) and
 * what was listed last is still in the system's cache.
 *
 * Progress: a known place weighs 1, a volume, where nearly all of the work
 * is, far more; a folder gives half of its weight to its files and half to
 * its subfolders in equal parts.  The sum of what is done only grows, and
 * needs no count of the tree beforehand.
 */
#include "collect/files_internal.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "base/vec.h"
#include "collect/walk_ask.h"
#include "words/collect.h"
#include "words/gap.h"
#include <string.h>

/* Deeper nesting than NTFS paths of 32,767 characters allow is a cycle. */
#define MAX_DEPTH 16400
/* What of the work is to be looked for in archives. */
#define ARCHIVES_WEIGHT 0.05
/* Names handed to another worker at once. */
#define BATCH 64
/* Entries of one folder kept in memory at a time (names in an arena). */
#define LIST_CHUNK 8192

/* A folder on the way from the root, to recognise cycles. */
struct ancestor {
	struct ancestor *parent;
	uint64_t volume, file_id;
	int refs;
};

struct worker {
	struct file_walk *walk;
	struct host_thread *thread;
	unsigned index;
};

static void ancestor_put(struct ancestor *a)
{
	while (a && __atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL) == 0) {
		struct ancestor *parent = a->parent;

		mem_free(a);
		a = parent;
	}
}

static struct ancestor *ancestor_get(struct ancestor *a)
{
	if (a)
		__atomic_add_fetch(&a->refs, 1, __ATOMIC_RELAXED);
	return a;
}

void walk_work_free(struct work *job)
{
	if (!job)
		return;
	for (size_t i = 0; i < job->name_count; i++)
		mem_free(job->names[i]);
	mem_free(job->names);
	if (job->dir)
		host_dir_close(job->dir);
	ancestor_put(job->parent);
	mem_free(job->host);
	mem_free(job->wpath);
	mem_free(job->name);
	mem_free(job->host_folder);
	mem_free(job);
}

bool walk_is_stopped(struct file_walk *w)
{
	return __atomic_load_n(&w->cancelled, __ATOMIC_RELAXED) ||
	       cancel_asked(w->options.cancel);
}

bool walk_is_excluded(struct file_walk *w, const char *wpath)
{
	bool *fits = w->options.exclude_fits;
	bool is_excluded = false;

	for (size_t i = 0; i < w->options.exclude_count; i++) {
		/* One is enough, but each that fits is to be known. */
		if (is_excluded &&
		    (!fits || __atomic_load_n(&fits[i], __ATOMIC_RELAXED)))
			continue;
		if (!exclude_matches(w->options.exclude[i], wpath))
			continue;
		is_excluded = true;
		if (fits)
			__atomic_store_n(&fits[i], true, __ATOMIC_RELAXED);
	}
	return is_excluded;
}

void walk_excluded_gap(struct file_walk *w, const char *wpath, bool matters)
{
	gap_report(w->options.gaps, GAP_EXCLUDED,
		   matters ? GAP_MATTERS : GAP_BY_KIND, wpath, 0,
		   W_GAP_EXCLUDED);
}

/* A chain of work, the first of it on top. */
static void push_chain(struct file_walk *w, struct work *first,
		       struct work *last)
{
	host_mutex_lock(w->lock);
	last->next = w->stack;
	w->stack = first;
	/* Waking is a system call, and mostly nobody sleeps. */
	if (w->idle)
		host_cond_broadcast(w->more);
	host_mutex_unlock(w->lock);
}

static void push(struct file_walk *w, struct work *job)
{
	push_chain(w, job, job);
}

static void add_done(struct file_walk *w, double weight)
{
	uint64_t ppm;

	host_mutex_lock(w->lock);
	w->done += weight;
	ppm = w->starts > 0 ? (uint64_t)(w->done / w->starts * 1e6) : 0;
	if (w->options.progress)
		__atomic_store_n(&w->options.progress->done_ppm,
				 ppm > 1000000 ? 1000000 : ppm,
				 __ATOMIC_RELAXED);
	host_mutex_unlock(w->lock);
}

static void no_memory(struct file_walk *w, const char *wpath)
{
	gap_report(w->options.gaps, GAP_NO_MEMORY, GAP_BY_KIND, wpath, 0,
		   W_COLLECT_FOLDER_NO_MEMORY);
}

static char *child_wpath(const struct work *job, const char *name)
{
	struct str s = STR_INIT;

	str_addf(&s, "%s\\%s", job->wpath, name);
	return str_detach(&s);
}

static bool is_skipped_host(struct file_walk *w, const char *host)
{
	for (size_t i = 0; i < w->options.skip_host_count; i++) {
		if (strcmp(w->options.skip_host[i], host) == 0)
			return true;
	}
	return false;
}

/*
 * The sets of starts are keyed by a digest of the exact path, not by the
 * name without case: where a disk holds "Temp" and "TEMP" both are walked.
 */
bool walk_set_has(const struct namemap *set, const char *wpath)
{
	char key[65];

	if (!namemap_count(set))
		return false;
	digest_sha256_hex(wpath, strlen(wpath), key);
	return namemap_get(set, key) != NULL;
}

int walk_set_add(struct namemap *set, const char *wpath, void *value)
{
	char key[65];

	digest_sha256_hex(wpath, strlen(wpath), key);
	return namemap_put(set, key, value);
}

/* ---- one folder --------------------------------------------------------- */

struct listing {
	struct vec files;   /* char * */
	struct vec folders; /* char * */
};

static int keep_name(struct vec *list, const char *name)
{
	char **slot = vec_push(list);

	if (!slot)
		return ERR_NOMEM;
	*slot = mem_strdup(name);
	if (!*slot) {
		list->count--;
		return err_nomem();
	}
	return 0;
}

static void listing_release(struct listing *l)
{
	for (size_t i = 0; i < l->files.count; i++)
		mem_free(*(char **)vec_at(&l->files, i));
	for (size_t i = 0; i < l->folders.count; i++)
		mem_free(*(char **)vec_at(&l->folders, i));
	vec_release(&l->files);
	vec_release(&l->folders);
}

/* Behind its tag, although nothing can load it as it is. */
static bool may_hide_program(const struct host_dirent *e)
{
	return host_is_untold(&e->st) &&
	       (has_program_ending(e->name) || is_program_renamed(e->name));
}

/* Links and things that are neither file nor folder: said, not followed. */
static void note_other(struct file_walk *w, const struct work *job,
		       const struct host_dirent *e)
{
	char *wpath = child_wpath(job, e->name);
	enum gap_kind kind =
		e->st.type == HOST_LINK ? GAP_LINK : GAP_NOT_REGULAR;

	gap_report(w->options.gaps, kind,
		   may_hide_program(e) ? GAP_MATTERS : GAP_BY_KIND,
		   wpath ? wpath : e->name, 0, "%s", gap_kind_words(kind));
	mem_free(wpath);
}

static void hand_out_files(struct file_walk *w, const struct work *job,
			   struct host_dir *dir, struct listing *l,
			   unsigned worker, double weight)
{
	size_t own = l->files.count;
	struct file_place at = {
		.folder = job->wpath,
		.dir = dir,
		.host_folder = job->host,
		.is_known_place = job->is_known_place,
		.worker = worker,
		.location = target_folder_location(w->target, job->wpath),
	};
	char *place =
		l->files.count ? target_place(w->target, job->wpath) : NULL;

	at.place = place;
	/* The first batch is ours; further ones are for whoever is idle. */
	for (size_t i = BATCH; i + BATCH / 2 < l->files.count; i += BATCH) {
		size_t n =
			l->files.count - i < BATCH ? l->files.count - i : BATCH;
		struct work *part = mem_zalloc(sizeof(*part));

		if (part) {
			part->names = mem_array(n, sizeof(char *));
			part->wpath = mem_strdup(job->wpath);
			part->host = mem_strdup(job->host);
		}
		if (!part || !part->names || !part->wpath || !part->host) {
			walk_work_free(part);
			break; /* then this worker does the rest itself */
		}
		part->kind = WORK_FILES;
		part->is_known_place = job->is_known_place;
		part->dir = host_dir_ref(dir);
		part->name_count = n;
		memcpy(part->names, vec_at(&l->files, i), n * sizeof(char *));
		memset(vec_at(&l->files, i), 0, n * sizeof(char *));
		part->weight = weight * (double)n / (double)l->files.count;
		own -= n;
		push(w, part);
	}
	for (size_t i = 0; i < l->files.count && !walk_is_stopped(w); i++) {
		at.name = *(char **)vec_at(&l->files, i);
		if (at.name)
			visit_file(w, &at);
	}
	if (l->files.count)
		add_done(w, weight * (double)own / (double)l->files.count);
	else
		add_done(w, weight);
	mem_free(place);
}

static void hand_out_folders(struct file_walk *w, struct work *job,
			     struct ancestor *self, struct listing *l,
			     double weight)
{
	double each =
		l->folders.count ? weight / (double)l->folders.count : weight;

	if (!l->folders.count)
		add_done(w, weight);
	/* Backwards: the stack then gives them out in listed order. */
	for (size_t i = l->folders.count; i-- > 0;) {
		const char *name = *(char **)vec_at(&l->folders, i);
		struct work *sub = mem_zalloc(sizeof(*sub));

		if (sub) {
			sub->host = host_join(job->host, name);
			sub->wpath = child_wpath(job, name);
		}
		if (!sub || !sub->host || !sub->wpath) {
			walk_work_free(sub);
			no_memory(w, job->wpath);
			add_done(w, each);
			continue;
		}
		sub->kind = WORK_FOLDER;
		sub->parent = ancestor_get(self);
		sub->depth = job->depth + 1;
		sub->max_depth = job->max_depth;
		sub->is_known_place = job->is_known_place;
		sub->weight = each;
		push(w, sub);
	}
}

static bool is_restore_point(const char *wpath)
{
	static const char name[] = "\\System Volume Information";
	const char *colon = strchr(wpath, ':');
	const char *rest = colon && colon == wpath + 1 ? wpath + 2 : wpath;

	return ascii_ncasecmp(rest, name, sizeof(name) - 1) == 0 &&
	       (!rest[sizeof(name) - 1] || rest[sizeof(name) - 1] == '\\');
}

static void folder_gap(struct file_walk *w, const struct work *job, int err)
{
	enum gap_kind kind = gap_from_err(err);
	enum gap_weight weight = GAP_BY_KIND;

	/* A start that is not there is no gap: nothing can hide in it. */
	if (err == ERR_NOT_FOUND && job->is_start && job->is_known_place)
		return;
	/*
	 * Only an empty one can be on its way out (MS-FSA 2.1.5.15.3); but a
	 * stream of it may be a server.
	 */
	if (err == ERR_VANISHING && job->kind != WORK_STREAMS)
		return;
	if (kind == GAP_ACCESS_DENIED && is_restore_point(job->wpath))
		kind = GAP_RESTORE_POINT;
	if (err == ERR_UNSUPPORTED)
		kind = GAP_LINK; /* it became a link since it was listed */
	if (job->is_start && err != ERR_UNSUPPORTED)
		weight = GAP_MATTERS;
	gap_report(w->options.gaps, kind, weight,
		   *job->wpath ? job->wpath : "\\", err_last()->os_error, "%s",
		   err_last()->text);
}

/* NULL and a gap if the folder is one of its own ancestors. */
static struct ancestor *ancestor_add(struct file_walk *w, struct work *job,
				     const struct host_stat *st)
{
	struct ancestor *self;

	for (const struct ancestor *a = job->parent; a; a = a->parent) {
		if (st->file_id && a->file_id == st->file_id &&
		    a->volume == st->volume) {
			gap_report(w->options.gaps, GAP_DEPTH, GAP_BY_KIND,
				   job->wpath, 0, W_COLLECT_FOLDER_IN_ITSELF);
			return NULL;
		}
	}
	self = mem_zalloc(sizeof(*self));
	if (!self) {
		no_memory(w, job->wpath);
		return NULL;
	}
	self->parent = ancestor_get(job->parent);
	self->volume = st->volume;
	self->file_id = st->file_id;
	self->refs = 1;
	return self;
}

/* Whether a start shows this folder, at least its own files. */
static bool is_started(const struct file_walk *w, const char *wpath)
{
	return walk_set_has(w->done_trees, wpath) ||
	       walk_set_has(w->done_folders, wpath);
}

static bool is_wanted_folder(struct file_walk *w, const struct work *job,
			     const char *name)
{
	char *wpath;
	bool wanted = true;

	if (job->max_depth >= 0 && job->depth >= job->max_depth)
		return false;
	wpath = child_wpath(job, name);
	if (!wpath)
		return true;
	/* A start tells by itself what becomes of it. */
	wanted = !walk_set_has(w->done_trees, wpath);
	if (wanted && walk_is_excluded(w, wpath)) {
		if (!is_started(w, wpath))
			walk_excluded_gap(w, wpath, job->is_known_place);
		wanted = false;
	}
	mem_free(wpath);
	return wanted;
}

/*
 * Whether what the walk starts with is left out as a whole: a known place, or
 * the root of a volume ("D:\**").  Without known places the roots are all that
 * there is to look at.
 */
static bool is_excluded_start(struct file_walk *w, const struct work *job)
{
	char *wpath;
	bool is_excluded;

	if (!job->is_start || !w->options.exclude_count)
		return false;
	wpath = strchr(job->wpath, '\\') ? mem_strdup(job->wpath)
					 : child_wpath(job, "");
	if (!wpath)
		return false; /* then each name in it is asked for */
	is_excluded = walk_is_excluded(w, wpath);
	if (is_excluded)
		walk_excluded_gap(w, wpath,
				  job->is_known_place ||
					  target_info(w->target)->kind ==
						  TARGET_FOLDER);
	mem_free(wpath);
	return is_excluded;
}

static bool is_wanted_file(struct file_walk *w, const struct work *job,
			   const char *name)
{
	char *path;
	bool wanted = true;

	if (namemap_count(w->done_files)) {
		path = child_wpath(job, name);
		wanted = !path || !walk_set_has(w->done_files, path);
		mem_free(path);
	}
	if (wanted && w->options.skip_host_count) {
		path = host_join(job->host, name);
		wanted = !path || !is_skipped_host(w, path);
		mem_free(path);
	}
	return wanted;
}

/*
 * Streams on the folder that a walk starts with: no folder above it is
 * listed.  Several starts can have the same folder: the first kind does it.
 */
static void do_own_streams(struct file_walk *w, const struct work *job,
			   struct host_dir *dir, unsigned worker)
{
	struct file_place at = { .folder = job->wpath,
				 .dir = dir,
				 .is_known_place = job->is_known_place,
				 .worker = worker };

	if (!job->is_start)
		return;
	if (job->is_known_place
		    ? job->max_depth == 0 &&
			      walk_set_has(w->done_trees, job->wpath)
		    : is_started(w, job->wpath))
		return;
	if (!walk_set_has(w->done_streams, job->wpath))
		visit_own_streams(w, &at);
}

/* A server that is a stream of a folder. */
static void do_streams(struct file_walk *w, struct work *job, unsigned worker)
{
	struct file_place at = { .folder = job->wpath,
				 .is_known_place = true,
				 .worker = worker };
	int err = w->options.ask->open_folder(job->host, &job->dir);

	at.dir = job->dir;
	if (err)
		folder_gap(w, job, err);
	else
		visit_own_streams(w, &at);
	add_done(w, job->weight);
}

/* Of a start they are shown there. */
static void do_folder_streams(struct file_walk *w, const struct work *job,
			      struct host_dir *dir, const char *name,
			      unsigned worker)
{
	struct file_place at = { .folder = job->wpath,
				 .name = name,
				 .dir = dir,
				 .is_known_place = job->is_known_place,
				 .worker = worker };
	char *wpath = child_wpath(job, name);

	if (!wpath ||
	    !(is_started(w, wpath) || walk_set_has(w->done_streams, wpath)))
		visit_folder_streams(w, &at);
	mem_free(wpath);
}

static void do_folder(struct file_walk *w, struct work *job, unsigned worker)
{
	struct listing l = { VEC_INIT(char *, LIST_CHUNK),
			     VEC_INIT(char *, (size_t)1 << 24) };
	struct host_dir *dir = NULL;
	struct ancestor *self = NULL;
	struct host_dirent e;
	struct host_stat st;
	bool files_done;
	int got;
	int err;

	if (is_excluded_start(w, job)) {
		add_done(w, job->weight);
		return;
	}
	err = w->options.ask->open_folder(job->host, &dir);
	if (!err)
		err = host_dir_fstat(dir, &st);
	if (err) {
		folder_gap(w, job, err);
		add_done(w, job->weight);
		goto out;
	}
	if (job->depth > MAX_DEPTH) {
		gap_report(w->options.gaps, GAP_DEPTH, GAP_BY_KIND, job->wpath,
			   0, W_COLLECT_FOLDER_DEEP);
		add_done(w, job->weight);
		goto out;
	}
	self = ancestor_add(w, job, &st);
	if (!self) {
		add_done(w, job->weight);
		goto out;
	}
	if (w->options.progress)
		__atomic_add_fetch(&w->options.progress->folders_seen, 1,
				   __ATOMIC_RELAXED);
	do_own_streams(w, job, dir, worker);
	/* A start of depth 0 covers just this folder's files. */
	files_done = !(job->is_start && job->max_depth == 0) &&
		     walk_set_has(w->done_folders, job->wpath);
	while ((got = host_dir_next(dir, &e)) > 0 && !walk_is_stopped(w)) {
		int kept = 0;

		if (e.st.type == HOST_DIR) {
			do_folder_streams(w, job, dir, e.name, worker);
			if (is_wanted_folder(w, job, e.name))
				kept = keep_name(&l.folders, e.name);
		} else if (e.st.type != HOST_FILE) {
			note_other(w, job, &e);
		} else if (!files_done && is_wanted_file(w, job, e.name)) {
			if (l.files.count == l.files.max) {
				hand_out_files(w, job, dir, &l, worker, 0);
				for (size_t i = 0; i < l.files.count; i++)
					mem_free(*(char **)vec_at(&l.files, i));
				l.files.count = 0;
			}
			kept = keep_name(&l.files, e.name);
		}
		if (kept)
			no_memory(w, job->wpath);
	}
	if (got < 0)
		folder_gap(w, job, -got);
	/* Subfolders first, so that others have work while we read files. */
	hand_out_folders(w, job, self, &l, job->weight / 2);
	hand_out_files(w, job, dir, &l, worker, job->weight / 2);
out:
	listing_release(&l);
	ancestor_put(self);
	if (dir)
		host_dir_close(dir);
}

static void do_work(struct file_walk *w, struct work *job, unsigned worker)
{
	struct file_place at = { .folder = job->wpath,
				 .dir = job->dir,
				 .host = job->host,
				 .is_known_place = job->is_known_place,
				 .worker = worker };
	char *place = NULL;

	switch (job->kind) {
	case WORK_FOLDER:
		do_folder(w, job, worker);
		break;
	case WORK_STREAMS:
		do_streams(w, job, worker);
		break;
	case WORK_FILES:
		at.host_folder = job->host;
		at.location = target_folder_location(w->target, job->wpath);
		at.place = place = target_place(w->target, job->wpath);
		for (size_t i = 0; i < job->name_count; i++) {
			at.name = job->names[i];
			if (at.name && !walk_is_stopped(w))
				visit_file(w, &at);
		}
		add_done(w, job->weight);
		break;
	case WORK_FILE:
		at.is_asked_for = true;
		/* Through its folder, so that its streams are seen, too. */
		if (job->host_folder &&
		    !host_dir_open(job->host_folder, &job->dir))
			at.dir = job->dir;
		at.name = job->name;
		visit_file(w, &at);
		add_done(w, job->weight);
		break;
	case WORK_ARCHIVE:
		visit_archive(w, job->archive, worker);
		add_done(w, job->weight);
		break;
	}
	mem_free(place);
}

static void worker_main(void *arg)
{
	struct worker *self = arg;
	struct file_walk *w = self->walk;

	host_mutex_lock(w->lock);
	for (;;) {
		struct work *job = w->stack;

		if (!job) {
			if (w->closing && !w->working)
				break;
			w->idle++;
			host_cond_wait(w->more, w->lock);
			w->idle--;
			continue;
		}
		w->stack = job->next;
		w->working++;
		host_mutex_unlock(w->lock);
		if (!walk_is_stopped(w))
			do_work(w, job, self->index);
		walk_work_free(job);
		host_mutex_lock(w->lock);
		w->working--;
		if (!w->stack && !w->working)
			host_cond_broadcast(w->done_all);
	}
	host_mutex_unlock(w->lock);
}

/* ---- public ------------------------------------------------------------- */

static void walk_free(struct file_walk *w)
{
	if (!w)
		return;
	while (w->stack) {
		struct work *job = w->stack;

		w->stack = job->next;
		walk_work_free(job);
	}
	page_files_free(w->page_files);
	loaded_files_free(w->loaded);
	archive_list_free(w->archives);
	namemap_free(w->done_trees);
	namemap_free(w->done_folders);
	namemap_free(w->done_files);
	namemap_free(w->done_streams);
	host_cond_free(w->done_all);
	host_cond_free(w->more);
	host_mutex_free(w->lock);
	mem_free(w->workers);
	mem_free(w);
}

static unsigned choose_threads(unsigned wanted)
{
	unsigned n = wanted ? wanted : host_cpu_count();

	if (!n)
		n = 1;
	return n > 16 && !wanted ? 16 : n;
}

int file_walk_new(struct target *t, const struct file_walk_options *options,
		  file_fn fn, void *arg, struct file_walk **ret)
{
	struct file_walk *w = mem_zalloc(sizeof(*w));
	unsigned n = choose_threads(options->threads);
	int err;

	if (!w)
		return err_nomem();
	w->target = t;
	w->options = *options;
	if (!w->options.ask)
		w->options.ask = &walk_ask_host;
	w->fn = fn;
	w->arg = arg;
	w->last_start = &w->stack;
	w->lock = host_mutex_new();
	w->more = host_cond_new();
	w->done_all = host_cond_new();
	w->done_trees = namemap_new();
	w->done_folders = namemap_new();
	w->done_files = namemap_new();
	w->done_streams = namemap_new();
	w->loaded = loaded_files_new(w->options.ask->modules);
	w->workers = mem_array(n, sizeof(*w->workers));
	if (!w->lock || !w->more || !w->done_all || !w->done_trees ||
	    !w->done_folders || !w->done_files || !w->done_streams ||
	    !w->loaded || !w->workers) {
		walk_free(w);
		return err_nomem();
	}
	err = page_files_new(t, &w->page_files);
	if (!err && options->members)
		err = archive_list_new(&options->archives, &w->archives);
	if (err) {
		walk_free(w);
		return err;
	}
	w->worker_count = n;
	*ret = w;
	return 0;
}

/* Fewer threads than wanted do the same work; none at all is an error. */
static int start_workers(struct file_walk *w)
{
	unsigned wanted = w->worker_count;
	int err = 0;

	w->worker_count = 0;
	for (unsigned i = 0; i < wanted; i++) {
		struct worker *worker = &w->workers[i];

		worker->walk = w;
		worker->index = i;
		err = host_thread_start(worker_main, worker, &worker->thread);
		if (err)
			break;
		w->worker_count++;
	}
	return w->worker_count ? 0 : err;
}

static void wait_for_workers(struct file_walk *w)
{
	host_mutex_lock(w->lock);
	while (w->stack || w->working) {
		host_cond_wait_ms(w->done_all, w->lock, 100);
		if (w->options.tick) {
			host_mutex_unlock(w->lock);
			w->options.tick(w->options.tick_arg);
			host_mutex_lock(w->lock);
		}
	}
	host_mutex_unlock(w->lock);
}

/* Those that were met and are to be looked into, when all have been met. */
static void hand_out_archives(struct file_walk *w)
{
	size_t count = archive_list_choose(w->archives);
	struct work *first = NULL, *last = NULL;

	if (!count)
		add_done(w, w->archives_weight);
	/* Backwards, as folders are; at once, for all who sleep. */
	for (size_t i = count; i-- > 0 && !walk_is_stopped(w);) {
		struct work *job = mem_zalloc(sizeof(*job));

		if (!job) {
			no_memory(w, archive_list_at(w->archives, i)->wpath);
			continue;
		}
		job->kind = WORK_ARCHIVE;
		job->archive = i;
		job->weight = w->archives_weight / (double)count;
		job->next = first;
		first = job;
		if (!last)
			last = job;
	}
	if (first)
		push_chain(w, first, last);
}

int file_walk_finish(struct file_walk *w)
{
	int err;

	/* The archives are known, and their part of the work, at its end. */
	if (w->archives) {
		w->archives_weight = w->starts * ARCHIVES_WEIGHT;
		w->starts += w->archives_weight;
	}
	err = start_workers(w);
	if (err) {
		walk_free(w);
		return err;
	}
	wait_for_workers(w);
	if (w->archives && !walk_is_stopped(w)) {
		hand_out_archives(w);
		wait_for_workers(w);
	}
	host_mutex_lock(w->lock);
	w->closing = true;
	host_cond_broadcast(w->more);
	host_mutex_unlock(w->lock);
	for (unsigned i = 0; i < w->worker_count; i++)
		host_thread_join(w->workers[i].thread);
	if (walk_is_stopped(w))
		err = ERR_CANCELLED;
	if (w->archives)
		archive_list_report(w->archives, w->options.gaps);
	walk_free(w);
	return err;
}
