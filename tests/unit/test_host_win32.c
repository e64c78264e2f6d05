/*
 * The system layer where only Windows (or Wine) can show it: System32 as a
 * 32-bit program sees it, sharing, long paths, file ids of listings.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "scratch.h"
#include "wine_win32.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/late_win32.h"
#include "host/host_win32.h"
#include "host/wide_win32.h"

#include <string.h>
#include <windows.h>

static void setup(void)
{
	scratch_make("mstmp-win");
}

static void remove_dir(const char *path)
{
	wchar_t *wide = NULL;

	ck_assert_int_eq(wide_path(path, &wide), 0);
	ck_assert_msg(RemoveDirectoryW(wide), "%s", path);
	mem_free(wide);
}

static void teardown(void)
{
	remove_dir(scratch);
	scratch_release();
}

/* Machine of a program's header: 0x14c or 0x8664; 0 if it is none. */
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

/*
 * Both programs see the same System32: a 32-bit one without Sysnative would
 * be shown SysWOW64 under that name, and an infection be missed.
 */
START_TEST(system32_is_the_real_one)
{
	char *windows = host_getenv("SystemRoot");
	char *system32 = host_join(windows, "system32");
	char *syswow64 = host_join(windows, "syswow64");
	char *path = host_join(system32, "kernel32.dll");
	struct host_file *f = NULL;
	struct host_dir *d = NULL;
	struct host_dir *below = NULL;
	struct host_stat st;

	char *other = host_join(syswow64, "kernel32.dll");

	if (host_stat(syswow64, false, &st) == 0 &&
	    host_stat(other, false, &st) != 0)
		UNIT_SKIP("this Wine has an empty SysWOW64: it does 64 bits "
			  "only");
	mem_free(other);
	if (host_stat(syswow64, false, &st) == 0) {
		ck_assert_int_eq(host_open(path, 0, &f), 0);
		ck_assert_uint_eq(machine_of(f), 0x8664);
		host_close(f);
		ck_assert_int_eq(host_dir_open(windows, &d), 0);
		ck_assert_int_eq(host_dir_open_at(d, "System32", &below), 0);
		ck_assert_int_eq(host_open_at(below, "kernel32.dll",
					      HOST_OPEN_NOFOLLOW, &f),
				 0);
		ck_assert_uint_eq(machine_of(f), 0x8664);
		host_close(f);
		host_dir_close(below);
		ck_assert_int_eq(host_dir_open_at(d, "SysWOW64", &below), 0);
		ck_assert_int_eq(host_open_at(below, "kernel32.dll",
					      HOST_OPEN_NOFOLLOW, &f),
				 0);
		ck_assert_uint_eq(machine_of(f), 0x14c);
		host_close(f);
		host_dir_close(below);
		host_dir_close(d);
	}
	mem_free(path);
	mem_free(syswow64);
	mem_free(system32);
	mem_free(windows);
}

END_TEST

/* The listing tells the same as asking for each file. */
START_TEST(listing_tells_what_stat_tells)
{
	char *path = host_join(scratch, "file.txt");
	struct host_dirent entry;
	struct host_dir *d = NULL;
	struct host_stat st;

	ck_assert_int_eq(host_write_file(path, "12345", 5), 0);
	ck_assert_int_eq(host_dir_open(scratch, &d), 0);
	ck_assert_int_eq(host_dir_next(d, &entry), 1);
	ck_assert_str_eq(entry.name, "file.txt");
	ck_assert(entry.have_stat);
	ck_assert_int_eq(host_stat_at(d, "file.txt", &st), 0);
	ck_assert_uint_eq(entry.st.file_id, st.file_id);
	ck_assert_uint_eq(entry.st.volume, st.volume);
	ck_assert_uint_eq(entry.st.size, 5);
	ck_assert_uint_eq(entry.st.attrs, st.attrs);
	ck_assert_int_eq(entry.st.written, st.written);
	ck_assert_int_eq(entry.st.created, st.created);
	ck_assert_int_eq(entry.st.changed, st.changed);
	ck_assert_int_eq(host_dir_next(d, &entry), 0);
	host_dir_close(d);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(path);
}

END_TEST

START_TEST(file_in_use)
{
	char *path = host_join(scratch, "locked");
	struct host_file *f = NULL;
	wchar_t *wide = NULL;
	HANDLE handle;

	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert_int_eq(wide_path(path, &wide), 0);
	handle = CreateFileW(wide, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0,
			     NULL);
	ck_assert(handle != INVALID_HANDLE_VALUE);
	ck_assert_int_eq(host_open(path, 0, &f), ERR_LOCKED);
	ck_assert_int_eq(err_last()->os_error, ERROR_SHARING_VIOLATION);
	ck_assert_int_eq(host_open(path, HOST_OPEN_NOATIME, &f), ERR_LOCKED);
	ck_assert_ptr_eq(f, NULL);
	CloseHandle(handle);
	/* Ours hinders nobody: it can be written and deleted meanwhile. */
	ck_assert_int_eq(host_open(path, HOST_OPEN_NOATIME, &f), 0);
	handle = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE | DELETE,
			     FILE_SHARE_READ | FILE_SHARE_WRITE |
				     FILE_SHARE_DELETE,
			     NULL, OPEN_EXISTING, 0, NULL);
	ck_assert(handle != INVALID_HANDLE_VALUE);
	CloseHandle(handle);
	host_close(f);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(wide);
	mem_free(path);
}

END_TEST

/* A handle by which the file or folder is deleted when it is closed. */
static HANDLE begin_deletion(const char *path)
{
	uint8_t yes = 1; /* FILE_DISPOSITION_INFORMATION */
	wchar_t *wide = NULL;
	HANDLE handle;

	ck_assert_int_eq(wide_path(path, &wide), 0);
	handle = CreateFileW(
		wide, DELETE,
		FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
		OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	ck_assert(handle != INVALID_HANDLE_VALUE);
	ck_assert_uint_eq(host_nt_set_file(handle, &yes, sizeof(yes),
					   WIN_FILE_DISPOSITION),
			  0);
	mem_free(wide);
	return handle;
}

/* What Windows has said to an opening: the status, and what Win32 makes of it.
 */
static const struct {
	uint32_t status;
	DWORD os_error;
	int err;
} answers[] = {
	{ WIN_STATUS_DELETE_PENDING, ERROR_ACCESS_DENIED, ERR_VANISHING },
	{ WIN_STATUS_ACCESS_DENIED, ERROR_ACCESS_DENIED, ERR_DENIED },
	{ WIN_STATUS_CANNOT_DELETE, ERROR_ACCESS_DENIED, ERR_DENIED },
	{ WIN_STATUS_SHARING, ERROR_SHARING_VIOLATION, ERR_LOCKED },
	{ WIN_STATUS_NAME_NOT_FOUND, ERROR_FILE_NOT_FOUND, ERR_NOT_FOUND },
};

START_TEST(refused_opening)
{
	/* The conversion is what leaves the status behind. */
	ck_assert_uint_eq(host_nt_to_win(answers[_i].status),
			  answers[_i].os_error);
	SetLastError(answers[_i].os_error);
	ck_assert_int_eq(host_fail_open("open", NULL, "x"), answers[_i].err);
	ck_assert_uint_eq(GetLastError(), answers[_i].os_error);
	ck_assert_int_eq(err_last()->os_error, (long)answers[_i].os_error);
}

END_TEST

/* Win32 says "access denied" to it; it is told from that. */
START_TEST(file_and_folder_that_vanish)
{
	char *path = host_join(scratch, "going");
	char *folder = host_join(scratch, "going too");
	struct host_file *f = NULL;
	struct host_dir *d = NULL, *in = NULL;
	HANDLE file_handle, folder_handle;
	int err;

	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert_int_eq(host_mkdir(folder), 0);
	ck_assert_int_eq(host_dir_open(scratch, &in), 0);
	file_handle = begin_deletion(path);
	folder_handle = begin_deletion(folder);
	err = host_open(path, HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME, &f);
	if (err) {
		ck_assert_int_eq(err, ERR_VANISHING);
		ck_assert_int_eq(host_open(path, 0, &f), ERR_VANISHING);
		ck_assert_int_eq(host_open_stream_at(in, "going", "s", &f),
				 ERR_VANISHING);
		ck_assert_int_eq(host_dir_open(folder, &d), ERR_VANISHING);
	} else {
		host_close(f);
	}
	CloseHandle(file_handle);
	CloseHandle(folder_handle);
	f = NULL;
	ck_assert_int_eq(host_open(path, 0, &f), ERR_NOT_FOUND);
	ck_assert_int_eq(host_dir_open(folder, &d), ERR_NOT_FOUND);
	host_dir_close(in);
	mem_free(folder);
	mem_free(path);
	if (!err)
		UNIT_SKIP("this Wine opens what is deleted");
}

END_TEST

START_TEST(read_only_file)
{
	char *path = host_join(scratch, "read-only");
	struct host_file *f = NULL;
	struct host_stat st;
	wchar_t *wide = NULL;
	int err;

	if (!wine_keeps_read_only(scratch))
		UNIT_SKIP("this Wine clears read-only with times that are to "
			  "stay");
	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert_int_eq(wide_path(path, &wide), 0);
	ck_assert(SetFileAttributesW(wide, FILE_ATTRIBUTE_READONLY |
						   FILE_ATTRIBUTE_HIDDEN));
	ck_assert_int_eq(host_open(path, HOST_OPEN_NOATIME, &f), 0);
	ck_assert_int_eq(host_fstat(f, &st), 0);
	ck_assert_uint_ne(st.attrs & HOST_ATTR_READONLY, 0);
	host_close(f);
	/* Windows refuses, Wine does not; never is half of it written. */
	err = host_write_file(path, "y", 1);
	ck_assert(err == 0 || err == ERR_DENIED);
	SetFileAttributesW(wide, FILE_ATTRIBUTE_NORMAL);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(wide);
	mem_free(path);
}

END_TEST

START_TEST(paths_beyond_max_path)
{
	enum {
		DEPTH = 12
	};

	char component[41];
	char *paths[DEPTH + 1];
	char *file;
	struct host_stat st;
	struct host_dir *d = NULL;

	memset(component, 'n', 40);
	component[40] = '\0';
	paths[0] = scratch;
	for (int i = 0; i < DEPTH; i++) {
		paths[i + 1] = host_join(paths[i], component);
		ck_assert_msg(host_mkdir(paths[i + 1]) == 0, "%s",
			      err_last()->text);
	}
	ck_assert_uint_gt(strlen(paths[DEPTH]), 480);
	file = host_join(paths[DEPTH], "deep.dll");
	ck_assert_int_eq(host_write_file(file, "x", 1), 0);
	ck_assert_int_eq(host_stat(file, false, &st), 0);
	ck_assert_uint_eq(st.size, 1);
	ck_assert_int_eq(host_dir_open(paths[DEPTH], &d), 0);
	ck_assert_int_eq(host_stat_at(d, "deep.dll", &st), 0);
	host_dir_close(d);
	ck_assert_int_eq(host_unlink(file), 0);
	mem_free(file);
	for (int i = DEPTH; i > 0; i--) {
		remove_dir(paths[i]);
		mem_free(paths[i]);
	}
}

END_TEST

/* Nothing but files is opened, whatever a registry says is a server. */
START_TEST(no_devices)
{
	static const char *const names[] = {
		"\\\\.\\C:",	  "\\\\.\\PhysicalDrive0",
		"\\\\.\\pipe\\x", "\\\\?\\C:",
		"\\\\?\\pipe\\x", "\\\\.\\NUL",
		"\\\\?\\NUL",	  "\\\\.\\CON",
	};
	struct host_file *f = NULL;
	struct host_stat st;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(host_open(names[i], 0, &f), ERR_NAME);
		ck_assert_int_eq(host_stat(names[i], true, &st), ERR_NAME);
	}
	ck_assert_int_eq(host_open("NUL", 0, &f), ERR_NOT_FOUND);
	ck_assert_int_eq(host_open("C:\\CON", 0, &f), ERR_NOT_FOUND);
	ck_assert_ptr_eq(f, NULL);
}

END_TEST

START_TEST(access_time_is_kept)
{
	char *path = host_join(scratch, "t");
	FILETIME old = { 0xd53e8000, 0x01c137e5 };
	struct host_file *f = NULL;
	struct host_stat st;
	wchar_t *wide = NULL;
	HANDLE handle;
	char buf[8];
	size_t n;

	if (late_function("ntdll.dll", "wine_get_version") != NULL)
		UNIT_SKIP("Wine has no handles that keep the access time");

	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert_int_eq(wide_path(path, &wide), 0);
	handle = CreateFileW(wide, FILE_WRITE_ATTRIBUTES, 0, NULL,
			     OPEN_EXISTING, 0, NULL);
	ck_assert(handle != INVALID_HANDLE_VALUE);
	ck_assert(SetFileTime(handle, NULL, &old, &old));
	CloseHandle(handle);
	ck_assert_int_eq(host_open(path, HOST_OPEN_NOATIME, &f), 0);
	ck_assert_int_eq(host_read(f, buf, sizeof(buf), &n), 0);
	host_close(f);
	ck_assert_int_eq(host_stat(path, false, &st), 0);
	ck_assert_int_eq(st.accessed, INT64_C(0x01c137e5d53e8000));
	ck_assert_int_eq(st.written, INT64_C(0x01c137e5d53e8000));
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(wide);
	mem_free(path);
}

END_TEST

START_TEST(owner_is_told)
{
	char *path = host_join(scratch, "owned");
	struct host_file *f = NULL;
	char *sid;

	ck_assert_int_eq(host_write_file(path, "x", 1), 0);
	ck_assert_int_eq(host_open(path, 0, &f), 0);
	sid = host_owner(f);
	ck_assert_ptr_ne(sid, NULL);
	ck_assert(strncmp(sid, "S-1-", 4) == 0);
	mem_free(sid);
	host_close(f);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(path);
}

END_TEST

START_TEST(late_functions)
{
	ck_assert_ptr_ne(late_function("kernel32.dll", "CreateFileW"), NULL);
	ck_assert_ptr_ne(late_function("version.dll", "VerQueryValueW"), NULL);
	ck_assert_ptr_eq(late_function("kernel32.dll", "NoSuchFunction"), NULL);
	ck_assert_ptr_eq(late_function("no-such.dll", "X"), NULL);
}

END_TEST

START_TEST(arguments)
{
	char *old[] = { (char *)"x", NULL };
	char **argv = old;
	int argc = 0;

	ck_assert_int_eq(host_start(&argc, &argv), 0);
	ck_assert_int_ge(argc, 1);
	ck_assert_ptr_ne(argv, old);
	ck_assert_ptr_ne(strstr(argv[0], "unit"), NULL);
	ck_assert_ptr_eq(argv[argc], NULL);
}

END_TEST

static HANDLE event_came;
static HANDLE event_thread;

/* Asked before the one of host.h; the thread ends when all were asked. */
static BOOL WINAPI note_event(DWORD type)
{
	const HANDLE self = GetCurrentProcess();

	(void)type;
	DuplicateHandle(self, GetCurrentThread(), self, &event_thread,
			SYNCHRONIZE, FALSE, 0);
	SetEvent(event_came);
	return FALSE;
}

START_TEST(control_event)
{
	/* The handler is of the process and stays. */
	static struct cancel token;

	/* Off for a process whose parent ignored it, as a shell's "&" does. */
	SetConsoleCtrlHandler(NULL, FALSE);
	host_catch_interrupt(&token);
	ck_assert(!cancel_asked(&token));
	/* Wine has one on a terminal only, not where output is kept. */
	if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
		UNIT_SKIP("there is no console to be interrupted from");
	/* Another thread of this process calls the handler. */
	while (!cancel_asked(&token))
		Sleep(10);
	/* The second one does not end the program either. */
	event_came = CreateEventW(NULL, TRUE, FALSE, NULL);
	ck_assert(SetConsoleCtrlHandler(note_event, TRUE));
	ck_assert(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
	WaitForSingleObject(event_came, INFINITE);
	WaitForSingleObject(event_thread, INFINITE);
	SetConsoleCtrlHandler(note_event, FALSE);
	CloseHandle(event_thread);
	CloseHandle(event_came);
}

END_TEST

static Suite *host_win32_suite(void)
{
	Suite *s = suite_create("host_win32");
	TCase *tc = tcase_create("host_win32");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, system32_is_the_real_one);
	tcase_add_test(tc, listing_tells_what_stat_tells);
	tcase_add_test(tc, file_in_use);
	tcase_add_loop_test(tc, refused_opening, 0,
			    (int)(sizeof(answers) / sizeof(answers[0])));
	tcase_add_test(tc, file_and_folder_that_vanish);
	tcase_add_test(tc, read_only_file);
	tcase_add_test(tc, paths_beyond_max_path);
	tcase_add_test(tc, no_devices);
	tcase_add_test(tc, access_time_is_kept);
	tcase_add_test(tc, owner_is_told);
	tcase_add_test(tc, late_functions);
	tcase_add_test(tc, arguments);
	tcase_add_test(tc, control_event);
	suite_add_tcase(s, tc);
	return s;
}
UNIT_SUITE(host_win32_suite)
