/*
 * A scan as a call of the session, and what is done with its store.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan.h"
#include "session/session_internal.h"
#include "session/stick.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/scan.h"
#include "words/stick.h"

static int not_started(const struct session *s, const char *what)
{
	const int err = err_last()->err;

	session_note_last(s, what);
	return err;
}

static void fill(const struct scan_result *from,
		 struct session_scan_result *ret)
{
	ret->scan_id = from->scan_id;
	session_facts_from_code(from->exit_code, &ret->facts);
	ret->is_unrecorded = from->is_unrecorded;
	if (!from->is_unrecorded)
		return;
	ret->facts = (struct session_facts){ .end = SESSION_STOPPED };
	session_facts_from_code(from->found_code, &ret->found);
	str_copy(ret->why, from->why, sizeof(ret->why));
}

int session_scan(struct session *s, const struct session_scan_options *o,
		 struct session_scan_result *ret)
{
	struct scan_options so = {
		.target = s->o.target,
		.told = s,
		.allow_older_pack = s->o.allow_older_pack,
		.quick = o->is_quick,
		.registrations_only = o->registrations_only,
		.threads = o->threads,
		.cancel = s->o.cancel,
		.excludes = o->excludes,
		.exclude_count = o->exclude_count,
		.exclude_fits = o->exclude_fits,
		.tick = s->o.events.progress,
		.tick_arg = s->o.events.arg,
	};
	struct scan_result result = { 0 };
	bool started = false;
	int err;

	*ret = (struct session_scan_result){ .facts = { SESSION_NOT_STARTED,
							false, false, false } };
	session_let_go(s);
	so.store_path = session_store_path(s);
	if (!so.store_path)
		return not_started(s, "");
	if (session_open_pack(s, &so.pack))
		return not_started(s, W_SCAN_NO_PACK);
	err = scan_run(&so, &result, &started);
	s->scanned_with = so.pack;
	if (err) {
		session_note_last(s, started ? W_SCAN_STOPPED : "");
		if (started)
			ret->facts.end = SESSION_STOPPED;
		return err;
	}
	fill(&result, ret);
	s->scanned = result.store;
	s->scan_id = result.scan_id;
	return 0;
}

int session_give_to_stick(struct session *s, const char *lang)
{
	char *dir = s->scanned ? stick_folder() : NULL;
	struct str told = STR_INIT;
	int err = 0;

	if (dir)
		err = stick_write(dir, s->scanned, s->scan_id, lang, &told);
	if (err)
		session_note_last(s, W_STICK_NOTHING);
	else if (dir)
		session_note(s, NOTE_WARNING, "%s", str_text(&told));
	str_release(&told);
	mem_free(dir);
	return err;
}
