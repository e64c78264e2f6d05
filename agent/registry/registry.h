/*
 * One read interface over the live registry and over hive files.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Key paths use backslashes, are relative to the root, and are compared
 * without case.  Names are our UTF-8 (base/utf.h): they may hold NUL (C0 80)
 * and lone surrogates.  A registry link (REG_LINK, flag on the key) is never
 * followed: opening it opens the link itself and is_link is set.
 * Nothing here is thread-safe for one root; use one root per thread.
 */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "base/fmt.h"

enum {
	REG_TYPE_NONE = 0,
	REG_TYPE_SZ = 1,
	REG_TYPE_EXPAND_SZ = 2,
	REG_TYPE_BINARY = 3,
	REG_TYPE_DWORD = 4,
	REG_TYPE_DWORD_BE = 5,
	REG_TYPE_LINK = 6,
	REG_TYPE_MULTI_SZ = 7,
	REG_TYPE_QWORD = 11
};

/*
 * View of the live registry; ignored for hive files and on 32-bit Windows.
 * A 64-bit program has the 64-bit view only (Wow6432Node lies in it).
 */
enum reg_view {
	REG_VIEW_NATIVE,
	REG_VIEW_64,
	REG_VIEW_32
};

struct reg_root; /* an opened hive or a live root key */
struct reg_key;	 /* an open key; freed before its root */

struct reg_key_info {
	char *name; /* last component as stored; caller: reg_key_info_release */
	int64_t last_write; /* FILETIME */
	bool is_link; /* by its flag; a REG_LINK value alone makes no link */
	uint32_t subkey_count; /* as far as readable */
	uint32_t value_count;
};

struct reg_value {
	char *name; /* "" = default value */
	uint32_t type;
	uint8_t *data; /* raw bytes as stored, NULL if nbytes 0 */
	size_t nbytes;
};

/* ---- roots ------------------------------------------------------------ */

/*
 * Where a damaged or incomplete hive is reported: called for every place
 * that could not be read (key path relative to the root, our UTF-8) with a
 * sentence.  May be NULL.  While a hive is opened it is called with the causes
 * of reg_hive_causes() and "".
 */
typedef void (*reg_gap_fn)(void *arg, const char *key_path, const char *why);

/* What can be wrong with the file as a whole. */
enum {
	REG_HIVE_BAD_BASE = 1 << 0,   /* its base block is damaged */
	REG_HIVE_BAD_HEADER = 1 << 1, /* that is sound and holds nonsense */
	REG_HIVE_BAD_ROOT = 1 << 2,   /* ... or leads to no root key */
	REG_HIVE_SHORT = 1 << 3,      /* its end is missing */
	REG_HIVE_UNREAD = 1 << 4      /* the system could not read all of it */
};

struct reg_hive_report {
	bool was_dirty;	   /* sequence numbers differed, or a bad base block */
	bool logs_applied; /* at least one transaction log was replayed */
	bool logs_missing; /* dirty, but no usable log: content may be old */
	bool damaged;	   /* any of `damage` */
	bool truncated;
	unsigned damage; /* REG_HIVE_* */
	/* Why a log or its end was not used; NULL: there was none to use. */
	const char *logs_why;
	uint64_t nbytes; /* of the image in memory */
};

/*
 * One call for each cause that the report tells, with a sentence; lacks_newest:
 * the hive may be older than its last change, else it is damaged.
 */
typedef void (*reg_cause_fn)(void *arg, bool lacks_newest, const char *why);
void reg_hive_causes(const struct reg_hive_report *report, reg_cause_fn fn,
		     void *arg);

/*
 * Open a hive file by host path, with its logs beside it (<path>.LOG, .LOG1,
 * .LOG2 in any case; the caller may pass the exact log host paths instead).
 * A clean hive is opened in place, read-only; a dirty one is recovered into
 * memory.  Damage gives what is readable, `report` and calls of `gap`.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_LOCKED, ERR_NOT_DIR (it is a folder),
 * ERR_CORRUPT (not a hive or nothing readable), ERR_TOO_LARGE.
 */
struct reg_hive_files {
	const char *hive; /* host path */
	const char
		*logs[3]; /* host paths of .LOG, .LOG1, .LOG2; NULL: absent */
};

int reg_open_hive(const struct reg_hive_files *files, reg_gap_fn gap,
		  void *gap_arg, struct reg_hive_report *report_ret,
		  struct reg_root **ret);
/* A hive that lies in memory (copied), without logs. For tests and fuzzing. */
int reg_open_memory(const void *data, size_t nbytes, reg_gap_fn gap,
		    void *gap_arg, struct reg_hive_report *report_ret,
		    struct reg_root **ret);

enum reg_live_root {
	REG_LIVE_MACHINE,
	REG_LIVE_USERS
};

/* Live roots. On Linux: ERR_UNSUPPORTED. */
int reg_open_live(enum reg_live_root which, enum reg_view view, reg_gap_fn gap,
		  void *gap_arg, struct reg_root **ret);
void reg_close(struct reg_root *root);

/*
 * The whole image of a hive root as it was read, with its logs applied, for
 * reg_edit_hive_bytes(); caller frees.  It is taken from the root, in which
 * nothing can be read afterwards.  ERR_UNSUPPORTED for a live root.
 */
int reg_root_image(struct reg_root *root, uint8_t **data_ret,
		   size_t *nbytes_ret);

/* ---- keys ------------------------------------------------------------- */

/* path "" or NULL: the root key itself. ERR_NOT_FOUND if it is not there. */
int reg_open_key(struct reg_root *root, const char *path, struct reg_key **ret);
int reg_open_subkey(struct reg_key *key, const char *path,
		    struct reg_key **ret);
void reg_close_key(struct reg_key *key);
int reg_key_info(struct reg_key *key, struct reg_key_info *ret);
void reg_key_info_release(struct reg_key_info *info);

/*
 * The self-relative SECURITY_DESCRIPTOR of a key (caller frees); live it has
 * the SACL only where the privilege allows.  ERR_NOT_FOUND: the hive names
 * none.
 */
int reg_key_security(struct reg_key *key, uint8_t **data_ret,
		     size_t *nbytes_ret);
/* Class name as raw UTF-16LE, caller frees; nbytes 0 and NULL: none. */
int reg_key_class(struct reg_key *key, uint8_t **data_ret, size_t *nbytes_ret);

/*
 * Calls back for every subkey / value in stored order; a non-zero return
 * stops and is passed on.  What is unreadable is reported to the gap
 * function and left out.  reg_open_subkey() with the name just given opens
 * that very key, also where names occur twice or Windows' hash is wrong.
 */
typedef int (*reg_subkey_fn)(void *arg, const char *name);
typedef int (*reg_value_fn)(void *arg, const struct reg_value *value);
int reg_each_subkey(struct reg_key *key, reg_subkey_fn fn, void *arg);
int reg_each_value(struct reg_key *key, reg_value_fn fn, void *arg);

/* One value by name (no case; "" = default); reg_value_release frees. */
int reg_get_value(struct reg_key *key, const char *name, struct reg_value *ret);
void reg_value_release(struct reg_value *v);

/* ---- helpers over the above (registry/reg_text.c) ---------------------- */

/*
 * Value as text in our UTF-8; caller frees.  REG_SZ, EXPAND_SZ, LINK: up to
 * the first NUL if any (`*extra_ret`, may be NULL, tells that data followed
 * it), odd trailing byte dropped, missing NUL accepted.  MULTI_SZ: the
 * first string.  DWORD/QWORD: decimal.  Other types holding plausible
 * UTF-16 text are read as text, else hex.
 */
char *reg_value_text(const struct reg_value *v, bool *extra_ret);
bool reg_value_u32(const struct reg_value *v, uint32_t *ret);
/* Convenience: text of key\name, NULL if absent. `type_ret` may be NULL. */
char *reg_get_text(struct reg_key *key, const char *name, uint32_t *type_ret);
char *reg_root_get_text(struct reg_root *root, const char *key_path,
			const char *name, uint32_t *type_ret);

#endif
