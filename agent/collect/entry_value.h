/*
 * Values of entries and classes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COLLECT_ENTRY_VALUE_H
#define COLLECT_ENTRY_VALUE_H

#include <stdbool.h>

/*
 * Values as the scan reads them, and whoever looks at them again: both in this
 * one way, or what was not changed looks changed.  Caller frees; NULL: not
 * there, or it cannot be read.
 *
 * A server: all of the text, what it hides behind a NUL, too.
 */
struct reg_key;
char *registration_get_server(struct reg_key *key, const char *name);
/* A class, in the form of registration.clsid. */
char *registration_get_class(struct reg_key *key, const char *name);
/* The same of a text; *malformed_ret (may be NULL): it names no class. */
char *registration_class(const char *text, bool *malformed_ret);

#endif
