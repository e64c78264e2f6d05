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
#define SCORE_NOTE_MAX 49
/* The highest one that is still suspicious. */
#define SCORE_SUSPICIOUS_MAX 79

/* Sentence or word for a key in "en" or "ja", NULL: none. */
typedef const char *(*judge_text_fn)(const void *arg, const char *key,
				     const char *lang);

struct judge_lists {
	const struct vec *allow; /* const struct pack_allow * */
	judge_text_fn text;	 /* NULL: no texts */
	const void *text_arg;
};

/* Best match of one kind of evidence. */
struct evidence_best {
	const struct rule_match *match; /* NULL: no evidence of this kind */
	const struct artefact *artefact;
};

/* What the allow-lists said about a finding. */
struct allow_result {
	const struct pack_allow *lowered_by; /* NULL: nothing is lowered */
	const struct pack_allow *refused;   /* would have, but strong content */
	const struct pack_allow *publisher; /* no effect before trust exists */
};

/* Everything that belongs to one subject while it is being judged. */
struct subject {
	const struct artefact **artefacts; /* sorted, artefact_compare() */
	size_t artefact_count;
	const char *main_path;		     /* of the file, NULL: only keys */
	struct evidence_best best[EV_COUNT]; /* of what counts */
	int score;			     /* by the formula alone */
	bool strong_content;
	bool only_traces;
	struct allow_result allow;
};

/* Its best evidence of each kind, or ERR_NOMEM; then what that adds up to. */
int subject_weigh(struct subject *s);
int subject_score(const struct subject *s);
/*
 * own_score.c: registration.own_score of all its registrations.  Needs
 * s->allow; ERR_NOMEM.
 */
int subject_score_owners(const struct subject *s);

/* Total orders: equal only for things that nobody can tell apart. */
int registration_compare(const struct registration *a,
			 const struct registration *b);
int artefact_compare(const struct artefact *a, const struct artefact *b);
/* Higher score first, then kind of evidence, then rule name. */
int rule_match_compare(const struct rule_match *a, const struct rule_match *b);
/* The first of one artefact in that order, NULL: none. */
const struct rule_match *artefact_best_match(const struct artefact *a);
bool registration_is_machine(const struct registration *r);

/*
 * Bytes of the path of the file that an artefact belongs to: the whole path
 * of a file, the part before the stream or before the archive member.
 */
size_t artefact_file_nbytes(const struct artefact *a);
/* Pointer to the last component of a Windows path. */
const char *wpath_base(const char *wpath);

void allow_check(const struct judge_lists *lists, const struct subject *s,
		 struct allow_result *ret);

/* The reason in "en" or "ja"; caller frees; NULL without memory. */
char *reason_text(const struct judge_lists *lists, const struct subject *s,
		  const char *lang);

/* What is said of a copy, if the subject has one (reason_copy.c). */
struct str;
void reason_add_copy(struct str *out, const struct subject *s,
		     const char *lang);

/* ---- groups (group.c) --------------------------------------------------- */

struct group {
	struct group *joined; /* companion's group, NULL: stands alone */
	struct group *next;   /* further groups of the same finding */
	struct group *last;   /* end of that chain (of the leader) */
	size_t *members;      /* into judge.artefacts, ascending */
	size_t member_count;
	bool has_path; /* its key is the path of a file */
	bool has_match;
};

struct judge {
	struct pack *pack;
	struct vec artefacts; /* struct artefact * */
	struct vec groups;    /* struct group *, in the order of artefacts */
	struct vec findings;  /* struct finding * */
	struct vec allow;     /* const struct pack_allow * */
	struct judge_lists lists;
};

struct artefact *artefact_at(const struct judge *j, size_t index);
struct group *group_at(const struct judge *j, size_t index);
/* Of the sorted artefacts. */
int groups_make(struct judge *j);
void groups_clear(struct judge *j);
/* `g` joins the subject of `to`. */
void group_join(struct group *g, struct group *to);
/* group_alias.c: paths that mean one thing.  `map`: "p:<path>" to group. */
int groups_join_aliases(struct judge *j, struct namemap *map);

/* ---- findings (subject.c) ----------------------------------------------- */

/* The finding of a leading group and all that joined it. */
int finding_new(const struct judge *j, const struct group *leader,
		struct finding **ret);
void finding_free(struct finding *f);

/*
 * What a pack would give, for callers without one: a further entry of the
 * allow-list (not copied), and where texts come from.
 */
int judge_add_allow(struct judge *j, const struct pack_allow *allow);
void judge_set_text(struct judge *j, judge_text_fn fn, const void *arg);

#endif
