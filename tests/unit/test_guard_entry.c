/*
 * Unit tests of the guard's look at entries that are values.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "hive_make.h"
#include "base/err.h"
#include "base/mem.h"
#include "registry/reg_backend.h"
#include "remediate/guard_internal.h"

#include <string.h>

#define CLASS "{35CD0000-0000-0000-0000-000000000000}"

static const struct {
	const char *kind;
	const char *now;     /* data of the value; NULL: a number */
	const char *command; /* as it was scanned */
	const char *clsid;
	enum guard_reason want;
} rows[] = {
	{ "run", "C:\\a.exe -x", "C:\\a.exe -x", NULL, GUARD_OK },
	{ "run", " C:\\a.exe -x\t", "C:\\a.exe -x", NULL, GUARD_OK },
	{ "run", "C:\\b.exe -x", "C:\\a.exe -x", NULL, GUARD_CHANGED },
	/* what it was stands in it still */
	{ "run", "C:\\b.exe C:\\a.exe -x", "C:\\a.exe -x", NULL,
	  GUARD_CHANGED },
	{ "run", "C:\\a.exe -x -y", "C:\\a.exe -x", NULL, GUARD_CHANGED },
	{ "run", "", "C:\\a.exe", NULL, GUARD_CHANGED },
	{ "run_once", "C:\\b.exe", "C:\\a.exe", NULL, GUARD_CHANGED },
	{ "run", NULL, "C:\\a.exe", NULL, GUARD_CHANGED },
	{ "shell_delay_load", NULL, NULL, CLASS, GUARD_CHANGED },
	{ "shell_delay_load", CLASS, NULL, CLASS, GUARD_OK },
	{ "shell_delay_load", "{35cd0000-0000-0000-0000-000000000000}", NULL,
	  CLASS, GUARD_OK },
	{ "shell_delay_load", "{35CD0000-0000-0000-0000-000000000001}", NULL,
	  CLASS, GUARD_CHANGED },
	/* their names are the classes, the data are texts for people */
	{ "shared_task_scheduler", "a task", NULL, CLASS, GUARD_OK },
	{ "toolbar", "a bar", NULL, CLASS, GUARD_OK },
};

START_TEST(an_entry_that_leads_elsewhere)
{
	struct hive_make *h = hive_make_new();
	struct step s = { .phase = PHASE_REGISTRATION,
			  .action = ACT_REMOVE_VALUE,
			  .kind = rows[_i].kind,
			  .value_name = mem_strdup("Name"),
			  .server_raw = mem_strdup(rows[_i].command),
			  .clsid = mem_strdup(rows[_i].clsid) };
	struct guard_answer a = { GUARD_OK, "" };
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	uint8_t *data;
	size_t nbytes;

	if (rows[_i].now)
		hive_make_text(h, "Run", "Name", rows[_i].now);
	else
		hive_make_dword(h, "Run", "Name", 1);
	data = hive_make_finish(h, &nbytes);
	ck_assert_int_eq(
		reg_open_memory(data, nbytes, NULL, NULL, &report, &root), 0);
	ck_assert_int_eq(reg_open_key(root, "Run", &key), 0);
	guard_entry_value(&s, key, &a);
	ck_assert_int_eq(a.reason, rows[_i].want);
	/* a value that is gone is for others to tell */
	mem_free(s.value_name);
	s.value_name = mem_strdup("Other");
	a.reason = GUARD_OK;
	guard_entry_value(&s, key, &a);
	ck_assert_int_eq(a.reason, GUARD_OK);
	reg_close_key(key);
	reg_close(root);
	mem_free(s.value_name);
	mem_free(s.server_raw);
	mem_free(s.clsid);
	mem_free(data);
	hive_make_free(h);
}

END_TEST

/* ---- what cannot be read ------------------------------------------------- */

#define SETTINGS "Ext\\Settings\\" CLASS

static struct reg_ops ops;
static const struct reg_ops *true_ops;

static int no_info(struct reg_key *key, struct reg_key_info *ret)
{
	return strcmp(key->path, "Ext") == 0
		       ? err_fail(ERR_DENIED, 5, "no info")
		       : true_ops->key_info(key, ret);
}

static int no_flags(struct reg_key *key, const char *name,
		    struct reg_value *ret)
{
	return strcmp(name, "Flags") == 0 ? err_fail(ERR_DENIED, 5, "no flags")
					  : true_ops->get_value(key, name, ret);
}

static enum guard_reason reason_at(struct reg_root *root, const char *path)
{
	struct guard g = { .protect = NULL };
	struct step s = { .phase = PHASE_TRACE,
			  .action = ACT_REMOVE_KEY,
			  .kind = "ext_settings",
			  .target = (char *)(uintptr_t) "HKU\\S-1\\X" };
	struct guarded_key k = { .tree = NULL };
	struct guard_answer a;

	ck_assert_int_eq(guard_key_at(&g, &s, root, path, &a, &k), 0);
	guarded_key_release(&k);
	return a.reason;
}

/* Whether it switches an add-on off, or lies behind a link: then it stays. */
START_TEST(what_cannot_be_read_stays)
{
	struct hive_make *h = hive_make_new();
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	uint8_t *data;
	size_t nbytes;

	hive_make_text(h, SETTINGS, "Version", "*");
	data = hive_make_finish(h, &nbytes);
	ck_assert_int_eq(
		reg_open_memory(data, nbytes, NULL, NULL, &report, &root), 0);
	ck_assert_int_eq(reason_at(root, SETTINGS), GUARD_OK);
	ck_assert_int_eq(reason_at(root, "Ext\\None"), GUARD_GONE);
	true_ops = root->ops;
	ops = *true_ops;
	root->ops = &ops;
	ops.get_value = no_flags;
	ck_assert_int_eq(reason_at(root, SETTINGS), GUARD_UNREADABLE);
	ops = *true_ops;
	ops.key_info = no_info;
	ck_assert_int_eq(reason_at(root, SETTINGS), GUARD_UNREADABLE);
	reg_close(root);
	mem_free(data);
	hive_make_free(h);
}

END_TEST

static Suite *guard_entry_suite(void)
{
	Suite *s = suite_create("guard_entry");
	TCase *tc = tcase_create("guard_entry");

	tcase_add_loop_test(tc, an_entry_that_leads_elsewhere, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, what_cannot_be_read_stays);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(guard_entry_suite)
