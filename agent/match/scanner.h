/*
 * Matching one artefact against a pack: header gate, literal prefilter,
 * libyara.  The matches are those of libyara alone with the same variables.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_SCANNER_H
#define MATCH_SCANNER_H

#include "base/cancel.h"
#include "base/str.h"
#include "match/pack.h"

/* YARA's external variables; valid UTF-8 (utf_escape); NULL counts as "". */
struct match_vars {
	const char *filename;
	const char *filepath;
	const char *extension; /* lower case with dot; scanner fills if NULL */
	const char *filetype;  /* scanner fills if NULL and there are bytes */
	const char *owner;
	const char *object; /* file, registration, trace, member */
	const char *point;
	const char *view; /* "64", "32", "shared", "" */
	const char *location;
	const char *place; /* filepath by the target's variables */
};

/* What is filled in: ".dll" of "LIB.DLL", "" without a dot; kept in `s`. */
const char *scanner_extension(struct str *s, const char *filename);

struct rule_match {
	const struct rule_info *rule;
	char string_id[32]; /* first string that hit, "" if none */
	uint64_t offset;    /* of that string */
	uint32_t length;
};

struct match_list {
	struct rule_match *items; /* sorted by rule index, private left out */
	size_t count;
};

void match_list_release(struct match_list *l);

struct match_source {
	uint64_t nbytes;     /* size when opened */
	const uint8_t *data; /* whole content in memory, or NULL: */
	int (*read)(void *arg, uint64_t offset, void *buf, size_t nbytes,
		    size_t *nread_ret);
	void *arg;
};

struct scanner_stats {
	uint64_t sources;	 /* scanner_scan calls */
	uint64_t bytes_filtered; /* read by the prefilter */
	uint64_t passed;	 /* went whole to libyara */
	uint64_t bytes_yara;
	uint64_t conditions; /* evaluated without strings */
};

struct scanner; /* per thread */

/*
 * A file beyond that is not read: a sparse one of any size costs whoever makes
 * it nothing.  No program of Windows has more than 4 GiB.
 */
#define SCANNER_MAX_NBYTES ((uint64_t)64 << 30)
/* 0, or ERR_TOO_LARGE with a sentence. */
int scanner_check_size(uint64_t nbytes);

#define SCANNER_NO_FILTER 0x1u /* libyara on everything (equivalence tests) */

int scanner_new(struct pack *p, unsigned flags, struct scanner **ret);
void scanner_free(struct scanner *s);
/* Who may stop a scan within a file; NULL: nobody. */
void scanner_set_cancel(struct scanner *s, const struct cancel *c);
/*
 * ERR_TOO_LARGE: a rule may match but the file is above the bound, or the file
 * above SCANNER_MAX_NBYTES; ERR_CANCELLED: its token is set;
 * ERR_CHANGED: shorter than nbytes when read; other errors from read();
 * ERR_UNSUPPORTED: libyara gave up (time-out).
 * One group of rules that fails must not hide what the others found: `ret`
 * holds that on every return, is empty if there is nothing, and is the
 * caller's to release.
 */
int scanner_scan(struct scanner *s, const struct match_source *source,
		 const struct match_vars *vars, struct match_list *ret);
const struct scanner_stats *scanner_stats(const struct scanner *s);

#endif
