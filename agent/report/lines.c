/*
 * The lines that every report for people has.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "base/gap.h"
#include "words/base.h"
#include "words/report.h"
#include "words/usage.h"
#include "words/words.h"

#include <string.h>

/* ---- the verdict ------------------------------------------------- */

static int64_t gaps_that_matter(struct report *r)
{
	return row_int(r->scan, "gaps_that_matter");
}

/* "2 malicious, 1 suspicious" */
static void add_counts(struct report *r, struct str *out)
{
	const size_t begin = out->len;

	if (r->malicious)
		words_add(out, r->lang, W_REPORT_COUNT_MALICIOUS, r->malicious);
	if (out->len > begin && r->suspicious)
		str_add(out, words_in(W_USAGE_COMMA, r->lang));
	if (r->suspicious)
		words_add(out, r->lang, W_REPORT_COUNT_SUSPICIOUS,
			  r->suspicious);
	if (out->len > begin && r->notes)
		str_add(out, words_in(W_USAGE_COMMA, r->lang));
	if (r->notes)
		words_add(out, r->lang, W_REPORT_COUNT_NOTES, r->notes);
}

static void found_line(struct report *r, struct str *out)
{
	struct str counts = STR_INIT;

	add_counts(r, &counts);
	if (row_is_null(r->scan, "finished_at"))
		words_add(out, r->lang, W_REPORT_CUT_OFF_FOUND,
			  str_text(&counts));
	else
		words_add(out, r->lang, W_REPORT_FOUND, str_text(&counts));
	str_release(&counts);
}

static void incomplete_line(struct report *r, struct str *out)
{
	const int64_t count = gaps_that_matter(r);

	if (count == 1)
		words_add(out, r->lang, W_REPORT_INCOMPLETE_ONE);
	else
		words_add(out, r->lang, W_REPORT_INCOMPLETE, (uint64_t)count);
}

/* What the pack is about: the house's own has a name that people know. */
static void clean_line(struct report *r, struct str *out)
{
	const bool is_own = row_is(r->scan, "pack_name", "mstmp");
	const char *what = words_in(is_own ? W_REPORT_THIS_OUTBREAK
					   : W_REPORT_OTHER_OUTBREAK,
				    r->lang);

	if (row_is(r->scan, "profile", "quick"))
		words_add(out, r->lang, W_REPORT_CLEAN_QUICK, what);
	else if (row_is(r->scan, "target_kind", "folder"))
		words_add(out, r->lang, W_REPORT_CLEAN_FOLDER, what);
	else
		words_add(out, r->lang, W_REPORT_CLEAN, what);
}

void verdict_line(struct report *r, struct str *out)
{
	if (row_is_null(r->scan, "verdict")) {
		str_add(out, words_in(r->o->is_list ? W_REPORT_LIST
						    : W_REPORT_UNFINISHED,
				      r->lang));
		return;
	}
	if (row_is(r->scan, "verdict", "found")) {
		found_line(r, out);
		return;
	}
	if (row_is_null(r->scan, "finished_at"))
		words_add(out, r->lang, W_REPORT_CUT_OFF);
	else if (row_is(r->scan, "verdict", "incomplete"))
		incomplete_line(r, out);
	else
		clean_line(r, out);
	if (r->notes > 0) {
		str_add(out, " (");
		add_counts(r, out);
		str_add(out, ")");
	}
}

/* A PC without a name is told by its place. */
static const char *pc_name(struct report *r)
{
	const char *name = row_word(r->scan, "host_name");

	if (row_is(r->scan, "target_kind", "folder") || !*name)
		name = row_word(r->scan, "target_root");
	return *name ? name : row_word(r->scan, "target_id");
}

bool first_line(struct report *r, struct str *out)
{
	if (r->o->names_pc)
		str_addf(out, "%s: ", pc_name(r));
	if (!r->o->old_words) {
		verdict_line(r, out);
		return false;
	}
	words_add(out, r->lang, W_REPORT_OUT_OF_DATE, r->o->old_words);
	return true;
}

void was_line(struct report *r, struct str *out)
{
	struct str verdict = STR_INIT;

	if (r->o->old_words) {
		verdict_line(r, &verdict);
		words_add(out, r->lang, W_REPORT_WAS, str_text(&verdict));
	}
	str_release(&verdict);
}

void also_incomplete_line(struct report *r, struct str *out)
{
	const int64_t count = gaps_that_matter(r);

	if (!row_is(r->scan, "verdict", "found") || count == 0)
		return;
	if (count == 1)
		words_add(out, r->lang, W_REPORT_ALSO_INCOMPLETE_ONE);
	else
		words_add(out, r->lang, W_REPORT_ALSO_INCOMPLETE,
			  (uint64_t)count);
}

void since_fixed_line(struct report *r, struct str *out)
{
	if (r->fixed > 0)
		words_add(out, r->lang, W_REPORT_SINCE_FIXED, r->fixed);
}

/* ---- what to do next --------------------------------------------- */

bool has_next_step(struct report *r, sqlite3_stmt *finding)
{
	/* What plan would refuse, or has no step for, is no way. */
	return !row_is(finding, "verdict", "note") && !r->o->old_by &&
	       row_is_null(finding, "fix_state") &&
	       row_int(r->scan, "pack_signed") == 1 &&
	       !row_is(r->scan, "target_kind", "folder");
}

/* Another scan tells more than this one: it is old or cut off, could not look
 * at all, was quick, or all that it found has been fixed. */
static bool wants_scan(struct report *r)
{
	const bool is_cut_off = row_is_null(r->scan, "verdict") ||
				row_is_null(r->scan, "finished_at");

	return !r->can_plan && !r->o->is_list &&
	       !row_is(r->scan, "target_kind", "folder") &&
	       (r->o->old_by || is_cut_off ||
		row_is(r->scan, "verdict", "incomplete") ||
		(row_is(r->scan, "verdict", "clean") &&
		 row_is(r->scan, "profile", "quick")) ||
		(r->fixed > 0 && r->fixed == r->malicious + r->suspicious));
}

void next_line(struct report *r, struct str *out)
{
	const char *of = r->malicious	 ? "malicious"
			 : r->suspicious ? "suspicious"
			 : row_is(r->scan, "verdict", "incomplete")
				 ? "incomplete"
			 : r->notes ? "note"
				    : "";
	const char *advice = pack_words(r, "advice", of);

	/* What was found and is fixed, or is old, asks for another scan. */
	if (advice && (!wants_scan(r) || strcmp(of, "incomplete") == 0))
		words_add(out, r->lang, W_REPORT_NEXT, advice);
}

/* Where the examined Windows lies is a part of the command, if it is a plain
 * path: who copies it into a shell must not run what a store says. */
static void add_root(struct report *r, struct str *out)
{
	const char *root = row_word(r->scan, "target_root");

	if (!row_is(r->scan, "target_kind", "offline"))
		return;
	if (strspn(root, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789/\\:._-") == strlen(root) &&
	    *root && *root != '-')
		str_addf(out, " --root %s", root);
	else
		str_add(out, " --root ...");
}

const char *command_line(struct report *r, struct str *out)
{
	const bool is_scan = !r->can_plan && wants_scan(r);

	if (!r->can_plan && !is_scan)
		return NULL;
	str_addf(out, "mstmpsweep %s", is_scan ? "scan" : "plan");
	add_root(r, out);
	return words_in(is_scan ? W_REPORT_COMMAND_SCAN : W_REPORT_COMMAND_PLAN,
			r->lang);
}

/* ---- facts ------------------------------------------------------- */

void target_line(struct report *r, struct str *out)
{
	static const char *const columns[] = { "host_name", "windows_version",
					       "target_root" };

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *text = row_word(r->scan, columns[i]);

		if (text[0] != '\0')
			str_addf(out, "%s%s", text,
				 words_in(W_USAGE_COMMA, r->lang));
	}
	str_add(out,
		value_words(r, VALUE_TARGET, row_word(r->scan, "target_kind")));
}

void pack_line(struct report *r, struct str *out)
{
	const bool is_signed = row_int(r->scan, "pack_signed") == 1;

	str_addf(out, "%s %s (%s)", row_word(r->scan, "pack_name"),
		 row_word(r->scan, "pack_version"),
		 words_in(is_signed ? W_REPORT_SIGNED : W_REPORT_UNSIGNED,
			  r->lang));
}

void scan_line(struct report *r, struct str *out)
{
	const char *comma = words_in(W_USAGE_COMMA, r->lang);
	const char *finished = row_text(r->scan, "finished_at");

	if (!r->o->is_list)
		str_addf(out, "%" PRId64 "%s%s%s", row_int(r->scan, "scan_id"),
			 comma,
			 value_words(r, VALUE_PROFILE,
				     row_word(r->scan, "profile")),
			 comma);
	add_time(r, out, row_word(r->scan, "started_at"));
	if (!r->o->is_list) {
		str_add(out, " - ");
		add_time(r, out, finished ? finished : "?");
	}
	str_addf(out, "%smstmpsweep %s", comma,
		 row_word(r->scan, "tool_version"));
}

/* "1,234,567" */
static void format_grouped(char number_ret[32], int64_t value)
{
	char digits[24];
	size_t n, at = 0;

	snprintf(digits, sizeof(digits), "%" PRId64, value < 0 ? 0 : value);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			number_ret[at++] = ',';
		number_ret[at++] = digits[i];
	}
	number_ret[at] = '\0';
}

void examined_line(struct report *r, struct str *out)
{
	char scanned[32], seen[32], bytes[32], registrations[32];

	format_grouped(scanned, row_int(r->scan, "files_scanned"));
	format_grouped(seen, row_int(r->scan, "files_seen"));
	format_grouped(bytes, row_int(r->scan, "bytes_scanned"));
	format_grouped(registrations, row_int(r->scan, "registrations_seen"));
	words_add(out, r->lang, W_REPORT_EXAMINED_VALUES, scanned, seen, bytes,
		  registrations);
}

void user_line(struct report *r, sqlite3_stmt *q, struct str *out)
{
	const char *user = row_text(q, "user_name");

	if (user == NULL)
		user = row_text(q, "user_sid");
	if (user == NULL)
		str_add(out, words_in(W_REPORT_ALL_USERS, r->lang));
	else
		str_addf(out, "%s %s", words_in(W_REPORT_USER, r->lang), user);
}

/* ---- gaps -------------------------------------------------------- */

/*
 * The reason is English and more exact than the kind; a way out stands behind
 * it (gap_report()), which has marks of its own.
 */
static void add_reason(struct report *r, enum gap_kind kind, const char *reason,
		       struct str *out)
{
	const char *way_out = kind != GAP_COUNT ? gap_way_out(kind) : NULL;
	const char *tail = way_out ? strstr(reason, way_out) : NULL;
	struct str first = STR_INIT, translated = STR_INIT;

	if (!tail || tail < reason + 2) {
		words_translate(out, r->lang, reason);
		return;
	}
	str_addn(&first, reason, (size_t)(tail - reason) - 2);
	words_translate(&translated, r->lang, str_text(&first));
	words_add(out, r->lang, W_BASE_BOTH, str_text(&translated),
		  words_in(way_out, r->lang));
	str_release(&first);
	str_release(&translated);
}

void gap_line(struct report *r, sqlite3_stmt *q, struct str *out)
{
	const enum gap_kind kind = gap_kind_from_name(row_word(q, "kind"));
	const char *reason = row_word(q, "reason");

	str_add(out, gap_words(r, row_word(q, "kind")));
	/* Not twice the same. */
	if (kind == GAP_COUNT || strcmp(gap_kind_words(kind), reason) != 0) {
		str_add(out, ": ");
		add_reason(r, kind, reason, out);
	}
	if (!row_is_null(q, "os_error"))
		str_addf(out, " (%s %" PRId64 ")",
			 words_in(W_REPORT_SYSTEM_CODE, r->lang),
			 row_int(q, "os_error"));
}

void locked_passed_line(struct report *r, int64_t count, struct str *out)
{
	if (count > 0)
		words_add(out, r->lang, W_REPORT_LOCKED_PASSED,
			  (uint64_t)count);
}
