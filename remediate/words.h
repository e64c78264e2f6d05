/*
 * Steps in words, English and Japanese.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REMEDIATE_WORDS_H
#define REMEDIATE_WORDS_H

#include "remediate/fixer.h"
#include "remediate/guard.h"

/* "Move the file into the vault" …, without the target. */
int words_action(const struct step *s, const char *lang, struct str *out);
/* The same of the way back: "Put the file back". */
int words_back(const struct step *s, const char *lang, struct str *out);
/* Target with the value's name, shown safely. */
int words_target(const struct step *s, struct str *out);
/* Why a step is not done by itself; "" for HOLD_NOT. */
int words_hold(const struct step *s, const char *lang, struct str *out);
/*
 * Why a step is left out: its hold, or that a fix has worked on its finding
 * since the scan; for people, and as a word for programs.
 */
int words_left_out(const struct step *s, const char *lang, struct str *out);
const char *word_left_out(const struct step *s);
/* A file is back but for its short name, and why; what can be done. */
int words_short_name(const struct host_short *name, const char *lang,
		     struct str *out);
/* A file that was moved away, and why the next start does not remove it. */
int words_left_there(const char *path, const char *why, const char *lang,
		     struct str *out);
/* A file that is not back, while what was moved away waits for a restart. */
int words_still_waits(const char *path, const char *lang, struct str *out);
/* Programs ended for a step: "closed for it: iexplore.exe (812)". */
int words_closed(const char *names, const char *lang, struct str *out);
/*
 * Who still has a file loaded; `to_close`: the browsers among them, in the
 * order in which they are to be closed ("": none).  Nothing if nobody has.
 */
int words_loaded(const char *names, const char *to_close, bool may_miss,
		 bool can_ask, const char *lang, struct str *out);
/* A short word for what happened: "done", "refused" …, or Japanese. */
const char *words_event(enum fix_event event, const char *lang);
const char *words_verdict(enum verdict v, const char *lang);
const char *hold_word(enum step_hold h); /* "verdict", for machines */

#endif
