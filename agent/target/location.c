/*
 * Places that only this target has: its own folders and its users' TEMP.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <string.h>

struct places {
	struct target *t;
	/* Folders that hold something which is no temporary folder: Windows,
	 * Program Files, the profiles, and all above them. */
	struct namemap *bases;
};

static bool is_drive_path(const char *folder)
{
	return folder[0] && folder[1] == ':' && folder[2] == '\\';
}

/* The folder and all above it. */
static int add_base(struct places *p, const char *folder)
{
	char *path = mem_strdup(folder);
	int ret = path ? 0 : err_nomem();

	while (!ret && is_drive_path(path) && path[3]) {
		char *slash = strrchr(path, '\\');

		if (namemap_get(p->bases, path))
			break;
		ret = namemap_put(p->bases, path, p);
		*slash = '\0';
	}
	mem_free(path);
	return ret;
}

/*
 * What a user may set must not make all of Windows, of the programs or of
 * somebody's profile "temp"; any folder below them may be temporary.
 */
static bool may_be_temp(const struct places *p, const char *folder)
{
	return !namemap_get(p->bases, folder);
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

/* Adds a folder that the target's own settings name; it is a base then. */
static int add_place(struct places *p, const char *text, enum location location)
{
	char *folder = settle(p->t, text);
	int ret = 0;

	if (folder && has_depth(folder)) {
		ret = add_base(p, folder);
		if (!ret && location_of(&p->t->places, folder) != location)
			ret = location_table_add(&p->t->places, folder,
						 location);
	}
	mem_free(folder);
	/* Too many: the patterns go on without. */
	return ret == ERR_NOMEM ? ret : 0;
}

static int add_below(struct places *p, const char *base, const char *name,
		     enum location location)
{
	char *folder = wpath_append(base, name);
	int ret;

	if (!folder)
		return err_nomem();
	ret = location_table_add(&p->t->places, folder, location);
	if (!ret && location != LOCATION_TEMP)
		ret = add_base(p, folder);
	mem_free(folder);
	return ret;
}

static int add_machine(struct places *p)
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

	static const struct {
		const char *name;
		enum location location;
	} below[] = {
		{ "System32", LOCATION_SYSTEM },
		{ "SysWOW64", LOCATION_SYSTEM },
		{ "Temp", LOCATION_TEMP },
		{ "SystemTemp", LOCATION_TEMP },
	};
	struct target *t = p->t;
	int ret = add_place(p, t->windows, LOCATION_WINDOWS);

	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]) && !ret; i++)
		ret = add_below(p, t->windows, below[i].name,
				below[i].location);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !ret; i++)
		ret = add_place(
			p, target_variable(t, NULL, rows[i].view, rows[i].name),
			rows[i].location);
	return ret;
}

/*
 * A profile and the folders that Windows keeps in it.  Not where the user's
 * settings say that they are: those he could let say what TMP says.
 */
static int add_profile(struct places *p, const struct target_user *user)
{
	static const char *const names[] = {
		"AppData\\Local", "AppData\\LocalLow", "AppData\\Roaming",
		"Application Data", "Local Settings\\Application Data"
	};
	char *profile = settle(p->t, user->profile);
	enum location l;
	int ret = 0;

	if (!profile || !has_depth(profile))
		goto out;
	/* One below Windows or Program Files does not change what they are. */
	l = location_of(&p->t->places, profile);
	if (l == LOCATION_OTHER || l == LOCATION_ROOT)
		ret = location_table_add(&p->t->places, profile,
					 LOCATION_PROFILE);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !ret; i++) {
		char *folder = wpath_append(profile, names[i]);

		ret = folder ? add_base(p, folder) : err_nomem();
		mem_free(folder);
	}
out:
	mem_free(profile);
	return ret == ERR_NOMEM ? ret : 0;
}

/* Programs ask for TMP first, then for TEMP (GetTempPath). */
static const char *const temp_names[USER_TEMPS] = { "TMP", "TEMP" };

/* NULL: what the variable says may not be, or nothing. */
static char *temp_folder(struct places *p, const struct target_user *user,
			 const char *name)
{
	char *folder = settle(p->t, target_variable(p->t, user, 64, name));

	if (folder && has_depth(folder) && may_be_temp(p, folder))
		return folder;
	mem_free(folder);
	return NULL;
}

/* The machine's, which are those of services: temporary for all. */
static int add_temp(struct places *p)
{
	int ret = 0;

	for (size_t i = 0; i < USER_TEMPS && !ret; i++) {
		char *folder = temp_folder(p, NULL, temp_names[i]);

		if (folder)
			ret = location_table_add(&p->t->places, folder,
						 LOCATION_TEMP);
		mem_free(folder);
	}
	return ret == ERR_NOMEM ? ret : 0;
}

/* A user's: for him alone. */
static int add_temp_of(struct places *p, struct user *u)
{
	int ret = 0;

	for (size_t i = 0; i < USER_TEMPS && !ret; i++) {
		u->temps[i] = temp_folder(p, &u->pub, temp_names[i]);
		if (u->temps[i])
			ret = location_table_add_temp_of_user(&p->t->places,
							      u->temps[i]);
	}
	return ret == ERR_NOMEM ? ret : 0;
}

/* All bases before the first temporary folder. */
static int add_all(struct places *p)
{
	int ret = add_machine(p);

	if (!ret)
		ret = add_base(p, p->t->profiles);
	for (size_t i = 0; i < p->t->users.count && !ret; i++)
		ret = add_profile(p, target_user(p->t, i));
	if (!ret)
		ret = add_temp(p);
	for (size_t i = 0; i < p->t->users.count && !ret; i++) {
		struct user *u = *(struct user **)vec_at(&p->t->users, i);

		if (u->pub.profile_host)
			ret = add_temp_of(p, u);
	}
	return ret;
}

int target_read_places(struct target *t)
{
	struct places p = { .t = t };
	int ret;

	if (t->info.kind == TARGET_FOLDER)
		return 0;
	p.bases = namemap_new();
	ret = p.bases ? add_all(&p) : err_nomem();
	namemap_free(p.bases);
	return ret;
}

const char *target_location(struct target *t, const char *wpath)
{
	return location_name(location_of(&t->places, wpath));
}

const char *target_location_for(struct target *t,
				const struct target_user *user,
				const char *wpath)
{
	const struct user *u = (const struct user *)user;
	enum location l = location_for_all(&t->places, wpath);

	for (size_t i = 0; u && i < USER_TEMPS; i++) {
		if (l < LOCATION_TEMP && target_is_below(wpath, u->temps[i]))
			l = LOCATION_TEMP;
	}
	return location_name(l);
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
