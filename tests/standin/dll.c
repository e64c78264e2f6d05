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
#define PATH_NCHARS 1024

/* Made up for the stand-ins; nothing else in the world uses it. */
#define CLASS_ID   L"{6D737477-5374-616E-6449-6E7374616E64}"
#define CLASS_KEY  L"Software\\Classes\\CLSID\\" CLASS_ID
#define SERVER_KEY CLASS_KEY L"\\InprocServer32"

/* Not constant folding away: the linker must keep the room in the file. */
__attribute__((section(".marks"), used)) static const char room[ROOM_NBYTES] =
	"Harmless stand-in for tests of mstmpsweep.";

static HMODULE own_module;

BOOL WINAPI DllMainCRTStartup(HINSTANCE module, DWORD reason, LPVOID reserved);
HRESULT WINAPI DllRegisterServer(void);
void CALLBACK Hold(HWND window, HINSTANCE module, LPSTR text, int show);
HRESULT WINAPI DllUnregisterServer(void);

BOOL WINAPI DllMainCRTStartup(HINSTANCE module, DWORD reason, LPVOID reserved)
{
	(void)reserved;
	if (reason == DLL_PROCESS_ATTACH) {
		own_module = module;
		DisableThreadLibraryCalls(module);
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

/* Writes this program's width, "32" or "64", into the file a test named. */
static void tell_width(void)
{
	WCHAR path[PATH_NCHARS];
	DWORD n = GetEnvironmentVariableW(L"MSTMP_HELD", path, PATH_NCHARS);
	HANDLE file;

	if (n == 0 || n >= PATH_NCHARS)
		return;
	file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
	if (file == INVALID_HANDLE_VALUE)
		return;
	WriteFile(file, sizeof(void *) == 8 ? "64" : "32", 2, &n, NULL);
	CloseHandle(file);
}

/*
 * Opens the files whose paths the test gave, separated by '|', and shares them
 * with nobody.  False: one of them could not be opened so.
 */
static BOOL lock_files(void)
{
	WCHAR paths[PATH_NCHARS], *path = paths, *end;
	DWORD n = GetEnvironmentVariableW(L"MSTMP_LOCKED", paths, PATH_NCHARS);
	BOOL is_last = n == 0;

	if (n >= PATH_NCHARS)
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
 * For rundll32: keeps the DLL loaded until the program is ended, and files
 * locked, so that tests find them in use, and says so when it is.
 */
void CALLBACK Hold(HWND window, HINSTANCE module, LPSTR text, int show)
{
	(void)window;
	(void)module;
	(void)text;
	(void)show;
	if (!lock_files())
		return;
	tell_width();
	Sleep(INFINITE);
}

STDAPI DllCanUnloadNow(void)
{
	/* Looked at, so that no optimiser finds the room unused. */
	return ((volatile const char *)room)[0] == '\1' ? S_FALSE : S_OK;
}
