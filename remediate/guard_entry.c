/*
 * The guard's look at an entry that is a value: does it still lead where it
 * led when it was scanned.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/guard_internal.h"

#include "base/mem.h"
#include "base/utf.h"
#include "collect/entry_value.h"
#include "collect/point.h"
#include "words/guard.h"

#include <string.h>

/* A command stands in its data, … */
static void check_command(const struct step *s, struct reg_key *key,
			  struct guard_answer *a)
{
	char *now = registration_get_server(key, s->value_name);
	const char *start = now ? now + strspn(now, " \t") : NULL;
	size_t n = start ? strlen(start) : 0;

	/* Blanks around it are nobody's (program_entry.c). */
	while (n && (start[n - 1] == ' ' || start[n - 1] == '\t'))
		n--;
	if (start && s->server_raw &&
	    (strlen(s->server_raw) != n ||
	     memcmp(start, s->server_raw, n) != 0))
		guard_refuse(a, GUARD_CHANGED, W_GUARD_NOW_IS, now);
	mem_free(now);
}

/* … or a class. */
static void check_class(const struct step *s, struct reg_key *key,
			struct guard_answer *a)
{
	char *now = registration_get_class(key, s->value_name);

	if (now && s->clsid && utf_casecmp(now, s->clsid) != 0)
		guard_refuse(a, GUARD_CHANGED, W_GUARD_CLASS_NOW, now);
	mem_free(now);
}

void guard_entry_value(const struct step *s, struct reg_key *key,
		       struct guard_answer *a)
{
	if (s->phase != PHASE_REGISTRATION || s->action != ACT_REMOVE_VALUE)
		return;
	switch (point_from_name(s->kind)) {
	case POINT_RUN:
	case POINT_RUN_ONCE:
		check_command(s, key, a);
		break;
	case POINT_SHELL_DELAY_LOAD:
		check_class(s, key, a);
		break;
	default: /* its name is the class */
		break;
	}
}
