/*
 * What the store's values are called where people read them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/report_internal.h"
#include "collect/point_words.h"
#include "host/local_time.h"
#include "words/report.h"
#include "words/words.h"

#include <string.h>

static const struct {
	enum report_value of;
	const char *value;
	const char *words;
} values[] = {
	{ VALUE_VIEW, "64", W_REPORT_VIEW_64 },
	{ VALUE_VIEW, "32", W_REPORT_VIEW_32 },
	{ VALUE_VIEW, "shared", W_REPORT_VIEW_SHARED },
	{ VALUE_VERDICT, "malicious", W_REPORT_MALICIOUS },
	{ VALUE_VERDICT, "suspicious", W_REPORT_SUSPICIOUS },
	{ VALUE_VERDICT, "note", W_REPORT_NOTE },
	{ VALUE_TARGET, "live", W_REPORT_LIVE },
	{ VALUE_TARGET, "offline", W_REPORT_OFFLINE },
	{ VALUE_TARGET, "folder", W_REPORT_FOLDER },
	{ VALUE_PROFILE, "quick", W_REPORT_QUICK },
	{ VALUE_PROFILE, "full", W_REPORT_FULL },
	{ VALUE_FIX, "planned", W_REPORT_FIX_PLANNED },
	{ VALUE_FIX, "fixed", W_REPORT_FIX_FIXED },
	{ VALUE_FIX, "partly_fixed", W_REPORT_FIX_PARTLY },
	{ VALUE_FIX, "failed", W_REPORT_FAILED },
	{ VALUE_FIX, "undone", W_REPORT_FIX_UNDONE },
	{ VALUE_FIX, "came_back", W_REPORT_FIX_CAME_BACK },
	{ VALUE_STEP, "planned", W_REPORT_STEP_PLANNED },
	{ VALUE_STEP, "saved", W_REPORT_STEP_SAVED },
	{ VALUE_STEP, "applied", W_REPORT_STEP_APPLIED },
	{ VALUE_STEP, "verified", W_REPORT_STEP_VERIFIED },
	{ VALUE_STEP, "came_back", W_REPORT_STEP_CAME_BACK },
	{ VALUE_STEP, "failed", W_REPORT_FAILED },
	{ VALUE_STEP, "undone", W_REPORT_STEP_UNDONE },
	{ VALUE_ACTION, "end_process", W_REPORT_ACTION_END_PROCESS },
	{ VALUE_ACTION, "remove_key", W_REPORT_ACTION_REMOVE_KEY },
	{ VALUE_ACTION, "remove_value", W_REPORT_ACTION_REMOVE_VALUE },
	{ VALUE_ACTION, "set_value", W_REPORT_ACTION_SET_VALUE },
	{ VALUE_ACTION, "quarantine_file", W_REPORT_ACTION_QUARANTINE },
	{ VALUE_ACTION, "remove_at_restart", W_REPORT_ACTION_AT_RESTART },
	{ VALUE_ACTION, "swap_hive", W_REPORT_ACTION_SWAP_HIVE },
	{ VALUE_TRACE, "java_cache", W_REPORT_TRACE_JAVA_CACHE },
	{ VALUE_TRACE, "java_version", W_REPORT_TRACE_JAVA_VERSION },
	{ VALUE_TRACE, "ie_history", W_REPORT_TRACE_IE_HISTORY },
	{ VALUE_TRACE, "chrome_history", W_REPORT_TRACE_CHROME_HISTORY },
	{ VALUE_TRACE, "firefox_history", W_REPORT_TRACE_FIREFOX_HISTORY },
	{ VALUE_TRACE, "prefetch", W_REPORT_TRACE_PREFETCH },
	{ VALUE_TRACE, "ext_stats", W_REPORT_TRACE_EXT_STATS },
	{ VALUE_TRACE, "ext_version_cache", W_REPORT_TRACE_EXT_VERSION },
};

const char *value_words(const struct report *r, enum report_value of,
			const char *value)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i].of == of && strcmp(values[i].value, value) == 0)
			return words_in(values[i].words, r->lang);
	return value;
}

const char *title_of_point(const struct report *r, const char *point)
{
	const enum point p = point_from_name(point);

	if (p == POINT_COUNT)
		return point;
	return point_title(p, r->lang);
}

const char *gap_words(const struct report *r, const char *kind)
{
	const enum gap_kind k = gap_kind_from_name(kind);

	return k == GAP_COUNT ? kind : words_in(gap_kind_words(k), r->lang);
}

const char *pack_words(const struct report *r, const char *what,
		       const char *value)
{
	struct str key = STR_INIT;
	const char *text = NULL;

	if (r->pack && *value && str_addf(&key, "%s.%s", what, value) == 0)
		text = pack_text(r->pack, str_text(&key), r->lang);
	str_release(&key);
	return text;
}

void add_time(const struct report *r, struct str *out, const char *time)
{
	host_add_time(out, time, row_is(r->scan, "target_kind", "live"),
		      r->o->to_local);
}
