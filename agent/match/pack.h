/*
 * Signature packs: rules, places, lists and texts about one outbreak.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A pack is a folder (for writing and testing) or one file (built from the
 * folder, encoded so that no antivirus stops at it, signed beside it or at
 * its end in minisign's format).  The folder:
 *   pack.txt      "key: value" lines: name, title, title_ja, version
 *                 (YYYY.MM.DD[.n]), min_tool, description, reference
 *   rules/x.yar   YARA rules (.yara, too, and in sub-folders); each file is
 *                 a group of its own
 *   places.tsv    known places: kind (tree|folder|file) TAB pattern TAB why;
 *                 pattern with the target's variables, for every user
 *   known.tsv     registrations that are known: point TAB clsid TAB
 *                 server file name or * TAB what it is
 *   allow.tsv     kind (sha256|clsid|publisher|path) TAB value TAB why
 *   restore.tsv   MIME type TAB first TAB last Windows version (6.1) TAB
 *                 CLSID that this Windows has there when it is new
 *   texts.tsv     key TAB en TAB ja   (families, roles, rules: sentences)
 * '#' starts a comment line in every .tsv.
 */
#ifndef MATCH_PACK_H
#define MATCH_PACK_H

#include "base/fmt.h"
#include "base/filetype.h"
#include "match/pack_lists.h"

enum evidence {
	EV_CONTENT,
	EV_NAME,
	EV_REGISTRATION,
	EV_TRACE,
	EV_COUNT
};

const char *evidence_name(enum evidence e);

struct rule_info {
	const char *name;
	const char *file;	 /* rules/x.yar */
	const char *description; /* one sentence */
	const char *family;	 /* "" if none */
	const char *role;	 /* "downloader", "clicker", "" … */
	const char *reference;
	const char *companion; /* meta companion: base name of the file in
				  the same folder this one belongs to; "" */
	const char *fact;      /* meta fact: what the rule observes; rules that
				  share one count once in a finding; "" */
	const char *unless;    /* meta unless: does not count in a finding that
				  this rule hit, too; "" */
	int score;	       /* 1 … 100 */
	enum evidence evidence;
	uint32_t gates; /* bit (1 << enum filetype); 0: any */
	bool is_private;
	bool is_global;	   /* the other rules of its file match only with it */
	bool has_metadata; /* all of ours were given */
	const char *lacks; /* the first that was not, or that has no sense */
	size_t index;	   /* dense, 0 … pack_rule_count-1 */
};

/*
 * Load and compile.  On failure err_last() names file and line of the broken
 * rule, or the rule whose gate its condition does not keep.
 * pack_open: folder, .yar file or pack file.  pubkeys: minisign public keys
 * (base64 line each) accepted beside the built-in ones, NULL-ended, or NULL.
 * A signed pack whose signature is wrong is refused (ERR_CORRUPT); an
 * unsigned one opens with is_signed false.
 */
int pack_open_builtin(struct pack **ret);
/* Only its lists and texts, which takes no time; it has no rules. */
int pack_open_builtin_words(struct pack **ret);
int pack_open(const char *host_path, const char *const *pubkeys,
	      struct pack **ret);
void pack_free(struct pack *p);

/*
 * < 0, 0, > 0 as version a is older than b, the same, or newer: number by
 * number, of any length; a number that is missing is 0, and so no version at
 * all is the oldest.
 */
int pack_version_compare(const char *a, const char *b);

size_t pack_rule_count(const struct pack *p);
const struct rule_info *pack_rule(const struct pack *p, size_t index);
/* Whether a rule names the external variable `owner`; asking for the owner
 * of every file costs, so it is done only then.  May err towards true. */
bool pack_uses_owner(const struct pack *p);
/*
 * Whether a file's name is one that the pack asks for, wherever it lies: some
 * rule may be true of a file because of it, or a row of places.tsv or another
 * rule's companion bears it.  May err towards true; any thread.
 */
bool pack_knows_name(const struct pack *p, const char *name);
/* Build one file from a folder (deterministic). */
int pack_build(const char *folder, const char *out_path);
/* The same into memory, for the built-in pack; caller frees. */
int pack_encode(const char *folder, uint8_t **data_ret, size_t *nbytes_ret);

struct pack_problem {
	char *text; /* "rules/x.yar:12: rule y: …" */
};

/*
 * Checks beyond loading: metadata complete (strict), gates kept, no hit on
 * any file below clean_dir (may be NULL), every rule hits a file below
 * hits_dir (may be NULL).  Problems are appended; 0 even if there are some.
 */
struct vec;
int pack_check(struct pack *p, bool strict, const char *hits_dir,
	       const char *clean_dir, struct vec *problems_ret);

#endif
