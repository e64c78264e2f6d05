/*
 * From a recorded scan to the steps of a plan.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/cap.h"
#include "remediate/plan_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "store/store_sql.h"
#include "words/plan.h"

#include <string.h>

/*
 * A plan larger than this is no clean-up of one outbreak: somebody has made
 * decoys.  Then what the machine loads is planned first, and what there is no
 * room for waits for the next fix.
 */
#define MAX_STEPS    20000
#define MAX_FINDINGS 1000000
/* As many rows and files can be more steps than that. */
#define MANY_ROWS (MAX_STEPS / 8)

int plan_each_row(struct maker *m, const char *sql, int64_t id,
		  int (*fn)(struct maker *, sqlite3_stmt *))
{
	sqlite3_stmt *q = NULL;
	int err = store_prepare(m->store, sql, &q);
	int rc = SQLITE_DONE;

	if (err)
		return err;
	sqlite3_bind_int64(q, 1, id);
	while (!err && (rc = sqlite3_step(q)) == SQLITE_ROW)
		err = fn(m, q);
	if (!err && rc != SQLITE_DONE)
		err = store_fail(m->store, rc);
	sqlite3_finalize(q);
	return err;
}

/* ---- steps -------------------------------------------------------------- */

void step_free(struct step *s)
{
	if (!s)
		return;
	mem_free(s->target);
	mem_free(s->value_name);
	mem_free(s->held_for);
	mem_free(s->subject);
	mem_free(s->reason);
	mem_free(s->written);
	mem_free(s->volume);
	mem_free(s->file_id);
	mem_free(s->clsid);
	mem_free(s->server_raw);
	mem_free(s->last_write);
	mem_free(s->new_text);
	mem_free(s->error);
	mem_free(s->item);
	mem_free(s->moved_to);
	mem_free(s->closed);
	mem_free(s);
}

bool step_has_file_id(const struct step *s)
{
	/* What host_file_id() takes for none may stand in a store. */
	return s->file_id && strcmp(s->file_id, "0") != 0 &&
	       strcmp(s->file_id, "ffffffffffffffff") != 0;
}

bool step_is_same(const struct step *a, const struct step *b)
{
	if (a->action != b->action || utf_casecmp(a->target, b->target))
		return false;
	/* Of the parts of one value each is a step for a person. */
	if (a->hold == HOLD_BY_HAND && b->hold == HOLD_BY_HAND &&
	    utf_casecmp(a->held_for, b->held_for))
		return false;
	if (!a->value_name || !b->value_name)
		return a->value_name == b->value_name;
	return utf_casecmp(a->value_name, b->value_name) == 0;
}

/* NULL without memory. */
static char *target_of(const struct step *s)
{
	struct str key = STR_INIT;

	str_addf(&key, "%d\n%s\n%s", (int)s->action, s->target,
		 s->value_name ? s->value_name : "");
	return str_detach(&key);
}

int plan_note_targets(struct maker *m)
{
	int err = 0;

	m->by_target = namemap_new();
	if (!m->by_target)
		return err_nomem();
	for (size_t i = 0; !err && i < m->plan->steps.count; i++) {
		struct step *s = plan_step(m->plan, i);
		char *target = target_of(s);

		err = target ? 0 : err_nomem();
		if (!err && !namemap_get(m->by_target, target))
			err = namemap_put(m->by_target, target, s);
		mem_free(target);
	}
	return err;
}

/* What a name with a line end, or the parts of one value, share with another
 * is looked for one by one. */
static struct step *find_same(const struct maker *m, const struct step *s,
			      const char *target)
{
	struct step *have = namemap_get(m->by_target, target);

	if (!have || step_is_same(have, s))
		return have;
	for (size_t i = 0; i < m->plan->steps.count; i++) {
		have = plan_step(m->plan, i);
		if (step_is_same(have, s))
			return have;
	}
	return NULL;
}

/*
 * What holds a step whoever wants it stands before what lets it go; that stands
 * before what only one of them lacks: of two that want a key one may have the
 * right to it.
 */
static int hold_rank(enum step_hold h)
{
	static const int ranks[HOLD_COUNT] = {
		[HOLD_BY_HAND] = 11, [HOLD_NEEDED] = 10, [HOLD_BLOCKS] = 9,
		[HOLD_SHARED] = 8,   [HOLD_STREAM] = 7,	 [HOLD_KNOWN] = 6,
		[HOLD_SYSTEM] = 5,   [HOLD_NOT] = 4,	 [HOLD_ARCHIVE] = 3,
		[HOLD_LEFT] = 3,     [HOLD_MACHINE] = 3, [HOLD_WEAK] = 2,
		[HOLD_VERDICT] = 1,  [HOLD_TRACE] = 0,
	};

	return ranks[h];
}

static void swap_texts(char **a, char **b)
{
	char *kept = *a;

	*a = *b;
	*b = kept;
}

/* What two findings want is one step, of the worse one. */
static void merge(struct step *have, struct step *s)
{
	const bool is_stronger = hold_rank(s->hold) > hold_rank(have->hold);

	/* Whoever may have it, or must not, is told. */
	if (is_stronger) {
		have->hold = s->hold;
		have->finding_id = s->finding_id;
		swap_texts(&have->subject, &s->subject);
		swap_texts(&have->reason, &s->reason);
		swap_texts(&have->held_for, &s->held_for);
	}
	if (s->verdict > have->verdict)
		have->verdict = s->verdict;
}

static int push(struct maker *m, struct step *s, const char *target)
{
	const char *never = step_is_registry(s->action)
				    ? plan_kill_bit(s->target, s->value_name)
				    : NULL;
	struct step **slot;

	if (m->plan->steps.count == MAX_STEPS) {
		m->plan->is_cut |= s->verdict == VERDICT_MALICIOUS;
		step_free(s);
		return 0;
	}
	if (never) {
		s->hold = HOLD_BLOCKS;
		mem_free(s->held_for);
		s->held_for = mem_strdup(never);
	}
	slot = vec_push(&m->plan->steps);
	if (!slot) {
		step_free(s);
		return err_last()->err;
	}
	*slot = s;
	return namemap_put(m->by_target, target, s);
}

int plan_add(struct maker *m, struct step *s)
{
	char *target = s->target ? target_of(s) : NULL;
	struct step *have;
	int err = 0;

	if (!target) {
		step_free(s);
		return err_nomem();
	}
	have = find_same(m, s, target);
	if (have) {
		merge(have, s);
		step_free(s);
	} else {
		err = push(m, s, target);
	}
	mem_free(target);
	return err;
}

/* A step of the finding that is being looked at. */
struct step *plan_new_step(struct maker *m, enum verdict verdict,
			   enum step_phase phase, enum step_action action,
			   const char *kind)
{
	struct step *s = mem_zalloc(sizeof(*s));

	if (!s)
		return NULL;
	s->phase = phase;
	s->action = action;
	s->kind = kind;
	s->finding_id = m->f->id;
	s->verdict = verdict;
	s->size = -1;
	s->hold = verdict == VERDICT_MALICIOUS ? HOLD_NOT : HOLD_VERDICT;
	s->subject = mem_strdup(m->f->subject ? m->f->subject : "");
	s->reason = mem_strdup(m->f->reason ? m->f->reason : "");
	if (!s->subject || !s->reason) {
		step_free(s);
		return NULL;
	}
	return s;
}

/* ---- findings ----------------------------------------------------------- */

static enum verdict verdict_word(const char *text)
{
	if (text && strcmp(text, "malicious") == 0)
		return VERDICT_MALICIOUS;
	if (text && strcmp(text, "suspicious") == 0)
		return VERDICT_SUSPICIOUS;
	return VERDICT_NOTE;
}

/* Row: finding_id, verdict, subject, reason. */
static int on_finding(struct maker *m, sqlite3_stmt *q)
{
	const enum verdict verdict =
		verdict_word((const char *)sqlite3_column_text(q, 1));
	struct finding_row *f;
	int err;

	if (m->findings.count == MAX_FINDINGS) {
		m->plan->is_cut |= verdict == VERDICT_MALICIOUS;
		return 0;
	}
	f = vec_push(&m->findings);
	if (!f)
		return err_last()->err;
	f->id = sqlite3_column_int64(q, 0);
	f->verdict = verdict;
	err = plan_take(q, 2, &f->subject);
	if (!err)
		err = plan_take(q, 3, &f->reason);
	return err;
}

static int plan_finding(struct maker *m, const struct finding_row *f)
{
	int err;

	m->f = f;
	m->is_needed = false;
	err = plan_each_row(
		m,
		"SELECT point, registry_key, name, clsid, server_raw, "
		"last_write, known, registry_key_raw, name_raw, "
		"server_raw_raw, label, registration_id, loader "
		"FROM registration "
		"WHERE finding_id = ? ORDER BY registration_id",
		f->id, plan_on_registration);
	if (!err)
		err = plan_each_row(
			m,
			"SELECT a.kind, a.path, a.size, a.written, a.volume, "
			"a.file_id, a.sha256, a.path_raw, artefact_id "
			"FROM finding_artefact "
			"JOIN artefact a USING (artefact_id) "
			"WHERE finding_id = ? AND a.kind IN ('file', 'member') "
			"ORDER BY artefact_id",
			f->id, plan_on_file);
	if (!err)
		err = plan_left_files(m);
	if (!err)
		err = plan_each_row(
			m,
			"SELECT json_extract(j.value, '$.kind'), "
			"json_extract(j.value, '$.key'), r.clsid, "
			"CASE WHEN json_extract(j.value, '$.key') = "
			"r.class_key AND r.treat_as IS NULL "
			"THEN r.server_raw END, "
			"CASE WHEN json_extract(j.value, '$.key') = "
			"r.class_key AND r.treat_as IS NULL "
			"THEN r.server_raw_raw END, "
			"r.server_path, r.registration_id, "
			"json_extract(j.value, '$.sha256') "
			"FROM registration r, json_each(r.side_keys) j "
			"WHERE r.finding_id = ? AND r.known IS NULL "
			"ORDER BY r.registration_id, j.key",
			f->id, plan_on_side);
	return err;
}

/* What the machine loads, what else is malicious, the rest. */
enum turn {
	TURN_MACHINES,
	TURN_MALICIOUS,
	TURN_OTHERS,
	TURN_COUNT
};

static enum turn turn_of(const struct maker *m, const struct finding_row *f)
{
	if (f->verdict != VERDICT_MALICIOUS)
		return TURN_OTHERS;
	for (size_t i = 0; i < f->row_count; i++) {
		const struct plan_row *r = plan_row_at(m, f->first_row + i);

		if (r->loads && owner_is_machine(r->e.owner))
			return TURN_MACHINES;
	}
	return TURN_MALICIOUS;
}

static int plan_findings(struct maker *m)
{
	const bool is_many = m->rows.count + m->files.count > MANY_ROWS;
	int err = 0;

	for (int turn = 0; !err && turn < (is_many ? TURN_COUNT : 1); turn++) {
		for (size_t i = 0; !err && i < m->findings.count; i++) {
			const struct finding_row *f = vec_at(&m->findings, i);

			if (!is_many || turn_of(m, f) == (enum turn)turn)
				err = plan_finding(m, f);
		}
	}
	return err;
}

/* ---- the whole ---------------------------------------------------------- */

static int on_scan(struct maker *m, sqlite3_stmt *q)
{
	struct plan *p = m->plan;
	int err = plan_take(q, 0, &p->target_id);

	if (!err)
		err = plan_take(q, 1, &p->computer);
	if (!err)
		err = plan_take(q, 2, &p->started_at);
	if (!err)
		err = plan_take(q, 3, &p->pack_name);
	p->pack_signed = sqlite3_column_int(q, 4) != 0;
	if (!err)
		err = plan_take(q, 5, &p->pack_version);
	p->is_incomplete = sqlite3_column_int(q, 6) != 0;
	p->is_live = sqlite3_column_int(q, 7) != 0;
	if (!err && !p->computer) {
		p->computer = mem_strdup("");
		err = p->computer ? 0 : err_nomem();
	}
	return err;
}

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = *(struct step *const *)a;
	const struct step *y = *(struct step *const *)b;

	if (x->phase != y->phase)
		return x->phase < y->phase ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* By phase, and inside one as they came. */
void plan_number(struct plan *p)
{
	for (size_t i = 0; i < p->steps.count; i++)
		plan_step(p, i)->seq = (uint32_t)i;
	if (p->steps.count)
		qsort(p->steps.items, p->steps.count, sizeof(struct step *),
		      compare_steps);
	for (size_t i = 0; i < p->steps.count; i++)
		plan_step(p, i)->seq = (uint32_t)i + 1;
}

static int make(struct maker *m)
{
	int err =
		plan_each_row(m,
			      "SELECT target_id, host_name, started_at, "
			      "pack_name, pack_signed, pack_version, "
			      "(ifnull(exit_code, 2) & 2) <> 0, target_kind = "
			      "'live' FROM scan "
			      "WHERE scan_id = ?",
			      m->plan->scan_id, on_scan);

	if (!err && !m->plan->target_id)
		return err_fail(ERR_NOT_FOUND, 0, W_PLAN_NO_SCAN,
				m->plan->scan_id);
	if (!err)
		err = plan_each_row(
			m,
			"SELECT finding_id, verdict, subject, reason FROM "
			"finding WHERE scan_id = ? ORDER BY finding_id",
			m->plan->scan_id, on_finding);
	if (!err)
		err = plan_weigh(m);
	if (!err)
		err = plan_uses_read(m);
	if (!err)
		err = plan_findings(m);
	if (!err)
		err = cap_rank(m->store, m->plan, m->options->target);
	if (!err)
		plan_number(m->plan);
	return err;
}

int plan_make(struct store *s, int64_t scan_id, const struct plan_options *o,
	      struct plan **ret)
{
	struct maker m = { .store = s, .options = o };
	const struct vec steps = VEC_INIT(struct step *, MAX_STEPS);
	const struct vec findings = VEC_INIT(struct finding_row, MAX_FINDINGS);
	int err;

	m.findings = findings;
	m.plan = mem_zalloc(sizeof(*m.plan));
	if (!m.plan)
		return err_nomem();
	m.plan->steps = steps;
	m.plan->scan_id = scan_id;
	m.by_target = namemap_new();
	m.sharers = namemap_new();
	err = m.by_target && m.sharers ? make(&m) : err_nomem();
	for (size_t i = 0; i < m.findings.count; i++) {
		struct finding_row *f = vec_at(&m.findings, i);

		mem_free(f->subject);
		mem_free(f->reason);
	}
	vec_release(&m.findings);
	plan_weigh_release(&m);
	plan_uses_release(&m);
	namemap_free(m.by_target);
	namemap_free(m.sharers);
	if (err)
		plan_free(m.plan);
	else
		*ret = m.plan;
	return err;
}
