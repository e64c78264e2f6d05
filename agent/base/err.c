/*
 * Error words and the last failure of each thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include <errno.h>
#include <stdarg.h>

/*
 * gcc's emulated TLS is not needed: mingw's __thread for win32 thread model
 * uses it transparently, and one block of a kilobyte per thread is cheap.
 */
static __thread struct err_info last;

static const struct {
	const char *name;
	const char *words;
} table[ERR_COUNT] = {
	[ERR_OK] = { "ok", "no error" },
	[ERR_NOMEM] = { "no_memory", "memory is short" },
	[ERR_NOT_FOUND] = { "not_found", "it is not there" },
	[ERR_DENIED] = { "denied", "access was denied" },
	[ERR_LOCKED] = { "locked", "it is in use by another program" },
	[ERR_CORRUPT] = { "corrupt", "its content is damaged" },
	[ERR_UNSUPPORTED] = { "unsupported", "this form is not supported" },
	[ERR_TOO_LARGE] = { "too_large", "it is larger than the bound" },
	[ERR_IO] = { "io", "the system reported a read or write error" },
	[ERR_NO_SPACE] = { "no_space", "the disk is full" },
	[ERR_READ_ONLY] = { "read_only", "the medium is read-only" },
	[ERR_EXISTS] = { "exists", "it exists already" },
	[ERR_INVALID] = { "invalid", "the request is not valid" },
	[ERR_CANCELLED] = { "cancelled", "it was stopped" },
	[ERR_CHANGED] = { "changed", "it changed while it was read" },
	[ERR_NOT_DIR] = { "not_dir", "a folder was expected, or a file" },
	[ERR_NAME] = { "name", "the name cannot be resolved" },
	[ERR_OFFLINE] = { "offline", "its content is not on this disk" },
	[ERR_ANTIVIRUS] = { "antivirus", "an antivirus holds or removed it" },
	[ERR_VANISHING] = { "vanishing", "it is being deleted" },
};

const char *err_name(int err)
{
	if (err < 0 || err >= ERR_COUNT)
		return "unknown";
	return table[err].name;
}

const char *err_words(int err)
{
	if (err < 0 || err >= ERR_COUNT)
		return "an unknown error";
	return table[err].words;
}

int err_fail(int err, long os_error, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	last.err = err;
	last.os_error = os_error;
	va_start(ap, fmt);
	vsnprintf(last.text, sizeof(last.text), fmt, ap);
	va_end(ap);
	last.text[sizeof(last.text) - 1] = '\0';
	errno = saved;
	return err;
}

void err_note_nomem(void)
{
	err_fail(ERR_NOMEM, 0, "memory is short");
}

const struct err_info *err_last(void)
{
	return &last;
}
