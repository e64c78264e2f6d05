/*
 * What one call of a session works with.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/work.h"
#include "session/settle.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "words/plan.h"
#include <string.h>

#define MAX_VOLUME_GAPS 256

/* ---- target ------------------------------------------------------ */

/* Of all gaps only those of volumes say that nothing may be changed. */
static void on_gap(struct gap_sink *sink, const struct gap *gap)
{
	struct work *w =
		(struct work *)((char *)sink - offsetof(struct work, sink));
	struct guard_volume *v;

	if (gap->kind != GAP_VOLUME || !gap_matters(gap->kind, gap->weight))
		return;
	v = vec_push(&w->volumes);
	if (!v)
		return;
	v->wprefix = mem_strdup(gap->path ? gap->path : "");
	v->why = mem_strdup(gap->reason);
	if (!v->wprefix || !v->why) {
		mem_free(v->wprefix);
		mem_free(v->why);
		w->volumes.count--;
	}
}

void work_init(struct work *w, struct session *s)
{
	const struct vec volumes =
		VEC_INIT(struct guard_volume, MAX_VOLUME_GAPS);

	memset(w, 0, sizeof(*w));
	w->session = s;
	w->o = &s->o;
	w->volumes = volumes;
	w->sink.add = on_gap;
}

int work_open_target(struct work *w)
{
	struct target_options to = w->o->target;
	int err;

	to.gaps = &w->sink;
	err = target_open(&to, &w->target);
	if (err)
		session_note_last(w->session, "");
	return err;
}

void work_release(struct work *w)
{
	for (size_t i = 0; i < w->volumes.count; i++) {
		struct guard_volume *v = vec_at(&w->volumes, i);

		mem_free(v->wprefix);
		mem_free(v->why);
	}
	vec_release(&w->volumes);
	pack_free(w->pack);
	store_close(w->store);
	target_free(w->target);
}

int work_open_pack(struct work *w)
{
	int err = session_open_pack(w->session, &w->pack);

	if (err)
		session_note_last(w->session, "");
	return err;
}

/* ---- store ------------------------------------------------------- */

/* undo needs none: the journal lies in the vault. */
static int without_store(const struct work *w, int err, bool must)
{
	session_note_last(w->session, must ? "" : W_PLAN_WITHOUT_STORE);
	return must ? err : 0;
}

/*
 * Opened for reading first: a missing store must not be made.  One of an old
 * program is brought forward by the second opening.
 */
static int open_for(struct work *w, bool write)
{
	int err = store_open_readonly(w->store_path, &w->store);

	if (!err && store_is_copy(w->store))
		return err_fail(ERR_INVALID, 0, W_PLAN_STORE_IS_COPY,
				w->store_path);
	if (!write || (err && err != ERR_UNSUPPORTED))
		return err ? err : store_read_forward(w->store);
	store_close(w->store);
	w->store = NULL;
	return store_open(w->store_path, &w->store);
}

int work_open_store(struct work *w, bool write, bool must)
{
	struct host_stat st;
	int err;

	w->store_path = session_store_path(w->session);
	if (!w->store_path) {
		session_note_last(w->session, "");
		return err_last()->err;
	}
	if (host_stat(w->store_path, true, &st) == ERR_NOT_FOUND && !must)
		return 0;
	/* Whoever names one is told; one that is usual is done without. */
	err = store_check_place(w->store_path, STORE_ACT);
	if (err)
		return without_store(w, err, must || w->o->store_path);
	settle_at_start(w->session, w->store_path);
	err = open_for(w, write);
	/* Of a copy nothing is done, in no case. */
	if (err && w->store) {
		store_close(w->store);
		w->store = NULL;
		must |= err == ERR_INVALID && w->o->store_path;
	}
	return err ? without_store(w, err, must) : 0;
}

/* ---- fixer ------------------------------------------------------- */

char *work_vault_path(const struct work *w)
{
	char *base = NULL, *path = NULL;

	if (w->o->vault_dir)
		return host_absolute_path(w->o->vault_dir);
	if (fixer_vault_path(w->target, &base, &path))
		return NULL;
	mem_free(base);
	return path;
}

void work_on_event(void *arg, enum fix_event event, const struct step *step,
		   const char *text)
{
	const struct work *w = arg;
	const struct session_events *e = &w->o->events;

	if (!step)
		session_note(w->session,
			     event == FIX_NOTE ? NOTE_WARNING : NOTE_INFO, "%s",
			     text);
	else if (e->step)
		e->step(e->arg, event, step, w->is_undo, text ? text : "");
}

void work_fixer_options(struct work *w, struct fixer_options *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->target = w->target;
	ret->pack = w->pack;
	ret->store = w->store;
	ret->store_path = w->store_path;
	ret->vault_dir = w->o->vault_dir;
	ret->volumes = &w->volumes;
	ret->cancel = w->o->cancel;
	ret->event = work_on_event;
	ret->event_arg = w;
}

/* ---- the person -------------------------------------------------- */

void work_ended(const struct work *w, const struct fix_result *counts)
{
	const struct session_events *e = &w->o->events;

	if (e->ended)
		e->ended(e->arg, counts, w->is_undo);
}

int work_ask(const struct work *w, const struct session_question *q,
	     struct session_fix_result *ret, bool *yes_ret)
{
	const struct session_events *e = &w->o->events;
	struct session_question asked = *q;
	enum session_answer a;

	asked.is_asked = true;
	a = e->ask ? e->ask(e->arg, &asked) : ANSWER_NO;
	*yes_ret = a == ANSWER_YES;
	ret->was_declined = a == ANSWER_NO;
	if (a == ANSWER_NOBODY) {
		ret->facts.end = SESSION_MISUSED;
		return ERR_INVALID;
	}
	if (a == ANSWER_NO) {
		ret->facts.end = SESSION_DONE;
		ret->facts.found = true;
	}
	return 0;
}

void work_show(const struct work *w, const struct session_question *q)
{
	const struct session_events *e = &w->o->events;

	if (e->show)
		e->show(e->arg, q);
}
