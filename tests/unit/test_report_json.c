/*
 * JSON and NDJSON, read by a small strict reader of the test's own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

/* ---- a strict reader: fails the test where RFC 8259 is broken ---- */

static const char *read_value(const char *p, int depth);

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')
		p++;
	return p;
}

static const char *read_string(const char *p)
{
	ck_assert_int_eq(*p, '"');
	for (p++; *p != '"'; p++) {
		ck_assert_msg((unsigned char)*p >= 0x20, "raw control in text");
		if (*p != '\\')
			continue;
		p++;
		if (*p == 'u') {
			for (int i = 1; i <= 4; i++)
				ck_assert(strchr("0123456789abcdefABCDEF",
						 p[i]) != NULL &&
					  p[i] != '\0');
			p += 4;
		} else {
			ck_assert_msg(*p != '\0' &&
					      strchr("\"\\/bfnrt", *p) != NULL,
				      "escape %c", *p);
		}
	}
	return p + 1;
}

static const char *read_items(const char *p, char end, int depth)
{
	p = skip_blanks(p + 1);
	if (*p == end)
		return p + 1;
	for (;;) {
		if (end == '}') {
			p = skip_blanks(read_string(skip_blanks(p)));
			ck_assert_int_eq(*p, ':');
			p++;
		}
		p = skip_blanks(read_value(skip_blanks(p), depth + 1));
		if (*p == end)
			return p + 1;
		ck_assert_int_eq(*p, ',');
		p++;
	}
}

static const char *read_value(const char *p, int depth)
{
	static const char *const words[] = { "null", "true", "false" };

	ck_assert_int_lt(depth, 10);
	if (*p == '{')
		return read_items(p, '}', depth);
	if (*p == '[')
		return read_items(p, ']', depth);
	if (*p == '"')
		return read_string(p);
	for (int i = 0; i < 3; i++) {
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	}
	if (*p == '-')
		p++;
	ck_assert_msg(*p >= '0' && *p <= '9', "value: %.20s", p);
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

static void check_json(const char *text)
{
	ck_assert_str_eq(skip_blanks(read_value(skip_blanks(text), 0)), "");
}

/* ---- tests ------------------------------------------------------- */

static struct store *memory_store(void)
{
	struct store *s = NULL;

	ck_assert_int_eq(store_open(":memory:", &s), 0);
	return s;
}

static const struct {
	enum report_what what;
	const char *key; /* beside scan and gaps */
} whats[] = {
	{ REPORT_FINDINGS, "\"findings\": [" },
	{ REPORT_INVENTORY, "\"inventory\": [" },
	{ REPORT_GAPS, "\"gaps\": [" },
	{ REPORT_TRACES, "\"traces\": [" },
	{ REPORT_STEPS, "\"steps\": [" },
};

/* Blanks outside of strings do not count here. */
static char *without_blanks(const char *text)
{
	struct str out = STR_INIT;
	bool in_string = false;

	for (; *text != '\0'; text++) {
		if (*text == '"')
			in_string = !in_string;
		if (*text == '\\' && in_string)
			str_addch(&out, *text++);
		if (in_string ||
		    (*text != ' ' && *text != '\n' && *text != '\t'))
			str_addch(&out, *text);
	}
	return str_detach(&out);
}

START_TEST(test_json)
{
	struct store *s = memory_store();
	char *text = fx_render(s, fx_record_scan(s), REPORT_JSON,
			       whats[_i].what, "en", false);
	char *dense = without_blanks(text);
	char *key = without_blanks(whats[_i].key);

	check_json(text);
	ck_assert_int_eq(strncmp(dense, "{\"scan\":{\"scan_id\":1,", 21), 0);
	ck_assert_ptr_nonnull(strstr(dense, key));
	ck_assert_uint_eq(fx_count(dense, "\"gaps\":["), 1);
	ck_assert_ptr_nonnull(strstr(dense, "\"bytes_scanned\":5000000000"));
	if (whats[_i].what == REPORT_FINDINGS) {
		ck_assert_ptr_nonnull(
			strstr(dense, "\"rules\":[\"FX_NAME_LIB_DLL\","));
		ck_assert_ptr_nonnull(strstr(dense, "\"fix_state\":null"));
		ck_assert_ptr_nonnull(strstr(
			dense, "\"path\":\"C:\\\\Program Files\\\\Shared\\\\"
			       "lib.dll\""));
		ck_assert_ptr_nonnull(strstr(dense, "太郎"));
	}
	mem_free(key);
	mem_free(dense);
	mem_free(text);
	store_close(s);
}

END_TEST

START_TEST(test_hostile)
{
	struct store *s = memory_store();
	int64_t id = fx_record_hostile_scan(s);
	char *text = fx_render(s, id, REPORT_JSON, whats[_i].what, "ja", false);

	check_json(text);
	/* the store's escapes, their backslashes escaped once by JSON */
	ck_assert_ptr_nonnull(strstr(text, "\\\\u{D800}\\\\u{0}\\\\x{82}"
					   "\\\\\\\\u{41}"));
	mem_free(text);
	store_close(s);
}

END_TEST

START_TEST(test_ndjson)
{
	struct store *s = memory_store();
	int64_t id = _i == 0 ? fx_record_scan(s) : fx_record_hostile_scan(s);
	char *text =
		fx_render(s, id, REPORT_NDJSON, REPORT_FINDINGS, "en", false);
	char *line = text;
	int lines = 0;

	ck_assert_int_eq(
		strncmp(text, "{\"record\":\"scan\",\"scan_id\":1,", 29), 0);
	while (*line != '\0') {
		char *end = strchr(line, '\n');

		ck_assert_ptr_nonnull(end); /* every line is ended */
		*end = '\0';
		ck_assert_int_eq(*line, '{');
		check_json(line);
		*end = ' ';
		line = end + 1;
		lines++;
	}
	/* scan, two findings; four gaps, or three of the hostile scan */
	ck_assert_int_eq(lines, _i == 0 ? 7 : 6);
	ck_assert_uint_eq(fx_count(text, "{\"record\":\"finding\","), 2);
	mem_free(text);
	store_close(s);
}

END_TEST

#define LOOP(t, fn, table)                                                     \
	tcase_add_loop_test(t, fn, 0, (int)(sizeof(table) / sizeof(*(table))))

static Suite *report_json_suite(void)
{
	Suite *s = suite_create("report_json");
	TCase *t = tcase_create("report_json");

	LOOP(t, test_json, whats);
	LOOP(t, test_hostile, whats);
	tcase_add_loop_test(t, test_ndjson, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(report_json_suite)
