/*
 * A server without a folder: where Internet Explorer's process looks for it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * LoadLibrary takes a KnownDLL from the system folder; else it looks in the
 * program's own folder, the system folder of that view, the 16-bit system
 * folder, the Windows folder and those of PATH, the system's and then the
 * user's (Microsoft, "Dynamic-link library search order").  The current folder
 * comes after or, in old versions, before the system folder; which one it is
 * cannot be known.  What Windows itself loads or starts it looks for in the
 * same order, without the browser's folder.  For an entry of the machine the
 * PATH of each user counts.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/owner.h"
#include "collect/server_file.h"
#include "words/collect.h"

#include <string.h>

/* Different folders in the PATH of all users; hundreds on no PC. */
#define MAX_FOLDERS 4096u
/* Files looked for, of all registrations: some seconds. */
#define MAX_SEARCH_WORK ((uint64_t)1 << 20)
/* Other files of that name that are looked at. */
#define MAX_ALSO 256

struct search {
	struct resolver *z;
	const struct class_scope *scope;
	const char *relative;
	struct registration *r;
	const char *whose; /* prefix of the user whose PATH it is; NULL */
	bool is_uncertain; /* an earlier place could not be looked into */
};

/* ---- KnownDLLs --------------------------------------------------- */

static int take_known(void *arg, const struct reg_value *v)
{
	struct resolver *z = arg;
	char *name = reg_value_text(v, NULL);
	int err = name ? 0 : ERR_NOMEM;

	/* DllDirectory and DllDirectory32 are folders. */
	if (name && *name && !strpbrk(name, "\\/%"))
		err = namemap_put(z->known_dlls, name, z);
	mem_free(name);
	return err;
}

/*
 * ExcludeFromKnownDlls takes some out: then no name is taken as known, and
 * all are searched for.  So it is where nobody can tell.
 */
static bool has_excluded(struct reg_key *session)
{
	struct reg_value v;
	char *text;
	bool has;
	int err = reg_get_value(session, "ExcludeFromKnownDlls", &v);

	if (err)
		return err != ERR_NOT_FOUND;
	text = reg_value_text(&v, NULL);
	has = !text || *text;
	mem_free(text);
	reg_value_release(&v);
	return has;
}

/* What may not be read has no entries: then no name is taken as known. */
static int read_known(struct resolver *z)
{
	struct reg_key *session = NULL;
	struct reg_key *known = NULL;
	int err;

	z->known_dlls = namemap_new();
	if (!z->known_dlls)
		return ERR_NOMEM;
	err = target_control_key(z->t, "Control\\Session Manager", &session);
	if (!err && !has_excluded(session))
		err = reg_open_subkey(session, "KnownDLLs", &known);
	if (!err && known)
		err = reg_each_value(known, take_known, z);
	reg_close_key(known);
	reg_close_key(session);
	return err == ERR_NOMEM ? err : 0;
}

static bool is_known(const struct resolver *z, const char *relative)
{
	return !strpbrk(relative, "\\/") &&
	       namemap_get(z->known_dlls, relative) != NULL;
}

/* ---- one folder -------------------------------------------------- */

static bool is_had(const struct registration *r, const char *wpath)
{
	if (r->exists == EXISTS_YES && utf_casecmp(r->server_path, wpath) == 0)
		return true;
	for (size_t i = 0; i < r->also_count; i++)
		if (utf_casecmp(r->also[i], wpath) == 0)
			return true;
	return false;
}

static int add_also(struct search *s, const char *wpath)
{
	struct registration *r = s->r;
	char **grown;
	char *copy;

	if (r->also_count == MAX_ALSO) {
		resolver_bound(s->z, RESOLVER_BOUND_ALSO, wpath,
			       W_COLLECT_SAME_NAME_MANY);
		return 0;
	}
	copy = mem_strdup(wpath);
	if (!copy)
		return ERR_NOMEM;
	grown = mem_grow(r->also, r->also_count + 1, sizeof(*grown));
	if (!grown) {
		mem_free(copy);
		return ERR_NOMEM;
	}
	r->also = grown;
	r->also[r->also_count++] = copy;
	return 0;
}

/* The first one is the server. */
static int add_file(struct search *s, const char *wpath, const char *stream)
{
	struct registration *r = s->r;
	struct str whole = STR_INIT;
	int err = 0;

	str_addf(&whole, "%s%s%s", wpath, stream ? ":" : "",
		 stream ? stream : "");
	if (whole.err) {
		err = ERR_NOMEM;
	} else if (is_had(r, whole.buf)) {
		/* a folder stands in PATH more than once */
	} else if (r->exists == EXISTS_YES) {
		err = add_also(s, whole.buf);
	} else {
		mem_free(r->server_path);
		r->server_path = str_detach(&whole);
		r->exists = EXISTS_YES;
		if (s->whose)
			err = owner_note(&r->path_owner, s->whose);
	}
	str_release(&whole);
	return err;
}

/* It could be the first: never the same as "absent". */
static void report(struct search *s, int err, const char *wpath)
{
	bool is_new;
	enum gap_kind kind = target_unreached(s->z->t, err, &is_new);

	s->is_uncertain = true;
	if (is_new)
		gap_report(s->z->gaps, kind, GAP_MATTERS, wpath,
			   err_last()->os_error,
			   W_COLLECT_SEARCH_FOLDER_NOT_EXAMINED,
			   err_last()->text);
}

static int try_in(struct search *s, const char *folder)
{
	bool has_first = s->r->exists == EXISTS_YES;
	struct target_path file = { .wpath = NULL };
	char *wpath, *stream;
	int err;

	/* Behind the first one, what cannot be reached loads nothing. */
	if (has_first && !target_has_drive(s->z->t, folder))
		return 0;
	wpath = server_below(folder, s->relative);
	if (!wpath)
		return ERR_NOMEM;
	s->z->search_work++;
	/* "a.txt:evil.dll" is a stream of a file that is looked for. */
	stream = strchr(server_basename(wpath), ':');
	if (stream)
		*stream++ = '\0';
	err = target_resolve(s->z->t, wpath, s->scope->view, &file);
	if (!err && host_may_be_file(&file.st))
		err = add_file(s, file.wpath, stream);
	else if (err && err != ERR_NOT_FOUND && err != ERR_NOT_DIR &&
		 err != ERR_NOMEM && err != ERR_INVALID && !has_first)
		report(s, err, wpath);
	target_path_release(&file);
	mem_free(wpath);
	return err == ERR_NOMEM ? err : 0;
}

static int try_below(struct search *s, const char *variable, const char *below)
{
	const char *folder =
		target_variable(s->z->t, NULL, s->scope->view, variable);
	char *path;
	int err;

	if (!folder)
		return 0;
	path = place_join(folder, below);
	if (!path)
		return ERR_NOMEM;
	err = try_in(s, path);
	mem_free(path);
	return err;
}

/* ---- PATH -------------------------------------------------------- */

typedef int (*folder_fn)(void *arg, const char *folder);

/* Each folder of "a;"b c";d"; relative ones hang on the current folder. */
static int each_folder(const char *list, folder_fn fn, void *arg)
{
	int err = 0;

	while (!err && *list) {
		size_t n = strcspn(list, ";");
		const char *from = list;
		size_t len = n;
		char *folder;

		list += n + (list[n] == ';');
		while (len && (*from == ' ' || *from == '"')) {
			from++;
			len--;
		}
		while (len && (from[len - 1] == ' ' || from[len - 1] == '"'))
			len--;
		if (len < 2 || (from[1] != ':' && *from != '\\'))
			continue;
		folder = mem_strndup(from, len);
		err = folder ? fn(arg, folder) : ERR_NOMEM;
		mem_free(folder);
	}
	return err;
}

static int try_folder(void *arg, const char *folder)
{
	return try_in(arg, folder);
}

static int each_of_system(struct resolver *z, int view, folder_fn fn, void *arg)
{
	/* As Windows sets it; the value may be lost. */
	static const char usual[] = "%SystemRoot%\\System32;%SystemRoot%;"
				    "%SystemRoot%\\System32\\wbem";
	const char *list = target_variable(z->t, NULL, view, "Path");
	char *text;
	int err;

	if (list)
		return each_folder(list, fn, arg);
	text = target_expand(z->t, NULL, view, usual);
	err = text ? each_folder(text, fn, arg) : ERR_NOMEM;
	mem_free(text);
	return err;
}

static int each_of_user(struct resolver *z, const struct target_user *user,
			int view, folder_fn fn, void *arg)
{
	char *list = NULL;
	int err = target_user_path(z->t, user, view, &list);

	if (!err && list)
		err = each_folder(list, fn, arg);
	mem_free(list);
	return err;
}

struct user_folder {
	char *path;
	const char *whose; /* prefix of the first user who has it */
};

struct folders {
	struct resolver *z;
	struct vec *list; /* struct user_folder */
	struct namemap *seen;
	const char *whose;
};

static int add_folder(void *arg, const char *folder)
{
	struct folders *f = arg;
	struct user_folder *slot;
	char *copy;

	if (namemap_get(f->seen, folder))
		return 0;
	if (f->list->count == MAX_FOLDERS) {
		resolver_bound(f->z, RESOLVER_BOUND_FOLDERS, folder,
			       W_COLLECT_PATH_FOLDERS_MANY);
		return 0;
	}
	copy = mem_strdup(folder);
	slot = copy ? vec_push(f->list) : NULL;
	if (!slot) {
		mem_free(copy);
		return ERR_NOMEM;
	}
	slot->path = copy;
	slot->whose = f->whose;
	return namemap_put(f->seen, folder, f->list);
}

/* The PATH of all users, once for a view: hundreds of them share theirs. */
static int collect_folders(struct resolver *z, int view, struct vec *list)
{
	struct folders f = { z, list, namemap_new(), NULL };
	int err = f.seen ? 0 : ERR_NOMEM;

	*list = (struct vec)VEC_INIT(struct user_folder, MAX_FOLDERS);
	for (size_t i = 0; !err && i < target_user_count(z->t); i++) {
		f.whose = target_user_prefix(target_user(z->t, i));
		err = each_of_user(z, target_user(z->t, i), view, add_folder,
				   &f);
	}
	namemap_free(f.seen);
	return err;
}

static int try_all_users(struct search *s)
{
	struct vec *list = &s->z->user_folders[s->scope->view == 32];
	int err = 0;

	if (!list->size)
		err = collect_folders(s->z, s->scope->view, list);
	for (size_t i = 0; !err && i < list->count; i++) {
		const struct user_folder *folder = vec_at(list, i);

		s->whose = folder->whose;
		err = try_in(s, folder->path);
	}
	return err;
}

/* ---- the order --------------------------------------------------- */

static int try_all(struct search *s)
{
	static const struct {
		const char *variable;
		const char *below;
	} places[] = {
		{ "ProgramFiles", "Internet Explorer" },
		{ "SystemRoot", "System32" },
		{ "SystemRoot", "System" },
		{ "SystemRoot", "" },
	};

	int err = 0;

	/* One that is not there was not made known either. */
	if (is_known(s->z, s->relative)) {
		err = try_below(s, "SystemRoot", "System32");
		if (err || s->r->exists == EXISTS_YES)
			return err;
	}
	for (size_t i = s->scope->no_browser ? 1 : 0;
	     !err && i < sizeof(places) / sizeof(places[0]); i++)
		err = try_below(s, places[i].variable, places[i].below);
	if (!err)
		err = each_of_system(s->z, s->scope->view, try_folder, s);
	if (!err && s->scope->user) {
		s->whose = target_user_prefix(s->scope->user);
		err = each_of_user(s->z, s->scope->user, s->scope->view,
				   try_folder, s);
	} else if (!err)
		err = try_all_users(s);
	return err;
}

int server_search(struct resolver *z, const struct class_scope *scope,
		  const char *relative, struct registration *r)
{
	struct search s = {
		.z = z, .scope = scope, .relative = relative, .r = r
	};
	int err = 0;

	r->is_bare = true;
	if (z->search_work > MAX_SEARCH_WORK) {
		resolver_bound(z, RESOLVER_BOUND_SEARCH, relative,
			       W_COLLECT_SEARCH_MANY);
		r->exists = EXISTS_UNKNOWN;
		return 0;
	}
	if (!z->known_dlls)
		err = read_known(z);
	r->exists = EXISTS_NO;
	if (!err)
		err = try_all(&s);
	if (!err && r->exists == EXISTS_NO && s.is_uncertain)
		r->exists = EXISTS_UNKNOWN;
	return err;
}

void server_search_release(struct resolver *z)
{
	for (size_t v = 0; v < 2; v++) {
		struct vec *list = &z->user_folders[v];

		for (size_t i = 0; i < list->count; i++) {
			struct user_folder *folder = vec_at(list, i);

			mem_free(folder->path);
		}
		vec_release(list);
	}
	namemap_free(z->known_dlls);
	z->known_dlls = NULL;
}
