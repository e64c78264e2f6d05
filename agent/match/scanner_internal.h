/*
 * The scanner's state and its parts: reading, libyara, and the order of both.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_SCANNER_INTERNAL_H
#define MATCH_SCANNER_INTERNAL_H

#include "base/str.h"
#include "match/blocks.h"
#include "match/pack_internal.h"
#include "match/scanner.h"

/*
 * Files up to BUFFER_NBYTES are read once and kept; larger ones pass through
 * the buffer in steps that stay in the second cache while they are looked at.
 */
#define BUFFER_NBYTES ((size_t)256 << 10)
#define STEP_NBYTES   ((size_t)128 << 10)
#define HEAD_NBYTES   ((size_t)4096)

/* Above this only one thread at a time may hold a whole file in memory. */
#define SHARED_NBYTES ((size_t)4 << 20)
/* Design: 256 MiB in a 32-bit process, 1 GiB otherwise. */
#define WHOLE_MAX_NBYTES                                                       \
	(sizeof(void *) == 4 ? (uint64_t)256 << 20 : (uint64_t)1 << 30)

/* Far above what a file takes (0.1 GB/s); it stops what loops. */
#define SCAN_TIMEOUT_S 120

#define MAX_MATCHES 100000

/*
 * Places kept of one group: a verification takes as long as libyara's
 * automaton for some 100 bytes, so above this a scan is no slower.
 */
#define PLACES_MIN	  1024
#define PLACES_BYTES_EACH 256
#define PLACES_MAX	  ((size_t)1 << 18)

struct group_scanner {
	YR_SCANNER *yara;
	uint64_t var_version[GROUP_VAR_COUNT];
};

struct scanner {
	struct pack *pack;
	unsigned flags;
	const struct cancel *cancel;
	struct group_scanner *groups;
	struct prefilter_result found;
	struct vec calls; /* struct verify_call */
	/* Of the group that is looked at, for condition.h. */
	bool *may_stand;
	bool *may_have;
	uint8_t *buffer;
	uint8_t *head;
	struct str vars[GROUP_VAR_COUNT];
	uint64_t var_version[GROUP_VAR_COUNT];
	struct str extension;
	struct scanner_stats stats;
	/* The scan that is going on. */
	struct match_source *source;
	size_t buffered; /* bytes of the file in `buffer`, all of them, or 0 */
	size_t head_nbytes;
	uint8_t *whole;
	bool holds_large;
	struct blocks *blocks; /* while conditions are evaluated */
	YR_SCANNER *yara;      /* while strings are verified */
	const uint8_t *verified;
	bool is_settled;
	const struct group *group;
	struct scope scope;
	struct vec matches;
	int err; /* first failure */
};

/* The first failure counts. */
void scanner_note_error(struct scanner *s, int err);

/* scanner_read.c */
/* The first bytes: for the gate, `filetype`, and conditions. */
int scanner_read_head(struct scanner *s);
const uint8_t *scanner_head(const struct scanner *s);
/* All bytes (arg: the scanner); NULL with the error noted. */
const uint8_t *scanner_read_whole(void *arg);
void scanner_drop_whole(struct scanner *s);
/* Everything through the prefilter, into s->found. */
int scanner_filter(struct scanner *s, const struct prefilter *f);

/* scanner_yara.c: the group s->group, whose number is index. */
void scanner_scan_group(struct scanner *s, size_t index);
void scanner_evaluate_group(struct scanner *s, size_t index);
void scanner_verify_group(struct scanner *s, size_t index);

#endif
