/*
 * Whose something in the registry is: who could have written it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What lies in HKLM is the machine's: administrators write it.  What lies in a
 * user's NTUSER.DAT or UsrClass.dat (HKU\<who> and HKU\<who>_Classes, one
 * owner) every program can write that he runs.
 */
#ifndef COLLECT_OWNER_H
#define COLLECT_OWNER_H

#include <stdbool.h>
#include <stddef.h>

/* Points into the text that it was made of. */
struct owner {
	const char *who; /* NULL: the machine; "S-1-5-21-…" */
	size_t nbytes;
};

/* Of a physical key; what is not below HKLM is somebody's.  NULL: machine. */
struct owner owner_of_key(const char *key);
/* Of a text as registration.class_owner has it. */
struct owner owner_of_text(const char *text);
bool owner_is_machine(struct owner o);
bool owner_is_same(struct owner a, struct owner b);

struct registration;

/*
 * Of a row, which is its weakest part: the first of them that is a user's.
 * `class_key` is the key that registration has; each may be NULL.
 */
struct owner owner_of_row(const char *registry_key, const char *class_key,
			  const char *class_owner, const char *path_owner);
struct owner registration_owner(const struct registration *r);

/*
 * Notes in *to whose `key` is, unless it is the machine's or somebody is noted
 * there.  0, ERR_NOMEM.
 */
int owner_note(char **to, const char *key);

#endif
