/*
 * Files that cannot be looked at because somebody holds, deletes or has just
 * deleted them: whether that matters.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_LOCKED_H
#define COLLECT_LOCKED_H

#include "host/modules.h"

struct closed_file {
	bool is_registered;   /* an entry, or somebody who asked, names it */
	bool is_known_name;   /* the pack asks for files of that name */
	bool has_program_end; /* ".dll": not by having no ending at all */
	bool is_program_name; /* named like a program, wherever it lies */
	bool is_loaded;	      /* by a program that could be asked */
};

/* Somebody has it open and shares it with no reader. */
bool locked_matters(const struct closed_file *f);
/* It is there no more. */
bool gone_matters(const struct closed_file *f);
/* It is going: it is in no list of gaps unless this is true. */
bool vanishing_matters(const struct closed_file *f);

/*
 * What running programs have loaded: read when the first file asks, once.  Any
 * thread.  NULL without memory.
 */
struct loaded_files;
struct loaded_files *loaded_files_new(int (*read)(struct host_modules *m));
void loaded_files_free(struct loaded_files *l);
/* `st` NULL: which file it is is not told.  True, too, if nobody could be
 * asked. */
bool loaded_files_have(struct loaded_files *l, const struct host_stat *st,
		       const char *name);

#endif
