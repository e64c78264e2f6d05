/*
 * config.h for hivex on every host: the few macros its sources ask for, and
 * its file calls turned over to hivex_shim.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The least that does it, without a patch: the system headers come first, so
 * their declarations are not touched, then function-like macros replace the
 * calls. HAVE_MMAP is defined because the mmap branch of hivex_open() is the
 * one that does not copy; <sys/mman.h>, <iconv.h> and <pthread.h> are found
 * here, beside this file, before the system's.
 */
#ifndef DEPS_HIVEX_CONFIG_H
#define DEPS_HIVEX_CONFIG_H

#define PACKAGE		"hivex"
#define PACKAGE_NAME	"hivex"
#define PACKAGE_VERSION "1.3.24"
#define PACKAGE_STRING	"hivex 1.3.24"

#define ICONV_CONST
#define HAVE_MMAP 1

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include "hivex_shim.h"

/* hivex sets errno to it; msvcrt's errno.h of Windows XP has no such code */
#ifndef ENOTSUP
#define ENOTSUP EINVAL
#endif
#ifndef O_NOCTTY
#define O_NOCTTY 0
#endif

/* The descriptor is ours: close-on-exec means nothing to it. */
#undef O_CLOEXEC
#undef FD_CLOEXEC

static inline int hivex_shim_fstat(int fd, struct stat *st)
{
	int64_t size = hivex_shim_size(fd);

	if (size < 0)
		return -1;
	memset(st, 0, sizeof(*st));
	st->st_size = size;
	if (st->st_size != size) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* Only hivex_commit() and opening for writing would; neither is used. */
static inline int hivex_shim_no_copying(void)
{
	errno = ENOTSUP;
	return -1;
}

#undef open
#undef close
#undef read
#undef write
#undef fstat
#undef realloc
#undef free
#define open(path, flags, ...)                                                 \
	((flags) & (O_WRONLY | O_RDWR) ? hivex_shim_no_copying()               \
				       : hivex_shim_open(path))
#define close(fd)	  hivex_shim_close(fd)
#define read(fd, buf, n)  ((void)(buf), hivex_shim_no_copying())
#define write(fd, buf, n) ((void)(buf), hivex_shim_no_copying())
#define fstat(fd, st)	  hivex_shim_fstat((fd), (st))
#define realloc(p, n)	  hivex_shim_realloc((p), (n))
#define free(p)		  hivex_shim_free(p)

#endif
