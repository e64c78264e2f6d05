/*
 * From the rows of a recorded finding to steps: registrations, side keys,
 * files.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_internal.h"
#include "remediate/plan_points.h"

#include "base/err.h"
#include "base/fmt.h"
#include "base/mem.h"
#include "base/utf.h"
#include "store/store_sql.h"

#include <string.h>

/* ---- rows --------------------------------------------------------------- */

static bool is_null(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_NULL;
}

int plan_take(sqlite3_stmt *q, int column, char **ret)
{
	return take_name(q, column, -1, ret);
}

/* ---- registrations ------------------------------------------------------ */

/*
 * Whether a row is no reason to leave `key` alone: it goes, as far as it may;
 * or it is only somebody's who has no say about it.
 */
static bool lets_go(const struct maker *m, int64_t id, struct owner key)
{
	const struct plan_row *r = plan_row_of(m, id);

	if (!r || r->e.is_known)
		return false;
	if (r->finding_id != m->f->id && r->verdict != VERDICT_MALICIOUS)
		return false;
	if (evidence_moves_row(&r->e))
		return true;
	return r->finding_id == m->f->id && !owner_is_machine(r->e.owner) &&
	       !owner_is_same(r->e.owner, key);
}

/* Looking for a registration that stays though `key` goes. */
struct stayer {
	const struct maker *m;
	struct owner key;
	const char *entry; /* of the first one */
};

static int on_use(void *arg, const struct plan_use *use)
{
	struct stayer *s = arg;

	if (lets_go(s->m, use->id, s->key))
		return 0;
	s->entry = use->entry;
	return 1;
}

/* The entry of the first that stays, "": none; NULL without memory.  All rows
 * of a finding may name one class: each is asked for once. */
static const char *first_sharer(struct maker *m, const char *stored_key)
{
	struct stayer s = { m, owner_of_key(stored_key), "" };
	struct str name = STR_INIT;
	const char *known;

	str_addf(&name, "%" PRId64 "\n%s", m->f->id, stored_key);
	known = name.err ? NULL : namemap_get(m->sharers, str_text(&name));
	if (!known && !name.err) {
		plan_each_sharer(m, stored_key, on_use, &s);
		if (!namemap_put(m->sharers, str_text(&name), (void *)s.entry))
			known = s.entry;
	}
	str_release(&name);
	return known;
}

/*
 * Whether a registration that is not to be removed has the same side key;
 * the answer is its key.
 */
static int find_sharer(struct maker *m, const char *stored_key, char **ret)
{
	const char *entry = first_sharer(m, stored_key);

	*ret = entry && *entry ? mem_strdup(entry) : NULL;
	return entry && (!*entry || *ret) ? 0 : err_nomem();
}

static enum step_hold hold_of_side(const struct maker *m, const struct step *s,
				   const struct plan_row *r, const char *server)
{
	if (s->held_for)
		return HOLD_SHARED;
	if (server && target_is_below(server, m->options->windows))
		return HOLD_SYSTEM;
	/* Every program can make an entry that leads to another's class. */
	if (!evidence_moves_side(&r->e, owner_of_key(s->target)))
		return HOLD_MACHINE;
	return s->hold;
}

/*
 * Row: kind, key (both as stored), clsid, server_raw, its raw form,
 * server_path, registration_id, digest of the key.
 */
int plan_on_side(struct maker *m, sqlite3_stmt *q)
{
	const char *stored = (const char *)sqlite3_column_text(q, 1);
	const char *kind = (const char *)sqlite3_column_text(q, 0);
	const struct plan_row *r = plan_row_of(m, sqlite3_column_int64(q, 6));
	struct step *s;
	int err;

	if (!stored || !kind || !r || !evidence_moves_row(&r->e))
		return 0;
	s = plan_new_step(m, r->verdict, PHASE_SIDE, ACT_REMOVE_KEY,
			  step_kind_intern(kind));
	if (!s)
		return err_nomem();
	err = plan_take(q, 1, &s->target);
	if (!err)
		err = plan_take(q, 2, &s->clsid);
	if (!err && strcmp(s->kind, "clsid") == 0)
		err = take_name(q, 3, 4, &s->server_raw);
	if (!err)
		err = find_sharer(m, stored, &s->held_for);
	if (err) {
		step_free(s);
		return err;
	}
	if (!is_null(q, 7))
		str_copy(s->sha256, (const char *)sqlite3_column_text(q, 7),
			 sizeof(s->sha256));
	s->hold =
		hold_of_side(m, s, r, (const char *)sqlite3_column_text(q, 5));
	return plan_add(m, s);
}

/*
 * A machine-wide MIME filter goes back to what this Windows came with, if the
 * pack says what that was.
 */
static const struct pack_restore *
find_restore(const struct maker *m, const struct step *s, const char *name)
{
	const struct pack *p = m->options->pack;

	if (!p || strcmp(s->kind, "mime_filter") != 0 || !name || !s->target ||
	    ascii_ncasecmp(s->target, "HKLM\\", 5) != 0)
		return NULL;
	for (size_t i = 0; i < pack_restore_count(p); i++) {
		const struct pack_restore *r = pack_restore(p, i);

		if (utf_casecmp(r->name, name) == 0 &&
		    pack_restore_fits(r, m->options->os_major,
				      m->options->os_minor))
			return r;
	}
	return NULL;
}

/*
 * Its text for people is the malware's, too.  It goes first: after the class
 * is set the guard would find another class there.
 */
static int remove_label(struct maker *m, const struct step *s)
{
	struct step *label = plan_new_step(m, s->verdict, s->phase,
					   ACT_REMOVE_VALUE, s->kind);

	if (!label)
		return err_nomem();
	label->target = mem_strdup(s->target);
	label->value_name = mem_strdup("");
	label->clsid = s->clsid ? mem_strdup(s->clsid) : NULL;
	label->hold = s->hold;
	if (label->target && label->value_name && (label->clsid || !s->clsid))
		return plan_add(m, label);
	step_free(label);
	return err_nomem();
}

static int try_restore(struct maker *m, struct step *s, const char *name,
		       bool has_label)
{
	const struct pack_restore *r = find_restore(m, s, name);

	if (!r)
		return 0;
	s->action = ACT_SET_VALUE;
	s->value_name = mem_strdup("CLSID");
	s->new_text = mem_strdup(r->clsid);
	if (!s->value_name || !s->new_text)
		return err_nomem();
	return has_label ? remove_label(m, s) : 0;
}

/*
 * Handlers lie below one another ("mk" and "mk\\*"): where something healthy
 * lies below, only what loads this one goes.
 */
static int spare_below(struct maker *m, struct step *s, const char *stored_key)
{
	struct stayer below = { m, owner_of_key(stored_key), "" };
	const int err = plan_each_below(m, stored_key, on_use, &below);

	if (!*below.entry)
		return err;
	s->action = ACT_REMOVE_VALUE;
	s->value_name = mem_strdup("CLSID");
	return s->value_name ? 0 : err_nomem();
}

/* A shell of one user's keeps no more than what is his. */
static bool needs_file(const struct maker *m, const struct plan_row *r,
		       const char *point, const char *loader)
{
	struct evidence_place place;

	if (!plan_point_needs_file(point, loader))
		return false;
	if (owner_is_machine(r->e.entry))
		return true;
	if (!r->server_path)
		return false;
	plan_place(m, r->e.entry, r->server_path, NULL, &place);
	return place.in_profile && !place.in_others;
}

/*
 * Row: point, registry_key, name, clsid, server_raw, last_write, known, then
 * the raw forms of key, name and server, label, registration_id, loader.
 */
int plan_on_registration(struct maker *m, sqlite3_stmt *q)
{
	const char *point = (const char *)sqlite3_column_text(q, 0);
	const struct plan_row *r = plan_row_of(m, sqlite3_column_int64(q, 11));
	struct step *s;
	char *name = NULL;
	bool is_needed;
	int err;

	if (!point || !r)
		return 0;
	is_needed = needs_file(m, r, point,
			       (const char *)sqlite3_column_text(q, 12));
	m->is_needed |= is_needed;
	/* What Windows needs it for is told, whoever is to blame. */
	if (!r->e.is_known && !evidence_moves_entry(&r->e) && !is_needed)
		return 0;
	s = plan_new_step(m, r->verdict, PHASE_REGISTRATION,
			  plan_point_action(point), step_kind_intern(point));
	if (!s)
		return err_nomem();
	err = take_name(q, 1, 7, &s->target);
	if (!err)
		err = take_name(q, 2, 8, &name);
	if (!err)
		err = plan_take(q, 3, &s->clsid);
	if (!err)
		err = take_name(q, 4, 9, &s->server_raw);
	if (!err)
		err = plan_take(q, 5, &s->last_write);
	if (!err && s->action == ACT_REMOVE_VALUE) {
		s->value_name = mem_strdup(name ? name : "");
		err = s->value_name ? 0 : err_nomem();
	}
	if (!err && !is_null(q, 6)) {
		s->hold = HOLD_KNOWN;
		err = plan_take(q, 6, &s->held_for);
	} else if (!err && plan_point_way(point) == POINT_WAY_BY_HAND) {
		err = plan_point_hold(s, name);
	} else if (!err && s->action == ACT_REMOVE_KEY) {
		err = try_restore(m, s, name, !is_null(q, 10));
		if (!err && s->action == ACT_REMOVE_KEY)
			err = spare_below(
				m, s, (const char *)sqlite3_column_text(q, 1));
	}
	mem_free(name);
	if (err) {
		step_free(s);
		return err;
	}
	return plan_add(m, s);
}

/* ---- files -------------------------------------------------------------- */

static bool is_number(const char *hex, uint64_t number)
{
	char text[17];

	snprintf(text, sizeof(text), "%" PRIx64, number);
	return hex && ascii_casecmp(hex, text) == 0;
}

/* How much of "C:\a!b\c.zip!d!e" names a file with that number, NULL: any;
 * 0: none. */
static size_t find_archive(const struct maker *m, char *path,
			   const char *file_id)
{
	size_t n = 0;

	for (char *cut = strchr(path, '!'); cut && !n && m->options->target;
	     cut = strchr(cut + 1, '!')) {
		struct target_path found = { 0 };

		*cut = '\0';
		if (target_resolve(m->options->target, path, 0, &found) == 0 &&
		    found.st.type == HOST_FILE &&
		    (!file_id || is_number(file_id, found.st.file_id)))
			n = (size_t)(cut - path);
		target_path_release(&found);
		*cut = '!';
	}
	return n;
}

/*
 * To its archive.  Any '!' may stand in the names of folders and members, and
 * a user may call a folder "C:\bootmgr!": the file's number tells which it is.
 */
static void cut_member(const struct maker *m, struct step *s)
{
	char *first = strchr(s->target, '!');
	size_t n = s->file_id ? find_archive(m, s->target, s->file_id) : 0;

	if (!n)
		n = find_archive(m, s->target, NULL);
	if (n)
		s->target[n] = '\0';
	else if (first)
		*first = '\0';
}

/* What a cache holds is fetched again when it is wanted. */
static bool is_cached(const struct maker *m, const char *wpath)
{
	const char *location =
		m->options->target ? target_location(m->options->target, wpath)
				   : "";

	return strcmp(location, "java_cache") == 0 ||
	       strcmp(location, "browser_cache") == 0;
}

static bool is_stream(const char *path)
{
	const char *base = strrchr(path, '\\');
	const char *colon = strchr(base ? base : path, ':');

	return colon && colon - path > 1;
}

static enum step_hold hold_of_file(const struct maker *m, const struct step *s,
				   enum evidence_answer answer)
{
	if (is_stream(s->target))
		return HOLD_STREAM;
	if (answer == EVIDENCE_KNOWN)
		return HOLD_KNOWN;
	if (m->is_needed)
		return HOLD_NEEDED;
	if (answer == EVIDENCE_LEFT)
		return HOLD_LEFT;
	if (s->hold != HOLD_NOT)
		return s->hold;
	if (target_is_below(s->target, m->options->windows))
		return HOLD_SYSTEM;
	return answer == EVIDENCE_WEAK ? HOLD_WEAK : HOLD_NOT;
}

/* What a file is known as, its entry says; those were planned before it. */
static int tell_known(const struct maker *m, struct step *s)
{
	for (size_t i = 0; i < m->plan->steps.count; i++) {
		const struct step *entry = plan_step(m->plan, i);

		if (s->hold != HOLD_KNOWN || s->held_for)
			return 0;
		if (entry->finding_id != s->finding_id ||
		    entry->hold != HOLD_KNOWN || !entry->held_for)
			continue;
		s->held_for = mem_strdup(entry->held_for);
		return s->held_for ? 0 : err_nomem();
	}
	return 0;
}

/*
 * Row: kind, path, size, written, volume, file_id, sha256, raw path,
 * artefact_id.
 */
int plan_on_file(struct maker *m, sqlite3_stmt *q)
{
	const struct plan_file *file =
		plan_file_of(m, sqlite3_column_int64(q, 8));
	struct step *s;
	int err;

	/* A note of an entry says nothing of what it leads to. */
	if (!file || (!file->has_hit && m->f->verdict == VERDICT_NOTE))
		return 0;
	s = plan_new_step(m, m->f->verdict, PHASE_FILE, ACT_QUARANTINE_FILE,
			  file->is_member ? "archive" : "file");
	if (!s)
		return err_nomem();
	err = take_name(q, 1, 7, &s->target);
	if (!err)
		err = plan_take(q, 3, &s->written);
	if (!err)
		err = plan_take(q, 4, &s->volume);
	if (!err)
		err = plan_take(q, 5, &s->file_id);
	if (err || !s->target) {
		step_free(s);
		return err;
	}
	if (file->is_member) {
		/* Only the whole archive can go; its own digest is not
		 * recorded. */
		cut_member(m, s);
		s->phase = PHASE_TRACE;
	} else {
		s->size = is_null(q, 2) ? -1 : sqlite3_column_int64(q, 2);
		if (!is_null(q, 6))
			str_copy(s->sha256,
				 (const char *)sqlite3_column_text(q, 6),
				 sizeof(s->sha256));
	}
	s->hold = hold_of_file(m, s, file->answer);
	err = tell_known(m, s);
	if (err) {
		step_free(s);
		return err;
	}
	/* Somebody's own archive is never only what was found in it. */
	if (file->is_member &&
	    (s->hold == HOLD_NOT || s->hold == HOLD_VERDICT ||
	     s->hold == HOLD_WEAK) &&
	    !is_cached(m, s->target))
		s->hold = HOLD_ARCHIVE;
	return plan_add(m, s);
}

/* ---- files that nothing but an entry tells of -------------------- */

static bool has_file(const struct maker *m, const char *wpath)
{
	for (size_t i = 0; i < m->f->file_count; i++) {
		const struct plan_file *file =
			plan_file_at(m, m->f->first_file + i);

		if (file->path && utf_casecmp(file->path, wpath) == 0)
			return true;
	}
	return false;
}

static int add_left(struct maker *m, const struct plan_row *r)
{
	struct step *s = plan_new_step(m, m->f->verdict, PHASE_FILE,
				       ACT_QUARANTINE_FILE, "file");

	if (!s)
		return err_nomem();
	s->target = mem_strdup(r->server_path);
	s->size = r->size;
	str_copy(s->sha256, r->sha256, sizeof(s->sha256));
	if (s->target)
		s->hold = hold_of_file(
			m, s, r->e.is_known ? EVIDENCE_KNOWN : EVIDENCE_LEFT);
	if (tell_known(m, s)) {
		step_free(s);
		return err_last()->err;
	}
	return plan_add(m, s);
}

int plan_left_files(struct maker *m)
{
	int err = 0;

	for (size_t i = 0; !err && i < m->f->row_count; i++) {
		const struct plan_row *r = plan_row_at(m, m->f->first_row + i);

		if (m->f->verdict > VERDICT_NOTE && r->e.is_matched &&
		    r->exists && r->server_path && *r->server_path &&
		    !has_file(m, r->server_path))
			err = add_left(m, r);
	}
	return err;
}
