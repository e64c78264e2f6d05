/*
 * Changing files on a machine somebody hostile may be using as well.
 * change_*_posix.c and change_*_win32.c implement it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing here goes through a link: the folders on the way are opened one
 * after the other without following any, and kept open; a file is removed,
 * renamed and read through one and the same handle.  Where the system has no
 * removal by handle (Linux) the name is first moved into a private folder,
 * looked at again there, where nobody else can exchange it, and only then
 * removed; what turns out to be another file is moved back.
 *
 * All failures are recorded with err_fail(), with the object in quotes.
 */
#ifndef HOST_CHANGE_H
#define HOST_CHANGE_H

#include "host/host.h"
#include "host/in_use.h"

/* ---- what a file carries beside its content ----------------------------- */

/* Which fields of host_meta are known (a file system may have few of them). */
#define META_ATTRS    0x001u
#define META_TIMES    0x002u
#define META_SHORT    0x004u /* short_name, NULL: it has none */
#define META_SECURITY 0x008u
#define META_POSIX    0x010u /* mode, uid, gid */
#define META_OBJECT   0x020u /* object_id */
#define META_XATTRS   0x040u /* user.* and security.* of Linux file systems */

struct host_meta {
	uint32_t known; /* META_* */
	uint32_t attrs; /* Windows attributes */
	/* FILETIME.  The fourth time (MFT change) cannot be set anywhere. */
	int64_t created, written, accessed, changed;
	char *short_name;
	uint8_t *security; /* self-relative SECURITY_DESCRIPTOR */
	size_t security_nbytes;
	uint32_t mode, uid, gid;
	uint8_t object_id[16];
	uint8_t *xattrs; /* NUL-ended name, le32 length, value; and again */
	size_t xattrs_nbytes;
};

/*
 * The attributes that are a person's or a program's choice and can be set.
 * The others tell how the content is stored (compressed, sparse, encrypted)
 * or what kind of thing it is.
 */
#define META_ATTRS_KEPT                                                        \
	0x3127u /* read-only, hidden, system, archive,                         \
		   temporary, offline, not indexed */

void host_meta_release(struct host_meta *m);
/*
 * One sentence naming the first field of `want` that `got` does not have or
 * has otherwise, NULL: all alike.  `text_ret` is the caller's buffer.  Only
 * what `want` knows is compared: of the attributes META_ATTRS_KEPT, of the
 * times those that are not 0, never `changed`; security by its meaning (see
 * descriptor_is_same), extended attributes whatever their order.
 */
const char *host_meta_differs(const struct host_meta *want,
			      const struct host_meta *got, char *text_ret,
			      size_t text_nbytes);
/* The same as an answer: 0, or ERR_IO with a sentence about `path`. */
int host_meta_check(const struct host_meta *want, const struct host_meta *got,
		    const char *path);

/*
 * What became of the short name that a restored file was to have.  Nothing
 * but a name for old programs hangs on it, and Windows may refuse it for good
 * ([MS-FSCC] 2.4.44): so a file is not given up for it.
 */
enum host_short_fate {
	HOST_SHORT_KEPT,  /* it has it, or was to have none */
	HOST_SHORT_OFF,	  /* none are given on that volume */
	HOST_SHORT_TAKEN, /* another file has it by now */
	HOST_SHORT_LOST	  /* for another reason */
};

struct host_short {
	enum host_short_fate fate;
	char name[48]; /* cut where it is longer; "" if KEPT */
};

/* Why the system did not give it, by its answer to that; KEPT: no reason. */
enum host_short_fate host_short_of_status(uint32_t status); /* NTSTATUS */
enum host_short_fate host_short_of_errno(int os_error);
/*
 * As host_meta_check(); a short name that `got` does not have is told in
 * *ret, with `why` if that says something, and is no failure by itself.  NULL:
 * it is one.
 */
int host_meta_check_sparing(const struct host_meta *want,
			    const struct host_meta *got, const char *path,
			    enum host_short_fate why, struct host_short *ret);

/* ---- places ------------------------------------------------------------- */

/* A folder that is held open, and a name in it that may or may not exist. */
struct host_place;

/*
 * `base` (NULL: the root of the drive or file system) is the part of the path
 * that the user gave and vouches for: links in it are followed.  Below it no
 * component may be a link, mount point of a folder, or other name-surrogate
 * (ERR_UNSUPPORTED: "… is reached through the link …"); on Linux mount points
 * are passed if `base` is NULL, as everything lies below one root there.  The
 * last name is not looked at.  ERR_NOT_FOUND if a folder is not there.  `path`
 * begins with `base`.  On Windows the final path of the opened folder is
 * compared with what was asked for, which also finds a SUBST or a swapped
 * junction.
 */
int host_place_open(const char *base, const char *path,
		    struct host_place **ret);
void host_place_close(struct host_place *p);
/* The host path it was opened with; for messages and for the journal. */
const char *host_place_path(const struct host_place *p);
/* 1: something has that name (a link, too), 0: nothing, < 0: -ERR_*. */
int host_place_exists(struct host_place *p);

/* ---- subjects ----------------------------------------------------------- */

/* A file that is held open for reading and for removal at once. */
struct host_subject;

/*
 * Opens the regular file of that place.  No writer may be let in while it
 * is held where the system can do that (Windows: sharing for reading only).
 * ERR_UNSUPPORTED: a link or no regular file; ERR_LOCKED: others hold it in a
 * way that forbids removal (Windows; also a DLL that is loaded: see
 * HOST_SUBJECT_IN_USE).  Backup and restore privileges are used.
 */
#define HOST_SUBJECT_IN_USE                                                    \
	0x1u /* for reading and renaming only: a file that                     \
		is executed can be renamed, not removed */
int host_subject_open(struct host_place *p, unsigned flags,
		      struct host_subject **ret);
void host_subject_close(struct host_subject *s);
/*
 * What its opening without HOST_SUBJECT_IN_USE told of others who use it:
 * IN_USE_NO, or IN_USE_ASK where it told nothing (Windows: a file that is
 * read-only or that nobody may write).  After host_subject_remove() failed:
 * IN_USE_YES if somebody's use was the reason; nothing was changed then, and
 * host_subject_rename() can do what it could not.
 */
enum in_use host_subject_use(const struct host_subject *s);
/* Owned by the subject; read with host_pread(), host_fstat(), host_owner(). */
struct host_file *host_subject_file(struct host_subject *s);
/*
 * Hard links to the file, an 8.3 name not counted (ntfs-3g counts it in
 * st_nlink).
 */
int host_subject_links(struct host_subject *s, uint32_t *count_ret);
/* Everything but the content; release with host_meta_release. */
int host_subject_meta(struct host_subject *s, struct host_meta *ret);
/* Alternate streams, as host_streams_at(). */
int host_subject_streams(struct host_subject *s, host_stream_fn fn, void *arg);
int host_subject_open_stream(struct host_subject *s, const char *stream,
			     struct host_file **ret);
/*
 * ERR_CHANGED unless the name still leads to this very file, and size, times
 * and (Linux) change time are those of its opening.
 */
int host_subject_check(struct host_subject *s);
/*
 * Removes the file, a read-only one too, through the handle, and sees that
 * the name is gone.  `private_dir` (Linux; Windows ignores it) is a folder
 * made by host_private_dir() on the same volume.  ERR_CHANGED: the name led
 * to another file, which is where it was (or, if its name was taken in that
 * moment, in the private folder; the sentence says so).  ERR_EXISTS: the file
 * is removed, but something new has its name.  After success only close is
 * allowed.  Flushes the folder.
 *
 * Linux: whoever is killed between the move and the removal leaves the file
 * in the private folder as HOST_REMOVING, 16 hexadecimal digits of its
 * host_stat.file_id, "-", and 16 of chance: see host_leftover().
 * Windows: whoever is killed in it may leave a read-only file without that
 * attribute: see host_subject_set_read_only().
 */
#define HOST_REMOVING "removing-"
int host_subject_remove(struct host_subject *s, const char *private_dir);
/*
 * The full path of what a removal of the file with that number left in the
 * private folder; caller frees.  ERR_NOT_FOUND: nothing.  A file number can
 * be used again: compare the content before believing it.  It can be opened
 * as a place (base: the private folder) and removed, or renamed back.
 */
int host_leftover(const char *private_dir, uint64_t file_id, char **path_ret);
/*
 * Renames it, by handle, to a place of the same volume where nothing is
 * (ERR_EXISTS); for files in use.  Same care as host_subject_remove().
 */
int host_subject_rename(struct host_subject *s, struct host_place *to,
			const char *private_dir);
/*
 * For a file that was renamed into a private folder and that Windows is to
 * remove at its next start: takes away what would keep it from that, the
 * read-only attribute and its access list, and what can be there once on a
 * volume only and is to come back with another file, its object id.  Linux:
 * nothing.
 */
int host_subject_make_removable(struct host_subject *s);
/* The attribute alone, times and all others stay.  Linux: nothing. */
int host_subject_set_read_only(struct host_subject *s);

/* ---- new files ---------------------------------------------------------- */

/* A file being written under a random name beside its later name. */
struct host_new;

/*
 * Created with access for the program only (mode 0600; Windows: protected
 * access list of administrators and the system) until finish sets what it
 * is to have.
 */
int host_new_begin(struct host_place *p, struct host_new **ret);
int host_new_write(struct host_new *n, const void *data, size_t nbytes);
/* What is written from now on goes to that alternate stream. */
int host_new_stream(struct host_new *n, const char *stream);
/*
 * Flushes, sets `meta` (NULL: leaves it as it was made) in the order that
 * keeps it, renames to the place's name and flushes the folder; then reads
 * the metadata back and compares (ERR_IO with the field that did not come).
 * Never replaces: ERR_EXISTS if something has the name.  In every case the
 * new file is closed and, on failure, gone.
 *
 * ERR_UNSUPPORTED where the file system cannot be sure to replace nothing,
 * and (ntfs-3g) for a short name of more than 12 bytes, as Japanese ones may
 * be, unless host_new_spare_short() was called.
 */
int host_new_finish(struct host_new *n, const struct host_meta *meta);
/*
 * The same over the file that `old` holds (a hive): atomic; ERR_CHANGED if
 * the name leads to another file by now, nothing was done then.  `old` is
 * closed in every case.  Linux: ERR_UNSUPPORTED on file systems that cannot
 * exchange two names, but for ntfs-3g, which is not atomic either and where
 * metadata that does not come is only found out after the exchange.  Who is
 * killed in between leaves ".mstmpsweep-*.tmp" beside it.
 */
int host_new_replace(struct host_new *n, struct host_subject *old,
		     const struct host_meta *meta);
/*
 * From now on these two do not fail for want of the short name: *ret, which
 * outlives `n`, tells what became of it.
 */
void host_new_spare_short(struct host_new *n, struct host_short *ret);
void host_new_abort(struct host_new *n);

/* ---- folders ----------------------------------------------------- */

/* What the folder of that name carries; a link is not followed. */
int host_folder_meta(struct host_place *p, struct host_meta *ret);
/*
 * Makes the folder with the attributes, owner and rights that `meta` knows of
 * it: under a random name first (as host_new_begin()), never over something
 * (ERR_EXISTS), read back (ERR_IO).  On failure nothing is left.
 */
int host_folder_new(struct host_place *p, const struct host_meta *meta);

/* ---- private folders ---------------------------------------------------- */

/*
 * Makes the folder (its parent exists), or checks one that is there: no link,
 * owned by administrators, the system or (Linux) root or us, and its access
 * list lets nobody else in: ERR_DENIED with a sentence that says who could
 * and what to do.  Windows and ntfs-3g: protected access list, full access
 * for SYSTEM and Administrators, inherited by what is made inside.  Linux
 * file systems: mode 0700.  ERR_UNSUPPORTED where the file system keeps
 * neither (FAT), unless `any_fs`.
 */
int host_private_dir(const char *base, const char *path, bool any_fs);

/* ---- volumes ------------------------------------------------------------ */

struct host_volume_state {
	bool is_read_only;
	bool keeps_security; /* owners and access lists can be set and read */
	bool is_dirty;	     /* NTFS: Windows has not finished with it */
	bool dirty_known;
	bool is_remote;
	/* As Windows shows it, of an NTFS the low half; 0: not known.  Linux
	 * tells that of an NTFS only. */
	uint32_t serial;
	char *fs_name; /* caller frees with mem_free */
};

/*
 * Of the volume `path` lies on.  NTFS' dirty flag (volume flags, bit 0, of
 * $Volume) is read from the device beneath the mount (Linux; it needs the
 * right to read it) or asked for (Windows).
 */
int host_volume_state(const char *path, struct host_volume_state *ret);
/* Flushes a folder so that names made or removed in it last. */
int host_flush_dir(const char *path);

#endif
