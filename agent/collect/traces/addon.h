/*
 * What Internet Explorer keeps of an add-on in a user's registry: that it was
 * loaded, how often, and that the user approved it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_TRACES_ADDON_H
#define COLLECT_TRACES_ADDON_H

#include "collect/traces/trace.h"
#include "registry/registry.h"
#include "registry/reg_tree.h"

struct addon_record {
	const char *key;  /* below a user's hive; the class is added */
	bool is_value;	  /* the class is a value's name, not a subkey's */
	const char *word; /* "ext_stats", "ext_settings", "approved" */
};

/* The places of such records; NULL: no more. */
const struct addon_record *addon_record_at(size_t index);
/* Whether the hive of a user has it of that class: key, or value of the key. */
bool addon_record_exists(struct reg_root *root, const struct addon_record *row,
			 const char *clsid);

/*
 * The trace that the record of that word is.  `tree`: the key, whose time is
 * the record's only if the key is of this add-on alone.  `clsid` NULL: not
 * known; user_name as trace_new().  NULL without memory.
 */
struct trace *addon_trace(const char *word, const char *clsid,
			  const char *user_name, const struct reg_tree *tree);

#endif
