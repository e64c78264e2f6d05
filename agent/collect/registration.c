/*
 * The registration itself: why it does not load, and giving it back.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/registration.h"
#include "base/mem.h"

const char *why_not_word(size_t index)
{
	static const char *const words[] = {
		"user_hive", "local_server_only", "virtual_store",
		"disabled",  "malformed_name",	  "no_class",
		"no_server", "wrong_place",	  "other_version",
	};

	return index < sizeof(words) / sizeof(words[0]) ? words[index] : NULL;
}

void registration_free(struct registration *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->side_count; i++)
		mem_free(r->sides[i].key);
	mem_free(r->sides);
	for (i = 0; i < r->also_count; i++)
		mem_free(r->also[i]);
	mem_free(r->also);
	mem_free(r->user_name);
	mem_free(r->user_sid);
	mem_free(r->name);
	mem_free(r->label);
	mem_free(r->clsid);
	mem_free(r->class_name);
	mem_free(r->class_key);
	mem_free(r->progid);
	mem_free(r->named_by);
	mem_free(r->typelib);
	mem_free(r->appid);
	mem_free(r->treat_as);
	mem_free(r->threading);
	mem_free(r->loader);
	mem_free(r->server_raw);
	mem_free(r->server_path);
	mem_free(r->registry_key);
	mem_free(r->sha256);
	mem_free(r->md5);
	mem_free(r->sha1);
	mem_free(r->file_version);
	mem_free(r->publisher);
	mem_free(r->product);
	mem_free(r->known);
	mem_free(r->place);
	mem_free(r->beside);
	mem_free(r->class_owner);
	mem_free(r->path_owner);
	mem_free(r);
}
