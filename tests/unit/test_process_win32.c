/*
 * Who has a DLL loaded, closing and ending, removal at the next start.  The
 * unit program starts itself as the program that is looked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "scratch.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/modules.h"
#include "host/wide_win32.h"
#include "registry/control_set.h"
#include "registry/reg_edit.h"
#include "remediate/process.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <tlhelp32.h>

#define CHILD_WORD   L"--child-of-test-process"
#define CHILD_DLL    L"MSTMP_CHILD_DLL"
#define CHILD_READY  L"MSTMP_CHILD_READY"
#define CHILD_PARENT L"MSTMP_CHILD_PARENT"
#define CHILD_WINDOW L"MSTMP_CHILD_WINDOW"
#define LONG_MS	     (30 * 60 * 1000) /* it happens at once, or never */

static const struct process_ops *const ops = &process_system;

/* ---- the child --------------------------------------------------- */

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM wparam,
				   LPARAM lparam)
{
	if (message == WM_DESTROY)
		PostQuitMessage(0);
	return DefWindowProcW(window, message, wparam, lparam);
}

static bool show_window(void)
{
	WNDCLASSW class_of = { 0 };
	HWND window;

	class_of.lpfnWndProc = on_message;
	class_of.hInstance = GetModuleHandleW(NULL);
	class_of.lpszClassName = L"mstmp test window";
	RegisterClassW(&class_of);
	window = CreateWindowW(class_of.lpszClassName, L"test",
			       WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 100, 100,
			       NULL, NULL, class_of.hInstance, NULL);
	return window && IsWindowVisible(window);
}

/* Until the window was closed, or whoever started this has gone. */
static void wait_for_end(HANDLE parent)
{
	MSG message;

	while (MsgWaitForMultipleObjects(1, &parent, FALSE, INFINITE,
					 QS_ALLINPUT) != WAIT_OBJECT_0)
		while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE)) {
			if (message.message == WM_QUIT)
				return;
			DispatchMessageW(&message);
		}
}

static HANDLE open_parent(void)
{
	wchar_t text[16];

	if (!GetEnvironmentVariableW(CHILD_PARENT, text, 16))
		return NULL;
	return OpenProcess(SYNCHRONIZE, FALSE, wcstoul(text, NULL, 10));
}

/* Exit codes 90..: what it could not do. */
static UINT child_main(void)
{
	wchar_t dll[MAX_PATH], ready[64], with_window[8];
	HANDLE event, parent = open_parent();

	if (!parent || !GetEnvironmentVariableW(CHILD_DLL, dll, MAX_PATH) ||
	    !GetEnvironmentVariableW(CHILD_READY, ready, 64))
		return 90;
	if (wcscmp(dll, L"-") != 0 && !LoadLibraryW(dll))
		return 91;
	with_window[0] = L'0';
	GetEnvironmentVariableW(CHILD_WINDOW, with_window, 8);
	if (with_window[0] == L'1' && !show_window())
		return 92;
	event = OpenEventW(EVENT_MODIFY_STATE, FALSE, ready);
	if (!event || !SetEvent(event))
		return 93;
	if (with_window[0] == L'1')
		wait_for_end(parent);
	else
		WaitForSingleObject(parent, INFINITE);
	return 0;
}

/* Before Check has a say. */
__attribute__((constructor)) static void child_begin(void)
{
	if (wcsstr(GetCommandLineW(), CHILD_WORD))
		ExitProcess(child_main());
}

struct child {
	PROCESS_INFORMATION info;
	HANDLE ready;
	DWORD code; /* of a child that did not get ready */
};

/* `exe` NULL: this program.  False: it ended instead. */
static bool child_start(struct child *c, const wchar_t *exe, const wchar_t *dll,
			bool with_window)
{
	static int number;
	wchar_t own[MAX_PATH], line[] = L"unit " CHILD_WORD, name[64];
	wchar_t parent[16];
	STARTUPINFOW start = { .cb = sizeof(start) };
	HANDLE either[2];

	swprintf(name, 64, L"mstmp-child-%lu-%d", GetCurrentProcessId(),
		 number++);
	memset(c, 0, sizeof(*c));
	c->ready = CreateEventW(NULL, TRUE, FALSE, name);
	ck_assert_ptr_nonnull(c->ready);
	SetEnvironmentVariableW(CHILD_READY, name);
	swprintf(parent, 16, L"%lu", GetCurrentProcessId());
	SetEnvironmentVariableW(CHILD_PARENT, parent);
	SetEnvironmentVariableW(CHILD_DLL, dll ? dll : L"-");
	SetEnvironmentVariableW(CHILD_WINDOW, with_window ? L"1" : L"0");
	if (!exe) {
		ck_assert_uint_lt(GetModuleFileNameW(NULL, own, MAX_PATH),
				  MAX_PATH);
		exe = own;
	}
	if (!CreateProcessW(exe, line, NULL, NULL, FALSE, 0, NULL, NULL, &start,
			    &c->info)) {
		CloseHandle(c->ready);
		return false;
	}
	either[0] = c->ready;
	either[1] = c->info.hProcess;
	if (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_OBJECT_0)
		return true;
	GetExitCodeProcess(c->info.hProcess, &c->code);
	return false;
}

static bool child_runs(const struct child *c)
{
	return WaitForSingleObject(c->info.hProcess, 0) == WAIT_TIMEOUT;
}

static void child_end(struct child *c)
{
	if (c->info.hProcess) {
		TerminateProcess(c->info.hProcess, 0);
		WaitForSingleObject(c->info.hProcess, INFINITE);
		CloseHandle(c->info.hProcess);
		CloseHandle(c->info.hThread);
		CloseHandle(c->ready);
	}
	memset(c, 0, sizeof(*c));
}

/* What find() would say of it. */
static struct process process_of(const struct child *c)
{
	FILETIME started, ended, kernel, user;
	struct process p = { .pid = c->info.dwProcessId };

	ck_assert(GetProcessTimes(c->info.hProcess, &started, &ended, &kernel,
				  &user));
	p.started = (int64_t)((uint64_t)started.dwHighDateTime << 32 |
			      started.dwLowDateTime);
	p.name = (char *)(uintptr_t) "unit.exe";
	return p;
}

/* ---- a folder with DLLs ------------------------------------------ */

static char *dll_path;
static wchar_t *dll_wide;
static struct child child;

/* A DLL without code: one section, no imports, no entry point. */
static void write_dll(const char *path, bool is_64bit)
{
	uint8_t image[0x400] = { 'M', 'Z' };
	uint8_t *coff = image + 0x44, *opt = coff + 20, *section;

	bytes_put_le32(image + 0x3c, 0x40);
	memcpy(image + 0x40, "PE\0\0", 4);
	bytes_put_le16(coff, is_64bit ? 0x8664 : 0x14c);
	bytes_put_le16(coff + 2, 1);
	bytes_put_le16(coff + 16, is_64bit ? 0xf0 : 0xe0);
	bytes_put_le16(coff + 18, is_64bit ? 0x2022 : 0x2102);
	bytes_put_le16(opt, is_64bit ? 0x20b : 0x10b);
	bytes_put_le32(opt + 8, 0x200);
	if (is_64bit)
		bytes_put_le64(opt + 24, UINT64_C(0x180000000));
	else
		bytes_put_le32(opt + 28, 0x10000000);
	bytes_put_le32(opt + 32, 0x1000); /* alignment of sections, of files */
	bytes_put_le32(opt + 36, 0x200);
	bytes_put_le16(opt + 40, 5);
	bytes_put_le16(opt + 48, 5);
	bytes_put_le32(opt + 56, 0x2000); /* of the image, of the headers */
	bytes_put_le32(opt + 60, 0x200);
	bytes_put_le16(opt + 68, 2);
	bytes_put_le32(opt + (is_64bit ? 108 : 92), 16);
	section = opt + (is_64bit ? 0xf0 : 0xe0);
	memcpy(section, ".rdata", 6);
	bytes_put_le32(section + 8, 0x10);
	bytes_put_le32(section + 12, 0x1000);
	bytes_put_le32(section + 16, 0x200);
	bytes_put_le32(section + 20, 0x200);
	bytes_put_le32(section + 36, 0x40000040);
	ck_assert_int_eq(host_write_file(path, image, sizeof(image)), 0);
}

static void set_up(void)
{
	scratch_make("mstmp-proc");
	dll_path = in_scratch("Bar.dll");
	dll_wide = wide_from_utf8(dll_path);
	ck_assert_ptr_nonnull(dll_wide);
	write_dll(dll_path, sizeof(void *) == 8);
}

static void tear_down(void)
{
	wchar_t *wide = wide_from_utf8(scratch);

	child_end(&child);
	ck_assert_int_eq(host_unlink(dll_path), 0);
	ck_assert(RemoveDirectoryW(wide));
	mem_free(wide);
	mem_free(dll_wide);
	mem_free(dll_path);
	scratch_release();
}

static struct vec found;
static bool may_miss;

static size_t find(const char *path)
{
	processes_release(&found);
	found = (struct vec)VEC_INIT(struct process, 1000);
	ck_assert_msg(ops->find(ops->arg, path, &found, &may_miss) == 0, "%s",
		      err_last()->text);
	return found.count;
}

/* ---- finding ----------------------------------------------------- */

START_TEST(finds_who_has_it_loaded)
{
	char *other = host_join(scratch, "other.dll");
	char *upper = host_join(scratch, "BAR.DLL");
	struct process want;
	struct process *p;

	write_dll(other, sizeof(void *) == 8);
	ck_assert_uint_eq(find(dll_path), 0);
	ck_assert_msg(child_start(&child, NULL, dll_wide, false),
		      "the child ended with %lu", child.code);
	want = process_of(&child);
	ck_assert_uint_eq(find(dll_path), 1);
	p = vec_at(&found, 0);
	ck_assert_uint_eq(p->pid, want.pid);
	ck_assert(p->started == want.started);
	ck_assert_str_eq(p->name, "unit.exe");
	ck_assert_ptr_nonnull(p->path);
	ck_assert_msg(ascii_iends_with(p->path, "\\unit.exe"), "%s", p->path);
	ck_assert_int_eq(p->is_64bit, sizeof(void *) == 8);
	ck_assert(!p->is_explorer && !p->is_browser && !p->is_ours);
	/* The file decides: another name of it, another file of its kind. */
	ck_assert_uint_eq(find(upper), 1);
	ck_assert_uint_eq(find(other), 0);
	child_end(&child);
	ck_assert_uint_eq(find(dll_path), 0);
	processes_release(&found);
	ck_assert_int_eq(host_unlink(other), 0);
	ck_assert_int_eq(ops->find(ops->arg, other, &found, &may_miss),
			 ERR_NOT_FOUND);
	mem_free(other);
	mem_free(upper);
}

END_TEST

START_TEST(knows_itself_and_spares_itself)
{
	HMODULE dll = LoadLibraryW(dll_wide);
	struct process *p;

	ck_assert_ptr_nonnull(dll);
	ck_assert_uint_eq(find(dll_path), 1);
	p = vec_at(&found, 0);
	ck_assert(p->is_ours);
	ck_assert_uint_eq(p->pid, GetCurrentProcessId());
	ck_assert_int_eq(ops->end(ops->arg, p, 0), ERR_DENIED);
	ck_assert_int_eq(ops->close(ops->arg, p, 0), ERR_DENIED);
	/* Nor if somebody forgot who we are. */
	p->is_ours = false;
	ck_assert_int_eq(ops->end(ops->arg, p, 0), ERR_DENIED);
	processes_release(&found);
	FreeLibrary(dll);
}

END_TEST

/* System32 is another folder to a 32-bit program under 64-bit Windows. */
static bool is_redirected(void)
{
	wchar_t folder[MAX_PATH];

	return GetSystemWow64DirectoryW(folder, MAX_PATH) > 0 &&
	       sizeof(void *) == 4;
}

/* The real one is left alone, by its path; the name alone hides nobody. */
START_TEST(scans_spare_the_keeper_of_passwords)
{
	wchar_t own[MAX_PATH], real[MAX_PATH + 16], *other;
	char *other_path;
	struct host_stat st;

	if (is_redirected())
		UNIT_SKIP("no program of ours can be put into System32 here");
	ck_assert_uint_lt(GetModuleFileNameW(NULL, own, MAX_PATH), MAX_PATH);
	ck_assert_uint_lt(GetSystemDirectoryW(real, MAX_PATH), MAX_PATH);
	wcscat(real, L"\\lsass.exe");
	other_path = host_join(scratch, "lsass.exe");
	other = wide_from_utf8(other_path);
	ck_assert_int_eq(host_stat(dll_path, false, &st), 0);
	if (!CopyFileW(own, real, TRUE))
		UNIT_SKIP("there is a real one");
	ck_assert(CopyFileW(own, other, TRUE));
	for (int i = 0; i < 2; i++) {
		struct host_modules *m = host_modules_new();

		ck_assert_msg(
			child_start(&child, i ? real : other, dll_wide, false),
			"the child ended with %lu", child.code);
		ck_assert_int_eq(host_modules_read(m), 0);
		ck_assert(host_modules_have(m, &st, "Bar.dll") == (i == 0));
		/* A fix asks it, too: it removes the file. */
		ck_assert_uint_eq(find(dll_path), 1);
		processes_release(&found);
		host_modules_free(m);
		child_end(&child);
	}
	ck_assert(DeleteFileW(real));
	ck_assert(DeleteFileW(other));
	mem_free(other);
	mem_free(other_path);
}

END_TEST

/* The other program's unit.exe, if it was built. */
START_TEST(looks_into_the_other_bitness)
{
	const bool is_64 = sizeof(void *) == 8;
	const wchar_t *exe =
		is_64 ? L"build\\win32\\unit.exe" : L"build\\win64\\unit.exe";
	bool is_started;

	if (GetFileAttributesW(exe) == INVALID_FILE_ATTRIBUTES)
		UNIT_SKIP("the other Windows program is not built");
	write_dll(dll_path, !is_64);
	is_started = child_start(&child, exe, dll_wide, false);
	/* An older build of it knows no child's part and ends with 101. */
	if (!is_started)
		UNIT_SKIP("the other Windows program does not run here");
	if (is_64) {
		struct process *p;

		ck_assert_uint_eq(find(dll_path), 1);
		p = vec_at(&found, 0);
		ck_assert_uint_eq(p->pid, child.info.dwProcessId);
		ck_assert(!p->is_64bit);
	} else {
		ck_assert_uint_eq(find(dll_path), 0);
		ck_assert(may_miss);
	}
	processes_release(&found);
}

END_TEST

/* ---- browsers ---------------------------------------------------- */

/* A copy of this program of that name, which the test removes. */
static wchar_t *browser_copy(void)
{
	char *path = host_join(scratch, "IExplore.exe");
	wchar_t own[MAX_PATH], *wide = wide_from_utf8(path);

	ck_assert_ptr_nonnull(wide);
	ck_assert_uint_lt(GetModuleFileNameW(NULL, own, MAX_PATH), MAX_PATH);
	ck_assert(CopyFileW(own, wide, TRUE));
	mem_free(path);
	return wide;
}

static const struct process *of_pid(const struct vec *list, DWORD pid)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct process *p = vec_at(list, i);

		if (p->pid == pid)
			return p;
	}
	return NULL;
}

static void check_child(const struct process *p, const struct process *want)
{
	DWORD session = 99;

	ck_assert_ptr_nonnull(p);
	ck_assert(ProcessIdToSessionId(GetCurrentProcessId(), &session));
	ck_assert(p->started == want->started);
	ck_assert_uint_eq(p->parent, GetCurrentProcessId());
	ck_assert_uint_eq(p->session, session);
	ck_assert(p->is_browser && !p->is_explorer && !p->is_ours);
}

/* Whatever they have loaded; and who has it loaded tells the same. */
START_TEST(lists_browsers_with_their_parents)
{
	struct vec list = VEC_INIT(struct process, 1000);
	wchar_t *exe = browser_copy();
	struct process want;

	ck_assert_msg(child_start(&child, exe, dll_wide, false),
		      "the child ended with %lu", child.code);
	want = process_of(&child);
	ck_assert_int_eq(ops->browsers(ops->arg, &list), 0);
	check_child(of_pid(&list, want.pid), &want);
	ck_assert_ptr_null(of_pid(&list, GetCurrentProcessId()));
	processes_release(&list);
	ck_assert_uint_eq(find(dll_path), 1);
	check_child(of_pid(&found, want.pid), &want);
	processes_release(&found);
	child_end(&child);
	ck_assert_int_eq(ops->browsers(ops->arg, &list), 0);
	ck_assert_ptr_null(of_pid(&list, want.pid));
	processes_release(&list);
	ck_assert(DeleteFileW(exe));
	mem_free(exe);
}

END_TEST

/* ---- ending ------------------------------------------------------ */

START_TEST(ends_that_process_and_no_other)
{
	struct process p;

	ck_assert_msg(child_start(&child, NULL, NULL, false),
		      "the child ended with %lu", child.code);
	p = process_of(&child);
	/* A number that was used again: the one that was meant is gone. */
	p.started++;
	ck_assert_int_eq(ops->end(ops->arg, &p, LONG_MS), 0);
	ck_assert_int_eq(ops->close(ops->arg, &p, 0), 0);
	ck_assert(child_runs(&child));
	p.started = 0;
	ck_assert_int_eq(ops->end(ops->arg, &p, LONG_MS), ERR_INVALID);
	ck_assert(child_runs(&child));
	p = process_of(&child);
	/* What is noted as the desktop or the like is not even opened. */
	p.is_explorer = true;
	ck_assert_int_eq(ops->end(ops->arg, &p, LONG_MS), ERR_DENIED);
	ck_assert(child_runs(&child));
	p.is_explorer = false;
	ck_assert_msg(ops->end(ops->arg, &p, LONG_MS) == 0, "%s",
		      err_last()->text);
	ck_assert(!child_runs(&child));
	/* Once more: it has ended, which is what was wanted. */
	ck_assert_int_eq(ops->end(ops->arg, &p, LONG_MS), 0);
	ck_assert_int_eq(ops->close(ops->arg, &p, 0), 0);
}

END_TEST

static DWORD pid_of(const wchar_t *name)
{
	HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	PROCESSENTRY32W entry = { .dwSize = sizeof(entry) };
	DWORD pid = 0;

	for (BOOL more = Process32FirstW(snapshot, &entry); more && !pid;
	     more = Process32NextW(snapshot, &entry))
		if (_wcsicmp(entry.szExeFile, name) == 0)
			pid = entry.th32ProcessID;
	CloseHandle(snapshot);
	return pid;
}

/* The process itself says what it is, not what somebody calls it. */
START_TEST(spares_what_windows_needs_whatever_it_is_called)
{
	struct child services = { .info = { .dwProcessId =
						    pid_of(L"services.exe") } };
	struct process p;

	if (!services.info.dwProcessId)
		UNIT_SKIP("no services.exe runs here");
	services.info.hProcess =
		OpenProcess(PROCESS_QUERY_INFORMATION | SYNCHRONIZE, FALSE,
			    services.info.dwProcessId);
	if (!services.info.hProcess)
		UNIT_SKIP("services.exe cannot be looked at");
	p = process_of(&services);
	p.name = (char *)(uintptr_t) "harmless.exe";
	ck_assert_int_eq(ops->end(ops->arg, &p, 0), ERR_DENIED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "services.exe"));
	ck_assert_int_eq(ops->close(ops->arg, &p, 0), ERR_DENIED);
	ck_assert(child_runs(&services));
	CloseHandle(services.info.hProcess);
}

END_TEST

START_TEST(asks_a_window_to_close)
{
	struct process p;

	if (!child_start(&child, NULL, NULL, true)) {
		ck_assert_uint_eq(child.code, 92);
		UNIT_SKIP("no windows can be made here");
	}
	p = process_of(&child);
	ck_assert_msg(ops->close(ops->arg, &p, LONG_MS) == 0, "%s",
		      err_last()->text);
	ck_assert(!child_runs(&child));
}

END_TEST

START_TEST(does_not_wait_for_ever)
{
	struct process p;
	int64_t begin;

	ck_assert(child_start(&child, NULL, NULL, false));
	p = process_of(&child);
	begin = host_monotonic_ms();
	ck_assert_int_eq(ops->close(ops->arg, &p, 300), ERR_LOCKED);
	ck_assert_int_ge(host_monotonic_ms() - begin, 250);
	ck_assert(child_runs(&child));
}

END_TEST

/* ---- at the next start ------------------------------------------- */

#define QUEUE "PendingFileRenameOperations"

static struct reg_edit *edit;
static char *manager;
static struct reg_value kept; /* what the machine had */
static bool had_queue;

static bool queue_get(struct reg_value *v)
{
	struct reg_key *key = NULL;
	int err;

	ck_assert_int_eq(reg_open_key(reg_edit_root(edit), manager, &key), 0);
	err = reg_get_value(key, QUEUE, v);
	reg_close_key(key);
	ck_assert(err == 0 || err == ERR_NOT_FOUND);
	return err == 0;
}

static void queue_set(uint32_t type, const void *data, size_t nbytes)
{
	ck_assert_int_eq(
		reg_edit_set_value(edit, manager, QUEUE, type, data, nbytes),
		0);
}

static void queue_drop(void)
{
	int err = reg_edit_delete_value(edit, manager, QUEUE);

	ck_assert(err == 0 || err == ERR_NOT_FOUND);
}

static void set_up_queue(void)
{
	struct reg_tree empty = { .name = (char[]){ "Session Manager" } };

	set_up();
	ck_assert_int_eq(reg_edit_live(REG_LIVE_MACHINE, &edit), 0);
	ck_assert_msg(reg_control_path(reg_edit_root(edit),
				       "Control\\Session Manager",
				       &manager) == 0,
		      "%s", err_last()->text);
	/* Wine has this key only when something was queued. */
	ck_assert(reg_edit_add_tree(edit, manager, &empty) == 0 ||
		  err_last()->err == ERR_EXISTS);
	had_queue = queue_get(&kept);
	queue_drop();
}

static void tear_down_queue(void)
{
	queue_drop();
	if (had_queue) {
		queue_set(kept.type, kept.data, kept.nbytes);
		reg_value_release(&kept);
	}
	mem_free(manager);
	ck_assert_int_eq(reg_edit_close(edit), 0);
	tear_down();
}

static void check_queue(const void *want, size_t nbytes)
{
	struct reg_value v;

	ck_assert(queue_get(&v));
	ck_assert_uint_eq(v.type, REG_TYPE_MULTI_SZ);
	ck_assert_uint_eq(v.nbytes, nbytes);
	ck_assert_mem_eq(v.data, want, nbytes);
	reg_value_release(&v);
}

START_TEST(queues_a_removal_once)
{
	struct str want = STR_INIT;
	uint16_t end[3] = { 0, 0, 0 };

	ck_assert_msg(ops->remove_at_restart(ops->arg, dll_path) == 0, "%s",
		      err_last()->text);
	/* "\??\C:\…\Bar.dll", an empty target, the end. */
	str_addn(&want, L"\\??\\", 8);
	str_addn(&want, dll_wide, wcslen(dll_wide) * 2);
	str_addn(&want, end, sizeof(end));
	check_queue(want.buf, want.len);
	/* Asked twice, noted once. */
	ck_assert_int_eq(ops->remove_at_restart(ops->arg, dll_path), 0);
	check_queue(want.buf, want.len);
	str_release(&want);
}

END_TEST

START_TEST(leaves_what_others_queued)
{
	/* A removal, a renaming over a file, empty texts in the middle. */
	static const wchar_t others[] =
		L"\\??\\C:\\x\\old.dll\0\0"
		L"\\??\\C:\\x\\\x8868.tmp\0!\\??\\C:\\x\\b.dll\0"
		L"\0\0"
		L"\\??\\D:\\y\0\0";
	struct reg_value v;

	/* sizeof counts the NUL that ends the list. */
	queue_set(REG_TYPE_MULTI_SZ, others, sizeof(others));
	ck_assert_msg(ops->remove_at_restart(ops->arg, dll_path) == 0, "%s",
		      err_last()->text);
	ck_assert(queue_get(&v));
	ck_assert_uint_gt(v.nbytes, sizeof(others));
	ck_assert_mem_eq(v.data, others, sizeof(others) - 2);
	reg_value_release(&v);
}

END_TEST

START_TEST(adds_nothing_to_a_damaged_list)
{
	static const wchar_t half[] = L"\\??\\C:\\x\\old.dll\0";
	struct reg_value v;

	queue_set(REG_TYPE_MULTI_SZ, half, sizeof(half));
	ck_assert_int_eq(ops->remove_at_restart(ops->arg, dll_path),
			 ERR_CORRUPT);
	check_queue(half, sizeof(half));
	queue_set(REG_TYPE_SZ, half, sizeof(half));
	ck_assert_int_eq(ops->remove_at_restart(ops->arg, dll_path),
			 ERR_CORRUPT);
	ck_assert(queue_get(&v));
	ck_assert_uint_eq(v.type, REG_TYPE_SZ);
	ck_assert_uint_eq(v.nbytes, sizeof(half));
	reg_value_release(&v);
}

END_TEST

static Suite *process_win32_suite(void)
{
	Suite *s = suite_create("process_win32");
	TCase *t = tcase_create("processes"), *q = tcase_create("restart");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, finds_who_has_it_loaded);
	tcase_add_test(t, knows_itself_and_spares_itself);
	tcase_add_test(t, scans_spare_the_keeper_of_passwords);
	tcase_add_test(t, looks_into_the_other_bitness);
	tcase_add_test(t, lists_browsers_with_their_parents);
	tcase_add_test(t, ends_that_process_and_no_other);
	tcase_add_test(t, spares_what_windows_needs_whatever_it_is_called);
	tcase_add_test(t, asks_a_window_to_close);
	tcase_add_test(t, does_not_wait_for_ever);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(q, set_up_queue, tear_down_queue);
	tcase_add_test(q, queues_a_removal_once);
	tcase_add_test(q, leaves_what_others_queued);
	tcase_add_test(q, adds_nothing_to_a_damaged_list);
	suite_add_tcase(s, q);
	return s;
}
UNIT_SUITE(process_win32_suite)
