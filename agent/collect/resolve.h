/*
 * From a CLSID to the file that would be loaded (CONTRACT.md 6).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each file knows only those below it:
 *
 *	registrations.c, program_entry.c, services.c, tasks.c	the walkers
 *	command_resolve.c	command lines
 *	resolve.c		classes and single files
 *	resolve_sides.c		the keys beside a class
 *	server_search.c, server_file.c, class_named.c, resolve_state.c
 *	class.c			a class of several stores
 *	resolver.c		what they share
 *	place.c, server.c, server_value.c, guid.c	keys and texts alone
 */
#ifndef COLLECT_RESOLVE_H
#define COLLECT_RESOLVE_H

#include "collect/class.h"
#include "collect/server.h"

/* 0, ERR_NOMEM; to be released either way. */
int resolver_init(struct resolver *z, struct target *t, struct gap_sink *gaps);
void resolver_release(struct resolver *z);

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

#endif
