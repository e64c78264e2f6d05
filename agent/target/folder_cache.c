/*
 * Listings of the folders that look-ups pass through, a bounded number.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A registry path comes in any case and with 8.3 names; on a file system
 * that tells case apart each component costs a listing.  A thousand servers
 * lie in a handful of folders, so listings are kept.
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <stdlib.h>
#include <string.h>

#define FOLDERS_MAX 256
/* Names of one folder; WinSxS of Windows 7 has 2 MB of them. */
#define NAMES_MAX_NBYTES ((size_t)8 << 20)
/* Of all kept listings together. */
#define CACHE_MAX_NBYTES ((size_t)16 << 20)

struct folder_cache {
	struct folder *folders[FOLDERS_MAX];
	size_t count;
	uint64_t clock;
};

struct folder_cache *folder_cache_new(void)
{
	return mem_zalloc(sizeof(struct folder_cache));
}

static void drop_listing(struct folder *f)
{
	mem_free(f->entries);
	str_release(&f->names);
	f->entries = NULL;
	f->count = 0;
	f->cap = 0;
	f->is_listed = false;
	f->has_short_names = false;
}

static void folder_free(struct folder *f)
{
	if (!f)
		return;
	drop_listing(f);
	mem_free(f->wpath);
	mem_free(f->host);
	mem_free(f);
}

void folder_cache_free(struct folder_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++)
		folder_free(c->folders[i]);
	mem_free(c);
}

static size_t folder_nbytes(const struct folder *f)
{
	return f->names.cap + f->cap * sizeof(*f->entries);
}

/* Makes room, oldest first; the two newest stay whatever their size. */
static void make_room(struct folder_cache *c)
{
	for (;;) {
		size_t nbytes = 0, oldest = 0;

		for (size_t i = 0; i < c->count; i++) {
			nbytes += folder_nbytes(c->folders[i]);
			if (c->folders[i]->used < c->folders[oldest]->used)
				oldest = i;
		}
		if (c->count < 3 ||
		    (c->count < FOLDERS_MAX && nbytes <= CACHE_MAX_NBYTES))
			return;
		folder_free(c->folders[oldest]);
		c->folders[oldest] = c->folders[--c->count];
	}
}

struct folder *folder_cache_find(struct folder_cache *c, const char *wpath)
{
	uint64_t hash = utf_casehash(wpath);

	for (size_t i = 0; i < c->count; i++) {
		struct folder *f = c->folders[i];

		if (f->hash == hash && strcmp(f->wpath, wpath) == 0) {
			f->used = ++c->clock;
			return f;
		}
	}
	return NULL;
}

int folder_cache_get(struct folder_cache *c, const char *wpath,
		     const char *host, bool is_exact, struct folder **ret)
{
	struct folder *f = folder_cache_find(c, wpath);

	if (f) {
		f->is_fresh = false;
		*ret = f;
		return 0;
	}
	make_room(c);
	f = mem_zalloc(sizeof(*f));
	if (!f)
		return err_nomem();
	f->hash = utf_casehash(wpath);
	f->wpath = mem_strdup(wpath);
	f->host = mem_strdup(host);
	f->is_exact = is_exact;
	f->used = ++c->clock;
	str_init(&f->names, NAMES_MAX_NBYTES);
	if (!f->wpath || !f->host) {
		folder_free(f);
		return err_nomem();
	}
	c->folders[c->count++] = f;
	*ret = f;
	return 0;
}

/* ---- listing ------------------------------------------------------------- */

static const char *entry_name(const struct folder *f,
			      const struct folder_entry *e)
{
	return f->names.buf + e->name;
}

static int add_entry(struct folder *f, const struct host_dirent *de)
{
	struct folder_entry *e;

	if (f->count == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 32;
		void *p = mem_grow(f->entries, cap, sizeof(*f->entries));

		if (!p)
			return err_nomem();
		f->entries = p;
		f->cap = cap;
	}
	e = &f->entries[f->count];
	e->hash = utf_casehash(de->name);
	e->type = (uint8_t)de->st.type;
	e->short_name = 0;
	if (de->short_name && *de->short_name) {
		e->short_name = (uint32_t)f->names.len;
		str_add(&f->names, de->short_name);
		str_addch(&f->names, '\0');
		f->has_short_names = true;
	}
	e->name = (uint32_t)f->names.len;
	str_add(&f->names, de->name);
	str_addch(&f->names, '\0');
	if (f->names.err)
		return f->names.err;
	f->count++;
	return 0;
}

/*
 * qsort() has no argument for the names, so entries are ordered by hash
 * only; equal hashes are looked at one by one.
 */
static int by_hash(const void *a, const void *b)
{
	const struct folder_entry *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* ERR_TOO_LARGE: the folder is searched without keeping its listing. */
static int list(struct folder *f)
{
	struct host_dir *dir;
	struct host_dirent de;
	int ret, more;

	if (f->is_listed)
		return 0;
	ret = host_dir_open(f->host, &dir);
	if (ret)
		return ret;
	/* Offset 0 means "no short name". */
	str_addch(&f->names, '\0');
	ret = f->names.err;
	while (!ret) {
		more = host_dir_next(dir, &de);
		if (more == 0)
			break;
		ret = more < 0 ? -more : add_entry(f, &de);
	}
	host_dir_close(dir);
	if (ret) {
		drop_listing(f);
		return ret;
	}
	if (f->count > 1)
		qsort(f->entries, f->count, sizeof(*f->entries), by_hash);
	f->is_listed = true;
	f->is_fresh = true;
	return 0;
}

/* ---- search ------------------------------------------------------ */

/* The best spelling so far: exact, else first in byte order. */
struct search {
	const char *name;
	char *best;
	enum host_type type;
	bool is_exact;
	int err;
};

static void search_offer(struct search *s, const char *name,
			 enum host_type type)
{
	bool is_exact = strcmp(name, s->name) == 0;
	char *copy;

	if (s->best &&
	    (s->is_exact || (!is_exact && strcmp(name, s->best) >= 0)))
		return;
	copy = mem_strdup(name);
	if (!copy) {
		s->err = err_nomem();
		return;
	}
	mem_free(s->best);
	s->best = copy;
	s->type = type;
	s->is_exact = is_exact;
}

static int search_end(struct search *s, struct folder_found *ret)
{
	if (s->err) {
		mem_free(s->best);
		return s->err;
	}
	if (!s->best)
		return ERR_NOT_FOUND;
	ret->name = s->best;
	ret->type = s->type;
	return 0;
}

static void search_listing(struct folder *f, struct search *s)
{
	uint64_t hash = utf_casehash(s->name);
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->entries[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < f->count && f->entries[low].hash == hash; low++) {
		const char *name = entry_name(f, &f->entries[low]);

		if (utf_casecmp(name, s->name) == 0)
			search_offer(s, name, f->entries[low].type);
	}
}

/* A folder with more names than are kept. */
static int stream(struct folder *f,
		  void (*fn)(void *arg, const struct host_dirent *de),
		  void *arg)
{
	struct host_dir *dir;
	struct host_dirent de;
	int more, ret;

	ret = host_dir_open(f->host, &dir);
	if (ret)
		return ret;
	for (;;) {
		more = host_dir_next(dir, &de);
		if (more <= 0)
			break;
		fn(arg, &de);
	}
	host_dir_close(dir);
	return more < 0 ? -more : 0;
}

static void search_stream_entry(void *arg, const struct host_dirent *de)
{
	struct search *s = arg;

	if (utf_casecmp(de->name, s->name) == 0)
		search_offer(s, de->name, de->st.type);
}

/*
 * On a file system that tells case apart a name that is there as spelled
 * needs no listing.  ntfs-3g opens 8.3 names and streams too, so names with
 * "~" or ":" always go through the listing.
 */
static bool find_directly(struct folder *f, const char *name, struct search *s)
{
	struct host_stat st;
	char *path;
	int ret;

	if (strpbrk(name, "~:") || name[0] == '\0')
		return false;
	path = host_join(f->host, name);
	if (!path) {
		s->err = err_nomem();
		return true;
	}
	ret = host_stat(path, false, &st);
	mem_free(path);
	if (ret)
		return false;
	search_offer(s, name, st.type);
	return true;
}

int folder_find(struct folder *f, const char *name, struct folder_found *ret)
{
	struct search s = { .name = name };
	int err;

	if (f->is_exact && !f->is_listed && find_directly(f, name, &s))
		return search_end(&s, ret);
	err = list(f);
	if (err == ERR_TOO_LARGE) {
		err = stream(f, search_stream_entry, &s);
	} else if (err == 0) {
		search_listing(f, &s);
		/* The live system goes on while we look. */
		if (!s.best && !s.err && !f->is_fresh &&
		    find_directly(f, name, &s)) {
			mem_free(s.best);
			s.best = NULL;
			drop_listing(f);
			err = list(f);
			if (!err)
				search_listing(f, &s);
		}
	} else if (err == ERR_DENIED && find_directly(f, name, &s)) {
		/* Passing through needs no right to list. */
		err = 0;
	}
	if (err) {
		mem_free(s.best);
		return err;
	}
	return search_end(&s, ret);
}

struct twins {
	const char *name;
	size_t count;
};

static void count_twin(void *arg, const struct host_dirent *de)
{
	struct twins *w = arg;

	w->count += utf_casecmp(de->name, w->name) == 0;
}

int folder_has_twin(struct folder *f, const char *name, bool *ret)
{
	struct twins w = { .name = name };
	uint64_t hash = utf_casehash(name);
	int err = list(f);

	if (err == ERR_TOO_LARGE)
		err = stream(f, count_twin, &w);
	for (size_t i = 0; !err && f->is_listed && i < f->count; i++)
		w.count +=
			f->entries[i].hash == hash &&
			utf_casecmp(entry_name(f, &f->entries[i]), name) == 0;
	if (!err)
		*ret = w.count > 1;
	return err;
}

/*
 * Wine makes up short names of its own, as PROG~FBJ, where NTFS has
 * PROGRA~1; on such a host they say nothing about the examined disk.
 */
static bool is_invented(const char *short_name)
{
	const char *p = strchr(short_name, '~');
	size_t n = p ? strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345") : 0;

	return n == 3 && (p[4] == '\0' || p[4] == '.') &&
	       strspn(p + 1, "0123456789") < 3;
}

/* The stored short name counts if it is one and not the name itself. */
static bool has_stored(const char *short_name, const char *name)
{
	return short_name && *short_name && !is_invented(short_name) &&
	       utf_casecmp(short_name, name) != 0;
}

/* ---- 8.3 names --------------------------------------------------- */

/* Linux tells a short name only when asked for one file (ntfs-3g). */
static int read_short_names(struct folder *f)
{
	if (f->has_short_names)
		return 0;
	for (size_t i = 0; i < f->count; i++) {
		struct folder_entry *e = &f->entries[i];
		char *path = host_join(f->host, entry_name(f, e));
		char *name;

		if (!path)
			return err_nomem();
		name = host_short_name(path);
		mem_free(path);
		if (!name)
			continue;
		e->short_name = (uint32_t)f->names.len;
		str_add(&f->names, name);
		str_addch(&f->names, '\0');
		mem_free(name);
		if (f->names.err) {
			int ret = f->names.err;

			drop_listing(f);
			return ret;
		}
	}
	f->has_short_names = true;
	return 0;
}

struct short_search {
	const char *name;
	char *stored;
	enum host_type stored_type;
	char *fitting;
	enum host_type fitting_type;
	size_t fitting_count;
	int err;
};

static void keep_name(struct short_search *s, char **slot, const char *name)
{
	if (*slot)
		return;
	*slot = mem_strdup(name);
	if (!*slot)
		s->err = err_nomem();
}

static void offer_short(struct short_search *s, const char *name,
			const char *short_name, enum host_type type)
{
	if (has_stored(short_name, name)) {
		/* It has a short name: this one or another. */
		if (utf_casecmp(short_name, s->name) != 0)
			return;
		s->stored_type = type;
		keep_name(s, &s->stored, name);
		return;
	}
	if (!shortname_fits(s->name, name))
		return;
	s->fitting_count++;
	s->fitting_type = type;
	keep_name(s, &s->fitting, name);
}

static void short_stream_entry(void *arg, const struct host_dirent *de)
{
	offer_short(arg, de->name, de->short_name, de->st.type);
}

static int short_search_end(struct short_search *s, const char *where,
			    struct folder_found *ret)
{
	int err = s->err;

	if (!err && s->stored) {
		ret->name = s->stored;
		ret->type = s->stored_type;
		s->stored = NULL;
	} else if (!err && s->fitting_count == 1) {
		ret->name = s->fitting;
		ret->type = s->fitting_type;
		s->fitting = NULL;
	} else if (!err && s->fitting_count == 0) {
		err = err_fail(ERR_NOT_FOUND, 0, W_TARGET_SHORT_NAME_FITS_NONE,
			       where, s->name);
	} else if (!err) {
		err = err_fail(ERR_NAME, 0, W_TARGET_SHORT_NAME_FITS_MANY,
			       s->name, where, (uint64_t)s->fitting_count);
	}
	mem_free(s->stored);
	mem_free(s->fitting);
	return err;
}

int folder_find_short(struct folder *f, const char *name,
		      struct folder_found *ret)
{
	struct short_search s = { .name = name };
	int err = list(f);

	if (!err)
		err = read_short_names(f);
	if (err == ERR_TOO_LARGE) {
		err = stream(f, short_stream_entry, &s);
	} else if (!err) {
		for (size_t i = 0; i < f->count; i++) {
			const struct folder_entry *e = &f->entries[i];

			offer_short(&s, entry_name(f, e),
				    f->names.buf + e->short_name, e->type);
		}
	}
	if (err) {
		mem_free(s.stored);
		mem_free(s.fitting);
		return err;
	}
	return short_search_end(&s, f->wpath, ret);
}

/* The entries of a listed folder that a short name could mean. */
static bool could_be(const struct folder *f, const struct folder_entry *e,
		     const char *short_name)
{
	const char *stored = f->names.buf + e->short_name;
	const char *name = entry_name(f, e);

	if (has_stored(stored, name))
		return utf_casecmp(stored, short_name) == 0;
	return shortname_fits(short_name, name);
}

/*
 * A short name need not look like one: setup programs and administrators
 * choose them ("ADOBE" for "Adobe Acrobat").  The file system knows it by
 * that name, though no listing shows it.
 */
int folder_find_chosen(struct folder *f, const char *name,
		       struct folder_found *ret)
{
	struct search probe = { .name = name };
	bool is_there = find_directly(f, name, &probe);
	int err;

	if (!is_there && !probe.err) {
		char *upper = utf_upper_dup(name);

		if (!upper)
			return err_nomem();
		is_there = find_directly(f, upper, &probe);
		mem_free(upper);
	}
	mem_free(probe.best);
	if (probe.err)
		return probe.err;
	if (!is_there)
		return ERR_NOT_FOUND;
	err = folder_find_short(f, name, ret);
	return err == ERR_NAME ? ERR_NOT_FOUND : err;
}

/* ---- all --------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct host_dirent *x = a, *y = b;
	int order = utf_casecmp(x->name, y->name);

	return order ? order : strcmp(x->name, y->name);
}

static int each(struct folder *f, const char *short_name, folder_fn fn,
		void *arg)
{
	struct host_dirent *sorted;
	struct str names;
	size_t count = 0;
	int ret = list(f);

	if (!ret && short_name)
		ret = read_short_names(f);
	if (ret)
		return ret;
	/* A copy: what fn does may push this folder out of the cache. */
	str_init(&names, NAMES_MAX_NBYTES);
	str_addn(&names, f->names.buf, f->names.len);
	sorted = mem_array(f->count, sizeof(*sorted));
	if (!sorted || names.err) {
		ret = err_nomem();
		goto out;
	}
	for (size_t i = 0; i < f->count; i++) {
		if (short_name && !could_be(f, &f->entries[i], short_name))
			continue;
		sorted[count].name = names.buf + f->entries[i].name;
		sorted[count++].st.type = f->entries[i].type;
	}
	if (count > 1)
		qsort(sorted, count, sizeof(*sorted), by_name);
	for (size_t i = 0; i < count && !ret; i++)
		ret = fn(arg, sorted[i].name, sorted[i].st.type);
out:
	mem_free(sorted);
	str_release(&names);
	return ret;
}

int folder_each(struct folder *f, folder_fn fn, void *arg)
{
	return each(f, NULL, fn, arg);
}

int folder_each_short(struct folder *f, const char *short_name, folder_fn fn,
		      void *arg)
{
	return each(f, short_name, fn, arg);
}
