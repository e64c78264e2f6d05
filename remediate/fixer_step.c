/*
 * What becomes of one step: noted in the journal, told, copied to the store.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/fix.h"

#include <stdarg.h>

struct step *fixer_step(const struct fixer *f, size_t index)
{
	return *(struct step **)vec_at(&f->fix->steps, index);
}

void fixer_tell(struct fixer *f, enum fix_event event, const struct step *s,
		const char *text)
{
	if (f->o.event)
		f->o.event(f->o.event_arg, event, s, text);
}

void fixer_mirrored(struct fixer *f, int err)
{
	if (err)
		fixer_tell(f, FIX_NOTE, NULL, err_last()->text);
}

int fixer_note_all(struct fixer *f, struct step *const *steps, size_t count)
{
	int err = journal_steps(f->journal, f->fix_id, steps, count);

	for (size_t i = 0; !err && i < count; i++)
		fixer_mirrored(f, mirror_step(&f->mirror, steps[i]));
	return err;
}

int fixer_note(struct fixer *f, struct step *s)
{
	return fixer_note_all(f, &s, 1);
}

/* With the programs that ended for it, which a report tells, too. */
static int set_error(struct step *s, const char *text)
{
	struct str all = STR_INIT;
	char *copy;

	if (s->closed && *text)
		str_addf(&all, W_FIX_CLOSED_TOO, text, s->closed);
	else if (s->closed)
		str_addf(&all, W_FIX_CLOSED, s->closed);
	else
		str_add(&all, text);
	copy = str_detach(&all);
	if (!copy)
		return err_nomem();
	mem_free(s->error);
	s->error = copy;
	return 0;
}

int fixer_keep_closed(struct step *s)
{
	return s->closed ? set_error(s, s->error ? s->error : "") : 0;
}

int fixer_give_up(struct fixer *f, struct step *s, enum fix_event event,
		  const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;
	int err;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	if (text.err) {
		str_release(&text);
		return err_nomem();
	}
	err = set_error(s, str_text(&text));
	/*
	 * What may have been changed, or was and came back, stays something
	 * that undo looks at.
	 */
	if (!err && s->state < STEP_APPLIED)
		s->state = STEP_FAILED;
	if (!err)
		err = fixer_note(f, s);
	if (!err && event == FIX_STEP_FAILED)
		f->result.failed++;
	else if (!err && event == FIX_STEP_REFUSED)
		f->result.refused++;
	if (!err)
		fixer_tell(f, event, s, str_text(&text));
	str_release(&text);
	return err;
}

int fixer_refuse(struct fixer *f, struct step *s, const struct guard_answer *a)
{
	struct str text = STR_INIT;
	int err;

	guard_sentence(a, "en", &text);
	if (a->reason == GUARD_GONE) {
		/* What is not there need not be removed. */
		s->state = STEP_VERIFIED;
		err = set_error(s, str_text(&text));
		if (!err)
			err = fixer_note(f, s);
		if (!err) {
			f->result.nothing++;
			fixer_tell(f, FIX_STEP_NOTHING, s, str_text(&text));
		}
	} else {
		err = fixer_give_up(f, s, FIX_STEP_REFUSED, "%s",
				    str_text(&text));
	}
	str_release(&text);
	return err;
}

int fixer_failed(struct fixer *f, struct step *s, int err)
{
	return fixer_may_go_on(err) ? fixer_give_up(f, s, FIX_STEP_FAILED, "%s",
						    err_last()->text)
				    : err;
}

int fixer_not_saved(struct fixer *f, struct step *s, int err)
{
	struct guard_answer a;

	if (err == ERR_NO_SPACE) {
		guard_refuse(&a, GUARD_NO_SPACE, "%s", err_last()->text);
		return fixer_refuse(f, s, &a);
	}
	return fixer_failed(f, s, err);
}

int fixer_undone(struct fixer *f, struct step *s, int err)
{
	if (err == ERR_NOMEM)
		return err;
	if (err) {
		f->result.failed++;
		fixer_tell(f, FIX_STEP_FAILED, s, err_last()->text);
		return 0;
	}
	err = fixer_passed(f, s);
	if (!err)
		fixer_tell_undone(f, s);
	return err;
}

int fixer_keep_short(struct step *s, const struct host_short *name)
{
	struct str text = STR_INIT;
	int err;

	if (name->fate == HOST_SHORT_KEPT)
		return 0;
	err = words_short_name(name, &text);
	if (!err)
		err = set_error(s, str_text(&text));
	str_release(&text);
	return err;
}

void fixer_tell_short(struct fixer *f, const struct step *s,
		      const struct host_short *name)
{
	if (name->fate == HOST_SHORT_KEPT)
		return;
	f->result.without_short++;
	fixer_tell(f, FIX_NOTE, s, s->error);
}

int fixer_undone_but(struct fixer *f, struct step *s, int err,
		     const struct host_short *name)
{
	if (!err)
		err = fixer_keep_short(s, name);
	err = fixer_undone(f, s, err);
	if (!err && s->state == STEP_UNDONE)
		fixer_tell_short(f, s, name);
	return err;
}

int fixer_passed(struct fixer *f, struct step *s)
{
	s->state = STEP_UNDONE;
	return fixer_note(f, s);
}

void fixer_tell_undone(struct fixer *f, const struct step *s)
{
	if (s->was_there)
		f->result.nothing++;
	else
		f->result.undone++;
	fixer_tell(f, s->was_there ? FIX_STEP_THERE : FIX_STEP_UNDONE, s, "");
}

/*
 * Memory, the journal's own disk: without these nothing is safe any more.
 * Everything else concerns one step.
 */
bool fixer_may_go_on(int err)
{
	return err != ERR_NOMEM && err != ERR_NO_SPACE && err != ERR_CANCELLED;
}
