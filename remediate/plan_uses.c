/*
 * Who uses a key: registrations by their own keys and by their side keys, read
 * once and sorted.  A user can make a hundred thousand of them, so nothing here
 * asks the store for each.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <string.h>

/* Some side keys of as many registrations as a scan keeps. */
#define MAX_USES 4000000

static const struct plan_use *use_at(const struct vec *uses, size_t i)
{
	return vec_at(uses, i);
}

static int compare_uses(const void *a, const void *b)
{
	const struct plan_use *x = a, *y = b;
	const int c = utf_casecmp(x->key, y->key);

	return c ? c : (x->id > y->id) - (x->id < y->id);
}

/* Row: registration, its key, the key that it uses; as they are stored. */
static int take_use(struct vec *uses, sqlite3_stmt *q)
{
	const char *key = (const char *)sqlite3_column_text(q, 2);
	struct plan_use *u = key ? vec_push(uses) : NULL;
	int err;

	if (!u)
		return key ? err_last()->err : 0;
	u->id = sqlite3_column_int64(q, 0);
	err = plan_take(q, 1, &u->entry);
	u->key = mem_strdup(key);
	return err ? err : u->key ? 0 : err_nomem();
}

static int on_side(struct maker *m, sqlite3_stmt *q)
{
	return take_use(&m->sides, q);
}

static int on_entry(struct maker *m, sqlite3_stmt *q)
{
	return take_use(&m->entries, q);
}

static void sort(struct vec *uses)
{
	if (uses->count)
		qsort(uses->items, uses->count, uses->size, compare_uses);
}

int plan_uses_read(struct maker *m)
{
	const struct vec none = VEC_INIT(struct plan_use, MAX_USES);
	int err;

	m->sides = m->entries = none;
	err = plan_each_row(
		m,
		"SELECT r.registration_id, r.registry_key, "
		"json_extract(j.value, '$.key') FROM registration r, "
		"json_each(r.side_keys) j WHERE r.scan_id = ?1",
		m->plan->scan_id, on_side);
	if (!err)
		err = plan_each_row(
			m,
			"SELECT registration_id, registry_key, registry_key "
			"FROM registration WHERE scan_id = ?1",
			m->plan->scan_id, on_entry);
	sort(&m->sides);
	sort(&m->entries);
	return err;
}

static void release(struct vec *uses)
{
	for (size_t i = 0; i < uses->count; i++) {
		mem_free(use_at(uses, i)->key);
		mem_free(use_at(uses, i)->entry);
	}
	vec_release(uses);
}

void plan_uses_release(struct maker *m)
{
	release(&m->sides);
	release(&m->entries);
}

/* The first that is not before `key`. */
static size_t find_first(const struct vec *uses, const char *key)
{
	size_t low = 0, high = uses->count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (utf_casecmp(use_at(uses, mid)->key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The letters of one may take other numbers of bytes than the other's. */
static bool is_below(const char *key, const char *above)
{
	while (*above) {
		uint32_t x = 0, y = 0;

		if (!*key)
			return false;
		key += utf_decode(key, &x);
		above += utf_decode(above, &y);
		if (utf_upcase(x) != utf_upcase(y))
			return false;
	}
	return *key == '\\';
}

int plan_each_sharer(const struct maker *m, const char *key, plan_use_fn fn,
		     void *arg)
{
	int ret = 0;

	for (size_t i = find_first(&m->sides, key);
	     !ret && i < m->sides.count &&
	     utf_casecmp(use_at(&m->sides, i)->key, key) == 0;
	     i++)
		ret = fn(arg, use_at(&m->sides, i));
	return ret;
}

int plan_each_below(const struct maker *m, const char *key, plan_use_fn fn,
		    void *arg)
{
	struct str first = STR_INIT;
	int ret = 0;

	str_addf(&first, "%s\\", key);
	if (first.err) {
		str_release(&first);
		return err_nomem();
	}
	for (size_t i = find_first(&m->entries, str_text(&first));
	     !ret && i < m->entries.count &&
	     is_below(use_at(&m->entries, i)->key, key);
	     i++)
		ret = fn(arg, use_at(&m->entries, i));
	str_release(&first);
	return ret;
}
