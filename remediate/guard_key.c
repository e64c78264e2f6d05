/*
 * The guard's look at a key or value: is it what was scanned, and may it go.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/guard_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/wtime.h"
#include "collect/entry_value.h"
#include "words/guard.h"

#include <string.h>

/* Ext\Settings\{id}: Flags with one of these bits forbid the add-on. */
#define FLAGS_DISABLE 0x11u

void guarded_key_release(struct guarded_key *k)
{
	reg_tree_free(k->tree);
	memset(k, 0, sizeof(*k));
}

static void answer_reading(struct guard_answer *a, int err)
{
	const char *why = err_last()->text;

	switch (err) {
	case ERR_NOT_FOUND:
		guard_refuse(a, GUARD_GONE, "%s", "");
		break;
	case ERR_UNSUPPORTED:
		guard_refuse(a, GUARD_REG_LINK, "%s", why);
		break;
	case ERR_LOCKED:
		guard_refuse(a, GUARD_LOGGED_ON, "%s", why);
		break;
	default:
		guard_refuse(a, GUARD_UNREADABLE, "%s", why);
	}
}

/* ---- links ------------------------------------------------------- */

/* No key on the way may be a link; the last one neither.  What does not tell
 * is refused, too. */
static bool crosses_link(struct reg_root *root, const char *path,
			 struct guard_answer *a)
{
	struct str part = STR_INIT;
	bool found = false;

	for (const char *at = path; *at && !found;) {
		size_t n = strcspn(at, "\\");
		struct reg_key_info info = { 0 };
		struct reg_key *key = NULL;
		int err;

		if (part.len)
			str_addch(&part, '\\');
		str_addn(&part, at, n);
		at += n + (at[n] == '\\');
		if (part.err || reg_open_key(root, str_text(&part), &key))
			break; /* whoever opens the whole path says why */
		err = reg_key_info(key, &info);
		reg_close_key(key);
		if (err) {
			answer_reading(a, err);
			break;
		}
		found = info.is_link;
		reg_key_info_release(&info);
	}
	if (found)
		guard_refuse(a, GUARD_REG_LINK, "%s", str_text(&part));
	str_release(&part);
	return a->reason != GUARD_OK;
}

/* ---- identity ---------------------------------------------------- */

static bool is_class(const char *text, const char *clsid)
{
	return text && clsid && utf_casecmp(text, clsid) == 0;
}

/* Default value of a subkey, read as a class or as a server. */
static char *get_below(struct reg_key *key, const char *sub,
		       char *(*get)(struct reg_key *key, const char *name))
{
	struct reg_key *below = NULL;
	char *text = NULL;

	if (reg_open_subkey(key, sub, &below))
		return NULL;
	text = get(below, "");
	reg_close_key(below);
	return text;
}

static bool has_same_time(struct reg_key *key, const char *recorded)
{
	struct reg_key_info info = { 0 };
	char text[WTIME_TEXT_NBYTES];

	if (!recorded)
		return true;
	if (reg_key_info(key, &info))
		return false;
	wtime_format(info.last_write, text);
	reg_key_info_release(&info);
	return strcmp(text, recorded) == 0;
}

/*
 * Whether the class still has that server.  The scan takes it from the first
 * of these that holds one: the default value, or the installer's own beside
 * it (agent/collect/resolve.c).
 */
static bool has_server(struct reg_key *key, const char *server)
{
	static const char *const places[] = { "InprocServer32",
					      "InprocHandler32",
					      "LocalServer32" };
	bool has = false;

	for (size_t i = 0; i < 3 && !has; i++) {
		struct reg_key *below = NULL;
		char *texts[2];

		if (reg_open_subkey(key, places[i], &below))
			continue;
		texts[0] = registration_get_server(below, "");
		texts[1] = registration_get_server(below, places[i]);
		reg_close_key(below);
		for (size_t k = 0; k < 2; k++) {
			has |= texts[k] && strcmp(texts[k], server) == 0;
			mem_free(texts[k]);
		}
	}
	return has;
}

/* The server that a class key names is the one that was recorded. */
static void check_server(const struct step *s, struct reg_key *key,
			 struct guard_answer *a)
{
	char *now;

	if (!s->server_raw || has_server(key, s->server_raw))
		return;
	now = get_below(key, "InprocServer32", registration_get_server);
	guard_refuse(a, GUARD_CHANGED, W_GUARD_SERVER_NOW, now ? now : "");
	mem_free(now);
}

/* A ProgID in place of the class: the entry is the one that was looked up. */
static bool is_progid_as_it_was(const struct step *s, struct reg_key *key,
				const char *text)
{
	return text && *text && !strchr(text, '{') &&
	       has_same_time(key, s->last_write);
}

/*
 * Entries at an extension point: the key has not been written since the scan,
 * and a filter or handler still leads to the same class.
 */
static void check_entry(const struct step *s, struct reg_key *key,
			struct guard_answer *a)
{
	char *clsid = NULL;

	if (s->phase != PHASE_REGISTRATION)
		return;
	if (s->action == ACT_REMOVE_KEY && !has_same_time(key, s->last_write))
		guard_refuse(a, GUARD_CHANGED, W_GUARD_WRITTEN_SINCE);
	if (a->reason != GUARD_OK || !s->clsid ||
	    !(strcmp(s->kind, "mime_filter") == 0 ||
	      strcmp(s->kind, "protocol_handler") == 0 ||
	      strcmp(s->kind, "namespace_handler") == 0))
		return;
	clsid = registration_get_class(key, "CLSID");
	if (!is_class(clsid, s->clsid) && !is_progid_as_it_was(s, key, clsid))
		guard_refuse(a, GUARD_CHANGED, W_GUARD_CLASS_NOW,
			     clsid ? clsid : "");
	mem_free(clsid);
}

static void check_side(const struct step *s, struct reg_key *key,
		       struct guard_answer *a)
{
	char *clsid;

	if (strcmp(s->kind, "clsid") == 0 ||
	    strcmp(s->kind, "software_clsid") == 0) {
		check_server(s, key, a);
	} else if (strcmp(s->kind, "progid") == 0) {
		clsid = get_below(key, "CLSID", registration_get_class);
		if (s->clsid && !is_class(clsid, s->clsid))
			guard_refuse(a, GUARD_SHARED, "%.100s",
				     clsid ? clsid : W_GUARD_ANOTHER_CLASS);
		mem_free(clsid);
	}
}

/* Any other kind is told by all that it holds. */
static int check_digest(const struct step *s, const struct reg_tree *now,
			struct guard_answer *a)
{
	char hex[65];
	int err;

	if (s->phase != PHASE_SIDE || !*s->sha256 || a->reason != GUARD_OK)
		return 0;
	err = reg_tree_digest(now, hex);
	if (!err && strcmp(hex, s->sha256) != 0)
		guard_refuse(a, GUARD_CHANGED, W_GUARD_WRITTEN_SINCE);
	return err;
}

/* ---- may it go --------------------------------------------------- */

static void check_settings(const struct step *s, struct reg_key *key,
			   struct guard_answer *a)
{
	struct reg_value v = { 0 };
	uint32_t flags = 0;
	int err;

	if (strcmp(s->kind, "ext_settings") != 0)
		return;
	err = reg_get_value(key, "Flags", &v);
	if (err == ERR_NOT_FOUND)
		return;
	if (err) {
		answer_reading(a, err);
		return;
	}
	if (!reg_value_u32(&v, &flags) || (flags & FLAGS_DISABLE))
		guard_refuse(a, GUARD_DISABLES, "%s", "");
	reg_value_release(&v);
}

static void check_lists(struct guard *g, const struct step *s,
			struct guard_answer *a)
{
	const char *never = plan_kill_bit(s->target, s->value_name);
	const struct pack *p = g->o.pack;

	if (never) {
		guard_refuse(a, GUARD_NEVER, "%s", never);
		return;
	}
	for (size_t i = 0; p && s->clsid && i < pack_allow_count(p); i++) {
		const struct pack_allow *row = pack_allow(p, i);

		if (row->kind == ALLOW_CLSID && is_class(s->clsid, row->value))
			guard_refuse(a, GUARD_ALLOWED, "%s", row->why);
	}
}

/* ---- saving ------------------------------------------------------ */

/* For a value: the key's tree with nothing in it but that value. */
static int keep_value_only(struct reg_tree *t, const char *name, bool *found)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->child_count; i++)
		reg_tree_free(t->children[i]);
	mem_free(t->children);
	t->children = NULL;
	t->child_count = 0;
	for (size_t i = 0; i < t->value_count; i++) {
		struct reg_tree_value *v = &t->values[i];

		if (!kept && utf_casecmp(v->name, name) == 0) {
			struct reg_tree_value keep = *v;

			*v = t->values[kept];
			t->values[kept++] = keep;
		}
	}
	for (size_t i = kept; i < t->value_count; i++) {
		mem_free(t->values[i].name);
		mem_free(t->values[i].data);
	}
	t->value_count = kept;
	*found = kept > 0;
	return 0;
}

static int save(const struct step *s, struct reg_key *key,
		struct guard_answer *a, struct guarded_key *ret)
{
	bool found = true;
	int err = reg_tree_read(key, &ret->tree);

	if (!err && s->action != ACT_REMOVE_KEY)
		err = keep_value_only(ret->tree, s->value_name, &found);
	if (!err && !found && s->action == ACT_REMOVE_VALUE)
		guard_refuse(a, GUARD_GONE, "%s", "");
	if (err && err != ERR_NOMEM) {
		answer_reading(a, err);
		return 0;
	}
	return err;
}

int guard_key_at(struct guard *g, const struct step *s, struct reg_root *root,
		 const char *path, struct guard_answer *answer,
		 struct guarded_key *ret)
{
	struct guarded_key k = { 0 };
	struct reg_key *key = NULL;
	int err = 0;

	memset(answer, 0, sizeof(*answer));
	check_lists(g, s, answer);
	if (answer->reason == GUARD_OK && !crosses_link(root, path, answer))
		err = reg_open_key(root, path, &key);
	if (err && err != ERR_NOMEM) {
		answer_reading(answer, err);
		err = 0;
	}
	if (key) {
		check_entry(s, key, answer);
		if (answer->reason == GUARD_OK)
			guard_entry_value(s, key, answer);
		if (answer->reason == GUARD_OK)
			check_side(s, key, answer);
		if (answer->reason == GUARD_OK)
			check_settings(s, key, answer);
		if (answer->reason == GUARD_OK && s->action == ACT_SET_VALUE)
			err = guard_restore(g, s, answer);
		if (!err && answer->reason == GUARD_OK)
			err = save(s, key, answer, &k);
		if (!err && answer->reason == GUARD_OK)
			err = check_digest(s, k.tree, answer);
		reg_close_key(key);
	}
	if (!err && answer->reason == GUARD_OK) {
		*ret = k;
		return 0;
	}
	guarded_key_release(&k);
	return err;
}

int guard_key(struct guard *g, const struct step *s,
	      struct guard_answer *answer, struct guarded_key *ret)
{
	struct target_key place;
	int err;

	memset(answer, 0, sizeof(*answer));
	err = target_find_key(g->o.target, s->target, &place);
	if (err) {
		if (err == ERR_NOMEM)
			return err;
		answer_reading(answer, err);
		return 0;
	}
	err = guard_key_at(g, s, place.root, place.path, answer, ret);
	if (!err && answer->reason == GUARD_OK)
		ret->place = place;
	return err;
}
