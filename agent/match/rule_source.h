/*
 * Where something stands in the text of a rule file: line numbers for
 * messages, and nothing else.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What rules mean is libyara's to say; here only comments, texts, regular
 * expressions and names are told apart.
 */
#ifndef MATCH_RULE_SOURCE_H
#define MATCH_RULE_SOURCE_H

#include <stddef.h>

/* Each gives 0 if it is not there.  `text` ends with a NUL. */

/* Of `rule NAME`. */
unsigned rule_source_line(const char *text, const char *rule);
/* Of the definition of a string of the rule ("$head"). */
unsigned rule_source_string_line(const char *text, const char *rule,
				 const char *identifier);
/* Of a text that the rule's condition names. */
unsigned rule_source_word_line(const char *text, const char *rule,
			       const char *word, size_t nbytes);

#endif
