/*
 * The walk over all extension points, for the machine and every user.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/owner.h"
#include "collect/points.h"
#include "collect/resolve.h"

#include <string.h>

/* More entries at one point than this is no Windows: the rest is a gap. */
#define MAX_ENTRIES 65536u

/* What Internet Explorer writes into CLSID for every plain button. */
#define BUTTON_CLASS "{1FBA04EE-3024-11D2-8F1F-0000F87ABD16}"

struct walk {
	struct resolver z;
	registration_fn fn;
	void *arg;
};

/* One key below which a row's entries lie, in one place. */
struct list {
	struct walk *w;
	const struct point_row *row;
	const struct reg_place *place;
	struct reg_key *key;
	const char *path;  /* physical, of `key` */
	const char *above; /* name so far, of deeper levels; "" at first */
	unsigned level;
	unsigned count;
	unsigned found;	    /* entries with a class, here and below */
	int err;	    /* of an entry, not of the listing */
	int64_t last_write; /* of `key`, for rows that are values */
};

/* One entry, before it is looked at in a view. */
struct entry {
	const struct point_row *row;
	const struct reg_place *place;
	struct reg_key *key; /* the class itself, POINT_CLSID_SELF */
	const char *path;
	const char *name;
	char *label;
	char *clsid;
	char *exec; /* what a button starts instead of a class */
	int64_t last_write;
	bool is_malformed;
	bool is_blocked; /* NoInternetExplorer */
};

/* ---- one row of the result --------------------------------------------- */

static int copy(char **to, const char *from)
{
	*to = mem_strdup(from);
	return from && !*to ? ERR_NOMEM : 0;
}

static struct registration *registration_new(const struct entry *e,
					     const struct target_user *user)
{
	struct registration *r = mem_zalloc(sizeof(*r));
	int err = 0;

	if (!r)
		return NULL;
	r->point = e->row->point;
	r->trust = "unchecked";
	r->version_resource = EXISTS_UNKNOWN;
	r->last_write = e->last_write;
	err |= copy(&r->registry_key, e->path);
	err |= copy(&r->name, e->name);
	err |= copy(&r->label, e->label);
	err |= copy(&r->clsid, e->clsid);
	if (user) {
		err |= copy(&r->user_name, user->name);
		if (user->sid && *user->sid)
			err |= copy(&r->user_sid, user->sid);
	}
	if (!err)
		return r;
	registration_free(r);
	return NULL;
}

/* The first reason that keeps Internet Explorer from loading it. */
static void judge_loading(struct walk *w, const struct entry *e,
			  const struct class_scope *scope,
			  struct registration *r)
{
	char guid[GUID_TEXT_NBYTES];
	const char *class_reason = r->why_not;

	if ((e->row->flags & POINT_IS_ADDON) && r->clsid &&
	    guid_find(r->clsid, guid))
		r->disabled =
			e->is_blocked || state_is_disabled(&w->z, scope, guid);
	if (e->place->is_virtual)
		r->why_not = "virtual_store";
	else if (e->place->is_wrong || (e->row->flags & POINT_WRONG_PLACE))
		r->why_not = "wrong_place";
	else if ((e->row->flags & POINT_MACHINE_ONLY) && e->place->user)
		r->why_not = "user_hive";
	else if (e->is_malformed && !r->named_by)
		r->why_not = "malformed_name";
	else if (class_reason)
		r->why_not = class_reason;
	else if (r->disabled)
		r->why_not = "disabled";
	r->loads = !r->why_not;
}

/* A text in place of a CLSID is a ProgID; what it means hangs on the user. */
static int entry_class(struct walk *w, const struct entry *e,
		       const struct class_scope *scope,
		       char guid[GUID_TEXT_NBYTES],
		       const struct reg_place **place_ret)
{
	if (e->row->clsid != POINT_CLSID_VALUE || !e->is_malformed)
		return ERR_NOT_FOUND;
	return class_named(&w->z, scope, e->clsid, guid, place_ret);
}

static int name_class(struct walk *w, const struct entry *e,
		      const struct class_scope *scope, struct registration *r)
{
	char guid[GUID_TEXT_NBYTES];
	const struct reg_place *place = NULL;
	int err = entry_class(w, e, scope, guid, &place);

	if (err)
		return err == ERR_NOMEM ? err : 0;
	err = owner_note(&r->class_owner, place->path);
	if (err)
		return err;
	r->named_by = r->clsid;
	r->clsid = mem_strdup(guid);
	return r->clsid ? 0 : ERR_NOMEM;
}

/* What its path means to rules, however it is spelled, there or not. */
static int name_place(struct walk *w, const struct target_user *user,
		      struct registration *r)
{
	char *path;

	if (!r->server_path || !*r->server_path)
		return 0;
	path = r->exists == EXISTS_YES
		       ? mem_strdup(r->server_path)
		       : target_spelling(w->z.t, r->server_path);
	if (!path)
		return ERR_NOMEM;
	r->place = target_place_of(w->z.t, path);
	r->location = target_location_for(w->z.t, user, path);
	mem_free(path);
	return r->place ? 0 : ERR_NOMEM;
}

static int emit(struct walk *w, const struct entry *e,
		const struct target_user *user, int view)
{
	struct class_scope scope = { user, view, e->place->is_virtual, false };
	struct registration *r = registration_new(e, user);
	bool keep = false;
	int err;

	if (!r)
		return ERR_NOMEM;
	r->view = view;
	if (e->row->clsid == POINT_CLSID_SELF) {
		err = resolve_class_key(&w->z, &scope, e->key, r);
	} else if (e->exec) {
		err = copy(&r->server_raw, e->exec);
		r->server_type = REG_TYPE_SZ;
		r->why_not = "no_class";
		if (!err)
			err = resolve_server(&w->z, &scope, r);
	} else {
		err = name_class(w, e, &scope, r);
		if (!err)
			err = resolve_class(&w->z, &scope, r);
	}
	if (!err)
		err = name_place(w, user, r);
	if (!err) {
		judge_loading(w, e, &scope, r);
		err = w->fn(w->arg, r, &keep);
	}
	if (!keep)
		registration_free(r);
	return err;
}

/* ---- views -------------------------------------------------------------- */

/* What cannot be opened has its gap, and is none; 0 or ERR_NOMEM. */
static int has_class(struct walk *w, const struct entry *e,
		     const struct target_user *user, int view, bool own_only,
		     bool *ret)
{
	struct class_scope scope = { user, view, e->place->is_virtual,
				     own_only };
	char guid[GUID_TEXT_NBYTES];
	struct com_class c = { .count = 0 };
	const struct reg_place *place = NULL;
	int err;

	*ret = false;
	if (!e->clsid)
		return 0;
	err = entry_class(w, e, &scope, guid, &place);
	if (err && err != ERR_NOMEM)
		err = guid_find(e->clsid, guid) ? 0 : err;
	/* His own ProgID leads to whatever class there is for him. */
	if (!err && place && place->user)
		scope.own_only = own_only = false;
	if (!err)
		err = class_open(&w->z, &scope, guid, &c);
	if (err)
		return err == ERR_NOMEM ? err : 0;
	*ret = !own_only || class_has_subkey(&c, "InprocServer32") ||
	       class_has_subkey(&c, "TreatAs");
	class_close(&c);
	return 0;
}

static bool is_shared(const struct walk *w, const struct entry *e)
{
	if (!w->z.is_64bit || e->place->is_virtual || e->place->is_wrong)
		return false;
	if (e->row->base == POINT_BASE_CLASSES)
		return !w->z.has_split_classes;
	return e->place->view == 0;
}

/*
 * A machine's registration whose class a user has replaced in his own
 * classes: for him another file is loaded (design.md 6: the user's classes
 * win), so it is a row of its own.
 */
static int emit_for_users(struct walk *w, const struct entry *e,
			  const int *views, size_t count)
{
	size_t i;
	size_t v;
	bool has;
	int err = 0;

	for (i = 0; !err && i < target_user_count(w->z.t); i++) {
		const struct target_user *user = target_user(w->z.t, i);

		for (v = 0; !err && v < count; v++) {
			err = has_class(w, e, user, views[v], true, &has);
			if (!err && has)
				err = emit(w, e, user, views[v]);
		}
	}
	return err;
}

static int emit_views(struct walk *w, const struct entry *e)
{
	static const int both[] = { 64, 32 };
	const struct target_user *user = e->place->user;
	int own = e->place->view;
	bool any = false;
	bool has;
	size_t i;
	int err = 0;

	if (e->row->clsid == POINT_CLSID_SELF)
		return emit(w, e, user, own);
	if (!is_shared(w, e)) {
		err = emit(w, e, user, own);
		if (!err && !user)
			err = emit_for_users(w, e, &own, 1);
		return err;
	}
	for (i = 0; !err && i < 2; i++) {
		err = has_class(w, e, user, both[i], false, &has);
		any |= has;
		if (!err && has)
			err = emit(w, e, user, both[i]);
	}
	if (!err && !any)
		err = emit(w, e, user, 0);
	if (!err && !user)
		err = emit_for_users(w, e, both, 2);
	return err;
}

/* ---- entries ------------------------------------------------------------ */

/* Canonical form of the class text; what is malformed stays as it is. */
static int set_clsid(struct entry *e, const char *text)
{
	e->clsid = registration_class(text, &e->is_malformed);
	return e->clsid ? 0 : ERR_NOMEM;
}

static void button_class(struct gap_sink *gaps, struct reg_key *key,
			 struct entry *e)
{
	static const char *const names[] = { "ClsidExtension", "BandCLSID",
					     "CLSID" };
	char guid[GUID_TEXT_NBYTES];
	char *text = NULL;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		text = place_get_text(gaps, key, e->path, names[i]);
		/* Internet Explorer's own class only starts Exec or Script. */
		if (text &&
		    !(guid_parse(text, guid) && !strcmp(guid, BUTTON_CLASS)))
			break;
		if (text && i == 2) {
			e->exec = place_get_text(gaps, key, e->path, "Exec");
			if (!e->exec)
				e->exec = place_get_text(gaps, key, e->path,
							 "Script");
			break;
		}
		mem_free(text);
		text = NULL;
	}
	if (!text) {
		e->exec = place_get_text(gaps, key, e->path, "Exec");
		if (!e->exec)
			e->exec = place_get_text(gaps, key, e->path, "Script");
		text = mem_strdup(e->name);
	}
	if (text)
		set_clsid(e, text);
	mem_free(text);
	if (!e->label)
		e->label = reg_get_text(key, "ButtonText", NULL);
	if (!e->label)
		e->label = reg_get_text(key, "MenuText", NULL);
}

static bool has_value(struct reg_key *key, const char *name)
{
	struct reg_value v;

	if (reg_get_value(key, name, &v))
		return false;
	reg_value_release(&v);
	return true;
}

/* Names that are no registrations though they lie among them. */
static bool is_other_name(const struct point_row *row, const char *name)
{
	if (row->clsid == POINT_CLSID_VALUE)
		return false;
	/* Internet Explorer itself puts MSHist… into the BHO list. */
	if (row->point == POINT_BHO)
		return ascii_istarts_with(name, "MSHist");
	if (row->point == POINT_EXTENSION_BUTTON)
		return !ascii_casecmp(name, "CmdMapping");
	return false;
}

static int walk_list(struct list *l);

/* A subkey that holds entries of its own, one level deeper. */
static int walk_deeper(struct list *l, struct reg_key *key, const char *path,
		       const char *name, unsigned *found_ret)
{
	struct list below = { .w = l->w,
			      .row = l->row,
			      .place = l->place,
			      .key = key,
			      .path = path,
			      .above = name,
			      .level = l->level + 1 };
	int err = walk_list(&below);

	*found_ret = below.found;
	return err;
}

static void read_entry(struct list *l, struct reg_key *key, struct entry *e)
{
	struct gap_sink *gaps = l->w->z.gaps;
	struct reg_key_info info;
	char *text;

	if (!reg_key_info(key, &info)) {
		e->last_write = info.last_write;
		reg_key_info_release(&info);
	}
	e->label = place_get_text(gaps, key, e->path, "");
	switch (l->row->clsid) {
	case POINT_CLSID_VALUE:
		text = place_get_text(gaps, key, e->path, "CLSID");
		if (text)
			set_clsid(e, text);
		mem_free(text);
		break;
	case POINT_CLSID_BUTTON:
		button_class(gaps, key, e);
		break;
	case POINT_CLSID_SELF:
		e->key = key;
		set_clsid(e, e->name);
		break;
	case POINT_CLSID_NAME:
		set_clsid(e, e->name);
		e->is_blocked = l->row->point == POINT_BHO &&
				has_value(key, "NoInternetExplorer");
		break;
	}
}

static void entry_release(struct entry *e)
{
	mem_free(e->label);
	mem_free(e->clsid);
	mem_free(e->exec);
}

static int walk_entry(struct list *l, struct reg_key *key, const char *path,
		      const char *name)
{
	struct entry e = {
		.row = l->row, .place = l->place, .path = path, .name = name
	};
	unsigned found = 0;
	int err = 0;

	read_entry(l, key, &e);
	if (e.clsid) {
		l->found++;
		err = emit_views(l->w, &e);
	}
	if (!err && l->level < l->row->depth)
		err = walk_deeper(l, key, path, name, &found);
	l->found += found;
	/* "Name-Space Handler\http" only groups; an empty filter is listed. */
	if (!err && !e.clsid && !found && l->level == 1 && l->row->depth == 2)
		err = emit_views(l->w, &e);
	entry_release(&e);
	return err;
}

static int open_entry(struct list *l, const char *stored)
{
	struct resolver *z = &l->w->z;
	struct reg_key *key = NULL;
	char *path = place_join(l->path, stored);
	char *name =
		*l->above ? place_join(l->above, stored) : mem_strdup(stored);
	int err = path && name ? 0 : ERR_NOMEM;

	if (!err)
		err = reg_open_subkey(l->key, stored, &key);
	if (err && err != ERR_NOMEM && err != ERR_NOT_FOUND) {
		gap_report(z->gaps, gap_from_err(err), GAP_MATTERS, path,
			   err_last()->os_error,
			   "the registration could not be read");
		err = 0;
	} else if (err == ERR_NOT_FOUND) {
		gap_report(z->gaps, GAP_CHANGED, GAP_MATTERS, path, 0,
			   "the registration vanished while it was read");
		err = 0;
	} else if (!err && place_is_link(key)) {
		gap_report(z->gaps, GAP_REGISTRY_LINK, GAP_BY_KIND, path, 0,
			   "a registry link was not followed");
	} else if (!err) {
		err = walk_entry(l, key, path, name);
	}
	reg_close_key(key);
	mem_free(name);
	mem_free(path);
	return err;
}

static int walk_value(struct list *l, const struct reg_value *v)
{
	struct entry e = { .row = l->row,
			   .place = l->place,
			   .path = l->path,
			   .name = v->name,
			   .last_write = l->last_write };
	int err;

	if (v->type == REG_TYPE_SZ || v->type == REG_TYPE_EXPAND_SZ)
		e.label = reg_value_text(v, NULL);
	err = set_clsid(&e, v->name);
	if (!err)
		err = emit_views(l->w, &e);
	entry_release(&e);
	return err;
}

/* ---- lists -------------------------------------------------------------- */

/* ERR_TOO_LARGE at the bound: the rest of this list is a gap. */
static int count_entry(struct list *l)
{
	if (host_interrupted()) {
		l->err = ERR_CANCELLED;
		return l->err;
	}
	if (l->count++ < MAX_ENTRIES)
		return 0;
	gap_report(l->w->z.gaps, GAP_TOO_LARGE, GAP_MATTERS, l->path, 0,
		   "more than %u entries at one extension point", MAX_ENTRIES);
	return ERR_TOO_LARGE;
}

/*
 * Opened while the list is read: then a hive's key is found by its place,
 * not by a search, which in a list of thousands takes minutes.
 */
static int take_subkey(void *arg, const char *name)
{
	struct list *l = arg;
	int err;

	if (is_other_name(l->row, name))
		return 0;
	err = count_entry(l);
	if (!err)
		err = l->err = open_entry(l, name);
	return err;
}

static int take_value(void *arg, const struct reg_value *value)
{
	struct list *l = arg;
	int err;

	/* Others are the browser's own settings ("Locked", "ITBar7Layout"). */
	if (!strchr(value->name, '{'))
		return 0;
	err = count_entry(l);
	if (!err)
		err = l->err = walk_value(l, value);
	return err;
}

static int walk_list(struct list *l)
{
	bool by_value = l->row->entry == POINT_ENTRY_VALUE;
	struct reg_key_info info;
	int err;

	/* Once: it counts the values. */
	if (by_value && !reg_key_info(l->key, &info)) {
		l->last_write = info.last_write;
		reg_key_info_release(&info);
	}
	err = by_value ? reg_each_value(l->key, take_value, l)
		       : reg_each_subkey(l->key, take_subkey, l);
	if (l->err)
		return l->err;
	if (err && err != ERR_NOMEM && l->count <= MAX_ENTRIES)
		gap_report(l->w->z.gaps, gap_from_err(err), GAP_MATTERS,
			   l->path, err_last()->os_error,
			   "the extension point could not be read to its end");
	return err == ERR_NOMEM ? err : 0;
}

static int walk_place(struct walk *w, const struct point_row *row,
		      const struct reg_place *place)
{
	struct list l = {
		.w = w, .row = row, .place = place, .above = "", .level = 1
	};
	struct reg_place moved = *place;
	char *path = place_join(place->path, row->key);
	int err;

	if (!path)
		return ERR_NOMEM;
	err = place_open(&w->z, place->key, path, row->key, false, &l.key);
	if (err) {
		if (err != ERR_NOT_FOUND && err != ERR_NOMEM) {
			gap_report(w->z.gaps, gap_from_err(err), GAP_MATTERS,
				   path, err_last()->os_error,
				   "the extension point could not be opened");
			err = 0;
		}
		goto out;
	}
	/* Beside the shared key of Windows 7 and later nothing is read. */
	if (row->base == POINT_BASE_CLASSES && w->z.is_64bit &&
	    !w->z.has_split_classes && place->view == 32) {
		moved.is_wrong = true;
		l.place = &moved;
	}
	l.path = path;
	err = walk_list(&l);
	reg_close_key(l.key);
out:
	mem_free(path);
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int walk_row(struct walk *w, const struct point_row *row)
{
	const struct vec *places = row->base == POINT_BASE_CLASSES
					   ? &w->z.classes
					   : &w->z.software;
	size_t i;
	int err = 0;

	/* The places stand machine first, then user by user. */
	for (i = 0; !err && i < places->count; i++)
		err = walk_place(w, row, vec_at(places, i));
	return err;
}

int registrations_walk(struct target *t, struct gap_sink *gaps,
		       registration_fn fn, void *arg)
{
	struct walk w = { .fn = fn, .arg = arg };
	size_t i;
	int err;

	if (target_info(t)->kind == TARGET_FOLDER)
		return 0; /* files only */
	err = resolver_init(&w.z, t, gaps);
	for (i = 0; !err && i < points_count(); i++)
		err = walk_row(&w, points_row(i));
	resolver_release(&w.z);
	return err;
}
