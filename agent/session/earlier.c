/*
 * Looking again at what earlier scans found.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/earlier.h"
#include "base/err.h"
#include "base/mem.h"
#include <string.h>

/* A '!' may stand in names: so many ends of an archive's path are tried. */
#define MAX_CUTS 16

struct again {
	struct target *target;
	struct file_walk *walk;
	struct namemap *important;
};

/* "C:\x": no share, no device, nothing relative. */
static bool is_on_drive(const char *wpath)
{
	const char drive = wpath[0];

	return ((drive >= 'A' && drive <= 'Z') ||
		(drive >= 'a' && drive <= 'z')) &&
	       wpath[1] == ':' && wpath[2] == '\\' && wpath[3] != '\\';
}

/*
 * *found_ret: a file has that name, or there may be one.  Of a folder only
 * its streams count.
 */
static int look_at(const struct again *a, const char *wpath, bool of_stream,
		   bool is_gone, bool *found_ret)
{
	struct target_path p = { 0 };
	int err = target_resolve(a->target, wpath, 0, &p);

	*found_ret = err ? err != ERR_NOT_FOUND : p.st.type == HOST_FILE;
	/* Why it cannot be seen is told, unless it is known to be gone. */
	if (err == ERR_NOT_FOUND || (err && is_gone))
		return 0;
	if (!err && p.st.type == HOST_FILE)
		err = namemap_put(a->important, p.wpath, a->walk);
	else if (!err && !(of_stream && p.st.type == HOST_DIR))
		wpath = NULL;
	else
		err = 0;
	if (!err && wpath)
		err = file_walk_path(a->walk, wpath, 0);
	target_path_release(&p);
	return err;
}

/* A member of an archive ("C:\a.zip!b") is in one of these files. */
static int look_at_archives(const struct again *a, char *path, bool is_gone)
{
	char *cut = strchr(path, '!');
	bool found = false;
	int err = 0;

	for (int i = 0; cut && !err && !found && i < MAX_CUTS; i++) {
		*cut = '\0';
		err = look_at(a, path, false, is_gone, &found);
		*cut = '!';
		cut = strchr(cut + 1, '!');
	}
	return err;
}

static int on_path(void *arg, const char *wpath, bool is_gone)
{
	const struct again *a = arg;
	char *path = is_on_drive(wpath) ? mem_strdup(wpath) : NULL;
	char *stream;
	bool found = false;
	int err;

	if (!path)
		return is_on_drive(wpath) ? err_nomem() : 0;
	stream = strchr(strrchr(path, '\\'), ':');
	if (stream)
		*stream = '\0';
	err = look_at(a, path, stream != NULL, is_gone, &found);
	if (!err && !found)
		err = look_at_archives(a, path, is_gone);
	mem_free(path);
	return err;
}

int earlier_walk(struct store *s, int64_t scan_id, struct target *t,
		 struct file_walk *w, struct namemap *important)
{
	struct again a = { t, w, important };

	return store_each_earlier(s, target_info(t)->target_id, scan_id,
				  on_path, &a);
}
