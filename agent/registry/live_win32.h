/*
 * Private to agent/registry on Windows: an opened live root, for the reader
 * and for what changes keys below it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_LIVE_WIN32_H
#define REGISTRY_LIVE_WIN32_H

#include "registry/nt_key_win32.h"

struct live_root {
	struct reg_root base;
	struct nt nt;
	HANDLE handle;
};

/* As reg_open_live(); `below` (not a link, "": none) becomes the root key. */
int live_open_below(enum reg_live_root which, enum reg_view view,
		    const char *below, reg_gap_fn gap, void *gap_arg,
		    struct live_root **ret);

#endif
