/*
 * The block iterator given to libyara for conditions alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match/blocks.h"
#include <string.h>

static bool head_is_mz(const struct blocks *b)
{
	return b->head_nbytes >= 2 && b->head[0] == 'M' && b->head[1] == 'Z';
}

static bool take_whole(struct blocks *b)
{
	if (b->whole)
		return true;
	if (b->is_given_up)
		return false;
	if (b->head_nbytes == b->nbytes)
		b->whole = b->head;
	else
		b->whole = b->read_whole(b->arg);
	if (!b->whole)
		b->is_given_up = true;
	return b->whole != NULL;
}

static const uint8_t *fetch(YR_MEMORY_BLOCK *block)
{
	struct blocks *b = block->context;

	if (b->is_scanning || b->is_given_up)
		return NULL;
	return b->whole ? b->whole : b->head;
}

static YR_MEMORY_BLOCK *first(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct blocks *b = iterator->context;

	iterator->last_error = ERROR_SUCCESS;
	if (b->is_scanning && b->scan) {
		iterator->last_error = b->scan(b->arg);
		if (iterator->last_error != ERROR_SUCCESS)
			return NULL;
	}
	if (!b->is_scanning) {
		/*
		 * Module pe looks at the block's first bytes and leaves a file
		 * without MZ alone; with MZ it wants all of it.  Modules hash
		 * and math read when a function of theirs is called.
		 */
		if (b->is_loading_pe ? head_is_mz(b) : b->group->imports_reader)
			take_whole(b);
	}
	b->block.base = 0;
	b->block.size = b->whole ? (size_t)b->nbytes : b->head_nbytes;
	return &b->block;
}

static YR_MEMORY_BLOCK *next(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct blocks *b = iterator->context;

	iterator->last_error = ERROR_SUCCESS;
	if (!b->is_scanning && !b->is_loading_pe && !b->whole &&
	    b->head_nbytes < b->nbytes)
		b->needs_whole = true;
	return NULL;
}

/* Asked for once, after the bytes and before the conditions. */
static uint64_t file_size(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	struct blocks *b = iterator->context;

	b->is_scanning = false;
	return b->nbytes;
}

void blocks_init(struct blocks *b, const struct group *g, const uint8_t *head,
		 size_t head_nbytes, uint64_t nbytes)
{
	memset(b, 0, sizeof(*b));
	b->group = g;
	b->head = head;
	b->head_nbytes = head_nbytes;
	b->nbytes = nbytes;
	b->block.fetch_data = fetch;
	b->iterator.first = first;
	b->iterator.next = next;
	b->iterator.file_size = file_size;
	blocks_restart(b);
}

void blocks_restart(struct blocks *b)
{
	/* Again, because a struct that was copied points into the old one. */
	b->block.context = b;
	b->iterator.context = b;
	b->iterator.last_error = ERROR_SUCCESS;
	b->is_scanning = true;
	b->is_loading_pe = false;
	if (b->needs_whole) {
		b->needs_whole = false;
		take_whole(b);
	}
}

void blocks_on_message(struct blocks *b, int message, const void *data)
{
	if (message == CALLBACK_MSG_IMPORT_MODULE) {
		const YR_MODULE_IMPORT *import = data;

		b->is_loading_pe = strcmp(import->module_name, "pe") == 0;
	} else if (message == CALLBACK_MSG_MODULE_IMPORTED) {
		b->is_loading_pe = false;
	}
}
