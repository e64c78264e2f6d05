/*
 * What the files of the plan share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_PLAN_INTERNAL_H
#define REMEDIATE_PLAN_INTERNAL_H

#include "remediate/evidence.h"
#include "remediate/plan.h"

#include <sqlite3.h>
#include <stdlib.h>

/* A registration of a finding, and what may be done about it. */
struct plan_row {
	int64_t id;
	int64_t finding_id;
	/* Texts that the owners point into. */
	char *registry_key, *class_key, *class_owner, *path_owner;
	char *clsid;	   /* NULL */
	char *server_path; /* NULL */
	int64_t size;	   /* of the server's file, -1 unknown */
	char sha256[65];
	bool exists;  /* that file does */
	bool loads;   /* it is loaded, or would be if nobody had disabled it */
	bool has_hit; /* a rule hit it */
	/* What its owner's evidence says: the finding's verdict or less. */
	enum verdict verdict;
	struct evidence_row e;
};

/* A file, or a member of an archive, of a finding. */
struct plan_file {
	int64_t id;
	int64_t finding_id;
	char *path;
	char *owner; /* SID, NULL: not known */
	bool is_member;
	bool is_program; /* headed like one */
	bool has_hit;	 /* a rule hit it */
	bool has_name;	 /* … its name */
	bool is_strong;
	enum evidence_answer answer;
};

struct finding_row {
	int64_t id;
	enum verdict verdict;
	char *subject;
	char *reason;
	/* Into maker.rows and maker.files. */
	size_t first_row, row_count;
	size_t first_file, file_count;
};

/* A registration that uses a key: its own, or one beside it. */
struct plan_use {
	char *key; /* as it is stored */
	int64_t id;
	char *entry; /* the registration's own key, for people */
};

struct maker {
	struct store *store;
	const struct plan_options *options;
	struct plan *plan;
	struct vec findings;	       /* struct finding_row, by id */
	struct vec rows;	       /* struct plan_row, by finding, id */
	struct vec files;	       /* struct plan_file, by finding, id */
	bool is_needed;		       /* its file, by Windows: HOLD_NEEDED */
	const struct finding_row *f;   /* that is being looked at */
	const struct plan_row **by_id; /* the rows again */
	struct vec sides, entries;     /* struct plan_use, by key, id */
	struct namemap *by_target;     /* struct step *, see plan_add() */
	struct namemap *sharers;       /* entry of plan_use, or "": none */
};

/* ---- plan_evidence.c --------------------------------------------- */

/* What every finding rests on, and what that lets a fix take. */
int plan_weigh(struct maker *m);
void plan_weigh_release(struct maker *m);
/* NULL: it belongs to no finding. */
const struct plan_row *plan_row_of(const struct maker *m, int64_t id);
const struct plan_file *plan_file_of(const struct maker *m, int64_t id);
struct plan_row *plan_row_at(const struct maker *m, size_t index);
struct plan_file *plan_file_at(const struct maker *m, size_t index);

/*
 * plan_uses.c.  The registrations with that side key, and those whose own key
 * lies below; stops at the first answer that is not 0, and returns it.
 */
typedef int (*plan_use_fn)(void *arg, const struct plan_use *use);
int plan_uses_read(struct maker *m);
void plan_uses_release(struct maker *m);
int plan_each_sharer(const struct maker *m, const char *key, plan_use_fn fn,
		     void *arg);
int plan_each_below(const struct maker *m, const char *key, plan_use_fn fn,
		    void *arg);

/*
 * plan_place.c.  Whether the path of a registration means that file: dots and
 * blanks at the end of a name mean nothing, and Windows shows what lies in a
 * user's VirtualStore (*is_virtual_ret, may be NULL) at another place.
 */
bool plan_leads_to(const char *server_path, const char *file,
		   bool *is_virtual_ret);
/* Where a file lies, seen from that user. */
void plan_place(const struct maker *m, struct owner user, const char *wpath,
		const char *file_owner, struct evidence_place *ret);

/* ---- plan_rows.c: a row of the store to a step of that finding ---- */
int plan_on_registration(struct maker *m, sqlite3_stmt *q);
int plan_on_file(struct maker *m, sqlite3_stmt *q);
int plan_on_side(struct maker *m, sqlite3_stmt *q);
/* What matched entries lead to and no rule hit. */
int plan_left_files(struct maker *m);

/* Text of a column as our UTF-8; NULL for NULL.  ERR_NOMEM. */
int plan_take(sqlite3_stmt *q, int column, char **ret);
/* Runs a query with one integer, calls back for each row. */
int plan_each_row(struct maker *m, const char *sql, int64_t id,
		  int (*fn)(struct maker *, sqlite3_stmt *));
/* Of m->f, with the verdict of what wants it. */
struct step *plan_new_step(struct maker *m, enum verdict verdict,
			   enum step_phase phase, enum step_action action,
			   const char *kind);
/* For steps that are added to a plan that is there: m->by_target. */
int plan_note_targets(struct maker *m);
/* Takes over the step in every case. */
int plan_add(struct maker *m, struct step *s);
/* Sorts by phase and numbers from 1. */
void plan_number(struct plan *p);
#endif
