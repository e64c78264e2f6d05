/*
 * A token that says "stop": one for each piece of work that can be stopped.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whoever may stop the work sets it: another thread, a signal or console
 * handler (it is one atomic store), the clock of a time budget.  The work asks
 * between two pieces of its own and ends with ERR_CANCELLED.  Several pieces of
 * work at once have a token each; nothing here is of the whole process.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include <stdbool.h>
#include <stddef.h>

enum cancel_reason {
	CANCEL_NOT,
	CANCEL_INTERRUPT, /* a person, or the system that ends */
	CANCEL_BUDGET	  /* the time that was given is over */
};

/* Zeroed: not set.  Lives longer than the work that asks it. */
struct cancel {
	int reason; /* enum cancel_reason; by the functions only */
};

#define CANCEL_INIT                                                            \
	{                                                                      \
		CANCEL_NOT                                                     \
	}

/* From any thread, and from a signal handler.  Who comes first says why, and
 * gets true. */
static inline bool cancel_set(struct cancel *c, enum cancel_reason why)
{
	int expected = CANCEL_NOT;

	return __atomic_compare_exchange_n(&c->reason, &expected, (int)why,
					   false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

/* CANCEL_NOT: go on.  NULL is a token that nobody sets. */
static inline enum cancel_reason cancel_why(const struct cancel *c)
{
	return c ? (enum cancel_reason)__atomic_load_n(&c->reason,
						       __ATOMIC_RELAXED)
		 : CANCEL_NOT;
}

static inline bool cancel_asked(const struct cancel *c)
{
	return cancel_why(c) != CANCEL_NOT;
}

/* For the next piece of work with the same token. */
static inline void cancel_clear(struct cancel *c)
{
	__atomic_store_n(&c->reason, CANCEL_NOT, __ATOMIC_RELAXED);
}

#endif
