/*
 * Our reader against hivex, over one hive.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNIT_HIVEX_COMPARE_H
#define UNIT_HIVEX_COMPARE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Number of keys that both read alike, with all values, in the test that is
 * running; 0 if hivex refuses the hive.  `what` is for messages.
 */
size_t hivex_compare(const uint8_t *hive, size_t nbytes, const char *what);

#endif
