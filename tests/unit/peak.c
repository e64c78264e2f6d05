/*
 * Counts large blocks of memory; see peak.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "peak.h"

#include <stdbool.h>
#include <stdlib.h>

#define LARGE_NBYTES ((size_t)64 << 10)
#define MAX_BLOCKS   256

static struct {
	const void *at;
	size_t nbytes;
} blocks[MAX_BLOCKS];

static size_t count, held, most;
static bool is_counting, is_locked;

void *__real_malloc(size_t nbytes);
void *__real_calloc(size_t n, size_t nbytes);
void *__real_realloc(void *p, size_t nbytes);
void __real_free(void *p);

void *__wrap_malloc(size_t nbytes);
void *__wrap_calloc(size_t n, size_t nbytes);
void *__wrap_realloc(void *p, size_t nbytes);
void __wrap_free(void *p);

static void lock(void)
{
	while (__atomic_test_and_set(&is_locked, __ATOMIC_ACQUIRE))
		;
}

static void unlock(void)
{
	__atomic_clear(&is_locked, __ATOMIC_RELEASE);
}

static void drop(const void *p)
{
	for (size_t i = 0; i < count; i++) {
		if (blocks[i].at != p)
			continue;
		held -= blocks[i].nbytes;
		blocks[i] = blocks[--count];
		return;
	}
}

static void *note(void *p, size_t nbytes)
{
	if (!__atomic_load_n(&is_counting, __ATOMIC_RELAXED) || !p ||
	    nbytes < LARGE_NBYTES)
		return p;
	lock();
	drop(p); /* of a calloc() that asks malloc(), a realloc() in place */
	if (count == MAX_BLOCKS)
		abort();
	blocks[count].at = p;
	blocks[count++].nbytes = nbytes;
	held += nbytes;
	most = held > most ? held : most;
	unlock();
	return p;
}

static void forget(const void *p)
{
	if (!__atomic_load_n(&is_counting, __ATOMIC_RELAXED) || !p)
		return;
	lock();
	drop(p);
	unlock();
}

void *__wrap_malloc(size_t nbytes)
{
	return note(__real_malloc(nbytes), nbytes);
}

void *__wrap_calloc(size_t n, size_t nbytes)
{
	return note(__real_calloc(n, nbytes), n * nbytes);
}

/* A block that moves is there twice while it is copied. */
void *__wrap_realloc(void *p, size_t nbytes)
{
	void *q = __real_realloc(p, nbytes);

	note(q, nbytes);
	if (q && q != p)
		forget(p);
	return q;
}

void __wrap_free(void *p)
{
	forget(p);
	__real_free(p);
}

void peak_begin(void)
{
	count = held = most = 0;
	__atomic_store_n(&is_counting, true, __ATOMIC_RELEASE);
}

size_t peak_end(void)
{
	__atomic_store_n(&is_counting, false, __ATOMIC_RELEASE);
	return most;
}
