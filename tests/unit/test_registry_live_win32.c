/*
 * The live registry: both views, names with NUL, links, odd types.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "registry/registry.h"

#include <string.h>
#include <windows.h>
#include <winternl.h>

#define TEST_KEY  L"SOFTWARE\\mstmp unit test"
#define TEST_PATH "SOFTWARE\\mstmp unit test"

typedef NTSTATUS(NTAPI *set_value_fn)(HANDLE, UNICODE_STRING *, ULONG, ULONG,
				      void *, ULONG);

static HKEY make_key(REGSAM view, const WCHAR *path, DWORD options)
{
	HKEY key = NULL;

	ck_assert_int_eq(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL,
					 options, KEY_ALL_ACCESS | view, NULL,
					 &key, NULL),
			 0);
	return key;
}

static void set_text(HKEY key, const WCHAR *name, DWORD type, const WCHAR *text)
{
	ck_assert_int_eq(RegSetValueExW(key, name, 0, type, (const BYTE *)text,
					(DWORD)(wcslen(text) + 1) * 2),
			 0);
}

/* A value whose name goes on behind a NUL. */
static void set_hidden(HKEY key)
{
	set_value_fn set = (set_value_fn)(void *)(uintptr_t)GetProcAddress(
		GetModuleHandleW(L"ntdll.dll"), "NtSetValueKey");
	WCHAR name[] = L"a\0hidden";
	UNICODE_STRING text = { sizeof(name) - 2, sizeof(name) - 2, name };

	ck_assert_int_eq(set(key, &text, 0, 0x10000003, name, 3), 0);
}

struct seen {
	char text[1024];
	int keys;
};

static int note_value(void *arg, const struct reg_value *v)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s:%lx:%u|", v->name,
		 (unsigned long)v->type, (unsigned)v->nbytes);
	return 0;
}

static int note_key(void *arg, const char *name)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s|", name);
	s->keys++;
	return 0;
}

static void set_up(void)
{
	HKEY key, sub;

	key = make_key(KEY_WOW64_64KEY, TEST_KEY, 0);
	set_text(key, L"View", REG_SZ, L"sixty-four");
	sub = make_key(KEY_WOW64_64KEY, TEST_KEY L"\\Values", 0);
	set_hidden(sub);
	set_text(sub, NULL, REG_EXPAND_SZ, L"%TEMP%\\x");
	RegCloseKey(sub);
	sub = make_key(KEY_WOW64_64KEY, TEST_KEY L"\\\x8868\\text/html", 0);
	RegCloseKey(sub);
	RegCloseKey(key);
	key = make_key(KEY_WOW64_32KEY, TEST_KEY, 0);
	set_text(key, L"Last", REG_SZ, L"thirty-two");
	RegCloseKey(key);
}

static void delete_all(REGSAM view)
{
	static const WCHAR *const paths[] = {
		TEST_KEY L"\\\x8868\\text/html",
		TEST_KEY L"\\\x8868",
		TEST_KEY L"\\Values",
		TEST_KEY,
	};
	LONG(WINAPI * del)
	(HKEY, LPCWSTR, REGSAM, DWORD) = (void *)(uintptr_t)GetProcAddress(
		GetModuleHandleW(L"advapi32.dll"), "RegDeleteKeyExW");

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (del)
			del(HKEY_LOCAL_MACHINE, paths[i], view, 0);
		else
			RegDeleteKeyW(HKEY_LOCAL_MACHINE, paths[i]);
	}
}

static void tear_down(void)
{
	delete_all(KEY_WOW64_64KEY);
	delete_all(KEY_WOW64_32KEY);
}

static struct reg_root *open_live(enum reg_live_root which, enum reg_view view)
{
	struct reg_root *root = NULL;

	ck_assert_int_eq(reg_open_live(which, view, NULL, NULL, &root), 0);
	return root;
}

static bool is_64_bit_windows(void)
{
	BOOL wow = FALSE;

	if (sizeof(void *) == 8)
		return true;
	return IsWow64Process(GetCurrentProcess(), &wow) && wow;
}

START_TEST(reads_both_views_physically)
{
	struct reg_root *root = open_live(REG_LIVE_MACHINE, REG_VIEW_64);
	struct reg_key *key;
	char *text;

	text = reg_root_get_text(root, TEST_PATH, "View", NULL);
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, "sixty-four");
	mem_free(text);
	text = reg_root_get_text(root, "SOFTWARE\\Wow6432Node\\mstmp unit test",
				 "Last", NULL);
	if (is_64_bit_windows()) {
		ck_assert_ptr_nonnull(text);
		ck_assert_str_eq(text, "thirty-two");
	}
	mem_free(text);
	ck_assert_int_eq(reg_open_key(root, TEST_PATH "\\none", &key),
			 ERR_NOT_FOUND);
	reg_close(root);
	if (sizeof(void *) == 8) {
		ck_assert_int_eq(reg_open_live(REG_LIVE_MACHINE, REG_VIEW_32,
					       NULL, NULL, &root),
				 ERR_UNSUPPORTED);
		return;
	}
	root = open_live(REG_LIVE_MACHINE, REG_VIEW_32);
	text = reg_root_get_text(root, TEST_PATH, "Last", NULL);
	ck_assert_ptr_nonnull(text);
	mem_free(text);
	reg_close(root);
}

END_TEST

START_TEST(keeps_names_and_types)
{
	struct reg_root *root = open_live(REG_LIVE_MACHINE, REG_VIEW_64);
	struct seen s = { "", 0 };
	struct reg_key_info info;
	struct reg_key *key, *sub;
	struct reg_value v;

	ck_assert_int_eq(reg_open_key(root, TEST_PATH "\\values", &key), 0);
	ck_assert_int_eq(reg_each_value(key, note_value, &s), 0);
	ck_assert_msg(strstr(s.text, "a\xc0\x80hidden:10000003:3|") != NULL,
		      "%s", s.text);
	ck_assert_msg(strstr(s.text, ":2:18|") != NULL, "%s", s.text);
	ck_assert_int_eq(reg_get_value(key, "A\xc0\x80HIDDEN", &v), 0);
	ck_assert_uint_eq(v.nbytes, 3);
	ck_assert_uint_eq(v.type, 0x10000003);
	reg_value_release(&v);
	ck_assert_int_eq(reg_get_value(key, "a", &v), ERR_NOT_FOUND);
	ck_assert_int_eq(reg_get_value(key, "", &v), 0);
	ck_assert_uint_eq(v.type, REG_TYPE_EXPAND_SZ);
	reg_value_release(&v);
	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ck_assert_uint_eq(info.value_count, 2);
	ck_assert_uint_eq(info.subkey_count, 0);
	ck_assert_int_gt(info.last_write, INT64_C(130000000000000000));
	ck_assert(!info.is_link);
	ck_assert(!strcmp(info.name, "Values") || !strcmp(info.name, "values"));
	reg_key_info_release(&info);
	reg_close_key(key);

	ck_assert_int_eq(reg_open_key(root, TEST_PATH, &key), 0);
	s.text[0] = '\0';
	ck_assert_int_eq(reg_each_subkey(key, note_key, &s), 0);
	ck_assert_int_eq(s.keys, 2);
	ck_assert_msg(strstr(s.text, "\xe8\xa1\xa8|") != NULL, "%s", s.text);
	ck_assert_int_eq(reg_open_subkey(key, "\xe8\xa1\xa8\\TEXT/HTML", &sub),
			 0);
	reg_close_key(sub);
	ck_assert_int_eq(reg_open_subkey(key, "", &sub), 0);
	reg_close_key(sub);
	reg_close_key(key);
	reg_close(root);
}

END_TEST

START_TEST(does_not_follow_links)
{
	static const WCHAR target[] =
		L"\\Registry\\Machine\\" TEST_KEY L"\\Values";
	struct reg_root *root = open_live(REG_LIVE_MACHINE, REG_VIEW_64);
	struct reg_key_info info;
	struct reg_key *key;
	struct reg_value v;
	NTSTATUS(NTAPI * del)(HANDLE);
	HKEY link = NULL;
	LONG made;

	made = RegCreateKeyExW(HKEY_LOCAL_MACHINE, TEST_KEY L"\\Link", 0, NULL,
			       REG_OPTION_CREATE_LINK,
			       KEY_ALL_ACCESS | KEY_WOW64_64KEY, NULL, &link,
			       NULL);
	if (made) {
		reg_close(root);
		UNIT_SKIP("registry links cannot be made here");
	}
	ck_assert_int_eq(RegSetValueExW(link, L"SymbolicLinkValue", 0, REG_LINK,
					(const BYTE *)target,
					sizeof(target) - 2),
			 0);
	ck_assert_int_eq(reg_open_key(root, TEST_PATH "\\Link", &key), 0);
	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ck_assert(info.is_link);
	ck_assert_uint_eq(info.value_count, 1);
	reg_key_info_release(&info);
	ck_assert_int_eq(reg_get_value(key, "SymbolicLinkValue", &v), 0);
	ck_assert_uint_eq(v.type, REG_TYPE_LINK);
	reg_value_release(&v);
	reg_close_key(key);
	del = (void *)(uintptr_t)GetProcAddress(GetModuleHandleW(L"ntdll.dll"),
						"NtDeleteKey");
	del(link);
	RegCloseKey(link);
	reg_close(root);
}

END_TEST

START_TEST(lists_users)
{
	struct reg_root *root = open_live(REG_LIVE_USERS, REG_VIEW_NATIVE);
	struct seen s = { "", 0 };
	struct reg_key *key;

	ck_assert_int_eq(reg_open_key(root, "", &key), 0);
	ck_assert_int_eq(reg_each_subkey(key, note_key, &s), 0);
	ck_assert_int_ge(s.keys, 1);
	reg_close_key(key);
	reg_close(root);
}

END_TEST

static int use_value(void *arg, const struct reg_value *v)
{
	char *text = reg_value_text(v, NULL);

	(void)arg;
	mem_free(text);
	return text ? 0 : ERR_NOMEM;
}

static int walk(void *arg, const char *name)
{
	struct reg_key *key = NULL;
	struct reg_key_info info;
	int err = reg_open_subkey(arg, name, &key);

	if (err)
		return err;
	err = reg_key_info(key, &info);
	if (!err) {
		reg_key_info_release(&info);
		err = reg_each_value(key, use_value, NULL);
	}
	if (!err)
		err = reg_each_subkey(key, walk, key);
	reg_close_key(key);
	return err;
}

static int open_and_walk(void)
{
	struct reg_root *root = NULL;
	struct reg_key *key = NULL;
	int err;

	err = reg_open_live(REG_LIVE_MACHINE, REG_VIEW_64, NULL, NULL, &root);
	if (err)
		return err;
	err = reg_open_key(root, TEST_PATH, &key);
	if (!err)
		err = reg_each_subkey(key, walk, key);
	reg_close_key(key);
	reg_close(root);
	return err;
}

START_TEST(survives_short_memory)
{
	int64_t before = mem_count(), all;

	ck_assert_int_eq(open_and_walk(), 0);
	all = mem_count() - before;
	ck_assert_int_gt(all, 20);
	for (int64_t i = 1; i <= all; i++) {
		int err;

		mem_fail_after(i);
		err = open_and_walk();
		mem_fail_after(0);
		ck_assert_msg(err == ERR_NOMEM, "allocation %d of %d: %d",
			      (int)i, (int)all, err);
	}
}

END_TEST

static Suite *registry_live_suite(void)
{
	Suite *s = suite_create("registry_live");
	TCase *t = tcase_create("live");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, reads_both_views_physically);
	tcase_add_test(t, keeps_names_and_types);
	tcase_add_test(t, does_not_follow_links);
	tcase_add_test(t, lists_users);
	tcase_add_test(t, survives_short_memory);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(registry_live_suite)
