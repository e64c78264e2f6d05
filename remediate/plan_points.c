/*
 * What may be done about an entry, by its extension point.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_points.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/point.h"
#include "words/plan.h"
#include "words/words.h"

#include <string.h>

/* What the value that holds the entry is called. */
#define VALUE_OF_NAME "*" /* as the registration */

struct point_rule {
	enum plan_point_way way;
	bool needs_file;
	bool is_file;	   /* the entry is a file, no key */
	const char *value; /* VALUE_OF_NAME, a name, NULL: the key as a whole */
	/* In place of %s stands what the entry holds. */
	const char *text;
};

/* Every other point has a key of its own. */
static const struct point_rule rules[POINT_COUNT] = {
	[POINT_TOOLBAR] = { .way = POINT_WAY_VALUE },
	[POINT_URL_SEARCH_HOOK] = { .way = POINT_WAY_VALUE },
	[POINT_RUN] = { .way = POINT_WAY_VALUE },
	[POINT_RUN_ONCE] = { .way = POINT_WAY_VALUE },
	[POINT_SHELL_DELAY_LOAD] = { .way = POINT_WAY_VALUE },
	[POINT_SHARED_TASK_SCHEDULER] = { .way = POINT_WAY_VALUE },
	[POINT_SHELL_EXECUTE_HOOK] = { .way = POINT_WAY_VALUE },
	[POINT_WINLOGON] = { POINT_WAY_BY_HAND, true, false, VALUE_OF_NAME,
			     W_PLAN_HAND_WINLOGON },
	[POINT_APPINIT_DLLS] = { POINT_WAY_BY_HAND, false, false,
				 "AppInit_DLLs", W_PLAN_HAND_APPINIT_DLLS },
	[POINT_SERVICE] = { POINT_WAY_BY_HAND, true, false, NULL,
			    W_PLAN_HAND_SERVICE },
	[POINT_SERVICE_DLL] = { POINT_WAY_BY_HAND, false, false, NULL,
				W_PLAN_HAND_SERVICE_DLL },
	[POINT_ACTIVE_SETUP] = { POINT_WAY_BY_HAND, false, false, "StubPath",
				 W_PLAN_HAND_ACTIVE_SETUP },
	[POINT_IMAGE_FILE_EXECUTION] = { POINT_WAY_BY_HAND, true, false,
					 "Debugger",
					 W_PLAN_HAND_IMAGE_FILE_EXECUTION },
	[POINT_SCHEDULED_TASK] = { POINT_WAY_BY_HAND, false, true, NULL,
				   W_PLAN_HAND_SCHEDULED_TASK },
};

static const struct point_rule *rule_of(const char *point)
{
	static const struct point_rule key = { .way = POINT_WAY_KEY };
	const enum point p = point ? point_from_name(point) : POINT_COUNT;

	return p == POINT_COUNT ? &key : &rules[p];
}

enum plan_point_way plan_point_way(const char *point)
{
	return rule_of(point)->way;
}

enum step_action plan_point_action(const char *point)
{
	const struct point_rule *rule = rule_of(point);

	if (rule->is_file)
		return ACT_QUARANTINE_FILE;
	return rule->way == POINT_WAY_VALUE || rule->value ? ACT_REMOVE_VALUE
							   : ACT_REMOVE_KEY;
}

bool plan_point_needs_file(const char *point, const char *loader)
{
	if (point_from_name(point) == POINT_SERVICE)
		return loader && strcmp(loader, "kernel") == 0;
	return rule_of(point)->needs_file;
}

int plan_point_hold(struct step *s, const char *name)
{
	const struct point_rule *rule = rule_of(s->kind);
	const char *value = rule->value && !strcmp(rule->value, VALUE_OF_NAME)
				    ? name
				    : rule->value;

	s->hold = HOLD_BY_HAND;
	mem_free(s->value_name);
	mem_free(s->held_for);
	s->value_name = mem_strdup(value);
	/* A class in place of a command. */
	s->held_for = mem_strdup(s->server_raw ? s->server_raw
				 : s->clsid    ? s->clsid
					       : "");
	return (value && !s->value_name) || !s->held_for ? err_nomem() : 0;
}

static bool is_quoted(const char *text)
{
	return text && text[0] == '"' && strchr(text + 1, '"') &&
	       strchr(text + 1, '"')[1] == '\0';
}

int words_by_hand(const struct step *s, const char *lang, struct str *out)
{
	const char *text = rule_of(s->kind)->text;
	struct str shown = STR_INIT;
	const char *what;

	if (s->hold != HOLD_BY_HAND)
		return out->err;
	if (!text)
		return str_add(out, words_in(W_PLAN_BY_HAND, lang));
	utf_display(&shown, s->held_for ? s->held_for : "?");
	what = str_text(&shown);
	/* What is in quotes already gets no others around them. */
	if (is_quoted(what)) {
		shown.buf[shown.len - 1] = '\0';
		what++;
	}
	words_fill(out, lang, text, what);
	str_release(&shown);
	return out->err;
}
