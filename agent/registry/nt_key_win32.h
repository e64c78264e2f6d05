/*
 * Private to agent/registry on Windows: the kernel's own registry functions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names are counted, keys are opened below the handle of their parent and
 * "as a link", so that nothing is hidden by a NUL and nothing followed.
 * Looked up at run time; Windows XP has all but NtOpenKeyEx.
 */
#ifndef REGISTRY_NT_KEY_WIN32_H
#define REGISTRY_NT_KEY_WIN32_H

#include "base/err.h"
#include "registry/reg_backend.h"

#include <windows.h>
#include <winternl.h>

#define NT_OPEN_LINK	  0x100u /* OBJ_OPENLINK */
#define NT_VOLATILE	  0x01u	 /* REG_OPTION_VOLATILE */
#define NT_BACKUP_RESTORE 0x04u	 /* REG_OPTION_BACKUP_RESTORE */

#define NT_NOT_FOUND	      ((NTSTATUS)0xC0000034)
#define NT_PATH_NOT_FOUND     ((NTSTATUS)0xC000003A)
#define NT_DENIED	      ((NTSTATUS)0xC0000022)
#define NT_DELETED	      ((NTSTATUS)0xC000017C)
#define NT_NO_MEMORY	      ((NTSTATUS)0xC0000017)
#define NT_NO_RESOURCES	      ((NTSTATUS)0xC000009A)
#define NT_CORRUPT	      ((NTSTATUS)0xC000014C)
#define NT_NAME_INVALID	      ((NTSTATUS)0xC0000033)
#define NT_TOO_SMALL	      ((NTSTATUS)0xC0000023)
#define NT_OVERFLOW	      ((NTSTATUS)0x80000005)
#define NT_NO_MORE	      ((NTSTATUS)0x8000001A)
#define NT_CANNOT_DELETE      ((NTSTATUS)0xC0000121)
#define NT_MUST_BE_VOLATILE   ((NTSTATUS)0xC0000181)
#define NT_PRIVILEGE_NOT_HELD ((NTSTATUS)0xC0000061)

/* Information classes, and the fixed parts of what they give. */
#define NT_KEY_BASIC	0 /* time 8, title 4, name length 4, name */
#define NT_KEY_FULL	2 /* time 8, title 4, class at, length, subkeys 4 … */
#define NT_KEY_PATH	3 /* length 4, full name */
#define NT_VALUE_FULL	1 /* title, type, data at, data length, name length */
#define NT_BASIC_NBYTES 16u
#define NT_VALUE_NBYTES 20u

typedef NTSTATUS(NTAPI *nt_open_key_fn)(HANDLE *, ACCESS_MASK,
					OBJECT_ATTRIBUTES *);
typedef NTSTATUS(NTAPI *nt_open_key_ex_fn)(HANDLE *, ACCESS_MASK,
					   OBJECT_ATTRIBUTES *, ULONG);
typedef NTSTATUS(NTAPI *nt_create_key_fn)(HANDLE *, ACCESS_MASK,
					  OBJECT_ATTRIBUTES *, ULONG,
					  UNICODE_STRING *, ULONG, ULONG *);
typedef NTSTATUS(NTAPI *nt_query_fn)(HANDLE, ULONG, void *, ULONG, ULONG *);
typedef NTSTATUS(NTAPI *nt_enumerate_fn)(HANDLE, ULONG, ULONG, void *, ULONG,
					 ULONG *);
typedef NTSTATUS(NTAPI *nt_query_value_fn)(HANDLE, UNICODE_STRING *, ULONG,
					   void *, ULONG, ULONG *);
typedef NTSTATUS(NTAPI *nt_set_value_fn)(HANDLE, UNICODE_STRING *, ULONG, ULONG,
					 void *, ULONG);
typedef NTSTATUS(NTAPI *nt_delete_value_fn)(HANDLE, UNICODE_STRING *);
typedef NTSTATUS(NTAPI *nt_handle_fn)(HANDLE);
typedef NTSTATUS(NTAPI *nt_query_security_fn)(HANDLE, ULONG, void *, ULONG,
					      ULONG *);
typedef NTSTATUS(NTAPI *nt_set_security_fn)(HANDLE, ULONG, void *);

struct nt {
	ACCESS_MASK view; /* goes into each opening */
	nt_open_key_fn open_key;
	nt_open_key_ex_fn open_key_ex; /* NULL before Windows 7 */
	nt_create_key_fn create_key;
	nt_query_fn query_key;
	nt_enumerate_fn enumerate_key;
	nt_enumerate_fn enumerate_value;
	nt_query_value_fn query_value;
	nt_set_value_fn set_value;
	nt_delete_value_fn delete_value;
	nt_handle_fn delete_key;
	nt_handle_fn flush_key;
	nt_query_security_fn query_security;
	nt_set_security_fn set_security;
	nt_query_fn query_object;
	nt_handle_fn close;
};

/* All functions but `view`; ERR_UNSUPPORTED. */
int nt_load(struct nt *nt);
/* The flag for `view` in this program: only WOW64 knows such flags. */
int nt_view_access(enum reg_view view, ACCESS_MASK *ret);

int nt_err(NTSTATUS status);
/* `text` takes the key's path and the reason: W_REGISTRY_NT_… */
#define nt_fail(status, text, path)                                            \
	err_fail(nt_err(status), (long)(status), text, path,                   \
		 err_words(nt_err(status)))

/* False if it is longer than a counted text can be. */
bool nt_text(UNICODE_STRING *text, const uint16_t *units, size_t count);

/* The names of one opening, which the kernel takes by pointer. */
struct nt_object {
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING name;
};

bool nt_object(struct nt_object *o, HANDLE parent, const uint16_t *name,
	       size_t units, ULONG attributes);

/*
 * Opens one component below `parent` (NULL: `name` is absolute; no units:
 * the parent itself once more).  NT_OPEN_LINK in `attributes`: as a link.
 */
NTSTATUS nt_open(const struct nt *nt, HANDLE parent, const uint16_t *name,
		 size_t units, ULONG attributes, ACCESS_MASK access,
		 HANDLE *ret);
/*
 * The same by the backup and restore privileges, whatever the access list
 * says.  What is granted then is for the system to say: NT_DENIED unless it
 * is all of `access`.  Before Windows 7 only below a parent, as a link; no
 * key stays that was not there.
 */
NTSTATUS nt_open_backup(const struct nt *nt, HANDLE parent,
			const uint16_t *name, size_t units, ULONG attributes,
			ACCESS_MASK access, HANDLE *ret);

/* For reading, by the access list or else by the backup privilege. */
NTSTATUS nt_open_read(const struct nt *nt, HANDLE parent, const uint16_t *name,
		      size_t units, ULONG attributes, HANDLE *ret);

/* A buffer that grows until an answer fits. */
struct nt_answer {
	uint8_t *data;
	ULONG nbytes;
	ULONG cap;
};

NTSTATUS nt_query_key(const struct nt *nt, HANDLE h, ULONG what,
		      struct nt_answer *a);
NTSTATUS nt_query_value(const struct nt *nt, HANDLE h, UNICODE_STRING *name,
			struct nt_answer *a);
NTSTATUS nt_query_security(const struct nt *nt, HANDLE h, ULONG what,
			   struct nt_answer *a);
NTSTATUS nt_enumerate(nt_enumerate_fn fn, HANDLE h, ULONG index, ULONG what,
		      struct nt_answer *a);
/* A counted name inside an answer, as our UTF-8 (caller frees). */
int nt_name_in(const struct nt_answer *a, size_t at, size_t nbytes, char **ret);
/* Whether an open key is a link, by what it holds and where it leads. */
int nt_is_link(const struct nt *nt, HANDLE h, bool *ret);

#endif
