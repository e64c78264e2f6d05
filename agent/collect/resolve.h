/*
 * From a CLSID to the file that would be loaded (design.md 6).
 * SPDX-License-Identifier: Apache-2.0
 *
 * HKEY_CLASSES_ROOT is never used: the class stores of the machine and of
 * each user are opened here and merged as COM does at medium integrity, the
 * user's before the machine's.
 */
#ifndef COLLECT_RESOLVE_H
#define COLLECT_RESOLVE_H

#include "collect/beside.h"
#include "collect/registration.h"
#include "collect/server.h"

#define GUID_TEXT_NBYTES 39 /* "{…}" and the final NUL */

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

struct interface_index;

/* Bounds that are told once; beyond them the walk goes on without. */
enum resolver_bound {
	RESOLVER_BOUND_FILES,
	RESOLVER_BOUND_PLACES,
	RESOLVER_BOUND_CLASSES,
	RESOLVER_BOUND_SIDES,
	RESOLVER_BOUND_FOLDERS,
	RESOLVER_BOUND_SEARCH,
	RESOLVER_BOUND_ALSO,
	RESOLVER_BOUND_COUNT
};

/* Different server files; no PC has as many. */
#define RESOLVER_MAX_FILES 65536u

struct resolver {
	struct target *t;
	struct gap_sink *gaps;
	const struct cancel *cancel; /* NULL: set by nobody */
	bool is_64bit;
	/* Before Windows 7 a 64-bit Windows had two class stores. */
	bool has_split_classes;
	struct vec software; /* struct reg_place */
	struct vec classes;
	struct namemap *files; /* struct file_facts by true path */
	struct vec file_list;
	struct beside *beside;		    /* what lies in their folders */
	struct interface_index *interfaces; /* made when first needed */
	struct namemap *known_dlls;	    /* KnownDLLs; read when needed */
	/* PATH of all, 64 and 32: struct user_folder of server_search.c */
	struct vec user_folders[2];
	uint64_t search_work; /* files looked for in folders */
	uint64_t class_work;  /* steps of all look-ups of classes */
	uint64_t side_work;   /* … of interfaces */
	bool is_told[RESOLVER_BOUND_COUNT];
	/* Files below the Windows folder are listed, not read. */
	bool leaves_windows_out;
};

int resolver_init(struct resolver *z, struct target *t, struct gap_sink *gaps);
void resolver_release(struct resolver *z);
/* A bound was reached: one gap that matters, however often. */
void resolver_bound(struct resolver *z, enum resolver_bound which,
		    const char *path, const char *why);

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

/* "{UPPER-CASE}" of a text that is exactly one GUID; false: it is none. */
bool guid_parse(const char *text, char ret[GUID_TEXT_NBYTES]);
/* The first GUID inside a text, for tricks like "{…}}" and "{…". */
bool guid_find(const char *text, char ret[GUID_TEXT_NBYTES]);

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

/* A key or value that could not be read; not for ERR_NOT_FOUND. */
void place_unreadable(struct gap_sink *gaps, int err, const char *key_path,
		      const char *name);
/* reg_get_text() that tells "unreadable" from "absent" by a gap. */
char *place_get_text(struct gap_sink *gaps, struct reg_key *key,
		     const char *key_path, const char *name);
/* The same of a server or command: place_text(). */
char *place_get_server(struct gap_sink *gaps, struct reg_key *key,
		       const char *key_path, const char *name,
		       uint32_t *type_ret);

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

/* Fill everything of `r` that follows from its class. */
int resolve_class(struct resolver *z, const struct class_scope *scope,
		  struct registration *r);
/* The same for a key that is the class itself (Software\CLSID). */
int resolve_class_key(struct resolver *z, const struct class_scope *scope,
		      struct reg_key *key, struct registration *r);
/* The file that such a value names, and its facts. */
int resolve_file(struct resolver *z, const struct class_scope *scope,
		 const char *raw, struct registration *r);
/* The same of r->server_raw, without a class. */
int resolve_server(struct resolver *z, const struct class_scope *scope,
		   struct registration *r);
/*
 * A path is the user's as soon as one of his variables makes it another one
 * than it is for the machine: r->path_owner.  resolve_file() does it.
 */
int resolve_note_path(struct resolver *z, const struct class_scope *scope,
		      const char *raw, struct registration *r);

/* resolve_sides.c */
int resolve_sides(struct resolver *z, const struct class_scope *scope,
		  const struct com_class *c, struct registration *r);
int registration_add_side(struct registration *r, const char *kind,
			  const char *key);
void interface_index_free(struct interface_index *x);

/* resolve_state.c: Ext\Settings, policy or kill bit forbids the add-on. */
void state_open(struct resolver *z, struct reg_place *software);
bool state_is_disabled(struct resolver *z, const struct class_scope *scope,
		       const char *guid);

/*
 * server_search.c: the first file that a name without a folder leads to
 * becomes r->server_path, further ones r->also; r->exists says whether there
 * is one.  0, ERR_NOMEM.
 */
int server_search(struct resolver *z, const struct class_scope *scope,
		  const char *relative, struct registration *r);
void server_search_release(struct resolver *z);

/* server_file.c: the file of r->server_path. */
int server_file_fill(struct resolver *z, const struct server_form *form,
		     struct registration *r);
/* Whether that file is listed only (leaves_windows_out). */
bool resolver_leaves_out(const struct resolver *z, const char *wpath);
void server_file_release(struct resolver *z);

#endif
