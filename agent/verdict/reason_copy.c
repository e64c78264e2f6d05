/*
 * What is said of a copy: of which kind, of what, and that nothing loads it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verdict/reason.h"
#include "collect/copy_of.h"

static const struct {
	const char *en, *ja;
} kinds[] = {
	[COPY_NONE] = { "", "" },
	[COPY_RECYCLED] = { "It lies in the recycle bin", "ごみ箱にあり" },
	[COPY_RESTORE] = { "It is a copy in a restore point of Windows",
			   "Windows の復元ポイントにあるコピーで" },
	[COPY_OLD_WINDOWS] = { "It is part of an earlier Windows that is kept",
			       "保存されている以前の Windows の一部で" },
	[COPY_BACKUP] = { "It is a copy in some other folder",
			  "別のフォルダーにあるコピーで" },
};

/* Where a registration has a say, another sentence tells what it leads to. */
static const struct artefact *find_copy(const struct subject *s)
{
	const struct artefact *copy = NULL;

	for (size_t i = 0; i < s->artefact_count; i++) {
		if (s->artefacts[i]->registration)
			return NULL;
		if (s->artefacts[i]->copy_of && !copy)
			copy = s->artefacts[i];
	}
	return copy;
}

void reason_add_copy(struct str *out, const struct subject *s, bool ja)
{
	const struct artefact *a = find_copy(s);
	enum copy_kind kind;

	if (!a)
		return;
	kind = copy_kind_of(a->wpath);
	if (kind == COPY_NONE)
		kind = COPY_BACKUP;
	if (ja) {
		str_addf(out, "%s、そこから読み込まれることはありません。",
			 kinds[kind].ja);
		if (*a->copy_of) {
			str_add(out, "元の場所は");
			reason_add_name(out, a->copy_of, true);
			str_add(out, "です。");
		} else {
			str_add(out, "元の場所は不明です。");
		}
		return;
	}
	str_addf(out, " %s, from where nothing loads it; ", kinds[kind].en);
	if (*a->copy_of) {
		str_add(out, "its own place was ");
		reason_add_name(out, a->copy_of, false);
		str_add(out, ".");
	} else {
		str_add(out, "its own place is not known.");
	}
}
