/*
 * Which browsers end, and in which order.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Since version 8 Internet Explorer is several processes: a frame, and tabs
 * that it starts.  A tab that ends without having been closed is started
 * again by its frame ("Automatic Crash Recovery": the IE team's "IE8 and
 * Loosely-Coupled IE", 2008, and "IE8 and Reliability", 2008), with all that
 * is registered then.  Only tabs load helper objects, so who has the file
 * loaded is a tab; its frame has to go first.
 */
#include "remediate/process.h"

#include "base/err.h"

#include <stdlib.h>

static bool may_end(const struct process *p)
{
	return p->is_browser && !p->is_explorer && !p->is_ours;
}

/*
 * A parent's number is all that is known of it: it may have ended, and the
 * number be somebody else's by now.  Who was started later is no parent, and
 * so no chain of them is a ring.
 */
static bool is_frame_of(const struct process *frame, const struct process *p)
{
	return frame->pid == p->parent && may_end(frame) && frame->started &&
	       frame->started < p->started && frame->session == p->session;
}

static const struct process *frame_of(const struct vec *browsers,
				      const struct process *p)
{
	for (size_t i = 0; i < browsers->count; i++) {
		const struct process *frame = vec_at(browsers, i);

		if (is_frame_of(frame, p))
			return frame;
	}
	return NULL;
}

static const struct process *turn(const struct vec *order, size_t i)
{
	return *(const struct process **)vec_at(order, i);
}

static bool has_turn(const struct vec *order, const struct process *p)
{
	for (size_t i = 0; i < order->count; i++)
		if (turn(order, i)->pid == p->pid &&
		    turn(order, i)->started == p->started)
			return true;
	return false;
}

/* A process and its frames; where one has its turn its frames have, too. */
static int add_chain(const struct vec *browsers, const struct process *p,
		     struct vec *order)
{
	while (p && !has_turn(order, p) && order->count < order->max) {
		const struct process **slot = vec_push(order);

		if (!slot)
			return err_last()->err;
		*slot = p;
		p = frame_of(browsers, p);
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct process *x = *(const struct process *const *)a;
	const struct process *y = *(const struct process *const *)b;

	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

int process_order(const struct vec *browsers, const struct vec *found,
		  struct vec *ret)
{
	int err = 0;

	for (size_t i = 0; !err && i < found->count; i++) {
		const struct process *p = vec_at(found, i);

		if (may_end(p))
			err = add_chain(browsers, p, ret);
	}
	/* Frames are older than what they started. */
	if (!err && ret->count)
		qsort(ret->items, ret->count, ret->size, by_start);
	return err;
}
