/*
 * The process and its surroundings on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/privilege_win32.h"
#include "host/standard_win32.h"
#include "host/wide_win32.h"
#include "words/host.h"

#include <shellapi.h>

#define EXPOSE_PLACEHOLDERS 2
#define EXE_PATH_MAX	    32768u
#define RANDOM_MAX	    65536u

/* A console is of the whole process; what its events stop is whose token this
 * is. */
static struct cancel *volatile caught;

typedef char(NTAPI *set_placeholders_fn)(char);
typedef BOOLEAN(NTAPI *random_fn)(void *, ULONG);

/* Else Windows 10 shows cloud placeholders as if they were ordinary files. */
static void expose_placeholders(void)
{
	set_placeholders_fn set = (set_placeholders_fn)late_function(
		"ntdll.dll", "RtlSetProcessPlaceholderCompatibilityMode");

	if (set != NULL)
		set(EXPOSE_PLACEHOLDERS);
}

/* The arguments live as long as the program. */
static int take_arguments(int *argc, char ***argv)
{
	wchar_t **wide;
	char **args;
	int count = 0;

	wide = CommandLineToArgvW(GetCommandLineW(), &count);
	if (wide == NULL)
		return err_fail(ERR_NOMEM, (long)GetLastError(),
				W_HOST_COMMAND_LINE);
	args = mem_array((size_t)count + 1, sizeof(*args));
	for (int i = 0; args != NULL && i < count; i++) {
		args[i] = wide_to_utf8(wide[i]);
		if (args[i] == NULL) {
			while (i > 0)
				mem_free(args[--i]);
			mem_free(args);
			args = NULL;
		}
	}
	LocalFree(wide);
	if (args == NULL)
		return err_fail(ERR_NOMEM, 0, W_HOST_COMMAND_LINE);
	*argc = count;
	*argv = args;
	return 0;
}

int host_start(int *argc, char ***argv)
{
	host_standard_settle();
	late_limit_search();
	expose_placeholders();
	/* No "insert a disk" box in an unattended sweep. */
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
	host_privilege_enable(L"SeBackupPrivilege");
	host_privilege_enable(L"SeRestorePrivilege");
	host_privilege_enable(L"SeSecurityPrivilege");
	return take_arguments(argc, argv);
}

char *host_exe_path(void)
{
	DWORD room = MAX_PATH;
	wchar_t *buf = NULL;
	char *ret = NULL;

	while (room <= EXE_PATH_MAX) {
		wchar_t *grown = mem_grow(buf, room, sizeof(*buf));
		DWORD n;

		if (grown == NULL)
			break;
		buf = grown;
		n = GetModuleFileNameW(NULL, buf, room);
		if (n == 0)
			break;
		if (n < room) {
			ret = wide_to_utf8_n(buf, n);
			break;
		}
		room *= 2;
	}
	mem_free(buf);
	return ret;
}

char *host_getenv(const char *name)
{
	wchar_t *wide = wide_from_utf8(name);
	wchar_t *buf = NULL;
	char *ret = NULL;
	DWORD room = 256;

	for (int tries = 0; wide != NULL && tries < 4; tries++) {
		wchar_t *grown = mem_grow(buf, room, sizeof(*buf));
		DWORD n;

		if (grown == NULL)
			break;
		buf = grown;
		SetLastError(0);
		n = GetEnvironmentVariableW(wide, buf, room);
		if (n == 0 && GetLastError() != 0)
			break;
		if (n < room) {
			ret = wide_to_utf8_n(buf, n);
			break;
		}
		room = n + 1;
	}
	mem_free(buf);
	mem_free(wide);
	return ret;
}

const char *host_kind(void)
{
	return sizeof(void *) == 8 ? "win64" : "win32";
}

bool host_is_windows(void)
{
	return true;
}

bool host_is_system_account(void)
{
	union {
		TOKEN_USER user;
		uint8_t room[256];
	} info;

	DWORD nbytes = 0;
	HANDLE token;
	bool yes;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return false;
	yes = GetTokenInformation(token, TokenUser, &info, sizeof(info),
				  &nbytes) &&
	      IsWellKnownSid(info.user.User.Sid, WinLocalSystemSid);
	CloseHandle(token);
	return yes;
}

const char *host_language(void)
{
	return PRIMARYLANGID(GetUserDefaultUILanguage()) == LANG_JAPANESE
		       ? "ja"
		       : "en";
}

char *host_computer_name(void)
{
	wchar_t name[MAX_COMPUTERNAME_LENGTH + 1];
	DWORD nchars = MAX_COMPUTERNAME_LENGTH + 1;

	if (!GetComputerNameW(name, &nchars))
		return NULL;
	return wide_to_utf8_n(name, nchars);
}

static BOOL WINAPI on_control(DWORD event)
{
	/* Somebody logs off; a service or start-up script goes on. */
	if (event == CTRL_LOGOFF_EVENT && host_is_system_account())
		return TRUE;
	cancel_set(caught, CANCEL_INTERRUPT);
	/* The process ends when this returns: give main its five seconds. */
	if (event == CTRL_CLOSE_EVENT || event == CTRL_LOGOFF_EVENT ||
	    event == CTRL_SHUTDOWN_EVENT)
		Sleep(INFINITE);
	return TRUE;
}

void host_catch_interrupt(struct cancel *c)
{
	caught = c;
	SetConsoleCtrlHandler(on_control, TRUE);
}

unsigned host_cpu_count(void)
{
	DWORD_PTR ours = 0;
	DWORD_PTR all = 0;
	unsigned count = 0;

	if (!GetProcessAffinityMask(GetCurrentProcess(), &ours, &all))
		return 1;
	for (; ours != 0; ours &= ours - 1)
		count++;
	return count > 0 ? count : 1; /* 0: more than 64 processors */
}

int host_random(void *buf, size_t nbytes)
{
	/* RtlGenRandom has only this name. */
	random_fn generate =
		(random_fn)late_function("advapi32.dll", "SystemFunction036");
	uint8_t *at = buf;

	while (generate != NULL && nbytes > 0) {
		const size_t want = nbytes < RANDOM_MAX ? nbytes : RANDOM_MAX;

		if (!generate(at, (ULONG)want))
			break;
		at += want;
		nbytes -= want;
	}
	if (nbytes > 0)
		return err_fail(ERR_IO, (long)GetLastError(), W_HOST_NO_RANDOM);
	return 0;
}
