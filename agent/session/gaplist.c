/*
 * Gaps collected in memory, bounded.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/gaplist.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "host/host.h"
#include "words/gap.h"
#include <stdlib.h>
#include <string.h>

/*
 * Above this many different gaps only their kinds are counted: a tree made
 * to produce gaps must not fill memory or disk.
 */
#define MAX_DISTINCT 100000

struct entry {
	enum gap_kind kind;
	char *path;
	char *reason;
	long os_error;
	bool matters;
	uint64_t count;
};

struct gap_list {
	struct gap_sink sink; /* first: the sink is the list */
	struct host_mutex *lock;
	struct vec entries; /* struct entry * */
	struct namemap *by_text;
	struct entry rest[GAP_COUNT][2]; /* beyond the bound: kind, matters */
	size_t matter_count;
	size_t kept; /* entries that are in the store already */
};

static void entry_free(struct entry *e)
{
	if (!e)
		return;
	mem_free(e->path);
	mem_free(e->reason);
	mem_free(e);
}

static void count_rest(struct gap_list *l, const struct gap *g, bool matters)
{
	struct entry *e = &l->rest[g->kind][matters];

	if (!e->count && matters)
		l->matter_count++;
	e->count += g->count ? g->count : 1;
}

/* The same gap again only raises its count; NULL without memory. */
static struct entry *entry_for(struct gap_list *l, const struct gap *g,
			       bool matters)
{
	struct str key = STR_INIT;
	struct entry *e = NULL;
	struct entry **slot;

	str_addf(&key, "%d%d|%s|%s", (int)g->kind, (int)matters, g->path,
		 g->reason);
	if (key.err)
		goto out;
	e = namemap_get(l->by_text, str_text(&key));
	if (e || l->entries.count >= MAX_DISTINCT)
		goto out;
	e = mem_zalloc(sizeof(*e));
	if (!e)
		goto out;
	e->kind = g->kind;
	e->matters = matters;
	e->os_error = g->os_error;
	e->path = mem_strdup(g->path);
	e->reason = mem_strdup(g->reason);
	slot = e->path && e->reason ? vec_push(&l->entries) : NULL;
	if (!slot) {
		entry_free(e);
		e = NULL;
		goto out;
	}
	*slot = e;
	if (matters)
		l->matter_count++;
	/* Without memory for the index equal gaps are not folded: harmless. */
	(void)namemap_put(l->by_text, str_text(&key), e);
out:
	str_release(&key);
	return e;
}

static void add(struct gap_sink *sink, const struct gap *g)
{
	struct gap_list *l = (struct gap_list *)sink;
	bool matters = gap_matters(g->kind, g->weight);
	struct entry *e;

	host_mutex_lock(l->lock);
	e = entry_for(l, g, matters);
	if (e)
		e->count += g->count ? g->count : 1;
	else
		count_rest(l, g, matters);
	host_mutex_unlock(l->lock);
}

int gap_list_new(struct gap_list **ret)
{
	struct gap_list *l = mem_zalloc(sizeof(*l));

	if (!l)
		return err_nomem();
	l->sink.add = add;
	l->entries = (struct vec)VEC_INIT(struct entry *, MAX_DISTINCT);
	l->lock = host_mutex_new();
	l->by_text = namemap_new();
	if (!l->lock || !l->by_text) {
		gap_list_free(l);
		return err_nomem();
	}
	*ret = l;
	return 0;
}

void gap_list_free(struct gap_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->entries.count; i++)
		entry_free(*(struct entry **)vec_at(&l->entries, i));
	vec_release(&l->entries);
	namemap_free(l->by_text);
	host_mutex_free(l->lock);
	mem_free(l);
}

struct gap_sink *gap_list_sink(struct gap_list *l)
{
	return &l->sink;
}

size_t gap_list_count(const struct gap_list *l)
{
	return l->entries.count;
}

size_t gap_list_matter_count(const struct gap_list *l)
{
	return l->matter_count;
}

bool gap_list_has(const struct gap_list *l, enum gap_kind kind)
{
	for (size_t i = 0; i < l->entries.count; i++) {
		const struct entry *e =
			*(struct entry **)vec_at(&l->entries, i);

		if (e->kind == kind && e->matters)
			return true;
	}
	return l->rest[kind][1].count != 0;
}

static int by_kind_and_path(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	int order = x->kind < y->kind ? -1 : x->kind > y->kind;

	if (!order)
		order = strcmp(x->path, y->path);
	return order ? order : strcmp(x->reason, y->reason);
}

/* The i-th entry as it is now; its texts stay where they are. */
static bool entry_now(struct gap_list *l, size_t i, struct entry *ret)
{
	bool is_there;

	host_mutex_lock(l->lock);
	is_there = i < l->entries.count;
	if (is_there)
		*ret = **(struct entry **)vec_at(&l->entries, i);
	host_mutex_unlock(l->lock);
	return is_there;
}

int gap_list_keep(struct gap_list *l, struct store *s, int64_t scan_id,
		  size_t *count_ret)
{
	const size_t before = l->kept;
	struct entry e;
	int err = 0;

	while (!err && entry_now(l, l->kept, &e)) {
		struct gap g = { e.kind,     e.path,	  e.reason,
				 e.os_error, GAP_BY_KIND, 0 };

		err = store_add_gap(s, scan_id, &g, e.matters, e.count);
		l->kept++;
	}
	*count_ret = l->kept - before;
	return err;
}

int gap_list_drop_kept(struct gap_list *l, struct store *s, int64_t scan_id)
{
	int err = l->kept ? store_drop_gaps(s, scan_id) : 0;

	if (!err)
		l->kept = 0;
	return err;
}

int gap_list_store(struct gap_list *l, struct store *s, int64_t scan_id)
{
	int err = gap_list_drop_kept(l, s, scan_id);

	/* Sorted, so that two scans of the same tree give the same rows. */
	if (l->entries.count)
		qsort(l->entries.items, l->entries.count,
		      sizeof(struct entry *), by_kind_and_path);
	for (size_t i = 0; i < l->entries.count && !err; i++) {
		const struct entry *e =
			*(struct entry **)vec_at(&l->entries, i);
		struct gap g = { e->kind,     e->path,	   e->reason,
				 e->os_error, GAP_BY_KIND, 0 };

		err = store_add_gap(s, scan_id, &g, e->matters, e->count);
	}
	for (int i = 0; i < GAP_COUNT * 2 && !err; i++) {
		const struct entry *e = &l->rest[i / 2][i % 2];
		struct gap g = { (enum gap_kind)(i / 2),
				 "",
				 W_GAP_ONLY_COUNTED,
				 0,
				 GAP_BY_KIND,
				 0 };

		if (e->count)
			err = store_add_gap(s, scan_id, &g, i % 2, e->count);
	}
	return err;
}
