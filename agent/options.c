/*
 * Parsing the command line from the option table, and help.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host.h"
#include "misread.h"
#include "typed.h"
#include <stdarg.h>
#include <string.h>

#define CMD_CLEAN (CMD_PLAN | CMD_FIX | CMD_UNDO)
#define CMD_TARGET                                                             \
	(CMD_SCAN | CMD_INVENTORY | CMD_REPORT | CMD_CLEAN | CMD_VAULT)
#define CMD_RULES (CMD_SCAN | CMD_INVENTORY | CMD_PACK | CMD_PLAN | CMD_FIX)
#define CMD_ALL	  0xffffffffu

enum option_kind {
	OPT_TEXT,
	OPT_FLAG,
	OPT_NUMBER,
	OPT_LIST,
	OPT_NUMBERS, /* several, each a step or a finding */
	OPT_MAP
};

struct option_row {
	const char *name;
	const char *arg; /* NULL: a flag */
	const char *help;
	enum option_kind kind;
	size_t offset;
	uint32_t commands;
};

#define AT(field) offsetof(struct options, field)

static const struct option_row rows[] = {
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
	  "close and end iexplore.exe where it has a file loaded", OPT_FLAG,
	  AT(end_browsers), CMD_FIX },
	{ "--scan", "N", "the scan to report (default: the newest)", OPT_NUMBER,
	  AT(scan_id), CMD_REPORT },
	{ "--format", "NAME", "text, html, json, ndjson or csv", OPT_TEXT,
	  AT(format),
	  CMD_SCAN | CMD_INVENTORY | CMD_REPORT | CMD_TARGETS | CMD_PACK |
		  CMD_PLAN | CMD_VAULT },
	{ "--what", "NAME", "findings, inventory, gaps, traces or steps",
	  OPT_TEXT, AT(what), CMD_REPORT },
	{ "--exit-code", NULL, "end with the exit code of the scan", OPT_FLAG,
	  AT(exit_code), CMD_REPORT },
	{ "--strict", NULL,
	  "refuse missing metadata and any hit on the clean "
	  "corpus",
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
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

void complain(const char *fmt, ...)
{
	struct str s = STR_INIT;
	struct str shown = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	str_add(&shown, "mstmpsweep: ");
	utf_display(&shown, str_text(&s));
	str_addch(&shown, '\n');
	if (!shown.err)
		host_write(HOST_STDERR, shown.buf, shown.len, false);
	str_release(&shown);
	str_release(&s);
}

void complain_last(const char *what)
{
	const struct err_info *e = err_last();

	if (what && *what)
		complain("%s: %s", what, e->text);
	else
		complain("%s", e->text);
}

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (ascii_casecmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

/* ---- help --------------------------------------------------------------- */

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
		    "Exit codes: 0 nothing found, 1 found, 2 incomplete (1 and "
		    "2 are added),\n64 wrong usage, 65 could not start, 70 "
		    "stopped after starting.\n");
	print(&s);
	str_release(&s);
}

void print_command_help(const struct command *c)
{
	struct str s = STR_INIT;

	str_addf(&s, "Usage: mstmpsweep %s %s%s[OPTIONS]\n\n%s\n\nOptions:\n",
		 c->name, c->args, *c->args ? " " : "", c->summary);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct option_row *row = &rows[i];
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

/* ---- parsing ------------------------------------------------------------ */

static const struct option_row *row_find(const char *name, size_t name_nbytes)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (strlen(rows[i].name) == name_nbytes &&
		    ascii_ncasecmp(rows[i].name, name, name_nbytes) == 0)
			return &rows[i];
	}
	return NULL;
}

const char *option_name(const struct command *c, size_t index)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if ((rows[i].commands & c->bit) && index-- == 0)
			return rows[i].name;
	}
	return NULL;
}

static bool parse_map(const char *text, struct target_map *ret)
{
	int drive = text ? ascii_upper((unsigned char)text[0]) : 0;

	if (drive < 'A' || drive > 'Z' || text[1] != ':' || text[2] != '=' ||
	    !text[3])
		return false;
	ret->drive = (char)drive;
	ret->path = text + 3;
	return true;
}

static int set_value(struct options *o, const struct option_row *row,
		     const char *value)
{
	void *field = (char *)o + row->offset;
	struct target_map map;
	uint64_t number;
	void *slot;

	switch (row->kind) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_TEXT:
		*(const char **)field = value;
		return 0;
	case OPT_NUMBER:
		if (!str_parse_u64(value, &number) || !number ||
		    number > (row->offset == AT(threads) ? 64u : INT32_MAX)) {
			complain("%s needs a number, not \"%s\"", row->name,
				 value);
			return EXIT_USAGE;
		}
		if (row->offset == AT(threads))
			o->threads = (unsigned)number;
		else
			*(uint64_t *)field = number;
		return 0;
	case OPT_NUMBERS:
		if (!str_parse_u64(value, &number) || !number ||
		    number > INT32_MAX) {
			complain("%s needs a number, not \"%s\"", row->name,
				 value);
			return EXIT_USAGE;
		}
		slot = vec_push(field);
		if (!slot)
			return EXIT_STOPPED;
		*(uint64_t *)slot = number;
		return 0;
	case OPT_LIST:
		slot = vec_push(field);
		if (!slot)
			return EXIT_STOPPED;
		*(const char **)slot = value;
		return 0;
	case OPT_MAP:
		if (!parse_map(value, &map)) {
			complain("--map needs DRIVE:=FOLDER, for example "
				 "--map D:=/mnt/d, not \"%s\"",
				 value);
			return EXIT_USAGE;
		}
		slot = vec_push(field);
		if (!slot)
			return EXIT_STOPPED;
		*(struct target_map *)slot = map;
		return 0;
	}
	return EXIT_USAGE;
}

static int parse_option(struct options *o, const struct command *c, int argc,
			char **argv, int *i)
{
	const char *word = argv[*i];
	const char *equal = strchr(word, '=');
	size_t name_nbytes = equal ? (size_t)(equal - word) : strlen(word);
	const struct option_row *row = row_find(word, name_nbytes);
	const char *value = NULL;

	if (!row || !(row->commands & c->bit))
		return misread_option(c, word);
	if (!row->arg) {
		if (equal) {
			complain("%s takes no value", row->name);
			return EXIT_USAGE;
		}
		return set_value(o, row, NULL);
	}
	if (equal) {
		value = equal + 1;
	} else if (*i + 1 < argc) {
		*i += 1;
		value = argv[*i];
	}
	if (!value || !*value) {
		complain("%s needs a value: %s %s", row->name, row->name,
			 row->arg);
		return EXIT_USAGE;
	}
	if (misread_quote(row->name, value))
		return EXIT_USAGE;
	return set_value(o, row, value);
}

static int check_together(const struct options *o, const struct command *c)
{
	if (o->root && o->folder) {
		complain("give --root for a Windows or --folder for plain "
			 "files, not both");
		return EXIT_USAGE;
	}
	if (o->maps.count && !o->root) {
		complain("--map goes with --root");
		return EXIT_USAGE;
	}
	if (o->windows && !o->root) {
		complain("--windows goes with --root");
		return EXIT_USAGE;
	}
	if (o->out && host_is_device_name(o->out)) {
		complain("--out \"%s\" is the name of a device of Windows; "
			 "give another file name",
			 o->out);
		return EXIT_USAGE;
	}
	if (o->resume &&
	    (o->findings.count || o->steps.count || o->skips.count)) {
		complain("--resume goes on with what was planned; it takes no "
			 "--finding, --step or --skip");
		return EXIT_USAGE;
	}
	if (o->quick && o->full) {
		complain("give --quick or --full, not both");
		return EXIT_USAGE;
	}
	if (o->quick && o->folder) {
		complain("--quick needs a Windows; a folder is always scanned "
			 "whole");
		return EXIT_USAGE;
	}
	if (o->lang && strcmp(o->lang, "en") != 0 &&
	    strcmp(o->lang, "ja") != 0) {
		complain("--lang is en or ja, not \"%s\"", o->lang);
		return EXIT_USAGE;
	}
	if (o->args.count < c->min_args) {
		complain("%s needs %s; see 'mstmpsweep %s --help'", c->name,
			 c->args, c->name);
		return EXIT_USAGE;
	}
	return 0;
}

/* What is no option. */
static int parse_word(struct options *o, const struct command *c, char **argv,
		      int i)
{
	const char **slot;

	if (misread_quote("", argv[i]))
		return EXIT_USAGE;
	if (o->args.count == c->max_args)
		return misread_word(c, argv, i);
	slot = vec_push(&o->args);
	if (!slot)
		return EXIT_STOPPED;
	*slot = argv[i];
	return 0;
}

int options_parse(struct options *o, const struct command *c, int argc,
		  char **argv)
{
	bool only_args = false;
	int ret = 0;

	*o = (struct options){ .maps = VEC_INIT(struct target_map, 26),
			       .keys = VEC_INIT(const char *, 64),
			       .excludes = VEC_INIT(const char *, 4096),
			       .findings = VEC_INIT(uint64_t, 4096),
			       .steps = VEC_INIT(uint64_t, 4096),
			       .skips = VEC_INIT(uint64_t, 4096),
			       .args = VEC_INIT(const char *, 4096) };
	o->takes_folder = row_find("--folder", 8)->commands & c->bit;
	for (int i = 0; i < argc && !ret; i++) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
		} else if (!only_args && argv[i][0] == '-' && argv[i][1]) {
			ret = parse_option(o, c, argc, argv, &i);
		} else if (!only_args && typed_dash(argv[i])) {
			ret = misread_option(c, argv[i]);
		} else {
			ret = parse_word(o, c, argv, i);
		}
	}
	if (!ret)
		ret = check_together(o, c);
	if (!ret && !o->lang)
		o->lang = host_language();
	return ret;
}

void options_release(struct options *o)
{
	vec_release(&o->maps);
	vec_release(&o->keys);
	vec_release(&o->excludes);
	vec_release(&o->findings);
	vec_release(&o->steps);
	vec_release(&o->skips);
	vec_release(&o->args);
}

int options_target(const struct options *o, struct target_options *ret)
{
	*ret = (struct target_options){ .kind = TARGET_LIVE };
	if (o->root) {
		ret->kind = TARGET_OFFLINE;
		ret->root = o->root;
		ret->windows = o->windows;
		ret->maps = o->maps.items;
		ret->map_count = o->maps.count;
	} else if (o->folder) {
		ret->kind = TARGET_FOLDER;
		ret->root = o->folder;
	} else if (strcmp(host_kind(), "linux") == 0) {
		complain("this is no Windows: give --root DIR (a mounted "
			 "Windows disk; 'mstmpsweep targets' lists them)%s",
			 o->takes_folder ? " or --folder DIR" : "");
		return ERR_INVALID;
	}
	return 0;
}
