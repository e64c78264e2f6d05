/*
 * Programs that have a DLL loaded, on the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Found by psapi's EnumProcessModulesEx (both bitnesses from a 64-bit
 * program), Toolhelp where that is missing (Windows XP).  A 32-bit program
 * cannot look into 64-bit ones: then `may_miss` is set and the caller says
 * so.  Functions stand in a table so that tests can put a fake there.
 */
#ifndef REMEDIATE_PROCESS_H
#define REMEDIATE_PROCESS_H

#include "base/fmt.h"
#include "base/vec.h"

struct process {
	uint32_t pid;
	int64_t started; /* FILETIME: pid and start are one process */
	char *name;	 /* "iexplore.exe" */
	char *path;	 /* host path, NULL: unknown */
	bool is_64bit;
	bool is_explorer; /* never ended */
	bool is_browser;  /* iexplore.exe: ended only when asked */
	bool is_ours;	  /* this very program */
};

void processes_release(struct vec *list); /* of struct process */

struct process_ops {
	/* Everything that has the file (host path) mapped as a module; the
	 * file's identity decides, not its name. */
	int (*find)(void *arg, const char *host_path, struct vec *ret,
		    bool *may_miss_ret);
	/* WM_CLOSE to its windows, then waits.  ERR_LOCKED: still there. */
	int (*close)(void *arg, const struct process *p, unsigned wait_ms);
	/* Ends it; checks pid and start first.  Refuses explorer.exe, ours,
	 * and everything critical to the system (ERR_DENIED). */
	int (*end)(void *arg, const struct process *p, unsigned wait_ms);
	/* Queues the removal of a host path at the next start. */
	int (*remove_at_restart)(void *arg, const char *host_path);
	/* Takes that one entry out of the queue again. */
	int (*forget_at_restart)(void *arg, const char *host_path);
	void *arg;
};

extern const struct process_ops process_system;

#endif
