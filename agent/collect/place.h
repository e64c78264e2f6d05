/*
 * Places of the registry: the keys below which classes and extension points
 * lie, for the machine and each user, and what opens and reads them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * HKEY_CLASSES_ROOT is never used: the class stores of the machine and of
 * each user are opened here.  Places of files are target's (own_folders.c).
 */
#ifndef COLLECT_PLACE_H
#define COLLECT_PLACE_H

#include "base/vec.h"
#include "target/target.h"

/* A key below which extension points or classes lie. */
struct reg_place {
	struct reg_key *key;
	char *path;			/* physical */
	const struct target_user *user; /* NULL: machine */
	int view;			/* 64 or 32; 0: shared by both views */
	bool is_virtual;		/* VirtualStore: residue */
	bool is_wrong;			/* a place that no Windows reads */
	/* Opened where they exist: of a class store … */
	struct reg_key *clsid;
	/* … and of a Software key: what forbids an add-on. */
	struct reg_key *settings;
	struct reg_key *policies;
	struct reg_key *kill_bits;
	bool restrict_to_list;
};

/*
 * All Software keys and class stores (struct reg_place) that exist; what is
 * not there is none, what cannot be opened has its gap.  0, ERR_NOMEM; the
 * vectors are to be closed either way.
 */
int places_open(struct target *t, struct gap_sink *gaps, struct vec *software,
		struct vec *classes);
void places_close(struct vec *places);

/*
 * Open path below key, component by component, never through a link: a link
 * is ERR_NOT_FOUND and a gap of `gaps` (NULL: nobody asks).
 */
int place_open(struct gap_sink *gaps, struct reg_key *key, const char *key_path,
	       const char *path, struct reg_key **ret);
/* Newly allocated "a\b"; NULL without memory; b may be "". */
char *place_join(const char *a, const char *b);
/* Text as stored, what follows a NUL inside kept as C0 80. */
char *place_text(const struct reg_value *v);
/* Where the key does not tell it is read as it is, and that is a gap. */
bool place_is_link(struct gap_sink *gaps, struct reg_key *key,
		   const char *key_path);

/* A key or value that could not be read; not for ERR_NOT_FOUND. */
void place_unreadable(struct gap_sink *gaps, int err, const char *key_path,
		      const char *name);
/* reg_get_text() that tells "unreadable" from "absent" by a gap. */
char *place_get_text(struct gap_sink *gaps, struct reg_key *key,
		     const char *key_path, const char *name);
/* The same of a server or command, place_text(); `shown`: what a gap calls the
 * value. */
char *place_get_server(struct gap_sink *gaps, struct reg_key *key,
		       const char *key_path, const char *name,
		       const char *shown, uint32_t *type_ret);

#endif
