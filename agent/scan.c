/*
 * The scan: registrations first, then files, then judging and recording.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan.h"
#include "options.h"
#include "earlier.h"
#include "gaplist.h"
#include "keep.h"
#include "own_files.h"
#include "packs.h"
#include "settle.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/fileinfo.h"
#include "collect/registration.h"
#include "host/host.h"
#include "match/scanner.h"
#include "remediate/changes.h"
#include <string.h>

/* More registrations than any Windows holds: a hive made to be endless. */
#define MAX_REGISTRATIONS 200000u
#define MAX_THREADS	  64

struct scan {
	const struct scan_options *options;
	struct target *target;
	struct gap_list *gaps;
	struct judge *judge;
	struct host_mutex *lock; /* judge, while workers run */
	struct scanner *scanners[MAX_THREADS];
	struct vec registrations; /* struct registration * */
	struct namemap *servers;  /* normalised paths that are registered */
	struct namemap *earlier;  /* and those that earlier scans found */
	struct store *store;
	int64_t scan_id;
	struct keep keep;
	struct file_walk_progress progress;
	bool needs_owner; /* a rule names the variable */
};

/* ---- matching ----------------------------------------------------------- */

/* The variables as libyara gets them: valid UTF-8; borrows what is given. */
struct shown_vars {
	struct match_vars vars;
	char *filename;
	char *filepath;
	char *owner;
};

/* Nearly all are valid as they are: then there is no copy (*own NULL). */
static int show_var(const char *text, char **own, const char **ret)
{
	if (!utf_needs_escape(text)) {
		*ret = text;
		return 0;
	}
	*ret = *own = utf_escape_dup(text);
	return *own ? 0 : ERR_NOMEM;
}

static int shown_vars_init(struct shown_vars *v, const char *folder,
			   const char *name, const char *object,
			   const char *location)
{
	memset(v, 0, sizeof(*v));
	if (show_var(name, &v->filename, &v->vars.filename) ||
	    show_var(folder, &v->filepath, &v->vars.filepath))
		return err_nomem();
	v->vars.object = object;
	v->vars.location = location;
	return 0;
}

static void shown_vars_release(struct shown_vars *v)
{
	mem_free(v->filename);
	mem_free(v->filepath);
	mem_free(v->owner);
}

static int scanner_for(struct scan *s, unsigned worker, struct scanner **ret)
{
	int err = 0;

	/* Each worker makes its own, in its own thread. */
	if (!s->scanners[worker])
		err = scanner_new(s->options->pack, 0, &s->scanners[worker]);
	if (!err)
		*ret = s->scanners[worker];
	return err;
}

static int read_at(void *arg, uint64_t offset, void *buf, size_t nbytes,
		   size_t *nread_ret)
{
	return host_pread(arg, offset, buf, nbytes, nread_ret);
}

/* ---- registrations ------------------------------------------------------ */

static bool equal_or_any(const char *pattern, const char *value)
{
	if (strcmp(pattern, "*") == 0)
		return true;
	return value && utf_casecmp(pattern, value) == 0;
}

static const char *base_name(const char *wpath)
{
	const char *cut = wpath ? strrchr(wpath, '\\') : NULL;

	return cut ? cut + 1 : wpath;
}

static int fill_known(struct scan *s, struct registration *r)
{
	const struct pack *p = s->options->pack;

	for (size_t i = 0; i < pack_known_count(p); i++) {
		const struct pack_known *k = pack_known(p, i);

		if (!equal_or_any(k->point, point_name(r->point)) ||
		    !equal_or_any(k->clsid, r->clsid) ||
		    !equal_or_any(k->file, base_name(r->server_path)))
			continue;
		r->known = mem_strdup(k->what);
		return r->known ? 0 : err_nomem();
	}
	return 0;
}

static const char *view_word(int view)
{
	return view == 64 ? "64" : view == 32 ? "32" : "shared";
}

static int match_registration(struct scan *s, const struct registration *r,
			      struct match_list *ret)
{
	const char *path = r->server_path ? r->server_path : "";
	const char *name = base_name(path);
	size_t folder_nbytes = name > path ? (size_t)(name - path) - 1 : 0;
	char *folder = mem_strndup(path, folder_nbytes);
	struct match_source source = { 0 };
	struct shown_vars v;
	struct scanner *scanner = NULL;
	struct str text = STR_INIT;
	int err;

	if (!folder)
		return err_nomem();
	err = shown_vars_init(&v, folder, name, "registration",
			      *path ? target_location(s->target, path) : "");
	v.vars.point = point_name(r->point);
	v.vars.view = view_word(r->view);
	v.vars.filetype = "";
	if (!err)
		err = registration_text(s->target, r, &text);
	if (!err)
		err = scanner_for(s, 0, &scanner);
	if (!err) {
		source.data = (const uint8_t *)str_text(&text);
		source.nbytes = text.len;
		err = scanner_scan(scanner, &source, &v.vars, ret);
	}
	shown_vars_release(&v);
	str_release(&text);
	mem_free(folder);
	return err;
}

static int on_registration(void *arg, struct registration *r, bool *keep_ret)
{
	struct scan *s = arg;
	struct artefact *a = NULL;
	struct registration **slot;
	int err;

	if (host_interrupted())
		return ERR_CANCELLED;
	if (s->registrations.count == s->registrations.max) {
		gap_report(gap_list_sink(s->gaps), GAP_TOO_LARGE, GAP_MATTERS,
			   "", 0,
			   "there are more than %u registrations; the "
			   "others were left out",
			   MAX_REGISTRATIONS);
		return 0;
	}
	err = fill_known(s, r);
	if (err)
		return err;
	slot = vec_push(&s->registrations);
	if (!slot)
		return err_last()->err;
	*slot = r;
	*keep_ret = true;
	if (r->server_path && *r->server_path) {
		err = namemap_put(s->servers, r->server_path, r);
		if (err)
			return err;
	}
	for (size_t i = 0; i < r->also_count; i++) {
		err = namemap_put(s->servers, r->also[i], r);
		if (err)
			return err;
	}
	a = mem_zalloc(sizeof(*a));
	if (!a)
		return err_nomem();
	a->kind = ARTEFACT_REGISTRATION;
	a->registration = r;
	a->finding = SIZE_MAX;
	err = match_registration(s, r, &a->matches);
	if (err == ERR_NOMEM) {
		artefact_free(a);
		return err;
	}
	if (err) {
		gap_report(gap_list_sink(s->gaps), GAP_RULE_ERROR, GAP_BY_KIND,
			   r->registry_key, 0, "%s", err_last()->text);
	}
	err = judge_add(s->judge, a);
	keep_tick(&s->keep, host_monotonic_ms());
	return err;
}

/* ---- files -------------------------------------------------------------- */

static int keep_file(struct scan *s, const struct file_artefact *f,
		     struct match_list *matches)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int err = 0;

	if (!a)
		return err_nomem();
	a->matches = *matches;
	memset(matches, 0, sizeof(*matches));
	a->finding = SIZE_MAX;
	a->kind = f->is_member ? ARTEFACT_MEMBER : ARTEFACT_FILE;
	a->wpath = mem_strdup(f->wpath);
	a->file_nbytes = f->file_nbytes;
	a->size = f->nbytes;
	a->created = f->st->created;
	a->written = f->st->written;
	a->changed = f->st->changed;
	a->file_id = f->st->file_id;
	a->volume = f->st->volume;
	a->attrs = f->st->attrs;
	if (f->file)
		a->owner = host_owner(f->file);
	if (!a->wpath)
		err = err_nomem();
	else if (f->is_member)
		err = digest_buffer(f->data, (size_t)f->nbytes, &a->digests);
	else if (f->nbytes > SCANNER_MAX_NBYTES)
		err = err_fail(ERR_TOO_LARGE, 0,
			       "the file has %" PRIu64
			       " bytes, more than is read",
			       f->nbytes);
	else
		err = file_digests(f->file, &a->digests);
	if (err == ERR_NOMEM) {
		artefact_free(a);
		return err;
	}
	/* A match whose digest cannot be read stays a match. */
	if (err)
		gap_report(gap_list_sink(s->gaps), gap_from_err(err),
			   GAP_MATTERS, f->wpath, err_last()->os_error, "%s",
			   err_last()->text);
	host_mutex_lock(s->lock);
	err = judge_add(s->judge, a);
	host_mutex_unlock(s->lock);
	return err;
}

/* In worker threads. */
static int on_file(void *arg, const struct file_artefact *f)
{
	struct scan *s = arg;
	struct match_source source = { f->nbytes, f->data, read_at, f->file };
	struct match_list matches = { 0 };
	struct scanner *scanner = NULL;
	struct shown_vars v;
	int err;

	if (host_interrupted())
		return ERR_CANCELLED;
	err = shown_vars_init(&v, f->folder, f->name,
			      f->is_member ? "member" : "file", f->location);
	if (!err && s->needs_owner && f->file) {
		v.owner = host_owner(f->file);
		v.vars.owner = v.owner;
	}
	if (!err)
		err = scanner_for(s, f->worker, &scanner);
	if (!err)
		err = scanner_scan(scanner, &source, &v.vars, &matches);
	/* What some rules found stays found when others could not be tried. */
	if (matches.count) {
		struct err_info why = *err_last();
		int kept = keep_file(s, f, &matches);

		if (err)
			err_fail(err, why.os_error, "%s", why.text);
		else
			err = kept;
	}
	match_list_release(&matches);
	shown_vars_release(&v);
	return err;
}

static bool is_registered(void *arg, const char *wpath)
{
	const struct scan *s = arg;

	return namemap_get(s->servers, wpath) != NULL ||
	       namemap_get(s->earlier, wpath) != NULL;
}

static void on_tick(void *arg)
{
	struct scan *s = arg;

	keep_tick(&s->keep, host_monotonic_ms());
	if (s->options->tick)
		s->options->tick(s->options->tick_arg, &s->progress);
}

/* Whether all variables of a pattern are known, so that it means a path. */
static bool is_expandable(struct scan *s, const struct target_user *u,
			  const char *pattern)
{
	const char *at = strchr(pattern, '%');

	while (at) {
		const char *end = strchr(at + 1, '%');
		char *name = end ? mem_strndup(at + 1, (size_t)(end - at) - 1)
				 : NULL;
		bool known =
			name && target_variable(s->target, u, 64, name) != NULL;

		mem_free(name);
		if (!known)
			return false;
		at = strchr(end + 1, '%');
	}
	return true;
}

/* One pattern of the pack, for the machine and for every user. */
static int walk_place(struct scan *s, struct file_walk *w,
		      const struct pack_place *place)
{
	int depth = place->kind == PLACE_TREE ? -1 : 0;
	size_t users = target_user_count(s->target);
	int err = 0;

	for (size_t i = 0; i <= users && !err; i++) {
		const struct target_user *u =
			i ? target_user(s->target, i - 1) : NULL;
		char *wpath;

		if (!is_expandable(s, u, place->pattern))
			continue;
		wpath = target_expand(s->target, u, 64, place->pattern);
		if (!wpath)
			return err_nomem();
		err = file_walk_path(w, wpath, depth);
		mem_free(wpath);
	}
	return err;
}

static int walk_starts(struct scan *s, struct file_walk *w)
{
	const struct pack *p = s->options->pack;
	int err = 0;

	if (s->options->only_named) {
		for (size_t i = 0; i < s->options->named_count && !err; i++)
			err = file_walk_path(w, s->options->named[i], 0);
		return err;
	}
	if (target_info(s->target)->kind != TARGET_FOLDER) {
		for (size_t i = 0; i < s->registrations.count && !err; i++) {
			const struct registration *r =
				*(struct registration **)vec_at(
					&s->registrations, i);

			/* One that is not there can have a twin that is. */
			if (r->server_path && *r->server_path)
				err = file_walk_path(w, r->server_path, 0);
			for (size_t k = 0; k < r->also_count && !err; k++)
				err = file_walk_path(w, r->also[k], 0);
		}
		for (size_t i = 0; i < pack_place_count(p) && !err; i++)
			err = walk_place(s, w, pack_place(p, i));
		if (!err)
			err = earlier_walk(s->store, s->scan_id, s->target, w,
					   s->earlier);
	}
	if (!err && !s->options->quick)
		err = file_walk_volumes(w);
	return err;
}

static int walk_files(struct scan *s)
{
	struct file_walk_options fo = {
		.threads = s->options->threads,
		.exclude = s->options->excludes,
		.exclude_count = s->options->exclude_count,
		.exclude_fits = s->options->exclude_fits,
		.gaps = gap_list_sink(s->gaps),
		.is_important = is_registered,
		.important_arg = s,
		.members = true,
		.progress = &s->progress,
		.tick = on_tick,
		.tick_arg = s,
	};
	struct file_walk *w = NULL;
	struct vec own;
	int err, walked;

	if (!fo.threads)
		fo.threads = host_cpu_count();
	if (fo.threads > MAX_THREADS)
		fo.threads = MAX_THREADS;
	err = own_files_list(s->target, s->options->store_path, &own);
	if (err)
		return err;
	fo.skip_host = own.items;
	fo.skip_host_count = own.count;
	err = file_walk_new(s->target, &fo, on_file, s, &w);
	if (err)
		goto out;
	err = walk_starts(s, w);
	walked = file_walk_finish(w);
	if (!err)
		err = walked;
out:
	own_files_release(&own);
	return err;
}

/* ---- the whole ---------------------------------------------------------- */

/* Who leaves out all there is has looked at nothing. */
static void check_excludes(struct scan *s)
{
	const struct scan_options *o = s->options;
	bool fits = false;

	for (size_t i = 0; i < o->exclude_count && o->exclude_fits; i++)
		fits |= o->exclude_fits[i];
	if (fits && !s->progress.files_scanned)
		gap_report(gap_list_sink(s->gaps), GAP_EXCLUDED, GAP_MATTERS,
			   "", 0, "--exclude left out every file");
}

static int collect(struct scan *s)
{
	struct gap_sink *sink = gap_list_sink(s->gaps);
	int err = 0;

	if (target_info(s->target)->kind != TARGET_FOLDER)
		err = registrations_walk(s->target, sink, on_registration, s);
	/* The long part begins: what would be loaded is on the medium. */
	if (!err && !s->options->quick)
		keep_now(&s->keep);
	if (!err && !s->options->registrations_only)
		err = walk_files(s);
	if (!err)
		check_excludes(s);
	if (err == ERR_CANCELLED) {
		gap_report(sink, GAP_INTERRUPTED, GAP_BY_KIND, "", 0,
			   "the scan was stopped; what it had found until then "
			   "is kept");
		return 0;
	}
	return err;
}

/* Of what has a finding only: fix looks whether they are still the same. */
static int digest_sides(struct scan *s)
{
	int err = 0;

	for (size_t i = 0; !err && i < judge_artefact_count(s->judge); i++) {
		const struct artefact *a = judge_artefact(s->judge, i);

		if (a->registration && a->finding != SIZE_MAX)
			err = registration_digest_sides(s->target,
							a->registration);
	}
	return err;
}

static void decide(const struct scan *s, struct scan_end *e)
{
	bool found = false;

	for (size_t i = 0; i < judge_finding_count(s->judge); i++)
		found |= judge_finding(s->judge, i)->verdict > VERDICT_NOTE;
	e->exit_code = found ? EXIT_FOUND : EXIT_CLEAN;
	if (gap_list_matter_count(s->gaps))
		e->exit_code |= EXIT_INCOMPLETE;
	if (s->options->registrations_only)
		return;
	e->verdict = found			      ? "found"
		     : e->exit_code & EXIT_INCOMPLETE ? "incomplete"
						      : "clean";
}

/* The patterns that left something out; one that fitted nothing counts
 * nothing. */
static int record_excludes(const struct scan *s, struct store *store,
			   int64_t scan_id)
{
	const struct scan_options *o = s->options;
	int err = 0;

	for (size_t i = 0; i < o->exclude_count && !err; i++) {
		struct gap gap = { .kind = GAP_EXCLUDED,
				   .path = o->excludes[i],
				   .reason = STORE_EXCLUDE_REASON };

		if (o->exclude_fits && o->exclude_fits[i])
			err = store_add_gap(store, scan_id, &gap, false, 1);
	}
	return err;
}

static int record(struct scan *s, struct store *store, int64_t scan_id,
		  int *exit_code_ret)
{
	struct scan_end e = { 0 };
	int err = store_add_findings(store, scan_id, s->judge,
				     s->registrations.items,
				     s->registrations.count);

	/* First: beyond a number of rows a store keeps no more paths. */
	if (!err)
		err = gap_list_drop_kept(s->gaps, store, scan_id);
	if (!err)
		err = record_excludes(s, store, scan_id);
	if (!err)
		err = gap_list_store(s->gaps, store, scan_id);
	if (err)
		return err;
	decide(s, &e);
	e.finished_at = host_now();
	e.files_seen = s->progress.files_seen;
	e.files_scanned = s->progress.files_scanned;
	e.bytes_scanned = s->progress.bytes_scanned;
	e.registrations_seen = s->registrations.count;
	err = store_scan_end(store, scan_id, &e);
	if (!err)
		*exit_code_ret = e.exit_code;
	return err;
}

/* Nothing is there yet: this scan makes the store. */
static bool makes_store(const char *path)
{
	struct host_stat st;

	return strcmp(path, ":memory:") != 0 &&
	       host_stat(path, true, &st) == ERR_NOT_FOUND;
}

/*
 * A store that holds nothing but the beginning of this scan, because there
 * was no room for the rest.  What another program has made meanwhile stays:
 * then the store was locked.
 */
static bool is_half_store(const struct scan_result *ret, bool started, int err)
{
	return ret->is_unrecorded ||
	       (!started && (err == ERR_NO_SPACE || err == ERR_IO));
}

static void remove_half_store(const char *path)
{
	struct err_info why = *err_last();
	struct str journal = STR_INIT;

	str_addf(&journal, "%s-journal", path);
	if (!journal.err)
		host_unlink(str_text(&journal));
	str_release(&journal);
	host_unlink(path);
	err_fail(why.err, why.os_error, "%s", why.text);
}

/*
 * What was found must not be lost because the disk is full: the same scan
 * goes into a store in memory, is shown from there, and the exit code says
 * that it stopped.
 */
static int record_in_memory(struct scan *s, const struct scan_begin *begin,
			    struct scan_result *ret)
{
	struct store *memory = NULL;
	int64_t scan_id = 0;
	int exit_code = 0;
	int err;

	str_copy(ret->why, err_last()->text, sizeof(ret->why));
	err = store_open(":memory:", &memory);
	if (!err)
		err = store_scan_begin(memory, begin, &scan_id);
	if (!err)
		err = record(s, memory, scan_id, &exit_code);
	if (err) {
		store_close(memory);
		return err;
	}
	ret->store = memory;
	ret->scan_id = scan_id;
	ret->exit_code = EXIT_STOPPED;
	ret->found_code = exit_code;
	ret->is_unrecorded = true;
	return 0;
}

static void scan_release(struct scan *s)
{
	judge_free(s->judge);
	for (size_t i = 0; i < s->registrations.count; i++)
		registration_free(
			*(struct registration **)vec_at(&s->registrations, i));
	vec_release(&s->registrations);
	for (size_t i = 0; i < MAX_THREADS; i++)
		scanner_free(s->scanners[i]);
	namemap_free(s->servers);
	namemap_free(s->earlier);
	host_mutex_free(s->lock);
	target_free(s->target);
	gap_list_free(s->gaps);
}

static int scan_prepare(struct scan *s)
{
	struct target_options to = s->options->target;
	int err = gap_list_new(&s->gaps);

	if (err)
		return err;
	s->lock = host_mutex_new();
	s->servers = namemap_new();
	s->earlier = namemap_new();
	if (!s->lock || !s->servers || !s->earlier)
		return err_nomem();
	err = judge_new(s->options->pack, &s->judge);
	if (err)
		return err;
	s->needs_owner = pack_uses_owner(s->options->pack);
	to.gaps = gap_list_sink(s->gaps);
	return target_open(&to, &s->target);
}

/*
 * Before anything is looked at: what is changed back from here on makes this
 * scan old.  NULL: the vault cannot be read, then times are compared.  While
 * a fix or undo is at work nothing that it changes is known: no token is that.
 */
static const char *seen_changes(const struct scan *s,
				char text[CHANGES_TEXT_NBYTES])
{
	struct changes c;
	int err;

	if (s->options->registrations_only)
		return NULL;
	err = changes_read(s->target, NULL, NULL, &c);
	if (err)
		return err == ERR_LOCKED ? "at work/0" : NULL;
	changes_text(&c, text);
	changes_release(&c);
	return text;
}

int scan_run(const struct scan_options *o, struct scan_result *ret,
	     bool *started_ret)
{
	struct scan s = { .options = o,
			  .registrations = VEC_INIT(struct registration *,
						    MAX_REGISTRATIONS) };
	struct scan_begin begin = { 0 };
	char seen[CHANGES_TEXT_NBYTES];
	struct store *store = NULL;
	int64_t scan_id = 0;
	const bool is_new = makes_store(o->store_path);
	int exit_code = 0;
	int err = scan_prepare(&s);

	*started_ret = false;
	if (err)
		goto out;
	err = store_open(o->store_path, &store);
	if (!err)
		err = packs_check_age(o->pack, store, o->allow_older_pack);
	if (err)
		goto out;
	err = settle(store, o->pack, true);
	/* One that cannot be judged bars no other. */
	if (err == ERR_LOCKED || err == ERR_NOMEM)
		goto out;
	begin.target = target_info(s.target);
	begin.profile = o->quick ? "quick" : "full";
	begin.pack = pack_info(o->pack);
	begin.tool_version = MSTMP_VERSION;
	begin.excludes = o->excludes;
	begin.exclude_count = o->exclude_count;
	begin.started_at = host_now();
	begin.changes_seen = seen_changes(&s, seen);
	err = store_scan_begin(store, &begin, &scan_id);
	if (err)
		goto out;
	*started_ret = true;
	s.store = store;
	s.scan_id = scan_id;
	/* A list has nothing to be judged by another start. */
	s.keep = (struct keep){
		.store = o->registrations_only ? NULL : store,
		.scan_id = scan_id,
		.judge = s.judge,
		.gaps = s.gaps,
		.lock = s.lock,
		.progress = &s.progress,
		.tried_ms = host_monotonic_ms(),
	};
	err = collect(&s);
	/* The list is the result; what it means is the scan's business. */
	if (!err && !o->registrations_only)
		err = judge_finish(s.judge);
	if (!err)
		err = digest_sides(&s);
	if (err)
		goto out;
	err = record(&s, store, scan_id, &exit_code);
	if (err) {
		err = record_in_memory(&s, &begin, ret);
		goto out;
	}
	ret->store = store;
	ret->scan_id = scan_id;
	ret->exit_code = exit_code;
	store = NULL;
out:
	store_close(store);
	if (is_new && is_half_store(ret, *started_ret, err))
		remove_half_store(o->store_path);
	scan_release(&s);
	return err;
}
