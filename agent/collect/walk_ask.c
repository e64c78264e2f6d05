/*
 * The walk's questions as the system answers them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/walk_ask.h"

#include "host/refusal.h"

static int ask_open(const struct file_place *at, struct host_file **ret)
{
	const unsigned flags =
		HOST_OPEN_NOFOLLOW | HOST_OPEN_SEQ | HOST_OPEN_NOATIME;

	return at->dir ? host_open_at(at->dir, at->name, flags, ret)
		       : host_open(at->host, flags, ret);
}

/* The numbers are Windows'. */
static bool ask_refuses_readers(long os_error)
{
	return host_is_windows() && refusal_is_of_readers((uint32_t)os_error);
}

static int ask_stat(const struct file_place *at, struct host_stat *ret)
{
	return at->dir ? host_stat_at(at->dir, at->name, ret)
		       : host_stat(at->host, false, ret);
}

const struct walk_ask walk_ask_host = {
	.open_folder = host_dir_open,
	.open = ask_open,
	.refuses_readers = ask_refuses_readers,
	.stat = ask_stat,
	.modules = host_modules_read,
};
