/*
 * Judging: matches and registrations become findings with score, verdict
 * and reasons in words.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VERDICT_FINDING_H
#define VERDICT_FINDING_H

#include "base/digest.h"
#include "collect/registration.h"
#include "collect/traces/trace.h"
#include "match/scanner.h"

enum verdict {
	VERDICT_NOTE,
	VERDICT_SUSPICIOUS,
	VERDICT_MALICIOUS
};

const char *verdict_name(enum verdict v);

/*
 * The formula: the best score of each kind of evidence, highest first, with
 * weights 1, 1/2, 1/4, 1/8, capped at 100 (rounded down).
 */
int score_combine(const int best_of_kind[EV_COUNT]);
enum verdict score_verdict(int score); /* >= 80 malicious, >= 50 suspicious */

/* Higher score first, then kind of evidence, then name: a total order. */
int rule_compare(const struct rule_info *a, const struct rule_info *b);

/* Which of the rules that hit one subject count, and what they give. */
struct score_sum {
	const struct rule_info *best[EV_COUNT]; /* of each kind; NULL: none */
	int content; /* of the best content, said elsewhere or not; 0: none */
	int score;
};

/*
 * `rules`: all that hit, in any order, each as often as it did; they stay the
 * caller's.  A rule does not count beside the one that its `unless` names,
 * nor beside a better one, of whatever kind, that shares a word of its `fact`.
 */
void score_rules(const struct rule_info *const *rules, size_t count,
		 struct score_sum *ret);

enum artefact_kind {
	ARTEFACT_FILE,
	ARTEFACT_REGISTRATION,
	ARTEFACT_TRACE,
	ARTEFACT_MEMBER
};

const char *artefact_kind_name(enum artefact_kind k);

/* One thing that was looked at and matched (or hangs on one that did). */
struct artefact {
	enum artefact_kind kind;
	char *wpath;	    /* file, member; NULL for a registration */
	size_t file_nbytes; /* member: how much of wpath is its file's; 0:
			       to be found in the text */
	struct registration *registration; /* owned by the judge's caller */
	uint64_t size;
	int64_t created, written, changed; /* FILETIME, 0: unknown */
	uint64_t file_id, volume;
	uint32_t attrs;
	char *owner;
	char *copy_of; /* where the original lay, "" not known; NULL: no copy */
	char *store_of;	   /* whose VirtualStore it lies in, as in registry_key;
			      NULL: in none, or not known */
	char filetype[12]; /* as rules see it, "": not known */
	struct trace *trace; /* what it tells, wpath says where; NULL: none */
	struct digests digests; /* "" where not computed */
	struct match_list matches;
	bool is_temp_of_user; /* lies in a folder that is temporary only
				 because some user's variable says so */
	size_t finding;	      /* index into findings, SIZE_MAX: none */
};

void artefact_free(struct artefact *a);

struct finding {
	enum verdict verdict;
	int score;
	char *family; /* "" if none */
	char *role;
	char *subject; /* short name for people: file name or key */
	char *path;    /* Windows path of the file, NULL: only a key */
	char *sha256;  /* NULL */
	struct registration *registration; /* first in the order of design 8 */
	char *rules;  /* JSON array of rule names, sorted */
	char *reason; /* one or two sentences, English */
	char *reason_ja;
	size_t *artefacts; /* indices into the judge's artefact array */
	size_t artefact_count;
};

struct judge;

int judge_new(struct pack *p, struct judge **ret);
void judge_free(struct judge *j);
/* Takes ownership of the artefact (not of its registration). Thread-safe is
 * the caller's business.  Registrations are added whether they matched or
 * not: they are grouped with the file they point to. */
int judge_add(struct judge *j, struct artefact *a);
/* Takes over where the artefact's original lay ("": not known). */
void judge_set_copy(struct judge *j, size_t index, char *copy_of);
/* Groups, scores, explains.  Findings are ordered worst first. Allow-lists
 * of the pack apply (strong content is never lowered). */
int judge_finish(struct judge *j);
size_t judge_finding_count(const struct judge *j);
const struct finding *judge_finding(const struct judge *j, size_t index);
size_t judge_artefact_count(const struct judge *j);
const struct artefact *judge_artefact(const struct judge *j, size_t index);

#endif
