/*
 * What a scan found goes into its store.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"
#include "session/exit_code.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "words/scan.h"

/* Somebody may have taken what memory was too short for as not there. */
static void tell_short_memory(const struct scan *s)
{
	if (mem_failed() != s->mem_failed &&
	    !gap_list_has(s->gaps, GAP_NO_MEMORY))
		gap_report(gap_list_sink(s->gaps), GAP_NO_MEMORY, GAP_MATTERS,
			   "", 0, "%s", W_SCAN_MEMORY_SHORT);
}

static void decide(const struct scan *s, struct scan_end *e)
{
	bool found = false;

	for (size_t i = 0; i < judge_finding_count(s->judge); i++)
		found |= judge_finding(s->judge, i)->verdict > VERDICT_NOTE;
	e->exit_code = found ? EXIT_FOUND : EXIT_CLEAN;
	if (gap_list_matter_count(s->gaps))
		e->exit_code |= EXIT_INCOMPLETE;
	if (s->options->registrations_only)
		return;
	e->verdict = found			      ? "found"
		     : e->exit_code & EXIT_INCOMPLETE ? "incomplete"
						      : "clean";
}

/* The patterns that left something out; one that fits nothing is no gap. */
static int record_excludes(const struct scan *s, struct store *store,
			   int64_t scan_id)
{
	const struct scan_options *o = s->options;
	int err = 0;

	for (size_t i = 0; i < o->exclude_count && !err; i++) {
		struct gap gap = { .kind = GAP_EXCLUDED,
				   .path = o->excludes[i],
				   .reason = STORE_EXCLUDE_REASON };

		if (o->exclude_fits && o->exclude_fits[i])
			err = store_add_gap(store, scan_id, &gap, false, 1);
	}
	return err;
}

int scan_record(struct scan *s, struct store *store, int64_t scan_id,
		int *exit_code_ret)
{
	struct scan_end e = { 0 };
	int err = store_add_findings(store, scan_id, s->judge,
				     s->registrations.items,
				     s->registrations.count);

	tell_short_memory(s);
	/* First: beyond a number of rows a store keeps no more paths. */
	if (!err)
		err = gap_list_drop_kept(s->gaps, store, scan_id);
	if (!err)
		err = record_excludes(s, store, scan_id);
	if (!err)
		err = gap_list_store(s->gaps, store, scan_id);
	if (err)
		return err;
	decide(s, &e);
	e.finished_at = host_now();
	e.files_seen = s->progress.files_seen;
	e.files_scanned = s->progress.files_scanned;
	e.bytes_scanned = s->progress.bytes_scanned;
	e.registrations_seen = s->registrations.count;
	err = store_scan_end(store, scan_id, &e);
	if (!err)
		*exit_code_ret = e.exit_code;
	return err;
}

int scan_record_in_memory(struct scan *s, const struct scan_begin *begin,
			  struct scan_result *ret)
{
	struct store *memory = NULL;
	int64_t scan_id = 0;
	int exit_code = 0;
	int err;

	str_copy(ret->why, err_last()->text, sizeof(ret->why));
	err = store_open(":memory:", &memory);
	if (!err)
		err = store_scan_begin(memory, begin, &scan_id);
	if (!err)
		err = scan_record(s, memory, scan_id, &exit_code);
	if (err) {
		store_close(memory);
		return err;
	}
	ret->store = memory;
	ret->scan_id = scan_id;
	ret->exit_code = EXIT_STOPPED;
	ret->found_code = exit_code;
	ret->is_unrecorded = true;
	return 0;
}
