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
#include "report/csv_cell.h"

#include <string.h>

/* ---- text -------------------------------------------------------- */

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
	if (lang_is_ja(lang))
		return str_addf(out,
				"疑わしい検出が %u 件そのまま残っています (fix "
				"--finding N で処理できます)",
				count);
	return str_addf(out,
			"%u suspicious finding%s left as %s: fix --finding N "
			"takes one",
			count, count == 1 ? " is" : "s are",
			count == 1 ? "it is" : "they are");
}

/* Found, and left as it is: no clean PC, whatever else fix did. */
static void add_suspicious(const struct plan *p, bool ja, struct str *out)
{
	if (!count_suspicious(p, out))
		return;
	str_add(out, ja ? "。" : "; ");
	plan_suspicious_words(p, ja ? "ja" : "en", out);
}

const char *plan_incomplete_words(const char *lang)
{
	return lang_is_ja(lang)
		       ? "スキャンは不完全でした: 調べられなかった重要な場所が"
			 "あります (report で確認できます)"
		       : "the scan was INCOMPLETE: something that matters "
			 "could not be examined (report tells what)";
}

static void add_incomplete(const struct plan *p, const char *lang,
			   struct str *out)
{
	if (p->is_incomplete)
		str_addf(out, "%s%s", lang_is_ja(lang) ? "。" : "; ",
			 plan_incomplete_words(lang));
}

static void add_nothing(const struct plan *p, bool ja, struct str *out)
{
	const unsigned count = (unsigned)p->steps.count;

	if (!count)
		str_add(out, ja ? "処理する項目はありません"
				: "there is nothing to do");
	else if (ja)
		str_addf(out,
			 "処理する手順はありません: %u 件が対象外です (plan "
			 "--all で理由を表示)",
			 count);
	else
		str_addf(out,
			 "nothing is planned: %u step%s left out (plan --all "
			 "tells why)",
			 count, count == 1 ? " is" : "s are");
	add_suspicious(p, ja, out);
}

int plan_rest_words(const struct plan *p, bool is_done, const char *lang,
		    struct str *out)
{
	const bool ja = lang_is_ja(lang);

	if (!is_done) {
		add_nothing(p, ja, out);
		add_incomplete(p, lang, out);
		return out->err;
	}
	if (count_suspicious(p, out))
		str_add(out,
			ja ? "悪質な検出について残っている処理はありません: "
			     "すでに存在しないか、処理済みです"
			   : "nothing is left to do about malicious findings: "
			     "they are not there any more, or a fix has dealt "
			     "with them");
	else
		str_add(out, ja ? "残っている処理はありません: 検出されたもの"
				  "はすでに存在しないか、処理済みです"
				: "nothing is left to do: what was found is "
				  "not there any more, or a fix has dealt with "
				  "it");
	add_suspicious(p, ja, out);
	add_incomplete(p, lang, out);
	return str_add(out, ja ? "。もう一度スキャンして確認してください"
			       : "; scan again to see whether the PC is clean");
}

static void add_done(const struct plan_view *v, struct str *out)
{
	str_add(out, lang_is_ja(v->lang) ? "処理計画: " : "PLAN for ");
	utf_display(out, *v->plan->computer ? v->plan->computer
					    : v->plan->target_id);
	str_addf(out,
		 lang_is_ja(v->lang) ? "（スキャン %" PRId64 "、%s）\n"
				     : ", scan %" PRId64 " of %s: ",
		 v->plan->scan_id, v->plan->started_at);
	plan_rest_words(v->plan, true, v->lang, out);
	str_add(out, lang_is_ja(v->lang) ? "。\n" : ".\n");
}

static void add_head(const struct plan_view *v, struct str *out)
{
	const struct plan *p = v->plan;
	unsigned count = (unsigned)plan_picked_count(p);
	unsigned findings = (unsigned)p->finding_count;
	unsigned files = (unsigned)p->file_count;

	str_add(out, lang_is_ja(v->lang) ? "処理計画: " : "PLAN for ");
	utf_display(out, *p->computer ? p->computer : p->target_id);
	if (lang_is_ja(v->lang))
		str_addf(out,
			 "（スキャン %" PRId64 "、%s）\n"
			 "手順 %u 件、検出 %u 件、ファイル %u 個。%s\n",
			 p->scan_id, p->started_at, count, findings, files,
			 p->worked_count
				 ? "このスキャンのほかの検出は処理済みです。"
				 : "まだ何も変更していません。");
	else
		str_addf(out,
			 ", scan %" PRId64 " of %s\n"
			 "%u step%s for %u finding%s, %u file%s. %s\n",
			 p->scan_id, p->started_at, count,
			 count == 1 ? "" : "s", findings,
			 findings == 1 ? "" : "s", files, files == 1 ? "" : "s",
			 p->worked_count
				 ? "A fix has worked on other findings of this "
				   "scan."
				 : "Nothing has been changed yet.");
	if (p->is_incomplete)
		str_addf(out,
			 lang_is_ja(v->lang) ? "注意: %s。\n" : "Note: %s.\n",
			 plan_incomplete_words(v->lang));
	if (v->vault) {
		str_add(out, lang_is_ja(v->lang) ? "保管庫: " : "Vault: ");
		utf_display(out, v->vault);
		str_add(out, "\n");
	}
}

/* The sentence may hold texts of the target. */
static void add_answer(const struct plan_view *v, const struct guard_answer *a,
		       struct str *out)
{
	struct str text = STR_INIT;

	guard_sentence(a, v->lang, &text);
	utf_display(out, str_text(&text));
	str_release(&text);
}

static void add_step(const struct plan_view *v, size_t index, struct str *out)
{
	const struct step *s = plan_step(v->plan, index);
	const struct guard_answer *a = &v->answers[index];

	str_addf(out, "\n%3u. ", (unsigned)s->seq);
	words_action(s, v->lang, out);
	str_addf(out,
		 lang_is_ja(v->lang) ? "（検出 %" PRId64 ": "
				     : "  (finding %" PRId64 ": ",
		 s->finding_id);
	utf_display(out, s->subject);
	str_add(out, lang_is_ja(v->lang) ? "、" : ", ");
	str_add(out, words_verdict(s->verdict, v->lang));
	str_add(out, lang_is_ja(v->lang) ? "）\n     " : ")\n     ");
	words_target(s, out);
	str_add(out, "\n");
	if (s->picked && a->reason != GUARD_OK) {
		str_add(out, lang_is_ja(v->lang) ? "     実行しません: "
						 : "     NOT DONE: ");
		add_answer(v, a, out);
		str_add(out, "\n");
	}
	if (s->error) {
		str_add(out,
			lang_is_ja(v->lang) ? "     注意: " : "     note: ");
		utf_display(out, s->error);
		str_add(out, "\n");
	}
	if (s->hold == HOLD_BY_HAND && !s->overtaken) {
		str_add(out, lang_is_ja(v->lang) ? "     すること: "
						 : "     to do: ");
		words_by_hand(s, v->lang, out);
		str_add(out, "\n");
	} else if (!s->picked && (s->overtaken || s->hold != HOLD_NOT)) {
		str_add(out, lang_is_ja(v->lang) ? "     対象外: "
						 : "     left out: ");
		words_left_out(s, v->lang, out);
		str_add(out, "\n");
	}
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
			str_addf(out, "\n%s:\n", heading);
		add_step(v, i, out);
	}
	return count;
}

/* What a person has to do or to decide is told without being asked. */
static unsigned add_persons(const struct plan_view *v, struct str *out)
{
	const bool ja = lang_is_ja(v->lang);

	return add_those(v, is_by_hand,
			 ja ? "手作業が必要です" : "To be done by hand", out) +
	       add_those(v, step_waits_for_word,
			 ja ? "確認なしには処理しません"
			    : "Left as it is, unless a person says so",
			 out);
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
		str_add(out, lang_is_ja(v->lang) ? "\n実行できません: "
						 : "\nCANNOT BE CARRIED OUT: ");
		add_answer(v, &v->whole, out);
		str_add(out, "\n");
	}
	add_steps(v, true, out);
	if (!v->all)
		rest -= add_persons(v, out);
	if (!rest)
		return out->err;
	if (v->all) {
		str_add(out, lang_is_ja(v->lang) ? "\n対象外の手順:\n"
						 : "\nLeft out:\n");
		add_steps(v, false, out);
	} else {
		str_addf(out,
			 lang_is_ja(v->lang)
				 ? "\nほかに対象外の手順が %u 件あります"
				   "（plan --all で表示）"
				 : "\n%u more step%s left out; plan --all "
				   "shows %s",
			 rest, rest == 1 ? " is" : "s are",
			 rest == 1 ? "it" : "them");
		add_suspicious(v->plan, lang_is_ja(v->lang), out);
		str_add(out, lang_is_ja(v->lang) ? "。\n" : ".\n");
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
	struct str action = STR_INIT, refusal = STR_INIT, hold = STR_INIT;
	const bool asked = a->reason != GUARD_OK;
	const bool is_held = s->overtaken || s->hold != HOLD_NOT;

	words_action(s, v->lang, &action);
	if (asked)
		guard_sentence(a, v->lang, &refusal);
	if (is_held)
		words_left_out(s, v->lang, &hold);
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
				asked	   ? str_detach(&refusal)
				: is_held  ? str_detach(&hold)
				: s->error ? shown(s->error)
					   : NULL,
				false };
	str_release(&action);
	str_release(&refusal);
	str_release(&hold);
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
		return err_fail(ERR_UNSUPPORTED, 0,
				"a plan has the formats text, json, ndjson and "
				"csv");
	default:
		return show_rows(v, format, out);
	}
}
