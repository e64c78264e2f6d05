/*
 * A pack as a set of named files, before anything is compiled: what a
 * folder is read into and what the container holds.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_PACK_FILES_H
#define MATCH_PACK_FILES_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

/* A pack of 1,000 rules takes a megabyte; these bounds are for hostile ones. */
#define PACK_MAX_FILES	     1024
#define PACK_MAX_FILE_NBYTES ((size_t)16 << 20)
#define PACK_MAX_NBYTES	     ((size_t)64 << 20)
#define PACK_MAX_NAME_NBYTES 120

struct pack_member {
	char *name;    /* "pack.txt", "rules/x.yar", "places.tsv" … */
	uint8_t *data; /* a NUL follows the last byte */
	size_t nbytes;
};

struct pack_files {
	struct vec members; /* of struct pack_member, sorted by name */
};

void pack_files_init(struct pack_files *f);
void pack_files_release(struct pack_files *f);
/* Copies; ERR_TOO_LARGE above the bounds, ERR_EXISTS for a second one. */
int pack_files_add(struct pack_files *f, const char *name, const void *data,
		   size_t nbytes);
void pack_files_sort(struct pack_files *f);
const struct pack_member *pack_files_get(const struct pack_files *f,
					 const char *name);
/* rules/[<folder>/…]<letters, digits, . _ ->.yar or .yara, pack.txt or a known
 * .tsv. */
bool pack_files_is_name(const char *name);
bool pack_files_is_rule_name(const char *name);
/* How pack.txt or a list is called, for a name in whatever case; NULL: none. */
const char *pack_files_list_name(const char *name);

/*
 * pack_folder.c: `folder` with pack.txt, the lists and rules/, or with rule
 * files (.yar, .yara) only; rule files lie in sub-folders, too.  What else is
 * there, but for texts like README.md, is refused by name (ERR_NAME).
 */
int pack_files_read_folder(struct pack_files *f, const char *folder);
/* One .yar file as a pack of its own. */
int pack_files_read_yar(struct pack_files *f, const char *path);

/*
 * pack_file.c: the container.  Encoding the same files gives the same bytes.
 * Decoding reads hostile bytes: `*signed_nbytes_ret` is where the container
 * ends; what follows is a signature in minisign's format or nothing.
 */
int pack_files_encode(const struct pack_files *f, uint8_t **data_ret,
		      size_t *nbytes_ret);
int pack_files_decode(struct pack_files *f, const uint8_t *data, size_t nbytes,
		      size_t *signed_nbytes_ret);
bool pack_files_is_container(const uint8_t *data, size_t nbytes);

/* ERR_INVALID: a NUL stands in it, where C would take it for its end. */
int pack_files_check_text(const char *file, const char *text, size_t nbytes);

#endif
