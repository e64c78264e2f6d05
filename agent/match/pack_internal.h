/*
 * The inside of a pack, for this folder only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_PACK_INTERNAL_H
#define MATCH_PACK_INTERNAL_H

#include "host/host.h"
#include "match/group.h"
#include "match/pack.h"
#include "match/pack_files.h"
#include "match/prefilter.h"

struct pack_text {
	const char *key;
	const char *en;
	const char *ja;
	const char *extra; /* what stands behind a third tab */
	unsigned line;	   /* of texts.tsv */
};

/* Rows of the .tsv files; their texts point into `lines`. */
struct pack_lists {
	struct vec places;  /* struct pack_place */
	struct vec known;   /* struct pack_known */
	struct vec allow;   /* struct pack_allow */
	struct vec restore; /* struct pack_restore */
	struct vec texts;   /* struct pack_text, sorted by key */
	struct vec lines;   /* char *, owned */
	struct pack_info info;
};

/* A prefilter over some of the groups. */
struct filter_set {
	struct prefilter *filter;
	bool *in_group;
};

#define FILTERS_MAX 64

struct pack {
	struct pack_files files; /* kept for line numbers in messages */
	struct pack_lists lists;
	char *source;
	char *trusted_comment;
	char signer[17];
	struct vec groups;			/* struct group */
	struct vec rules;			/* struct rule_info */
	struct vec patterns;			/* struct pattern */
	struct vec atoms;			/* struct atom */
	bool *can_verify;			/* by group */
	struct filter_set filters[FILTERS_MAX]; /* the first: all groups */
	size_t filter_count;
	/* By gate, object and location. */
	uint8_t filter_of[FILETYPE_COUNT][SCOPE_OBJECTS + 1]
			 [SCOPE_LOCATIONS + 1];
	struct host_mutex *large; /* one large file at a time */
	bool yara_started;
};

/* filters.c */
struct scope {
	unsigned object; /* index of a known value, or the count */
	unsigned location;
};

struct scope scope_of(const char *object, const char *location);
/* False: no rule of the group can match. */
bool group_takes_part(const struct group *g, enum filetype gate,
		      struct scope scope);
int filters_build(struct pack *p);
void filters_free(struct pack *p);
const struct prefilter *filters_get(const struct pack *p, enum filetype gate,
				    struct scope scope);

/* pack.c: a pack of these files, which are emptied; for tests and fuzzing. */
int pack_from_files(struct pack_files *files, const char *source,
		    struct pack **ret);

/* pack_lists.c */
void pack_lists_init(struct pack_lists *l);
void pack_lists_release(struct pack_lists *l);
/* ERR_INVALID with file and line for a row that makes no sense. */
int pack_lists_read(struct pack_lists *l, const struct pack_files *files);

/* pack_sign.c */
struct pack_signature {
	bool is_prehashed;
	uint8_t key_id[8];
	uint8_t signature[64];
	uint8_t global[64];
	char trusted_comment[1024];
};

/* Reads the four lines of a .minisig; ERR_CORRUPT. */
int pack_signature_parse(const char *text, size_t nbytes,
			 struct pack_signature *ret);
/* 0, ERR_NOT_FOUND (no key with that id given) or ERR_CORRUPT (wrong). */
int pack_signature_verify(const struct pack_signature *s, const uint8_t *data,
			  size_t nbytes, const char *const *builtin_keys,
			  const char *const *more_keys);
/* Key id as minisign prints it: 16 hexadecimal digits. */
void pack_signature_key_id(const struct pack_signature *s, char ret[17]);

#endif
