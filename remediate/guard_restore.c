/*
 * May a machine-wide MIME filter be put back to a class: only to one whose
 * server lies in System32 and is Microsoft's own (CONTRACT.md 9.5).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/guard_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/entry_value.h"
#include "words/guard.h"

#include <string.h>

/* Common names under which Microsoft signs files of Windows. */
static const char *const signers[] = {
	"Microsoft Windows",
	"Microsoft Windows Publisher",
	"Microsoft Windows Component Publisher",
	"Microsoft Corporation",
};

static bool is_microsofts(const struct protect_result *r, bool is_live)
{
	/* Catalogs of a Windows that does not run are only looked up. */
	if (!is_live)
		return r->answer == PROTECT_YES && r->why == PROTECT_BY_CATALOG;
	for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++)
		if (strcmp(r->publisher, signers[i]) == 0)
			return true;
	return false;
}

static bool is_in_system_folder(struct guard *g, const char *wpath)
{
	static const char *const folders[] = { "System32", "SysWOW64" };
	bool is_in = false;

	for (size_t i = 0; i < 2 && g->windows && !is_in; i++) {
		struct str folder = STR_INIT;

		str_addf(&folder, "%s\\%s", g->windows, folders[i]);
		is_in = !folder.err &&
			target_is_below(wpath, str_text(&folder));
		str_release(&folder);
	}
	return is_in;
}

static int check_file(struct guard *g, const char *server, int view,
		      struct guard_answer *a)
{
	struct target *t = g->o.target;
	struct target_path path = { 0 };
	struct host_place *place = NULL;
	struct host_subject *subject = NULL;
	struct protect_result signer;
	int err = target_resolve(t, server, view, &path);

	if (!err)
		err = host_place_open(target_base(t, path.host), path.host,
				      &place);
	if (!err)
		err = host_subject_open(place, HOST_SUBJECT_IN_USE, &subject);
	if (!err)
		err = protect_who_signed(g->protect, path.wpath, subject,
					 &signer);
	if (err && err != ERR_NOMEM)
		guard_refuse(a, GUARD_NOT_MICROSOFT, "\"%.150s\": %.150s",
			     server, err_last()->text);
	else if (!err && !is_in_system_folder(g, path.wpath))
		guard_refuse(a, GUARD_NOT_MICROSOFT, W_GUARD_NOT_IN_SYSTEM32,
			     path.wpath);
	else if (!err &&
		 !is_microsofts(&signer, target_info(t)->kind == TARGET_LIVE))
		guard_refuse(a, GUARD_NOT_MICROSOFT,
			     W_GUARD_NOT_MICROSOFTS_FILE, path.wpath);
	host_subject_close(subject);
	host_place_close(place);
	target_path_release(&path);
	return err == ERR_NOMEM ? err : 0;
}

/* One view's class; *found_ret: it is registered there. */
static int check_class(struct guard *g, const char *key, int view,
		       bool *found_ret, struct guard_answer *a)
{
	struct target_key place;
	struct reg_key *server = NULL;
	char *raw = NULL, *wpath = NULL;
	int err = target_find_key(g->o.target, key, &place);

	if (!err)
		err = reg_open_key(place.root, place.path, &server);
	if (err == ERR_NOT_FOUND)
		return 0;
	if (!err) {
		*found_ret = true;
		raw = registration_get_server(server, "");
		wpath = raw ? server_normalise(g->o.target, NULL, view, raw)
			    : NULL;
		reg_close_key(server);
		if (wpath)
			err = check_file(g, wpath, view, a);
		else
			guard_refuse(a, GUARD_NOT_MICROSOFT,
				     W_GUARD_CLASS_NAMES_NO_FILE);
		mem_free(raw);
		mem_free(wpath);
	} else if (err != ERR_NOMEM) {
		guard_refuse(a, GUARD_NOT_MICROSOFT, "%s", err_last()->text);
	}
	return err == ERR_NOMEM ? err : 0;
}

/*
 * On 64-bit Windows PROTOCOLS\Filter is one key for both kinds of programs
 * but their classes are two, so each that is there must be Microsoft's.
 */
int guard_restore(struct guard *g, const struct step *s, struct guard_answer *a)
{
	static const struct {
		const char *classes;
		bool is_other_view;
	} stores[] = {
		{ "HKLM\\SOFTWARE\\Classes\\CLSID", false },
		{ "HKLM\\SOFTWARE\\Wow6432Node\\Classes\\CLSID", true },
		{ "HKLM\\SOFTWARE\\Classes\\Wow6432Node\\CLSID", true },
	};
	const struct target_info *info = target_info(g->o.target);
	bool is_registered = false;
	int err = 0;

	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]) && !err &&
			   a->reason == GUARD_OK;
	     i++) {
		struct str key = STR_INIT;

		str_addf(&key, "%s\\%s\\InprocServer32", stores[i].classes,
			 s->new_text);
		err = key.err;
		if (!err)
			err = check_class(
				g, str_text(&key),
				info->is_64bit && !stores[i].is_other_view ? 64
									   : 32,
				&is_registered, a);
		str_release(&key);
	}
	if (!err && a->reason == GUARD_OK && !is_registered)
		guard_refuse(a, GUARD_NOT_MICROSOFT,
			     W_GUARD_CLASS_NOT_REGISTERED, s->new_text);
	return err;
}
