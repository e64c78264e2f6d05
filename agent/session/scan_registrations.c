/*
 * Registrations of a scan: what they are known as, and what rules say.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/owner.h"
#include "collect/registration.h"
#include "host/host.h"
#include "words/scan.h"
#include <string.h>

static bool equal_or_any(const char *pattern, const char *value)
{
	if (strcmp(pattern, "*") == 0)
		return true;
	return value && utf_casecmp(pattern, value) == 0;
}

static const char *base_name(const char *wpath)
{
	const char *cut = wpath ? strrchr(wpath, '\\') : NULL;

	return cut ? cut + 1 : wpath;
}

/*
 * An entry with a class is known by class and file.  Where there is none any
 * file could bear that name: only Windows' own folders count.
 */
static bool names_more_than_a_file(const struct scan *s,
				   const struct registration *r)
{
	return r->clsid || (r->server_path &&
			    target_is_in_windows(s->target, r->server_path));
}

/*
 * Windows and products have no filter for web pages, whatever class it claims
 * (FACTS.md 8); and none is installed in a folder for temporary files.
 */
static bool can_be_known(const struct registration *r)
{
	static const char page[] = "text/html";

	if (r->point == POINT_MIME_FILTER && r->name &&
	    ascii_ncasecmp(r->name, page, sizeof(page) - 1) == 0)
		return false;
	return !r->location || strcmp(r->location, "temp") != 0;
}

/*
 * No product of the machine's is installed as a class of one user.  Any program
 * can make one that bears the number and the file name of a known one, and
 * what is known is kept.
 */
static bool is_machines_way(const struct registration *r)
{
	return owner_is_machine(owner_of_row(NULL, r->class_key, r->class_owner,
					     r->path_owner));
}

static int fill_known(struct scan *s, struct registration *r)
{
	const struct pack *p = s->options->pack;

	if (!is_machines_way(r) || !can_be_known(r))
		return 0;
	for (size_t i = 0; i < pack_known_count(p); i++) {
		const struct pack_known *k = pack_known(p, i);

		if (!equal_or_any(k->point, point_name(r->point)) ||
		    !equal_or_any(k->clsid, r->clsid) ||
		    !equal_or_any(k->file, base_name(r->server_path)) ||
		    !names_more_than_a_file(s, r))
			continue;
		r->known = mem_strdup(k->what);
		return r->known ? 0 : err_nomem();
	}
	return 0;
}

static const char *view_word(int view)
{
	return view == 64 ? "64" : view == 32 ? "32" : "shared";
}

/* "" where there is none; NULL without memory. */
static char *folder_of(const char *wpath)
{
	const char *cut = strrchr(wpath, '\\');

	return mem_strndup(wpath, cut ? (size_t)(cut - wpath) : 0);
}

static int match_registration(struct scan *s, const struct registration *r,
			      struct match_list *ret)
{
	const char *path = r->server_path ? r->server_path : "";
	const char *name = base_name(path);
	char *folder = folder_of(path);
	char *place = folder_of(r->place ? r->place : "");
	struct match_source source = { 0 };
	struct shown_vars v;
	struct scanner *scanner = NULL;
	struct str text = STR_INIT;
	int err;

	if (!folder || !place) {
		mem_free(folder);
		mem_free(place);
		return err_nomem();
	}
	err = shown_vars_init(&v, folder, name, place, "registration",
			      r->location ? r->location : "");
	v.vars.point = point_name(r->point);
	v.vars.view = view_word(r->view);
	v.vars.filetype = "";
	if (!err)
		err = registration_text(r, &text);
	if (!err)
		err = scanner_for(s, 0, &scanner);
	if (!err) {
		source.data = (const uint8_t *)str_text(&text);
		source.nbytes = text.len;
		err = scanner_scan(scanner, &source, &v.vars, ret);
	}
	shown_vars_release(&v);
	str_release(&text);
	mem_free(folder);
	mem_free(place);
	return err;
}

/* Its files matter from now on, wherever the walk meets them. */
static int add_servers(struct scan *s, struct registration *r)
{
	int err = 0;

	if (r->server_path && *r->server_path)
		err = namemap_put(s->servers, r->server_path, r);
	for (size_t i = 0; i < r->also_count && !err; i++)
		err = namemap_put(s->servers, r->also[i], r);
	return err;
}

/* What rules say of it; one that matches nothing is in the inventory. */
static int judge_registration(struct scan *s, struct registration *r)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int err;

	if (!a)
		return err_nomem();
	a->kind = ARTEFACT_REGISTRATION;
	a->registration = r;
	a->finding = SIZE_MAX;
	err = match_registration(s, r, &a->matches);
	if (err == ERR_NOMEM) {
		artefact_free(a);
		return err;
	}
	if (err) {
		gap_report(gap_list_sink(s->gaps), GAP_RULE_ERROR, GAP_BY_KIND,
			   r->registry_key, 0, "%s", err_last()->text);
	}
	if (a->matches.count && r->server_path && *r->server_path &&
	    namemap_put(s->led_to, r->server_path, r)) {
		artefact_free(a);
		return err_nomem();
	}
	return judge_add(s->judge, a);
}

int scan_registration(void *arg, struct registration *r, bool *keep_ret)
{
	struct scan *s = arg;
	struct registration **slot;
	int err;

	if (cancel_asked(s->options->cancel))
		return ERR_CANCELLED;
	if (s->registrations.count == s->registrations.max) {
		gap_report(gap_list_sink(s->gaps), GAP_TOO_LARGE, GAP_MATTERS,
			   "", 0, W_SCAN_TOO_MANY_REGISTRATIONS,
			   (unsigned)s->registrations.max);
		return 0;
	}
	err = fill_known(s, r);
	if (err)
		return err;
	slot = vec_push(&s->registrations);
	if (!slot)
		return err_last()->err;
	*slot = r;
	*keep_ret = true;
	err = add_servers(s, r);
	if (err)
		return err;
	err = judge_registration(s, r);
	keep_tick(&s->keep, host_monotonic_ms());
	return err;
}
