/*
 * Unit tests of the registration walker over a small offline Windows 7 x64
 * that is made here: hives with one case for every rule of CONTRACT.md 6.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "hive_make.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/registration.h"
#include "registry/reg_backend.h"
#include "target/target_private.h"
#include <string.h>

#define SID "S-1-5-21-1-2-3-1001"
#define BHO                                                                    \
	"Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser Helper Objects"
#define IE  "Microsoft\\Internet Explorer"
#define EXT "Microsoft\\Windows\\CurrentVersion\\Ext\\Settings"

/* {XX000000-0000-0000-0000-000000000000} */
#define ID(xx) "{" xx "000000-0000-0000-0000-000000000000}"

/* ---- the made-up Windows ------------------------------------------------ */

struct pc {
	char *top; /* host folder that holds Windows */
	struct hive_make *software;
	struct hive_make *system;
	struct hive_make *ntuser;
	struct hive_make *classes;
};

/* 0 for test cases that need no other: Windows 7 x64 */
enum pc_kind {
	PC_WIN7_X64,
	PC_XP_X86,
	PC_XP_X64
};

static unsigned pc_number;

static void make_folders(const char *top, const char *path)
{
	struct str s = STR_INIT;
	const char *p = path;

	str_add(&s, top);
	while (*p) {
		size_t n = strcspn(p, "/");

		str_addch(&s, host_separator());
		str_addn(&s, p, n);
		host_mkdir(str_text(&s));
		p += p[n] ? n + 1 : n;
	}
	str_release(&s);
}

static void write_at(const struct pc *pc, const char *path, const void *data,
		     size_t nbytes)
{
	struct str s = STR_INIT;
	const char *slash = strrchr(path, '/');
	char *folder = mem_strndup(path, slash ? (size_t)(slash - path) : 0);
	const char *p;

	make_folders(pc->top, folder);
	str_add(&s, pc->top);
	str_addch(&s, host_separator());
	for (p = path; *p; p++)
		str_addch(&s, *p == '/' ? host_separator() : *p);
	ck_assert_int_eq(host_write_file(str_text(&s), data, nbytes), 0);
	str_release(&s);
	mem_free(folder);
}

static void file_at(const struct pc *pc, const char *path)
{
	write_at(pc, path, path, strlen(path));
}

static void hive_at(const struct pc *pc, const char *path, struct hive_make *h)
{
	size_t nbytes;
	uint8_t *data = hive_make_finish(h, &nbytes);

	write_at(pc, path, data, nbytes);
	mem_free(data);
}

static void pc_start(struct pc *pc, enum pc_kind kind)
{
	char *temp = host_getenv("TMPDIR");
	struct str s = STR_INIT;
	char *absolute;

	if (!temp)
		temp = host_getenv("TEMP");
	memset(pc, 0, sizeof(*pc));
	absolute = host_absolute_path(temp ? temp : ".");
	str_addf(&s, "pc-%" PRIu64 "-%u", (uint64_t)host_now(), pc_number++);
	pc->top = host_join(absolute, str_text(&s));
	str_release(&s);
	mem_free(absolute);
	mem_free(temp);
	ck_assert_int_eq(host_mkdir(pc->top), 0);
	pc->software = hive_make_new();
	pc->system = hive_make_new();
	pc->ntuser = hive_make_new();
	pc->classes = hive_make_new();
	hive_make_text(pc->software, "Microsoft\\Windows NT\\CurrentVersion",
		       "CurrentVersion",
		       kind == PC_WIN7_X64 ? "6.1"
		       : kind == PC_XP_X64 ? "5.2"
					   : "5.1");
	hive_make_text(pc->software, "Microsoft\\Windows NT\\CurrentVersion",
		       "SystemRoot", "C:\\Windows");
	hive_make_text(pc->software, "Microsoft\\Windows\\CurrentVersion",
		       "ProgramFilesDir", "C:\\Program Files");
	if (kind != PC_XP_X86)
		hive_make_text(
			pc->software, "Microsoft\\Windows\\CurrentVersion",
			"ProgramFilesDir (x86)", "C:\\Program Files (x86)");
	hive_make_expand(
		pc->software,
		"Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\" SID,
		"ProfileImagePath", "%SystemDrive%\\Users\\taro");
	hive_make_text(pc->system,
		       "ControlSet001\\Control\\Session Manager\\Environment",
		       "PROCESSOR_ARCHITECTURE",
		       kind == PC_XP_X86 ? "x86" : "AMD64");
	hive_make_dword(pc->system, "Select", "Current", 1);
	hive_make_expand(pc->ntuser, "Environment", "TEMP",
			 "%USERPROFILE%\\AppData\\Local\\Temp");
	file_at(pc, "Windows/System32/kernel32.dll");
	if (kind != PC_XP_X86)
		file_at(pc, "Windows/SysWOW64/kernel32.dll");
}

static const char *usrclass_path(void)
{
	return "Users/taro/AppData/Local/Microsoft/Windows/UsrClass.dat";
}

static struct target *pc_open(struct pc *pc, struct gap_sink *gaps)
{
	struct target_options options = { .kind = TARGET_OFFLINE,
					  .root = pc->top,
					  .gaps = gaps };
	struct target *t = NULL;

	hive_at(pc, "Windows/System32/config/SOFTWARE", pc->software);
	hive_at(pc, "Windows/System32/config/SYSTEM", pc->system);
	hive_at(pc, "Users/taro/NTUSER.DAT", pc->ntuser);
	hive_at(pc, usrclass_path(), pc->classes);
	ck_assert_int_eq(target_open(&options, &t), 0);
	return t;
}

static void pc_end(struct pc *pc)
{
	hive_make_free(pc->software);
	hive_make_free(pc->system);
	hive_make_free(pc->ntuser);
	hive_make_free(pc->classes);
	mem_free(pc->top);
}

/* ---- what a walk gives --------------------------------------------------- */

struct result {
	struct gap_sink sink; /* first */
	struct str gaps;      /* "kind path\n" */
	struct vec rows;      /* struct registration * */
	struct target *t;
};

static void add_gap(struct gap_sink *sink, const struct gap *gap)
{
	struct result *r = (struct result *)sink;

	str_addf(&r->gaps, "%s %s\n", gap_kind_name(gap->kind),
		 gap->path ? gap->path : "");
}

static int keep_row(void *arg, struct registration *row, bool *keep_ret)
{
	struct result *r = arg;
	struct registration **slot = vec_push(&r->rows);

	ck_assert_ptr_nonnull(slot);
	*slot = row;
	*keep_ret = true;
	return 0;
}

static void walk(struct pc *pc, struct result *r)
{
	memset(r, 0, sizeof(*r));
	r->sink.add = add_gap;
	r->rows = (struct vec)VEC_INIT(struct registration *, 100000);
	r->t = pc_open(pc, &r->sink);
	ck_assert_int_eq(registrations_walk(r->t,
					    &(struct registrations_options){
						    &r->sink, false, NULL },
					    keep_row, r),
			 0);
}

static void result_release(struct result *r)
{
	size_t i;

	for (i = 0; i < r->rows.count; i++)
		registration_free(*(struct registration **)vec_at(&r->rows, i));
	vec_release(&r->rows);
	str_release(&r->gaps);
	target_free(r->t);
}

/* user NULL: the machine's row. */
static struct registration *find_row(const struct result *r, enum point point,
				     int view, const char *user,
				     const char *name)
{
	size_t i;

	for (i = 0; i < r->rows.count; i++) {
		struct registration *row =
			*(struct registration **)vec_at(&r->rows, i);

		if (row->point == point && row->view == view &&
		    !strcmp(row->name, name) && !row->user_name == !user &&
		    (!user || !strcmp(row->user_name, user)))
			return row;
	}
	return NULL;
}

static struct registration *need(const struct result *r, enum point point,
				 int view, const char *user, const char *name)
{
	struct registration *row = find_row(r, point, view, user, name);

	ck_assert_msg(row != NULL, "no row %s %d %s %s", point_name(point),
		      view, user ? user : "machine", name);
	return row;
}

static size_t count_rows(const struct result *r, enum point point,
			 const char *name)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < r->rows.count; i++) {
		const struct registration *row =
			*(struct registration **)vec_at(&r->rows, i);

		n += row->point == point && !strcmp(row->name, name);
	}
	return n;
}

static bool has_side(const struct registration *row, const char *kind,
		     const char *key)
{
	size_t i;

	for (i = 0; i < row->side_count; i++)
		if (!strcmp(row->sides[i].kind, kind) &&
		    !strcmp(row->sides[i].key, key))
			return true;
	return false;
}

/* What is walked for `got` is walked once: open hives are not written again. */
#define SAME(got, want)                                                        \
	do {                                                                   \
		const char *got_ = (got), *want_ = (want);                     \
                                                                               \
		ck_assert_msg(got_ && !strcmp(got_, want_),                    \
			      "got \"%s\", want \"%s\"", got_ ? got_ : "NULL", \
			      want_);                                          \
	} while (0)

/* HKLM class of a view. */
static void machine_class(struct pc *pc, int view, const char *id,
			  const char *server)
{
	struct str s = STR_INIT;

	str_addf(&s, "Classes\\%sCLSID\\%s\\InProcServer32",
		 view == 32 ? "Wow6432Node\\" : "", id);
	hive_make_expand(pc->software, str_text(&s), "", server);
	hive_make_text(pc->software, str_text(&s), "ThreadingModel",
		       "Apartment");
	str_release(&s);
}

/* ---- the tests ----------------------------------------------------------- */

START_TEST(machine_views_are_apart)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_text(pc.software, BHO "\\" ID("01"), "", "A label");
	machine_class(&pc, 64, ID("01"), "%ProgramFiles%\\Good\\good.dll");
	hive_make_text(pc.software, "Classes\\CLSID\\" ID("01"), "",
		       "Good Class");
	hive_make_key(pc.software, "Wow6432Node\\" BHO "\\" ID("02"));
	machine_class(&pc, 32, ID("02"), "%ProgramFiles%\\Shared\\lib.dll");
	/* a class of the other view is none */
	hive_make_key(pc.software, BHO "\\" ID("02"));
	file_at(&pc, "Program Files/Good/Good.DLL");
	file_at(&pc, "Program Files (x86)/Shared/lib.dll");
	walk(&pc, &r);

	row = need(&r, POINT_BHO, 64, NULL, ID("01"));
	SAME(row->registry_key, "HKLM\\SOFTWARE\\" BHO "\\" ID("01"));
	SAME(row->class_key, "HKLM\\SOFTWARE\\Classes\\CLSID\\" ID("01"));
	SAME(row->label, "A label");
	SAME(row->class_name, "Good Class");
	SAME(row->server_raw, "%ProgramFiles%\\Good\\good.dll");
	SAME(row->server_path, "C:\\Program Files\\Good\\Good.DLL");
	SAME(row->threading, "Apartment");
	ck_assert_ptr_null(row->trust); /* nobody asked */
	ck_assert_int_eq(row->exists, EXISTS_YES);
	ck_assert(row->loads);
	ck_assert_uint_eq(row->file_size, 27);
	ck_assert_int_eq(row->last_write, INT64_C(129299760000000000));
	{
		char hex[65];

		digest_sha256_hex("Program Files/Good/Good.DLL", 27, hex);
		SAME(row->sha256, hex);
	}
	row = need(&r, POINT_BHO, 32, NULL, ID("02"));
	SAME(row->registry_key,
	     "HKLM\\SOFTWARE\\Wow6432Node\\" BHO "\\" ID("02"));
	SAME(row->class_key,
	     "HKLM\\SOFTWARE\\Classes\\Wow6432Node\\CLSID\\" ID("02"));
	SAME(row->server_path, "C:\\Program Files (x86)\\Shared\\lib.dll");
	row = need(&r, POINT_BHO, 64, NULL, ID("02"));
	SAME(row->why_not, "no_class");
	ck_assert(!row->loads);
	ck_assert_ptr_null(row->server_path);
	ck_assert_ptr_null(row->class_key);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(monkif_filter_in_the_users_classes)
{
	/* Data without a final NUL, as the dropper writes them. */
	static const char mstmp[] = "%TEMP%\\mstmp.";
	uint8_t bytes[64];
	struct pc pc;
	struct result r;
	struct registration *row;
	size_t i;

	for (i = 0; mstmp[i]; i++)
		bytes_put_le16(bytes + 2 * i, (uint8_t)mstmp[i]);
	pc_start(&pc, PC_WIN7_X64);
	hive_make_text(pc.classes, "PROTOCOLS\\Filter\\text/html", "",
		       "A filter");
	hive_make_text(pc.classes, "PROTOCOLS\\Filter\\text/html", "CLSID",
		       "{aa000000-0000-0000-0000-000000000000}");
	hive_make_value(pc.classes,
			"Wow6432Node\\CLSID\\" ID("AA") "\\InProcServer32", "",
			1, bytes, i * 2);
	file_at(&pc, "Users/taro/AppData/Local/Temp/mstmp");
	walk(&pc, &r);

	/* the class is in the 32-bit view only: one row, not two */
	ck_assert_uint_eq(count_rows(&r, POINT_MIME_FILTER, "text/html"), 1);
	row = need(&r, POINT_MIME_FILTER, 32, "taro", "text/html");
	SAME(row->user_sid, SID);
	SAME(row->clsid, ID("AA"));
	SAME(row->registry_key,
	     "HKU\\" SID "_Classes\\PROTOCOLS\\Filter\\text/html");
	SAME(row->class_key,
	     "HKU\\" SID "_Classes\\Wow6432Node\\CLSID\\" ID("AA"));
	SAME(row->server_raw, "%TEMP%\\mstmp.");
	SAME(row->server_path, "C:\\Users\\taro\\AppData\\Local\\Temp\\mstmp");
	ck_assert_int_eq(row->exists, EXISTS_YES);
	ck_assert(row->loads);
	ck_assert(has_side(row, "clsid", row->class_key));
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* What a user says of his temporary folder counts for his rows alone. */
START_TEST(location_and_place_are_those_of_the_rows_user)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_text(pc.ntuser, "Environment", "TMP", "C:\\Apps\\Acct");
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\text/html",
		       "CLSID", ID("01"));
	machine_class(&pc, 64, ID("01"), "C:\\Apps\\Acct\\acct.dll");
	hive_make_text(pc.classes, "PROTOCOLS\\Filter\\text/html", "CLSID",
		       ID("AA"));
	hive_make_text(pc.classes, "CLSID\\" ID("AA") "\\InprocServer32", "",
		       "C:\\Apps\\Acct\\own.dll");
	hive_make_text(pc.software,
		       "Microsoft\\Windows\\CurrentVersion\\Explorer\\Browser "
		       "Helper Objects\\" ID("02"),
		       "", "x");
	machine_class(&pc, 64, ID("02"), "C:\\PROGRA~1\\Shared\\lib.dll");
	file_at(&pc, "Apps/Acct/acct.dll");
	file_at(&pc, "Program Files/Shared/other.dll");
	walk(&pc, &r);
	row = need(&r, POINT_MIME_FILTER, 64, NULL, "text/html");
	SAME(row->location, "other");
	SAME(row->place, "C:\\Apps\\Acct\\acct.dll");
	row = need(&r, POINT_MIME_FILTER, 64, "taro", "text/html");
	SAME(row->location, "temp");
	/* By the spelling of what is there, though the file itself is gone. */
	row = need(&r, POINT_BHO, 64, NULL, ID("02"));
	ck_assert_int_eq(row->exists, EXISTS_NO);
	SAME(row->location, "program_files");
	SAME(row->place, "%ProgramFiles%\\Shared\\lib.dll");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(shared_keys_give_a_row_for_each_view)
{
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\text/xml",
		       "CLSID", ID("01"));
	machine_class(&pc, 64, ID("01"), "xml.dll");
	machine_class(&pc, 32, ID("01"), "xml.dll");
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Handler\\orphan",
		       "CLSID", ID("02"));
	hive_make_text(pc.software,
		       "Classes\\PROTOCOLS\\Name-Space Handler\\http\\foo",
		       "CLSID", ID("01"));
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\a/b\\deeper",
		       "CLSID", ID("01"));
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\empty", "",
		       "no class at all");
	/* Windows 7's own link, as a link: nothing is read twice */
	hive_make_link(pc.software, "Wow6432Node\\Classes",
		       "\\Registry\\Machine\\Software\\Classes\\Wow6432Node");
	file_at(&pc, "Windows/SysWOW64/xml.dll");
	walk(&pc, &r);

	SAME(need(&r, POINT_MIME_FILTER, 64, NULL, "text/xml")->server_path,
	     "C:\\Windows\\System32\\xml.dll");
	ck_assert_int_eq(
		need(&r, POINT_MIME_FILTER, 64, NULL, "text/xml")->exists,
		EXISTS_NO);
	SAME(need(&r, POINT_MIME_FILTER, 32, NULL, "text/xml")->server_path,
	     "C:\\Windows\\SysWOW64\\xml.dll");
	ck_assert_uint_eq(count_rows(&r, POINT_MIME_FILTER, "text/xml"), 2);
	SAME(need(&r, POINT_PROTOCOL_HANDLER, 0, NULL, "orphan")->why_not,
	     "no_class");
	need(&r, POINT_NAMESPACE_HANDLER, 64, NULL, "http\\foo");
	need(&r, POINT_NAMESPACE_HANDLER, 32, NULL, "http\\foo");
	ck_assert_uint_eq(count_rows(&r, POINT_NAMESPACE_HANDLER, "http"), 0);
	need(&r, POINT_MIME_FILTER, 64, NULL, "a/b\\deeper");
	ck_assert_uint_eq(count_rows(&r, POINT_MIME_FILTER, "a/b"), 0);
	SAME(need(&r, POINT_MIME_FILTER, 0, NULL, "empty")->why_not,
	     "no_class");
	ck_assert_ptr_null(strstr(str_text(&r.gaps), "registry_link"));
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(the_users_classes_win)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	machine_class(&pc, 64, ID("01"), "C:\\good.dll");
	hive_make_text(pc.software, "Classes\\CLSID\\" ID("01") "\\ProgID", "",
		       "Good.Good");
	hive_make_text(pc.classes, "CLSID\\" ID("01") "\\InprocServer32", "",
		       "C:\\evil.dll");
	walk(&pc, &r);

	row = need(&r, POINT_BHO, 64, NULL, ID("01"));
	SAME(row->server_path, "C:\\good.dll");
	/* for this user the machine's BHO loads another file */
	row = need(&r, POINT_BHO, 64, "taro", ID("01"));
	SAME(row->server_path, "C:\\evil.dll");
	SAME(row->class_key, "HKU\\" SID "_Classes\\CLSID\\" ID("01"));
	SAME(row->registry_key, "HKLM\\SOFTWARE\\" BHO "\\" ID("01"));
	SAME(row->progid, "Good.Good"); /* merged */
	SAME(row->threading, "Apartment");
	ck_assert(row->loads);
	ck_assert_uint_eq(count_rows(&r, POINT_BHO, ID("01")), 2);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

#define FILTER "PROTOCOLS\\Filter\\"

/* A user's entry with a class of its own number. */
static void users_filter(struct pc *pc, const char *mime, const char *id)
{
	struct str s = STR_INIT;

	str_addf(&s, FILTER "%s", mime);
	hive_make_text(pc->classes, str_text(&s), "CLSID", id);
	str_release(&s);
}

static void check_owners(const struct registration *row,
			 const char *class_owner, const char *path_owner)
{
	ck_assert_pstr_eq(row->class_owner, class_owner);
	ck_assert_pstr_eq(row->path_owner, path_owner);
}

/* Who could have written what an entry leads to. */
START_TEST(what_an_entry_leads_to_has_an_owner)
{
	static const struct {
		const char *mime, *id, *server;
		const char *class_owner, *path_owner; /* HKLM classes */
	} paths[] = {
		{ "a/plain", ID("11"), "C:\\a.dll", NULL, NULL },
		{ "a/root", ID("12"), "%SystemRoot%\\a.dll", NULL, NULL },
		{ "a/temp", ID("13"), "%TEMP%\\a.dll", NULL, SID },
		{ "a/own", ID("14"), "%ProgramW6432%\\a.dll", NULL, SID },
		/* What only he has, whatever its value. */
		{ "a/lone", ID("15"), "%HISOWN%\\a.dll", NULL, SID },
	};
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_text(pc.ntuser, "Environment", "ProgramW6432", "C:\\Mine");
	hive_make_text(pc.ntuser, "Environment", "HISOWN", "C:\\Windows");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		machine_class(&pc, 64, paths[i].id, paths[i].server);
		users_filter(&pc, paths[i].mime, paths[i].id);
	}
	/* The machine's entry, whose class he has, too, or leads elsewhere. */
	hive_make_key(pc.software, BHO "\\" ID("01"));
	hive_make_key(pc.software, BHO "\\" ID("02"));
	hive_make_key(pc.software, BHO "\\" ID("13"));
	machine_class(&pc, 64, ID("01"), "C:\\good.dll");
	machine_class(&pc, 64, ID("02"), "C:\\good.dll");
	hive_make_text(pc.classes, "CLSID\\" ID("01") "\\InprocServer32", "",
		       "C:\\evil.dll");
	hive_make_text(pc.classes, "CLSID\\" ID("02") "\\TreatAs", "",
		       ID("11"));
	/* His ProgID, the machine's class. */
	hive_make_text(pc.software, "Classes\\" FILTER "a/progid", "CLSID",
		       "His.Name");
	hive_make_text(pc.classes, "His.Name\\CLSID", "", ID("11"));
	walk(&pc, &r);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		check_owners(
			need(&r, POINT_MIME_FILTER, 64, "taro", paths[i].mime),
			paths[i].class_owner, paths[i].path_owner);
	check_owners(need(&r, POINT_BHO, 64, NULL, ID("01")), NULL, NULL);
	check_owners(need(&r, POINT_BHO, 64, "taro", ID("01")), SID, NULL);
	check_owners(need(&r, POINT_BHO, 64, NULL, ID("02")), NULL, NULL);
	check_owners(need(&r, POINT_BHO, 64, "taro", ID("02")), SID, NULL);
	check_owners(need(&r, POINT_BHO, 64, NULL, ID("13")), NULL, NULL);
	check_owners(need(&r, POINT_MIME_FILTER, 64, "taro", "a/progid"), SID,
		     NULL);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* A class of the machine's is no side of what a user's variables make. */
START_TEST(a_users_variables_make_no_side_keys)
{
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	machine_class(&pc, 64, ID("21"), "C:\\Mine\\a.dll");
	machine_class(&pc, 32, ID("21"), "%ProgramW6432%\\a.dll");
	hive_make_text(pc.ntuser, "Environment", "ProgramW6432", "C:\\Mine");
	users_filter(&pc, "a/sides", ID("21"));
	walk(&pc, &r);
	ck_assert(!has_side(
		need(&r, POINT_MIME_FILTER, 64, "taro", "a/sides"), "clsid",
		"HKLM\\SOFTWARE\\Classes\\Wow6432Node\\CLSID\\" ID("21")));
	result_release(&r);
	pc_end(&pc);
}

END_TEST
#undef FILTER

/* The value CLSID of a filter is whatever CLSIDFromString takes. */
START_TEST(a_filter_may_name_its_class_otherwise)
{
#define FILTER "PROTOCOLS\\Filter\\"

	static const struct {
		const char *mime, *value;
	} odd[] = {
		{ "a/lower", "{ab000000-0000-0000-0000-000000000000}" },
		{ "a/progid", "evil.FILTER.1" },
		{ "a/open", "{AB000000-0000-0000-0000-000000000000" },
		{ "a/more", "{AB000000-0000-0000-0000-000000000000}x" },
		{ "a/bare", "AB000000-0000-0000-0000-000000000000" },
		{ "a/none", "No.Such.Name" },
		{ "a/nothing", "Bad.Name" },
	};
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	machine_class(&pc, 64, ID("AB"), "C:\\evil.dll");
	machine_class(&pc, 64, ID("AC"), "C:\\other.dll");
	hive_make_text(pc.software, "Classes\\Evil.Filter.1\\CLSID", "",
		       ID("AB"));
	hive_make_text(pc.software, "Classes\\Bad.Name\\CLSID", "",
		       ID("AB") "x");
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct str s = STR_INIT;

		str_addf(&s, "Classes\\" FILTER "%s", odd[i].mime);
		hive_make_text(pc.software, str_text(&s), "CLSID",
			       odd[i].value);
		str_release(&s);
	}
	/* One user's ProgID of that name is another class for him. */
	hive_make_text(pc.classes, "Evil.Filter.1\\CLSID", "", ID("AC"));
	walk(&pc, &r);

	row = need(&r, POINT_MIME_FILTER, 64, NULL, "a/lower");
	SAME(row->server_path, "C:\\evil.dll");
	ck_assert(row->loads);
	row = need(&r, POINT_MIME_FILTER, 64, NULL, "a/progid");
	SAME(row->server_path, "C:\\evil.dll");
	SAME(row->clsid, ID("AB"));
	SAME(row->progid, "evil.FILTER.1");
	ck_assert(row->loads);
	ck_assert(has_side(row, "progid",
			   "HKLM\\SOFTWARE\\Classes\\evil.FILTER.1"));
	row = need(&r, POINT_MIME_FILTER, 64, "taro", "a/progid");
	SAME(row->server_path, "C:\\other.dll");
	SAME(row->clsid, ID("AC"));
	/* Windows fails, but has filled in the class. */
	row = need(&r, POINT_MIME_FILTER, 64, NULL, "a/open");
	SAME(row->server_path, "C:\\evil.dll");
	SAME(row->why_not, "malformed_name");
	row = need(&r, POINT_MIME_FILTER, 64, NULL, "a/more");
	SAME(row->server_path, "C:\\evil.dll");
	SAME(row->why_not, "malformed_name");
	/* These lead nowhere. */
	ck_assert_ptr_null(
		need(&r, POINT_MIME_FILTER, 0, NULL, "a/bare")->server_path);
	ck_assert_ptr_null(
		need(&r, POINT_MIME_FILTER, 0, NULL, "a/none")->server_path);
	ck_assert_ptr_null(
		need(&r, POINT_MIME_FILTER, 0, NULL, "a/nothing")->server_path);
	result_release(&r);
	pc_end(&pc);
#undef FILTER
}

END_TEST

START_TEST(a_bho_of_a_user_is_listed_and_not_loaded)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.ntuser, "Software\\" BHO "\\" ID("01"));
	machine_class(&pc, 32, ID("01"), "C:\\x.dll");
	hive_make_key(pc.ntuser, "Software\\Wow6432Node\\" BHO "\\" ID("02"));
	hive_make_key(pc.classes,
		      "VirtualStore\\MACHINE\\SOFTWARE\\Wow6432Node\\" BHO
		      "\\" ID("03"));
	hive_make_text(pc.classes,
		       "VirtualStore\\MACHINE\\SOFTWARE\\Classes\\Wow6432Node"
		       "\\CLSID\\" ID("03") "\\InprocServer32",
		       "", "C:\\y.dll");
	walk(&pc, &r);

	row = need(&r, POINT_BHO, 32, "taro", ID("01"));
	SAME(row->why_not, "user_hive");
	SAME(row->server_path, "C:\\x.dll");
	SAME(row->registry_key, "HKU\\" SID "\\Software\\" BHO "\\" ID("01"));
	row = need(&r, POINT_BHO, 32, "taro", ID("02"));
	SAME(row->why_not, "wrong_place");
	row = need(&r, POINT_BHO, 32, "taro", ID("03"));
	SAME(row->why_not, "virtual_store");
	SAME(row->server_path, "C:\\y.dll");
	SAME(row->registry_key,
	     "HKU\\" SID "_Classes\\VirtualStore\\MACHINE\\SOFTWARE\\"
	     "Wow6432Node\\" BHO "\\" ID("03"));
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(odd_names_are_kept)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01") "}");
	machine_class(&pc, 64, ID("01"), "C:\\x.dll");
	hive_make_key(pc.software, BHO "\\MSHist012010");
	hive_make_key(pc.software, BHO "\\nonsense");
	hive_make_key(pc.software, BHO "\\a\xc0\x80\x62");
	hive_make_text(pc.ntuser, "Software\\" IE "\\URLSearchHooks",
		       ID("01") "_", "");
	walk(&pc, &r);

	row = need(&r, POINT_BHO, 64, NULL, ID("01") "}");
	SAME(row->why_not, "malformed_name");
	SAME(row->clsid, ID("01") "}");
	SAME(row->server_path, "C:\\x.dll");
	SAME(need(&r, POINT_BHO, 64, NULL, "nonsense")->why_not,
	     "malformed_name");
	need(&r, POINT_BHO, 64, NULL, "a\xc0\x80\x62");
	ck_assert_uint_eq(count_rows(&r, POINT_BHO, "MSHist012010"), 0);
	SAME(need(&r, POINT_URL_SEARCH_HOOK, 64, "taro", ID("01") "_")->why_not,
	     "malformed_name");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(value_points_and_buttons)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	machine_class(&pc, 64, ID("01"), "C:\\bar.dll");
	hive_make_text(pc.software, IE "\\Toolbar", ID("01"), "My bar");
	hive_make_dword(pc.software, IE "\\Toolbar", "Locked", 1);
	hive_make_value(pc.ntuser, "Software\\" IE "\\Toolbar\\WebBrowser",
			ID("01"), 3, "\1\2\3\4\5", 5);
	hive_make_key(pc.ntuser, "Software\\" IE "\\Explorer Bars\\" ID("01"));
	hive_make_text(pc.software, IE "\\Extensions\\" ID("20"),
		       "ClsidExtension", ID("01"));
	hive_make_text(pc.software, IE "\\Extensions\\" ID("20"), "CLSID",
		       "{1FBA04EE-3024-11d2-8F1F-0000F87ABD16}");
	hive_make_text(pc.software, IE "\\Extensions\\" ID("20"), "ButtonText",
		       "Press me");
	hive_make_text(pc.software, IE "\\Extensions\\" ID("21"), "CLSID",
		       "{1FBA04EE-3024-11d2-8F1F-0000F87ABD16}");
	hive_make_text(pc.software, IE "\\Extensions\\" ID("21"), "Exec",
		       "\"C:\\Program Files\\t.exe\" /x");
	hive_make_dword(pc.ntuser, "Software\\" IE "\\Extensions\\CmdMapping",
			ID("20"), 8192);
	hive_make_text(pc.ntuser,
		       "Software\\CLSID\\" ID("30") "\\InProcServer32", "",
		       "C:\\smkp.dll");
	walk(&pc, &r);

	row = need(&r, POINT_TOOLBAR, 64, NULL, ID("01"));
	SAME(row->label, "My bar");
	SAME(row->registry_key, "HKLM\\SOFTWARE\\" IE "\\Toolbar");
	SAME(row->server_path, "C:\\bar.dll");
	row = need(&r, POINT_TOOLBAR, 64, "taro", ID("01"));
	ck_assert_ptr_null(row->label);
	ck_assert_uint_eq(count_rows(&r, POINT_TOOLBAR, "Locked"), 0);
	need(&r, POINT_EXPLORER_BAR, 64, "taro", ID("01"));
	row = need(&r, POINT_EXTENSION_BUTTON, 64, NULL, ID("20"));
	SAME(row->clsid, ID("01"));
	SAME(row->label, "Press me");
	SAME(row->server_path, "C:\\bar.dll");
	ck_assert(row->loads);
	row = need(&r, POINT_EXTENSION_BUTTON, 64, NULL, ID("21"));
	SAME(row->server_path, "C:\\Program Files\\t.exe");
	ck_assert(!row->loads);
	ck_assert_uint_eq(count_rows(&r, POINT_EXTENSION_BUTTON, "CmdMapping"),
			  0);
	row = need(&r, POINT_SOFTWARE_CLSID, 0, "taro", ID("30"));
	SAME(row->server_path, "C:\\smkp.dll");
	SAME(row->why_not, "wrong_place");
	SAME(row->class_key, row->registry_key);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(classes_lead_to_their_server)
{
	struct pc pc;
	struct result r;
	struct registration *row;
	const char *c = "Classes\\CLSID\\";
	struct str s = STR_INIT;
	/* two strings, as Windows Installer writes them */
	static const uint8_t descriptor[] = "d\0e\0s\0c\0\0\0x\0\0\0\0";

	static const struct {
		const char *id;
		const char *sub;
		const char *name;
		const char *text;
	} texts[] = {
		{ ID("01"), "\\TreatAs", "", ID("02") },
		{ ID("01"), "\\InprocServer32", "", "C:\\old.dll" },
		{ ID("02"), "\\TreatAs", "", ID("03") },
		{ ID("03"), "\\InprocServer32", "", "C:\\new.dll" },
		{ ID("04"), "\\TreatAs", "", ID("05") },
		{ ID("05"), "\\TreatAs", "", ID("04") },
		{ ID("05"), "\\InprocServer32", "", "C:\\circle.dll" },
		{ ID("06"), "\\LocalServer32", "", "C:\\a b\\s.exe -e" },
		{ ID("08"), "\\InprocServer32", "", "mscoree.dll" },
		{ ID("08"), "\\InprocServer32\\1.0.0.0", "CodeBase",
		  "file:///C:/net%20x/n.dll" },
		{ ID("09"), "\\InprocServer32", "",
		  "C:\\Windows\\system32\\scrobj.dll" },
		{ ID("09"), "\\ScriptletURL", "", "http://example.jp/a.sct" },
		{ ID("0A"), "\\InprocServer32", "", "C:\\Temp\\mscoree.dll" },
		{ ID("0B"), "\\InprocServer32", "", "C:\\noext" },
		{ ID("0C"), "\\InprocServer32", "", "bare.dll" },
		{ ID("0D"), "\\InprocServer32", "", "Z:\\x.dll" },
		{ ID("0E"), "\\TreatAs", "", ID("FF") },
		{ ID("0E"), "\\InprocServer32", "", "C:\\own.dll" },
		{ ID("0F"), "\\InprocServer32", "", "%NoSuch%\\x.dll" },
		{ ID("11"), "", "", "only a name" },
		{ ID("12"), "\\InprocServer32", "",
		  "C:\\Wjndows\\system32\\scrobj.dll" },
		{ ID("12"), "\\ScriptletURL", "", "http://example.jp/a.sct" },
	};

	size_t i;

	pc_start(&pc, PC_WIN7_X64);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		str_clear(&s);
		str_addf(&s, "%s%s%s", c, texts[i].id, texts[i].sub);
		hive_make_text(pc.software, str_text(&s), texts[i].name,
			       texts[i].text);
		str_clear(&s);
		str_addf(&s, "%s\\%s", BHO, texts[i].id);
		hive_make_key(pc.software, str_text(&s));
	}
	str_release(&s);
	hive_make_key(pc.software, BHO "\\" ID("07"));
	hive_make_value(
		pc.software, "Classes\\CLSID\\" ID("07") "\\InprocServer32",
		"InprocServer32", 7, descriptor, sizeof(descriptor) - 1);
	hive_make_key(pc.software, BHO "\\" ID("10"));
	/* a NUL inside, and something behind it */
	hive_make_value(pc.software,
			"Classes\\CLSID\\" ID("10") "\\InprocServer32", "", 1,
			"C\0:\0\\\0x\0\0\0y\0\0\0", 14);
	file_at(&pc, "noext.dll");
	file_at(&pc, "noext");
	file_at(&pc, "Windows/bare.dll");
	walk(&pc, &r);

	row = need(&r, POINT_BHO, 64, NULL, ID("01"));
	SAME(row->treat_as, ID("03"));
	SAME(row->server_path, "C:\\new.dll");
	SAME(row->class_key, "HKLM\\SOFTWARE\\Classes\\CLSID\\" ID("01"));
	ck_assert(has_side(row, "treat_as",
			   "HKLM\\SOFTWARE\\Classes\\CLSID\\" ID("03")));
	row = need(&r, POINT_BHO, 64, NULL, ID("04"));
	SAME(row->treat_as, ID("05"));
	SAME(row->server_path, "C:\\circle.dll");
	row = need(&r, POINT_BHO, 64, NULL, ID("06"));
	SAME(row->why_not, "local_server_only");
	SAME(row->server_path, "C:\\a b\\s.exe");
	row = need(&r, POINT_BHO, 64, NULL, ID("07"));
	ck_assert(row->on_demand);
	SAME(row->server_raw, "desc");
	ck_assert_int_eq((int)row->server_type, REG_TYPE_MULTI_SZ);
	ck_assert_ptr_null(row->server_path);
	ck_assert_int_eq(row->exists, EXISTS_UNKNOWN);
	row = need(&r, POINT_BHO, 64, NULL, ID("08"));
	SAME(row->loader, "mscoree.dll");
	SAME(row->server_raw, "mscoree.dll");
	SAME(row->server_path, "C:\\net x\\n.dll");
	row = need(&r, POINT_BHO, 64, NULL, ID("09"));
	SAME(row->loader, "scrobj.dll");
	SAME(row->server_path, "http://example.jp/a.sct");
	ck_assert_int_eq(row->exists, EXISTS_UNKNOWN);
	/* not the system's: the subject itself */
	row = need(&r, POINT_BHO, 64, NULL, ID("0A"));
	ck_assert_ptr_null(row->loader);
	SAME(row->server_path, "C:\\Temp\\mscoree.dll");
	row = need(&r, POINT_BHO, 64, NULL, ID("12"));
	ck_assert_ptr_null(row->loader);
	SAME(row->server_path, "C:\\Wjndows\\system32\\scrobj.dll");
	SAME(need(&r, POINT_BHO, 64, NULL, ID("0B"))->server_path,
	     "C:\\noext.dll");
	SAME(need(&r, POINT_BHO, 64, NULL, ID("0C"))->server_path,
	     "C:\\Windows\\bare.dll");
	row = need(&r, POINT_BHO, 64, NULL, ID("0D"));
	ck_assert_int_eq(row->exists, EXISTS_UNKNOWN);
	ck_assert_ptr_nonnull(strstr(str_text(&r.gaps), "drive_not_mapped"));
	row = need(&r, POINT_BHO, 64, NULL, ID("0E"));
	SAME(row->treat_as, ID("FF"));
	SAME(row->server_path, "C:\\own.dll");
	row = need(&r, POINT_BHO, 64, NULL, ID("0F"));
	ck_assert_int_eq(row->exists, EXISTS_UNKNOWN);
	row = need(&r, POINT_BHO, 64, NULL, ID("10"));
	SAME(row->server_raw, "C:\\x\xc0\x80y");
	SAME(row->server_path, "C:\\x");
	row = need(&r, POINT_BHO, 64, NULL, ID("11"));
	SAME(row->why_not, "no_server");
	SAME(row->class_name, "only a name");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(what_forbids_an_addon)
{
	static const char *const ids[] = { ID("01"), ID("02"), ID("03"),
					   ID("04"), ID("05"), ID("06"),
					   ID("07"), ID("08"), ID("09") };
	struct pc pc;
	struct result r;
	struct str s = STR_INIT;
	size_t i;

	pc_start(&pc, PC_WIN7_X64);
	for (i = 0; i < 9; i++) {
		machine_class(&pc, 64, ids[i], "C:\\x.dll");
		str_clear(&s);
		str_addf(&s, "%s\\%s", BHO, ids[i]);
		hive_make_key(pc.software, str_text(&s));
	}
	str_release(&s);
	/* kill bit; one of the other view says nothing about this one */
	hive_make_dword(pc.software, IE "\\ActiveX Compatibility\\" ID("01"),
			"Compatibility Flags", 0x400);
	hive_make_dword(pc.software,
			"Wow6432Node\\" IE "\\ActiveX Compatibility\\" ID("02"),
			"Compatibility Flags", 0x400);
	hive_make_dword(pc.software, EXT "\\" ID("03"), "Flags", 1);
	hive_make_text(pc.software, EXT "\\" ID("03"), "Version", "*");
	/* flags of one version do not count */
	hive_make_dword(pc.software, EXT "\\" ID("04"), "Flags", 1);
	hive_make_text(pc.software, EXT "\\" ID("04"), "Version", "1.0");
	/* the other flag that switches off, and one that does not */
	hive_make_dword(pc.software, EXT "\\" ID("07"), "Flags", 0x10);
	hive_make_text(pc.software, EXT "\\" ID("07"), "Version", "*");
	hive_make_dword(pc.software, EXT "\\" ID("08"), "Flags", 0x40);
	hive_make_text(pc.software, EXT "\\" ID("08"), "Version", "*");
	/* compatibility flags that kill nothing */
	hive_make_dword(pc.software, IE "\\ActiveX Compatibility\\" ID("09"),
			"Compatibility Flags", 0x800);
	/* policy as text */
	hive_make_text(pc.software,
		       "Microsoft\\Windows\\CurrentVersion\\Policies\\Ext\\"
		       "CLSID",
		       ID("05"), "0");
	hive_make_text(pc.software, BHO "\\" ID("06"), "NoInternetExplorer",
		       "1");
	/* a filter is no add-on: nothing of this holds it back */
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\a/b", "CLSID",
		       ID("01"));
	/* a user's switch concerns his own registrations */
	hive_make_key(pc.ntuser, "Software\\" IE "\\Explorer Bars\\" ID("02"));
	hive_make_dword(pc.ntuser, "Software\\" EXT "\\" ID("02"), "Flags",
			0x411);
	hive_make_text(pc.ntuser, "Software\\" EXT "\\" ID("02"), "Version",
		       "*");
	walk(&pc, &r);

	for (i = 0; i < 9; i++) {
		const struct registration *row =
			need(&r, POINT_BHO, 64, NULL, ids[i]);
		bool want = i != 1 && i != 3 && i < 7;

		ck_assert_msg(row->disabled == want, "%s", ids[i]);
		ck_assert(row->loads == !want);
		if (want)
			SAME(row->why_not, "disabled");
	}
	ck_assert(!need(&r, POINT_MIME_FILTER, 64, NULL, "a/b")->disabled);
	ck_assert(need(&r, POINT_EXPLORER_BAR, 64, "taro", ID("02"))->disabled);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(a_policy_list_forbids_the_rest)
{
	static const char ext[] =
		"Microsoft\\Windows\\CurrentVersion\\Policies\\Ext";
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	machine_class(&pc, 64, ID("01"), "C:\\x.dll");
	hive_make_key(pc.software, BHO "\\" ID("01"));
	machine_class(&pc, 64, ID("02"), "C:\\x.dll");
	hive_make_key(pc.software, BHO "\\" ID("02"));
	hive_make_dword(pc.software, ext, "RestrictToList", 1);
	hive_make_text(pc.software,
		       "Microsoft\\Windows\\CurrentVersion\\Policies\\Ext\\"
		       "CLSID",
		       ID("01"), "1");
	walk(&pc, &r);

	ck_assert(!need(&r, POINT_BHO, 64, NULL, ID("01"))->disabled);
	ck_assert(need(&r, POINT_BHO, 64, NULL, ID("02"))->disabled);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(side_keys_are_those_that_belong)
{
	struct pc pc;
	struct result r;
	struct registration *row;
	static const char h[] = "HKLM\\SOFTWARE\\Classes\\";
	struct str s = STR_INIT;

	static const struct {
		const char *key;
		const char *name;
		const char *text;
	} texts[] = {
		{ "CLSID\\" ID("01") "\\InprocServer32", "", "C:\\b\\bar.dll" },
		{ "CLSID\\" ID("01") "\\ProgID", "", "Bar.Bar.1" },
		{ "CLSID\\" ID("01") "\\VersionIndependentProgID", "",
		  "Bar.Bar" },
		{ "CLSID\\" ID("01") "\\TypeLib", "", ID("0B") },
		{ "CLSID\\" ID("01"), "AppID", ID("0C") },
		{ "Bar.Bar.1\\CLSID", "", ID("01") },
		{ "Bar.Bar\\CLSID", "", ID("99") }, /* somebody else's */
		{ "TypeLib\\" ID("0B") "\\1.0\\0\\win32", "",
		  "C:\\b\\BAR.dll\\2" },
		{ "Interface\\" ID("D1") "\\TypeLib", "", ID("0B") },
		{ "Interface\\" ID("D2") "\\TypeLib", "", ID("0F") },
		{ "Interface\\" ID("D3") "\\ProxyStubClsid32", "", ID("01") },
		{ "AppID\\bar.dll", "AppID", ID("0C") },
		{ "AppID\\" ID("0C"), "", "bar" },
		/* the other view: the same file */
		{ "Wow6432Node\\CLSID\\" ID("01") "\\InprocServer32", "",
		  "C:\\b\\bar.dll" },
		{ "Wow6432Node\\Interface\\" ID("D1") "\\TypeLib", "",
		  ID("0B") },
		/* a class with a library that is not its own */
		{ "CLSID\\" ID("02") "\\InprocServer32", "", "C:\\c\\c.dll" },
		{ "CLSID\\" ID("02") "\\TypeLib", "", ID("0B") },
		{ "CLSID\\" ID("02"), "AppID", ID("0C") },
		{ "CLSID\\" ID("02") "\\ProgID", "", "Bar.Bar.1" },
		/* a library that serves another file in its second version */
		{ "CLSID\\" ID("03") "\\InprocServer32", "", "C:\\d\\d.dll" },
		{ "CLSID\\" ID("03") "\\TypeLib", "", ID("0A") },
		{ "TypeLib\\" ID("0A") "\\1.0\\0\\win32", "", "C:\\d\\d.dll" },
		{ "TypeLib\\" ID("0A") "\\2.0\\0\\win64", "", "C:\\e\\e.dll" },
		{ "Interface\\" ID("D4") "\\TypeLib", "", ID("0A") },
	};

	size_t i;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	hive_make_key(pc.software, BHO "\\" ID("02"));
	hive_make_key(pc.software, BHO "\\" ID("03"));
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		str_clear(&s);
		str_addf(&s, "Classes\\%s", texts[i].key);
		hive_make_text(pc.software, str_text(&s), texts[i].name,
			       texts[i].text);
	}
	walk(&pc, &r);

	row = need(&r, POINT_BHO, 64, NULL, ID("01"));
	for (i = 0; i < row->side_count; i++) {
		str_clear(&s);
		str_addf(&s, "%s", row->sides[i].key);
		ck_assert(ascii_starts_with(str_text(&s), h));
	}
	ck_assert(has_side(row, "clsid",
			   "HKLM\\SOFTWARE\\Classes\\CLSID\\" ID("01")));
	ck_assert(has_side(
		row, "clsid",
		"HKLM\\SOFTWARE\\Classes\\Wow6432Node\\CLSID\\" ID("01")));
	ck_assert(
		has_side(row, "progid", "HKLM\\SOFTWARE\\Classes\\Bar.Bar.1"));
	ck_assert(has_side(row, "typelib",
			   "HKLM\\SOFTWARE\\Classes\\TypeLib\\" ID("0B")));
	ck_assert(has_side(row, "interface",
			   "HKLM\\SOFTWARE\\Classes\\Interface\\" ID("D1")));
	ck_assert(has_side(
		row, "interface",
		"HKLM\\SOFTWARE\\Classes\\Wow6432Node\\Interface\\" ID("D1")));
	ck_assert(has_side(row, "interface",
			   "HKLM\\SOFTWARE\\Classes\\Interface\\" ID("D3")));
	ck_assert(has_side(row, "appid",
			   "HKLM\\SOFTWARE\\Classes\\AppID\\bar.dll"));
	ck_assert(has_side(row, "appid",
			   "HKLM\\SOFTWARE\\Classes\\AppID\\" ID("0C")));
	ck_assert_uint_eq(row->side_count, 9);
	row = need(&r, POINT_BHO, 64, NULL, ID("02"));
	ck_assert(has_side(row, "clsid",
			   "HKLM\\SOFTWARE\\Classes\\CLSID\\" ID("02")));
	ck_assert_uint_eq(row->side_count, 1);
	row = need(&r, POINT_BHO, 64, NULL, ID("03"));
	ck_assert(has_side(row, "clsid",
			   "HKLM\\SOFTWARE\\Classes\\CLSID\\" ID("03")));
	ck_assert_uint_eq(row->side_count, 1);
	str_release(&s);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(windows_of_32_bits_has_one_view)
{
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_XP_X86);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	machine_class(&pc, 64, ID("01"), "%SystemRoot%\\system32\\x.dll");
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\a/b", "CLSID",
		       ID("01"));
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\c/d", "CLSID",
		       ID("02"));
	hive_make_key(pc.ntuser, "Software\\" BHO "\\" ID("01"));
	walk(&pc, &r);

	SAME(need(&r, POINT_BHO, 32, NULL, ID("01"))->server_path,
	     "C:\\Windows\\system32\\x.dll");
	need(&r, POINT_MIME_FILTER, 32, NULL, "a/b");
	need(&r, POINT_MIME_FILTER, 32, NULL, "c/d");
	need(&r, POINT_BHO, 32, "taro", ID("01"));
	ck_assert_uint_eq(r.rows.count, 4);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(before_windows_7_the_classes_are_split)
{
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_XP_X64);
	hive_make_text(pc.software, "Classes\\PROTOCOLS\\Filter\\a/b", "CLSID",
		       ID("01"));
	hive_make_text(pc.software,
		       "Wow6432Node\\Classes\\PROTOCOLS\\Filter\\a/b", "CLSID",
		       ID("01"));
	machine_class(&pc, 64, ID("01"), "C:\\wide.dll");
	hive_make_text(
		pc.software,
		"Wow6432Node\\Classes\\CLSID\\" ID("01") "\\InprocServer32", "",
		"C:\\narrow.dll");
	walk(&pc, &r);

	SAME(need(&r, POINT_MIME_FILTER, 64, NULL, "a/b")->server_path,
	     "C:\\wide.dll");
	SAME(need(&r, POINT_MIME_FILTER, 32, NULL, "a/b")->server_path,
	     "C:\\narrow.dll");
	ck_assert_uint_eq(r.rows.count, 2);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(links_are_told_and_not_followed)
{
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_link(pc.software, BHO "\\" ID("01"), "\\Registry\\User\\x");
	hive_make_link(pc.software, IE "\\URLSearchHooks",
		       "\\Registry\\User\\x");
	hive_make_key(pc.software, BHO "\\" ID("02"));
	hive_make_link(pc.software, "Classes\\CLSID\\" ID("02"),
		       "\\Registry\\User\\x");
	walk(&pc, &r);

	ck_assert_uint_eq(count_rows(&r, POINT_BHO, ID("01")), 0);
	SAME(need(&r, POINT_BHO, 64, NULL, ID("02"))->why_not, "no_class");
	ck_assert_ptr_nonnull(strstr(str_text(&r.gaps),
				     "registry_link HKLM\\SOFTWARE\\" BHO
				     "\\" ID("01")));
	ck_assert_ptr_nonnull(strstr(str_text(&r.gaps),
				     "registry_link HKLM\\SOFTWARE\\" IE
				     "\\URLSearchHooks"));
	ck_assert_ptr_nonnull(strstr(str_text(&r.gaps),
				     "registry_link HKLM\\SOFTWARE\\Classes\\"
				     "CLSID\\" ID("02")));
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* The gaps but that of config\\DEFAULT, which the made-up Windows lacks. */
static const char *other_gaps(const struct result *r)
{
	const char *gaps = str_text(&r->gaps);
	const char *end = strstr(gaps, "DEFAULT\n");

	return end ? end + sizeof("DEFAULT\n") - 1 : gaps;
}

/* One BHO with a server; its row, and whether a gap names the path. */
static void check_server(const char *server, int exists, const char *gap)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	machine_class(&pc, 64, ID("01"), server);
	file_at(&pc, "t/plain.txt");
	file_at(&pc, "t/my.com");
	file_at(&pc, "t/my.com -x/mstmp.dll");
	walk(&pc, &r);
	row = need(&r, POINT_BHO, 64, NULL, ID("01"));
	ck_assert_msg((int)row->exists == exists, "%s: exists %d, not %d",
		      server, (int)row->exists, exists);
	ck_assert_msg(!gap == !*other_gaps(&r) &&
			      (!gap || strstr(other_gaps(&r), gap)),
		      "%s: gaps \"%s\", not \"%s\"", server, other_gaps(&r),
		      gap ? gap : "");
	result_release(&r);
	pc_end(&pc);
}

START_TEST(what_is_not_on_the_disk_is_a_gap)
{
	check_server("C:\\t\\none.dll", EXISTS_NO, NULL);
	check_server("\\\\localhost\\C$\\x.dll", EXISTS_UNKNOWN,
		     "volume \\\\localhost\\C$\\x.dll\n");
	check_server("\\\\?\\Volume{1-2}\\x.dll", EXISTS_UNKNOWN,
		     "volume \\\\?\\Volume{1-2}\\x.dll\n");
	check_server("\\??\\Volume{1-2}\\x.dll", EXISTS_UNKNOWN,
		     "volume \\\\?\\Volume{1-2}\\x.dll\n");
	check_server("\\Device\\HarddiskVolume2\\x.dll", EXISTS_UNKNOWN,
		     "volume C:\\Device\\HarddiskVolume2\\x.dll\n");
	check_server("file://srv/share/x.dll", EXISTS_UNKNOWN,
		     "volume \\\\srv\\share\\x.dll\n");
	check_server("odd:x", EXISTS_UNKNOWN, "name_unresolved odd:x\n");
	check_server("http://example.test/x", EXISTS_UNKNOWN, NULL);
	/* once, by the target */
	check_server("X:\\x.dll", EXISTS_UNKNOWN,
		     "drive_not_mapped X:\\x.dll\n");
}

END_TEST

START_TEST(a_stream_is_looked_for)
{
	/* of a file that is not there */
	check_server("C:\\t\\none.txt:evil.dll", EXISTS_NO, NULL);
	check_server("C:\\t\\plain.txt::$DATA", EXISTS_YES, NULL);
	/* the test's disk shows no streams, so nobody can tell */
	check_server("C:\\t\\plain.txt:evil.dll", EXISTS_UNKNOWN,
		     "C:\\t\\plain.txt:evil.dll\n");
}

END_TEST

/* ---- names without a folder ---------------------------------------------- */

#define IE_FOLDER "Program Files/Internet Explorer/"
#define SESSION	  "ControlSet001\\Control\\Session Manager"

/* What is taken out of the KnownDLLs, NULL: nothing. */
static const char *excluded;

/* A PC with the files, whose BHO in a view has that server. */
static void walk_bare(struct result *r, const char *server, int view,
		      const char *const *files)
{
	struct pc pc;

	pc_start(&pc, PC_WIN7_X64);
	for (; *files; files++)
		file_at(&pc, *files);
	hive_make_expand(pc.system, SESSION "\\Environment", "Path",
			 "%SystemRoot%\\system32;%SystemRoot%;;bin;"
			 "\"C:\\Tools (x)\\\";X:\\gone");
	hive_make_text(pc.system, SESSION "\\KnownDLLs", "evil", "KNOWN.dll");
	if (excluded)
		hive_make_text(pc.system, SESSION, "ExcludeFromKnownDlls",
			       excluded);
	hive_make_expand(pc.ntuser, "Environment", "Path",
			 "%USERPROFILE%\\bin");
	hive_make_key(pc.software, view == 32 ? "Wow6432Node\\" BHO
						"\\" ID("01")
					      : BHO "\\" ID("01"));
	machine_class(&pc, view, ID("01"), server);
	/* The user's own entry, for his PATH only. */
	hive_make_key(pc.ntuser, "Software\\" BHO "\\" ID("02"));
	machine_class(&pc, view, ID("02"), server);
	walk(&pc, r);
	pc_end(&pc);
}

static void check_bare(const char *server, int view, const char *const *files,
		       const char *want, enum file_exists exists,
		       const char *const *also)
{
	struct registration *row;
	struct result r;
	size_t i;

	walk_bare(&r, server, view, files);
	row = need(&r, POINT_BHO, view, NULL, ID("01"));
	SAME(row->server_path, want);
	ck_assert_int_eq(row->exists, exists);
	ck_assert(row->is_bare);
	for (i = 0; also[i]; i++) {
		ck_assert_uint_gt(row->also_count, i);
		SAME(row->also[i], also[i]);
	}
	ck_assert_uint_eq(row->also_count, i);
	/* Found in a user's PATH only, it is that user's. */
	ck_assert_pstr_eq(row->path_owner,
			  exists == EXISTS_YES &&
					  strstr(want, "\\Users\\taro\\bin\\")
				  ? SID
				  : NULL);
	result_release(&r);
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NONE	  ((const char *const[]){ NULL })

/* Microsoft, "Dynamic-link library search order". */
START_TEST(a_bare_name_is_searched_for)
{
	/* In the order of the search, each without those before it. */
	static const char *const files[] = {
		IE_FOLDER "e.dll",
		"Windows/System32/e.dll",
		"Windows/System/e.dll",
		"Windows/e.dll",
		"Tools (x)/e.dll",
		"Users/taro/bin/e.dll",
		NULL,
	};
	static const char *const paths[] = {
		"C:\\Program Files\\Internet Explorer\\e.dll",
		"C:\\Windows\\System32\\e.dll",
		"C:\\Windows\\System\\e.dll",
		"C:\\Windows\\e.dll",
		"C:\\Tools (x)\\e.dll",
		"C:\\Users\\taro\\bin\\e.dll",
		NULL,
	};

	for (size_t i = 0; paths[i]; i++)
		check_bare("e.dll", 64, files + i, paths[i], EXISTS_YES,
			   paths + i + 1);
	check_bare("e", 64, files, paths[0], EXISTS_YES, paths + 1);
	check_bare("E.DLL", 64, files, paths[0], EXISTS_YES, paths + 1);
	/* A drive in PATH that is not there could have it. */
	check_bare("e.dll", 64, NONE, "C:\\Windows\\System32\\e.dll",
		   EXISTS_UNKNOWN, NONE);
}

END_TEST

START_TEST(a_bare_name_is_searched_for_in_its_view)
{
	check_bare("e.dll", 32,
		   LIST("Program Files (x86)/Internet Explorer/e.dll",
			IE_FOLDER "e.dll", "Windows/System32/e.dll",
			"Windows/SysWOW64/e.dll"),
		   "C:\\Program Files (x86)\\Internet Explorer\\e.dll",
		   EXISTS_YES, LIST("C:\\Windows\\SysWOW64\\e.dll"));
	check_bare("e.dll", 32, LIST("Windows/System32/e.dll"),
		   "C:\\Windows\\SysWOW64\\e.dll", EXISTS_UNKNOWN, NONE);
}

END_TEST

START_TEST(odd_bare_names_are_searched_for)
{
	check_bare("known.dll", 64,
		   LIST(IE_FOLDER "known.dll", "Windows/System32/known.dll",
			"Windows/known.dll"),
		   "C:\\Windows\\System32\\known.dll", EXISTS_YES, NONE);
	check_bare("known", 64,
		   LIST(IE_FOLDER "known.dll", "Windows/System32/known.dll"),
		   "C:\\Windows\\System32\\known.dll", EXISTS_YES, NONE);
	excluded = "known.dll";
	check_bare("known.dll", 64,
		   LIST(IE_FOLDER "known.dll", "Windows/System32/known.dll"),
		   "C:\\Program Files\\Internet Explorer\\known.dll",
		   EXISTS_YES, LIST("C:\\Windows\\System32\\known.dll"));
	excluded = NULL;
	/* not there: it is looked for as others are */
	check_bare("known.dll", 64, LIST("Windows/known.dll"),
		   "C:\\Windows\\known.dll", EXISTS_YES, NONE);
	check_bare("sub\\e.dll", 64,
		   LIST("Windows/sub/e.dll", "Tools (x)/sub/e.dll",
			"Windows/System32/e.dll"),
		   "C:\\Windows\\sub\\e.dll", EXISTS_YES,
		   LIST("C:\\Tools (x)\\sub\\e.dll"));
	check_bare("..\\e.dll", 64, LIST("Program Files/e.dll", "e.dll"),
		   "C:\\Program Files\\e.dll", EXISTS_YES, LIST("C:\\e.dll"));
	check_bare("mstmp.", 64, LIST("Tools (x)/mstmp", "Windows/mstmp.dll"),
		   "C:\\Tools (x)\\mstmp", EXISTS_YES, NONE);
	check_bare("mstmp", 64, LIST("Tools (x)/mstmp", "Windows/mstmp.dll"),
		   "C:\\Windows\\mstmp.dll", EXISTS_YES, NONE);
}

END_TEST

/* mscoree.dll beside the browser is loaded in place of the system's. */
START_TEST(a_bare_loader_may_be_another_file)
{
	check_bare(
		"mscoree.dll", 64,
		LIST(IE_FOLDER "mscoree.dll", "Windows/System32/mscoree.dll"),
		"C:\\Program Files\\Internet Explorer\\mscoree.dll", EXISTS_YES,
		LIST("C:\\Windows\\System32\\mscoree.dll"));
}

END_TEST

/* Behind \\?\ a name is taken as it is, dots and blanks with it. */
START_TEST(a_literal_path_keeps_its_dots)
{
	static const struct {
		const char *server, *want;
	} rows[] = {
		{ "C:\\t\\mstmp.", "C:\\t\\mstmp" },
		{ "C:\\t\\mstmp. .", "C:\\t\\mstmp" },
		{ "\\\\?\\C:\\t\\mstmp.", "C:\\t\\mstmp." },
		{ "\\??\\C:\\t\\mstmp..", "C:\\t\\mstmp.." },
		/* not there with that tail: what other programs would get */
		{ "\\\\?\\C:\\t\\mstmp...", "C:\\t\\mstmp" },
		{ "\\\\.\\C:\\t\\mstmp.", "C:\\t\\mstmp" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pc pc;
		struct result r;

		pc_start(&pc, PC_WIN7_X64);
		file_at(&pc, "t/mstmp");
		file_at(&pc, "t/mstmp.");
		file_at(&pc, "t/mstmp..");
		hive_make_key(pc.software, BHO "\\" ID("01"));
		machine_class(&pc, 64, ID("01"), rows[i].server);
		walk(&pc, &r);
		SAME(need(&r, POINT_BHO, 64, NULL, ID("01"))->server_path,
		     rows[i].want);
		result_release(&r);
		pc_end(&pc);
	}
}

END_TEST

START_TEST(what_looks_like_arguments_may_be_a_path)
{
	struct pc pc;
	struct result r;
	struct registration *row;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	machine_class(&pc, 64, ID("01"), "C:\\t\\my.com -x\\mstmp.dll");
	hive_make_key(pc.software, BHO "\\" ID("02"));
	machine_class(&pc, 64, ID("02"), "C:\\t\\x.exe -Embedding");
	/* Windows would take this one */
	file_at(&pc, "t/my.com");
	file_at(&pc, "t/my.com -x/mstmp.dll");
	file_at(&pc, "t/x.exe");
	walk(&pc, &r);
	row = need(&r, POINT_BHO, 64, NULL, ID("01"));
	SAME(row->server_path, "C:\\t\\my.com -x\\mstmp.dll");
	ck_assert_int_eq(row->exists, EXISTS_YES);
	row = need(&r, POINT_BHO, 64, NULL, ID("02"));
	SAME(row->server_path, "C:\\t\\x.exe");
	SAME(other_gaps(&r), "");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(the_text_form_is_fixed)
{
	struct pc pc;
	struct result r;
	struct registration *row;
	struct str s = STR_INIT;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_text(pc.classes, "PROTOCOLS\\Filter\\text/html", "",
		       "two\nlines");
	hive_make_text(pc.classes, "PROTOCOLS\\Filter\\text/html", "CLSID",
		       ID("AA"));
	hive_make_text(pc.classes, "CLSID\\" ID("AA") "\\InprocServer32", "",
		       "%TEMP%\\mstmp.");
	walk(&pc, &r);
	row = need(&r, POINT_MIME_FILTER, 64, "taro", "text/html");
	ck_assert_int_eq(registration_text(row, &s), 0);
	ck_assert_str_eq(
		str_text(&s),
		"mstmpsweep registration 1\n"
		"point: mime_filter\n"
		"view: 64\n"
		"user: taro\n"
		"sid: " SID "\n"
		"key: HKU\\" SID "_Classes\\PROTOCOLS\\Filter\\text/html\n"
		"name: text/html\n"
		"label: two\\u{A}lines\n"
		"clsid: " ID(
			"AA") "\n"
			      "class: \n"
			      "progid: \n"
			      "typelib: \n"
			      "treat_as: \n"
			      "threading: \n"
			      "loader: \n"
			      "server: %TEMP%\\mstmp.\n"
			      "path: "
			      "C:\\Users\\taro\\AppData\\Local\\Temp\\mstmp\n"
			      "place: %LOCALAPPDATA%\\Temp\\mstmp\n"
			      "location: temp\n"
			      "exists: no\n"
			      "loads: yes\n"
			      "disabled: no\n"
			      "publisher: \n"
			      "version: \n"
			      "version_resource: unknown\n"
			      "beside: \n"
			      "known: \n");
	str_release(&s);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* The row of a BHO that leads to `server`. */
static struct registration *one_bho(struct pc *pc, struct result *r,
				    const char *server)
{
	hive_make_key(pc->software, BHO "\\" ID("01"));
	machine_class(pc, 64, ID("01"), server);
	walk(pc, r);
	return need(r, POINT_BHO, 64, NULL, ID("01"));
}

#define A_SIGNATURE "\x89\x01\x1C\x04\x00\x01\x02\x00\x06"
#define TOOL	    "Apps/Tool/"
#define TOOL_PATH   "C:\\Apps\\Tool\\"

static void tool_at(const struct pc *pc, const char *name, const void *data,
		    size_t nbytes)
{
	struct str s = STR_INIT;

	str_addf(&s, TOOL "%s", name);
	write_at(pc, str_text(&s), data, nbytes);
	str_release(&s);
}

START_TEST(what_lies_beside_it_is_told)
{
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	tool_at(&pc, "LIB.dll", "MZ", 2);
	tool_at(&pc, "lib.sig", A_SIGNATURE, sizeof(A_SIGNATURE) - 1);
	tool_at(&pc, "lib.dll.vir", "MZ", 2);
	tool_at(&pc, "Lib", "", 0);
	tool_at(&pc, "lib.txt", "a text", 6);
	/* A name that claims to be one with a type. */
	tool_at(&pc, "lib.s (PGP) (1).x", "a text", 6);
	tool_at(&pc, "lib.t(1).x", "a text", 6);
	/* Other base names, and a folder. */
	tool_at(&pc, "lib2.sig", "x", 1);
	tool_at(&pc, "mylib.sig", "x", 1);
	tool_at(&pc, "lib.d/x", "x", 1);
	SAME(one_bho(&pc, &r, TOOL_PATH "lib.dll")->beside,
	     "Lib (?) | lib.dll.vir (EXE) | lib.s ?PGP) ?1).x (TEXT) | "
	     "lib.sig (PGP) | lib.t(1).x (TEXT) | lib.txt (TEXT)");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* The key that an antivirus left, and a name without a dot. */
START_TEST(what_lies_beside_what_is_gone_is_told)
{
	static const struct {
		const char *server, *file, *beside;
	} rows[] = {
		{ TOOL_PATH "lib.dll", "lib.vir", "lib.vir (EXE)" },
		{ TOOL_PATH "mstmp.", "mstmp.vir", "mstmp.vir (EXE)" },
		{ TOOL_PATH "0.1.swf", "0.1.swf.bak", "0.1.swf.bak (EXE)" },
		{ TOOL_PATH "0.1.swf", "0.2.swf", NULL },
		{ TOOL_PATH "sub\\lib.dll", "lib.vir", NULL },
		{ "C:\\Apps\\lib.dll", "lib.vir", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct registration *row;
		struct pc pc;
		struct result r;

		pc_start(&pc, PC_WIN7_X64);
		tool_at(&pc, rows[i].file, "MZ", 2);
		row = one_bho(&pc, &r, rows[i].server);
		ck_assert_int_eq(row->exists, EXISTS_NO);
		if (rows[i].beside)
			SAME(row->beside, rows[i].beside);
		else
			ck_assert_ptr_null(row->beside);
		ck_assert_int_eq(row->version_resource, EXISTS_UNKNOWN);
		result_release(&r);
		pc_end(&pc);
	}
}

END_TEST

/* NTFS as other systems write it: a bar is no end of a name. */
START_TEST(a_name_beside_forges_no_other)
{
	struct pc pc;
	struct result r;

	if (host_separator() != '/')
		UNIT_SKIP("this system makes no such name");
	pc_start(&pc, PC_WIN7_X64);
	tool_at(&pc, "lib.dll", "MZ", 2);
	tool_at(&pc, "lib.a (EXE) | lib.sig (PGP)", "MZ", 2);
	SAME(one_bho(&pc, &r, TOOL_PATH "lib.dll")->beside,
	     "lib.a ?EXE) ? lib.sig ?PGP) (EXE)");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* The first by name, whatever the order in the folder. */
START_TEST(many_files_beside_it_are_bounded)
{
	struct registration *row;
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	tool_at(&pc, "lib.dll", "MZ", 2);
	for (int i = 0; i < 80; i++) {
		char name[16];

		snprintf(name, sizeof(name), "lib.%03d", (i * 37) % 80);
		tool_at(&pc, name, "", 0);
	}
	row = one_bho(&pc, &r, TOOL_PATH "lib.dll");
	ck_assert(ascii_starts_with(row->beside, "lib.000 (?) | lib.001 (?)"));
	ck_assert(ascii_iends_with(row->beside, "| lib.063 (?)"));
	/* "lib.sig" could be among the rest. */
	SAME(other_gaps(&r), "too_large " TOOL_PATH "lib.dll\n");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* More names than are kept of one folder: what lies there is not known. */
START_TEST(a_folder_that_is_not_listed_is_a_gap)
{
	char name[251];
	struct pc pc;
	struct result r;

	if (host_separator() != '/')
		UNIT_SKIP("so many files take minutes here");
	pc_start(&pc, PC_WIN7_X64);
	tool_at(&pc, "lib.dll", "MZ", 2);
	tool_at(&pc, "lib.sig", A_SIGNATURE, sizeof(A_SIGNATURE) - 1);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (unsigned i = 0; i < 17000; i++) {
		char number[6];

		snprintf(number, sizeof(number), "%05u", i);
		memcpy(name, number, 5);
		tool_at(&pc, name, "", 0);
	}
	ck_assert_ptr_null(one_bho(&pc, &r, TOOL_PATH "lib.dll")->beside);
	SAME(other_gaps(&r), "too_large C:\\Apps\\Tool\n");
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* Folders of PATH, each with a file of the name: more than are looked at. */
START_TEST(many_files_of_one_name_are_bounded)
{
	struct str path = STR_INIT;
	struct registration *row;
	struct pc pc;
	struct result r;

	pc_start(&pc, PC_WIN7_X64);
	file_at(&pc, "Windows/e.dll");
	for (int i = 0; i < 258; i++) {
		char file[32];

		snprintf(file, sizeof(file), "p/%03d/e.dll", i);
		file_at(&pc, file);
		str_addf(&path, "C:\\p\\%03d;", i);
	}
	hive_make_text(pc.system,
		       "ControlSet001\\Control\\Session Manager\\Environment",
		       "Path", str_text(&path));
	row = one_bho(&pc, &r, "e.dll");
	SAME(row->server_path, "C:\\Windows\\e.dll");
	ck_assert_uint_eq(row->also_count, 256);
	SAME(other_gaps(&r), "too_large C:\\p\\256\\e.dll\n");
	str_release(&path);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(a_version_resource_is_there_or_not)
{
	static const struct {
		const char *from; /* NULL: `bytes` */
		const char *bytes;
		enum file_exists has;
	} rows[] = {
		{ UNIT_DATA "/pe/npm/conpty.dll", NULL, EXISTS_YES },
		{ UNIT_DATA "/pe/yara/tiny", NULL, EXISTS_NO },
		{ NULL, "MZ", EXISTS_NO },
		{ NULL, "no program", EXISTS_UNKNOWN },
		{ NULL, "", EXISTS_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct registration *row;
		void *bytes = NULL;
		size_t nbytes;
		struct pc pc;
		struct result r;

		pc_start(&pc, PC_WIN7_X64);
		if (rows[i].from) {
			ck_assert_int_eq(host_read_file(rows[i].from, 4 << 20,
							&bytes, &nbytes),
					 0);
			tool_at(&pc, "lib.dll", bytes, nbytes);
			mem_free(bytes);
		} else {
			tool_at(&pc, "lib.dll", rows[i].bytes,
				strlen(rows[i].bytes));
		}
		row = one_bho(&pc, &r, TOOL_PATH "lib.dll");
		ck_assert_int_eq(row->exists, EXISTS_YES);
		ck_assert_int_eq(row->version_resource, rows[i].has);
		result_release(&r);
		pc_end(&pc);
	}
}

END_TEST

static int stop_at_once(void *arg, struct registration *row, bool *keep_ret)
{
	unsigned *calls = arg;

	(void)row;
	(void)keep_ret;
	(*calls)++;
	return ERR_EXISTS;
}

static const struct reg_ops *true_ops;

/* As on a live system, where single keys may be closed to us. */
static int open_but_server(struct reg_root *root, struct reg_key *from,
			   const char *path, struct reg_key **ret)
{
	if (!utf_casecmp(path, "InprocServer32"))
		return err_fail(ERR_DENIED, 5, "access was denied");
	return true_ops->open_key(root, from, path, ret);
}

START_TEST(what_is_denied_is_a_gap)
{
	struct pc pc;
	struct result r;
	struct reg_ops ops;
	struct reg_root *root = NULL;
	const char *prefix;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	machine_class(&pc, 64, ID("01"), "C:\\t\\none.dll");
	walk(&pc, &r);
	SAME(other_gaps(&r), "");
	ck_assert_int_eq(
		target_machine_hive(r.t, TARGET_HIVE_SOFTWARE, &root, &prefix),
		0);
	true_ops = root->ops;
	ops = *true_ops;
	ops.open_key = open_but_server;
	root->ops = &ops;
	ck_assert_int_eq(registrations_walk(r.t,
					    &(struct registrations_options){
						    &r.sink, false, NULL },
					    keep_row, &r),
			 0);
	root->ops = true_ops;
	ck_assert_ptr_nonnull(
		strstr(other_gaps(&r),
		       "access_denied HKLM\\SOFTWARE\\Classes\\CLSID\\" ID(
			       "01") "\n"));
	result_release(&r);
	pc_end(&pc);
}

END_TEST

/* More entries than are read: one gap, and the walk goes on. */
START_TEST(a_long_list_is_one_gap)
{
	struct pc pc;
	struct result r;
	const char *gap;
	char name[64];

	pc_start(&pc, PC_WIN7_X64);
	for (unsigned i = 0; i < 65540; i++) {
		snprintf(name, sizeof(name),
			 "{%08X-0000-0000-0000-000000000000}", i);
		hive_make_text(pc.ntuser,
			       "Software\\" IE "\\Toolbar\\WebBrowser", name,
			       "");
	}
	hive_make_key(pc.ntuser, "Software\\" BHO "\\" ID("01"));
	walk(&pc, &r);
	gap = strstr(other_gaps(&r), "too_large");
	ck_assert_ptr_nonnull(gap);
	ck_assert_ptr_null(strstr(gap + 1, "too_large"));
	ck_assert_uint_ge(r.rows.count, 65536);
	result_release(&r);
	pc_end(&pc);
}

END_TEST

START_TEST(the_callback_stops_the_walk)
{
	struct pc pc;
	struct target *t;
	unsigned calls = 0;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	hive_make_key(pc.software, BHO "\\" ID("02"));
	t = pc_open(&pc, NULL);
	ck_assert_int_eq(
		registrations_walk(
			t, &(struct registrations_options){ NULL, false, NULL },
			stop_at_once, &calls),
		ERR_EXISTS);
	ck_assert_uint_eq(calls, 1);
	target_free(t);
	pc_end(&pc);
}

END_TEST

static int count_row(void *arg, struct registration *row, bool *keep_ret)
{
	unsigned *rows = arg;

	(void)row;
	(void)keep_ret;
	(*rows)++;
	return 0;
}

/* Every allocation of a walk fails once: an error or fewer facts, no crash
 * and no leak. */
START_TEST(short_memory_is_survived)
{
	struct pc pc;
	struct result r;
	int64_t before;
	int64_t total;
	int64_t i;

	pc_start(&pc, PC_WIN7_X64);
	hive_make_key(pc.software, BHO "\\" ID("01"));
	machine_class(&pc, 64, ID("01"), "kernel32.dll");
	hive_make_text(pc.software, "Classes\\CLSID\\" ID("01") "\\TreatAs", "",
		       ID("02"));
	machine_class(&pc, 64, ID("02"), "mscoree.dll");
	hive_make_text(pc.classes, "CLSID\\" ID("01") "\\InprocServer32", "",
		       "%TEMP%\\x.dll");
	walk(&pc, &r);
	before = mem_count();
	ck_assert_int_eq(registrations_walk(r.t,
					    &(struct registrations_options){
						    &r.sink, false, NULL },
					    keep_row, &r),
			 0);
	total = mem_count() - before;
	ck_assert_int_gt(total, 50);
	for (i = 1; i <= total; i += unit_stride()) {
		unsigned rows = 0;
		int err;

		mem_fail_after(i);
		err = registrations_walk(
			r.t,
			&(struct registrations_options){ NULL, false, NULL },
			count_row, &rows);
		mem_fail_after(0);
		ck_assert(err == 0 || err == ERR_NOMEM);
	}
	result_release(&r);
	pc_end(&pc);
}

END_TEST

static Suite *registrations_suite(void)
{
	Suite *s = suite_create("registrations");
	TCase *tc = tcase_create("registrations");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, machine_views_are_apart);
	tcase_add_test(tc, monkif_filter_in_the_users_classes);
	tcase_add_test(tc, location_and_place_are_those_of_the_rows_user);
	tcase_add_test(tc, shared_keys_give_a_row_for_each_view);
	tcase_add_test(tc, the_users_classes_win);
	tcase_add_test(tc, what_an_entry_leads_to_has_an_owner);
	tcase_add_test(tc, a_users_variables_make_no_side_keys);
	tcase_add_test(tc, a_filter_may_name_its_class_otherwise);
	tcase_add_test(tc, a_bho_of_a_user_is_listed_and_not_loaded);
	tcase_add_test(tc, odd_names_are_kept);
	tcase_add_test(tc, value_points_and_buttons);
	tcase_add_test(tc, classes_lead_to_their_server);
	tcase_add_test(tc, what_forbids_an_addon);
	tcase_add_test(tc, a_policy_list_forbids_the_rest);
	tcase_add_test(tc, side_keys_are_those_that_belong);
	tcase_add_test(tc, windows_of_32_bits_has_one_view);
	tcase_add_test(tc, before_windows_7_the_classes_are_split);
	tcase_add_test(tc, links_are_told_and_not_followed);
	tcase_add_test(tc, what_is_not_on_the_disk_is_a_gap);
	tcase_add_test(tc, a_stream_is_looked_for);
	tcase_add_test(tc, a_bare_name_is_searched_for);
	tcase_add_test(tc, a_bare_name_is_searched_for_in_its_view);
	tcase_add_test(tc, odd_bare_names_are_searched_for);
	tcase_add_test(tc, a_bare_loader_may_be_another_file);
	tcase_add_test(tc, a_literal_path_keeps_its_dots);
	tcase_add_test(tc, what_looks_like_arguments_may_be_a_path);
	tcase_add_test(tc, the_text_form_is_fixed);
	tcase_add_test(tc, what_lies_beside_it_is_told);
	tcase_add_test(tc, what_lies_beside_what_is_gone_is_told);
	tcase_add_test(tc, a_name_beside_forges_no_other);
	tcase_add_test(tc, many_files_beside_it_are_bounded);
	tcase_add_test(tc, a_folder_that_is_not_listed_is_a_gap);
	tcase_add_test(tc, many_files_of_one_name_are_bounded);
	tcase_add_test(tc, a_version_resource_is_there_or_not);
	tcase_add_test(tc, what_is_denied_is_a_gap);
	tcase_add_test(tc, a_long_list_is_one_gap);
	tcase_add_test(tc, the_callback_stops_the_walk);
	tcase_add_test(tc, short_memory_is_survived);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(registrations_suite)
