/*
 * The page: whole, self-contained, and nothing in it that was not ours.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

static struct store *memory_store(void)
{
	struct store *s = NULL;

	ck_assert_int_eq(store_open(":memory:", &s), 0);
	return s;
}

/*
 * Every tag is one of ours with the attributes we write, every open one is
 * closed in order, and "&" begins one of five entities.
 */
static const char *const open_tags[] = {
	"<html lang=\"en\">",
	"<html lang=\"ja\">",
	"<head>",
	"<title>",
	"<style>",
	"<body>",
	"<h1>",
	"<h2>",
	"<h3>",
	"<p>",
	"<code>",
	"<table class=\"list\">",
	"<table class=\"facts\">",
	"<thead>",
	"<tbody>",
	"<tr>",
	"<td>",
	"<td class=\"number\">",
	"<th scope=\"col\">",
	"<th scope=\"row\">",
	"<span class=\"word\">",
	"<div class=\"verdict found\">",
	"<div class=\"card malicious\" id=\"",
	"<div class=\"card suspicious\" id=\"",
	"<div class=\"card note\" id=\"",
	"<a href=\"#finding-",
};

static const char *const single_tags[] = { "<!DOCTYPE html>", "<meta ",
					   "<br>" };

static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;",
					"&#39;" };

static bool starts_any(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strncmp(text, list[i], strlen(list[i])) == 0)
			return true;
	}
	return false;
}

#define COUNT_OF(a) (sizeof(a) / sizeof(*(a)))

static size_t name_nbytes(const char *tag)
{
	return strspn(tag, "abcdefghijklmnopqrstuvwxyz123456");
}

static void check_page(const char *p)
{
	const char *stack[64];
	size_t depth = 0;

	for (; *p != '\0'; p++) {
		ck_assert_msg(*p == '\n' || *p == '\t' ||
				      ((unsigned char)*p >= 0x20 && *p != 0x7f),
			      "control character %d", *p);
		if (*p == '&')
			ck_assert_msg(
				starts_any(p, entities, COUNT_OF(entities)),
				"%.20s", p);
		if (*p != '<')
			continue;
		if (p[1] == '/') {
			size_t n = name_nbytes(p + 2);

			ck_assert_uint_gt(depth, 0);
			depth--;
			ck_assert_msg(n == name_nbytes(stack[depth]) &&
					      strncmp(p + 2, stack[depth], n) ==
						      0 &&
					      p[2 + n] == '>',
				      "%.20s closes %.20s", p, stack[depth]);
		} else if (!starts_any(p, single_tags, COUNT_OF(single_tags))) {
			ck_assert_msg(
				starts_any(p, open_tags, COUNT_OF(open_tags)),
				"a tag that is not ours: %.60s", p);
			ck_assert_uint_lt(depth, 64);
			stack[depth++] = p + 1;
		}
	}
	ck_assert_uint_eq(depth, 0);
}

static const char *const langs[] = { "en", "ja" };

START_TEST(test_page)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	struct str lang = STR_INIT;

	str_addf(&lang, "<html lang=\"%s\">", langs[_i]);
	for (int what = REPORT_FINDINGS; what <= REPORT_STEPS; what++) {
		char *page =
			fx_render(s, id, REPORT_HTML, (enum report_what)what,
				  langs[_i], false);

		check_page(page);
		ck_assert_uint_eq(fx_count(page, "<!DOCTYPE html>"), 1);
		ck_assert_ptr_nonnull(strstr(page, str_text(&lang)));
		/* nothing is fetched, nothing runs */
		ck_assert_ptr_nonnull(strstr(
			page, "Content-Security-Policy\" content=\"default-src "
			      "'none'; style-src 'unsafe-inline'"));
		ck_assert_ptr_null(strstr(page, "http:"));
		ck_assert_ptr_null(strstr(page, "https:"));
		ck_assert_ptr_null(strstr(page, "url("));
		ck_assert_ptr_null(strstr(page, "src="));
		ck_assert_ptr_nonnull(strstr(page, "NTUSER.DAT"));
		mem_free(page);
	}
	str_release(&lang);
	store_close(s);
}

END_TEST

START_TEST(test_findings)
{
	struct store *s = memory_store();
	char *page = fx_render(s, fx_record_scan(s), REPORT_HTML,
			       REPORT_FINDINGS, "en", false);

	ck_assert_ptr_nonnull(strstr(page, "<div class=\"verdict found\">"
					   "FOUND: 1 malicious, 1 suspicious"));
	/* words, not only colours */
	ck_assert_ptr_nonnull(strstr(page, "<h3>1. <span class=\"word\">"
					   "MALICIOUS</span>lib.dll"));
	ck_assert_ptr_nonnull(strstr(page, "<span class=\"word\">SUSPICIOUS"
					   "</span>mstmp"));
	ck_assert_ptr_nonnull(strstr(page, "id=\"finding-1\""));
	ck_assert_ptr_nonnull(strstr(page, "<a href=\"#finding-1\">"));
	ck_assert_ptr_nonnull(strstr(page, "for every user of this PC"));
	ck_assert_ptr_nonnull(strstr(page, "a known toolbar"));
	ck_assert_ptr_nonnull(strstr(page, "D:\\Backup\\**"));
	mem_free(page);
	store_close(s);
}

END_TEST

/* What fix did afterwards stands in the head and at each finding. */
START_TEST(test_after_fix)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	char *page =
		fx_render(s, id, REPORT_HTML, REPORT_FINDINGS, "en", false);

	ck_assert_ptr_null(strstr(page, "Since this scan"));
	ck_assert_ptr_null(strstr(page, "<td>done</td>"));
	mem_free(page);
	mem_free(fx_query(s, "UPDATE finding SET fix_state = 'fixed' "
			     "WHERE verdict = 'malicious'"));
	mem_free(fx_query(s, "UPDATE finding SET fix_state = 'failed' "
			     "WHERE verdict = 'suspicious'"));
	page = fx_render(s, id, REPORT_HTML, REPORT_FINDINGS, langs[_i], false);
	check_page(page);
	if (_i == 0) {
		ck_assert_ptr_nonnull(strstr(page,
					     "<p>Since this scan fix "
					     "dealt with 1 of these; scan"));
		ck_assert_uint_eq(fx_count(page, "<td>done</td>"), 1);
		ck_assert_uint_eq(fx_count(page, "<td>failed</td>"), 1);
	} else {
		ck_assert_ptr_nonnull(strstr(page, "1 件を駆除しました"));
		ck_assert_ptr_null(strstr(page, "failed"));
	}
	mem_free(page);
	store_close(s);
}

END_TEST

/* Rules as a list, not as the store's JSON. */
START_TEST(test_rules)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	char *page;

	mem_free(fx_query(s, "UPDATE finding SET rules = '[\"a_b\",\"c1\"]'"));
	page = fx_render(s, id, REPORT_HTML, REPORT_FINDINGS, "en", false);
	ck_assert_uint_eq(fx_count(page, "<code>a_b, c1</code>"), 2);
	ck_assert_ptr_null(strstr(page, "&quot;a_b"));
	mem_free(page);
	store_close(s);
}

END_TEST

START_TEST(test_hostile)
{
	struct store *s = memory_store();
	int64_t id = fx_record_hostile_scan(s);

	for (int what = REPORT_FINDINGS; what <= REPORT_STEPS; what++) {
		char *page =
			fx_render(s, id, REPORT_HTML, (enum report_what)what,
				  langs[_i], false);

		check_page(page);
		ck_assert_ptr_null(strstr(page, "<script"));
		ck_assert_ptr_null(strstr(page, "\xE2\x80\xAE"));
		ck_assert_ptr_nonnull(strstr(
			page, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;"
			      "&#39;&amp;\\u{D}\\u{A}\\u{9}\\u{1B}[31m"
			      "\\u{202E}\\u{D800}\\u{0}\\x{82}\\\\u{41}"));
		mem_free(page);
	}
	store_close(s);
}

END_TEST

static Suite *report_html_suite(void)
{
	Suite *s = suite_create("report_html");
	TCase *t = tcase_create("report_html");

	tcase_add_loop_test(t, test_page, 0, 2);
	tcase_add_test(t, test_findings);
	tcase_add_loop_test(t, test_after_fix, 0, 2);
	tcase_add_test(t, test_rules);
	tcase_add_loop_test(t, test_hostile, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(report_html_suite)
