/*
 * Whose evidence moves whose property: the rule, as pure decisions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Evidence has an owner: the machine, one user, or the file's own content.  It
 * moves only what that owner could have changed, or what its own content
 * condemns.  README.md has it as a table, tests/unit/test_owner.c too.
 */
#ifndef REMEDIATE_EVIDENCE_H
#define REMEDIATE_EVIDENCE_H

#include "collect/owner.h"

/* ---- registrations ------------------------------------------------------ */

/* One row of a finding. */
struct evidence_row {
	struct owner entry; /* whose the entry is */
	struct owner owner; /* whose the row is: its weakest part */
	/* The way behind the entry is the machine's: class, path. */
	bool is_machines_way;
	bool is_known; /* the pack knows it as harmless */
	/* A rule hit it, or one of its owner and class, and its owner's
	 * evidence bears the finding. */
	bool is_matched;
	bool is_strong; /* it leads to a file whose own content condemns it */
};

/* For is_machines_way, of a row's columns; each may be NULL. */
bool evidence_is_machines_way(const char *class_key, const char *class_owner,
			      const char *path_owner);
/* Whether anything of the row may go. */
bool evidence_moves_row(const struct evidence_row *row);
/* Whether the entry itself may. */
bool evidence_moves_entry(const struct evidence_row *row);
/* Whether a key beside it may, whose owner that is. */
bool evidence_moves_side(const struct evidence_row *row, struct owner side);

/* ---- files -------------------------------------------------------------- */

struct evidence_file {
	bool is_strong;		/* its own content condemns it */
	bool is_known;		/* a known registration leads to it */
	bool is_of_machine;	/* a matched row of the machine loads it */
	bool is_companion;	/* of a program that goes: the pack says so */
	bool is_led_to;		/* a matched row leads to it */
	bool is_of_user;	/* … of one user, and: */
	bool is_in_users_place; /* it lies where evidence_is_users_place() */
	bool is_program;	/* it is headed like one */
	bool has_name;		/* or bears a name that the pack knows */
};

enum evidence_answer {
	EVIDENCE_TAKES,
	EVIDENCE_KNOWN, /* kept: known as harmless */
	EVIDENCE_LEFT,	/* an entry leads to it: told, left in place */
	EVIDENCE_WEAK,	/* nothing leads to it, and its content is not enough */
};

enum evidence_answer evidence_of_file(const struct evidence_file *f);

/* Where a file lies, seen from one user. */
struct evidence_place {
	bool in_profile; /* below his own */
	bool in_temp;	 /* below a folder that is temporary for him */
	bool in_others;	 /* below Windows, Program Files, ProgramData or another
			    profile */
	bool owner_is_he; /* as far as its owner can be told */
};

bool evidence_is_users_place(const struct evidence_place *p);

#endif
