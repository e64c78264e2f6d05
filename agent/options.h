/*
 * The command line: one table of commands, one of options; help, parsing
 * and the README's list come from them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/fmt.h"
#include "base/vec.h"
#include "session/exit_code.h"
#include "target/target.h"

struct options {
	const char *command; /* its name */
	const char *root;
	const char *folder;
	bool takes_folder; /* the command has --folder */
	struct vec maps;   /* struct target_map */
	const char *windows;
	const char *db;
	const char *pack;
	bool allow_older_pack;
	struct vec keys; /* const char *: files with minisign public keys */
	bool quick;
	bool full;
	unsigned threads;
	struct vec excludes; /* const char * */
	uint64_t scan_id;    /* 0: newest */
	const char *format;
	const char *what;
	const char *out;
	const char *lang;
	bool quiet;
	bool no_color;
	bool exit_code;
	bool strict;
	const char *hits;
	const char *clean;
	bool yes;
	bool resume;
	bool all;
	bool end_browsers;
	const char *vault;
	struct vec findings; /* uint64_t */
	struct vec steps;    /* uint64_t */
	struct vec skips;    /* uint64_t */
	struct vec args;     /* const char *: what is no option */
};

struct command {
	const char *name;
	const char *args;    /* shown after the name in help, "" if none */
	const char *summary; /* English */
	int (*run)(const struct options *o);
	uint32_t bit; /* its bit in the option table */
	size_t min_args, max_args;
};

#define CMD_SCAN      0x01u
#define CMD_INVENTORY 0x02u
#define CMD_REPORT    0x04u
#define CMD_TARGETS   0x08u
#define CMD_PACK      0x10u
#define CMD_PLAN      0x20u
#define CMD_FIX	      0x40u
#define CMD_UNDO      0x80u
#define CMD_VAULT     0x100u

/* The commands, ended by a NULL name. */
extern const struct command commands[];

/* In any case. */
const struct command *command_find(const char *name);
/* The index-th option that the command has, with its hyphens; NULL: no more. */
const char *option_name(const struct command *c, size_t index);
/* argv[0] is the first word after the command; 0 or EXIT_USAGE (said). */
int options_parse(struct options *o, const struct command *c, int argc,
		  char **argv);
void options_release(struct options *o);
/* --help in the forms that people try: -h, -?, /?. */
bool is_help_word(const char *word);
/* True if help was asked for; then it has been printed. */
bool options_asked_help(int argc, char **argv, const struct command *c);
void print_help(void);
void print_command_help(const struct command *c);
/*
 * Target of --root, --folder, --map or live.  ERR_INVALID has been said: there
 * is no Windows here, or one that is no patient (Windows PE).
 */
int options_target(const struct options *o, struct target_options *ret);

/*
 * Says "mstmpsweep: sentence" on the error stream, in the language of the
 * person: fmt is the English text.
 */
void complain(const char *fmt, ...) FMT_PRINTF(1, 2);
/* The same with the last recorded failure. */
void complain_last(const char *what);
/* That of --lang among these words, whatever else they say. */
void complain_choose_lang(int argc, char **argv);
/* "en" or "ja": the chosen one, else that of the system. */
const char *complain_lang(void);
bool language_is_known(const char *name);

int cmd_scan(const struct options *o);
int cmd_inventory(const struct options *o);
int cmd_report(const struct options *o);
int cmd_targets(const struct options *o);
int cmd_pack(const struct options *o);
int cmd_plan(const struct options *o);
int cmd_fix(const struct options *o);
int cmd_undo(const struct options *o);
int cmd_vault(const struct options *o);

#endif
