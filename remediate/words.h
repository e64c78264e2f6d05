/*
 * Steps in words.  What takes no `lang` is English: it goes into errors,
 * journal and store, and is translated where it is shown.
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
int words_short_name(const struct host_short *name, struct str *out);
/* A file that was moved away, and why the next start does not remove it. */
int words_left_there(const char *path, const char *why, struct str *out);
/* A file that is not back, while what was moved away waits for a restart. */
int words_still_waits(const char *path, struct str *out);
/*
 * Who still has a file loaded; `to_close`: the browsers among them, in the
 * order in which they are to be closed ("": none).  Nothing if nobody has.
 */
int words_loaded(const char *names, const char *to_close, bool may_miss,
		 bool can_ask, struct str *out);
/*
 * What became of a step: "done: Move the file into the vault", "undone: Put
 * the file back"; without the target.
 */
int words_event(enum fix_event event, bool is_undo, const struct step *s,
		const char *lang, struct str *out);
/*
 * A text of the tables, its first %s, if there is one, filled with `detail`:
 * as it is where the text has it in quotes, else translated if it is a
 * sentence; "?" for NULL and "".
 */
int words_fill(struct str *out, const char *lang, const char *text,
	       const char *detail);
const char *words_verdict(enum verdict v, const char *lang);
const char *hold_word(enum step_hold h); /* "verdict", for machines */

#endif
