/*
 * The vault: where saved files, keys and hives lie, one item a file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An item tells everything about itself, so that it can be listed and
 * restored without the store (undo --vault FILE).  It is inert, not secret:
 * encrypted with a random key that lies in its own header, and authenticated
 * from end to end (libsodium's secretstream, XChaCha20-Poly1305).  Format:
 * remediate/FORMATS.md, "vault items".
 *
 * The folder itself is private (host_private_dir); what is read from it is
 * treated as hostile all the same.
 */
#ifndef REMEDIATE_VAULT_H
#define REMEDIATE_VAULT_H

#include "base/vec.h"
#include "host/change.h"

enum vault_kind {
	VAULT_FILE,
	VAULT_KEY,   /* a reg_tree in its binary form */
	VAULT_VALUE, /* one registry value: a tree without children holding it
		      */
	VAULT_HIVE,  /* a whole hive file and its logs as streams ".LOG1" … */
	VAULT_KIND_COUNT
};

const char *vault_kind_name(enum vault_kind k); /* "file", "key" … */

struct vault_info {
	enum vault_kind kind;
	char *original;	       /* Windows path, or physical key ("HKLM\…") */
	char *value_name;      /* VAULT_VALUE, else NULL */
	char *target_id;       /* which Windows it came from */
	char *computer;	       /* its name, "" unknown */
	char *fix_id;	       /* 32 hex, one for each run of fix */
	uint32_t seq;	       /* step of that fix */
	char *why;	       /* the finding's reason, English, "" */
	int64_t saved_at;      /* FILETIME */
	uint64_t nbytes;       /* of the content, streams not counted */
	char sha256[65];       /* of the content */
	struct host_meta meta; /* files and hives */
	uint32_t stream_count;
};

void vault_info_release(struct vault_info *i);

struct vault;

/*
 * Opens the folder; `create` makes it and its parent "mstmpsweep" (not the
 * one above).  `base` as in host_place_open().  `any_fs`: the user named it
 * with --vault on a file system without access lists and was told.
 * ERR_DENIED: planted or open to others; ERR_NOT_FOUND without `create`.
 */
int vault_open(const char *base, const char *path, bool create, bool any_fs,
	       struct vault **ret);
void vault_close(struct vault *v);
const char *vault_path(const struct vault *v);
/* A private folder inside for names that are about to vanish. */
const char *vault_private_dir(const struct vault *v);

/*
 * Saves: writes a new item under a temporary name, flushes, reads it back
 * from the medium, decrypts and compares (digest, length, metadata), renames,
 * flushes the folder.  `info` says what it is (kind, original, target_id,
 * computer, fix_id, seq, why, saved_at); nbytes, sha256, meta and streams are
 * filled in from the subject.  `name_ret` (caller frees) is the file name
 * within the vault: "<fix id>-<seq>.mqv".  ERR_EXISTS if that item is there.
 * ERR_NO_SPACE before anything is written if it cannot fit.
 */
int vault_put_file(struct vault *v, struct vault_info *info,
		   struct host_subject *subject, char **name_ret);

/* The same for bytes in memory; `part` names further parts (".LOG1"). */
struct vault_part {
	const char *name;
	const void *data;
	size_t nbytes;
};

int vault_put_bytes(struct vault *v, struct vault_info *info, const void *data,
		    size_t nbytes, const struct vault_part *parts,
		    size_t part_count, char **name_ret);
/* A readable file beside an item (".reg"): name within the vault. */
int vault_put_text(struct vault *v, const char *name, const void *data,
		   size_t nbytes);

/* Reads the head only (still authenticated). `path` is a host path. */
int vault_read_info(const char *path, struct vault_info *ret);
/* Reads and checks every byte; ERR_CORRUPT with the place. */
int vault_verify(const char *path, struct vault_info *ret);
/* Whole content into memory; at most max_nbytes. */
int vault_read_bytes(const char *path, size_t max_nbytes, uint8_t **data_ret,
		     size_t *nbytes_ret);
/* A further part; ERR_NOT_FOUND. */
int vault_read_part(const char *path, const char *part, size_t max_nbytes,
		    uint8_t **data_ret, size_t *nbytes_ret);
/*
 * Restores a file: verifies the whole item first, writes it with
 * host_new_*(), streams and metadata included, never over anything.
 * `with_meta` false: content and streams only (restoring elsewhere).
 */
int vault_restore_file(const char *path, struct host_place *to, bool with_meta);
/* Names of all items of the folder, sorted; vec of char *, caller frees. */
int vault_list(struct vault *v, struct vec *names_ret);

#endif
