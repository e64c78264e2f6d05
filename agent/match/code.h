/*
 * Operands of libyara's compiled conditions.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MSTMP_MATCH_CODE_H
#define MSTMP_MATCH_CODE_H

#include <string.h>

/*
 * The pointer in an eight-byte operand.  Where pointers have four bytes, rules
 * that were written out and read in again (yr_rules_load_stream) have anything
 * in the other four.
 */
static inline const void *code_pointer(const void *operand)
{
	const void *p;

	memcpy(&p, operand, sizeof(p));
	return p;
}

#endif
