/*
 * Which stores are taken for what: who else could have written them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_place.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/change.h"
#include "host/writers.h"
#include "words/store.h"

#include <string.h>

static bool is_memory(const char *path)
{
	return strcmp(path, ":memory:") == 0;
}

/* ---- whose it is -------------------------------------------------------- */

/* The clause of a failure as the sentence about this store. */
static int fail_for(const char *path, enum store_use use)
{
	struct err_info why = *err_last();

	return err_fail(why.err, why.os_error,
			use == STORE_ACT ? W_STORE_NOT_ACTED_ON
					 : W_STORE_NOT_WRITTEN,
			path, why.text);
}

/* What SQLite would play into the store, or read beside it. */
static int check_companions(const char *path)
{
	static const char *const endings[] = { "-journal", "-wal", "-shm" };
	int err = 0;

	for (size_t i = 0; err == 0 && i < 3; i++) {
		struct str name = STR_INIT;

		str_addf(&name, "%s%s", path, endings[i]);
		err = name.err != 0 ? err_nomem()
				    : host_check_file_writers(str_text(&name));
		if (err == ERR_NOT_FOUND)
			err = 0;
		str_release(&name);
	}
	return err;
}

static int check_writers(const char *path, enum store_use use)
{
	char *absolute = host_absolute_path(path);
	char *dir = absolute != NULL ? host_dirname(absolute) : NULL;
	int err;

	if (dir == NULL)
		err = err_nomem();
	else if (host_is_remote_path(dir))
		err = err_fail(ERR_DENIED, 0, W_STORE_ON_NETWORK, dir);
	else
		err = host_check_folder_writers(dir);
	if (err == 0)
		err = host_check_file_writers(path);
	if (err == 0)
		err = check_companions(path);
	mem_free(dir);
	mem_free(absolute);
	return err == 0 || err == ERR_NOMEM ? err : fail_for(path, use);
}

int store_check_place(const char *host_path, enum store_use use)
{
	struct host_stat st;

	if (is_memory(host_path) || host_stat(host_path, false, &st) != 0)
		return 0; /* what cannot be looked at cannot be opened */
	if (st.type == HOST_LINK)
		return err_fail(ERR_UNSUPPORTED, 0, W_STORE_LINK, host_path);
	if (use == STORE_REPORT || st.type != HOST_FILE || !host_has_rights())
		return 0;
	return check_writers(host_path, use);
}

/* ---- making it ---------------------------------------------------------- */

static bool is_our_folder(const char *dir)
{
	const size_t n = strlen(dir), k = strlen(STORE_DIR_NAME);

	return n > k &&
	       (dir[n - k - 1] == host_separator() || dir[n - k - 1] == '/') &&
	       ascii_casecmp(dir + n - k, STORE_DIR_NAME) == 0;
}

/*
 * The vault asks for a folder that nobody else can even enter: so it is made,
 * by whichever comes first, and one that is otherwise is not used.
 */
static int make_folder(const char *dir, const char *path)
{
	char *base = host_dirname(dir);
	struct host_stat st;
	int err = 0;

	if (base == NULL)
		return err_nomem();
	if (host_stat(base, true, &st) == 0 && st.type == HOST_DIR &&
	    host_private_dir(base, dir, false) != 0) {
		struct err_info why = *err_last();

		/* Where nothing can be kept private nobody is deceived. */
		if (why.err == ERR_DENIED || (why.err == ERR_UNSUPPORTED &&
					      host_stat(dir, false, &st) == 0))
			err = err_fail(why.err, why.os_error, W_STORE_BAD_PLACE,
				       path, why.text);
	}
	mem_free(base);
	return err;
}

static int make_file(const char *dir, const char *path)
{
	struct host_place *place = NULL;
	struct host_new *n = NULL;
	int err;

	/* Who is no administrator must not make a file that is theirs. */
	if (host_is_windows() && !host_has_rights())
		return host_write_private(path, "", 0);
	err = host_place_open(dir, path, &place);
	if (err == 0)
		err = host_new_begin(place, &n);
	if (err == 0)
		err = host_new_finish(n, NULL);
	host_place_close(place);
	return err;
}

/*
 * Without rights, on a copy of a disk, fix makes the same for its vault.  On
 * Windows it would be the user's, who has no say in what lies there.
 */
static bool may_be_users_own(const char *dir)
{
	struct host_stat st;

	return !host_is_windows() &&
	       host_stat(dir, false, &st) == ERR_NOT_FOUND;
}

int store_make_private(const char *host_path, bool *made_ret)
{
	struct host_stat st;
	char *path, *dir;
	int err = 0;

	*made_ret = false;
	if (is_memory(host_path) || host_stat(host_path, false, &st) == 0)
		return 0;
	path = host_absolute_path(host_path);
	dir = path != NULL ? host_dirname(path) : NULL;
	if (dir == NULL) {
		mem_free(path);
		return err_nomem();
	}
	if (is_our_folder(dir) && (host_has_rights() || may_be_users_own(dir)))
		err = make_folder(dir, host_path);
	/* What does not work so is SQLite's to say. */
	if (err == 0)
		*made_ret = make_file(dir, path) == 0;
	mem_free(dir);
	mem_free(path);
	return err;
}
