/*
 * What the files of hive_patch.h share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_HIVE_PATCH_PART_H
#define REGISTRY_HIVE_PATCH_PART_H

#include "registry/hive_patch.h"

int hive_patch_corrupt(void); /* says so */

/* Data of an allocated cell (a key) to write to, NULL if it is none. */
uint8_t *hive_patch_cell(struct hive_bytes *b, uint32_t offset, size_t need);
uint8_t *hive_patch_nk(struct hive_bytes *b, uint32_t offset);
/* A new zeroed cell.  What was read from the bytes before may have moved. */
int hive_patch_add_cell(struct hive_bytes *b, size_t nbytes, uint32_t *ret);
void hive_patch_give_free(struct hive_bytes *b, uint32_t offset);

#endif
