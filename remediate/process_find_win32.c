/*
 * Which programs have a file loaded.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether what they have loaded is the file that is looked for, its volume
 * and index say, not its name; on a volume without indexes its path does.
 */
#include "remediate/process_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/modules_win32.h"
#include "host/wide_win32.h"
#include "words/host.h"

#define NAME_NCHARS   32768u
#define PROCESSES_MAX 65536u

typedef DWORD(WINAPI *name_fn)(HANDLE, void *, wchar_t *, DWORD);
typedef BOOL(WINAPI *image_name_fn)(HANDLE, DWORD, wchar_t *, DWORD *);

struct search {
	struct host_stat file; /* volume and file_id */
	const char *path;
	struct vec found;
	bool may_miss;
};

/* ---- one process ------------------------------------------------- */

char *process_image_path(HANDLE h)
{
	image_name_fn image_name = (image_name_fn)late_function(
		"kernel32.dll", "QueryFullProcessImageNameW");
	name_fn module_name = (name_fn)win_psapi("GetModuleFileNameExW");
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

/* ---- all processes ----------------------------------------------- */

int process_fill(HANDLE h, const PROCESSENTRY32W *entry, struct process *ret)
{
	DWORD session = 0;

	ret->pid = entry->th32ProcessID;
	ret->started = process_start_time(h);
	ret->parent = entry->th32ParentProcessID;
	if (ProcessIdToSessionId(ret->pid, &session))
		ret->session = session;
	ret->name = wide_to_utf8(entry->szExeFile);
	if (!ret->name)
		return err_nomem();
	ret->path = process_image_path(h);
	process_classify(ret);
	if (process_is_shell(ret->pid))
		ret->is_explorer = true;
	ret->is_ours = ret->pid == GetCurrentProcessId();
	return 0;
}

static int add(struct search *s, const struct win_process *w)
{
	struct process *p = vec_push(&s->found);

	if (!p)
		return err_nomem();
	p->is_64bit = w->is_64bit;
	return process_fill(w->handle, w->entry, p);
}

static int on_module(void *arg, const struct win_process *p, const char *path,
		     const struct host_stat *st, bool *enough_ret)
{
	struct search *s = arg;

	switch (st ? host_same_module(st, path, &s->file, s->path)
		   : HOST_OTHER_FILE) {
	case HOST_SAME_FILE:
		*enough_ret = true;
		return add(s, p);
	case HOST_NOT_TOLD:
		s->may_miss = true; /* to be ended it must be the file */
		return 0;
	default:
		return 0;
	}
}

/* Windows protects the critical ones by itself. */
static void on_missed(void *arg, const PROCESSENTRY32W *entry, bool is_closed)
{
	struct search *s = arg;
	char *name = is_closed ? wide_to_utf8(entry->szExeFile) : NULL;

	if (!name || !process_name_is_critical(name))
		s->may_miss = true;
	mem_free(name);
}

/* Also where somebody has it open without sharing it. */
static int ask_file(const char *host_path, struct host_stat *ret)
{
	BY_HANDLE_FILE_INFORMATION info;
	wchar_t *wide = NULL;
	int err = wide_path(host_path, &wide);

	if (!err && !host_win_file_id(wide, &info))
		err = host_fail_win(W_HOST_CANNOT_OPEN, NULL, host_path);
	mem_free(wide);
	if (err)
		return err;
	ret->volume = info.dwVolumeSerialNumber;
	ret->file_id = host_win_number(&info);
	return 0;
}

int process_find(void *arg, const char *host_path, struct vec *ret,
		 bool *may_miss_ret)
{
	struct search s = { .found = VEC_INIT(struct process, PROCESSES_MAX),
			    .path = host_path };
	const struct win_module_visitor visitor = { .module = on_module,
						    .missed = on_missed,
						    .arg = &s };
	int err;

	(void)arg;
	err = ask_file(host_path, &s.file);
	if (!err)
		err = win_modules_each(&visitor);
	if (err) {
		processes_release(&s.found);
		return err;
	}
	processes_release(ret);
	*ret = s.found;
	*may_miss_ret = s.may_miss;
	return 0;
}
