/*
 * A folder of its own for each test, and files in it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What fails, fails the test. Paths that are returned are the caller's to free.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include "host/change.h"
#include "host/host.h"

/* The folder, absolute; not freed. */
extern char *scratch;
/* Below it places are opened: `scratch`, if a test sets nothing else. */
extern const char *scratch_base;

/* An empty one, whose name begins so. run.sh removes what lies in it. */
void scratch_make(const char *name);
/* Forgets it; what lies there stays. */
void scratch_release(void);
char *in_scratch(const char *name);

void file_put(const char *path, const void *data, size_t nbytes);
void file_holds(const char *path, const void *want, size_t nbytes);
/* The same with text, without its NUL. */
void file_make(const char *path, const char *text);
void file_is(const char *path, const char *text);
bool is_there(const char *path);
size_t entries(const char *path); /* of a folder */

struct host_place *place(const char *path);
struct host_subject *subject(const char *path);
/* Begun, with that text in it. */
struct host_new *new_file(const char *path, const char *text);

#endif
