/*
 * What is true of a vault item's metadata in both directions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_fields.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <string.h>

const struct vault_text vault_texts[VAULT_TEXT_COUNT] = {
	{ FIELD_ORIGINAL, offsetof(struct vault_info, original), ITEM_PATH_MAX,
	  true },
	{ FIELD_VALUE_NAME, offsetof(struct vault_info, value_name),
	  ITEM_VALUE_MAX, false },
	{ FIELD_TARGET_ID, offsetof(struct vault_info, target_id),
	  ITEM_WORD_MAX, true },
	{ FIELD_COMPUTER, offsetof(struct vault_info, computer), ITEM_WORD_MAX,
	  true },
	{ FIELD_FIX_ID, offsetof(struct vault_info, fix_id), FIX_ID_NCHARS,
	  true },
	{ FIELD_WHY, offsetof(struct vault_info, why), ITEM_WHY_MAX, true },
};

char **vault_text_of(const struct vault_info *info, size_t i)
{
	return (char **)((char *)(uintptr_t)info + vault_texts[i].offset);
}

const char *vault_kind_name(enum vault_kind k)
{
	static const char *const names[VAULT_KIND_COUNT] = {
		[VAULT_FILE] = "file",
		[VAULT_KEY] = "key",
		[VAULT_VALUE] = "value",
		[VAULT_HIVE] = "hive",
	};

	return (unsigned)k < VAULT_KIND_COUNT ? names[k] : "unknown";
}

void vault_info_release(struct vault_info *info)
{
	for (size_t i = 0; i < VAULT_TEXT_COUNT; i++)
		mem_free(*vault_text_of(info, i));
	host_meta_release(&info->meta);
	mem_free(info->folders);
	memset(info, 0, sizeof(*info));
}

void item_head_release(struct item_head *head)
{
	for (size_t i = 0; i < head->part_count; i++)
		mem_free(head->parts[i].name);
	mem_free(head->parts);
	vault_info_release(&head->info);
	memset(head, 0, sizeof(*head));
}

/* The fix's number: 32 lower-case hex digits, it becomes a file name. */
static bool is_fix_id(const char *text)
{
	return strlen(text) == FIX_ID_NCHARS &&
	       strspn(text, "0123456789abcdef") == FIX_ID_NCHARS;
}

/*
 * A stream's name becomes the end of a path ("file:stream"), so nothing that
 * a path is taken apart by may stand in it.
 */
static bool is_part_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= ITEM_PART_NAME_MAX &&
	       strpbrk(name, "/\\:") == NULL && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

/* "name NUL, le32 length, value" and again, to the last byte. */
static bool is_xattr_list(const uint8_t *data, size_t nbytes)
{
	while (nbytes > 0) {
		const uint8_t *end = memchr(data, '\0', nbytes);
		size_t used;
		uint32_t length;

		if (end == NULL || end == data)
			return false;
		used = (size_t)(end - data) + 1;
		if (nbytes - used < 4)
			return false;
		length = bytes_le32(data + used);
		used += 4;
		if (length > nbytes - used)
			return false;
		used += length;
		data += used;
		nbytes -= used;
	}
	return true;
}

const char *vault_head_fault(const struct item_head *head)
{
	const struct vault_info *info = &head->info;

	if ((unsigned)info->kind >= VAULT_KIND_COUNT)
		return W_VAULT_HEAD_KIND;
	if (info->original == NULL || info->original[0] == '\0')
		return W_VAULT_HEAD_ORIGINAL;
	if (info->fix_id == NULL || !is_fix_id(info->fix_id))
		return W_VAULT_HEAD_FIX;
	if ((info->kind == VAULT_VALUE) != (info->value_name != NULL))
		return W_VAULT_HEAD_VALUE;
	if (strlen(info->sha256) != 64)
		return W_VAULT_HEAD_DIGEST;
	if (head->part_count == 0 || head->parts[0].name[0] != '\0')
		return W_VAULT_HEAD_NO_CONTENT;
	for (size_t i = 0; i < head->part_count; i++) {
		const struct item_part *p = &head->parts[i];

		if (i > 0 && !is_part_name(p->name))
			return W_VAULT_HEAD_PART_NAME;
		if (p->nbytes > ITEM_PART_NBYTES_MAX)
			return W_VAULT_HEAD_PART_NBYTES;
		for (size_t k = 1; k < i; k++) {
			if (strcmp(p->name, head->parts[k].name) == 0)
				return W_VAULT_HEAD_PART_TWICE;
		}
	}
	if (!is_xattr_list(info->meta.xattrs, info->meta.xattrs_nbytes))
		return W_VAULT_HEAD_ATTRIBUTES;
	if (!vault_folders_are_whole(info->folders, info->folders_nbytes))
		return W_VAULT_HEAD_FOLDERS;
	return NULL;
}
