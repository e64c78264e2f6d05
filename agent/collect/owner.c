/*
 * Whose something in the registry is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/owner.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/registration.h"

#include <string.h>

#define CLASSES "_Classes"

static const struct owner machine = { NULL, 0 };

/* "S-1-5-21-…" of "S-1-5-21-…_Classes". */
static size_t without_classes(const char *who, size_t n)
{
	const size_t tail = sizeof(CLASSES) - 1;

	return n > tail && ascii_ncasecmp(who + n - tail, CLASSES, tail) == 0
		       ? n - tail
		       : n;
}

struct owner owner_of_key(const char *key)
{
	struct owner o;

	if (!key || ascii_istarts_with(key, "HKLM\\"))
		return machine;
	o.who = ascii_istarts_with(key, "HKU\\") ? key + 4 : key;
	o.nbytes = without_classes(o.who, strcspn(o.who, "\\"));
	return o;
}

struct owner owner_of_text(const char *text)
{
	struct owner o = { text, text ? strlen(text) : 0 };

	return o;
}

bool owner_is_machine(struct owner o)
{
	return !o.who;
}

bool owner_is_same(struct owner a, struct owner b)
{
	if (!a.who || !b.who)
		return a.who == b.who;
	return utf_ncasecmp(a.who, a.nbytes, b.who, b.nbytes) == 0;
}

struct owner owner_of_row(const char *registry_key, const char *class_key,
			  const char *class_owner, const char *path_owner)
{
	const struct owner parts[] = {
		owner_of_key(registry_key),
		owner_of_text(class_owner),
		owner_of_key(class_key),
		owner_of_text(path_owner),
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!owner_is_machine(parts[i]))
			return parts[i];
	return machine;
}

struct owner registration_owner(const struct registration *r)
{
	return owner_of_row(r->registry_key, r->class_key, r->class_owner,
			    r->path_owner);
}

int owner_note(char **to, const char *key)
{
	const struct owner o = owner_of_key(key);

	if (*to || owner_is_machine(o))
		return 0;
	*to = mem_strndup(o.who, o.nbytes);
	return *to ? 0 : err_nomem();
}
