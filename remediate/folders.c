/*
 * The folders above a file, recorded and made again.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/folders.h"

#include "base/err.h"
#include "base/mem.h"
#include "words/fix.h"

#include <string.h>

/* Where the name of the next folder ends, NULL: only the file's is left. */
static const char *folder_end(const char *at)
{
	return strchr(at, '\\');
}

/* What follows the drive, "C:\\" or "\\". */
static const char *first_name(const char *wpath)
{
	const char *cut = folder_end(wpath);

	return cut ? cut + 1 : wpath;
}

static int place_of(struct target *t, const char *host, struct host_place **ret)
{
	return host_place_open(target_base(t, host), host, ret);
}

/* ---- recording --------------------------------------------------- */

static int record_one(struct target *t, const char *wpath,
		      struct vault_info *info)
{
	struct host_place *place = NULL;
	struct host_meta meta = { 0 };
	char *host = NULL;
	int err = target_host_path(t, wpath, &host);

	if (!err)
		err = place_of(t, host, &place);
	if (!err)
		err = host_folder_meta(place, &meta);
	if (!err)
		err = vault_folder_add(info, &meta);
	host_meta_release(&meta);
	host_place_close(place);
	mem_free(host);
	return err;
}

int folders_record(struct target *t, const char *wpath, struct vault_info *info)
{
	const char *end = folder_end(first_name(wpath));
	int err = 0;

	for (; end && !err; end = folder_end(end + 1)) {
		char *folder = mem_strndup(wpath, (size_t)(end - wpath));

		err = folder ? record_one(t, folder, info) : err_nomem();
		mem_free(folder);
	}
	if (err && err != ERR_NOMEM) {
		mem_free(info->folders);
		info->folders = NULL;
		info->folders_nbytes = 0;
		err = 0;
	}
	return err;
}

/* ---- making ------------------------------------------------------ */

int folders_find(struct target *t, const char *wpath, char **host_ret)
{
	char *part = mem_strdup(wpath);
	const char *first;
	char *cut;
	int err;

	if (!part)
		return err_nomem();
	first = first_name(part);
	err = target_host_path(t, part, host_ret);
	while (err == ERR_NOT_FOUND) {
		cut = strrchr(part, '\\');
		if (!cut || cut < first)
			break;
		*cut = '\0';
		err = target_host_path(t, part, host_ret);
	}
	mem_free(part);
	return err;
}

/*
 * `host` is the folder of that name: what it is called below the one that was
 * there or was made just now; names of those that are gone are as recorded.
 */
static int below(struct target *t, const char *wpath, const char *end,
		 bool made, char **host)
{
	const char *name = end;
	char *part, *joined;
	int err;

	if (!made) {
		part = mem_strndup(wpath, (size_t)(end - wpath));
		mem_free(*host);
		*host = NULL;
		err = part ? target_host_path(t, part, host) : err_nomem();
		mem_free(part);
		return err;
	}
	while (name > wpath && name[-1] != '\\')
		name--;
	part = mem_strndup(name, (size_t)(end - name));
	joined = part ? host_join(*host, part) : NULL;
	mem_free(part);
	mem_free(*host);
	*host = joined;
	return joined ? 0 : err_nomem();
}

static int make_one(struct target *t, const char *host, size_t index,
		    const struct vault_info *info, bool *made)
{
	struct host_place *place = NULL;
	struct host_meta meta;
	int err = place_of(t, host, &place);
	int there = err ? -err : host_place_exists(place);

	if (there < 0)
		err = -there;
	else if (there == 0 && !vault_folder_at(info, index, &meta))
		err = err_fail(ERR_NOT_FOUND, 0, W_FIX_FOLDER_GONE_UNKNOWN,
			       host);
	else if (there == 0)
		err = host_folder_new(place, &meta);
	*made |= !err && there == 0;
	host_place_close(place);
	return err;
}

int folders_open(struct target *t, const char *wpath,
		 const struct vault_info *info, struct host_place **ret)
{
	const char *end = folder_end(first_name(wpath));
	bool made = false;
	char *host = NULL;
	int err = target_host_path(t, wpath, &host);

	if (!err)
		err = place_of(t, host, ret);
	if (err != ERR_NOT_FOUND)
		goto out;
	err = 0;
	for (size_t i = 0; end && !err; i++) {
		err = below(t, wpath, end, made, &host);
		if (!err)
			err = make_one(t, host, i, info, &made);
		end = folder_end(end + 1);
	}
	if (!err)
		err = below(t, wpath, wpath + strlen(wpath), made, &host);
	if (!err)
		err = place_of(t, host, ret);
out:
	mem_free(host);
	return err;
}
