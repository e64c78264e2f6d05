/*
 * A 32-bit program under 64-bit Windows that has no Sysnative, or something
 * else under that name, or no way around at all: answers that neither Wine nor
 * a Windows of today gives. A 64-bit program shows which calls are wrapped, a
 * 32-bit one that they then lead to the real System32.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/change_win32.h"
#include "host/wide_win32.h"
#include "host/writers.h"
#include "host/wow64_win32.h"
#include "target/target.h"
#include "target/target_private.h"

#include <string.h>

static int offs;
static int ons;
static bool can_switch;
static DWORD alias_number; /* the folder's that Sysnative leads to; 0: none */
static char *windows;

static bool yes(void)
{
	return true;
}

static bool fake_file_id(const wchar_t *wide, BY_HANDLE_FILE_INFORMATION *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->nFileIndexLow = 7; /* System32 */
	if (wcsstr(wide, L"Sysnative") != NULL)
		ret->nFileIndexLow = alias_number;
	return ret->nFileIndexLow != 0;
}

static bool fake_off(void **old_ret)
{
	if (!can_switch)
		return false;
	offs++;
	/* A 64-bit program has none that could be switched. */
	wow64_ask_system.off(old_ret);
	return true;
}

static void fake_on(void *old)
{
	ons++;
	if (wow64_ask_system.is_wow64())
		wow64_ask_system.on(old);
}

static const struct wow64_ask fake = { yes, fake_file_id, fake_off, fake_on };

/* What was told is kept until somebody else is asked. */
static void ask_system(void)
{
	wow64_ask = &wow64_ask_system;
	wide_is_redirected(L"");
}

static void ask_fake(bool switches, DWORD alias)
{
	ask_system();
	can_switch = switches;
	alias_number = alias;
	wow64_ask = &fake;
	offs = 0;
	ons = 0;
}

static void setup(void)
{
	windows = host_getenv("SystemRoot");
	ck_assert_ptr_nonnull(windows);
}

static void teardown(void)
{
	ask_system();
	mem_free(windows);
}

static char *in_windows(const char *name)
{
	char *path = host_join(windows, name);

	ck_assert_ptr_nonnull(path);
	return path;
}

/* How often the redirection was switched off since; and on again. */
static int switches(void)
{
	const int n = offs;

	ck_assert_int_eq(offs, ons);
	offs = 0;
	ons = 0;
	return n;
}

static uint16_t machine_of(struct host_file *f)
{
	uint8_t buf[4096];
	struct bytes b = { buf, 0 };
	const uint8_t *at;

	ck_assert_int_eq(host_pread(f, 0, buf, sizeof(buf), &b.nbytes), 0);
	at = bytes_at(&b, 0x3c, 4);
	at = at != NULL ? bytes_at(&b, bytes_le32(at), 6) : NULL;
	return at != NULL ? bytes_le16(at + 4) : 0;
}

/* What is read there is what a 64-bit program reads. */
static void is_the_real_one(const char *path)
{
	struct host_file *f = NULL;

	ck_assert_int_eq(host_open(path, HOST_OPEN_NOFOLLOW, &f), 0);
	ck_assert_uint_eq(machine_of(f), 0x8664);
	host_close(f);
	ck_assert_int_ge(switches(), 1);
}

static void without_alias(void)
{
	char *system32 = in_windows("System32");
	char *dll = in_windows("System32\\kernel32.dll");
	char *other = in_windows("explorer.exe");
	char *exempt = in_windows("System32\\drivers\\etc\\hosts");
	struct host_dir *d = NULL;
	struct host_file *f = NULL;
	struct host_stat st;
	char *hidden;

	ck_assert_int_eq(host_stat(dll, false, &st), 0);
	switches(); /* how it stands was asked, too */
	is_the_real_one(dll);
	ck_assert_int_eq(host_stat(dll, false, &st), 0);
	ck_assert_int_eq(switches(), 1);
	ck_assert_int_eq(host_dir_open(system32, &d), 0);
	ck_assert_int_eq(switches(), 1);
	ck_assert_int_eq(host_open_at(d, "kernel32.dll", 0, &f), 0);
	ck_assert_uint_eq(machine_of(f), 0x8664);
	host_close(f);
	ck_assert_int_ge(switches(), 1);
	ck_assert_int_eq(host_stat_at(d, "kernel32.dll", &st), 0);
	ck_assert_int_eq(switches(), 1);
	host_dir_close(d);
	mem_free(host_short_name(dll));
	ck_assert_int_eq(switches(), 1);
	host_check_file_writers(dll);
	ck_assert_int_eq(switches(), 1);
	/* For exactly those. */
	ck_assert_int_eq(host_stat(other, false, &st), 0);
	host_stat(exempt, false, &st);
	ck_assert_int_eq(host_dir_open(windows, &d), 0);
	host_dir_close(d);
	ck_assert_int_eq(switches(), 0);
	hidden = host_hidden_folder();
	ck_assert_ptr_eq(hidden, NULL);
	mem_free(exempt);
	mem_free(other);
	mem_free(dll);
	mem_free(system32);
}

START_TEST(no_sysnative)
{
	ask_fake(true, 0);
	without_alias();
}

END_TEST

START_TEST(a_folder_of_that_name)
{
	ask_fake(true, 9);
	without_alias();
}

END_TEST

/* Where the alias is right it serves; two paths have none anywhere. */
START_TEST(what_has_no_alias)
{
	char *regedit = in_windows("regedit.exe");
	wchar_t *wide = NULL;
	char *dll;

	ask_fake(true, 7);
	dll = in_windows("System32\\kernel32.dll");
	ck_assert_int_eq(wide_path(dll, &wide), 0);
	ck_assert_ptr_nonnull(wcsstr(wide, L"\\Sysnative\\"));
	mem_free(wide);
	mem_free(dll);
	switches();
	is_the_real_one(regedit);
	mem_free(regedit);
}

END_TEST

/* Writing there goes where reading goes. */
START_TEST(what_is_written)
{
	char *dir = in_windows("System32\\mstmp-wow64");
	char *to = in_windows("System32\\mstmp-wow64-2");
	char *file = in_windows("System32\\mstmp-wow64-2\\f");
	struct host_stat st;

	ask_fake(true, 0);
	ck_assert_int_eq(host_mkdir(dir), 0);
	ck_assert_int_ge(switches(), 1);
	ck_assert_int_eq(host_rename_folder(dir, to), 0);
	ck_assert_int_ge(switches(), 1);
	ck_assert_int_eq(host_write_file(file, "x", 1), 0);
	ck_assert_int_ge(switches(), 2);
	ck_assert_int_eq(host_set_read_only(file, true), 0);
	ck_assert_int_ge(switches(), 1);
	ck_assert_int_eq(host_set_read_only(file, false), 0);
	switches();
	/* As a program with the alias sees it. */
	ask_system();
	ck_assert_int_eq(host_stat(file, false, &st), 0);
	ask_fake(true, 0);
	ck_assert_int_eq(host_unlink(file), 0);
	ck_assert_int_ge(switches(), 1);
	ck_assert_int_eq(host_rmdir(to), 0);
	ck_assert_int_ge(switches(), 1);
	mem_free(file);
	mem_free(to);
	mem_free(dir);
}

END_TEST

/* What is changed is found on its way through open folders. */
START_TEST(a_place)
{
	char *dll = in_windows("System32\\kernel32.dll");
	struct host_place *p = NULL;

	ask_fake(true, 0);
	ck_assert_int_eq(host_place_open(NULL, dll, &p), 0);
	ck_assert_int_ge(switches(), 2);
	host_place_close(p);
	mem_free(dll);
}

END_TEST

START_TEST(last_error_is_kept)
{
	struct wow64_pass pass;

	ask_fake(true, 0);
	wow64_enter_below(&pass);
	SetLastError(ERROR_SHARING_VIOLATION);
	wow64_leave(&pass);
	ck_assert_uint_eq(GetLastError(), ERROR_SHARING_VIOLATION);
	ck_assert_int_eq(switches(), 1);
}

END_TEST

/* As a scan looks for what a registration or a quick place names. */
START_TEST(a_target_finds_it)
{
	const struct target_options options = { .kind = TARGET_LIVE };
	char *file = in_windows("System32\\mstmp-only-there.dll");
	struct target *t = NULL;
	struct target_path p = { 0 };

	ck_assert_int_eq(host_write_file(file, "MZ", 2), 0);
	ask_fake(true, 0);
	ck_assert_int_eq(target_open_plain(&options, &t), 0);
	ck_assert_int_eq(target_resolve(t, file, 0, &p), 0);
	ck_assert_uint_eq(p.st.size, 2);
	ck_assert_int_ge(switches(), 1);
	target_path_release(&p);
	/* What a 32-bit program loads under that name is another file. */
	ck_assert_int_eq(target_resolve(t, file, 32, &p),
			 target_info(t)->is_64bit ? ERR_NOT_FOUND : 0);
	target_path_release(&p);
	target_free(t);
	ck_assert_int_eq(host_unlink(file), 0);
	mem_free(file);
}

END_TEST

/* Never another file in the place of the one that is asked for. */
START_TEST(no_way_around)
{
	char *dll = in_windows("System32\\kernel32.dll");
	char *regedit = in_windows("regedit.exe");
	char *system32 = in_windows("System32");
	char *hidden;
	struct host_dir *d = NULL;
	struct host_file *f = NULL;
	struct host_stat st;

	ask_fake(false, 0);
	ck_assert_int_eq(host_open(dll, 0, &f), ERR_IO);
	ck_assert_int_eq(host_stat(dll, false, &st), ERR_IO);
	ck_assert_int_eq(host_stat(regedit, false, &st), ERR_IO);
	ck_assert_int_eq(host_dir_open(windows, &d), 0);
	ck_assert_int_eq(host_stat_at(d, "System32", &st), ERR_IO);
	ck_assert_int_eq(host_stat_at(d, "System", &st), 0);
	host_dir_close(d);
	d = NULL;
	ck_assert_int_eq(host_dir_open(system32, &d), ERR_IO);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "mstmpsweep64.exe"));
	hidden = host_hidden_folder();
	ck_assert_ptr_nonnull(hidden);
	ck_assert_int_eq(ascii_casecmp(hidden, system32), 0);
	ck_assert_int_eq(switches(), 0);
	mem_free(hidden);
	mem_free(system32);
	mem_free(regedit);
	mem_free(dll);
}

END_TEST

/* A scan says so once, with what to do, and knows that it needed it. */
START_TEST(the_target_says_so)
{
	const struct target_options options = { .kind = TARGET_LIVE };
	struct target_closed c = { 0 };
	struct target *t = NULL;
	struct target_path p;
	size_t i = 0;

	ask_fake(false, 0);
	ck_assert_int_eq(target_open_plain(&options, &t), 0);
	for (; i < target_closed_count(t); i++) {
		target_closed(t, i, &c);
		if (c.why == VOLUME_HIDDEN)
			break;
	}
	ck_assert_uint_lt(i, target_closed_count(t));
	ck_assert_ptr_nonnull(strstr(c.name, "ystem32"));
	ck_assert_ptr_nonnull(
		strstr(volume_why_words(c.why), "mstmpsweep64.exe"));
	ck_assert_int_eq(
		target_resolve(t, "C:\\Windows\\System32\\x.dll", 0, &p),
		ERR_UNSUPPORTED);
	target_closed(t, i, &c);
	ck_assert(c.is_needed);
	target_free(t);
}

END_TEST

static Suite *wow64_win32_suite(void)
{
	Suite *s = suite_create("wow64_win32");
	TCase *tc = tcase_create("wow64_win32");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, no_sysnative);
	tcase_add_test(tc, a_folder_of_that_name);
	tcase_add_test(tc, what_has_no_alias);
	tcase_add_test(tc, what_is_written);
	tcase_add_test(tc, a_place);
	tcase_add_test(tc, a_target_finds_it);
	tcase_add_test(tc, last_error_is_kept);
	tcase_add_test(tc, no_way_around);
	tcase_add_test(tc, the_target_says_so);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(wow64_win32_suite)
