/*
 * What is told of a command line that is not understood.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "misread.h"
#include "typed.h"
#include "base/str.h"
#include <string.h>

void command_unknown(const char *typed)
{
	const char *name = typed_name(typed);
	struct nearest near = NEAREST_INIT;

	for (const struct command *c = commands; c->name; c++)
		nearest_try(&near, name, strlen(name), c->name);
	if (typed_dash(typed + (*typed == '-')))
		complain("a command comes first, not \"%s\", which begins with "
			 "a dash of a mail or text program; options begin with "
			 "two plain hyphens: 'mstmpsweep --help' lists both",
			 typed);
	else if (typed_is_option(typed))
		complain("a command comes first, not \"%s\"; 'mstmpsweep "
			 "--help' lists them",
			 typed);
	else if (near.word)
		complain("there is no command \"%s\"; did you mean \"%s\"? "
			 "'mstmpsweep --help' lists them",
			 typed, near.word);
	else
		complain("there is no command \"%s\"; 'mstmpsweep --help' "
			 "lists them",
			 typed);
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
		str_addf(&all, "%s%s", i ? ", " : "", words[i]);
	}
	if (near.word)
		complain("%s takes %s, not \"%s\"; did you mean \"%s\"?",
			 command, str_text(&all), typed, near.word);
	else
		complain("%s takes %s, not \"%s\"", command, str_text(&all),
			 typed);
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

	if (typed_dash(typed + (*typed == '-')))
		complain("\"%s\" begins with a dash of a mail or text program; "
			 "options begin with two plain hyphens%s%s",
			 typed, near ? ": " : "", near ? near : "");
	else if (near)
		complain("%s has no option \"%.*s\"; did you mean \"%s\"? "
			 "'mstmpsweep %s --help' lists them",
			 c->name, nbytes, typed, near, c->name);
	else
		complain("%s has no option \"%.*s\"; see 'mstmpsweep %s "
			 "--help'",
			 c->name, nbytes, typed, c->name);
	return EXIT_USAGE;
}

/*
 * On Windows \" is a quotation mark of the value: with "C:\stuff\" all that
 * follows becomes part of it.  No path, pattern, name or number has one.
 */
int misread_quote(const char *name, const char *value)
{
	if (!strchr(value, '"'))
		return 0;
	complain("%s%s\"%s\" holds a quotation mark, which no path or pattern "
		 "has; behind a backslash at the end of a path (\"C:\\DIR\\\") "
		 "it belongs to the value, and so does what follows: leave "
		 "that backslash out (\"C:\\DIR\")",
		 name, *name ? ": " : "", value);
	return EXIT_USAGE;
}

int misread_word(const struct command *c, char **argv, int i)
{
	const char *word = argv[i];
	const char *near = typed_is_option(word) ? near_option(c, word) : NULL;

	if (near)
		return misread_option(c, word);
	if (i > 0 && argv[i - 1][0] != '-')
		complain("%s does not take the word \"%s\"; if a path has a "
			 "blank, it goes into quotation marks: \"%s %s\"",
			 c->name, word, argv[i - 1], word);
	else
		complain("%s does not take the word \"%s\"; see 'mstmpsweep %s "
			 "--help'",
			 c->name, word, c->name);
	return EXIT_USAGE;
}
