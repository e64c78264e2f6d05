/*
 * The bytes of one artefact for libyara's conditions, fetched only when a
 * condition asks, and never scanned.
 * SPDX-License-Identifier: Apache-2.0
 *
 * When no literal of a group is in a file no string of it can match, so
 * libyara need not see the bytes: it is given a block whose data are NULL
 * while it scans (it skips such a block, scanner.c of 4.5) and which has its
 * bytes when the conditions run.  Conditions mostly read the header, so the
 * block is only the file's head at first.  libyara goes to the next block
 * whenever an offset lies beyond; then `needs_whole` is set and the caller
 * evaluates again with the whole file.
 */
#ifndef MATCH_BLOCKS_H
#define MATCH_BLOCKS_H

#include "match/group.h"

struct blocks {
	YR_MEMORY_BLOCK_ITERATOR iterator;
	YR_MEMORY_BLOCK block;
	const struct group *group;
	const uint8_t *head;
	size_t head_nbytes;
	uint64_t nbytes; /* of the artefact */
	/* Reads everything; NULL after a failure, which the owner keeps. */
	const uint8_t *(*read_whole)(void *arg);
	void *arg;
	/*
	 * Called where libyara would scan; returns libyara's error.  NULL: no
	 * string can match.
	 */
	int (*scan)(void *arg);
	const uint8_t *whole; /* NULL until read */
	bool is_scanning;     /* between the start and the conditions */
	bool is_loading_pe;   /* inside module pe's load */
	bool needs_whole;
	bool is_given_up; /* read_whole failed */
};

void blocks_init(struct blocks *b, const struct group *g, const uint8_t *head,
		 size_t head_nbytes, uint64_t nbytes);
/* Makes it ready for one more yr_scanner_scan_mem_blocks. */
void blocks_restart(struct blocks *b);
/* Messages of libyara's callback that tell when module pe is loaded. */
void blocks_on_message(struct blocks *b, int message, const void *data);

#endif
