/*
 * Allocation with fault injection.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int64_t fail_at;	  /* allocation number that fails, 0: none */
static int64_t requested; /* allocations asked for so far */
static int64_t failed;	  /* of these: not had */
static size_t largest;	  /* bytes of one of them since it was asked for */

static int should_fail(size_t nbytes)
{
	int64_t n = __atomic_add_fetch(&requested, 1, __ATOMIC_RELAXED);
	int64_t at = __atomic_load_n(&fail_at, __ATOMIC_RELAXED);

	/* For tests, of which one thread allocates. */
	if (nbytes > __atomic_load_n(&largest, __ATOMIC_RELAXED))
		__atomic_store_n(&largest, nbytes, __ATOMIC_RELAXED);
	return at && n == at;
}

void mem_fail_after(int64_t n)
{
	int64_t now = __atomic_load_n(&requested, __ATOMIC_RELAXED);

	__atomic_store_n(&fail_at, n > 0 ? now + n : 0, __ATOMIC_RELAXED);
}

int64_t mem_count(void)
{
	return __atomic_load_n(&requested, __ATOMIC_RELAXED);
}

size_t mem_largest(void)
{
	return __atomic_exchange_n(&largest, 0, __ATOMIC_RELAXED);
}

int64_t mem_failed(void)
{
	return __atomic_load_n(&failed, __ATOMIC_RELAXED);
}

static void *counted(void *p)
{
	if (!p)
		__atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
	return p;
}

void *mem_alloc(size_t nbytes)
{
	return counted(should_fail(nbytes) ? NULL
					   : malloc(nbytes ? nbytes : 1));
}

void *mem_zalloc(size_t nbytes)
{
	return counted(should_fail(nbytes) ? NULL
					   : calloc(1, nbytes ? nbytes : 1));
}

void *mem_array(size_t count, size_t nbytes)
{
	size_t total;

	if (__builtin_mul_overflow(count, nbytes, &total))
		return counted(NULL);
	return mem_zalloc(total);
}

void *mem_realloc(void *p, size_t nbytes)
{
	return counted(should_fail(nbytes) ? NULL
					   : realloc(p, nbytes ? nbytes : 1));
}

void *mem_grow(void *p, size_t count, size_t nbytes)
{
	size_t total;

	if (__builtin_mul_overflow(count, nbytes, &total))
		return counted(NULL);
	return mem_realloc(p, total);
}

void *mem_dup(const void *p, size_t nbytes)
{
	void *copy = mem_alloc(nbytes);

	if (copy && nbytes)
		memcpy(copy, p, nbytes);
	return copy;
}

char *mem_strndup(const char *s, size_t nbytes)
{
	size_t len;
	char *copy;

	if (!s)
		return NULL;
	len = strnlen(s, nbytes);
	copy = mem_alloc(len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}

void mem_free(void *p)
{
	int saved = errno;

	free(p);
	errno = saved;
}
