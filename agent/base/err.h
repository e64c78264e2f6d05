/*
 * Error codes, and the one place where the reason of a failure is kept.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Functions return 0 or one of ERR_*.  The place that sees a failure first
 * calls err_fail(), which remembers a sentence and the operating system's
 * code for this thread; callers pass the number on and may read the
 * sentence with err_last().  Output parameters are untouched on failure.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/fmt.h"

enum {
	ERR_OK = 0,
	ERR_NOMEM,	 /* out of memory */
	ERR_NOT_FOUND,	 /* it is not there */
	ERR_DENIED,	 /* permission */
	ERR_LOCKED,	 /* in use by somebody else (sharing, lock) */
	ERR_CORRUPT,	 /* the data contradict their own format */
	ERR_UNSUPPORTED, /* a form we do not read, or the system cannot do it */
	ERR_TOO_LARGE,	 /* above a documented bound */
	ERR_IO,		 /* the device or the system failed */
	ERR_NO_SPACE,	 /* disk or quota full */
	ERR_READ_ONLY,	 /* medium or file system is read-only */
	ERR_EXISTS,	 /* it is there already */
	ERR_INVALID,	 /* the caller's or the user's words are off */
	ERR_CANCELLED,	 /* Ctrl-C or a time budget */
	ERR_CHANGED,	 /* it changed or vanished while we looked */
	ERR_NOT_DIR,	 /* a folder was expected, or a file */
	ERR_NAME,	 /* a name that cannot be resolved or expressed */
	ERR_OFFLINE,	 /* cloud placeholder: reading would fetch it */
	ERR_ANTIVIRUS,	 /* an antivirus holds it or has just removed it */
	ERR_VANISHING,	 /* it is deleted as soon as the last one closes it */
	ERR_COUNT
};

struct err_info {
	int err;	/* ERR_*, 0: none yet */
	long os_error;	/* errno or GetLastError(), 0: none */
	char text[768]; /* one sentence, UTF-8, the object in quotes */
};

/* Short stable word of a code, e.g. "denied"; never NULL. */
const char *err_name(int err);

/* The code in words, e.g. "access was denied"; never NULL. */
const char *err_words(int err);

/*
 * Remember the failure for this thread and return `err`.  `os_error` is
 * errno or GetLastError(), 0 if the system was not involved.
 */
int err_fail(int err, long os_error, const char *fmt, ...) FMT_PRINTF(3, 4);

/*
 * The one failure that needs no more words: ERR_NOMEM.  In line, so that the
 * analyzers see that it is never 0.
 */
void err_note_nomem(void);

static inline int err_nomem(void)
{
	err_note_nomem();
	return ERR_NOMEM;
}

/* The newest failure of this thread. Never NULL. */
const struct err_info *err_last(void);

#endif
