/*
 * What the checks of a pack share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PACK_CHECK_H
#define PACK_CHECK_H

#include "base/str.h"
#include "match/pack_internal.h" /* lint: allow, it checks compiled rules */

/* Appends a struct pack_problem. */
int pack_problem(struct vec *problems, const char *fmt, ...) FMT_PRINTF(2, 3);
/* "rules/x.yar:12: rule y: …"; line 0: that of the rule itself. */
int pack_rule_problem(const struct pack *p, struct vec *problems,
		      const struct rule_info *r, unsigned line, const char *fmt,
		      ...) FMT_PRINTF(5, 6);
/* The text of the file that holds the rule; "" without one. */
const char *pack_rule_source(const struct pack *p, const struct rule_info *r);
/* The group of the rule, and which of its rules it is. */
const struct group *pack_rule_group(const struct pack *p,
				    const struct rule_info *r,
				    size_t *index_ret);

/* The strict checks; each appends problems and fails without memory only. */

/* pack_check_lists.c: pack.txt, places.tsv, known.tsv, allow.tsv. */
int pack_check_lists(const struct pack *p, struct vec *problems);
/* pack_check_texts.c: texts.tsv against the rules. */
int pack_check_texts(const struct pack *p, struct vec *problems);
/* pack_check_words.c: conditions that can never be true. */
int pack_check_words(const struct pack *p, struct vec *problems);
/* pack_check_lines.c: strings that stand in no registration's text. */
int pack_check_lines(const struct pack *p, struct vec *problems);

/* The i-th value a variable can have (index into group_var_names), NULL
 * behind the last; none: any text. */
const char *pack_var_value(size_t var, size_t i);
/* Why no place begins so (variable `place`, line "place:"), "": one can. */
int pack_add_place_fault(struct str *out, const char *text, size_t nbytes,
			 bool no_case);
/* Whether a rule can match artefacts of that kind at all, by its condition. */
bool pack_rule_is_about(const struct group *g, size_t rule, const char *object);
/*
 * The i-th value a line of a registration's text can have ("point", "loads"),
 * NULL behind the last; none: any text, or no such line.
 */
const char *pack_line_value(const char *field, size_t i);

#endif
