/*
 * Error words and the last failure of each thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "words/base.h"
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
	[ERR_OK] = { "ok", W_BASE_ERR_OK },
	[ERR_NOMEM] = { "no_memory", W_BASE_ERR_NO_MEMORY },
	[ERR_NOT_FOUND] = { "not_found", W_BASE_ERR_NOT_FOUND },
	[ERR_DENIED] = { "denied", W_BASE_ERR_DENIED },
	[ERR_LOCKED] = { "locked", W_BASE_ERR_LOCKED },
	[ERR_CORRUPT] = { "corrupt", W_BASE_ERR_CORRUPT },
	[ERR_UNSUPPORTED] = { "unsupported", W_BASE_ERR_UNSUPPORTED },
	[ERR_TOO_LARGE] = { "too_large", W_BASE_ERR_TOO_LARGE },
	[ERR_IO] = { "io", W_BASE_ERR_IO },
	[ERR_NO_SPACE] = { "no_space", W_BASE_ERR_NO_SPACE },
	[ERR_READ_ONLY] = { "read_only", W_BASE_ERR_READ_ONLY },
	[ERR_EXISTS] = { "exists", W_BASE_ERR_EXISTS },
	[ERR_INVALID] = { "invalid", W_BASE_ERR_INVALID },
	[ERR_CANCELLED] = { "cancelled", W_BASE_ERR_CANCELLED },
	[ERR_CHANGED] = { "changed", W_BASE_ERR_CHANGED },
	[ERR_NOT_DIR] = { "not_dir", W_BASE_ERR_NOT_DIR },
	[ERR_NAME] = { "name", W_BASE_ERR_NAME },
	[ERR_OFFLINE] = { "offline", W_BASE_ERR_OFFLINE },
	[ERR_ANTIVIRUS] = { "antivirus", W_BASE_ERR_ANTIVIRUS },
	[ERR_VANISHING] = { "vanishing", W_BASE_ERR_VANISHING },
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
		return W_BASE_ERR_UNKNOWN;
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
	err_fail(ERR_NOMEM, 0, W_BASE_ERR_NO_MEMORY);
}

const struct err_info *err_last(void)
{
	return &last;
}
