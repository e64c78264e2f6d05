/*
 * Making a folder, on the system that builds the stand-ins.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "body.h"

#include <errno.h>
#include <sys/stat.h>

bool folder_make(const char *path)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST;
}
