/*
 * The table of options, which parsing and help share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

#include "options.h"

enum option_kind {
	OPT_TEXT,
	OPT_FLAG,
	OPT_NUMBER,
	OPT_LIST,
	OPT_NUMBERS, /* several, each a step or a finding */
	OPT_MAP
};

struct option_row {
	const char *name;
	const char *arg; /* NULL: a flag */
	const char *help;
	enum option_kind kind;
	size_t offset;	   /* in struct options */
	uint32_t commands; /* CMD_*: who takes it */
};

/* Ended by a NULL name. */
extern const struct option_row option_rows[];

/* By its name with the hyphens, in any case; NULL: there is none. */
const struct option_row *option_find(const char *name, size_t name_nbytes);

#endif
