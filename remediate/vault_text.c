/*
 * A vault item in words, for undo --vault FILE.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/wtime.h"
#include "remediate/words.h"
#include "words/vault.h"
#include "words/words.h"

#include <string.h>

enum label {
	L_KIND,
	L_ORIGINAL,
	L_VALUE,
	L_COMPUTER,
	L_TARGET,
	L_SAVED,
	L_WHY,
	L_SIZE,
	L_SHA256,
	L_FIX,
	L_COUNT
};

static const char *const labels[L_COUNT] = {
	[L_KIND] = W_VAULT_LABEL_KIND,
	[L_ORIGINAL] = W_VAULT_LABEL_ORIGINAL,
	[L_VALUE] = W_VAULT_LABEL_VALUE,
	[L_COMPUTER] = W_VAULT_LABEL_COMPUTER,
	[L_TARGET] = W_VAULT_LABEL_TARGET,
	[L_SAVED] = W_VAULT_LABEL_SAVED,
	[L_WHY] = W_VAULT_LABEL_WHY,
	[L_SIZE] = W_VAULT_LABEL_SIZE,
	[L_SHA256] = "SHA-256:",
	[L_FIX] = W_VAULT_LABEL_FIX,
};

static const char *const kinds[VAULT_KIND_COUNT] = {
	[VAULT_FILE] = W_VAULT_KIND_FILE,
	[VAULT_KEY] = W_VAULT_KIND_KEY,
	[VAULT_VALUE] = W_VAULT_KIND_VALUE,
	[VAULT_HIVE] = W_VAULT_KIND_HIVE,
};

static void add_label(struct str *out, const char *lang, enum label l)
{
	const char *label = words_in(labels[l], lang);
	size_t widest = 0;

	for (int i = 0; i < L_COUNT; i++) {
		const size_t n = utf_columns(words_in(labels[i], lang));

		widest = n > widest ? n : widest;
	}
	str_add(out, label);
	for (size_t n = utf_columns(label); n <= widest; n++)
		str_addch(out, ' ');
}

/* Foreign text: nothing in it reaches the terminal as a control. */
static void add_line(struct str *out, const char *lang, enum label l,
		     const char *text)
{
	add_label(out, lang, l);
	utf_display(out, text != NULL && text[0] != '\0'
				 ? text
				 : words_in(W_VAULT_UNKNOWN, lang));
	str_addch(out, '\n');
}

/* "1,234,567" */
static void add_grouped(struct str *out, uint64_t value)
{
	char digits[24];
	size_t n;

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			str_addch(out, ',');
		str_addch(out, digits[i]);
	}
}

static void add_bytes(struct str *out, const char *lang, uint64_t nbytes)
{
	add_grouped(out, nbytes);
	str_add(out, words_in(W_VAULT_BYTES, lang));
}

static void add_size(struct str *out, const char *lang,
		     const struct vault_info *i)
{
	const bool is_one = i->stream_count == 1;
	struct str count = STR_INIT;

	add_label(out, lang, L_SIZE);
	add_bytes(out, lang, i->nbytes);
	add_grouped(&count, i->stream_count);
	if (i->stream_count > 0 && i->kind == VAULT_HIVE)
		words_fill(out, lang, is_one ? W_VAULT_LOG : W_VAULT_LOGS,
			   str_text(&count));
	else if (i->stream_count > 0)
		words_fill(out, lang, is_one ? W_VAULT_STREAM : W_VAULT_STREAMS,
			   str_text(&count));
	str_addch(out, '\n');
	str_release(&count);
}

static const char *kind_word(enum vault_kind kind, const char *lang)
{
	return words_in((unsigned)kind < VAULT_KIND_COUNT ? kinds[kind]
							  : W_VAULT_UNKNOWN,
			lang);
}

int vault_info_line(const struct vault_info *i, const char *lang,
		    struct str *out)
{
	char when[WTIME_TEXT_NBYTES];

	wtime_format(i->saved_at, when);
	str_addf(out, "%s  %s, ", when, kind_word(i->kind, lang));
	add_bytes(out, lang, i->nbytes);
	return out->err;
}

int vault_info_text(const struct vault_info *i, const char *lang,
		    struct str *out)
{
	char when[WTIME_TEXT_NBYTES];
	struct str count = STR_INIT, why = STR_INIT;

	wtime_format(i->saved_at, when);
	add_line(out, lang, L_KIND, kind_word(i->kind, lang));
	add_line(out, lang, L_ORIGINAL, i->original);
	if (i->value_name != NULL)
		add_line(out, lang, L_VALUE,
			 i->value_name[0] != '\0'
				 ? i->value_name
				 : words_in(W_VAULT_DEFAULT, lang));
	add_line(out, lang, L_COMPUTER, i->computer);
	add_line(out, lang, L_TARGET, i->target_id);
	add_line(out, lang, L_SAVED, when);
	words_translate(&why, lang, i->why != NULL ? i->why : "");
	add_line(out, lang, L_WHY, str_text(&why));
	str_release(&why);
	add_size(out, lang, i);
	add_line(out, lang, L_SHA256, i->sha256);
	add_label(out, lang, L_FIX);
	utf_display(out, i->fix_id != NULL ? i->fix_id
					   : words_in(W_VAULT_UNKNOWN, lang));
	add_grouped(&count, i->seq);
	words_fill(out, lang, W_VAULT_STEP, str_text(&count));
	str_release(&count);
	return str_addch(out, '\n');
}
