/*
 * Inside of judging: what judge.c, allow.c and reason.c share, and the order
 * of registrations that the store uses too.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "base/vec.h"
#include "verdict/finding.h"

/* Content evidence from this score up is strong: nothing lowers it. */
#define SCORE_STRONG_CONTENT 80
/* The highest score that is still a note. */
#define SCORE_NOTE_MAX	     49

/* Best match of one kind of evidence. */
struct evidence_best {
	const struct rule_match *match; /* NULL: no evidence of this kind */
	const struct artefact *artefact;
};

/* What the allow-lists said about a finding. */
struct allow_result {
	const struct pack_allow *lowered_by; /* NULL: nothing is lowered */
	const struct pack_allow *refused;    /* would have, but strong content */
	const struct pack_allow *publisher;  /* no effect before trust exists */
};

/* Everything that belongs to one subject while it is being judged. */
struct subject {
	const struct artefact **artefacts; /* sorted, artefact_compare() */
	size_t artefact_count;
	const char *main_path; /* of the file, NULL: only keys */
	struct evidence_best best[EV_COUNT];
	bool strong_content;
	bool only_traces;
	struct allow_result allow;
};

/* Total orders: equal only for things that nobody can tell apart. */
int registration_compare(const struct registration *a,
			 const struct registration *b);
int artefact_compare(const struct artefact *a, const struct artefact *b);
/* Higher score first, then kind of evidence, then rule name. */
int rule_match_compare(const struct rule_match *a, const struct rule_match *b);
bool registration_is_machine(const struct registration *r);

/*
 * Bytes of the path of the file that an artefact belongs to: the whole path
 * of a file, the part before the stream or before the archive member.
 */
size_t artefact_file_nbytes(const struct artefact *a);
/* Pointer to the last component of a Windows path. */
const char *wpath_base(const char *wpath);

/* Without a pack nothing is allowed. */
void allow_check(const struct pack *p, const struct subject *s,
		 struct allow_result *ret);
/* Pattern with *, ? (not across '\') and ** (across), without case. */
bool allow_path_matches(const char *pattern, const char *wpath);

/* The reason in "en" or "ja"; caller frees; NULL without memory. */
char *reason_text(const struct pack *p, const struct subject *s,
		  const char *lang);

#endif
