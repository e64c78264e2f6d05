/*
 * The options: names, help, and which commands take them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "option_table.h"
#include "base/str.h"
#include <string.h>

#define CMD_CLEAN (CMD_PLAN | CMD_FIX | CMD_UNDO)
#define CMD_TARGET                                                             \
	(CMD_SCAN | CMD_INVENTORY | CMD_REPORT | CMD_CLEAN | CMD_VAULT)
#define CMD_RULES (CMD_SCAN | CMD_INVENTORY | CMD_PACK | CMD_PLAN | CMD_FIX)
#define CMD_ALL	  0xffffffffu

#define AT(field) offsetof(struct options, field)

const struct option_row option_rows[] = {
	{ "--root", "DIR",
	  "examine the offline Windows in DIR (the folder "
	  "that holds Windows\\)",
	  OPT_TEXT, AT(root), CMD_TARGET },
	{ "--map", "D:=DIR", "DIR is drive D: of that Windows; repeatable",
	  OPT_MAP, AT(maps), CMD_TARGET },
	{ "--windows", "DIR", "which Windows, where the root holds several",
	  OPT_TEXT, AT(windows), CMD_TARGET },
	{ "--folder", "DIR", "examine the files below DIR only", OPT_TEXT,
	  AT(folder), CMD_SCAN | CMD_REPORT },
	{ "--quick", NULL,
	  "where this outbreak lives: extension points, their "
	  "files, known places",
	  OPT_FLAG, AT(quick), CMD_SCAN },
	{ "--full", NULL, "and every file of every fixed volume (default)",
	  OPT_FLAG, AT(full), CMD_SCAN },
	{ "--exclude", "PATTERN",
	  "leave out each path that fits (*, ?, ** also over \\); repeatable, "
	  "printed\n"
	  "                       with the verdict, for example\n"
	  "                       \"C:\\Data\\**\"   what lies in that "
	  "folder (--folder: \"\\Data\\**\")\n"
	  "                       \"**\\Data\\**\"   what lies in any folder "
	  "of that name\n"
	  "                       \"**.iso\"       every file that ends so",
	  OPT_LIST, AT(excludes), CMD_SCAN },
	{ "--threads", "N", "worker threads (default: one per processor)",
	  OPT_NUMBER, AT(threads), CMD_SCAN },
	{ "--db", "FILE",
	  "the store (default: mstmpsweep.db beside the "
	  "program, or in a private folder)",
	  OPT_TEXT, AT(db), CMD_SCAN | CMD_REPORT | CMD_CLEAN },
	{ "--pack", "FILE|DIR", "signature pack (default: built in)", OPT_TEXT,
	  AT(pack), CMD_RULES },
	{ "--key", "FILE", "also trust this minisign public key; repeatable",
	  OPT_LIST, AT(keys), CMD_RULES },
	{ "--allow-older-pack", NULL,
	  "take a signed pack that is older than the one last used with this "
	  "store",
	  OPT_FLAG, AT(allow_older_pack), CMD_SCAN | CMD_PLAN | CMD_FIX },
	{ "--finding", "N",
	  "only steps of this finding, also of a suspicious one; repeatable",
	  OPT_NUMBERS, AT(findings), CMD_CLEAN },
	{ "--step", "N", "also do this step (undo: only this one); repeatable",
	  OPT_NUMBERS, AT(steps), CMD_CLEAN },
	{ "--skip", "N", "leave out this step; repeatable", OPT_NUMBERS,
	  AT(skips), CMD_PLAN | CMD_FIX },
	{ "--all", NULL, "show the steps that are left out, too", OPT_FLAG,
	  AT(all), CMD_PLAN },
	{ "--vault", "DIR",
	  "where saved files lie (default: below the data of all programs); "
	  "undo: also one item of a vault, or a vault without a journal",
	  OPT_TEXT, AT(vault), CMD_CLEAN | CMD_VAULT },
	{ "--yes", NULL, "do not ask", OPT_FLAG, AT(yes), CMD_FIX | CMD_UNDO },
	{ "--resume", NULL, "go on with a fix that was interrupted or failed",
	  OPT_FLAG, AT(resume), CMD_FIX },
	{ "--end-browsers", NULL,
	  "close and end iexplore.exe where it has a file loaded, its frame "
	  "first",
	  OPT_FLAG, AT(end_browsers), CMD_FIX },
	{ "--scan", "N", "the scan to report (default: the newest of this PC)",
	  OPT_NUMBER, AT(scan_id), CMD_REPORT },
	{ "--format", "NAME", "text, html, json, ndjson or csv", OPT_TEXT,
	  AT(format),
	  CMD_SCAN | CMD_INVENTORY | CMD_REPORT | CMD_TARGETS | CMD_PACK |
		  CMD_PLAN | CMD_VAULT },
	{ "--what", "NAME", "findings, inventory, gaps, traces or steps",
	  OPT_TEXT, AT(what), CMD_REPORT },
	{ "--exit-code", NULL, "end with the exit code of the scan", OPT_FLAG,
	  AT(exit_code), CMD_REPORT },
	{ "--strict", NULL,
	  "refuse what loads and can never work, what is missing, and any "
	  "hit on the clean corpus",
	  OPT_FLAG, AT(strict), CMD_PACK },
	{ "--hits", "DIR", "every rule must hit a file below DIR", OPT_TEXT,
	  AT(hits), CMD_PACK },
	{ "--clean", "DIR", "no rule may hit a file below DIR", OPT_TEXT,
	  AT(clean), CMD_PACK },
	{ "--out", "FILE", "write to FILE instead of the screen", OPT_TEXT,
	  AT(out), CMD_ALL & ~CMD_FIX },
	{ "--lang", "en|ja", "language of reports (default: the system's)",
	  OPT_TEXT, AT(lang),
	  CMD_SCAN | CMD_INVENTORY | CMD_REPORT | CMD_CLEAN | CMD_VAULT },
	{ "--quiet", NULL, "no progress and no report on the screen", OPT_FLAG,
	  AT(quiet), CMD_SCAN | CMD_FIX | CMD_UNDO },
	{ "--no-color", NULL, "no colours", OPT_FLAG, AT(no_color), CMD_ALL },
	{ NULL, NULL, NULL, OPT_FLAG, 0, 0 },
};

const struct option_row *option_find(const char *name, size_t name_nbytes)
{
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (strlen(r->name) == name_nbytes &&
		    ascii_ncasecmp(r->name, name, name_nbytes) == 0)
			return r;
	}
	return NULL;
}

const char *option_name(const struct command *c, size_t index)
{
	for (const struct option_row *r = option_rows; r->name; r++) {
		if ((r->commands & c->bit) && index-- == 0)
			return r->name;
	}
	return NULL;
}
