/*
 * Changes to the running registry: views, odd names, links, access lists
 * that forbid the change, keys made again.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "host/privilege_win32.h"
#include "host/wide_win32.h"
#include "registry/reg_load.h"

#include <string.h>
#include <windows.h>
#include <winternl.h>

#define TEST_KEY  L"SOFTWARE\\mstmp edit test"
#define TEST_PATH "SOFTWARE\\mstmp edit test"
#define NT_KEY	  L"\\Registry\\Machine\\SOFTWARE\\mstmp edit test"

typedef NTSTATUS(NTAPI *set_value_fn)(HANDLE, UNICODE_STRING *, ULONG, ULONG,
				      const void *, ULONG);
typedef NTSTATUS(NTAPI *create_key_fn)(HANDLE *, ACCESS_MASK,
				       OBJECT_ATTRIBUTES *, ULONG,
				       UNICODE_STRING *, ULONG, ULONG *);
typedef NTSTATUS(NTAPI *security_fn)(HANDLE, ULONG, void *);

static void *ntdll(const char *name)
{
	void *fn = (void *)(uintptr_t)GetProcAddress(
		GetModuleHandleW(L"ntdll.dll"), name);

	ck_assert_ptr_nonnull(fn);
	return fn;
}

/* ---- making what is then changed --------------------------------- */

static LONG open_key(const wchar_t *path, REGSAM access, HKEY *ret)
{
	return RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0,
			     access | KEY_WOW64_64KEY, ret);
}

static bool is_there(const wchar_t *path)
{
	HKEY key;
	LONG code = open_key(path, READ_CONTROL, &key);

	if (code == 0)
		RegCloseKey(key);
	/* An access list may keep us out of a key that is there. */
	return code != ERROR_FILE_NOT_FOUND;
}

static HKEY make_key(const wchar_t *path, REGSAM view)
{
	HKEY key = NULL;

	ck_assert_int_eq(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0,
					 KEY_ALL_ACCESS | view, NULL, &key,
					 NULL),
			 0);
	return key;
}

static void make(const wchar_t *path)
{
	RegCloseKey(make_key(path, KEY_WOW64_64KEY));
}

static void set_raw(HKEY key, const wchar_t *name, size_t nchars, DWORD type,
		    const void *data, size_t nbytes)
{
	set_value_fn set = (set_value_fn)ntdll("NtSetValueKey");
	UNICODE_STRING text;

	text.Buffer = (wchar_t *)(uintptr_t)name;
	text.Length = (USHORT)(nchars * 2);
	text.MaximumLength = text.Length;
	ck_assert_int_eq(set(key, &text, 0, type, data, (ULONG)nbytes), 0);
}

/* False where links cannot be made. */
static bool make_link(const wchar_t *path, const wchar_t *target)
{
	HKEY link = NULL;

	if (RegCreateKeyExW(
		    HKEY_LOCAL_MACHINE, path, 0, NULL, REG_OPTION_CREATE_LINK,
		    KEY_ALL_ACCESS | KEY_WOW64_64KEY, NULL, &link, NULL))
		return false;
	set_raw(link, L"SymbolicLinkValue", 17, REG_LINK, target,
		wcslen(target) * 2);
	RegCloseKey(link);
	return true;
}

static struct reg_edit *edit;

static struct reg_key *reader_key(const char *path)
{
	struct reg_key *key = NULL;

	ck_assert_msg(reg_open_key(reg_edit_root(edit), path, &key) == 0,
		      "%s: %s", path, err_last()->text);
	return key;
}

static bool has_key(const char *path)
{
	struct reg_key *key = NULL;
	int err = reg_open_key(reg_edit_root(edit), path, &key);

	reg_close_key(key);
	ck_assert(err == 0 || err == ERR_NOT_FOUND);
	return err == 0;
}

static bool is_link(const char *path)
{
	struct reg_key *key = reader_key(path);
	struct reg_key_info info;
	bool ret;

	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ret = info.is_link;
	reg_key_info_release(&info);
	reg_close_key(key);
	return ret;
}

/* The data as text of at most four bytes; "none" for no such value. */
static const char *value_of(const char *path, const char *name)
{
	static char text[80];
	struct reg_key *key = reader_key(path);
	struct reg_value v;
	int err = reg_get_value(key, name, &v);

	reg_close_key(key);
	if (err == ERR_NOT_FOUND)
		return "none";
	ck_assert_int_eq(err, 0);
	snprintf(text, sizeof(text), "%lx:%u:%.*s", (unsigned long)v.type,
		 (unsigned)v.nbytes, (int)v.nbytes,
		 v.data ? (const char *)v.data : "");
	reg_value_release(&v);
	return text;
}

static void clean(void)
{
	struct reg_edit *e = NULL;

	ck_assert_int_eq(reg_edit_live(REG_LIVE_MACHINE, &e), 0);
	reg_edit_delete_key(e, TEST_PATH);
	reg_edit_delete_key(e, "SOFTWARE\\Wow6432Node\\mstmp edit test");
	ck_assert_int_eq(reg_edit_close(e), 0);
}

static void set_up(void)
{
	clean();
	make(TEST_KEY);
	ck_assert_int_eq(reg_edit_live(REG_LIVE_MACHINE, &edit), 0);
	ck_assert_ptr_nonnull(reg_edit_root(edit));
}

static void tear_down(void)
{
	ck_assert_int_eq(reg_edit_close(edit), 0);
	edit = NULL;
	clean();
	ck_assert(!is_there(TEST_KEY));
}

/* ---- removing ---------------------------------------------------- */

START_TEST(removes_all_that_is_below)
{
	make(TEST_KEY L"\\a\\b\\c\\d");
	make(TEST_KEY L"\\a\\\x8868\\text/html");
	make(TEST_KEY L"\\a\\b2");
	make(TEST_KEY L"\\a2");
	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\A"), 0);
	ck_assert(!is_there(TEST_KEY L"\\a"));
	ck_assert(!has_key(TEST_PATH "\\a"));
	ck_assert(is_there(TEST_KEY L"\\a2"));
	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\a"),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\x\\y"),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(reg_edit_delete_key(edit, ""), ERR_INVALID);
	ck_assert_int_eq(reg_edit_delete_key(edit, "\\"), ERR_INVALID);
}

END_TEST

/* A name that goes on behind a NUL is another key. */
START_TEST(removes_names_that_hold_nul)
{
	create_key_fn create = (create_key_fn)ntdll("NtCreateKey");
	wchar_t name[] = L"k\0hidden";
	UNICODE_STRING text = { sizeof(name) - 2, sizeof(name) - 2, name };
	OBJECT_ATTRIBUTES object;
	HANDLE h = NULL;
	HKEY key = make_key(TEST_KEY L"\\nul", KEY_WOW64_64KEY);

	make(TEST_KEY L"\\nul\\k");
	memset(&object, 0, sizeof(object));
	object.Length = sizeof(object);
	object.RootDirectory = key;
	object.ObjectName = &text;
	ck_assert_int_eq(create(&h, KEY_ALL_ACCESS, &object, 0, NULL, 0, NULL),
			 0);
	CloseHandle(h);
	RegCloseKey(key);
	ck_assert(has_key(TEST_PATH "\\nul\\k\xc0\x80hidden"));
	ck_assert_int_eq(
		reg_edit_delete_key(edit, TEST_PATH "\\nul\\k\xc0\x80hidden"),
		0);
	ck_assert(!has_key(TEST_PATH "\\nul\\k\xc0\x80hidden"));
	ck_assert(has_key(TEST_PATH "\\nul\\k"));
}

END_TEST

static bool is_64_bit_windows(void)
{
	BOOL wow = FALSE;

	if (sizeof(void *) == 8)
		return true;
	return IsWow64Process(GetCurrentProcess(), &wow) && wow;
}

START_TEST(changes_the_view_it_is_asked_for)
{
	if (!is_64_bit_windows())
		UNIT_SKIP("a 32-bit Windows has one view");
	make(TEST_KEY L"\\view");
	RegCloseKey(make_key(TEST_KEY L"\\view", KEY_WOW64_32KEY));
	ck_assert(has_key("SOFTWARE\\Wow6432Node\\mstmp edit test\\view"));
	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\view"), 0);
	ck_assert(!is_there(TEST_KEY L"\\view"));
	ck_assert(has_key("SOFTWARE\\Wow6432Node\\mstmp edit test\\view"));
	make(TEST_KEY L"\\view");
	ck_assert_int_eq(reg_edit_delete_key(
				 edit, "SOFTWARE\\Wow6432Node\\mstmp edit test"
				       "\\view"),
			 0);
	ck_assert(!has_key("SOFTWARE\\Wow6432Node\\mstmp edit test\\view"));
	ck_assert(is_there(TEST_KEY L"\\view"));
}

END_TEST

/* ---- values ------------------------------------------------------ */

START_TEST(changes_values_by_their_whole_name)
{
	HKEY key = make_key(TEST_KEY L"\\v", KEY_WOW64_64KEY);

	set_raw(key, L"a\0hidden", 8, 0x10000003, "abc", 3);
	set_raw(key, L"a", 1, REG_SZ, "xy", 2);
	set_raw(key, L"", 0, REG_BINARY, "d", 1);
	RegCloseKey(key);

	ck_assert_int_eq(
		reg_edit_delete_value(edit, TEST_PATH "\\v", "A\xc0\x80HIDDEN"),
		0);
	ck_assert_str_eq(value_of(TEST_PATH "\\v", "a\xc0\x80hidden"), "none");
	ck_assert_str_eq(value_of(TEST_PATH "\\v", "a"), "1:2:xy");
	ck_assert_int_eq(
		reg_edit_delete_value(edit, TEST_PATH "\\v", "a\xc0\x80hidden"),
		ERR_NOT_FOUND);
	ck_assert_int_eq(reg_edit_delete_value(edit, TEST_PATH "\\w", "a"),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(reg_edit_delete_value(edit, TEST_PATH "\\v", ""), 0);
	ck_assert_str_eq(value_of(TEST_PATH "\\v", ""), "none");

	ck_assert_int_eq(reg_edit_set_value(edit, TEST_PATH "\\v",
					    "a\xc0\x80hidden", 0x10000003,
					    "abc", 3),
			 0);
	ck_assert_str_eq(value_of(TEST_PATH "\\v", "a\xc0\x80hidden"),
			 "10000003:3:abc");
	ck_assert_int_eq(
		reg_edit_set_value(edit, TEST_PATH "\\v", "", 3, NULL, 0), 0);
	ck_assert_str_eq(value_of(TEST_PATH "\\v", ""), "3:0:");
	ck_assert_str_eq(value_of(TEST_PATH "\\v", "a"), "1:2:xy");
	ck_assert_int_eq(
		reg_edit_set_value(edit, TEST_PATH "\\none", "a", 3, "x", 1),
		ERR_NOT_FOUND);
	ck_assert(!has_key(TEST_PATH "\\none"));
}

END_TEST

/* ---- links ------------------------------------------------------- */

static struct reg_tree_value value(char *name, uint32_t type, const void *data,
				   size_t nbytes)
{
	struct reg_tree_value v = { name, type, (uint8_t *)(uintptr_t)data,
				    nbytes };

	return v;
}

START_TEST(never_goes_through_a_link)
{
	struct reg_tree tree = { .name = (char[]){ "new" } };

	make(TEST_KEY L"\\target\\sub");
	if (!make_link(TEST_KEY L"\\link", NT_KEY L"\\target"))
		UNIT_SKIP("registry links cannot be made here");
	ck_assert(is_link(TEST_PATH "\\link"));
	/* It does lead there, for everybody else. */
	ck_assert(is_there(TEST_KEY L"\\link\\sub"));

	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\link\\sub"),
			 ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "\\link\" is a link"));
	ck_assert_int_eq(reg_edit_set_value(edit, TEST_PATH "\\link\\sub", "a",
					    3, "x", 1),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(
		reg_edit_set_value(edit, TEST_PATH "\\link", "a", 3, "x", 1),
		ERR_UNSUPPORTED);
	ck_assert_int_eq(reg_edit_delete_value(edit, TEST_PATH "\\link",
					       "SymbolicLinkValue"),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(
		reg_edit_add_tree(edit, TEST_PATH "\\link\\new", &tree),
		ERR_UNSUPPORTED);
	ck_assert_int_eq(
		reg_edit_add_tree(edit, TEST_PATH "\\link\\a\\new", &tree),
		ERR_UNSUPPORTED);
	ck_assert(has_key(TEST_PATH "\\target\\sub"));
	ck_assert(!has_key(TEST_PATH "\\target\\new"));
	ck_assert(!has_key(TEST_PATH "\\target\\a"));
	ck_assert_str_eq(value_of(TEST_PATH "\\target", "a"), "none");
	/* What stands at the end of the path is not overwritten, either. */
	ck_assert_int_eq(reg_edit_add_tree(edit, TEST_PATH "\\link", &tree),
			 ERR_EXISTS);

	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\link"), 0);
	ck_assert(!is_there(TEST_KEY L"\\link"));
	ck_assert(has_key(TEST_PATH "\\target\\sub"));
}

END_TEST

START_TEST(removes_a_link_below_as_a_link)
{
	make(TEST_KEY L"\\target\\sub");
	make(TEST_KEY L"\\bad\\x");
	if (!make_link(TEST_KEY L"\\bad\\x\\link", NT_KEY L"\\target"))
		UNIT_SKIP("registry links cannot be made here");
	/* One that leads to itself, and one that leads nowhere. */
	ck_assert(make_link(TEST_KEY L"\\bad\\loop", NT_KEY L"\\bad\\loop"));
	ck_assert(make_link(TEST_KEY L"\\bad\\lost", NT_KEY L"\\nothing"));
	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\bad"), 0);
	ck_assert(!is_there(TEST_KEY L"\\bad"));
	ck_assert(has_key(TEST_PATH "\\target\\sub"));
}

END_TEST

START_TEST(makes_a_link_as_a_link)
{
	char name[] = "SymbolicLinkValue";
	struct reg_tree_value v = value(name, REG_TYPE_LINK, NT_KEY L"\\target",
					sizeof(NT_KEY L"\\target") - 2);
	struct reg_tree tree = { .name = (char[]){ "link" },
				 .is_link = true,
				 .values = &v,
				 .value_count = 1 };

	make(TEST_KEY L"\\target\\sub");
	if (!make_link(TEST_KEY L"\\probe", NT_KEY L"\\target"))
		UNIT_SKIP("registry links cannot be made here");
	ck_assert_int_eq(reg_edit_add_tree(edit, TEST_PATH "\\link", &tree), 0);
	ck_assert(is_link(TEST_PATH "\\link"));
	ck_assert(is_there(TEST_KEY L"\\link\\sub"));
}

END_TEST

/* ---- access lists ------------------------------------------------ */

/* A list that denies everybody (S-1-1-0) everything that is in `mask`. */
static void deny(const wchar_t *path, uint32_t mask)
{
	static const uint8_t everyone[] = {
		1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0
	};
	uint8_t sd[20 + 8 + 20 + 20] = { 1, 0, 0x04, 0x80 };
	security_fn set = (security_fn)ntdll("NtSetSecurityObject");
	HKEY key;

	sd[16] = 20;
	sd[20] = 2;
	sd[22] = 48;
	sd[24] = 2;
	for (int i = 0; i < 2; i++) {
		uint8_t *ace = sd + 28 + 20 * i;
		uint32_t bits = i ? KEY_ALL_ACCESS & ~mask : mask;

		ace[0] = (uint8_t)!i; /* denied, then allowed */
		ace[2] = 20;
		memcpy(ace + 4, &bits, 4);
		memcpy(ace + 8, everyone, 12);
	}
	ck_assert_int_eq(open_key(path, WRITE_DAC, &key), 0);
	ck_assert_int_eq(set(key, DACL_SECURITY_INFORMATION, sd), 0);
	RegCloseKey(key);
}

static void security_of(const char *path, uint8_t **data, size_t *nbytes)
{
	struct reg_key *key = reader_key(path);

	ck_assert_int_eq(reg_key_security(key, data, nbytes), 0);
	reg_close_key(key);
}

START_TEST(removes_a_key_that_forbids_it)
{
	HKEY key;

	make(TEST_KEY L"\\deny\\sub");
	deny(TEST_KEY L"\\deny\\sub", KEY_ALL_ACCESS);
	deny(TEST_KEY L"\\deny", KEY_READ | KEY_WRITE | DELETE);
	/* Nobody else can.  (Wine lets an owner delete, but not look.) */
	ck_assert_int_eq(open_key(TEST_KEY L"\\deny", KEY_READ | DELETE, &key),
			 ERROR_ACCESS_DENIED);
	ck_assert_int_eq(
		open_key(TEST_KEY L"\\deny\\sub", KEY_READ | DELETE, &key),
		ERROR_ACCESS_DENIED);
	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\deny"), 0);
	ck_assert(!is_there(TEST_KEY L"\\deny"));
}

END_TEST

START_TEST(leaves_the_list_of_a_key_as_it_was)
{
	uint8_t *before = NULL, *after = NULL;
	size_t before_nbytes = 0, after_nbytes = 0;
	HKEY key = make_key(TEST_KEY L"\\deny", KEY_WOW64_64KEY);

	set_raw(key, L"bad", 3, REG_BINARY, "x", 1);
	RegCloseKey(key);
	deny(TEST_KEY L"\\deny", KEY_SET_VALUE);
	ck_assert_int_eq(open_key(TEST_KEY L"\\deny", KEY_SET_VALUE, &key),
			 ERROR_ACCESS_DENIED);
	security_of(TEST_PATH "\\deny", &before, &before_nbytes);
	ck_assert_int_eq(reg_edit_delete_value(edit, TEST_PATH "\\deny", "bad"),
			 0);
	ck_assert_int_eq(
		reg_edit_set_value(edit, TEST_PATH "\\deny", "good", 3, "y", 1),
		0);
	ck_assert_str_eq(value_of(TEST_PATH "\\deny", "bad"), "none");
	ck_assert_str_eq(value_of(TEST_PATH "\\deny", "good"), "3:1:y");
	security_of(TEST_PATH "\\deny", &after, &after_nbytes);
	ck_assert_uint_eq(before_nbytes, after_nbytes);
	ck_assert_mem_eq(before, after, before_nbytes);
	ck_assert_int_eq(open_key(TEST_KEY L"\\deny", KEY_SET_VALUE, &key),
			 ERROR_ACCESS_DENIED);
	mem_free(before);
	mem_free(after);
}

END_TEST

/* ---- keys made again --------------------------------------------- */

/*
 * Owner S-1-5-18, group S-1-5-32-544, everything for S-1-5-18 and S-1-1-0:
 * under Wine nobody takes a key from a foreign owner that lets him not.
 */
static uint8_t security[] = {
	1,	    0, 0x04, 0x80, 20,	 0, 0,	  0, 32, 0, 0, 0, 0,	0, 0, 0,
	48,	    0, 0,    0,
	/* 20 */ 1, 1, 0,    0,	   0,	 0, 0,	  5, 18, 0, 0, 0,
	/* 32 */ 1, 2, 0,    0,	   0,	 0, 0,	  5, 32, 0, 0, 0, 0x20, 2, 0, 0,
	/* 48 */ 2, 0, 48,   0,	   2,	 0, 0,	  0,
	/* 56 */ 0, 0, 20,   0,	   0x3f, 0, 0x0f, 0, 1,	 1, 0, 0, 0,	0, 0, 5,
	18,	    0, 0,    0,
	/* 76 */ 0, 0, 20,   0,	   0x3f, 0, 0x0f, 0, 1,	 1, 0, 0, 0,	0, 0, 1,
	0,	    0, 0,    0
};

static void check_class(const char *path, const wchar_t *want)
{
	struct reg_key *key = reader_key(path);
	uint8_t *data = NULL;
	size_t nbytes = 99;

	ck_assert_int_eq(reg_key_class(key, &data, &nbytes), 0);
	ck_assert_uint_eq(nbytes, want ? wcslen(want) * 2 : 0);
	if (want)
		ck_assert_mem_eq(data, want, nbytes);
	else
		ck_assert_ptr_null(data);
	mem_free(data);
	reg_close_key(key);
}

START_TEST(makes_a_key_with_all_that_was_in_it)
{
	char names[][16] = { "", "b\xc0\x80hid", "a", "\xe8\xa1\xa8",
			     "\xed\xa0\x80" };
	struct reg_tree_value values[5];
	struct reg_tree sub = { .name = (char[]){ "Sub" } };
	struct reg_tree *children[] = { &sub };
	struct reg_tree top = { .name = (char[]){ "Top" },
				.class_utf16 =
					(uint8_t *)(uintptr_t)L"Cl\x8868",
				.class_nbytes = 6,
				.security = security,
				.security_nbytes = sizeof(security),
				.values = values,
				.value_count = 5,
				.children = children,
				.child_count = 1 };
	struct reg_key_info info;
	struct reg_key *key;
	uint8_t *sd = NULL;
	size_t nbytes = 0;

	for (int i = 0; i < 5; i++)
		values[i] = value(names[i], i == 1 ? 0xfedcba98u : (uint32_t)i,
				  "data", (size_t)i);
	sub.values = values;
	sub.value_count = 1;
	/* The parents are not there; the stored name wins over the asked. */
	ck_assert_int_eq(reg_edit_can_add_tree(edit, TEST_PATH "\\p\\q", &top),
			 0);
	ck_assert_int_eq(reg_edit_add_tree(edit, TEST_PATH "\\p\\q\\tOP", &top),
			 0);
	ck_assert_str_eq(value_of(TEST_PATH "\\p\\q\\top", ""), "0:0:");
	ck_assert_str_eq(value_of(TEST_PATH "\\p\\q\\top", "b\xc0\x80hid"),
			 "fedcba98:1:d");
	ck_assert_str_eq(value_of(TEST_PATH "\\p\\q\\top", "a"), "2:2:da");
	ck_assert_str_eq(value_of(TEST_PATH "\\p\\q\\top", "\xe8\xa1\xa8"),
			 "3:3:dat");
	ck_assert_str_eq(value_of(TEST_PATH "\\p\\q\\top", "\xed\xa0\x80"),
			 "4:4:data");
	ck_assert_str_eq(value_of(TEST_PATH "\\p\\q\\top\\sub", ""), "0:0:");
	check_class(TEST_PATH "\\p\\q\\top", L"Cl\x8868");
	check_class(TEST_PATH "\\p\\q\\top\\sub", NULL);
	check_class(TEST_PATH "\\p", NULL);

	key = reader_key(TEST_PATH "\\p\\q\\top");
	ck_assert_int_eq(reg_key_info(key, &info), 0);
	ck_assert_str_eq(info.name, "Top");
	ck_assert_uint_eq(info.value_count, 5);
	ck_assert_uint_eq(info.subkey_count, 1);
	ck_assert(!info.is_link);
	reg_key_info_release(&info);
	reg_close_key(key);

	security_of(TEST_PATH "\\p\\q\\top", &sd, &nbytes);
	ck_assert_uint_eq(nbytes, sizeof(security));
	/* Where the parts stand is the system's affair: control, then each. */
	ck_assert_mem_eq(sd + sd[4], security + 20, 12);
	ck_assert_mem_eq(sd + sd[8], security + 32, 16);
	ck_assert_mem_eq(sd + sd[16], security + 48, 48);
	mem_free(sd);

	ck_assert_int_eq(reg_edit_add_tree(edit, TEST_PATH "\\p\\Q\\top", &top),
			 ERR_EXISTS);
	ck_assert_str_eq(value_of(TEST_PATH "\\p\\q\\top", "a"), "2:2:da");
	ck_assert_int_eq(reg_edit_delete_key(edit, TEST_PATH "\\p"), 0);
	ck_assert(!is_there(TEST_KEY L"\\p"));
}

END_TEST

/* Owner S-1-5-32-544, everything for S-1-5-18, reading for S-1-1-0. */
static void closed_security(uint8_t ret[sizeof(security)])
{
	memcpy(ret, security, sizeof(security));
	bytes_put_le32(ret + 4, 32);
	bytes_put_le32(ret + 76 + 4, KEY_READ);
}

/* Saved, removed, made again: the same but for the times. */
START_TEST(brings_back_what_was_saved)
{
	uint8_t closed[sizeof(security)];
	struct reg_tree_value v = value((char[]){ "x" }, 7, "ab", 2);
	struct reg_tree sub = { .name = (char[]){ "Sub" },
				.security = closed,
				.security_nbytes = sizeof(closed),
				.values = &v,
				.value_count = 1 };
	struct reg_tree *children[] = { &sub };
	struct reg_tree top = { .name = (char[]){ "Top" },
				.class_utf16 = (uint8_t *)(uintptr_t)L"Cl",
				.class_nbytes = 4,
				.children = children,
				.child_count = 1 };
	struct reg_tree *before = NULL, *after = NULL;
	struct str why = STR_INIT;
	struct reg_key *key;
	HKEY handle;

	closed_security(closed);
	ck_assert_msg(reg_edit_add_tree(edit, TEST_PATH "\\Top", &top) == 0,
		      "%s", err_last()->text);
	/* Nobody else could take it away now. */
	ck_assert_int_eq(
		open_key(TEST_KEY L"\\Top\\Sub", KEY_SET_VALUE, &handle),
		ERROR_ACCESS_DENIED);
	/* Where links can be made there is one among it. */
	make(TEST_KEY L"\\target");
	make_link(TEST_KEY L"\\Top\\link", NT_KEY L"\\target");
	key = reader_key(TEST_PATH "\\Top");
	ck_assert_msg(reg_tree_read(key, &before) == 0, "%s", err_last()->text);
	reg_close_key(key);
	ck_assert_uint_ge(before->child_count, 1);
	ck_assert_int_eq(reg_edit_can_add_tree(edit, TEST_PATH, before), 0);
	ck_assert_msg(reg_edit_delete_key(edit, TEST_PATH "\\Top") == 0, "%s",
		      err_last()->text);
	ck_assert(!is_there(TEST_KEY L"\\Top"));
	ck_assert_msg(reg_edit_add_tree(edit, TEST_PATH "\\Top", before) == 0,
		      "%s", err_last()->text);
	key = reader_key(TEST_PATH "\\Top");
	ck_assert_int_eq(reg_tree_read(key, &after), 0);
	reg_close_key(key);
	ck_assert_msg(!reg_tree_differs(before, after, REG_TREE_NO_TIMES, &why),
		      "%s", str_text(&why));
	/* The comparison sees what it should see. */
	ck_assert_int_eq(reg_edit_set_value(edit, TEST_PATH "\\Top\\Sub", "x",
					    7, "ac", 2),
			 0);
	reg_tree_free(after);
	key = reader_key(TEST_PATH "\\Top");
	ck_assert_int_eq(reg_tree_read(key, &after), 0);
	reg_close_key(key);
	ck_assert(reg_tree_differs(before, after, REG_TREE_NO_TIMES, &why));
	str_release(&why);
	reg_tree_free(after);
	reg_tree_free(before);
}

END_TEST

START_TEST(leaves_no_half_made_key)
{
	struct reg_tree twin = { .name = (char[]){ "Twin" } };
	struct reg_tree other = { .name = (char[]){ "tWIN" } };
	struct reg_tree *children[] = { &twin, &other };
	struct reg_tree top = { .name = (char[]){ "Top" },
				.children = children,
				.child_count = 2 };

	make(TEST_KEY L"\\p");
	/* No registry holds two keys of one name. */
	ck_assert_int_eq(reg_edit_add_tree(edit, TEST_PATH "\\p\\Top", &top),
			 ERR_EXISTS);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "tWIN"));
	ck_assert(!is_there(TEST_KEY L"\\p\\Top"));
	ck_assert(is_there(TEST_KEY L"\\p"));
	/* Parents that were made for it go, too. */
	ck_assert_int_eq(
		reg_edit_add_tree(edit, TEST_PATH "\\p\\q\\r\\Top", &top),
		ERR_EXISTS);
	ck_assert(!is_there(TEST_KEY L"\\p\\q"));
	ck_assert(is_there(TEST_KEY L"\\p"));
	/* What cannot be made is known before anything is made. */
	children[1] = &twin;
	top.child_count = 1;
	twin.class_nbytes = 3;
	twin.class_utf16 = (uint8_t *)(uintptr_t) "abc";
	ck_assert_int_eq(reg_edit_can_add_tree(edit, TEST_PATH "\\p", &top),
			 ERR_UNSUPPORTED);
	ck_assert_int_eq(reg_edit_add_tree(edit, TEST_PATH "\\p\\q\\Top", &top),
			 ERR_UNSUPPORTED);
	ck_assert(!is_there(TEST_KEY L"\\p\\q"));
}

END_TEST

/* ---- everything else --------------------------------------------- */

START_TEST(has_no_file_and_no_deep_keys)
{
	struct reg_tree tree = { .name = (char[]){ "x" } };
	struct str deep = STR_INIT;
	uint8_t *image = NULL;
	size_t nbytes = 0;

	ck_assert_int_eq(reg_edit_commit(edit, &image, &nbytes),
			 ERR_UNSUPPORTED);
	for (int i = 0; i < 600; i++)
		str_add(&deep, "x\\");
	str_add(&deep, "x");
	ck_assert_int_eq(reg_edit_add_tree(edit, str_text(&deep), &tree),
			 ERR_UNSUPPORTED);
	ck_assert(!has_key("x"));
	str_release(&deep);
}

END_TEST

START_TEST(opens_users)
{
	struct reg_edit *users = NULL;
	struct reg_key *key = NULL;

	ck_assert_int_eq(reg_edit_live(REG_LIVE_USERS, &users), 0);
	ck_assert_int_eq(reg_open_key(reg_edit_root(users), ".DEFAULT", &key),
			 0);
	reg_close_key(key);
	ck_assert_int_eq(reg_edit_delete_key(users, ".DEFAULT\\mstmp none"),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(reg_edit_close(users), 0);
}

END_TEST

static unsigned loaded_of_ours(void)
{
	wchar_t name[256];
	unsigned count = 0;

	for (DWORD i = 0;; i++) {
		DWORD n = 256;

		if (RegEnumKeyExW(HKEY_USERS, i, name, &n, NULL, NULL, NULL,
				  NULL))
			break;
		if (wcsncmp(name, L"mstmpsweep-", 11) == 0)
			count++;
	}
	return count;
}

/* The real functions, as far as they come without a hive file. */
START_TEST(loads_hive_files_only)
{
	char *dir = host_getenv("TEMP"), *path, *none;
	struct reg_edit *e = NULL;

	ck_assert_ptr_nonnull(dir);
	path = host_join(dir, "mstmp-no-hive.dat");
	none = host_join(dir, "mstmp-none.dat");
	ck_assert_int_eq(host_write_file(path, "no registry file\n", 17), 0);
	ck_assert_msg(reg_edit_user_file(path, &reg_load_system, &e) ==
			      ERR_CORRUPT,
		      "%s", err_last()->text);
	ck_assert_int_eq(reg_edit_user_file(none, &reg_load_system, &e),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(reg_edit_user_file(dir, &reg_load_system, &e),
			 ERR_UNSUPPORTED);
	ck_assert_ptr_null(e);
	ck_assert_uint_eq(loaded_of_ours(), 0);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(none);
	mem_free(path);
	mem_free(dir);
}

END_TEST

/* The hive that is loaded now, as the list has it. */
static void check_list(bool is_there)
{
	struct vec list = VEC_INIT(struct reg_loaded, REG_LOADED_MAX);
	size_t count = 0;

	ck_assert_int_eq(reg_load_system.list(NULL, &list), 0);
	for (size_t i = 0; i < list.count; i++) {
		const struct reg_loaded *l = vec_at(&list, i);

		ck_assert(reg_load_is_ours(l->name));
		/* This very run has it. */
		ck_assert(l->is_at_work);
		count++;
	}
	ck_assert_uint_eq(count, is_there);
	reg_loaded_release(&list);
}

/*
 * A file that this system wrote itself: Windows writes regf, Wine a text.
 * (Whether Wine writes back what is unloaded is Wine's affair.)
 */
START_TEST(changes_a_hive_file)
{
	char *dir = host_getenv("TEMP"), *path = NULL;
	struct reg_edit *e = NULL;
	struct reg_key *key = NULL;
	wchar_t *wide = NULL;
	HKEY from;

	path = host_join(dir, "mstmp-hive.dat");
	ck_assert_int_eq(wide_path(path, &wide), 0);
	DeleteFileW(wide);
	from = make_key(TEST_KEY L"\\saved", KEY_WOW64_64KEY);
	RegCloseKey(
		make_key(TEST_KEY L"\\saved\\Software\\X\\y", KEY_WOW64_64KEY));
	ck_assert(host_privilege_enable(L"SeBackupPrivilege"));
	ck_assert_int_eq(RegSaveKeyW(from, wide, NULL), 0);
	RegCloseKey(from);

	ck_assert_msg(reg_edit_user_file(path, &reg_load_system, &e) == 0, "%s",
		      err_last()->text);
	ck_assert_uint_eq(loaded_of_ours(), 1);
	check_list(true);
	/* Paths begin in the hive. */
	ck_assert_int_eq(reg_open_key(reg_edit_root(e), "Software\\X\\y", &key),
			 0);
	reg_close_key(key);
	ck_assert_int_eq(reg_edit_delete_key(e, "Software\\X"), 0);
	ck_assert_int_eq(reg_open_key(reg_edit_root(e), "Software\\X", &key),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(reg_edit_set_value(e, "Software", "a", 3, "x", 1), 0);
	ck_assert_msg(reg_edit_close(e) == 0, "%s", err_last()->text);
	ck_assert_uint_eq(loaded_of_ours(), 0);
	check_list(false);
	DeleteFileW(wide);
	mem_free(wide);
	mem_free(path);
	mem_free(dir);
}

END_TEST

START_TEST(survives_short_memory)
{
	uint8_t closed[sizeof(security)];
	struct reg_tree sub = { .name = (char[]){ "Sub" },
				.security = closed,
				.security_nbytes = sizeof(closed) };
	struct reg_tree *children[] = { &sub };
	struct reg_tree top = { .name = (char[]){ "Top" },
				.children = children,
				.child_count = 1 };
	bool is_done = false;
	int64_t i;

	closed_security(closed);
	for (i = 1; !is_done && i < 1000; i++) {
		int err;

		mem_fail_after(i);
		err = reg_edit_add_tree(edit, TEST_PATH "\\m\\Top", &top);
		mem_fail_after(0);
		is_done = err == 0;
		ck_assert(is_done || err == ERR_NOMEM);
		/* A second shortage would be another matter. */
		ck_assert(is_done || !is_there(TEST_KEY L"\\m"));
	}
	ck_assert(is_done);
	ck_assert_int_gt(i, 10);
	is_done = false;
	for (i = 1; !is_done && i < 1000; i++) {
		int err;

		mem_fail_after(i);
		err = reg_edit_delete_key(edit, TEST_PATH "\\m");
		mem_fail_after(0);
		is_done = err == 0;
		ck_assert(is_done || err == ERR_NOMEM);
		ck_assert(is_done == !is_there(TEST_KEY L"\\m"));
	}
	ck_assert(is_done);
	ck_assert_int_gt(i, 10);
}

END_TEST

static Suite *reg_edit_live_suite(void)
{
	Suite *s = suite_create("reg_edit_live");
	TCase *t = tcase_create("live");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, removes_all_that_is_below);
	tcase_add_test(t, removes_names_that_hold_nul);
	tcase_add_test(t, changes_the_view_it_is_asked_for);
	tcase_add_test(t, changes_values_by_their_whole_name);
	tcase_add_test(t, never_goes_through_a_link);
	tcase_add_test(t, removes_a_link_below_as_a_link);
	tcase_add_test(t, makes_a_link_as_a_link);
	tcase_add_test(t, removes_a_key_that_forbids_it);
	tcase_add_test(t, leaves_the_list_of_a_key_as_it_was);
	tcase_add_test(t, makes_a_key_with_all_that_was_in_it);
	tcase_add_test(t, brings_back_what_was_saved);
	tcase_add_test(t, leaves_no_half_made_key);
	tcase_add_test(t, has_no_file_and_no_deep_keys);
	tcase_add_test(t, opens_users);
	tcase_add_test(t, loads_hive_files_only);
	tcase_add_test(t, changes_a_hive_file);
	tcase_add_test(t, survives_short_memory);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(reg_edit_live_suite)
