/*
 * The closed list of gaps and which of them matter (CONTRACT.md section 2).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/gap.h"
#include "base/err.h"
#include "words/base.h"
#include <stdarg.h>
#include <string.h>

/*
 * matters: the answer for GAP_BY_KIND.  GAP_LOCKED, GAP_TOO_LARGE and
 * GAP_CLOUD depend on the subject; the collector knows it and says
 * GAP_HARMLESS where it does not matter, so here they matter: what cannot
 * be decided is never turned into "clean".
 */
static const struct {
	const char *name;
	const char *words;
	bool matters;
} table[GAP_COUNT] = {
	[GAP_ACCESS_DENIED] = { "access_denied", W_BASE_ERR_DENIED, true },
	[GAP_LOCKED] = { "locked", W_GAP_LOCKED, true },
	[GAP_READ_ERROR] = { "read_error", W_GAP_READ_ERROR, true },
	[GAP_CHANGED] = { "changed", W_GAP_CHANGED, true },
	[GAP_TOO_LARGE] = { "too_large", W_GAP_TOO_LARGE, true },
	[GAP_NOT_REGULAR] = { "not_regular", W_GAP_NOT_REGULAR, false },
	[GAP_LINK] = { "link", W_GAP_LINK, false },
	[GAP_CLOUD] = { "cloud", W_GAP_CLOUD, true },
	[GAP_PAGE_FILE] = { "page_file", W_GAP_PAGE_FILE, false },
	[GAP_HIVE_VIA_API] = { "hive_via_api", W_GAP_HIVE_VIA_API, false },
	[GAP_RESTORE_POINT] = { "restore_point", W_GAP_RESTORE_POINT, false },
	[GAP_TRUST_UNCHECKED] = { "trust_unchecked", W_GAP_TRUST_UNCHECKED,
				  false },
	[GAP_HIVE_UNREADABLE] = { "hive_unreadable", W_GAP_HIVE_UNREADABLE,
				  true },
	[GAP_HIVE_DAMAGED] = { "hive_damaged", W_GAP_HIVE_DAMAGED, true },
	[GAP_HIVE_LOGS_MISSING] = { "hive_logs_missing",
				    W_GAP_HIVE_LOGS_MISSING, true },
	[GAP_REGISTRY_LINK] = { "registry_link", W_GAP_REGISTRY_LINK, true },
	[GAP_NAME_UNRESOLVED] = { "name_unresolved", W_GAP_NAME_UNRESOLVED,
				  true },
	[GAP_DRIVE_NOT_MAPPED] = { "drive_not_mapped", W_GAP_DRIVE_NOT_MAPPED,
				   true },
	[GAP_ARCHIVE] = { "archive", W_GAP_ARCHIVE, true },
	[GAP_DEPTH] = { "depth", W_GAP_DEPTH, true },
	[GAP_EXCLUDED] = { "excluded", W_GAP_EXCLUDED, false },
	[GAP_RULE_ERROR] = { "rule_error", W_GAP_RULE_ERROR, true },
	[GAP_INTERRUPTED] = { "interrupted", W_GAP_INTERRUPTED, true },
	[GAP_VOLUME] = { "volume", W_GAP_VOLUME, true },
	[GAP_NO_MEMORY] = { "no_memory", W_GAP_NO_MEMORY, true },
	[GAP_OTHER_WINDOWS] = { "other_windows", W_GAP_OTHER_WINDOWS, true },
	[GAP_NOT_OPENED] = { "not_opened", W_GAP_NOT_OPENED, false },
	[GAP_ANTIVIRUS] = { "antivirus", W_GAP_ANTIVIRUS, true },
};

const char *gap_kind_name(enum gap_kind kind)
{
	return table[kind].name;
}

enum gap_kind gap_kind_from_name(const char *name)
{
	int i = 0;

	while (i < GAP_COUNT && strcmp(table[i].name, name) != 0)
		i++;
	return (enum gap_kind)i;
}

const char *gap_kind_words(enum gap_kind kind)
{
	return table[kind].words;
}

const char *gap_way_out(enum gap_kind kind)
{
	return kind == GAP_ANTIVIRUS ? W_GAP_ANTIVIRUS_WAY_OUT : NULL;
}

bool gap_matters(enum gap_kind kind, enum gap_weight weight)
{
	if (weight == GAP_BY_KIND)
		return table[kind].matters;
	return weight == GAP_MATTERS;
}

enum gap_kind gap_from_err(int err)
{
	switch (err) {
	case ERR_DENIED:
		return GAP_ACCESS_DENIED;
	case ERR_LOCKED:
		return GAP_LOCKED;
	case ERR_NOT_FOUND:
	case ERR_CHANGED:
	case ERR_VANISHING:
		return GAP_CHANGED;
	case ERR_TOO_LARGE:
		return GAP_TOO_LARGE;
	case ERR_OFFLINE:
		return GAP_CLOUD;
	case ERR_ANTIVIRUS:
		return GAP_ANTIVIRUS;
	case ERR_NAME:
		return GAP_NAME_UNRESOLVED;
	case ERR_NOMEM:
		return GAP_NO_MEMORY;
	case ERR_CANCELLED:
		return GAP_INTERRUPTED;
	default:
		return GAP_READ_ERROR;
	}
}

void gap_report(struct gap_sink *sink, enum gap_kind kind,
		enum gap_weight weight, const char *path, long os_error,
		const char *fmt, ...)
{
	char reason[1024];
	struct gap gap = { kind, path, reason, os_error, weight, 1 };
	const char *way_out = gap_way_out(kind);
	size_t room = sizeof(reason);
	va_list ap;
	size_t n;

	if (!sink)
		return;
	/* A long path in the reason leaves the way out whole. */
	if (way_out)
		room -= strlen(way_out) + 2;
	va_start(ap, fmt);
	vsnprintf(reason, room, fmt, ap);
	va_end(ap);
	reason[room - 1] = '\0';
	n = strlen(reason);
	if (way_out)
		snprintf(reason + n, sizeof(reason) - n, "; %s", way_out);
	sink->add(sink, &gap);
}

void gap_unread(struct gap_sink *sink, int err, const char *path,
		const char *what)
{
	gap_report(sink, gap_from_err(err), GAP_MATTERS, path,
		   err_last()->os_error, W_BASE_JOINED, what, err_words(err));
}
