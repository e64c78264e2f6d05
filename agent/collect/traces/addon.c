/*
 * What Internet Explorer keeps of an add-on in a user's registry.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/traces/addon.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/collect.h"

#include <string.h>

#define MICROSOFT "Software\\Microsoft\\"

static const struct addon_record rows[] = {
	{ MICROSOFT "Windows\\CurrentVersion\\Ext\\Stats", false, "ext_stats" },
	{ MICROSOFT "Windows\\CurrentVersion\\Ext\\Settings", false,
	  "ext_settings" },
	{ MICROSOFT "Internet Explorer\\Approved Extensions", true,
	  "approved" },
};

const struct addon_record *addon_record_at(size_t index)
{
	return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index] : NULL;
}

bool addon_record_exists(struct reg_root *root, const struct addon_record *row,
			 const char *clsid)
{
	struct reg_key *key = NULL, *sub = NULL;
	struct reg_value v = { 0 };
	bool found;

	if (reg_open_key(root, row->key, &key))
		return false;
	if (row->is_value) {
		found = reg_get_value(key, clsid, &v) == 0;
		if (found)
			reg_value_release(&v);
	} else {
		found = reg_open_subkey(key, clsid, &sub) == 0;
		reg_close_key(sub);
	}
	reg_close_key(key);
	return found;
}

/* Loads of an add-on are counted below "iexplore". */
static uint32_t loads_of(const struct reg_tree *t)
{
	for (size_t i = 0; i < t->value_count; i++) {
		const struct reg_tree_value *v = &t->values[i];

		if (v->nbytes == 4 && utf_casecmp(v->name, "Count") == 0)
			return bytes_le32(v->data);
	}
	for (size_t i = 0; i < t->child_count; i++)
		if (utf_casecmp(t->children[i]->name, "iexplore") == 0)
			return loads_of(t->children[i]);
	return 0;
}

static char *sentence(const char *word, const char *clsid,
		      const struct reg_tree *tree)
{
	const uint32_t loads = loads_of(tree);
	struct str out = STR_INIT;

	if (strcmp(word, "approved") == 0)
		str_addf(&out, W_COLLECT_TRACE_APPROVED, clsid);
	else if (strcmp(word, "ext_settings") == 0)
		str_addf(&out, W_COLLECT_TRACE_SETTINGS, clsid);
	else if (loads)
		str_addf(&out, W_COLLECT_TRACE_LOADED_TIMES, clsid,
			 (unsigned)loads);
	else
		str_addf(&out, W_COLLECT_TRACE_LOADED, clsid);
	return str_detach(&out);
}

struct trace *addon_trace(const char *word, const char *clsid,
			  const char *user_name, const struct reg_tree *tree)
{
	struct trace *t = trace_new(strcmp(word, "ext_settings") == 0
					    ? TRACE_EXT_VERSION_CACHE
					    : TRACE_EXT_STATS,
				    user_name);

	if (!t)
		return NULL;
	/* A key with approvals of other add-ons was written for those, too. */
	if (strcmp(word, "approved") != 0)
		t->time = tree->last_write;
	t->what = sentence(word, clsid ? clsid : "?", tree);
	if (t->what)
		return t;
	trace_free(t);
	return NULL;
}
