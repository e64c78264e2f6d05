/*
 * Who has a profile on the target: ProfileList, profile folders without an
 * entry, services, Default, and live whoever is in HKEY_USERS.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a user's registry keys are called ("HKU\…") must be the same live and
 * offline: the SID; HKU\.DEFAULT for config\DEFAULT (the system account's);
 * HKU\<SID>.bak for an entry that Windows put aside; HKU\(Taro) for a profile
 * folder that no entry names; and with (NTUSER.DAT) behind it where a
 * mandatory hive hides a second one.  Parentheses occur in no SID.
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "registry/reg_load.h"
#include "words/target.h"

#include <stdlib.h>
#include <string.h>

#define PROFILE_LIST "Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
/* S-1- and 15 sub-authorities of ten digits each have 184 characters. */
#define SID_MAX_NBYTES 192

#define SID_SYSTEM	    "S-1-5-18"
#define SID_LOCAL_SERVICE   "S-1-5-19"
#define SID_NETWORK_SERVICE "S-1-5-20"

struct reading {
	struct target *t;
	struct vec names;	    /* of char *: subkeys of ProfileList */
	struct namemap *by_profile; /* true path of a profile -> user */
	struct namemap *by_prefix;  /* "HKU\…" -> user */
	struct namemap *live_names; /* HKEY_USERS */
	const char *default_name;
	bool is_service_folder;
	bool is_full;
	int err;
};

void user_free(struct user *u)
{
	if (!u)
		return;
	hive_close(&u->ntuser);
	hive_close(&u->classes);
	variables_release(&u->variables);
	mem_free(u->pub.sid);
	mem_free(u->pub.name);
	mem_free(u->pub.profile);
	mem_free(u->pub.profile_host);
	mem_free(u->hive_wpath);
	mem_free(u->live_name);
	mem_free(u->path);
	for (size_t i = 0; i < USER_TEMPS; i++)
		mem_free(u->temps[i]);
	mem_free(u);
}

/* ---- one user ---------------------------------------------------- */

static struct user *user_new(struct target *t, const char *sid,
			     const char *prefix)
{
	struct user *u = mem_zalloc(sizeof(*u));
	struct str s = STR_INIT;

	if (!u)
		return NULL;
	u->pub.sid = mem_strdup(sid);
	u->ntuser.target = t;
	u->ntuser.prefix = mem_strdup(prefix);
	u->classes.target = t;
	str_add(&s, prefix);
	str_add(&s, "_Classes");
	u->classes.prefix = str_detach(&s);
	if (!u->pub.sid || !u->ntuser.prefix || !u->classes.prefix) {
		user_free(u);
		return NULL;
	}
	u->pub.is_service = strcmp(sid, SID_SYSTEM) == 0 ||
			    strcmp(sid, SID_LOCAL_SERVICE) == 0 ||
			    strcmp(sid, SID_NETWORK_SERVICE) == 0;
	return u;
}

static int set_name(struct user *u, const char *name)
{
	mem_free(u->pub.name);
	u->pub.name = mem_strdup(name);
	if (!u->pub.name)
		return err_nomem();
	text_limit(u->pub.name);
	return 0;
}

static void report_full(struct reading *r)
{
	if (!r->is_full)
		gap_report(r->t->gaps, GAP_TOO_LARGE, GAP_MATTERS,
			   "HKLM\\SOFTWARE\\" PROFILE_LIST, 0,
			   W_TARGET_USERS_MANY, TARGET_USER_MAX);
	r->is_full = true;
}

/* Takes over `u`, whether it succeeds or not. */
static int add_user(struct reading *r, struct user *u)
{
	struct user **slot;
	int ret = 0;

	if (r->t->users.count >= TARGET_USER_MAX) {
		report_full(r);
		user_free(u);
		return 0;
	}
	if (!u->pub.name)
		ret = set_name(u, u->pub.sid);
	if (!ret)
		ret = namemap_put(r->by_prefix, u->ntuser.prefix, u);
	if (!ret && u->pub.profile_host)
		ret = namemap_put(r->by_profile, u->pub.profile, u);
	if (ret) {
		/* The map must not keep what is freed. */
		namemap_put(r->by_prefix, u->ntuser.prefix, NULL);
		user_free(u);
		return ret;
	}
	slot = vec_push(&r->t->users);
	if (!slot) {
		namemap_put(r->by_prefix, u->ntuser.prefix, NULL);
		if (u->pub.profile_host)
			namemap_put(r->by_profile, u->pub.profile, NULL);
		user_free(u);
		return err_last()->err;
	}
	*slot = u;
	return 0;
}

/* ---- profile folders --------------------------------------------- */

static void report_profile(struct target *t, const struct user *u, int err)
{
	bool is_new;
	enum gap_kind kind = target_unreached(t, err, &is_new);

	if (kind == GAP_DRIVE_NOT_MAPPED)
		return;
	gap_report(t->gaps,
		   kind == GAP_NAME_UNRESOLVED ? kind : GAP_HIVE_UNREADABLE,
		   GAP_BY_KIND, u->ntuser.prefix, err_last()->os_error, "%s",
		   err_last()->text);
}

static int keep_unresolved(struct user *u, const char *text)
{
	struct wpath p;
	int ret = wpath_split(text, &p);

	if (ret)
		return ret == ERR_NOMEM ? ret : 0;
	u->pub.profile = wpath_join(&p);
	wpath_release(&p);
	if (!u->pub.profile)
		return err_nomem();
	return set_name(u, wpath_name(u->pub.profile));
}

/*
 * Finds the profile's folder.  That it is gone is usual (the user was
 * deleted); that it cannot be reached is a gap.
 */
static int set_profile(struct target *t, struct user *u, const char *text)
{
	struct target_path p;
	int ret = target_resolve(t, text, 64, &p);

	if (ret == ERR_NOMEM)
		return ret;
	if (ret == 0 && p.st.type == HOST_DIR) {
		u->pub.profile = p.wpath;
		u->pub.profile_host = p.host;
		return set_name(u, wpath_name(u->pub.profile));
	}
	if (ret == 0)
		target_path_release(&p);
	else if (ret != ERR_NOT_FOUND)
		report_profile(t, u, ret);
	return keep_unresolved(u, text);
}

/* What cannot be looked at may be a hive: no user then, but a gap. */
static void report_hidden(struct target *t, const char *wpath, int err)
{
	bool is_new;

	if (err == ERR_NOT_FOUND || err == ERR_NOT_DIR || err == ERR_NOMEM)
		return;
	target_unreached(t, err, &is_new);
	if (is_new)
		gap_report(t->gaps, GAP_HIVE_UNREADABLE, GAP_MATTERS, wpath,
			   err_last()->os_error, "%s", err_last()->text);
}

static bool has_file(struct target *t, const char *folder, const char *name)
{
	char *wpath = wpath_append(folder, name);
	struct target_path p;
	bool is_file = false;
	int err;

	if (!wpath) {
		t->is_short = true;
		return false;
	}
	err = target_resolve(t, wpath, 0, &p);
	if (err) {
		report_hidden(t, wpath, err);
	} else {
		is_file = p.st.type == HOST_FILE;
		target_path_release(&p);
	}
	mem_free(wpath);
	return is_file;
}

static bool has_ntuser(struct target *t, const char *folder)
{
	return has_file(t, folder, "NTUSER.DAT") ||
	       has_file(t, folder, "NTUSER.MAN");
}

static bool has_classes(struct target *t, const char *folder)
{
	return has_file(t, folder, classes_place(t, 0)) ||
	       has_file(t, folder, classes_place(t, 1));
}

/* ---- HKEY_USERS -------------------------------------------------- */

static bool is_sid(const char *s)
{
	size_t n = strlen(s);

	return n <= SID_MAX_NBYTES && ascii_istarts_with(s, "S-1-") &&
	       strspn(s + 4, "0123456789-") == n - 4;
}

/*
 * While it is loaded under that name its file cannot be read where it lies,
 * and a scan unloads nothing.
 */
static void report_left(struct target *t, const char *name)
{
	char key[SID_MAX_NBYTES];

	snprintf(key, sizeof(key), "HKU\\%s", name);
	gap_report(t->gaps, GAP_HIVE_UNREADABLE, GAP_BY_KIND, key, 0,
		   W_TARGET_HIVE_HELD_BY_FIX);
}

static int take_live_name(void *arg, const char *name)
{
	struct reading *r = arg;

	if (reg_load_is_ours(name))
		report_left(r->t, name);
	r->err = namemap_put(r->live_names, name, r->live_names);
	return r->err;
}

static int set_loaded(struct reading *r, struct user *u, const char *name)
{
	if (!namemap_get(r->live_names, name))
		return 0;
	u->live_name = mem_strdup(name);
	if (!u->live_name)
		return err_nomem();
	u->pub.is_loaded = true;
	return 0;
}

/* ---- ProfileList ------------------------------------------------- */

static int take_name(void *arg, const char *name)
{
	struct reading *r = arg;
	char **slot;
	char *copy;

	if (r->names.count >= TARGET_USER_MAX) {
		report_full(r);
		return 0;
	}
	copy = mem_strdup(name);
	slot = copy ? vec_push(&r->names) : NULL;
	if (!slot) {
		mem_free(copy);
		r->err = err_nomem();
		return r->err;
	}
	*slot = copy;
	return 0;
}

static char *profile_text(struct target *t, const char *key_name)
{
	struct str s = STR_INIT;
	char *text = NULL, *expanded;

	str_add(&s, PROFILE_LIST "\\");
	str_add(&s, key_name);
	if (!s.err)
		text = machine_text(t, TARGET_HIVE_SOFTWARE, s.buf,
				    "ProfileImagePath");
	str_release(&s);
	if (!text)
		return NULL;
	expanded = target_expand(t, NULL, 64, text);
	mem_free(text);
	return expanded;
}

/* The system account: its hive is config\DEFAULT, always there. */
static int add_system_account(struct reading *r)
{
	struct target *t = r->t;
	struct user *u = user_new(t, SID_SYSTEM, "HKU\\.DEFAULT");
	char *profile;
	int ret;

	if (!u)
		return err_nomem();
	u->pub.is_default = true;
	u->hive_wpath = wpath_append(t->windows, "System32\\config\\DEFAULT");
	profile = wpath_append(t->windows, "System32\\config\\systemprofile");
	ret = u->hive_wpath && profile ? set_profile(t, u, profile)
				       : err_nomem();
	mem_free(profile);
	if (!ret)
		ret = set_name(u, "systemprofile");
	if (!ret)
		ret = set_loaded(r, u, ".DEFAULT");
	if (ret) {
		user_free(u);
		return ret;
	}
	return add_user(r, u);
}

static int make_entry(struct reading *r, const char *key_name,
		      size_t sid_nbytes, struct user **ret)
{
	struct str s = STR_INIT;
	struct user *u;
	char *sid = mem_strndup(key_name, sid_nbytes);
	char *text;
	int err = 0;

	str_add(&s, "HKU\\");
	str_add(&s, key_name);
	/* "s-1-5-…" is the same key; the prefix is compared as text. */
	if (!s.err)
		s.buf[4] = 'S';
	u = sid && !s.err ? user_new(r->t, sid, s.buf) : NULL;
	str_release(&s);
	mem_free(sid);
	if (!u)
		return err_nomem();
	u->pub.sid[0] = 'S';
	text = profile_text(r->t, key_name);
	if (text && *text)
		err = set_profile(r->t, u, text);
	else
		gap_report(r->t->gaps, GAP_HIVE_UNREADABLE, GAP_BY_KIND,
			   u->ntuser.prefix, 0, W_TARGET_PROFILE_ENTRY_EMPTY);
	mem_free(text);
	if (err) {
		user_free(u);
		return err;
	}
	*ret = u;
	return 0;
}

static int add_entry(struct reading *r, const char *key_name, bool want_bak)
{
	static const char bak[] = ".bak";
	size_t n = strlen(key_name);
	bool is_bak = ascii_iends_with(key_name, bak);
	struct user *u = NULL, *owner;
	char sid[SID_MAX_NBYTES + 1];
	int ret;

	if (is_bak)
		n -= sizeof(bak) - 1;
	if (is_bak != want_bak || n > SID_MAX_NBYTES)
		return 0;
	str_copy(sid, key_name, n + 1);
	/* The system account has a hive of its own kind. */
	if (!is_sid(sid) || ascii_casecmp(sid, SID_SYSTEM) == 0)
		return 0;
	ret = make_entry(r, key_name, n, &u);
	if (ret)
		return ret;
	u->pub.is_orphan = is_bak;
	if (!is_bak)
		ret = set_loaded(r, u, sid);
	if (ret) {
		user_free(u);
		return ret;
	}
	/* One folder, one hive: the same keys are not read twice. */
	owner = u->pub.profile_host ? namemap_get(r->by_profile, u->pub.profile)
				    : NULL;
	if ((owner && !u->live_name) ||
	    namemap_get(r->by_prefix, u->ntuser.prefix)) {
		user_free(u);
		return 0;
	}
	return add_user(r, u);
}

static int read_profile_list(struct reading *r)
{
	struct reg_root *root;
	struct reg_key *key;
	const char *prefix;
	int ret;

	/* Its gap was recorded when the hive was opened. */
	if (target_machine_hive(r->t, TARGET_HIVE_SOFTWARE, &root, &prefix))
		return 0;
	ret = reg_open_key(root, PROFILE_LIST, &key);
	if (ret == ERR_NOMEM)
		return ret;
	if (ret) {
		gap_report(r->t->gaps, GAP_HIVE_DAMAGED, GAP_BY_KIND,
			   "HKLM\\SOFTWARE\\" PROFILE_LIST, 0,
			   W_TARGET_USERS_MISSING);
		return 0;
	}
	ret = reg_each_subkey(key, take_name, r);
	reg_close_key(key);
	if (r->err || ret == ERR_NOMEM)
		return r->err ? r->err : ret;
	if (ret)
		gap_report(r->t->gaps, GAP_HIVE_DAMAGED, GAP_MATTERS,
			   "HKLM\\SOFTWARE\\" PROFILE_LIST,
			   err_last()->os_error, W_TARGET_USERS_CUT,
			   err_last()->text);
	for (int want_bak = 0; want_bak < 2; want_bak++) {
		for (size_t i = 0; i < r->names.count; i++) {
			ret = add_entry(r, *(char **)vec_at(&r->names, i),
					want_bak);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/* ---- loaded, but without an entry -------------------------------- */

static int add_live_only(void *arg, const char *name)
{
	struct reading *r = arg;
	struct str s = STR_INIT;
	struct user *u = NULL;
	char *profile;

	if (!is_sid(name) || ascii_casecmp(name, SID_SYSTEM) == 0)
		return 0;
	str_add(&s, "HKU\\");
	str_add(&s, name);
	if (s.err || namemap_get(r->by_prefix, s.buf))
		goto out;
	u = user_new(r->t, name, s.buf);
	if (!u) {
		r->err = err_nomem();
		goto out;
	}
	str_clear(&s);
	str_add(&s, name);
	str_add(&s, "\\Volatile Environment");
	profile = s.err ? NULL
			: reg_root_get_text(r->t->live_users.root, s.buf,
					    "USERPROFILE", NULL);
	if (profile)
		r->err = set_profile(r->t, u, profile);
	mem_free(profile);
	if (!r->err)
		r->err = set_loaded(r, u, name);
	if (r->err)
		user_free(u);
	else
		r->err = add_user(r, u);
out:
	if (s.err == ERR_NOMEM)
		r->err = s.err;
	str_release(&s);
	return r->err;
}

/* ---- profile folders without an entry ---------------------------- */

static const char *service_sid(const char *name)
{
	if (ascii_casecmp(name, "LocalService") == 0)
		return SID_LOCAL_SERVICE;
	if (ascii_casecmp(name, "NetworkService") == 0)
		return SID_NETWORK_SERVICE;
	return "";
}

/* "HKU\(Taro)", or with #2 where two folders have the same name. */
static char *orphan_prefix(const struct reading *r, const char *name)
{
	for (unsigned i = 1; i < 100; i++) {
		struct str s = STR_INIT;
		char *prefix;

		str_addf(&s, "HKU\\(%s%s", name, i > 1 ? "#" : "");
		if (i > 1)
			str_addf(&s, "%u", i);
		str_addch(&s, ')');
		prefix = str_detach(&s);
		if (!prefix || !namemap_get(r->by_prefix, prefix))
			return prefix;
		mem_free(prefix);
	}
	return NULL;
}

/* `has_ntuser` false: only its UsrClass.dat is left. */
static int add_orphan(struct reading *r, const char *wpath, bool has_ntuser)
{
	const char *name = wpath_name(wpath);
	const char *sid = service_sid(name);
	struct str s = STR_INIT;
	struct user *u;
	char *prefix = NULL;
	int ret;

	str_add(&s, "HKU\\");
	str_add(&s, sid);
	if (*sid && !s.err && !namemap_get(r->by_prefix, s.buf)) {
		prefix = str_detach(&s);
	} else {
		str_release(&s);
		sid = "";
		prefix = orphan_prefix(r, name);
	}
	u = prefix ? user_new(r->t, sid, prefix) : NULL;
	mem_free(prefix);
	if (!u)
		return err_nomem();
	u->pub.is_default = ascii_casecmp(name, r->default_name) == 0;
	u->pub.is_orphan = !u->pub.is_default;
	u->has_only_classes = !has_ntuser;
	if (r->is_service_folder)
		u->pub.is_service = true;
	ret = set_profile(r->t, u, wpath);
	if (!ret && *sid)
		ret = set_loaded(r, u, sid);
	if (ret) {
		user_free(u);
		return ret;
	}
	return add_user(r, u);
}

struct folder_reading {
	struct reading *r;
	const char *wpath;
};

static int try_profile(void *arg, const char *name, enum host_type type)
{
	struct folder_reading *f = arg;
	struct reading *r = f->r;
	const struct user *owner;
	bool is_whole;
	char *wpath;
	int ret = 0;

	if (type != HOST_DIR)
		return 0;
	wpath = wpath_append(f->wpath, name);
	if (!wpath)
		return err_nomem();
	owner = namemap_get(r->by_profile, wpath);
	if (owner && strcmp(owner->pub.profile, wpath) != 0)
		gap_report(r->t->gaps, GAP_HIVE_UNREADABLE, GAP_MATTERS, wpath,
			   0, W_TARGET_PROFILE_TWIN);
	is_whole = !owner && has_ntuser(r->t, wpath);
	if (is_whole || (!owner && has_classes(r->t, wpath)))
		ret = add_orphan(r, wpath, is_whole);
	mem_free(wpath);
	return ret;
}

static int read_folder(struct reading *r, const char *wpath)
{
	struct folder_reading f = { .r = r };
	struct target_path p;
	struct folder *folder;
	int ret = target_resolve(r->t, wpath, 0, &p);

	if (ret) {
		report_hidden(r->t, wpath, ret);
		return ret == ERR_NOMEM ? ret : 0;
	}
	f.wpath = p.wpath;
	if (p.st.type == HOST_DIR) {
		ret = folder_cache_get(r->t->folders, p.wpath, p.host,
				       !host_ignores_case(p.host), &folder);
		if (!ret)
			ret = folder_each(folder, try_profile, &f);
		if (ret && ret != ERR_NOMEM) {
			gap_report(r->t->gaps, gap_from_err(ret), GAP_MATTERS,
				   p.wpath, err_last()->os_error, "%s",
				   err_last()->text);
			ret = 0;
		}
	}
	target_path_release(&p);
	return ret;
}

static int read_profile_folders(struct reading *r)
{
	static const char *const usual[] = { "Users",
					     "Documents and Settings" };
	struct target *t = r->t;
	char drive[3] = { t->info.system_drive, ':', '\0' };
	int ret = read_folder(r, t->profiles);
	char *wpath;

	for (size_t i = 0; i < 2 && !ret; i++) {
		wpath = wpath_append(drive, usual[i]);
		ret = wpath ? read_folder(r, wpath) : err_nomem();
		mem_free(wpath);
	}
	if (ret)
		return ret;
	wpath = wpath_append(t->windows, "ServiceProfiles");
	r->is_service_folder = true;
	ret = wpath ? read_folder(r, wpath) : err_nomem();
	mem_free(wpath);
	return ret;
}

/* Windows leaves one here that it does not load; others might use it. */
static int read_system_profile(struct reading *r)
{
	char *wpath =
		wpath_append(r->t->windows, "System32\\config\\systemprofile");
	int ret = 0;

	if (!wpath)
		return err_nomem();
	if (has_ntuser(r->t, wpath))
		ret = add_orphan(r, wpath, true);
	mem_free(wpath);
	return ret;
}

/* ---- two hives in one profile ------------------------------------ */

static int add_hidden_hive(struct reading *r, const struct user *of)
{
	struct str s = STR_INIT;
	struct user *u;
	int ret;

	str_add(&s, of->ntuser.prefix);
	str_add(&s, "(NTUSER.DAT)");
	u = s.err ? NULL : user_new(r->t, of->pub.sid, s.buf);
	str_release(&s);
	if (!u)
		return err_nomem();
	u->pub.is_orphan = true;
	u->pub.is_service = of->pub.is_service;
	u->has_no_classes = true;
	u->pub.profile = mem_strdup(of->pub.profile);
	u->pub.profile_host = mem_strdup(of->pub.profile_host);
	u->hive_wpath = wpath_append(of->pub.profile, "NTUSER.DAT");
	ret = u->pub.profile && u->pub.profile_host && u->hive_wpath
		      ? set_name(u, of->pub.name)
		      : err_nomem();
	if (ret) {
		user_free(u);
		return ret;
	}
	return add_user(r, u);
}

static int read_hidden_hives(struct reading *r)
{
	size_t count = r->t->users.count;
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++) {
		const struct user *u = *(struct user **)vec_at(&r->t->users, i);

		if (u->pub.profile_host && !u->hive_wpath && !u->live_name &&
		    has_file(r->t, u->pub.profile, "NTUSER.MAN") &&
		    has_file(r->t, u->pub.profile, "NTUSER.DAT"))
			ret = add_hidden_hive(r, u);
	}
	return ret;
}

/* ---- all --------------------------------------------------------- */

static int by_prefix(const void *a, const void *b)
{
	const struct user *const *x = a, *const *y = b;

	return utf_casecmp((*x)->ntuser.prefix, (*y)->ntuser.prefix);
}

static char *read_default_name(struct target *t)
{
	const char *fallback = t->is_xp_layout ? "Default User" : "Default";
	char *text = machine_text(t, TARGET_HIVE_SOFTWARE, PROFILE_LIST,
				  t->is_xp_layout ? "DefaultUserProfile"
						  : "Default");
	char *name = mem_strdup(text && *text ? wpath_name(text) : fallback);

	mem_free(text);
	return name;
}

static int read_all(struct reading *r)
{
	int ret = r->t->ops->each_live_user(r->t, take_live_name, r);

	if (!ret)
		ret = r->err;
	if (!ret)
		ret = read_profile_list(r);
	if (!ret)
		ret = add_system_account(r);
	if (!ret)
		ret = r->t->ops->each_live_user(r->t, add_live_only, r);
	if (!ret)
		ret = read_profile_folders(r);
	if (!ret)
		ret = read_system_profile(r);
	if (!ret)
		ret = read_hidden_hives(r);
	return ret;
}

int users_read(struct target *t)
{
	struct reading r = { .t = t };
	char *default_name;
	int ret;

	if (t->info.kind == TARGET_FOLDER)
		return 0;
	default_name = read_default_name(t);
	r.default_name = default_name;
	r.names = (struct vec)VEC_INIT(char *, TARGET_USER_MAX);
	r.by_profile = namemap_new();
	r.by_prefix = namemap_new();
	r.live_names = namemap_new();
	ret = default_name && r.by_profile && r.by_prefix && r.live_names
		      ? read_all(&r)
		      : err_nomem();
	if (!ret && t->users.count > 1)
		qsort(t->users.items, t->users.count, sizeof(struct user *),
		      by_prefix);
	for (size_t i = 0; i < r.names.count; i++)
		mem_free(*(char **)vec_at(&r.names, i));
	vec_release(&r.names);
	namemap_free(r.by_profile);
	namemap_free(r.by_prefix);
	namemap_free(r.live_names);
	mem_free(default_name);
	return ret;
}
