/*
 * What a removal left in the private folder when it was cut short.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change.h"
#include "host/fail.h"
#include "words/host.h"

#include <string.h>

int host_leftover(const char *private_dir, uint64_t file_id, char **path_ret)
{
	struct host_dirent entry;
	struct host_dir *d = NULL;
	char prefix[48];
	char *path = NULL;
	int more;
	int err;

	snprintf(prefix, sizeof(prefix), HOST_REMOVING "%016" PRIx64 "-",
		 file_id);
	err = host_dir_open(private_dir, &d);
	if (err != 0)
		return err;
	while ((more = host_dir_next(d, &entry)) > 0)
		if (strncmp(entry.name, prefix, strlen(prefix)) == 0 &&
		    entry.st.type == HOST_FILE)
			break;
	if (more < 0)
		err = -more;
	else if (more == 0)
		err = host_fail(ERR_NOT_FOUND, 0,
				W_HOST_CANNOT_FIND_A_LEFTOVER_IN, private_dir,
				NULL);
	else
		path = host_join(private_dir, entry.name);
	host_dir_close(d);
	if (err != 0)
		return err;
	if (path == NULL)
		return host_fail(ERR_NOMEM, 0, W_HOST_CANNOT_FIND_A_LEFTOVER_IN,
				 private_dir, NULL);
	*path_ret = path;
	return 0;
}
