/*
 * The names of extension points.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/point.h"

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
