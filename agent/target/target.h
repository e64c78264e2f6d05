/*
 * The Windows (or folder) that is examined.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything above this interface speaks Windows paths in our UTF-8
 * ("C:\Users\太郎\…"; in a folder target "\sub\file" relative to the folder)
 * on every host.
 *
 * One thread opens a target and asks it; only target_location(),
 * target_location_for(), target_place(), target_place_of(), target_info() and
 * the volumes may be asked from any thread.
 */
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include "base/fmt.h"
#include "base/gap.h"
#include "host/host.h"
#include "registry/registry.h"
#include "target/winpe.h"

enum target_kind {
	TARGET_LIVE,
	TARGET_OFFLINE,
	TARGET_FOLDER
};

struct target_map {
	char drive;	  /* 'D' */
	const char *path; /* host folder */
};

struct target_options {
	enum target_kind kind;
	const char *root; /* offline: folder that holds Windows\; folder: DIR */
	const struct target_map *maps;
	size_t map_count;
	/* offline: which Windows of the root, its folder's name; NULL: the one
	 * that the boot files name, else the one that was used last */
	const char *windows;
	struct gap_sink *gaps; /* where gaps go; may be NULL */
};

struct target_user {
	char *sid;     /* "S-1-5-21-…"; "" unknown (no ProfileList entry) */
	char *name;    /* the profile folder's name */
	char *profile; /* Windows path of the profile, NULL: none */
	char *profile_host; /* host path, NULL: not reachable */
	bool is_loaded;	    /* live: hive is in HKEY_USERS */
	bool is_orphan;	    /* folder without ProfileList entry, or .bak */
	bool is_service;    /* LocalService, NetworkService, systemprofile */
	bool is_default;    /* Default / .DEFAULT */
};

struct target_info {
	enum target_kind kind;
	char *root;	     /* as given by the user, absolute; "" live */
	char *target_id;     /* 32 hex: CONTRACT.md section 5 */
	char *computer_name; /* NULL: unknown */
	char *product_name;  /* "Windows 7 Professional" */
	char *version;	     /* "6.1.7601", NULL: folder */
	char *edition;	     /* EditionID, NULL on XP */
	char *service_pack;  /* CSDVersion, NULL */
	int major, minor, build;
	bool is_64bit;
	char system_drive; /* 'C' */
};

struct target;

/* ERR_NOT_FOUND with a sentence if root holds no Windows; ERR_UNSUPPORTED
 * for live on Linux. */
int target_open(const struct target_options *options, struct target **ret);
void target_free(struct target *t);
const struct target_info *target_info(const struct target *t);
/* Its root holds further Windows, which share folders with it. */
bool target_is_one_of_several(const struct target *t);
size_t target_user_count(const struct target *t);
const struct target_user *target_user(const struct target *t, size_t index);

/* ---- variables -------------------------------------------------------- */

/* view: 64 or 32 (selects %ProgramFiles%, %CommonProgramFiles%, System32).
 * user: NULL = machine.  The target's variables, never the host's.
 * Caller frees; unknown variables stay as they are. */
char *target_expand(struct target *t, const struct target_user *user, int view,
		    const char *text);
/* Value of one variable, NULL if unknown; owned by the target. */
const char *target_variable(struct target *t, const struct target_user *user,
			    int view, const char *name);

/*
 * The user's own PATH, which Windows appends to the machine's; NULL: he has
 * none.  Caller frees.  ERR_NOMEM.
 */
int target_user_path(struct target *t, const struct target_user *user, int view,
		     char **ret);

/* ---- registry --------------------------------------------------------- */

enum target_hive {
	TARGET_HIVE_SOFTWARE,
	TARGET_HIVE_SYSTEM
};

/*
 * Machine hives and users' hives behind one interface: live they are keys of
 * the live registry, offline hive files.  Roots are owned by the target and
 * opened once.  The returned prefix is what a physical path starts with
 * ("HKLM\SOFTWARE", "HKU\S-1-5-…", "HKU\S-1-5-…_Classes"); owned by target.
 * Users without a SID of their own have a stable form, too: HKU\.DEFAULT is
 * config\DEFAULT, HKU\<SID>.bak an entry that Windows put aside,
 * HKU\(Taro) a profile folder that no entry names, and "(NTUSER.DAT)" behind
 * one of these the hive that an NTUSER.MAN beside it hides.
 * SOFTWARE offline: keys below the hive's root; live: HKLM\SOFTWARE in the
 * 64-bit view (so Wow6432Node is visible physically) on 64-bit Windows.
 * A hive that cannot be read gives an error and a gap was recorded.
 */
int target_machine_hive(struct target *t, enum target_hive which,
			struct reg_root **root_ret, const char **prefix_ret);
/* The NTUSER hive; its "Software" is found below the root. */
int target_user_hive(struct target *t, const struct target_user *user,
		     struct reg_root **root_ret, const char **prefix_ret);
/* UsrClass.dat; XP and later keep Software\Classes in a hive of its own. */
int target_user_classes(struct target *t, const struct target_user *user,
			struct reg_root **root_ret, const char **prefix_ret);
/* The prefix of his NTUSER hive, whether it can be read or not. */
const char *target_user_prefix(const struct target_user *user);

/* Where a key that a scan recorded lies in this target. */
struct target_key {
	struct reg_root *root; /* for reading; the target's */
	const char *path;      /* below it; points into the text given */
	const char *prefix;    /* physical path of the root; the target's */
	bool is_live;	       /* of the running registry, else of a file */
	enum reg_live_root live_root;
	const char *live_path; /* below it; points into the text given */
	const struct target_user *user; /* NULL: the machine's */
	/* of a file; the target's: */
	const char *hive_wpath;
	struct reg_hive_files files;
};

/*
 * `physical` is a path as registrations have it ("HKLM\SOFTWARE\…",
 * "HKU\<SID>_Classes\…").  The key itself may be gone.  ERR_NOT_FOUND: no
 * hive of this target begins like that; else why the hive cannot be read.
 */
int target_find_key(struct target *t, const char *physical,
		    struct target_key *ret);

/*
 * A key below the control set that is in use ("Control\\Session Manager");
 * reg_close_key().  ERR_NOT_FOUND, or why SYSTEM cannot be read.
 */
int target_control_key(struct target *t, const char *key, struct reg_key **ret);
/* The same with its physical path (caller frees); key "": the set itself. */
int target_control_place(struct target *t, const char *key,
			 struct reg_key **ret, char **path_ret);

/*
 * Lets go of a hive file, so that it can be replaced or loaded; it is opened
 * anew when it is asked for again.  Roots, keys and target_key of it end here.
 */
void target_close_hive(struct target *t, const char *hive_wpath);
/*
 * The host path of a file that may or may not be there: its folder is
 * resolved, its name taken as it is.  Caller frees.
 */
int target_host_path(struct target *t, const char *wpath, char **ret);

/*
 * The longest beginning of a host path that is a volume of the target, i.e.
 * what the user named with --root, --map or that is a drive; NULL: none.
 */
const char *target_base(const struct target *t, const char *host);

/* ---- files by Windows path -------------------------------------------- */

struct target_path {
	char *wpath; /* the true spelling as stored, long names */
	char *host;  /* host path */
	struct host_stat st;
};

/*
 * Find a file by Windows path: any case, 8.3 names, trailing dots and spaces
 * tried stripped and kept, never through a name-surrogate link.
 * view: 64 or 32 chooses SysWOW64 for System32 where a 32-bit program would
 * see it; 0: the path is physical.
 * ERR_NOT_FOUND; ERR_NAME: an 8.3 name fits several or none (the caller
 * records gap name_unresolved); ERR_UNSUPPORTED: a drive that is not mapped
 * (gap drive_not_mapped, recorded here, once for a drive), a network path, a
 * link; ERR_INVALID: a relative path; ERR_TOO_LARGE: beyond what Windows
 * allows or deeper than 2,048 folders; ERR_DENIED ….
 */
int target_resolve(struct target *t, const char *wpath, int view,
		   struct target_path *ret);
void target_path_release(struct target_path *p);
/*
 * After a target_resolve() that failed with `err`: the kind of its gap, which
 * is its cause.  One cause (a drive that is not mapped, a link, a folder that
 * may not be read) is one gap, however many paths lie behind it: *is_new_ret
 * is true for the first of them only, and never for a drive, whose gap is
 * recorded by then.
 */
enum gap_kind target_unreached(struct target *t, int err, bool *is_new_ret);
/*
 * Everything that Windows would take for that path where the file system
 * tells case apart ("Program Files" and "PROGRAM FILES"), the one that
 * target_resolve() gives, too; nothing where it does not.  Long names only.
 * err: 0, or why this one, or what lies below it, cannot be looked at, for
 * target_unreached(); then `st` is empty.  A non-zero return stops and is
 * passed on.
 */
typedef int (*target_twin_fn)(void *arg, const struct target_path *twin,
			      int err);
int target_each_twin(struct target *t, const char *wpath, target_twin_fn fn,
		     void *arg);
/* Open for reading, after target_resolve(). */
int target_open_file(struct target *t, const char *wpath, int view,
		     struct host_file **ret);

/* Volumes of the target for a full scan. */
struct target_volume {
	char *wprefix; /* "C:" , "" for folder targets; no trailing backslash */
	char *host;    /* host folder */
};

size_t target_volume_count(const struct target *t);
const struct target_volume *target_volume(const struct target *t, size_t index);

/*
 * What could not be entered of a running Windows, in the order of the list.
 * Whether one is needed is known when every path was resolved that is looked
 * for: one of them lies there.
 */
struct target_closed {
	const char *name; /* "E:", "\\?\Volume{…}"; "": there may be more */
	long os_error;	  /* 0: none */
	enum volume_why why;
	enum volume_part part;
	bool is_needed;
};

size_t target_closed_count(const struct target *t);
void target_closed(const struct target *t, size_t index,
		   struct target_closed *ret);

/* Whether the drive of a path is one of them, hidden ones too; of a path that
 * has none: no. */
bool target_has_drive(const struct target *t, const char *wpath);
/* Whether a Windows path lies below that folder; NULL folder: no. */
bool target_is_below(const char *wpath, const char *folder);
bool target_is_at_or_below(const char *wpath, const char *folder);
/*
 * Whether a file lies where Windows has its own programs: in its folder, in
 * System32 or SysWOW64; not below them, for everybody may write into
 * C:\Windows\Temp.
 */
bool target_is_in_windows(struct target *t, const char *wpath);

/* ---- location of a path ------------------------------------------------ */

/*
 * Which kind of place a Windows path lies in; one of: temp, java_cache,
 * browser_cache, recycle_bin, restore, virtual_store, startup, downloads,
 * profile, common_files, program_files, program_data, system, windows,
 * root, other, unknown.  Never NULL, static storage.  Works by patterns of
 * all Windows layouts (XP to 11) and by the target's users and variables.
 */
const char *target_location(struct target *t, const char *wpath);
/*
 * A folder is temporary for whom his variable says so: target_location() is
 * for anybody, which is right for a file that nothing leads to; this one is
 * for the user (NULL: the machine), so that no user's setting changes what
 * another's or the machine's registration means.  The usual places of
 * temporary files, and the machine's own, are temporary for all.
 */
const char *target_location_for(struct target *t,
				const struct target_user *user,
				const char *wpath);
/*
 * For many files of one folder: the location of those whose names
 * target_inherits_location(); NULL: each has to be asked for.
 */
const char *target_folder_location(struct target *t, const char *folder);
bool target_inherits_location(const char *name);

/*
 * A folder as rules get it in `place`: with the target's own folders as
 * variables, "%ProgramFiles%\Shared", the longest that fits; both Program
 * Files, both Common Files, ProgramData, ALLUSERSPROFILE, PUBLIC, SystemRoot,
 * USERPROFILE, APPDATA, LOCALAPPDATA; none of them is one that a user may
 * set.  Else the folder as it is.  In a folder target by the folders' names,
 * at any depth.  Caller frees, NULL without memory.  Any thread.
 */
char *target_place(const struct target *t, const char *folder);
/* The same of a file's path, its name included. */
char *target_place_of(const struct target *t, const char *wpath);
/*
 * A path with as much of it as exists in its true spelling: of a file that is
 * gone the folders above it ("C:\PROGRA~1\…", compatibility junctions).
 * Caller frees, NULL without memory.
 */
char *target_spelling(struct target *t, const char *wpath);

/* Whether the Windows that we run on is Windows PE; elsewhere WINPE_NO. */
enum winpe target_winpe(void);

/* ---- finding Windows installations ------------------------------------- */

struct target_found {
	char *root;    /* host path to give to --root */
	char *windows; /* its folder, to give to --windows */
	bool is_one_of_several;
	char *product_name; /* NULL: hive unreadable */
	char *version;
	char *computer_name;
	char *target_id;
	bool is_64bit;
};

/*
 * Looks below the given host folders (or all volumes if count is 0), two
 * levels deep; caller frees with target_found_free.  A Windows PE that runs is
 * left out.  Volumes that could not be entered are gaps; `gaps` may be NULL.
 */
int target_find(const char *const *paths, size_t path_count,
		struct gap_sink *gaps, struct target_found **ret,
		size_t *count_ret);
void target_found_free(struct target_found *f, size_t count);

#endif
