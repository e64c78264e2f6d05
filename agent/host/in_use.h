/*
 * Whether somebody uses a file so that it cannot be removed, from what the
 * system answered.  Kept apart from the calls because Wine gives few of these
 * answers.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_IN_USE_H
#define HOST_IN_USE_H

#include "base/fmt.h"

enum in_use {
	IN_USE_NO,
	IN_USE_YES,
	IN_USE_ASK /* not told: ask the programs what they have loaded */
};

/*
 * A file was opened for writing, and everything shared with others: what it
 * is (Windows attributes) and the NTSTATUS that this gave.
 */
enum in_use in_use_by_opening(uint32_t attrs, uint32_t status);
/* Where that told nothing: so many programs have it loaded. */
enum in_use in_use_by_programs(size_t count);
/* The NTSTATUS of an attempt to remove it, its read-only attribute cleared. */
bool in_use_by_removal(uint32_t status);

#endif
