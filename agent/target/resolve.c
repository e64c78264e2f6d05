/*
 * From a Windows path, spelled in any way, to the file that it names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/registry.h"
#include "words/target.h"

#include <string.h>

/* Compatibility junctions lead at most to one another. */
#define JUNCTIONS_MAX 8

struct path_walk {
	struct target *t;
	const struct volume *volume;
	struct wpath path;
	size_t next;	 /* component that comes next */
	bool is_program; /* as a program would see it, not physical */
	bool is_none;	 /* ERR_NAME: no long name fits an 8.3 one */
	unsigned junctions;
	struct folder *folder;
	char *wpath; /* true path so far */
	char *host;
};

/* ---- where to start ---------------------------------------------- */

static bool part_is(const struct wpath_part *p, const char *name)
{
	return utf_ncasecmp(p->text, p->nbytes, name, strlen(name)) == 0;
}

static int put_system_root(struct target *t, struct wpath *p)
{
	struct wpath windows;
	struct str s = STR_INIT;
	int ret;

	if (!t->windows)
		return err_fail(ERR_UNSUPPORTED, 0,
				W_TARGET_FOLDER_HAS_NO_WINDOWS);
	str_add(&s, t->windows);
	for (size_t i = 0; i < p->count; i++) {
		str_addch(&s, '\\');
		str_addn(&s, p->parts[i].text, p->parts[i].nbytes);
	}
	ret = s.err ? s.err : wpath_split(s.buf, &windows);
	str_release(&s);
	if (ret)
		return ret;
	wpath_release(p);
	*p = windows;
	return 0;
}

/* "\\\\server\\share" of a network path; of others all of it. */
static size_t share_nbytes(const struct wpath *p, const char *text)
{
	const struct wpath_part *share = &p->parts[1];

	if (p->form != WPATH_NETWORK || p->count < 2)
		return strlen(text);
	return (size_t)(share->text - p->copy) + share->nbytes;
}

/* Makes it a drive path, or a rooted one in a folder target. */
static int settle_form(struct target *t, struct wpath *p, const char *text)
{
	bool is_folder = t->info.kind == TARGET_FOLDER;
	const char *why = NULL;

	switch (p->form) {
	case WPATH_SYSTEMROOT:
		return put_system_root(t, p);
	case WPATH_ROOTED:
		if (!is_folder) {
			p->form = WPATH_DRIVE;
			p->drive = t->info.system_drive;
		}
		return 0;
	case WPATH_DRIVE:
		if (is_folder)
			why = W_TARGET_PATH_WITH_DRIVE;
		break;
	case WPATH_NETWORK:
		why = W_TARGET_PATH_ON_NETWORK;
		break;
	case WPATH_DEVICE:
		why = W_TARGET_PATH_OF_DEVICE;
		break;
	case WPATH_RELATIVE:
		return err_fail(ERR_INVALID, 0, W_TARGET_PATH_RELATIVE, text);
	}
	if (!why)
		return 0;
	if (p->form == WPATH_DEVICE && closed_need(t, text, 0))
		return ERR_UNSUPPORTED;
	target_set_cause(t, GAP_VOLUME, text, share_nbytes(p, text));
	return err_fail(ERR_UNSUPPORTED, 0, W_TARGET_PATH_REFUSED, text, why);
}

/* How many components of the path are the volume's own, -1: not in it. */
static int volume_depth(const struct volume *v, const struct wpath *p)
{
	const char *s = v->pub.wprefix;
	int depth = 0;

	if (!*s)
		return p->drive ? -1 : 0;
	if (ascii_upper(s[0]) != p->drive || s[1] != ':')
		return -1;
	for (s += 2; *s == '\\'; depth++) {
		size_t n = strcspn(s + 1, "\\");

		if ((size_t)depth >= p->count ||
		    utf_ncasecmp(s + 1, n, p->parts[depth].text,
				 p->parts[depth].nbytes) != 0)
			return -1;
		s += 1 + n;
	}
	return depth;
}

static const struct volume *find_volume(struct target *t, const struct wpath *p,
					size_t *depth_ret)
{
	const struct volume *best = NULL;
	int best_depth = -1;

	for (size_t i = 0; i < t->volumes.count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);
		int depth = volume_depth(v, p);

		if (depth > best_depth) {
			best = v;
			best_depth = depth;
		}
	}
	*depth_ret = best ? (size_t)best_depth : 0;
	return best;
}

/*
 * The folder that a closed volume is mounted in is a link of the open one
 * above it.
 */
static bool is_closed(struct path_walk *w)
{
	char *wpath = w->t->closed.count ? wpath_join(&w->path) : NULL;
	const bool yes =
		wpath &&
		closed_need(w->t, wpath,
			    w->volume ? strlen(w->volume->pub.wprefix) : 0);

	if (w->t->closed.count && !wpath)
		w->t->is_short = true;
	mem_free(wpath);
	return yes;
}

static int enter_volume(struct path_walk *w, const char *text)
{
	int ret;

	w->volume = find_volume(w->t, &w->path, &w->next);
	if (is_closed(w))
		return ERR_UNSUPPORTED;
	if (!w->volume) {
		ret = w->t->ops->add_drive(w->t, w->path.drive);
		if (ret == ERR_UNSUPPORTED)
			target_tell_drive(w->t, w->path.drive, text);
		if (ret)
			return ret;
		w->volume = find_volume(w->t, &w->path, &w->next);
		if (!w->volume)
			return err_fail(ERR_NOT_FOUND, 0,
					W_TARGET_DRIVE_MISSING, w->path.drive);
	}
	mem_free(w->wpath);
	mem_free(w->host);
	w->wpath = mem_strdup(w->volume->pub.wprefix);
	w->host = mem_strdup(w->volume->pub.host);
	if (!w->wpath || !w->host)
		return err_nomem();
	return folder_cache_get(w->t->folders, w->wpath, w->host,
				w->volume->is_exact, &w->folder);
}

/* ---- views ------------------------------------------------------- */

/* Folders of System32 that are not redirected (MSDN, "File System
 * Redirector"). */
static bool is_exempt(const struct wpath *p, size_t at)
{
	static const char *const names[] = { "catroot", "catroot2",
					     "driverstore", "logfiles",
					     "spool" };

	if (at >= p->count)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (part_is(&p->parts[at], names[i]))
			return true;
	}
	return part_is(&p->parts[at], "drivers") && at + 1 < p->count &&
	       part_is(&p->parts[at + 1], "etc");
}

/* What a 32-bit program of 64-bit Windows gets to see. */
static void redirect(struct target *t, int view, struct wpath *p)
{
	static const char syswow64[] = "SysWOW64", system32[] = "System32";
	struct wpath windows;
	size_t at;

	if (view != 32 || !t->info.is_64bit || !t->windows)
		return;
	if (wpath_split(t->windows, &windows))
		return;
	at = windows.count;
	if (p->drive != windows.drive || p->count <= at)
		at = 0;
	for (size_t i = 0; i < windows.count && at; i++) {
		if (utf_ncasecmp(p->parts[i].text, p->parts[i].nbytes,
				 windows.parts[i].text,
				 windows.parts[i].nbytes) != 0)
			at = 0;
	}
	wpath_release(&windows);
	if (!at)
		return;
	if (part_is(&p->parts[at], "Sysnative")) {
		p->parts[at].text = system32;
		p->parts[at].nbytes = sizeof(system32) - 1;
	} else if (part_is(&p->parts[at], system32) && !is_exempt(p, at + 1)) {
		p->parts[at].text = syswow64;
		p->parts[at].nbytes = sizeof(syswow64) - 1;
	}
}

/* ---- one component ----------------------------------------------- */

/* Length without the dots and spaces that Win32 drops at the end. */
static size_t stripped_nbytes(const char *name)
{
	size_t n = strlen(name);

	while (n > 0 && (name[n - 1] == '.' || name[n - 1] == ' '))
		n--;
	return n;
}

static int find_spelling(struct path_walk *w, const char *name,
			 struct folder_found *ret)
{
	int err = folder_find(w->folder, name, ret);

	if (err != ERR_NOT_FOUND)
		return err;
	if (shortname_is_generated(name)) {
		err = folder_find_short(w->folder, name, ret);
		w->is_none = err == ERR_NOT_FOUND;
		return w->is_none ? err_fail(ERR_NAME, 0,
					     W_TARGET_SHORT_NAME_FITS_NONE,
					     w->wpath, name)
				  : err;
	}
	if (shortname_is_needless(name))
		return folder_find_chosen(w->folder, name, ret);
	return err;
}

/*
 * A program that asks for "mstmp." gets "mstmp"; a physical path means the
 * name as it is.  The other form is tried second.
 */
static int find_part(struct path_walk *w, const char *name,
		     struct folder_found *ret)
{
	size_t n = stripped_nbytes(name);
	char *stripped;
	int err;

	if (name[n] == '\0' || n == 0)
		return find_spelling(w, name, ret);
	stripped = mem_strndup(name, n);
	if (!stripped)
		return err_nomem();
	err = find_spelling(w, w->is_program ? stripped : name, ret);
	if (err == ERR_NOT_FOUND)
		err = find_spelling(w, w->is_program ? name : stripped, ret);
	mem_free(stripped);
	return err;
}

static int step_into(struct path_walk *w, const char *name)
{
	char *wpath = wpath_append(w->wpath, name);
	char *host = host_join(w->host, name);

	if (!wpath || !host) {
		mem_free(wpath);
		mem_free(host);
		return err_nomem();
	}
	mem_free(w->wpath);
	mem_free(w->host);
	w->wpath = wpath;
	w->host = host;
	return 0;
}

/* Starts again with the junction's target in place of what led to it. */
static int take_junction(struct path_walk *w, const char *target)
{
	struct wpath p;
	struct str s = STR_INIT;
	int ret;

	if (w->junctions++ >= JUNCTIONS_MAX) {
		target_set_cause(w->t, GAP_DEPTH, target, strlen(target));
		return err_fail(ERR_UNSUPPORTED, 0, W_TARGET_JUNCTION_CIRCLE,
				target);
	}
	str_add(&s, target);
	for (size_t i = w->next + 1; i < w->path.count; i++) {
		str_addch(&s, '\\');
		str_addn(&s, w->path.parts[i].text, w->path.parts[i].nbytes);
	}
	ret = s.err ? s.err : wpath_split(s.buf, &p);
	str_release(&s);
	if (ret)
		return ret;
	wpath_release(&w->path);
	w->path = p;
	return enter_volume(w, target);
}

/* A folder met before is neither listed nor asked for again. */
static struct folder *known_folder(struct path_walk *w, const char *name)
{
	char *wpath = wpath_append(w->wpath, name);
	struct folder *f;

	if (!wpath)
		return NULL;
	f = folder_cache_find(w->t->folders, wpath);
	mem_free(wpath);
	return f;
}

static int is_link(struct path_walk *w, const char *wpath)
{
	/* One that a short name led to. */
	if (closed_need(w->t, wpath, strlen(w->volume->pub.wprefix)))
		return ERR_UNSUPPORTED;
	target_set_cause(w->t, GAP_LINK, wpath, strlen(wpath));
	return err_fail(ERR_UNSUPPORTED, 0, W_TARGET_IS_LINK, wpath);
}

static int at_junction(struct path_walk *w, const char *name, int err)
{
	char *here = wpath_append(w->wpath, name);
	char *target = here ? junction_target(w->t, here) : NULL;
	int ret = err;

	if (!here)
		ret = err_nomem();
	else if (target)
		ret = take_junction(w, target);
	else if (err == ERR_UNSUPPORTED)
		ret = is_link(w, here);
	else if (err == ERR_NOT_FOUND)
		ret = err_fail(ERR_NOT_FOUND, 0, W_TARGET_NOT_THERE, here);
	mem_free(target);
	mem_free(here);
	return ret;
}

/* Goes one component on; a junction starts over. */
static int step(struct path_walk *w)
{
	struct folder_found found = { 0 };
	char *name = mem_strndup(w->path.parts[w->next].text,
				 w->path.parts[w->next].nbytes);
	bool is_last = w->next + 1 == w->path.count;
	struct folder *f;
	int ret;

	if (!name)
		return err_nomem();
	f = is_last ? NULL : known_folder(w, name);
	if (f) {
		ret = step_into(w, name);
		w->folder = f;
		w->next++;
		goto out;
	}
	ret = find_part(w, name, &found);
	if (ret == ERR_NOT_FOUND) {
		ret = at_junction(w, name, ERR_NOT_FOUND);
		goto out;
	}
	if (ret)
		goto out;
	if (found.type == HOST_LINK) {
		ret = at_junction(w, found.name, ERR_UNSUPPORTED);
	} else if (!is_last && found.type != HOST_DIR) {
		ret = err_fail(ERR_NOT_FOUND, 0, W_TARGET_NO_FOLDER,
			       found.name);
	} else {
		ret = step_into(w, found.name);
		w->next++;
		if (!ret && !is_last)
			ret = folder_cache_get(w->t->folders, w->wpath, w->host,
					       w->volume->is_exact, &w->folder);
	}
	mem_free(found.name);
out:
	mem_free(name);
	return ret;
}

static int finish(struct path_walk *w, struct target_path *ret)
{
	struct target_path p = { 0 };
	int err = host_stat(w->host, w->path.count == 0, &p.st);

	if (err)
		return err;
	if (p.st.type == HOST_LINK && w->path.count > 0)
		return is_link(w, w->wpath);
	/* A drive's root keeps its backslash. */
	if (w->path.count == 0) {
		p.wpath = wpath_append(w->wpath, "");
		if (!p.wpath)
			return err_nomem();
	} else {
		p.wpath = w->wpath;
		w->wpath = NULL;
	}
	p.host = w->host;
	w->host = NULL;
	*ret = p;
	return 0;
}

/* ---- short names that fit several long ones ---------------------- */

/* Long names tried for one short one, and for all those of one path. */
#define CANDIDATES_MAX	       32
#define CANDIDATES_OF_PATH_MAX 64

/* One look-up with all the candidates that it leads to. */
struct look {
	struct target *t;
	int view;
	unsigned budget;
	/* Of an ERR_NAME: nothing fits, as against more than one. */
	bool is_none;
};

static int resolve_at(struct look *l, const char *wpath,
		      struct target_path *ret);

struct candidates {
	const struct path_walk *w;
	char *names[CANDIDATES_MAX];
	size_t count;
};

/* A link is none, but for those whose end is known without following it. */
static int add_candidate(void *arg, const char *name, enum host_type type)
{
	struct candidates *c = arg;

	if (type == HOST_LINK) {
		char *here = wpath_append(c->w->wpath, name);
		char *end = here ? junction_target(c->w->t, here) : NULL;
		bool is_known = end != NULL;

		mem_free(end);
		mem_free(here);
		if (!here)
			return err_nomem();
		if (!is_known)
			return 0;
	}
	if (c->count == CANDIDATES_MAX)
		return ERR_NAME;
	c->names[c->count] = mem_strdup(name);
	return c->names[c->count++] ? 0 : err_nomem();
}

/* The whole path with `name` in place of the component that comes next. */
static char *path_with(const struct path_walk *w, const char *name)
{
	struct str s = STR_INIT;

	str_addf(&s, "%s\\%s", w->wpath, name);
	for (size_t i = w->next + 1; i < w->path.count; i++) {
		str_addch(&s, '\\');
		str_addn(&s, w->path.parts[i].text, w->path.parts[i].nbytes);
	}
	return str_detach(&s);
}

/*
 * One long name more to try.  `*hits` counts those below which the rest of
 * the path is there.  ERR_NAME: it could be the one, which cannot be told.
 */
static int try_candidate(struct look *l, const struct path_walk *w,
			 const char *name, struct target_path *found,
			 size_t *hits)
{
	struct target_path p = { 0 };
	char *path;
	int err;

	if (l->budget == 0)
		return ERR_NAME;
	l->budget--;
	path = path_with(w, name);
	if (!path)
		return err_nomem();
	l->is_none = false;
	err = resolve_at(l, path, &p);
	mem_free(path);
	if (err == ERR_NOMEM)
		return err;
	/* What nothing fits in drops out, as what does not hold the rest. */
	if (err == ERR_NOT_FOUND || (err == ERR_NAME && l->is_none))
		return 0;
	if (err)
		return ERR_NAME;
	if ((*hits)++)
		target_path_release(&p);
	else
		*found = p;
	return 0;
}

/* Why a short name that fits several leads nowhere. */
static int say_candidates(const struct path_walk *w, const char *name,
			  const struct candidates *c, bool is_none)
{
	return err_fail(ERR_NAME, 0,
			is_none ? W_TARGET_SHORT_NAME_LEADS_NOWHERE
				: W_TARGET_SHORT_NAME_FITS_MANY,
			name, w->wpath, (uint64_t)c->count);
}

/*
 * PROGRA~1 fits "Program Files" and "Program Files (x86)"; where the rest of
 * the path is there below only one of them, that is the one meant.  Below
 * several or none the answer stays ERR_NAME: a guess could point away from
 * the file that Windows would load.
 */
static int try_candidates(struct look *l, const struct path_walk *w,
			  struct target_path *ret)
{
	struct candidates c = { .w = w };
	struct target_path found = { 0 };
	size_t hits = 0;
	char *name = mem_strndup(w->path.parts[w->next].text,
				 w->path.parts[w->next].nbytes);
	int err;

	if (!name)
		return err_nomem();
	err = folder_each_short(w->folder, name, add_candidate, &c);
	for (size_t i = 0; i < c.count && !err; i++)
		err = try_candidate(l, w, c.names[i], &found, &hits);
	if (!err && hits == 1) {
		*ret = found;
	} else {
		l->is_none = !err && hits == 0;
		target_path_release(&found);
		if (err != ERR_NOMEM)
			err = say_candidates(w, name, &c, l->is_none);
	}
	for (size_t i = 0; i < c.count; i++)
		mem_free(c.names[i]);
	mem_free(name);
	return err;
}

static int resolve_at(struct look *l, const char *wpath,
		      struct target_path *ret)
{
	struct target *t = l->t;
	struct path_walk w = { .t = t, .is_program = l->view != 0 };
	int err = wpath_split(wpath, &w.path);

	if (!err)
		err = settle_form(t, &w.path, wpath);
	if (!err && w.path.count > TARGET_PATH_MAX_DEPTH)
		err = err_fail(ERR_TOO_LARGE, 0, W_TARGET_PATH_DEEP,
			       (uint64_t)w.path.count);
	if (!err) {
		redirect(t, l->view, &w.path);
		err = enter_volume(&w, wpath);
	}
	while (!err && w.next < w.path.count)
		err = step(&w);
	if (!err)
		err = finish(&w, ret);
	else if (err == ERR_NAME && w.is_none)
		l->is_none = true;
	else if (err == ERR_NAME && l->budget > 0 && w.next + 1 < w.path.count)
		err = try_candidates(l, &w, ret);
	if (err == ERR_NOMEM)
		t->is_short = true;
	else if (err && err != ERR_NOT_FOUND && !t->cause && w.wpath)
		target_set_cause(t, GAP_READ_ERROR, w.wpath, strlen(w.wpath));
	wpath_release(&w.path);
	mem_free(w.wpath);
	mem_free(w.host);
	return err;
}

int target_resolve(struct target *t, const char *wpath, int view,
		   struct target_path *ret)
{
	struct look l = { .t = t,
			  .view = view,
			  .budget = CANDIDATES_OF_PATH_MAX };

	mem_free(t->cause);
	t->cause = NULL;
	t->cause_kind = GAP_READ_ERROR;
	return resolve_at(&l, wpath, ret);
}

void target_path_release(struct target_path *p)
{
	mem_free(p->wpath);
	mem_free(p->host);
	memset(p, 0, sizeof(*p));
}

int target_open_file(struct target *t, const char *wpath, int view,
		     struct host_file **ret)
{
	struct target_path p = { 0 };
	int err = target_resolve(t, wpath, view, &p);

	if (err)
		return err;
	err = p.st.type == HOST_DIR
		      ? err_fail(ERR_NOT_DIR, 0, W_REGISTRY_IS_FOLDER, p.wpath)
		      : host_open(p.host,
				  HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME, ret);
	target_path_release(&p);
	return err;
}
