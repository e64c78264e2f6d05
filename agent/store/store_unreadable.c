/*
 * Why a store that is there cannot be read, in words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/str.h"
#include "host/host.h"
#include "words/store.h"

/* Byte 18 of SQLite's header: 2 is write-ahead logging, which we never set. */
static bool is_in_wal_mode(struct host_file *file)
{
	uint8_t mode = 0;
	size_t got = 0;

	return host_pread(file, 18, &mode, 1, &got) == 0 && mode == 2;
}

int store_tell_unreadable(const char *host_path, const struct err_info *first)
{
	static const char *const suffixes[] = { "-journal", "-wal" };
	struct host_file *file = NULL;
	bool is_wal;

	if (host_open(host_path, HOST_OPEN_NOATIME, &file) != 0)
		return err_fail(first->err, first->os_error, "%s", first->text);
	is_wal = is_in_wal_mode(file);
	host_close(file);
	for (int i = 0; i < 2; i++) {
		struct str beside = STR_INIT;
		struct host_stat st;
		int err;

		str_addf(&beside, "%s%s", host_path, suffixes[i]);
		err = beside.err ? beside.err
				 : host_stat(str_text(&beside), true, &st);
		str_release(&beside);
		if (err == 0)
			return err_fail(first->err, first->os_error,
					W_STORE_HOT_JOURNAL, host_path,
					host_path, suffixes[i]);
	}
	if (is_wal)
		return err_fail(first->err, first->os_error, W_STORE_WAL,
				host_path);
	return err_fail(first->err, first->os_error, "%s", first->text);
}
