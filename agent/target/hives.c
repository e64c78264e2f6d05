/*
 * Hives of the machine and of the users, opened when first asked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/registry.h"
#include "words/target.h"

#include <string.h>

static void forget_file(struct hive *h)
{
	mem_free(h->wpath);
	mem_free(h->host);
	h->wpath = h->host = NULL;
	for (size_t i = 0; i < 3; i++) {
		mem_free(h->logs[i]);
		h->logs[i] = NULL;
	}
}

void hive_close(struct hive *h)
{
	reg_close(h->root);
	mem_free(h->prefix);
	forget_file(h);
	memset(h, 0, sizeof(*h));
}

void hive_gap(void *arg, const char *key_path, const char *why)
{
	struct hive *h = arg;
	struct str s = STR_INIT;

	/* What concerns the file is told by its causes. */
	if (h->is_opening || h->gap_count++ >= TARGET_HIVE_GAP_MAX)
		return;
	str_add(&s, h->prefix);
	if (*key_path) {
		str_addch(&s, '\\');
		str_add(&s, key_path);
	}
	gap_report(h->target->gaps, GAP_HIVE_DAMAGED, GAP_BY_KIND,
		   s.err ? h->prefix : s.buf, 0, "%s", why);
	str_release(&s);
}

/* ---- files ------------------------------------------------------- */

/* The log beside a hive, NULL if there is none. */
static char *find_log(struct target *t, const char *wpath, const char *suffix)
{
	struct str s = STR_INIT;
	struct target_path p;
	char *host;

	str_add(&s, wpath);
	str_add(&s, suffix);
	if (s.err || target_resolve(t, s.buf, 0, &p)) {
		str_release(&s);
		return NULL;
	}
	str_release(&s);
	host = p.st.type == HOST_FILE ? mem_strdup(p.host) : NULL;
	target_path_release(&p);
	return host;
}

static void report_cause(void *arg, bool lacks_newest, const char *why)
{
	struct hive *h = arg;

	gap_report(h->target->gaps,
		   lacks_newest ? GAP_HIVE_LOGS_MISSING : GAP_HIVE_DAMAGED,
		   GAP_BY_KIND, h->wpath, 0, "%s", why);
}

/*
 * A file system that tells apart a and A can hold two hives of one name, and
 * only one of them is read: nobody knows which one Windows would load.
 */
static bool tells_case_apart(const struct target *t, const char *wpath)
{
	for (size_t i = 0; i < t->volumes.count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		if (v->is_exact && ascii_ncasecmp(v->pub.wprefix, wpath,
						  strlen(v->pub.wprefix)) == 0)
			return true;
	}
	return false;
}

static void check_parent(struct target *t, const char *wpath, char *folder,
			 const char *host, const char *name)
{
	struct folder *f;
	bool has_twin = false;
	int err = folder_cache_get(t->folders, folder, host, true, &f);

	if (!err)
		err = folder_has_twin(f, name, &has_twin);
	if (err == ERR_NOMEM)
		t->is_short = true;
	if (has_twin)
		gap_report(t->gaps, GAP_HIVE_UNREADABLE, GAP_MATTERS, wpath, 0,
			   W_TARGET_HIVE_TWIN, name, folder);
}

static void report_twins(struct target *t, const struct target_path *p)
{
	char *folder, *host;

	if (!tells_case_apart(t, p->wpath))
		return;
	folder = mem_strdup(p->wpath);
	host = mem_strdup(p->host);
	if (!folder || !host)
		t->is_short = true;
	while (folder && host) {
		char *name = strrchr(folder, '\\');
		char *host_name = strrchr(host, host_separator());

		if (!name || !host_name)
			break;
		*name++ = '\0';
		*host_name = '\0';
		check_parent(t, p->wpath, folder, host, name);
	}
	mem_free(folder);
	mem_free(host);
}

/* Address space for the images of all hives together. */
static uint64_t hives_max_nbytes(void)
{
	return (uint64_t)1 << (sizeof(void *) > 4 ? 33 : 30);
}

static int charge(struct target *t, struct hive *h, uint64_t nbytes)
{
	if (t->hives_nbytes + nbytes > hives_max_nbytes()) {
		reg_close(h->root);
		h->root = NULL;
		return err_fail(ERR_TOO_LARGE, 0, W_TARGET_HIVES_LARGE);
	}
	t->hives_nbytes += nbytes;
	return 0;
}

static int open_with_logs(struct target *t, struct hive *h,
			  const struct target_path *p)
{
	static const char *const suffixes[] = { ".LOG", ".LOG1", ".LOG2" };
	struct reg_hive_files files = { .hive = p->host };
	struct reg_hive_report report = { 0 };
	int ret;

	forget_file(h);
	h->wpath = mem_strdup(p->wpath);
	h->host = mem_strdup(p->host);
	if (!h->wpath || !h->host) {
		forget_file(h);
		return err_nomem();
	}
	for (size_t i = 0; i < 3; i++) {
		h->logs[i] = find_log(t, p->wpath, suffixes[i]);
		files.logs[i] = h->logs[i];
	}
	h->is_opening = true;
	ret = reg_open_hive(&files, hive_gap, h, &report, &h->root);
	h->is_opening = false;
	if (!ret)
		ret = charge(t, h, report.nbytes);
	if (!ret)
		reg_hive_causes(&report, report_cause, h);
	else
		forget_file(h);
	return ret;
}

static void report_unreadable(struct target *t, const char *path)
{
	gap_report(t->gaps, GAP_HIVE_UNREADABLE, GAP_BY_KIND, path,
		   err_last()->os_error, "%s", err_last()->text);
}

/*
 * Short memory on one hive is the matter of that hive: all else is examined.
 * Whoever asks again gets the same answer.
 */
static int report_short(struct target *t, const char *wpath)
{
	gap_report(t->gaps, GAP_NO_MEMORY, GAP_BY_KIND, wpath, 0,
		   W_TARGET_HIVE_NOT_READ);
	return err_fail(ERR_TOO_LARGE, 0, W_TARGET_HIVE_NO_MEMORY, wpath);
}

int hive_open_file(struct target *t, struct hive *h, const char *wpath)
{
	struct target_path p;
	int ret = target_resolve(t, wpath, 0, &p);

	if (!ret) {
		ret = p.st.type == HOST_DIR
			      ? err_fail(ERR_NOT_DIR, 0, W_REGISTRY_IS_FOLDER,
					 p.wpath)
			      : open_with_logs(t, h, &p);
		/* The gap first: what follows records failures, too. */
		if (ret == ERR_NOMEM)
			ret = report_short(t, p.wpath);
		else if (ret)
			report_unreadable(t, wpath);
		report_twins(t, &p);
		target_path_release(&p);
	} else if (ret != ERR_NOMEM) {
		report_unreadable(t, wpath);
	}
	return ret;
}

/* ---- the machine ------------------------------------------------- */

/* What a hive gave once it gives again; short memory may pass. */
static int keep_answer(struct hive *h, int err)
{
	if (err == ERR_NOMEM) {
		h->target->is_short = true;
	} else {
		h->is_tried = true;
		h->err = err;
	}
	return err;
}

static int hand_out(const struct hive *h, struct reg_root **root_ret,
		    const char **prefix_ret)
{
	if (!h->root)
		return h->err ? h->err : ERR_NOT_FOUND;
	*root_ret = h->root;
	*prefix_ret = h->prefix;
	return 0;
}

static int set_prefix(struct target *t, struct hive *h, const char *head,
		      const char *tail)
{
	struct str s = STR_INIT;

	h->target = t;
	if (h->prefix)
		return 0;
	str_add(&s, head);
	str_add(&s, tail);
	h->prefix = str_detach(&s);
	return h->prefix ? 0 : err_nomem();
}

int target_machine_hive(struct target *t, enum target_hive which,
			struct reg_root **root_ret, const char **prefix_ret)
{
	struct hive *h = &t->machine[which];
	int ret;

	if (!h->is_tried) {
		ret = set_prefix(t, h, "HKLM\\",
				 which == TARGET_HIVE_SOFTWARE ? "SOFTWARE"
							       : "SYSTEM");
		if (!ret)
			ret = keep_answer(h, t->ops->open_machine(t, which, h));
		if (ret)
			return ret;
	}
	return hand_out(h, root_ret, prefix_ret);
}

char *root_text(struct target *t, struct reg_root *root, const char *key,
		const char *name)
{
	char *text;

	/* NULL is "absent" and "no memory"; what was noted tells them apart. */
	err_fail(ERR_OK, 0, "no failure");
	text = reg_root_get_text(root, key, name, NULL);
	if (!text && err_last()->err == ERR_NOMEM)
		t->is_short = true;
	return text;
}

char *machine_text(struct target *t, enum target_hive which, const char *key,
		   const char *name)
{
	struct reg_root *root;
	const char *prefix;
	char *text;

	if (target_machine_hive(t, which, &root, &prefix))
		return NULL;
	text = root_text(t, root, key, name);
	if (text && strlen(text) > TARGET_PATH_MAX_NBYTES) {
		mem_free(text);
		return NULL;
	}
	return text;
}

/* ---- users ------------------------------------------------------- */

/*
 * The file of a profile's hive.  A mandatory profile (.MAN) is loaded
 * instead of .DAT where both are there; users_read() adds the other.
 */
static int open_profile_hive(struct target *t, struct user *u)
{
	static const char *const names[] = { "NTUSER.MAN", "NTUSER.DAT" };
	struct target_path p;
	int ret = ERR_NOT_FOUND;

	if (u->hive_wpath)
		return hive_open_file(t, &u->ntuser, u->hive_wpath);
	/* Nothing is hidden where nothing is. */
	if (u->has_only_classes)
		return err_fail(ERR_NOT_FOUND, 0, W_TARGET_ONLY_CLASSES,
				u->pub.name);
	if (!u->pub.profile_host)
		return err_fail(ERR_NOT_FOUND, 0, W_TARGET_PROFILE_MISSING,
				u->pub.name);
	for (size_t i = 0; i < 2 && ret == ERR_NOT_FOUND; i++) {
		char *wpath = wpath_append(u->pub.profile, names[i]);

		if (!wpath)
			return err_nomem();
		ret = target_resolve(t, wpath, 0, &p);
		if (!ret)
			target_path_release(&p);
		if (ret != ERR_NOT_FOUND || i == 1)
			ret = hive_open_file(t, &u->ntuser, wpath);
		mem_free(wpath);
	}
	return ret;
}

/*
 * A logged-on user's hive that cannot be opened is no user without one.
 * He may have logged off meanwhile: then his file can be read.
 */
static int open_live_hive(struct target *t, struct user *u)
{
	int ret = t->ops->open_live_user(t, u->live_name, &u->ntuser);

	if (ret == ERR_NOT_FOUND && (u->hive_wpath || u->pub.profile_host))
		return open_profile_hive(t, u);
	if (ret && ret != ERR_NOMEM)
		report_unreadable(t, u->ntuser.prefix);
	return ret;
}

int target_user_hive(struct target *t, const struct target_user *user,
		     struct reg_root **root_ret, const char **prefix_ret)
{
	struct user *u = (struct user *)user;
	struct hive *h = &u->ntuser;
	int ret;

	if (!h->is_tried) {
		ret = u->live_name ? open_live_hive(t, u)
				   : open_profile_hive(t, u);
		keep_answer(h, ret);
		if (ret)
			return ret;
	}
	return hand_out(h, root_ret, prefix_ret);
}

static int open_live_name(struct target *t, struct user *u, const char *name)
{
	struct str s = STR_INIT;
	int ret;

	str_add(&s, name);
	str_add(&s, "_Classes");
	ret = s.err ? s.err : t->ops->open_live_user(t, s.buf, &u->classes);
	str_release(&s);
	return ret;
}

const char *classes_place(const struct target *t, size_t index)
{
	static const char *const places[] = {
		"AppData\\Local\\Microsoft\\Windows\\UsrClass.dat",
		"Local Settings\\Application Data\\Microsoft\\Windows\\"
		"UsrClass.dat",
	};

	/* Profiles may lie anywhere; the version knows better. */
	bool is_xp = t->info.major > 0 ? t->info.major < 6 : t->is_xp_layout;

	return places[is_xp ? 1 - index : index];
}

/*
 * Windows loads the one at the place of its layout.  Another beside it could
 * have been laid there to be read in its stead.
 */
static int report_second_classes(struct target *t, struct user *u,
				 const char *first)
{
	char *wpath = wpath_append(u->pub.profile, classes_place(t, 1));
	struct target_path p;
	int ret;

	if (!wpath)
		return err_nomem();
	ret = target_resolve(t, wpath, 0, &p);
	mem_free(wpath);
	if (ret)
		return ret == ERR_NOMEM ? ret : 0;
	/* Through a junction it is the same file. */
	if (strcmp(p.wpath, first) != 0)
		gap_report(t->gaps, GAP_HIVE_UNREADABLE, GAP_MATTERS, p.wpath,
			   0, W_TARGET_SECOND_CLASSES);
	target_path_release(&p);
	return 0;
}

static int open_classes_at(struct target *t, struct user *u, size_t index)
{
	char *wpath = wpath_append(u->pub.profile, classes_place(t, index));
	struct target_path p;
	int ret;

	if (!wpath)
		return err_nomem();
	ret = target_resolve(t, wpath, 0, &p);
	mem_free(wpath);
	if (ret) {
		if (ret != ERR_NOT_FOUND && ret != ERR_NOMEM)
			report_unreadable(t, u->classes.prefix);
		return ret;
	}
	ret = hive_open_file(t, &u->classes, p.wpath);
	/* What was not there at first is not looked for again. */
	if (ret == ERR_NOT_FOUND)
		ret = ERR_CHANGED;
	if (ret != ERR_NOMEM && index == 0 &&
	    report_second_classes(t, u, p.wpath) == ERR_NOMEM)
		t->is_short = true;
	target_path_release(&p);
	return ret;
}

/* No UsrClass.dat is usual (Default, services), so it is no gap. */
static int open_classes_file(struct target *t, struct user *u)
{
	int ret;

	if (!u->pub.profile_host || u->has_no_classes)
		return err_fail(ERR_NOT_FOUND, 0, W_TARGET_NO_CLASSES,
				u->pub.name);
	ret = open_classes_at(t, u, 0);
	return ret == ERR_NOT_FOUND ? open_classes_at(t, u, 1) : ret;
}

/* HKU\.DEFAULT is the hive of S-1-5-18, whose classes would be below that. */
static int open_live_classes(struct target *t, struct user *u)
{
	int ret = open_live_name(t, u, u->live_name);

	if (ret == ERR_NOT_FOUND && *u->pub.sid &&
	    strcmp(u->live_name, u->pub.sid) != 0)
		ret = open_live_name(t, u, u->pub.sid);
	if (ret == ERR_NOT_FOUND)
		return open_classes_file(t, u);
	if (ret && ret != ERR_NOMEM)
		report_unreadable(t, u->classes.prefix);
	return ret;
}

const char *target_user_prefix(const struct target_user *user)
{
	return ((const struct user *)user)->ntuser.prefix;
}

int target_user_classes(struct target *t, const struct target_user *user,
			struct reg_root **root_ret, const char **prefix_ret)
{
	struct user *u = (struct user *)user;
	struct hive *h = &u->classes;
	int ret;

	if (!h->is_tried) {
		ret = u->live_name ? open_live_classes(t, u)
				   : open_classes_file(t, u);
		keep_answer(h, ret);
		if (ret)
			return ret;
	}
	return hand_out(h, root_ret, prefix_ret);
}
