/*
 * The scan: registrations first, then files, then judging and recording.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"
#include "session/exit_code.h"
#include "session/packs.h"
#include "session/settle.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/registration.h"
#include "host/host.h"
#include "remediate/since_scan.h"
#include "words/scan.h"
#include <string.h>

/* Who leaves out all there is has looked at nothing. */
static void check_excludes(struct scan *s)
{
	const struct scan_options *o = s->options;
	bool fits = false;

	for (size_t i = 0; i < o->exclude_count && o->exclude_fits; i++)
		fits |= o->exclude_fits[i];
	if (fits && !s->progress.files_scanned)
		gap_report(gap_list_sink(s->gaps), GAP_EXCLUDED, GAP_MATTERS,
			   "", 0, "%s", W_SCAN_EXCLUDED_ALL);
}

static int collect(struct scan *s)
{
	struct gap_sink *sink = gap_list_sink(s->gaps);
	const struct registrations_options ro = { sink, s->options->quick,
						  s->options->cancel };
	int err = 0;

	if (target_info(s->target)->kind != TARGET_FOLDER)
		err = registrations_walk(s->target, &ro, scan_registration, s);
	/* The long part begins: what would be loaded is on the medium. */
	if (!err && !s->options->quick)
		keep_now(&s->keep);
	if (!err && !s->options->registrations_only)
		err = scan_files(s);
	if (!err || err == ERR_CANCELLED)
		scan_closed_volumes(s);
	if (!err)
		check_excludes(s);
	if (err == ERR_CANCELLED) {
		gap_report(sink, GAP_INTERRUPTED, GAP_BY_KIND, "", 0, "%s",
			   W_SCAN_INTERRUPTED);
		return 0;
	}
	return err;
}

/* Of what has a finding only: fix looks whether they are still the same. */
static int digest_sides(struct scan *s)
{
	int err = 0;

	for (size_t i = 0; !err && i < judge_artefact_count(s->judge); i++) {
		const struct artefact *a = judge_artefact(s->judge, i);

		if (a->registration && a->finding != SIZE_MAX)
			err = registration_digest_sides(s->target,
							a->registration);
	}
	return err;
}

/* ---- the store --------------------------------------------------- */

/* Nothing is there yet: this scan makes the store. */
static bool makes_store(const char *path)
{
	struct host_stat st;

	return strcmp(path, ":memory:") != 0 &&
	       host_stat(path, true, &st) == ERR_NOT_FOUND;
}

/*
 * A store that holds nothing but the beginning of this scan, because there
 * was no room for the rest.  What another program has made meanwhile stays:
 * then the store was locked.
 */
static bool is_half_store(const struct scan_result *ret, bool started, int err)
{
	return ret->is_unrecorded ||
	       (!started && (err == ERR_NO_SPACE || err == ERR_IO));
}

static void remove_half_store(const char *path)
{
	struct err_info why = *err_last();
	struct str journal = STR_INIT;

	str_addf(&journal, "%s-journal", path);
	if (!journal.err)
		host_unlink(str_text(&journal));
	str_release(&journal);
	host_unlink(path);
	err_fail(why.err, why.os_error, "%s", why.text);
}

/* ---- the whole --------------------------------------------------- */

static void scan_release(struct scan *s)
{
	judge_free(s->judge);
	for (size_t i = 0; i < s->registrations.count; i++)
		registration_free(
			*(struct registration **)vec_at(&s->registrations, i));
	vec_release(&s->registrations);
	for (size_t i = 0; i < SCAN_MAX_THREADS; i++)
		scanner_free(s->scanners[i]);
	namemap_free(s->servers);
	namemap_free(s->led_to);
	namemap_free(s->earlier);
	host_mutex_free(s->lock);
	target_free(s->target);
	gap_list_free(s->gaps);
}

static int scan_prepare(struct scan *s)
{
	struct target_options to = s->options->target;
	int err = gap_list_new(&s->gaps);

	if (err)
		return err;
	s->lock = host_mutex_new();
	s->servers = namemap_new();
	s->led_to = namemap_new();
	s->earlier = namemap_new();
	if (!s->lock || !s->servers || !s->led_to || !s->earlier)
		return err_nomem();
	err = judge_new(s->options->pack, &s->judge);
	if (err)
		return err;
	s->needs_owner = pack_uses_owner(s->options->pack);
	to.gaps = gap_list_sink(s->gaps);
	return target_open(&to, &s->target);
}

/*
 * Before anything is looked at: what is changed back from here on makes this
 * scan old.  NULL: the vault cannot be read, then times are compared.  While
 * a fix or undo is at work nothing that it changes is known: no token is that.
 */
static const char *seen_changes(const struct scan *s,
				char text[SINCE_SCAN_TEXT_NBYTES])
{
	struct since_scan c;
	int err;

	if (s->options->registrations_only)
		return NULL;
	err = since_scan_read(s->target, NULL, NULL, &c);
	if (err)
		return err == ERR_LOCKED ? "at work/0" : NULL;
	since_scan_text(&c, text);
	since_scan_release(&c);
	return text;
}

/* The scan has a row of its own from here on, and keeps what it sees. */
static int begin_scan(struct scan *s, struct store *store,
		      const struct scan_begin *begin)
{
	const struct scan_options *o = s->options;
	int err = store_scan_begin(store, begin, &s->scan_id);

	if (err)
		return err;
	s->store = store;
	/* A list has nothing to be judged by another start. */
	s->keep = (struct keep){
		.store = o->registrations_only ? NULL : store,
		.scan_id = s->scan_id,
		.judge = s->judge,
		.gaps = s->gaps,
		.lock = s->lock,
		.progress = &s->progress,
		.tried_ms = host_monotonic_ms(),
	};
	return 0;
}

static int look_and_judge(struct scan *s)
{
	int err = collect(s);

	/* The list is the result; what it means is the scan's business. */
	if (!err && !s->options->registrations_only)
		err = scan_copies(s);
	if (!err && !s->options->registrations_only)
		err = judge_finish(s->judge);
	return err ? err : digest_sides(s);
}

/* ERR_LOCKED: another scan is at it.  What earlier ones left is settled. */
static int open_store(const struct scan_options *o, struct store **ret)
{
	int err = store_open(o->store_path, ret);

	if (!err)
		err = packs_check_age(o->pack, *ret, o->allow_older_pack);
	if (err)
		return err;
	err = settle(*ret, o->pack, true, o->told);
	/* One that cannot be judged bars no other. */
	return err == ERR_LOCKED || err == ERR_NOMEM ? err : 0;
}

int scan_run(const struct scan_options *o, struct scan_result *ret,
	     bool *started_ret)
{
	struct scan s = { .options = o,
			  .mem_failed = mem_failed(),
			  .registrations = VEC_INIT(struct registration *,
						    SCAN_MAX_REGISTRATIONS) };
	struct scan_begin begin = { .profile = o->quick ? "quick" : "full",
				    .pack = pack_info(o->pack),
				    .tool_version = MSTMP_VERSION,
				    .excludes = o->excludes,
				    .exclude_count = o->exclude_count };
	char seen[SINCE_SCAN_TEXT_NBYTES];
	struct store *store = NULL;
	const bool is_new = makes_store(o->store_path);
	int err = scan_prepare(&s);

	*started_ret = false;
	if (!err)
		err = open_store(o, &store);
	if (err)
		goto out;
	begin.target = target_info(s.target);
	begin.started_at = host_now();
	begin.changes_seen = seen_changes(&s, seen);
	err = begin_scan(&s, store, &begin);
	if (err)
		goto out;
	*started_ret = true;
	err = look_and_judge(&s);
	if (err)
		goto out;
	if (scan_record(&s, store, s.scan_id, &ret->exit_code)) {
		err = scan_record_in_memory(&s, &begin, ret);
		goto out;
	}
	ret->store = store;
	ret->scan_id = s.scan_id;
	store = NULL;
out:
	store_close(store);
	if (is_new && is_half_store(ret, *started_ret, err))
		remove_half_store(o->store_path);
	scan_release(&s);
	return err;
}
