/*
 * Private to remediate/vault_head*.c: the fields of a description.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_VAULT_FIELDS_H
#define REMEDIATE_VAULT_FIELDS_H

#include "remediate/vault_item.h"

enum field {
	FIELD_KIND = 1,
	FIELD_ORIGINAL,
	FIELD_VALUE_NAME,
	FIELD_TARGET_ID,
	FIELD_COMPUTER,
	FIELD_FIX_ID,
	FIELD_SEQ,
	FIELD_WHY,
	FIELD_SAVED_AT,
	FIELD_SHA256,
	FIELD_PART,
	FIELD_ATTRS = 32,
	FIELD_TIMES,
	FIELD_SHORT,
	FIELD_SECURITY,
	FIELD_POSIX,
	FIELD_OBJECT,
	FIELD_XATTRS,
	FIELD_FOLDERS,
	FIELD_VOLUME,
	FIELD_COUNT
};

#define FIELD_OPTIONAL	    0x1u /* may be skipped by who does not know it */
#define FIELD_PREFIX_NBYTES 8u
#define FIX_ID_NCHARS	    32u

/* Fields that are texts; they have no NUL byte (it is C0 80 inside). */
struct vault_text {
	enum field number;
	size_t offset; /* in struct vault_info */
	uint32_t max_nbytes;
	bool is_needed;
};

#define VAULT_TEXT_COUNT 6u

extern const struct vault_text vault_texts[VAULT_TEXT_COUNT];

/* A list of folders that vault_folder_at() can read to its end. */
bool vault_folders_are_whole(const uint8_t *data, size_t nbytes);
/* The i-th of them in `info`. */
char **vault_text_of(const struct vault_info *info, size_t i);
/* Which rule the whole breaks, NULL: none.  At most ITEM_PARTS_MAX parts. */
const char *vault_head_fault(const struct item_head *head);

#endif
