/*
 * Private to agent/host on Windows: changing files (host/change.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_CHANGE_WIN32_H
#define HOST_CHANGE_WIN32_H

#include "host/change.h"
#include "host/descriptor.h"
#include "host/host_win32.h"

/* Flags of a file system, as GetVolumeInformation tells them. */
#define WIN_FS_KEEPS_ACLS    0x00000008u
#define WIN_FS_OBJECT_IDS    0x00010000u
#define WIN_FS_NAMED_STREAMS 0x00040000u
#define WIN_FS_READ_ONLY     0x00080000u

#define WIN_SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/*
 * What is asked of the system about things that are open.  In a table because
 * Wine has no junctions, no SUBST and no owners of files: tests put a fake
 * there.
 */
struct win_ask {
	/* NTSTATUS */
	uint32_t (*tag)(HANDLE handle, uint32_t *attrs_ret, uint32_t *tag_ret);
	/* Path within the volume; caller frees. NTSTATUS */
	uint32_t (*path)(HANDLE handle, char **ret);
	/* What a drive letter stands for; caller frees; NULL: not told. */
	char *(*device)(char letter);
	/* Owner, group and access list; caller frees. Win32 code, 0: done. */
	DWORD (*security)(HANDLE handle, uint8_t **ret, size_t *nbytes_ret);
	/*
	 * Wine keeps no owners, access lists, creation times: it makes them
	 * up from what Unix has.
	 */
	bool (*is_wine)(void);
	/* host_nt_open(), of all that is opened below a place */
	uint32_t (*open)(const struct win_open *o, HANDLE *ret);
	/* host_nt_set_file(), of removals, renames and attributes */
	uint32_t (*set)(HANDLE handle, const void *buf, size_t nbytes,
			enum win_info_class what);
	/* Of what waits for the start of Windows.  Win32 code, 0: done. */
	DWORD (*set_security)(HANDLE handle, DWORD parts, uint8_t *sd);
	/* A control code that takes and gives no data.  Win32 code, 0: done. */
	DWORD (*control)(HANDLE handle, DWORD code);
	/* FileAlternateNameInformation read, FileShortNameInformation set;
	 * Wine has neither.  NTSTATUS */
	uint32_t (*short_name)(HANDLE handle, void *info, size_t room,
			       size_t *nbytes_ret);
	uint32_t (*set_short_name)(HANDLE handle, void *info, size_t nbytes);
};

extern const struct win_ask win_ask_system;
/* &win_ask_system, unless a test says otherwise. */
extern const struct win_ask *win_ask;

/* ---- places ------------------------------------------------------------- */

struct host_place {
	unsigned refs;	 /* subjects and new files keep it */
	HANDLE *folders; /* from the root or base down; all are held */
	size_t folder_count;
	wchar_t *wname; /* the last name */
	size_t wname_nchars;
	const char *name; /* the same, in `path` */
	uint32_t fs_flags;
	char path[];
};

struct host_place *win_place_ref(struct host_place *p);
HANDLE win_place_folder(const struct host_place *p);
/* Opens the last name, or with `wname` another one, in that folder. */
uint32_t win_place_open(const struct host_place *p, const wchar_t *wname,
			struct win_open *o, HANDLE *ret);
/* Information of what has the name, links not followed. NTSTATUS */
uint32_t win_place_info(const struct host_place *p,
			BY_HANDLE_FILE_INFORMATION *ret);
/* "name:stream" for that folder; caller frees.  ERR_UNSUPPORTED: none there. */
int win_stream_name(const struct host_place *p, const char *name,
		    const char *stream, wchar_t **ret);
/* Best effort: Windows promises nothing for folders. */
int win_place_flush(const struct host_place *p);
/* ERR_UNSUPPORTED: "path" is reached through ... "part". */
int win_place_refuse(const char *path, const char *end, int way);

/* ---- handles ------------------------------------------------------------ */

/*
 * Marks it for removal; a read-only file first loses that attribute, and gets
 * it back if it cannot be removed.  NTSTATUS
 */
uint32_t win_delete(HANDLE handle);
/* Sets or clears the read-only attribute. */
uint32_t win_set_read_only(HANDLE handle, bool yes, bool *was_ret);
/* NTSTATUS */
uint32_t win_rename(HANDLE handle, const struct host_place *to, bool replace);

/* Owner and group left out of a private descriptor (host/descriptor.h):
 * whoever has no right to name them is the owner. */
void win_drop_owner(uint8_t sd[DESCRIPTOR_PRIVATE_NBYTES]);

/* ---- subjects ----------------------------------------------------------- */

struct host_subject {
	struct host_place *place;
	HANDLE handle;	 /* the file itself, no filter between; NULL: removed */
	bool has_sacl;	 /* `handle` may read the audit list */
	enum in_use use; /* of its opening, or of its last removal */
	struct host_file *file; /* what is read; often the same handle */
	BY_HANDLE_FILE_INFORMATION info; /* of the opening */
};

/* Lets go of the file, keeps the rest. */
void win_subject_let_go(struct host_subject *s);

/* ---- metadata ----------------------------------------------------------- */

int win_meta_get(HANDLE handle, uint32_t fs_flags, bool has_sacl,
		 const char *shown, struct host_meta *ret);
/*
 * Sets those `fields` (META_*) that `meta` knows: object id, security, then
 * times and attributes.
 */
int win_meta_set(HANDLE handle, bool has_sacl, const char *shown,
		 const struct host_meta *meta, uint32_t fields);
/*
 * The short name, before the times.  What could not be set is found when it
 * is read back; the NTSTATUS says why.
 */
uint32_t win_meta_set_short(HANDLE handle, const struct host_meta *meta);

#endif
