/*
 * What the live registry and hive files have in common behind registry.h: a
 * root and a key that begin with a table of functions.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_REG_BACKEND_H
#define REGISTRY_REG_BACKEND_H

#include "registry/registry.h"

/* Windows refuses to nest keys deeper than 512 (winreg.h documentation). */
#define REG_MAX_DEPTH 512
/* Longest key name Windows accepts is 255 characters, value name 16,383. */
#define REG_MAX_NAME_NCHARS 32767
/* A path is at most what 512 names of 255 characters take, in our UTF-8. */
#define REG_MAX_PATH_NBYTES ((size_t)1 << 20)
/* Bytes of one value; registrations are small, Windows' own blobs are not. */
#define REG_MAX_VALUE_NBYTES ((size_t)16 << 20)

struct reg_ops {
	void (*close)(struct reg_root *root);
	/* `from` NULL: the root key. Path components are not yet split. */
	int (*open_key)(struct reg_root *root, struct reg_key *from,
			const char *path, struct reg_key **ret);
	void (*close_key)(struct reg_key *key);
	int (*key_info)(struct reg_key *key, struct reg_key_info *ret);
	int (*each_subkey)(struct reg_key *key, reg_subkey_fn fn, void *arg);
	int (*each_value)(struct reg_key *key, reg_value_fn fn, void *arg);
	int (*get_value)(struct reg_key *key, const char *name,
			 struct reg_value *ret);
	/* These may be NULL: ERR_UNSUPPORTED. */
	int (*key_security)(struct reg_key *key, uint8_t **data_ret,
			    size_t *nbytes_ret);
	int (*key_class)(struct reg_key *key, uint8_t **data_ret,
			 size_t *nbytes_ret);
	int (*image)(struct reg_root *root, uint8_t **data_ret,
		     size_t *nbytes_ret);
};

struct reg_root {
	const struct reg_ops *ops;
	reg_gap_fn gap;
	void *gap_arg;
	/*
	 * Counts every time that something was left out or cut, also where
	 * the gap function was told about it before.  Who needs all of a key
	 * (reg_tree_read) compares it before and after.
	 */
	uint64_t losses;
};

struct reg_key {
	struct reg_root *root;
	char *path; /* from the root key, "" for it */
	unsigned depth;
};

/* Says that something below `key_path` could not be read; a loss. */
void reg_gap(struct reg_root *root, const char *key_path, const char *why);
/* The same for what is odd, where nothing is left out. */
void reg_note(const struct reg_root *root, const char *key_path,
	      const char *why);

/*
 * Next component of a path: skips backslashes, returns its start and length,
 * NULL at the end; moves *path behind it.
 */
const char *reg_path_next(const char **path, size_t *nbytes_ret);

/* "parent\name" as a new string, NULL without memory or over the bound. */
char *reg_path_join(const char *parent, const char *name, size_t name_nbytes);

#endif
