/*
 * Which of two versions of a pack is the older one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "match/pack.h"

#include <string.h>

/* The digits of the next number without leading zeros; moves behind them and
 * behind what separates them from the next. */
static size_t next_number(const char **text, const char **digits_ret)
{
	const char *p = *text;
	size_t n;

	while (*p == '0')
		p++;
	n = strspn(p, "0123456789");
	*digits_ret = p;
	p += n;
	p += strcspn(p, "0123456789");
	*text = p;
	return n;
}

int pack_version_compare(const char *a, const char *b)
{
	a += strcspn(a, "0123456789");
	b += strcspn(b, "0123456789");
	while (*a || *b) {
		const char *x, *y;
		size_t n = next_number(&a, &x);
		size_t m = next_number(&b, &y);
		int order = n == m ? memcmp(x, y, n) : n < m ? -1 : 1;

		if (order)
			return order < 0 ? -1 : 1;
	}
	return 0;
}
