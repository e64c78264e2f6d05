/*
 * The console on Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A console takes UTF-16.  Into a pipe or file goes what the console's code
 * page can say, and the rest as \u{..}: never a "?" in place of a name.
 */
#include "host/color.h"
#include "host/host_win32.h"
#include "host/late_win32.h"
#include "host/wide_win32.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>

#define COLUMNS_DEFAULT 80u
#define VT_PROCESSING	0x0004u /* Windows 10 */
#define CP_GB18030	54936u
/* Before Windows 8 a console takes less than 64 KB at a time. */
#define CONSOLE_NCHARS 8192u

static HANDLE handle_of(enum host_stream which)
{
	return GetStdHandle(which == HOST_STDOUT ? STD_OUTPUT_HANDLE
						 : STD_ERROR_HANDLE);
}

bool host_is_terminal(enum host_stream which)
{
	DWORD mode;

	return GetConsoleMode(handle_of(which), &mode) != FALSE;
}

bool host_stdin_is_terminal(void)
{
	DWORD mode;

	return GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) != FALSE;
}

unsigned host_terminal_columns(enum host_stream which)
{
	CONSOLE_SCREEN_BUFFER_INFO info;

	if (!GetConsoleScreenBufferInfo(handle_of(which), &info) ||
	    info.srWindow.Right < info.srWindow.Left)
		return COLUMNS_DEFAULT;
	return (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
}

/* GetVersionEx() says 6.2 to programs without a manifest, ntdll the truth. */
static void ask_version(struct color_facts *facts)
{
	typedef LONG(WINAPI * version_fn)(OSVERSIONINFOW *);
	version_fn get =
		(version_fn)late_function("ntdll.dll", "RtlGetVersion");
	OSVERSIONINFOW info = { .dwOSVersionInfoSize = sizeof(info) };

	if (get == NULL || get(&info) != 0)
		return;
	facts->major = info.dwMajorVersion;
	facts->build = info.dwBuildNumber;
}

/*
 * The mode belongs to the console, which other programs write to, too: it is
 * taken for one text and put back.
 */
static enum color_form color_form(HANDLE handle)
{
	char *no_color = host_getenv("NO_COLOR");
	struct color_facts facts = {
		.is_unwanted = no_color != NULL && no_color[0] != '\0',
	};
	DWORD mode;

	mem_free(no_color);
	facts.is_console = GetConsoleMode(handle, &mode) != FALSE;
	if (facts.is_console) {
		ask_version(&facts);
		facts.took_mode =
			SetConsoleMode(handle, mode | VT_PROCESSING) != FALSE;
		SetConsoleMode(handle, mode);
	}
	return color_form_of(&facts);
}

bool host_can_color(enum host_stream which)
{
	return color_form(handle_of(which)) != COLOR_NONE;
}

static int write_failed(enum host_stream which)
{
	return host_fail_win(which == HOST_STDOUT ? W_HOST_CANNOT_WRITE_STDOUT
						  : W_HOST_CANNOT_WRITE_STDERR,
			     NULL, NULL);
}

static int write_bytes(enum host_stream which, const char *bytes, size_t nbytes)
{
	while (nbytes > 0) {
		const DWORD want = (DWORD)(nbytes < 65536 ? nbytes : 65536);
		DWORD n = 0;

		if (!WriteFile(handle_of(which), bytes, want, &n, NULL))
			return write_failed(which);
		if (n == 0) {
			SetLastError(ERROR_DISK_FULL);
			return write_failed(which);
		}
		bytes += n;
		nbytes -= n;
	}
	return 0;
}

static int write_units(enum host_stream which, const wchar_t *text,
		       size_t nchars)
{
	while (nchars > 0) {
		size_t want = nchars < CONSOLE_NCHARS ? nchars : CONSOLE_NCHARS;
		DWORD n = 0;

		/* The halves of a pair stay together. */
		if (want < nchars && want > 1 &&
		    (text[want - 1] & 0xFC00) == 0xD800)
			want--;
		if (!WriteConsoleW(handle_of(which), text, (DWORD)want, &n,
				   NULL) ||
		    n == 0)
			return write_failed(which);
		text += n;
		nchars -= n;
	}
	return 0;
}

static int write_text(enum host_stream which, const char *text)
{
	uint16_t *units = NULL;
	size_t count = 0;
	int err = utf_to_utf16(text, &units, &count);

	if (err == 0)
		err = write_units(which, (const wchar_t *)units, count);
	mem_free(units);
	return err;
}

/* Escapes become attributes, or nothing where these cannot be set. */
static int write_attributes(enum host_stream which, const char *text)
{
	HANDLE handle = handle_of(which);
	CONSOLE_SCREEN_BUFFER_INFO info;
	const bool is_set = GetConsoleScreenBufferInfo(handle, &info) != FALSE;
	WORD now = is_set ? info.wAttributes : 0;
	int err = 0;

	while (*text != '\0' && err == 0) {
		struct color_piece piece;
		char *copy;

		text = color_next(text, &piece);
		if (is_set && piece.codes != NULL) {
			now = color_attributes(piece.codes, now,
					       info.wAttributes);
			SetConsoleTextAttribute(handle, now);
		}
		copy = mem_strndup(piece.text, piece.nbytes);
		err = copy != NULL ? write_text(which, copy) : err_nomem();
		mem_free(copy);
	}
	if (is_set)
		SetConsoleTextAttribute(handle, info.wAttributes);
	return err;
}

static int write_escapes(enum host_stream which, const char *text)
{
	HANDLE handle = handle_of(which);
	DWORD mode = 0;
	int err;

	GetConsoleMode(handle, &mode);
	SetConsoleMode(handle, mode | VT_PROCESSING);
	err = write_text(which, text);
	SetConsoleMode(handle, mode);
	return err;
}

static int write_console(enum host_stream which, const char *text)
{
	if (strchr(text, '\x1b') == NULL)
		return write_text(which, text);
	if (color_form(handle_of(which)) == COLOR_ESCAPES)
		return write_escapes(which, text);
	return write_attributes(which, text);
}

/* The code page's bytes of `nchars` units; false if it lacks one of them. */
static bool encode(UINT page, const wchar_t *text, size_t nchars,
		   struct str *out)
{
	/* GB18030 has every character and takes no flags. */
	const bool is_whole = page == CP_GB18030;
	const DWORD flags = is_whole ? 0 : WC_NO_BEST_FIT_CHARS;
	BOOL lacks = FALSE;
	char buf[256];
	int n;

	n = WideCharToMultiByte(page, flags, text, (int)nchars, buf,
				(int)sizeof(buf), NULL,
				is_whole ? NULL : &lacks);
	if (n <= 0 || lacks)
		return false;
	str_addn(out, buf, (size_t)n);
	return true;
}

/* Units that are one character: two for a pair. */
static size_t char_units(const wchar_t *text, size_t nchars)
{
	return nchars >= 2 && (text[0] & 0xFC00) == 0xD800 &&
			       (text[1] & 0xFC00) == 0xDC00
		       ? 2
		       : 1;
}

static uint32_t char_value(const wchar_t *text, size_t units)
{
	if (units == 1)
		return (uint16_t)text[0];
	return 0x10000 + ((uint32_t)(text[0] & 0x3FF) << 10) +
	       (text[1] & 0x3FF);
}

/* Plain characters in runs, as every code page of consoles has ASCII. */
static int encode_all(UINT page, const wchar_t *text, size_t nchars,
		      struct str *out)
{
	size_t i = 0;

	while (i < nchars && out->err == 0) {
		size_t units;

		if (text[i] < 0x80) {
			str_addch(out, (char)text[i++]);
			continue;
		}
		units = char_units(text + i, nchars - i);
		if (!encode(page, text + i, units, out))
			str_addf(out, "\\u{%" PRIX32 "}",
				 char_value(text + i, units));
		i += units;
	}
	return out->err;
}

int host_write(enum host_stream which, const char *text, size_t nbytes,
	       bool machine)
{
	const bool is_terminal = host_is_terminal(which);
	struct str out = STR_INIT;
	uint16_t *units = NULL;
	size_t count = 0;
	char *copy;
	UINT page;
	int err;

	if (handle_of(which) == NULL)
		return 0; /* nowhere: host_start() saw that there is none */
	page = GetConsoleOutputCP();
	if (page == 0)
		page = GetOEMCP(); /* no console: a service or a task */
	if (!is_terminal && (machine || page == CP_UTF8))
		return write_bytes(which, text, nbytes);
	copy = mem_strndup(text, nbytes);
	if (copy == NULL)
		return err_nomem();
	if (is_terminal) {
		err = write_console(which, copy);
		mem_free(copy);
		return err;
	}
	err = utf_to_utf16(copy, &units, &count);
	if (err == 0)
		err = encode_all(page, (const wchar_t *)units, count, &out);
	if (err == 0)
		err = write_bytes(which, str_text(&out), out.len);
	str_release(&out);
	mem_free(units);
	mem_free(copy);
	return err;
}
