/*
 * A growing array of fixed-size elements with a maximum.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

struct vec {
	void *items;
	size_t count;
	size_t cap;
	size_t size; /* bytes of one element */
	size_t max;  /* elements */
};

#define VEC_INIT(type, max_count)                                              \
	{                                                                      \
		NULL, 0, 0, sizeof(type), (max_count)                          \
	}

/* A new zeroed element at the end, NULL without memory or at the maximum. */
void *vec_push(struct vec *v);
void *vec_at(const struct vec *v, size_t index);
void vec_release(struct vec *v); /* frees the array, not what hangs on it */

/*
 * Map from name (no case, see utf_casecmp) to pointer. Keys are copied.
 */
struct namemap;
struct namemap *namemap_new(void);
void namemap_free(struct namemap *m); /* values are the caller's */
void *namemap_get(const struct namemap *m, const char *key);
int namemap_put(struct namemap *m, const char *key, void *value);
size_t namemap_count(const struct namemap *m);

#endif
