/*
 * Takes back changes to a hive in memory; see hive_keep.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_keep.h"

#include "base/err.h"
#include "base/mem.h"

#include <string.h>

/* Both are whole pages long: a base block and bins. */
#define PAGE_NBYTES ((size_t)4096)

static bool differs(const struct hive_bytes *now, const struct hive_image *old,
		    size_t at)
{
	return at >= old->nbytes ||
	       memcmp(now->data + at, old->data + at, PAGE_NBYTES) != 0;
}

int hive_keep_take(struct hive_keep *k, const struct hive_bytes *now,
		   const struct hive_image *old)
{
	size_t count = 0;

	for (size_t at = 0; at < now->nbytes; at += PAGE_NBYTES)
		count += differs(now, old, at);
	k->pages = mem_array(count + 1, sizeof(*k->pages));
	k->bytes = mem_array(count + 1, PAGE_NBYTES);
	k->count = 0;
	k->nbytes = now->nbytes;
	k->tail = now->tail;
	k->tail_nbytes = now->tail_nbytes;
	if (!k->pages || !k->bytes) {
		hive_keep_release(k);
		return err_nomem();
	}
	for (size_t at = 0; at < now->nbytes; at += PAGE_NBYTES) {
		if (!differs(now, old, at))
			continue;
		memcpy(k->bytes + k->count * PAGE_NBYTES, now->data + at,
		       PAGE_NBYTES);
		k->pages[k->count++] = (uint32_t)(at / PAGE_NBYTES);
	}
	return 0;
}

void hive_keep_back(const struct hive_keep *k, struct hive_bytes *now,
		    const struct hive_image *old)
{
	memcpy(now->data, old->data, old->nbytes);
	memset(now->data + old->nbytes, 0, now->cap - old->nbytes);
	for (size_t i = 0; i < k->count; i++)
		memcpy(now->data + k->pages[i] * PAGE_NBYTES,
		       k->bytes + i * PAGE_NBYTES, PAGE_NBYTES);
	now->nbytes = k->nbytes;
	now->tail = k->tail;
	now->tail_nbytes = k->tail_nbytes;
	hive_bytes_look(now);
}

void hive_keep_release(struct hive_keep *k)
{
	mem_free(k->pages);
	mem_free(k->bytes);
	memset(k, 0, sizeof(*k));
}
