/*
 * Which browsers end so that none comes back, and in which order.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "remediate/process.h"

#include <string.h>

#define IE "iexplore.exe"

/* A program that runs; `has_it`: it has the file loaded. */
struct row {
	uint32_t pid, parent, session;
	int64_t started;
	const char *name;
	bool has_it;
};

#define ROWS 8

static const struct {
	const char *what;
	struct row rows[ROWS];
	const char *order;
} tables[] = {
	{ "a tab and its frame",
	  { { 700, 400, 1, 100, IE, false }, { 812, 700, 1, 200, IE, true } },
	  "700 812" },
	{ "two tabs of one frame",
	  { { 820, 700, 1, 300, IE, true },
	    { 700, 400, 1, 100, IE, false },
	    { 812, 700, 1, 200, IE, true } },
	  "700 812 820" },
	{ "one process (version 7, or TabProcGrowth 0)",
	  { { 812, 400, 1, 200, IE, true } },
	  "812" },
	{ "a frame that has it loaded itself",
	  { { 700, 400, 1, 100, IE, true }, { 812, 700, 1, 200, IE, true } },
	  "700 812" },
	{ "a tab without it stays: its frame closes it",
	  { { 700, 400, 1, 100, IE, false },
	    { 812, 700, 1, 200, IE, true },
	    { 820, 700, 1, 300, IE, false } },
	  "700 812" },
	{ "the frames of a frame",
	  { { 812, 700, 1, 300, IE, true },
	    { 700, 600, 1, 200, IE, false },
	    { 600, 400, 1, 100, IE, false } },
	  "600 700 812" },
	{ "two windows, each with its frame",
	  { { 900, 800, 1, 400, IE, true },
	    { 812, 700, 1, 200, IE, true },
	    { 800, 400, 1, 300, IE, false },
	    { 700, 400, 1, 100, IE, false } },
	  "700 812 800 900" },
	{ "the name in any case",
	  { { 700, 400, 1, 100, "IEXPLORE.EXE", false },
	    { 812, 700, 1, 200, "IExplore.exe", true } },
	  "700 812" },
	{ "its frame has ended, and the number is a younger one's",
	  { { 700, 400, 1, 300, IE, false }, { 812, 700, 1, 200, IE, true } },
	  "812" },
	{ "started in the same moment: no parent, and no ring",
	  { { 700, 812, 1, 200, IE, true }, { 812, 700, 1, 200, IE, true } },
	  "700 812" },
	{ "its own parent", { { 812, 812, 1, 200, IE, true } }, "812" },
	{ "when its frame was started is not told",
	  { { 700, 400, 1, 0, IE, false }, { 812, 700, 1, 200, IE, true } },
	  "812" },
	{ "its own start is not told",
	  { { 700, 400, 1, 100, IE, false }, { 812, 700, 1, 0, IE, true } },
	  "812" },
	{ "the parent is somebody else",
	  { { 700, 400, 1, 100, "launcher.exe", false },
	    { 812, 700, 1, 200, IE, true } },
	  "812" },
	{ "the number is one of another session (fast user switching)",
	  { { 700, 400, 2, 100, IE, false }, { 812, 700, 1, 200, IE, true } },
	  "812" },
	{ "each session has its own",
	  { { 700, 400, 1, 100, IE, false },
	    { 812, 700, 1, 200, IE, true },
	    { 500, 400, 2, 50, IE, false },
	    { 510, 500, 2, 60, IE, true } },
	  "500 510 700 812" },
	{ "no other program, and never the desktop",
	  { { 400, 4, 1, 10, "explorer.exe", true },
	    { 900, 400, 1, 90, "rundll32.exe", true },
	    { 700, 400, 1, 100, IE, false },
	    { 812, 700, 1, 200, IE, true } },
	  "700 812" },
	{ "not a browser that has nothing to do with it",
	  { { 700, 400, 1, 100, IE, false },
	    { 900, 400, 1, 90, "rundll32.exe", true } },
	  "" },
	{ "nobody", { { 0 } }, "" },
};

static void add(struct vec *list, const struct row *r)
{
	struct process *p = vec_push(list);

	ck_assert_ptr_nonnull(p);
	p->pid = r->pid;
	p->parent = r->parent;
	p->session = r->session;
	p->started = r->started;
	p->name = mem_strdup(r->name);
	process_classify(p);
}

static void check_order(const struct vec *order, const char *want,
			const char *what)
{
	struct str got = STR_INIT;

	for (size_t i = 0; i < order->count; i++) {
		const struct process *p =
			*(const struct process **)vec_at(order, i);

		str_addf(&got, "%s%u", i ? " " : "", (unsigned)p->pid);
	}
	ck_assert_msg(strcmp(str_text(&got), want) == 0, "%s: %s, not %s", what,
		      str_text(&got), want);
	str_release(&got);
}

START_TEST(frames_first)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		struct vec browsers = VEC_INIT(struct process, ROWS);
		struct vec found = VEC_INIT(struct process, ROWS);
		struct vec order = VEC_INIT(const struct process *, ROWS);

		for (size_t i = 0; i < ROWS && tables[t].rows[i].pid; i++) {
			const struct row *r = &tables[t].rows[i];

			add(&browsers, r);
			if (r->has_it)
				add(&found, r);
		}
		ck_assert_int_eq(process_order(&browsers, &found, &order), 0);
		check_order(&order, tables[t].order, tables[t].what);
		vec_release(&order);
		processes_release(&found);
		processes_release(&browsers);
	}
}

END_TEST

/* What the process itself is goes before its name. */
START_TEST(flags_count)
{
	const struct row frame = { 700, 400, 1, 100, IE, false };
	const struct row tab = { 812, 700, 1, 200, IE, true };

	for (int who = 0; who < 4; who++) {
		struct vec browsers = VEC_INIT(struct process, ROWS);
		struct vec found = VEC_INIT(struct process, ROWS);
		struct vec order = VEC_INIT(const struct process *, ROWS);
		struct process *p;

		add(&browsers, &frame);
		add(&found, &tab);
		p = vec_at(who < 2 ? &browsers : &found, 0);
		p->is_explorer = who % 2 == 0; /* another shell */
		p->is_ours = who % 2 == 1;
		ck_assert_int_eq(process_order(&browsers, &found, &order), 0);
		check_order(&order, who < 2 ? "812" : "", "flags");
		vec_release(&order);
		processes_release(&found);
		processes_release(&browsers);
	}
}

END_TEST

/* A hostile chain: bounded, and what fits is in order. */
START_TEST(is_bounded)
{
	struct vec browsers = VEC_INIT(struct process, 3000);
	struct vec found = VEC_INIT(struct process, 1);
	struct vec order = VEC_INIT(const struct process *, 1000);

	for (uint32_t i = 1; i <= 3000; i++) {
		const struct row r = { 4 * i,	   4 * (i - 1), 1,
				       (int64_t)i, IE,		false };

		add(&browsers, &r);
		if (i == 3000)
			add(&found, &r);
	}
	ck_assert_int_eq(process_order(&browsers, &found, &order), 0);
	ck_assert_uint_eq(order.count, 1000);
	for (size_t i = 1; i < order.count; i++)
		ck_assert_int_lt(
			(*(const struct process **)vec_at(&order, i - 1))
				->started,
			(*(const struct process **)vec_at(&order, i))->started);
	vec_release(&order);
	processes_release(&found);
	processes_release(&browsers);
}

END_TEST

START_TEST(survives_short_memory)
{
	const struct row tab = { 812, 400, 1, 200, IE, true };
	struct vec found = VEC_INIT(struct process, 1);
	struct vec order = VEC_INIT(const struct process *, 1);

	add(&found, &tab);
	mem_fail_after(1);
	ck_assert_int_eq(process_order(&found, &found, &order), ERR_NOMEM);
	mem_fail_after(0);
	vec_release(&order);
	processes_release(&found);
}

END_TEST

static Suite *process_order_suite(void)
{
	Suite *s = suite_create("process_order");
	TCase *t = tcase_create("order");

	tcase_add_test(t, frames_first);
	tcase_add_test(t, flags_count);
	tcase_add_test(t, is_bounded);
	tcase_add_test(t, survives_short_memory);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(process_order_suite)
