/*
 * Mends on the bytes of a hive that hivex has written.
 * SPDX-License-Identifier: Apache-2.0
 *
 * hivex 1.3.24 makes and deletes keys and values, but it sorts and hashes
 * names outside ASCII otherwise than Windows, leaves empty lists where
 * Windows has none (and reads before their beginning), forgets the segments
 * of long values, and knows neither class, time nor security.  All that is
 * put right here.  The offsets come from whole censuses, so cells are there;
 * still each function looks before it writes (ERR_CORRUPT).
 */
#ifndef REGISTRY_HIVE_PATCH_H
#define REGISTRY_HIVE_PATCH_H

#include "base/vec.h"
#include "registry/hive_census.h"
#include "registry/reg_tree.h"

struct hive_bytes {
	uint8_t *data; /* base block and bins; zeros behind, see hivex_io.h */
	size_t nbytes, cap;
	/* Reads the above; kept by the patches. */
	struct hive_image img;
	struct regf regf;
	uint32_t tail, tail_nbytes; /* room left in the newest bin */
};

/* Base block and bins of a whole hive, with room behind them. */
int hive_bytes_copy(struct hive_bytes *b, const uint8_t *data, size_t nbytes);
/* Room for that many bytes more. */
int hive_bytes_reserve(struct hive_bytes *b, size_t more);
/* Where the bins end now: in the header, too. */
void hive_bytes_resize(struct hive_bytes *b, size_t nbytes);
void hive_bytes_release(struct hive_bytes *b);
/* Sets the reader anew after the struct or its bytes have moved. */
void hive_bytes_look(struct hive_bytes *b);

/* Cells that `before` has and that are still allocated become free. */
void hive_patch_free(struct hive_bytes *b, const struct hive_census *before);

/*
 * hivex cannot delete from a list without hints, which hives of version 1.3
 * have where a key has more than 511 subkeys.  Before, they get some; after,
 * they lose them.  `wide`: offsets of the lists (uint32_t).
 */
int hive_patch_widen(struct hive_bytes *b, uint32_t parent, struct vec *wide);
int hive_patch_narrow(struct hive_bytes *b, const struct vec *wide);

/* A subkey is gone: no empty leaf, no list without subkeys. */
int hive_patch_removed(struct hive_bytes *b, uint32_t parent);

/*
 * A subkey is new: it stands where Windows looks for it, with the right hash
 * or hint.  `child` 0: all subkeys of `parent` are new.
 */
int hive_patch_added(struct hive_bytes *b, uint32_t parent, uint32_t child);

/* What hivex does not know of a new key: class, security, time, link. */
int hive_patch_key(struct hive_bytes *b, uint32_t key,
		   const struct reg_tree *tree);

/* Windows' order of names: by UTF-16 unit in upper case, NUL like any. */
int hive_patch_compare_names(const char *a, const char *b);

/* Sequence numbers and checksum. */
void hive_patch_seal(uint8_t *data, uint32_t sequence);

#endif
