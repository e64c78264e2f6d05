/*
 * What protects a file of the running Windows in Safe Mode, where the services
 * that know it do not run: a table answers in their place.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "catalog_make.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/host.h"
#include "remediate/guard.h"
#include "trust/protect_ask_win32.h"
#include "trust/protect_private.h"

#include <string.h>

#define PATH_W	"C:\\Windows\\Temp\\mstmp-unit.cmd"
#define CONTENT "@echo a script of this test, which no catalog names\r\n"
#define CATALOG "C:\\Windows\\System32\\CatRoot\\mstmp-unit.cat"
#define COPY	"C:\\Windows\\System32\\dllcache\\mstmp-unit.cmd"

/* What Windows answers in this test. */
static struct {
	bool is_safe_mode;
	bool is_protected;
	DWORD sfc;	/* with "no" */
	DWORD catalogs; /* 0: they can be asked, and none names it */
} says;

static bool fake_safe_mode(void)
{
	return says.is_safe_mode;
}

static bool fake_protected(const wchar_t *path, DWORD *code_ret)
{
	(void)path;
	*code_ret = says.sfc;
	return says.is_protected;
}

static BOOL WINAPI fake_open(HANDLE *ret, const GUID *subsystem, DWORD flags)
{
	(void)subsystem;
	(void)flags;
	*ret = NULL;
	SetLastError(says.catalogs);
	return says.catalogs == 0;
}

static void WINAPI fake_close(HANDLE admin, DWORD flags)
{
	(void)admin;
	(void)flags;
}

static BOOL WINAPI fake_digest(HANDLE file, DWORD *n, BYTE *digest, DWORD flags)
{
	(void)file;
	(void)n;
	(void)digest;
	(void)flags;
	return FALSE;
}

static HANDLE WINAPI fake_next(HANDLE admin, BYTE *digest, DWORD n, DWORD flags,
			       HANDLE *before)
{
	(void)admin;
	(void)digest;
	(void)n;
	(void)flags;
	(void)before;
	SetLastError(ERROR_NOT_FOUND);
	return NULL;
}

static bool fake_catalogs(struct cat_functions *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->open = fake_open;
	ret->close = fake_close;
	ret->digest = fake_digest;
	ret->next = fake_next;
	return true;
}

static const struct protect_ask fake = {
	.is_safe_mode = fake_safe_mode,
	.is_protected = fake_protected,
	.catalogs = fake_catalogs,
};

static struct target *target;
static struct protect *protect;

static struct target_info *info(void)
{
	return (struct target_info *)(uintptr_t)target_info(target);
}

static char *host_of(const char *wpath)
{
	char *host = NULL;

	ck_assert_msg(target_host_path(target, wpath, &host) == 0, "%s",
		      err_last()->text);
	return host;
}

static void write_file(const char *wpath, const void *bytes, size_t nbytes)
{
	char *host = host_of(wpath);

	ck_assert_msg(host_write_file(host, bytes, nbytes) == 0, "%s",
		      err_last()->text);
	mem_free(host);
}

static void make_folder(const char *wpath)
{
	char *host = host_of(wpath);

	(void)host_mkdir(host);
	mem_free(host);
}

static void remove_file(const char *wpath)
{
	char *host = host_of(wpath);

	(void)host_unlink(host);
	mem_free(host);
}

/* A catalog that lies where Windows' own do. */
static void write_catalog(void)
{
	struct catalog_maker m;
	struct str s = STR_INIT;
	char *host = host_of(PATH_W);
	struct host_file *f = NULL;
	struct protect_subject subject = { .wpath = PATH_W };

	ck_assert_int_eq(host_open(host, 0, &f), 0);
	subject.file = f;
	ck_assert_int_eq(protect_digest(&subject), 0);
	catalog_maker_init(&m);
	catalog_maker_add(&m, CATALOG_TEXT, subject.plain.sha1, true);
	catalog_maker_finish(&m, &s);
	make_folder("C:\\Windows\\System32\\CatRoot");
	write_file(CATALOG, str_text(&s), s.len);
	str_release(&s);
	host_close(f);
	mem_free(host);
}

static void setup(void)
{
	struct target_options o = { .kind = TARGET_LIVE };

	memset(&says, 0, sizeof(says));
	protect_ask = &fake;
	ck_assert_msg(target_open(&o, &target) == 0, "%s", err_last()->text);
	ck_assert_int_eq(protect_begin(target, &protect), 0);
	make_folder("C:\\Windows\\Temp");
	make_folder("C:\\Windows\\System32\\dllcache");
	write_file(PATH_W, CONTENT, strlen(CONTENT));
}

static void teardown(void)
{
	remove_file(PATH_W);
	remove_file(COPY);
	make_folder("C:\\Windows\\System32\\CatRoot");
	remove_file(CATALOG);
	protect_end(protect);
	target_free(target);
	protect = NULL;
	target = NULL;
	protect_ask = &protect_ask_system;
}

static void is(enum protect_answer answer, enum protect_why why,
	       const char *detail)
{
	struct protect_result r;
	struct host_file *f = NULL;
	char *host = host_of(PATH_W);

	memset(&r, 0x5a, sizeof(r));
	ck_assert_msg(host_open(host, 0, &f) == 0, "%s", err_last()->text);
	ck_assert_int_eq(protect_check_file(protect, PATH_W, f, 1, &r), 0);
	ck_assert_msg(r.answer == answer && r.why == why &&
			      strstr(r.detail, detail) != NULL,
		      "%d by %s: '%s'", (int)r.answer, protect_why_name(r.why),
		      r.detail);
	host_close(f);
	mem_free(host);
}

static const DWORD rpc[] = { 1722, 1753, 1717 };

/* Nothing on the disk vouches for it either: it may go. */
START_TEST(files_decide_in_safe_mode)
{
	says.sfc = rpc[_i];
	is(PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "system file protection");
	says.is_safe_mode = true;
	is(PROTECT_NO, PROTECT_BY_NOTHING, "");
	says.is_protected = true;
	is(PROTECT_YES, PROTECT_BY_SFC, "");
}

END_TEST

START_TEST(other_errors_stay_a_doubt)
{
	says.is_safe_mode = true;
	says.sfc = ERROR_ACCESS_DENIED;
	is(PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "does not answer (error 5)");
	says.sfc = ERROR_PROC_NOT_FOUND;
	is(PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "it is missing");
	says.sfc = 0;
	says.catalogs = ERROR_INVALID_PARAMETER;
	is(PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "cannot be opened (error 87)");
}

END_TEST

/* XP's own copy, for a path below a folder where such files lie. */
START_TEST(dllcache_protects_in_safe_mode)
{
	write_file(COPY, "another", 7);
	says.sfc = 1722;
	says.is_safe_mode = true;
	info()->major = 5;
	info()->minor = 1;
	is(PROTECT_YES, PROTECT_BY_DLLCACHE, "");
	/* Where the service runs, its answer is the whole of it. */
	says.sfc = 0;
	is(PROTECT_NO, PROTECT_BY_NOTHING, "");
	/* Later ones have no such folder: what lies there is somebody's. */
	says.sfc = 1722;
	info()->major = 6;
	is(PROTECT_NO, PROTECT_BY_NOTHING, "");
}

END_TEST

START_TEST(catalogs_protect_in_safe_mode)
{
	write_catalog();
	says.sfc = 1722;
	says.is_safe_mode = true;
	is(PROTECT_YES, PROTECT_BY_CATALOG, "\\mstmp-unit.cat\"");
	/* File protection answers, the search of catalogs does not. */
	says.sfc = 0;
	says.catalogs = 1062;
	is(PROTECT_YES, PROTECT_BY_CATALOG, "\\mstmp-unit.cat\"");
	/* Somebody stopped the service. */
	says.is_safe_mode = false;
	is(PROTECT_UNKNOWN, PROTECT_BY_DOUBT, "(error 1062)");
}

END_TEST

/* What a person sees: the step is not refused any more. */
START_TEST(guard_lets_it_go)
{
	struct guard_options o = { .target = target };
	struct step s = { .action = ACT_QUARANTINE_FILE, .kind = "file" };
	struct guarded_file file = { 0 };
	struct guard *guard = NULL;
	struct guard_answer a;
	struct host_file *f = NULL;
	char *host = host_of(PATH_W);

	ck_assert_int_eq(host_open(host, 0, &f), 0);
	ck_assert_int_eq(host_file_sha256(f, s.sha256), 0);
	host_close(f);
	s.target = (char *)(uintptr_t)PATH_W;
	s.size = -1;
	s.by_number = true;
	ck_assert_int_eq(guard_new(&o, &guard), 0);
	says.sfc = 1722;
	says.catalogs = 1084;
	ck_assert_int_eq(guard_file(guard, &s, &a, &file), 0);
	ck_assert_str_eq(guard_word(a.reason), guard_word(GUARD_UNDECIDED));
	says.is_safe_mode = true;
	ck_assert_int_eq(guard_file(guard, &s, &a, &file), 0);
	ck_assert_msg(a.reason == GUARD_OK, "%s: %s", guard_word(a.reason),
		      a.detail);
	guarded_file_release(&file);
	guard_free(guard);
	mem_free(host);
}

END_TEST

static Suite *protect_safe_mode_suite(void)
{
	Suite *s = suite_create("protect_safe_mode");
	TCase *c = tcase_create("protect_safe_mode");

	tcase_set_timeout(c, 300);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, files_decide_in_safe_mode, 0,
			    (int)(sizeof(rpc) / sizeof(rpc[0])));
	tcase_add_test(c, other_errors_stay_a_doubt);
	tcase_add_test(c, dllcache_protects_in_safe_mode);
	tcase_add_test(c, catalogs_protect_in_safe_mode);
	tcase_add_test(c, guard_lets_it_go);
	suite_add_tcase(s, c);
	return s;
}

UNIT_SUITE(protect_safe_mode_suite)
