/*
 * Parsing the command line from the option table.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "option_table.h"
#include "misread.h"
#include "targets_list.h"
#include "typed.h"
#include "base/err.h"
#include "base/str.h"
#include "host/host.h"
#include "words/usage.h"
#include <string.h>

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (ascii_casecmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

/* ---- parsing ------------------------------------------------------------ */

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
		    number > (row->offset == offsetof(struct options, threads)
				      ? 64u
				      : INT32_MAX)) {
			complain(W_USAGE_NUMBER, row->name, value);
			return EXIT_USAGE;
		}
		if (row->offset == offsetof(struct options, threads))
			o->threads = (unsigned)number;
		else
			*(uint64_t *)field = number;
		return 0;
	case OPT_NUMBERS:
		if (!str_parse_u64(value, &number) || !number ||
		    number > INT32_MAX) {
			complain(W_USAGE_NUMBER, row->name, value);
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
			complain(W_USAGE_MAP, value);
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
	const struct option_row *row = option_find(word, name_nbytes);
	const char *value = NULL;

	if (!row || !(row->commands & c->bit))
		return misread_option(c, word);
	if (!row->arg) {
		if (equal) {
			complain(W_USAGE_NO_VALUE, row->name);
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
		complain(W_USAGE_VALUE, row->name, row->name, row->arg);
		return EXIT_USAGE;
	}
	if (misread_quote(row->name, value))
		return EXIT_USAGE;
	return set_value(o, row, value);
}

/* What cannot stand together, NULL: all of it can. */
static const char *contradiction(const struct options *o)
{
	if (o->root && o->folder)
		return W_USAGE_TWO_TARGETS;
	if (o->maps.count && !o->root)
		return W_USAGE_MAP_ALONE;
	if (o->windows && !o->root)
		return W_USAGE_WINDOWS_ALONE;
	if (o->resume &&
	    (o->findings.count || o->steps.count || o->skips.count))
		return W_USAGE_RESUME;
	if (o->quick && o->full)
		return W_USAGE_QUICK_FULL;
	if (o->quick && o->folder)
		return W_USAGE_QUICK_FOLDER;
	return NULL;
}

static int check_together(const struct options *o, const struct command *c)
{
	const char *why = contradiction(o);

	if (why)
		complain("%s", why);
	else if (o->out && host_is_device_name(o->out))
		complain(W_USAGE_DEVICE, o->out);
	else if (o->lang && !language_is_known(o->lang))
		complain(W_USAGE_LANG, o->lang);
	else if (o->args.count < c->min_args)
		complain(W_USAGE_NEEDS, c->name, c->args, c->name);
	else
		return 0;
	return EXIT_USAGE;
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

	*o = (struct options){ .command = c->name,
			       .maps = VEC_INIT(struct target_map, 26),
			       .keys = VEC_INIT(const char *, 64),
			       .excludes = VEC_INIT(const char *, 4096),
			       .findings = VEC_INIT(uint64_t, 4096),
			       .steps = VEC_INIT(uint64_t, 4096),
			       .skips = VEC_INIT(uint64_t, 4096),
			       .args = VEC_INIT(const char *, 4096) };
	o->takes_folder = option_find("--folder", 8)->commands & c->bit;
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
		o->lang = complain_lang();
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
		complain("%s", o->takes_folder ? W_USAGE_NO_WINDOWS_FOLDER
					       : W_USAGE_NO_WINDOWS);
		return ERR_INVALID;
	} else if (targets_refuse_winpe(o)) {
		return ERR_INVALID;
	}
	return 0;
}
