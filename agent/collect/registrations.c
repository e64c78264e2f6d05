/*
 * The walk over all extension points, for the machine and every user.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/owner.h"
#include "collect/walk.h"
#include "words/collect.h"

#include <string.h>

/* What Internet Explorer writes into CLSID for every plain button. */
#define BUTTON_CLASS "{1FBA04EE-3024-11D2-8F1F-0000F87ABD16}"

/* One key below which a row's entries lie, in one place. */
struct list {
	struct points_walk *w;
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

/* ---- one row of the result --------------------------------------------- */

static int copy(char **to, const char *from)
{
	*to = mem_strdup(from);
	return from && !*to ? ERR_NOMEM : 0;
}

struct registration *entry_registration(const struct entry *e,
					const struct target_user *user)
{
	struct registration *r = mem_zalloc(sizeof(*r));
	int err = 0;

	if (!r)
		return NULL;
	r->point = e->row->point;
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

static struct class_scope entry_scope(const struct entry *e,
				      const struct target_user *user, int view,
				      bool own_only)
{
	const struct class_scope scope = {
		.user = user,
		.view = view,
		.has_virtual = e->place->is_virtual,
		.own_only = own_only,
		.no_browser = (e->row->flags & POINT_NO_BROWSER) != 0
	};

	return scope;
}

/* The first reason that keeps Internet Explorer from loading it. */
static void judge_loading(struct points_walk *w, const struct entry *e,
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
	else if (e->why_not)
		r->why_not = e->why_not;
	else if (class_reason)
		r->why_not = class_reason;
	else if (r->disabled)
		r->why_not = "disabled";
	r->loads = !r->why_not;
}

/* A text in place of a CLSID is a ProgID; what it means hangs on the user. */
static int entry_class(struct points_walk *w, const struct entry *e,
		       const struct class_scope *scope,
		       char guid[GUID_TEXT_NBYTES],
		       const struct reg_place **place_ret)
{
	if (e->row->leads != LEADS_BY_VALUE || !e->is_malformed)
		return ERR_NOT_FOUND;
	return class_named(&w->z, scope, e->clsid, guid, place_ret);
}

static int name_class(struct points_walk *w, const struct entry *e,
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

int walk_name_place(struct points_walk *w, const struct target_user *user,
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

static int emit(struct points_walk *w, const struct entry *e,
		const struct target_user *user, int view)
{
	struct class_scope scope = entry_scope(e, user, view, false);
	struct registration *r = entry_registration(e, user);
	bool keep = false;
	int err;

	if (!r)
		return ERR_NOMEM;
	r->view = view;
	if (e->row->leads == LEADS_BY_SELF) {
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
		err = walk_name_place(w, user, r);
	if (!err && r->server_path)
		err = beside_files(w->z.beside, r->server_path, &r->beside);
	if (!err) {
		r->not_read = r->exists == EXISTS_YES &&
			      resolver_leaves_out(&w->z, r->server_path);
		judge_loading(w, e, &scope, r);
		err = w->fn(w->arg, r, &keep);
	}
	if (!keep)
		registration_free(r);
	return err;
}

/* ---- views -------------------------------------------------------------- */

/* What cannot be opened has its gap, and is none; 0 or ERR_NOMEM. */
static int has_class(struct points_walk *w, const struct entry *e,
		     const struct target_user *user, int view, bool own_only,
		     bool *ret)
{
	struct class_scope scope = entry_scope(e, user, view, own_only);
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

static bool is_shared(const struct points_walk *w, const struct entry *e)
{
	if (!w->z.is_64bit || e->place->is_virtual || e->place->is_wrong)
		return false;
	if (e->row->base == POINT_BASE_CLASSES)
		return !w->z.has_split_classes;
	return e->place->view == 0;
}

/*
 * A machine's registration whose class a user has replaced in his own
 * classes: for him another file is loaded (CONTRACT.md 6: the user's classes
 * win), so it is a row of its own.
 */
static int emit_for_users(struct points_walk *w, const struct entry *e,
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

int entry_emit_class(struct points_walk *w, const struct entry *e)
{
	static const int both[] = { 64, 32 };
	const struct target_user *user = e->place->user;
	int own = e->place->view;
	bool any = false;
	bool has;
	size_t i;
	int err = 0;

	if (e->row->leads == LEADS_BY_SELF)
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

static int button_class(struct gap_sink *gaps, struct reg_key *key,
			struct entry *e)
{
	static const char *const names[] = { "ClsidExtension", "BandCLSID",
					     "CLSID" };
	char guid[GUID_TEXT_NBYTES];
	char *text = NULL;
	size_t i;
	int err;

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
	err = text ? set_clsid(e, text) : ERR_NOMEM;
	mem_free(text);
	if (!e->label)
		e->label = reg_get_text(key, "ButtonText", NULL);
	if (!e->label)
		e->label = reg_get_text(key, "MenuText", NULL);
	return err;
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
	if (row->leads == LEADS_BY_VALUE)
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

/* The value that says it, the key's default one where none has a name. */
static void read_program(struct gap_sink *gaps, struct reg_key *key,
			 struct entry *e)
{
	const char *name = e->row->values ? e->row->values : "";

	e->exec =
		place_get_server(gaps, key, e->path, name, name, &e->exec_type);
}

static int read_entry(struct list *l, struct reg_key *key, struct entry *e)
{
	struct gap_sink *gaps = l->w->z.gaps;
	struct reg_key_info info;
	char *text;
	int err = 0;

	if (!reg_key_info(key, &info)) {
		e->last_write = info.last_write;
		reg_key_info_release(&info);
	}
	e->label = place_get_text(gaps, key, e->path, "");
	switch (l->row->leads) {
	case LEADS_BY_VALUE:
		text = place_get_text(gaps, key, e->path, "CLSID");
		if (text)
			err = set_clsid(e, text);
		mem_free(text);
		break;
	case LEADS_BY_BUTTON:
		err = button_class(gaps, key, e);
		break;
	case LEADS_BY_SELF:
		e->key = key;
		err = set_clsid(e, e->name);
		break;
	case LEADS_BY_COMMAND:
	case LEADS_BY_FILE:
		read_program(gaps, key, e);
		break;
	case LEADS_BY_SERVICE: /* services.c reads it */
	case LEADS_BY_JOB:
	case LEADS_BY_TASK:
	case LEADS_BY_DATA:
		break;
	case LEADS_BY_NAME:
		err = set_clsid(e, e->name);
		e->is_blocked = l->row->point == POINT_BHO &&
				has_value(key, "NoInternetExplorer");
		break;
	}
	return err;
}

void entry_release(struct entry *e)
{
	mem_free(e->label);
	mem_free(e->clsid);
	mem_free(e->exec);
}

static int emit_program_entry(struct list *l, struct reg_key *key,
			      struct entry *e)
{
	/* Active Setup: 0 takes the component out. */
	uint32_t installed = 1;
	struct reg_value v;

	if (l->row->leads == LEADS_BY_SERVICE)
		return walk_service(l->w, key, e);
	if (l->row->point == POINT_ACTIVE_SETUP &&
	    !reg_get_value(key, "IsInstalled", &v)) {
		if (reg_value_u32(&v, &installed) && !installed)
			e->why_not = "disabled";
		reg_value_release(&v);
	}
	return entry_emit_programs(l->w, e);
}

static int walk_entry(struct list *l, struct reg_key *key, const char *path,
		      const char *name)
{
	struct entry e = {
		.row = l->row, .place = l->place, .path = path, .name = name
	};
	unsigned found = 0;
	int err = read_entry(l, key, &e);

	if (!err && !point_leads_to_class(l->row)) {
		err = emit_program_entry(l, key, &e);
	} else if (!err && e.clsid) {
		l->found++;
		err = entry_emit_class(l->w, &e);
	}
	if (!err && l->level < l->row->depth)
		err = walk_deeper(l, key, path, name, &found);
	l->found += found;
	/* "Name-Space Handler\http" only groups; an empty filter is listed. */
	if (!err && point_leads_to_class(l->row) && !e.clsid && !found &&
	    l->level == 1 && l->row->depth == 2)
		err = entry_emit_class(l->w, &e);
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
			   err_last()->os_error, W_COLLECT_ENTRY_NOT_READ);
		err = 0;
	} else if (err == ERR_NOT_FOUND) {
		gap_report(z->gaps, GAP_CHANGED, GAP_MATTERS, path, 0,
			   W_COLLECT_ENTRY_VANISHED);
		err = 0;
	} else if (!err && place_is_link(z->gaps, key, path)) {
		gap_report(z->gaps, GAP_REGISTRY_LINK, GAP_BY_KIND, path, 0,
			   W_COLLECT_LINK_NOT_FOLLOWED);
	} else if (!err) {
		err = walk_entry(l, key, path, name);
	}
	reg_close_key(key);
	mem_free(name);
	mem_free(path);
	return err;
}

/*
 * From Vista on AppInit_DLLs counts only where LoadAppInit_DLLs is not 0
 * (Microsoft, "AppInit DLLs in Windows 7 and Windows Server 2008 R2").
 */
static const char *value_why_not(const struct list *l)
{
	static const char name[] = "LoadAppInit_DLLs";
	uint32_t is_on = 0;
	struct reg_value v;
	int err;

	if (l->row->point != POINT_APPINIT_DLLS ||
	    target_info(l->w->z.t)->major < 6)
		return NULL;
	err = reg_get_value(l->key, name, &v);
	place_unreadable(l->w->z.gaps, err, l->path, name);
	if (err)
		return err == ERR_NOT_FOUND ? "disabled" : NULL;
	if (!reg_value_u32(&v, &is_on))
		is_on = 0;
	reg_value_release(&v);
	return is_on ? NULL : "disabled";
}

static int walk_value(struct list *l, const struct reg_value *v)
{
	struct entry e = { .row = l->row,
			   .place = l->place,
			   .path = l->path,
			   .name = v->name,
			   .last_write = l->last_write };
	char *text;
	int err;

	if (!point_leads_to_class(l->row)) {
		e.exec = place_text(v);
		e.exec_type = v->type;
		e.why_not = value_why_not(l);
		err = e.exec ? entry_emit_programs(l->w, &e) : ERR_NOMEM;
	} else if (l->row->leads == LEADS_BY_DATA) {
		text = place_text(v);
		err = text ? set_clsid(&e, text) : ERR_NOMEM;
		mem_free(text);
		if (!err)
			err = entry_emit_class(l->w, &e);
	} else {
		if (v->type == REG_TYPE_SZ || v->type == REG_TYPE_EXPAND_SZ)
			e.label = reg_value_text(v, NULL);
		err = set_clsid(&e, v->name);
		if (!err)
			err = entry_emit_class(l->w, &e);
	}
	entry_release(&e);
	return err;
}

/* ---- lists -------------------------------------------------------------- */

/* ERR_TOO_LARGE at the bound: the rest of this list is a gap. */
static int count_entry(struct list *l)
{
	if (cancel_asked(l->w->z.cancel)) {
		l->err = ERR_CANCELLED;
		return l->err;
	}
	if (l->count++ < WALK_MAX_ENTRIES)
		return 0;
	gap_report(l->w->z.gaps, GAP_TOO_LARGE, GAP_MATTERS, l->path, 0,
		   W_COLLECT_ENTRIES_MANY, WALK_MAX_ENTRIES);
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

static bool is_entry(const struct point_row *row, const struct reg_value *v)
{
	/* Others are the browser's own settings ("Locked", "ITBar7Layout"). */
	if (row->entry == POINT_ENTRY_CLSID_VALUE)
		return strchr(v->name, '{') != NULL;
	if (row->entry == POINT_ENTRY_NAMED_VALUE &&
	    !point_names_value(row, v->name))
		return false;
	return v->type == REG_TYPE_SZ || v->type == REG_TYPE_EXPAND_SZ ||
	       v->type == REG_TYPE_MULTI_SZ;
}

static int take_value(void *arg, const struct reg_value *value)
{
	struct list *l = arg;
	int err;

	if (!is_entry(l->row, value))
		return 0;
	err = count_entry(l);
	if (!err)
		err = l->err = walk_value(l, value);
	return err;
}

static int walk_list(struct list *l)
{
	bool by_value = l->row->entry != POINT_ENTRY_SUBKEY;
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
	if (err && err != ERR_NOMEM && l->count <= WALK_MAX_ENTRIES)
		gap_report(l->w->z.gaps, gap_from_err(err), GAP_MATTERS,
			   l->path, err_last()->os_error, W_COLLECT_POINT_CUT);
	return err == ERR_NOMEM ? err : 0;
}

static int walk_place(struct points_walk *w, const struct point_row *row,
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
	err = place_open(w->z.gaps, place->key, path, row->key, &l.key);
	if (err) {
		if (err != ERR_NOT_FOUND && err != ERR_NOMEM) {
			gap_report(w->z.gaps, gap_from_err(err), GAP_MATTERS,
				   path, err_last()->os_error,
				   W_COLLECT_POINT_NOT_OPENED);
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

/*
 * Of several control sets only the one that Windows uses.  A hive that cannot
 * be read has its gap already; one without that set is none of Windows.
 */
static int walk_control_set(struct points_walk *w, const struct point_row *row)
{
	struct reg_place place = { .view = 0 };
	struct reg_root *root;
	const char *prefix;
	int err =
		target_machine_hive(w->z.t, TARGET_HIVE_SYSTEM, &root, &prefix);
	int ret = 0;

	if (err)
		return err == ERR_NOMEM ? err : 0;
	err = target_control_place(w->z.t, "", &place.key, &place.path);
	if (err == ERR_NOMEM)
		return err;
	if (err)
		gap_report(w->z.gaps,
			   err == ERR_NOT_FOUND ? GAP_HIVE_DAMAGED
						: gap_from_err(err),
			   GAP_MATTERS, prefix, err_last()->os_error,
			   W_COLLECT_CONTROL_SET_NOT_OPENED);
	else if (place_is_link(w->z.gaps, place.key, place.path))
		gap_report(w->z.gaps, GAP_REGISTRY_LINK, GAP_MATTERS,
			   place.path, 0, W_COLLECT_LINK_NOT_FOLLOWED);
	else
		ret = walk_place(w, row, &place);
	reg_close_key(place.key);
	mem_free(place.path);
	return ret;
}

/* Whether Windows, or somebody who means it, looks for such a list there. */
static bool has_place(const struct points_walk *w, const struct point_row *row,
		      const struct reg_place *place)
{
	const bool is_machines = !place->user || place->is_virtual;

	if ((row->flags & POINT_NATIVE_VIEW) && w->z.is_64bit &&
	    place->view == 32)
		return false;
	return !(row->flags &
		 (is_machines ? POINT_NOT_OF_MACHINE : POINT_NOT_OF_USERS));
}

static int walk_software(struct points_walk *w, const struct point_row *row)
{
	const struct vec *places = row->base == POINT_BASE_CLASSES
					   ? &w->z.classes
					   : &w->z.software;
	size_t i;
	int err = 0;

	/* The places stand machine first, then user by user. */
	for (i = 0; !err && i < places->count; i++)
		if (has_place(w, row, vec_at(places, i)))
			err = walk_place(w, row, vec_at(places, i));
	return err;
}

static int walk_row(struct points_walk *w, const struct point_row *row)
{
	w->z.leaves_windows_out =
		w->is_quick && (row->flags & POINT_LISTED_ONLY);
	if (row->base == POINT_BASE_CONTROL_SET)
		return walk_control_set(w, row);
	if (row->base == POINT_BASE_WINDOWS_FOLDER)
		return walk_tasks(w, row);
	return walk_software(w, row);
}

int registrations_walk(struct target *t, const struct registrations_options *o,
		       registration_fn fn, void *arg)
{
	struct points_walk w = { .fn = fn,
				 .arg = arg,
				 .is_quick = o->is_quick };
	size_t i;
	int err;

	if (target_info(t)->kind == TARGET_FOLDER)
		return 0; /* files only */
	err = resolver_init(&w.z, t, o->gaps);
	w.z.cancel = o->cancel;
	for (i = 0; !err && i < points_count(); i++)
		err = walk_row(&w, points_row(i));
	resolver_release(&w.z);
	return err;
}
