/*
 * Which control set is the current one: by the link, by the number, or it is
 * not told.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "hive_make.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/control_set.h"
#include "registry/reg_backend.h"

#include <string.h>

#define LINK "SYSTEM\\CurrentControlSet"

static const struct {
	const char *link_to; /* NULL: no link; "=": a key */
	int number;	     /* 0: no Select */
	const char *want;    /* NULL: ERR_NOT_FOUND */
} rows[] = {
	{ "\\Registry\\Machine\\SYSTEM\\ControlSet001", 0, "ControlSet001" },
	{ "\\REGISTRY\\MACHINE\\System\\ControlSet003", 1, "ControlSet003" },
	{ NULL, 2, "ControlSet002" },
	{ NULL, 999, "ControlSet999" },
	{ NULL, 1000, NULL },
	{ NULL, 0, NULL },
	/* A link that leads anywhere else is not the one of Windows. */
	{ "\\Registry\\Machine\\SOFTWARE\\x", 1, "ControlSet001" },
	{ "\\Registry\\User\\x", 0, NULL },
	{ "\\Registry\\Machine\\SYSTEM\\ControlSet001\\x", 0, NULL },
	{ "\\Registry\\Machine\\SYSTEM\\ControlSet01", 0, NULL },
	{ "\\Registry\\Machine\\SYSTEM\\ControlSetabc", 0, NULL },
	{ "", 0, NULL },
	{ "=", 1, "CurrentControlSet" },
};

START_TEST(tells_the_current_one)
{
	const char *to = rows[_i].link_to;
	struct hive_make *h = hive_make_new();
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	char *path = NULL, want[64];
	size_t nbytes;
	uint8_t *image;
	int err;

	hive_make_key(h, "SYSTEM\\ControlSet001");
	if (to && *to == '=')
		hive_make_key(h, LINK);
	else if (to)
		hive_make_link(h, LINK, to);
	if (rows[_i].number)
		hive_make_dword(h, "SYSTEM\\Select", "Current",
				(uint32_t)rows[_i].number);
	image = hive_make_finish(h, &nbytes);
	hive_make_free(h);
	ck_assert_int_eq(
		reg_open_memory(image, nbytes, NULL, NULL, &report, &root), 0);
	err = reg_control_path(root, "Control\\x", &path);
	if (rows[_i].want) {
		ck_assert_int_eq(err, 0);
		snprintf(want, sizeof(want), "SYSTEM\\%s\\Control\\x",
			 rows[_i].want);
		ck_assert_str_eq(path, want);
	} else {
		ck_assert_int_eq(err, ERR_NOT_FOUND);
		ck_assert_ptr_null(path);
	}
	mem_free(path);
	reg_close(root);
	mem_free(image);
}

END_TEST

/* ---- what cannot be read ------------------------------------------------- */

static const struct reg_ops *true_ops;
static const char *closed;

static int open_but_closed(struct reg_root *root, struct reg_key *from,
			   const char *path, struct reg_key **ret)
{
	if (!strcmp(path, closed))
		return err_fail(ERR_DENIED, 5, "access was denied");
	return true_ops->open_key(root, from, path, ret);
}

/* Another set is not guessed at, and the reason is not "there is none". */
START_TEST(what_is_denied_is_not_absent)
{
	static const char *const keys[] = { LINK, "SYSTEM\\Select" };
	struct hive_make *h = hive_make_new();
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct reg_ops ops;
	char *path = NULL;
	size_t nbytes;
	uint8_t *image;

	hive_make_key(h, "SYSTEM\\ControlSet001");
	hive_make_dword(h, "SYSTEM\\Select", "Current", 1);
	image = hive_make_finish(h, &nbytes);
	hive_make_free(h);
	ck_assert_int_eq(
		reg_open_memory(image, nbytes, NULL, NULL, &report, &root), 0);
	closed = keys[_i];
	true_ops = root->ops;
	ops = *true_ops;
	ops.open_key = open_but_closed;
	root->ops = &ops;
	ck_assert_int_eq(reg_control_path(root, "Control\\x", &path),
			 ERR_DENIED);
	ck_assert_ptr_null(path);
	reg_close(root);
	mem_free(image);
}

END_TEST

static Suite *control_set_suite(void)
{
	Suite *s = suite_create("control_set");
	TCase *t = tcase_create("control_set");

	tcase_add_loop_test(t, tells_the_current_one, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(t, what_is_denied_is_not_absent, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(control_set_suite)
