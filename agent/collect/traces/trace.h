/*
 * A trace: something that tells what happened, and when, and does nothing.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each kind has a file of its own in this folder, which knows where such
 * traces lie and what they say.  A trace raises no alarm by itself.
 */
#ifndef COLLECT_TRACES_TRACE_H
#define COLLECT_TRACES_TRACE_H

#include <stdint.h>

enum trace_kind {
	TRACE_EXT_STATS,	/* addon.h */
	TRACE_EXT_VERSION_CACHE /* addon.h */
};

/* "ext_stats", "ext_version_cache": words of the store. */
const char *trace_kind_name(enum trace_kind k);

/* What it tells; where it lies is its artefact's path. */
struct trace {
	enum trace_kind kind;
	int64_t time;	 /* FILETIME, 0: not known */
	char *user_name; /* NULL: nobody's, or not known */
	char *what;	 /* one sentence, English */
};

/* NULL: no memory.  `user_name` is copied and may be NULL. */
struct trace *trace_new(enum trace_kind k, const char *user_name);
void trace_free(struct trace *t);

#endif
