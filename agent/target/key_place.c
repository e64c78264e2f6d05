/*
 * From the physical path of a key back to the hive that holds it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <string.h>

/* What follows the prefix, NULL unless `physical` lies below it. */
static const char *below(const char *physical, const char *prefix)
{
	size_t n = prefix ? strlen(prefix) : 0;

	if (!n || strlen(physical) < n ||
	    utf_ncasecmp(physical, n, prefix, n) != 0)
		return NULL;
	if (physical[n] == '\\')
		return physical + n + 1;
	return physical[n] ? NULL : physical + n;
}

static void fill(struct target_key *key, const struct hive *h,
		 const char *physical, const char *path)
{
	const char *tail = strchr(physical, '\\');

	key->path = path;
	key->is_live = h->host == NULL;
	key->live_root = ascii_ncasecmp(physical, "HKLM", 4) == 0
				 ? REG_LIVE_MACHINE
				 : REG_LIVE_USERS;
	key->live_path = tail ? tail + 1 : "";
	key->hive_wpath = h->wpath;
	key->files.hive = h->host;
	for (size_t i = 0; i < 3; i++)
		key->files.logs[i] = h->logs[i];
}

static int find_machine(struct target *t, const char *physical,
			struct target_key *key)
{
	static const char *const prefixes[] = { "HKLM\\SOFTWARE",
						"HKLM\\SYSTEM" };

	for (int i = 0; i < 2; i++) {
		const char *path = below(physical, prefixes[i]);
		int err;

		if (!path)
			continue;
		err = target_machine_hive(t, (enum target_hive)i, &key->root,
					  &key->prefix);
		if (!err)
			fill(key, &t->machine[i], physical, path);
		return err;
	}
	return ERR_NOT_FOUND;
}

static int find_user(struct target *t, const char *physical,
		     struct target_key *key)
{
	for (size_t i = 0; i < t->users.count; i++) {
		struct user *u = *(struct user **)vec_at(&t->users, i);
		const char *path = below(physical, u->ntuser.prefix);
		int err;

		if (path) {
			err = target_user_hive(t, &u->pub, &key->root,
					       &key->prefix);
			if (!err)
				fill(key, &u->ntuser, physical, path);
		} else {
			path = below(physical, u->classes.prefix);
			if (!path)
				continue;
			err = target_user_classes(t, &u->pub, &key->root,
						  &key->prefix);
			if (!err)
				fill(key, &u->classes, physical, path);
		}
		key->user = &u->pub;
		return err;
	}
	return ERR_NOT_FOUND;
}

int target_find_key(struct target *t, const char *physical,
		    struct target_key *ret)
{
	struct target_key key;
	int err;

	memset(&key, 0, sizeof(key));
	err = find_machine(t, physical, &key);
	if (err == ERR_NOT_FOUND && !below(physical, "HKLM"))
		err = find_user(t, physical, &key);
	if (err == ERR_NOT_FOUND)
		return err_fail(ERR_NOT_FOUND, 0, W_TARGET_NO_SUCH_HIVE,
				physical);
	if (!err)
		*ret = key;
	return err;
}

static void close_if(struct hive *h, const char *wpath)
{
	char *prefix = h->prefix;
	struct target *t = h->target;

	if (!h->wpath || utf_casecmp(h->wpath, wpath) != 0)
		return;
	h->prefix = NULL;
	hive_close(h);
	h->prefix = prefix;
	h->target = t;
}

void target_close_hive(struct target *t, const char *hive_wpath)
{
	/* The caller's text may be the hive's own, which is about to go. */
	char *wpath = mem_strdup(hive_wpath);

	if (!wpath)
		return;
	for (size_t i = 0; i < 2; i++)
		close_if(&t->machine[i], wpath);
	for (size_t i = 0; i < t->users.count; i++) {
		struct user *u = *(struct user **)vec_at(&t->users, i);

		close_if(&u->ntuser, wpath);
		close_if(&u->classes, wpath);
	}
	mem_free(wpath);
}

int target_host_path(struct target *t, const char *wpath, char **ret)
{
	const char *name = strrchr(wpath, '\\');
	struct target_path path;
	char *folder, *host;
	int err;

	if (!name || !name[1])
		return err_fail(ERR_INVALID, 0, W_TARGET_NO_FILE_PATH, wpath);
	folder = mem_strndup(wpath, (size_t)(name - wpath));
	if (!folder)
		return err_nomem();
	/* "C:" alone is the root of the drive. */
	if (folder[0] && folder[1] == ':' && !folder[2]) {
		mem_free(folder);
		folder = mem_strndup(wpath, 3);
		if (!folder)
			return err_nomem();
	}
	err = target_resolve(t, folder, 0, &path);
	mem_free(folder);
	if (err)
		return err;
	host = host_join(path.host, name + 1);
	target_path_release(&path);
	if (!host)
		return err_nomem();
	*ret = host;
	return 0;
}

bool target_is_below(const char *wpath, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	return n && strlen(wpath) > n && wpath[n] == '\\' &&
	       !utf_ncasecmp(wpath, n, folder, n);
}

bool target_is_at_or_below(const char *wpath, const char *folder)
{
	return target_is_below(wpath, folder) ||
	       (folder && *folder && !utf_casecmp(wpath, folder));
}

const char *target_base(const struct target *t, const char *host)
{
	const char *best = NULL;
	size_t best_nbytes = 0;

	for (size_t i = 0; i < t->volumes.count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);
		size_t n = strlen(v->pub.host);

		if (n <= best_nbytes || strncmp(host, v->pub.host, n) != 0)
			continue;
		if (host[n] != '\0' && host[n] != host_separator() &&
		    v->pub.host[n - 1] != host_separator())
			continue;
		best = v->pub.host;
		best_nbytes = n;
	}
	return best;
}
