/*
 * What the files of agent/target share; nobody else includes it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TARGET_TARGET_PRIVATE_H
#define TARGET_TARGET_PRIVATE_H

#include "target/target.h"
#include "target/location_table.h"
#include "target/place_name.h"

#include "base/str.h"
#include "base/vec.h"

/* ---- bounds ------------------------------------------------------------ */

/* 32,767 UTF-16 units of at most three bytes each, and a little. */
#define TARGET_PATH_MAX_NBYTES ((size_t)100 * 1024)
/* A path of 32,767 units could hold 16,383 folders; nobody's does. */
#define TARGET_PATH_MAX_DEPTH 2048
/* Registry-sourced text that a person sees (names, versions). */
#define TARGET_TEXT_MAX_NBYTES 512
/* ProfileList entries and profile folders; a domain PC has some hundred. */
#define TARGET_USER_MAX 20000
/* Gaps of one hive that are passed on one by one. */
#define TARGET_HIVE_GAP_MAX 256

/* ---- Windows paths (wpath.c) -------------------------------------------- */

enum wpath_form {
	WPATH_DRIVE,	  /* C:\x */
	WPATH_ROOTED,	  /* \x */
	WPATH_SYSTEMROOT, /* \SystemRoot\x */
	WPATH_NETWORK,	  /* \\server\share */
	WPATH_DEVICE,	  /* \\?\Volume{…}, \Device\… */
	WPATH_RELATIVE	  /* x, C:x, "" */
};

struct wpath_part {
	const char *text;
	size_t nbytes;
};

/*
 * A path cut into its components: "." and empty ones dropped, ".." taken
 * lexically and never above the root.
 */
struct wpath {
	enum wpath_form form;
	char drive; /* upper case, 0 if the form has none */
	struct wpath_part *parts;
	size_t count;
	char *copy; /* what the parts point into */
};

/* ERR_TOO_LARGE, ERR_NOMEM. */
int wpath_split(const char *text, struct wpath *ret);
void wpath_release(struct wpath *p);
/* "C:\a\b" or "\a\b" again; NULL without memory. */
char *wpath_join(const struct wpath *p);
/* "base\name" with exactly one backslash between; NULL without memory. */
char *wpath_append(const char *base, const char *name);
/* Last component; the text itself if it has no backslash. */
const char *wpath_name(const char *text);
/* Registry text cut to TARGET_TEXT_MAX_NBYTES at a character's border. */
void text_limit(char *text);

/* ---- 8.3 names (shortname.c) ------------------------------------------- */

/* Looks like one that Windows made: STEM~N[.EXT]. */
bool shortname_is_generated(const char *name);
/* A long name for which NTFS makes no short one (it is 8.3 itself). */
bool shortname_is_needless(const char *long_name);
/* NTFS could have made short_name for long_name (any ~N, any hash). */
bool shortname_fits(const char *short_name, const char *long_name);

/* ---- compatibility junctions (junction.c) ------------------------------- */

/*
 * Windows Vista and later lay junctions where XP had folders.  If `wpath`
 * (a true path, no trailing backslash) is such a place, the path it stands
 * for, caller frees; else NULL.  The rule decides, the link is never read.
 * `drive` is that of the system ("C:" or "").
 */
char *junction_target(struct target *t, const char *wpath);

/* ---- folders (folder_cache.c) -------------------------------------------- */

struct folder_entry {
	uint64_t hash;
	uint32_t name;	     /* offset into names */
	uint32_t short_name; /* offset, 0: none */
	uint8_t type;	     /* enum host_type */
};

struct folder {
	uint64_t hash;
	char *wpath; /* true spelling; "C:" for a volume's root */
	char *host;
	bool is_exact; /* the file system tells apart a and A */
	bool is_listed;
	bool is_fresh;		      /* listed during the present look-up */
	bool has_short_names;	      /* asked for each entry */
	struct folder_entry *entries; /* sorted by hash, then name */
	size_t count;
	size_t cap;
	struct str names;
	uint64_t used;
};

struct folder_cache;

struct folder_cache *folder_cache_new(void);
void folder_cache_free(struct folder_cache *c);
/* Valid until the next but one call. */
int folder_cache_get(struct folder_cache *c, const char *wpath,
		     const char *host, bool is_exact, struct folder **ret);
/* NULL if it is not there; never reads the disk. */
struct folder *folder_cache_find(struct folder_cache *c, const char *wpath);

struct folder_found {
	char *name; /* true spelling */
	enum host_type type;
};

/*
 * An entry by name without case; exact spelling wins, then the first in byte
 * order.  ERR_NOT_FOUND, or why the folder cannot be read.
 */
int folder_find(struct folder *f, const char *name, struct folder_found *ret);
/* The same for an 8.3 name; ERR_NAME: several entries could have it. */
int folder_find_short(struct folder *f, const char *name,
		      struct folder_found *ret);
/* For a name of 8.3 form that is no generated one; ERR_NOT_FOUND. */
int folder_find_chosen(struct folder *f, const char *name,
		       struct folder_found *ret);
/* Another entry has that name but for its case. */
int folder_has_twin(struct folder *f, const char *name, bool *ret);
/* Calls back for each entry, sorted by name without case. */
typedef int (*folder_fn)(void *arg, const char *name, enum host_type type);
int folder_each(struct folder *f, folder_fn fn, void *arg);
/* Only those that the 8.3 name could mean. */
int folder_each_short(struct folder *f, const char *short_name, folder_fn fn,
		      void *arg);

/* ---- hives (hives.c) ----------------------------------------------------- */

struct hive {
	struct target *target;
	struct reg_root *root;
	char *prefix; /* "HKLM\SOFTWARE" */
	/* Of a hive that is read from a file; NULL: it is live. */
	char *wpath;
	char *host;
	char *logs[3]; /* host paths of .LOG, .LOG1, .LOG2; NULL: absent */
	bool is_tried;
	bool is_opening;
	int err; /* answer when tried and root is NULL */
	unsigned gap_count;
};

void hive_close(struct hive *h);
/* Open a hive file by Windows path; records the gap. */
int hive_open_file(struct target *t, struct hive *h, const char *wpath);
/* A root that starts at `path` below an open live root (subroot.c). */
int subroot_open(struct reg_root *base, const char *path,
		 struct reg_root **ret);
/* reg_gap_fn of the live roots; arg is a struct hive with "HKLM" or "HKU". */
void hive_gap(void *arg, const char *key_path, const char *why);

/* ---- variables (variables.c) --------------------------------------------- */

struct variable {
	char *name;
	char *raw;	   /* may hold %references% */
	char *expanded[2]; /* view 64, 32; made when first asked for */
	bool is_being_expanded;
	int view; /* 0: both */
};

struct variables {
	struct vec list; /* of struct variable */
	bool is_read;
};

void variables_release(struct variables *v);
/* Adds unless the name is there already for that view. */
int variables_add(struct variables *v, int view, const char *name,
		  const char *value);
/* Those that need no registry, then the registry's. */
int variables_read_machine(struct target *t);

/* ---- users (users.c) --------------------------------------------- */

#define USER_TEMPS 2

struct user {
	struct target_user pub; /* first: target_user() hands out its address */
	struct hive ntuser;
	struct hive classes;
	char *hive_wpath; /* NULL: NTUSER.MAN or .DAT below the profile */
	char *live_name;  /* name below HKEY_USERS if loaded */
	bool has_no_classes;
	bool has_only_classes; /* what is left of a profile: no NTUSER hive */
	char *path;	       /* his PATH, not expanded; NULL: none */
	/* Folders that his variables call temporary, true paths; NULL: none. */
	char *temps[USER_TEMPS];
	struct variables variables;
};

int users_read(struct target *t);
/*
 * Where a profile has its UsrClass.dat, index 0 or 1: first by the layout of
 * this Windows, then where it was in the others (hives.c).
 */
const char *classes_place(const struct target *t, size_t index);
void user_free(struct user *u);

/* ---- the target -------------------------------------------------- */

struct target_ops {
	/* Volumes and the Windows folder. */
	int (*open)(struct target *t, const struct target_options *options);
	int (*open_machine)(struct target *t, enum target_hive which,
			    struct hive *h);
	/* HKEY_USERS\<name>; ERR_NOT_FOUND offline. */
	int (*open_live_user)(struct target *t, const char *name,
			      struct hive *h);
	/* Names below HKEY_USERS; nothing offline. */
	int (*each_live_user)(struct target *t, reg_subkey_fn fn, void *arg);
	/* A drive that is no volume yet; ERR_UNSUPPORTED if not mapped. */
	int (*add_drive)(struct target *t, char drive);
};

extern const struct target_ops target_ops_live;
extern const struct target_ops target_ops_offline;
extern const struct target_ops target_ops_folder;

struct volume {
	struct target_volume pub; /* first */
	bool is_exact;		  /* names differ by case */
	bool is_hidden; /* reachable by path, no part of a full scan */
};

/* One that could not be entered (closed.c). */
struct closed {
	char *name;   /* how people know it, "" where there may be more */
	char **names; /* how paths call it */
	size_t name_count;
	enum volume_why why;
	enum volume_part part;
	long os_error;
	bool is_needed; /* a path that was looked for lies there */
};

struct target {
	const struct target_ops *ops;
	struct target_info info;
	struct gap_sink *gaps;
	struct vec volumes; /* of struct volume */
	struct target_volume *public_volumes;
	size_t public_volume_count;
	struct vec closed;	  /* of struct closed */
	char *windows;		  /* "C:\Windows", NULL: folder target */
	struct vec other_windows; /* of char *: further ones of this root */
	bool has_more_windows;	  /* than are kept */
	bool is_windows_named;	  /* --windows */
	char *profiles;		  /* "C:\Users" */
	char *public_profiles;	  /* C:\ProgramData or …\All Users */
	bool is_xp_layout;
	struct hive machine[2];
	struct hive live_machine; /* base of the two when live */
	struct hive live_users;
	struct variables variables;
	struct vec users; /* of struct user * */
	struct folder_cache *folders;
	/* Why the newest target_resolve() failed, and where on its way. */
	enum gap_kind cause_kind; /* of ERR_UNSUPPORTED */
	char *cause;		  /* "D:", the link, the folder; NULL: none */
	struct namemap *causes;	  /* those that were told */
	struct location_table places;
	struct place_names place_names;
	uint64_t hives_nbytes; /* of all open hive files */
	/* Memory was short where an answer could not say so ("not there"). */
	bool is_short;
	bool has_told_expansion; /* a bound of variables was met */
};

/* windows_folder.c: which Windows of the root it is, and gaps for the others.
 * ERR_NOT_FOUND: there is none; ERR_NAME: none of the wanted name. */
int windows_find(struct target *t, struct folder *root, const char *wanted);
void windows_report_others(struct target *t);
void windows_release(struct target *t);

/* closed.c: volumes that could not be entered. */
int closed_add(struct target *t, const struct host_volume *v);
void closed_release(struct target *t);
/*
 * The one that a path leads to by a name longer than `above` bytes, which is
 * what an open volume is called; it is needed from now on, and err_last() and
 * the cause say so.  NULL: none.
 */
const char *closed_need(struct target *t, const char *wpath, size_t above);

/* hibernate.c: gaps for volumes whose Windows is only asleep. */
void hibernate_check(struct target *t);

/* The identity as the registry alone tells it: of a copy the original's. */
int target_open_plain(const struct target_options *options,
		      struct target **ret);
/*
 * identity.c: a Windows that was copied within its root has the identity of
 * the original, and one's results and fixes would be taken for the other's.
 * "Windows", else the first by name, keeps it, as it has it when it runs.
 */
int identity_tell_copies_apart(struct target *t,
			       const struct target_options *options);
/* identity.c: version, edition, computer name, target_id, bitness. */
int identity_read(struct target *t);
/* "ControlSet001"; caller frees. */
char *identity_control_set(struct target *t);
/* Text of key\name, NULL if absent; notes short memory. */
char *root_text(struct target *t, struct reg_root *root, const char *key,
		const char *name);
/* The same from a machine hive, bounded. */
char *machine_text(struct target *t, enum target_hive which, const char *key,
		   const char *name);

/* target.c */
int target_add_volume(struct target *t, const char *wprefix, const char *host,
		      bool is_hidden);
/* The gap of a drive that is not mapped, once, with the first path on it;
 * err_last() says why. */
void target_tell_drive(struct target *t, char drive, const char *wpath);
/* What the failure of the look-up that runs comes from. */
void target_set_cause(struct target *t, enum gap_kind kind, const char *where,
		      size_t nbytes);
/* Stops after identity_read(): no users, no places. */
int target_open_identity(const struct target_options *options,
			 struct target **ret);

/* location.c: places that only this target has. */
int target_read_places(struct target *t);
/* own_folders.c: its own folders by their variables. */
int target_read_place_names(struct target *t);

#endif
