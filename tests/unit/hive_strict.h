/*
 * A hive file held against its format by a second look, not the program's.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rules: "Windows registry file format specification" by M. Suhanov.  Bins
 * and cells tile the file; each cell has one owner or is free; lists are
 * sorted, hashed, not empty and at most two deep; counts, longest names and
 * the ring of security records are right.
 */
#ifndef TESTS_HIVE_STRICT_H
#define TESTS_HIVE_STRICT_H

#include <stddef.h>
#include <stdint.h>

struct hive_strict {
	char why[256]; /* first rule that is broken, "" */
	uint32_t keys;
	uint32_t lost;	     /* allocated cells without owner */
	uint32_t extra_refs; /* counted in security records, but not there */
	uint32_t unused_sk;  /* records in the ring that no key has */
};

/* True if `why` is empty. What Windows tolerates is counted, not refused. */
int hive_strict_look(const uint8_t *hive, size_t nbytes,
		     struct hive_strict *ret);

#endif
