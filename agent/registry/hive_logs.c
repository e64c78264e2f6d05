/*
 * Finds the transaction logs beside a hive, in any case of their names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>

static const char *const suffixes[3] = { ".LOG", ".LOG1", ".LOG2" };

/* Length of the folder part of a host path, its separator included. */
static size_t folder_nbytes(const char *path)
{
	size_t n = strlen(path);

	while (n && path[n - 1] != '/' && path[n - 1] != host_separator())
		n--;
	return n;
}

/* Which log the name is, -1: none. */
static int log_index(const char *name, const char *hive)
{
	size_t n = strlen(hive);

	if (strlen(name) <= n || utf_ncasecmp(name, n, hive, n))
		return -1;
	for (int i = 0; i < 3; i++)
		if (!ascii_casecmp(name + n, suffixes[i]))
			return i;
	return -1;
}

int hive_logs_beside(const char *hive, char *logs_ret[3])
{
	char *found[3] = { NULL, NULL, NULL }, *folder;
	size_t n = folder_nbytes(hive);
	struct host_dirent entry;
	struct host_dir *dir = NULL;
	int err, i;

	folder = n ? mem_strndup(hive, n) : mem_strdup(".");
	if (!folder)
		return err_nomem();
	err = host_dir_open(folder, &dir);
	/* A folder that may not be listed has no logs we could read. */
	if (err) {
		mem_free(folder);
		return err == ERR_NOMEM ? err : 0;
	}
	while (!err && host_dir_next(dir, &entry) == 1) {
		i = log_index(entry.name, hive + n);
		if (i < 0 || found[i] || entry.st.type != HOST_FILE)
			continue;
		found[i] = host_join(folder, entry.name);
		if (!found[i])
			err = err_nomem();
	}
	host_dir_close(dir);
	mem_free(folder);
	for (i = 0; i < 3; i++) {
		if (err)
			mem_free(found[i]);
		else
			logs_ret[i] = found[i];
	}
	return err;
}
