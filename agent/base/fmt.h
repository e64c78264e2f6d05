/*
 * Format checking for printf-like functions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * On Windows we link msvcrt's printf family through mingw's macros, so the
 * archetype differs; PRI* macros of inttypes.h are right on every host.
 */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>

#ifdef __MINGW_PRINTF_FORMAT
#define FMT_PRINTF(f, a) __attribute__((format(__MINGW_PRINTF_FORMAT, f, a)))
#else
#define FMT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#endif

#endif
