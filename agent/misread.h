/*
 * What is told of a command line that is not understood: which word, and what
 * could be meant by it.  What returns int gives EXIT_USAGE.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MISREAD_H
#define MISREAD_H

#include "options.h"

/* There is no command of that name. */
void command_unknown(const char *typed);
/*
 * The word behind a command, in any case; `words` ends with NULL.  NULL: it is
 * none of them, which was said.
 */
const char *subcommand_find(const char *command, const char *const *words,
			    const char *typed);
/* The word is no option of that command. */
int misread_option(const struct command *c, const char *typed);
/* argv[i] is a word that the command does not take. */
int misread_word(const struct command *c, char **argv, int i);
/* 0 unless the value has a quotation mark; `name` of its option or "". */
int misread_quote(const char *name, const char *value);

#endif
