/*
 * A class as COM puts it together at medium integrity, the user's part before
 * the machine's, and what hangs on it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_CLASS_H
#define COLLECT_CLASS_H

#include "collect/guid.h"
#include "collect/registration.h"
#include "collect/resolver.h"

/* The parts of one class, in the order in which COM reads them. */
#define CLASS_MAX_PARTS 8

struct com_class {
	struct {
		struct reg_key *key;
		const struct reg_place *place; /* NULL: no class store */
		char *path;
	} parts[CLASS_MAX_PARTS];

	size_t count;
	struct gap_sink *gaps; /* what cannot be read is not absent */
};

/* Whom a class is looked up for. */
struct class_scope {
	const struct target_user *user; /* NULL: machine */
	int view;			/* 64, 32; 0: no class store fits */
	bool has_virtual;		/* the VirtualStore counts too, last */
	bool own_only;			/* the user's stores only */
	bool no_browser; /* what loads it is not Internet Explorer */
};

/* 0: the user's own, 1: the machine's, 2: VirtualStore; -1: not for him. */
#define CLASS_RANKS 3
int class_rank(const struct reg_place *p, const struct class_scope *scope);
int class_open(struct resolver *z, const struct class_scope *scope,
	       const char *guid, struct com_class *ret);
void class_close(struct com_class *c);
/* Value of subkey\name (subkey "": the class key) in the first part that has
 * it; NULL: none.  `part_ret` and `type_ret` may be NULL. */
char *class_text(const struct com_class *c, const char *subkey,
		 const char *name, uint32_t *type_ret, size_t *part_ret);
bool class_has_subkey(const struct com_class *c, const char *subkey);
/* Of one part; NULL: absent, or a gap. */
struct reg_key *class_subkey(const struct com_class *c, size_t part,
			     const char *subkey);

/*
 * class_named.c: the class that a text which is no CLSID means, a ProgID of
 * the machine's or the user's classes (*place_ret: of which).  ERR_NOT_FOUND,
 * ERR_NOMEM.
 */
int class_named(struct resolver *z, const struct class_scope *scope,
		const char *text, char ret[GUID_TEXT_NBYTES],
		const struct reg_place **place_ret);

/* resolve_sides.c: the keys beside a class that belong to it, r->sides. */
int resolve_sides(struct resolver *z, const struct class_scope *scope,
		  const struct com_class *c, struct registration *r);
int registration_add_side(struct registration *r, const char *kind,
			  const char *key);
void interface_index_free(struct interface_index *x);

/* resolve_state.c: Ext\Settings, policy or kill bit forbids the add-on. */
void state_open(struct gap_sink *gaps, struct reg_place *software);
bool state_is_disabled(struct resolver *z, const struct class_scope *scope,
		       const char *guid);

#endif
