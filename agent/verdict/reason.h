/*
 * The parts of a reason, each in the language `lang`, "en" or "ja": reason.c
 * puts them together.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VERDICT_REASON_H
#define VERDICT_REASON_H

#include "base/str.h"
#include "verdict/judge.h"

/*
 * Text from the target, at most `max_nbytes` of it, in quotes; nothing in it
 * ends the quotation or the line.
 */
void reason_add_quoted(struct str *out, const char *text, size_t max_nbytes,
		       const char *lang);
/* The same for a name. */
void reason_add_name(struct str *out, const char *name, const char *lang);
/* In front of a further sentence: a blank in English, in Japanese nothing. */
void reason_go_on(struct str *out, const char *lang);
/* The strongest two kinds of evidence that count, in the pack's words. */
void reason_add_evidence(struct str *out, const struct judge_lists *l,
			 const struct subject *s, const char *lang);
/*
 * Where it is registered: the entry that a rule hit (of several the one that
 * counts, and that is loaded), else the one that is loaded; for whom, whether
 * it is loaded, whether its program is there, who calls himself its maker,
 * and what is left of it.
 */
void reason_add_registrations(struct str *out, const struct subject *s,
			      const char *lang);

#endif
