/*
 * A read-only parser of the regf format over bytes nobody vouches for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing is trusted: every offset goes through regf_cell(), lists are
 * bounded by the size of the hive, a key belongs to one parent, and whatever
 * contradicts the format is told by flags in the results, never by an abort.
 * Format: "Windows registry file format specification" by M. Suhanov.
 */
#ifndef REGISTRY_REGF_H
#define REGISTRY_REGF_H

#include "base/bytes.h"
#include "registry/hive_image.h"

#define REGF_NO_CELL 0xffffffffu

#define REGF_KEY_HIVE_ENTRY  0x0004u
#define REGF_KEY_SYM_LINK    0x0010u
#define REGF_KEY_COMP_NAME   0x0020u
#define REGF_VALUE_COMP_NAME 0x0001u

/* The base block, as it stands in the file. */
struct regf_base {
	bool has_signature;
	bool has_checksum; /* ... that fits */
	uint32_t seq1, seq2;
	int64_t last_write;
	uint32_t major, minor;
	uint32_t type, format;
	uint32_t root;	      /* offset of the root cell */
	uint32_t bins_nbytes; /* size of all hive bins */
	uint32_t cluster;     /* sector size in units of 512 bytes */
};

/* 512 bytes are enough; the rest of the base block holds nothing for us. */
#define REGF_BASE_NBYTES 512u

void regf_base_read(const uint8_t block[REGF_BASE_NBYTES],
		    struct regf_base *ret);
uint32_t regf_checksum(const uint8_t block[REGF_BASE_NBYTES]);

struct regf {
	struct hive_image *img;
	uint32_t bins_nbytes; /* usable bytes behind the base block */
	uint32_t root;
	bool has_wrong_hints; /* of lists: look-ups compare every name */
	/*
	 * Steps of all look-ups so far.  Each of them is bounded by the size
	 * of the hive, but a hive can be made so that thousands of them pass
	 * over a million entries.
	 */
	uint64_t work;
};

/* About half a minute; a large SOFTWARE hive takes a thousandth of it. */
#define REGF_MAX_WORK ((uint64_t)1 << 30)
/* A name that is decoded and compared against an entry that is passed by. */
#define REGF_NAME_WORK 8

/* What went wrong with a list, a key or a value; 0: nothing. */
enum {
	REGF_BAD_CELL = 0x01,	   /* an offset leads to no allocated cell */
	REGF_BAD_SIGNATURE = 0x02, /* the cell is not of the expected kind */
	REGF_BAD_LENGTH = 0x04,	   /* a length exceeds its cell; it was cut */
	REGF_BAD_PARENT = 0x08,	   /* a key that belongs to another one */
	REGF_BAD_COUNT = 0x10,	   /* lists and counts do not agree */
	REGF_BAD_DUPLICATE = 0x20, /* the same cell twice in one list */
	REGF_BAD_DEPTH = 0x40,	   /* lists nested deeper than Windows does */
	REGF_BAD_SIZE = 0x80,	   /* above one of our bounds */
	REGF_BAD_HINT = 0x100	   /* a list's hash of a name is wrong */
};

/* One sentence for the first flag set, never NULL. */
const char *regf_bad_words(unsigned bad);

struct regf_key {
	uint32_t offset;
	uint32_t flags;
	int64_t last_write;
	uint32_t parent;
	uint32_t subkey_count, subkey_list;
	uint32_t value_count, value_list;
	uint32_t security; /* offset of its "sk" cell */
	uint32_t class_name;
	size_t class_nbytes;
	const uint8_t *name;
	size_t name_nbytes;
	unsigned bad;
};

struct regf_value {
	uint32_t offset;
	uint32_t type;
	const uint8_t *name;
	size_t name_nbytes;
	bool has_latin1_name;
	uint32_t data_nbytes; /* as declared */
	uint32_t data;	      /* offset of the cell, or the bytes themselves */
	bool is_inline;
	unsigned bad;
};

/* A list of cell offsets; regf_list_release frees it. */
struct regf_list {
	uint32_t *offsets;
	size_t count;
	unsigned bad;
};

/*
 * Data of the allocated cell at `offset` (relative to the first hive bin),
 * at least `need` bytes of it; `*nbytes_ret` (may be NULL) is all it has.
 */
const uint8_t *regf_cell(struct regf *r, uint32_t offset, size_t need,
			 size_t *nbytes_ret);

/* False if the cell is no key (value) at all. */
bool regf_key_read(struct regf *r, uint32_t offset, struct regf_key *ret);
bool regf_value_read(struct regf *r, uint32_t offset, struct regf_value *ret);

/* Names as our UTF-8; 0 or ERR_NOMEM. */
struct str;
int regf_key_name(const struct regf_key *key, struct str *out);
int regf_value_name(const struct regf_value *value, struct str *out);

/*
 * All subkeys (values) in stored order, each once.  Only cells that are keys
 * of this parent (values) are listed, `bad` tells what was left out.
 */
int regf_subkeys(struct regf *r, const struct regf_key *key,
		 struct regf_list *ret);
int regf_values(struct regf *r, const struct regf_key *key,
		struct regf_list *ret);
/* How many entries the lists have, without looking at the keys. */
uint32_t regf_count_subkeys(struct regf *r, const struct regf_key *key);
void regf_list_release(struct regf_list *list);

/*
 * The subkey with that name (not NUL-ended, our UTF-8), case ignored.
 * ERR_NOT_FOUND; `*bad_ret` gets flags of what was unreadable on the way.
 */
int regf_find_subkey(struct regf *r, const struct regf_key *key,
		     const char *name, size_t name_nbytes, struct regf_key *ret,
		     unsigned *bad_ret);

/*
 * Bytes of a value, at most max_nbytes (else REGF_BAD_SIZE and none).
 * `*data_ret` is the caller's (mem_free), NULL with no bytes.
 */
int regf_value_data(struct regf *r, const struct regf_value *value,
		    size_t max_nbytes, uint8_t **data_ret, size_t *nbytes_ret,
		    unsigned *bad_ret);

/*
 * The security descriptor of a key, and its class name as UTF-16LE: views
 * into the image.  False: unreadable.  No bytes (and NULL): there is none.
 */
bool regf_key_security(struct regf *r, const struct regf_key *key,
		       const uint8_t **data_ret, size_t *nbytes_ret);
bool regf_key_class(struct regf *r, const struct regf_key *key,
		    const uint8_t **data_ret, size_t *nbytes_ret);

/*
 * The root key: where the base block says, else where Windows puts it, else
 * the first key that calls itself the root.  False if there is none.
 */
bool regf_find_root(struct regf *r, uint32_t *root_ret);

#endif
