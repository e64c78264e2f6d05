/*
 * What the target's own folders are called in the variable `place`.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <string.h>

/* As it is written and, where it exists, as it is spelled. */
static int add(struct target *t, const char *folder, const char *variable)
{
	struct target_path found;
	struct wpath p;
	char *wpath = NULL;
	int ret;

	if (!folder || wpath_split(folder, &p))
		return 0;
	if (p.form == WPATH_DRIVE)
		wpath = wpath_join(&p);
	wpath_release(&p);
	if (!wpath)
		return 0;
	ret = place_names_add(&t->place_names, wpath, variable);
	if (!ret && target_resolve(t, wpath, 64, &found) == 0) {
		ret = place_names_add(&t->place_names, found.wpath, variable);
		target_path_release(&found);
	}
	mem_free(wpath);
	return ret;
}

static int add_below(struct target *t, const char *base, const char *name,
		     const char *variable)
{
	char *folder = wpath_append(base, name);
	int ret = folder ? add(t, folder, variable) : err_nomem();

	mem_free(folder);
	return ret;
}

/* Where the settings have them. */
static int add_settings(struct target *t)
{
	static const char *const rows[][2] = {
		{ "ProgramFiles", "%ProgramFiles%" },
		{ "CommonProgramFiles", "%CommonProgramFiles%" },
		{ "ProgramFiles(x86)", "%ProgramFiles(x86)%" },
		{ "CommonProgramFiles(x86)", "%CommonProgramFiles(x86)%" },
		{ "SystemRoot", "%SystemRoot%" },
		{ "ProgramData", "%ProgramData%" },
		{ "ALLUSERSPROFILE", "%ALLUSERSPROFILE%" },
		{ "PUBLIC", "%PUBLIC%" },
	};
	int ret = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !ret; i++)
		ret = add(t, target_variable(t, NULL, 64, rows[i][0]),
			  rows[i][1]);
	return ret;
}

/*
 * Where Windows has them if the settings are silent: programs that were there
 * before a setting was changed stay.  The short names are those that Windows'
 * own setup leads to; where the folders have others, a look finds them first.
 */
static int add_usual(struct target *t)
{
	static const struct {
		const char *folder, *variable;
		bool is_64bit; /* exists there only */
	} rows[] = {
		{ "Program Files", "%ProgramFiles%", false },
		{ "Program Files\\Common Files", "%CommonProgramFiles%",
		  false },
		{ "PROGRA~1", "%ProgramFiles%", false },
		{ "PROGRA~1\\COMMON~1", "%CommonProgramFiles%", false },
		{ "Program Files (x86)", "%ProgramFiles(x86)%", true },
		{ "Program Files (x86)\\Common Files",
		  "%CommonProgramFiles(x86)%", true },
		{ "PROGRA~2", "%ProgramFiles(x86)%", true },
		{ "PROGRA~2\\COMMON~1", "%CommonProgramFiles(x86)%", true },
	};

	const char drive[] = { t->info.system_drive, ':', '\0' };
	int ret = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !ret; i++) {
		char *folder;

		if (rows[i].is_64bit && !t->info.is_64bit)
			continue;
		folder = wpath_append(drive, rows[i].folder);
		ret = folder ? place_names_add(&t->place_names, folder,
					       rows[i].variable)
			     : err_nomem();
		mem_free(folder);
	}
	return ret;
}

/* Where Windows keeps them, not where the user says that they are. */
static int add_profile(struct target *t, const char *profile)
{
	static const struct {
		const char *name, *variable;
	} rows[] = {
		{ "AppData\\Local", "%LOCALAPPDATA%" },
		{ "AppData\\Roaming", "%APPDATA%" },
		{ "Local Settings\\Application Data", "%LOCALAPPDATA%" },
		{ "Application Data", "%APPDATA%" },
	};

	int ret;

	if (!profile)
		return 0;
	ret = add(t, profile, "%USERPROFILE%");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !ret; i++)
		ret = add_below(t, profile, rows[i].name, rows[i].variable);
	return ret;
}

int target_read_place_names(struct target *t)
{
	int ret;

	if (t->info.kind == TARGET_FOLDER)
		return 0;
	ret = add_settings(t);
	if (!ret)
		ret = add_usual(t);
	for (size_t i = 0; i < t->users.count && !ret; i++)
		ret = add_profile(t, target_user(t, i)->profile);
	return ret;
}

char *target_place(const struct target *t, const char *folder)
{
	return t->info.kind == TARGET_FOLDER
		       ? place_name_guess(folder)
		       : place_name(&t->place_names, folder);
}

bool target_is_in_windows(struct target *t, const char *wpath)
{
	static const char *const folders[] = { "\\", "\\System32\\",
					       "\\SysWOW64\\" };
	const char *windows = target_variable(t, NULL, 0, "SystemRoot");
	const char *rest, *name;

	if (!windows || !target_is_below(wpath, windows))
		return false;
	rest = wpath + strlen(windows);
	name = strrchr(wpath, '\\') + 1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strlen(folders[i]) == (size_t)(name - rest) &&
		    ascii_istarts_with(rest, folders[i]))
			return true;
	return false;
}

/* Folders above a file that is gone which are looked for. */
#define ABOVE_MAX 32

char *target_spelling(struct target *t, const char *wpath)
{
	char *path = mem_strdup(wpath);
	char *cut = path ? strrchr(path, '\\') : NULL;
	char *ret = NULL;

	for (unsigned i = 0; cut && cut > path && !ret && i < ABOVE_MAX; i++) {
		struct target_path found;
		char *above;

		*cut = '\0';
		above = strrchr(path, '\\');
		if (above && target_resolve(t, path, 0, &found) == 0) {
			ret = wpath_append(found.wpath,
					   wpath + (cut - path) + 1);
			target_path_release(&found);
			break;
		}
		cut = above;
	}
	if (!ret)
		ret = mem_strdup(wpath);
	mem_free(path);
	return ret;
}

char *target_place_of(const struct target *t, const char *wpath)
{
	const char *cut = strrchr(wpath, '\\');
	char *folder, *named, *ret;

	if (!cut)
		return mem_strdup(wpath);
	folder = mem_strndup(wpath, (size_t)(cut - wpath));
	named = folder ? target_place(t, folder) : NULL;
	ret = named ? wpath_append(named, cut + 1) : NULL;
	mem_free(named);
	mem_free(folder);
	return ret;
}
