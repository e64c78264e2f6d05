/*
 * CSV: read back by a reader of its own, and safe to open in a spreadsheet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "store_fixture.h"
#include "base/mem.h"
#include "base/str.h"

#include <sqlite3.h>
#include <string.h>

/*
 * One record of RFC 4180 text: up to `max` cells, in place.  Returns the
 * rest, NULL at the end; fails the test where the form is broken.
 */
static char *read_record(char *p, char **cells, size_t max, size_t *count_ret)
{
	size_t count = 0;

	if (*p == '\0')
		return NULL;
	for (;;) {
		char *to;

		ck_assert_uint_lt(count, max);
		if (*p == '"') {
			cells[count++] = to = ++p;
			for (;;) {
				ck_assert_int_ne(*p, '\0');
				if (p[0] == '"' && p[1] == '"')
					p++;
				else if (*p == '"')
					break;
				*to++ = *p++;
			}
			p++;
		} else {
			cells[count++] = to = p;
			while (*p != ',' && *p != '\r') {
				ck_assert(*p != '\0' && *p != '"' &&
					  *p != '\n');
				*to++ = *p++;
			}
		}
		if (*p == ',') {
			p++;
			*to = '\0';
			continue;
		}
		ck_assert(p[0] == '\r' && p[1] == '\n');
		*to = '\0';
		*count_ret = count;
		return p + 2;
	}
}

static struct store *memory_store(void)
{
	struct store *s = NULL;

	ck_assert_int_eq(store_open(":memory:", &s), 0);
	return s;
}

static const struct {
	enum report_what what;
	const char *header;
	size_t rows; /* of the ordinary scan */
} tables[] = {
	{ REPORT_FINDINGS,
	  "scan_id,finding_id,verdict,score,family,role,subject,path,sha256,"
	  "clsid,point,view,user_name,user_sid,registry_key,rules,reason,"
	  "fix_state\r\n",
	  2 },
	{ REPORT_INVENTORY,
	  "scan_id,point,view,user_name,user_sid,clsid,name,server_raw,"
	  "server_path,file_exists,sha256,file_version,publisher,trust,known,"
	  "registry_key,last_write,finding_id\r\n",
	  3 },
	{ REPORT_GAPS, "scan_id,kind,path,reason,os_error,count,matters\r\n",
	  4 },
	{ REPORT_STEPS,
	  "scan_id,fix_id,seq,action,target,state,error,finding_id\r\n", 0 },
	{ REPORT_TRACES,
	  "scan_id,kind,time,user_name,what,url,path,family,"
	  "finding_id\r\n",
	  0 },
};

START_TEST(test_tables)
{
	struct store *s = memory_store();
	char *text = fx_render(s, fx_record_scan(s), REPORT_CSV,
			       tables[_i].what, "en", false);
	char *p = text + strlen(tables[_i].header);
	size_t columns = fx_count(tables[_i].header, ",") + 1;
	size_t rows = 0, count;
	char *cells[32];

	ck_assert_int_eq(
		strncmp(text, tables[_i].header, strlen(tables[_i].header)), 0);
	while ((p = read_record(p, cells, 32, &count)) != NULL) {
		ck_assert_uint_eq(count, columns);
		rows++;
	}
	ck_assert_uint_eq(rows, tables[_i].rows);
	mem_free(text);
	store_close(s);
}

END_TEST

START_TEST(test_values)
{
	struct store *s = memory_store();
	char *text = fx_render(s, fx_record_scan(s), REPORT_CSV,
			       REPORT_FINDINGS, "en", true);
	char *cells[32];
	size_t count;
	char *p;

	ck_assert_int_eq(strncmp(text,
				 "\xEF\xBB\xBF"
				 "scan_id",
				 10),
			 0);
	p = read_record(text + 3, cells, 32, &count);
	p = read_record(p, cells, 32, &count);
	ck_assert_ptr_nonnull(p);
	ck_assert_str_eq(cells[2], "malicious");
	ck_assert_str_eq(cells[3], "90");
	ck_assert_str_eq(cells[7], "C:\\Program Files\\Shared\\lib.dll");
	ck_assert_str_eq(cells[12], ""); /* NULL */
	ck_assert_str_eq(cells[15], "[\"FX_NAME_LIB_DLL\",\"FX_NAME_LIB_SIG\","
				    "\"FX_REG_BHO_LIB\"]");
	mem_free(text);
	store_close(s);
}

END_TEST

/* No text cell may begin like a formula, behind blanks or not. */
static bool is_dangerous(const char *cell)
{
	if (strchr("\t\r\n", *cell) != NULL && *cell != '\0')
		return true;
	while (*cell == ' ')
		cell++;
	return *cell != '\0' &&
	       (strchr("=+-@", *cell) != NULL || strncmp(cell, "＝", 3) == 0 ||
		strncmp(cell, "＋", 3) == 0 || strncmp(cell, "－", 3) == 0 ||
		strncmp(cell, "＠", 3) == 0);
}

START_TEST(test_hostile)
{
	struct store *s = memory_store();
	char *text = fx_render(s, fx_record_hostile_scan(s), REPORT_CSV,
			       tables[_i].what, "en", false);
	size_t columns = fx_count(tables[_i].header, ",") + 1;
	char *p = text;
	char *cells[32];
	size_t count;

	while ((p = read_record(p, cells, 32, &count)) != NULL) {
		ck_assert_uint_eq(count, columns);
		for (size_t i = 0; i < count; i++) {
			bool number = tables[_i].what == REPORT_GAPS &&
				      strcmp(cells[i], "-3") == 0;

			ck_assert_msg(number || !is_dangerous(cells[i]),
				      "cell %u: %s", (unsigned)i, cells[i]);
		}
	}
	mem_free(text);
	store_close(s);
}

END_TEST

static const struct {
	const char *value; /* as SQL */
	const char *cell;
} cells_of[] = {
	{ "'=1+1'", "\"'=1+1\"" },
	{ "'+1'", "\"'+1\"" },
	{ "'-1'", "\"'-1\"" }, /* text stays text */
	{ "'@x'", "\"'@x\"" },
	{ "'  =x'", "\"'  =x\"" },
	{ "char(9) || 'x'", "\"'\tx\"" },
	{ "char(13) || 'x'", "\"'\rx\"" },
	{ "char(27) || '[31m' || char(7)", "\\u{1B}[31m\\u{7}" },
	{ "'a' || char(127, 155) || 'b'", "a\\u{7F}\\u{9B}b" },
	{ "'a' || char(160) || 'b'", "a\xC2\xA0"
				     "b" },
	{ "'＝1'", "\"'＝1\"" },
	{ "'a=b'", "a=b" },
	{ "'a,b'", "\"a,b\"" },
	{ "'a\"b'", "\"a\"\"b\"" },
	{ "'a' || char(10) || 'b'", "\"a\nb\"" },
	{ "' a'", "\" a\"" },
	{ "''", "" },
	{ "NULL", "" },
};

START_TEST(test_cells)
{
	struct store *s = memory_store();
	int64_t id = fx_record_scan(s);
	struct str sql = STR_INIT;
	struct str expected = STR_INIT;
	char *text;

	str_addf(&sql,
		 "UPDATE gap SET os_error = -5, path = %s WHERE kind = "
		 "'access_denied'",
		 cells_of[_i].value);
	ck_assert_int_eq(
		sqlite3_exec(store_db(s), str_text(&sql), NULL, NULL, NULL),
		SQLITE_OK);
	str_addf(&expected,
		 "\r\n1,access_denied,%s,access was denied,-5,1,1\r\n",
		 cells_of[_i].cell);
	text = fx_render(s, id, REPORT_CSV, REPORT_GAPS, "en", false);
	ck_assert_msg(strstr(text, str_text(&expected)) != NULL, "%s", text);
	mem_free(text);
	str_release(&expected);
	str_release(&sql);
	store_close(s);
}

END_TEST

#define LOOP(t, fn, table)                                                     \
	tcase_add_loop_test(t, fn, 0, (int)(sizeof(table) / sizeof(*(table))))

static Suite *report_csv_suite(void)
{
	Suite *s = suite_create("report_csv");
	TCase *t = tcase_create("report_csv");

	LOOP(t, test_tables, tables);
	tcase_add_test(t, test_values);
	LOOP(t, test_hostile, tables);
	LOOP(t, test_cells, cells_of);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(report_csv_suite)
