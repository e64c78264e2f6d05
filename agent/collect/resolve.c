/*
 * From a CLSID to the file that would be loaded: InprocServer32, TreatAs,
 * loaders (CONTRACT.md 6).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/owner.h"
#include "collect/resolve.h"
#include "collect/server_file.h"

#include <string.h>

/* COM follows one; malware may chain them or close a circle. */
#define MAX_TREAT_AS 8
#define MAX_VERSIONS 64

#define INPROC "InprocServer32"

/* The value that would be loaded, and where it stands. */
struct server_value {
	const char *subkey; /* NULL: none */
	bool is_local;
};

static bool is_multi(const struct com_class *c, const char *subkey,
		     char **text_ret)
{
	uint32_t type = 0;
	char *text = class_text(c, subkey, subkey, &type, NULL);

	if (text && type == REG_TYPE_MULTI_SZ) {
		*text_ret = text;
		return true;
	}
	mem_free(text);
	return false;
}

/*
 * The default value of InprocServer32.  A value of the same name as its key
 * and of type REG_MULTI_SZ is Windows Installer's descriptor: the product is
 * installed when the class is asked for.
 */
static void read_server(const struct com_class *c, struct registration *r,
			struct server_value *value)
{
	static const struct server_value places[] = {
		{ INPROC, false },
		{ "InprocHandler32", false },
		{ "LocalServer32", true },
	};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *descriptor = NULL;

		r->server_raw = class_text(c, places[i].subkey, "",
					   &r->server_type, NULL);
		if (r->server_raw && !*r->server_raw) {
			mem_free(r->server_raw);
			r->server_raw = NULL;
		}
		if (is_multi(c, places[i].subkey, &descriptor)) {
			r->on_demand = true;
			if (!r->server_raw) {
				r->server_raw = descriptor;
				r->server_type = REG_TYPE_MULTI_SZ;
				descriptor = NULL;
			}
			mem_free(descriptor);
		}
		if (r->server_raw) {
			*value = places[i];
			return;
		}
	}
}

/* The part that holds the server, else the first: the key to name. */
static size_t main_part(const struct com_class *c, const char *subkey)
{
	size_t i;

	for (i = 0; subkey && i < c->count; i++) {
		struct reg_key *key = NULL;

		if (!reg_open_subkey(c->parts[i].key, subkey, &key)) {
			reg_close_key(key);
			return i;
		}
	}
	return 0;
}

/* ---- loaders ----------------------------------------------------------- */

struct newest {
	char *name;
	unsigned count;
};

static int note_version(void *arg, const char *name)
{
	struct newest *n = arg;
	char *copy;

	if (n->count++ >= MAX_VERSIONS)
		return ERR_TOO_LARGE;
	if (n->name && utf_casecmp(name, n->name) < 0)
		return 0;
	copy = mem_strdup(name);
	if (!copy)
		return ERR_NOMEM;
	mem_free(n->name);
	n->name = copy;
	return 0;
}

/* A value of InprocServer32, or of its newest version subkey. */
static char *net_text(const struct com_class *c, const char *name)
{
	char *text = class_text(c, INPROC, name, NULL, NULL);
	size_t i;

	for (i = 0; !text && i < c->count; i++) {
		struct newest n = { NULL, 0 };
		struct reg_key *key = class_subkey(c, i, INPROC);
		char *path = NULL;
		int err;

		if (!key)
			continue;
		err = reg_each_subkey(key, note_version, &n);
		reg_close_key(key);
		if (n.name)
			path = place_join(INPROC, n.name);
		if (n.name && !path)
			err = err_nomem();
		place_unreadable(c->gaps, err, c->parts[i].path, INPROC);
		if (path)
			text = class_text(c, path, name, NULL, NULL);
		mem_free(path);
		mem_free(n.name);
	}
	return text;
}

/* "Token=" … up to the next comma of an assembly's display name. */
static bool assembly_field(const char *assembly, const char *field, char *ret,
			   size_t nbytes)
{
	const char *p = assembly;
	size_t n = strlen(field);

	while ((p = strchr(p, ',')) != NULL) {
		p += 1 + strspn(p + 1, " ");
		if (!ascii_ncasecmp(p, field, n) && p[n] == '=') {
			p += n + 1;
			n = strcspn(p, ", ");
			if (!n || n >= nbytes)
				return false;
			memcpy(ret, p, n);
			ret[n] = '\0';
			return true;
		}
	}
	return false;
}

static int try_assembly(struct resolver *z, const char *wpath,
			struct registration *r)
{
	struct server_form form = { .is_bare = false };
	int err;

	r->server_path = mem_strdup(wpath);
	if (!r->server_path)
		return ERR_NOMEM;
	err = server_file_fill(z, &form, r);
	if (!err && r->exists == EXISTS_NO) {
		mem_free(r->server_path);
		r->server_path = NULL;
	}
	return err;
}

/* An assembly without CodeBase: the global assembly caches. */
static int find_assembly(struct resolver *z, const char *assembly,
			 struct registration *r)
{
	static const char *const caches[] = {
		"assembly\\GAC_MSIL\\%s\\%s__%s",
		"assembly\\GAC_32\\%s\\%s__%s",
		"assembly\\GAC_64\\%s\\%s__%s",
		"assembly\\GAC\\%s\\%s__%s",
		"Microsoft.NET\\assembly\\GAC_MSIL\\%s\\v4.0_%s__%s",
		"Microsoft.NET\\assembly\\GAC_32\\%s\\v4.0_%s__%s",
		"Microsoft.NET\\assembly\\GAC_64\\%s\\v4.0_%s__%s",
	};
	const char *windows = target_variable(z->t, NULL, 0, "SystemRoot");
	char version[64];
	char token[64];
	char *name = mem_strndup(assembly, strcspn(assembly, ", "));
	size_t i;
	int err = 0;

	if (!name)
		return ERR_NOMEM;
	if (!windows || !*name || strpbrk(name, "\\/:") ||
	    !assembly_field(assembly, "Version", version, sizeof(version)) ||
	    !assembly_field(assembly, "PublicKeyToken", token, sizeof(token)))
		goto out;
	for (i = 0;
	     !err && !r->server_path && i < sizeof(caches) / sizeof(caches[0]);
	     i++) {
		const char *form = caches[i];
		struct str s = STR_INIT;
		const char *values[] = { name, version, token };
		size_t value = 0;

		str_addf(&s, "%s\\", windows);
		for (; *form; form++) {
			if (form[0] == '%' && form[1] == 's' && value < 3) {
				str_add(&s, values[value++]);
				form++;
			} else {
				str_addch(&s, *form);
			}
		}
		str_addf(&s, "\\%s.dll", name);
		err = s.err ? ERR_NOMEM : try_assembly(z, str_text(&s), r);
		str_release(&s);
	}
out:
	mem_free(name);
	return err;
}

static bool is_system_file(const struct resolver *z, const char *wpath,
			   const char *name)
{
	const char *windows = target_variable(z->t, NULL, 0, "SystemRoot");
	const char *base = server_basename(wpath);
	size_t n;

	if (ascii_casecmp(base, name))
		return false;
	n = windows ? strlen(windows) : 0;
	if (!n || ascii_ncasecmp(wpath, windows, n))
		return false;
	return ascii_istarts_with(wpath + n, "\\System32\\") ||
	       ascii_istarts_with(wpath + n, "\\SysWOW64\\") ||
	       ascii_istarts_with(wpath + n, "\\Sysnative\\");
}

/*
 * Behind mscoree.dll and scrobj.dll the subject is what they load.  Only the
 * system's own count: a file of that name elsewhere is the subject itself.
 */
static const char *loader_of(const struct resolver *z, const char *wpath)
{
	static const char *const loaders[] = { "mscoree.dll", "scrobj.dll" };
	size_t i;

	for (i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++)
		if (is_system_file(z, wpath, loaders[i]))
			return loaders[i];
	return NULL;
}

/* 0: a file; ERR_NOT_FOUND: none; else why nobody can tell. */
static int look_at(struct resolver *z, const char *path)
{
	struct target_path file = { .wpath = NULL };
	int err = target_resolve(z->t, path, 0, &file);

	if (!err && !host_may_be_file(&file.st))
		err = ERR_NOT_FOUND;
	target_path_release(&file);
	return err == ERR_NOT_DIR || err == ERR_INVALID ? ERR_NOT_FOUND : err;
}

/* It is there; or nobody can tell, and what stands in front is not there. */
static bool may_be_meant(struct resolver *z, const char *front,
			 const char *whole)
{
	const int err = look_at(z, whole);

	return !err ||
	       (err != ERR_NOT_FOUND && look_at(z, front) == ERR_NOT_FOUND);
}

/*
 * LoadLibrary takes the whole text: "C:\t\my.com -x\mstmp.dll" is a DLL in
 * the folder "my.com -x", whether there is a my.com beside it or not.
 */
static int prefer_whole(struct resolver *z, const struct class_scope *scope,
			const char *raw, struct server_form *form,
			struct registration *r, bool *is_whole_ret)
{
	struct server_form form_of_whole = { .is_bare = false };
	char *whole;

	if (!form->has_arguments)
		return 0;
	whole = server_normalise_whole(z->t, scope->user, scope->view, raw,
				       &form_of_whole);
	if (!whole)
		return ERR_NOMEM;
	if (!form_of_whole.is_url && !form_of_whole.is_unknown &&
	    may_be_meant(z, r->server_path, whole)) {
		mem_free(r->server_path);
		r->server_path = whole;
		*form = form_of_whole;
		*is_whole_ret = true;
		whole = NULL;
	}
	mem_free(whole);
	return 0;
}

/*
 * A name without a folder is looked for as the loader does; nothing found, it
 * stays the one in the system folder.
 */
static int find_bare(struct resolver *z, const struct class_scope *scope,
		     const char *raw, bool is_whole, struct server_form *form,
		     struct registration *r)
{
	char *relative;
	int err;

	if (!form->is_bare)
		return 0;
	relative =
		server_relative(z->t, scope->user, scope->view, raw, is_whole);
	if (!relative)
		return ERR_NOMEM;
	err = server_search(z, scope, relative, r);
	mem_free(relative);
	form->is_uncertain = r->exists == EXISTS_UNKNOWN;
	if (r->exists == EXISTS_YES)
		form->is_bare = form->wants_dll = false;
	return err;
}

int resolve_note_path(struct resolver *z, const struct class_scope *scope,
		      const char *raw, struct registration *r)
{
	char *his, *machines;
	int err = 0;

	if (!scope->user || !strchr(raw, '%'))
		return 0;
	his = target_expand(z->t, scope->user, scope->view, raw);
	machines = target_expand(z->t, NULL, scope->view, raw);
	if (!his || !machines)
		err = ERR_NOMEM;
	else if (strcmp(his, machines) != 0)
		err = owner_note(&r->path_owner,
				 target_user_prefix(scope->user));
	mem_free(machines);
	mem_free(his);
	return err;
}

/* r->server_path of a value, as the loader takes it. */
static int find_server(struct resolver *z, const struct class_scope *scope,
		       const char *raw, struct server_form *form,
		       struct registration *r)
{
	bool is_whole = false;
	int err;

	mem_free(r->server_path);
	r->server_path = server_normalise_form(z->t, scope->user, scope->view,
					       raw, form);
	if (!r->server_path)
		return 0;
	err = resolve_note_path(z, scope, raw, r);
	if (!err)
		err = prefer_whole(z, scope, raw, form, r, &is_whole);
	return err ? err : find_bare(z, scope, raw, is_whole, form, r);
}

static int fill_path(struct resolver *z, const struct class_scope *scope,
		     const char *raw, struct registration *r)
{
	struct server_form form;
	int err = find_server(z, scope, raw, &form, r);

	if (err || !r->server_path)
		return err;
	return server_file_fill(z, &form, r);
}

static int fill_behind_loader(struct resolver *z,
			      const struct class_scope *scope,
			      const struct com_class *c, struct registration *r)
{
	char *subject = NULL;
	char *assembly = NULL;
	int err = 0;

	mem_free(r->server_path);
	r->server_path = NULL;
	r->exists = EXISTS_NO;
	if (!strcmp(r->loader, "scrobj.dll"))
		subject = class_text(c, "ScriptletURL", "", NULL, NULL);
	else
		subject = net_text(c, "CodeBase");
	if (subject && *subject) {
		err = fill_path(z, scope, subject, r);
	} else if (!strcmp(r->loader, "mscoree.dll")) {
		assembly = net_text(c, "Assembly");
		if (assembly)
			err = find_assembly(z, assembly, r);
	}
	mem_free(assembly);
	mem_free(subject);
	return err;
}

int resolve_file(struct resolver *z, const struct class_scope *scope,
		 const char *raw, struct registration *r)
{
	r->exists = EXISTS_NO;
	return fill_path(z, scope, raw, r);
}

int resolve_server(struct resolver *z, const struct class_scope *scope,
		   struct registration *r)
{
	r->exists = EXISTS_NO;
	if (!r->server_raw)
		return 0;
	return fill_path(z, scope, r->server_raw, r);
}

static int fill_server(struct resolver *z, const struct class_scope *scope,
		       const struct com_class *c, struct registration *r)
{
	struct server_form form;
	const char *loader;
	int err;

	r->exists = EXISTS_NO;
	if (!r->server_raw)
		return 0;
	if (r->server_type == REG_TYPE_MULTI_SZ && r->on_demand) {
		r->exists = EXISTS_UNKNOWN;
		return 0;
	}
	err = find_server(z, scope, r->server_raw, &form, r);
	if (err || !r->server_path)
		return err;
	loader = loader_of(z, r->server_path);
	if (!loader)
		return server_file_fill(z, &form, r);
	r->loader = mem_strdup(loader);
	if (!r->loader)
		return ERR_NOMEM;
	return fill_behind_loader(z, scope, c, r);
}

/* ---- TreatAs ----------------------------------------------------------- */

/* A class is the user's as soon as one part of it lies in his classes. */
static int note_class(const struct com_class *c, struct registration *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < c->count; i++)
		err = owner_note(&r->class_owner, c->parts[i].path);
	return err;
}

/*
 * Follow TreatAs from `c`.  `final_ret` is the last class of the chain that
 * exists and is not `c`; ERR_NOT_FOUND if there is none.
 */
static int follow_treat_as(struct resolver *z, const struct class_scope *scope,
			   const struct com_class *c, struct registration *r,
			   struct com_class *final_ret)
{
	char seen[MAX_TREAT_AS + 1][GUID_TEXT_NBYTES];
	struct com_class last = { .count = 0 };
	size_t count = 0;
	int err = 0;

	if (!guid_find(r->clsid, seen[count++]))
		return ERR_NOT_FOUND;
	while (count <= MAX_TREAT_AS) {
		struct com_class next = { .count = 0 };
		char *text = class_text(last.count ? &last : c, "TreatAs", "",
					NULL, NULL);
		bool is_guid = text && guid_find(text, seen[count]);
		size_t i;

		mem_free(text);
		if (!is_guid)
			break;
		for (i = 0; i < count; i++)
			if (!strcmp(seen[i], seen[count]))
				goto done; /* a circle */
		mem_free(r->treat_as);
		r->treat_as = mem_strdup(seen[count]);
		err = r->treat_as ? class_open(z, scope, seen[count], &next)
				  : ERR_NOMEM;
		place_unreadable(z->gaps, err, seen[count], "CLSID");
		if (err)
			break;
		class_close(&last);
		last = next;
		registration_add_side(r, "treat_as", last.parts[0].path);
		err = note_class(&last, r);
		if (err)
			break;
		count++;
	}
done:
	if (err == ERR_NOMEM || !last.count) {
		class_close(&last);
		return err == ERR_NOMEM ? err : ERR_NOT_FOUND;
	}
	*final_ret = last;
	return 0;
}

/* ---- the class --------------------------------------------------------- */

static int fill_from(struct resolver *z, const struct class_scope *scope,
		     const struct com_class *c, const struct com_class *server,
		     struct registration *r)
{
	struct server_value value = { NULL, false };
	size_t part;
	int err;

	read_server(server, r, &value);
	if (!r->server_raw && server != c) {
		server = c;
		read_server(server, r, &value);
	}
	part = main_part(c, server == c ? value.subkey : "TreatAs");
	r->class_key = mem_strdup(c->parts[part].path);
	if (!r->class_key)
		return ERR_NOMEM;
	r->class_name = class_text(c, "", "", NULL, NULL);
	r->progid = class_text(c, "ProgID", "", NULL, NULL);
	if (!r->progid && r->named_by) {
		r->progid = mem_strdup(r->named_by);
		if (!r->progid)
			return ERR_NOMEM;
	}
	r->typelib = class_text(c, "TypeLib", "", NULL, NULL);
	r->appid = class_text(c, "", "AppID", NULL, NULL);
	if (value.subkey)
		r->threading = class_text(server, value.subkey,
					  "ThreadingModel", NULL, NULL);
	err = fill_server(z, scope, server, r);
	if (err)
		return err;
	if (value.is_local)
		r->why_not = "local_server_only";
	else if (!r->server_raw)
		r->why_not = "no_server";
	return resolve_sides(z, scope, c, r);
}

static int fill_class(struct resolver *z, const struct class_scope *scope,
		      const struct com_class *c, struct registration *r)
{
	struct com_class other = { .count = 0 };
	int err = note_class(c, r);

	if (!err)
		err = class_has_subkey(c, "TreatAs")
			      ? follow_treat_as(z, scope, c, r, &other)
			      : ERR_NOT_FOUND;
	if (err == ERR_NOMEM)
		return err;
	err = fill_from(z, scope, c, err ? c : &other, r);
	class_close(&other);
	return err;
}

int resolve_class(struct resolver *z, const struct class_scope *scope,
		  struct registration *r)
{
	char guid[GUID_TEXT_NBYTES];
	struct com_class c = { .count = 0 };
	int err = ERR_NOT_FOUND;

	r->exists = EXISTS_NO;
	if (r->clsid && guid_find(r->clsid, guid))
		err = class_open(z, scope, guid, &c);
	if (err == ERR_NOT_FOUND) {
		r->why_not = "no_class";
		return 0;
	}
	if (!err)
		err = fill_class(z, scope, &c, r);
	class_close(&c);
	return err;
}

int resolve_class_key(struct resolver *z, const struct class_scope *scope,
		      struct reg_key *key, struct registration *r)
{
	struct com_class c = { .count = 1, .gaps = z->gaps };

	c.parts[0].key = key;
	c.parts[0].path = r->registry_key;
	return fill_class(z, scope, &c, r);
}

/* ---- the resolver -------------------------------------------------------- */

int resolver_init(struct resolver *z, struct target *t, struct gap_sink *gaps)
{
	const struct target_info *info = target_info(t);
	int err;

	memset(z, 0, sizeof(*z));
	z->t = t;
	z->gaps = gaps;
	z->is_64bit = info->is_64bit;
	z->has_split_classes =
		z->is_64bit && info->major > 0 &&
		(info->major < 6 || (info->major == 6 && info->minor < 1));
	z->file_list =
		(struct vec)VEC_INIT(struct file_facts *, RESOLVER_MAX_FILES);
	z->files = namemap_new();
	z->beside = beside_new(t, gaps);
	if (!z->files || !z->beside)
		return ERR_NOMEM;
	err = places_open(t, gaps, &z->software, &z->classes);
	for (size_t i = 0; i < z->software.count; i++)
		state_open(gaps, vec_at(&z->software, i));
	return err;
}

void resolver_release(struct resolver *z)
{
	places_close(&z->classes);
	places_close(&z->software);
	interface_index_free(z->interfaces);
	server_file_release(z);
	beside_free(z->beside);
	server_search_release(z);
}
