/*
 * The four conversions hivex asks iconv for, the same on every host.
 * SPDX-License-Identifier: Apache-2.0
 *
 * "UTF-8" here is WTF-8: a lone surrogate of a registry name becomes three
 * bytes and comes back, where a real iconv would fail and the name be lost.
 */
#ifndef DEPS_HIVEX_ICONV_H
#define DEPS_HIVEX_ICONV_H

#include <stddef.h>

#define iconv_t	    void *
#define iconv_open  hivex_shim_iconv_open
#define iconv	    hivex_shim_iconv
#define iconv_close hivex_shim_iconv_close

iconv_t iconv_open(const char *to, const char *from);
int iconv_close(iconv_t cd);

/*
 * As iconv(3): converts as much as fits, moves the pointers, returns 0, or
 * (size_t)-1 with errno E2BIG, EILSEQ or EINVAL.
 */
size_t iconv(iconv_t cd, char **in, size_t *in_nbytes, char **out,
	     size_t *out_nbytes);

#endif
