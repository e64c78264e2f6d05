/*
 * All allocation of the program.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every function returns NULL when memory is short (and the callers handle
 * it: ERR_NOMEM).  mem_fail_after() makes the n-th next allocation fail, for
 * the fault tests; it costs one atomic read otherwise.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t nbytes); /* nbytes 0 gives a valid block */
void *mem_zalloc(size_t nbytes);
void *mem_array(size_t count, size_t nbytes); /* zeroed; overflow gives NULL */
void *mem_realloc(void *p, size_t nbytes);    /* p stays valid on NULL */
void *mem_grow(void *p, size_t count, size_t nbytes); /* realloc count*nbytes */
void *mem_dup(const void *p, size_t nbytes);
char *mem_strdup(const char *s); /* NULL in gives NULL */
char *mem_strndup(const char *s, size_t nbytes);
void mem_free(void *p); /* NULL is fine; keeps errno */

/* Fault injection: the n-th next allocation fails once (0: off). */
void mem_fail_after(int64_t n);
/* How many allocations were asked for since the program began. */
int64_t mem_count(void);
/*
 * How many of them were not had.  Whoever claims to have looked at everything
 * compares it with what it was before: somebody may have taken the lack for an
 * answer.
 */
int64_t mem_failed(void);
/*
 * The largest one since the last call: what a file says about sizes must not
 * come to memory that is not in it.
 */
size_t mem_largest(void);

#endif
