/*
 * Judging: every row of the table in CONTRACT.md section 7, grouping, order,
 * allow-lists and reasons.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "judge_fixture.h"
#include "base/err.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/utf.h"

#include <stdlib.h>
#include <string.h>

#define TEMP   "C:\\Users\\taro\\AppData\\Local\\Temp\\"
#define SHARED "C:\\Program Files\\Shared\\"
#define FILTER "HKU\\S-1-5-21-1-2-3-1001_Classes\\PROTOCOLS\\Filter\\text/html"
#define BHO_KEY                                                                \
	"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"       \
	"Browser Helper Objects\\"
#define CLSID_A "{11111111-2222-3333-4444-555555555555}"
#define CLSID_B "{AAAAAAAA-2222-3333-4444-555555555555}"

static void add(struct judge *j, struct artefact *a)
{
	ck_assert_int_eq(judge_add(j, a), 0);
}

static const struct finding *only(struct judge *j)
{
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 1);
	return judge_finding(j, 0);
}

static void finish(struct judge *j)
{
	judge_free(j);
	fx_release();
}

static struct registration *filter(const char *path)
{
	return fx_registration(POINT_MIME_FILTER, 32, "taro", "text/html",
			       CLSID_A, path, FILTER);
}

static struct registration *bho(const char *clsid, const char *path)
{
	return fx_registration(POINT_BHO, 32, NULL, clsid, clsid, path,
			       BHO_KEY CLSID_A);
}

/* ---- copies ------------------------------------------------------ */

START_TEST(test_a_copy_is_called_one)
{
	static const struct {
		const char *path, *of, *en, *ja;
	} rows[] = {
		{ "C:\\$Recycle.Bin\\S-1-5-21-1\\$R1.dll", SHARED "lib.dll",
		  " It lies in the recycle bin, from where nothing loads it; "
		  "its own place was \"" SHARED "lib.dll\".",
		  "ごみ箱にあり、そこから読み込まれることはありません。元の"
		  "場所は「" SHARED "lib.dll」です。" },
		{ "C:\\System Volume Information\\_restore{1}\\RP1\\A1.dll", "",
		  " It is a copy in a restore point of Windows, from where "
		  "nothing loads it; its own place is not known.",
		  "Windows の復元ポイントにあるコピーで、そこから読み込まれる"
		  "ことはありません。元の場所は不明です。" },
		{ "C:\\Windows.old\\x.dll", "C:\\x.dll",
		  " It is part of an earlier Windows that is kept, from "
		  "where",
		  "以前の Windows の一部で" },
		{ "C:\\Backup\\Program Files\\Shared\\lib.dll",
		  SHARED "lib.dll", " It is a copy in some other folder, from",
		  "別のフォルダーにあるコピーで" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judge *j = fx_judge();
		struct artefact *a =
			fx_file(rows[i].path, FX_CONTENT_CONSTANT, -1);
		const struct finding *f;

		add(j, a);
		judge_set_copy(j, 0, mem_strdup(rows[i].of));
		f = only(j);
		ck_assert_msg(strstr(f->reason, rows[i].en) != NULL, "%s",
			      f->reason);
		ck_assert_msg(strstr(f->reason_ja, rows[i].ja) != NULL, "%s",
			      f->reason_ja);
		ck_assert_ptr_null(strstr(f->reason, " loads it as"));
		finish(j);
	}
}

END_TEST

/* ---- paths that mean one thing ----------------------------------- */

#define VIRTUAL                                                                \
	"C:\\Users\\taro\\AppData\\Local\\VirtualStore\\Program "              \
	"Files\\Shared\\"

START_TEST(test_dots_at_the_end_are_one_finding)
{
	struct judge *j = fx_judge();
	struct registration *r = filter(TEMP "mstmp");
	const struct finding *f;

	r->exists = EXISTS_NO;
	add(j, fx_registered(r, FX_REG_MONKIF_SERVER, -1));
	add(j, fx_file(TEMP "mstmp.", FX_NAME_MSTMP, -1));
	add(j, fx_file(TEMP "Mstmp. .", FX_NAME_MSTMP, -1));
	f = only(j);
	ck_assert_uint_eq(f->artefact_count, 3);
	ck_assert_ptr_eq(f->registration, r);
	/* Its path is that of a file. */
	ck_assert_ptr_nonnull(strchr(wpath_base(f->path), '.'));
	/* 85 + 60/2: the second name is not counted again. */
	ck_assert_int_eq(f->score, 100);
	finish(j);
}

END_TEST

START_TEST(test_dots_without_the_plain_name)
{
	struct judge *j = fx_judge();

	add(j, fx_file(TEMP "mstmp.", FX_NAME_MSTMP, -1));
	add(j, fx_file(TEMP "mstmp..", FX_NAME_MSTMP, -1));
	ck_assert_uint_eq(only(j)->artefact_count, 2);
	finish(j);
	j = fx_judge();
	add(j, fx_file(TEMP "mstmp.x", FX_NAME_MSTMP, -1));
	add(j, fx_file(TEMP "mstmp", FX_NAME_MSTMP, -1));
	add(j, fx_file(TEMP "x\\mstmp.", FX_NAME_MSTMP, -1));
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 3);
	finish(j);
}

END_TEST

/* What the registration names is not there: Windows shows the user's. */
START_TEST(test_virtual_store_and_its_entry)
{
	static const struct {
		const char *file;
		enum file_exists exists;
		size_t findings;
	} rows[] = {
		{ VIRTUAL "lib.dll", EXISTS_NO, 1 },
		{ "c:\\users\\TARO\\appdata\\local\\virtualstore\\PROGRAM "
		  "FILES\\shared\\LIB.DLL",
		  EXISTS_NO, 1 },
		/* It is there: another program, which nobody's copy accuses. */
		{ VIRTUAL "lib.dll", EXISTS_YES, 2 },
		{ VIRTUAL "lib.dll", EXISTS_UNKNOWN, 2 },
		{ VIRTUAL "x\\lib.dll", EXISTS_NO, 2 },
		{ "D:\\Users\\taro\\AppData\\Local\\VirtualStore\\Program "
		  "Files\\Shared\\lib.dll",
		  EXISTS_NO, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judge *j = fx_judge();
		struct registration *r = bho(CLSID_A, SHARED "lib.dll");

		r->exists = rows[i].exists;
		add(j, fx_registered(r, FX_REG_BHO_LIB, -1));
		add(j, fx_file(rows[i].file, FX_CONTENT_CONSTANT, -1));
		ck_assert_int_eq(judge_finish(j), 0);
		ck_assert_msg(judge_finding_count(j) == rows[i].findings,
			      "row %u", (unsigned)i);
		if (rows[i].findings == 1)
			ck_assert_str_eq(judge_finding(j, 0)->path,
					 rows[i].file);
		finish(j);
	}
}

END_TEST

/* The entry is left, its program was put aside: one finding. */
START_TEST(test_what_an_antivirus_put_aside)
{
	static const struct {
		const char *server, *file;
		enum file_exists exists;
		size_t findings;
	} rows[] = {
		{ SHARED "lib.dll", SHARED "lib.dll.vir", EXISTS_NO, 1 },
		{ SHARED "lib.dll", SHARED "LIB.VIR", EXISTS_NO, 1 },
		{ "C:\\T\\mstmp", "C:\\T\\mstmp.infected", EXISTS_NO, 1 },
		/* It is there, or it is something else's. */
		{ SHARED "lib.dll", SHARED "lib.dll.vir", EXISTS_YES, 2 },
		{ SHARED "lib.dll", SHARED "lib2.dll.vir", EXISTS_NO, 2 },
		{ SHARED "lib.dll", "C:\\lib.dll.vir", EXISTS_NO, 2 },
		{ SHARED "lib.dll", SHARED "lib.dll.bak", EXISTS_NO, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judge *j = fx_judge();
		struct registration *r = bho(CLSID_A, rows[i].server);

		r->exists = rows[i].exists;
		add(j, fx_registered(r, FX_REG_BHO_LIB, -1));
		add(j, fx_file(rows[i].file, FX_CONTENT_CONSTANT, -1));
		ck_assert_int_eq(judge_finish(j), 0);
		ck_assert_msg(judge_finding_count(j) == rows[i].findings,
			      "row %u", (unsigned)i);
		finish(j);
	}
}

END_TEST

START_TEST(test_virtual_store_of_two_users)
{
	struct judge *j = fx_judge();
	struct registration *r = bho(CLSID_A, SHARED "lib.dll");

	r->exists = EXISTS_NO;
	add(j, fx_registered(r, -1));
	add(j, fx_file(VIRTUAL "lib.dll", FX_CONTENT_CONSTANT, -1));
	add(j, fx_file("C:\\Users\\jiro\\AppData\\Local\\VirtualStore\\Program "
		       "Files\\Shared\\lib.dll",
		       FX_CONTENT_CONSTANT, -1));
	ck_assert_uint_eq(only(j)->artefact_count, 3);
	ck_assert_ptr_eq(judge_finding(j, 0)->registration, r);
	finish(j);
}

END_TEST

/* ---- what any user may say of himself ------------------------------------ */

/* A name in a folder that is temporary only because of somebody's TEMP. */
START_TEST(test_temp_of_a_user_is_never_more_than_suspicious)
{
	static const struct {
		bool is_temp_of_user;
		int rule; /* beside the name's, -1: none */
		int score;
	} rows[] = {
		{ false, -1, 85 },
		{ true, -1, 79 },
		/* With evidence of another kind it is not alone. */
		{ true, FX_CONTENT_JPEG, 100 },
	};
	struct rule_info strong = fx_rules[FX_NAME_MSTMP];

	strong.score = 85;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judge *j = fx_judge();
		struct artefact *a = fx_file("C:\\Apps\\Acct\\mstmp",
					     FX_NAME_MSTMP, rows[i].rule, -1);

		a->matches.items[0].rule = &strong;
		a->is_temp_of_user = rows[i].is_temp_of_user;
		add(j, a);
		ck_assert_int_eq(only(j)->score, rows[i].score);
		finish(j);
	}
}

END_TEST

/* ---- the table of CONTRACT.md section 7 -----------------------------------
 */

START_TEST(test_monkif_filter_with_file)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_file(TEMP "mstmp", FX_NAME_MSTMP, -1));
	add(j, fx_registered(filter(TEMP "mstmp"), FX_REG_MONKIF_SERVER, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(f->score, 100); /* 85 + 60/2 = 115 */
	ck_assert_str_eq(f->path, TEMP "mstmp");
	ck_assert_str_eq(f->subject, "mstmp");
	ck_assert_str_eq(f->family, "monkif");
	ck_assert_str_eq(f->role, "downloader");
	ck_assert_str_eq(f->rules,
			 "[\"FX_NAME_MSTMP\",\"FX_REG_MONKIF_SERVER\"]");
	ck_assert_uint_eq(f->artefact_count, 2);
	finish(j);
}

END_TEST

START_TEST(test_monkif_filter_without_file)
{
	struct judge *j = fx_judge();
	struct registration *r = filter(TEMP "mstmp");
	const struct finding *f;

	r->exists = EXISTS_NO;
	add(j, fx_registered(r, FX_REG_MONKIF_SERVER, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(f->score, 85);
	ck_assert_str_eq(f->path, TEMP "mstmp");
	ck_assert_ptr_null(f->sha256);
	ck_assert_ptr_nonnull(
		strstr(f->reason, "would load it, but the file is not there: "
				  "the entry is what is left, and can be "
				  "removed."));
	ck_assert_ptr_null(strstr(f->reason, "loads it as"));
	ck_assert_ptr_null(strstr(f->reason_ja, "として Internet Explorer"));
	ck_assert_ptr_nonnull(strstr(f->reason_ja, "登録だけで、削除できます"));
	finish(j);
}

END_TEST

START_TEST(test_unknown_filter)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_registered(filter("C:\\Program Files\\Foo\\foo.dll"),
			     FX_REG_HTML_UNKNOWN, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_SUSPICIOUS);
	finish(j);
}

END_TEST

static const struct {
	const char *path;
	int rule;
	enum verdict verdict;
} alone[] = {
	{ TEMP "mstmp", FX_NAME_MSTMP, VERDICT_SUSPICIOUS },
	{ TEMP "0.1234567890123456.swf", FX_NAME_SWF, VERDICT_SUSPICIOUS },
	{ SHARED "lib.dll", FX_NAME_LIB_DLL, VERDICT_SUSPICIOUS },
	{ SHARED "lib.sig", FX_NAME_LIB_SIG, VERDICT_SUSPICIOUS },
	{ "C:\\a\\b.dll", FX_CONTENT_CONSTANT, VERDICT_MALICIOUS },
	{ "C:\\a\\b.dll", FX_CONTENT_CLASSES_URL, VERDICT_MALICIOUS },
	{ "C:\\a\\b.dll", FX_CONTENT_MISSPELT, VERDICT_MALICIOUS },
	{ "C:\\a\\b.dll", FX_CONTENT_DELPHI, VERDICT_NOTE },
	{ "C:\\a\\b.dll", FX_CONTENT_DELPHI_CLSID, VERDICT_NOTE },
	{ "C:\\a\\AdvBHO.dll", FX_CONTENT_CPP_ADVBHO, VERDICT_NOTE },
	{ "C:\\a\\lib.dll", FX_NAME_BARE, VERDICT_NOTE },
	{ "C:\\IDM\\IEMonitor.exe", FX_CONTENT_IDM, VERDICT_NOTE },
	{ "C:\\Users\\taro\\x\\a.jpg", FX_CONTENT_JPEG, VERDICT_SUSPICIOUS },
};

START_TEST(test_alone)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_file(alone[_i].path, alone[_i].rule, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, alone[_i].verdict);
	ck_assert_int_eq(f->score, fx_rules[alone[_i].rule].score);
	ck_assert_str_eq(f->path, alone[_i].path);
	finish(j);
}

END_TEST

START_TEST(test_exploit_class)
{
	static const char path[] =
		"C:\\Users\\taro\\AppData\\LocalLow\\Sun\\Java\\Deployment\\"
		"cache\\6.0\\12\\1a2b3c4d-5e6f7a8b!a/Attack.class";
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_member(path, FX_CONTENT_JAVA, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_SUSPICIOUS);
	ck_assert_str_eq(f->path, path);
	finish(j);
}

END_TEST

START_TEST(test_lib_dll_with_bho)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1));
	add(j, fx_file(SHARED "lib.sig", FX_NAME_LIB_SIG, -1));
	add(j,
	    fx_registered(bho(CLSID_A, SHARED "lib.dll"), FX_REG_BHO_LIB, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(f->score, 90); /* 60 + 60/2; 55 is of one kind */
	ck_assert_str_eq(f->path, SHARED "lib.dll");
	ck_assert_str_eq(f->role, "clicker");
	ck_assert_uint_eq(f->artefact_count, 3);
	finish(j);
}

END_TEST

/* lib.sig beside a lib.dll that is only known by its registration. */
START_TEST(test_lib_sig_with_registration)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_file(SHARED "LIB.SIG", FX_NAME_LIB_SIG, -1));
	add(j,
	    fx_registered(bho(CLSID_A, SHARED "lib.dll"), FX_REG_BHO_LIB, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(f->score, 87); /* 60 + 55/2 */
	ck_assert_str_eq(f->path, SHARED "lib.dll");
	finish(j);
}

END_TEST

START_TEST(test_lib_dll_and_sig_without_bho)
{
	struct judge *j = fx_judge();

	add(j, fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1));
	add(j, fx_file(SHARED "lib.sig", FX_NAME_LIB_SIG, -1));
	ck_assert_int_eq(only(j)->verdict, VERDICT_SUSPICIOUS);
	finish(j);
}

END_TEST

/* ---- grouping ----------------------------------------------------------- */

START_TEST(test_nothing)
{
	struct judge *j = fx_judge();

	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 0);
	/* An unmatched registration with an unmatched file is no finding. */
	add(j, fx_registered(bho(CLSID_A, "C:\\a\\good.dll"), -1));
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 0);
	ck_assert_uint_eq(judge_artefact_count(j), 1);
	ck_assert(judge_artefact(j, 0)->finding == SIZE_MAX);
	finish(j);
}

END_TEST

START_TEST(test_case_streams_and_unmatched_registration)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_file("C:\\A\\B.dll:evil", FX_CONTENT_MISSPELT, -1));
	add(j, fx_file("C:\\a\\b.DLL", FX_NAME_BARE, -1));
	add(j, fx_registered(bho(CLSID_A, "c:\\A\\B.DLL"), -1));
	f = only(j);
	ck_assert_uint_eq(f->artefact_count, 3);
	ck_assert_str_eq(f->path, "C:\\a\\b.DLL"); /* as the file says */
	ck_assert_ptr_nonnull(f->registration);
	ck_assert_int_eq(f->score, 100); /* 90 + 30/2 = 105 */
	finish(j);
}

END_TEST

START_TEST(test_stream_alone)
{
	struct judge *j = fx_judge();

	add(j, fx_file("C:\\a\\readme.txt:x.dll", FX_CONTENT_MISSPELT, -1));
	ck_assert_str_eq(only(j)->path, "C:\\a\\readme.txt:x.dll");
	finish(j);
}

END_TEST

START_TEST(test_members_share_their_container)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_member("C:\\!x\\a!b.jar!p/b.class", FX_CONTENT_JPEG, -1));
	add(j, fx_member("C:\\!X\\a!b.jar!p\\a!.class", FX_CONTENT_JAVA, -1));
	f = only(j);
	ck_assert_uint_eq(f->artefact_count, 2);
	ck_assert_int_eq(f->score, 65);
	/* no match of the container itself: the best member */
	ck_assert_str_eq(f->path, "C:\\!X\\a!b.jar!p\\a!.class");
	add(j, fx_file("C:\\!x\\a!b.jar", FX_NAME_BARE, -1));
	f = only(j);
	ck_assert_uint_eq(f->artefact_count, 3);
	ck_assert_str_eq(f->path, "C:\\!x\\a!b.jar");
	finish(j);
}

END_TEST

START_TEST(test_orphans_group_by_clsid_then_key)
{
	struct judge *j = fx_judge();
	struct registration *a, *b, *c, *d;

	a = fx_registration(POINT_MIME_FILTER, 64, NULL, "text/html", CLSID_A,
			    NULL, "HKLM\\SOFTWARE\\Classes\\A");
	b = fx_registration(POINT_BHO, 32, NULL, CLSID_A, CLSID_A, NULL,
			    "HKLM\\SOFTWARE\\Wow6432Node\\B");
	c = fx_registration(POINT_MIME_FILTER, 32, NULL, "text/html", NULL,
			    NULL, "HKLM\\SOFTWARE\\Classes\\C");
	d = fx_registration(POINT_MIME_FILTER, 64, NULL, "text/html", NULL,
			    NULL, "HKLM\\SOFTWARE\\CLASSES\\c");
	add(j, fx_registered(a, FX_REG_HTML_UNKNOWN, -1));
	add(j, fx_registered(b, -1));
	add(j, fx_registered(c, FX_REG_HTML_UNKNOWN, -1));
	add(j, fx_registered(d, -1));
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct finding *f = judge_finding(j, i);

		ck_assert_ptr_null(f->path);
		ck_assert_uint_eq(f->artefact_count, 2);
		if (f->registration->clsid != NULL) {
			/* BHO stands before MIME filter */
			ck_assert_ptr_eq(f->registration, b);
			ck_assert_str_eq(f->subject, "B");
		} else {
			ck_assert_ptr_eq(f->registration, d); /* 64 first */
			ck_assert_str_eq(f->subject, "c");
		}
	}
	finish(j);
}

END_TEST

START_TEST(test_companion_needs_a_sibling)
{
	struct judge *j = fx_judge();

	/* lib.dll lies in another folder: each stands alone. */
	add(j, fx_file("D:\\x\\lib.sig", FX_NAME_LIB_SIG, -1));
	add(j, fx_file("D:\\y\\lib.dll", FX_NAME_LIB_DLL, -1));
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 2);
	ck_assert_ptr_nonnull(fx_find(j, "lib.sig"));
	ck_assert_ptr_nonnull(fx_find(j, "lib.dll"));
	finish(j);
}

END_TEST

START_TEST(test_companion_circle)
{
	static const struct rule_info to_sig = {
		.name = "to_sig",
		.description = "x",
		.family = "",
		.role = "",
		.companion = "lib.sig",
		.score = 40,
		.evidence = EV_NAME,
		.index = 90,
	};
	struct judge *j = fx_judge();
	struct artefact *dll = fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1);

	dll->matches.items[dll->matches.count++].rule = &to_sig;
	add(j, dll);
	add(j, fx_file(SHARED "lib.sig", FX_NAME_LIB_SIG, -1));
	ck_assert_uint_eq(only(j)->artefact_count, 2);
	finish(j);
}

END_TEST

START_TEST(test_first_registration_order)
{
	/* In the order wanted: point, machine, 64 before 32, key. */
	struct judge *j = fx_judge();
	struct registration *want[6];

	want[0] = fx_registration(POINT_BHO, 64, NULL, "n", CLSID_A,
				  "C:\\a.dll", "HKLM\\b");
	want[1] = fx_registration(POINT_BHO, 32, NULL, "n", CLSID_A,
				  "C:\\a.dll", "HKLM\\A");
	want[2] = fx_registration(POINT_BHO, 32, NULL, "n", CLSID_A,
				  "C:\\a.dll", "HKLM\\b");
	want[3] = fx_registration(POINT_BHO, 0, NULL, "n", CLSID_A, "C:\\a.dll",
				  "HKLM\\a");
	want[4] = fx_registration(POINT_BHO, 64, "taro", "n", CLSID_A,
				  "C:\\a.dll", "HKU\\a");
	want[5] = fx_registration(POINT_TOOLBAR, 64, NULL, "n", CLSID_A,
				  "C:\\a.dll", "HKLM\\a");
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < 6; k++) {
			int c = registration_compare(want[i], want[k]);

			ck_assert_int_eq((c > 0) - (c < 0), (i > k) - (i < k));
		}
	}
	for (int i = 5; i >= 0; i--)
		add(j, fx_registered(want[i], FX_REG_BHO_LIB, -1));
	ck_assert_ptr_eq(only(j)->registration, want[0]);
	finish(j);
}

END_TEST

/* ---- order -------------------------------------------------------------- */

static void add_many(struct judge *j, const unsigned *order, unsigned count,
		     struct registration **regs)
{
	for (unsigned i = 0; i < count; i++) {
		switch (order[i]) {
		case 0:
			add(j, fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1));
			break;
		case 1:
			add(j, fx_file(SHARED "lib.sig", FX_NAME_LIB_SIG, -1));
			break;
		case 2:
			add(j, fx_registered(regs[0], FX_REG_BHO_LIB, -1));
			break;
		case 3:
			add(j, fx_registered(regs[1], FX_REG_BHO_LIB, -1));
			break;
		case 4:
			add(j, fx_file(TEMP "mstmp", FX_NAME_MSTMP, -1));
			break;
		case 5:
			add(j, fx_file("C:\\b.dll", FX_CONTENT_MISSPELT, -1));
			break;
		case 6:
			add(j, fx_file("C:\\A.dll", FX_CONTENT_MISSPELT, -1));
			break;
		case 7:
			add(j, fx_file("C:\\A.dll:s", FX_CONTENT_JPEG, -1));
			break;
		case 8:
			add(j, fx_registered(regs[2], FX_REG_HTML_UNKNOWN, -1));
			break;
		default:
			add(j, fx_member("C:\\x.jar!a", FX_CONTENT_JAVA, -1));
		}
	}
}

static void describe(const struct judge *j, struct str *out)
{
	for (size_t i = 0; i < judge_finding_count(j); i++) {
		const struct finding *f = judge_finding(j, i);

		str_addf(out, "%s %d %s|%s|%s|%s|%s|%s|%s",
			 verdict_name(f->verdict), f->score, f->subject,
			 f->path != NULL ? f->path : "-", f->family, f->role,
			 f->rules, f->reason, f->reason_ja);
		for (size_t k = 0; k < f->artefact_count; k++) {
			const struct artefact *a =
				judge_artefact(j, f->artefacts[k]);

			ck_assert_uint_eq(a->finding, i);
			str_addf(out, " %s",
				 a->wpath != NULL
					 ? a->wpath
					 : a->registration->registry_key);
		}
		str_add(out, "\n");
	}
}

/* Threads add in any order: the result is the same to the last byte. */
START_TEST(test_order_of_adding)
{
	enum {
		COUNT = 10,
		ROUNDS = 200
	};
	struct registration *regs[3];
	unsigned order[COUNT];
	struct str first = STR_INIT;
	uint32_t seed = 12345;

	regs[0] = bho(CLSID_A, SHARED "lib.dll");
	regs[1] = fx_registration(POINT_BHO, 64, NULL, CLSID_B, CLSID_B,
				  "c:\\program files\\shared\\LIB.DLL",
				  BHO_KEY CLSID_B);
	regs[2] = filter(NULL);
	for (unsigned i = 0; i < COUNT; i++)
		order[i] = i;
	for (int round = 0; round < ROUNDS; round++) {
		struct judge *j = fx_judge();
		struct str text = STR_INIT;

		add_many(j, order, COUNT, regs);
		ck_assert_int_eq(judge_finish(j), 0);
		describe(j, &text);
		if (round == 0) {
			ck_assert_uint_eq(judge_finding_count(j), 6);
			str_add(&first, str_text(&text));
		}
		ck_assert_str_eq(str_text(&text), str_text(&first));
		str_release(&text);
		judge_free(j);
		for (unsigned i = COUNT - 1; i > 0; i--) {
			unsigned k, swap = order[i];

			seed = seed * 1103515245u + 12345u;
			k = (seed >> 16) % (i + 1);
			order[i] = order[k];
			order[k] = swap;
		}
	}
	str_release(&first);
	fx_release();
}

END_TEST

START_TEST(test_worst_first)
{
	struct judge *j = fx_judge();

	add(j, fx_file("C:\\a.dll", FX_NAME_BARE, -1));
	add(j, fx_file("C:\\z.dll", FX_CONTENT_CONSTANT, -1));
	add(j, fx_file("C:\\m.dll", FX_CONTENT_MISSPELT, -1));
	add(j, fx_file("C:\\B.dll", FX_CONTENT_MISSPELT, -1));
	ck_assert_int_eq(judge_finish(j), 0);
	ck_assert_uint_eq(judge_finding_count(j), 4);
	ck_assert_str_eq(judge_finding(j, 0)->path, "C:\\z.dll"); /* 95 */
	ck_assert_str_eq(judge_finding(j, 1)->path, "C:\\B.dll");
	ck_assert_str_eq(judge_finding(j, 2)->path, "C:\\m.dll");
	ck_assert_str_eq(judge_finding(j, 3)->path, "C:\\a.dll");
	finish(j);
}

END_TEST

/* ---- allow-lists -------------------------------------------------------- */

#define SHA_1 "1111111111111111111111111111111111111111111111111111111111111111"

static const struct pack_allow allow_sha = { ALLOW_SHA256, SHA_1, "our tool",
					     0 };
static const struct pack_allow allow_clsid = { ALLOW_CLSID, CLSID_A,
					       "password add-on", 0 };
static const struct pack_allow allow_path = { ALLOW_PATH, "C:\\Tools\\**",
					      "tools", 0 };
static const struct pack_allow allow_publisher = { ALLOW_PUBLISHER, "Good Corp",
						   "", 0 };

START_TEST(test_allow_sha256)
{
	struct judge *j = fx_judge();
	struct artefact *a = fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1);
	const struct finding *f;

	fx_set_sha256(a, '1');
	add(j, a);
	add(j,
	    fx_registered(bho(CLSID_A, SHARED "lib.dll"), FX_REG_BHO_LIB, -1));
	ck_assert_int_eq(only(j)->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(judge_add_allow(j, &allow_sha), 0);
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_NOTE);
	ck_assert_int_eq(f->score, 49);
	ck_assert_str_eq(f->sha256, SHA_1);
	ck_assert_ptr_nonnull(strstr(f->reason, "allow-list (our tool)"));
	ck_assert_ptr_nonnull(strstr(f->reason_ja, "許可リスト"));
	finish(j);
}

END_TEST

START_TEST(test_allow_never_lowers_strong_content)
{
	struct judge *j = fx_judge();
	struct artefact *a =
		fx_file("C:\\Tools\\a.dll", FX_CONTENT_CONSTANT, -1);
	const struct finding *f;

	fx_set_sha256(a, '1');
	add(j, a);
	judge_add_allow(j, &allow_sha);
	judge_add_allow(j, &allow_path);
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_MALICIOUS);
	ck_assert_int_eq(f->score, 95);
	ck_assert_ptr_nonnull(strstr(f->reason, "was not applied"));
	finish(j);
}

END_TEST

START_TEST(test_allow_does_not_cover_companions_and_streams)
{
	struct judge *j = fx_judge();
	struct artefact *a = fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1);

	fx_set_sha256(a, '1');
	add(j, a);
	add(j, fx_file(SHARED "lib.dll:x", FX_CONTENT_JPEG, -1));
	judge_add_allow(j, &allow_sha);
	/* 60 + 60/2: the stream is not what the digest names */
	ck_assert_int_eq(only(j)->verdict, VERDICT_MALICIOUS);
	finish(j);

	j = fx_judge();
	a = fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1);
	fx_set_sha256(a, '1');
	add(j, a);
	add(j, fx_file(SHARED "lib.sig", FX_NAME_LIB_SIG, -1));
	judge_add_allow(j, &allow_sha);
	ck_assert_int_eq(only(j)->verdict, VERDICT_SUSPICIOUS);
	finish(j);
}

END_TEST

START_TEST(test_allow_clsid_needs_all)
{
	struct judge *j = fx_judge();

	add(j, fx_registered(bho(CLSID_A, "C:\\x\\a.dll"), FX_REG_BHO_LIB, -1));
	judge_add_allow(j, &allow_clsid);
	ck_assert_int_eq(only(j)->verdict, VERDICT_NOTE);
	/* another registration of the same file that is not listed */
	add(j,
	    fx_registered(fx_registration(POINT_BHO, 64, NULL, CLSID_B, CLSID_B,
					  "C:\\x\\a.dll", BHO_KEY CLSID_B),
			  -1));
	ck_assert_int_eq(only(j)->verdict, VERDICT_SUSPICIOUS);
	finish(j);
}

END_TEST

START_TEST(test_allow_path_covers_members)
{
	struct judge *j = fx_judge();

	add(j, fx_member("C:\\tools\\x\\a.jar!b.class", FX_CONTENT_JAVA, -1));
	judge_add_allow(j, &allow_path);
	ck_assert_int_eq(only(j)->verdict, VERDICT_NOTE);
	finish(j);
}

END_TEST

START_TEST(test_allow_publisher_has_no_effect)
{
	struct judge *j = fx_judge();
	struct registration *r = bho(CLSID_A, "C:\\x\\a.dll");
	const struct finding *f;

	r->publisher = mem_strdup("Good Corp");
	add(j, fx_registered(r, FX_REG_BHO_LIB, -1));
	judge_add_allow(j, &allow_publisher);
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_SUSPICIOUS);
	ck_assert_ptr_nonnull(strstr(f->reason, "has not been checked"));
	ck_assert_ptr_nonnull(strstr(f->reason_ja, "署名が未確認"));
	finish(j);
}

END_TEST

static const struct {
	const char *pattern;
	const char *path;
	bool matches;
} globs[] = {
	{ "C:\\a.dll", "c:\\A.DLL", true },
	{ "C:\\a.dll", "C:\\a.dllx", false },
	{ "C:\\*.dll", "C:\\a.dll", true },
	{ "C:\\*.dll", "C:\\x\\a.dll", false },
	{ "C:\\**.dll", "C:\\x\\y\\a.dll", true },
	{ "C:\\**\\a*b.dll", "C:\\x\\y\\aXXb.dll", true },
	{ "C:\\**\\a*b.dll", "C:\\x\\a\\b.dll", false },
	{ "C:\\**\\q\\*.dll", "C:\\q\\r\\q\\z.dll", true },
	{ "C:\\?.dll", "C:\\\xE5\xA4\xAA.dll", true },
	{ "C:\\?a.dll", "C:\\\\a.dll", false },
	{ "*", "", true },
	{ "", "", true },
	{ "", "a", false },
	{ "**", "C:\\x\\y", true },
	{ "*", "C:\\x", false },
	/* would take ages where every star is tried against every other */
	{ "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  false },
	{ "**a**a**a**a**a**a**a**a**a**a**a**a**b",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  false },
};

START_TEST(test_allow_patterns)
{
	ck_assert_msg(glob_matches(globs[_i].pattern, globs[_i].path) ==
			      globs[_i].matches,
		      "%s on %s", globs[_i].pattern, globs[_i].path);
}

END_TEST

/* ---- reasons ------------------------------------------------------------ */

START_TEST(test_reason_in_full)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_file(TEMP "mstmp", FX_NAME_MSTMP, -1));
	add(j, fx_registered(filter(TEMP "mstmp"), FX_REG_MONKIF_SERVER, -1));
	f = only(j);
	ck_assert_str_eq(f->reason,
			 "Every web page is passed through mstmp's own filter. "
			 "Besides, the file mstmp lies in a folder for "
			 "temporary files. Internet Explorer loads it as the "
			 "MIME filter for \"text/html\" for the user "
			 "\"taro\".");
	/* No Japanese text at hand: kind, rule and its words. */
	ck_assert_ptr_nonnull(strstr(f->reason_ja, "レジストリの登録内容が"));
	ck_assert_ptr_nonnull(strstr(
		f->reason_ja,
		"ユーザー「taro」の Internet Explorer が、「text/html」の "
		"MIME フィルターとして読み込みます。"));
	finish(j);
}

END_TEST

static const char *fake_text(const void *arg, const char *key, const char *lang)
{
	(void)arg;
	if (strcmp(key, "rule.FX_NAME_MSTMP") != 0)
		return NULL;
	return strcmp(lang, "ja") == 0 ? "一時フォルダーに mstmp があります。"
				       : "A file named mstmp is in Temp.";
}

START_TEST(test_reason_uses_texts_of_the_pack)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	judge_set_text(j, fake_text, NULL);
	add(j, fx_file(TEMP "mstmp", FX_NAME_MSTMP, -1));
	f = only(j);
	ck_assert_str_eq(f->reason, "A file named mstmp is in Temp.");
	ck_assert_str_eq(f->reason_ja, "一時フォルダーに mstmp があります。");
	finish(j);
}

END_TEST

/* Said only where nothing of the file itself was found. */
START_TEST(test_reason_names_the_archive)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	ck_assert_int_eq(judge_add(j, fx_member("C:\\D\\a!b.zip!c!d.dll",
						FX_CONTENT_MISSPELT, -1)),
			 0);
	ck_assert_int_eq(judge_add(j, fx_file("C:\\D\\lib.dll",
					      FX_CONTENT_MISSPELT, -1)),
			 0);
	ck_assert_int_eq(judge_finish(j), 0);
	f = fx_find(j, "d.dll");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(
		strstr(f->reason, "It is packed in the archive \"a!b.zip\"."));
	ck_assert_ptr_nonnull(
		strstr(f->reason_ja, "アーカイブ「a!b.zip」の中にあります。"));
	f = fx_find(j, "lib.dll");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_null(strstr(f->reason, "packed"));
	judge_free(j);
	fx_release();
}

END_TEST

START_TEST(test_reason_bho_in_user_hive)
{
	struct judge *j = fx_judge();
	struct registration *r = fx_registration(
		POINT_BHO, 32, "太郎", CLSID_A, CLSID_A, SHARED "lib.dll",
		"HKU\\S-1-5-21-1\\Software\\x");
	const struct finding *f;

	r->loads = false;
	r->why_not = "user_hive";
	add(j, fx_registered(r, FX_REG_BHO_LIB, -1));
	f = only(j);
	ck_assert_ptr_nonnull(strstr(
		f->reason, "takes its list of Browser Helper Objects from HKLM "
			   "only"));
	ck_assert_ptr_nonnull(strstr(f->reason, "does not load it"));
	ck_assert_ptr_nonnull(strstr(f->reason, "太郎"));
	ck_assert_ptr_nonnull(strstr(f->reason_ja, "HKLM からのみ"));
	/* beside one that loads it: what was hit is told, and the other */
	add(j, fx_registered(bho(CLSID_A, SHARED "lib.dll"), -1));
	f = only(j);
	ck_assert_ptr_nonnull(strstr(
		f->reason, "It is registered as a Browser Helper Object for "
			   "the user \"太郎\""));
	ck_assert_ptr_nonnull(strstr(
		f->reason, "By another entry Internet Explorer loads it as a "
			   "Browser Helper Object for every user of this PC."));
	ck_assert_ptr_nonnull(strstr(f->reason_ja, "別の登録により"));
	ck_assert_ptr_nonnull(strstr(f->reason, "from HKLM only"));
	ck_assert_ptr_nonnull(strstr(f->reason, "1 further registration)"));
	finish(j);
}

END_TEST

/* An entry of a product that leads to the same file is not what was seen. */
START_TEST(test_reason_names_what_was_hit)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_registered(bho(CLSID_B, TEMP "mstmp"), -1));
	add(j, fx_registered(filter(TEMP "mstmp"), FX_REG_MONKIF_SERVER, -1));
	f = only(j);
	ck_assert_ptr_nonnull(strstr(f->reason,
				     "loads it as the MIME filter for "
				     "\"text/html\" for the user \"taro\""));
	ck_assert_ptr_null(strstr(f->reason, "Browser Helper Object"));
	ck_assert_ptr_nonnull(strstr(f->reason, "1 further registration)"));
	finish(j);
}

END_TEST

/* Of two that the same rule hit the one that is loaded. */
START_TEST(test_reason_names_what_is_loaded)
{
	struct judge *j = fx_judge();
	struct registration *gone = bho(CLSID_A, SHARED "lib.dll");
	const struct finding *f;

	gone->loads = false;
	gone->why_not = "disabled";
	add(j, fx_registered(gone, FX_REG_BHO_LIB, -1));
	add(j,
	    fx_registered(fx_registration(POINT_BHO, 64, NULL, CLSID_B, CLSID_B,
					  SHARED "lib.dll", BHO_KEY CLSID_B),
			  FX_REG_BHO_LIB, -1));
	f = only(j);
	ck_assert_ptr_nonnull(strstr(f->reason, "Internet Explorer loads it"));
	ck_assert_ptr_null(strstr(f->reason, "disabled"));
	/* A blank between what is not Japanese and what is. */
	ck_assert_ptr_nonnull(
		strstr(f->reason_ja,
		       "すべてのユーザー (ほかに 1 件の登録) の Internet "
		       "Explorer が、ブラウザー ヘルパー オブジェクト (BHO) "
		       "として読み込みます。"));
	finish(j);
}

END_TEST

static const struct {
	bool loads;
	enum file_exists exists;
	const char *path, *beside, *publisher;
	const char *says, *says_ja, *not_said;
} states[] = {
	{ true, EXISTS_YES, TEMP "a.dll", NULL, NULL,
	  "Internet Explorer loads it as", "として読み込みます", "publisher" },
	{ true, EXISTS_UNKNOWN, TEMP "a.dll", NULL, NULL,
	  "loads it if the file is there, which could not be seen",
	  "有無は確認できません", "loads it as" },
	{ true, EXISTS_NO, TEMP "a.dll", NULL, "Acme",
	  "but the file is not there", "ファイルがありません", "Acme" },
	{ true, EXISTS_UNKNOWN, NULL, NULL, NULL,
	  "it names no program file that could be looked at",
	  "確認できるプログラム ファイルがありません", "loads it" },
	{ false, EXISTS_NO, TEMP "a.dll", NULL, NULL,
	  "does not load it: it has been disabled; the file itself is not "
	  "there",
	  "ファイル自体もありません", "would load it" },
	{ true, EXISTS_YES, TEMP "a.dll", "a.vir (EXE)", "Acme Ltd.",
	  "The program calls \"Acme Ltd.\" its publisher, which has not been "
	  "checked.",
	  "発行元は「Acme Ltd.」", "antivirus" },
	/* What it says of itself ends no quotation, and no line. */
	{ true, EXISTS_YES, TEMP "a.dll", NULL, "A\". All is well.\n「b」",
	  "calls \"A'. All is well.?「b」\" its publisher",
	  "発行元は「A\". All is well.?'b'」", "\n" },
	{ true, EXISTS_NO, TEMP "a.dll", "a.cfg (?) | a.dll.vir (EXE)", NULL,
	  "Beside it lies \"a.dll.vir\", as an antivirus leaves",
	  "「a.dll.vir」", "a.cfg" },
	{ true, EXISTS_NO, TEMP "a.dll", "a.cfg (?) | a.vir (EXE)", NULL,
	  "Beside it lies \"a.vir\", as an antivirus leaves", "「a.vir」",
	  "a.cfg" },
	/* put aside as well, and not the program */
	{ true, EXISTS_NO, TEMP "a.dll", "a.cfg.vir (?) | a.dll.infected (EXE)",
	  NULL, "Beside it lies \"a.dll.infected\", as an antivirus leaves",
	  "「a.dll.infected」", "a.cfg" },
	{ true, EXISTS_NO, TEMP "a.dll", "a.cfg.vir (?)", NULL,
	  "the file is not there", "ファイルがありません", "antivirus" },
	{ true, EXISTS_NO, TEMP "a.dll", "a.vir.txt (TEXT) | a.virx (EXE)",
	  NULL, "the file is not there", "ファイルがありません", "antivirus" },
	{ true, EXISTS_NO, TEMP "a.dll", "a.vir", NULL, "the file is not there",
	  "ファイルがありません", "antivirus" },
	{ true, EXISTS_NO, TEMP "a.dll", "(", NULL, "the file is not there",
	  "ファイルがありません", "antivirus" },
};

START_TEST(test_reason_is_true)
{
	struct judge *j = fx_judge();
	struct registration *r = filter(states[_i].path);
	const struct finding *f;

	r->loads = states[_i].loads;
	r->why_not = r->loads ? NULL : "disabled";
	r->exists = states[_i].exists;
	r->beside = mem_strdup(states[_i].beside);
	r->publisher = mem_strdup(states[_i].publisher);
	add(j, fx_registered(r, FX_REG_HTML_UNKNOWN, -1));
	f = only(j);
	ck_assert_msg(strstr(f->reason, states[_i].says) != NULL, "%s",
		      f->reason);
	ck_assert_msg(strstr(f->reason_ja, states[_i].says_ja) != NULL, "%s",
		      f->reason_ja);
	ck_assert_msg(strstr(f->reason, states[_i].not_said) == NULL, "%s",
		      f->reason);
	finish(j);
}

END_TEST

static const char *const why_nots[] = { "user_hive",
					"local_server_only",
					"virtual_store",
					"disabled",
					"malformed_name",
					"no_class",
					"no_server",
					"wrong_place",
					"other_version",
					"something_new",
					NULL };

START_TEST(test_reason_why_not)
{
	struct judge *j = fx_judge();
	struct registration *r = filter(TEMP "mstmp");
	const struct finding *f;

	r->loads = false;
	r->why_not = why_nots[_i];
	add(j, fx_registered(r, FX_REG_MONKIF_SERVER, -1));
	f = only(j);
	ck_assert_ptr_nonnull(strstr(f->reason, "does not load it: "));
	ck_assert_ptr_nonnull(strstr(f->reason_ja, "理由: "));
	/* never the bare word of the program */
	if (why_nots[_i] != NULL && strchr(why_nots[_i], '_') != NULL)
		ck_assert_ptr_null(strstr(f->reason, why_nots[_i]));
	finish(j);
}

END_TEST

/* Each word that there is has a sentence of its own. */
START_TEST(test_reason_of_each_word)
{
	static const char unknown[] = "the registration is not effective";
	const char *word;

	for (size_t i = 0; (word = why_not_word(i)) != NULL; i++) {
		struct judge *j = fx_judge();
		struct registration *r = filter(TEMP "mstmp");

		r->loads = false;
		r->why_not = word;
		add(j, fx_registered(r, FX_REG_MONKIF_SERVER, -1));
		ck_assert_msg(strstr(only(j)->reason, unknown) == NULL, "%s",
			      word);
		finish(j);
	}
}

END_TEST

START_TEST(test_reason_hostile_name_is_bounded)
{
	struct judge *j = fx_judge();
	struct str name = STR_INIT;
	struct registration *r;
	const struct finding *f;

	for (int i = 0; i < 30000; i++)
		str_add(&name, "長い");
	r = fx_registration(POINT_MIME_FILTER, 32, "taro", str_text(&name),
			    CLSID_A, TEMP "mstmp", FILTER);
	add(j, fx_registered(r, FX_REG_MONKIF_SERVER, -1));
	f = only(j);
	ck_assert_uint_lt(strlen(f->reason), 600);
	ck_assert_uint_lt(strlen(f->reason_ja), 900);
	ck_assert(!utf_needs_escape(f->reason)); /* cut between characters */
	str_release(&name);
	finish(j);
}

END_TEST

START_TEST(test_traces_alone)
{
	struct judge *j = fx_judge();
	const struct finding *f;

	add(j, fx_trace("C:\\Users\\taro\\x", FX_TRACE_STATS, -1));
	f = only(j);
	ck_assert_int_eq(f->verdict, VERDICT_NOTE);
	ck_assert_ptr_nonnull(strstr(f->reason, "Traces alone"));
	finish(j);
}

END_TEST

/* Every allocation fails once: an error, no crash, and then it works. */
START_TEST(test_memory_short)
{
	struct judge *j = fx_judge();
	int64_t n;

	add(j, fx_file(SHARED "lib.dll", FX_NAME_LIB_DLL, -1));
	add(j, fx_file(SHARED "lib.sig", FX_NAME_LIB_SIG, -1));
	add(j,
	    fx_registered(bho(CLSID_A, SHARED "lib.dll"), FX_REG_BHO_LIB, -1));
	for (n = 1; n < 1000; n++) {
		int err;

		mem_fail_after(n);
		err = judge_finish(j);
		mem_fail_after(0);
		if (err == 0)
			break;
		ck_assert_uint_eq(judge_finding_count(j), 0);
	}
	ck_assert_int_gt(n, 10);
	ck_assert_int_lt(n, 1000);
	ck_assert_uint_eq(judge_finding_count(j), 1);
	ck_assert_int_eq(judge_finding(j, 0)->verdict, VERDICT_MALICIOUS);
	finish(j);
}

END_TEST

/* What is one finding is never two, and nothing of what is said goes. */
START_TEST(test_memory_short_for_what_was_put_aside)
{
	struct judge *j = fx_judge();
	struct registration *r = bho(CLSID_A, SHARED "lib.dll");
	int64_t n;

	r->exists = EXISTS_NO;
	r->beside = mem_strdup("lib.dll.vir (EXE)");
	add(j, fx_registered(r, FX_REG_BHO_LIB, -1));
	add(j, fx_file(SHARED "lib.dll.vir", FX_CONTENT_CONSTANT, -1));
	for (n = 1; n < 1000; n++) {
		int err;

		mem_fail_after(n);
		err = judge_finish(j);
		mem_fail_after(0);
		if (err == 0)
			break;
		ck_assert_int_eq(err, ERR_NOMEM);
	}
	ck_assert_int_gt(n, 10);
	ck_assert_int_lt(n, 1000);
	ck_assert_uint_eq(judge_finding_count(j), 1);
	ck_assert_ptr_nonnull(
		strstr(judge_finding(j, 0)->reason, "Beside it lies"));
	ck_assert_ptr_nonnull(
		strstr(judge_finding(j, 0)->reason_ja, "lib.dll.vir"));
	finish(j);
}

END_TEST

#define LOOP(t, fn, table)                                                     \
	tcase_add_loop_test(t, fn, 0, (int)(sizeof(table) / sizeof(*(table))))

static Suite *judge_suite(void)
{
	Suite *s = suite_create("judge");
	TCase *t = tcase_create("judge");

	tcase_add_test(t, test_temp_of_a_user_is_never_more_than_suspicious);
	tcase_add_test(t, test_a_copy_is_called_one);
	tcase_add_test(t, test_dots_at_the_end_are_one_finding);
	tcase_add_test(t, test_dots_without_the_plain_name);
	tcase_add_test(t, test_virtual_store_and_its_entry);
	tcase_add_test(t, test_what_an_antivirus_put_aside);
	tcase_add_test(t, test_virtual_store_of_two_users);
	tcase_add_test(t, test_monkif_filter_with_file);
	tcase_add_test(t, test_monkif_filter_without_file);
	tcase_add_test(t, test_unknown_filter);
	LOOP(t, test_alone, alone);
	tcase_add_test(t, test_exploit_class);
	tcase_add_test(t, test_lib_dll_with_bho);
	tcase_add_test(t, test_lib_sig_with_registration);
	tcase_add_test(t, test_lib_dll_and_sig_without_bho);
	tcase_add_test(t, test_nothing);
	tcase_add_test(t, test_case_streams_and_unmatched_registration);
	tcase_add_test(t, test_stream_alone);
	tcase_add_test(t, test_members_share_their_container);
	tcase_add_test(t, test_orphans_group_by_clsid_then_key);
	tcase_add_test(t, test_companion_needs_a_sibling);
	tcase_add_test(t, test_companion_circle);
	tcase_add_test(t, test_first_registration_order);
	tcase_add_test(t, test_order_of_adding);
	tcase_add_test(t, test_worst_first);
	tcase_add_test(t, test_allow_sha256);
	tcase_add_test(t, test_allow_never_lowers_strong_content);
	tcase_add_test(t, test_allow_does_not_cover_companions_and_streams);
	tcase_add_test(t, test_allow_clsid_needs_all);
	tcase_add_test(t, test_allow_path_covers_members);
	tcase_add_test(t, test_allow_publisher_has_no_effect);
	LOOP(t, test_allow_patterns, globs);
	tcase_add_test(t, test_reason_in_full);
	tcase_add_test(t, test_reason_uses_texts_of_the_pack);
	tcase_add_test(t, test_reason_names_the_archive);
	tcase_add_test(t, test_reason_bho_in_user_hive);
	tcase_add_test(t, test_reason_names_what_was_hit);
	tcase_add_test(t, test_reason_names_what_is_loaded);
	LOOP(t, test_reason_is_true, states);
	LOOP(t, test_reason_why_not, why_nots);
	tcase_add_test(t, test_reason_of_each_word);
	tcase_add_test(t, test_reason_hostile_name_is_bounded);
	tcase_add_test(t, test_traces_alone);
	tcase_add_test(t, test_memory_short);
	tcase_add_test(t, test_memory_short_for_what_was_put_aside);
	suite_add_tcase(s, t);
	return s;
}

UNIT_SUITE(judge_suite)
