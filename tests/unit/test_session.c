/*
 * A front end without a terminal: whole scans by calls of sessions, one after
 * the other and two at once, and one that is stopped while another goes on.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "session_fixture.h"
#include "store_fixture.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

#define ROUNDS 3

START_TEST(a_scan_gives_data)
{
	struct session_report_result r;
	struct session_pc pc;
	char *own, *stored;

	session_pc_init(&pc, "MZ a program");
	ck_assert_int_eq(session_open(&pc.options, &pc.session), 0);
	ck_assert_str_eq(session_store_path(pc.session), pc.store);
	session_pc_scan(&pc);
	session_pc_check(&pc, true);
	ck_assert_uint_eq(pc.notes, 0);
	own = session_pc_report(&pc, 0, &r);
	session_close(pc.session);
	/* Another session reads what this one has recorded. */
	ck_assert_int_eq(session_open(&pc.options, &pc.session), 0);
	stored = session_pc_report(&pc, 0, &r);
	ck_assert_str_eq(stored, own);
	ck_assert_int_eq(r.scan_id, pc.result.scan_id);
	ck_assert(r.facts.found);
	session_close(pc.session);
	mem_free(own);
	mem_free(stored);
	session_pc_release(&pc);
}

END_TEST

/* Another program may have undone what it had told, while it is open. */
START_TEST(what_is_overtaken_is_told)
{
	struct session_report_result r;
	struct store *store = NULL;
	struct session_pc pc;
	char *id, *text;

	session_pc_init(&pc, "MZ a program");
	ck_assert_int_eq(session_open(&pc.options, &pc.session), 0);
	session_pc_scan(&pc);
	session_pc_check(&pc, true);
	ck_assert_int_eq(store_open(pc.store, &store), 0);
	id = fx_query(store, "SELECT target_id FROM v_scan");
	ck_assert_int_eq(store_overtake(store, id, "undo"), 0);
	store_close(store);
	mem_free(id);
	text = session_pc_report(&pc, 0, &r);
	ck_assert_ptr_nonnull(
		strstr(text, "since this scan undo has put things back"));
	ck_assert_int_eq(session_exit_code(&r.facts), EXIT_INCOMPLETE);
	mem_free(text);
	session_close(pc.session);
	session_pc_release(&pc);
}

END_TEST

START_TEST(a_list_is_in_memory)
{
	const struct session_scan_options so = { .is_quick = true,
						 .registrations_only = true };
	const struct session_report_options o = {
		.report = { .format = REPORT_TEXT,
			    .what = REPORT_INVENTORY,
			    .is_list = true,
			    .lang = "en" },
	};
	struct session_report_result r;
	struct str out = STR_INIT;
	struct host_stat st;
	struct session_pc pc;

	session_pc_init(&pc, "MZ a program");
	pc.options.store_path = ":memory:";
	ck_assert_int_eq(session_open(&pc.options, &pc.session), 0);
	ck_assert_int_eq(session_scan(pc.session, &so, &pc.result), 0);
	ck_assert_int_eq(session_report(pc.session, &o, &out, &r), 0);
	ck_assert_ptr_nonnull(strstr(str_text(&out), "text/html"));
	ck_assert_int_eq(host_stat(pc.store, true, &st), ERR_NOT_FOUND);
	str_release(&out);
	session_close(pc.session);
	session_pc_release(&pc);
}

END_TEST

START_TEST(what_cannot_start_is_told)
{
	struct session_pc pc;

	session_pc_init(&pc, NULL);
	pc.options.target.root = "no such folder";
	ck_assert_int_eq(session_open(&pc.options, &pc.session), 0);
	session_pc_scan(&pc);
	ck_assert_int_ne(pc.err, 0);
	ck_assert_int_eq(pc.result.facts.end, SESSION_NOT_STARTED);
	ck_assert_int_eq(session_exit_code(&pc.result.facts), EXIT_NO_START);
	ck_assert_uint_eq(pc.notes, 1);
	session_close(pc.session);
	pc.options.target.root = pc.f.root;
	pc.options.pack_path = "no such pack";
	ck_assert_int_eq(session_open(&pc.options, &pc.session), 0);
	session_pc_scan(&pc);
	ck_assert_int_ne(pc.err, 0);
	ck_assert_int_eq(pc.result.facts.end, SESSION_NOT_STARTED);
	ck_assert_uint_eq(pc.notes, 2);
	session_close(pc.session);
	session_pc_release(&pc);
}

END_TEST

START_TEST(one_after_the_other)
{
	struct session_pc pcs[2];

	session_pc_init(&pcs[0], "MZ a program");
	session_pc_init(&pcs[1], NULL);
	for (int i = 0; i < 2 * ROUNDS; i++) {
		struct session_pc *pc = &pcs[i % 2];

		ck_assert_int_eq(session_open(&pc->options, &pc->session), 0);
		session_pc_scan(pc);
		session_pc_check(pc, pc == pcs);
		/* The number of the scan in its own store. */
		ck_assert_int_eq(pc->result.scan_id, i / 2 + 1);
		session_close(pc->session);
	}
	session_pc_release(&pcs[0]);
	session_pc_release(&pcs[1]);
}

END_TEST

static void scan_both(struct session_pc *pcs)
{
	struct host_thread *threads[2];

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(host_thread_start(session_pc_scan, &pcs[i],
						   &threads[i]),
				 0);
	for (int i = 0; i < 2; i++)
		host_thread_join(threads[i]);
}

START_TEST(two_at_once)
{
	struct session_pc pcs[2];

	session_pc_init(&pcs[0], "MZ a program");
	session_pc_init(&pcs[1], NULL);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(session_open(&pcs[i].options, &pcs[i].session),
				 0);
	for (int round = 0; round < ROUNDS; round++) {
		scan_both(pcs);
		for (int i = 0; i < 2; i++)
			session_pc_check(&pcs[i], i == 0);
	}
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(pcs[i].notes, 0);
		session_close(pcs[i].session);
		session_pc_release(&pcs[i]);
	}
}

END_TEST

/* Stopped, it is a result that is not complete; the other one is whole. */
START_TEST(a_token_stops_one_only)
{
	struct session_report_result r;
	struct session_pc pcs[2];
	char *text;

	session_pc_init(&pcs[0], "MZ a program");
	session_pc_init(&pcs[1], "MZ a program");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(session_open(&pcs[i].options, &pcs[i].session),
				 0);
	cancel_set(&pcs[0].cancel, CANCEL_BUDGET);
	scan_both(pcs);
	session_pc_check(&pcs[1], true);
	ck_assert_int_eq(pcs[0].err, 0);
	ck_assert_int_eq(session_exit_code(&pcs[0].result.facts),
			 EXIT_INCOMPLETE);
	text = session_pc_report(&pcs[0], 0, &r);
	ck_assert_ptr_nonnull(strstr(text, "the scan was stopped"));
	mem_free(text);
	/* The next scan of the same session is a whole one. */
	cancel_clear(&pcs[0].cancel);
	session_pc_scan(&pcs[0]);
	session_pc_check(&pcs[0], true);
	for (int i = 0; i < 2; i++) {
		session_close(pcs[i].session);
		session_pc_release(&pcs[i]);
	}
}

END_TEST

START_TEST(exit_codes)
{
	static const struct {
		struct session_facts facts;
		int code;
	} rows[] = {
		{ { SESSION_DONE, false, false, false }, 0 },
		{ { SESSION_DONE, true, false, false }, 1 },
		{ { SESSION_DONE, false, true, false }, 2 },
		{ { SESSION_DONE, true, true, true }, 7 },
		{ { SESSION_DONE, false, false, true }, 4 },
		{ { SESSION_MISUSED, false, false, false }, 64 },
		{ { SESSION_NOT_STARTED, true, true, true }, 65 },
		{ { SESSION_STOPPED, true, false, true }, 70 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(session_exit_code(&rows[i].facts),
				 rows[i].code);
}

END_TEST

static Suite *session_suite(void)
{
	Suite *s = suite_create("session");
	TCase *tc = tcase_create("session");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_scan_gives_data);
	tcase_add_test(tc, what_is_overtaken_is_told);
	tcase_add_test(tc, a_list_is_in_memory);
	tcase_add_test(tc, what_cannot_start_is_told);
	tcase_add_test(tc, one_after_the_other);
	tcase_add_test(tc, two_at_once);
	tcase_add_test(tc, a_token_stops_one_only);
	tcase_add_test(tc, exit_codes);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(session_suite)
