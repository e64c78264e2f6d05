/*
 * Which files that nobody may read are passed, and why that is right.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whoever has a file open without sharing it for reading keeps out us and the
 * loader alike: an image is opened for executing, and that is refused wherever
 * reading is (MS-FSA 2.1.5.1.2.2).  So no program that starts now can load it.
 * One that has it loaded already may lock it, since a mapped image needs no
 * handle: those that run are asked.  After a restart it could be loaded only by
 * what leads to it: an entry.  And where the name is that of a program, or one
 * that the pack asks for, nobody is to be told "clean" about what was not seen,
 * whatever the reason.  The rest are what every running Windows has:
 * "~DF1234.tmp", "Perflib_Perfdata_4c4.dat", logs of installers.
 */
#include "collect/locked.h"

#include "base/mem.h"

bool locked_matters(const struct closed_file *f)
{
	return f->is_registered || f->is_known_name || f->is_program_name ||
	       f->is_loaded;
}

/*
 * Temporary files and those of a browser's cache, which have no ending, come
 * and go while a scan runs.  One that was renamed meanwhile is met or not,
 * whatever it was called.
 */
bool gone_matters(const struct closed_file *f)
{
	return f->is_registered || f->is_known_name || f->has_program_end;
}

/*
 * It cannot be opened any more, nor renamed by others; whoever deletes it may
 * take that back (MS-FSA 2.1.5.15.3).
 */
bool vanishing_matters(const struct closed_file *f)
{
	return f->is_registered || f->is_known_name;
}

struct loaded_files {
	int (*read)(struct host_modules *m);
	struct host_mutex *lock;
	struct host_modules *modules; /* NULL: not read yet, or not to be had */
	bool is_read;
};

struct loaded_files *loaded_files_new(int (*read)(struct host_modules *m))
{
	struct loaded_files *l = mem_zalloc(sizeof(*l));

	if (!l)
		return NULL;
	l->read = read;
	l->lock = host_mutex_new();
	if (!l->lock) {
		loaded_files_free(l);
		return NULL;
	}
	return l;
}

void loaded_files_free(struct loaded_files *l)
{
	if (!l)
		return;
	host_modules_free(l->modules);
	host_mutex_free(l->lock);
	mem_free(l);
}

static void read_once(struct loaded_files *l)
{
	l->is_read = true;
	l->modules = host_modules_new();
	if (l->modules && l->read(l->modules)) {
		host_modules_free(l->modules);
		l->modules = NULL;
	}
}

bool loaded_files_have(struct loaded_files *l, const struct host_stat *st,
		       const char *name)
{
	bool has_it;

	host_mutex_lock(l->lock);
	if (!l->is_read)
		read_once(l);
	has_it = !l->modules || host_modules_have(l->modules, st, name);
	host_mutex_unlock(l->lock);
	return has_it;
}
