/*
 * Keeping a running scan in the store.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/keep.h"
#include "base/err.h"
#include "base/mem.h"
#include <string.h>

/*
 * What came since the last time.  Artefacts are not changed after they are
 * added, so only the list of them is copied under the lock.
 */
static int take_new(struct keep *k, struct artefact ***ret, size_t *count_ret)
{
	struct artefact **list = NULL;
	size_t count;

	host_mutex_lock(k->lock);
	count = judge_artefact_count(k->judge) - k->kept;
	if (count)
		list = mem_array(count, sizeof(struct artefact *));
	for (size_t i = 0; list && i < count; i++)
		list[i] = (struct artefact *)judge_artefact(k->judge,
							    k->kept + i);
	host_mutex_unlock(k->lock);
	if (count && !list)
		return err_nomem();
	*ret = list;
	*count_ret = count;
	return 0;
}

static uint64_t now(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static int keep_counts(const struct keep *k)
{
	struct scan_end e = { 0 };

	e.files_seen = now(&k->progress->files_seen);
	e.files_scanned = now(&k->progress->files_scanned);
	e.bytes_scanned = now(&k->progress->bytes_scanned);
	e.registrations_seen = k->registrations;
	return store_keep_counts(k->store, k->scan_id, &e);
}

void keep_now(struct keep *k)
{
	struct artefact **list = NULL;
	size_t count = 0, gaps = 0;
	int err;

	if (!k->store)
		return;
	k->tried_ms = host_monotonic_ms();
	err = take_new(k, &list, &count);
	/* Short memory now may be none later. */
	if (err)
		return;
	for (size_t i = 0; i < count; i++)
		k->registrations += list[i]->registration != NULL;
	err = store_keep(k->store, k->scan_id, list, count);
	mem_free(list);
	if (!err)
		err = gap_list_keep(k->gaps, k->store, k->scan_id, &gaps);
	if (!err)
		k->kept += count;
	if (!err && (count || gaps || k->waits))
		err = keep_counts(k);
	if (!err && (count || gaps || k->waits))
		err = store_checkpoint(k->store);
	k->waits = err == ERR_LOCKED;
	/* Its turn comes as soon as the reader has ended. */
	if (k->waits)
		k->tried_ms = 0;
	else if (err)
		k->store = NULL;
}

void keep_tick(struct keep *k, int64_t now_ms)
{
	if (now_ms - k->tried_ms >= KEEP_EVERY_MS)
		keep_now(k);
}
