/*
 * The programs that have a file of the plan loaded: who they are, and ending
 * the browsers among them before the first change (CONTRACT.md 9.3).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"
#include "remediate/words.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define CLOSE_WAIT_MS 5000
#define END_WAIT_MS   5000
#define BROWSERS_MAX  65536

/* Who has one file loaded. */
struct users {
	struct vec browsers; /* struct process: all that run */
	struct vec found;    /* struct process */
	struct vec order;    /* const struct process *: who ends, and when */
	bool may_miss;
};

static void users_release(struct users *u)
{
	vec_release(&u->order);
	processes_release(&u->found);
	processes_release(&u->browsers);
}

static void users_init(struct users *u)
{
	const struct users none = {
		.browsers = VEC_INIT(struct process, BROWSERS_MAX),
		.found = VEC_INIT(struct process, 4096),
		.order = VEC_INIT(const struct process *, PROCESS_ORDER_MAX),
	};

	*u = none;
}

/* Without the list of browsers those that have it loaded are still known. */
static int users_find(struct fixer *f, const char *host, struct users *u)
{
	const struct process_ops *ops = f->o.processes;
	int err = ops->find(ops->arg, host, &u->found, &u->may_miss);

	if (!err && ops->browsers(ops->arg, &u->browsers) == ERR_NOMEM)
		err = ERR_NOMEM;
	return err ? err : process_order(&u->browsers, &u->found, &u->order);
}

static void add_name(struct str *out, const struct process *p)
{
	str_addf(out, "%s%s (%u)", out->len ? ", " : "", p->name,
		 (unsigned)p->pid);
}

/* That nobody can be named is no reason to leave the file where it is. */
int programs_ask(struct fixer *f, struct guarded_file *g, struct str *out)
{
	struct str has_it = STR_INIT, to_close = STR_INIT;
	struct users u;
	int err;

	if (g->use == IN_USE_NO)
		return 0;
	users_init(&u);
	err = users_find(f, g->host, &u);
	for (size_t i = 0; i < u.found.count; i++)
		add_name(&has_it, vec_at(&u.found, i));
	for (size_t i = 0; i < u.order.count; i++)
		add_name(&to_close,
			 *(const struct process **)vec_at(&u.order, i));
	if (g->use == IN_USE_ASK)
		g->use = in_use_by_programs(err ? 0 : u.found.count);
	if (err != ERR_NOMEM)
		err = has_it.err ? has_it.err : to_close.err;
	if (!err)
		err = words_loaded(str_text(&has_it), str_text(&to_close),
				   u.may_miss && g->use == IN_USE_YES,
				   !f->o.end_browsers, out);
	str_release(&has_it);
	str_release(&to_close);
	users_release(&u);
	return err;
}

/* For the report, which is read later; `s` may have some of them already. */
static int keep_names(struct step *s, const char *names)
{
	struct str all = STR_INIT;
	char *text;

	str_addf(&all, "%s%s%s", s->closed ? s->closed : "",
		 s->closed ? ", " : "", names);
	text = str_detach(&all);
	if (!text)
		return err_nomem();
	mem_free(s->closed);
	s->closed = text;
	return 0;
}

/* Asks the browsers that have it loaded to close, then ends them. */
static int end_browsers(struct fixer *f, struct step *s, const char *host)
{
	const struct process_ops *ops = f->o.processes;
	struct str ended = STR_INIT;
	struct users u;
	int err;

	users_init(&u);
	err = users_find(f, host, &u);
	for (size_t i = 0; !err && i < u.order.count; i++) {
		const struct process *p =
			*(const struct process **)vec_at(&u.order, i);

		/* Who stays has the file still open: its own step says so. */
		if (ops->close(ops->arg, p, CLOSE_WAIT_MS) == 0 ||
		    ops->end(ops->arg, p, END_WAIT_MS) == 0)
			add_name(&ended, p);
	}
	if (ended.len) {
		fixer_tell(f, FIX_PROGRAMS_ENDED, s, str_text(&ended));
		err = keep_names(s, str_text(&ended));
	}
	str_release(&ended);
	users_release(&u);
	return err == ERR_NOMEM ? err : 0;
}

/* Where none runs nobody has to be looked into. */
static bool runs_browser(struct fixer *f)
{
	const struct process_ops *ops = f->o.processes;
	struct vec list = VEC_INIT(struct process, BROWSERS_MAX);
	const int err = ops->browsers(ops->arg, &list);
	const bool runs = err || list.count;

	processes_release(&list);
	return runs;
}

static int end_for(struct fixer *f, struct step *s)
{
	struct guard_answer answer;
	struct guarded_file g = { 0 };
	char *host = NULL;
	int err = guard_file(f->guard, s, &answer, &g);

	if (!err && answer.reason == GUARD_OK) {
		host = mem_strdup(g.host);
		err = host ? 0 : err_nomem();
	}
	/* Ours would be one more who has it open. */
	guarded_file_release(&g);
	if (host)
		err = end_browsers(f, s, host);
	mem_free(host);
	return err;
}

int programs_end(struct fixer *f)
{
	int err = 0;

	if (!f->o.end_browsers || !runs_browser(f))
		return 0;
	for (size_t i = 0; !err && i < f->fix->steps.count; i++) {
		struct step *s = fixer_step(f, i);

		if (s->action == ACT_QUARANTINE_FILE &&
		    (s->state == STEP_PLANNED || s->state == STEP_SAVED))
			err = end_for(f, s);
	}
	return err;
}
