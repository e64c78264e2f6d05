/*
 * Help: the commands, and the options of one of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"
#include "option_table.h"
#include "base/str.h"
#include "words/help.h"
#include "words/words.h"
#include <string.h>

void print_help(void)
{
	const char *lang = complain_lang();
	struct str s = STR_INIT;

	str_addf(&s, "%s\n\n%s\n\n%s\n", words_in(W_HELP_PROGRAM, lang),
		 words_in(W_HELP_USAGE, lang), words_in(W_HELP_COMMANDS, lang));
	for (const struct command *c = commands; c->name; c++)
		str_addf(&s, "  %-10s %s\n", c->name,
			 words_in(c->summary, lang));
	str_addf(&s, "\n%s\n%s\n", words_in(W_HELP_MORE, lang),
		 words_in(W_HELP_EXIT_CODES, lang));
	console_write(&s);
	str_release(&s);
}

static void add_option(struct str *s, const char *left, const char *help)
{
	str_addf(s, "  %-20s %s\n", left, words_in(help, complain_lang()));
}

void print_command_help(const struct command *c)
{
	const char *lang = complain_lang();
	struct str s = STR_INIT;

	words_add(&s, lang, W_HELP_COMMAND_USAGE, c->name, c->args,
		  *c->args ? " " : "");
	str_addf(&s, "\n\n%s\n\n%s\n", words_in(c->summary, lang),
		 words_in(W_HELP_OPTIONS, lang));
	for (const struct option_row *row = option_rows; row->name; row++) {
		char left[48];

		if (!(row->commands & c->bit))
			continue;
		snprintf(left, sizeof(left), "%s %s", row->name,
			 row->arg ? row->arg : "");
		add_option(&s, left, row->help);
	}
	add_option(&s, "--help", W_HELP_THIS);
	console_write(&s);
	str_release(&s);
}

bool is_help_word(const char *word)
{
	return ascii_casecmp(word, "--help") == 0 ||
	       ascii_casecmp(word, "-h") == 0 || strcmp(word, "-?") == 0 ||
	       strcmp(word, "/?") == 0;
}

bool options_asked_help(int argc, char **argv, const struct command *c)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (is_help_word(argv[i])) {
			print_command_help(c);
			return true;
		}
	}
	return false;
}
