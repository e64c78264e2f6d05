/*
 * The kinds of extension points; what is known of each stands in points.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_POINT_H
#define COLLECT_POINT_H

enum point {
	POINT_BHO,
	POINT_MIME_FILTER,
	POINT_PROTOCOL_HANDLER,
	POINT_NAMESPACE_HANDLER,
	POINT_TOOLBAR,
	POINT_URL_SEARCH_HOOK,
	POINT_EXPLORER_BAR,
	POINT_EXTENSION_BUTTON,
	POINT_SOFTWARE_CLSID,
	POINT_MENU_EXTENSION,
	POINT_PLUGIN_EXTENSION,
	/* What Windows itself starts or loads; Internet Explorer's stay first,
	 * they lead in a finding (registration_compare()). */
	POINT_RUN,
	POINT_RUN_ONCE,
	POINT_WINLOGON,
	POINT_WINLOGON_NOTIFY,
	POINT_APPINIT_DLLS,
	POINT_SERVICE,
	POINT_SERVICE_DLL,
	POINT_SHELL_DELAY_LOAD,
	POINT_SHARED_TASK_SCHEDULER,
	POINT_SHELL_EXECUTE_HOOK,
	POINT_ACTIVE_SETUP,
	POINT_IMAGE_FILE_EXECUTION,
	POINT_SCHEDULED_TASK,
	POINT_COUNT
};

const char *point_name(enum point p); /* "bho", "mime_filter", … */
/* The point of such a name; POINT_COUNT: there is none. */
enum point point_from_name(const char *name);

#endif
