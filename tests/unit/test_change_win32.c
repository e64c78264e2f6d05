/*
 * Changing files where only Windows (or Wine) can show it: sharing, loaded
 * programs, read-only files, odd names, access lists; and, with a fake in
 * place of the system's answers, links and owners, which Wine has not.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "scratch.h"
#include "wine_win32.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/change_win32.h"
#include "host/descriptor.h"
#include "host/writers.h"
#include "host/wide_win32.h"

#include <sddl.h>
#include <string.h>
#include <winioctl.h>

#define TAG_JUNCTION 0xA0000003u
#define TAG_WOF	     0x80000017u

/* ---- the fake ------------------------------------------------------------ */

/* What the fake says of the handle whose path ends with `suffix`. */
static struct {
	const char *suffix;
	uint32_t attrs; /* added */
	uint32_t tag;
	const char *path;   /* instead of the true one */
	const char *device; /* of every drive */
	const uint8_t *security;
	size_t security_nbytes;
	uint32_t write_status;	 /* of opening for writing */
	uint32_t removal_status; /* of marking for removal */
	bool attrs_stay;	 /* setting attributes fails */
	DWORD controls[4];	 /* codes that were asked for */
	size_t control_count;
	DWORD security_parts;	   /* that were set */
	const wchar_t *short_name; /* of every file; L"": it has none */
	uint32_t set_short_name;   /* NTSTATUS */
} fake;

static bool is_faked(HANDLE handle)
{
	char *path = NULL;
	bool yes = false;

	if (fake.suffix != NULL && win_ask_system.path(handle, &path) == 0)
		yes = ascii_iends_with(path, fake.suffix);
	mem_free(path);
	return yes;
}

static uint32_t fake_tag(HANDLE handle, uint32_t *attrs_ret, uint32_t *tag_ret)
{
	const uint32_t status = win_ask_system.tag(handle, attrs_ret, tag_ret);

	if (is_faked(handle)) {
		*attrs_ret |= fake.attrs;
		*tag_ret = fake.tag;
	}
	return status;
}

static uint32_t fake_path(HANDLE handle, char **ret)
{
	if (fake.path == NULL || !is_faked(handle))
		return win_ask_system.path(handle, ret);
	*ret = mem_strdup(fake.path);
	return 0;
}

static char *fake_device(char letter)
{
	if (fake.device == NULL)
		return win_ask_system.device(letter);
	return mem_strdup(fake.device);
}

static DWORD fake_security(HANDLE handle, uint8_t **ret, size_t *nbytes_ret)
{
	(void)handle;
	*ret = mem_dup(fake.security, fake.security_nbytes);
	*nbytes_ret = fake.security_nbytes;
	return 0;
}

static bool fake_is_wine(void)
{
	return false;
}

static uint32_t fake_open(const struct win_open *o, HANDLE *ret)
{
	if (fake.write_status != 0 && o->access == FILE_WRITE_DATA &&
	    (o->options & FILE_NON_DIRECTORY_FILE))
		return fake.write_status;
	return win_ask_system.open(o, ret);
}

static uint32_t fake_set(HANDLE handle, const void *buf, size_t nbytes,
			 enum win_info_class what)
{
	if (fake.removal_status != 0 && what == WIN_FILE_DISPOSITION)
		return fake.removal_status;
	if (fake.attrs_stay && what == WIN_FILE_BASIC)
		return WIN_STATUS_ACCESS_DENIED;
	return win_ask_system.set(handle, buf, nbytes, what);
}

/* Wine would make a mode of it, one without "read-only". */
static DWORD fake_set_security(HANDLE handle, DWORD parts, uint8_t *sd)
{
	(void)handle;
	ck_assert_mem_eq(sd, descriptor_private_file,
			 DESCRIPTOR_PRIVATE_NBYTES);
	fake.security_parts = parts;
	return 0;
}

static DWORD fake_control(HANDLE handle, DWORD code)
{
	(void)handle;
	if (fake.control_count < 4)
		fake.controls[fake.control_count++] = code;
	return 0;
}

/* The file's short name, and what setting it answers. */
static uint32_t fake_short_name(HANDLE handle, void *info, size_t room,
				size_t *nbytes_ret)
{
	const size_t n = fake.short_name != NULL ? wcslen(fake.short_name) : 0;

	if (fake.short_name == NULL)
		return win_ask_system.short_name(handle, info, room,
						 nbytes_ret);
	ck_assert_uint_ge(room, 4 + 2 * n);
	bytes_put_le32(info, (uint32_t)(2 * n));
	memcpy((uint8_t *)info + 4, fake.short_name, 2 * n);
	*nbytes_ret = 4 + 2 * n;
	return n == 0 ? WIN_STATUS_NAME_NOT_FOUND : 0;
}

static uint32_t fake_set_short_name(HANDLE handle, void *info, size_t nbytes)
{
	if (fake.short_name == NULL)
		return win_ask_system.set_short_name(handle, info, nbytes);
	return fake.set_short_name;
}

static const struct win_ask win_ask_fake = {
	.tag = fake_tag,
	.path = fake_path,
	.device = fake_device,
	.security = fake_security,
	.is_wine = fake_is_wine,
	.open = fake_open,
	.set = fake_set,
	.set_security = fake_set_security,
	.control = fake_control,
	.short_name = fake_short_name,
	.set_short_name = fake_set_short_name,
};

/* ---- helpers ------------------------------------------------------------- */

static void setup(void)
{
	scratch_make("change-win");
}

static void teardown(void)
{
	win_ask = &win_ask_system;
	memset(&fake, 0, sizeof(fake));
	scratch_release();
}

static wchar_t *wide(const char *path)
{
	wchar_t *ret = NULL;

	ck_assert_msg(wide_path(path, &ret) == 0, "%s", err_last()->text);
	return ret;
}

static int subject_try(const char *path, unsigned flags,
		       struct host_subject **ret)
{
	struct host_place *p = place(path);
	const int err = host_subject_open(p, flags, ret);

	host_place_close(p);
	return err;
}

static struct host_subject *subject_in_use(const char *path)
{
	struct host_subject *s = NULL;

	ck_assert_msg(subject_try(path, HOST_SUBJECT_IN_USE, &s) == 0, "%s",
		      err_last()->text);
	return s;
}

static HANDLE open_with(const char *path, DWORD access, DWORD share)
{
	wchar_t *w = wide(path);
	HANDLE handle =
		CreateFileW(w, access, share, NULL, OPEN_EXISTING, 0, NULL);
	const DWORD os_error = GetLastError();

	mem_free(w);
	SetLastError(os_error);
	return handle;
}

static DWORD attrs_of(const char *path)
{
	wchar_t *w = wide(path);
	const DWORD attrs = GetFileAttributesW(w);

	mem_free(w);
	ck_assert_uint_ne(attrs, INVALID_FILE_ATTRIBUTES);
	return attrs;
}

static void attrs_set(const char *path, DWORD attrs)
{
	wchar_t *w = wide(path);

	ck_assert(SetFileAttributesW(w, attrs));
	mem_free(w);
}

static bool move(const char *from, const char *to)
{
	wchar_t *a = wide(from);
	wchar_t *b = wide(to);
	const bool done = MoveFileW(a, b) != FALSE;

	mem_free(b);
	mem_free(a);
	return done;
}

/* ---- places -------------------------------------------------------------- */

START_TEST(folders_on_the_way_are_held)
{
	char *outer = in_scratch("outer");
	char *inner = host_join(outer, "inner");
	char *file = host_join(inner, "file");
	char *away = in_scratch("away");
	struct host_place *p;

	ck_assert_int_eq(host_mkdir(outer), 0);
	ck_assert_int_eq(host_mkdir(inner), 0);
	p = place(file);
	ck_assert(!move(inner, away));
	ck_assert(!move(outer, away));
	host_place_close(p);
	ck_assert(move(inner, away));
	mem_free(away);
	mem_free(file);
	mem_free(inner);
	mem_free(outer);
}

END_TEST

START_TEST(names_are_taken_by_their_letters)
{
	static const char *const names[] = { "dot.",  "space ", "con",
					     "nul.x", "表示ソ", "..." };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *dir = in_scratch("dir ");
		char *path = host_join(dir, names[i]);
		struct host_subject *s;

		if (i == 0)
			ck_assert_int_eq(host_mkdir(dir), 0);
		ck_assert_msg(host_new_finish(new_file(path, "x"), NULL) == 0,
			      "%s: %s", names[i], err_last()->text);
		ck_assert_int_eq(entries(dir), 1);
		s = subject(path);
		ck_assert_msg(host_subject_remove(s, NULL) == 0, "%s",
			      err_last()->text);
		host_subject_close(s);
		ck_assert_int_eq(entries(dir), 0);
		mem_free(path);
		mem_free(dir);
	}
}

END_TEST

START_TEST(odd_paths_are_refused)
{
	static const struct {
		const char *path;
		int err;
	} rows[] = {
		{ "file:stream", ERR_NAME },
		{ "dir:stream\\file", ERR_NAME },
		{ "a\\..\\file", ERR_INVALID },
		{ ".\\file", ERR_INVALID },
		{ "a\\", ERR_INVALID },
		{ "missing\\file", ERR_NOT_FOUND },
		{ "nul\xc0\x80name", ERR_NAME },
	};

	char *dir = in_scratch("a");

	ck_assert_int_eq(host_mkdir(dir), 0);
	mem_free(dir);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host_place *p = NULL;
		char *path = in_scratch(rows[i].path);

		ck_assert_msg(host_place_open(scratch, path, &p) == rows[i].err,
			      "%s: %s", rows[i].path, err_last()->text);
		ck_assert_ptr_null(p);
		mem_free(path);
	}
}

END_TEST

START_TEST(paths_beyond_max_path)
{
	char component[41];
	char *dir = mem_strdup(scratch);
	struct host_subject *s;
	char *path;

	memset(component, 'n', 40);
	component[40] = '\0';
	for (int i = 0; i < 12; i++) {
		char *deeper = host_join(dir, component);

		mem_free(dir);
		dir = deeper;
		ck_assert_int_eq(host_mkdir(dir), 0);
	}
	path = host_join(dir, "deep.dll");
	ck_assert_int_eq(host_new_finish(new_file(path, "x"), NULL), 0);
	s = subject(path);
	ck_assert_int_eq(host_subject_check(s), 0);
	ck_assert_int_eq(host_subject_remove(s, NULL), 0);
	host_subject_close(s);
	ck_assert(!is_there(path));
	mem_free(path);
	mem_free(dir);
}

END_TEST

/* A 32-bit program must not be led into SysWOW64. */
START_TEST(system32_is_the_real_one)
{
	char *windows = host_getenv("SystemRoot");
	char *system32 = host_join(windows, "System32");
	char *path = host_join(system32, "kernel32.dll");
	BY_HANDLE_FILE_INFORMATION info;
	struct host_place *p = NULL;
	struct host_dir *d = NULL;
	struct host_stat st;

	ck_assert_msg(host_place_open(NULL, path, &p) == 0, "%s",
		      err_last()->text);
	ck_assert(GetFileInformationByHandle(win_place_folder(p), &info));
	ck_assert_int_eq(host_dir_open(system32, &d), 0);
	ck_assert_int_eq(host_dir_fstat(d, &st), 0);
	ck_assert_uint_eq((uint64_t)info.nFileIndexHigh << 32 |
				  info.nFileIndexLow,
			  st.file_id);
	ck_assert_int_eq(host_place_exists(p), 1);
	host_dir_close(d);
	host_place_close(p);
	mem_free(path);
	mem_free(system32);
	mem_free(windows);
}

END_TEST

/* ---- links, with the fake ------------------------------------------------ */

static void refused(const char *base, const char *path, const char *part)
{
	struct host_place *p = NULL;

	ck_assert_int_eq(host_place_open(base, path, &p), ERR_UNSUPPORTED);
	ck_assert_ptr_null(p);
	ck_assert_msg(strstr(err_last()->text, part) != NULL, "%s",
		      err_last()->text);
}

START_TEST(links_on_the_way_are_refused)
{
	char *dir = in_scratch("dir");
	char *file = host_join(dir, "file");
	struct host_place *p = NULL;

	ck_assert_int_eq(host_mkdir(dir), 0);
	win_ask = &win_ask_fake;
	ck_assert_int_eq(host_place_open(scratch, file, &p), 0);
	host_place_close(p);
	p = NULL;
	fake.suffix = "\\dir";
	fake.attrs = FILE_ATTRIBUTE_REPARSE_POINT;
	fake.tag = TAG_JUNCTION;
	refused(scratch, file, "through the link");
	fake.tag = 0;
	refused(scratch, file, "through the link");
	/* The user vouches for the base: it may be one. */
	fake.tag = TAG_JUNCTION;
	ck_assert_int_eq(host_place_open(dir, file, &p), 0);
	host_place_close(p);
	fake.attrs = 0;
	fake.path = "\\elsewhere";
	refused(scratch, file, "another name");
	fake.suffix = NULL;
	fake.device = "\\??\\C:\\folder";
	refused(NULL, file, "drive letter");
	mem_free(file);
	mem_free(dir);
}

END_TEST

START_TEST(link_is_no_subject)
{
	char *path = in_scratch("file");
	struct host_subject *s = NULL;

	file_make(path, "content");
	win_ask = &win_ask_fake;
	fake.suffix = "\\file";
	fake.attrs = FILE_ATTRIBUTE_REPARSE_POINT;
	fake.tag = TAG_JUNCTION;
	ck_assert_int_eq(subject_try(path, 0, &s), ERR_UNSUPPORTED);
	ck_assert(strstr(err_last()->text, "link") != NULL);
	fake.attrs = FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_OFFLINE;
	fake.tag = 0x9000001Au; /* in the cloud */
	ck_assert_int_eq(subject_try(path, 0, &s), ERR_OFFLINE);
	fake.attrs = 0;
	fake.tag = 0;
	fake.path = "\\dir\\another file";
	ck_assert_int_eq(subject_try(path, 0, &s), ERR_UNSUPPORTED);
	ck_assert(strstr(err_last()->text, "another file") != NULL);
	ck_assert_ptr_null(s);
	ck_assert(is_there(path));
	mem_free(path);
}

END_TEST

/* A compressed file is read through its filter, and removed as what it is. */
START_TEST(filtered_file_has_two_handles)
{
	char *path = in_scratch("file");
	struct host_subject *s = NULL;
	char buf[16] = "";
	size_t n = 0;

	file_make(path, "content");
	win_ask = &win_ask_fake;
	fake.suffix = "\\file";
	fake.attrs = FILE_ATTRIBUTE_REPARSE_POINT;
	fake.tag = TAG_WOF;
	s = subject(path);
	ck_assert(s->file->handle != s->handle);
	/* Not opened to be written, so nothing is known of its use. */
	ck_assert_int_eq(host_subject_use(s), IN_USE_ASK);
	ck_assert_int_eq(host_pread(host_subject_file(s), 0, buf, 15, &n), 0);
	ck_assert_str_eq(buf, "content");
	/* The second handle keeps writers out just as well. */
	ck_assert(open_with(path, GENERIC_WRITE, WIN_SHARE_ALL) ==
		  INVALID_HANDLE_VALUE);
	ck_assert_int_eq(host_subject_remove(s, NULL), 0);
	host_subject_close(s);
	ck_assert(!is_there(path));
	mem_free(path);
}

END_TEST

/* A junction as Windows makes it: to `target`, below an empty folder. */
static bool junction_make(const char *path, const char *target)
{
	uint8_t buf[2048] = { 0 };
	HANDLE handle = INVALID_HANDLE_VALUE;
	wchar_t *w = NULL;
	wchar_t *to = wide(target);
	const size_t n = wcslen(to) * sizeof(wchar_t);
	bool done = false;
	DWORD got;

	to[1] = L'?'; /* \??\ */
	ck_assert_int_eq(host_mkdir(path), 0);
	w = wide(path);
	handle = CreateFileW(
		w, GENERIC_WRITE, WIN_SHARE_ALL, NULL, OPEN_EXISTING,
		FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS,
		NULL);
	/* Tag, length, offsets and lengths of two names, both NUL-ended. */
	if (handle != INVALID_HANDLE_VALUE && n + 20 <= sizeof(buf)) {
		bytes_put_le32(buf, TAG_JUNCTION);
		bytes_put_le16(buf + 4, (uint16_t)(8 + n + 4));
		bytes_put_le16(buf + 10, (uint16_t)n);
		bytes_put_le16(buf + 12, (uint16_t)(n + 2));
		memcpy(buf + 16, to, n);
		done = DeviceIoControl(handle, FSCTL_SET_REPARSE_POINT, buf,
				       (DWORD)(n + 20), NULL, 0, &got, NULL);
	}
	if (handle != INVALID_HANDLE_VALUE)
		CloseHandle(handle);
	mem_free(to);
	mem_free(w);
	return done;
}

START_TEST(real_junction_is_refused)
{
	char *dir = in_scratch("dir");
	char *link = in_scratch("link");
	char *file = host_join(link, "file");
	const bool made = host_mkdir(dir) == 0 && junction_make(link, dir);

	if (made) {
		refused(scratch, file, "through the link");
		ck_assert_int_eq(host_private_dir(scratch, link, true),
				 ERR_UNSUPPORTED);
	}
	mem_free(file);
	mem_free(link);
	mem_free(dir);
	if (!made)
		UNIT_SKIP("no junction can be made here (Wine)");
}

END_TEST

/* ---- sharing ------------------------------------------------------------- */

START_TEST(file_in_use_is_locked)
{
	static const struct {
		DWORD access;
		DWORD share;
	} rows[] = {
		{ GENERIC_READ, 0 },
		{ GENERIC_READ, FILE_SHARE_READ },
		{ GENERIC_WRITE, WIN_SHARE_ALL },
		{ DELETE, WIN_SHARE_ALL },
	};

	char *path = in_scratch("file");
	struct host_subject *s = NULL;

	file_make(path, "x");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HANDLE handle = open_with(path, rows[i].access, rows[i].share);

		ck_assert(handle != INVALID_HANDLE_VALUE);
		ck_assert_msg(subject_try(path, 0, &s) == ERR_LOCKED, "row %d",
			      (int)i);
		ck_assert_ptr_null(s);
		CloseHandle(handle);
	}
	ck_assert(is_there(path));
	mem_free(path);
}

END_TEST

START_TEST(subject_is_held)
{
	char *path = in_scratch("file");
	char *away = in_scratch("away");
	struct host_subject *s;
	struct host_file *f = NULL;
	HANDLE handle;

	file_make(path, "x");
	s = subject(path);
	handle = open_with(path, GENERIC_WRITE, WIN_SHARE_ALL);
	ck_assert(handle == INVALID_HANDLE_VALUE);
	ck_assert_uint_eq(GetLastError(), ERROR_SHARING_VIOLATION);
	ck_assert_int_ne(host_unlink(path), 0);
	ck_assert(!move(path, away));
	/* Reading is free, for scanners and for ourselves. */
	ck_assert_int_eq(host_open(path, 0, &f), 0);
	host_close(f);
	ck_assert_int_eq(host_subject_check(s), 0);
	host_subject_close(s);
	ck_assert(move(path, away));
	mem_free(away);
	mem_free(path);
}

END_TEST

/* Somebody who reads and allows removal: it goes when he lets go of it. */
START_TEST(removal_waits_for_readers)
{
	char *path = in_scratch("file");
	struct host_subject *s;
	HANDLE handle;

	file_make(path, "x");
	handle = open_with(path, GENERIC_READ, WIN_SHARE_ALL);
	ck_assert(handle != INVALID_HANDLE_VALUE);
	s = subject(path);
	ck_assert_int_eq(host_subject_remove(s, NULL), ERR_LOCKED);
	ck_assert(strstr(err_last()->text, "lets go") != NULL);
	host_subject_close(s);
	CloseHandle(handle);
	ck_assert(!is_there(path));
	mem_free(path);
}

END_TEST

START_TEST(loaded_program_is_renamed_not_removed)
{
	char *path = in_scratch("loaded.dll");
	char *to = in_scratch("renamed.dll");
	char *exe = host_exe_path();
	wchar_t *from = wide(exe);
	wchar_t *w = wide(path);
	struct host_subject *s = NULL;
	struct host_place *p;
	HMODULE module;

	SKIP_IF_READ_ONLY_IS_LOST(scratch);
	ck_assert(CopyFileW(from, w, TRUE));
	module = LoadLibraryExW(w, NULL, DONT_RESOLVE_DLL_REFERENCES);
	ck_assert(module != NULL);
	attrs_set(path, FILE_ATTRIBUTE_READONLY);
	ck_assert_int_eq(subject_try(path, HOST_SUBJECT_IN_USE, &s), 0);
	ck_assert_int_eq(host_subject_remove(s, NULL), ERR_LOCKED);
	ck_assert_msg(strstr(err_last()->text, "loaded") != NULL, "%s",
		      err_last()->text);
	/* What was taken off for the attempt is back. */
	ck_assert(attrs_of(path) & FILE_ATTRIBUTE_READONLY);
	host_subject_close(s);
	s = NULL;
	attrs_set(path, FILE_ATTRIBUTE_NORMAL);
	ck_assert_int_eq(subject_try(path, 0, &s), ERR_LOCKED);
	ck_assert_ptr_null(s);
	s = subject_in_use(path);
	p = place(to);
	ck_assert_msg(host_subject_rename(s, p, NULL) == 0, "%s",
		      err_last()->text);
	host_place_close(p);
	ck_assert(!is_there(path));
	ck_assert(is_there(to));
	ck_assert_int_eq(host_subject_check(s), 0);
	FreeLibrary(module);
	ck_assert_msg(host_subject_remove(s, NULL) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	ck_assert(!is_there(to));
	mem_free(w);
	mem_free(from);
	mem_free(exe);
	mem_free(to);
	mem_free(path);
}

END_TEST

#define HIDDEN_READ_ONLY                                                       \
	(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN |                     \
	 FILE_ATTRIBUTE_SYSTEM)

/* What the opening of a file tells when writing it gives that status. */
static enum in_use use_of(const char *path, uint32_t status)
{
	struct host_subject *s = NULL;
	enum in_use use = IN_USE_YES;
	int err;

	fake.write_status = status;
	err = subject_try(path, 0, &s);
	if (err == 0)
		use = host_subject_use(s);
	else
		ck_assert_msg(err == ERR_LOCKED, "%s", err_last()->text);
	host_subject_close(s);
	fake.write_status = 0;
	return use;
}

/* Who may not write it is not told whether somebody has it loaded. */
START_TEST(denied_writing_tells_no_use)
{
	char *path = in_scratch("file");
	struct host_subject *s;

	file_make(path, "x");
	win_ask = &win_ask_fake;
	ck_assert_int_eq(use_of(path, 0), IN_USE_NO);
	ck_assert_int_eq(use_of(path, WIN_STATUS_SHARING), IN_USE_YES);
	ck_assert_int_eq(use_of(path, WIN_STATUS_ACCESS_DENIED), IN_USE_ASK);
	/* Who opens it for a renaming does not ask. */
	fake.write_status = WIN_STATUS_ACCESS_DENIED;
	s = subject_in_use(path);
	ck_assert_int_eq(host_subject_use(s), IN_USE_NO);
	host_subject_close(s);
	mem_free(path);
}

END_TEST

/* What a true system answers to whoever wants to write it. */
static uint32_t write_status(const char *path)
{
	struct host_place *p = place(path);
	struct win_open o = { 0 };
	HANDLE handle = NULL;
	uint32_t status;

	o.access = FILE_WRITE_DATA;
	o.share = WIN_SHARE_ALL;
	o.disposition = FILE_OPEN;
	o.options = FILE_NON_DIRECTORY_FILE;
	status = win_place_open(p, NULL, &o, &handle);
	if (handle != NULL)
		CloseHandle(handle);
	host_place_close(p);
	return status;
}

/* Wine lets root write a read-only file; to all others it is as Windows. */
START_TEST(loaded_read_only_is_not_missed)
{
	char *path = in_scratch("loaded.dll");
	char *exe = host_exe_path();
	wchar_t *from = wide(exe);
	wchar_t *w = wide(path);
	struct host_subject *s = NULL;
	HMODULE module;
	uint32_t status;
	int err;

	ck_assert(CopyFileW(from, w, TRUE));
	module = LoadLibraryExW(w, NULL, DONT_RESOLVE_DLL_REFERENCES);
	ck_assert(module != NULL);
	attrs_set(path, HIDDEN_READ_ONLY);
	status = write_status(path);
	ck_assert_msg(in_use_by_opening(HIDDEN_READ_ONLY, status) ==
			      (status == WIN_STATUS_SHARING ? IN_USE_YES
							    : IN_USE_ASK),
		      "%08x", (unsigned)status);
	err = subject_try(path, 0, &s);
	if (err == 0)
		ck_assert_int_eq(host_subject_use(s), IN_USE_ASK);
	else if (wine_keeps_read_only(scratch))
		ck_assert_msg(err == ERR_LOCKED, "%s", err_last()->text);
	host_subject_close(s);
	attrs_set(path, FILE_ATTRIBUTE_NORMAL);
	FreeLibrary(module);
	mem_free(w);
	mem_free(from);
	mem_free(exe);
	mem_free(path);
}

END_TEST

/* Only "cannot delete" is somebody's use; the handle then does the rest. */
START_TEST(removal_tells_use)
{
	static const uint32_t others[] = { WIN_STATUS_ACCESS_DENIED,
					   0xC00000A2u /* write-protected */ };
	char *path = in_scratch("file");
	char *to = in_scratch("waits");
	struct host_subject *s;
	struct host_place *p;

	SKIP_IF_READ_ONLY_IS_LOST(scratch);
	file_make(path, "x");
	attrs_set(path, HIDDEN_READ_ONLY);
	win_ask = &win_ask_fake;
	s = subject_in_use(path);
	for (size_t i = 0; i < 2; i++) {
		fake.removal_status = others[i];
		ck_assert_int_ne(host_subject_remove(s, NULL), 0);
		ck_assert_int_ne(host_subject_use(s), IN_USE_YES);
	}
	fake.removal_status = WIN_STATUS_CANNOT_DELETE;
	ck_assert_int_eq(host_subject_remove(s, NULL), ERR_LOCKED);
	ck_assert_int_eq(host_subject_use(s), IN_USE_YES);
	ck_assert_uint_eq(attrs_of(path) & HIDDEN_READ_ONLY, HIDDEN_READ_ONLY);
	p = place(to);
	ck_assert_msg(host_subject_rename(s, p, NULL) == 0, "%s",
		      err_last()->text);
	host_place_close(p);
	ck_assert_uint_eq(attrs_of(to) & HIDDEN_READ_ONLY, HIDDEN_READ_ONLY);
	/* What bars the removal goes, and nothing else. */
	ck_assert_int_eq(host_subject_make_removable(s), 0);
	ck_assert_uint_eq(attrs_of(to) & HIDDEN_READ_ONLY,
			  HIDDEN_READ_ONLY & ~FILE_ATTRIBUTE_READONLY);
	ck_assert_uint_eq(fake.security_parts,
			  DACL_SECURITY_INFORMATION |
				  PROTECTED_DACL_SECURITY_INFORMATION);
	ck_assert_uint_eq(fake.control_count, 1);
	ck_assert_uint_eq(fake.controls[0], FSCTL_DELETE_OBJECT_ID);
	ck_assert_int_eq(host_subject_set_read_only(s), 0);
	ck_assert_uint_eq(attrs_of(to) & HIDDEN_READ_ONLY, HIDDEN_READ_ONLY);
	fake.attrs_stay = true;
	ck_assert_int_eq(host_subject_make_removable(s), ERR_DENIED);
	fake.attrs_stay = false;
	fake.removal_status = 0;
	ck_assert_int_eq(host_subject_remove(s, NULL), 0);
	host_subject_close(s);
	ck_assert(!is_there(to));
	mem_free(to);
	mem_free(path);
}

END_TEST

START_TEST(read_only_file_is_removed)
{
	char *path = in_scratch("file");
	struct host_subject *s;

	SKIP_IF_READ_ONLY_IS_LOST(scratch);
	file_make(path, "x");
	attrs_set(path, HIDDEN_READ_ONLY);
	s = subject(path);
	ck_assert_msg(host_subject_remove(s, NULL) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	ck_assert(!is_there(path));
	mem_free(path);
}

END_TEST

/* ---- new files ----------------------------------------------------------- */

START_TEST(nobody_opens_an_unfinished_file)
{
	char *path = in_scratch("file");
	struct host_new *n = new_file(path, "secret");
	struct host_dirent entry;
	struct host_dir *d = NULL;
	struct host_file *f = NULL;

	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_dir_next(d, &entry), 1);
	ck_assert_int_eq(host_open_at(d, entry.name, 0, &f), ERR_LOCKED);
	host_dir_close(d);
	host_new_abort(n);
	ck_assert_int_eq(entries(scratch), 0);
	mem_free(path);
}

END_TEST

START_TEST(attributes_and_times_come_back)
{
	char *path = in_scratch("file");
	struct host_meta meta = { 0 };
	struct host_subject *s;
	struct host_meta got;
	int err;

	SKIP_IF_READ_ONLY_IS_LOST(scratch);
	meta.known = META_ATTRS | META_TIMES;
	/* Wine shows "archive" for every file and keeps no creation time. */
	meta.attrs = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN |
		     FILE_ATTRIBUTE_ARCHIVE;
	if (!win_ask_system.is_wine())
		meta.created = INT64_C(129000000000000000);
	meta.written = INT64_C(129100000000000000);
	meta.accessed = INT64_C(129200000000000000);
	err = host_new_finish(new_file(path, "x"), &meta);
	ck_assert_msg(err == 0, "%s", err_last()->text);
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &got), 0);
	ck_assert_uint_eq(got.attrs & META_ATTRS_KEPT, meta.attrs);
	ck_assert_int_eq(got.created, meta.created);
	ck_assert_int_eq(got.written, meta.written);
	ck_assert_int_eq(got.accessed, meta.accessed);
	host_meta_release(&got);
	ck_assert_int_eq(host_subject_remove(s, NULL), 0);
	host_subject_close(s);
	ck_assert_int_eq(entries(scratch), 0);
	mem_free(path);
}

END_TEST

static const wchar_t access_text[] =
	L"O:S-1-5-21-1-2-3-1001G:BU"
	L"D:AI(D;;FW;;;BG)(A;;FA;;;SY)(A;;FA;;;BA)"
	L"(A;;FA;;;S-1-5-21-1-2-3-1001)(A;ID;FR;;;BU)";

static void access_make(struct host_meta *ret)
{
	PSECURITY_DESCRIPTOR sd = NULL;
	ULONG nbytes = 0;

	ck_assert(ConvertStringSecurityDescriptorToSecurityDescriptorW(
		access_text, SDDL_REVISION_1, &sd, &nbytes));
	memset(ret, 0, sizeof(*ret));
	ret->known = META_SECURITY;
	ret->security = mem_dup(sd, nbytes);
	ret->security_nbytes = nbytes;
	LocalFree(sd);
}

/* The entries that undo must bring back: deny, inherited, another owner. */
START_TEST(access_list_comes_back)
{
	char *path = in_scratch("file");
	struct host_subject *s;
	struct host_meta meta;
	struct host_meta got;
	const bool is_wine = win_ask_system.is_wine();
	int err;

	access_make(&meta);
	err = host_new_finish(new_file(path, "x"), &meta);
	if (is_wine) {
		/* It does not come, and that is noticed. */
		ck_assert_int_eq(err, ERR_IO);
		ck_assert(!is_there(path));
	} else {
		ck_assert_msg(err == 0, "%s", err_last()->text);
		s = subject(path);
		ck_assert_int_eq(host_subject_meta(s, &got), 0);
		ck_assert(descriptor_is_same(meta.security,
					     meta.security_nbytes, got.security,
					     got.security_nbytes));
		host_meta_release(&got);
		ck_assert_int_eq(host_subject_remove(s, NULL), 0);
		host_subject_close(s);
	}
	host_meta_release(&meta);
	mem_free(path);
	if (is_wine)
		UNIT_SKIP("access lists are not kept here (Wine)");
}

END_TEST

/* A damaged one sets nothing, and no file stays. */
START_TEST(damaged_access_list_is_refused)
{
	char *path = in_scratch("file");
	struct host_meta meta;

	access_make(&meta);
	bytes_put_le32(meta.security + 4, 0xFFFFFF00u); /* the owner */
	ck_assert_int_eq(host_new_finish(new_file(path, "x"), &meta),
			 ERR_CORRUPT);
	ck_assert_int_eq(entries(scratch), 0);
	host_meta_release(&meta);
	mem_free(path);
}

END_TEST

/* What could not be set is noticed, and the file taken away again. */
START_TEST(metadata_that_does_not_come_is_noticed)
{
	char *path = in_scratch("file");
	struct host_meta meta = { 0 };
	int err;

	meta.known = META_ATTRS | META_POSIX; /* there is no such thing here */
	meta.attrs = FILE_ATTRIBUTE_READONLY;
	err = host_new_finish(new_file(path, "x"), &meta);
	ck_assert_int_eq(err, ERR_IO);
	ck_assert_msg(strstr(err_last()->text, "mode and owner") != NULL, "%s",
		      err_last()->text);
	ck_assert_int_eq(entries(scratch), 0);
	mem_free(path);
}

END_TEST

/* What setting the short name answers, and what is there afterwards. */
static const struct {
	uint32_t status;
	const wchar_t *found;
	enum host_short_fate fate;
} short_names[] = {
	{ 0, L"ALONGN~1.DLL", HOST_SHORT_KEPT },
	/* [MS-FSCC] 2.4.44: none on this volume; not unique; no privilege. */
	{ 0xC000019F, L"", HOST_SHORT_OFF },
	{ 0xC0000035, L"ALONGN~2.DLL", HOST_SHORT_TAKEN },
	{ 0xC0000061, L"ALONGN~2.DLL", HOST_SHORT_LOST },
	/* It says yes, and gives another. */
	{ 0, L"ALONGN~2.DLL", HOST_SHORT_LOST },
	/* It says no, and the name is there. */
	{ 0xC0000035, L"ALONGN~1.DLL", HOST_SHORT_KEPT },
};

START_TEST(short_name_is_spared)
{
	char *path = in_scratch("A long name.dll");
	struct host_short name = { .fate = HOST_SHORT_LOST };
	struct host_meta meta = { .known = META_SHORT };
	const bool is_kept = short_names[_i].fate == HOST_SHORT_KEPT;
	struct host_new *n;

	meta.short_name = (char *)(uintptr_t) "ALONGN~1.DLL";
	win_ask = &win_ask_fake;
	fake.set_short_name = short_names[_i].status;
	fake.short_name = short_names[_i].found;
	n = new_file(path, "x");
	host_new_spare_short(n, &name);
	ck_assert_msg(host_new_finish(n, &meta) == 0, "%s", err_last()->text);
	ck_assert_int_eq(name.fate, short_names[_i].fate);
	ck_assert_str_eq(name.name, is_kept ? "" : "ALONGN~1.DLL");
	ck_assert(is_there(path));
	ck_assert_int_eq(entries(scratch), 1);
	/* Who does not ask for it gets all or nothing, as ever. */
	mem_free(path);
	path = in_scratch("Another long name.dll");
	ck_assert_int_eq(host_new_finish(new_file(path, "x"), &meta),
			 is_kept ? 0 : ERR_IO);
	ck_assert(is_there(path) == is_kept);
	mem_free(path);
}

END_TEST

/* Wine itself: it sets none and tells none. */
START_TEST(short_name_that_cannot_be_read_is_spared)
{
	char *path = in_scratch("A long name.dll");
	struct host_meta meta = { .known = META_SHORT };
	struct host_short name = { .fate = HOST_SHORT_KEPT };
	struct host_new *n;

	if (!win_ask_system.is_wine())
		UNIT_SKIP("this Windows may have short names");
	meta.short_name = (char *)(uintptr_t) "ALONGN~1.DLL";
	n = new_file(path, "x");
	host_new_spare_short(n, &name);
	ck_assert_msg(host_new_finish(n, &meta) == 0, "%s", err_last()->text);
	ck_assert_int_eq(name.fate, HOST_SHORT_LOST);
	ck_assert(is_there(path));
	mem_free(path);
}

END_TEST

/* The same for a hive; and no other part is spared. */
START_TEST(only_the_short_name_is_spared)
{
	char *path = in_scratch("hive");
	struct host_meta meta = { .known = META_SHORT };
	struct host_short name;
	struct host_subject *old;
	struct host_new *n;

	file_make(path, "old");
	meta.short_name = (char *)(uintptr_t) "HIVE~1";
	win_ask = &win_ask_fake;
	fake.set_short_name = 0xC000019F;
	fake.short_name = L"";
	old = subject(path);
	n = new_file(path, "new");
	host_new_spare_short(n, &name);
	ck_assert_msg(host_new_replace(n, old, &meta) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(name.fate, HOST_SHORT_OFF);
	mem_free(path);
	path = in_scratch("file");
	meta.known |= META_POSIX; /* there is no such thing here */
	n = new_file(path, "x");
	host_new_spare_short(n, &name);
	ck_assert_int_eq(host_new_finish(n, &meta), ERR_IO);
	ck_assert_msg(strstr(err_last()->text, "mode and owner") != NULL, "%s",
		      err_last()->text);
	ck_assert(!is_there(path));
	mem_free(path);
}

END_TEST

START_TEST(read_only_hive_is_replaced)
{
	char *path = in_scratch("hive");
	struct host_subject *old;
	struct host_meta meta;
	void *data = NULL;
	size_t n = 0;
	int err;

	SKIP_IF_READ_ONLY_IS_LOST(scratch);
	file_make(path, "old");
	attrs_set(path, FILE_ATTRIBUTE_READONLY);
	old = subject(path);
	ck_assert_int_eq(host_subject_meta(old, &meta), 0);
	err = host_new_replace(new_file(path, "new"), old, &meta);
	ck_assert_msg(err == 0, "%s", err_last()->text);
	ck_assert(attrs_of(path) & FILE_ATTRIBUTE_READONLY);
	ck_assert_int_eq(host_read_file(path, 16, &data, &n), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(memcmp(data, "new", 3), 0);
	ck_assert_int_eq(entries(scratch), 1);
	mem_free(data);
	host_meta_release(&meta);
	mem_free(path);
}

END_TEST

static int stream_seen(void *arg, const char *name, uint64_t size)
{
	unsigned *seen = arg;

	ck_assert_str_eq(name, "evil");
	ck_assert_uint_eq(size, 6);
	(*seen)++;
	return 0;
}

START_TEST(streams_come_and_go_with_their_file)
{
	char *path = in_scratch("file");
	struct host_new *n = new_file(path, "content");
	struct host_subject *s = NULL;
	struct host_file *f = NULL;
	int err = host_new_stream(n, "evil");
	unsigned seen = 0;
	char buf[8] = "";
	size_t got = 0;

	if (err == ERR_UNSUPPORTED) {
		/* No file with a colon in its name in place of the stream. */
		host_new_abort(n);
		ck_assert_int_eq(entries(scratch), 0);
		file_make(path, "x");
		s = subject(path);
		ck_assert_int_eq(host_subject_open_stream(s, "evil", &f),
				 ERR_UNSUPPORTED);
		ck_assert_int_eq(host_subject_streams(s, stream_seen, &seen),
				 0);
		ck_assert_uint_eq(seen, 0);
		host_subject_close(s);
		mem_free(path);
		UNIT_SKIP("no streams on this file system (Wine)");
	}
	ck_assert_msg(err == 0, "%s", err_last()->text);
	ck_assert_int_eq(host_new_write(n, "stream", 6), 0);
	ck_assert_int_eq(host_new_finish(n, NULL), 0);
	s = subject(path);
	ck_assert_int_eq(host_subject_streams(s, stream_seen, &seen), 0);
	ck_assert_uint_eq(seen, 1);
	ck_assert_int_eq(host_subject_open_stream(s, "evil", &f), 0);
	ck_assert_int_eq(host_pread(f, 0, buf, 7, &got), 0);
	ck_assert_str_eq(buf, "stream");
	host_close(f);
	ck_assert_int_eq(host_subject_remove(s, NULL), 0);
	host_subject_close(s);
	mem_free(path);
}

END_TEST

/* ---- private folders ----------------------------------------------------- */

START_TEST(folder_of_others_is_not_private)
{
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES];
	char *path = in_scratch("vault");

	memcpy(sd, descriptor_private_folder, sizeof(sd));
	win_ask = &win_ask_fake;
	fake.security = sd;
	fake.security_nbytes = sizeof(sd);
	ck_assert_int_eq(host_private_dir(scratch, path, false), 0);
	ck_assert_int_eq(host_private_dir(scratch, path, false), 0);
	sd[32] = 0x21; /* S-1-5-32-545, Users, owns it */
	ck_assert_int_eq(host_private_dir(scratch, path, false), ERR_DENIED);
	ck_assert(strstr(err_last()->text, "S-1-5-32-545") != NULL);
	ck_assert(strstr(err_last()->text, "move it away") != NULL);
	/* It was there before, so it stays. */
	ck_assert(is_there(path));
	mem_free(path);
	/* One that we made and that did not become private does not. */
	path = in_scratch("another");
	ck_assert_int_eq(host_private_dir(scratch, path, false), ERR_DENIED);
	ck_assert(!is_there(path));
	memcpy(sd, descriptor_private_folder, sizeof(sd));
	fake.suffix = "\\vault";
	fake.attrs = FILE_ATTRIBUTE_REPARSE_POINT;
	fake.tag = TAG_WOF;
	mem_free(path);
	path = in_scratch("vault");
	ck_assert_int_eq(host_private_dir(scratch, path, false),
			 ERR_UNSUPPORTED);
	mem_free(path);
}

END_TEST

/* Of the folder, of those above it, and of the file. */
START_TEST(others_could_write)
{
	uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES];
	char *path = in_scratch("store.db");

	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	memcpy(sd, descriptor_private_folder, sizeof(sd));
	win_ask = &win_ask_fake;
	fake.security = sd;
	fake.security_nbytes = sizeof(sd);
	ck_assert_msg(host_check_folder_writers(scratch) == 0, "%s",
		      err_last()->text);
	ck_assert_int_eq(host_check_file_writers(path), 0);
	sd[100] = 0x21; /* Users: all */
	ck_assert_int_eq(host_check_folder_writers(scratch), ERR_DENIED);
	ck_assert(strstr(err_last()->text, "S-1-5-32-545") != NULL);
	ck_assert_int_eq(host_check_file_writers(path), ERR_DENIED);
	/* To add a file is bad in the folder alone, and it was asked. */
	bytes_put_le32(sd + 84, 2);
	ck_assert_int_eq(host_check_folder_writers(scratch), ERR_DENIED);
	ck_assert(strstr(err_last()->text, "a folder above") == NULL);
	mem_free(path);
	path = in_scratch("missing.db");
	ck_assert_int_eq(host_check_file_writers(path), ERR_NOT_FOUND);
	mem_free(path);
}

END_TEST

START_TEST(made_folder_is_private)
{
	char *path = in_scratch("vault");
	struct str why = STR_INIT;
	uint8_t *sd = NULL;
	size_t n = 0;
	wchar_t *w;
	HANDLE handle;

	ck_assert_msg(host_private_dir(scratch, path, false) == 0, "%s",
		      err_last()->text);
	w = wide(path);
	handle = CreateFileW(w, READ_CONTROL, WIN_SHARE_ALL, NULL,
			     OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	mem_free(w);
	mem_free(path);
	ck_assert(handle != INVALID_HANDLE_VALUE);
	ck_assert_uint_eq(win_ask_system.security(handle, &sd, &n), 0);
	CloseHandle(handle);
	if (!win_ask_system.is_wine())
		ck_assert_msg(descriptor_is_private(sd, n, &why), "%s",
			      str_text(&why));
	str_release(&why);
	mem_free(sd);
	if (win_ask_system.is_wine())
		UNIT_SKIP("access lists are not kept here (Wine)");
}

END_TEST

static Suite *change_win32_suite(void)
{
	Suite *s = suite_create("change_win32");
	TCase *tc = tcase_create("change_win32");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, folders_on_the_way_are_held);
	tcase_add_test(tc, names_are_taken_by_their_letters);
	tcase_add_test(tc, odd_paths_are_refused);
	tcase_add_test(tc, paths_beyond_max_path);
	tcase_add_test(tc, system32_is_the_real_one);
	tcase_add_test(tc, links_on_the_way_are_refused);
	tcase_add_test(tc, link_is_no_subject);
	tcase_add_test(tc, filtered_file_has_two_handles);
	tcase_add_test(tc, real_junction_is_refused);
	tcase_add_test(tc, file_in_use_is_locked);
	tcase_add_test(tc, subject_is_held);
	tcase_add_test(tc, removal_waits_for_readers);
	tcase_add_test(tc, loaded_program_is_renamed_not_removed);
	tcase_add_test(tc, denied_writing_tells_no_use);
	tcase_add_test(tc, loaded_read_only_is_not_missed);
	tcase_add_test(tc, removal_tells_use);
	tcase_add_test(tc, read_only_file_is_removed);
	tcase_add_test(tc, nobody_opens_an_unfinished_file);
	tcase_add_test(tc, attributes_and_times_come_back);
	tcase_add_test(tc, access_list_comes_back);
	tcase_add_test(tc, damaged_access_list_is_refused);
	tcase_add_test(tc, metadata_that_does_not_come_is_noticed);
	tcase_add_loop_test(
		tc, short_name_is_spared, 0,
		(int)(sizeof(short_names) / sizeof(short_names[0])));
	tcase_add_test(tc, short_name_that_cannot_be_read_is_spared);
	tcase_add_test(tc, only_the_short_name_is_spared);
	tcase_add_test(tc, read_only_hive_is_replaced);
	tcase_add_test(tc, streams_come_and_go_with_their_file);
	tcase_add_test(tc, folder_of_others_is_not_private);
	tcase_add_test(tc, others_could_write);
	tcase_add_test(tc, made_folder_is_private);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(change_win32_suite)
