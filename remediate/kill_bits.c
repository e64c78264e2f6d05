/*
 * What blocks a class stays: removing it would let the malware load again.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ext\Settings\{id} may hold a disabling Flags or only VerCache: the guard
 * looks at the value itself (guard_key.c), so it is not in this table.
 */
#include "remediate/plan.h"

#include "base/utf.h"
#include "words/plan.h"

#include <string.h>

const struct kill_bit_row kill_bit_rows[] = {
	{ "Internet Explorer\\ActiveX Compatibility", W_PLAN_KILL_BIT },
	{ "Internet Explorer\\Extension Compatibility",
	  W_PLAN_KILL_COMPATIBILITY },
	{ "Windows\\CurrentVersion\\Policies\\Ext", W_PLAN_KILL_POLICY },
	{ "Internet Explorer\\Low Rights", W_PLAN_KILL_LOW_RIGHTS },
	{ "Windows\\CurrentVersion\\Ext\\PreApproved",
	  W_PLAN_KILL_PRE_APPROVED },
};

const size_t kill_bit_row_count =
	sizeof(kill_bit_rows) / sizeof(kill_bit_rows[0]);

/* Where `part` begins in `key` as whole components, NULL: nowhere. */
static const char *find_components(const char *key, const char *part)
{
	size_t n = strlen(part);

	for (const char *at = key; *at; at++) {
		if (at != key && at[-1] != '\\')
			continue;
		if (utf_ncasecmp(at, strlen(at) < n ? strlen(at) : n, part, n))
			continue;
		if (at[n] == '\0' || at[n] == '\\')
			return at;
	}
	return NULL;
}

const char *plan_kill_bit(const char *key, const char *value_name)
{
	(void)value_name;
	for (size_t i = 0; i < kill_bit_row_count; i++) {
		const char *at = find_components(key, kill_bit_rows[i].tail);

		/* Only as Microsoft's own place, not as somebody's name. */
		if (at && at - key >= 10 &&
		    !utf_ncasecmp(at - 10, 10, "Microsoft\\", 10))
			return kill_bit_rows[i].what;
	}
	return NULL;
}
