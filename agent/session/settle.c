/*
 * Judging scans that were cut off.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/settle.h"
#include "session/session_internal.h"
#include "session/scan.h"
#include "base/err.h"
#include "base/str.h"
#include "host/local_time.h"
#include "verdict/finding.h"
#include "words/scan.h"
#include <string.h>

#define MAX_RULES 5000u

struct cut_off {
	struct store *store;
	int64_t scan_id;
	struct judge *judge;
	struct vec registrations; /* struct registration * */
	struct vec rules;	  /* struct rule_info * */
};

static int add_gap(const struct cut_off *c)
{
	const struct gap gap = {
		.kind = GAP_INTERRUPTED,
		.path = "",
		.reason = W_SCAN_CUT_OFF,
	};

	return store_add_gap(c->store, c->scan_id, &gap, true, 1);
}

static int record(const struct cut_off *c)
{
	struct scan_end e = { .exit_code = EXIT_INCOMPLETE,
			      .verdict = "incomplete" };
	int err;

	for (size_t i = 0; i < judge_finding_count(c->judge); i++)
		if (judge_finding(c->judge, i)->verdict > VERDICT_NOTE)
			e.exit_code |= EXIT_FOUND;
	if (e.exit_code & EXIT_FOUND)
		e.verdict = "found";
	e.registrations_seen = c->registrations.count;
	err = store_add_findings(c->store, c->scan_id, c->judge,
				 c->registrations.items,
				 c->registrations.count);
	if (!err)
		err = add_gap(c);
	/* Ends it in every case, whatever could be recorded. */
	return err ? err : store_scan_end(c->store, c->scan_id, &e);
}

static void release(struct cut_off *c)
{
	judge_free(c->judge);
	for (size_t i = 0; i < c->registrations.count; i++)
		registration_free(
			*(struct registration **)vec_at(&c->registrations, i));
	vec_release(&c->registrations);
	kept_rules_free(&c->rules);
}

static int judge_one(struct store *s, int64_t scan_id, struct pack *pack)
{
	struct cut_off c = { .store = s,
			     .scan_id = scan_id,
			     .registrations = VEC_INIT(struct registration *,
						       SCAN_MAX_REGISTRATIONS),
			     .rules = VEC_INIT(struct rule_info *, MAX_RULES) };
	int err;

	if (pack && !store_scan_has_pack(s, scan_id, pack_info(pack)))
		pack = NULL;
	err = judge_new(pack, &c.judge);

	if (!err)
		err = store_read_kept(s, scan_id, pack, c.judge,
				      &c.registrations, &c.rules);
	if (!err)
		err = judge_finish(c.judge);
	if (!err)
		err = store_reopen_cut_off(s, scan_id);
	if (!err)
		err = record(&c);
	if (err)
		store_scan_abort(s);
	release(&c);
	return err;
}

static void tell(const struct session *told, struct store *s, int64_t scan_id)
{
	struct str began = STR_INIT;
	struct scan_age age;

	if (store_scan_age(s, scan_id, &age))
		return;
	host_add_time(&began, age.started_at, age.is_live, NULL);
	session_note(told, NOTE_WARNING, W_SCAN_CUT_OFF_TOLD, scan_id,
		     str_text(&began), scan_id);
	str_release(&began);
	scan_age_release(&age);
}

int settle(struct store *s, struct pack *pack, bool wait,
	   const struct session *told)
{
	bool is_there = false;
	int64_t scan_id = 0;
	int err = store_has_cut_off(s, &is_there);

	if (err || !is_there)
		return err;
	err = store_mark_cut_off(s, wait);
	while (!err) {
		err = store_next_cut_off(s, &scan_id);
		if (!err)
			err = judge_one(s, scan_id, pack);
		if (!err)
			tell(told, s, scan_id);
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}

bool settle_is_needed(const char *store_path)
{
	struct store *s = NULL;
	bool ret = false;

	if (store_open_readonly(store_path, &s) || store_has_cut_off(s, &ret))
		ret = false;
	store_close(s);
	return ret;
}

void settle_before_reading(const char *store_path, struct pack *pack,
			   const struct session *told)
{
	struct store *s = NULL;

	if (store_open(store_path, &s))
		return;
	(void)settle(s, pack, false, told);
	store_close(s);
}

void settle_at_start(const struct session *s, const char *store_path)
{
	struct pack *pack = NULL;

	if (!settle_is_needed(store_path))
		return;
	(void)session_open_pack(s, &pack);
	settle_before_reading(store_path, pack, s);
	pack_free(pack);
}
