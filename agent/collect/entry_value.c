/*
 * Values of entries and classes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/entry_value.h"
#include "base/mem.h"
#include "collect/guid.h"
#include "collect/place.h"

char *registration_class(const char *text, bool *malformed_ret)
{
	char guid[GUID_TEXT_NBYTES];
	const bool is_guid = guid_parse(text, guid);

	if (malformed_ret)
		*malformed_ret = !is_guid;
	return mem_strdup(is_guid ? guid : text);
}

char *registration_get_class(struct reg_key *key, const char *name)
{
	char *text = reg_get_text(key, name, NULL);
	char *clsid = text ? registration_class(text, NULL) : NULL;

	mem_free(text);
	return clsid;
}

char *registration_get_server(struct reg_key *key, const char *name)
{
	struct reg_value v;
	char *text;

	if (reg_get_value(key, name, &v))
		return NULL;
	text = place_text(&v);
	reg_value_release(&v);
	return text;
}
