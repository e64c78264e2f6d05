/*
 * A session on the console: its options from the command line, its notes,
 * steps and questions on the screen.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "options.h"
#include "progress.h"
#include "session/session.h"

struct console {
	const struct options *o;
	struct session *session;
	struct progress progress; /* of a scan */
	int code; /* not 0: what to end with, whatever the session says */
};

/*
 * Fills what can be said of the target, store, pack and vault; with
 * `needs_target` 0 or EXIT_USAGE (said).  Events go to `c`.
 */
int console_options(struct console *c, const struct options *o,
		    bool needs_target, struct session_options *ret);
/* The same, and a session with that; an exit code.  session_close() after. */
int console_open(struct console *c, const struct options *o, bool needs_target);
/* What to end with after a call. */
int console_code(const struct console *c, const struct session_facts *f);
/* Which findings and steps the options name. */
void console_choice(const struct options *o, struct session_choice *ret);
/*
 * Renders a report and writes it as `o` says, which may be others than c->o.
 * `closing` gets what a terminal shows last of it, for console_write(); else
 * it stays as it is.  An error is not told.
 */
int console_report(struct console *c, const struct options *o,
		   struct session_report_options *so,
		   struct session_report_result *ret, struct str *closing);
/* Writes to the standard output. */
void console_write(const struct str *text);

/*
 * What a plan leaves as it is, each with the way to it, on the error stream
 * (left.c).
 */
void left_tell_held(const struct options *o, const struct session_plan *p);
void left_tell_cut(const struct session_plan *p);
/* What to do about REST_LEFT. */
void left_tell_unfinished(const struct session_plan *p);
/* All that is not dealt with though fix has ended. */
void left_tell_rest(const struct options *o, const struct session_plan *p);

#endif
