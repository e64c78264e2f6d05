/*
 * Real hives against the truth table that another reader made of them, and
 * made ones of each kind against what they were made of.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A row with a digest must come out exactly.  Where that reader refused the
 * hive, ours must not crash and must say that something is wrong with it;
 * what it reads then is fixed below, looked up by hand in the files.
 */
#include "unit.h"
#include "hive_kinds.h"
#include "target_fixture.h"

#include "host/host.h"
#include "tests/tools/hive_lines.h"

#define COLUMNS 7

struct row {
	char *cells[COLUMNS]; /* path reader keys values error digest bho */
};

static void on_gap(void *arg, const char *key_path, const char *why)
{
	(void)key_path;
	(void)why;
	++*(int *)arg;
}

/* Cuts one line at its tabs; false for an empty one. */
static bool cut(char *line, struct row *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < COLUMNS; i++) {
		ret->cells[i] = line;
		line += strcspn(line, "\t\r");
		if (*line)
			*line++ = '\0';
	}
	return *ret->cells[0] != '\0';
}

/* Rows without a digest: keys and values that can be read. */
static const struct {
	const char *name;
	int keys; /* -1: not a hive at all */
	int values;
	bool is_sound; /* the other reader was wrong: nothing is missing */
} others[] = {
	/*
	 * Its list is in the order of UTF-16 units, as Windows has it; the
	 * reader behind the table sorts by code point and stopped there.
	 */
	{ "nt-hive/testhive", 528, 12, true },
	{ "fake_ntuser_dat.rf", 4, 0, false },
	{ "fake_sam.rf", 2, 0, false },
	{ "fake_software.rf", 3, 0, false },
	{ "fake_system.rf", 3, 0, false },
	{ "fake_system_dat.rf", -1, 0, false },
	{ "invalid_creg_header.rf", -1, 0, false },
	{ "invalid_regf_header.rf", -1, 0, false },
	{ "missing_rgkn_header.rf", -1, 0, false },
	{ "winnt_compare_tests2.rf", 4, 3, false },
	{ "winnt_entry_tests.rf", 12, 5, false },
	{ "winnt_iter_tests.rf", 7, 14, false },
	{ "winnt_security_tests.rf", 1, 0, false },
};

static int find_other(const char *path)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (ascii_iends_with(path, others[i].name))
			return (int)i;
	ck_abort_msg("%s has no digest and no entry here", path);
	return -1;
}

static void check_row(const char *data, const struct row *row)
{
	struct reg_hive_files files = { NULL, { NULL, NULL, NULL } };
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct hive_lines lines;
	char path[1024], hex[65];
	int gaps = 0, err, other;
	bool has_digest = *row->cells[5] != '\0';
	bool was_recovered = !strncmp(row->cells[1], "recovered=True", 14);

	snprintf(path, sizeof(path), "%s/%s", data, row->cells[0]);
	files.hive = path;
	err = reg_open_hive(&files, on_gap, &gaps, &report, &root);
	other = has_digest ? -1 : find_other(row->cells[0]);
	if (err) {
		ck_assert_msg(!has_digest && others[other].keys < 0 &&
				      err == ERR_CORRUPT,
			      "%s: %s", row->cells[0], err_last()->text);
		return;
	}
	ck_assert_int_eq(hive_lines_read(root, &lines), 0);
	reg_close(root);
	if (!has_digest) {
		ck_assert_int_eq((int)lines.keys, others[other].keys);
		ck_assert_int_eq((int)lines.values, others[other].values);
		ck_assert_msg((gaps > 0) == !others[other].is_sound, "%s: gaps",
			      row->cells[0]);
		hive_lines_release(&lines);
		return;
	}
	hive_lines_digest(&lines, hex);
	ck_assert_msg(!strcmp(hex, row->cells[5]),
		      "%s: %u keys (%s), %u values (%s)", row->cells[0],
		      (unsigned)lines.keys, row->cells[2],
		      (unsigned)lines.values, row->cells[3]);
	hive_lines_release(&lines);
	ck_assert_msg(report.logs_applied == was_recovered, "%s: logs",
		      row->cells[0]);
	ck_assert_msg((gaps > 0) == report.logs_missing, "%s: gaps",
		      row->cells[0]);
}

/* All rows of a table; -1: there is none. */
static int check_table(const char *data, const char *name)
{
	char path[1024], *text, *line, *next;
	size_t nbytes;
	struct row row;
	void *bytes;
	int rows = 0;

	snprintf(path, sizeof(path), "%s/hives/%s", data, name);
	if (host_read_file(path, 1 << 20, &bytes, &nbytes))
		return -1;
	text = mem_strndup(bytes, nbytes);
	mem_free(bytes);
	line = strchr(text, '\n');
	for (line = line ? line + 1 : text; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (!cut(line, &row))
			continue;
		check_row(data, &row);
		rows++;
	}
	mem_free(text);
	printf("hive truth table %s: %d rows\n", name, rows);
	return rows;
}

START_TEST(reads_real_hives)
{
	const char *data = unit_data_dir(_i);

	ck_assert_int_ge(check_table(data, "TRUTH.tsv"), _i == 0 ? 18 : 62);
	/* Logs that began later, and damaged base blocks. */
	if (_i == 1)
		ck_assert_int_ge(check_table(data, "TRUTH2.tsv"), 4);
}

END_TEST

/* ---- made hives -------------------------------------------------- */

/* The lines of what a hive was made of, without its reader. */
static void lines_of(struct hive_lines *l, const struct hive_maker_key *k,
		     const char *path)
{
	struct str line = STR_INIT, below = STR_INIT;
	char hex[65];

	str_addf(&line, "K\t%s", path);
	ck_assert_int_eq(hive_lines_push(l, &line), 0);
	l->keys++;
	for (const struct hive_maker_value *v = k->values; v; v = v->next) {
		digest_sha256_hex(v->data, v->nbytes, hex);
		str_addf(&line, "V\t%s\t", path);
		hive_lines_add_plain(&line, v->name);
		str_addf(&line, "\t%" PRIu32 "\t%s", v->type, hex);
		ck_assert_int_eq(hive_lines_push(l, &line), 0);
		l->values++;
	}
	for (k = k->children; k; k = k->next) {
		str_addf(&below, "%s\\", path);
		hive_lines_add_plain(&below, k->name);
		lines_of(l, k, str_text(&below));
		str_release(&below);
		str_init(&below, 0);
	}
}

static void check_lines(const struct hive_kind *kind, struct reg_root *root,
			const struct hive_maker_key *made)
{
	struct hive_lines want = { 0 }, have;

	lines_of(&want, made, "");
	qsort(want.lines, want.count, sizeof(*want.lines), hive_lines_compare);
	ck_assert_int_eq(hive_lines_read(root, &have), 0);
	for (size_t i = 0; i < want.count && i < have.count; i++)
		ck_assert_msg(!strcmp(want.lines[i], have.lines[i]),
			      "%s: '%s' and not '%s'", kind->name,
			      have.lines[i], want.lines[i]);
	ck_assert_uint_eq(have.count, want.count);
	hive_lines_release(&want);
	hive_lines_release(&have);
}

START_TEST(reads_made_hives)
{
	const struct hive_kind *kind = &hive_kinds[_i];
	struct reg_hive_files files = { NULL, { NULL, NULL, NULL } };
	struct hive_made m = { 0 };
	struct reg_hive_report report;
	struct reg_root *root = NULL;
	struct fixture f;
	char *path;
	int gaps = 0, err;

	fixture_init(&f);
	path = hive_kind_write(kind, f.root, &m);
	files.hive = path;
	err = reg_open_hive(&files, on_gap, &gaps, &report, &root);
	if (m.want == NULL) {
		ck_assert_int_eq(err, ERR_CORRUPT);
	} else {
		ck_assert_msg(!err, "%s: %s", kind->name, err_last()->text);
		check_lines(kind, root, m.want);
		ck_assert_msg(report.logs_applied == kind->is_recovered,
			      "%s: logs", kind->name);
		ck_assert_msg((gaps > 0) == kind->has_gap, "%s: %d gaps",
			      kind->name, gaps);
	}
	reg_close(root);
	hive_made_release(&m);
	mem_free(path);
	fixture_release(&f);
}

END_TEST

static Suite *hive_truth_suite(void)
{
	Suite *s = suite_create("hive_truth");
	TCase *t = tcase_create("table");

	tcase_add_loop_test(t, reads_real_hives, 0, unit_data_count());
	tcase_add_loop_test(t, reads_made_hives, 0, hive_kind_count);
	tcase_set_timeout(t, 240);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(hive_truth_suite)
