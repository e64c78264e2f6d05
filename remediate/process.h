/*
 * Programs that have a DLL loaded, on the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Found by psapi's EnumProcessModulesEx (both bitnesses from a 64-bit
 * program), Toolhelp where that is missing (Windows XP).  A 32-bit program
 * cannot look into 64-bit ones: then `may_miss` is set and the caller says
 * so; so it is where a program kept us out that Windows does not protect by
 * itself.  Functions stand in a table so that tests can put a fake there.
 *
 * On Linux find gives an empty list and the rest ERR_UNSUPPORTED.
 */
#ifndef REMEDIATE_PROCESS_H
#define REMEDIATE_PROCESS_H

#include "base/fmt.h"
#include "base/vec.h"

struct process {
	uint32_t pid;
	int64_t started; /* FILETIME: pid and start are one process */
	uint32_t parent; /* who started it; may have ended, the number reused */
	uint32_t session;
	char *name; /* "iexplore.exe" */
	char *path; /* host path, NULL: unknown */
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
	/*
	 * Every iexplore.exe that runs and can be told from others, whatever
	 * it has loaded: struct process.
	 */
	int (*browsers)(void *arg, struct vec *ret);
	/*
	 * WM_CLOSE to its windows, then waits.  ERR_LOCKED: still there.  0
	 * also if the process of that pid and start has ended by itself.
	 * Refuses what end() refuses: for explorer.exe it would be the box
	 * that shuts Windows down.
	 */
	int (*close)(void *arg, const struct process *p, unsigned wait_ms);
	/*
	 * Ends it; checks pid and start first.  Refuses explorer.exe, ours,
	 * services and everything critical to the system (ERR_DENIED).  0
	 * also if the process of that pid and start has ended by itself.
	 */
	int (*end)(void *arg, const struct process *p, unsigned wait_ms);
	/*
	 * Queues the removal of a host path at the next start and reads the
	 * queue back; 0 if it was in there before.  ERR_CORRUPT: the queue is
	 * damaged, nothing was added.  There is no way back: the queue is one
	 * for all programs, and cannot be locked while it is written anew.
	 * So the path must be one that no other file ever has.
	 */
	int (*remove_at_restart)(void *arg, const char *host_path);
	void *arg;
};

extern const struct process_ops process_system;

/* ---- rules without an operating system (process.c, process_order.c) ------ */

/* Sets is_explorer and is_browser by the name. */
void process_classify(struct process *p);
/* Programs without which Windows stops, or stops being usable. */
bool process_name_is_critical(const char *name);
/* ERR_DENIED with the reason why this one is never ended, or 0. */
int process_refuse(const struct process *p);
/*
 * Of those that have the file loaded (`found`) the browsers, with the frames
 * that would bring them back (out of `browsers`, of the same session), each
 * once, the oldest first: in this order they are to end.  `ret` is of const
 * struct process *, into the two lists; what is more than its maximum is left
 * out.  ERR_NOMEM.
 */
#define PROCESS_ORDER_MAX 4096
int process_order(const struct vec *browsers, const struct vec *found,
		  struct vec *ret);

#endif
