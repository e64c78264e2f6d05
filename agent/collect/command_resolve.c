/*
 * From a command line to the file that would be started or loaded.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/command.h"

#include <string.h>

/* cmd /c cmd /c …: nobody's chain is longer. */
#define MAX_CHAIN 4
/* A longer name is looked for once, not at each blank. */
#define MAX_NAME_NBYTES 4096

struct command {
	struct resolver *z;
	const struct class_scope *scope;
	struct registration *r;
};

/* Up to the first NUL, ours of C0 80 included, variables replaced. */
static char *expanded(const struct command *c, const char *raw)
{
	const char *nul = strstr(raw, "\xC0\x80");
	char *cut = mem_strndup(raw, nul ? (size_t)(nul - raw) : strlen(raw));
	char *text = cut ? target_expand(c->z->t, c->scope->user,
					 c->scope->view, cut)
			 : NULL;

	mem_free(cut);
	return text;
}

static bool lacks_extension(const char *name)
{
	return !strchr(server_basename(name), '.');
}

/* The name in quotes, so that no blank in it ends it. */
static int quoted(struct str *out, const char *name, const char *tail)
{
	str_clear(out);
	return str_addf(out, "\"%s%s\"", name, tail);
}

/* ---- the program --------------------------------------------------------- */

/* Quiet, and of names with a folder only: a look, no gap. */
static bool is_there(const struct command *c, const char *name,
		     const char *tail)
{
	struct server_form form = { .is_bare = false };
	struct target_path file = { .wpath = NULL };
	struct str raw = STR_INIT;
	bool is_file = false;
	char *path = NULL;

	if (!quoted(&raw, name, tail))
		path = server_normalise_form(c->z->t, c->scope->user,
					     c->scope->view, str_text(&raw),
					     &form);
	if (path && !form.is_bare && !form.is_url && !form.is_unknown &&
	    !target_resolve(c->z->t, path, 0, &file))
		is_file = host_may_be_file(&file.st);
	target_path_release(&file);
	mem_free(path);
	str_release(&raw);
	return is_file;
}

static bool is_program(const struct command *c, const char *name)
{
	return (lacks_extension(name) && is_there(c, name, ".exe")) ||
	       is_there(c, name, "");
}

/* Which beginning of the line is the program. */
static unsigned find_program(const struct command *c, const char *line)
{
	struct str name = STR_INIT;
	const char *rest;
	unsigned n;

	for (n = 0; command_name(line, n, &name, &rest); n++) {
		if (name.len > MAX_NAME_NBYTES)
			break;
		if (is_program(c, str_text(&name))) {
			str_release(&name);
			return n;
		}
	}
	str_release(&name);
	return command_guess(line);
}

/* Windows appends ".exe" to a name that has no extension. */
static int fill_program(const struct command *c, const char *name)
{
	struct str raw = STR_INIT;
	int err;

	quoted(&raw, name, lacks_extension(name) ? ".exe" : "");
	err = raw.err ? ERR_NOMEM
		      : resolve_file(c->z, c->scope, str_text(&raw), c->r);
	if (!err && c->r->exists == EXISTS_NO && lacks_extension(name) &&
	    is_there(c, name, ".")) {
		/* The dot: it is no DLL either. */
		quoted(&raw, name, ".");
		err = raw.err ? ERR_NOMEM
			      : resolve_file(c->z, c->scope, str_text(&raw),
					     c->r);
	}
	str_release(&raw);
	return err;
}

/* ---- what it is told to load --------------------------------------------- */

/* A program of that name elsewhere is the subject itself. */
static bool is_system_program(const struct command *c)
{
	return c->r->exists != EXISTS_YES ||
	       target_is_in_windows(c->z->t, c->r->server_path);
}

static int set_loader(struct registration *r, const char *program)
{
	if (r->loader)
		return 0;
	r->loader = mem_strdup(server_basename(program));
	return r->loader ? 0 : ERR_NOMEM;
}

/* What is told of a loader is none of what it loads, there or not. */
static void forget_file(struct registration *r)
{
	mem_free(r->server_path);
	mem_free(r->md5);
	mem_free(r->sha1);
	mem_free(r->sha256);
	mem_free(r->file_version);
	mem_free(r->publisher);
	mem_free(r->product);
	r->server_path = r->md5 = r->sha1 = r->sha256 = NULL;
	r->file_version = r->publisher = r->product = NULL;
	r->file_size = 0;
	r->version_resource = EXISTS_UNKNOWN;
	r->exists = EXISTS_NO;
	r->is_bare = false;
	while (r->also_count)
		mem_free(r->also[--r->also_count]);
}

/* `nbytes` of what rundll32 is given, in `quotes` ("" or a quote). */
static int fill_as_dll(const struct command *c, const char *text, size_t nbytes,
		       const char *quotes)
{
	struct str raw = STR_INIT;
	int err;

	forget_file(c->r);
	str_addf(&raw, "rundll32 %s", quotes);
	str_addn(&raw, text, nbytes);
	str_add(&raw, quotes);
	err = raw.err ? ERR_NOMEM
		      : resolve_file(c->z, c->scope, str_text(&raw), c->r);
	str_release(&raw);
	return err;
}

/*
 * The name goes up to the comma.  Where no such file is there, up to a blank:
 * rundll32 takes "x.dll Entry", too, and regsvr32 knows no comma.
 */
static int fill_dll(const struct command *c, const char *text)
{
	const size_t nbytes = strlen(text);
	const size_t n = strcspn(text, " \t,");
	int err = fill_as_dll(c, text, nbytes, "");

	if (err || *text == '"' || c->r->exists != EXISTS_NO || !text[n] ||
	    text[n] == ',')
		return err;
	err = fill_as_dll(c, text, n, "\"");
	if (!err && c->r->exists == EXISTS_NO)
		err = fill_as_dll(c, text, nbytes, "");
	return err;
}

static int fill_line(const struct command *c, const char *line, unsigned chain);

/*
 * What cmd is told need not be a file: then it is cmd that is started.  A name
 * without extension is one of a file if that is there, or if it starts others.
 */
static bool is_file_name(const struct command *c, const char *rest)
{
	struct str name = STR_INIT;
	const char *behind;
	bool is;

	is = command_name(rest, find_program(c, rest), &name, &behind) &&
	     !strpbrk(str_text(&name), "*?<>|,") &&
	     (!lacks_extension(str_text(&name)) ||
	      command_argument_of(str_text(&name)) != COMMAND_NONE ||
	      is_program(c, str_text(&name)));
	str_release(&name);
	return is;
}

/*
 * cmd /c "a.exe -x": the quotes are those of the name only if that is what the
 * file is called, else of the whole line (cmd /?).
 */
static char *without_outer_quotes(const struct command *c, const char *line)
{
	const char *last = strrchr(line, '"');
	struct str name = STR_INIT, bare = STR_INIT;
	const char *rest;

	if (*line == '"' && last > line &&
	    command_name(line, 0, &name, &rest) &&
	    !is_program(c, str_text(&name))) {
		str_addn(&bare, line + 1, (size_t)(last - line) - 1);
		str_add(&bare, last + 1);
	} else {
		str_add(&bare, line);
	}
	str_release(&name);
	return str_detach(&bare);
}

static int fill_argument(const struct command *c, const char *program,
			 const char *rest, unsigned chain)
{
	const enum command_argument kind = command_argument_of(program);
	const char *given = command_argument(program, rest);
	char *argument;
	int err = 0;

	if (kind == COMMAND_NONE || !*given || chain >= MAX_CHAIN ||
	    !is_system_program(c))
		return 0;
	if (kind == COMMAND_DLL)
		argument = mem_strdup(given);
	else
		argument = without_outer_quotes(c, given);
	if (!argument)
		return ERR_NOMEM;
	if (kind == COMMAND_DLL || is_file_name(c, argument)) {
		err = set_loader(c->r, program);
		forget_file(c->r);
		if (!err)
			err = kind == COMMAND_DLL
				      ? fill_dll(c, argument)
				      : fill_line(c, argument, chain + 1);
	}
	mem_free(argument);
	return err;
}

static int fill_line(const struct command *c, const char *line, unsigned chain)
{
	struct str name = STR_INIT;
	const char *rest = "";
	int err = 0;

	if (command_name(line, find_program(c, line), &name, &rest) &&
	    !name.err)
		err = fill_program(c, str_text(&name));
	if (!err && !name.err && name.len)
		err = fill_argument(c, str_text(&name), rest, chain);
	if (name.err)
		err = ERR_NOMEM;
	str_release(&name);
	return err;
}

int resolve_command(struct resolver *z, const struct class_scope *scope,
		    struct registration *r)
{
	struct command c = { z, scope, r };
	char *line = expanded(&c, r->server_raw);
	int err;

	forget_file(r);
	if (!line)
		return ERR_NOMEM;
	/* The line's variables are gone from what the file is looked for by. */
	err = resolve_note_path(z, scope, r->server_raw, r);
	if (!err)
		err = fill_line(&c, line, 0);
	mem_free(line);
	return err;
}

/* "system32\drivers\x.sys" lies below the Windows folder. */
int resolve_driver(struct resolver *z, const struct class_scope *scope,
		   struct registration *r)
{
	const char *raw = r->server_raw;
	struct str text = STR_INIT;
	int err;

	if (raw[0] != '\\' && raw[0] != '/' && raw[0] != '%' &&
	    !(raw[0] && raw[1] == ':'))
		str_add(&text, "\\SystemRoot\\");
	str_add(&text, raw);
	err = text.err ? ERR_NOMEM : resolve_file(z, scope, str_text(&text), r);
	str_release(&text);
	return err;
}
