/*
 * A DLL that another one needs, and that other one: what is loaded by its full
 * path from System32 must not get what it needs from beside the exe.
 * SPDX-License-Identifier: Apache-2.0
 *
 * LATE_OWN: what this one answers; it leaves a file, so that it is seen to have
 * been loaded at all. Without: it answers what the one it needs answers.
 */
#include <windows.h>

BOOL WINAPI DllMainCRTStartup(HINSTANCE self, DWORD why, void *reserved);
__declspec(dllexport) int late_ask(void);
int late_answer(void);

#ifdef LATE_OWN
__declspec(dllexport) int late_answer(void)
{
	return LATE_OWN;
}
#endif

int late_ask(void)
{
	return late_answer();
}

BOOL WINAPI DllMainCRTStartup(HINSTANCE self, DWORD why, void *reserved)
{
	(void)self;
	(void)reserved;
#if defined(LATE_OWN) && LATE_OWN == 2
	if (why == DLL_PROCESS_ATTACH)
		CloseHandle(CreateFileW(L"C:\\planted.txt", GENERIC_WRITE, 0,
					NULL, CREATE_ALWAYS, 0, NULL));
#else
	(void)why;
#endif
	return TRUE;
}
