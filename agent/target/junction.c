/*
 * The junctions that Windows Vista and later lay where XP had folders.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Registry paths still use them ("C:\Documents and Settings\…"), but links
 * are never followed: on Linux they show as symlinks or as nothing at all,
 * and anybody could have laid another one.  So the known ones are a table.
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"

#include <string.h>

enum base {
	BASE_DRIVE,   /* below the system drive */
	BASE_PROFILE, /* below a profile */
	BASE_COUNT
};

struct rule {
	enum base base;
	const char *from;
	const char *to;
};

/* Microsoft: "Junction points in Windows Vista"; seen alike on 7 and 10. */
static const struct rule rules[] = {
	{ BASE_DRIVE, "Documents and Settings", "Users" },
	{ BASE_DRIVE, "Users\\All Users", "ProgramData" },
	{ BASE_DRIVE, "Users\\Default User", "Users\\Default" },
	{ BASE_DRIVE, "ProgramData\\Application Data", "ProgramData" },
	{ BASE_DRIVE, "ProgramData\\Desktop", "Users\\Public\\Desktop" },
	{ BASE_DRIVE, "ProgramData\\Documents", "Users\\Public\\Documents" },
	{ BASE_DRIVE, "ProgramData\\Favorites", "Users\\Public\\Favorites" },
	{ BASE_DRIVE, "ProgramData\\Start Menu",
	  "ProgramData\\Microsoft\\Windows\\Start Menu" },
	{ BASE_DRIVE, "ProgramData\\Templates",
	  "ProgramData\\Microsoft\\Windows\\Templates" },
	{ BASE_PROFILE, "Application Data", "AppData\\Roaming" },
	{ BASE_PROFILE, "Local Settings", "AppData\\Local" },
	{ BASE_PROFILE, "My Documents", "Documents" },
	{ BASE_PROFILE, "Cookies",
	  "AppData\\Roaming\\Microsoft\\Windows\\Cookies" },
	{ BASE_PROFILE, "NetHood",
	  "AppData\\Roaming\\Microsoft\\Windows\\Network Shortcuts" },
	{ BASE_PROFILE, "PrintHood",
	  "AppData\\Roaming\\Microsoft\\Windows\\Printer Shortcuts" },
	{ BASE_PROFILE, "Recent",
	  "AppData\\Roaming\\Microsoft\\Windows\\Recent" },
	{ BASE_PROFILE, "SendTo",
	  "AppData\\Roaming\\Microsoft\\Windows\\SendTo" },
	{ BASE_PROFILE, "Start Menu",
	  "AppData\\Roaming\\Microsoft\\Windows\\Start Menu" },
	{ BASE_PROFILE, "Templates",
	  "AppData\\Roaming\\Microsoft\\Windows\\Templates" },
	{ BASE_PROFILE, "Documents\\My Music", "Music" },
	{ BASE_PROFILE, "Documents\\My Pictures", "Pictures" },
	{ BASE_PROFILE, "Documents\\My Videos", "Videos" },
	{ BASE_PROFILE, "AppData\\Local\\Application Data", "AppData\\Local" },
	{ BASE_PROFILE, "AppData\\Local\\History",
	  "AppData\\Local\\Microsoft\\Windows\\History" },
	{ BASE_PROFILE, "AppData\\Local\\Temporary Internet Files",
	  "AppData\\Local\\Microsoft\\Windows\\Temporary Internet Files" },
	/* Windows 8.1 moved the cache and left a junction. */
	{ BASE_PROFILE,
	  "AppData\\Local\\Microsoft\\Windows\\Temporary Internet Files",
	  "AppData\\Local\\Microsoft\\Windows\\INetCache" },
};

/* What follows `base` and a backslash in path, NULL if it is elsewhere. */
static const char *below(const char *path, const char *base)
{
	size_t n = strlen(base), path_nbytes = strlen(path);

	if (path_nbytes <= n || path[n] != '\\' ||
	    utf_ncasecmp(path, n, base, n) != 0)
		return NULL;
	return path + n + 1;
}

/* The end of the profile's own path if wpath lies below a profile. */
static const char *below_profile(const struct target *t, const char *wpath)
{
	const char *rest;

	for (size_t i = 0; i < t->users.count; i++) {
		struct user *u = *(struct user **)vec_at(&t->users, i);

		rest = u->pub.profile ? below(wpath, u->pub.profile) : NULL;
		if (rest)
			return rest;
	}
	/* Before the users are known, and folders that are none's. */
	rest = t->profiles ? below(wpath, t->profiles) : NULL;
	if (!rest)
		return NULL;
	rest = strchr(rest, '\\');
	return rest ? rest + 1 : NULL;
}

static char *apply(const struct rule *rule, const char *wpath, const char *rest)
{
	struct str s = STR_INIT;

	str_addn(&s, wpath, (size_t)(rest - wpath));
	str_add(&s, rule->to);
	return str_detach(&s);
}

char *junction_target(struct target *t, const char *wpath)
{
	char drive[3] = { t->info.system_drive, ':', '\0' };
	const char *rests[BASE_COUNT];

	if (t->is_xp_layout || t->info.kind == TARGET_FOLDER)
		return NULL;
	rests[BASE_DRIVE] = below(wpath, drive);
	rests[BASE_PROFILE] = below_profile(t, wpath);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const char *rest = rests[rules[i].base];

		if (rest && utf_casecmp(rest, rules[i].from) == 0)
			return apply(&rules[i], wpath, rest);
	}
	return NULL;
}
