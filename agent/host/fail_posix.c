/*
 * From errno to our codes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_posix.h"

#include <errno.h>

static const struct {
	int os_error;
	int err;
} codes[] = {
	{ ENOENT, ERR_NOT_FOUND },   { ENOTDIR, ERR_NOT_DIR },
	{ EISDIR, ERR_NOT_DIR },     { EACCES, ERR_DENIED },
	{ EPERM, ERR_DENIED },	     { EBUSY, ERR_LOCKED },
	{ ETXTBSY, ERR_LOCKED },     { EAGAIN, ERR_LOCKED },
	{ ELOOP, ERR_UNSUPPORTED },  { ENXIO, ERR_UNSUPPORTED },
	{ ENODEV, ERR_UNSUPPORTED }, { EOPNOTSUPP, ERR_UNSUPPORTED },
	{ ENOSYS, ERR_UNSUPPORTED }, { ENOSPC, ERR_NO_SPACE },
	{ EDQUOT, ERR_NO_SPACE },    { EFBIG, ERR_NO_SPACE },
	{ EROFS, ERR_READ_ONLY },    { EEXIST, ERR_EXISTS },
	{ ENOTEMPTY, ERR_EXISTS },   { ENAMETOOLONG, ERR_NAME },
	{ EILSEQ, ERR_NAME },	     { ENOMEM, ERR_NOMEM },
	{ ESTALE, ERR_CHANGED },     { EOVERFLOW, ERR_TOO_LARGE },
	{ EUCLEAN, ERR_CORRUPT },    { EBADMSG, ERR_CORRUPT },
	{ EINVAL, ERR_INVALID },
};

int host_errno_to_err(int os_error)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].os_error == os_error)
			return codes[i].err;
	return ERR_IO;
}

int host_fail_errno(const char *cannot, const char *dir, const char *name)
{
	const int os_error = errno;

	return host_fail(host_errno_to_err(os_error), os_error, cannot, dir,
			 name);
}
