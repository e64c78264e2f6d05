/*
 * The kernel's own registry functions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/nt_key_win32.h"
#include "registry/backup_open.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "words/base.h"
#include "words/registry.h"

#include <string.h>

/* Answers hold data and the longest value name there is, descriptors, too. */
#define ANSWER_MAX_NBYTES (REG_MAX_VALUE_NBYTES + 65536)
/* Where the granted access stands in what a handle tells of itself. */
#define OBJECT_BASIC	    0
#define OBJECT_BASIC_NBYTES 56u
#define OBJECT_ACCESS_AT    4u

int nt_err(NTSTATUS status)
{
	switch (status) {
	case NT_NOT_FOUND:
	case NT_PATH_NOT_FOUND:
	case NT_NAME_INVALID:
		return ERR_NOT_FOUND;
	case NT_DENIED:
	case NT_PRIVILEGE_NOT_HELD:
		return ERR_DENIED;
	case NT_DELETED:
		return ERR_CHANGED;
	case NT_NO_MEMORY:
	case NT_NO_RESOURCES:
		return ERR_NOMEM;
	case NT_CORRUPT:
		return ERR_CORRUPT;
	default:
		return ERR_IO;
	}
}

int nt_load(struct nt *nt)
{
	HMODULE dll = GetModuleHandleW(L"ntdll.dll");

	if (!dll)
		goto missing;
		/* By way of void *: the types of functions differ on purpose.
		 */
#define FIND(member, name)                                                     \
	(nt->member = (void *)(uintptr_t)GetProcAddress(dll, name))
	FIND(open_key_ex, "NtOpenKeyEx");
	if (FIND(open_key, "NtOpenKey") && FIND(create_key, "NtCreateKey") &&
	    FIND(query_key, "NtQueryKey") &&
	    FIND(enumerate_key, "NtEnumerateKey") &&
	    FIND(enumerate_value, "NtEnumerateValueKey") &&
	    FIND(query_value, "NtQueryValueKey") &&
	    FIND(set_value, "NtSetValueKey") &&
	    FIND(delete_value, "NtDeleteValueKey") &&
	    FIND(delete_key, "NtDeleteKey") && FIND(flush_key, "NtFlushKey") &&
	    FIND(query_security, "NtQuerySecurityObject") &&
	    FIND(set_security, "NtSetSecurityObject") &&
	    FIND(query_object, "NtQueryObject") && FIND(close, "NtClose"))
		return 0;
#undef FIND
missing:
	return err_fail(ERR_UNSUPPORTED, (long)GetLastError(),
			W_REGISTRY_NO_FUNCTIONS);
}

/* A 32-bit program on 64-bit Windows. The function came with XP SP2. */
static bool is_wow64(void)
{
	typedef BOOL(WINAPI * is_wow64_fn)(HANDLE, BOOL *);
	HMODULE dll = GetModuleHandleW(L"kernel32.dll");
	is_wow64_fn fn = NULL;
	BOOL result = FALSE;

	if (dll)
		fn = (is_wow64_fn)(void *)(uintptr_t)GetProcAddress(
			dll, "IsWow64Process");
	return fn && fn(GetCurrentProcess(), &result) && result;
}

/*
 * Only WOW64, between a 32-bit program and the kernel, knows the flags of
 * the views: it redirects, and takes them out of the access that is asked
 * for.  Without it the kernel shows the registry as it is, and a flag would
 * be an access right that nobody is granted.
 */
int nt_view_access(enum reg_view view, ACCESS_MASK *ret)
{
	if (is_wow64()) {
		*ret = view == REG_VIEW_64   ? KEY_WOW64_64KEY
		       : view == REG_VIEW_32 ? KEY_WOW64_32KEY
					     : 0;
		return 0;
	}
	if (view == REG_VIEW_32 && sizeof(void *) == 8)
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_VIEW_32);
	*ret = 0;
	return 0;
}

bool nt_text(UNICODE_STRING *text, const uint16_t *units, size_t count)
{
	if (count > UINT16_MAX / 2)
		return false;
	text->Buffer = (WCHAR *)(uintptr_t)units;
	text->Length = (USHORT)(count * 2);
	text->MaximumLength = text->Length;
	return true;
}

bool nt_object(struct nt_object *o, HANDLE parent, const uint16_t *name,
	       size_t units, ULONG attributes)
{
	memset(o, 0, sizeof(*o));
	if (!nt_text(&o->name, name, units))
		return false;
	o->attributes.Length = sizeof(o->attributes);
	o->attributes.RootDirectory = parent;
	o->attributes.ObjectName = &o->name;
	o->attributes.Attributes = OBJ_CASE_INSENSITIVE | attributes;
	return true;
}

/* A predefined handle (performance data) is a success with a code. */
static NTSTATUS take_handle(const struct nt *nt, NTSTATUS status, HANDLE h,
			    HANDLE *ret)
{
	if (status > 0) {
		nt->close(h);
		return NT_NOT_FOUND;
	}
	if (!status)
		*ret = h;
	return status;
}

NTSTATUS nt_open(const struct nt *nt, HANDLE parent, const uint16_t *name,
		 size_t units, ULONG attributes, ACCESS_MASK access,
		 HANDLE *ret)
{
	struct nt_object o;
	NTSTATUS status;
	HANDLE h = NULL;

	if (!nt_object(&o, parent, name, units, attributes))
		return NT_NOT_FOUND;
	status = nt->open_key(&h, access | nt->view, &o.attributes);
	return take_handle(nt, status, h, ret);
}

static bool is_granted(const struct nt *nt, HANDLE h, ACCESS_MASK access)
{
	uint8_t info[OBJECT_BASIC_NBYTES];
	ULONG nbytes = 0;

	memset(info, 0, sizeof(info));
	if (nt->query_object(h, OBJECT_BASIC, info, sizeof(info), &nbytes))
		return false;
	return (bytes_le32(info + OBJECT_ACCESS_AT) & access) == access;
}

/*
 * The key that was to be opened has gone since, and creating made a new one:
 * that goes at once.  Others can have put something into it by then; what
 * cannot be removed is volatile, and not there after a restart.
 */
static NTSTATUS take_new_away(const struct nt *nt, HANDLE h)
{
	HANDLE own = NULL;
	NTSTATUS status = nt->delete_key(h);

	/* The privileges did not bring the right to, but it is our own. */
	if (status && !nt_open(nt, h, NULL, 0, NT_OPEN_LINK, DELETE, &own)) {
		status = nt->delete_key(own);
		nt->close(own);
	}
	nt->close(h);
	return status ? status : NT_NOT_FOUND;
}

static NTSTATUS open_by_creating(const struct nt *nt, struct nt_object *o,
				 ACCESS_MASK access, HANDLE *ret)
{
	ULONG disposition = 0;
	HANDLE h = NULL;
	NTSTATUS status;

	/* "Volatile" is ignored for a key that is there (RegCreateKeyEx). */
	status = nt->create_key(&h, access | nt->view, &o->attributes, 0, NULL,
				NT_BACKUP_RESTORE | NT_VOLATILE, &disposition);
	status = take_handle(nt, status, h, &h);
	if (!status && backup_made_new(disposition))
		return take_new_away(nt, h);
	if (!status)
		*ret = h;
	return status;
}

static NTSTATUS open_privileged(const struct nt *nt, HANDLE parent,
				struct nt_object *o, ACCESS_MASK access,
				HANDLE *ret)
{
	const bool is_as_link = (o->attributes.Attributes & NT_OPEN_LINK) != 0;
	const enum backup_way way =
		backup_way(nt->open_key_ex != NULL, is_as_link, parent != NULL);
	NTSTATUS status;
	HANDLE h = NULL;

	if (way == BACKUP_BY_CREATING)
		return open_by_creating(nt, o, access, ret);
	if (way == BACKUP_NO_WAY || !nt->open_key_ex)
		return NT_DENIED;
	status = nt->open_key_ex(&h, access | nt->view, &o->attributes,
				 NT_BACKUP_RESTORE);
	return take_handle(nt, status, h, ret);
}

NTSTATUS nt_open_backup(const struct nt *nt, HANDLE parent,
			const uint16_t *name, size_t units, ULONG attributes,
			ACCESS_MASK access, HANDLE *ret)
{
	struct nt_object o;
	NTSTATUS status;
	HANDLE all = NULL;

	if (!nt_object(&o, parent, name, units, attributes))
		return NT_NOT_FOUND;
	status = open_privileged(nt, parent, &o, access, &all);
	if (status)
		return status;
	if (!is_granted(nt, all, access)) {
		nt->close(all);
		return NT_DENIED;
	}
	*ret = all;
	return 0;
}

NTSTATUS nt_open_read(const struct nt *nt, HANDLE parent, const uint16_t *name,
		      size_t units, ULONG attributes, HANDLE *ret)
{
	NTSTATUS status;

	status = nt_open(nt, parent, name, units, attributes, KEY_READ, ret);
	if (status == NT_DENIED)
		status = nt_open_backup(nt, parent, name, units, attributes,
					KEY_READ, ret);
	return status;
}

/* ---- answers of varying length ---------------------------------------- */

/* True if the call is to be made again with a larger buffer. */
static bool must_grow(struct nt_answer *a, NTSTATUS *status)
{
	ULONG need = a->nbytes;
	uint8_t *p;

	if (*status != NT_TOO_SMALL && *status != NT_OVERFLOW) {
		if (!*status && a->nbytes > a->cap)
			*status = NT_CORRUPT;
		return false;
	}
	if (need <= a->cap)
		need = a->cap < 512 ? 1024 : a->cap * 2;
	if (need > ANSWER_MAX_NBYTES)
		return false;
	p = mem_realloc(a->data, need);
	if (!p) {
		*status = NT_NO_MEMORY;
		return false;
	}
	a->data = p;
	a->cap = need;
	return true;
}

NTSTATUS nt_query_key(const struct nt *nt, HANDLE h, ULONG what,
		      struct nt_answer *a)
{
	NTSTATUS status;

	do {
		a->nbytes = 0;
		status = nt->query_key(h, what, a->data, a->cap, &a->nbytes);
	} while (must_grow(a, &status));
	return status;
}

NTSTATUS nt_query_security(const struct nt *nt, HANDLE h, ULONG what,
			   struct nt_answer *a)
{
	NTSTATUS status;

	do {
		a->nbytes = 0;
		status = nt->query_security(h, what, a->data, a->cap,
					    &a->nbytes);
	} while (must_grow(a, &status));
	return status;
}

NTSTATUS nt_enumerate(nt_enumerate_fn fn, HANDLE h, ULONG index, ULONG what,
		      struct nt_answer *a)
{
	NTSTATUS status;

	do {
		a->nbytes = 0;
		status = fn(h, index, what, a->data, a->cap, &a->nbytes);
	} while (must_grow(a, &status));
	return status;
}

/* A counted name inside an answer, as our UTF-8 (caller frees). */
int nt_name_in(const struct nt_answer *a, size_t at, size_t nbytes, char **ret)
{
	struct bytes all = { a->data, a->nbytes };
	const uint8_t *p = bytes_at(&all, at, nbytes);
	struct str out = STR_INIT;
	char *name;

	if (!p)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_ANSWER_SHORT);
	utf_from_utf16le(&out, p, nbytes / 2);
	str_add(&out, "");
	name = str_detach(&out);
	if (!name)
		return err_nomem();
	*ret = name;
	return 0;
}

static int full_name(const struct nt *nt, HANDLE h, char **ret)
{
	struct nt_answer a = { NULL, 0, 0 };
	NTSTATUS status = nt_query_key(nt, h, NT_KEY_PATH, &a);
	int err;

	if (!status && a.nbytes < 4)
		status = NT_CORRUPT;
	err = status ? nt_fail(status, W_REGISTRY_NT_NAME, "")
		     : nt_name_in(&a, 4, bytes_le32(a.data), ret);
	mem_free(a.data);
	return err;
}

/*
 * A key is a link if it holds the value that tells where to, and opening its
 * own name without "open the link" leads elsewhere or nowhere.  (The flag
 * itself cannot be asked for on Windows XP.)
 */
static int leads_elsewhere(const struct nt *nt, HANDLE h, bool *ret)
{
	char *own = NULL, *other = NULL;
	uint16_t *units = NULL;
	HANDLE through = NULL;
	size_t count;
	int err;

	err = full_name(nt, h, &own);
	if (!err)
		err = utf_to_utf16(own, &units, &count);
	if (err)
		goto out;
	if (nt_open_read(nt, NULL, units, count, 0, &through)) {
		*ret = true;
		goto out;
	}
	err = full_name(nt, through, &other);
	if (!err)
		*ret = utf_casecmp(own, other) != 0;
	nt->close(through);
out:
	mem_free(units);
	mem_free(own);
	mem_free(other);
	return err;
}

NTSTATUS nt_query_value(const struct nt *nt, HANDLE h, UNICODE_STRING *name,
			struct nt_answer *a)
{
	NTSTATUS status;

	do {
		a->nbytes = 0;
		status = nt->query_value(h, name, NT_VALUE_FULL, a->data,
					 a->cap, &a->nbytes);
	} while (must_grow(a, &status));
	return status;
}

int nt_is_link(const struct nt *nt, HANDLE h, bool *ret)
{
	static WCHAR link_name[] = L"SymbolicLinkValue";
	UNICODE_STRING name;
	struct nt_answer a = { NULL, 0, 0 };
	NTSTATUS status;
	int err = 0;

	name.Buffer = link_name;
	name.Length = sizeof(link_name) - sizeof(WCHAR);
	name.MaximumLength = name.Length;
	*ret = false;
	status = nt_query_value(nt, h, &name, &a);
	if (status && nt_err(status) == ERR_NOMEM)
		err = err_fail(ERR_NOMEM, (long)status, W_BASE_ERR_NO_MEMORY);
	else if (!status && a.nbytes >= NT_VALUE_NBYTES &&
		 bytes_le32(a.data + 4) == REG_TYPE_LINK)
		err = leads_elsewhere(nt, h, ret);
	mem_free(a.data);
	return err;
}
