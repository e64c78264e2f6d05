/*
 * Which rules matched in a scan that was cut off, and what they counted.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store/store_kept.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/store.h"

#include <string.h>

/* Of one artefact, and of all: as many as a scan keeps. */
#define MAX_MATCHES	10000
#define MAX_ALL_MATCHES 500000

const char *kept_word(sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	return text != NULL ? text : "";
}

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
	return strcmp(r->name, kept_word(q, 0)) == 0 &&
	       strcmp(r->file != NULL ? r->file : "", kept_word(q, 1)) == 0 &&
	       r->score == sqlite3_column_int(q, 4) &&
	       strcmp(evidence_name(r->evidence), kept_word(q, 5)) == 0;
}

static int new_rule(struct kept_reader *rd, sqlite3_stmt *q,
		    const struct rule_info **ret)
{
	struct rule_info *r = mem_zalloc(sizeof(*r));
	struct rule_info **slot = r != NULL ? vec_push(rd->rules) : NULL;

	if (slot == NULL) {
		mem_free(r);
		return err_nomem();
	}
	*slot = r;
	r->name = mem_strdup(kept_word(q, 0));
	r->file = mem_strdup(kept_word(q, 1));
	r->family = mem_strdup(kept_word(q, 2));
	r->role = mem_strdup(kept_word(q, 3));
	if (r->name == NULL || r->file == NULL || r->family == NULL ||
	    r->role == NULL)
		return err_nomem();
	r->description = "";
	r->reference = "";
	r->companion = "";
	r->unless = "";
	r->score = sqlite3_column_int(q, 4);
	r->evidence = EV_TRACE;
	for (int e = 0; e < EV_COUNT; e++)
		if (strcmp(evidence_name((enum evidence)e), kept_word(q, 5)) ==
		    0)
			r->evidence = (enum evidence)e;
	/* What it observed is not told, so at worst all the same. */
	r->fact = r->evidence == EV_NAME || r->evidence == EV_REGISTRATION
			  ? "place"
			  : "";
	*ret = r;
	return 0;
}

/* The pack's own, which knows its texts; else what the row tells of it. */
static int find_rule(struct kept_reader *rd, sqlite3_stmt *q,
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

static int add_match(struct kept_reader *rd, sqlite3_stmt *q,
		     struct vec *matches)
{
	struct rule_match *m;

	if (rd->match_count++ >= MAX_ALL_MATCHES)
		return err_fail(ERR_TOO_LARGE, 0, W_STORE_TOO_MANY_MATCHES);
	m = vec_push(matches);
	if (m == NULL)
		return err_nomem();
	str_copy(m->string_id, kept_word(q, 6), sizeof(m->string_id));
	m->offset = (uint64_t)sqlite3_column_int64(q, 7);
	m->length = (uint32_t)sqlite3_column_int64(q, 8);
	return find_rule(rd, q, &m->rule);
}

int kept_matches(struct kept_reader *rd, int64_t artefact,
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
