/*
 * What every finding of a scan rests on, read from the store, and by the rule
 * of evidence.h what that lets a fix take.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "store/store_sql.h"

#include <string.h>

/* Content evidence from this score on condemns by itself (CONTRACT.md 7). */
#define STRONG_CONTENT 80
/* As many as a judge takes. */
#define MAX_ROWS 1000000

struct plan_row *plan_row_at(const struct maker *m, size_t index)
{
	return vec_at(&m->rows, index);
}

struct plan_file *plan_file_at(const struct maker *m, size_t index)
{
	return vec_at(&m->files, index);
}

/* ---- from the store ---------------------------------------------- */

static bool is_null(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_NULL;
}

/* Rows come in the order of findings. */
static struct finding_row *finding_of(const struct maker *m, int64_t id,
				      size_t *at)
{
	while (*at < m->findings.count) {
		struct finding_row *f = vec_at(&m->findings, *at);

		if (f->id == id)
			return f;
		if (f->id > id)
			return NULL;
		++*at;
	}
	return NULL;
}

/* What a store of an older version does not tell is what the finding says. */
static void take_verdict(sqlite3_stmt *q, int column, struct plan_row *r)
{
	r->verdict = is_null(q, column)
			     ? VERDICT_MALICIOUS
			     : score_verdict(sqlite3_column_int(q, column));
}

static void take_owners(struct plan_row *r)
{
	r->e.entry = owner_of_key(r->registry_key);
	r->e.owner = owner_of_row(r->registry_key, r->class_key, r->class_owner,
				  r->path_owner);
	r->e.is_machines_way = evidence_is_machines_way(
		r->class_key, r->class_owner, r->path_owner);
}

/*
 * Row: id, finding, registry_key, class_key, class_owner, path_owner, clsid,
 * server_path and its raw form, known, loads or disabled, file_exists,
 * file_size, sha256, own_score, whether a rule hit it.
 */
static int on_row(struct maker *m, sqlite3_stmt *q)
{
	struct plan_row *r = vec_push(&m->rows);
	int err;

	if (!r)
		return err_last()->err;
	r->id = sqlite3_column_int64(q, 0);
	r->finding_id = sqlite3_column_int64(q, 1);
	err = plan_take(q, 2, &r->registry_key);
	if (!err)
		err = plan_take(q, 3, &r->class_key);
	if (!err)
		err = plan_take(q, 4, &r->class_owner);
	if (!err)
		err = plan_take(q, 5, &r->path_owner);
	if (!err)
		err = plan_take(q, 6, &r->clsid);
	if (!err)
		err = take_name(q, 7, 8, &r->server_path);
	r->e.is_known = sqlite3_column_int(q, 9) != 0;
	r->loads = sqlite3_column_int(q, 10) != 0;
	r->exists = sqlite3_column_int(q, 11) != 0;
	r->size = is_null(q, 12) ? -1 : sqlite3_column_int64(q, 12);
	if (!is_null(q, 13))
		str_copy(r->sha256, (const char *)sqlite3_column_text(q, 13),
			 sizeof(r->sha256));
	take_verdict(q, 14, r);
	r->has_hit = sqlite3_column_int(q, 15) != 0;
	take_owners(r);
	return err;
}

/*
 * Row: id, finding, whether it is a member, path and its raw form, owner,
 * filetype, best score of content, numbers of hits and of those of names.
 */
static int on_file(struct maker *m, sqlite3_stmt *q)
{
	struct plan_file *f = vec_push(&m->files);
	const char *type = (const char *)sqlite3_column_text(q, 6);
	int err;

	if (!f)
		return err_last()->err;
	f->id = sqlite3_column_int64(q, 0);
	f->finding_id = sqlite3_column_int64(q, 1);
	f->is_member = sqlite3_column_int(q, 2) != 0;
	err = take_name(q, 3, 4, &f->path);
	if (!err)
		err = plan_take(q, 5, &f->owner);
	f->is_program = type && strcmp(type, filetype_name(FILETYPE_PE)) == 0;
	f->is_strong = sqlite3_column_int(q, 7) >= STRONG_CONTENT;
	f->has_hit = sqlite3_column_int(q, 8) > 0;
	f->has_name = sqlite3_column_int(q, 9) > 0;
	return err;
}

/* Which rows and files are whose. */
static void share_out(struct maker *m)
{
	size_t at = 0;

	for (size_t i = 0; i < m->rows.count; i++) {
		struct finding_row *f =
			finding_of(m, plan_row_at(m, i)->finding_id, &at);

		if (f && !f->row_count++)
			f->first_row = i;
	}
	at = 0;
	for (size_t i = 0; i < m->files.count; i++) {
		struct finding_row *f =
			finding_of(m, plan_file_at(m, i)->finding_id, &at);

		if (f && !f->file_count++)
			f->first_file = i;
	}
}

static int compare_ids(const void *a, const void *b)
{
	const struct plan_row *x = *(const struct plan_row *const *)a;
	const struct plan_row *y = *(const struct plan_row *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static int index_rows(struct maker *m)
{
	m->by_id = mem_array(m->rows.count + 1, sizeof(struct plan_row *));
	if (!m->by_id)
		return err_nomem();
	for (size_t i = 0; i < m->rows.count; i++)
		m->by_id[i] = plan_row_at(m, i);
	qsort(m->by_id, m->rows.count, sizeof(struct plan_row *), compare_ids);
	return 0;
}

const struct plan_row *plan_row_of(const struct maker *m, int64_t id)
{
	size_t low = 0, high = m->rows.count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (m->by_id[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->rows.count && m->by_id[low]->id == id ? m->by_id[low]
							      : NULL;
}

const struct plan_file *plan_file_of(const struct maker *m, int64_t id)
{
	size_t low = m->f->first_file;
	size_t high = low + m->f->file_count;
	const size_t end = high;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (plan_file_at(m, mid)->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < end && plan_file_at(m, low)->id == id
		       ? plan_file_at(m, low)
		       : NULL;
}

/* ---- registrations ----------------------------------------------- */

/* "owner\nclass" of a row, the same for all it stands for. */
static char *kin_of(const struct plan_row *r)
{
	struct str s = STR_INIT;

	if (r->e.owner.who)
		str_addn(&s, r->e.owner.who, r->e.owner.nbytes);
	str_addf(&s, "\n%s", r->clsid);
	return str_detach(&s);
}

/* A note of its owner's says nothing in a finding that is more by others. */
static bool bears(const struct finding_row *f, const struct plan_row *r)
{
	return r->verdict == f->verdict || r->verdict >= VERDICT_SUSPICIOUS;
}

static int note_kin(struct namemap *kin, struct plan_row *r)
{
	char *key = r->clsid ? kin_of(r) : NULL;
	int err = r->clsid && !key ? err_nomem() : 0;

	if (key)
		err = namemap_put(kin, key, r);
	mem_free(key);
	return err;
}

static int find_kin(struct namemap *kin, struct plan_row *r)
{
	char *key = r->clsid ? kin_of(r) : NULL;

	if (r->clsid && !key)
		return err_nomem();
	r->e.is_matched = key && namemap_get(kin, key) != NULL;
	mem_free(key);
	return 0;
}

static int match_rows(const struct maker *m, const struct finding_row *f)
{
	struct namemap *kin = namemap_new();
	int err = kin ? 0 : err_nomem();

	for (size_t i = 0; !err && i < f->row_count; i++) {
		struct plan_row *r = plan_row_at(m, f->first_row + i);

		if (r->verdict > f->verdict)
			r->verdict = f->verdict;
		r->e.is_matched = r->has_hit && bears(f, r);
		if (r->e.is_matched)
			err = note_kin(kin, r);
	}
	for (size_t i = 0; !err && i < f->row_count; i++) {
		struct plan_row *r = plan_row_at(m, f->first_row + i);

		if (!r->e.is_matched && bears(f, r))
			err = find_kin(kin, r);
	}
	namemap_free(kin);
	return err;
}

/* A user's VirtualStore comes in between as his class or PATH would, and
 * nobody else sees it. */
static bool leads_straight_to(const struct maker *m, const struct plan_row *r,
			      const struct plan_file *file)
{
	struct evidence_place place;
	bool is_virtual = false;

	if (!r->server_path || !file->path ||
	    !plan_leads_to(r->server_path, file->path, &is_virtual))
		return false;
	if (!is_virtual)
		return true;
	plan_place(m, r->e.owner, file->path, NULL, &place);
	return place.in_profile;
}

static void weigh_strong(const struct maker *m, const struct finding_row *f)
{
	for (size_t k = 0; k < f->file_count; k++) {
		const struct plan_file *file =
			plan_file_at(m, f->first_file + k);

		for (size_t i = 0; file->is_strong && i < f->row_count; i++) {
			struct plan_row *r = plan_row_at(m, f->first_row + i);

			r->e.is_strong |= leads_straight_to(m, r, file);
		}
	}
}

/* ---- files ------------------------------------------------------- */

/* The machine's entry leads to what its users see there, each of them. */
static bool leads_to(const struct maker *m, const struct plan_row *r,
		     const struct plan_file *file)
{
	if (!owner_is_machine(r->e.owner))
		return leads_straight_to(m, r, file);
	return r->server_path && file->path &&
	       plan_leads_to(r->server_path, file->path, NULL);
}

/* Matched, by no less than what the finding is. */
static bool is_full(const struct finding_row *f, const struct plan_row *r)
{
	return r->e.is_matched && !r->e.is_known && r->verdict == f->verdict;
}

static void weigh_row(const struct maker *m, const struct plan_row *r,
		      const struct plan_file *file, struct evidence_file *ret)
{
	struct evidence_place place;

	ret->is_led_to = true;
	if (owner_is_machine(r->e.owner)) {
		ret->is_of_machine |= r->loads;
		return;
	}
	ret->is_of_user = true;
	if (ret->is_in_users_place)
		return;
	plan_place(m, r->e.owner, file->path, file->owner, &place);
	ret->is_in_users_place = evidence_is_users_place(&place);
}

static void weigh_file(const struct maker *m, const struct finding_row *f,
		       const struct plan_file *file, struct evidence_file *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->is_strong = file->is_strong;
	ret->is_program = file->is_program;
	ret->has_name = file->has_name;
	for (size_t i = 0; i < f->row_count; i++) {
		const struct plan_row *r = plan_row_at(m, f->first_row + i);

		ret->is_known |= r->e.is_known;
		if (!file->is_member && leads_to(m, r, file) && is_full(f, r))
			weigh_row(m, r, file, ret);
	}
}

/* `file` lies beside `program`, which has that name. */
static bool is_beside(const struct plan_file *file,
		      const struct plan_file *program, const char *name)
{
	const char *cut = strrchr(file->path, '\\');
	const size_t n = cut ? (size_t)(cut - file->path) + 1 : 0;

	return strlen(program->path) == n + strlen(name) &&
	       utf_ncasecmp(file->path, n, program->path, n) == 0 &&
	       utf_casecmp(program->path + n, name) == 0;
}

/* It goes, and is not one that waits for its number. */
static bool goes(const struct maker *m, const struct plan_file *f)
{
	return f->answer == EVIDENCE_TAKES && !f->is_member &&
	       !target_is_below(f->path, m->options->windows);
}

static int weigh_companion(struct maker *m, const struct finding_row *f,
			   struct plan_file *file)
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(
		m->store, "SELECT rule FROM match WHERE artefact_id = ?", &q);
	int rc = SQLITE_DONE;

	if (err)
		return err;
	sqlite3_bind_int64(q, 1, file->id);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		const char *name =
			pack_companion(m->options->pack,
				       (const char *)sqlite3_column_text(q, 0));

		for (size_t i = 0; name && *name && i < f->file_count; i++) {
			const struct plan_file *of =
				plan_file_at(m, f->first_file + i);

			if (goes(m, of) && is_beside(file, of, name))
				file->answer = EVIDENCE_TAKES;
		}
	}
	if (rc != SQLITE_DONE)
		err = store_fail(m->store, rc);
	sqlite3_finalize(q);
	return err;
}

static int weigh_files(struct maker *m, const struct finding_row *f)
{
	int err = 0;

	for (size_t i = 0; i < f->file_count; i++) {
		struct plan_file *file = plan_file_at(m, f->first_file + i);
		struct evidence_file e;

		weigh_file(m, f, file, &e);
		file->answer = evidence_of_file(&e);
	}
	for (size_t i = 0; !err && i < f->file_count; i++) {
		struct plan_file *file = plan_file_at(m, f->first_file + i);

		if (file->answer == EVIDENCE_LEFT ||
		    file->answer == EVIDENCE_WEAK)
			err = weigh_companion(m, f, file);
	}
	return err;
}

/* ---- the whole --------------------------------------------------- */

int plan_weigh(struct maker *m)
{
	const struct vec rows = VEC_INIT(struct plan_row, MAX_ROWS);
	const struct vec files = VEC_INIT(struct plan_file, MAX_ROWS);
	int err;

	m->rows = rows;
	m->files = files;
	err = plan_each_row(
		m,
		"SELECT r.registration_id, r.finding_id, r.registry_key, "
		"r.class_key, r.class_owner, r.path_owner, r.clsid, "
		"r.server_path, r.server_path_raw, r.known IS NOT NULL, "
		"r.loads OR r.disabled, r.file_exists, r.file_size, r.sha256, "
		"r.own_score, h.of_row IS NOT NULL FROM registration r "
		"LEFT JOIN (SELECT DISTINCT a.registration_id AS of_row FROM "
		"artefact a JOIN match USING (artefact_id) WHERE a.scan_id = "
		"?1 AND a.kind = 'registration') h ON h.of_row = "
		"r.registration_id WHERE r.scan_id = ?1 AND r.finding_id IS "
		"NOT NULL ORDER BY r.finding_id, r.registration_id",
		m->plan->scan_id, on_row);
	if (!err)
		err = plan_each_row(
			m,
			"SELECT a.artefact_id, fa.finding_id, a.kind = "
			"'member', a.path, a.path_raw, a.owner, a.filetype, "
			"max(CASE WHEN h.evidence = 'content' THEN h.score "
			"END), count(h.match_id), sum(h.evidence = 'name') "
			"FROM finding f JOIN finding_artefact fa USING "
			"(finding_id) JOIN artefact a USING (artefact_id) "
			"LEFT JOIN match h USING (artefact_id) WHERE "
			"f.scan_id = ?1 AND a.kind IN ('file', 'member') AND "
			"a.path IS NOT NULL GROUP BY fa.finding_id, "
			"a.artefact_id ORDER BY fa.finding_id, a.artefact_id",
			m->plan->scan_id, on_file);
	if (!err)
		err = index_rows(m);
	share_out(m);
	for (size_t i = 0; !err && i < m->findings.count; i++) {
		const struct finding_row *f = vec_at(&m->findings, i);

		err = match_rows(m, f);
		weigh_strong(m, f);
		if (!err)
			err = weigh_files(m, f);
	}
	return err;
}

void plan_weigh_release(struct maker *m)
{
	for (size_t i = 0; i < m->rows.count; i++) {
		struct plan_row *r = plan_row_at(m, i);

		mem_free(r->registry_key);
		mem_free(r->class_key);
		mem_free(r->class_owner);
		mem_free(r->path_owner);
		mem_free(r->clsid);
		mem_free(r->server_path);
	}
	for (size_t i = 0; i < m->files.count; i++) {
		mem_free(plan_file_at(m, i)->path);
		mem_free(plan_file_at(m, i)->owner);
	}
	vec_release(&m->rows);
	vec_release(&m->files);
	mem_free(m->by_id);
	m->by_id = NULL;
}
