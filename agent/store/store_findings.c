/*
 * Recording what was found: findings, their artefacts and matches, and the
 * inventory of registrations.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_internal.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf.h"
#include "verdict/judge.h"

#include <stdlib.h>
#include <string.h>

/* Where a registration went. */
struct known_registration {
	const struct registration *registration;
	size_t finding; /* SIZE_MAX: none */
	int64_t row;
};

struct writer {
	struct store *store;
	int64_t scan_id;
	const struct judge *judge;
	int64_t *finding_rows;		  /* by index */
	struct known_registration *known; /* sorted by address */
	size_t known_count;
	sqlite3_stmt *finding, *finding_set, *registration, *artefact, *match,
		*link;
};

static int prepare_all(struct writer *w)
{
	int err = store_prepare(
		w->store,
		"INSERT INTO finding (scan_id, verdict, score, family, role, "
		"subject, path, path_raw, sha256, rules, reason, reason_ja) "
		"VALUES (:scan, :verdict, :score, :family, :role, :subject, "
		":path, :path_raw, :sha256, :rules, :reason, :reason_ja)",
		&w->finding);

	if (err == 0)
		err = store_prepare(w->store,
				    "UPDATE finding SET registration_id = :reg "
				    "WHERE finding_id = :finding",
				    &w->finding_set);
	if (err == 0)
		err = store_prepare(
			w->store,
			"INSERT INTO registration (scan_id, finding_id, point, "
			"view, user_name, user_sid, clsid, name, name_raw, "
			"label, class_name, class_key, progid, typelib, appid, "
			"treat_as, threading, loader, server_raw, "
			"server_raw_raw, server_type, server_path, "
			"server_path_raw, file_exists, on_demand, loads, "
			"why_not, disabled, registry_key, registry_key_raw, "
			"last_write, side_keys, sha256, sha1, md5, file_size, "
			"file_version, publisher, product, trust, known) "
			"VALUES (:scan, :finding, :point, :view, :user_name, "
			":user_sid, :clsid, :name, :name_raw, :label, "
			":class_name, :class_key, :progid, :typelib, :appid, "
			":treat_as, :threading, :loader, :server_raw, "
			":server_raw_raw, :server_type, :server_path, "
			":server_path_raw, :exists, :on_demand, :loads, "
			":why_not, :disabled, :key, :key_raw, :last_write, "
			":sides, :sha256, :sha1, :md5, :size, :file_version, "
			":publisher, :product, :trust, :known)",
			&w->registration);
	if (err == 0)
		err = store_prepare(
			w->store,
			"INSERT INTO artefact (scan_id, kind, path, path_raw, "
			"registration_id, size, created, written, changed, "
			"volume, file_id, attributes, owner, md5, sha1, "
			"sha256) "
			"VALUES (:scan, :kind, :path, :path_raw, :reg, :size, "
			":created, :written, :changed, :volume, :file_id, "
			":attributes, :owner, :md5, :sha1, :sha256)",
			&w->artefact);
	if (err == 0)
		err = store_prepare(
			w->store,
			"INSERT INTO match (artefact_id, rule, rule_file, "
			"family, role, score, evidence, string_id, "
			"string_offset, string_length) VALUES (:artefact, "
			":rule, :file, :family, :role, :score, :evidence, "
			":string, :offset, :length)",
			&w->match);
	if (err == 0)
		err = store_prepare(w->store,
				    "INSERT INTO finding_artefact VALUES "
				    "(:finding, :artefact)",
				    &w->link);
	return err;
}

static void finalize_all(struct writer *w)
{
	sqlite3_finalize(w->finding);
	sqlite3_finalize(w->finding_set);
	sqlite3_finalize(w->registration);
	sqlite3_finalize(w->artefact);
	sqlite3_finalize(w->match);
	sqlite3_finalize(w->link);
}

/* Text fields that are bound alike. */
struct text_field {
	const char *name;
	const char *text;
};

static int bind_words(sqlite3_stmt *q, const struct text_field *fields,
		      size_t count)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < count; i++)
		err = bind_word(q, fields[i].name, fields[i].text);
	return err;
}

#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

static int write_finding(struct writer *w, size_t index)
{
	const struct finding *f = judge_finding(w->judge, index);
	sqlite3_stmt *q = w->finding;
	const struct text_field fields[] = {
		{ ":verdict", verdict_name(f->verdict) },
		{ ":family", f->family },
		{ ":role", f->role },
		{ ":sha256", f->sha256 },
	};
	int err = bind_words(q, fields, COUNT_OF(fields));

	if (err == 0)
		err = bind_int(q, ":scan", w->scan_id);
	if (err == 0)
		err = bind_int(q, ":score", f->score);
	if (err == 0)
		err = bind_text(q, ":subject", f->subject);
	if (err == 0)
		err = bind_name(q, ":path", ":path_raw", f->path);
	if (err == 0)
		err = bind_text(q, ":rules", f->rules);
	if (err == 0)
		err = bind_text(q, ":reason", f->reason);
	if (err == 0)
		err = bind_text(q, ":reason_ja", f->reason_ja);
	if (err == 0)
		err = store_step(w->store, q);
	if (err == 0)
		w->finding_rows[index] =
			sqlite3_last_insert_rowid(w->store->db);
	return err;
}

static char *side_keys_json(const struct registration *r)
{
	struct str out = STR_INIT;
	struct json json;

	json_init(&json, &out, false);
	json_begin_array(&json);
	for (size_t i = 0; i < r->side_count; i++) {
		char *key = utf_escape_dup(r->sides[i].key);

		json_begin_object(&json);
		json_key(&json, "kind");
		json_string(&json, r->sides[i].kind);
		json_key(&json, "key");
		json_string(&json, key);
		if (*r->sides[i].digest) {
			json_key(&json, "sha256");
			json_string(&json, r->sides[i].digest);
		}
		json_end_object(&json);
		mem_free(key);
	}
	json_end_array(&json);
	return str_detach(&out);
}

static int bind_registration(struct writer *w, const struct registration *r)
{
	sqlite3_stmt *q = w->registration;
	const struct text_field fields[] = {
		{ ":point", point_name(r->point) },
		{ ":view", r->view == 64   ? "64"
			   : r->view == 32 ? "32"
					   : "shared" },
		{ ":user_name", r->user_name },
		{ ":user_sid", r->user_sid },
		{ ":clsid", r->clsid },
		{ ":label", r->label },
		{ ":class_name", r->class_name },
		{ ":class_key", r->class_key },
		{ ":progid", r->progid },
		{ ":typelib", r->typelib },
		{ ":appid", r->appid },
		{ ":treat_as", r->treat_as },
		{ ":threading", r->threading },
		{ ":loader", r->loader },
		{ ":why_not", r->loads ? NULL : r->why_not },
		{ ":sha256", r->sha256 },
		{ ":sha1", r->sha1 },
		{ ":md5", r->md5 },
		{ ":file_version", r->file_version },
		{ ":publisher", r->publisher },
		{ ":product", r->product },
		{ ":trust", r->trust != NULL ? r->trust : "unchecked" },
		{ ":known", r->known },
	};
	int err = bind_words(q, fields, COUNT_OF(fields));

	if (err == 0)
		err = bind_int(q, ":scan", w->scan_id);
	if (err == 0)
		err = bind_name(q, ":name", ":name_raw", r->name);
	if (err == 0)
		err = bind_name(q, ":server_raw", ":server_raw_raw",
				r->server_raw);
	if (err == 0 && r->server_raw != NULL)
		err = bind_int(q, ":server_type", r->server_type);
	if (err == 0)
		err = bind_name(q, ":server_path", ":server_path_raw",
				r->server_path);
	if (err == 0)
		err = bind_name(q, ":key", ":key_raw",
				r->registry_key != NULL ? r->registry_key : "");
	if (err == 0 && r->exists != EXISTS_UNKNOWN)
		err = bind_int(q, ":exists", r->exists == EXISTS_YES);
	if (err == 0)
		err = bind_int(q, ":on_demand", r->on_demand);
	if (err == 0)
		err = bind_int(q, ":loads", r->loads);
	if (err == 0)
		err = bind_int(q, ":disabled", r->disabled);
	if (err == 0)
		err = bind_time(q, ":last_write", r->last_write);
	if (err == 0 && r->exists == EXISTS_YES)
		err = bind_int(q, ":size", (int64_t)r->file_size);
	if (err == 0 && r->side_count > 0) {
		char *sides = side_keys_json(r);

		err = sides != NULL ? bind_text(q, ":sides", sides) : ERR_NOMEM;
		mem_free(sides);
	}
	return err;
}

static int compare_known_address(const void *a, const void *b)
{
	const struct known_registration *x = a;
	const struct known_registration *y = b;
	uintptr_t p = (uintptr_t)x->registration;
	uintptr_t q = (uintptr_t)y->registration;

	if (p != q)
		return (p > q) - (p < q);
	/* The one that has a finding first, so that it is kept. */
	return (x->finding > y->finding) - (x->finding < y->finding);
}

static int compare_known_order(const void *a, const void *b)
{
	const struct known_registration *x =
		*(const struct known_registration *const *)a;
	const struct known_registration *y =
		*(const struct known_registration *const *)b;

	return registration_compare(x->registration, y->registration);
}

/* All registrations, those given and those the judge has, each once. */
static int collect_known(struct writer *w,
			 struct registration *const *registrations,
			 size_t registration_count)
{
	size_t artefacts = judge_artefact_count(w->judge);
	size_t count = 0, kept = 0;

	w->known = mem_array(registration_count + artefacts + 1,
			     sizeof(*w->known));
	if (w->known == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < registration_count; i++) {
		w->known[count].registration = registrations[i];
		w->known[count++].finding = SIZE_MAX;
	}
	for (size_t i = 0; i < artefacts; i++) {
		const struct artefact *a = judge_artefact(w->judge, i);

		if (a->registration == NULL)
			continue;
		w->known[count].registration = a->registration;
		w->known[count++].finding = a->finding;
	}
	qsort(w->known, count, sizeof(*w->known), compare_known_address);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 ||
		    w->known[kept - 1].registration != w->known[i].registration)
			w->known[kept++] = w->known[i];
	}
	w->known_count = kept;
	return 0;
}

static const struct known_registration *find_known(const struct writer *w,
						   const struct registration *r)
{
	size_t low = 0, high = w->known_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((uintptr_t)w->known[mid].registration < (uintptr_t)r)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->known_count && w->known[low].registration == r
		       ? &w->known[low]
		       : NULL;
}

/* In their fixed order, so that equal scans give equal rows. */
static int write_registrations(struct writer *w)
{
	struct known_registration **order = mem_array(
		w->known_count + 1, sizeof(struct known_registration *));
	int err = 0;

	if (order == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < w->known_count; i++)
		order[i] = &w->known[i];
	qsort(order, w->known_count, sizeof(struct known_registration *),
	      compare_known_order);
	for (size_t i = 0; err == 0 && i < w->known_count; i++) {
		struct known_registration *k = order[i];

		err = bind_registration(w, k->registration);
		if (err == 0 && k->finding != SIZE_MAX)
			err = bind_int(w->registration, ":finding",
				       w->finding_rows[k->finding]);
		if (err == 0)
			err = store_step(w->store, w->registration);
		k->row = sqlite3_last_insert_rowid(w->store->db);
	}
	mem_free(order);
	return err;
}

static int write_first_registration(struct writer *w, size_t index)
{
	const struct finding *f = judge_finding(w->judge, index);
	const struct known_registration *k;
	int err;

	if (f->registration == NULL)
		return 0;
	k = find_known(w, f->registration);
	if (k == NULL)
		return 0;
	err = bind_int(w->finding_set, ":reg", k->row);
	if (err == 0)
		err = bind_int(w->finding_set, ":finding",
			       w->finding_rows[index]);
	if (err == 0)
		err = store_step(w->store, w->finding_set);
	return err;
}

static int write_match(struct writer *w, int64_t artefact_row,
		       const struct rule_match *m)
{
	sqlite3_stmt *q = w->match;
	const struct text_field fields[] = {
		{ ":file", m->rule->file },
		{ ":family", m->rule->family },
		{ ":role", m->rule->role },
		{ ":evidence", evidence_name(m->rule->evidence) },
		{ ":string", m->string_id },
	};
	int err = bind_words(q, fields, COUNT_OF(fields));

	if (err == 0)
		err = bind_text(q, ":rule", m->rule->name);
	if (err == 0)
		err = bind_int(q, ":artefact", artefact_row);
	if (err == 0)
		err = bind_int(q, ":score", m->rule->score);
	if (err == 0 && m->string_id[0] != '\0')
		err = bind_int(q, ":offset", (int64_t)m->offset);
	if (err == 0 && m->string_id[0] != '\0')
		err = bind_int(q, ":length", m->length);
	if (err == 0)
		err = store_step(w->store, q);
	return err;
}

static int bind_artefact(struct writer *w, const struct artefact *a)
{
	sqlite3_stmt *q = w->artefact;
	const struct text_field fields[] = {
		{ ":kind", artefact_kind_name(a->kind) },
		{ ":owner", a->owner },
		{ ":md5", a->digests.md5 },
		{ ":sha1", a->digests.sha1 },
		{ ":sha256", a->digests.sha256 },
	};
	int err = bind_words(q, fields, COUNT_OF(fields));

	if (err == 0)
		err = bind_int(q, ":scan", w->scan_id);
	if (err == 0)
		err = bind_name(q, ":path", ":path_raw", a->wpath);
	if (err == 0 && a->registration == NULL)
		err = bind_int(q, ":size", (int64_t)a->size);
	if (err == 0)
		err = bind_time(q, ":created", a->created);
	if (err == 0)
		err = bind_time(q, ":written", a->written);
	if (err == 0)
		err = bind_time(q, ":changed", a->changed);
	if (err == 0)
		err = bind_hex(q, ":volume", a->volume);
	if (err == 0)
		err = bind_hex(q, ":file_id", a->file_id);
	if (err == 0 && a->registration == NULL)
		err = bind_int(q, ":attributes", a->attrs);
	return err;
}

static int write_artefact(struct writer *w, const struct artefact *a)
{
	const struct known_registration *k = NULL;
	int64_t row;
	int err = bind_artefact(w, a);

	if (a->registration != NULL)
		k = find_known(w, a->registration);
	if (err == 0 && k != NULL)
		err = bind_int(w->artefact, ":reg", k->row);
	if (err == 0)
		err = store_step(w->store, w->artefact);
	if (err != 0)
		return err;
	row = sqlite3_last_insert_rowid(w->store->db);
	for (size_t i = 0; err == 0 && i < a->matches.count; i++)
		err = write_match(w, row, &a->matches.items[i]);
	if (err == 0)
		err = bind_int(w->link, ":finding",
			       w->finding_rows[a->finding]);
	if (err == 0)
		err = bind_int(w->link, ":artefact", row);
	if (err == 0)
		err = store_step(w->store, w->link);
	return err;
}

/* What an earlier call for the same scan wrote is replaced. */
static int clear_earlier(struct writer *w)
{
	char sql[320];

	snprintf(sql, sizeof(sql),
		 "DELETE FROM artefact WHERE scan_id = %" PRId64 ";"
		 "DELETE FROM registration WHERE scan_id = %" PRId64 ";"
		 "DELETE FROM finding WHERE scan_id = %" PRId64 ";",
		 w->scan_id, w->scan_id, w->scan_id);
	return store_exec(w->store, sql);
}

static int write_all(struct writer *w)
{
	size_t findings = judge_finding_count(w->judge);
	int err = clear_earlier(w);

	if (err == 0)
		err = prepare_all(w);
	for (size_t i = 0; err == 0 && i < findings; i++)
		err = write_finding(w, i);
	if (err == 0)
		err = write_registrations(w);
	for (size_t i = 0; err == 0 && i < findings; i++)
		err = write_first_registration(w, i);
	for (size_t i = 0; err == 0 && i < judge_artefact_count(w->judge);
	     i++) {
		const struct artefact *a = judge_artefact(w->judge, i);

		/* Registrations without a finding are in the inventory. */
		if (a->finding != SIZE_MAX)
			err = write_artefact(w, a);
	}
	return err;
}

int store_add_findings(struct store *s, int64_t scan_id, const struct judge *j,
		       struct registration *const *registrations,
		       size_t registration_count)
{
	struct writer w;
	int err = store_check_scan(s, scan_id);

	if (err != 0)
		return err;
	memset(&w, 0, sizeof(w));
	w.store = s;
	w.scan_id = scan_id;
	w.judge = j;
	w.finding_rows =
		mem_array(judge_finding_count(j) + 1, sizeof(*w.finding_rows));
	if (w.finding_rows == NULL) {
		err = err_fail(ERR_NOMEM, 0,
			       "not enough memory to record what "
			       "was found");
		goto out;
	}
	err = collect_known(&w, registrations, registration_count);
	if (err != 0) {
		err_fail(err, 0, "not enough memory to record what was found");
		goto out;
	}
	err = store_exec(s, "SAVEPOINT findings");
	if (err != 0)
		goto out;
	err = write_all(&w);
	finalize_all(&w);
	if (err == ERR_NOMEM)
		err_fail(err, 0, "not enough memory to record what was found");
	if (err == 0)
		err = store_exec(s, "RELEASE findings");
	else if (sqlite3_get_autocommit(s->db) == 0)
		sqlite3_exec(s->db, "ROLLBACK TO findings; RELEASE findings",
			     NULL, NULL, NULL);
out:
	if (err != 0 && err != ERR_NOMEM)
		s->failed = err;
	mem_free(w.known);
	mem_free(w.finding_rows);
	return err;
}
