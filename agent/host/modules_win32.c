/*
 * Which files running programs have loaded, on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list of modules lies in the memory of the examined process and is its
 * own statement; the name of what is mapped at a module's address comes from
 * the kernel and is asked first (psapi's GetMappedFileName).  It is true
 * after a renaming, and for a 32-bit process's "System32", which is SysWOW64.
 * A path only leads to a file: which one it is, its volume and index say.
 * Each path is opened once.
 *
 * psapi's EnumProcessModulesEx tells both bitnesses to a 64-bit program;
 * Toolhelp helps where it is missing (Windows XP).  A 32-bit program cannot
 * look into 64-bit ones.
 */
#include "host/modules_win32.h"

#include "base/vec.h"
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/privilege_win32.h"
#include "host/wide_win32.h"
#include "words/host.h"

#include <string.h>

#define LIST_ALL       3u /* LIST_MODULES_ALL */
#define NAME_NCHARS    32768u
#define MODULES_MAX    65536u		/* of one process */
#define PATHS_MAX      65536u		/* that are remembered */
#define MODULE_NBYTES  (sizeof(void *)) /* of a HMODULE */
#define SNAPSHOT_TRIES 5 /* "bad length": the list grew meanwhile */
#define DEVICE_PREFIX  "\\Device\\"
#define GLOBAL_ROOT    "\\\\?\\GLOBALROOT"
#define NATIVE_PREFIX  "\\??\\"
#define SNAPMODULE32   0x10u   /* TH32CS_SNAPMODULE32 */
#define QUERY_LIMITED  0x1000u /* PROCESS_QUERY_LIMITED_INFORMATION, Vista */

typedef BOOL(WINAPI *enum_modules_fn)(HANDLE, HMODULE *, DWORD, DWORD *, DWORD);
typedef DWORD(WINAPI *name_fn)(HANDLE, void *, wchar_t *, DWORD);
typedef BOOL(WINAPI *is_wow64_fn)(HANDLE, BOOL *);
typedef BOOL(WINAPI *image_name_fn)(HANDLE, DWORD, wchar_t *, DWORD *);

/* What a path was found to lead to. */
struct seen {
	bool is_told;
	struct host_stat st; /* volume and file_id */
};

struct search {
	const struct win_module_visitor *visitor;
	struct namemap *by_path; /* struct seen * */
	struct vec paths;	 /* the same */
	wchar_t *name;		 /* NAME_NCHARS */
	enum_modules_fn enum_modules;
	name_fn module_name;
	name_fn mapped_name;
	is_wow64_fn is_wow64;
	bool is_64bit_system;
	bool has_debug;
};

/* Those functions moved to kernel32 with Windows 7, as K32…. */
void *win_psapi(const char *name)
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

/* ---- files ------------------------------------------------------- */

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

static void look_at(const char *path, struct seen *ret)
{
	BY_HANDLE_FILE_INFORMATION info;
	wchar_t *wide = openable(path);

	memset(ret, 0, sizeof(*ret));
	if (wide && host_win_file_id(wide, &info)) {
		ret->is_told = true;
		ret->st.volume = info.dwVolumeSerialNumber;
		ret->st.file_id = host_win_number(&info);
	}
	mem_free(wide);
}

/* Opens it only once, as long as there is room to remember it. */
static int ask(struct search *s, const char *path, struct seen *ret)
{
	const struct seen *known = namemap_get(s->by_path, path);
	struct seen **slot, *kept;

	if (known) {
		*ret = *known;
		return 0;
	}
	look_at(path, ret);
	if (s->paths.count == s->paths.max)
		return 0;
	kept = mem_dup(ret, sizeof(*ret));
	slot = kept ? vec_push(&s->paths) : NULL;
	if (!slot) {
		mem_free(kept);
		return err_nomem();
	}
	*slot = kept;
	return namemap_put(s->by_path, path, kept);
}

/* *path_ret: by that function, NULL: not told; caller frees. */
static int ask_name(struct search *s, name_fn name_of, HANDLE h, void *base,
		    char **path_ret, struct seen *ret)
{
	DWORD n = name_of ? name_of(h, base, s->name, NAME_NCHARS) : 0;

	*path_ret = NULL;
	if (n == 0 || n >= NAME_NCHARS)
		return 0;
	*path_ret = wide_to_utf8_n(s->name, n);
	return *path_ret ? ask(s, *path_ret, ret) : err_nomem();
}

/* The file of the module at `base`. */
static int visit_module(struct search *s, const struct win_process *p,
			void *base, bool *enough)
{
	struct seen file = { .is_told = false };
	char *path = NULL, *other = NULL;
	int err = ask_name(s, s->mapped_name, p->handle, base, &path, &file);

	/* The kernel's name may not be one that can be opened (network). */
	if (!err && !file.is_told)
		err = ask_name(s, s->module_name, p->handle, base, &other,
			       &file);
	if (!err && (path || other))
		err = s->visitor->module(
			s->visitor->arg, p, path ? path : other,
			file.is_told ? &file.st : NULL, enough);
	mem_free(path);
	mem_free(other);
	return err;
}

/* ---- modules ----------------------------------------------------- */

/* `is_told` false: the system would not say. */
static int modules_of(struct search *s, const struct win_process *p,
		      bool *is_told, bool *enough)
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
		if (!s->enum_modules(p->handle, list, room, &need, LIST_ALL))
			break;
		if (need <= room) {
			*is_told = true;
			break;
		}
		if (need > MODULES_MAX * MODULE_NBYTES)
			break;
		room = need + 64 * MODULE_NBYTES;
	}
	for (DWORD i = 0;
	     !err && !*enough && *is_told && i < need / MODULE_NBYTES; i++)
		err = visit_module(s, p, list[i], enough);
	mem_free(list);
	return err;
}

/* Windows XP; a newer Windows that would not list them otherwise. */
static int snapshot_of(struct search *s, const struct win_process *p,
		       bool *is_told, bool *enough)
{
	HANDLE snapshot = INVALID_HANDLE_VALUE;
	MODULEENTRY32W entry;
	int err = 0;

	for (int i = 0; i < SNAPSHOT_TRIES; i++) {
		snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE |
							    SNAPMODULE32,
						    p->entry->th32ProcessID);
		if (snapshot != INVALID_HANDLE_VALUE ||
		    GetLastError() != ERROR_BAD_LENGTH)
			break;
	}
	if (snapshot == INVALID_HANDLE_VALUE)
		return 0;
	entry.dwSize = sizeof(entry);
	*is_told = Module32FirstW(snapshot, &entry) != 0;
	for (BOOL more = *is_told; more && !err && !*enough;
	     more = Module32NextW(snapshot, &entry))
		err = visit_module(s, p, entry.modBaseAddr, enough);
	CloseHandle(snapshot);
	return err;
}

/* ---- all processes ----------------------------------------------- */

static bool has_ended(HANDLE h)
{
	DWORD code = STILL_ACTIVE;

	return GetExitCodeProcess(h, &code) && code != STILL_ACTIVE;
}

static void note_missed(const struct search *s, const PROCESSENTRY32W *entry,
			bool is_closed)
{
	if (s->visitor->missed)
		s->visitor->missed(s->visitor->arg, entry, is_closed);
}

/*
 * A process that cannot be opened for reading.  With the debug privilege only
 * those are left that Windows protects, and in them it lets only what
 * Microsoft or the antivirus' maker signed: nothing is missed there.
 */
static void note_closed(const struct search *s, const PROCESSENTRY32W *entry,
			DWORD os_error)
{
	/* It has ended by now, or is the idle process. */
	if (os_error != ERROR_INVALID_PARAMETER && !s->has_debug)
		note_missed(s, entry, true);
}

static int visit_process(void *arg, const PROCESSENTRY32W *entry)
{
	struct search *s = arg;
	struct win_process p = { .entry = entry };
	bool is_told = false, enough = false;
	int err;

	if (s->visitor->spares && s->visitor->spares(entry))
		return 0;
	p.handle = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ,
			       FALSE, entry->th32ProcessID);
	if (!p.handle) {
		note_closed(s, entry, GetLastError());
		return 0;
	}
	p.is_64bit = s->is_64bit_system && !is_wow64(s, p.handle);
	if (p.is_64bit && sizeof(void *) == 4) {
		note_missed(s, entry, false);
		CloseHandle(p.handle);
		return 0;
	}
	err = modules_of(s, &p, &is_told, &enough);
	if (!err && !is_told)
		err = snapshot_of(s, &p, &is_told, &enough);
	if (!err && !is_told && !has_ended(p.handle))
		note_missed(s, entry, false);
	CloseHandle(p.handle);
	return err;
}

int win_processes_each(win_process_fn fn, void *arg)
{
	HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	PROCESSENTRY32W entry;
	BOOL more;
	int err = 0;

	if (snapshot == INVALID_HANDLE_VALUE)
		return err_fail(ERR_IO, (long)GetLastError(),
				W_HOST_NO_PROGRAMS);
	entry.dwSize = sizeof(entry);
	more = Process32FirstW(snapshot, &entry);
	if (!more)
		err = err_fail(ERR_IO, (long)GetLastError(),
			       W_HOST_NO_PROGRAMS);
	for (; more && !err; more = Process32NextW(snapshot, &entry))
		err = fn(arg, &entry);
	CloseHandle(snapshot);
	return err;
}

static int prepare(struct search *s)
{
	s->by_path = namemap_new();
	s->name = mem_array(NAME_NCHARS, sizeof(*s->name));
	if (!s->by_path || !s->name)
		return err_nomem();
	s->enum_modules = (enum_modules_fn)win_psapi("EnumProcessModulesEx");
	s->module_name = (name_fn)win_psapi("GetModuleFileNameExW");
	s->mapped_name = (name_fn)win_psapi("GetMappedFileNameW");
	s->is_wow64 =
		(is_wow64_fn)late_function("kernel32.dll", "IsWow64Process");
	s->is_64bit_system =
		sizeof(void *) == 8 || is_wow64(s, GetCurrentProcess());
	s->has_debug = host_privilege_enable(L"SeDebugPrivilege");
	return 0;
}

static void release(struct search *s)
{
	for (size_t i = 0; i < s->paths.count; i++)
		mem_free(*(struct seen **)vec_at(&s->paths, i));
	vec_release(&s->paths);
	namemap_free(s->by_path);
	mem_free(s->name);
}

int win_modules_each(const struct win_module_visitor *visitor)
{
	struct search s = { .visitor = visitor,
			    .paths = VEC_INIT(struct seen *, PATHS_MAX) };
	int err = prepare(&s);

	if (!err)
		err = win_processes_each(visit_process, &s);
	release(&s);
	return err;
}

/* ---- the list ---------------------------------------------------- */

/*
 * Whoever opens the keeper of passwords for reading is taken for their thief
 * (Sysmon's event 10; Defender's rule "block credential stealing"): a scan is
 * no reason for that.  By the path, since anybody can have the name.  Windows
 * XP neither tells it so nor has such guards.
 */
static bool is_lsass(const PROCESSENTRY32W *entry)
{
	image_name_fn image_name = (image_name_fn)late_function(
		"kernel32.dll", "QueryFullProcessImageNameW");
	static const wchar_t name[] = L"\\lsass.exe";
	wchar_t own[MAX_PATH + 16], path[MAX_PATH + 16];
	DWORD n = MAX_PATH;
	UINT folder = GetSystemDirectoryW(own, MAX_PATH);
	HANDLE h;
	bool is_told;

	if (!image_name || lstrcmpiW(entry->szExeFile, name + 1) != 0 ||
	    folder == 0 || folder >= MAX_PATH)
		return false;
	memcpy(own + folder, name, sizeof(name));
	h = OpenProcess(QUERY_LIMITED, FALSE, entry->th32ProcessID);
	is_told = h && image_name(h, 0, path, &n);
	if (h)
		CloseHandle(h);
	return is_told && lstrcmpiW(own, path) == 0;
}

static int keep(void *arg, const struct win_process *p, const char *path,
		const struct host_stat *st, bool *enough_ret)
{
	(void)p;
	(void)enough_ret;
	return host_modules_add(arg, path, st);
}

int host_modules_read(struct host_modules *m)
{
	const struct win_module_visitor visitor = { .module = keep,
						    .spares = is_lsass,
						    .arg = m };

	return win_modules_each(&visitor);
}
