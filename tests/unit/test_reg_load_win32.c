/*
 * What is loaded below HKEY_USERS under names of ours, who loaded it, and
 * taking it away from others.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "host/privilege_win32.h"
#include "host/wide_win32.h"
#include "registry/reg_load_win32.h"

#include <string.h>

#define LEFT	 "mstmpsweep-0123456789abcdef"
#define AT_WORK	 "mstmpsweep-fedcba9876543210"
#define TAKEN	 "mstmpsweep-0000111122223333"
#define OTHER	 "mstmpsweep-of-somebody-else"
#define HIVELIST L"SYSTEM\\CurrentControlSet\\Control\\hivelist"
#define LISTED                                                                 \
	L"\\REGISTRY\\USER\\"                                                  \
	L"MSTMPSWEEP-0123456789ABCDEF"
#define ITS_DAT L"\\Device\\HarddiskVolume2\\Users\\hanako\\NTUSER.DAT"

#define ST_FAILED ((NTSTATUS)0xC0000001)

static HANDLE mark;

/* ---- a PC on which a run was cut off ----------------------------- */

static const char *const names[] = { LEFT, AT_WORK, OTHER };

static bool is_there(const char *name)
{
	wchar_t *wide = wide_from_utf8(name);
	HKEY key = NULL;
	const LONG code = RegOpenKeyExW(HKEY_USERS, wide, 0, KEY_READ, &key);

	mem_free(wide);
	if (!code)
		RegCloseKey(key);
	return !code;
}

static void set_listed(bool is_listed)
{
	HKEY key = NULL;

	ck_assert_int_eq(RegCreateKeyExW(HKEY_LOCAL_MACHINE, HIVELIST, 0, NULL,
					 0, KEY_ALL_ACCESS, NULL, &key, NULL),
			 0);
	if (is_listed)
		ck_assert_int_eq(RegSetValueExW(key, LISTED, 0, REG_SZ,
						(const BYTE *)ITS_DAT,
						sizeof(ITS_DAT)),
				 0);
	else
		RegDeleteValueW(key, LISTED);
	RegCloseKey(key);
}

static void set_up(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		wchar_t *wide = wide_from_utf8(names[i]);
		HKEY key = NULL;

		ck_assert_int_eq(RegCreateKeyExW(HKEY_USERS, wide, 0, NULL, 0,
						 KEY_ALL_ACCESS, NULL, &key,
						 NULL),
				 0);
		RegCloseKey(key);
		mem_free(wide);
	}
	set_listed(true);
	/* Another run's: what it holds is all that others see of it. */
	mark = CreateMutexW(NULL, FALSE,
			    L"Global\\"
			    L"" AT_WORK);
	ck_assert_ptr_nonnull(mark);
}

static void tear_down(void)
{
	CloseHandle(mark);
	set_listed(false);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		wchar_t *wide = wide_from_utf8(names[i]);

		RegDeleteKeyW(HKEY_USERS, wide);
		mem_free(wide);
	}
}

/* ---- the list ---------------------------------------------------- */

START_TEST(knows_whose_they_are)
{
	struct vec list = VEC_INIT(struct reg_loaded, REG_LOADED_MAX);
	int seen = 0;

	ck_assert_int_eq(reg_loaded_list(&list), 0);
	for (size_t i = 0; i < list.count; i++) {
		const struct reg_loaded *l = vec_at(&list, i);

		if (strcmp(l->name, LEFT) == 0) {
			seen++;
			ck_assert(!l->is_at_work);
			ck_assert_pstr_eq(l->file,
					  "\\Device\\HarddiskVolume2\\Users\\"
					  "hanako\\NTUSER.DAT");
		} else {
			seen += 100;
			ck_assert_str_eq(l->name, AT_WORK);
			ck_assert(l->is_at_work);
			ck_assert_ptr_null(l->file);
		}
	}
	ck_assert_int_eq(seen, 101);
	reg_loaded_release(&list);
}

END_TEST

START_TEST(a_mark_holds_until_the_end)
{
	struct vec list = VEC_INIT(struct reg_loaded, REG_LOADED_MAX);

	ck_assert_int_eq(reg_load_mark(AT_WORK), 0);
	CloseHandle(mark);
	mark = NULL;
	ck_assert_int_eq(reg_loaded_list(&list), 0);
	for (size_t i = 0; i < list.count; i++) {
		const struct reg_loaded *l = vec_at(&list, i);

		ck_assert(l->is_at_work == (strcmp(l->name, AT_WORK) == 0));
	}
	ck_assert_uint_eq(list.count, 2);
	reg_loaded_release(&list);
}

END_TEST

/* A hive file that the system wrote itself; caller frees. */
static char *save_hive(void)
{
	char *dir = host_getenv("TEMP");
	char *path = host_join(dir, "mstmp-marked.dat");
	wchar_t *wide = NULL;
	HKEY key = NULL;

	ck_assert_int_eq(wide_path(path, &wide), 0);
	DeleteFileW(wide);
	ck_assert(host_privilege_enable(L"SeBackupPrivilege"));
	ck_assert_int_eq(RegOpenKeyExW(HKEY_USERS, L"" LEFT, 0, KEY_READ, &key),
			 0);
	ck_assert_int_eq(RegSaveKeyW(key, wide, NULL), 0);
	RegCloseKey(key);
	mem_free(wide);
	mem_free(dir);
	return path;
}

/* Another run would take it for one that was left, and away from this one. */
START_TEST(loads_nothing_without_a_mark)
{
	char *path = save_hive();
	/* A name can be one object's only. */
	HANDLE event = CreateEventW(NULL, FALSE, FALSE,
				    L"Global\\"
				    L"" TAKEN);

	ck_assert_ptr_nonnull(event);
	ck_assert_int_ne(reg_load_system.load(NULL, TAKEN, path), 0);
	ck_assert_ptr_nonnull(strstr(err_last()->text, TAKEN));
	ck_assert(!is_there(TAKEN));
	CloseHandle(event);
	ck_assert_msg(reg_load_system.load(NULL, TAKEN, path) == 0, "%s",
		      err_last()->text);
	ck_assert(is_there(TAKEN));
	ck_assert_int_eq(reg_load_system.unload(NULL, TAKEN), 0);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(path);
}

END_TEST

static void told(void *arg, const char *name, const char *file, int err)
{
	int *count = arg;

	++*count;
	ck_assert_str_eq(name, LEFT);
	ck_assert_ptr_nonnull(file);
	ck_assert_msg(err == 0, "%s", err_last()->text);
}

/* (Wine unloads a plain key as if it were a hive; Windows refuses that.) */
START_TEST(gives_back_what_was_left)
{
	int count = 0;

	ck_assert_int_eq(reg_load_give_back(&reg_load_system, told, &count), 0);
	ck_assert_int_eq(count, 1);
	ck_assert(!is_there(LEFT));
	ck_assert(is_there(AT_WORK) && is_there(OTHER));
	ck_assert_int_eq(reg_load_give_back(&reg_load_system, told, &count), 0);
	ck_assert_int_eq(count, 1);
}

END_TEST

/* ---- by force ---------------------------------------------------- */

static NTSTATUS forced;

static NTSTATUS NTAPI fake_unload(OBJECT_ATTRIBUTES *object, ULONG flags)
{
	static const WCHAR path[] = L"\\Registry\\User\\"
				    L"mstmpsweep-0123456789abcdef";

	ck_assert_ptr_null(object->RootDirectory);
	ck_assert_uint_eq(object->ObjectName->Length, sizeof(path) - 2);
	ck_assert_int_eq(
		memcmp(object->ObjectName->Buffer, path, sizeof(path) - 2), 0);
	ck_assert_uint_eq(flags, 1); /* REG_FORCE_UNLOAD */
	return forced;
}

START_TEST(forces)
{
	static const struct {
		NTSTATUS answer;
		int want;
	} rows[] = {
		{ 0, 0 },
		{ NT_NOT_FOUND, ERR_NOT_FOUND },
		{ NT_PRIVILEGE_NOT_HELD, ERR_DENIED },
		{ NT_CANNOT_DELETE, ERR_LOCKED },
		{ ST_FAILED, ERR_IO },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		forced = rows[i].answer;
		ck_assert_msg(reg_force_unload(fake_unload, LEFT) ==
				      rows[i].want,
			      "row %u", (unsigned)i);
		if (rows[i].want)
			ck_assert_ptr_nonnull(strstr(err_last()->text, LEFT));
	}
	/* Windows XP. */
	ck_assert_int_eq(reg_force_unload(NULL, LEFT), ERR_UNSUPPORTED);
}

END_TEST

static Suite *reg_load_live_suite(void)
{
	Suite *s = suite_create("reg_load_live");
	TCase *t = tcase_create("live");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, knows_whose_they_are);
	tcase_add_test(t, gives_back_what_was_left);
	tcase_add_test(t, loads_nothing_without_a_mark);
	tcase_add_test(t, forces);
	/* Last: its mark stays. */
	tcase_add_test(t, a_mark_holds_until_the_end);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_load_live_suite)
