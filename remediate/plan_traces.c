/*
 * What classes leave behind in the registry as traces: proof that they were
 * loaded, and when.  Never picked by itself (CONTRACT.md 9.5).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/traces/addon.h"
#include "store/store_sql.h"

#include <string.h>

static int add_trace(struct maker *m, const struct step *of,
		     const struct addon_record *row, const char *prefix)
{
	struct str key = STR_INIT;
	struct step *s;

	const struct finding_row f = { .id = of->finding_id,
				       .subject = of->subject,
				       .reason = of->reason };

	m->f = &f;
	s = plan_new_step(m, of->verdict, PHASE_TRACE,
			  row->is_value ? ACT_REMOVE_VALUE : ACT_REMOVE_KEY,
			  row->word);
	m->f = NULL; /* it ends with this function */
	if (!s)
		return err_nomem();
	s->hold = HOLD_TRACE;
	str_addf(&key, "%s\\%s", prefix, row->key);
	if (row->is_value)
		s->value_name = mem_strdup(of->clsid);
	else
		str_addf(&key, "\\%s", of->clsid);
	s->target = str_detach(&key);
	s->clsid = mem_strdup(of->clsid);
	if (!s->clsid || (row->is_value && !s->value_name)) {
		step_free(s);
		return err_nomem();
	}
	return plan_add(m, s);
}

/*
 * It was there, and a fix recorded it before it was removed (mirror.c):
 * numbers stay what they are.
 */
static bool was_trace(struct maker *m, const struct addon_record *row,
		      const char *prefix, const char *clsid)
{
	struct str key = STR_INIT;
	sqlite3_stmt *q = NULL;
	int err;

	if (!m->store)
		return false;
	err = str_addf(&key, "%s\\%s", prefix, row->key);
	if (!err)
		err = store_prepare(
			m->store,
			"SELECT 1 FROM trace WHERE scan_id = :scan "
			"AND (path = :key OR path = :key || '\\' || "
			":class) AND instr(what, :class) > 0",
			&q);
	if (!err)
		err = bind_int(q, ":scan", m->plan->scan_id);
	if (!err)
		err = bind_text(q, ":key", str_text(&key));
	if (!err)
		err = bind_text(q, ":class", clsid);
	str_release(&key);
	if (!err && sqlite3_step(q) != SQLITE_ROW)
		err = ERR_NOT_FOUND;
	sqlite3_finalize(q);
	return !err;
}

static int add_traces_of(struct maker *m, struct target *t,
			 const struct step *of)
{
	const struct addon_record *row;
	int err = 0;

	for (size_t i = 0; !err && i < target_user_count(t); i++) {
		struct reg_root *root = NULL;
		const char *prefix = NULL;

		if (target_user_hive(t, target_user(t, i), &root, &prefix))
			continue;
		for (size_t k = 0; !err && (row = addon_record_at(k)); k++)
			if (addon_record_exists(root, row, of->clsid) ||
			    was_trace(m, row, prefix, of->clsid))
				err = add_trace(m, of, row, prefix);
	}
	return err;
}

int plan_add_traces(struct plan *p, struct store *store, struct target *t,
		    const struct plan_options *o)
{
	struct maker m = { .store = store, .options = o, .plan = p };
	size_t count = p->steps.count;
	int err = plan_note_targets(&m);

	for (size_t i = 0; !err && i < count; i++) {
		const struct step *s = plan_step(p, i);

		if (s->phase == PHASE_REGISTRATION && s->clsid &&
		    strlen(s->clsid) == 38)
			err = add_traces_of(&m, t, s);
	}
	if (!err)
		plan_number(p);
	namemap_free(m.by_target);
	return err;
}
