/*
 * What the walkers of the different kinds of extension points share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_WALK_H
#define COLLECT_WALK_H

#include "collect/points.h"
#include "collect/resolve.h"

/* More entries at one point than this is no Windows: the rest is a gap. */
#define WALK_MAX_ENTRIES 65536u

struct points_walk {
	struct resolver z;
	registration_fn fn;
	void *arg;
	bool is_quick;
};

/* One entry, before it is looked at in a view. */
struct entry {
	const struct point_row *row;
	const struct reg_place *place;
	struct reg_key *key; /* the class itself, LEADS_BY_SELF */
	const char *path;    /* physical, of the point's key, or the file */
	const char *name;
	char *label;
	char *clsid;
	char *exec;	    /* what is started instead of a class */
	uint32_t exec_type; /* REG_TYPE_* of it */
	int64_t last_write;
	const char *loader;  /* what loads `exec`: "svchost.exe"; NULL */
	const char *why_not; /* known before it is resolved, NULL */
	bool is_malformed;
	bool is_blocked; /* NoInternetExplorer */
	bool is_driver;	 /* `exec` is a file for the kernel, no command */
};

void entry_release(struct entry *e);
/* A row of the result with what the entry itself says; NULL: no memory. */
struct registration *entry_registration(const struct entry *e,
					const struct target_user *user);
/* What its path means to rules, however it is spelled, there or not: r->place
 * and r->location, as the user (NULL: the machine) has it; 0, ERR_NOMEM. */
int walk_name_place(struct points_walk *w, const struct target_user *user,
		    struct registration *r);
/*
 * program_entry.c: the programs that e->exec names, each one a registration.
 * 0, ERR_NOMEM, or what w->fn says.
 */
int entry_emit_programs(struct points_walk *w, const struct entry *e);

/* The class in e->clsid, in each view and for each user who has his own. */
int entry_emit_class(struct points_walk *w, const struct entry *e);

/* services.c: one key below Services, for either point. */
int walk_service(struct points_walk *w, struct reg_key *key, struct entry *e);
/* tasks.c: the files of a folder of tasks, and of those below it. */
int walk_tasks(struct points_walk *w, const struct point_row *row);

#endif
