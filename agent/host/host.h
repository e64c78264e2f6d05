/*
 * What the program needs from the system it runs on.  host_*_posix.c and
 * host_*_win32.c implement it; nothing else calls the system.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Host paths are NUL-ended: bytes on Linux, our UTF-8 (base/utf.h) with a
 * drive, UNC or \\?\ form on Windows.  On Windows one function turns every
 * path into its \\?\ form and replaces System32 by Sysnative where a 32-bit
 * program runs under 64-bit Windows that has it (winpath.h); on Linux paths
 * longer than PATH_MAX are opened in pieces.  All failures are recorded with
 * err_fail().
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "base/cancel.h"
#include "base/digest.h"
#include "base/fmt.h"
#include "base/source.h"
#include "host/volume_class.h"

/* ---- program ---------------------------------------------------------- */

/*
 * Called first by main: raises limits, limits the DLL search to System32,
 * enables backup/restore/security privileges where held, and on Windows
 * replaces the arguments by the UTF-16 command line in our UTF-8.
 */
int host_start(int *argc, char ***argv);
/* Path of the running executable; caller frees. NULL if unknown. */
char *host_exe_path(void);
/* Variable of the host's environment, our UTF-8; caller frees; NULL: unset. */
char *host_getenv(const char *name);
/* "win32", "win64" or "linux". */
const char *host_kind(void);
bool host_is_windows(void);
/* True if the process runs as SYSTEM (Windows). */
bool host_is_system_account(void);
/* Two-letter language of the user's system: "ja" or "en". */
const char *host_language(void);
/* Name of this computer; caller frees. */
char *host_computer_name(void);
/*
 * From now on Ctrl-C, SIGTERM and console close set `c`, which lives as long as
 * the process; with another token the next one does.
 */
void host_catch_interrupt(struct cancel *c);
unsigned host_cpu_count(void);
/* Cryptographically strong bytes. */
int host_random(void *buf, size_t nbytes);

/* ---- clock ------------------------------------------------------------ */

int64_t host_now(void); /* FILETIME, UTC */
int64_t host_monotonic_ms(void);
void host_sleep_ms(unsigned ms);
/* FILETIME of local time of the same instant (for people). */
int64_t host_to_local(int64_t filetime);

/* ---- console ---------------------------------------------------------- */

enum host_stream {
	HOST_STDOUT,
	HOST_STDERR
};

bool host_is_terminal(enum host_stream which);
bool host_stdin_is_terminal(void);
unsigned host_terminal_columns(enum host_stream which); /* 80 if unknown */
/* Escapes of colours may stand in text (terminal, NO_COLOR unset). */
bool host_can_color(enum host_stream which);
/*
 * Write text (valid UTF-8).  Console: WriteConsoleW, escapes of colours as it
 * knows them (host/color.h).  Pipe or file on Windows: the console's code page,
 * what it lacks as \u{..}; with `machine` true the bytes go out unchanged.
 * Where the program was started without that stream it goes nowhere, which is
 * no failure.
 */
int host_write(enum host_stream which, const char *text, size_t nbytes,
	       bool machine);

/* ---- files ------------------------------------------------------------ */

enum host_type {
	HOST_FILE,
	HOST_DIR,
	HOST_LINK, /* symlink or name-surrogate reparse point */
	HOST_OTHER /* FIFO, socket, device */
};

/* Windows attribute bits that matter here (same values as Windows). */
#define HOST_ATTR_READONLY	0x00000001u
#define HOST_ATTR_HIDDEN	0x00000002u
#define HOST_ATTR_SYSTEM	0x00000004u
#define HOST_ATTR_DIRECTORY	0x00000010u
#define HOST_ATTR_REPARSE	0x00000400u
#define HOST_ATTR_OFFLINE	0x00001000u
#define HOST_ATTR_RECALL_OPEN	0x00040000u
#define HOST_ATTR_RECALL_ACCESS 0x00400000u

struct host_stat {
	enum host_type type;
	uint64_t size;
	uint64_t volume;  /* st_dev or volume serial number */
	uint64_t file_id; /* st_ino or file index, 0: it has none */
	uint32_t nlink;
	uint32_t attrs; /* HOST_ATTR_*; on Linux from ntfs-3g if present, else 0
			 */
	uint32_t reparse_tag; /* 0: none or unknown */
	int64_t created;      /* FILETIME, 0: unknown */
	int64_t written;
	int64_t accessed;
	int64_t changed;
};

/*
 * An app execution alias or a special file of a Unix subsystem of Windows: only
 * its tag makes it one, and no filter stands between the tag and the content.
 */
bool host_has_bare_tag(const struct host_stat *st);

/*
 * A special file of a Unix subsystem of Windows, which this system shows as
 * such and does not tell the size of: it may hold more than its tag.
 */
static inline bool host_is_untold(const struct host_stat *st)
{
	return st->type == HOST_OTHER && (st->attrs & HOST_ATTR_REPARSE);
}

static inline bool host_may_be_file(const struct host_stat *st)
{
	return st->type == HOST_FILE || host_is_untold(st);
}

/* What a file system tells as a file's number; 0 where it is none. */
uint64_t host_file_id(uint64_t number);

enum host_same {
	HOST_OTHER_FILE,
	HOST_SAME_FILE,
	HOST_NOT_TOLD /* on one volume, and a number is missing */
};

/* By volume and file_id. */
enum host_same host_same_file(const struct host_stat *a,
			      const struct host_stat *b);
/*
 * Whether a name still leads to a file that was looked at a moment ago: where
 * no numbers are told, by size and time of writing.
 */
bool host_is_still_file(const struct host_stat *a, const struct host_stat *b);

struct host_file;
struct host_dir;

#define HOST_OPEN_NOFOLLOW 0x1u /* do not follow a link at the last name */
#define HOST_OPEN_SEQ	   0x2u /* will be read once from start to end */
#define HOST_OPEN_NOATIME  0x4u /* leave the access time alone if possible */
/*
 * The listing has just shown a file without HOST_ATTR_REPARSE: saves the
 * question whether it is a link (Windows; means nothing on Linux).
 */
#define HOST_OPEN_PLAIN 0x8u

/*
 * Open an existing regular file for reading, sharing everything, with
 * backup semantics where the privilege is held.  Never blocks on a FIFO or
 * device: those give ERR_UNSUPPORTED.  A link with NOFOLLOW: ERR_UNSUPPORTED.
 * A recall placeholder: ERR_OFFLINE, nothing is fetched.  An app execution
 * alias and its like, which only their tag makes special, are files.
 */
int host_open(const char *path, unsigned flags, struct host_file **ret);
/* The same by name inside an open folder. */
int host_open_at(struct host_dir *dir, const char *name, unsigned flags,
		 struct host_file **ret);
void host_close(struct host_file *f);
/* Sequential read; *nread_ret 0 at the end. Short reads are possible. */
int host_read(struct host_file *f, void *buf, size_t nbytes, size_t *nread_ret);
/* Reads at an offset until nbytes or the end of the file. */
int host_pread(struct host_file *f, uint64_t offset, void *buf, size_t nbytes,
	       size_t *nread_ret);
/* The first nbytes of it (UINT64_MAX: all) for a reader of a format. */
struct source host_source(struct host_file *f, uint64_t nbytes);
/* All three digests of the whole file; ERR_CANCELLED, `cancel` may be NULL. */
int host_file_digests(struct host_file *f, const struct cancel *cancel,
		      struct digests *ret);
/* SHA-256 of the whole file, lower-case hex. */
int host_file_sha256(struct host_file *f, char hex_ret[65]);
int host_fstat(struct host_file *f, struct host_stat *ret);
/*
 * What is read is what lies on the disk, not what programs would see: the
 * driver that its reparse tag belongs to is not running.  Windows only; on
 * Linux such a file cannot be opened.
 */
bool host_lacks_filter(const struct host_file *f);
/*
 * Owner of the open file as SID text ("S-1-5-…"), caller frees; NULL where
 * unknown.  Linux: from ntfs-3g's system.ntfs_acl, else unknown.
 */
char *host_owner(struct host_file *f);
/* Whole file into memory (caller frees), ERR_TOO_LARGE above max_nbytes. */
int host_read_file(const char *path, size_t max_nbytes, void **data_ret,
		   size_t *nbytes_ret);

int host_stat(const char *path, bool follow, struct host_stat *ret);

struct host_dirent {
	const char *name;	/* valid until the next call */
	const char *short_name; /* 8.3 name where the system tells, else NULL */
	bool have_stat;		/* `st` is filled (Windows: no extra call) */
	struct host_stat st;	/* type is always filled */
};

/* Open a folder; links at the last name are not followed. */
int host_dir_open(const char *path, struct host_dir **ret);
int host_dir_open_at(struct host_dir *parent, const char *name,
		     struct host_dir **ret);
/* 1: an entry (never . or ..), 0: end, < 0: -ERR_*. */
int host_dir_next(struct host_dir *d, struct host_dirent *entry_ret);
/* Handles are counted: files may be opened by name while the folder is kept. */
struct host_dir *host_dir_ref(struct host_dir *d);
void host_dir_close(struct host_dir *d);
int host_dir_fstat(struct host_dir *d, struct host_stat *ret);
int host_stat_at(struct host_dir *d, const char *name, struct host_stat *ret);

/*
 * Alternate data streams of a file or folder in an open folder, "." for its
 * own: names without the leading colon and without :$DATA, the unnamed one
 * left out.  Calls back with name and size.  Linux: ntfs-3g's
 * "ntfs.streams.list" xattr.  None where the file system has none.
 */
typedef int (*host_stream_fn)(void *arg, const char *name, uint64_t size);
int host_streams_at(struct host_dir *d, const char *name, host_stream_fn fn,
		    void *arg);
/* The same for a file of that folder that is open: saves an opening. */
int host_file_streams(struct host_dir *d, const char *name, struct host_file *f,
		      host_stream_fn fn, void *arg);
/* Open one stream of a file, or of the folder itself ("."), for reading. */
int host_open_stream_at(struct host_dir *d, const char *name,
			const char *stream, struct host_file **ret);

/*
 * The file system has streams but the driver shows none of them (the Linux
 * kernel's own ntfs3; ntfs-3g with streams_interface=none).
 */
bool host_hides_streams(const char *path);

/* 8.3 name of a file as stored by the file system; caller frees; NULL: none. */
char *host_short_name(const char *path);
/* Whether names in this folder are found without regard to case. */
bool host_ignores_case(const char *path);

/* ---- volumes ---------------------------------------------------------- */

struct host_volume {
	char *path;    /* mount point: "C:\", "\\?\…" or "/mnt/x" */
	char *fs_name; /* "NTFS", "ntfs-3g", "fuseblk", … */
	bool is_fixed; /* local disk, not removable, CD or network */
	bool is_remote;
	bool is_read_only;
	bool mounted_in_folder;
	/* What could not be entered, Windows only: all but `path` is unset. */
	enum volume_why why; /* VOLUME_ENTERED: it was */
	enum volume_part part;
	long os_error; /* 0: none, or none that fits */
	char **names;  /* how paths call it: "E:", "C:\Mount", "\\?\…" */
	size_t name_count;
};

/*
 * All volumes now mounted, and on Windows what could not be entered, with a
 * path "" where there may be more; caller frees with host_volumes_free.
 */
int host_volumes(struct host_volume **ret, size_t *count_ret);
void host_volumes_free(struct host_volume *v, size_t count);
/*
 * The folder of the running Windows that this program cannot be shown: System32
 * in front of a 32-bit program under the oldest 64-bit Windows; caller frees;
 * NULL: none.
 */
char *host_hidden_folder(void);
/* True for a path on a network drive or UNC. */
bool host_is_remote_path(const char *path);
/* Bytes free for us where `path` lies. */
int host_free_space(const char *path, uint64_t *nbytes_ret);

/* ---- our own output --------------------------------------------------- */

int host_mkdir(const char *path); /* ERR_EXISTS if there */
/* Write-temp, flush, rename over `path`; refuses to write through a link. */
int host_write_file(const char *path, const void *data, size_t nbytes);
/*
 * The same for what is not everybody's business: a new file is for its owner
 * only (mode 0600; Windows: SYSTEM, Administrators, the user), where the file
 * system can; on a network path its folder decides.
 */
int host_write_private(const char *path, const void *data, size_t nbytes);
/* Sets or clears what keeps a file from being written over by mistake. */
int host_set_read_only(const char *path, bool read_only);
int host_unlink(const char *path);
/* Renames a folder, or the link itself; ERR_EXISTS: never over something. */
int host_rename_folder(const char *from, const char *to);
/* True if a file can be created in that folder (tries it). */
bool host_can_write_dir(const char *path);
/* Absolute form of a path given by the user; caller frees. */
char *host_absolute_path(const char *path);
/* True if the system takes a file of that name for a device ("con.db"). */
bool host_is_device_name(const char *path);
/* Join folder and name with the host's separator; caller frees. */
char *host_join(const char *dir, const char *name);
char host_separator(void);
/*
 * Folder part of a path, a root keeps its separator ("/", "E:\"); caller
 * frees; NULL: the path has none, or no memory.
 */
char *host_dirname(const char *path);
/* Removes an empty folder; a folder with something in it stays. */
int host_rmdir(const char *path);

/* ---- threads ---------------------------------------------------------- */

struct host_thread;
struct host_mutex;
struct host_cond;

int host_thread_start(void (*fn)(void *), void *arg, struct host_thread **ret);
void host_thread_join(struct host_thread *t);
struct host_mutex *host_mutex_new(void);
void host_mutex_free(struct host_mutex *m);
void host_mutex_lock(struct host_mutex *m);
void host_mutex_unlock(struct host_mutex *m);
/* Spurious wake-ups are possible; waiters loop. Works on Windows XP. */
struct host_cond *host_cond_new(void);
void host_cond_free(struct host_cond *c);
void host_cond_wait(struct host_cond *c, struct host_mutex *m);
bool host_cond_wait_ms(struct host_cond *c, struct host_mutex *m, unsigned ms);
void host_cond_broadcast(struct host_cond *c);

#endif
