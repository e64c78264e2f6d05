/*
 * signatures/README.md lists every extension point of the program's table, in
 * its order, and nothing else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include "base/str.h"
#include "collect/points.h"
#include "host/host.h"
#include "unit.h"
#include <string.h>

#define README	   "signatures/README.md"
#define MAX_NBYTES ((size_t)1 << 20)

/* The next line; it is cut off. */
static char *next_line(char **at)
{
	char *line = *at;
	char *end;

	if (!*line)
		return NULL;
	end = line + strcspn(line, "\n");
	*at = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

/* Behind the head of the table. */
static char *find_table(char **at)
{
	char *line;

	while ((line = next_line(at)) != NULL)
		if (ascii_starts_with(line, "| point | key |"))
			return next_line(at);
	return NULL;
}

START_TEST(the_readme_lists_every_point)
{
	void *data = NULL;
	size_t nbytes = 0;
	char *text, *at, *line;

	ck_assert_int_eq(host_read_file(README, MAX_NBYTES, &data, &nbytes), 0);
	text = mem_strndup(data, nbytes);
	ck_assert_ptr_nonnull(text);
	at = text;
	ck_assert_ptr_nonnull(find_table(&at));
	for (size_t i = 0; i < points_count(); i++) {
		const struct point_row *row = points_row(i);
		struct str name = STR_INIT, key = STR_INIT;

		line = next_line(&at);
		ck_assert_ptr_nonnull(line);
		str_addf(&name, "| `%s` | ", point_name(row->point));
		/* Nothing behind the key that would make it another one. */
		str_addf(&key, "%s`", row->key);
		ck_assert_msg(ascii_starts_with(line, str_text(&name)) &&
				      strstr(line, str_text(&key)) != NULL,
			      "row %u is %s%s: %s", (unsigned)i,
			      str_text(&name), str_text(&key), line);
		/* Each value that says where it leads. */
		for (const char *v = row->values; v && *v;) {
			size_t n = strcspn(v, "|");

			str_clear(&key);
			str_add(&key, "`");
			str_addn(&key, v, n);
			str_add(&key, "`");
			ck_assert_msg(strstr(line, str_text(&key)) != NULL,
				      "%s: %s", str_text(&key), line);
			v += n + (v[n] == '|');
		}
		str_release(&name);
		str_release(&key);
	}
	line = next_line(&at);
	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line, "");
	mem_free(text);
	mem_free(data);
}

END_TEST

static Suite *points_readme_suite(void)
{
	Suite *s = suite_create("points_readme");
	TCase *tc = tcase_create("readme");

	tcase_add_test(tc, the_readme_lists_every_point);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(points_readme_suite)
