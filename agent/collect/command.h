/*
 * Command lines: which file Windows would start or load for one.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_COMMAND_H
#define COLLECT_COMMAND_H

#include "collect/resolve.h"

/* What starts something that its arguments name. */
enum command_argument {
	COMMAND_NONE,	/* no such program */
	COMMAND_DLL,	/* rundll32, regsvr32: a DLL */
	COMMAND_PROGRAM /* cmd /c, start, wscript …: a program or script */
};

/*
 * The n-th beginning of a line (0 …) that CreateProcess would take for the
 * program (Microsoft, CreateProcess, lpApplicationName): what stands in
 * quotes, or all up to a blank.  False: there is none.
 */
bool command_name(const char *line, unsigned n, struct str *name_ret,
		  const char **rest_ret);
/* Which of them it most likely is where none of them is there. */
unsigned command_guess(const char *line);
enum command_argument command_argument_of(const char *program);
/* Behind the switches. */
const char *command_skip_switches(const char *rest);
/* What a program that starts others is told to: behind its own switches, and
 * behind the quotes that cmd has around all of it; "": nothing. */
const char *command_argument(const char *program, const char *rest);

/*
 * r->server_path, the facts of its file and r->loader from the command line
 * in r->server_raw; of rundll32 x.dll,Entry it is the DLL.  0, ERR_NOMEM.
 */
int resolve_command(struct resolver *z, const struct class_scope *scope,
		    struct registration *r);
/* The same of a driver: a path, relative to the Windows folder. */
int resolve_driver(struct resolver *z, const struct class_scope *scope,
		   struct registration *r);

#endif
