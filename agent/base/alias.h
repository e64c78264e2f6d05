/*
 * Other paths under which Windows shows a program the same file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE_ALIAS_H
#define BASE_ALIAS_H

#include <stddef.h>

/* Length of a path without the dots and blanks at its end, which mean nothing
 * to a program: "mstmp." in a folder is reached as "mstmp". */
size_t alias_nbytes(const char *path);

/*
 * Of a file in a user's VirtualStore: the part of `path` that names, behind
 * the same drive, where programs of that user see it ("\Program Files\x.dll");
 * NULL: it lies elsewhere.
 */
const char *alias_virtual(const char *path);

#endif
