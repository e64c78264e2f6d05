/*
 * Places that only this target has: its own folders and its users' TEMP.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <string.h>

/* Hives opened for a look at TEMP; beyond it the patterns must do. */
#define USERS_ASKED_MAX 256

/*
 * What a user may set must not make all of Windows "temp": his values count
 * only where nothing else is known about the folder.
 */
static bool is_free(const struct location_table *places, const char *folder)
{
	enum location l = location_of(places, folder);

	return l == LOCATION_OTHER || l == LOCATION_PROFILE;
}

/* TEMP set to the profile, or above it, must not make all of it "temp". */
static bool holds_profile(struct target *t, const struct target_user *user,
			  const char *folder)
{
	static const char *const names[] = { "USERPROFILE", "APPDATA",
					     "LOCALAPPDATA" };
	size_t n = strlen(folder);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *inner = target_variable(t, user, 64, names[i]);

		if (inner && strlen(inner) >= n &&
		    (inner[n] == '\\' || !inner[n]) &&
		    utf_ncasecmp(inner, n, folder, n) == 0)
			return true;
	}
	return false;
}

static bool has_depth(const char *folder)
{
	const char *slash = strchr(folder, '\\');

	return slash && slash[1];
}

/* The true path where it exists, else the text; NULL: no folder's path. */
static char *settle(struct target *t, const char *text)
{
	struct target_path found;
	struct wpath p;
	char *wpath = NULL;

	if (!text || wpath_split(text, &p))
		return NULL;
	if (p.form == WPATH_DRIVE)
		wpath = wpath_join(&p);
	wpath_release(&p);
	if (!wpath || target_resolve(t, wpath, 64, &found))
		return wpath;
	mem_free(wpath);
	wpath = NULL;
	if (found.st.type == HOST_DIR) {
		wpath = found.wpath;
		found.wpath = NULL;
	}
	target_path_release(&found);
	return wpath;
}

static int add_place(struct target *t, const struct target_user *user,
		     const char *text, enum location location, bool is_trusted)
{
	char *folder = settle(t, text);
	int ret = 0;

	if (folder && has_depth(folder) &&
	    location_of(&t->places, folder) != location &&
	    (is_trusted || is_free(&t->places, folder)) &&
	    (!user || !holds_profile(t, user, folder)))
		ret = location_table_add(&t->places, folder, location);
	mem_free(folder);
	/* Too many: the patterns go on without. */
	return ret == ERR_NOMEM ? ret : 0;
}

static int add_below(struct target *t, const char *base, const char *name,
		     enum location location)
{
	char *folder = wpath_append(base, name);
	int ret;

	if (!folder)
		return err_nomem();
	ret = location_table_add(&t->places, folder, location);
	mem_free(folder);
	return ret;
}

static int add_machine(struct target *t)
{
	static const struct {
		const char *name;
		int view;
		enum location location;
	} rows[] = {
		{ "ProgramFiles", 64, LOCATION_PROGRAM_FILES },
		{ "ProgramFiles", 32, LOCATION_PROGRAM_FILES },
		{ "CommonProgramFiles", 64, LOCATION_COMMON_FILES },
		{ "CommonProgramFiles", 32, LOCATION_COMMON_FILES },
		{ "ProgramData", 64, LOCATION_PROGRAM_DATA },
	};

	int ret = location_table_add(&t->places, t->windows, LOCATION_WINDOWS);

	if (!ret)
		ret = add_below(t, t->windows, "System32", LOCATION_SYSTEM);
	if (!ret)
		ret = add_below(t, t->windows, "SysWOW64", LOCATION_SYSTEM);
	if (!ret)
		ret = add_below(t, t->windows, "Temp", LOCATION_TEMP);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !ret; i++)
		ret = add_place(
			t, NULL,
			target_variable(t, NULL, rows[i].view, rows[i].name),
			rows[i].location, true);
	if (!ret)
		ret = add_place(t, NULL, target_variable(t, NULL, 64, "TEMP"),
				LOCATION_TEMP, false);
	return ret;
}

static int add_user(struct target *t, const struct target_user *user)
{
	static const struct {
		const char *name;
		enum location location;
	} rows[] = {
		{ "TEMP", LOCATION_TEMP },
		{ "TMP", LOCATION_TEMP },
	};

	int ret = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !ret; i++)
		ret = add_place(t, user,
				target_variable(t, user, 64, rows[i].name),
				rows[i].location, false);
	return ret;
}

int target_read_places(struct target *t)
{
	size_t asked = 0;
	int ret;

	if (t->info.kind == TARGET_FOLDER)
		return 0;
	ret = add_machine(t);
	for (size_t i = 0; i < t->users.count && !ret; i++) {
		const struct target_user *u = target_user(t, i);

		ret = add_place(t, NULL, u->profile, LOCATION_PROFILE, false);
		if (!ret && u->profile_host && asked++ < USERS_ASKED_MAX)
			ret = add_user(t, u);
	}
	return ret;
}

const char *target_location(struct target *t, const char *wpath)
{
	return location_name(location_of(&t->places, wpath));
}

const char *target_folder_location(struct target *t, const char *folder)
{
	return location_is_inherited(folder) ? target_location(t, folder)
					     : NULL;
}

bool target_inherits_location(const char *name)
{
	return !location_is_word(name);
}
