/*
 * The file that a server's value leads to: looked for, and looked into.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_SERVER_FILE_H
#define COLLECT_SERVER_FILE_H

#include "collect/class.h"
#include "collect/server.h"

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
void server_file_release(struct resolver *z);

#endif
