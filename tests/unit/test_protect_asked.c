/*
 * What the answers of Windows' protection services mean.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "trust/protect_asked.h"

/* Codes by number, from winerror.h: they are what real systems answer. */
static const struct {
	bool is_protected;
	uint32_t code;
	enum asked normal, safe_mode;
} sfc[] = {
	{ true, 0, ASKED_YES, ASKED_YES },
	{ true, 1722, ASKED_YES, ASKED_YES },
	{ false, 0, ASKED_NO, ASKED_NO },
	{ false, 2, ASKED_NO, ASKED_NO },    /* file not found */
	{ false, 3, ASKED_NO, ASKED_NO },    /* path not found */
	{ false, 1168, ASKED_NO, ASKED_NO }, /* element not found */
	/* The RPC server is unavailable; no endpoint; unknown interface. */
	{ false, 1722, ASKED_DOUBT, ASKED_FILES },
	{ false, 1753, ASKED_DOUBT, ASKED_FILES },
	{ false, 1717, ASKED_DOUBT, ASKED_FILES },
	/* Others say nothing, in Safe Mode neither: denied, missing, busy. */
	{ false, 5, ASKED_DOUBT, ASKED_DOUBT },
	{ false, 127, ASKED_DOUBT, ASKED_DOUBT },
	{ false, 1723, ASKED_DOUBT, ASKED_DOUBT },
	/* Its file protection is no service of its own. */
	{ false, 1062, ASKED_DOUBT, ASKED_DOUBT },
};

START_TEST(file_protection)
{
	ck_assert_int_eq(asked_sfc(sfc[_i].is_protected, sfc[_i].code, false),
			 sfc[_i].normal);
	ck_assert_int_eq(asked_sfc(sfc[_i].is_protected, sfc[_i].code, true),
			 sfc[_i].safe_mode);
}

END_TEST

static const struct {
	uint32_t code;
	enum asked safe_mode;
} catalogs[] = {
	{ 1722, ASKED_FILES }, { 1753, ASKED_FILES }, { 1717, ASKED_FILES },
	{ 1062, ASKED_FILES }, /* the service has not been started */
	{ 1084, ASKED_FILES }, /* it cannot be started in Safe Mode */
	{ 5, ASKED_DOUBT },    { 87, ASKED_DOUBT },   { 0, ASKED_DOUBT },
};

/* Who can stop a service must not decide what is asked instead of it. */
START_TEST(catalogs_that_fail)
{
	ck_assert_int_eq(asked_catalogs(catalogs[_i].code, false), ASKED_DOUBT);
	ck_assert_int_eq(asked_catalogs(catalogs[_i].code, true),
			 catalogs[_i].safe_mode);
}

END_TEST

static Suite *protect_asked_suite(void)
{
	Suite *s = suite_create("protect_asked");
	TCase *c = tcase_create("protect_asked");

	tcase_add_loop_test(c, file_protection, 0,
			    (int)(sizeof(sfc) / sizeof(sfc[0])));
	tcase_add_loop_test(c, catalogs_that_fail, 0,
			    (int)(sizeof(catalogs) / sizeof(catalogs[0])));
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(protect_asked_suite)
