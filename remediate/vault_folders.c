/*
 * The folders above a saved file, as an item keeps them (FORMATS.md).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_fields.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <string.h>

/* What is known, attributes, mode, uid, gid, length of the descriptor. */
#define FOLDER_NBYTES 24u

/* Numbers of the format, whatever META_* are. */
#define HAS_ATTRS    0x1u
#define HAS_POSIX    0x2u
#define HAS_SECURITY 0x4u

/* The folder at `*at`; false: there is none, or it is broken. */
static bool next(const uint8_t *data, size_t nbytes, size_t *at,
		 struct host_meta *ret)
{
	const uint8_t *p = data + *at;
	uint32_t has, length;

	if (nbytes - *at < FOLDER_NBYTES)
		return false;
	has = bytes_le32(p);
	length = bytes_le32(p + 20);
	if ((has & ~(HAS_ATTRS | HAS_POSIX | HAS_SECURITY)) ||
	    length > nbytes - *at - FOLDER_NBYTES ||
	    (length > 0) != ((has & HAS_SECURITY) != 0))
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->known = (has & HAS_ATTRS ? META_ATTRS : 0u) |
		     (has & HAS_POSIX ? META_POSIX : 0u) |
		     (has & HAS_SECURITY ? META_SECURITY : 0u);
	ret->attrs = bytes_le32(p + 4);
	ret->mode = bytes_le32(p + 8);
	ret->uid = bytes_le32(p + 12);
	ret->gid = bytes_le32(p + 16);
	ret->security_nbytes = length;
	ret->security = length > 0 ? (uint8_t *)p + FOLDER_NBYTES : NULL;
	*at += FOLDER_NBYTES + length;
	return true;
}

bool vault_folders_are_whole(const uint8_t *data, size_t nbytes)
{
	struct host_meta meta;
	size_t at = 0;

	while (at < nbytes)
		if (!next(data, nbytes, &at, &meta))
			return false;
	return true;
}

bool vault_folder_at(const struct vault_info *i, size_t index,
		     struct host_meta *ret)
{
	size_t at = 0;

	for (size_t k = 0; at < i->folders_nbytes; k++) {
		if (!next(i->folders, i->folders_nbytes, &at, ret))
			return false;
		if (k == index)
			return true;
	}
	return false;
}

static void forget(struct vault_info *i)
{
	mem_free(i->folders);
	i->folders = NULL;
	i->folders_nbytes = 0;
}

int vault_folder_add(struct vault_info *i, const struct host_meta *meta)
{
	const bool has_security =
		(meta->known & META_SECURITY) != 0 && meta->security_nbytes > 0;
	const size_t length = has_security ? meta->security_nbytes : 0;
	uint8_t *grown, *p;

	if (length > ITEM_FOLDERS_MAX ||
	    i->folders_nbytes + FOLDER_NBYTES + length > ITEM_FOLDERS_MAX) {
		forget(i);
		return err_fail(ERR_TOO_LARGE, 0, W_VAULT_RIGHTS_TOO_LONG);
	}
	grown = mem_grow(i->folders, i->folders_nbytes + FOLDER_NBYTES + length,
			 1);
	if (grown == NULL)
		return err_nomem();
	i->folders = grown;
	p = grown + i->folders_nbytes;
	bytes_put_le32(p, (meta->known & META_ATTRS ? HAS_ATTRS : 0u) |
				  (meta->known & META_POSIX ? HAS_POSIX : 0u) |
				  (has_security ? HAS_SECURITY : 0u));
	bytes_put_le32(p + 4, meta->attrs);
	bytes_put_le32(p + 8, meta->mode);
	bytes_put_le32(p + 12, meta->uid);
	bytes_put_le32(p + 16, meta->gid);
	bytes_put_le32(p + 20, (uint32_t)length);
	if (length > 0)
		memcpy(p + FOLDER_NBYTES, meta->security, length);
	i->folders_nbytes += FOLDER_NBYTES + length;
	return 0;
}
