/*
 * Changing a registry hive: the running one at once, a hive file as a copy.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Paths are relative to the root as in registry.h.  No link is followed, not
 * in the middle of a path and not at its end: a link there is ERR_UNSUPPORTED
 * (delete_key removes the link itself, never what it leads to).
 *
 * Live: each call is a change.  A hive file: changes gather in a copy in
 * memory, where one that fails is taken back; reg_edit_commit() gives the new
 * bytes after reading them back; the caller swaps the file.  What hivex cannot
 * write faithfully is refused by the call (ERR_UNSUPPORTED, with the advice to
 * use the running Windows) before anything is changed: a value over 16,344
 * bytes or a name with NUL where a key or value would have to be made again
 * (hivex writes all values of a key when one is set or deleted); a key whose
 * name its parent has twice.  A hive in which anything is unreadable is not
 * changed at all (ERR_CORRUPT).  Class, security and last write of a new key
 * are those of the saved one; the last write of its parent and of a key whose
 * value changes stays as it is.
 */
#ifndef REGISTRY_REG_EDIT_H
#define REGISTRY_REG_EDIT_H

#include "base/vec.h"
#include "registry/reg_tree.h"

struct reg_edit;

/* The 64-bit view on 64-bit Windows, as the target's reader has it.  Linux:
 * ERR_UNSUPPORTED.  Backup and restore privileges are used. */
int reg_edit_live(enum reg_live_root which, struct reg_edit **ret);

/*
 * A hive file of a user who is logged off, on the running Windows: loaded
 * under a random name below HKEY_USERS with RegLoadKey, flushed and unloaded
 * by reg_edit_close().  ERR_LOCKED: "the user is logged on" (in use).
 * `path` is a host path.  Functions come from a table so that tests can put
 * a fake there (Wine loads no regf).
 */
struct reg_load_ops {
	int (*load)(void *arg, const char *name, const char *host_path);
	int (*open)(void *arg, const char *name, struct reg_edit **ret);
	int (*flush)(void *arg, const char *name);
	/* ERR_LOCKED: somebody has a key of it open; ERR_NOT_FOUND. */
	int (*unload)(void *arg, const char *name);
	/* Whoever has keys of it open.  ERR_UNSUPPORTED: Windows XP. */
	int (*unload_by_force)(void *arg, const char *name);
	/* All that are loaded under names of ours: struct reg_loaded. */
	int (*list)(void *arg, struct vec *ret);
	void *arg;
};

extern const struct reg_load_ops reg_load_system; /* *_win32.c / *_posix.c */

/* `err` 0: that file (NULL: not told) is no longer loaded under that name;
 * else err_last() says why it still is. */
typedef void (*reg_left_fn)(void *arg, const char *name, const char *file,
			    int err);
/*
 * Unloads what runs of this program that were cut off left loaded.  Never
 * what has another's name, nor what belongs to a run that is at work.
 */
int reg_load_give_back(const struct reg_load_ops *ops, reg_left_fn told,
		       void *told_arg);
int reg_edit_user_file(const char *path, const struct reg_load_ops *ops,
		       struct reg_edit **ret);

/*
 * The bytes of a hive (already recovered from its logs), which are taken over
 * in every case; with the first change there is a second copy of them, and
 * never a third.
 */
int reg_edit_hive_bytes(uint8_t *image, size_t nbytes, struct reg_edit **ret);
/* The same with a copy of them. */
int reg_edit_hive(const void *image, size_t nbytes, struct reg_edit **ret);

/* Flushes (live), unloads (user's file).  The first failure is returned and
 * says what to do; memory is freed in every case.  NULL is fine. */
int reg_edit_close(struct reg_edit *e);

/*
 * For reading what is there now; owned by the edit, sees all changes.  Keys
 * that were opened from it are closed before the next change.
 */
struct reg_root *reg_edit_root(struct reg_edit *e);

/* The key and all below it.  ERR_NOT_FOUND. */
int reg_edit_delete_key(struct reg_edit *e, const char *path);
int reg_edit_delete_value(struct reg_edit *e, const char *path,
			  const char *name);
/* The key exists. */
int reg_edit_set_value(struct reg_edit *e, const char *path, const char *name,
		       uint32_t type, const void *data, size_t nbytes);
/*
 * Makes the saved key again at `path` (its parents exist or are made without
 * anything of their own), with class, security, types, data.  ERR_EXISTS if
 * a key is there.  A REG_LINK is made as a link.
 */
int reg_edit_add_tree(struct reg_edit *e, const char *path,
		      const struct reg_tree *tree);
/*
 * Could reg_edit_add_tree() make this again?  Asked before it is deleted.
 * `would_inherit` is the security of the parent key, NULL: unknown.
 */
int reg_edit_can_add_tree(struct reg_edit *e, const char *parent_path,
			  const struct reg_tree *tree);
int reg_edit_can_set_value(struct reg_edit *e, const char *path,
			   const struct reg_tree_value *v);

/*
 * Hive files only: writes with hivex, reads the bytes back with our reader
 * and compares every key, value, type, class and security with what the old
 * image and the changes say; ERR_CORRUPT if anything else differs.  Caller
 * frees; sequence numbers are equal and the checksum fits.
 */
int reg_edit_commit(struct reg_edit *e, uint8_t **image_ret,
		    size_t *nbytes_ret);
/* The same, without a copy of the bytes; the edit is closed in every case. */
int reg_edit_finish(struct reg_edit *e, uint8_t **image_ret,
		    size_t *nbytes_ret);

#endif
