/*
 * The pack that --pack and --key ask for.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PACKS_H
#define PACKS_H

#include "match/pack.h"
#include "options.h"

int packs_open(const struct options *o, struct pack **ret);
/* Another path than --pack's, with --key's keys. */
int packs_open_path(const struct options *o, const char *path,
		    struct pack **ret);

#endif
