/*
 * What a scan that was cut off had kept, read back to be judged.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The store may be anybody's: words that this program does not write become
 * the weakest that there is, and everything is bounded.
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/wtime.h"

#include <stdlib.h>
#include <string.h>

/* As many as a scan keeps, and what one of them may have. */
#define MAX_MATCHES	10000
#define MAX_ALL_MATCHES 500000
#define MAX_SIDES	1000

/* ---- columns ---------------------------------------------------------------
 */

static const char *word(sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	return text != NULL ? text : "";
}

/* The static one of these words, else the last. */
static const char *intern(const char *const *words, size_t count,
			  const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], text) == 0)
			return words[i];
	return words[count - 1];
}

#define INTERN(words, text)                                                    \
	intern(words, sizeof(words) / sizeof(*(words)), text)

/* Text as it was before it was escaped; `raw` (-1: none) holds it as it is. */
static int take(sqlite3_stmt *q, int column, int raw, char **ret)
{
	struct str out = STR_INIT;

	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return 0;
	if (raw >= 0 && sqlite3_column_type(q, raw) == SQLITE_BLOB)
		str_addn(&out, sqlite3_column_blob(q, raw),
			 (size_t)sqlite3_column_bytes(q, raw));
	else
		utf_unescape(&out, word(q, column));
	str_add(&out, "");
	*ret = str_detach(&out);
	return *ret != NULL ? 0 : err_nomem();
}

struct taken {
	int column, raw;
	char **field;
};

static int take_all(sqlite3_stmt *q, const struct taken *fields, size_t count)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < count; i++)
		err = take(q, fields[i].column, fields[i].raw, fields[i].field);
	return err;
}

/* Seconds since 1970, as SQL gives them. */
static int64_t take_time(sqlite3_stmt *q, int column)
{
	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return 0;
	return wtime_from_unix(sqlite3_column_int64(q, column), 0);
}

#define SECONDS(column) "CAST(strftime('%s', " column ") AS INTEGER)"

/* ---- rules -----------------------------------------------------------------
 */

struct reader {
	struct store *store;
	int64_t scan_id;
	const struct pack *pack;
	struct judge *judge;
	struct vec *registrations;
	struct vec *rules;
	size_t match_count;
};

static void rule_free(struct rule_info *r)
{
	if (r == NULL)
		return;
	mem_free((char *)r->name);
	mem_free((char *)r->file);
	mem_free((char *)r->family);
	mem_free((char *)r->role);
	mem_free(r);
}

void kept_rules_free(struct vec *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		rule_free(*(struct rule_info **)vec_at(rules, i));
	vec_release(rules);
}

static bool is_rule(const struct rule_info *r, sqlite3_stmt *q)
{
	return strcmp(r->name, word(q, 0)) == 0 &&
	       strcmp(r->file != NULL ? r->file : "", word(q, 1)) == 0 &&
	       r->score == sqlite3_column_int(q, 4) &&
	       strcmp(evidence_name(r->evidence), word(q, 5)) == 0;
}

static int new_rule(struct reader *rd, sqlite3_stmt *q,
		    const struct rule_info **ret)
{
	struct rule_info *r = mem_zalloc(sizeof(*r));
	struct rule_info **slot = r != NULL ? vec_push(rd->rules) : NULL;

	if (slot == NULL) {
		mem_free(r);
		return err_nomem();
	}
	*slot = r;
	r->name = mem_strdup(word(q, 0));
	r->file = mem_strdup(word(q, 1));
	r->family = mem_strdup(word(q, 2));
	r->role = mem_strdup(word(q, 3));
	if (r->name == NULL || r->file == NULL || r->family == NULL ||
	    r->role == NULL)
		return err_nomem();
	r->description = "";
	r->reference = "";
	r->companion = "";
	r->score = sqlite3_column_int(q, 4);
	r->evidence = EV_TRACE;
	for (int e = 0; e < EV_COUNT; e++)
		if (strcmp(evidence_name((enum evidence)e), word(q, 5)) == 0)
			r->evidence = (enum evidence)e;
	*ret = r;
	return 0;
}

/* The pack's own, which knows its texts; else what the row tells of it. */
static int find_rule(struct reader *rd, sqlite3_stmt *q,
		     const struct rule_info **ret)
{
	size_t count = rd->pack != NULL ? pack_rule_count(rd->pack) : 0;

	for (size_t i = 0; i < count; i++) {
		*ret = pack_rule(rd->pack, i);
		if (is_rule(*ret, q))
			return 0;
	}
	for (size_t i = 0; i < rd->rules->count; i++) {
		*ret = *(struct rule_info **)vec_at(rd->rules, i);
		if (is_rule(*ret, q))
			return 0;
	}
	return new_rule(rd, q, ret);
}

static int add_match(struct reader *rd, sqlite3_stmt *q, struct vec *matches)
{
	struct rule_match *m;

	if (rd->match_count++ >= MAX_ALL_MATCHES)
		return err_fail(ERR_TOO_LARGE, 0,
				"too many matches to be judged");
	m = vec_push(matches);
	if (m == NULL)
		return err_nomem();
	str_copy(m->string_id, word(q, 6), sizeof(m->string_id));
	m->offset = (uint64_t)sqlite3_column_int64(q, 7);
	m->length = (uint32_t)sqlite3_column_int64(q, 8);
	return find_rule(rd, q, &m->rule);
}

static int read_matches(struct reader *rd, int64_t artefact,
			struct match_list *ret)
{
	struct vec matches = VEC_INIT(struct rule_match, MAX_MATCHES);
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err = store_prepare(
		rd->store,
		"SELECT rule, rule_file, family, role, score, evidence, "
		"string_id, string_offset, string_length FROM match WHERE "
		"artefact_id = ? ORDER BY match_id LIMIT 10000",
		&q);

	if (err != 0)
		return err;
	sqlite3_bind_int64(q, 1, artefact);
	while (err == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW)
		err = add_match(rd, q, &matches);
	if (err == 0 && rc != SQLITE_DONE)
		err = store_fail(rd->store, rc);
	sqlite3_finalize(q);
	if (err != 0) {
		vec_release(&matches);
		return err;
	}
	ret->items = matches.items;
	ret->count = matches.count;
	return 0;
}

/* ---- registrations ----------------------------------------------------------
 */

static int add_side(struct registration *r, sqlite3_stmt *q)
{
	static const char *const kinds[] = {
		"clsid", "progid", "typelib", "interface", "appid", "treat_as"
	};
	struct side_key *side = &r->sides[r->side_count];
	int err = take(q, 1, -1, &side->key);

	if (err != 0)
		return err;
	/* A key of no name is none. */
	if (side->key == NULL)
		return 0;
	side->kind = INTERN(kinds, word(q, 0));
	r->side_count++;
	return 0;
}

/* Room for all there may be is for one registration at a time. */
static void shrink_sides(struct registration *r)
{
	const size_t count = r->side_count > 0 ? r->side_count : 1;
	struct side_key *less = mem_grow(r->sides, count, sizeof(*less));

	if (less != NULL)
		r->sides = less;
}

static int read_sides(struct reader *rd, int64_t row, struct registration *r)
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err = store_prepare(
		rd->store,
		"SELECT json_extract(j.value, '$.kind'), "
		"json_extract(j.value, '$.key') FROM registration r, "
		"json_each(r.side_keys) j WHERE r.registration_id = ? AND "
		"json_valid(r.side_keys) ORDER BY j.key LIMIT 1000",
		&q);

	if (err != 0)
		return err;
	sqlite3_bind_int64(q, 1, row);
	while (err == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		if (r->sides == NULL)
			r->sides = mem_array(MAX_SIDES, sizeof(*r->sides));
		err = r->sides != NULL ? add_side(r, q) : err_nomem();
	}
	if (err == 0 && rc != SQLITE_DONE)
		err = store_fail(rd->store, rc);
	sqlite3_finalize(q);
	if (r->sides != NULL)
		shrink_sides(r);
	return err;
}

static enum point point_from(const char *name)
{
	for (int p = 0; p < POINT_COUNT; p++)
		if (strcmp(point_name((enum point)p), name) == 0)
			return (enum point)p;
	return POINT_SOFTWARE_CLSID;
}

static int view_from(const char *text)
{
	return strcmp(text, "64") == 0 ? 64 : strcmp(text, "32") == 0 ? 32 : 0;
}

static const char registration_columns[] =
	"SELECT r.registration_id, point, view, user_name, user_sid, clsid, "
	"name, name_raw, label, class_name, class_key, progid, typelib, "
	"appid, treat_as, threading, loader, server_raw, server_raw_raw, "
	"server_type, server_path, server_path_raw, file_exists, on_demand, "
	"loads, why_not, disabled, registry_key, registry_key_raw, "
	/* clang-format off */
	SECONDS("last_write") ", sha256, sha1, md5, file_size, file_version, "
			      /* clang-format on */
			      "publisher, product, trust, known, matched FROM "
			      "registration r LEFT "
			      /* Of all at once: looked for one by one each
				 would read all. */
			      "JOIN (SELECT registration_id AS of_row, "
			      "min(artefact_id) AS matched "
			      "FROM artefact WHERE scan_id = ?1 AND kind = "
			      "'registration' AND "
			      "registration_id IS NOT NULL GROUP BY of_row) ON "
			      "of_row = "
			      "r.registration_id WHERE r.scan_id = ?1 ORDER BY "
			      "r.registration_id";
#define MATCHED_COLUMN 39

static int take_registration(sqlite3_stmt *q, struct registration *r)
{
	static const char *const reasons[] = {
		"user_hive", "local_server_only", "virtual_store",
		"disabled",  "malformed_name",	  "no_class",
		"no_server", "wrong_place",	  "unknown"
	};
	static const char *const trusts[] = { "unsigned", "invalid",
					      "untrusted", "trusted",
					      "unchecked" };
	const struct taken texts[] = {
		{ 3, -1, &r->user_name },    { 4, -1, &r->user_sid },
		{ 5, -1, &r->clsid },	     { 6, 7, &r->name },
		{ 8, -1, &r->label },	     { 9, -1, &r->class_name },
		{ 10, -1, &r->class_key },   { 11, -1, &r->progid },
		{ 12, -1, &r->typelib },     { 13, -1, &r->appid },
		{ 14, -1, &r->treat_as },    { 15, -1, &r->threading },
		{ 16, -1, &r->loader },	     { 17, 18, &r->server_raw },
		{ 20, 21, &r->server_path }, { 27, 28, &r->registry_key },
		{ 30, -1, &r->sha256 },	     { 31, -1, &r->sha1 },
		{ 32, -1, &r->md5 },	     { 34, -1, &r->file_version },
		{ 35, -1, &r->publisher },   { 36, -1, &r->product },
		{ 38, -1, &r->known },
	};

	r->point = point_from(word(q, 1));
	r->view = view_from(word(q, 2));
	r->server_type = (uint32_t)sqlite3_column_int64(q, 19);
	r->exists = sqlite3_column_type(q, 22) == SQLITE_NULL ? EXISTS_UNKNOWN
		    : sqlite3_column_int(q, 22) != 0	      ? EXISTS_YES
							      : EXISTS_NO;
	r->on_demand = sqlite3_column_int(q, 23) != 0;
	r->loads = sqlite3_column_int(q, 24) != 0;
	r->why_not = r->loads || sqlite3_column_type(q, 25) == SQLITE_NULL
			     ? NULL
			     : INTERN(reasons, word(q, 25));
	r->disabled = sqlite3_column_int(q, 26) != 0;
	r->last_write = take_time(q, 29);
	r->file_size = (uint64_t)sqlite3_column_int64(q, 33);
	r->trust = INTERN(trusts, word(q, 37));
	return take_all(q, texts, sizeof(texts) / sizeof(*texts));
}

/* Takes over the registration: it is in the list, or freed. */
static int keep_registration(struct reader *rd, struct registration *r)
{
	struct registration **slot = vec_push(rd->registrations);

	if (slot == NULL) {
		registration_free(r);
		return err_nomem();
	}
	*slot = r;
	return 0;
}

static int judge_registration(struct reader *rd, sqlite3_stmt *q,
			      struct registration *r)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int err = 0;

	if (a == NULL)
		return err_nomem();
	a->kind = ARTEFACT_REGISTRATION;
	a->registration = r;
	if (sqlite3_column_type(q, MATCHED_COLUMN) != SQLITE_NULL)
		err = read_matches(rd, sqlite3_column_int64(q, MATCHED_COLUMN),
				   &a->matches);
	if (err != 0) {
		artefact_free(a);
		return err;
	}
	return judge_add(rd->judge, a);
}

static int on_registration(struct reader *rd, sqlite3_stmt *q)
{
	struct registration *r = mem_zalloc(sizeof(*r));
	int err;

	if (r == NULL)
		return err_nomem();
	err = take_registration(q, r);
	if (err == 0)
		err = read_sides(rd, sqlite3_column_int64(q, 0), r);
	if (err != 0) {
		registration_free(r);
		return err;
	}
	err = keep_registration(rd, r);
	return err != 0 ? err : judge_registration(rd, q, r);
}

/* ---- files
 * -------------------------------------------------------------------
 */

static const char file_columns[] =
	"SELECT artefact_id, kind, path, path_raw, "
	"size, " SECONDS("created") ", " SECONDS("written") ", " SECONDS(
		"changed") ", volume, "
			   "file_id, "
			   "attributes,"
			   " owner, "
			   "md5, sha1, "
			   "sha256 "
			   "FROM "
			   "artefact "
			   "WHERE "
			   "scan_id = "
			   "? "
			   "AND kind "
			   "IN "
			   "('file', "
			   "'member') "
			   "AND path "
			   "IS NOT "
			   "NULL "
			   "ORDER BY "
			   "artefact_"
			   "id";

static int on_file(struct reader *rd, sqlite3_stmt *q)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int err;

	if (a == NULL)
		return err_nomem();
	a->kind = strcmp(word(q, 1), "member") == 0 ? ARTEFACT_MEMBER
						    : ARTEFACT_FILE;
	a->size = (uint64_t)sqlite3_column_int64(q, 4);
	a->created = take_time(q, 5);
	a->written = take_time(q, 6);
	a->changed = take_time(q, 7);
	a->volume = strtoull(word(q, 8), NULL, 16);
	a->file_id = strtoull(word(q, 9), NULL, 16);
	a->attrs = (uint32_t)sqlite3_column_int64(q, 10);
	str_copy(a->digests.md5, word(q, 12), sizeof(a->digests.md5));
	str_copy(a->digests.sha1, word(q, 13), sizeof(a->digests.sha1));
	str_copy(a->digests.sha256, word(q, 14), sizeof(a->digests.sha256));
	err = take(q, 2, 3, &a->wpath);
	if (err == 0)
		err = take(q, 11, -1, &a->owner);
	if (err == 0)
		err = read_matches(rd, sqlite3_column_int64(q, 0), &a->matches);
	if (err != 0) {
		artefact_free(a);
		return err;
	}
	return judge_add(rd->judge, a);
}

/* ---- all
 * ---------------------------------------------------------------------
 */

static int each(struct reader *rd, const char *sql,
		int (*fn)(struct reader *rd, sqlite3_stmt *q))
{
	sqlite3_stmt *q = NULL;
	int rc = SQLITE_DONE;
	int err = store_prepare(rd->store, sql, &q);

	if (err != 0)
		return err;
	sqlite3_bind_int64(q, 1, rd->scan_id);
	while (err == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW)
		err = fn(rd, q);
	if (err == 0 && rc != SQLITE_DONE)
		err = store_fail(rd->store, rc);
	sqlite3_finalize(q);
	return err;
}

int store_read_kept(struct store *s, int64_t scan_id, const struct pack *pack,
		    struct judge *j, struct vec *registrations,
		    struct vec *rules)
{
	struct reader rd = { s, scan_id, pack, j, registrations, rules, 0 };
	int err = each(&rd, registration_columns, on_registration);

	return err != 0 ? err : each(&rd, file_columns, on_file);
}
