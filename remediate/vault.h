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

#include "base/str.h"
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
	char sha256[65];       /* of the content, lower-case hex */
	struct host_meta meta; /* files and hives */
	uint32_t stream_count;
	/* The folders above a file, from the top of its volume: what is in
	 * them is told by vault_folder_at().  NULL: not recorded. */
	uint8_t *folders;
	size_t folders_nbytes;
	/* Of the volume that a file lay on (host_volume_state); 0: unknown. */
	uint32_t volume;
};

/*
 * One more folder below those that are recorded: its attributes, owner and
 * rights.  ERR_TOO_LARGE: then none are recorded.
 */
int vault_folder_add(struct vault_info *i, const struct host_meta *meta);
/* The index-th of them; borrows from `i`.  False: it is not recorded. */
bool vault_folder_at(const struct vault_info *i, size_t index,
		     struct host_meta *ret);

void vault_info_release(struct vault_info *i);
/*
 * Appends it in words, a line each (what, from where, when in UTC, why, size,
 * digest), for a person: `lang` is "en" or "ja".  Control characters of
 * foreign text are escaped.
 */
int vault_info_text(const struct vault_info *i, const char *lang,
		    struct str *out);

/* Appends its kind, time of saving and size, on part of a line. */
int vault_info_line(const struct vault_info *i, const char *lang,
		    struct str *out);

/*
 * Whether the folder is there and private, without making anything; base and
 * any_fs as for vault_open().  0, ERR_NOT_FOUND, ERR_DENIED, ERR_UNSUPPORTED.
 */
int vault_check(const char *base, const char *path, bool any_fs);

struct vault;

/*
 * Opens the folder; `create` makes it and its parent "mstmpsweep" (not the
 * one above).  `base` as in host_place_open().  `any_fs`: the user named it
 * with --vault on a file system without access lists and was told.
 * ERR_DENIED: planted or open to others; ERR_UNSUPPORTED: reached through a
 * link, or no `any_fs` where it is needed; ERR_NOT_FOUND without `create`.
 * A parent called "mstmpsweep" below `base` is checked like the vault, since
 * who may rename the vault can put another in its place.  Without `create`
 * nothing is made but the folder of vault_private_dir(), and that only if
 * the medium can be written.
 */
int vault_open(const char *base, const char *path, bool create, bool any_fs,
	       struct vault **ret);
void vault_close(struct vault *v);
const char *vault_path(const struct vault *v);
/* A private folder inside for names that are about to vanish. */
const char *vault_private_dir(const struct vault *v);

/* Removes items that a power cut left half-written; nobody else may be at it.
 */
int vault_clear_temps(struct vault *v);

/*
 * Saves: writes a new item under a temporary name in vault_private_dir(),
 * flushes, opens it anew, decrypts and compares everything (digests, lengths,
 * metadata), renames it by that very handle, flushes the folder.  (The system
 * may answer the reading from its cache.)  `info` says what it is (kind,
 * original, value_name, target_id, computer, fix_id, seq, why, saved_at; of
 * the texts only original and fix_id must be there); nbytes, sha256, meta and
 * stream_count are filled in from the subject, of bytes meta is taken as it
 * stands.  A sha256 that is there already ("" if not) is what was judged:
 * other content gives ERR_CHANGED; without it the file is read twice.
 *
 * `name_ret` (caller frees) is the file name within the vault:
 * "<fix id>-<seq>.mqv", seq with four digits at least.  ERR_EXISTS if that
 * item is there.  ERR_NO_SPACE before anything is written if it and 1 MiB do
 * not fit.  ERR_CHANGED: the subject changed meanwhile.  ERR_TOO_LARGE: more
 * than 1023 streams.  In every failure no item has appeared and the subject
 * is as it was.  After a power cut a file "put-*.tmp" may stay in the private
 * folder until vault_clear_temps().
 */
int vault_put_file(struct vault *v, struct vault_info *info,
		   struct host_subject *subject, char **name_ret);

/* The same for bytes in memory; `part` names further parts (".LOG1"). */
struct vault_part {
	const char *name; /* none of / \ : in it */
	const void *data;
	size_t nbytes;
};

int vault_put_bytes(struct vault *v, struct vault_info *info, const void *data,
		    size_t nbytes, const struct vault_part *parts,
		    size_t part_count, char **name_ret);
/*
 * A hive file that is held open, and its logs.  Of `info`, sha256 and meta
 * are there already: what was read of it before.
 */
int vault_put_hive(struct vault *v, struct vault_info *info,
		   struct host_subject *subject, const struct vault_part *logs,
		   size_t log_count, char **name_ret);
/*
 * A readable file beside an item (".reg"): name within the vault, letters,
 * digits and "._-" only, not "*.mqv".  ERR_EXISTS: never replaced.
 */
int vault_put_text(struct vault *v, const char *name, const void *data,
		   size_t nbytes);

/*
 * Reads the head only (authenticated, and the file's length is compared with
 * what it says).  `path` is a host path, a link at its end is not followed.
 * ERR_CORRUPT with the place; ERR_UNSUPPORTED: of a newer version.
 */
int vault_read_info(const char *path, struct vault_info *ret);
/* Reads and checks every byte; ERR_CORRUPT with the place.  `ret` may be NULL.
 */
int vault_verify(const char *path, struct vault_info *ret);
/* Whole content into memory; the whole item is checked.  ERR_TOO_LARGE. */
int vault_read_bytes(const char *path, size_t max_nbytes, uint8_t **data_ret,
		     size_t *nbytes_ret);
/* "<fix id>-<seq>.mqv", what an item is called; caller frees. */
char *vault_item_name(const char *fix_id, uint32_t seq);
/* A further part; ERR_NOT_FOUND. */
int vault_read_part(const char *path, const char *part, size_t max_nbytes,
		    uint8_t **data_ret, size_t *nbytes_ret);
/*
 * Restores a file: verifies the whole item first, writes it with
 * host_new_*(), streams and metadata included, never over anything
 * (ERR_EXISTS).  `with_meta` false: content and streams only (restoring
 * elsewhere); where the file system has no streams, an item with streams
 * fails.  Of a hive the hive alone: its logs come from vault_read_part().
 * ERR_UNSUPPORTED: the item holds a key or a value.  *short_ret: what became
 * of the short name, for want of which it does not fail (host/change.h).
 */
int vault_restore_file(const char *path, struct host_place *to, bool with_meta,
		       struct host_short *short_ret);
/*
 * Names of the regular files "*.mqv" in the folder, sorted; at most 100,000,
 * else ERR_TOO_LARGE.  A vec of char *: the caller frees each of them and the
 * vec (whose former content is overwritten).  A listed file need not be an
 * item.
 */
int vault_list(struct vault *v, struct vec *names_ret);
/* The same of any folder, which is neither checked nor changed. */
int vault_list_folder(const char *path, struct vec *names_ret);

#endif
