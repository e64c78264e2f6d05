/*
 * What a hive was before a change, told by what it differs in from the bytes
 * it was opened with: a change that fails is taken back without a third copy
 * of a hive that may be large.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_HIVE_KEEP_H
#define REGISTRY_HIVE_KEEP_H

#include "registry/hive_patch.h"

struct hive_keep {
	uint32_t *pages; /* numbers of those that differ */
	uint8_t *bytes;	 /* of these, one after the other */
	size_t count;
	size_t nbytes; /* of the hive */
	uint32_t tail, tail_nbytes;
};

int hive_keep_take(struct hive_keep *k, const struct hive_bytes *now,
		   const struct hive_image *old);
/* `now` is again what it was. */
void hive_keep_back(const struct hive_keep *k, struct hive_bytes *now,
		    const struct hive_image *old);
void hive_keep_release(struct hive_keep *k);

#endif
