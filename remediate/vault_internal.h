/*
 * Private to remediate/vault*.c: items as files.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_VAULT_INTERNAL_H
#define REMEDIATE_VAULT_INTERNAL_H

#include "remediate/vault_item.h"

struct vault {
	char *base; /* NULL: none */
	char *path;
	char *private_dir;
};

/*
 * ERR_NO_SPACE with numbers unless that many bytes and VAULT_SPARE_NBYTES
 * are free where `dir` lies.
 */
#define VAULT_SPARE_NBYTES ((uint64_t)1 << 20)
int vault_check_space(const char *dir, uint64_t nbytes);

/* ---- saving ------------------------------------------------------------- */

/* Gives the parts' bytes to the writer, one part after the other. */
typedef int (*vault_fill_fn)(void *arg, const struct item_head *head,
			     struct item_writer *w);

/* All of vault_put_*() but making the head and taking over what it says. */
int vault_put_item(struct vault *v, struct item_head *head, vault_fill_fn fill,
		   void *arg, char **name_ret);

/* A vec of struct item_part, at most ITEM_PARTS_MAX. */
int vault_add_part(struct vec *parts, const char *name, uint64_t nbytes);
void vault_parts_release(struct vec *parts);
/* Borrows all of `info` and `parts`. */
void vault_head_of(struct item_head *head, const struct vault_info *info,
		   const struct vec *parts);
/* What was found out goes to the caller's description. */
void vault_tell(struct vault_info *info, const struct item_head *head);

/* ---- reading ------------------------------------------------------------ */

/* An item that is read from an open file, from its beginning. */
struct vault_source {
	struct host_file *file; /* the caller's */
	uint64_t at;
	struct item_reader *reader;
};

/*
 * Reads the head and compares the file's length with what it says.  `name`
 * is for messages.
 */
int vault_source_open(struct host_file *file, const char *name,
		      struct vault_source *ret);
void vault_source_close(struct vault_source *s);
/* Reads all that is left and checks it. */
int vault_source_drain(struct vault_source *s);
/*
 * True if both say the same of everything, the digests of all parts, too;
 * < 0: -ERR_*.
 */
int vault_heads_equal(const struct item_head *a, const struct item_head *b);

#endif
