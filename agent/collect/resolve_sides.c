/*
 * Side keys: what a server leaves in the registry beside its class, listed
 * only where it can be seen to belong to this class and no other.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/class.h"
#include "collect/server.h"
#include "words/collect.h"

#include <string.h>

#define MAX_SIDES      4096
#define MAX_INTERFACES 262144
#define MAX_VERSIONS   32
#define MAX_LANGUAGES  64

/* Rows and keys compared in search of interfaces: some seconds. */
#define MAX_SIDE_WORK ((uint64_t)1 << 29)

int registration_add_side(struct registration *r, const char *kind,
			  const char *key)
{
	struct side_key *grown;
	char *copy;
	size_t i;

	for (i = 0; i < r->side_count; i++)
		if (!utf_casecmp(r->sides[i].key, key))
			return 0;
	if (r->side_count >= MAX_SIDES)
		return 0;
	copy = mem_strdup(key);
	if (!copy)
		return ERR_NOMEM;
	grown = mem_grow(r->sides, r->side_count + 1, sizeof(*grown));
	if (!grown) {
		mem_free(copy);
		return ERR_NOMEM;
	}
	r->sides = grown;
	r->sides[r->side_count].kind = kind;
	r->sides[r->side_count].key = copy;
	r->sides[r->side_count].digest[0] = '\0';
	r->side_count++;
	return 0;
}

static bool is_in_scope(const struct reg_place *p,
			const struct class_scope *scope)
{
	if (p->is_virtual)
		return scope->has_virtual && p->user == scope->user;
	return !p->user || p->user == scope->user;
}

/* Default value of <class store>\<a>\<b>[\<c>], NULL: none. */
static char *default_text(const struct reg_place *p, const char *path)
{
	struct reg_key *key = NULL;
	char *text;

	if (place_open(NULL, p->key, p->path, path, &key))
		return NULL;
	text = reg_get_text(key, "", NULL);
	reg_close_key(key);
	return text;
}

static bool is_guid_text(const char *text, const char *guid)
{
	char found[GUID_TEXT_NBYTES];

	return text && guid_find(text, found) && !strcmp(found, guid);
}

static int add_below(struct registration *r, const char *kind,
		     const struct reg_place *p, const char *path)
{
	char *key = place_join(p->path, path);
	int err = key ? registration_add_side(r, kind, key) : ERR_NOMEM;

	mem_free(key);
	return err;
}

/* A key of the machine's is no side of what only a user's variables make. */
static const struct target_user *whose(const struct class_scope *scope,
				       const struct reg_place *p)
{
	return p->user ? scope->user : NULL;
}

/* ---- class, ProgID, AppID ---------------------------------------------- */

/* The class of the other view, if it names the same file. */
static int add_other_view(struct resolver *z, const struct class_scope *scope,
			  const char *guid, struct registration *r)
{
	struct class_scope other = *scope;
	struct com_class c = { .count = 0 };
	char *raw;
	char *path;
	size_t part;
	int err;

	if (!z->is_64bit || !scope->view || !r->server_path)
		return 0;
	other.view = scope->view == 64 ? 32 : 64;
	err = class_open(z, &other, guid, &c);
	if (err)
		return err == ERR_NOMEM ? err : 0;
	raw = class_text(&c, "InprocServer32", "", NULL, &part);
	path = raw ? server_normalise(z->t, whose(scope, c.parts[part].place),
				      other.view, raw)
		   : NULL;
	if (path && !utf_casecmp(path, r->server_path))
		err = registration_add_side(r, "clsid", c.parts[part].path);
	mem_free(path);
	mem_free(raw);
	class_close(&c);
	return err;
}

/* A ProgID belongs to the class only if it points back. */
static int add_progid(struct resolver *z, const struct class_scope *scope,
		      const char *guid, const char *progid,
		      struct registration *r)
{
	char *path;
	size_t i;
	int err = 0;

	if (!progid || !*progid || strchr(progid, '\\'))
		return 0;
	path = place_join(progid, "CLSID");
	if (!path)
		return ERR_NOMEM;
	for (i = 0; !err && i < z->classes.count; i++) {
		const struct reg_place *p = vec_at(&z->classes, i);
		char *text;

		if (!is_in_scope(p, scope))
			continue;
		text = default_text(p, path);
		if (is_guid_text(text, guid))
			err = add_below(r, "progid", p, progid);
		mem_free(text);
	}
	mem_free(path);
	return err;
}

/*
 * ATL writes AppID\<file name> with the GUID as value AppID: with that pair
 * the AppID is the server's own; without it others may share it.
 */
static int add_appid(struct resolver *z, const struct class_scope *scope,
		     struct registration *r)
{
	char guid[GUID_TEXT_NBYTES];
	struct str by_name = STR_INIT;
	struct str by_guid = STR_INIT;
	size_t i;
	int err = 0;

	if (!r->appid || !r->server_path || !guid_find(r->appid, guid))
		return 0;
	str_addf(&by_name, "AppID\\%s", server_basename(r->server_path));
	str_addf(&by_guid, "AppID\\%s", guid);
	if (by_name.err || by_guid.err)
		err = ERR_NOMEM;
	for (i = 0; !err && i < z->classes.count; i++) {
		const struct reg_place *p = vec_at(&z->classes, i);
		struct reg_key *key = NULL;
		char *text;

		if (!is_in_scope(p, scope) ||
		    place_open(NULL, p->key, p->path, str_text(&by_name), &key))
			continue;
		text = reg_get_text(key, "AppID", NULL);
		reg_close_key(key);
		key = NULL;
		if (is_guid_text(text, guid)) {
			err = add_below(r, "appid", p, str_text(&by_name));
			if (!err && !place_open(NULL, p->key, p->path,
						str_text(&by_guid), &key))
				err = add_below(r, "appid", p,
						str_text(&by_guid));
			reg_close_key(key);
		}
		mem_free(text);
	}
	str_release(&by_name);
	str_release(&by_guid);
	return err;
}

/* ---- TypeLib and Interface --------------------------------------------- */

/* "…\foo.dll\2" names the second library in the file. */
static void cut_index(char *path)
{
	char *slash = strrchr(path, '\\');
	const char *p;

	if (!slash || !slash[1])
		return;
	for (p = slash + 1; *p >= '0' && *p <= '9'; p++)
		;
	if (!*p)
		*slash = '\0';
}

/* The server itself, or the .tlb of its name beside it. */
static bool is_library_of(const char *library, const char *server)
{
	const char *dot = strrchr(library, '.');
	size_t n;

	if (!utf_casecmp(library, server))
		return true;
	if (!dot || ascii_casecmp(dot, ".tlb"))
		return false;
	n = (size_t)(dot - library);
	return strlen(server) > n && server[n] == '.' &&
	       !strchr(server + n, '\\') &&
	       !utf_ncasecmp(library, n, server, n);
}

struct library_walk {
	struct resolver *z;
	const struct class_scope *scope;
	const struct registration *r;
	struct reg_key *key;
	unsigned count;
	unsigned max;
	bool is_own;
	bool is_others; /* a part of it lies in another file */
};

static int look_at_language(void *arg, const char *name)
{
	static const char *const kinds[] = { "win32", "win64" };
	struct library_walk *w = arg;
	struct reg_key *language = NULL;
	size_t i;

	if (w->count++ >= w->max)
		return ERR_TOO_LARGE;
	if (reg_open_subkey(w->key, name, &language))
		return 0;
	for (i = 0; !w->is_others && i < 2; i++) {
		char *raw = NULL;
		char *path;
		struct reg_key *kind = NULL;

		if (!reg_open_subkey(language, kinds[i], &kind))
			raw = reg_get_text(kind, "", NULL);
		reg_close_key(kind);
		path = raw ? server_normalise(w->z->t, w->scope->user,
					      w->scope->view, raw)
			   : NULL;
		if (path) {
			cut_index(path);
			if (is_library_of(path, w->r->server_path))
				w->is_own = true;
			else
				w->is_others = true;
		}
		mem_free(path);
		mem_free(raw);
	}
	reg_close_key(language);
	return w->is_others ? ERR_EXISTS : 0;
}

static int look_at_version(void *arg, const char *name)
{
	struct library_walk *w = arg;
	struct library_walk below = *w;
	int err;

	if (w->count++ >= w->max)
		return ERR_TOO_LARGE;
	below.count = 0;
	below.max = MAX_LANGUAGES;
	below.key = NULL;
	if (reg_open_subkey(w->key, name, &below.key)) {
		w->is_others = true;
		return ERR_EXISTS;
	}
	err = reg_each_subkey(below.key, look_at_language, &below);
	reg_close_key(below.key);
	w->is_own = below.is_own;
	w->is_others = below.is_others || err != 0;
	return w->is_others ? ERR_EXISTS : 0;
}

/* All versions of it: the key goes as a whole. */
static bool owns_library(struct resolver *z, const struct class_scope *scope,
			 const struct registration *r, struct reg_key *key)
{
	struct library_walk w = {
		.z = z, .scope = scope, .r = r, .key = key, .max = MAX_VERSIONS
	};

	return reg_each_subkey(key, look_at_version, &w) == 0 && w.is_own &&
	       !w.is_others;
}

struct interface_row {
	const struct reg_place *place;
	char iid[GUID_TEXT_NBYTES];
	char library[GUID_TEXT_NBYTES]; /* "" none */
	char stub[GUID_TEXT_NBYTES];
};

struct interface_index {
	struct vec rows;
};

void interface_index_free(struct interface_index *x)
{
	if (!x)
		return;
	vec_release(&x->rows);
	mem_free(x);
}

struct interface_walk {
	struct resolver *z;
	const struct reg_place *place;
	struct reg_key *key;
};

/* A GUID at the start of UTF-16 text; thousands are read, so without the
 * way over strings. */
static void guid_of_data(const uint8_t *data, size_t nbytes,
			 char ret[GUID_TEXT_NBYTES])
{
	char text[GUID_TEXT_NBYTES];
	size_t i;

	if (nbytes < (size_t)2 * (GUID_TEXT_NBYTES - 1))
		return;
	for (i = 0; i < GUID_TEXT_NBYTES - 1; i++) {
		if (data[2 * i + 1])
			return;
		text[i] = (char)data[2 * i];
	}
	text[i] = '\0';
	guid_parse(text, ret);
}

static void guid_of_subkey(struct reg_key *key, const char *name,
			   char ret[GUID_TEXT_NBYTES])
{
	struct reg_key *sub = NULL;
	struct reg_value v;

	if (reg_open_subkey(key, name, &sub))
		return;
	if (!reg_get_value(sub, "", &v)) {
		guid_of_data(v.data, v.nbytes, ret);
		reg_value_release(&v);
	}
	reg_close_key(sub);
}

static int index_interface(void *arg, const char *name)
{
	struct interface_walk *w = arg;
	struct interface_row row = { .place = w->place };
	struct interface_row *slot;
	struct reg_key *key = NULL;

	if (!guid_parse(name, row.iid) || reg_open_subkey(w->key, name, &key))
		return 0;
	guid_of_subkey(key, "TypeLib", row.library);
	/* With a library the stub is the system's own marshaller. */
	if (!*row.library)
		guid_of_subkey(key, "ProxyStubClsid32", row.stub);
	reg_close_key(key);
	if (!*row.library && !*row.stub)
		return 0;
	slot = vec_push(&w->z->interfaces->rows);
	if (!slot)
		return ERR_TOO_LARGE;
	*slot = row;
	return 0;
}

/* Thousands of keys: read once, and only if some class has a library. */
static int index_interfaces(struct resolver *z)
{
	size_t i;

	if (z->interfaces)
		return 0;
	z->interfaces = mem_zalloc(sizeof(*z->interfaces));
	if (!z->interfaces)
		return ERR_NOMEM;
	z->interfaces->rows =
		(struct vec)VEC_INIT(struct interface_row, MAX_INTERFACES);
	for (i = 0; i < z->classes.count; i++) {
		const struct reg_place *p = vec_at(&z->classes, i);
		struct interface_walk w = { z, p, NULL };

		if (place_open(NULL, p->key, p->path, "Interface", &w.key))
			continue;
		reg_each_subkey(w.key, index_interface, &w);
		reg_close_key(w.key);
	}
	return 0;
}

static int add_interfaces(struct resolver *z, const struct class_scope *scope,
			  const char guid[GUID_TEXT_NBYTES],
			  const char library[GUID_TEXT_NBYTES],
			  struct registration *r)
{
	int err = index_interfaces(z);
	size_t i;

	if (err)
		return err;
	if (z->side_work > MAX_SIDE_WORK) {
		resolver_bound(z, RESOLVER_BOUND_SIDES, r->class_key,
			       W_COLLECT_INTERFACES_MANY);
		return 0;
	}
	z->side_work += z->interfaces->rows.count;
	for (i = 0; !err && i < z->interfaces->rows.count; i++) {
		const struct interface_row *row =
			vec_at(&z->interfaces->rows, i);
		char path[GUID_TEXT_NBYTES + 16];

		if (!is_in_scope(row->place, scope) ||
		    (memcmp(row->library, library, sizeof(row->library)) != 0 &&
		     memcmp(row->stub, guid, sizeof(row->stub)) != 0))
			continue;
		z->side_work += r->side_count;
		str_copy(path, "Interface\\", sizeof(path));
		str_copy(path + 10, row->iid, sizeof(path) - 10);
		err = add_below(r, "interface", row->place, path);
	}
	return err;
}

static int add_library(struct resolver *z, const struct class_scope *scope,
		       const char *guid, struct registration *r)
{
	char library[GUID_TEXT_NBYTES];
	char path[GUID_TEXT_NBYTES + 16];
	bool is_own = false;
	size_t i;
	int err = 0;

	if (!r->typelib || !r->server_path || !guid_find(r->typelib, library))
		return 0;
	str_copy(path, "TypeLib\\", sizeof(path));
	str_copy(path + 8, library, sizeof(path) - 8);
	for (i = 0; !err && i < z->classes.count; i++) {
		const struct reg_place *p = vec_at(&z->classes, i);
		struct class_scope in = *scope;
		struct reg_key *key = NULL;

		in.user = whose(scope, p);
		if (!is_in_scope(p, scope) ||
		    place_open(NULL, p->key, p->path, path, &key))
			continue;
		if (owns_library(z, &in, r, key)) {
			is_own = true;
			err = add_below(r, "typelib", p, path);
		}
		reg_close_key(key);
	}
	if (!err && is_own)
		err = add_interfaces(z, scope, guid, library, r);
	return err;
}

int resolve_sides(struct resolver *z, const struct class_scope *scope,
		  const struct com_class *c, struct registration *r)
{
	char guid[GUID_TEXT_NBYTES];
	char *independent;
	int err;

	err = registration_add_side(r, "clsid", r->class_key);
	if (err || !r->clsid || !guid_find(r->clsid, guid))
		return err;
	err = add_other_view(z, scope, guid, r);
	if (!err)
		err = add_progid(z, scope, guid, r->progid, r);
	if (!err)
		err = add_progid(z, scope, guid, r->named_by, r);
	independent = class_text(c, "VersionIndependentProgID", "", NULL, NULL);
	if (!err)
		err = add_progid(z, scope, guid, independent, r);
	mem_free(independent);
	if (!err)
		err = add_library(z, scope, guid, r);
	if (!err)
		err = add_appid(z, scope, r);
	return err;
}
