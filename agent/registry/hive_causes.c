/*
 * What is wrong with a hive file as a whole, in words: one sentence a cause.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/registry.h"

#include "base/str.h"

static const struct {
	unsigned damage;
	const char *words;
} damages[] = {
	{ REG_HIVE_BAD_HEADER, "the header of the hive is damaged" },
	{ REG_HIVE_BAD_ROOT, "the header does not lead to the root key" },
	{ REG_HIVE_SHORT, "the hive file is shorter than its header says" },
	{ REG_HIVE_UNREAD, "parts of the file cannot be read" },
};

void reg_hive_causes(const struct reg_hive_report *report, reg_cause_fn fn,
		     void *arg)
{
	bool has_bad_base = report->damage & REG_HIVE_BAD_BASE;
	struct str why = STR_INIT;

	/* Its numbers tell nothing then: that no log helps is no more news. */
	if (has_bad_base)
		str_add(&why, "the base block of the hive is damaged");
	else if (report->logs_missing)
		str_add(&why, "the hive was not closed properly");
	if (report->logs_missing && report->logs_why)
		str_addf(&why, " and its transaction log cannot be used: %s",
			 report->logs_why);
	else if (report->logs_missing)
		str_add(&why, " and there is no transaction log with it");
	else if (report->logs_why)
		str_addf(&why,
			 "not all that its transaction logs hold could be "
			 "used: %s",
			 report->logs_why);
	if (why.len || why.err)
		fn(arg, !has_bad_base,
		   why.err ? "the hive is not whole" : str_text(&why));
	str_release(&why);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
		if (report->damage & damages[i].damage)
			fn(arg, false, damages[i].words);
}
