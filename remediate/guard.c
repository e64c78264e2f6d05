/*
 * The guard's own state, the checks of a whole plan, and its words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/guard_internal.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/guard.h"

#include <stdarg.h>
#include <string.h>

struct reason_row {
	const char *word;
	const char *text; /* %s: the detail */
};

static const struct reason_row reasons[GUARD_REASON_COUNT] = {
	[GUARD_OK] = { "ok", "" },
	[GUARD_GONE] = { "gone", W_GUARD_GONE },
	[GUARD_CHANGED] = { "changed", W_GUARD_CHANGED },
	[GUARD_LINK] = { "link", W_GUARD_LINK },
	[GUARD_TAG] = { "reparse_tag", W_GUARD_REPARSE_TAG },
	[GUARD_REG_LINK] = { "registry_link", W_GUARD_REGISTRY_LINK },
	[GUARD_PROTECTED] = { "protected", W_GUARD_PROTECTED },
	[GUARD_SYSTEM] = { "system_folder", W_GUARD_SYSTEM_FOLDER },
	[GUARD_PUBLISHER] = { "trusted_publisher", W_GUARD_TRUSTED_PUBLISHER },
	[GUARD_ALLOWED] = { "allowed", W_GUARD_ALLOWED },
	[GUARD_LINKS] = { "hard_links", W_GUARD_HARD_LINKS },
	[GUARD_NEVER] = { "blocks_malware", W_GUARD_BLOCKS_MALWARE },
	[GUARD_DISABLES] = { "disables_malware", W_GUARD_DISABLES_MALWARE },
	[GUARD_SHARED] = { "shared", W_GUARD_SHARED },
	[GUARD_UNDECIDED] = { "undecided", W_GUARD_UNDECIDED },
	[GUARD_IN_VAULT] = { "in_vault", W_GUARD_IN_VAULT },
	[GUARD_NO_SPACE] = { "no_space", W_GUARD_NO_SPACE },
	[GUARD_VOLUME] = { "volume_state", W_GUARD_VOLUME_STATE },
	[GUARD_READ_ONLY] = { "read_only", W_GUARD_READ_ONLY },
	[GUARD_NO_SECURITY] = { "no_security", W_GUARD_NO_SECURITY },
	[GUARD_UNFAITHFUL] = { "unfaithful", W_GUARD_UNFAITHFUL },
	[GUARD_LOGGED_ON] = { "logged_on", W_GUARD_LOGGED_ON },
	[GUARD_IN_USE] = { "in_use", W_GUARD_IN_USE },
	[GUARD_NOT_MICROSOFT] = { "not_microsofts", W_GUARD_NOT_MICROSOFTS },
	[GUARD_BEFORE] = { "step_before", W_GUARD_STEP_BEFORE },
	[GUARD_UNREADABLE] = { "unreadable", W_GUARD_UNREADABLE },
	[GUARD_ANTIVIRUS] = { "antivirus", W_GUARD_ANTIVIRUS },
	[GUARD_UNPROVEN] = { "unproven", W_GUARD_UNPROVEN },
	[GUARD_TOO_MANY_FINDINGS] = { "too_many_findings",
				      W_GUARD_TOO_MANY_FINDINGS },
	[GUARD_TOO_MANY_FILES] = { "too_many_files", W_GUARD_TOO_MANY_FILES },
	[GUARD_PACK] = { "unsigned_pack", W_GUARD_UNSIGNED_PACK },
};

const char *guard_word(enum guard_reason r)
{
	return reasons[r].word;
}

int guard_sentence(const struct guard_answer *a, const char *lang,
		   struct str *out)
{
	return words_fill(out, lang, reasons[a->reason].text, a->detail);
}

void guard_refuse(struct guard_answer *a, enum guard_reason r, const char *fmt,
		  ...)
{
	va_list ap;

	a->reason = r;
	va_start(ap, fmt);
	vsnprintf(a->detail, sizeof(a->detail), fmt, ap);
	va_end(ap);
}

void guard_plan(const struct plan *p, struct guard_answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!p->pack_signed)
		guard_refuse(ret, GUARD_PACK, "%s",
			     p->pack_name ? p->pack_name : "");
}

int guard_new(const struct guard_options *o, struct guard **ret)
{
	struct guard *g = mem_zalloc(sizeof(*g));
	int err;

	if (!g)
		return err_nomem();
	g->o = *o;
	g->windows = target_variable(o->target, NULL, 64, "SystemRoot");
	err = protect_begin(o->target, &g->protect);
	if (err)
		guard_free(g);
	else
		*ret = g;
	return err;
}

void guard_free(struct guard *g)
{
	if (!g)
		return;
	protect_end(g->protect);
	mem_free(g);
}
