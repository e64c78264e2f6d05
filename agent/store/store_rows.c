/*
 * Rows of what a scan saw.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_rows.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf.h"
#include "verdict/judge.h"

#include <string.h>

int bind_words(sqlite3_stmt *q, const struct text_field *fields, size_t count)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < count; i++)
		err = bind_word(q, fields[i].name, fields[i].text);
	return err;
}

int rows_begin(struct row_writer *w, struct store *s, int64_t scan_id)
{
	int err;

	memset(w, 0, sizeof(*w));
	w->store = s;
	w->scan_id = scan_id;
	err = store_prepare(
		s,
		"INSERT INTO registration (scan_id, finding_id, point, "
		"view, user_name, user_sid, clsid, name, name_raw, "
		"label, class_name, class_key, progid, typelib, appid, "
		"treat_as, threading, loader, server_raw, "
		"server_raw_raw, server_type, server_path, "
		"server_path_raw, file_exists, on_demand, loads, "
		"why_not, disabled, registry_key, registry_key_raw, "
		"last_write, side_keys, sha256, sha1, md5, file_size, "
		"file_version, publisher, product, trust, known, "
		"class_owner, path_owner, place, beside, version_resource, "
		"own_score) "
		"VALUES (:scan, :finding, :point, :view, :user_name, "
		":user_sid, :clsid, :name, :name_raw, :label, "
		":class_name, :class_key, :progid, :typelib, :appid, "
		":treat_as, :threading, :loader, :server_raw, "
		":server_raw_raw, :server_type, :server_path, "
		":server_path_raw, :exists, :on_demand, :loads, "
		":why_not, :disabled, :key, :key_raw, :last_write, "
		":sides, :sha256, :sha1, :md5, :size, :file_version, "
		":publisher, :product, :trust, :known, :class_owner, "
		":path_owner, :place, :beside, :version_resource, "
		":own_score)",
		&w->registration);
	if (err == 0)
		err = store_prepare(
			w->store,
			"INSERT INTO artefact (scan_id, kind, path, path_raw, "
			"registration_id, size, created, written, changed, "
			"volume, file_id, attributes, owner, md5, sha1, "
			"sha256, filetype, copy_of, copy_of_raw) "
			"VALUES (:scan, :kind, :path, :path_raw, :reg, :size, "
			":created, :written, :changed, :volume, :file_id, "
			":attributes, :owner, :md5, :sha1, :sha256, "
			":filetype, :copy_of, :copy_of_raw)",
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
	return err;
}

void rows_end(struct row_writer *w)
{
	sqlite3_finalize(w->registration);
	sqlite3_finalize(w->artefact);
	sqlite3_finalize(w->match);
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

static int bind_registration(struct row_writer *w, const struct registration *r)
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
		{ ":class_owner", r->class_owner },
		{ ":path_owner", r->path_owner },
		{ ":place", r->place },
		{ ":beside", r->beside },
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
	if (err == 0 && r->version_resource != EXISTS_UNKNOWN)
		err = bind_int(q, ":version_resource",
			       r->version_resource == EXISTS_YES);
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

int rows_registration(struct row_writer *w, const struct registration *r,
		      int64_t finding, int64_t *row_ret)
{
	int err = bind_registration(w, r);

	if (err == 0 && finding != 0)
		err = bind_int(w->registration, ":finding", finding);
	if (err == 0 && finding != 0)
		err = bind_int(w->registration, ":own_score", r->own_score);
	if (err == 0)
		err = store_step(w->store, w->registration);
	*row_ret = sqlite3_last_insert_rowid(w->store->db);
	return err;
}

static int write_match(struct row_writer *w, int64_t artefact_row,
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

static int bind_artefact(struct row_writer *w, const struct artefact *a)
{
	sqlite3_stmt *q = w->artefact;
	const struct text_field fields[] = {
		{ ":kind", artefact_kind_name(a->kind) },
		{ ":owner", a->owner },
		{ ":md5", a->digests.md5 },
		{ ":sha1", a->digests.sha1 },
		{ ":sha256", a->digests.sha256 },
		{ ":filetype", a->filetype },
	};
	int err = bind_words(q, fields, COUNT_OF(fields));

	if (err == 0)
		err = bind_int(q, ":scan", w->scan_id);
	if (err == 0)
		err = bind_name(q, ":path", ":path_raw", a->wpath);
	if (err == 0)
		err = bind_name(q, ":copy_of", ":copy_of_raw", a->copy_of);
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

int rows_artefact(struct row_writer *w, const struct artefact *a,
		  int64_t registration, int64_t *row_ret)
{
	int err = bind_artefact(w, a);

	if (err == 0 && registration != 0)
		err = bind_int(w->artefact, ":reg", registration);
	if (err == 0)
		err = store_step(w->store, w->artefact);
	if (err != 0)
		return err;
	*row_ret = sqlite3_last_insert_rowid(w->store->db);
	for (size_t i = 0; err == 0 && i < a->matches.count; i++)
		err = write_match(w, *row_ret, &a->matches.items[i]);
	return err;
}

int store_add_trace(struct store *s, int64_t scan_id, int64_t finding,
		    const char *path, const struct trace *t)
{
	sqlite3_stmt *q = NULL;
	const struct text_field fields[] = {
		{ ":what", t->what },
		{ ":kind", trace_kind_name(t->kind) },
		{ ":user", t->user_name },
	};
	int err = store_prepare(
		s,
		"INSERT INTO trace (scan_id, finding_id, kind, time, "
		"user_name, what, path, path_raw) SELECT :scan, (SELECT "
		"finding_id FROM finding WHERE finding_id = :finding), :kind, "
		":time, :user, :what, :path, :path_raw WHERE NOT EXISTS "
		"(SELECT 1 FROM trace WHERE scan_id = :scan AND what = :what "
		"AND path = :path)",
		&q);

	if (err != 0)
		return err;
	err = bind_words(q, fields, COUNT_OF(fields));
	if (err == 0)
		err = bind_time(q, ":time", t->time);
	if (err == 0)
		err = bind_name(q, ":path", ":path_raw", path);
	if (err == 0)
		err = bind_int(q, ":scan", scan_id);
	if (err == 0)
		err = bind_int(q, ":finding", finding);
	if (err == 0)
		err = store_step(s, q);
	sqlite3_finalize(q);
	return err;
}
