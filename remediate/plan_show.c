/*
 * A plan as text, JSON or CSV.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_show.h"
#include "remediate/plan_points.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/local_time.h"
#include "report/csv_cell.h"
#include "words/fix.h"
#include "words/plan.h"
#include "words/words.h"

#include <string.h>

/* ---- text -------------------------------------------------------- */

/* Between two sentences, and behind the last. */
static void add_then(struct str *out, const char *lang)
{
	str_add(out, lang_is_ja(lang) ? "。" : "; ");
}

static void add_end(struct str *out, const char *lang)
{
	str_add(out, lang_is_ja(lang) ? "。\n" : ".\n");
}

/* Short memory is an error of `out`. */
static unsigned count_suspicious(const struct plan *p, struct str *out)
{
	size_t count = 0;
	int err = plan_suspicious_count(p, &count);

	if (err)
		out->err = err;
	return (unsigned)count;
}

int plan_suspicious_words(const struct plan *p, const char *lang,
			  struct str *out)
{
	const unsigned count = count_suspicious(p, out);

	if (!count)
		return out->err;
	return words_add(
		out, lang,
		count == 1 ? W_PLAN_SUSPICIOUS : W_PLAN_SUSPICIOUS_MANY, count);
}

/* Found, and left as it is: no clean PC, whatever else fix did. */
static void add_suspicious(const struct plan *p, const char *lang,
			   struct str *out)
{
	if (!count_suspicious(p, out))
		return;
	add_then(out, lang);
	plan_suspicious_words(p, lang, out);
}

const char *plan_incomplete_words(const char *lang)
{
	return words_in(W_PLAN_INCOMPLETE, lang);
}

static void add_incomplete(const struct plan *p, const char *lang,
			   struct str *out)
{
	if (!p->is_incomplete)
		return;
	add_then(out, lang);
	str_add(out, plan_incomplete_words(lang));
}

static void add_nothing(const struct plan *p, const char *lang, struct str *out)
{
	const unsigned count = (unsigned)p->steps.count;

	if (count)
		words_add(out, lang,
			  count == 1 ? W_PLAN_NOTHING_LEFT_OUT
				     : W_PLAN_NOTHING_LEFT_OUT_MANY,
			  count);
	else
		str_add(out, words_in(W_PLAN_NOTHING, lang));
	add_suspicious(p, lang, out);
}

int plan_rest_words(const struct plan *p, bool is_done, const char *lang,
		    struct str *out)
{
	if (is_done)
		str_add(out, words_in(count_suspicious(p, out)
					      ? W_PLAN_DONE_MALICIOUS
					      : W_PLAN_DONE,
				      lang));
	else
		add_nothing(p, lang, out);
	if (is_done)
		add_suspicious(p, lang, out);
	add_incomplete(p, lang, out);
	if (!is_done)
		return out->err;
	add_then(out, lang);
	return str_add(out, words_in(W_PLAN_SCAN_AGAIN, lang));
}

static void add_title(const struct plan_view *v, struct str *out)
{
	const struct plan *p = v->plan;
	struct str name = STR_INIT, began = STR_INIT;

	utf_display(&name, *p->computer ? p->computer : p->target_id);
	host_add_time(&began, p->started_at, p->is_live, NULL);
	words_add(out, v->lang, W_PLAN_TITLE, str_text(&name), p->scan_id,
		  str_text(&began));
	str_release(&name);
	str_release(&began);
}

static void add_done(const struct plan_view *v, struct str *out)
{
	add_title(v, out);
	str_add(out, lang_is_ja(v->lang) ? "\n" : ": ");
	plan_rest_words(v->plan, true, v->lang, out);
	add_end(out, v->lang);
}

/* "3 steps for 1 finding, 2 files. Nothing has been changed yet." */
static void add_counts(const struct plan_view *v, struct str *out)
{
	const struct plan *p = v->plan;
	const unsigned count = (unsigned)plan_picked_count(p);
	const unsigned findings = (unsigned)p->finding_count;
	const unsigned files = (unsigned)p->file_count;
	struct str rest = STR_INIT, more = STR_INIT;

	words_add(&rest, v->lang, files == 1 ? W_PLAN_FILE : W_PLAN_FILES,
		  files,
		  words_in(p->worked_count ? W_PLAN_WORKED_OTHERS
					   : W_PLAN_NOTHING_CHANGED,
			   v->lang));
	words_add(&more, v->lang,
		  findings == 1 ? W_PLAN_FINDING : W_PLAN_FINDINGS, findings,
		  str_text(&rest));
	words_add(out, v->lang, count == 1 ? W_PLAN_STEP : W_PLAN_STEPS, count,
		  str_text(&more));
	str_add(out, "\n");
	str_release(&rest);
	str_release(&more);
}

/* What may hold texts of the target, in the blank of a text of ours. */
static void add_shown(struct str *out, const char *lang, const char *text,
		      const char *what)
{
	struct str shown = STR_INIT;

	utf_display(&shown, what);
	words_fill(out, lang, text, str_text(&shown));
	str_add(out, "\n");
	str_release(&shown);
}

static void add_head(const struct plan_view *v, struct str *out)
{
	add_title(v, out);
	str_add(out, "\n");
	add_counts(v, out);
	if (v->plan->is_incomplete)
		add_shown(out, v->lang, W_PLAN_NOTE,
			  plan_incomplete_words(v->lang));
	if (v->vault)
		add_shown(out, v->lang, W_PLAN_VAULT, v->vault);
}

static void add_refusal(const struct plan_view *v, const char *text,
			const struct guard_answer *a, struct str *out)
{
	struct str why = STR_INIT;

	guard_sentence(a, v->lang, &why);
	add_shown(out, v->lang, text, str_text(&why));
	str_release(&why);
}

#define INDENT "     "

/* What is shown safely already. */
static void add_line(const struct plan_view *v, const char *text,
		     const struct str *what, struct str *out)
{
	str_add(out, INDENT);
	words_fill(out, v->lang, text, str_text(what));
	str_add(out, "\n");
}

static void add_step(const struct plan_view *v, size_t index, struct str *out)
{
	const struct step *s = plan_step(v->plan, index);
	const struct guard_answer *a = &v->answers[index];
	struct str text = STR_INIT;

	str_addf(out, "\n%3u. ", (unsigned)s->seq);
	words_action(s, v->lang, out);
	utf_display(&text, s->subject);
	str_add(out, "  ");
	words_add(out, v->lang, W_PLAN_OF_FINDING, s->finding_id,
		  str_text(&text), words_verdict(s->verdict, v->lang));
	str_add(out, "\n" INDENT);
	words_target(s, out);
	str_add(out, "\n");
	str_clear(&text);
	if (s->picked && a->reason != GUARD_OK) {
		str_add(out, INDENT);
		add_refusal(v, W_PLAN_NOT_DONE, a, out);
	}
	if (s->error) {
		str_add(out, INDENT);
		add_shown(out, v->lang, W_FIX_NOTE, s->error);
	}
	if (s->hold == HOLD_BY_HAND && !s->overtaken) {
		words_by_hand(s, v->lang, &text);
		add_line(v, W_PLAN_TO_DO, &text, out);
	} else if (!s->picked && (s->overtaken || s->hold != HOLD_NOT)) {
		words_left_out(s, v->lang, &text);
		add_line(v, W_PLAN_LEFT_OUT, &text, out);
	}
	str_release(&text);
}

static void add_steps(const struct plan_view *v, bool picked, struct str *out)
{
	for (size_t i = 0; i < v->plan->steps.count; i++)
		if (plan_step(v->plan, i)->picked == picked)
			add_step(v, i, out);
}

/* A person's, and what waits for it. */
static bool is_by_hand(const struct step *s)
{
	return (s->hold == HOLD_BY_HAND || s->hold == HOLD_NEEDED) &&
	       s->verdict == VERDICT_MALICIOUS;
}

/* The steps that are so, under that heading; how many there are. */
static unsigned add_those(const struct plan_view *v,
			  bool (*is_so)(const struct step *),
			  const char *heading, struct str *out)
{
	unsigned count = 0;

	for (size_t i = 0; i < v->plan->steps.count; i++) {
		if (!is_so(plan_step(v->plan, i)))
			continue;
		if (!count++)
			str_addf(out, "\n%s:\n", words_in(heading, v->lang));
		add_step(v, i, out);
	}
	return count;
}

/* What a person has to do or to decide is told without being asked. */
static unsigned add_persons(const struct plan_view *v, struct str *out)
{
	return add_those(v, is_by_hand, W_PLAN_PERSONS, out) +
	       add_those(v, step_waits_for_word, W_PLAN_LEFT_UNLESS, out);
}

static int show_text(const struct plan_view *v, struct str *out)
{
	unsigned rest =
		(unsigned)(v->plan->steps.count - plan_picked_count(v->plan));

	if (v->is_done && !v->all) {
		add_done(v, out);
		return out->err;
	}
	add_head(v, out);
	if (v->whole.reason != GUARD_OK) {
		str_add(out, "\n");
		add_refusal(v, W_PLAN_CANNOT, &v->whole, out);
	}
	add_steps(v, true, out);
	if (!v->all)
		rest -= add_persons(v, out);
	if (!rest)
		return out->err;
	if (v->all) {
		str_addf(out, "\n%s:\n", words_in(W_PLAN_ALL_LEFT, v->lang));
		add_steps(v, false, out);
	} else {
		str_add(out, "\n");
		words_add(out, v->lang,
			  rest == 1 ? W_PLAN_MORE_LEFT : W_PLAN_MORE_LEFT_MANY,
			  rest);
		add_suspicious(v->plan, v->lang, out);
		add_end(out, v->lang);
	}
	return out->err;
}

/* ---- for programs ------------------------------------------------ */

struct field {
	const char *name;
	char *text; /* NULL: null */
	bool is_number;
};

#define FIELD_COUNT 14

static char *shown(const char *text)
{
	return text ? utf_escape_dup(text) : NULL;
}

static char *number_text(int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	return mem_strdup(text);
}

/* The step's columns, in a fixed order; texts are freed with fields_free. */
static int fields_of(const struct plan_view *v, size_t index,
		     struct field f[FIELD_COUNT])
{
	const struct step *s = plan_step(v->plan, index);
	const struct guard_answer *a = &v->answers[index];
	struct str action = STR_INIT, why = STR_INIT;
	const bool asked = a->reason != GUARD_OK;
	const bool is_held = s->overtaken || s->hold != HOLD_NOT;

	words_action(s, v->lang, &action);
	if (asked)
		guard_sentence(a, v->lang, &why);
	else if (is_held)
		words_left_out(s, v->lang, &why);
	else if (s->error)
		words_translate(&why, v->lang, s->error);
	f[0] = (struct field){ "seq", number_text(s->seq), true };
	f[1] = (struct field){ "action",
			       mem_strdup(step_action_name(s->action)), false };
	f[2] = (struct field){ "kind", mem_strdup(s->kind), false };
	f[3] = (struct field){ "target", shown(s->target), false };
	f[4] = (struct field){ "value", shown(s->value_name), false };
	f[5] = (struct field){ "finding_id", number_text(s->finding_id), true };
	f[6] = (struct field){ "subject", shown(s->subject), false };
	f[7] = (struct field){ "verdict", mem_strdup(verdict_name(s->verdict)),
			       false };
	f[8] = (struct field){ "sha256",
			       *s->sha256 && !step_is_registry(s->action)
				       ? mem_strdup(s->sha256)
				       : NULL,
			       false };
	f[9] = (struct field){ "picked", number_text(s->picked), true };
	f[10] = (struct field){ "held",
				is_held ? mem_strdup(word_left_out(s)) : NULL,
				false };
	f[11] = (struct field){ "refused",
				asked ? mem_strdup(guard_word(a->reason))
				      : NULL,
				false };
	f[12] = (struct field){ "words", str_detach(&action), false };
	f[13] = (struct field){ "why",
				asked || is_held ? str_detach(&why)
				: s->error	 ? shown(str_text(&why))
						 : NULL,
				false };
	str_release(&action);
	str_release(&why);
	return f[0].text && f[3].text && f[12].text ? 0 : err_nomem();
}

static void fields_free(struct field f[FIELD_COUNT])
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		mem_free(f[i].text);
}

static void add_object(struct json *j, const struct field f[FIELD_COUNT])
{
	json_begin_object(j);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		json_key(j, f[i].name);
		if (f[i].is_number)
			json_raw(j, f[i].text);
		else
			json_string(j, f[i].text);
	}
	json_end_object(j);
}

static void add_csv_head(struct str *out)
{
	static const char *const names[FIELD_COUNT] = {
		"seq",	      "action",	 "kind",    "target", "value",
		"finding_id", "subject", "verdict", "sha256", "picked",
		"held",	      "refused", "words",   "why",
	};

	for (size_t i = 0; i < FIELD_COUNT; i++)
		str_addf(out, "%s%s", i ? "," : "", names[i]);
	str_add(out, "\r\n");
}

static void add_csv(struct str *out, const struct field f[FIELD_COUNT])
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (i)
			str_addch(out, ',');
		if (f[i].text && f[i].is_number)
			str_add(out, f[i].text);
		else if (f[i].text)
			csv_add_cell(out, f[i].text);
	}
	str_add(out, "\r\n");
}

static int show_rows(const struct plan_view *v, enum report_format format,
		     struct str *out)
{
	struct json j;
	int err = 0;

	json_init(&j, out, format == REPORT_JSON);
	if (format == REPORT_JSON)
		json_begin_array(&j);
	if (format == REPORT_CSV)
		add_csv_head(out);
	for (size_t i = 0; !err && i < v->plan->steps.count; i++) {
		struct field f[FIELD_COUNT];

		if (!v->all && !plan_step(v->plan, i)->picked &&
		    plan_step(v->plan, i)->hold != HOLD_BY_HAND)
			continue;
		err = fields_of(v, i, f);
		if (!err && format == REPORT_CSV)
			add_csv(out, f);
		else if (!err)
			add_object(&j, f);
		if (format == REPORT_NDJSON) {
			str_add(out, "\n");
			json_init(&j, out, false);
		}
		fields_free(f);
	}
	if (format == REPORT_JSON) {
		json_end_array(&j);
		str_add(out, "\n");
	}
	return err ? err : out->err;
}

int plan_show(const struct plan_view *v, enum report_format format,
	      struct str *out)
{
	if (v->to_file && (format == REPORT_CSV || format == REPORT_TEXT))
		str_add(out, "\xEF\xBB\xBF");
	switch (format) {
	case REPORT_TEXT:
		return show_text(v, out);
	case REPORT_HTML:
		return err_fail(ERR_UNSUPPORTED, 0, W_PLAN_FORMATS);
	default:
		return show_rows(v, format, out);
	}
}
