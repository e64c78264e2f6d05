/*
 * What is wrong with a hive file as a whole, in words: one sentence a cause.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/registry.h"
#include "words/registry.h"

#include "base/str.h"

static const struct {
	unsigned damage;
	const char *words;
} damages[] = {
	{ REG_HIVE_BAD_HEADER, W_REGISTRY_HEADER_DAMAGED },
	{ REG_HIVE_BAD_ROOT, W_REGISTRY_HEADER_NO_ROOT },
	{ REG_HIVE_SHORT, W_REGISTRY_HIVE_CUT },
	{ REG_HIVE_UNREAD, W_REGISTRY_FILE_UNREAD },
};

void reg_hive_causes(const struct reg_hive_report *report, reg_cause_fn fn,
		     void *arg)
{
	bool has_bad_base = report->damage & REG_HIVE_BAD_BASE;
	struct str why = STR_INIT;

	/* Its numbers tell nothing then: that no log helps is no more news. */
	if (report->logs_missing && report->logs_why)
		str_addf(&why,
			 has_bad_base ? W_REGISTRY_BASE_DAMAGED_LOG
				      : W_REGISTRY_NOT_CLOSED_LOG,
			 report->logs_why);
	else if (report->logs_missing)
		str_add(&why, has_bad_base ? W_REGISTRY_BASE_DAMAGED_NO_LOG
					   : W_REGISTRY_NOT_CLOSED_NO_LOG);
	else if (report->logs_why)
		str_addf(&why, W_REGISTRY_LOGS_PARTLY, report->logs_why);
	else if (has_bad_base)
		str_add(&why, W_REGISTRY_BASE_DAMAGED);
	if (why.len || why.err)
		fn(arg, !has_bad_base,
		   why.err ? W_REGISTRY_NOT_WHOLE : str_text(&why));
	str_release(&why);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
		if (report->damage & damages[i].damage)
			fn(arg, false, damages[i].words);
}
