/*
 * A vault item in words, for undo --vault FILE.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/wtime.h"

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

struct words {
	const char *labels[L_COUNT];
	const char *kinds[VAULT_KIND_COUNT];
	const char *unknown;
	const char *default_value;
	const char *bytes;	   /* behind a number */
	const char *stream_before; /* a number of streams */
	const char *stream_after;
	const char *streams_after; /* more than one */
	const char *log_before;
	const char *log_after;
	const char *logs_after;
	const char *step; /* between the fix and a number */
};

static const struct words english = {
	.labels = {
		[L_KIND] = "Saved",
		[L_ORIGINAL] = "From",
		[L_VALUE] = "Value",
		[L_COMPUTER] = "Computer",
		[L_TARGET] = "Windows ID",
		[L_SAVED] = "Saved at",
		[L_WHY] = "Why",
		[L_SIZE] = "Size",
		[L_SHA256] = "SHA-256",
		[L_FIX] = "Fix",
	},
	.kinds = {
		[VAULT_FILE] = "file",
		[VAULT_KEY] = "registry key",
		[VAULT_VALUE] = "registry value",
		[VAULT_HIVE] = "registry hive",
	},
	.unknown = "unknown",
	.default_value = "(default)",
	.bytes = " bytes",
	.stream_before = ", ",
	.stream_after = " alternate stream",
	.streams_after = " alternate streams",
	.log_before = ", ",
	.log_after = " log file",
	.logs_after = " log files",
	.step = ", step ",
};

static const struct words japanese = {
	.labels = {
		[L_KIND] = "種類",
		[L_ORIGINAL] = "元の場所",
		[L_VALUE] = "値の名前",
		[L_COMPUTER] = "コンピューター",
		[L_TARGET] = "Windows の ID",
		[L_SAVED] = "保存日時",
		[L_WHY] = "理由",
		[L_SIZE] = "サイズ",
		[L_SHA256] = "SHA-256",
		[L_FIX] = "対処",
	},
	.kinds = {
		[VAULT_FILE] = "ファイル",
		[VAULT_KEY] = "レジストリ キー",
		[VAULT_VALUE] = "レジストリ値",
		[VAULT_HIVE] = "レジストリ ハイブ",
	},
	.unknown = "不明",
	.default_value = "(既定)",
	.bytes = " バイト",
	.stream_before = "、代替ストリーム ",
	.stream_after = " 個",
	.streams_after = " 個",
	.log_before = "、ログ ファイル ",
	.log_after = " 個",
	.logs_after = " 個",
	.step = "、手順 ",
};

static void add_label(struct str *out, const struct words *w, enum label l)
{
	size_t widest = 0;
	size_t columns = utf_columns(w->labels[l]);

	for (int i = 0; i < L_COUNT; i++) {
		const size_t n = utf_columns(w->labels[i]);

		widest = n > widest ? n : widest;
	}
	str_addf(out, "%s: ", w->labels[l]);
	for (; columns < widest; columns++)
		str_addch(out, ' ');
}

/* Foreign text: nothing in it reaches the terminal as a control. */
static void add_line(struct str *out, const struct words *w, enum label l,
		     const char *text)
{
	add_label(out, w, l);
	utf_display(out, text != NULL && text[0] != '\0' ? text : w->unknown);
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

static void add_size(struct str *out, const struct words *w,
		     const struct vault_info *i)
{
	const bool is_hive = i->kind == VAULT_HIVE;
	const bool is_one = i->stream_count == 1;

	add_label(out, w, L_SIZE);
	add_grouped(out, i->nbytes);
	str_add(out, w->bytes);
	if (i->stream_count > 0) {
		str_add(out, is_hive ? w->log_before : w->stream_before);
		add_grouped(out, i->stream_count);
		if (is_hive)
			str_add(out, is_one ? w->log_after : w->logs_after);
		else
			str_add(out,
				is_one ? w->stream_after : w->streams_after);
	}
	str_addch(out, '\n');
}

static const char *kind_word(const struct words *w, enum vault_kind kind)
{
	return (unsigned)kind < VAULT_KIND_COUNT ? w->kinds[kind] : w->unknown;
}

int vault_info_line(const struct vault_info *i, const char *lang,
		    struct str *out)
{
	const struct words *w = lang_is_ja(lang) ? &japanese : &english;
	char when[WTIME_TEXT_NBYTES];

	wtime_format(i->saved_at, when);
	str_addf(out, "%s  %s, ", when, kind_word(w, i->kind));
	add_grouped(out, i->nbytes);
	return str_add(out, w->bytes);
}

int vault_info_text(const struct vault_info *i, const char *lang,
		    struct str *out)
{
	const struct words *w = lang_is_ja(lang) ? &japanese : &english;
	char when[WTIME_TEXT_NBYTES];

	wtime_format(i->saved_at, when);
	add_line(out, w, L_KIND, kind_word(w, i->kind));
	add_line(out, w, L_ORIGINAL, i->original);
	if (i->value_name != NULL)
		add_line(out, w, L_VALUE,
			 i->value_name[0] != '\0' ? i->value_name
						  : w->default_value);
	add_line(out, w, L_COMPUTER, i->computer);
	add_line(out, w, L_TARGET, i->target_id);
	add_line(out, w, L_SAVED, when);
	add_line(out, w, L_WHY, i->why);
	add_size(out, w, i);
	add_line(out, w, L_SHA256, i->sha256);
	add_label(out, w, L_FIX);
	utf_display(out, i->fix_id != NULL ? i->fix_id : w->unknown);
	str_add(out, w->step);
	add_grouped(out, i->seq);
	str_addch(out, '\n');
	return out->err;
}
