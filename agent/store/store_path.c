/*
 * Where the store lies when --db is not given (design.md section 5).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Beside the program, if that is a local or removable place that can be
 * written; never on a network path.  As SYSTEM, from a network path, or
 * where the program's folder is read-only (CD, Program Files):
 * %ProgramData%\mstmpsweep, on Windows XP
 * "%ALLUSERSPROFILE%\Application Data\mstmpsweep".  Without such a folder
 * (Linux) the current folder, if it can be written and is local.
 */
#include "store/store.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

#define STORE_FILE_NAME "mstmpsweep.db"
#define STORE_DIR_NAME	"mstmpsweep"

/* The store in this folder, NULL if it cannot be there. */
static char *store_in(const char *dir)
{
	if (dir == NULL || host_is_remote_path(dir) || !host_can_write_dir(dir))
		return NULL;
	return host_join(dir, STORE_FILE_NAME);
}

static char *beside_program(void)
{
	char *exe = host_exe_path();
	char *dir = exe != NULL ? host_dirname(exe) : NULL;
	char *path = store_in(dir);

	mem_free(dir);
	mem_free(exe);
	return path;
}

static char *all_users_data(void)
{
	char *data = host_getenv("ProgramData");
	char *all, *joined;

	if (strncmp(host_kind(), "win", 3) != 0) {
		mem_free(data);
		return NULL;
	}
	if (data != NULL && data[0] != '\0')
		return data;
	mem_free(data);
	all = host_getenv("ALLUSERSPROFILE");
	if (all == NULL || all[0] == '\0') {
		mem_free(all);
		return NULL;
	}
	joined = host_join(all, "Application Data");
	mem_free(all);
	return joined;
}

static char *in_all_users_data(void)
{
	char *data = all_users_data();
	char *dir = NULL;
	char *path = NULL;
	int err;

	if (data == NULL)
		return NULL;
	dir = host_join(data, STORE_DIR_NAME);
	mem_free(data);
	if (dir == NULL)
		return NULL;
	err = host_mkdir(dir);
	if (err == 0 || err == ERR_EXISTS)
		path = store_in(dir);
	mem_free(dir);
	return path;
}

static char *in_current_folder(void)
{
	char *dir = host_absolute_path(".");
	char *path = store_in(dir);

	mem_free(dir);
	return path;
}

char *store_default_path(void)
{
	/* The current folder of a startup script is System32: not there. */
	bool is_system = host_is_system_account();
	char *path = is_system ? NULL : beside_program();

	if (path == NULL)
		path = in_all_users_data();
	if (path == NULL && !is_system)
		path = in_current_folder();
	if (path == NULL)
		err_fail(ERR_READ_ONLY, 0,
			 "no writable local folder was found for the store; "
			 "give a file with --db");
	return path;
}
