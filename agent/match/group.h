/*
 * A group: the rules of one .yar file, compiled on their own, with what the
 * scanner must know to leave libyara out where the answer is certain.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Groups are evaluated as a whole, in their own name space, so private and
 * global rules and references between rules mean what they mean to libyara.
 */
#ifndef MATCH_GROUP_H
#define MATCH_GROUP_H

#include "base/vec.h"
#include "match/pack.h"
#include <yara.h>
#include <yara/limits.h>

/* Known values of the variables object and location (filters.c). */
#define SCOPE_OBJECTS	4
#define SCOPE_LOCATIONS 18

/* The names of YARA's external variables, in the order of match_vars. */
#define GROUP_VAR_COUNT 10
extern const char *const group_var_names[GROUP_VAR_COUNT];

struct group {
	char *file; /* "rules/x.yar" */
	YR_RULES *rules;
	size_t first_rule; /* index of its first rule in the pack */
	size_t rule_count;
	/* The variables' names as the conditions refer to them; NULL: by none
	 * of them. */
	const char *var_names[GROUP_VAR_COUNT];
	const uint8_t **codes; /* by rule: its compiled condition */
	/* By object: bits of the locations where a rule can match. */
	uint32_t locations[SCOPE_OBJECTS];
	/* Bits of enum filetype if every rule has a gate, else 0. */
	uint32_t gates;
	/* Some string has no usable literal: libyara sees every file. */
	bool always_scan;
	/* The patterns name every place where libyara would look. */
	bool can_verify;
	/* Some rule may match though no string does. */
	bool has_conditions;
	bool imports_pe;
	/* Modules that read bytes when a condition calls them. */
	bool imports_reader;
	bool uses_entrypoint;
};

/* libyara's global state: counted, safe from any thread. */
int group_yara_start(void);
void group_yara_stop(void);

/*
 * Compile one file. ERR_INVALID with file, line and libyara's words if it is
 * no valid rule file; rules are appended to `infos` (struct rule_info, its
 * texts point into g->rules).
 */
int group_compile(struct group *g, const char *file, const char *text,
		  size_t nbytes, struct vec *infos);
void group_release(struct group *g);

/*
 * gate.c.  Prove from the compiled conditions that no rule with a gate can
 * match a file outside it; *bad_rule_ret is the index within the group of
 * one that cannot be proven (ERR_INVALID).
 */
int gate_prove(const struct group *g, const struct rule_info *infos,
	       size_t *bad_rule_ret);
/* Where each rule's condition begins; ERR_INVALID if that is not known. */
int gate_codes(const YR_RULES *rules, const uint8_t **codes, size_t count);
/* Names of the modules the group imports, each once; the count. */
#define GROUP_MAX_IMPORTS 16
size_t gate_imports(const YR_RULES *rules, const char **names,
		    size_t max_count);
/*
 * Takes out the imports of modules that no condition names: libyara builds a
 * module's objects anew for every file (0.4 ms for pe), used or not.
 */
void gate_drop_imports(YR_RULES *rules);

/*
 * literals.c.  For every string of the group: byte patterns of which one must
 * be in the file for the string to match.  Sets g->always_scan if there is a
 * string without.
 */
struct pattern {
	uint8_t *value; /* nbytes, then nbytes of mask in the same block */
	uint8_t *mask;
	uint16_t nbytes;
	uint16_t anchor;       /* offset of the bytes the filter looks for */
	uint8_t anchor_nbytes; /* 2 … PATTERN_ANCHOR_MAX */
	bool is_part;	       /* of a chained string another part stands for */
	uint32_t group;	       /* index of the group in the pack */
	uint32_t string;       /* in the group; of a chain its head */
	int32_t origin;	     /* from its start to where libyara's code starts */
	uint32_t first_atom; /* its string's atoms in the pack's list */
	uint32_t atom_count;
	int64_t fixed_offset; /* only there, or -1 */
};

/*
 * An atom of a string: where it stands, libyara verifies `match` at the place
 * match->backtrack before the atom's end.
 */
struct atom {
	const YR_AC_MATCH *match;
	uint8_t bytes[YR_MAX_ATOM_LENGTH];
	uint8_t nbytes;
	uint32_t rank; /* among atoms that end at the same byte */
};

#define PATTERN_ANCHOR_MAX 7
#define PATTERN_MAX_NBYTES 96

/*
 * Appends struct pattern and struct atom; the caller frees each pattern's
 * `value`.
 */
int literals_collect(struct group *g, uint32_t group_index,
		     struct vec *patterns, struct vec *atoms);

#endif
