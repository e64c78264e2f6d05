/*
 * The index over all catalogs of an examined Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A Windows has thousands of catalogs, 100 to 200 MB in all, that name about
 * a million files.  They are read once for a whole fix; of each digest eight
 * bytes and the catalog's number are kept.  A hit is made sure by reading
 * that one catalog again.
 */
#include "trust/catalog.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "words/base.h"
#include "words/trust.h"

#include <stdlib.h>
#include <string.h>

/* The largest known, of a cumulative update, have some megabytes. */
#define CATALOG_MAX_NBYTES ((size_t)64 << 20)
/* Windows 7 with all its updates has about 15,000. */
#define CATALOG_MAX_COUNT 100000
/* CatRoot\{subsystem}\name.cat, and one to spare. */
#define DEPTH_MAX 3
/* 16 bytes each; a Windows with all updates has two to three million. */
#define ENTRY_MAX_COUNT ((size_t)16 << 20)

struct entry {
	uint64_t head; /* the digest's first eight bytes */
	uint32_t catalog;
};

struct catalog {
	char *wpath;
	char *host;
};

struct catalog_index {
	struct vec catalogs; /* of struct catalog */
	struct vec entries;  /* of struct entry, sorted once it is built */
	char *problem;
};

struct digest_bytes {
	uint8_t bytes[32];
	size_t nbytes;
};

/* Only the first is told; one is enough to leave everything alone. */
static void keep_problem(struct catalog_index *x, const char *wpath,
			 const char *why)
{
	struct str s = STR_INIT;

	if (x->problem != NULL)
		return;
	str_addf(&s, W_TRUST_CATALOG_UNREAD, wpath, why);
	x->problem = str_detach(&s);
	if (x->problem == NULL)
		x->problem = mem_strdup(W_TRUST_CATALOG_UNREAD_ANY);
}

static int add_entry(void *arg, const uint8_t *digest, size_t nbytes)
{
	struct catalog_index *x = arg;
	struct entry *e = vec_push(&x->entries);

	(void)nbytes;
	if (e == NULL)
		return x->entries.count == x->entries.max ? ERR_TOO_LARGE
							  : err_nomem();
	e->head = bytes_le64(digest);
	e->catalog = (uint32_t)(x->catalogs.count - 1);
	return 0;
}

static int read_catalog(const char *host, void **data_ret, size_t *nbytes_ret)
{
	struct host_file *f = NULL;
	struct host_stat st;
	void *data = NULL;
	size_t nread = 0;
	int err;

	err = host_open(host,
			HOST_OPEN_NOFOLLOW | HOST_OPEN_SEQ | HOST_OPEN_NOATIME,
			&f);
	if (err)
		return err;
	err = host_fstat(f, &st);
	if (!err && st.size > CATALOG_MAX_NBYTES)
		err = err_fail(ERR_TOO_LARGE, 0, W_TRUST_CATALOG_LARGE, host);
	if (!err) {
		data = mem_alloc((size_t)st.size);
		err = data != NULL
			      ? host_pread(f, 0, data, (size_t)st.size, &nread)
			      : err_nomem();
	}
	host_close(f);
	if (err) {
		mem_free(data);
		return err;
	}
	*data_ret = data;
	*nbytes_ret = nread;
	return 0;
}

/* Takes both strings.  Fails only for want of memory. */
static int add_catalog(struct catalog_index *x, char *wpath, char *host)
{
	struct catalog *c = NULL;
	size_t nbytes = 0;
	void *data = NULL;
	int err = 0;

	if (wpath != NULL && host != NULL)
		c = vec_push(&x->catalogs);
	if (c == NULL) {
		if (wpath != NULL && x->catalogs.count == x->catalogs.max)
			keep_problem(x, wpath, W_TRUST_TOO_MANY);
		else
			err = err_nomem();
		mem_free(wpath);
		mem_free(host);
		return err;
	}
	c->wpath = wpath;
	c->host = host;
	err = read_catalog(host, &data, &nbytes);
	if (err == ERR_NOMEM)
		return err;
	if (err) {
		keep_problem(x, wpath, err_words(err));
		return 0;
	}
	if (!catalog_is_whole(data, nbytes))
		keep_problem(x, wpath, W_BASE_DAMAGED);
	err = catalog_scan(data, nbytes, add_entry, x);
	mem_free(data);
	if (err == ERR_TOO_LARGE) {
		keep_problem(x, wpath, W_TRUST_TOO_MANY_FILES);
		err = 0;
	}
	return err;
}

static char *join_wpath(const char *dir, const char *name)
{
	struct str s = STR_INIT;

	str_addf(&s, "%s\\%s", dir, name);
	return str_detach(&s);
}

static int add_folder(struct catalog_index *x, const char *wpath,
		      const char *host, int depth);

static int add_child(struct catalog_index *x, const char *wpath,
		     const char *host, const struct host_dirent *de, int depth)
{
	bool is_catalog = ascii_iends_with(de->name, ".cat");
	char *child = join_wpath(wpath, de->name);
	char *child_host = host_join(host, de->name);
	int err = 0;

	if (child == NULL || child_host == NULL)
		err = err_nomem();
	else if (de->st.type == HOST_DIR)
		err = add_folder(x, child, child_host, depth + 1);
	else if (de->st.type == HOST_FILE && is_catalog)
		return add_catalog(x, child, child_host);
	else if (de->st.type != HOST_FILE)
		/* A folder or a catalog may be behind it. */
		keep_problem(x, child, W_TRUST_NO_REGULAR_FILE);
	mem_free(child);
	mem_free(child_host);
	return err;
}

static int add_folder(struct catalog_index *x, const char *wpath,
		      const char *host, int depth)
{
	struct host_dir *dir = NULL;
	struct host_dirent de;
	int err = 0, more = 0;

	if (depth > DEPTH_MAX) {
		keep_problem(x, wpath, W_TRUST_TOO_DEEP);
		return 0;
	}
	err = host_dir_open(host, &dir);
	if (err) {
		keep_problem(x, wpath, err_words(err));
		return err == ERR_NOMEM ? err : 0;
	}
	while (!err && x->catalogs.count < x->catalogs.max) {
		more = host_dir_next(dir, &de);
		if (more != 1)
			break;
		err = add_child(x, wpath, host, &de, depth);
	}
	if (more < 0)
		keep_problem(x, wpath, err_words(-more));
	if (x->catalogs.count == x->catalogs.max)
		keep_problem(x, wpath, W_TRUST_TOO_MANY);
	host_dir_close(dir);
	return err;
}

static int by_head(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	return x->catalog < y->catalog ? -1 : x->catalog > y->catalog;
}

/* Tag and digest of one file are mostly the same. */
static void sort_entries(struct vec *v)
{
	struct entry *e = v->items;
	size_t kept = 0;

	if (v->count == 0)
		return;
	qsort(e, v->count, sizeof(*e), by_head);
	for (size_t i = 1; i < v->count; i++)
		if (by_head(&e[kept], &e[i]) != 0)
			e[++kept] = e[i];
	v->count = kept + 1;
}

int catalog_index_build(struct target *t, const char *wpath,
			struct catalog_index **ret)
{
	struct catalog_index *x = mem_zalloc(sizeof(*x));
	struct target_path p = { 0 };
	int err;

	if (x == NULL)
		return err_nomem();
	x->catalogs = (struct vec)VEC_INIT(struct catalog, CATALOG_MAX_COUNT);
	x->entries = (struct vec)VEC_INIT(struct entry, ENTRY_MAX_COUNT);
	err = target_resolve(t, wpath, 0, &p);
	if (!err) {
		err = add_folder(x, p.wpath, p.host, 0);
	} else if (err == ERR_NOT_FOUND) {
		err = 0;
	} else if (err != ERR_NOMEM) {
		keep_problem(x, wpath, err_words(err));
		err = 0;
	}
	target_path_release(&p);
	if (err) {
		catalog_index_free(x);
		return err;
	}
	sort_entries(&x->entries);
	*ret = x;
	return 0;
}

void catalog_index_free(struct catalog_index *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->catalogs.count; i++) {
		struct catalog *c = vec_at(&x->catalogs, i);

		mem_free(c->wpath);
		mem_free(c->host);
	}
	vec_release(&x->catalogs);
	vec_release(&x->entries);
	mem_free(x->problem);
	mem_free(x);
}

size_t catalog_index_count(const struct catalog_index *x)
{
	return x->catalogs.count;
}

const char *catalog_index_problem(const struct catalog_index *x)
{
	return x->problem;
}

static bool from_hex(const char *hex, struct digest_bytes *ret)
{
	size_t n = strlen(hex);

	if (n != 40 && n != 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *digits = "0123456789abcdef";
		const char *at = strchr(digits, ascii_lower(hex[i]));

		if (at == NULL)
			return false;
		ret->bytes[i / 2] = (uint8_t)(ret->bytes[i / 2] << 4 |
					      (uint8_t)(at - digits));
	}
	ret->nbytes = n / 2;
	return true;
}

static int is_it(void *arg, const uint8_t *digest, size_t nbytes)
{
	const struct digest_bytes *want = arg;

	return nbytes == want->nbytes &&
	       memcmp(digest, want->bytes, nbytes) == 0;
}

/* 1: that catalog names it, 0: another digest begins like it, -ERR_*. */
static int make_sure(const struct catalog *c, struct digest_bytes *want)
{
	size_t nbytes = 0;
	void *data = NULL;
	int err = read_catalog(c->host, &data, &nbytes);

	if (err)
		return -err;
	err = catalog_scan(data, nbytes, is_it, want);
	mem_free(data);
	return err;
}

int catalog_index_find(const struct catalog_index *x, const char *hex,
		       const char **wpath_ret)
{
	const struct entry *e = x->entries.items;
	struct digest_bytes want = { { 0 }, 0 };
	size_t low = 0, high = x->entries.count;
	uint64_t head;

	if (!from_hex(hex, &want))
		return -err_fail(ERR_INVALID, 0, W_TRUST_NO_DIGEST, hex);
	head = bytes_le64(want.bytes);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e[middle].head < head)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < x->entries.count && e[low].head == head; low++) {
		const struct catalog *c = vec_at(&x->catalogs, e[low].catalog);
		int ret = make_sure(c, &want);

		if (ret == 1)
			*wpath_ret = c->wpath;
		if (ret != 0)
			return ret;
	}
	return 0;
}
