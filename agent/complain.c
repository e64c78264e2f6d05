/*
 * What is told on the error stream, in the language of the person.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host.h"
#include "words/base.h"
#include "words/words.h"
#include <stdarg.h>
#include <string.h>

static const char *language; /* NULL: nobody said one */

const char *complain_lang(void)
{
	return language ? language : host_language();
}

bool language_is_known(const char *name)
{
	return strcmp(name, "en") == 0 || strcmp(name, "ja") == 0;
}

/* The value of --lang if `word` is that; "": it is another one. */
static const char *lang_of(const char *word, const char *next)
{
	static const char name[] = "--lang";
	const size_t n = sizeof(name) - 1;

	if (ascii_ncasecmp(word, name, n) != 0)
		return "";
	if (word[n] == '=')
		return word + n + 1;
	return word[n] ? "" : next;
}

void complain_choose_lang(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : "";
		const char *value = lang_of(argv[i], next);

		if (language_is_known(value))
			language = value;
	}
}

void complain(const char *fmt, ...)
{
	struct str s = STR_INIT;
	struct str said = STR_INIT;
	struct str shown = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	words_translate(&said, complain_lang(), str_text(&s));
	str_add(&shown, "mstmpsweep: ");
	utf_display(&shown, str_text(&said));
	str_addch(&shown, '\n');
	if (!shown.err)
		host_write(HOST_STDERR, shown.buf, shown.len, false);
	str_release(&shown);
	str_release(&said);
	str_release(&s);
}

void complain_last(const char *what)
{
	const struct err_info *e = err_last();

	if (what && *what)
		complain(W_BASE_JOINED, what, e->text);
	else
		complain("%s", e->text);
}
