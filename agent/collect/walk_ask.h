/*
 * What the walk asks the system about a file that it may not be able to open:
 * a table, so that tests can put other answers there.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_WALK_ASK_H
#define COLLECT_WALK_ASK_H

#include "collect/files_internal.h"
#include "host/modules.h"

struct walk_ask {
	int (*open_folder)(const char *host, struct host_dir **ret);
	int (*open)(const struct file_place *at, struct host_file **ret);
	/* That an opening failed so: somebody shares the file with no reader.
	 */
	bool (*refuses_readers)(long os_error);
	/* Which file it is, without opening it for reading. */
	int (*stat)(const struct file_place *at, struct host_stat *ret);
	/* The files that running programs have loaded. */
	int (*modules)(struct host_modules *m);
};

/* As the system answers. */
extern const struct walk_ask walk_ask_host;

#endif
