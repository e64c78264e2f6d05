/*
 * Places of the registry: keys below which classes and extension points lie.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/place.h"
#include "collect/server.h"
#include "words/collect.h"

#include <string.h>

/* A profile has two hives, a PC hundreds of profiles. */
#define MAX_PLACES 65536u

char *place_join(const char *a, const char *b)
{
	struct str s = STR_INIT;

	str_add(&s, a);
	if (*b) {
		str_addch(&s, '\\');
		str_add(&s, b);
	}
	return str_detach(&s);
}

bool place_is_link(struct gap_sink *gaps, struct reg_key *key,
		   const char *key_path)
{
	struct reg_key_info info;
	bool is_link;
	int err = reg_key_info(key, &info);

	if (err) {
		place_unreadable(gaps, err, key_path, "");
		return false;
	}
	is_link = info.is_link;
	reg_key_info_release(&info);
	return is_link;
}

/* `path` without its first component Wow6432Node, "" when there is none. */
static char *native_twin(const char *path)
{
	static const char part[] = "Wow6432Node\\";
	struct str s = STR_INIT;
	const char *p;

	for (p = path; *p; p++) {
		if (ascii_istarts_with(p, part) && p > path && p[-1] == '\\') {
			str_addn(&s, path, (size_t)(p - path));
			str_add(&s, p + sizeof(part) - 1);
			break;
		}
	}
	return str_detach(&s);
}

/*
 * 64-bit Windows has links from the 32-bit view to keys that both views share:
 * since 7 AppId, PROTOCOLS and Typelib in Classes\Wow6432Node (Microsoft,
 * "Registry Keys Affected by WOW64").  What such a link shows is read where it
 * really is, so nothing is missed.
 */
static bool is_link_to_twin(struct reg_key *link, const char *key_path,
			    const char *path)
{
	static const char machine[] = "\\Registry\\Machine\\";
	char *target = reg_get_text(link, "SymbolicLinkValue", NULL);
	struct str whole = STR_INIT;
	char *near_twin, *far_twin = NULL;
	bool is_twin = false;

	str_addf(&whole, "%s\\%s", key_path, path);
	near_twin = native_twin(key_path);
	if (!whole.err)
		far_twin = native_twin(str_text(&whole));
	if (target && near_twin && far_twin &&
	    ascii_istarts_with(target, machine) &&
	    ascii_istarts_with(key_path, "HKLM\\")) {
		const char *top = target + sizeof(machine) - 1;
		size_t root = sizeof("HKLM\\") - 1;

		is_twin = (*near_twin &&
			   target_is_at_or_below(near_twin + root, top)) ||
			  (*far_twin &&
			   target_is_at_or_below(far_twin + root, top));
	}
	mem_free(target);
	mem_free(near_twin);
	mem_free(far_twin);
	str_release(&whole);
	return is_twin;
}

/* "S-1-5-21-…_Classes", and its 32-bit half, of whom the key is. */
static bool is_own_store(const char *name, const char *key_path)
{
	static const char top[] = "HKU\\";
	const char *owner = key_path + sizeof(top) - 1;
	size_t n;

	if (!ascii_istarts_with(key_path, top))
		return false;
	n = strcspn(owner, "\\");
	if (strlen(name) < n || ascii_ncasecmp(name, owner, n))
		return false;
	name += n;
	return !ascii_casecmp(name, "_Classes") ||
	       !ascii_casecmp(name, "_Classes\\Wow6432Node");
}

/*
 * From one class store to another: Windows' own, and that one is read, too.
 * 64-bit Windows has one of the 32-bit stores as a link to the other, and the
 * hive of whoever is logged on one to his UsrClass.dat (the same text); that
 * of the system account, HKU\.DEFAULT, has true classes there.
 */
static bool leads_to_store(struct reg_key *link, const char *key_path)
{
	static const char machine[] = "\\Registry\\Machine\\SOFTWARE\\";
	static const char user[] = "\\Registry\\User\\";
	char *target = reg_get_text(link, "SymbolicLinkValue", NULL);
	const char *rest = target ? target : "";
	bool is = false;

	if (ascii_istarts_with(rest, machine)) {
		rest += sizeof(machine) - 1;
		is = !ascii_casecmp(rest, "Classes") ||
		     !ascii_casecmp(rest, "Classes\\Wow6432Node") ||
		     !ascii_casecmp(rest, "Wow6432Node\\Classes");
	} else if (ascii_istarts_with(rest, user)) {
		rest += sizeof(user) - 1;
		is = is_own_store(rest, key_path);
	}
	mem_free(target);
	return is;
}

static void link_gap(struct gap_sink *gaps, struct reg_key *link,
		     const char *key_path, const char *path)
{
	gap_report(gaps, GAP_REGISTRY_LINK,
		   is_link_to_twin(link, key_path, path) ? GAP_HARMLESS
							 : GAP_MATTERS,
		   key_path, 0, W_COLLECT_LINK_ABOVE, path);
}

/* The registry bounds how deep it goes, and says so. */
static int open_below(struct gap_sink *gaps, struct reg_key *key,
		      const char *key_path, const char *path, bool is_store,
		      struct reg_key **ret)
{
	struct reg_key *at = NULL;
	const char *rest = path;
	int err = 0;

	while (*rest) {
		size_t n = strcspn(rest, "\\");
		char *name = mem_strndup(rest, n);
		struct reg_key *next = NULL;

		if (!name)
			err = err_nomem();
		else
			err = reg_open_subkey(at ? at : key, name, &next);
		mem_free(name);
		reg_close_key(at);
		at = next;
		if (err)
			return err;
		rest += n + strspn(rest + n, "\\");
		if (!place_is_link(gaps, at, key_path))
			continue;
		if (gaps && !(is_store && leads_to_store(at, key_path)))
			link_gap(gaps, at, key_path, path);
		reg_close_key(at);
		return ERR_NOT_FOUND;
	}
	if (!at)
		return ERR_NOT_FOUND;
	*ret = at;
	return 0;
}

int place_open(struct gap_sink *gaps, struct reg_key *key, const char *key_path,
	       const char *path, struct reg_key **ret)
{
	return open_below(gaps, key, key_path, path, false, ret);
}

/* ---- values -------------------------------------------------------------- */

char *place_text(const struct reg_value *v)
{
	bool extra = false;
	char *text = reg_value_text(v, &extra);
	struct str whole;
	size_t count = v->nbytes / 2;

	if (!text || !extra ||
	    (v->type != REG_TYPE_SZ && v->type != REG_TYPE_EXPAND_SZ))
		return text;
	while (count && !v->data[count * 2 - 1] && !v->data[count * 2 - 2])
		count--;
	if (count > SERVER_MAX_NCHARS)
		count = SERVER_MAX_NCHARS;
	str_init(&whole, 0);
	if (utf_from_utf16le(&whole, v->data, count)) {
		str_release(&whole);
		return text;
	}
	mem_free(text);
	return str_detach(&whole);
}

void place_unreadable(struct gap_sink *gaps, int err, const char *key_path,
		      const char *name)
{
	if (!err || err == ERR_NOT_FOUND)
		return;
	gap_report(gaps, gap_from_err(err), GAP_MATTERS, key_path,
		   err_last()->os_error, W_COLLECT_IN_KEY_NOT_READ, name,
		   err_words(err));
}

char *place_get_text(struct gap_sink *gaps, struct reg_key *key,
		     const char *key_path, const char *name)
{
	struct reg_value v;
	char *text = NULL;
	int err = reg_get_value(key, name, &v);

	if (!err) {
		text = reg_value_text(&v, NULL);
		reg_value_release(&v);
		err = text ? 0 : err_nomem();
	}
	place_unreadable(gaps, err, key_path, name);
	return text;
}

char *place_get_server(struct gap_sink *gaps, struct reg_key *key,
		       const char *key_path, const char *name,
		       const char *shown, uint32_t *type_ret)
{
	struct reg_value v;
	char *text = NULL;
	int err = reg_get_value(key, name, &v);

	if (!err) {
		text = place_text(&v);
		*type_ret = v.type;
		reg_value_release(&v);
		err = text ? 0 : err_nomem();
	}
	place_unreadable(gaps, err, key_path, shown);
	return text;
}

/* ---- all of them --------------------------------------------------------- */

/* Where a place is to be looked for, below the root of a hive. */
struct place_row {
	const char *path;
	int view; /* 64: the native one, 32, 0: shared */
	bool is_virtual;
	bool is_wrong;
};

static const struct place_row machine_software[] = {
	{ "", 64, false, false },
	{ "Wow6432Node", 32, false, false },
};

static const struct place_row user_software[] = {
	{ "Software", 0, false, false },
	/* HKCU\Software is not redirected: nothing reads this. */
	{ "Software\\Wow6432Node", 32, false, true },
};

#define VIRTUAL "VirtualStore\\MACHINE\\SOFTWARE"

static const struct place_row virtual_software[] = {
	{ VIRTUAL, 64, true, false },
	{ VIRTUAL "\\Wow6432Node", 32, true, false },
};

static const struct place_row machine_classes[] = {
	{ "Classes", 64, false, false },
	/* One of the two is a link to the other, by version of Windows. */
	{ "Classes\\Wow6432Node", 32, false, false },
	{ "Wow6432Node\\Classes", 32, false, false },
};

static const struct place_row user_classes[] = {
	{ "", 64, false, false },
	{ "Wow6432Node", 32, false, false },
	{ VIRTUAL "\\Classes", 64, true, false },
	{ VIRTUAL "\\Classes\\Wow6432Node", 32, true, false },
	{ VIRTUAL "\\Wow6432Node\\Classes", 32, true, false },
};

/* NTUSER.DAT: normally a link to UsrClass.dat, here where it is real. */
static const struct place_row user_own_classes[] = {
	{ "Software\\Classes", 64, false, false },
	{ "Software\\Classes\\Wow6432Node", 32, false, false },
	{ "Software\\Wow6432Node\\Classes", 32, false, false },
};

struct hive {
	struct reg_root *root;
	const char *prefix;
	const struct target_user *user;
};

struct opening {
	struct target *t;
	struct gap_sink *gaps;
	struct vec *software;
	struct vec *classes;
	bool is_64bit;
	bool is_full; /* that there are more than are read has been told */
};

static int open_place(struct opening *o, const struct hive *hive,
		      const struct place_row *row, struct reg_place *place)
{
	struct reg_key *top = NULL;
	int err = reg_open_key(hive->root, "", &top);

	if (err)
		return err;
	place->path = place_join(hive->prefix, row->path);
	if (!place->path)
		err = ERR_NOMEM;
	else if (*row->path)
		err = open_below(o->gaps, top, place->path, row->path, true,
				 &place->key);
	else
		place->key = top;
	if (place->key != top)
		reg_close_key(top);
	return err;
}

static void close_place(struct reg_place *p)
{
	reg_close_key(p->clsid);
	reg_close_key(p->settings);
	reg_close_key(p->policies);
	reg_close_key(p->kill_bits);
	reg_close_key(p->key);
	mem_free(p->path);
}

static int add_place(struct opening *o, struct vec *to, const struct hive *hive,
		     const struct place_row *row)
{
	struct reg_place place = { .user = hive->user,
				   .view = row->view,
				   .is_virtual = row->is_virtual,
				   .is_wrong = row->is_wrong };
	struct reg_place *slot;
	int err;

	if (!o->is_64bit) {
		if (row->view == 32)
			return 0;
		place.view = 32;
	}
	if (to->count >= MAX_PLACES) {
		if (!o->is_full)
			gap_report(o->gaps, GAP_TOO_LARGE, GAP_MATTERS,
				   hive->prefix, 0, W_COLLECT_PLACES_MANY);
		o->is_full = true;
		return 0;
	}
	err = open_place(o, hive, row, &place);
	if (err) {
		mem_free(place.path);
		if (err != ERR_NOT_FOUND && err != ERR_NOMEM)
			gap_report(o->gaps, gap_from_err(err), GAP_MATTERS,
				   hive->prefix, err_last()->os_error,
				   W_COLLECT_KEY_NOT_OPENED, row->path);
		return err == ERR_NOMEM ? err : 0;
	}
	if (to == o->classes)
		place_unreadable(o->gaps,
				 place_open(o->gaps, place.key, place.path,
					    "CLSID", &place.clsid),
				 place.path, "CLSID");
	slot = vec_push(to);
	if (!slot) {
		close_place(&place);
		return ERR_NOMEM;
	}
	*slot = place;
	return 0;
}

static int add_places(struct opening *o, struct vec *to,
		      const struct hive *hive, const struct place_row *rows,
		      size_t count)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < count; i++)
		err = add_place(o, to, hive, &rows[i]);
	return err;
}

#define ADD(o, to, hive, rows)                                                 \
	add_places(o, to, hive, rows, sizeof(rows) / sizeof((rows)[0]))

static int add_machine(struct opening *o)
{
	struct hive hive = { NULL, NULL, NULL };
	int err;

	/* A hive that cannot be read has its gap from the target already. */
	err = target_machine_hive(o->t, TARGET_HIVE_SOFTWARE, &hive.root,
				  &hive.prefix);
	if (err)
		return err == ERR_NOMEM ? err : 0;
	err = ADD(o, o->software, &hive, machine_software);
	if (!err)
		err = ADD(o, o->classes, &hive, machine_classes);
	return err;
}

static int add_user(struct opening *o, const struct target_user *user)
{
	struct hive hive = { NULL, NULL, user };
	int err;

	err = target_user_classes(o->t, user, &hive.root, &hive.prefix);
	if (err == ERR_NOMEM)
		return err;
	if (!err)
		err = ADD(o, o->classes, &hive, user_classes);
	else
		err = 0;
	if (!err && hive.root)
		err = ADD(o, o->software, &hive, virtual_software);
	if (err)
		return err;
	hive.root = NULL;
	err = target_user_hive(o->t, user, &hive.root, &hive.prefix);
	if (err)
		return err == ERR_NOMEM ? err : 0;
	err = ADD(o, o->software, &hive, user_software);
	if (!err)
		err = ADD(o, o->classes, &hive, user_own_classes);
	return err;
}

int places_open(struct target *t, struct gap_sink *gaps, struct vec *software,
		struct vec *classes)
{
	struct opening o = { .t = t,
			     .gaps = gaps,
			     .software = software,
			     .classes = classes,
			     .is_64bit = target_info(t)->is_64bit };
	int err;

	*software = (struct vec)VEC_INIT(struct reg_place, MAX_PLACES);
	*classes = (struct vec)VEC_INIT(struct reg_place, MAX_PLACES);
	err = add_machine(&o);
	for (size_t i = 0; !err && i < target_user_count(t); i++)
		err = add_user(&o, target_user(t, i));
	return err;
}

void places_close(struct vec *places)
{
	for (size_t i = 0; i < places->count; i++)
		close_place(vec_at(places, i));
	vec_release(places);
}
