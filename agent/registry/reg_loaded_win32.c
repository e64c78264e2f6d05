/*
 * Which hive files are loaded under names of ours, and by whom.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A run that loads one holds a kernel object of the same name.  It goes with
 * the process, so a hive without one was left by a run that was cut off.
 * Anybody could make such an object once he has seen the name: then that hive
 * only stays loaded until Windows restarts, as it does without this program.
 */
#include "registry/control_set.h"
#include "registry/reg_load_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host_win32.h"
#include "host/wide_win32.h"
#include "words/host.h"

#define HIVELIST     "Control\\hivelist"
#define USERS_PREFIX "\\REGISTRY\\USER\\"
#define EVERYWHERE   "Global\\" /* for all sessions of this Windows */

/* ---- who is at work ------------------------------------------------------ */

static wchar_t *mark_name(const char *name)
{
	struct str text = STR_INIT;
	wchar_t *wide = NULL;

	str_add(&text, EVERYWHERE);
	str_add(&text, name);
	if (!text.err)
		wide = wide_from_utf8(str_text(&text));
	str_release(&text);
	return wide;
}

/* No handle is ever closed: the end of the process is the end of them. */
int reg_load_mark(const char *name)
{
	wchar_t *wide = mark_name(name);
	HANDLE h = wide ? CreateMutexW(NULL, FALSE, wide) : NULL;
	int err = 0;

	if (!wide)
		err = err_nomem();
	else if (!h)
		err = host_fail_win(W_HOST_CANNOT_MARK_AS_BEING_WORKED_ON,
				    "HKEY_USERS", name);
	mem_free(wide);
	return err;
}

/* What cannot be asked counts as somebody's. */
static bool is_marked(const char *name)
{
	wchar_t *wide = mark_name(name);
	HANDLE h = wide ? OpenMutexW(SYNCHRONIZE, FALSE, wide) : NULL;
	const DWORD code = GetLastError();

	if (h)
		CloseHandle(h);
	if (!wide)
		return true;
	mem_free(wide);
	return h || code != ERROR_FILE_NOT_FOUND;
}

/* ---- what is loaded ------------------------------------------------------ */

static int take_name(void *arg, const char *name)
{
	struct vec *list = arg;
	struct reg_loaded *l;

	if (!reg_load_is_ours(name) || list->count >= list->max)
		return 0;
	l = vec_push(list);
	if (!l)
		return err_last()->err;
	l->name = mem_strdup(name);
	l->is_at_work = is_marked(name);
	return l->name ? 0 : err_nomem();
}

/* Windows lists what is loaded from where. */
static int take_file(void *arg, const struct reg_value *v)
{
	const size_t n = sizeof(USERS_PREFIX) - 1;
	struct vec *list = arg;

	if (!ascii_istarts_with(v->name, USERS_PREFIX))
		return 0;
	for (size_t i = 0; i < list->count; i++) {
		struct reg_loaded *l = vec_at(list, i);

		if (!l->file && utf_casecmp(l->name, v->name + n) == 0)
			l->file = reg_value_text(v, NULL);
	}
	return 0;
}

static int each(enum reg_live_root which, struct vec *list)
{
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	char *path = NULL;
	int err = reg_open_live(which, REG_VIEW_64, NULL, NULL, &root);

	if (err)
		return err;
	if (which == REG_LIVE_MACHINE)
		err = reg_control_path(root, HIVELIST, &path);
	if (!err)
		err = reg_open_key(root, path ? path : "", &key);
	if (!err && which == REG_LIVE_USERS)
		err = reg_each_subkey(key, take_name, list);
	else if (!err)
		err = reg_each_value(key, take_file, list);
	reg_close_key(key);
	mem_free(path);
	reg_close(root);
	return err;
}

int reg_loaded_list(struct vec *ret)
{
	int err = each(REG_LIVE_USERS, ret);

	/* Without the files it is told by the name alone. */
	if (!err && ret->count && each(REG_LIVE_MACHINE, ret) == ERR_NOMEM)
		err = ERR_NOMEM;
	return err;
}
