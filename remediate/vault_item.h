/*
 * Private to remediate/vault*.c: the form of a vault item as bytes, without
 * any file.  remediate/FORMATS.md, "vault items", describes it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything is read and written as a stream with bounded memory (about
 * 200 KiB and the metadata).  What the reader gets is hostile: the key lies
 * in the header, so anybody can write an item that authenticates.
 */
#ifndef REMEDIATE_VAULT_ITEM_H
#define REMEDIATE_VAULT_ITEM_H

#include "base/str.h"
#include "remediate/vault.h"

#define ITEM_MAGIC	   "MSTMPMQV"
#define ITEM_VERSION	   1u
#define ITEM_HEADER_NBYTES 80u
#define ITEM_CHUNK_NBYTES  65536u

/*
 * Bounds.  Names of Windows have at most 32,767 UTF-16 units (paths) and
 * 16,383 (registry values), which are three bytes each at most here; both
 * lists of a security descriptor have at most 64 KiB.
 */
#define ITEM_PATH_MAX	  98304u
#define ITEM_VALUE_MAX	  65536u
#define ITEM_WORD_MAX	  1024u
#define ITEM_WHY_MAX	  65536u
#define ITEM_SHORT_MAX	  64u
#define ITEM_SECURITY_MAX 262144u
#define ITEM_XATTRS_MAX	  2097152u
#define ITEM_FOLDERS_MAX  262144u
/* The content and at most 1023 streams; an NTFS name has 255 units. */
#define ITEM_PARTS_MAX	   1024u
#define ITEM_PART_NAME_MAX 1024u
/* More than all of the above together. */
#define ITEM_HEAD_MAX ((size_t)4 << 20)
/* Sums of sizes stay far from overflowing. */
#define ITEM_PART_NBYTES_MAX ((uint64_t)1 << 52)

struct item_part {
	char *name; /* "": the content, which is the first */
	uint64_t nbytes;
	uint8_t sha256[32]; /* known when all of the part was seen */
};

/* What comes before the content. */
struct item_head {
	struct vault_info info;
	struct item_part *parts;
	size_t part_count;
};

/* Frees what a decoded head holds. */
void item_head_release(struct item_head *head);
/*
 * Appends the fields to `out`.  ERR_INVALID, ERR_TOO_LARGE: something of
 * `head` cannot be said in this form; the same head gives the same bytes.
 */
int item_head_encode(const struct item_head *head, struct str *out);
/* ERR_CORRUPT, ERR_UNSUPPORTED: a field this version cannot leave out. */
int item_head_decode(const uint8_t *data, size_t nbytes,
		     struct item_head *head_ret);
/* Length of the whole item with a head of that many bytes. */
uint64_t item_nbytes(size_t head_nbytes, const struct item_head *head);

/* ---- writing ------------------------------------------------------------ */

typedef int (*item_write_fn)(void *arg, const void *data, size_t nbytes);

struct item_writer;

/*
 * Writes header and head.  `head` stays the caller's and lives as long as
 * the writer; the parts' digests are filled in as they become known.
 */
int item_writer_new(struct item_head *head, item_write_fn write, void *arg,
		    struct item_writer **ret);
/* The next bytes of the parts, one after the other.  ERR_INVALID: too many. */
int item_writer_add(struct item_writer *w, const void *data, size_t nbytes);
/*
 * ERR_INVALID: bytes are missing.  ERR_CHANGED: the content's digest is not
 * that of the head.
 */
int item_writer_finish(struct item_writer *w);
void item_writer_free(struct item_writer *w);

/* ---- reading ------------------------------------------------------------ */

/* As host_read(): short reads are possible, 0 bytes is the end. */
typedef int (*item_read_fn)(void *arg, void *buf, size_t nbytes,
			    size_t *nread_ret);

struct item_reader;

/* Reads header and head; `name` is for messages. */
int item_reader_new(const char *name, item_read_fn read, void *arg,
		    struct item_reader **ret);
/* Valid as long as the reader, until it is taken. */
const struct item_head *item_reader_head(const struct item_reader *r);
/* Length of the whole item as its head says. */
uint64_t item_reader_nbytes(const struct item_reader *r);
/*
 * The next bytes and the part they belong to; `*data_ret` is valid until the
 * next call.  `*nbytes_ret` 0: the end, everything was there and right, and
 * the digests of the parts are filled in.  Empty parts have no bytes.
 */
int item_reader_next(struct item_reader *r, size_t *part_ret,
		     const uint8_t **data_ret, size_t *nbytes_ret);
/* Hands the head over to the caller, who releases it. */
void item_reader_take_head(struct item_reader *r, struct item_head *head_ret);
void item_reader_free(struct item_reader *r);

/* ---- what both sides share ---------------------------------------------- */

enum item_message {
	ITEM_HEAD = 'H',
	ITEM_DATA = 'D',
	ITEM_END = 'E'
};

/* Kind byte, then for data: le32 part, le64 offset. */
#define ITEM_DATA_PREFIX  13u
#define ITEM_PLAIN_NBYTES (ITEM_DATA_PREFIX + ITEM_CHUNK_NBYTES)
/* What the encryption adds to a message, and the length before it. */
#define ITEM_TAG_NBYTES	   17u
#define ITEM_LENGTH_NBYTES 4u

/* The header's last eight bytes: the first of the SHA-256 of what precedes. */
void item_header_check(const uint8_t *header, uint8_t check_ret[8]);
int item_crypto_start(void);

#endif
