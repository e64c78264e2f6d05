/*
 * The options: names, help, and which commands take them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "option_table.h"
#include "base/str.h"
#include "words/option.h"
#include <string.h>

#define CMD_CLEAN (CMD_PLAN | CMD_FIX | CMD_UNDO)
#define CMD_TARGET                                                             \
	(CMD_SCAN | CMD_INVENTORY | CMD_REPORT | CMD_CLEAN | CMD_VAULT)
#define CMD_RULES (CMD_SCAN | CMD_INVENTORY | CMD_PACK | CMD_PLAN | CMD_FIX)
#define CMD_ALL	  0xffffffffu

#define AT(field) offsetof(struct options, field)

const struct option_row option_rows[] = {
	{ "--root", "DIR", W_OPTION_ROOT, OPT_TEXT, AT(root), CMD_TARGET },
	{ "--map", "D:=DIR", W_OPTION_MAP, OPT_MAP, AT(maps), CMD_TARGET },
	{ "--windows", "DIR", W_OPTION_WINDOWS, OPT_TEXT, AT(windows),
	  CMD_TARGET },
	{ "--folder", "DIR", W_OPTION_FOLDER, OPT_TEXT, AT(folder),
	  CMD_SCAN | CMD_REPORT },
	{ "--quick", NULL, W_OPTION_QUICK, OPT_FLAG, AT(quick), CMD_SCAN },
	{ "--full", NULL, W_OPTION_FULL, OPT_FLAG, AT(full), CMD_SCAN },
	{ "--exclude", "PATTERN", W_OPTION_EXCLUDE, OPT_LIST, AT(excludes),
	  CMD_SCAN },
	{ "--threads", "N", W_OPTION_THREADS, OPT_NUMBER, AT(threads),
	  CMD_SCAN },
	{ "--db", "FILE", W_OPTION_DB, OPT_TEXT, AT(db),
	  CMD_SCAN | CMD_REPORT | CMD_CLEAN },
	{ "--pack", "FILE|DIR", W_OPTION_PACK, OPT_TEXT, AT(pack), CMD_RULES },
	{ "--key", "FILE", W_OPTION_KEY, OPT_LIST, AT(keys), CMD_RULES },
	{ "--allow-older-pack", NULL, W_OPTION_ALLOW_OLDER_PACK, OPT_FLAG,
	  AT(allow_older_pack), CMD_SCAN | CMD_PLAN | CMD_FIX },
	{ "--finding", "N", W_OPTION_FINDING, OPT_NUMBERS, AT(findings),
	  CMD_CLEAN },
	{ "--step", "N", W_OPTION_STEP, OPT_NUMBERS, AT(steps), CMD_CLEAN },
	{ "--skip", "N", W_OPTION_SKIP, OPT_NUMBERS, AT(skips),
	  CMD_PLAN | CMD_FIX },
	{ "--all", NULL, W_OPTION_ALL, OPT_FLAG, AT(all), CMD_PLAN },
	{ "--vault", "DIR", W_OPTION_VAULT, OPT_TEXT, AT(vault),
	  CMD_CLEAN | CMD_VAULT },
	{ "--yes", NULL, W_OPTION_YES, OPT_FLAG, AT(yes), CMD_FIX | CMD_UNDO },
	{ "--resume", NULL, W_OPTION_RESUME, OPT_FLAG, AT(resume), CMD_FIX },
	{ "--end-browsers", NULL, W_OPTION_END_BROWSERS, OPT_FLAG,
	  AT(end_browsers), CMD_FIX },
	{ "--scan", "N", W_OPTION_SCAN, OPT_NUMBER, AT(scan_id), CMD_REPORT },
	{ "--format", "NAME", W_OPTION_FORMAT, OPT_TEXT, AT(format),
	  CMD_SCAN | CMD_INVENTORY | CMD_REPORT | CMD_TARGETS | CMD_PACK |
		  CMD_PLAN | CMD_VAULT },
	{ "--what", "NAME", W_OPTION_WHAT, OPT_TEXT, AT(what), CMD_REPORT },
	{ "--exit-code", NULL, W_OPTION_EXIT_CODE, OPT_FLAG, AT(exit_code),
	  CMD_REPORT },
	{ "--strict", NULL, W_OPTION_STRICT, OPT_FLAG, AT(strict), CMD_PACK },
	{ "--hits", "DIR", W_OPTION_HITS, OPT_TEXT, AT(hits), CMD_PACK },
	{ "--clean", "DIR", W_OPTION_CLEAN, OPT_TEXT, AT(clean), CMD_PACK },
	{ "--out", "FILE", W_OPTION_OUT, OPT_TEXT, AT(out),
	  CMD_ALL & ~CMD_FIX },
	{ "--lang", "en|ja", W_OPTION_LANG, OPT_TEXT, AT(lang), CMD_ALL },
	{ "--quiet", NULL, W_OPTION_QUIET, OPT_FLAG, AT(quiet),
	  CMD_SCAN | CMD_FIX | CMD_UNDO },
	{ "--no-color", NULL, W_OPTION_NO_COLOR, OPT_FLAG, AT(no_color),
	  CMD_ALL },
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
