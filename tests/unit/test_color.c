/*
 * Colours of a console: which form where, and escapes as attributes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "host/color.h"

#include <string.h>

static const struct {
	const char *what;
	struct color_facts facts; /* console, unwanted, took, major, build */
	enum color_form form;
} forms[] = {
	{ "a pipe", { false, false, false, 10, 19045 }, COLOR_NONE },
	{ "NO_COLOR", { true, true, true, 10, 19045 }, COLOR_NONE },
	{ "NO_COLOR, XP", { true, true, false, 5, 2600 }, COLOR_NONE },
	{ "XP", { true, false, false, 5, 2600 }, COLOR_ATTRIBUTES },
	{ "7 refuses", { true, false, false, 6, 7601 }, COLOR_ATTRIBUTES },
	{ "7, whatever it took",
	  { true, false, true, 6, 10586 },
	  COLOR_ATTRIBUTES },
	{ "10, 1507", { true, false, true, 10, 10240 }, COLOR_ATTRIBUTES },
	{ "10, one before",
	  { true, false, true, 10, 10585 },
	  COLOR_ATTRIBUTES },
	{ "10, 1511", { true, false, true, 10, 10586 }, COLOR_ESCAPES },
	{ "10, legacy console",
	  { true, false, false, 10, 19045 },
	  COLOR_ATTRIBUTES },
	{ "11", { true, false, true, 10, 22631 }, COLOR_ESCAPES },
	{ "later", { true, false, true, 11, 1 }, COLOR_ESCAPES },
	{ "not told", { true, false, true, 0, 0 }, COLOR_ATTRIBUTES },
};

START_TEST(the_form_is_that_of_the_console)
{
	ck_assert_msg(color_form_of(&forms[_i].facts) == forms[_i].form, "%s",
		      forms[_i].what);
}

END_TEST

/* wincon.h: blue 1, green 2, red 4, bright 8; what is behind, times 16. */
static const struct {
	const char *codes;
	uint16_t now, usual, want;
} attributes[] = {
	{ "1;31m", 0x07, 0x07, 0x0C },
	{ "1;32m", 0x07, 0x07, 0x0A },
	{ "1;33m", 0x07, 0x07, 0x0E },
	{ "34m", 0x07, 0x07, 0x01 },
	{ "1m", 0x07, 0x07, 0x0F },
	{ "0m", 0x0C, 0x07, 0x07 },
	{ "m", 0x0C, 0x07, 0x07 },
	{ "0;1m", 0x0C, 0x17, 0x1F },
	/* The blue of PowerShell stays behind, and what is above it. */
	{ "1;31m", 0x4056, 0x4056, 0x405C },
	/* Nothing is written in the colour behind it. */
	{ "31m", 0x47, 0x47, 0x47 },
	{ "1;31m", 0xC7, 0xC7, 0xC7 },
	{ "1;31m", 0x47, 0x47, 0x4C },
	/* What we do not write changes nothing. */
	{ "4m", 0x07, 0x07, 0x07 },
	{ "41m", 0x07, 0x07, 0x07 },
	{ "99999999999999999999999m", 0x07, 0x07, 0x07 },
};

START_TEST(codes_become_attributes)
{
	ck_assert_msg(color_attributes(attributes[_i].codes, attributes[_i].now,
				       attributes[_i].usual) ==
			      attributes[_i].want,
		      "row %d", _i);
}

END_TEST

static void check_piece(const char **at, const char *codes, const char *text)
{
	struct color_piece p;

	*at = color_next(*at, &p);
	ck_assert(!codes == !p.codes);
	ck_assert(!codes || strncmp(p.codes, codes, strlen(codes)) == 0);
	ck_assert_uint_eq(p.nbytes, strlen(text));
	ck_assert(strncmp(p.text, text, p.nbytes) == 0);
}

START_TEST(text_is_cut_at_escapes)
{
	const char *at = "a\x1b[1;31mFOUND\x1b[0m\x1b[1m";

	check_piece(&at, NULL, "a");
	check_piece(&at, "1;31m", "FOUND");
	check_piece(&at, "0m", "");
	check_piece(&at, "1m", "");
	ck_assert_str_eq(at, "");
	/* What is no escape of ours is text. */
	at = "x\x1b y\x1b[2J\x1b[1\x1b[0mz";
	check_piece(&at, NULL, "x\x1b y\x1b[2J\x1b[1");
	check_piece(&at, "0m", "z");
	ck_assert_str_eq(at, "");
	at = "\x1b";
	check_piece(&at, NULL, "\x1b");
	ck_assert_str_eq(at, "");
}

END_TEST

static Suite *color_suite(void)
{
	Suite *s = suite_create("color");
	TCase *t = tcase_create("color");

	tcase_add_loop_test(t, the_form_is_that_of_the_console, 0,
			    sizeof(forms) / sizeof(forms[0]));
	tcase_add_loop_test(t, codes_become_attributes, 0,
			    sizeof(attributes) / sizeof(attributes[0]));
	tcase_add_test(t, text_is_cut_at_escapes);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(color_suite)
