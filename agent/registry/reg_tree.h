/*
 * A registry key with everything below it, as a saved copy.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A tree is whole or there is none: reading fails (ERR_CORRUPT, ERR_DENIED …)
 * where any part cannot be read, since half a key saved would be a key lost.
 */
#ifndef REGISTRY_REG_TREE_H
#define REGISTRY_REG_TREE_H

#include "base/str.h"
#include "registry/registry.h"

struct reg_tree_value {
	char *name; /* our UTF-8, may hold C0 80; "" = default */
	uint32_t type;
	uint8_t *data;
	size_t nbytes;
};

struct reg_tree {
	char *name;	      /* last component as stored */
	uint8_t *class_utf16; /* class name, raw UTF-16LE, NULL: none */
	size_t class_nbytes;
	uint8_t *security; /* self-relative descriptor, NULL: could not be
			      asked for (ERR_DENIED on SACL is no reason) */
	size_t security_nbytes;
	int64_t last_write;
	bool is_link;
	struct reg_tree_value *values; /* in stored order */
	size_t value_count;
	struct reg_tree **children; /* in stored order */
	size_t child_count;
};

/* A tree has at most this many keys and bytes; else ERR_TOO_LARGE. */
#define REG_TREE_MAX_KEYS   100000u
#define REG_TREE_MAX_NBYTES ((size_t)256 << 20)
/* The length of a class has 16 bits; a descriptor holds two lists of 64 KB. */
#define REG_TREE_MAX_CLASS    0xffffu
#define REG_TREE_MAX_SECURITY ((size_t)160 << 10)

/* The key and all below.  A link is saved as a link, nothing behind it. */
int reg_tree_read(struct reg_key *key, struct reg_tree **ret);
void reg_tree_free(struct reg_tree *t);
/*
 * SHA-256, in hex, of names, classes, links, types and data of all of it, in
 * whatever order they are stored; not of times and security.  0, ERR_NOMEM.
 */
int reg_tree_digest(const struct reg_tree *t, char hex_ret[65]);

/* Parts that reg_tree_differs() leaves out. */
#define REG_TREE_NO_SECURITY 0x1u
#define REG_TREE_NO_TIMES    0x2u /* last writes never come back */
#define REG_TREE_NO_ORDER    0x4u /* values and subkeys by name */
#define REG_TREE_NO_KEY_ORDER                                                  \
	0x8u /* subkeys by name (Windows sorts them), values as stored */

/*
 * Where `a` and `b` differ, as a sentence in `why` (path below the key and
 * what), or false: they are the same.
 */
bool reg_tree_differs(const struct reg_tree *a, const struct reg_tree *b,
		      unsigned without, struct str *why);
/* The same as 0, ERR_CHANGED or ERR_NOMEM (which "differs" above). */
int reg_tree_compare(const struct reg_tree *a, const struct reg_tree *b,
		     unsigned without, struct str *why);

/*
 * The documented binary form (remediate/FORMATS.md, "saved keys"): magic,
 * then keys depth first, every length explicit, little-endian.  Decoding
 * takes hostile bytes: bounded, ERR_CORRUPT.
 */
int reg_tree_encode(const struct reg_tree *t, uint8_t **data_ret,
		    size_t *nbytes_ret);
int reg_tree_decode(const void *data, size_t nbytes, struct reg_tree **ret);

/*
 * As a .reg file that regedit reads, UTF-8 here (the writer makes UTF-16LE
 * with BOM and CRLF of it): "Windows Registry Editor Version 5.00", `path`
 * with its root spelt out (HKEY_LOCAL_MACHINE\…), values in hex where text
 * would not come back bit for bit.  What the form cannot hold (NUL in names,
 * class, security) stands in ';' comments.
 */
int reg_tree_to_reg(const struct reg_tree *t, const char *path,
		    struct str *out);
/* One value in the same form. */
int reg_value_to_reg(const struct reg_tree_value *v, const char *key_path,
		     struct str *out);

#endif
