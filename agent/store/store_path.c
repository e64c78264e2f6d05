/*
 * Where the store lies when --db is not given (CONTRACT.md section 5).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Beside the program, if that is a local or removable place that can be
 * written, and with the rights of an administrator only where nobody else may
 * write; never on a network path.  Else, and for SYSTEM, the private place:
 * %ProgramData%\mstmpsweep, on Windows XP "%ALLUSERSPROFILE%\Application
 * Data\mstmpsweep", on Linux /var/lib/mstmpsweep.  It is the vault's, too, so
 * whoever comes first makes it as the vault wants it; one that somebody else
 * has laid there is moved away.  Without rights the data folder of the user
 * (Windows), or the current folder.
 */
#include "store/store_place.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/change.h"
#include "host/writers.h"
#include "words/store.h"

#include <string.h>

#define STORE_FILE_NAME "mstmpsweep.db"

/* ---- places that are used as they are ----------------------------------- */

/* The store in this folder, NULL if it cannot be there. */
static char *store_in(const char *dir)
{
	if (dir == NULL || host_is_remote_path(dir) || !host_can_write_dir(dir))
		return NULL;
	if (host_has_rights() && host_check_folder_writers(dir) != 0)
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

static char *in_current_folder(void)
{
	char *dir = host_absolute_path(".");
	char *path = store_in(dir);

	mem_free(dir);
	return path;
}

static char *variable(const char *name)
{
	char *value = host_getenv(name);

	if (value != NULL && value[0] != '\0')
		return value;
	mem_free(value);
	return NULL;
}

/* Of a user without rights, whose programs may write there anyway. */
static char *in_own_data(void)
{
	char *data = host_is_windows() ? variable("LOCALAPPDATA") : NULL;
	char *dir, *path = NULL;
	int err;

	if (data == NULL && host_is_windows())
		data = variable("APPDATA");
	dir = data != NULL ? host_join(data, STORE_DIR_NAME) : NULL;
	mem_free(data);
	if (dir == NULL)
		return NULL;
	err = host_mkdir(dir);
	if (err == 0 || err == ERR_EXISTS)
		path = store_in(dir);
	mem_free(dir);
	return path;
}

/* ---- the private place -------------------------------------------------- */

static char *data_of_all(void)
{
	char *all, *joined;

	if (!host_is_windows())
		return mem_strdup("/var/lib");
	joined = variable("ProgramData");
	if (joined != NULL)
		return joined;
	all = variable("ALLUSERSPROFILE");
	joined = all != NULL ? host_join(all, "Application Data") : NULL;
	mem_free(all);
	return joined;
}

/* What is there is not ours: it gets another name, and is told. */
static int move_aside(const char *dir, struct str *note)
{
	struct err_info why = *err_last();
	struct str away = STR_INIT;
	uint64_t number = 0;
	int err = host_random(&number, sizeof(number));

	if (err == 0)
		err = str_addf(&away, "%s.not-ours-%08x", dir,
			       (unsigned)(number & 0xffffffffu));
	if (err == 0)
		err = host_rename_folder(dir, str_text(&away));
	if (err == 0 && note != NULL)
		str_addf(note,
			 "somebody else has made the folder \"%s\" (%s); it is "
			 "now \"%s\", and a new one was made",
			 dir, why.text, str_text(&away));
	str_release(&away);
	return err;
}

/* 0: `dir` is there and private, or as private as can be (told). */
static int make_private(const char *base, const char *dir, struct str *note)
{
	struct host_stat st;
	int err = host_private_dir(base, dir, false);

	if (err == 0)
		return 0;
	if (host_stat(dir, false, &st) == 0 &&
	    (err == ERR_DENIED || st.type != HOST_DIR)) {
		err = move_aside(dir, note);
		if (err == 0)
			err = host_private_dir(base, dir, false);
	}
	if (err == ERR_UNSUPPORTED) {
		err = host_private_dir(base, dir, true);
		if (err == 0 && note != NULL)
			str_addf(
				note,
				"%sthe folder \"%s\" lies on a file system "
				"that keeps neither owners nor rights: anybody "
				"can read and change what is in it",
				note->len > 0 ? "; " : "", dir);
	}
	return err;
}

char *store_private_path(const char *base, struct str *note)
{
	char *dir = host_join(base, STORE_DIR_NAME);
	char *path = NULL;

	if (dir != NULL && make_private(base, dir, note) == 0)
		path = host_join(dir, STORE_FILE_NAME);
	mem_free(dir);
	return path;
}

static char *in_private_place(struct str *note)
{
	char *base = data_of_all();
	char *path = base != NULL ? store_private_path(base, note) : NULL;

	mem_free(base);
	return path;
}

char *store_default_path(struct str *note)
{
	/* The current folder of a startup script is System32: not there. */
	bool is_system = host_is_system_account();
	char *path = is_system ? NULL : beside_program();

	if (path == NULL)
		path = host_has_rights() ? in_private_place(note)
					 : in_own_data();
	if (path == NULL && !is_system)
		path = in_current_folder();
	if (path == NULL)
		err_fail(ERR_READ_ONLY, 0, W_STORE_NO_FOLDER);
	return path;
}
