/*
 * What a pack says beside its rules: its name, lists and texts (pack.h tells
 * the files).  For whoever knows nothing of rules and matching.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MATCH_PACK_LISTS_H
#define MATCH_PACK_LISTS_H

#include <stdbool.h>
#include <stddef.h>

struct pack; /* compiled and ready; immutable, shared by threads */

enum place_kind {
	PLACE_TREE,
	PLACE_FOLDER,
	PLACE_FILE
};

struct pack_place {
	enum place_kind kind;
	const char *pattern;
	const char *why;
	unsigned line; /* of places.tsv */
};

struct pack_known {
	const char *point; /* point_name() or "*" */
	const char *clsid;
	const char *file; /* base name of the server, or "*" */
	const char *what;
	unsigned line; /* of known.tsv */
};

enum allow_kind {
	ALLOW_SHA256,
	ALLOW_CLSID,
	ALLOW_PUBLISHER,
	ALLOW_PATH
};

struct pack_allow {
	enum allow_kind kind;
	const char *value;
	const char *why;
	unsigned line; /* of allow.tsv */
};

/* What a machine-wide MIME filter is put back to when it is cleaned. */
struct pack_restore {
	const char *name; /* MIME type */
	int first, last;  /* Windows versions, major * 1000 + minor */
	const char *clsid;
};

struct pack_info {
	const char *name;
	const char *title;
	const char *title_ja;
	const char *version;
	const char *description;
	const char *reference;
	const char *source; /* "built in" or the path given */
	bool is_signed;
	const char *signer; /* key id, hex; "" */
	const char *trusted_comment;
};

const struct pack_info *pack_info(const struct pack *p);
size_t pack_place_count(const struct pack *p);
const struct pack_place *pack_place(const struct pack *p, size_t index);
size_t pack_known_count(const struct pack *p);
const struct pack_known *pack_known(const struct pack *p, size_t index);
size_t pack_allow_count(const struct pack *p);
const struct pack_allow *pack_allow(const struct pack *p, size_t index);
size_t pack_restore_count(const struct pack *p);
const struct pack_restore *pack_restore(const struct pack *p, size_t index);
bool pack_restore_fits(const struct pack_restore *r, int major, int minor);
/* Meta companion of the rule of that name; NULL: no such rule; each may be
 * NULL. */
const char *pack_companion(const struct pack *p, const char *rule);
/* Sentence or word for a key in "en" or "ja"; falls back to en, then NULL. */
const char *pack_text(const struct pack *p, const char *key, const char *lang);

#endif
