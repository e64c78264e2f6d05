/*
 * Recording what was found: findings, their artefacts and matches, and the
 * inventory of registrations.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_rows.h"
#include "base/err.h"
#include "base/mem.h"
#include "verdict/judge.h"
#include "words/store.h"

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
	sqlite3_stmt *finding, *finding_set, *link;
	struct row_writer rows;
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
		err = rows_begin(&w->rows, w->store, w->scan_id);
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
	rows_end(&w->rows);
	sqlite3_finalize(w->link);
}

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

		err = rows_registration(&w->rows, k->registration,
					k->finding != SIZE_MAX
						? w->finding_rows[k->finding]
						: 0,
					&k->row);
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

static int write_artefact(struct writer *w, const struct artefact *a)
{
	const struct known_registration *k = NULL;
	int64_t row = 0;
	int err;

	if (a->registration != NULL)
		k = find_known(w, a->registration);
	err = rows_artefact(&w->rows, a, k != NULL ? k->row : 0, &row);
	if (err == 0)
		err = bind_int(w->link, ":finding",
			       w->finding_rows[a->finding]);
	if (err == 0)
		err = bind_int(w->link, ":artefact", row);
	if (err == 0)
		err = store_step(w->store, w->link);
	if (err == 0 && a->trace != NULL)
		err = store_add_trace(w->store, w->scan_id,
				      w->finding_rows[a->finding], a->wpath,
				      a->trace);
	return err;
}

/* What an earlier call for the same scan wrote is replaced. */
static int clear_earlier(struct writer *w)
{
	char sql[320];

	snprintf(sql, sizeof(sql),
		 "DELETE FROM artefact WHERE scan_id = %" PRId64 ";"
		 "DELETE FROM registration WHERE scan_id = %" PRId64 ";"
		 "DELETE FROM trace WHERE scan_id = %" PRId64 ";"
		 "DELETE FROM finding WHERE scan_id = %" PRId64 ";",
		 w->scan_id, w->scan_id, w->scan_id, w->scan_id);
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
		err = err_fail(ERR_NOMEM, 0, W_STORE_FINDINGS_NO_MEMORY);
		goto out;
	}
	err = collect_known(&w, registrations, registration_count);
	if (err != 0) {
		err_fail(err, 0, W_STORE_FINDINGS_NO_MEMORY);
		goto out;
	}
	err = store_exec(s, "SAVEPOINT findings");
	if (err != 0)
		goto out;
	err = write_all(&w);
	finalize_all(&w);
	if (err == ERR_NOMEM)
		err_fail(err, 0, W_STORE_FINDINGS_NO_MEMORY);
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
