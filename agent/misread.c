/*
 * What is told of a command line that is not understood.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "misread.h"
#include "typed.h"
#include "base/str.h"
#include "words/base.h"
#include "words/usage.h"
#include "words/words.h"
#include <string.h>

void command_unknown(const char *typed)
{
	const char *name = typed_name(typed);
	struct nearest near = NEAREST_INIT;

	for (const struct command *c = commands; c->name; c++)
		nearest_try(&near, name, strlen(name), c->name);
	if (typed_dash(typed + (*typed == '-')))
		complain(W_USAGE_COMMAND_DASH, typed);
	else if (typed_is_option(typed))
		complain(W_USAGE_COMMAND_FIRST, typed);
	else if (near.word)
		complain(W_USAGE_COMMAND_NEAR, typed, near.word);
	else
		complain(W_USAGE_COMMAND_UNKNOWN, typed);
}

const char *subcommand_find(const char *command, const char *const *words,
			    const char *typed)
{
	struct nearest near = NEAREST_INIT;
	struct str all = STR_INIT;

	for (size_t i = 0; words[i]; i++) {
		if (ascii_casecmp(words[i], typed) == 0) {
			str_release(&all);
			return words[i];
		}
		nearest_try(&near, typed, strlen(typed), words[i]);
		if (i)
			str_add(&all, words_in(W_USAGE_COMMA, complain_lang()));
		str_add(&all, words[i]);
	}
	if (near.word)
		complain(W_USAGE_WORD_NEAR, command, str_text(&all), typed,
			 near.word);
	else
		complain(W_USAGE_WORD_OTHER, command, str_text(&all), typed);
	str_release(&all);
	return NULL;
}

/* An option of that command whose name is near to what was typed; NULL. */
static const char *near_option(const struct command *c, const char *typed)
{
	const char *name = typed_name(typed);
	const size_t nbytes = strcspn(name, "=:");
	struct nearest near = NEAREST_INIT;

	for (size_t i = 0; option_name(c, i); i++)
		nearest_try(&near, name, nbytes, option_name(c, i) + 2);
	/* The table's word with its two hyphens. */
	return near.word ? near.word - 2 : NULL;
}

int misread_option(const struct command *c, const char *typed)
{
	const char *near = near_option(c, typed);
	const int nbytes = (int)strcspn(typed, "=");

	if (typed_dash(typed + (*typed == '-'))) {
		if (near)
			complain(W_USAGE_DASH_NEAR, typed, near);
		else
			complain(W_USAGE_DASH, typed);
	} else if (near) {
		complain(W_USAGE_OPTION_NEAR, c->name, nbytes, typed, near,
			 c->name);
	} else {
		complain(W_USAGE_OPTION_UNKNOWN, c->name, nbytes, typed,
			 c->name);
	}
	return EXIT_USAGE;
}

/*
 * On Windows \" is a quotation mark of the value: with "C:\stuff\" all that
 * follows becomes part of it.  No path, pattern, name or number has one.
 */
int misread_quote(const char *name, const char *value)
{
	struct str why = STR_INIT;

	if (!strchr(value, '"'))
		return 0;
	str_addf(&why, W_USAGE_QUOTE, value);
	if (*name)
		complain(W_BASE_JOINED, name, str_text(&why));
	else
		complain("%s", str_text(&why));
	str_release(&why);
	return EXIT_USAGE;
}

int misread_word(const struct command *c, char **argv, int i)
{
	const char *word = argv[i];
	const char *near = typed_is_option(word) ? near_option(c, word) : NULL;

	if (near)
		return misread_option(c, word);
	if (i > 0 && argv[i - 1][0] != '-')
		complain(W_USAGE_STRAY_BLANK, c->name, word, argv[i - 1], word);
	else
		complain(W_USAGE_STRAY, c->name, word, c->name);
	return EXIT_USAGE;
}
