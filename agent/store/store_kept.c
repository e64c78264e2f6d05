/*
 * What a scan that was cut off had kept, read back to be judged.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The store may be anybody's: words that this program does not write become
 * the weakest that there is, and everything is bounded.
 */
#include "store/store_kept.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/wtime.h"

#include <stdlib.h>
#include <string.h>

/* Side keys of one registration. */
#define MAX_SIDES 1000

/* ---- columns ----------------------------------------------------- */

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

struct taken {
	int column, raw;
	char **field;
};

static int take_all(sqlite3_stmt *q, const struct taken *fields, size_t count)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < count; i++)
		err = take_name(q, fields[i].column, fields[i].raw,
				fields[i].field);
	return err;
}

/* Seconds since 1970, as strftime('%s') of SQL gives them. */
static int64_t take_time(sqlite3_stmt *q, int column)
{
	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return 0;
	return wtime_from_unix(sqlite3_column_int64(q, column), 0);
}

/* ---- registrations ----------------------------------------------- */

static int add_side(struct registration *r, sqlite3_stmt *q)
{
	static const char *const kinds[] = {
		"clsid", "progid", "typelib", "interface", "appid", "treat_as"
	};
	struct side_key *side = &r->sides[r->side_count];
	int err = take_name(q, 1, -1, &side->key);

	if (err != 0)
		return err;
	/* A key of no name is none. */
	if (side->key == NULL)
		return 0;
	side->kind = INTERN(kinds, kept_word(q, 0));
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

static int read_sides(struct kept_reader *rd, int64_t row,
		      struct registration *r)
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

/* No Windows loads from the place of the last one. */
static enum point point_from(const char *name)
{
	const enum point p = point_from_name(name);

	return p == POINT_COUNT ? POINT_SOFTWARE_CLSID : p;
}

static const char *why_not_from(const char *text)
{
	const char *word;

	for (size_t i = 0; (word = why_not_word(i)) != NULL; i++)
		if (strcmp(word, text) == 0)
			return word;
	return "unknown";
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
	"CAST(strftime('%s', last_write) AS INTEGER), sha256, sha1, md5, "
	"file_size, file_version, publisher, product, trust, known, "
	"class_owner, path_owner, place, beside, version_resource, matched "
	"FROM registration r LEFT JOIN "
	/* Of all at once: looked for one by one each would read all. */
	"(SELECT registration_id AS of_row, min(artefact_id) AS matched FROM "
	"artefact WHERE scan_id = ?1 AND kind = 'registration' AND "
	"registration_id IS NOT NULL GROUP BY of_row) ON of_row = "
	"r.registration_id WHERE r.scan_id = ?1 ORDER BY r.registration_id";
#define MATCHED_COLUMN 44

static enum file_exists take_exists(sqlite3_stmt *q, int column)
{
	if (sqlite3_column_type(q, column) == SQLITE_NULL)
		return EXISTS_UNKNOWN;
	return sqlite3_column_int(q, column) != 0 ? EXISTS_YES : EXISTS_NO;
}

static int take_registration(sqlite3_stmt *q, struct registration *r)
{
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
		{ 38, -1, &r->known },	     { 39, -1, &r->class_owner },
		{ 40, -1, &r->path_owner },  { 41, -1, &r->place },
		{ 42, -1, &r->beside },
	};

	r->point = point_from(kept_word(q, 1));
	r->view = view_from(kept_word(q, 2));
	r->server_type = (uint32_t)sqlite3_column_int64(q, 19);
	r->exists = take_exists(q, 22);
	r->version_resource = take_exists(q, 43);
	r->on_demand = sqlite3_column_int(q, 23) != 0;
	r->loads = sqlite3_column_int(q, 24) != 0;
	r->why_not = r->loads || sqlite3_column_type(q, 25) == SQLITE_NULL
			     ? NULL
			     : why_not_from(kept_word(q, 25));
	r->disabled = sqlite3_column_int(q, 26) != 0;
	r->last_write = take_time(q, 29);
	r->file_size = (uint64_t)sqlite3_column_int64(q, 33);
	r->trust = INTERN(trusts, kept_word(q, 37));
	return take_all(q, texts, sizeof(texts) / sizeof(*texts));
}

/* Takes over the registration: it is in the list, or freed. */
static int keep_registration(struct kept_reader *rd, struct registration *r)
{
	struct registration **slot = vec_push(rd->registrations);

	if (slot == NULL) {
		registration_free(r);
		return err_nomem();
	}
	*slot = r;
	return 0;
}

static int judge_registration(struct kept_reader *rd, sqlite3_stmt *q,
			      struct registration *r)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int err = 0;

	if (a == NULL)
		return err_nomem();
	a->kind = ARTEFACT_REGISTRATION;
	a->registration = r;
	if (sqlite3_column_type(q, MATCHED_COLUMN) != SQLITE_NULL)
		err = kept_matches(rd, sqlite3_column_int64(q, MATCHED_COLUMN),
				   &a->matches);
	if (err != 0) {
		artefact_free(a);
		return err;
	}
	return judge_add(rd->judge, a);
}

static int on_registration(struct kept_reader *rd, sqlite3_stmt *q)
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

/* ---- files ------------------------------------------------------- */

static const char file_columns[] =
	"SELECT artefact_id, kind, path, path_raw, size, "
	"CAST(strftime('%s', created) AS INTEGER), "
	"CAST(strftime('%s', written) AS INTEGER), "
	"CAST(strftime('%s', changed) AS INTEGER), volume, file_id, "
	"attributes, owner, md5, sha1, sha256, filetype, copy_of, copy_of_raw "
	"FROM artefact WHERE scan_id = ? AND kind IN ('file', 'member') AND "
	"path IS NOT NULL ORDER BY "
	"artefact_id";

static int on_file(struct kept_reader *rd, sqlite3_stmt *q)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int err;

	if (a == NULL)
		return err_nomem();
	a->kind = strcmp(kept_word(q, 1), "member") == 0 ? ARTEFACT_MEMBER
							 : ARTEFACT_FILE;
	a->size = (uint64_t)sqlite3_column_int64(q, 4);
	a->created = take_time(q, 5);
	a->written = take_time(q, 6);
	a->changed = take_time(q, 7);
	a->volume = strtoull(kept_word(q, 8), NULL, 16);
	a->file_id = strtoull(kept_word(q, 9), NULL, 16);
	a->attrs = (uint32_t)sqlite3_column_int64(q, 10);
	str_copy(a->digests.md5, kept_word(q, 12), sizeof(a->digests.md5));
	str_copy(a->digests.sha1, kept_word(q, 13), sizeof(a->digests.sha1));
	str_copy(a->digests.sha256, kept_word(q, 14),
		 sizeof(a->digests.sha256));
	str_copy(a->filetype, kept_word(q, 15), sizeof(a->filetype));
	err = take_name(q, 2, 3, &a->wpath);
	if (err == 0)
		err = take_name(q, 16, 17, &a->copy_of);
	if (err == 0)
		err = take_name(q, 11, -1, &a->owner);
	if (err == 0)
		err = kept_matches(rd, sqlite3_column_int64(q, 0), &a->matches);
	if (err != 0) {
		artefact_free(a);
		return err;
	}
	return judge_add(rd->judge, a);
}

/* ---- all --------------------------------------------------------- */

static int each(struct kept_reader *rd, const char *sql,
		int (*fn)(struct kept_reader *rd, sqlite3_stmt *q))
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
	struct kept_reader rd = {
		s, scan_id, pack, j, registrations, rules, 0
	};
	int err = each(&rd, registration_columns, on_registration);

	return err != 0 ? err : each(&rd, file_columns, on_file);
}
