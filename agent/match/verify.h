/*
 * libyara's own verification of a group's strings at the places that the
 * prefilter found, in place of a walk of its automaton over every byte.
 * SPDX-License-Identifier: Apache-2.0
 *
 * libyara's scan loop (scanner.c, _yr_scanner_scan_mem_block) calls
 * yr_scan_verify_match(match, offset) for every atom that ends at byte i, in
 * the order of i, and among those by the length of the atom and the state's
 * list.  Here the same function is called with the same arguments in the
 * same order, and only those calls are left out of which a pattern says that
 * they would change nothing.  So the matches, and what conditions see of
 * them, are the same.
 */
#ifndef MATCH_VERIFY_H
#define MATCH_VERIFY_H

#include "match/group.h"
#include "match/prefilter.h"

/* One call of libyara's verification. */
struct verify_call {
	uint64_t end; /* behind the atom's last byte */
	uint32_t rank;
	uint32_t atom;
};

/*
 * The calls for one group, sorted, each once; `calls` is of struct
 * verify_call and is emptied first.  ERR_NOMEM.
 */
int verify_prepare(const struct pattern *patterns, const struct atom *atoms,
		   const struct prefilter_result *found, uint32_t group,
		   const uint8_t *data, uint64_t nbytes, struct vec *calls);

/* To be called while yr_scanner_scan_mem_blocks() asks for the first block;
 * libyara's error. */
int verify_run(YR_SCANNER *yara, const struct atom *atoms,
	       const struct vec *calls, const uint8_t *data, uint64_t nbytes);

#endif
