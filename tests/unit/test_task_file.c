/*
 * Unit tests of the files of scheduled tasks.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "collect/task_file.h"
#include <string.h>

/* ---- .job ---------------------------------------------------------------- */

struct job {
	uint8_t data[1024];
	size_t nbytes;
};

static void add_text(struct job *j, const char *text)
{
	const size_t n = strlen(text) + 1;

	bytes_put_le16(j->data + j->nbytes, (uint16_t)n);
	j->nbytes += 2;
	for (size_t i = 0; i < n; i++) {
		bytes_put_le16(j->data + j->nbytes, (uint8_t)text[i]);
		j->nbytes += 2;
	}
}

/* As [MS-TSCH] 2.4 has it: fixed part, instance count, texts. */
static void job_init(struct job *j, uint32_t flags, const char *program,
		     const char *arguments)
{
	memset(j, 0, sizeof(*j));
	bytes_put_le16(j->data, 0x0501);
	bytes_put_le16(j->data + 2, 1);
	bytes_put_le16(j->data + 20, 70);
	bytes_put_le32(j->data + 48, flags);
	j->nbytes = 70;
	add_text(j, program);
	add_text(j, arguments);
	add_text(j, "C:\\work");
}

START_TEST(a_job_names_program_and_arguments)
{
	struct job j;
	struct task_file f;

	job_init(&j, 0, "C:\\a b\\c.exe", "-x");
	ck_assert_int_eq(task_read_job(j.data, j.nbytes, &f), 0);
	ck_assert_uint_eq(f.count, 1);
	ck_assert_str_eq(f.actions[0].command, "\"C:\\a b\\c.exe\" -x");
	ck_assert_str_eq(f.actions[0].folder, "C:\\work");
	ck_assert(!f.is_disabled);
	ck_assert(!f.was_cut);
	task_file_release(&f);
	job_init(&j, 0x4, "calc.exe", "");
	ck_assert_int_eq(task_read_job(j.data, j.nbytes, &f), 0);
	ck_assert_str_eq(f.actions[0].command, "calc.exe");
	ck_assert(f.is_disabled);
	task_file_release(&f);
}

END_TEST

/* Cut off at each byte: no read beyond, and never another program. */
START_TEST(a_job_that_ends_early)
{
	struct job j;
	struct task_file f;

	job_init(&j, 0, "C:\\a.exe", "-x");
	for (size_t n = 0; n < j.nbytes; n++) {
		uint8_t *copy = mem_alloc(n + 1);
		int err;

		memcpy(copy, j.data, n);
		err = task_read_job(copy, n, &f);
		ck_assert(err == 0 || err == ERR_CORRUPT);
		if (!err && f.count)
			ck_assert(strstr(f.actions[0].command, "C:\\a.exe") ==
				  f.actions[0].command);
		if (n < 70 + 2 + 18)
			ck_assert_int_eq(err, ERR_CORRUPT);
		else
			ck_assert_int_eq(err, 0);
		if (n < 70 + 2 + 18 + 2 + 6 && !err)
			ck_assert(f.was_cut);
		task_file_release(&f);
		mem_free(copy);
	}
}

END_TEST

START_TEST(what_is_no_job)
{
	struct job j;
	struct task_file f;

	job_init(&j, 0, "a.exe", "");
	bytes_put_le16(j.data + 2, 2);
	ck_assert_int_eq(task_read_job(j.data, j.nbytes, &f), ERR_CORRUPT);
	job_init(&j, 0, "a.exe", "");
	bytes_put_le16(j.data + 20, 67); /* inside the fixed part */
	ck_assert_int_eq(task_read_job(j.data, j.nbytes, &f), ERR_CORRUPT);
	bytes_put_le16(j.data + 20, 0xffff);
	ck_assert_int_eq(task_read_job(j.data, j.nbytes, &f), ERR_CORRUPT);
}

END_TEST

/* ---- XML ----------------------------------------------------------------- */

#define TASK(body)    "<Task version=\"1.2\">" body "</Task>"
#define ACTIONS(body) TASK("<Actions Context=\"Author\">" body "</Actions>")

static const struct {
	const char *text;
	int err;
	const char *command, *clsid; /* of the first action, NULL: none */
	size_t count;
	bool is_disabled, was_cut;
} xmls[] = {
	{ ACTIONS("<Exec><Command>C:\\a.exe</Command></Exec>"), 0, "C:\\a.exe",
	  NULL, 1, false, false },
	{ "<?xml version=\"1.0\"?><!-- <Task> --><!DOCTYPE x>" ACTIONS(
		  "<Exec><Command> C:\\a b.exe\r\n</Command>"
		  "<Arguments>-x &quot;y&quot;</Arguments></Exec>"),
	  0, "\"C:\\a b.exe\" -x \"y\"", NULL, 1, false, true },
	/* what such a type could define, and what no XML holds */
	{ ACTIONS("<Exec><Command>C:\\a&b;.exe</Command></Exec>"), 0,
	  "C:\\a.exe", NULL, 1, false, true },
	{ ACTIONS("<Exec><Command>C:\\a&#xZ;.exe</Command></Exec>"), 0,
	  "C:\\a.exe", NULL, 1, false, true },
	{ ACTIONS("<Exec><Command>C:\\a&b.exe</Command></Exec>"), 0,
	  "C:\\a&b.exe", NULL, 1, false, true },
	{ ACTIONS("<Exec><Command>C:\\&#x00000000000061;.exe</Command></Exec>"),
	  0, "C:\\a.exe", NULL, 1, false, false },
	{ ACTIONS("<ComHandler><ClassId>{1}</ClassId><Data>x</Data>"
		  "</ComHandler><Exec><Command>b</Command></Exec>"),
	  0, NULL, "{1}", 2, false, false },
	/* prefixes, attributes with '>', numbers, CDATA */
	{ "<t:Task a='>'><t:Actions><t:Exec><t:Command><![CDATA[C:\\<]]>"
	  "&#97;&#x62;</t:Command></t:Exec></t:Actions></t:Task>",
	  0, "C:\\<ab", NULL, 1, false, false },
	{ TASK("<Settings><Enabled>false</Enabled></Settings>"), 0, NULL, NULL,
	  0, true, false },
	/* a trigger's own, and no setting */
	{ TASK("<Triggers><BootTrigger><Enabled>false</Enabled></BootTrigger>"
	       "</Triggers>"),
	  0, NULL, NULL, 0, false, false },
	/* text that only looks like it, in the wrong place */
	{ TASK("<RegistrationInfo><Description>&lt;Command&gt;</Description>"
	       "<Exec><Command>C:\\a.exe</Command></Exec></RegistrationInfo>"),
	  0, NULL, NULL, 0, false, false },
	{ ACTIONS("<Exec><Command>a</Command><Command>b</Command></Exec>"), 0,
	  "b", NULL, 1, false, false },
	/* a variable may stand for blanks */
	{ ACTIONS("<Exec><Command>%ProgramFiles%\\a.exe</Command>"
		  "<Arguments>-x</Arguments></Exec>"),
	  0, "\"%ProgramFiles%\\a.exe\" -x", NULL, 1, false, false },
	/* cut off: what is named is kept */
	{ "<Task><Actions><Exec><Command>C:\\a.exe</Command>", 0, "C:\\a.exe",
	  NULL, 1, false, true },
	{ "<Task><Actions><Exec><Comm", 0, NULL, NULL, 0, false, true },
	{ "<html></html>", ERR_CORRUPT, NULL, NULL, 0, false, false },
	{ "", ERR_CORRUPT, NULL, NULL, 0, false, false },
	{ "MZ", ERR_CORRUPT, NULL, NULL, 0, false, false },
};

static void check_xml(const uint8_t *data, size_t nbytes, int i)
{
	struct task_file f;

	ck_assert_int_eq(task_read_xml(data, nbytes, &f), xmls[i].err);
	if (!xmls[i].err) {
		ck_assert_uint_eq(f.count, xmls[i].count);
		ck_assert_int_eq(f.is_disabled, xmls[i].is_disabled);
		ck_assert_int_eq(f.was_cut, xmls[i].was_cut);
		if (f.count) {
			ck_assert_pstr_eq(f.actions[0].command,
					  xmls[i].command);
			ck_assert_pstr_eq(f.actions[0].clsid, xmls[i].clsid);
		}
	}
	task_file_release(&f);
}

/* UTF-16, either way round, with its mark in front or from behind it on. */
static void check_wide(const char *text, size_t n, size_t low, int i)
{
	uint8_t *data = mem_zalloc(2 * n + 3);

	data[low] = 0xff;
	data[!low] = 0xfe;
	for (size_t k = 0; k < n; k++)
		data[2 + 2 * k + low] = (uint8_t)text[k];
	check_xml(data, 2 * n + 2, i);
	/* half a unit at the end */
	check_xml(data, 2 * n + 3, i);
	check_xml(data + 2, 2 * n, i);
	mem_free(data);
}

/* As Windows writes and reads them, and as UTF-8 with and without a mark. */
START_TEST(an_xml_task)
{
	const size_t n = strlen(xmls[_i].text);
	uint8_t *data = mem_zalloc(n + 3);

	check_xml((const uint8_t *)xmls[_i].text, n, _i);
	memcpy(data, "\xef\xbb\xbf", 3);
	memcpy(data + 3, xmls[_i].text, n);
	check_xml(data, n + 3, _i);
	mem_free(data);
	check_wide(xmls[_i].text, n, 0, _i);
	check_wide(xmls[_i].text, n, 1, _i);
}

END_TEST

START_TEST(more_actions_than_windows_allows)
{
	struct str s = STR_INIT;
	struct task_file f;

	str_add(&s, "<Task><Actions>");
	for (int i = 0; i < 40; i++)
		str_add(&s, "<Exec><Command>a</Command></Exec>");
	str_add(&s, "</Actions></Task>");
	ck_assert_int_eq(
		task_read_xml((const uint8_t *)str_text(&s), s.len, &f), 0);
	ck_assert_uint_eq(f.count, TASK_MAX_ACTIONS);
	ck_assert(f.was_cut);
	task_file_release(&f);
	str_release(&s);
}

END_TEST

/* Deeper than anything that counts: no overrun, no confusion after it. */
START_TEST(a_deep_task)
{
	struct str s = STR_INIT;
	struct task_file f;

	str_add(&s, "<Task>");
	for (int i = 0; i < 5000; i++)
		str_add(&s, "<Actions>");
	for (int i = 0; i < 5000; i++)
		str_add(&s, "</Actions>");
	str_add(&s, "<Actions><Exec><Command>a</Command></Exec></Actions>"
		    "</Task>");
	ck_assert_int_eq(
		task_read_xml((const uint8_t *)str_text(&s), s.len, &f), 0);
	ck_assert_uint_eq(f.count, 1);
	task_file_release(&f);
	str_release(&s);
}

END_TEST

static Suite *task_file_suite(void)
{
	Suite *s = suite_create("task_file");
	TCase *tc = tcase_create("task_file");

	tcase_add_test(tc, a_job_names_program_and_arguments);
	tcase_add_test(tc, a_job_that_ends_early);
	tcase_add_test(tc, what_is_no_job);
	tcase_add_loop_test(tc, an_xml_task, 0,
			    (int)(sizeof(xmls) / sizeof(xmls[0])));
	tcase_add_test(tc, more_actions_than_windows_allows);
	tcase_add_test(tc, a_deep_task);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(task_file_suite)
