/*
 * The programs that have a file of the plan loaded: who they are, and ending
 * the browsers among them before the first change (design.md 9.3).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/fixer_internal.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define CLOSE_WAIT_MS 5000
#define END_WAIT_MS   5000

static void add_name(struct str *out, const struct process *p)
{
	str_addf(out, "%s%s (%u)", out->len ? ", " : "", p->name,
		 (unsigned)p->pid);
}

/* That nobody can be named is no reason to leave the file where it is. */
int programs_ask(struct fixer *f, struct guarded_file *g, struct str *out)
{
	const struct process_ops *ops = f->o.processes;
	struct vec list = VEC_INIT(struct process, 4096);
	bool may_miss = false;
	int err;

	if (g->use == IN_USE_NO)
		return 0;
	err = ops->find(ops->arg, g->host, &list, &may_miss);
	for (size_t i = 0; !err && i < list.count; i++)
		add_name(out, vec_at(&list, i));
	if (g->use == IN_USE_ASK)
		g->use = in_use_by_programs(err ? 0 : list.count);
	if (may_miss && g->use == IN_USE_YES)
		str_addf(out, "%sperhaps a 64-bit program",
			 out->len ? ", " : "");
	processes_release(&list);
	return err == ERR_NOMEM ? err : out->err;
}

/* Asks the browsers that have it loaded to close, then ends them. */
static int end_browsers(struct fixer *f, const struct step *s, const char *host)
{
	const struct process_ops *ops = f->o.processes;
	struct vec list = VEC_INIT(struct process, 4096);
	struct str ended = STR_INIT;
	bool may_miss = false;
	int err = ops->find(ops->arg, host, &list, &may_miss);

	for (size_t i = 0; !err && i < list.count; i++) {
		const struct process *p = vec_at(&list, i);

		if (!p->is_browser || p->is_explorer)
			continue;
		/* Who stays has the file still open: its own step says so. */
		if (ops->close(ops->arg, p, CLOSE_WAIT_MS) == 0 ||
		    ops->end(ops->arg, p, END_WAIT_MS) == 0)
			add_name(&ended, p);
	}
	if (ended.len)
		fixer_tell(f, FIX_PROGRAMS_ENDED, s, str_text(&ended));
	str_release(&ended);
	processes_release(&list);
	return err == ERR_NOMEM ? err : 0;
}

int programs_end(struct fixer *f)
{
	int err = 0;

	if (!f->o.end_browsers)
		return 0;
	for (size_t i = 0; !err && i < f->fix->steps.count; i++) {
		struct step *s = fixer_step(f, i);
		struct guard_answer answer;
		struct guarded_file g = { 0 };

		if (s->action != ACT_QUARANTINE_FILE ||
		    (s->state != STEP_PLANNED && s->state != STEP_SAVED))
			continue;
		err = guard_file(f->guard, s, &answer, &g);
		if (err || answer.reason != GUARD_OK)
			continue;
		if (g.use != IN_USE_NO) {
			char *host = mem_strdup(g.host);

			/* Ours would be one more who has it open. */
			guarded_file_release(&g);
			err = host ? end_browsers(f, s, host) : err_nomem();
			mem_free(host);
		}
		guarded_file_release(&g);
	}
	return err;
}
