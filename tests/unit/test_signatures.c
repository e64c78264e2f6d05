/*
 * The built-in pack: every rule has its words, the scores give the verdicts
 * that were promised, and the stand-ins are hit exactly as their recipe says.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "match/scanner.h"
#include "verdict/finding.h"

#include <stdlib.h>
#include <string.h>

#define ROW_MAX_RULES	   8
#define STANDIN_MAX_NBYTES (256u * 1024)
#define CASE_COLUMNS	   11

/* ---- words ------------------------------------------------------------- */

static void check_text(const struct pack *p, const char *prefix,
		       const char *name, const char *lang)
{
	struct str key = STR_INIT;
	const char *text;

	str_addf(&key, "%s.%s", prefix, name);
	text = pack_text(p, str_text(&key), lang);
	ck_assert_msg(text && text[0], "no %s text for %s", lang,
		      str_text(&key));
	str_release(&key);
}

START_TEST(every_rule_has_its_words)
{
	struct pack *p = NULL;

	ck_assert_msg(pack_open_builtin(&p) == 0, "%s", err_last()->text);
	ck_assert_uint_gt(pack_rule_count(p), 30);
	for (size_t i = 0; i < pack_rule_count(p); i++) {
		const struct rule_info *r = pack_rule(p, i);

		ck_assert_msg(r->has_metadata, "%s lacks metadata", r->name);
		check_text(p, "rule", r->name, "en");
		check_text(p, "rule", r->name, "ja");
		/* A fallback to English would be no Japanese text. */
		{
			struct str key = STR_INIT;

			str_addf(&key, "rule.%s", r->name);
			ck_assert_str_ne(pack_text(p, str_text(&key), "en"),
					 pack_text(p, str_text(&key), "ja"));
			str_release(&key);
		}
		if (r->family[0])
			check_text(p, "family", r->family, "ja");
		if (r->role[0])
			check_text(p, "role", r->role, "ja");
	}
	pack_free(p);
}

END_TEST

/* ---- the table of cases ------------------------------------------------- */

struct row {
	const char *what;
	enum verdict verdict;
	const char *rules[ROW_MAX_RULES];
};

/* What is promised for each kind of evidence that comes together; the sums
 * are worked out in signatures/mstmp/SCORES.md. */
static const struct row rows[] = {
	{ "text/html filter, Monkif text, server in Temp, file gone",
	  VERDICT_MALICIOUS,
	  { "reg_text_html_monkif_server", "reg_text_html_monkif_label",
	    "reg_entry_named_like_monkif", "reg_text_html_gone" } },
	{ "text/html filter, Monkif text, server without extension",
	  VERDICT_MALICIOUS,
	  { "reg_text_html_monkif_server", "reg_text_html_monkif_label",
	    "reg_text_html_no_extension" } },
	{ "text/html filter without that text, program in Temp gone",
	  VERDICT_NOTE,
	  { "reg_text_html_gone", "reg_entry_named_like_monkif" } },
	{ "text/html filter without that text, program in Temp there",
	  VERDICT_MALICIOUS,
	  { "reg_text_html_in_temp", "reg_loads_from_temp" } },
	{ "unknown text/html filter elsewhere",
	  VERDICT_SUSPICIOUS,
	  { "reg_text_html_unknown" } },
	{ "mstmp in Temp alone", VERDICT_SUSPICIOUS, { "mstmp_in_temp" } },
	{ "a text called mstmp in Temp",
	  VERDICT_NOTE,
	  { "text_named_like_monkif_in_temp" } },
	{ "program with a random .swf name in Temp alone",
	  VERDICT_SUSPICIOUS,
	  { "program_named_random_swf_in_temp" } },
	{ "lib.dll in Shared alone",
	  VERDICT_SUSPICIOUS,
	  { "lib_dll_in_program_files_shared" } },
	{ "lib.dll in Shared with lib.sig",
	  VERDICT_SUSPICIOUS,
	  { "lib_dll_in_program_files_shared",
	    "lib_sig_in_program_files_shared" } },
	{ "lib.sig in Shared alone",
	  VERDICT_SUSPICIOUS,
	  { "lib_sig_in_program_files_shared" } },
	{ "a vendor's lib.dll in Shared and a BHO that loads it",
	  VERDICT_SUSPICIOUS,
	  { "lib_dll_in_program_files_shared", "reg_bho_shared_lib_dll" } },
	{ "lib.dll of nobody in Shared and a BHO that loads it",
	  VERDICT_MALICIOUS,
	  { "lib_dll_in_program_files_shared", "reg_bho_shared_lib_dll",
	    "reg_bho_shared_lib_dll_bare" } },
	{ "lib.sig in Shared and a BHO whose lib.dll is gone",
	  VERDICT_SUSPICIOUS,
	  { "lib_sig_in_program_files_shared", "reg_bho_shared_lib_dll",
	    "reg_lib_dll_with_sig" } },
	{ "lib.dll in Shared and a user's BHO entry, which nobody reads",
	  VERDICT_SUSPICIOUS,
	  { "lib_dll_in_program_files_shared",
	    "reg_bho_shared_lib_dll_not_loaded" } },
	{ "71-character constant", VERDICT_MALICIOUS, { "nish_key_constant" } },
	{ "Nish's class names and address",
	  VERDICT_MALICIOUS,
	  { "nish_classes_and_url", "nish_classes", "delphi_bho_example" } },
	{ "misspelt function names",
	  VERDICT_MALICIOUS,
	  { "monkif_misspelt_api_names" } },
	{ "Delphi example alone", VERDICT_NOTE, { "delphi_bho_example" } },
	{ "Delphi example, registered, and even named AdvBHO.dll",
	  VERDICT_NOTE,
	  { "delphi_bho_example", "reg_bho_delphi_example",
	    "bare_name_elsewhere", "reg_bho_named_advbho" } },
	{ "Delphi example with both class names, and the ProgID made of one",
	  VERDICT_SUSPICIOUS,
	  { "delphi_bho_example", "nish_classes", "reg_bho_delphi_example",
	    "reg_bho_advbho_progid", "bare_name_elsewhere",
	    "reg_bho_named_advbho" } },
	{ "the other AdvBHO.dll, registered",
	  VERDICT_NOTE,
	  { "bare_name_elsewhere", "reg_bho_named_advbho",
	    "advbho_of_another_product" } },
	{ "the other AdvBHO.dll without version resource",
	  VERDICT_NOTE,
	  { "bare_name_elsewhere", "reg_bho_named_advbho",
	    "reg_bho_advbho_bare", "advbho_of_another_product" } },
	{ "AdvBHO.dll of nobody, loaded",
	  VERDICT_SUSPICIOUS,
	  { "bare_name_elsewhere", "reg_bho_named_advbho",
	    "reg_bho_advbho_bare" } },
	{ "a bare name elsewhere", VERDICT_NOTE, { "bare_name_elsewhere" } },
	{ "an odd server below Software\\CLSID",
	  VERDICT_NOTE,
	  { "reg_software_clsid_odd_server", "reg_software_clsid" } },
	{ "exploit class in the Java cache",
	  VERDICT_SUSPICIOUS,
	  { "java_exploit_class_in_cache" } },
	{ "command picture in a browser cache",
	  VERDICT_SUSPICIOUS,
	  { "monkif_command_jpeg_in_cache" } },
};

static const struct rule_info *rule_find(const struct pack *p, const char *name)
{
	for (size_t i = 0; i < pack_rule_count(p); i++)
		if (strcmp(pack_rule(p, i)->name, name) == 0)
			return pack_rule(p, i);
	ck_abort_msg("there is no rule %s", name);
	return NULL;
}

static int score_of(const struct pack *p, const char *const *names, size_t max)
{
	const struct rule_info *rules[ROW_MAX_RULES];
	struct score_sum sum;
	size_t count = 0;

	for (; count < max && names[count]; count++)
		rules[count] = rule_find(p, names[count]);
	score_rules(rules, count, &sum);
	return sum.score;
}

START_TEST(scores_give_the_promised_verdict)
{
	const struct row *row = &rows[_i];
	struct pack *p = NULL;
	int score;

	ck_assert_msg(pack_open_builtin(&p) == 0, "%s", err_last()->text);
	score = score_of(p, row->rules, ROW_MAX_RULES);
	ck_assert_msg(score_verdict(score) == row->verdict,
		      "%s: score %d is %s", row->what, score,
		      verdict_name(score_verdict(score)));
	pack_free(p);
}

END_TEST

/* 60 + 60/2: what is told of the path twice counts once. */
START_TEST(the_worked_example)
{
	static const char *const names[] = {
		"monkif_mutex", "mstmp_in_temp",
		"reg_server_named_like_monkif_only"
	};
	struct pack *p = NULL;

	ck_assert_msg(pack_open_builtin(&p) == 0, "%s", err_last()->text);
	ck_assert_int_eq(score_of(p, names, 3), 90);
	pack_free(p);
}

END_TEST

/* Its condition asks for a program that loads and names nobody. */
static bool is_of_nobody(const struct rule_info *r)
{
	return strcmp(r->name, "reg_bho_shared_advbho") == 0;
}

static void try_pair(const struct pack *p, const struct rule_info *name,
		     const struct rule_info *entry)
{
	static const char *const harmless[] = { "delphi_bho_example",
						"monkif_weak_mark",
						"advbho_of_another_product" };

	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		const struct rule_info *rules[] = { name, entry,
						    rule_find(p, harmless[i]) };
		struct score_sum sum;

		score_rules(rules, 3, &sum);
		ck_assert_msg(score_verdict(sum.score) != VERDICT_MALICIOUS,
			      "%s, %s and %s: %d", name->name, entry->name,
			      harmless[i], sum.score);
	}
}

/*
 * A name, an entry and what harmless programs hold: only an entry that is
 * malicious itself makes it so.
 */
START_TEST(names_and_places_are_never_enough)
{
	struct pack *p = NULL;
	size_t count = 0;

	ck_assert_msg(pack_open_builtin(&p) == 0, "%s", err_last()->text);
	for (size_t i = 0; i < pack_rule_count(p); i++) {
		for (size_t k = 0; k < pack_rule_count(p); k++) {
			const struct rule_info *name = pack_rule(p, i);
			const struct rule_info *entry = pack_rule(p, k);

			if (name->evidence != EV_NAME ||
			    entry->evidence != EV_REGISTRATION ||
			    entry->score >= 80 || is_of_nobody(entry))
				continue;
			try_pair(p, name, entry);
			count++;
		}
	}
	ck_assert_uint_gt(count, 0);
	pack_free(p);
}

END_TEST

/* A name that is no rule's excuses nothing, and nobody would notice. */
START_TEST(each_excuse_is_a_rule)
{
	struct pack *p = NULL;
	size_t count = 0;

	ck_assert_msg(pack_open_builtin(&p) == 0, "%s", err_last()->text);
	for (size_t i = 0; i < pack_rule_count(p); i++) {
		if (!pack_rule(p, i)->unless[0])
			continue;
		rule_find(p, pack_rule(p, i)->unless);
		count++;
	}
	ck_assert_uint_gt(count, 0);
	pack_free(p);
}

END_TEST

/* No name alone may condemn a file. */
START_TEST(a_name_is_never_enough)
{
	struct pack *p = NULL;
	size_t count = 0;

	ck_assert_msg(pack_open_builtin(&p) == 0, "%s", err_last()->text);
	for (size_t i = 0; i < pack_rule_count(p); i++) {
		const struct rule_info *r = pack_rule(p, i);

		if (r->evidence != EV_NAME)
			continue;
		ck_assert_msg(score_verdict(r->score) != VERDICT_MALICIOUS,
			      "%s", r->name);
		count++;
	}
	ck_assert_uint_gt(count, 0);
	pack_free(p);
}

END_TEST

/* ---- stand-ins ---------------------------------------------------------- */

static const char *standin_dir(void)
{
	const char *dir = getenv("MSTMP_STANDIN");

	return dir && dir[0] ? dir : "build/standin";
}

/* Cuts a line into its columns; empty ones count. */
static void split(char *line, char *columns[CASE_COLUMNS])
{
	for (size_t i = 0; i < CASE_COLUMNS; i++) {
		char *end = strchr(line, '\t');

		columns[i] = line;
		ck_assert_msg(end || i + 1 == CASE_COLUMNS,
			      "a case with too few columns");
		if (!end)
			break;
		*end = '\0';
		line = end + 1;
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void join_rules(const struct match_list *l, struct str *out)
{
	const char *names[64];

	ck_assert_uint_le(l->count, 64);
	for (size_t i = 0; i < l->count; i++)
		names[i] = l->items[i].rule->name;
	if (l->count > 1)
		qsort(names, l->count, sizeof(*names), compare_names);
	for (size_t i = 0; i < l->count; i++)
		str_addf(out, "%s%s", i ? "," : "", names[i]);
}

static void check_case(struct scanner *s, const char *dir, char *line)
{
	char *c[CASE_COLUMNS];
	struct match_list matches = { 0 };
	struct match_source source = { 0 };
	struct str got = STR_INIT;
	struct match_vars vars;
	void *data = NULL;
	size_t nbytes = 0;
	char *path;

	split(line, c);
	vars = (struct match_vars){
		.filename = c[1],
		.filepath = c[2],
		.extension = c[3],
		.filetype = c[4],
		.owner = "",
		.object = c[5],
		.point = c[6],
		.view = c[7],
		.location = c[8],
		.place = c[9],
	};
	path = host_join(dir, c[0]);
	ck_assert_msg(
		host_read_file(path, STANDIN_MAX_NBYTES, &data, &nbytes) == 0,
		"%s", err_last()->text);
	source.data = data;
	source.nbytes = nbytes;
	ck_assert_msg(scanner_scan(s, &source, &vars, &matches) == 0, "%s: %s",
		      c[0], err_last()->text);
	join_rules(&matches, &got);
	ck_assert_msg(strcmp(str_text(&got), c[10]) == 0,
		      "%s: expected '%s', got '%s'", c[0], c[10],
		      str_text(&got));
	str_release(&got);
	match_list_release(&matches);
	mem_free(data);
	mem_free(path);
}

static void check_standins(const char *pack_folder, const char *name,
			   unsigned flags)
{
	struct scanner *s = NULL;
	struct pack *p = NULL;
	void *list = NULL;
	size_t nbytes = 0, count = 0;
	char *dir = host_join(standin_dir(), name);
	char *path = host_join(dir, "cases.tsv");
	char *next;

	ck_assert_msg((pack_folder ? pack_open(pack_folder, NULL, &p)
				   : pack_open_builtin(&p)) == 0,
		      "%s", err_last()->text);
	ck_assert_int_eq(scanner_new(p, flags, &s), 0);
	ck_assert_msg(host_read_file(path, 1024 * 1024, &list, &nbytes) == 0,
		      "%s", err_last()->text);
	list = mem_realloc(list, nbytes + 1);
	ck_assert_ptr_nonnull(list);
	next = list;
	next[nbytes] = '\0';
	while (*next) {
		char *line = next;

		next = strchr(line, '\n');
		ck_assert_ptr_nonnull(next);
		*next++ = '\0';
		if (line[0] == '#')
			continue;
		check_case(s, dir, line);
		count++;
	}
	ck_assert_uint_gt(count, 15);
	mem_free(list);
	scanner_free(s);
	pack_free(p);
	mem_free(path);
	mem_free(dir);
}

static bool has_standins(void)
{
	char *path = host_join(standin_dir(), "mstmp/cases.tsv");
	void *data = NULL;
	size_t nbytes;
	int err = host_read_file(path, 1024 * 1024, &data, &nbytes);

	mem_free(data);
	mem_free(path);
	return err == 0;
}

START_TEST(standins_are_hit_exactly)
{
	if (!has_standins())
		UNIT_SKIP("there are no stand-ins; make standins");
	check_standins(NULL, "mstmp", 0);
	check_standins(NULL, "mstmp", SCANNER_NO_FILTER);
}

END_TEST

START_TEST(example_packs_need_no_new_code)
{
	static const char *const packs[][2] = {
		{ "signatures/example-toolbar", "example-toolbar" },
		{ "signatures/example-logon", "example-logon" },
		{ "signatures/example-desktop", "example-desktop" },
	};

	if (!has_standins())
		UNIT_SKIP("there are no stand-ins; make standins");
	for (size_t i = 0; i < 3; i++) {
		check_standins(packs[i][0], packs[i][1], 0);
		check_standins(packs[i][0], packs[i][1], SCANNER_NO_FILTER);
	}
}

END_TEST

static Suite *signatures_suite(void)
{
	Suite *s = suite_create("signatures");
	TCase *t = tcase_create("pack");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, every_rule_has_its_words);
	tcase_add_loop_test(t, scores_give_the_promised_verdict, 0,
			    sizeof(rows) / sizeof(*rows));
	tcase_add_test(t, the_worked_example);
	tcase_add_test(t, a_name_is_never_enough);
	tcase_add_test(t, names_and_places_are_never_enough);
	tcase_add_test(t, each_excuse_is_a_rule);
	tcase_add_test(t, standins_are_hit_exactly);
	tcase_add_test(t, example_packs_need_no_new_code);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(signatures_suite)
