/*
 * Unit tests of what protects a file of an offline Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "catalog_make.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "trust/protect_private.h"

#include <string.h>

#define SUBSYSTEM "{F750E6C3-38EE-11D1-85E5-00C04FC295EE}"
#define CATROOT	  "Windows/System32/CatRoot/" SUBSYSTEM
#define CATROOT_W "C:\\Windows\\System32\\CatRoot\\" SUBSYSTEM

/*
 * The files that are asked about.  Their digests are from sha1sum, sha256sum
 * and, for those that leave parts out, Python's hashlib over slices (see
 * test_authenticode.c).
 */
#define SCRIPT	 "Users/taro/a.cmd"
#define SCRIPT_W "C:\\Users\\taro\\a.cmd"
#define SCRIPT_1 "64b2cd0186ff6fe05072ee88e2bb54476023772e"
#define SCRIPT_256                                                             \
	"c134b2f85415ba5cfce3e3fe4745688335745a9bb22152ac8f5c77f190d8aee3"
#define PROGRAM	  "Users/taro/a.dll"
#define PROGRAM_W "C:\\Users\\taro\\a.dll"
#define PROGRAM_1 "c4d7af3206bbdc81905c5f76122aa1536016c3b8"
#define PROGRAM_256                                                            \
	"6d617d06de0c04f224cfd7bff4de98ef88ebdb1a115711580e04a8880aa6fcd2"
#define PROGRAM_BARE_1 "66f1f7d37617109662462906cc2a11f79ff69348"
#define PROGRAM_BARE_256                                                       \
	"b743e4209ba07d76680c5e62781359073038be84fb79eb2633a4abd4d0fb2b2f"
#define PROGRAM_FLAT_1 "438c6f3639d003d0078102b98ec64e626dc5a72d"
#define PROGRAM_FLAT_256                                                       \
	"73ce88958245b1e2be9200f1eaa50307e9cbd587c094f0b4cba2aec031fcdcb4"

static struct fixture fx;
static struct target *target;
static struct protect *protect;

static void write_bytes(const char *path, const void *bytes, size_t nbytes)
{
	const char *slash = strrchr(path, '/');
	char *folder = mem_strndup(path, (size_t)(slash - path));
	char *host = fixture_path(&fx, path);

	fixture_folder(&fx, folder);
	ck_assert_msg(host_write_file(host, bytes, nbytes) == 0, "%s",
		      err_last()->text);
	mem_free(folder);
	mem_free(host);
}

/* 299 bytes, which is no multiple of 8. */
static void write_program(const char *path)
{
	uint8_t b[299];

	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(i * 13 + 5);
	memcpy(b, "MZ", 2);
	memcpy(b + 60, "\x40\0\0\0PE\0", 8);
	memcpy(b + 88, "\x0b\x01", 2);
	memcpy(b + 180, "\x10\0\0", 4);
	memset(b + 216, 0, 8);
	write_bytes(path, b, sizeof(b));
}

static void write_files(void)
{
	fixture_file(&fx, SCRIPT, "@echo off\r\n");
	write_program(PROGRAM);
}

static void setup(void)
{
	fixture_init(&fx);
	fixture_windows7(&fx);
	fixture_machine_hives(&fx, "Windows/System32/config");
	write_files();
}

static void open_protect(void)
{
	if (target == NULL)
		target = fixture_open(&fx);
	protect_end(protect);
	protect = NULL;
	ck_assert_int_eq(protect_begin(target, &protect), 0);
}

static void teardown(void)
{
	protect_end(protect);
	target_free(target);
	protect = NULL;
	target = NULL;
	fixture_release(&fx);
}

static struct protect_result check_links(const char *path, const char *wpath,
					 uint32_t links)
{
	struct protect_result r;
	struct host_file *f = NULL;
	char *host = fixture_path(&fx, path);

	memset(&r, 0x5a, sizeof(r));
	if (protect == NULL)
		open_protect();
	ck_assert_msg(host_open(host, 0, &f) == 0, "%s", err_last()->text);
	ck_assert_int_eq(protect_check_file(protect, wpath, f, links, &r), 0);
	ck_assert_ptr_nonnull(memchr(r.detail, 0, sizeof(r.detail)));
	/* Signatures are not checked offline. */
	ck_assert_str_eq(r.publisher, "");
	host_close(f);
	mem_free(host);
	return r;
}

static struct protect_result check(const char *path, const char *wpath)
{
	return check_links(path, wpath, 1);
}

static void is(struct protect_result r, enum protect_answer answer,
	       enum protect_why why, const char *detail)
{
	ck_assert_msg(r.answer == answer && r.why == why &&
			      strstr(r.detail, detail) != NULL,
		      "%d by %s: '%s'", (int)r.answer, protect_why_name(r.why),
		      r.detail);
}

static void is_free(struct protect_result r)
{
	is(r, PROTECT_NO, PROTECT_BY_NOTHING, "");
	ck_assert_str_eq(r.detail, "");
}

static void write_catalog(const char *path, struct catalog_maker *m)
{
	struct str s = STR_INIT;

	catalog_maker_finish(m, &s);
	ck_assert_int_eq(s.err, 0);
	write_bytes(path, str_text(&s), s.len);
	str_release(&s);
}

/* A catalog that names one file. */
static void write_naming(const char *path, enum catalog_form form,
			 const char *hex, bool with_digest)
{
	struct catalog_maker m;

	catalog_maker_init(&m);
	catalog_maker_add(&m, form, hex, with_digest);
	write_catalog(path, &m);
}

/* ---- catalogs ------------------------------------------------------------ */

static const struct {
	bool is_program;
	enum catalog_form form;
	bool with_digest;
	const char *hex;
} hits[] = {
	{ false, CATALOG_RAW, false, SCRIPT_1 },
	{ false, CATALOG_RAW, true, SCRIPT_256 },
	{ false, CATALOG_TEXT, false, SCRIPT_1 },
	{ false, CATALOG_TEXT, false, SCRIPT_256 },
	{ false, CATALOG_TEXT_BARE, true, SCRIPT_1 },
	{ false, CATALOG_TEXT_BARE, false, SCRIPT_256 },
	{ true, CATALOG_TEXT, true, PROGRAM_1 },
	{ true, CATALOG_RAW, true, PROGRAM_256 },
	{ true, CATALOG_RAW, false, PROGRAM_BARE_1 },
	{ true, CATALOG_RAW, false, PROGRAM_BARE_256 },
	{ true, CATALOG_TEXT, false, PROGRAM_FLAT_1 },
	{ true, CATALOG_RAW, false, PROGRAM_FLAT_256 },
};

START_TEST(catalogs_name_files)
{
	write_naming(CATROOT "/oem1.cat", hits[_i].form, hits[_i].hex,
		     hits[_i].with_digest);
	is(hits[_i].is_program ? check(PROGRAM, PROGRAM_W)
			       : check(SCRIPT, SCRIPT_W),
	   PROTECT_YES, PROTECT_BY_CATALOG, CATROOT_W "\\oem1.cat");
	/* The other file is not named. */
	is_free(hits[_i].is_program ? check(SCRIPT, SCRIPT_W)
				    : check(PROGRAM, PROGRAM_W));
}

END_TEST

START_TEST(catalogs_are_found_anywhere_below)
{
	static const char *const paths[] = {
		"Windows/System32/CatRoot/x.cat",
		"Windows/System32/CatRoot/{1}/NT5.CAT",
		"Windows/System32/CatRoot/{1}/2/3/x.CaT",
	};
	char *host;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		write_naming(paths[i], CATALOG_RAW, SCRIPT_1, false);
		open_protect();
		is(check(SCRIPT, SCRIPT_W), PROTECT_YES, PROTECT_BY_CATALOG,
		   strrchr(paths[i], '/') + 1);
		host = fixture_path(&fx, paths[i]);
		ck_assert_int_eq(host_unlink(host), 0);
		mem_free(host);
	}
	/* No catalog by its name, or not of this Windows. */
	write_naming(CATROOT "/x.cat.bak", CATALOG_RAW, SCRIPT_1, false);
	write_naming("Windows/SysWOW64/CatRoot/x.cat", CATALOG_RAW, SCRIPT_1,
		     false);
	open_protect();
	is_free(check(SCRIPT, SCRIPT_W));
}

END_TEST

/* One bit of the digest, its length, its coding. */
START_TEST(catalogs_with_near_misses)
{
	struct catalog_maker m;
	struct str s = STR_INIT;
	char raw[22];

	catalog_maker_init(&m);
	/* The first eight bytes are right, which is all the index keeps. */
	catalog_maker_add(&m, CATALOG_RAW,
			  "64b2cd0186ff6fe05072ee88e2bb54476023772f", true);
	catalog_maker_add(&m, CATALOG_TEXT,
			  "64b2cd0186ff6fe05072ee88e2bb54476023770e", false);
	/* SHA-256 that begins as the SHA-1 does. */
	catalog_maker_add(&m, CATALOG_RAW, SCRIPT_1 "000000000000000000000000",
			  false);
	catalog_maker_add_tag(&m, SCRIPT_1, 40); /* hex, but not UTF-16 */
	memcpy(raw,
	       "\x64\xb2\xcd\x01\x86\xff\x6f\xe0\x50\x72\xee\x88\xe2\xbb"
	       "\x54\x47\x60\x23\x77\x2e",
	       20);
	catalog_maker_add_tag(&m, raw, 19);
	raw[20] = raw[21] = 0;
	catalog_maker_add_tag(&m, raw, 21);
	write_catalog(CATROOT "/near.cat", &m);
	is_free(check(SCRIPT, SCRIPT_W));
	/* The control: the very bytes, and nothing else than an octet string.
	 */
	catalog_der(&s, 0x04, raw, 20);
	str_clear(&s);
	catalog_der(&s, 0x04, raw, 20);
	catalog_maker_init(&m);
	str_addn(&m.members, str_text(&s), s.len);
	write_catalog(CATROOT "/just.cat", &m);
	str_release(&s);
	open_protect();
	is(check(SCRIPT, SCRIPT_W), PROTECT_YES, PROTECT_BY_CATALOG,
	   "just.cat");
}

END_TEST

static void copy_data(const char *data, const char *name, const char *path)
{
	char *from = host_join(data, name);
	size_t nbytes = 0;
	void *bytes = NULL;

	ck_assert_int_eq(host_read_file(from, 1 << 20, &bytes, &nbytes), 0);
	write_bytes(path, bytes, nbytes);
	mem_free(bytes);
	mem_free(from);
}

/* A catalog that OpenSSL encoded and osslsigncode signed. */
START_TEST(catalogs_of_others)
{
	copy_data(UNIT_DATA, "pe/made/signed.cat", CATROOT "/signed.cat");
	copy_data(UNIT_DATA, "pe/made/listed.inf", "Users/x.inf");
	copy_data(UNIT_DATA, "pe/uthenticode/32_pegoat.exe", "Users/goat.exe");
	copy_data(UNIT_DATA, "pe/yara/tiny", "Users/tiny.exe");
	is(check("Users/x.inf", "C:\\Users\\x.inf"), PROTECT_YES,
	   PROTECT_BY_CATALOG, "signed.cat");
	is(check("Users/goat.exe", "C:\\Users\\goat.exe"), PROTECT_YES,
	   PROTECT_BY_CATALOG, "signed.cat");
	is_free(check("Users/tiny.exe", "C:\\Users\\tiny.exe"));
	ck_assert_uint_eq(catalog_index_count(protect->catalogs), 1);
}

END_TEST

/* A driver's catalog signed by Microsoft, and one made by jsign's authors. */
START_TEST(catalogs_of_windows)
{
	const char *data = unit_data_dir(1);

	copy_data(data, "pe/signify/oem89.cat", CATROOT "/oem89.cat");
	copy_data(data, "pe/jsign/wineyes.cat", CATROOT "/wineyes.cat");
	copy_data(data, "pe/osslsigncode/unsigned.cat",
		  CATROOT "/unsigned.cat");
	copy_data(data, "pe/signify/amdacpbtscoext.inf", "Users/x.inf");
	copy_data(data, "pe/jsign/wineyes.exe", "Users/wineyes.exe");
	copy_data(data, "pe/jsign/fbx64.efi", "Users/fbx64.efi");
	is(check("Users/x.inf", "C:\\Users\\x.inf"), PROTECT_YES,
	   PROTECT_BY_CATALOG, "oem89.cat");
	is(check("Users/wineyes.exe", "C:\\Users\\wineyes.exe"), PROTECT_YES,
	   PROTECT_BY_CATALOG, "wineyes.cat");
	is_free(check("Users/fbx64.efi", "C:\\Users\\fbx64.efi"));
	ck_assert_uint_eq(catalog_index_count(protect->catalogs), 3);
}

END_TEST

/* A quarter of a million files, named by three catalogs. */
START_TEST(catalogs_with_many_members)
{
	enum {
		MEMBERS = 80000
	};

	struct catalog_maker m;
	char hex[41], path[128];

	for (uint32_t n = 0; n < 3; n++) {
		catalog_maker_init(&m);
		if (n == 1)
			catalog_maker_add(&m, CATALOG_RAW, PROGRAM_1, false);
		for (uint32_t i = 0; i < MEMBERS; i++) {
			snprintf(hex, sizeof(hex), "%08x%08x%08x%08x%08x",
				 (unsigned)(i * 2654435761u), (unsigned)i,
				 (unsigned)n, 0u, (unsigned)~i);
			catalog_maker_add(&m,
					  i % 2 ? CATALOG_RAW : CATALOG_TEXT,
					  hex, false);
		}
		if (n == 2)
			catalog_maker_add(&m, CATALOG_TEXT, SCRIPT_1, false);
		snprintf(path, sizeof(path), CATROOT "/%u.cat", (unsigned)n);
		write_catalog(path, &m);
	}
	is(check(PROGRAM, PROGRAM_W), PROTECT_YES, PROTECT_BY_CATALOG, "1.cat");
	is(check(SCRIPT, SCRIPT_W), PROTECT_YES, PROTECT_BY_CATALOG, "2.cat");
	fixture_file(&fx, SCRIPT, "@echo on\r\n");
	is_free(check(SCRIPT, SCRIPT_W));
}

END_TEST

/* ---- catalogs that cannot be read ---------------------------------------- */

static void is_doubt(const char *detail)
{
	open_protect();
	is(check(SCRIPT, SCRIPT_W), PROTECT_UNKNOWN, PROTECT_BY_DOUBT, detail);
	/* What another catalog names is certain all the same. */
	write_naming(CATROOT "/zz.cat", CATALOG_RAW, PROGRAM_1, false);
	open_protect();
	is(check(PROGRAM, PROGRAM_W), PROTECT_YES, PROTECT_BY_CATALOG,
	   "zz.cat");
}

START_TEST(catalogs_that_are_cut_off)
{
	struct catalog_maker m;
	struct str s = STR_INIT;

	catalog_maker_init(&m);
	for (int i = 0; i < 8; i++)
		catalog_maker_add(&m, CATALOG_TEXT, PROGRAM_FLAT_1, true);
	catalog_maker_finish(&m, &s);
	write_bytes(CATROOT "/cut.cat", str_text(&s), s.len);
	is_free(check(SCRIPT, SCRIPT_W));
	/* Zeros behind it are harmless, one byte less is not. */
	str_addn(&s, "\0\0\0", 4);
	write_bytes(CATROOT "/cut.cat", str_text(&s), s.len);
	open_protect();
	is_free(check(SCRIPT, SCRIPT_W));
	write_bytes(CATROOT "/cut.cat", str_text(&s), s.len - 5);
	is_doubt("cut.cat");
	/* What is left of it counts. */
	open_protect();
	is(check(PROGRAM, PROGRAM_W), PROTECT_YES, PROTECT_BY_CATALOG, "");
	str_release(&s);
}

END_TEST

START_TEST(catalogs_that_are_empty)
{
	fixture_file(&fx, CATROOT "/empty.cat", "");
	is_doubt("empty.cat");
}

END_TEST

START_TEST(catalogs_that_are_no_catalogs)
{
	fixture_file(&fx, CATROOT "/text.cat", "This is no catalog.");
	is_doubt("text.cat");
}

END_TEST

START_TEST(catalogs_that_are_too_large)
{
	size_t nbytes = ((size_t)64 << 20) + 1;
	uint8_t *bytes = mem_zalloc(nbytes);

	memcpy(bytes, "\x30\x84\x00\x00\x00\x00", 6);
	write_bytes(CATROOT "/large.cat", bytes, nbytes - 1);
	open_protect();
	is_free(check(SCRIPT, SCRIPT_W));
	write_bytes(CATROOT "/large.cat", bytes, nbytes);
	mem_free(bytes);
	is_doubt("large.cat");
}

END_TEST

START_TEST(catalogs_in_folders_too_deep)
{
	write_naming("Windows/System32/CatRoot/1/2/3/4/x.cat", CATALOG_RAW,
		     SCRIPT_1, false);
	is_doubt("CatRoot\\1\\2\\3\\4");
}

END_TEST

START_TEST(catalogs_folder_is_a_file)
{
	fixture_file(&fx, "Windows/System32/CatRoot", "?");
	is(check(SCRIPT, SCRIPT_W), PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
	   "CatRoot");
}

END_TEST

/* A catalog that goes after the index was made: doubt, not "no". */
START_TEST(catalogs_that_vanish)
{
	char *host = fixture_path(&fx, CATROOT "/x.cat");

	write_naming(CATROOT "/x.cat", CATALOG_RAW, SCRIPT_1, false);
	is(check(SCRIPT, SCRIPT_W), PROTECT_YES, PROTECT_BY_CATALOG, "x.cat");
	ck_assert_int_eq(host_unlink(host), 0);
	is(check(SCRIPT, SCRIPT_W), PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "again");
	/* The index is made once: the others are as they were. */
	is_free(check(PROGRAM, PROGRAM_W));
	mem_free(host);
}

END_TEST

START_TEST(catalogs_without_catroot)
{
	is_free(check(SCRIPT, SCRIPT_W));
	is_free(check(PROGRAM, PROGRAM_W));
}

END_TEST

/* A detail that is cut keeps its last character whole. */
START_TEST(details_are_cut_between_characters)
{
	struct protect_result r;

	for (size_t n = 0; n < 4; n++) {
		char text[400];

		memset(text, 'x', n);
		text[n] = '\0';
		for (size_t i = 0; i < 120; i++)
			memcpy(text + n + 3 * i, "\xe8\xa1\xa8", 4);
		protect_say(&r, PROTECT_NO, PROTECT_BY_NOTHING, "%s", text);
		ck_assert_uint_eq(strlen(r.detail), n + (255 - n) / 3 * 3);
		ck_assert_int_eq(strncmp(r.detail, text, strlen(r.detail)), 0);
	}
	protect_say(&r, PROTECT_NO, PROTECT_BY_NOTHING, "%s", "short");
	ck_assert_str_eq(r.detail, "short");
}

END_TEST

/* ---- links, dllcache, places --------------------------------------------- */

START_TEST(links_protect)
{
	is(check_links(SCRIPT, SCRIPT_W, 2), PROTECT_YES, PROTECT_BY_LINKS,
	   "2");
	is_free(check_links(SCRIPT, SCRIPT_W, 1));
	is(check_links(SCRIPT, SCRIPT_W, 0), PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
	   "link");
	write_naming(CATROOT "/x.cat", CATALOG_RAW, SCRIPT_1, false);
	/* The target remembers that there was no CatRoot. */
	protect_end(protect);
	target_free(target);
	protect = NULL;
	target = NULL;
	is(check_links(SCRIPT, SCRIPT_W, 0), PROTECT_YES, PROTECT_BY_CATALOG,
	   "x.cat");
}

END_TEST

static void setup_xp(void)
{
	fixture_init(&fx);
	fixture_xp(&fx);
	fixture_text(fx.software, "Microsoft\\Windows\\CurrentVersion",
		     "ProgramFilesDir", "C:\\Program Files");
	fixture_machine_hives(&fx, "WINDOWS/system32/config");
	write_files();
}

START_TEST(dllcache_of_xp)
{
	fixture_file(&fx, "WINDOWS/system32/dllcache/Notepad.EXE", "x");
	is(check(SCRIPT, "C:\\WINDOWS\\notepad.exe"), PROTECT_YES,
	   PROTECT_BY_DLLCACHE, "");
	is(check(SCRIPT, "C:\\WINDOWS\\system32\\notepad.exe"), PROTECT_YES,
	   PROTECT_BY_DLLCACHE, "");
	is(check(SCRIPT, "C:\\Program Files\\x\\NOTEPAD.exe"), PROTECT_YES,
	   PROTECT_BY_DLLCACHE, "");
	/* Another name, and folders that nobody watches. */
	is_free(check(SCRIPT, "C:\\WINDOWS\\system32\\notepad2.exe"));
	is_free(check(SCRIPT, "C:\\notepad.exe"));
	is_free(check(SCRIPT, "C:\\WINDOWS2\\notepad.exe"));
	is_free(check(SCRIPT, "D:\\WINDOWS\\notepad.exe"));
	is_free(check(SCRIPT, "C:\\Documents and Settings\\notepad.exe"));
}

END_TEST

START_TEST(dllcache_is_of_xp_only)
{
	fixture_file(&fx, "Windows/System32/dllcache/notepad.exe", "x");
	is_free(check(SCRIPT, "C:\\Windows\\notepad.exe"));
}

END_TEST

static const struct {
	const char *wpath;
	bool is_protected;
} places[] = {
	{ "C:\\Windows\\WinSxS\\x86_a\\a.dll", true },
	{ "c:\\WINDOWS\\winsxs\\a.dll", true },
	{ "C:\\Windows\\WinSxS", false },
	{ "C:\\Windows\\WinSxS2\\a.dll", false },
	{ "C:\\Windows\\x\\WinSxS\\a.dll", false },
	{ "D:\\Windows\\WinSxS\\a.dll", false },
	{ "C:\\Windows\\System32\\DriverStore\\FileRepository\\a.inf", true },
	{ "C:\\Windows\\System32\\drivers\\a.sys", false },
	{ "C:\\Windows\\assembly\\GAC\\a.dll", true },
	{ "C:\\Windows\\Microsoft.NET\\assembly\\a.dll", true },
	{ "C:\\Windows\\Microsoft.NET\\Framework\\a.dll", false },
	{ "C:\\Windows\\servicing\\a.mum", true },
	{ "C:\\Windows\\Installer\\a.msi", true },
	{ "C:\\Windows\\System32\\CatRoot\\a.cat", true },
	{ "C:\\Windows\\System32\\config\\systemprofile\\a.dll", false },
	{ "C:\\Windows\\$NtUninstallKB1$\\a.dll", false },
	{ "C:\\Program Files\\WindowsApps\\a\\a.exe", true },
	{ "C:\\Program Files\\Shared\\lib.dll", false },
	{ "C:\\Program Files (x86)\\WindowsApps\\a.exe", true },
	{ "D:\\System Volume Information\\a", true },
	{ "C:\\Boot\\a", true },
	{ "C:\\Users\\Boot\\a", false },
	{ "\\Boot\\a", true },
	{ "C:", false },
	{ "", false },
};

START_TEST(places_protect)
{
	open_protect();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		ck_assert_msg((protect_place(protect, places[i].wpath) !=
			       NULL) == places[i].is_protected,
			      "%s", places[i].wpath);
	is(check(SCRIPT, "C:\\Windows\\WinSxS\\a.cmd"), PROTECT_YES,
	   PROTECT_BY_PLACE, "store");
}

END_TEST

/* A folder may be a disk of which nobody said so. */
START_TEST(folder_targets)
{
	struct target_options o = { .kind = TARGET_FOLDER };

	write_naming(CATROOT "/x.cat", CATALOG_RAW, SCRIPT_1, false);
	o.root = fx.root;
	ck_assert_int_eq(target_open(&o, &target), 0);
	is(check(SCRIPT, "\\Users\\taro\\a.cmd"), PROTECT_YES,
	   PROTECT_BY_CATALOG, "\\Windows\\System32\\CatRoot");
	is(check(PROGRAM, "\\Windows\\WinSxS\\a.dll"), PROTECT_YES,
	   PROTECT_BY_PLACE, "");
	is_free(check(PROGRAM, "\\Users\\taro\\a.dll"));
	is(check_links(PROGRAM, "\\Users\\taro\\a.dll", 2), PROTECT_YES,
	   PROTECT_BY_LINKS, "");
}

END_TEST

/* Whatever allocation fails, a protected file is never called free. */
START_TEST(protect_without_memory)
{
	char *host = fixture_path(&fx, SCRIPT);
	struct host_file *f = NULL;
	int err = ERR_NOMEM;
	int64_t n = 0;

	write_naming(CATROOT "/x.cat", CATALOG_TEXT, SCRIPT_1, false);
	write_naming(CATROOT "/y.cat", CATALOG_TEXT, PROGRAM_1, false);
	target = fixture_open(&fx);
	ck_assert_int_eq(host_open(host, 0, &f), 0);
	while (err) {
		struct protect_result r = { .answer = PROTECT_YES };
		struct protect *p = NULL;
		int64_t before;

		n++;
		before = mem_count();
		mem_fail_after(n);
		err = protect_begin(target, &p);
		if (!err)
			err = protect_check_file(p, SCRIPT_W, f, 1, &r);
		mem_fail_after(0);
		ck_assert_msg(err == 0 || err == ERR_NOMEM, "%d: %s", (int)n,
			      err_name(err));
		ck_assert_int_ne(r.answer, PROTECT_NO);
		/* Answered although one was refused: go on. */
		if (!err && mem_count() - before >= n)
			err = ERR_NOMEM;
		protect_end(p);
		ck_assert_int_lt(n, 10000);
	}
	ck_assert_int_gt(n, 20);
	host_close(f);
	mem_free(host);
}

END_TEST

static Suite *protect_suite(void)
{
	Suite *s = suite_create("protect");
	TCase *c = tcase_create("protect");
	TCase *xp = tcase_create("protect_xp");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, catalogs_name_files, 0,
			    (int)(sizeof(hits) / sizeof(hits[0])));
	tcase_add_test(c, catalogs_are_found_anywhere_below);
	tcase_add_test(c, catalogs_with_near_misses);
	tcase_add_test(c, catalogs_of_others);
	if (unit_data_count() > 1)
		tcase_add_test(c, catalogs_of_windows);
	tcase_add_test(c, catalogs_with_many_members);
	tcase_add_test(c, catalogs_that_are_cut_off);
	tcase_add_test(c, catalogs_that_are_empty);
	tcase_add_test(c, catalogs_that_are_no_catalogs);
	tcase_add_test(c, catalogs_that_are_too_large);
	tcase_add_test(c, catalogs_in_folders_too_deep);
	tcase_add_test(c, catalogs_folder_is_a_file);
	tcase_add_test(c, catalogs_that_vanish);
	tcase_add_test(c, catalogs_without_catroot);
	tcase_add_test(c, details_are_cut_between_characters);
	tcase_add_test(c, links_protect);
	tcase_add_test(c, dllcache_is_of_xp_only);
	tcase_add_test(c, places_protect);
	tcase_add_test(c, folder_targets);
	tcase_add_test(c, protect_without_memory);
	suite_add_tcase(s, c);
	tcase_set_timeout(xp, 60);
	tcase_add_checked_fixture(xp, setup_xp, teardown);
	tcase_add_test(xp, dllcache_of_xp);
	suite_add_tcase(s, xp);
	return s;
}

UNIT_SUITE(protect_suite)
