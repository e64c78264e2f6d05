/*
 * Places that Windows looks after itself: what lies there is a store of
 * copies, packages or databases, where one missing file breaks much else.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rest of %SystemRoot% is the guard's affair.  Folders of uninstall data
 * ($NtUninstallKB…$) are not among them: they are expendable, and rootkits are
 * known to hide there.
 */
#include "trust/protect_private.h"

#include "base/mem.h"
#include "base/utf.h"
#include "words/trust.h"

#include <string.h>

enum place_root {
	PLACE_WINDOWS,
	PLACE_PROGRAM_FILES, /* of both views */
	PLACE_DRIVE	     /* any drive, or the folder of a folder target */
};

static const struct {
	enum place_root root;
	const char *folder;
	const char *what;
} places[] = {
	{ PLACE_WINDOWS, "WinSxS", W_TRUST_PLACE_COMPONENTS },
	{ PLACE_WINDOWS, "servicing", W_TRUST_PLACE_UPDATES },
	{ PLACE_WINDOWS, "System32\\DriverStore", W_TRUST_PLACE_DRIVERS },
	{ PLACE_WINDOWS, "System32\\CatRoot", W_TRUST_PLACE_CATALOGS },
	{ PLACE_WINDOWS, "System32\\CatRoot2", W_TRUST_PLACE_CATALOG_DATABASE },
	{ PLACE_WINDOWS, "System32\\dllcache", W_TRUST_PLACE_DLLCACHE },
	{ PLACE_WINDOWS, "ServicePackFiles", W_TRUST_PLACE_SERVICE_PACK },
	{ PLACE_WINDOWS, "Installer", W_TRUST_PLACE_INSTALLER },
	{ PLACE_WINDOWS, "assembly", W_TRUST_PLACE_ASSEMBLIES },
	{ PLACE_WINDOWS, "Microsoft.NET\\assembly", W_TRUST_PLACE_ASSEMBLIES },
	{ PLACE_WINDOWS, "SystemApps", W_TRUST_PLACE_SHELL },
	{ PLACE_PROGRAM_FILES, "WindowsApps", W_TRUST_PLACE_STORE_APPS },
	{ PLACE_DRIVE, "System Volume Information",
	  W_TRUST_PLACE_RESTORE_POINTS },
	{ PLACE_DRIVE, "Boot", W_TRUST_PLACE_BOOT },
	{ PLACE_DRIVE, "EFI", W_TRUST_PLACE_BOOT },
};

/* The path leads to something inside root\folder. */
static bool lies_in(const char *wpath, const char *root, const char *folder)
{
	size_t n = strlen(root), m = strlen(folder);

	if (n > 0 && root[n - 1] == '\\')
		n--;
	if (strlen(wpath) <= n + 1 + m || wpath[n] != '\\' ||
	    utf_ncasecmp(wpath, n, root, n) != 0 ||
	    utf_ncasecmp(wpath + n + 1, m, folder, m) != 0)
		return false;
	return wpath[n + 1 + m] == '\\';
}

static bool is_place(struct protect *p, const char *wpath, enum place_root root,
		     const char *folder)
{
	const char *program_files;
	char drive[3] = "";

	switch (root) {
	case PLACE_WINDOWS:
		return lies_in(wpath, p->windows, folder);
	case PLACE_PROGRAM_FILES:
		for (int view = 64; view >= 32; view -= 32) {
			program_files = target_variable(p->target, NULL, view,
							"ProgramFiles");
			if (program_files != NULL &&
			    lies_in(wpath, program_files, folder))
				return true;
		}
		return false;
	case PLACE_DRIVE:
	default:
		if (wpath[0] != '\0' && wpath[1] == ':') {
			drive[0] = wpath[0];
			drive[1] = ':';
		}
		return lies_in(wpath, drive, folder);
	}
}

const char *protect_place(struct protect *p, const char *wpath)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (is_place(p, wpath, places[i].root, places[i].folder))
			return places[i].what;
	return NULL;
}
