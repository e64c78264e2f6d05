/*
 * Entries whose data names a program: each program is a registration.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "collect/command.h"
#include "collect/walk.h"
#include "words/collect.h"

#include <string.h>

/* Winlogon and user32 read no more of one value; the rest is a gap. */
#define MAX_PARTS 256u

static int copy(char **to, const char *from)
{
	mem_free(*to);
	*to = mem_strdup(from);
	return from && !*to ? ERR_NOMEM : 0;
}

static const char *why_not(const struct points_walk *w, const struct entry *e,
			   const struct registration *r)
{
	if (e->place->is_virtual)
		return "virtual_store";
	if (e->place->is_wrong)
		return "wrong_place";
	if ((e->row->flags & POINT_UNTIL_XP) && target_info(w->z.t)->major > 5)
		return "other_version";
	if (e->why_not)
		return e->why_not;
	return r->server_path ? NULL : "no_server";
}

/* 64-bit Windows starts what its 32-bit list names, too: a path below
 * System32 can mean the one or the other. */
static int resolve_in(struct points_walk *w, const struct entry *e,
		      struct class_scope *scope, struct registration *r)
{
	int err;

	if (e->is_driver)
		return resolve_driver(&w->z, scope, r);
	if (e->row->leads == LEADS_BY_FILE || e->loader)
		return resolve_server(&w->z, scope, r);
	err = resolve_command(&w->z, scope, r);
	if (err || r->exists != EXISTS_NO || !w->z.is_64bit ||
	    scope->view != 32)
		return err;
	scope->view = 64;
	return resolve_command(&w->z, scope, r);
}

/* `user`: whose variables count; `count`: of rows, NULL: also a row for a
 * file that is not there. */
static int emit_for(struct points_walk *w, const struct entry *e,
		    const char *text, const struct target_user *user,
		    unsigned *count)
{
	const int native = w->z.is_64bit ? 64 : 32;
	struct class_scope scope = {
		.user = user,
		.view = e->place->view ? e->place->view : native,
		.no_browser = (e->row->flags & POINT_NO_BROWSER) != 0
	};
	struct registration *r = entry_registration(e, e->place->user);
	bool keep = false;
	int err;

	if (!r)
		return ERR_NOMEM;
	r->view = e->place->view;
	r->server_type = e->exec_type;
	err = copy(&r->server_raw, text);
	if (!err && e->loader)
		err = copy(&r->loader, e->loader);
	if (!err)
		err = resolve_in(w, e, &scope, r);
	if (!err && count && r->exists == EXISTS_NO)
		goto out;
	if (!err && count)
		++*count;
	if (!err)
		err = walk_name_place(w, user, r);
	if (!err) {
		r->not_read = r->exists == EXISTS_YES &&
			      resolver_leaves_out(&w->z, r->server_path);
		/* Not where nobody reads: hundreds lie in one folder. */
		if (r->server_path && !r->not_read)
			err = beside_files(w->z.beside, r->server_path,
					   &r->beside);
	}
	if (!err) {
		r->why_not = why_not(w, e, r);
		r->disabled = r->why_not && !strcmp(r->why_not, "disabled");
		r->loads = !r->why_not;
		err = w->fn(w->arg, r, &keep);
	}
out:
	if (!keep)
		registration_free(r);
	return err;
}

/* What the machine says, and each who logs on starts in his own environment. */
static bool is_started_by_users(const struct entry *e)
{
	const enum point point = e->row->point;

	return !e->place->user &&
	       (point == POINT_RUN || point == POINT_RUN_ONCE ||
		point == POINT_WINLOGON || point == POINT_ACTIVE_SETUP ||
		point == POINT_SCHEDULED_TASK);
}

/*
 * "%TEMP%\x.exe" is another file for each: a row of each who has it, of one if
 * nobody has.
 */
static int emit_of_users(struct points_walk *w, const struct entry *e,
			 const char *text, int view, const char *common)
{
	const struct target_user *first = NULL;
	unsigned count = 0;
	bool is_common = false; /* the same for somebody as for the machine */
	int err = 0;

	for (size_t i = 0; !err && i < target_user_count(w->z.t); i++) {
		const struct target_user *user = target_user(w->z.t, i);
		char *own;

		/* Nobody logs on as these. */
		if (user->is_service || user->is_default)
			continue;
		own = target_expand(w->z.t, user, view, text);
		if (!own) {
			err = ERR_NOMEM;
		} else if (!strcmp(own, common)) {
			is_common = true;
		} else {
			first = first ? first : user;
			err = emit_for(w, e, text, user, &count);
		}
		mem_free(own);
	}
	/* A task can be the system's, too. */
	is_common |=
		e->row->point == POINT_SCHEDULED_TASK && !strchr(common, '%');
	if (!err && (is_common || !first))
		err = emit_for(w, e, text, NULL, first ? &count : NULL);
	if (!err && first && !count)
		err = emit_for(w, e, text, first, NULL);
	return err;
}

static int emit(struct points_walk *w, const struct entry *e, const char *text)
{
	const int native = w->z.is_64bit ? 64 : 32;
	const int view = e->place->view ? e->place->view : native;
	char *common;
	int err;

	if (!is_started_by_users(e) || !strchr(text, '%'))
		return emit_for(w, e, text, e->place->user, NULL);
	common = target_expand(w->z.t, NULL, view, text);
	err = common ? emit_of_users(w, e, text, view, common) : ERR_NOMEM;
	mem_free(common);
	return err;
}

/*
 * "Explorer.exe evil.exe" is the shell, which opens the other: two programs,
 * of which only the second may have to go.  Length of the first, all of it
 * where there is one only.
 */
static size_t shell_length(const char *part)
{
	struct str name = STR_INIT;
	const char *rest = "";
	size_t n = strlen(part);

	if (command_name(part, 0, &name, &rest) && *rest &&
	    *command_skip_switches(rest) &&
	    (!ascii_casecmp(server_basename(str_text(&name)), "explorer.exe") ||
	     !ascii_casecmp(server_basename(str_text(&name)), "explorer")))
		n = (size_t)(rest - part);
	str_release(&name);
	return n;
}

/* Blanks at either end are nobody's. */
static int emit_trimmed(struct points_walk *w, const struct entry *e,
			const char *text, size_t nbytes)
{
	char *part;
	int err;

	while (nbytes && (*text == ' ' || *text == '\t')) {
		text++;
		nbytes--;
	}
	while (nbytes && (text[nbytes - 1] == ' ' || text[nbytes - 1] == '\t'))
		nbytes--;
	if (!nbytes)
		return 0;
	part = mem_strndup(text, nbytes);
	err = part ? emit(w, e, part) : ERR_NOMEM;
	mem_free(part);
	return err;
}

static int emit_part(struct points_walk *w, const struct entry *e,
		     const char *text, size_t nbytes)
{
	size_t n = nbytes;
	char *part;
	int err;

	if (e->row->point == POINT_WINLOGON) {
		part = mem_strndup(text, nbytes);
		if (!part)
			return ERR_NOMEM;
		n = shell_length(part);
		mem_free(part);
	}
	err = emit_trimmed(w, e, text, n);
	return err ? err : emit_trimmed(w, e, text + n, nbytes - n);
}

/* A separator inside quotes is part of a name. */
static size_t part_length(const char *text, const char *separators)
{
	bool is_quoted = false;
	size_t n;

	for (n = 0; text[n]; n++) {
		if (text[n] == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && strchr(separators, text[n]))
			break;
	}
	return n;
}

int entry_emit_programs(struct points_walk *w, const struct entry *e)
{
	const char *at = e->exec;
	unsigned count = 0;
	int err = 0;

	if (!at)
		return 0;
	if (!e->row->separators)
		return emit_part(w, e, at, strlen(at));
	while (*at && !err) {
		size_t n = part_length(at, e->row->separators);

		if (count++ == MAX_PARTS) {
			gap_report(w->z.gaps, GAP_TOO_LARGE, GAP_MATTERS,
				   e->path, 0, W_COLLECT_VALUE_PROGRAMS_MANY,
				   MAX_PARTS);
			break;
		}
		err = emit_part(w, e, at, n);
		at += n + (at[n] != '\0');
	}
	return err;
}
