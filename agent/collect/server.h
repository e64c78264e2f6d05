/*
 * Server values of classes turned into Windows paths (CONTRACT.md 6).
 * SPDX-License-Identifier: Apache-2.0
 *
 * server_normalise() of registration.h is this over a target; the form with
 * rules is pure, so that tables and a fuzzer can drive it without one.
 */
#ifndef COLLECT_SERVER_H
#define COLLECT_SERVER_H

#include "base/str.h"
#include "target/target.h"

/* Windows opens nothing longer (UNICODE_STRING counts bytes in 16 bits). */
#define SERVER_MAX_NCHARS 32767

/* Dots and blanks behind a name, and the final NUL; more is nobody's. */
#define SERVER_TAIL_NBYTES 16

struct server_rules {
	/* Text with the variables replaced, newly allocated; NULL: no memory.
	 */
	char *(*expand)(void *arg, int view, const char *text);
	void *arg;
	bool is_64bit;
	const char *windows; /* "C:\Windows" */
};

struct server_form {
	bool is_bare;	 /* had no folder: the loader searches for it */
	bool is_url;	 /* not on a disk: kept as it is */
	bool is_unknown; /* a variable that this Windows does not have */
	bool was_cut;	 /* a NUL inside, or too long: the rest was dropped */
	/* No extension and no final dot: the loader appends ".dll". */
	bool wants_dll;
	/* Something behind the name was taken for arguments and left out; as
	 * the loader sees it the whole text may be the name. */
	bool has_arguments;
	/* Dots and blanks behind the name that are part of it, because the
	 * path began with \\?\; without that Windows drops them. */
	char tail[SERVER_TAIL_NBYTES];
	/* Not every folder where it would be looked for could be. */
	bool is_uncertain;
};

/* NULL without memory or where nothing is left; `form_ret` may be NULL. */
char *server_normalise_with(const struct server_rules *rules, int view,
			    const char *raw, struct server_form *form_ret);
/* The same with the rules of a target and the user whose hive it is. */
char *server_normalise_form(struct target *t, const struct target_user *user,
			    int view, const char *raw,
			    struct server_form *form_ret);
/* The whole text as a path, nothing taken for arguments. */
char *server_normalise_whole(struct target *t, const struct target_user *user,
			     int view, const char *raw,
			     struct server_form *form_ret);
/*
 * The name as the loader searches for it, of a value without a folder (of the
 * whole value, or without arguments); caller frees, NULL: it has a folder, or
 * there is no memory.
 */
char *server_relative(struct target *t, const struct target_user *user,
		      int view, const char *raw, bool is_whole);
/* That name below a folder, ".." worked out; NULL without memory. */
char *server_below(const char *folder, const char *relative);
/*
 * server_value.c: append the file named by a value that may be quoted, be a
 * command line or (`is_argument`) what rundll32 is given.  True in
 * *cut_ret: more than blanks was left out behind the name.
 */
int server_take_file(struct str *out, const char *value, bool is_argument,
		     bool *cut_ret);
/* file: and res: URLs become paths, in place; true: some other URL. */
bool server_unwrap_url(char *text);
/* Length of a prefix, separators either way round and no case; 0: none. */
size_t server_prefix(const char *text, const char *prefix);
/* Last component, never NULL. */
const char *server_basename(const char *wpath);

#endif
