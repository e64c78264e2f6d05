/*
 * The registration itself: names of points, giving it back, and the values
 * that lead on from it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/registration.h"
#include "base/mem.h"
#include "collect/guid.h"
#include "collect/place.h"

#include <string.h>

static const char *const names[POINT_COUNT] = {
	[POINT_BHO] = "bho",
	[POINT_MIME_FILTER] = "mime_filter",
	[POINT_PROTOCOL_HANDLER] = "protocol_handler",
	[POINT_NAMESPACE_HANDLER] = "namespace_handler",
	[POINT_TOOLBAR] = "toolbar",
	[POINT_URL_SEARCH_HOOK] = "url_search_hook",
	[POINT_EXPLORER_BAR] = "explorer_bar",
	[POINT_EXTENSION_BUTTON] = "extension_button",
	[POINT_SOFTWARE_CLSID] = "software_clsid",
	[POINT_MENU_EXTENSION] = "menu_extension",
	[POINT_PLUGIN_EXTENSION] = "plugin_extension",
	[POINT_RUN] = "run",
	[POINT_RUN_ONCE] = "run_once",
	[POINT_WINLOGON] = "winlogon",
	[POINT_WINLOGON_NOTIFY] = "winlogon_notify",
	[POINT_APPINIT_DLLS] = "appinit_dlls",
	[POINT_SERVICE] = "service",
	[POINT_SERVICE_DLL] = "service_dll",
	[POINT_SHELL_DELAY_LOAD] = "shell_delay_load",
	[POINT_SHARED_TASK_SCHEDULER] = "shared_task_scheduler",
	[POINT_SHELL_EXECUTE_HOOK] = "shell_execute_hook",
	[POINT_ACTIVE_SETUP] = "active_setup",
	[POINT_IMAGE_FILE_EXECUTION] = "image_file_execution",
	[POINT_SCHEDULED_TASK] = "scheduled_task",
};

const char *point_name(enum point p)
{
	return (unsigned)p < POINT_COUNT ? names[p] : "unknown";
}

enum point point_from_name(const char *name)
{
	int p;

	for (p = 0; p < POINT_COUNT; p++)
		if (strcmp(names[p], name) == 0)
			break;
	return (enum point)p;
}

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
