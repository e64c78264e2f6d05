/*
 * Hive files behind registry.h: the root, its keys, and who reads the cells.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_HIVE_H
#define REGISTRY_HIVE_H

#include "registry/reg_backend.h"
#include "registry/regf.h"

/* Each damaged place is told once, and no more than this many of them. */
#define HIVE_MAX_TOLD 1024

struct hive_root {
	struct reg_root base;
	struct hive_image img;
	struct regf regf;
	uint64_t *told; /* places whose damage was reported */
	size_t told_count;
};

struct hive_key {
	struct reg_key base;
	struct regf_key nk;
	/* Where an enumeration stands: that child is opened without search. */
	const char *at_name;
	uint32_t at_offset;
};

extern const struct reg_ops hive_ops;

enum hive_part {
	HIVE_NAME,
	HIVE_SUBKEYS,
	HIVE_VALUES,
	HIVE_VALUE
};

/* Opens the key at that offset; messages call it `path`. */
int hive_key_at(struct hive_root *root, uint32_t offset, const char *path,
		struct reg_key **ret);

/* Says once what is wrong with a part of a key or with a value. */
void hive_tell(struct hive_root *root, const char *key_path, uint32_t offset,
	       enum hive_part part, unsigned bad, const char *what);

/*
 * Bytes to a root: checks the base block, finds the root key.  Takes over
 * `img` on success.  ERR_CORRUPT if there is nothing to read.
 */
int hive_root_new(struct hive_image *img, reg_gap_fn gap, void *gap_arg,
		  struct reg_hive_report *report, struct reg_root **ret);

/*
 * The logs beside a hive whose paths the caller does not know: host paths
 * (mem_free), NULL where there is none.
 */
int hive_logs_beside(const char *hive, char *logs_ret[3]);

#endif
