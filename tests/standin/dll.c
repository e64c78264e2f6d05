/*
 * A harmless COM server that regsvr32 can register: it enters a class of our
 * own for the current user and hands out no objects.  Its section ".marks"
 * is room for the marks that mkstandin writes into a copy.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked without the C library, so that nothing else stands in the file.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <objbase.h>

#define ROOM_NBYTES 4096
/* Two of them stay below the 4 KB that would need the C library. */
#define PATH_NCHARS  512
#define PATHS_NCHARS 2048

/* Made up for the stand-ins; nothing else in the world uses it. */
#define CLASS_ID   L"{6D737477-5374-616E-6449-6E7374616E64}"
#define CLASS_KEY  L"Software\\Classes\\CLSID\\" CLASS_ID
#define SERVER_KEY CLASS_KEY L"\\InprocServer32"

#define HOLD_NAME L"mstmpsweep-standin-hold"
#define TRY_MS	  50
#define TRIES	  600 /* half a minute */

/* Not constant folding away: the linker must keep the room in the file. */
__attribute__((section(".marks"), used)) static const char room[ROOM_NBYTES] =
	"Harmless stand-in for tests of mstmpsweep.";

static HMODULE own_module;

BOOL WINAPI DllMainCRTStartup(HINSTANCE module, DWORD reason, LPVOID reserved);
HRESULT WINAPI DllRegisterServer(void);
HRESULT WINAPI DllUnregisterServer(void);
void CALLBACK Hold(HWND window, HINSTANCE module, LPSTR text, int show);
void CALLBACK Wait(HWND window, HINSTANCE module, LPSTR text, int show);
void CALLBACK LetGo(HWND window, HINSTANCE module, LPSTR text, int show);
void CALLBACK Run(HWND window, HINSTANCE module, LPSTR text, int show);

/* ---- what the environment of a test says ------------------------- */

/* The path in that variable; false: there is none. */
static BOOL path_in(const WCHAR *variable, WCHAR path[PATH_NCHARS])
{
	const DWORD n = GetEnvironmentVariableW(variable, path, PATH_NCHARS);

	return n > 0 && n < PATH_NCHARS;
}

static BOOL is_there(const WCHAR *path)
{
	return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

static void write_new(const WCHAR *path, const char *text, DWORD nbytes)
{
	HANDLE file =
		CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);

	if (file == INVALID_HANDLE_VALUE)
		return;
	WriteFile(file, text, nbytes, &nbytes, NULL);
	CloseHandle(file);
}

/* ---- the server -------------------------------------------------- */

/* Somebody loaded it: its own path goes into the file in MSTMP_LOADED. */
static void tell_loaded(void)
{
	WCHAR path[PATH_NCHARS];
	char text[PATH_NCHARS];
	const DWORD n = GetModuleFileNameW(own_module, path, PATH_NCHARS);

	for (DWORD i = 0; i < n && i < PATH_NCHARS; i++)
		text[i] = path[i] < 0x7f ? (char)path[i] : '?';
	if (path_in(L"MSTMP_LOADED", path))
		write_new(path, text, n);
}

BOOL WINAPI DllMainCRTStartup(HINSTANCE module, DWORD reason, LPVOID reserved)
{
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH) {
		own_module = module;
		DisableThreadLibraryCalls(module);
		tell_loaded();
	}
	return TRUE;
}

static LSTATUS value_set(HKEY key, const WCHAR *name, const WCHAR *text)
{
	const DWORD nbytes = (DWORD)((lstrlenW(text) + 1) * sizeof(WCHAR));

	return RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)text, nbytes);
}

HRESULT WINAPI DllRegisterServer(void)
{
	WCHAR path[PATH_NCHARS];
	HKEY key;
	LSTATUS status;
	DWORD n = GetModuleFileNameW(own_module, path, PATH_NCHARS);

	if (n == 0 || n == PATH_NCHARS)
		return E_FAIL;
	status = RegCreateKeyExW(HKEY_CURRENT_USER, SERVER_KEY, 0, NULL, 0,
				 KEY_WRITE, NULL, &key, NULL);
	if (status != ERROR_SUCCESS)
		return E_ACCESSDENIED;
	status = value_set(key, NULL, path);
	if (status == ERROR_SUCCESS)
		status = value_set(key, L"ThreadingModel", L"Apartment");
	RegCloseKey(key);
	return status == ERROR_SUCCESS ? S_OK : E_ACCESSDENIED;
}

HRESULT WINAPI DllUnregisterServer(void)
{
	RegDeleteKeyW(HKEY_CURRENT_USER, SERVER_KEY);
	RegDeleteKeyW(HKEY_CURRENT_USER, CLASS_KEY);
	return S_OK;
}

STDAPI DllGetClassObject(REFCLSID class_id, REFIID interface_id, LPVOID *ret)
{
	(void)class_id;
	(void)interface_id;
	*ret = NULL;
	return CLASS_E_CLASSNOTAVAILABLE;
}

/* ---- for rundll32 ------------------------------------------------ */

/*
 * What tests cannot do with the shell alone.  Files are named by the
 * environment: MSTMP_HELD is written when it has begun, MSTMP_LET_GO ends it.
 */

/* Writes this program's width, "32" or "64", into the file a test named. */
static void tell_width(void)
{
	WCHAR path[PATH_NCHARS];

	if (path_in(L"MSTMP_HELD", path))
		write_new(path, sizeof(void *) == 8 ? "64" : "32", 2);
}

/*
 * Opens the files whose paths the test gave, separated by '|', and shares them
 * with nobody.  False: one of them could not be opened so.
 */
static BOOL lock_files(void)
{
	/* Not on the stack, which would need the C library then. */
	static WCHAR paths[PATHS_NCHARS];
	WCHAR *path = paths, *end;
	DWORD n = GetEnvironmentVariableW(L"MSTMP_LOCKED", paths, PATHS_NCHARS);
	BOOL is_last = n == 0;

	if (n >= PATHS_NCHARS)
		return FALSE;
	while (!is_last) {
		for (end = path; *end != L'|' && *end != L'\0'; end++)
			;
		is_last = *end == L'\0';
		*end = L'\0';
		if (CreateFileW(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0,
				NULL) == INVALID_HANDLE_VALUE)
			return FALSE;
		path = end + 1;
	}
	return TRUE;
}

/*
 * Keeps the DLL loaded until the program is ended or let go, and files
 * locked, so that tests find them in use, and says so when it is.
 */
void CALLBACK Hold(HWND window, HINSTANCE module, LPSTR text, int show)
{
	WCHAR path[PATH_NCHARS];

	(void)window;
	(void)module;
	(void)text;
	(void)show;
	CreateMutexW(NULL, FALSE, HOLD_NAME);
	if (!lock_files())
		return;
	tell_width();
	if (!path_in(L"MSTMP_LET_GO", path))
		Sleep(INFINITE);
	while (!is_there(path))
		Sleep(TRY_MS);
}

/* Returns when Hold() has begun in another program. */
void CALLBACK Wait(HWND window, HINSTANCE module, LPSTR text, int show)
{
	WCHAR path[PATH_NCHARS];

	(void)window;
	(void)module;
	(void)text;
	(void)show;
	if (!path_in(L"MSTMP_HELD", path))
		return;
	for (int i = 0; i < TRIES && !is_there(path); i++)
		Sleep(TRY_MS);
}

/* Ends that program, and returns when it has ended. */
void CALLBACK LetGo(HWND window, HINSTANCE module, LPSTR text, int show)
{
	WCHAR path[PATH_NCHARS];
	HANDLE held;

	(void)window;
	(void)module;
	(void)text;
	(void)show;
	if (!path_in(L"MSTMP_LET_GO", path))
		return;
	write_new(path, "", 0);
	for (int i = 0; i < TRIES; i++) {
		held = OpenMutexW(SYNCHRONIZE, FALSE, HOLD_NAME);
		if (held == NULL)
			break;
		CloseHandle(held);
		Sleep(TRY_MS);
	}
	/* Its files are closed, its memory is about to go. */
	Sleep(TRY_MS);
	Sleep(TRY_MS);
}

/*
 * Starts the command in MSTMP_RUN as services are started: without a console
 * and without standard handles.  MSTMP_HELD gets its exit code.
 */
void CALLBACK Run(HWND window, HINSTANCE module, LPSTR text, int show)
{
	WCHAR command[PATH_NCHARS], path[PATH_NCHARS];
	PROCESS_INFORMATION process;
	STARTUPINFOW start;
	char digits[10];
	DWORD code = 0, at = sizeof(digits);

	(void)window;
	(void)module;
	(void)text;
	(void)show;
	if (!path_in(L"MSTMP_RUN", command) || !path_in(L"MSTMP_HELD", path))
		return;
	GetStartupInfoW(&start);
	start.dwFlags = STARTF_USESTDHANDLES;
	start.hStdInput = NULL;
	start.hStdOutput = NULL;
	start.hStdError = NULL;
	if (!CreateProcessW(NULL, command, NULL, NULL, FALSE, DETACHED_PROCESS,
			    NULL, NULL, &start, &process))
		return;
	WaitForSingleObject(process.hProcess, INFINITE);
	GetExitCodeProcess(process.hProcess, &code);
	CloseHandle(process.hProcess);
	CloseHandle(process.hThread);
	do {
		digits[--at] = (char)('0' + code % 10);
		code /= 10;
	} while (code > 0);
	write_new(path, digits + at, (DWORD)sizeof(digits) - at);
}

STDAPI DllCanUnloadNow(void)
{
	/* Looked at, so that no optimiser finds the room unused. */
	return ((volatile const char *)room)[0] == '\1' ? S_FALSE : S_OK;
}
