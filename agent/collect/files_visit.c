/*
 * One file of the walk: open, show, then its streams and archive members.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/files_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/archive.h"
#include "collect/walk_ask.h"
#include "words/base.h"
#include "words/collect.h"
#include <string.h>

/* Paths of that length, nearly all, need no memory of their own. */
#define ROOM_NBYTES 1024

/* In `room` if it fits; join_release() takes both. */
static char *join_wpath(char room[ROOM_NBYTES], const char *folder,
			const char *name)
{
	const size_t n = strlen(folder);
	const size_t nbytes = n + strlen(name) + 2;
	char *wpath = nbytes <= ROOM_NBYTES ? room : mem_alloc(nbytes);

	if (wpath) {
		memcpy(wpath, folder, n);
		wpath[n] = '\\';
		memcpy(wpath + n + 1, name, nbytes - n - 1);
	}
	return wpath;
}

static void join_release(const char *room, char *wpath)
{
	if (wpath != room)
		mem_free(wpath);
}

/*
 * What Windows has taken out of memory is not looked at: where its settings
 * say so, and the file neither begins like a program nor is registered.
 */
static bool is_page_file(struct file_walk *w, const char *wpath,
			 struct host_file *f)
{
	return page_files_has(w->page_files, wpath) &&
	       !walk_is_server(w, wpath) && !is_headed_like_program(f);
}

/*
 * Windows lets nobody open these while it runs, so the name has to do: in a
 * drive's root, or in that of a folder, which may be one.
 */
static bool is_closed_page_file(struct file_walk *w,
				const struct file_place *at, const char *wpath,
				int err)
{
	bool is_root = !*at->folder || (at->folder[1] == ':' && !at->folder[2]);

	return (err == ERR_LOCKED || err == ERR_DENIED) &&
	       !walk_is_server(w, wpath) &&
	       (page_files_has(w->page_files, wpath) ||
		(is_root && is_page_file_name(at->name)));
}

static void page_file_gap(struct file_walk *w, const char *wpath)
{
	gap_report(w->options.gaps, GAP_PAGE_FILE, GAP_BY_KIND, wpath, 0, "%s",
		   gap_kind_words(GAP_PAGE_FILE));
}

static void report_gap(struct file_walk *w, const struct file_place *at,
		       const char *wpath, int err, long os_error,
		       const char *why)
{
	walk_file_gap(w, at, wpath, NULL, err, os_error, why);
}

/* With the place, where nobody has asked for that of its folder yet. */
static int show_placed(struct file_walk *w, const struct file_artefact *a)
{
	struct file_artefact placed = *a;
	char *place = NULL;
	int err;

	if (a->place)
		return w->fn(w->arg, a);
	placed.place = place = target_place(w->target, a->folder);
	err = place ? w->fn(w->arg, &placed) : err_nomem();
	mem_free(place);
	return err;
}

/* Result of the callback: cancellation stops, the rest is a gap. */
static void show(struct file_walk *w, const struct file_place *at,
		 const struct file_artefact *a)
{
	int err = show_placed(w, a);

	if (err == ERR_CANCELLED) {
		__atomic_store_n(&w->cancelled, true, __ATOMIC_RELAXED);
	} else if (err == ERR_UNSUPPORTED || err == ERR_CORRUPT) {
		gap_report(w->options.gaps, GAP_RULE_ERROR, GAP_BY_KIND,
			   a->wpath, err_last()->os_error, "%s",
			   err_last()->text);
	} else if (err) {
		char why[sizeof(err_last()->text)];

		str_copy(why,
			 err_last()->err == err ? err_last()->text
						: err_words(err),
			 sizeof(why));
		walk_file_gap(w, at, a->wpath, a->file, err,
			      err_last()->os_error, why);
	}
	if (w->options.progress && !err) {
		struct file_walk_progress *p = w->options.progress;

		/* A member is part of its archive, which was counted. */
		if (!a->is_member)
			__atomic_add_fetch(&p->files_scanned, 1,
					   __ATOMIC_RELAXED);
		__atomic_add_fetch(&p->bytes_scanned, a->nbytes,
				   __ATOMIC_RELAXED);
	}
}

struct member_walk {
	struct file_walk *walk;
	const struct file_place *at;
	const struct file_artefact *outer;
};

static int show_member(void *arg, const char *inside, const char *name,
		       const uint8_t *data, size_t nbytes)
{
	struct member_walk *m = arg;
	struct file_artefact a = *m->outer;
	struct str wpath = STR_INIT;
	struct str folder = STR_INIT;
	struct str base = STR_INIT;

	str_addf(&wpath, "%s!%s%s", m->outer->wpath, inside, name);
	str_addf(&folder, "%s!%s", m->outer->wpath, inside);
	if (archive_split_name(name, &folder, &base) || wpath.err) {
		report_gap(m->walk, m->at, m->outer->wpath, ERR_NOMEM, 0,
			   W_BASE_ERR_NO_MEMORY);
		goto out;
	}
	a.wpath = str_text(&wpath);
	a.folder = str_text(&folder);
	a.place = NULL; /* a folder of its own */
	a.name = str_text(&base);
	a.is_member = true;
	a.file_nbytes = strlen(m->outer->wpath);
	a.file = NULL;
	a.head = NULL;
	a.data = data;
	a.nbytes = nbytes;
	show(m->walk, m->at, &a);
out:
	str_release(&wpath);
	str_release(&folder);
	str_release(&base);
	return walk_is_stopped(m->walk) ? ERR_CANCELLED : 0;
}

/* Larger ones are read piece by piece: there is one for each worker. */
#define WHOLE_NBYTES ((uint64_t)4 << 20)

/* All of a small archive at once: thousands of members are thousands of reads.
 * NULL: it is large, memory is short, or it cannot be read to its end. */
static uint8_t *read_whole(const struct file_artefact *a)
{
	uint8_t *data = a->nbytes <= WHOLE_NBYTES
				? mem_alloc((size_t)a->nbytes + 1)
				: NULL;
	size_t nread = 0;

	if (data && (host_pread(a->file, 0, data, (size_t)a->nbytes, &nread) ||
		     nread != a->nbytes)) {
		mem_free(data);
		data = NULL;
	}
	return data;
}

/* ERR_* with a sentence; what is counted only is no error. */
static int look_into(struct file_walk *w, const struct file_place *at,
		     const struct file_artefact *a,
		     const struct archive_bounds *bounds)
{
	uint64_t unopened[ARCHIVE_KIND_COUNT] = { 0 };
	struct member_walk m = { w, at, a };
	struct archive_options o = { show_member, &m, bounds, unopened };
	uint8_t *whole = read_whole(a);
	int err = whole ? archive_each_member_mem(whole, (size_t)a->nbytes,
						  a->name, &o)
			: archive_each_member(a->file, a->nbytes, a->name, &o);

	mem_free(whole);
	archive_list_count(w->archives, unopened);
	return err;
}

/* By what the callback read of it, else read here. */
static enum archive_kind kind_of(const struct file_artefact *a)
{
	struct file_head *head = a->head;

	if (!head->nbytes && host_pread(a->file, 0, head->bytes,
					sizeof(head->bytes), &head->nbytes))
		return ARCHIVE_NONE; /* why is told already */
	return archive_kind_of(head->bytes, head->nbytes);
}

/*
 * In the caches of Java and of browsers, where the outbreak left them, archives
 * are opened at once, and what stands in front does not matter: Java looks for
 * the end of the archive (a picture with a jar behind it is an old trick).
 * Elsewhere they begin like one, and there is a budget.
 */
static void visit_members(struct file_walk *w, const struct file_place *at,
			  const struct file_artefact *a)
{
	enum archive_kind kind;
	int err = 0;

	if (!w->archives)
		return;
	kind = kind_of(a);
	if (strcmp(a->location, "java_cache") != 0 &&
	    strcmp(a->location, "browser_cache") != 0) {
		if (kind != ARCHIVE_NONE)
			err = archive_list_met(w->archives, kind, a,
					       at->dir ? at->host_folder : NULL,
					       at->host);
		if (err)
			report_gap(w, at, a->wpath, err, 0,
				   W_BASE_ERR_NO_MEMORY);
	} else if (archive_is_likely(a->file, a->nbytes)) {
		err = look_into(w, at, a, NULL);
		if (err && err != ERR_CANCELLED)
			gap_report(w->options.gaps, GAP_ARCHIVE, GAP_BY_KIND,
				   a->wpath, err_last()->os_error, "%s",
				   err_last()->text);
	} else if (kind != ARCHIVE_NONE) {
		uint64_t one[ARCHIVE_KIND_COUNT] = { 0 };

		one[kind] = 1;
		archive_list_count(w->archives, one);
	}
}

static bool is_same_file(const struct host_stat *a, const struct host_stat *b)
{
	return a->volume == b->volume && a->file_id == b->file_id &&
	       a->size == b->size && a->written == b->written;
}

void visit_archive(struct file_walk *w, size_t i, unsigned worker)
{
	const struct archive_place *p = archive_list_at(w->archives, i);
	const struct archive_bounds bounds = archive_bounds_for(p->st.size);
	char *folder = mem_strdup(p->wpath);
	char *cut = folder ? strrchr(folder, '\\') : NULL;
	struct host_file *f = NULL;
	struct file_artefact a = { 0 };
	struct file_place at = { .is_known_place = p->is_known_place,
				 .worker = worker };
	struct host_stat st;
	int err;

	if (!cut) {
		gap_report(w->options.gaps, GAP_NO_MEMORY, GAP_BY_KIND,
			   p->wpath, 0, W_BASE_ERR_NO_MEMORY);
		goto out;
	}
	*cut = '\0';
	at.folder = a.folder = folder;
	at.name = a.name = cut + 1;
	err = host_open(p->host,
			HOST_OPEN_NOFOLLOW | HOST_OPEN_SEQ | HOST_OPEN_NOATIME,
			&f);
	if (!err)
		err = host_fstat(f, &st);
	/* Its bytes were matched before; another file was not asked for. */
	if (!err && !is_same_file(&st, &p->st))
		err = ERR_CHANGED;
	if (!err) {
		a.wpath = p->wpath;
		a.st = &st;
		a.file = f;
		a.nbytes = st.size;
		a.location = target_location(w->target, p->wpath);
		a.is_known_place = p->is_known_place;
		a.worker = worker;
		err = look_into(w, &at, &a, &bounds);
	}
	if (err == ERR_NOMEM)
		report_gap(w, &at, p->wpath, err, 0, W_BASE_ERR_NO_MEMORY);
	else if (err && err != ERR_CANCELLED)
		archive_list_failed(w->archives, i);
out:
	if (f)
		host_close(f);
	mem_free(folder);
}

struct stream_walk {
	struct file_walk *walk;
	const struct file_place *at;
	const struct file_artefact *outer;
};

static int show_stream(void *arg, const char *name, uint64_t size)
{
	struct stream_walk *s = arg;
	struct file_artefact a = *s->outer;
	struct host_file *f = NULL;
	struct host_stat st;
	struct str wpath = STR_INIT;
	int err;

	if (s->walk->options.progress)
		__atomic_add_fetch(&s->walk->options.progress->files_seen, 1,
				   __ATOMIC_RELAXED);
	str_addf(&wpath, "%s:%s", s->outer->wpath, name);
	err = wpath.err;
	if (!err)
		err = host_open_stream_at(s->at->dir, s->at->name, name, &f);
	if (!err)
		err = host_fstat(f, &st);
	if (err) {
		report_gap(s->walk, s->at, str_text(&wpath), err,
			   err_last()->os_error, err_last()->text);
		goto out;
	}
	/* The size a stream reports when open is the one that is read. */
	a.nbytes = st.size ? st.size : size;
	/* Of a folder's: folders with streams are rare. */
	if (!a.location)
		a.location = target_location(s->walk->target, a.wpath);
	a.wpath = str_text(&wpath);
	a.is_stream = true;
	a.file = f;
	a.head = NULL;
	show(s->walk, s->at, &a);
out:
	if (f)
		host_close(f);
	str_release(&wpath);
	return walk_is_stopped(s->walk) ? ERR_CANCELLED : 0;
}

static void visit_streams(struct file_walk *w, const struct file_place *at,
			  const struct file_artefact *a)
{
	struct stream_walk s = { w, at, a };
	int err;

	if (!at->dir)
		return;
	err = host_streams_at(at->dir, at->name, show_stream, &s);
	if (err && err != ERR_CANCELLED)
		report_gap(w, at, a->wpath, err, err_last()->os_error,
			   err_last()->text);
}

void visit_folder_streams(struct file_walk *w, const struct file_place *at)
{
	struct file_artefact a = { 0 };
	struct host_stat st = { 0 };
	char room[ROOM_NBYTES];
	char *wpath = join_wpath(room, at->folder, at->name);

	if (!wpath) {
		report_gap(w, at, at->name, ERR_NOMEM, 0, W_BASE_ERR_NO_MEMORY);
		return;
	}
	a.wpath = wpath;
	a.folder = at->folder;
	a.name = at->name;
	a.st = &st;
	a.is_known_place = at->is_known_place;
	a.worker = at->worker;
	visit_streams(w, at, &a);
	join_release(room, wpath);
}

void visit_own_streams(struct file_walk *w, const struct file_place *at)
{
	const char *cut = strrchr(at->folder, '\\');
	struct file_place own = *at;
	struct file_artefact a = { 0 };
	struct host_stat st = { 0 };
	struct str parent = STR_INIT;
	struct str wpath = STR_INIT;

	/* A root's path ends with a backslash: "C:\:evil.dll". */
	str_addf(&wpath, "%s%s", at->folder, cut ? "" : "\\");
	str_addn(&parent, at->folder,
		 cut ? (size_t)(cut - at->folder) : strlen(at->folder));
	str_add(&parent, "");
	own.name = ".";
	if (wpath.err || parent.err) {
		report_gap(w, &own, at->folder, ERR_NOMEM, 0,
			   W_BASE_ERR_NO_MEMORY);
		goto out;
	}
	a.wpath = str_text(&wpath);
	a.folder = str_text(&parent);
	a.name = cut ? cut + 1 : "";
	a.st = &st;
	a.is_known_place = at->is_known_place;
	a.worker = at->worker;
	visit_streams(w, &own, &a);
out:
	str_release(&wpath);
	str_release(&parent);
}

void visit_file(struct file_walk *w, const struct file_place *at)
{
	struct file_artefact a = { 0 };
	struct file_head head = { .nbytes = 0 };
	struct host_file *f = NULL;
	struct host_stat st;
	char room[ROOM_NBYTES];
	char *wpath = join_wpath(room, at->folder, at->name);
	int err;

	if (!wpath) {
		report_gap(w, at, at->name, ERR_NOMEM, 0, W_BASE_ERR_NO_MEMORY);
		return;
	}
	if (w->options.progress)
		__atomic_add_fetch(&w->options.progress->files_seen, 1,
				   __ATOMIC_RELAXED);
	if (walk_is_excluded(w, wpath)) {
		walk_excluded_gap(w, wpath,
				  at->is_known_place ||
					  walk_is_server(w, wpath));
		goto out;
	}
	err = w->options.ask->open(at, &f);
	if (!err)
		err = host_fstat(f, &st);
	if (err) {
		if (is_closed_page_file(w, at, wpath, err))
			page_file_gap(w, wpath);
		else
			report_gap(w, at, wpath, err, err_last()->os_error,
				   err_last()->text);
		goto out;
	}
	if (host_lacks_filter(f))
		gap_report(w->options.gaps, GAP_READ_ERROR, GAP_BY_KIND, wpath,
			   0, W_COLLECT_FILTER_NOT_RUNNING, st.reparse_tag);
	a.wpath = wpath;
	a.folder = at->folder;
	a.name = at->name;
	a.st = &st;
	a.file = f;
	a.head = &head;
	a.nbytes = st.size;
	a.location = at->location && target_inherits_location(at->name)
			     ? at->location
			     : target_location(w->target, wpath);
	a.place = at->place;
	a.is_known_place = at->is_known_place;
	a.worker = at->worker;
	if (is_page_file(w, wpath, f))
		page_file_gap(w, wpath);
	else
		show(w, at, &a);
	if (!walk_is_stopped(w))
		visit_streams(w, at, &a);
	if (!walk_is_stopped(w))
		visit_members(w, at, &a);
out:
	if (f)
		host_close(f);
	join_release(room, wpath);
}
