/*
 * On a file system that tells case apart a disk can hold "Program Files" and
 * "PROGRAM FILES".  Windows, asked for one, takes any of them: all are meant.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <string.h>

/* Spellings of one name that are followed, and of all names of one path. */
#define TWINS_MAX	  16
#define TWINS_OF_PATH_MAX 64

struct twin_walk {
	struct target *t;
	struct wpath path;
	target_twin_fn fn;
	void *arg;
	unsigned budget;
};

struct matches {
	char *name; /* what is looked for */
	char *names[TWINS_MAX];
	enum host_type types[TWINS_MAX];
	size_t count;
};

static int add_match(void *arg, const char *name, enum host_type type)
{
	struct matches *m = arg;

	if (utf_casecmp(name, m->name) != 0)
		return 0;
	if (m->count == TWINS_MAX)
		return err_fail(ERR_TOO_LARGE, 0, W_TARGET_TWINS_MANY,
				TWINS_MAX, name);
	m->names[m->count] = mem_strdup(name);
	if (!m->names[m->count])
		return err_nomem();
	m->types[m->count++] = type;
	return 0;
}

static void matches_release(struct matches *m)
{
	for (size_t i = 0; i < m->count; i++)
		mem_free(m->names[i]);
	mem_free(m->name);
}

/* Nearly always there is one or none, for which no listing is sorted. */
static int find_matches(struct folder *f, struct matches *m)
{
	struct folder_found one = { 0 };
	bool has_twin = false;
	int err = folder_has_twin(f, m->name, &has_twin);

	if (err || has_twin)
		return err ? err : folder_each(f, add_match, m);
	err = folder_find(f, m->name, &one);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	m->names[0] = one.name;
	m->types[0] = one.type;
	m->count = 1;
	return 0;
}

/* One cause, whoever meets it: target_unreached() tells it once. */
static int tell(struct twin_walk *w, const char *wpath, const char *host,
		int err)
{
	struct target_path p = { 0 };

	target_set_cause(w->t,
			 err == ERR_UNSUPPORTED ? GAP_LINK : GAP_READ_ERROR,
			 wpath, strlen(wpath));
	p.wpath = (char *)(uintptr_t)wpath;
	p.host = (char *)(uintptr_t)host;
	return w->fn(w->arg, &p, err);
}

static int found(struct twin_walk *w, const char *wpath, const char *host)
{
	struct target_path p = { 0 };
	int err = host_stat(host, false, &p.st);

	if (err == ERR_NOMEM || err == ERR_NOT_FOUND)
		return err == ERR_NOMEM ? err
					: 0; /* gone since it was listed */
	if (err)
		return tell(w, wpath, host, err);
	p.wpath = (char *)(uintptr_t)wpath;
	p.host = (char *)(uintptr_t)host;
	return w->fn(w->arg, &p, 0);
}

static int go(struct twin_walk *w, size_t at, const char *wpath,
	      const char *host);

static int take(struct twin_walk *w, size_t at, const char *wpath,
		const char *host, const struct matches *m, size_t i)
{
	char *next_wpath = wpath_append(wpath, m->names[i]);
	char *next_host = host_join(host, m->names[i]);
	bool is_last = at + 1 == w->path.count;
	int err = 0;

	if (!next_wpath || !next_host)
		err = err_nomem();
	else if (m->types[i] == HOST_LINK && m->count > 1)
		err = tell(w, next_wpath, next_host,
			   err_fail(ERR_UNSUPPORTED, 0, W_TARGET_IS_LINK,
				    next_wpath));
	else if (m->types[i] == HOST_DIR && !is_last)
		err = go(w, at + 1, next_wpath, next_host);
	else if (m->types[i] != HOST_LINK && is_last)
		err = found(w, next_wpath, next_host);
	mem_free(next_wpath);
	mem_free(next_host);
	return err;
}

/* Below a folder that cannot be listed the path is followed as it is. */
static int go_on_blindly(struct twin_walk *w, size_t at, const char *wpath,
			 const char *host, char *name)
{
	struct matches m = { .names = { name }, .count = 1 };
	struct host_stat st;
	char *next = host_join(host, name);
	int err = next ? 0 : err_nomem();

	if (!err && !host_stat(next, false, &st)) {
		m.types[0] = st.type;
		err = take(w, at, wpath, host, &m, 0);
	}
	mem_free(next);
	return err;
}

static int go(struct twin_walk *w, size_t at, const char *wpath,
	      const char *host)
{
	struct matches m = { .name = mem_strndup(w->path.parts[at].text,
						 w->path.parts[at].nbytes) };
	struct folder *f;
	int err =
		m.name ? folder_cache_get(w->t->folders, wpath, host, true, &f)
		       : err_nomem();

	if (!err)
		err = find_matches(f, &m);
	if (err && err != ERR_NOMEM) {
		err = tell(w, wpath, host, err);
		if (!err && !m.count)
			err = go_on_blindly(w, at, wpath, host, m.name);
	}
	for (size_t i = 0; i < m.count && !err; i++) {
		if (m.count > 1 && w->budget-- == 0) {
			w->budget = 0;
			err = tell(w, wpath, host,
				   err_fail(ERR_TOO_LARGE, 0,
					    W_TARGET_SPELLINGS_MANY));
			break;
		}
		err = take(w, at, wpath, host, &m, i);
	}
	matches_release(&m);
	return err;
}

int target_each_twin(struct target *t, const char *wpath, target_twin_fn fn,
		     void *arg)
{
	struct twin_walk w = {
		.t = t, .fn = fn, .arg = arg, .budget = TWINS_OF_PATH_MAX
	};
	int err = wpath_split(wpath, &w.path);

	if (err)
		return err == ERR_NOMEM ? err : 0;
	for (size_t i = 0; i < t->volumes.count && !err; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		if (w.path.form == WPATH_DRIVE && w.path.count && v->is_exact &&
		    v->pub.wprefix[0] == w.path.drive &&
		    strcmp(v->pub.wprefix + 1, ":") == 0)
			err = go(&w, 0, v->pub.wprefix, v->pub.host);
	}
	wpath_release(&w.path);
	return err;
}
