/*
 * Help: the commands, and the options of one of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "option_table.h"
#include "base/str.h"
#include "host/host.h"
#include <string.h>

static void print(const struct str *s)
{
	if (!s->err)
		host_write(HOST_STDOUT, str_text(s), s->len, false);
}

void print_help(void)
{
	struct str s = STR_INIT;

	str_add(&s,
		"mstmpsweep finds the mstmp / lib.dll / AdvBHO.dll outbreak "
		"of 2010 on a PC or disk.\n\nUsage: mstmpsweep COMMAND "
		"[OPTIONS]\n\nCommands:\n");
	for (const struct command *c = commands; c->name; c++)
		str_addf(&s, "  %-10s %s\n", c->name, c->summary);
	str_add(&s, "\n'mstmpsweep COMMAND --help' lists its options; "
		    "--version tells the version.\n"
		    "Exit codes: 0 nothing found, 1 found, 2 incomplete, 4 "
		    "restart needed (added up),\n64 wrong usage, 65 could not "
		    "start, 70 stopped after starting.\n");
	print(&s);
	str_release(&s);
}

void print_command_help(const struct command *c)
{
	struct str s = STR_INIT;

	str_addf(&s, "Usage: mstmpsweep %s %s%s[OPTIONS]\n\n%s\n\nOptions:\n",
		 c->name, c->args, *c->args ? " " : "", c->summary);
	for (const struct option_row *row = option_rows; row->name; row++) {
		char left[48];

		if (!(row->commands & c->bit))
			continue;
		snprintf(left, sizeof(left), "%s %s", row->name,
			 row->arg ? row->arg : "");
		str_addf(&s, "  %-20s %s\n", left, row->help);
	}
	str_addf(&s, "  %-20s %s\n", "--help", "this text");
	print(&s);
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
