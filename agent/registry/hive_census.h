/*
 * Which cells of a hive file are in use, and by whom: what must be known
 * before one is given free.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reader goes around damage; a writer must not.  A hive is counted key by
 * key, and whatever is unreadable, or shared where the format has one owner,
 * makes it unfit for changes: unread parts could be lost, and a cell that is
 * freed for one key could be another's.
 */
#ifndef REGISTRY_HIVE_CENSUS_H
#define REGISTRY_HIVE_CENSUS_H

#include "registry/regf.h"

struct hive_census {
	struct regf *r;
	uint8_t *used;	      /* a bit for every four bytes of the bins */
	uint32_t bins_nbytes; /* they may have grown since */
	uint32_t keys;
	uint32_t lost; /* allocated cells that nothing leads to */
	/* One sentence about the first thing that is wrong, or NULL. */
	const char *wrong;
};

/* Told of every record on the way; may write to it, but not move it. */
struct hive_census_visit {
	void (*key)(void *arg, const struct regf_key *key);
	void (*value)(void *arg, const struct regf_value *value);
	void *arg;
};

/*
 * The whole hive.  ERR_CORRUPT with a sentence if it is unfit for changes;
 * hive_census_release() in every case.
 */
int hive_census_take(struct hive_census *c, struct regf *r);
/*
 * Only the key and all below, without its security: `used` is what was its
 * own.  For a hive of which the whole census was good.
 */
int hive_census_key(struct hive_census *c, struct regf *r, uint32_t key,
		    const struct hive_census_visit *visit);
/* Likewise the list, records and data of a key's values. */
int hive_census_values(struct hive_census *c, struct regf *r, uint32_t key,
		       const struct hive_census_visit *visit);
void hive_census_release(struct hive_census *c);

bool hive_census_has(const struct hive_census *c, uint32_t offset);

#endif
