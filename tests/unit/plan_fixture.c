/*
 * A store with one scan, whose findings tests of plans add.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "plan_fixture.h"
#include "base/err.h"
#include "remediate/words.h"
#include "store/store_internal.h"

#include <string.h>

/* One scan (number 1) whose findings the tests add in SQL. */
struct store *fx_plan_store(void)
{
	struct store *s = NULL;

	ck_assert_int_eq(store_open(":memory:", &s), 0);
	ck_assert_int_eq(
		store_exec(s,
			   "INSERT INTO scan (scan_id, state, target_id, "
			   "started_at, finished_at, host_name, target_kind, "
			   "profile, pack_name, pack_signed, tool_version, "
			   "verdict, exit_code) VALUES (1, 'finished', 'aa', "
			   "'2010-10-25T00:00:00Z', '2010-10-25T00:01:00Z', "
			   "'PC-01', 'offline', 'quick', 'mstmp', 1, '0.1.0', "
			   "'found', 1)"),
		0);
	return s;
}

void fx_plan_sql(struct store *s, const char *sql)
{
	ck_assert_msg(store_exec(s, sql) == 0, "%s", err_last()->text);
}

void fx_plan_finding(struct store *s, int id, const char *verdict)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO finding (finding_id, scan_id, verdict, score, "
		 "subject, rules, reason, reason_ja) VALUES (%d, 1, '%s', 90, "
		 "'f%d', '[]', 'because', 'x')",
		 id, verdict, id);
	fx_plan_sql(s, sql);
}

/* The newest registration is hit by a rule. */
static void add_hit(struct store *s, int finding)
{
	char sql[256];

	fx_plan_sql(
		s,
		"INSERT INTO artefact (scan_id, kind, registration_id) VALUES "
		"(1, 'registration', (SELECT max(registration_id) FROM "
		"registration))");
	snprintf(sql, sizeof(sql),
		 "INSERT INTO finding_artefact VALUES (%d, "
		 "last_insert_rowid())",
		 finding);
	fx_plan_sql(s, sql);
	fx_plan_sql(
		s,
		"INSERT INTO match (artefact_id, rule, score, evidence) VALUES "
		"((SELECT max(artefact_id) FROM artefact), 'entry', 90, "
		"'registration')");
}

/*
 * One that a rule hit; `finding` 0: none, and no hit; `known` NULL or a quoted
 * text.
 */
void fx_plan_registration(struct store *s, int finding, const char *point,
			  const char *name, const char *key, const char *sides,
			  const char *known)
{
	char sql[1024];
	char number[16] = "NULL";

	if (finding)
		snprintf(number, sizeof(number), "%d", finding);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO registration (scan_id, finding_id, point, view, "
		 "name, clsid, on_demand, loads, disabled, registry_key, "
		 "side_keys, trust, known) VALUES (1, %s, '%s', '64', '%s', "
		 "'{00000000-0000-0000-0000-000000000001}', 0, 1, 0, '%s', "
		 "%s, 'unchecked', %s)",
		 number, point, name, key, sides ? sides : "NULL",
		 known ? known : "NULL");
	fx_plan_sql(s, sql);
	if (finding)
		add_hit(s, finding);
}

/* The newest registration's class and server, as they were resolved. */
void fx_plan_lead_to(struct store *s, const char *class_key, const char *server)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "UPDATE registration SET class_key = '%s', server_path = '%s' "
		 "WHERE registration_id = (SELECT max(registration_id) FROM "
		 "registration)",
		 class_key, server);
	fx_plan_sql(s, sql);
}

void fx_plan_file(struct store *s, int finding, const char *kind,
		  const char *path, int content_score)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO artefact (scan_id, kind, path, size, written, "
		 "sha256) VALUES (1, '%s', '%s', 5, '2010-10-25T00:00:00Z', "
		 "'%064d')",
		 kind, path, finding);
	fx_plan_sql(s, sql);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO finding_artefact VALUES (%d, "
		 "last_insert_rowid())",
		 finding);
	fx_plan_sql(s, sql);
	if (content_score) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO match (artefact_id, rule, score, "
			 "evidence) VALUES ((SELECT max(artefact_id) FROM "
			 "artefact), 'r', %d, 'content')",
			 content_score);
		fx_plan_sql(s, sql);
	}
}

struct plan *fx_plan_make(struct store *s, const struct plan_options *o)
{
	const struct plan_options none = { .windows = "C:\\Windows" };
	struct plan *p = NULL;

	if (!o)
		o = &none;
	ck_assert_msg(plan_make(s, 1, o, &p) == 0, "%s", err_last()->text);
	ck_assert_msg(plan_pick(p, o) == 0, "%s", err_last()->text);
	return p;
}

struct step *fx_plan_step(const struct plan *p, const char *target)
{
	for (size_t i = 0; i < p->steps.count; i++)
		if (strcmp(plan_step(p, i)->target, target) == 0)
			return plan_step(p, i);
	return NULL;
}

static void set_newest(struct store *s, const char *set, const char *table,
		       const char *where)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "UPDATE %s SET %s WHERE %s_id = (SELECT max(%s_id) FROM %s%s)",
		 table, set, table, table, table, where);
	fx_plan_sql(s, sql);
}

void fx_plan_change(struct store *s, const char *set)
{
	set_newest(s, set, "registration", "");
}

void fx_plan_file_is(struct store *s, const char *set)
{
	set_newest(s, set, "artefact", " WHERE kind = 'file'");
}

void fx_plan_unhit(struct store *s)
{
	fx_plan_sql(s, "DELETE FROM match WHERE artefact_id IN (SELECT "
		       "artefact_id FROM artefact WHERE registration_id = "
		       "(SELECT max(registration_id) FROM registration))");
}

void fx_plan_expect(const struct plan *p, const char *target,
		    enum step_hold hold)
{
	const struct step *step = fx_plan_step(p, target);

	ck_assert_msg(step != NULL, "no step for %s", target);
	ck_assert_msg(step->hold == hold, "%s: %s", target,
		      hold_word(step->hold));
	ck_assert_int_eq(step->picked, hold == HOLD_NOT);
}
