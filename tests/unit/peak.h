/*
 * How much memory is held at once, for tests of bounds.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every malloc(), calloc(), realloc() and free() of the program and of the
 * libraries in it goes through here (the linker's --wrap).  Only blocks of
 * 64 KiB and more are counted: what grows with a file.
 */
#ifndef UNIT_PEAK_H
#define UNIT_PEAK_H

#include <stddef.h>

/* What is held from before does not count. */
void peak_begin(void);
/* The most bytes that were held at once since; counting ends. */
size_t peak_end(void);

#endif
