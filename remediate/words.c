/*
 * Steps in words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/words.h"
#include "remediate/plan_points.h"

#include "base/str.h"
#include "base/utf.h"
#include "collect/point_words.h"
#include "words/fix.h"
#include "words/plan.h"
#include "words/undo.h"
#include "words/vault.h"
#include "words/verdict.h"
#include "words/words.h"

#include <string.h>

int words_fill(struct str *out, const char *lang, const char *text,
	       const char *detail)
{
	const bool is_name = strstr(text, "\"%s\"") != NULL;
	const char *blank;

	text = words_in(text, lang);
	blank = strstr(text, "%s");
	if (!blank)
		return str_add(out, text);
	str_addn(out, text, (size_t)(blank - text));
	detail = detail && *detail ? detail : "?";
	if (is_name)
		str_add(out, detail);
	else
		words_translate(out, lang, detail);
	return str_add(out, blank + 2);
}

/* The same of a text that nobody vouches for. */
static int fill_shown(struct str *out, const char *lang, const char *text,
		      const char *detail)
{
	struct str shown = STR_INIT;
	int err = utf_display(&shown, detail ? detail : "");

	if (!err)
		err = words_fill(out, lang, text, str_text(&shown));
	str_release(&shown);
	return err;
}

struct kind_row {
	const char *kind;
	const char *text;
};

/*
 * What a key or value is that is no entry of an extension point, so that the
 * sentence makes sense aloud.
 */
static const struct kind_row kinds[] = {
	{ "clsid", W_PLAN_KIND_CLSID },
	{ "progid", W_PLAN_KIND_PROGID },
	{ "typelib", W_PLAN_KIND_TYPELIB },
	{ "interface", W_PLAN_KIND_INTERFACE },
	{ "appid", W_PLAN_KIND_APPID },
	{ "treat_as", W_PLAN_KIND_TREAT_AS },
	{ "ext_stats", W_PLAN_KIND_EXT_STATS },
	{ "ext_settings", W_PLAN_KIND_EXT_SETTINGS },
	{ "approved", W_PLAN_KIND_APPROVED },
};

/* What an entry of that kind is called. */
static const char *entry_words(const char *kind, const char *lang)
{
	const enum point p = point_from_name(kind);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return words_in(kinds[i].text, lang);
	if (p != POINT_COUNT)
		return point_entry(p, lang);
	return words_in(W_PLAN_KIND_OTHER, lang);
}

/* What undo puts back. */
static const char *subject_words(const struct step *s, const char *lang)
{
	if (s->action != ACT_QUARANTINE_FILE)
		return entry_words(s->kind, lang);
	return words_in(strcmp(s->kind, "archive") == 0 ? W_PLAN_KIND_ARCHIVE
							: W_VAULT_KIND_FILE,
			lang);
}

int words_action(const struct step *s, const char *lang, struct str *out)
{
	if (s->hold == HOLD_BY_HAND)
		return words_add(out, lang, W_PLAN_BY_HAND_WHAT,
				 entry_words(s->kind, lang));
	if (s->action == ACT_QUARANTINE_FILE)
		return str_add(out, words_in(strcmp(s->kind, "archive") == 0
						     ? W_PLAN_ARCHIVE_TO_VAULT
						     : W_PLAN_FILE_TO_VAULT,
					     lang));
	if (s->action == ACT_SET_VALUE)
		return words_add(out, lang, W_PLAN_PUT_CLASS_BACK,
				 entry_words(s->kind, lang), s->new_text);
	return words_add(out, lang, W_PLAN_SAVE_REMOVE,
			 entry_words(s->kind, lang));
}

int words_back(const struct step *s, const char *lang, struct str *out)
{
	return words_add(out, lang, W_UNDO_PUT_BACK, subject_words(s, lang));
}

int words_target(const struct step *s, struct str *out)
{
	utf_display(out, s->target);
	if (s->value_name) {
		str_add(out, " -> ");
		utf_display(out, *s->value_name ? s->value_name : "(Default)");
	}
	return out->err;
}

static const struct kind_row holds[HOLD_COUNT] = {
	[HOLD_NOT] = { "not", "" },
	[HOLD_VERDICT] = { "verdict", W_PLAN_HOLD_VERDICT },
	[HOLD_TRACE] = { "trace", W_PLAN_HOLD_TRACE },
	[HOLD_KNOWN] = { "known", W_PLAN_HOLD_KNOWN },
	[HOLD_SHARED] = { "shared", W_PLAN_HOLD_SHARED },
	[HOLD_BLOCKS] = { "blocks", W_PLAN_HOLD_BLOCKS },
	[HOLD_STREAM] = { "stream", W_PLAN_HOLD_STREAM },
	[HOLD_SYSTEM] = { "system_folder", W_PLAN_HOLD_SYSTEM },
	[HOLD_MACHINE] = { "machine", W_PLAN_HOLD_MACHINE },
	[HOLD_ARCHIVE] = { "archive", W_PLAN_HOLD_ARCHIVE },
	[HOLD_LEFT] = { "left_in_place", W_PLAN_HOLD_LEFT },
	[HOLD_WEAK] = { "weak_content", W_PLAN_HOLD_WEAK },
	[HOLD_BY_HAND] = { "by_hand", "" }, /* words_by_hand() */
	[HOLD_NEEDED] = { "needed", W_PLAN_HOLD_NEEDED },
};

const char *hold_word(enum step_hold h)
{
	return holds[h].kind;
}

int words_hold(const struct step *s, const char *lang, struct str *out)
{
	if (s->hold == HOLD_BY_HAND)
		return words_by_hand(s, lang, out);
	return fill_shown(out, lang, holds[s->hold].text, s->held_for);
}

/* A fix worked on its finding: no number takes it before the next scan. */
static bool is_only_overtaken(const struct step *s)
{
	return s->overtaken && s->hold != HOLD_KNOWN &&
	       !step_hold_is_final(s->hold);
}

const char *word_left_out(const struct step *s)
{
	return is_only_overtaken(s) ? "worked_on" : hold_word(s->hold);
}

int words_left_out(const struct step *s, const char *lang, struct str *out)
{
	if (!is_only_overtaken(s))
		return words_hold(s, lang, out);
	return str_add(out, words_in(W_PLAN_WORKED_ON, lang));
}

int words_short_name(const struct host_short *name, struct str *out)
{
	static const char *const why[] = {
		[HOST_SHORT_OFF] = W_UNDO_SHORT_OFF,
		[HOST_SHORT_TAKEN] = W_UNDO_SHORT_TAKEN,
		[HOST_SHORT_LOST] = W_UNDO_SHORT_LOST,
	};
	struct str shown = STR_INIT;

	utf_display(&shown, name->name);
	str_addf(out, W_UNDO_WITHOUT_SHORT, str_text(&shown), why[name->fate]);
	str_release(&shown);
	return out->err;
}

int words_left_there(const char *path, const char *why, struct str *out)
{
	struct str shown = STR_INIT;

	utf_display(&shown, path);
	str_addf(out, W_FIX_LEFT_THERE, str_text(&shown), why);
	str_release(&shown);
	return out->err;
}

int words_still_waits(const char *path, struct str *out)
{
	struct str shown = STR_INIT;

	utf_display(&shown, path);
	str_addf(out, W_UNDO_STILL_WAITS, str_text(&shown));
	str_release(&shown);
	return out->err;
}

int words_loaded(const char *names, const char *to_close, bool may_miss,
		 bool can_ask, struct str *out)
{
	struct str who = STR_INIT;

	if (!*names && !may_miss)
		return 0;
	/* Some could not be asked by a 32-bit program of ours, for example. */
	if (!may_miss)
		str_add(&who, names);
	else if (*names)
		str_addf(&who, W_FIX_LOADED_PERHAPS_TOO, names);
	else
		str_add(&who, W_FIX_LOADED_PERHAPS);
	if (!*to_close)
		str_addf(out, W_FIX_LOADED, str_text(&who));
	else if (can_ask)
		str_addf(out, W_FIX_LOADED_ASK, str_text(&who), to_close);
	else
		str_addf(out, W_FIX_LOADED_CLOSE, str_text(&who), to_close);
	str_release(&who);
	return out->err;
}

static const char *const events[] = {
	[FIX_STEP_DONE] = W_FIX_EVENT_DONE,
	[FIX_STEP_NOTHING] = W_FIX_EVENT_NOTHING,
	[FIX_STEP_REFUSED] = W_FIX_EVENT_REFUSED,
	[FIX_STEP_FAILED] = W_FIX_EVENT_FAILED,
	[FIX_STEP_WAITS] = W_FIX_EVENT_WAITS,
	[FIX_STEP_UNDONE] = W_UNDO_EVENT_UNDONE,
	[FIX_STEP_THERE] = W_UNDO_EVENT_THERE,
	[FIX_NOTE] = W_FIX_NOTE,
	[FIX_CAME_BACK] = W_FIX_EVENT_CAME_BACK,
	[FIX_PROGRAMS_ENDED] = W_FIX_EVENT_PROGRAMS,
};

int words_event(enum fix_event event, bool is_undo, const struct step *s,
		const char *lang, struct str *out)
{
	struct str what = STR_INIT;
	int err;

	if (event == FIX_STEP_UNDONE)
		err = str_add(&what, subject_words(s, lang));
	else if (is_undo)
		err = words_back(s, lang, &what);
	else
		err = words_action(s, lang, &what);
	if (!err)
		err = words_fill(out, lang, events[event], str_text(&what));
	str_release(&what);
	return err;
}

const char *words_verdict(enum verdict v, const char *lang)
{
	return words_in(v == VERDICT_MALICIOUS	  ? W_VERDICT_MALICIOUS
			: v == VERDICT_SUSPICIOUS ? W_VERDICT_SUSPICIOUS
						  : W_VERDICT_NOTE,
			lang);
}
