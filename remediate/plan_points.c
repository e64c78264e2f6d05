/*
 * What may be done about an entry, by its extension point.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/plan_points.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "collect/point.h"

#include <string.h>

/* What the value that holds the entry is called. */
#define VALUE_OF_NAME "*" /* as the registration */

struct point_rule {
	enum plan_point_way way;
	bool needs_file;
	bool is_file;	   /* the entry is a file, no key */
	const char *value; /* VALUE_OF_NAME, a name, NULL: the key as a whole */
	/* In place of %s stands what the entry holds. */
	const char *en, *ja;
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
			     "take \"%s\" out of this value and leave the rest "
			     "of it: nobody can log on without it. Windows' "
			     "own Shell is explorer.exe, its Userinit the full "
			     "path of userinit.exe in System32 and a comma",
			     "この値から「%s」だけを取り除き、残りはそのままに"
			     "してください。残りがないとログオンできません。"
			     "Windows の既定では、Shell は explorer.exe、"
			     "Userinit は System32 の userinit.exe のフルパスと"
			     "コンマです" },
	[POINT_APPINIT_DLLS] = { POINT_WAY_BY_HAND, false, false,
				 "AppInit_DLLs",
				 "take \"%s\" out of the list in this value; "
				 "others in it may belong to healthy products",
				 "この値の一覧から「%"
				 "s」だけを取り除いてください。"
				 "ほかの DLL "
				 "は正常な製品のものかもしれません" },
	[POINT_SERVICE] = { POINT_WAY_BY_HAND, true, false, NULL,
			    "look whose service it is (it starts \"%s\"): one "
			    "of Windows' own gets its own ImagePath back; any "
			    "other is stopped and removed with \"sc delete\" "
			    "and the name of this key",
			    "どの製品のサービスかを確認してください (起動する"
			    "もの: 「%s」)。Windows 自身のサービスなら "
			    "ImagePath を元の値に戻し、それ以外なら停止して "
			    "sc delete とこのキーの名前で削除してください" },
	[POINT_SERVICE_DLL] = { POINT_WAY_BY_HAND, false, false, NULL,
				"look whose service it is (it loads \"%s\"): "
				"one of Windows' own gets its own ServiceDll "
				"back; any other is stopped and removed with "
				"\"sc delete\" and the name of this key",
				"どの製品のサービスかを確認してください "
				"(読み込むもの: 「%s」)。Windows 自身の"
				"サービスなら ServiceDll を元の値に戻し、"
				"それ以外なら停止して sc delete とこのキーの"
				"名前で削除してください" },
	[POINT_ACTIVE_SETUP] = { POINT_WAY_BY_HAND, false, false, "StubPath",
				 "it runs \"%s\" once for every user: where "
				 "the component is Windows' own put its own "
				 "StubPath back, else remove this value",
				 "各ユーザーに対して一度「%s」を実行します。"
				 "Windows 自身のコンポーネントなら StubPath を"
				 "元の値に戻し、それ以外ならこの値を削除して"
				 "ください" },
	[POINT_IMAGE_FILE_EXECUTION] = { POINT_WAY_BY_HAND, true, false,
					 "Debugger",
					 "remove this value, so that the "
					 "program of that name starts itself "
					 "again and not \"%s\"",
					 "この値を削除してください。「%s」では"
					 "なく、その名前のプログラム自身が"
					 "起動するようになります" },
	[POINT_SCHEDULED_TASK] = { POINT_WAY_BY_HAND, false, true, NULL,
				   "remove the task in Scheduled Tasks (Task "
				   "Scheduler), or with \"schtasks /delete\"; "
				   "it starts \"%s\"",
				   "タスク スケジューラまたは schtasks /delete "
				   "でこのタスクを削除してください。起動する"
				   "もの: 「%s」" },
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
	const struct point_rule *rule = rule_of(s->kind);
	const char *text = lang_is_ja(lang) ? rule->ja : rule->en;
	const char *blank = text ? strstr(text, "%s") : NULL;

	if (s->hold != HOLD_BY_HAND)
		return out->err;
	if (!blank)
		return str_add(out, lang_is_ja(lang)
					    ? "手作業で行う必要があります"
					    : "it has to be done by hand");
	/* What is in quotes already gets no others around them. */
	if (is_quoted(s->held_for) && blank[-1] == '"' && blank[2] == '"') {
		str_addn(out, text, (size_t)(blank - 1 - text));
		utf_display(out, s->held_for);
		return str_add(out, blank + 3);
	}
	str_addn(out, text, (size_t)(blank - text));
	utf_display(out, s->held_for ? s->held_for : "?");
	return str_add(out, blank + 2);
}
