/*
 * A trace: something that tells what happened, and when, and does nothing.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/traces/trace.h"

#include "base/mem.h"

const char *trace_kind_name(enum trace_kind k)
{
	return k == TRACE_EXT_VERSION_CACHE ? "ext_version_cache" : "ext_stats";
}

struct trace *trace_new(enum trace_kind k, const char *user_name)
{
	struct trace *t = mem_zalloc(sizeof(*t));

	if (!t)
		return NULL;
	t->kind = k;
	t->user_name = mem_strdup(user_name);
	if (!user_name || t->user_name)
		return t;
	trace_free(t);
	return NULL;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	mem_free(t->user_name);
	mem_free(t->what);
	mem_free(t);
}
