/*
 * The registry of the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Through ntdll's functions, which Windows XP has: names are counted there,
 * so that a NUL in a name hides nothing.  Keys are opened one component at a
 * time and never through a link, in the view the caller asked for.
 */
#include "registry/reg_backend.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"

#include <string.h>
#include <windows.h>
#include <winternl.h>

#define OPEN_LINK	      0x100u /* OBJ_OPENLINK */
#define OPTION_BACKUP_RESTORE 0x04u  /* REG_OPTION_BACKUP_RESTORE */
#define READ_ACCESS	      KEY_READ

#define ST_NOT_FOUND	  ((NTSTATUS)0xC0000034)
#define ST_PATH_NOT_FOUND ((NTSTATUS)0xC000003A)
#define ST_DENIED	  ((NTSTATUS)0xC0000022)
#define ST_DELETED	  ((NTSTATUS)0xC000017C)
#define ST_NO_MEMORY	  ((NTSTATUS)0xC0000017)
#define ST_NO_RESOURCES	  ((NTSTATUS)0xC000009A)
#define ST_CORRUPT	  ((NTSTATUS)0xC000014C)
#define ST_NAME_INVALID	  ((NTSTATUS)0xC0000033)
#define ST_TOO_SMALL	  ((NTSTATUS)0xC0000023)
#define ST_OVERFLOW	  ((NTSTATUS)0x80000005)
#define ST_NO_MORE	  ((NTSTATUS)0x8000001A)

/* Information classes, and the fixed parts of what they give. */
#define KEY_BASIC     0 /* time 8, title 4, name length 4, name */
#define KEY_FULL      2 /* time 8, title 4, class 8, subkeys 4, 8, values 4 */
#define KEY_NAME_PATH 3 /* length 4, full name */
#define VALUE_FULL    1 /* title, type, data at, data length, name length */
#define BASIC_NBYTES  16u
#define VALUE_NBYTES  20u

typedef NTSTATUS(NTAPI *open_key_fn)(HANDLE *, ACCESS_MASK,
				     OBJECT_ATTRIBUTES *);
typedef NTSTATUS(NTAPI *open_key_ex_fn)(HANDLE *, ACCESS_MASK,
					OBJECT_ATTRIBUTES *, ULONG);
typedef NTSTATUS(NTAPI *query_fn)(HANDLE, ULONG, void *, ULONG, ULONG *);
typedef NTSTATUS(NTAPI *enumerate_fn)(HANDLE, ULONG, ULONG, void *, ULONG,
				      ULONG *);
typedef NTSTATUS(NTAPI *query_value_fn)(HANDLE, UNICODE_STRING *, ULONG, void *,
					ULONG, ULONG *);
typedef NTSTATUS(NTAPI *close_fn)(HANDLE);

struct nt {
	open_key_fn open_key;
	open_key_ex_fn open_key_ex; /* NULL before Windows 7 */
	query_fn query_key;
	enumerate_fn enumerate_key;
	enumerate_fn enumerate_value;
	query_value_fn query_value;
	close_fn close;
};

struct live_root {
	struct reg_root base;
	struct nt nt;
	ACCESS_MASK view;
	HANDLE handle;
};

struct live_key {
	struct reg_key base;
	HANDLE handle;
};

/* A buffer that grows until an answer fits. */
struct answer {
	uint8_t *data;
	ULONG nbytes;
	ULONG cap;
};

static struct live_root *root_of(struct reg_key *key)
{
	return (struct live_root *)key->root;
}

static HANDLE handle_of(struct reg_key *key)
{
	return ((struct live_key *)key)->handle;
}

static int err_of(NTSTATUS status)
{
	switch (status) {
	case ST_NOT_FOUND:
	case ST_PATH_NOT_FOUND:
	case ST_NAME_INVALID:
		return ERR_NOT_FOUND;
	case ST_DENIED:
		return ERR_DENIED;
	case ST_DELETED:
		return ERR_CHANGED;
	case ST_NO_MEMORY:
	case ST_NO_RESOURCES:
		return ERR_NOMEM;
	case ST_CORRUPT:
		return ERR_CORRUPT;
	default:
		return ERR_IO;
	}
}

static int fail(NTSTATUS status, const char *what, const char *path)
{
	return err_fail(err_of(status), (long)status,
			"cannot %s the registry key \"%.512s\"", what, path);
}

static bool load(struct nt *nt)
{
	HMODULE dll = GetModuleHandleW(L"ntdll.dll");

	if (!dll)
		return false;
		/* By way of void *: the types of functions differ on purpose.
		 */
#define FIND(member, name)                                                     \
	(nt->member = (void *)(uintptr_t)GetProcAddress(dll, name))
	FIND(open_key_ex, "NtOpenKeyEx");
	return FIND(open_key, "NtOpenKey") && FIND(query_key, "NtQueryKey") &&
	       FIND(enumerate_key, "NtEnumerateKey") &&
	       FIND(enumerate_value, "NtEnumerateValueKey") &&
	       FIND(query_value, "NtQueryValueKey") && FIND(close, "NtClose");
#undef FIND
}

/*
 * One component (or an absolute name with `parent` NULL).  Where access is
 * denied and the system can, the backup privilege is used.
 */
static NTSTATUS open_at(struct live_root *root, HANDLE parent, uint16_t *name,
			size_t units, ULONG attributes, HANDLE *ret)
{
	OBJECT_ATTRIBUTES object;
	UNICODE_STRING text;
	NTSTATUS status;
	HANDLE h = NULL;

	if (units > UINT16_MAX / 2)
		return ST_NOT_FOUND;
	text.Buffer = (WCHAR *)name;
	text.Length = (USHORT)(units * 2);
	text.MaximumLength = text.Length;
	memset(&object, 0, sizeof(object));
	object.Length = sizeof(object);
	object.RootDirectory = parent;
	object.ObjectName = &text;
	object.Attributes = OBJ_CASE_INSENSITIVE | attributes;
	status = root->nt.open_key(&h, READ_ACCESS | root->view, &object);
	if (status == ST_DENIED && root->nt.open_key_ex)
		status = root->nt.open_key_ex(&h, READ_ACCESS | root->view,
					      &object, OPTION_BACKUP_RESTORE);
	/* A predefined handle (performance data) is a success with a code. */
	if (status > 0) {
		root->nt.close(h);
		return ST_NOT_FOUND;
	}
	if (!status)
		*ret = h;
	return status;
}

static int key_new(struct live_root *root, HANDLE h, char *path, unsigned depth,
		   struct live_key **ret)
{
	struct live_key *key = path ? mem_zalloc(sizeof(*key)) : NULL;

	if (!key) {
		mem_free(path);
		root->nt.close(h);
		return err_fail(ERR_NOMEM, 0, "memory is short");
	}
	key->base.root = &root->base;
	key->base.path = path;
	key->base.depth = depth;
	key->handle = h;
	*ret = key;
	return 0;
}

static void live_close_key(struct reg_key *base)
{
	struct live_key *key = (struct live_key *)base;

	root_of(base)->nt.close(key->handle);
	mem_free(base->path);
	mem_free(key);
}

/* `name` is one component; parent NULL: below the root handle. */
static int open_child(struct live_root *root, struct live_key *parent,
		      const char *name, size_t nbytes, struct live_key **ret)
{
	const char *parent_path = parent ? parent->base.path : "";
	unsigned depth = parent ? parent->base.depth + 1 : 1;
	char *path = reg_path_join(parent_path, name, nbytes);
	char *component = mem_strndup(name, nbytes);
	uint16_t *units = NULL;
	NTSTATUS status;
	HANDLE h = NULL;
	size_t count = 0;
	int err;

	err = path && component ? utf_to_utf16(component, &units, &count)
				: err_fail(ERR_NOMEM, 0, "memory is short");
	mem_free(component);
	if (err)
		goto out;
	if (depth > REG_MAX_DEPTH) {
		err = err_fail(ERR_TOO_LARGE, 0, "keys are nested too deeply");
		goto out;
	}
	status = open_at(root, parent ? parent->handle : root->handle, units,
			 count, OPEN_LINK, &h);
	if (status) {
		err = fail(status, "open", path);
		goto out;
	}
	mem_free(units);
	return key_new(root, h, path, depth, ret);
out:
	mem_free(units);
	mem_free(path);
	return err;
}

/* The same key with a handle of its own. */
static int open_again(struct live_root *root, HANDLE from, const char *path,
		      unsigned depth, struct live_key **ret)
{
	HANDLE h = NULL;

	if (!DuplicateHandle(GetCurrentProcess(), from, GetCurrentProcess(), &h,
			     0, FALSE, DUPLICATE_SAME_ACCESS))
		return err_fail(ERR_IO, (long)GetLastError(),
				"cannot open the registry key \"%.512s\"",
				path);
	return key_new(root, h, mem_strdup(path), depth, ret);
}

static int live_open_key(struct reg_root *base, struct reg_key *from,
			 const char *path, struct reg_key **ret)
{
	struct live_root *root = (struct live_root *)base;
	struct live_key *key = (struct live_key *)from, *next = NULL;
	const char *rest = path, *name;
	size_t nbytes = 0;
	int err;

	for (;;) {
		name = reg_path_next(&rest, &nbytes);
		if (!name)
			break;
		err = open_child(root, key, name, nbytes, &next);
		if (key && &key->base != from)
			live_close_key(&key->base);
		if (!next)
			return err;
		key = next;
		next = NULL;
	}
	if (!key || &key->base == from) {
		err = open_again(root, key ? key->handle : root->handle,
				 key ? key->base.path : "",
				 key ? key->base.depth : 0, &key);
		if (err)
			return err;
	}
	*ret = &key->base;
	return 0;
}

/* ---- answers of varying length ---------------------------------------- */

/* True if the call is to be made again with a larger buffer. */
static bool must_grow(struct answer *a, NTSTATUS *status)
{
	ULONG need = a->nbytes;
	uint8_t *p;

	if (*status != ST_TOO_SMALL && *status != ST_OVERFLOW) {
		if (!*status && a->nbytes > a->cap)
			*status = ST_CORRUPT;
		return false;
	}
	if (need <= a->cap)
		need = a->cap < 512 ? 1024 : a->cap * 2;
	/* Data, and the longest value name there is. */
	if (need > REG_MAX_VALUE_NBYTES + 65536)
		return false;
	p = mem_realloc(a->data, need);
	if (!p) {
		*status = ST_NO_MEMORY;
		return false;
	}
	a->data = p;
	a->cap = need;
	return true;
}

static NTSTATUS query_key(struct live_root *root, HANDLE h, ULONG what,
			  struct answer *a)
{
	NTSTATUS status;

	do {
		a->nbytes = 0;
		status = root->nt.query_key(h, what, a->data, a->cap,
					    &a->nbytes);
	} while (must_grow(a, &status));
	return status;
}

static NTSTATUS enumerate(enumerate_fn fn, HANDLE h, ULONG index, ULONG what,
			  struct answer *a)
{
	NTSTATUS status;

	do {
		a->nbytes = 0;
		status = fn(h, index, what, a->data, a->cap, &a->nbytes);
	} while (must_grow(a, &status));
	return status;
}

/* A counted name inside an answer, as our UTF-8 (caller frees). */
static int name_in(const struct answer *a, size_t at, size_t nbytes, char **ret)
{
	struct bytes all = { a->data, a->nbytes };
	const uint8_t *p = bytes_at(&all, at, nbytes);
	struct str out = STR_INIT;
	char *name;

	if (!p)
		return err_fail(ERR_CORRUPT, 0, "an answer is too short");
	utf_from_utf16le(&out, p, nbytes / 2);
	str_add(&out, "");
	name = str_detach(&out);
	if (!name)
		return err_fail(ERR_NOMEM, 0, "memory is short");
	*ret = name;
	return 0;
}

/* ---- links ------------------------------------------------------------ */

static int full_name(struct live_root *root, HANDLE h, char **ret)
{
	struct answer a = { NULL, 0, 0 };
	NTSTATUS status = query_key(root, h, KEY_NAME_PATH, &a);
	int err;

	if (!status && a.nbytes < 4)
		status = ST_CORRUPT;
	err = status ? fail(status, "name", "")
		     : name_in(&a, 4, bytes_le32(a.data), ret);
	mem_free(a.data);
	return err;
}

/*
 * A key is a link if it holds the value that tells where to, and opening its
 * own name without "open the link" leads elsewhere or nowhere.  (The flag
 * itself cannot be asked for on Windows XP.)
 */
static int leads_elsewhere(struct live_root *root, HANDLE h, bool *ret)
{
	char *own = NULL, *other = NULL;
	uint16_t *units = NULL;
	HANDLE through = NULL;
	size_t count;
	int err;

	err = full_name(root, h, &own);
	if (!err)
		err = utf_to_utf16(own, &units, &count);
	if (err)
		goto out;
	if (open_at(root, NULL, units, count, 0, &through)) {
		*ret = true;
		goto out;
	}
	err = full_name(root, through, &other);
	if (!err)
		*ret = utf_casecmp(own, other) != 0;
	root->nt.close(through);
out:
	mem_free(units);
	mem_free(own);
	mem_free(other);
	return err;
}

static NTSTATUS query_value(struct live_root *root, HANDLE h,
			    UNICODE_STRING *name, struct answer *a)
{
	NTSTATUS status;

	do {
		a->nbytes = 0;
		status = root->nt.query_value(h, name, VALUE_FULL, a->data,
					      a->cap, &a->nbytes);
	} while (must_grow(a, &status));
	return status;
}

static int find_link(struct live_root *root, HANDLE h, bool *ret)
{
	static WCHAR link_name[] = L"SymbolicLinkValue";
	UNICODE_STRING name;
	struct answer a = { NULL, 0, 0 };
	NTSTATUS status;
	int err = 0;

	name.Buffer = link_name;
	name.Length = sizeof(link_name) - sizeof(WCHAR);
	name.MaximumLength = name.Length;
	*ret = false;
	status = query_value(root, h, &name, &a);
	if (status && err_of(status) == ERR_NOMEM)
		err = err_fail(ERR_NOMEM, (long)status, "memory is short");
	else if (!status && a.nbytes >= VALUE_NBYTES &&
		 bytes_le32(a.data + 4) == REG_TYPE_LINK)
		err = leads_elsewhere(root, h, ret);
	mem_free(a.data);
	return err;
}

/* ---- the interface ---------------------------------------------------- */

/* The name as stored; a system that does not tell gets the one asked for. */
static int key_name(struct reg_key *base, struct answer *a, char **ret)
{
	const char *last = strrchr(base->path, '\\');
	char *name = NULL;
	NTSTATUS status;
	int err;

	status = query_key(root_of(base), handle_of(base), KEY_BASIC, a);
	if (status && err_of(status) == ERR_NOMEM)
		return err_fail(ERR_NOMEM, (long)status, "memory is short");
	if (!status && a->nbytes >= BASIC_NBYTES) {
		err = name_in(a, BASIC_NBYTES, bytes_le32(a->data + 12), &name);
		if (err)
			return err;
	}
	if (!name || (base->depth && !*name)) {
		mem_free(name);
		name = mem_strdup(last ? last + 1 : base->path);
		if (!name)
			return err_fail(ERR_NOMEM, 0, "memory is short");
	}
	*ret = name;
	return 0;
}

static int live_key_info(struct reg_key *base, struct reg_key_info *ret)
{
	struct live_root *root = root_of(base);
	struct answer a = { NULL, 0, 0 };
	struct reg_key_info info;
	NTSTATUS status;
	int err;

	memset(&info, 0, sizeof(info));
	status = query_key(root, handle_of(base), KEY_FULL, &a);
	if (!status && a.nbytes < 36)
		status = ST_CORRUPT;
	if (status) {
		err = fail(status, "query", base->path);
		goto out;
	}
	info.last_write = (int64_t)bytes_le64(a.data);
	info.subkey_count = bytes_le32(a.data + 20);
	info.value_count = bytes_le32(a.data + 32);
	err = find_link(root, handle_of(base), &info.is_link);
	if (!err)
		err = key_name(base, &a, &info.name);
	if (!err)
		*ret = info;
out:
	mem_free(a.data);
	return err;
}

/* Tells that a list broke off; what came before it stands. */
static int broke_off(struct reg_key *key, NTSTATUS status, const char *what)
{
	if (err_of(status) == ERR_NOMEM)
		return err_fail(ERR_NOMEM, (long)status, "memory is short");
	err_fail(err_of(status), (long)status,
		 "cannot list the %s of the registry key \"%.512s\"", what,
		 key->path);
	reg_gap(key->root, key->path, err_words(err_of(status)));
	return 0;
}

static int live_each_subkey(struct reg_key *base, reg_subkey_fn fn, void *arg)
{
	struct live_root *root = root_of(base);
	struct answer a = { NULL, 0, 0 };
	NTSTATUS status;
	int err = 0;

	for (ULONG i = 0; !err; i++) {
		char *name = NULL;

		status = enumerate(root->nt.enumerate_key, handle_of(base), i,
				   KEY_BASIC, &a);
		if (status == ST_NO_MORE)
			break;
		if (status) {
			err = broke_off(base, status, "subkeys");
			break;
		}
		if (a.nbytes < BASIC_NBYTES) {
			err = broke_off(base, ST_CORRUPT, "subkeys");
			break;
		}
		err = name_in(&a, BASIC_NBYTES, bytes_le32(a.data + 12), &name);
		if (err)
			break;
		err = fn(arg, name);
		mem_free(name);
	}
	mem_free(a.data);
	return err;
}

static int value_from(const struct answer *a, struct reg_value *ret)
{
	struct bytes all = { a->data, a->nbytes };
	struct reg_value v = { NULL, 0, NULL, 0 };
	const uint8_t *p;
	size_t nbytes;
	int err;

	if (a->nbytes < VALUE_NBYTES)
		return err_fail(ERR_CORRUPT, 0, "an answer is too short");
	v.type = bytes_le32(a->data + 4);
	nbytes = bytes_le32(a->data + 12);
	p = nbytes ? bytes_at(&all, bytes_le32(a->data + 8), nbytes) : NULL;
	if (nbytes && !p)
		return err_fail(ERR_CORRUPT, 0, "an answer is too short");
	err = name_in(a, VALUE_NBYTES, bytes_le32(a->data + 16), &v.name);
	if (err)
		return err;
	v.data = p ? mem_dup(p, nbytes) : NULL;
	v.nbytes = nbytes;
	if (p && !v.data) {
		mem_free(v.name);
		return err_fail(ERR_NOMEM, 0, "memory is short");
	}
	*ret = v;
	return 0;
}

static int live_each_value(struct reg_key *base, reg_value_fn fn, void *arg)
{
	struct live_root *root = root_of(base);
	struct answer a = { NULL, 0, 0 };
	struct reg_value value;
	NTSTATUS status;
	int err = 0;

	for (ULONG i = 0; !err; i++) {
		status = enumerate(root->nt.enumerate_value, handle_of(base), i,
				   VALUE_FULL, &a);
		if (status == ST_NO_MORE)
			break;
		if (status == ST_OVERFLOW || status == ST_TOO_SMALL) {
			reg_gap(base->root, base->path,
				"a value is larger than this program reads");
			continue;
		}
		if (status) {
			err = broke_off(base, status, "values");
			break;
		}
		err = value_from(&a, &value);
		if (err)
			break;
		err = fn(arg, &value);
		reg_value_release(&value);
	}
	mem_free(a.data);
	return err;
}

static int live_get_value(struct reg_key *base, const char *name,
			  struct reg_value *ret)
{
	struct live_root *root = root_of(base);
	struct answer a = { NULL, 0, 0 };
	UNICODE_STRING text;
	uint16_t *units = NULL;
	NTSTATUS status;
	size_t count;
	int err;

	err = utf_to_utf16(name, &units, &count);
	if (err)
		return err;
	if (count > UINT16_MAX / 2) {
		mem_free(units);
		return err_fail(ERR_NOT_FOUND, 0, "there is no such value");
	}
	text.Buffer = (WCHAR *)units;
	text.Length = (USHORT)(count * 2);
	text.MaximumLength = text.Length;
	status = query_value(root, handle_of(base), &text, &a);
	if (status == ST_OVERFLOW || status == ST_TOO_SMALL) {
		reg_gap(base->root, base->path,
			"a value is larger than this program reads");
		err = err_fail(ERR_TOO_LARGE, 0, "a value is too large");
	} else if (status) {
		err = fail(status, "read a value of", base->path);
	} else {
		err = value_from(&a, ret);
	}
	mem_free(units);
	mem_free(a.data);
	return err;
}

static void live_close(struct reg_root *base)
{
	struct live_root *root = (struct live_root *)base;

	root->nt.close(root->handle);
	mem_free(root);
}

static const struct reg_ops live_ops = {
	.close = live_close,
	.open_key = live_open_key,
	.close_key = live_close_key,
	.key_info = live_key_info,
	.each_subkey = live_each_subkey,
	.each_value = live_each_value,
	.get_value = live_get_value,
};

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
static int view_access(enum reg_view view, ACCESS_MASK *ret)
{
	if (is_wow64()) {
		*ret = view == REG_VIEW_64   ? KEY_WOW64_64KEY
		       : view == REG_VIEW_32 ? KEY_WOW64_32KEY
					     : 0;
		return 0;
	}
	if (view == REG_VIEW_32 && sizeof(void *) == 8)
		return err_fail(ERR_UNSUPPORTED, 0,
				"the 32-bit keys are read from Wow6432Node");
	*ret = 0;
	return 0;
}

int reg_open_live(enum reg_live_root which, enum reg_view view, reg_gap_fn gap,
		  void *gap_arg, struct reg_root **ret)
{
	const char *name = which == REG_LIVE_MACHINE ? "\\Registry\\Machine"
						     : "\\Registry\\User";
	struct live_root *root = mem_zalloc(sizeof(*root));
	uint16_t *units = NULL;
	NTSTATUS status;
	size_t count;
	int err;

	if (!root)
		return err_fail(ERR_NOMEM, 0, "memory is short");
	root->base.ops = &live_ops;
	root->base.gap = gap;
	root->base.gap_arg = gap_arg;
	err = view_access(view, &root->view);
	if (err)
		goto out;
	if (!load(&root->nt)) {
		err = err_fail(ERR_UNSUPPORTED, (long)GetLastError(),
			       "this system lacks the registry functions");
		goto out;
	}
	err = utf_to_utf16(name, &units, &count);
	if (err)
		goto out;
	status = open_at(root, NULL, units, count, 0, &root->handle);
	mem_free(units);
	if (status) {
		err = fail(status, "open", name);
		goto out;
	}
	*ret = &root->base;
	return 0;
out:
	mem_free(root);
	return err;
}
