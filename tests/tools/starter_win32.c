/*
 * Starts a program as services, start-up scripts and careless parents do: with
 * no standard streams, with numbers that are no handles in it, or with streams
 * that take nothing. Ends with its exit code; 200: it was not started.
 * SPDX-License-Identifier: Apache-2.0
 *
 * usage: starter HOW PROGRAM [ARG...]	(what holds spaces in quotes)
 *	none		all three streams are NULL
 *	invalid		they are INVALID_HANDLE_VALUE
 *	stale:N		they are N: nothing, or what the program opens itself
 *	reader		a file that was opened for reading
 *	broken		a pipe that nobody reads any more
 *	file:PATH	a new file
 */
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#include <shellapi.h>

#define NOT_STARTED 200

static HANDLE inherited(HANDLE h)
{
	if (!SetHandleInformation(h, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT))
		exit(NOT_STARTED);
	return h;
}

static HANDLE opened(const wchar_t *path, DWORD access, DWORD how)
{
	HANDLE h = CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE,
			       NULL, how, 0, NULL);

	if (h == INVALID_HANDLE_VALUE)
		exit(NOT_STARTED);
	return inherited(h);
}

static HANDLE broken_pipe(void)
{
	HANDLE reader, writer;

	if (!CreatePipe(&reader, &writer, NULL, 0))
		exit(NOT_STARTED);
	CloseHandle(reader);
	return inherited(writer);
}

static HANDLE stream(const wchar_t *how, const wchar_t *program)
{
	if (wcscmp(how, L"none") == 0)
		return NULL;
	if (wcscmp(how, L"invalid") == 0)
		return INVALID_HANDLE_VALUE;
	if (wcsncmp(how, L"stale:", 6) == 0)
		return (HANDLE)(uintptr_t)wcstoul(how + 6, NULL, 0);
	if (wcscmp(how, L"reader") == 0)
		return opened(program, GENERIC_READ, OPEN_EXISTING);
	if (wcscmp(how, L"broken") == 0)
		return broken_pipe();
	if (wcsncmp(how, L"file:", 5) == 0)
		return opened(how + 5, GENERIC_WRITE, CREATE_ALWAYS);
	exit(NOT_STARTED);
}

/* The command line from its third word on, as it was given. */
static wchar_t *rest_of_line(void)
{
	wchar_t *at = GetCommandLineW();

	for (int word = 0; word < 2; word++) {
		for (BOOL quoted = FALSE; *at && (quoted || *at != L' '); at++)
			if (*at == L'"')
				quoted = !quoted;
		while (*at == L' ')
			at++;
	}
	return at;
}

static DWORD run(HANDLE each, BOOL inherits, wchar_t *line)
{
	STARTUPINFOW start = { .cb = sizeof(start),
			       .dwFlags = STARTF_USESTDHANDLES,
			       .hStdInput = each,
			       .hStdOutput = each,
			       .hStdError = each };
	PROCESS_INFORMATION made;
	DWORD code = NOT_STARTED;

	if (!CreateProcessW(NULL, line, NULL, NULL, inherits, DETACHED_PROCESS,
			    NULL, NULL, &start, &made))
		return NOT_STARTED;
	WaitForSingleObject(made.hProcess, INFINITE);
	GetExitCodeProcess(made.hProcess, &code);
	CloseHandle(made.hThread);
	CloseHandle(made.hProcess);
	return code;
}

int main(void)
{
	int count = 0;
	wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
	HANDLE each;

	if (words == NULL || count < 3)
		return NOT_STARTED;
	each = stream(words[1], words[2]);
	return (int)run(each, wcschr(L"rbf", words[1][0]) != NULL,
			rest_of_line());
}
