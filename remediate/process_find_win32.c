/*
 * Which programs have a file loaded.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list of modules lies in the memory of the examined process and is its
 * own statement; the name of what is mapped at a module's address comes from
 * the kernel and is asked first (psapi's GetMappedFileName).  It is true
 * after a renaming, and for a 32-bit process's "System32", which is SysWOW64.
 * A path only leads to a file: whether it is the one that is looked for, its
 * volume and index say.  Each path is opened once.
 */
#include "remediate/process_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/privilege_win32.h"
#include "host/wide_win32.h"

#include <string.h>
#include <tlhelp32.h>

#define LIST_ALL       3u /* LIST_MODULES_ALL */
#define NAME_NCHARS    32768u
#define MODULES_MAX    65536u
#define MODULE_NBYTES  (sizeof(void *)) /* of a HMODULE */
#define PROCESSES_MAX  65536u
#define SNAPSHOT_TRIES 5 /* "bad length": the list grew meanwhile */
#define DEVICE_PREFIX  "\\Device\\"
#define GLOBAL_ROOT    "\\\\?\\GLOBALROOT"
#define NATIVE_PREFIX  "\\??\\"
#define SNAPMODULE32   0x10u /* TH32CS_SNAPMODULE32 */

typedef BOOL(WINAPI *enum_modules_fn)(HANDLE, HMODULE *, DWORD, DWORD *, DWORD);
typedef DWORD(WINAPI *name_fn)(HANDLE, void *, wchar_t *, DWORD);
typedef BOOL(WINAPI *image_name_fn)(HANDLE, DWORD, wchar_t *, DWORD *);
typedef BOOL(WINAPI *is_wow64_fn)(HANDLE, BOOL *);

/* What a path was found to be; pointers to these go into the map. */
static char same_file, other_file, no_file;

struct search {
	BY_HANDLE_FILE_INFORMATION file;
	struct namemap *seen;
	wchar_t *name; /* NAME_NCHARS */
	enum_modules_fn enum_modules;
	name_fn module_name;
	name_fn mapped_name;
	is_wow64_fn is_wow64;
	bool is_64bit_system;
	bool has_debug;
	struct vec found;
	bool may_miss;
};

/* psapi's functions moved to kernel32 with Windows 7, as K32…. */
static void *psapi(const char *name)
{
	char k32[64] = "K32";
	void *fn;

	str_copy(k32 + 3, name, sizeof(k32) - 3);
	fn = late_function("kernel32.dll", k32);
	return fn ? fn : late_function("psapi.dll", name);
}

static bool is_wow64(const struct search *s, HANDLE h)
{
	BOOL yes = FALSE;

	return s->is_wow64 && s->is_wow64(h, &yes) && yes;
}

/* ---- one process -----------------------------------------------------------
 */

char *process_image_path(HANDLE h)
{
	image_name_fn image_name = (image_name_fn)late_function(
		"kernel32.dll", "QueryFullProcessImageNameW");
	name_fn module_name = (name_fn)psapi("GetModuleFileNameExW");
	wchar_t *name = mem_array(NAME_NCHARS, sizeof(*name));
	DWORD n = NAME_NCHARS;
	char *path = NULL;

	if (name && image_name && image_name(h, 0, name, &n))
		path = wide_to_utf8_n(name, n);
	else if (name && module_name) {
		n = module_name(h, NULL, name, NAME_NCHARS);
		if (n > 0 && n < NAME_NCHARS)
			path = wide_to_utf8_n(name, n);
	}
	mem_free(name);
	return path;
}

int64_t process_start_time(HANDLE h)
{
	FILETIME started, ended, kernel, user;

	if (!GetProcessTimes(h, &started, &ended, &kernel, &user))
		return 0;
	return host_filetime(&started);
}

bool process_is_shell(uint32_t pid)
{
	HWND shell = GetShellWindow();
	DWORD owner = 0;

	return shell && GetWindowThreadProcessId(shell, &owner) && owner == pid;
}

/* ---- files ----------------------------------------------------------------
 */

/* As the system names it, in a form that can be opened; NULL: cannot be. */
static wchar_t *openable(const char *path)
{
	struct str text = STR_INIT;
	wchar_t *wide = NULL;

	if (ascii_istarts_with(path, DEVICE_PREFIX)) {
		str_add(&text, GLOBAL_ROOT);
		str_add(&text, path);
		if (!text.err)
			wide = wide_from_utf8(str_text(&text));
		str_release(&text);
		return wide;
	}
	if (ascii_starts_with(path, NATIVE_PREFIX))
		path += sizeof(NATIVE_PREFIX) - 1;
	return wide_path(path, &wide) == 0 ? wide : NULL;
}

static char *look_at(const struct search *s, const char *path)
{
	BY_HANDLE_FILE_INFORMATION info;
	wchar_t *wide = openable(path);
	char *what = &no_file;

	if (wide && host_win_file_id(wide, &info))
		what = host_win_same_file(&info, &s->file) ? &same_file
							   : &other_file;
	mem_free(wide);
	return what;
}

/* *ret: one of the three above.  ERR_NOMEM. */
static int compare(struct search *s, DWORD nchars, const char **ret)
{
	char *path = wide_to_utf8_n(s->name, nchars);
	char *what = path ? namemap_get(s->seen, path) : NULL;
	int err = 0;

	if (path && !what) {
		what = look_at(s, path);
		err = namemap_put(s->seen, path, what);
	}
	if (!path)
		err = err_nomem();
	mem_free(path);
	if (!err)
		*ret = what;
	return err;
}

/* Whether the module at `base` is the file. */
static int compare_module(struct search *s, HANDLE h, void *base, bool *is_it)
{
	const char *what = &no_file;
	int err = 0;
	DWORD n = 0;

	if (s->mapped_name)
		n = s->mapped_name(h, base, s->name, NAME_NCHARS);
	if (n > 0 && n < NAME_NCHARS)
		err = compare(s, n, &what);
	/* The kernel's name may not be one that can be opened (network). */
	if (!err && what == &no_file && s->module_name) {
		n = s->module_name(h, base, s->name, NAME_NCHARS);
		if (n > 0 && n < NAME_NCHARS)
			err = compare(s, n, &what);
	}
	if (!err && what == &same_file)
		*is_it = true;
	return err;
}

/* ---- modules ---------------------------------------------------------------
 */

/* `is_told` false: the system would not say. */
static int modules_of(struct search *s, HANDLE h, bool *is_told, bool *has_it)
{
	HMODULE *list = NULL;
	DWORD room = 512 * MODULE_NBYTES, need = 0;
	int err = 0;

	*is_told = false;
	for (int tries = 0; s->enum_modules && tries < 8; tries++) {
		HMODULE *grown = mem_realloc(list, room);

		if (!grown) {
			err = err_nomem();
			break;
		}
		list = grown;
		if (!s->enum_modules(h, list, room, &need, LIST_ALL))
			break;
		if (need <= room) {
			*is_told = true;
			break;
		}
		if (need > MODULES_MAX * MODULE_NBYTES)
			break;
		room = need + 64 * MODULE_NBYTES;
	}
	for (DWORD i = 0; !err && *is_told && i < need / MODULE_NBYTES; i++) {
		err = compare_module(s, h, list[i], has_it);
		if (*has_it)
			break;
	}
	mem_free(list);
	return err;
}

/* Windows XP; a newer Windows that would not list them otherwise. */
static int snapshot_of(struct search *s, HANDLE h, DWORD pid, bool *is_told,
		       bool *has_it)
{
	HANDLE snapshot = INVALID_HANDLE_VALUE;
	MODULEENTRY32W entry;
	int err = 0;

	for (int i = 0; i < SNAPSHOT_TRIES; i++) {
		snapshot = CreateToolhelp32Snapshot(
			TH32CS_SNAPMODULE | SNAPMODULE32, pid);
		if (snapshot != INVALID_HANDLE_VALUE ||
		    GetLastError() != ERROR_BAD_LENGTH)
			break;
	}
	if (snapshot == INVALID_HANDLE_VALUE)
		return 0;
	entry.dwSize = sizeof(entry);
	*is_told = Module32FirstW(snapshot, &entry) != 0;
	for (BOOL more = *is_told; more && !err && !*has_it;
	     more = Module32NextW(snapshot, &entry))
		err = compare_module(s, h, entry.modBaseAddr, has_it);
	CloseHandle(snapshot);
	return err;
}

/* ---- all processes ---------------------------------------------------------
 */

static int add(struct search *s, HANDLE h, const PROCESSENTRY32W *entry,
	       bool is_64bit)
{
	struct process *p = vec_push(&s->found);
	DWORD session = 0;

	if (!p)
		return err_nomem();
	p->pid = entry->th32ProcessID;
	p->started = process_start_time(h);
	p->parent = entry->th32ParentProcessID;
	if (ProcessIdToSessionId(p->pid, &session))
		p->session = session;
	p->is_64bit = is_64bit;
	p->name = wide_to_utf8(entry->szExeFile);
	if (!p->name)
		return err_nomem();
	p->path = process_image_path(h);
	process_classify(p);
	if (process_is_shell(p->pid))
		p->is_explorer = true;
	p->is_ours = p->pid == GetCurrentProcessId();
	return 0;
}

static bool has_ended(HANDLE h)
{
	DWORD code = STILL_ACTIVE;

	return GetExitCodeProcess(h, &code) && code != STILL_ACTIVE;
}

/*
 * A process that cannot be opened for reading.  With the debug privilege only
 * those are left that Windows protects, and in them it lets only what
 * Microsoft or the antivirus' maker signed: nothing is missed there.
 */
static void note_closed(struct search *s, const PROCESSENTRY32W *entry,
			DWORD os_error)
{
	char *name;

	/* It has ended by now, or is the idle process. */
	if (os_error == ERROR_INVALID_PARAMETER || s->has_debug)
		return;
	name = wide_to_utf8(entry->szExeFile);
	if (!name || !process_name_is_critical(name))
		s->may_miss = true;
	mem_free(name);
}

static int search_process(struct search *s, const PROCESSENTRY32W *entry)
{
	bool is_64bit, is_told = false, has_it = false;
	HANDLE h;
	int err;

	h = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE,
			entry->th32ProcessID);
	if (!h) {
		note_closed(s, entry, GetLastError());
		return 0;
	}
	is_64bit = s->is_64bit_system && !is_wow64(s, h);
	if (is_64bit && sizeof(void *) == 4) {
		s->may_miss = true;
		CloseHandle(h);
		return 0;
	}
	err = modules_of(s, h, &is_told, &has_it);
	if (!err && !is_told)
		err = snapshot_of(s, h, entry->th32ProcessID, &is_told,
				  &has_it);
	if (!err && has_it)
		err = add(s, h, entry, is_64bit);
	else if (!err && !is_told && !has_ended(h))
		s->may_miss = true;
	CloseHandle(h);
	return err;
}

static int search_all(struct search *s)
{
	HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	PROCESSENTRY32W entry;
	BOOL more;
	int err = 0;

	if (snapshot == INVALID_HANDLE_VALUE)
		return err_fail(ERR_IO, (long)GetLastError(),
				"cannot list the programs that run");
	entry.dwSize = sizeof(entry);
	more = Process32FirstW(snapshot, &entry);
	if (!more)
		err = err_fail(ERR_IO, (long)GetLastError(),
			       "cannot list the programs that run");
	for (; more && !err; more = Process32NextW(snapshot, &entry))
		err = search_process(s, &entry);
	CloseHandle(snapshot);
	return err;
}

static int prepare(struct search *s, const char *host_path)
{
	wchar_t *wide = NULL;
	int err = wide_path(host_path, &wide);

	if (!err && !host_win_file_id(wide, &s->file))
		err = host_fail_win("open", NULL, host_path);
	mem_free(wide);
	if (err)
		return err;
	s->seen = namemap_new();
	s->name = mem_array(NAME_NCHARS, sizeof(*s->name));
	if (!s->seen || !s->name)
		return err_nomem();
	s->enum_modules = (enum_modules_fn)psapi("EnumProcessModulesEx");
	s->module_name = (name_fn)psapi("GetModuleFileNameExW");
	s->mapped_name = (name_fn)psapi("GetMappedFileNameW");
	s->is_wow64 =
		(is_wow64_fn)late_function("kernel32.dll", "IsWow64Process");
	s->is_64bit_system =
		sizeof(void *) == 8 || is_wow64(s, GetCurrentProcess());
	s->has_debug = host_privilege_enable(L"SeDebugPrivilege");
	return 0;
}

int process_find(void *arg, const char *host_path, struct vec *ret,
		 bool *may_miss_ret)
{
	struct search s = { .found = VEC_INIT(struct process, PROCESSES_MAX) };
	int err;

	(void)arg;
	err = prepare(&s, host_path);
	if (!err)
		err = search_all(&s);
	namemap_free(s.seen);
	mem_free(s.name);
	if (err) {
		processes_release(&s.found);
		return err;
	}
	processes_release(ret);
	*ret = s.found;
	*may_miss_ret = s.may_miss;
	return 0;
}
