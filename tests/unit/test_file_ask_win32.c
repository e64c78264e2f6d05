/*
 * Opening files with a reparse tag on Windows: a fake gives the answers that
 * Wine, which has no tags, never gives.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "target_fixture.h"

#include "base/err.h"
#include "base/mem.h"
#include "collect/files.h"
#include "collect/registration.h"
#include "host/atime_win32.h"
#include "host/file_ask_win32.h"
#include "host/wide_win32.h"

#include <string.h>

#define REPARSE	 FILE_ATTRIBUTE_REPARSE_POINT
#define OFFLINE	 FILE_ATTRIBUTE_OFFLINE
#define SYMLINK	 0xA000000Cu
#define WOF	 0x80000017u
#define ALIAS	 0x8000001Bu
#define FIFO	 0x80000024u
#define FOREIGN	 0x00001234u
#define PAST_TAG FILE_FLAG_OPEN_REPARSE_POINT

static char *path;

/* ---- the fake ------------------------------------------------------------ */

static struct {
	struct file_facts name;	  /* what the name says */
	struct file_facts handle; /* and what is open */
	bool has_filter;	  /* a driver for the tag is running */
	DWORD options[4];	  /* of each opening */
	unsigned count;
	unsigned attribute_count; /* those that ask to write attributes */
	DWORD attribute_error;	  /* what those are told, 0: nothing */
	DWORD error;		  /* what the others are told */
	struct file_volume volume;
	uint32_t ntfs_disable;
	uint32_t policy;
	uint32_t controlled;
} fake;

static DWORD fake_name(const wchar_t *wide, struct file_facts *ret)
{
	(void)wide;
	*ret = fake.name;
	return 0;
}

static HANDLE fake_open(const wchar_t *wide, DWORD access, DWORD options)
{
	DWORD os_error = access & FILE_WRITE_ATTRIBUTES ? fake.attribute_error
							: fake.error;

	fake.options[fake.count++ % 4] = options;
	fake.attribute_count += (access & FILE_WRITE_ATTRIBUTES) != 0;
	if (os_error != 0) {
		SetLastError(os_error);
		return INVALID_HANDLE_VALUE;
	}
	if (!fake.has_filter && !(options & PAST_TAG)) {
		SetLastError(ERROR_CANT_ACCESS_FILE);
		return INVALID_HANDLE_VALUE;
	}
	return file_ask_system.open(wide, access, options);
}

static void fake_handle(HANDLE handle, const BY_HANDLE_FILE_INFORMATION *info,
			struct file_facts *ret)
{
	(void)handle;
	(void)info;
	*ret = fake.handle;
}

static DWORD fake_volume(const wchar_t *root, struct file_volume *ret)
{
	ck_assert_uint_eq(root[1], L':');
	ck_assert_uint_eq(root[2], L'\\');
	*ret = fake.volume;
	return 0;
}

static uint32_t fake_number(const wchar_t *key, const wchar_t *name)
{
	if (wcscmp(name, L"NtfsDisableLastAccessUpdate") == 0)
		return fake.ntfs_disable;
	return wcsstr(key, L"Policies") != NULL ? fake.policy : fake.controlled;
}

static const struct file_ask file_ask_fake = { fake_name, fake_open,
					       fake_handle, fake_volume,
					       fake_number };

/* ---- helpers ------------------------------------------------------------- */

static void setup(void)
{
	char *base = host_getenv("TEMP");
	uint64_t chance = 0;
	char name[48];

	ck_assert_int_eq(host_random(&chance, sizeof(chance)), 0);
	snprintf(name, sizeof(name), "file-ask-%016" PRIx64, chance);
	path = host_join(base, name);
	mem_free(base);
	ck_assert_int_eq(host_write_file(path, "MZ", 2), 0);
	memset(&fake, 0, sizeof(fake));
	fake.has_filter = true;
	atime_forget();
}

static void teardown(void)
{
	file_ask = &file_ask_system;
	atime_forget();
	host_unlink(path);
	mem_free(path);
}

/* ---- tests --------------------------------------------------------------- */

static const struct {
	struct file_facts name;
	bool has_filter;
	int err;
	unsigned count; /* openings */
	bool is_past;	/* the last of them was past the tag */
	bool lacks_filter;
} rows[] = {
	{ { 0, 0, 2 }, true, 0, 1, false, false },
	/* Through the filter to the content that programs see. */
	{ { REPARSE, WOF, 2 }, true, 0, 1, false, false },
	{ { REPARSE | OFFLINE, WOF, 2 }, true, 0, 1, false, false },
	/* Content behind a tag that never has one; and none. */
	{ { REPARSE, ALIAS, 2 }, false, 0, 1, true, false },
	{ { REPARSE, ALIAS, 0 }, false, 0, 1, true, false },
	{ { REPARSE, FIFO, 2 }, false, 0, 1, true, false },
	{ { REPARSE, FIFO, 0 }, false, 0, 1, true, false },
	/* The driver is not there: the bytes, and a word that it is so. */
	{ { REPARSE, WOF, 2 }, false, 0, 2, true, true },
	{ { REPARSE, FOREIGN, 2 }, false, 0, 2, true, true },
	/* Not opened at all. */
	{ { REPARSE, SYMLINK, 0 }, true, ERR_UNSUPPORTED, 0, false, false },
	{ { REPARSE, 0, 2 }, true, ERR_UNSUPPORTED, 0, false, false },
	{ { REPARSE | OFFLINE, FOREIGN, 2 },
	  true,
	  ERR_OFFLINE,
	  0,
	  false,
	  false },
};

START_TEST(opened_by_tag)
{
	struct host_file *f = NULL;
	struct host_stat st;
	char buf[8];
	size_t n = 0;
	int err;

	fake.name = rows[_i].name;
	fake.handle = rows[_i].name;
	fake.has_filter = rows[_i].has_filter;
	file_ask = &file_ask_fake;
	err = host_open(path, HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME, &f);
	ck_assert_int_eq(err, rows[_i].err);
	ck_assert_uint_eq(fake.count, rows[_i].count);
	if (err != 0)
		return;
	ck_assert_uint_eq(fake.options[fake.count - 1] & PAST_TAG,
			  rows[_i].is_past ? PAST_TAG : 0);
	ck_assert(host_lacks_filter(f) == rows[_i].lacks_filter);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_int_eq(st.type, HOST_FILE);
	/* Content is what there is, whatever its tag. */
	ck_assert_int_eq(host_read(f, buf, sizeof(buf), &n), 0);
	ck_assert_uint_eq(n, 2);
	host_close(f);
}

END_TEST

/* Between the look and the opening it became one that lies elsewhere. */
START_TEST(tag_that_changes)
{
	static const struct file_facts others[] = { { REPARSE, WOF, 2 },
						    { REPARSE, SYMLINK, 2 },
						    { REPARSE, 0, 2 } };
	static const int errs[] = { ERR_CHANGED, ERR_UNSUPPORTED,
				    ERR_UNSUPPORTED };
	struct host_file *f = NULL;

	fake.has_filter = false;
	fake.name.attrs = REPARSE;
	fake.name.tag = ALIAS;
	fake.handle = others[_i];
	file_ask = &file_ask_fake;
	ck_assert_int_eq(host_open(path, HOST_OPEN_NOFOLLOW, &f), errs[_i]);
	/* The other way round what programs see is not known. */
	fake.name = others[0];
	fake.handle.tag = WOF;
	ck_assert_int_eq(host_open(path, HOST_OPEN_NOFOLLOW, &f), 0);
	ck_assert(host_lacks_filter(f));
	host_close(f);
	/* One that was plain when it was listed. */
	fake.count = 0;
	fake.handle.tag = ALIAS;
	ck_assert_int_eq(
		host_open(path, HOST_OPEN_NOFOLLOW | HOST_OPEN_PLAIN, &f), 0);
	ck_assert(!host_lacks_filter(f));
	host_close(f);
}

END_TEST

/* Wine's own answers: no tag, and the size. */
START_TEST(name_of_a_file)
{
	struct file_facts is = { 1, 1, 1 };
	wchar_t *wide = NULL;

	ck_assert_int_eq(wide_path(path, &wide), 0);
	ck_assert_uint_eq(file_ask_system.name(wide, &is), 0);
	ck_assert_uint_eq(is.tag, 0);
	ck_assert_uint_eq(is.size, 2);
	ck_assert_uint_eq(is.attrs & (REPARSE | FILE_ATTRIBUTE_DIRECTORY), 0);
	host_unlink(path);
	ck_assert_uint_eq(file_ask_system.name(wide, &is),
			  ERROR_FILE_NOT_FOUND);
	mem_free(wide);
}

END_TEST

static int on_file(void *arg, const struct file_artefact *a)
{
	unsigned *shown = arg;

	*shown += strcmp(a->name, "evil.txt") == 0 && a->nbytes == 2;
	return 0;
}

/*
 * An alias is looked at like any file; so is what lacks its driver, and there
 * is a gap that matters, since that is not what programs would see.
 */
START_TEST(walk_over_tags)
{
	struct fixture f;
	struct file_walk_options options = { .threads = 1, .gaps = &f.sink };
	struct file_walk *w = NULL;
	const struct fixture_gap *gap;
	unsigned shown = 0;
	struct target *t;

	fixture_init(&f);
	fixture_windows7(&f);
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_file(&f, "Temp/evil.txt", "MZ");
	t = fixture_open(&f);
	ck_assert_int_eq(file_walk_new(t, &options, on_file, &shown, &w), 0);
	ck_assert_int_eq(file_walk_path(w, "C:\\Temp", -1), 0);
	fake.name.attrs = REPARSE;
	fake.name.tag = _i ? WOF : ALIAS;
	fake.name.size = 2;
	fake.handle = fake.name;
	fake.has_filter = false;
	file_ask = &file_ask_fake;
	ck_assert_int_eq(file_walk_finish(w), 0);
	file_ask = &file_ask_system;
	ck_assert_uint_eq(shown, 1);
	ck_assert_uint_eq(f.gaps.count, _i ? 1 : 0);
	if (_i) {
		gap = vec_at(&f.gaps, 0);
		ck_assert_int_eq(gap->kind, GAP_READ_ERROR);
		ck_assert(gap->matters);
		ck_assert_str_eq(gap->path, "C:\\Temp\\evil.txt");
	}
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* EFS: another user's file; both codes say "denied". */
START_TEST(encrypted_for_others_is_denied)
{
	ck_assert_int_eq(ERROR_DECRYPTION_FAILED, 6001);
	ck_assert_int_eq(ERROR_FILE_ENCRYPTED, 6002);
	ck_assert_int_eq(host_win_to_err(ERROR_DECRYPTION_FAILED), ERR_DENIED);
	ck_assert_int_eq(host_win_to_err(ERROR_FILE_ENCRYPTED), ERR_DENIED);
}

END_TEST

/* No driver: an error of the disk, never a link that needs no look. */
START_TEST(lack_of_a_filter_is_no_link)
{
	ck_assert_int_eq(host_win_to_err(ERROR_CANT_ACCESS_FILE), ERR_IO);
	ck_assert_int_eq(host_win_type(REPARSE, ALIAS, 0), HOST_FILE);
	ck_assert_int_eq(host_win_type(REPARSE, SYMLINK, 0), HOST_LINK);
	ck_assert_int_eq(host_win_type(FILE_ATTRIBUTE_DEVICE, 0, 0),
			 HOST_OTHER);
	ck_assert_int_eq(host_win_type(FILE_ATTRIBUTE_DIRECTORY, 0, 0),
			 HOST_DIR);
}

END_TEST

/* ---- antivirus ----------------------------------------------------------- */

/* Only of one name: hives are opened, too. */
static HANDLE fake_open_evil(const wchar_t *wide, DWORD access, DWORD options)
{
	const wchar_t *name = wcsrchr(wide, L'\\');

	if (name != NULL && wcscmp(name, L"\\evil.dll") == 0) {
		SetLastError(fake.error);
		return INVALID_HANDLE_VALUE;
	}
	return file_ask_system.open(wide, access, options);
}

static int on_registration(void *arg, struct registration *r, bool *keep_ret)
{
	enum file_exists *exists = arg;

	(void)keep_ret;
	if (r->point == POINT_BHO)
		*exists = r->exists;
	return 0;
}

/*
 * A class's server that an antivirus holds, or removes when it is opened, is
 * never "not there, all well": there is a gap that matters, with what to do.
 */
START_TEST(server_of_an_antivirus)
{
	static const DWORD codes[] = { 225, 226 };
	const char *id = "{AA000000-0000-0000-0000-000000000000}";
	enum file_exists exists = EXISTS_NO;
	struct file_ask holds = file_ask_system;
	const struct fixture_gap *gap = NULL;
	struct fixture f;
	struct target *t;
	char key[128];

	ck_assert_int_eq(host_win_to_err(codes[_i]), ERR_ANTIVIRUS);
	fixture_init(&f);
	fixture_windows7(&f);
	snprintf(key, sizeof(key),
		 "Microsoft\\Windows\\CurrentVersion\\Explorer\\"
		 "Browser Helper Objects\\%s",
		 id);
	fixture_text(f.software, key, "", "");
	snprintf(key, sizeof(key), "Classes\\CLSID\\%s\\InprocServer32", id);
	fixture_text(f.software, key, "", "C:\\Temp\\evil.dll");
	fixture_machine_hives(&f, "Windows/System32/config");
	fixture_file(&f, "Temp/evil.dll", "MZ");
	t = fixture_open(&f);
	holds.open = fake_open_evil;
	fake.error = codes[_i];
	file_ask = &holds;
	ck_assert_int_eq(registrations_walk(t,
					    &(struct registrations_options){
						    &f.sink, true, NULL },
					    on_registration, &exists),
			 0);
	file_ask = &file_ask_system;
	ck_assert_int_ne(exists, EXISTS_NO);
	ck_assert_uint_eq(fixture_gap_count(&f, GAP_ANTIVIRUS), 1);
	for (size_t i = 0; i < f.gaps.count; i++) {
		gap = vec_at(&f.gaps, i);
		if (gap->kind == GAP_ANTIVIRUS)
			break;
	}
	ck_assert(gap->matters);
	ck_assert_str_eq(gap->path, "C:\\Temp\\evil.dll");
	ck_assert(ascii_iends_with(gap->reason, gap_way_out(GAP_ANTIVIRUS)));
	target_free(t);
	fixture_release(&f);
}

END_TEST

/* ---- access times -------------------------------------------------------- */

/* How many of `count` openings for scanning asked to write attributes. */
static unsigned asked(unsigned count, int want)
{
	file_ask = &file_ask_fake;
	fake.attribute_count = 0;
	for (unsigned i = 0; i < count; i++) {
		struct host_file *f = NULL;

		ck_assert_int_eq(
			host_open(path, HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME,
				  &f),
			want);
		if (f != NULL)
			host_close(f);
	}
	file_ask = &file_ask_system;
	return fake.attribute_count;
}

static const struct {
	const char *fs_name;
	uint32_t fs_flags;
	uint32_t ntfs_disable;
	unsigned want; /* of three openings */
} atime_rows[] = {
	{ "NTFS", 0, 0, 3 },
	{ "NTFS", 0, 0x80000002u, 3 },
	{ "NTFS", 0, 0x80000003u, 0 },
	{ "NTFS", 0, 1, 0 },
	{ "FAT32", 0, 1, 3 },
	{ "FAT32", 0x00080000u, 0, 0 }, /* FILE_READ_ONLY_VOLUME */
};

START_TEST(where_access_times_are_updated)
{
	strcpy(fake.volume.fs_name, atime_rows[_i].fs_name);
	fake.volume.fs_flags = atime_rows[_i].fs_flags;
	fake.ntfs_disable = atime_rows[_i].ntfs_disable;
	ck_assert_uint_eq(asked(3, 0), atime_rows[_i].want);
}

END_TEST

/* Once, and the file is read all the same; a lock is no refusal. */
START_TEST(where_it_was_refused)
{
	strcpy(fake.volume.fs_name, "NTFS");
	fake.attribute_error = ERROR_ACCESS_DENIED;
	ck_assert_uint_eq(asked(3, 0), 1);
	atime_forget();
	fake.attribute_error = ERROR_WRITE_PROTECT;
	ck_assert_uint_eq(asked(3, 0), 1);
	atime_forget();
	fake.attribute_error = ERROR_SHARING_VIOLATION;
	ck_assert_uint_eq(asked(3, ERR_LOCKED), 3);
	/* What cannot be read either says nothing of the others. */
	atime_forget();
	fake.attribute_error = fake.error = ERROR_ACCESS_DENIED;
	ck_assert_uint_eq(asked(3, ERR_DENIED), 3);
}

END_TEST

START_TEST(protected_folders)
{
	struct host_dir folder = { .path = (char *)"\\\\?\\C:\\Users\\taro\\"
						   "Documents\\deep",
				   .volume = 7 };
	struct host_dir other = { .path = (char *)"\\\\?\\C:\\Users\\taro\\"
						  "AppData\\Local",
				  .volume = 7 };
	struct host_dir mounted = { .path = (char *)"\\\\?\\C:\\mnt",
				    .volume = 8 };

	strcpy(fake.volume.fs_name, "NTFS");
	fake.volume.serial = 7;
	file_ask = &file_ask_fake;
	ck_assert(atime_asks(&folder, "a.txt"));
	atime_forget();
	fake.controlled = 1;
	ck_assert(!atime_asks(&folder, "a.txt"));
	ck_assert(atime_asks(&other, "a.txt"));
	ck_assert(!atime_asks(NULL, "C:\\Users\\taro\\Documents\\a.txt"));
	/* A policy comes first. */
	atime_forget();
	fake.policy = 3;
	ck_assert(atime_asks(&folder, "a.txt"));
	/* One refusal stands for the tree, not for the others. */
	atime_was_refused(&folder, "a.txt", ERROR_ACCESS_DENIED);
	ck_assert(!atime_asks(NULL, "C:\\Users\\Taro\\Documents\\b.txt"));
	ck_assert(atime_asks(&other, "a.txt"));
	/* Another volume, of which nothing is known, in a folder. */
	atime_forget();
	fake.ntfs_disable = 1;
	ck_assert(!atime_asks(&other, "a.txt"));
	ck_assert(atime_asks(&mounted, "a.txt"));
	ck_assert(atime_asks(NULL, "\\\\server\\share\\a.txt"));
}

END_TEST

/* The true ones: Wine's drive, and values that are not there. */
START_TEST(system_tells)
{
	struct file_volume v = { "?", 0, 0 };

	ck_assert_uint_eq(file_ask_system.volume(L"C:\\", &v), 0);
	ck_assert_str_ne(v.fs_name, "?");
	ck_assert_uint_ne(file_ask_system.volume(L"C:\\none\\", &v), 0);
	ck_assert_uint_eq(file_ask_system.number(L"SOFTWARE\\none", L"x"), 0);
	ck_assert_uint_eq(file_ask_system.number(L"SOFTWARE\\Microsoft\\"
						 L"Windows NT\\CurrentVersion",
						 L"ProductName"),
			  0);
}

END_TEST

/* A file of ReFS and one of a redirector have none that tells them apart. */
START_TEST(numbers_that_are_none)
{
	static const DWORD none[] = { 0, 0xFFFFFFFF };
	BY_HANDLE_FILE_INFORMATION a = { .nFileSizeLow = 5 };
	BY_HANDLE_FILE_INFORMATION b;

	a.nFileIndexHigh = a.nFileIndexLow = none[_i];
	b = a;
	ck_assert_uint_eq(host_win_number(&a), 0);
	ck_assert(host_win_same_file(&a, &b));
	b.nFileSizeLow++;
	ck_assert(!host_win_same_file(&a, &b));
	b = a;
	b.ftLastWriteTime.dwLowDateTime++;
	ck_assert(!host_win_same_file(&a, &b));
	b = a;
	b.dwVolumeSerialNumber++;
	ck_assert(!host_win_same_file(&a, &b));
	/* With a number nothing else is asked. */
	a.nFileIndexHigh = 0x80000000;
	a.nFileIndexLow = 1;
	b = a;
	b.nFileSizeLow++;
	ck_assert_uint_eq(host_win_number(&a), UINT64_C(0x8000000000000001));
	ck_assert(host_win_same_file(&a, &b));
	b.nFileIndexLow++;
	ck_assert(!host_win_same_file(&a, &b));
}

END_TEST

static Suite *file_ask_win32_suite(void)
{
	Suite *s = suite_create("file_ask_win32");
	TCase *tc = tcase_create("file_ask_win32");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, opened_by_tag, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tc, tag_that_changes, 0, 3);
	tcase_add_loop_test(tc, walk_over_tags, 0, 2);
	tcase_add_loop_test(tc, numbers_that_are_none, 0, 2);
	tcase_add_loop_test(tc, where_access_times_are_updated, 0,
			    sizeof(atime_rows) / sizeof(atime_rows[0]));
	tcase_add_loop_test(tc, server_of_an_antivirus, 0, 2);
	tcase_add_test(tc, where_it_was_refused);
	tcase_add_test(tc, protected_folders);
	tcase_add_test(tc, system_tells);
	tcase_add_test(tc, name_of_a_file);
	tcase_add_test(tc, encrypted_for_others_is_denied);
	tcase_add_test(tc, lack_of_a_filter_is_no_link);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(file_ask_win32_suite)
