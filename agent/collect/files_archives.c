/*
 * Archives outside the caches: noted while the walk meets them, looked into
 * when it is over.
 * SPDX-License-Identifier: Apache-2.0
 *
 * How much of them is looked into is bounded, and must not depend on threads
 * or on the order in which a folder is listed.  So all are noted first, then
 * sorted: temporary folders before what people keep, and that before what
 * programs and Windows keep, names of archives before others (documents are
 * zip files, too), small before large, then by path; single packed files
 * (gzip), of which a disk can be full, come last and have a bound of their own.
 * What fits into the budget of packed bytes is looked into; the rest, and what
 * cannot be opened, is counted by kind.
 */
#include "collect/files_archives.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

struct met_archive {
	unsigned rank;
	enum archive_kind kind;
	uint64_t nbytes;
	struct archive_place place;
};

struct archive_list {
	struct archive_budget budget;
	struct host_mutex *lock;
	struct vec met; /* while the walk goes on a heap, the last on top */
	uint64_t unopened[ARCHIVE_KIND_COUNT];
};

int archive_list_new(const struct archive_budget *budget,
		     struct archive_list **ret)
{
	struct archive_list *l = mem_zalloc(sizeof(*l));

	if (!l)
		return err_nomem();
	l->budget = *budget;
	l->met = (struct vec)VEC_INIT(struct met_archive, budget->count);
	l->lock = host_mutex_new();
	if (!l->lock) {
		mem_free(l);
		return err_nomem();
	}
	*ret = l;
	return 0;
}

static void place_release(struct archive_place *p)
{
	mem_free(p->host);
	mem_free(p->wpath);
}

void archive_list_free(struct archive_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->met.count; i++)
		place_release(
			&((struct met_archive *)vec_at(&l->met, i))->place);
	vec_release(&l->met);
	host_mutex_free(l->lock);
	mem_free(l);
}

void archive_list_count(struct archive_list *l, const uint64_t *unopened)
{
	host_mutex_lock(l->lock);
	for (int k = 0; k < ARCHIVE_KIND_COUNT; k++)
		l->unopened[k] += unopened[k];
	host_mutex_unlock(l->lock);
}

/* ---- their order --------------------------------------------------------- */

static bool is_named_like_archive(const char *wpath)
{
	static const char *const endings[] = { ".zip", ".jar", ".cab",
					       ".gz",  ".tgz", ".war" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (ascii_iends_with(wpath, endings[i]))
			return true;
	}
	return false;
}

#define RANK_GZIP 10 /* behind all others */

/*
 * Words of target_location(); what is not named is where people keep it.  In a
 * temporary folder a program has left it, whatever its name: these few come
 * first, or a large collection of somebody's would hide them.
 */
static unsigned rank_of(enum archive_kind kind, const char *wpath,
			const char *location)
{
	static const struct {
		const char *location;
		unsigned rank;
	} rows[] = {
		{ "temp", 0 },		{ "program_data", 4 },
		{ "program_files", 6 }, { "common_files", 6 },
		{ "windows", 8 },	{ "system", 8 },
	};

	unsigned rank = is_named_like_archive(wpath) ? 0 : 1;

	if (kind == ARCHIVE_GZIP && strcmp(location, "temp") != 0)
		return RANK_GZIP;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].location, location) == 0)
			return rank + rows[i].rank;
	}
	return rank + 2;
}

/* A total order: no two have the same path. */
static int compare(const void *a, const void *b)
{
	const struct met_archive *x = a, *y = b;
	int order;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->nbytes != y->nbytes)
		return x->nbytes < y->nbytes ? -1 : 1;
	order = utf_casecmp(x->place.wpath, y->place.wpath);
	return order ? order : strcmp(x->place.wpath, y->place.wpath);
}

static struct met_archive *heap_at(const struct archive_list *l, size_t i)
{
	return vec_at(&l->met, i);
}

static void heap_swap(struct archive_list *l, size_t i, size_t k)
{
	struct met_archive was = *heap_at(l, i);

	*heap_at(l, i) = *heap_at(l, k);
	*heap_at(l, k) = was;
}

static void heap_up(struct archive_list *l, size_t i)
{
	while (i && compare(heap_at(l, i), heap_at(l, (i - 1) / 2)) > 0) {
		heap_swap(l, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static void heap_down(struct archive_list *l, size_t i)
{
	for (;;) {
		size_t last = i;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2; k++) {
			if (k < l->met.count &&
			    compare(heap_at(l, k), heap_at(l, last)) > 0)
				last = k;
		}
		if (last == i)
			return;
		heap_swap(l, i, last);
		i = last;
	}
}

/* ---- noting -------------------------------------------------------------- */

/* Takes over the strings; what has no room any more is counted. */
static int note(struct archive_list *l, struct met_archive *m)
{
	struct met_archive *slot;

	if (l->met.count < l->budget.count) {
		slot = vec_push(&l->met);
		if (!slot)
			return ERR_NOMEM;
		*slot = *m;
		memset(&m->place, 0, sizeof(m->place));
		heap_up(l, l->met.count - 1);
		return 0;
	}
	slot = l->met.count ? heap_at(l, 0) : NULL;
	if (!slot || compare(m, slot) >= 0) {
		l->unopened[m->kind]++;
		return 0;
	}
	l->unopened[slot->kind]++;
	place_release(&slot->place);
	*slot = *m;
	memset(&m->place, 0, sizeof(m->place));
	heap_down(l, 0);
	return 0;
}

int archive_list_met(struct archive_list *l, enum archive_kind kind,
		     const struct file_artefact *a, const char *host_folder,
		     const char *host)
{
	struct met_archive m = { .rank = rank_of(kind, a->wpath, a->location),
				 .kind = kind,
				 .nbytes = a->nbytes };
	uint64_t one[ARCHIVE_KIND_COUNT] = { 0 };
	int err;

	if (!archive_can_open(kind) || a->nbytes > l->budget.each_nbytes) {
		one[kind] = 1;
		archive_list_count(l, one);
		return 0;
	}
	m.place.wpath = mem_strdup(a->wpath);
	m.place.host = host_folder ? host_join(host_folder, a->name)
				   : mem_strdup(host);
	m.place.st = *a->st;
	m.place.is_known_place = a->is_known_place;
	err = m.place.wpath && m.place.host ? 0 : ERR_NOMEM;
	if (!err) {
		host_mutex_lock(l->lock);
		err = note(l, &m);
		host_mutex_unlock(l->lock);
	}
	place_release(&m.place);
	return err ? err_nomem() : 0;
}

/* ---- choosing ------------------------------------------------------------ */

size_t archive_list_choose(struct archive_list *l)
{
	uint64_t left = l->budget.nbytes;
	size_t gzips_left = l->budget.gzip_count;
	size_t count = 0;

	if (l->met.count)
		qsort(l->met.items, l->met.count, sizeof(struct met_archive),
		      compare);
	for (size_t i = 0; i < l->met.count; i++) {
		struct met_archive *m = heap_at(l, i);

		const bool is_gzip = m->kind == ARCHIVE_GZIP;

		if (m->nbytes > left || (is_gzip && !gzips_left)) {
			l->unopened[m->kind]++;
			place_release(&m->place);
			continue;
		}
		left -= m->nbytes;
		gzips_left -= is_gzip;
		*heap_at(l, count++) = *m;
	}
	l->met.count = count;
	return count;
}

const struct archive_place *archive_list_at(const struct archive_list *l,
					    size_t i)
{
	return &heap_at(l, i)->place;
}

void archive_list_failed(struct archive_list *l, size_t i)
{
	uint64_t one[ARCHIVE_KIND_COUNT] = { 0 };

	one[heap_at(l, i)->kind] = 1;
	archive_list_count(l, one);
}

void archive_list_report(const struct archive_list *l, struct gap_sink *sink)
{
	for (int k = ARCHIVE_NONE + 1; k < ARCHIVE_KIND_COUNT; k++) {
		struct gap g = { .kind = GAP_NOT_OPENED,
				 .path = "",
				 .reason = archive_kind_name(
					 (enum archive_kind)k),
				 .weight = GAP_BY_KIND,
				 .count = l->unopened[k] };

		if (sink && g.count)
			sink->add(sink, &g);
	}
}
