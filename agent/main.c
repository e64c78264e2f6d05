/*
 * Entry: the table of commands; no work here.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"
#include "output.h"
#include "misread.h"
#include "base/err.h"
#include "base/str.h"
#include "host/host.h"
#include "words/help.h"

const struct command commands[] = {
	{ "scan", "", W_HELP_SCAN, cmd_scan, CMD_SCAN, 0, 0 },
	{ "inventory", "", W_HELP_INVENTORY, cmd_inventory, CMD_INVENTORY, 0,
	  0 },
	{ "plan", "", W_HELP_PLAN, cmd_plan, CMD_PLAN, 0, 0 },
	{ "fix", "", W_HELP_FIX, cmd_fix, CMD_FIX, 0, 0 },
	{ "undo", "", W_HELP_UNDO, cmd_undo, CMD_UNDO, 0, 0 },
	{ "report", "", W_HELP_REPORT, cmd_report, CMD_REPORT, 0, 0 },
	{ "targets", "[PATH...]", W_HELP_TARGETS, cmd_targets, CMD_TARGETS, 0,
	  4096 },
	{ "pack", "list|verify|test|build [PATH]", W_HELP_PACK, cmd_pack,
	  CMD_PACK, 1, 2 },
	{ "vault", "[list]", W_HELP_VAULT, cmd_vault, CMD_VAULT, 0, 1 },
	{ NULL, NULL, NULL, NULL, 0, 0, 0 },
};

int main(int argc, char **argv)
{
	const struct command *c;
	struct options o;
	int ret;

	if (host_start(&argc, &argv)) {
		complain_last(W_HELP_NO_START);
		return EXIT_NO_START;
	}
	complain_choose_lang(argc, argv);
	if (argc < 2) {
		print_help();
		return EXIT_USAGE;
	}
	if (is_help_word(argv[1]) || ascii_casecmp(argv[1], "help") == 0) {
		c = argc > 2 ? command_find(argv[2]) : NULL;
		if (c)
			print_command_help(c);
		else
			print_help();
		return 0;
	}
	if (ascii_casecmp(argv[1], "--version") == 0 ||
	    ascii_casecmp(argv[1], "-v") == 0) {
		static const char text[] = "mstmpsweep " MSTMP_VERSION "\n";

		host_write(HOST_STDOUT, text, sizeof(text) - 1, false);
		return 0;
	}
	c = command_find(argv[1]);
	if (!c) {
		command_unknown(argv[1]);
		return EXIT_USAGE;
	}
	if (options_asked_help(argc - 2, argv + 2, c))
		return 0;
	ret = options_parse(&o, c, argc - 2, argv + 2);
	if (!ret)
		ret = output_check(&o);
	if (!ret)
		ret = c->run(&o);
	options_release(&o);
	return ret;
}
