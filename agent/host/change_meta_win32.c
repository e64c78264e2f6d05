/*
 * What a file carries beside its content, read and set by handle on Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/change_win32.h"
#include "host/descriptor.h"
#include "host/path_check.h"
#include "base/bytes.h"
#include "base/utf.h"
#include "words/host.h"

#include <string.h>
#include <winioctl.h>

#define BASIC_NBYTES	 40 /* created, accessed, written, changed, attributes */
#define SHORT_NAME_ROOM	 64
#define OBJECT_ID_NBYTES 64 /* the id and where the file was born */
#define SD_FIRST	 512u
#define SD_MAX		 131072u

/* Fields of a self-relative descriptor, [MS-DTYP] 2.4.6. */
#define SD_NBYTES	       20u
#define SD_DACL_PRESENT	       0x0004u
#define SD_SACL_PRESENT	       0x0010u
#define SD_DACL_ASK_INHERITED  0x0100u
#define SD_SACL_ASK_INHERITED  0x0200u
#define SD_DACL_AUTO_INHERITED 0x0400u
#define SD_SACL_AUTO_INHERITED 0x0800u
#define SD_DACL_PROTECTED      0x1000u
#define SD_SACL_PROTECTED      0x2000u

/* Newer than the headers of Windows XP: the integrity label, Vista's. */
#define LABEL_INFORMATION 0x00000010u
#define OWN_INFORMATION                                                        \
	(OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION |             \
	 DACL_SECURITY_INFORMATION)

/* ---- reading ------------------------------------------------------------- */

static int get_basic(HANDLE handle, const char *shown, struct host_meta *m)
{
	uint8_t basic[BASIC_NBYTES];
	const uint32_t status = host_nt_query_file(handle, basic, sizeof(basic),
						   WIN_FILE_BASIC, NULL);

	if (host_nt_failed(status))
		return host_fail_nt(status,
				    W_HOST_CANNOT_READ_THE_ATTRIBUTES_OF, shown,
				    NULL);
	/* Wine tells the last write for it and cannot set it. */
	if (!win_ask->is_wine())
		m->created = (int64_t)bytes_le64(basic);
	m->accessed = (int64_t)bytes_le64(basic + 8);
	m->written = (int64_t)bytes_le64(basic + 16);
	m->changed = (int64_t)bytes_le64(basic + 24);
	m->attrs = bytes_le32(basic + 32);
	m->known |= META_ATTRS | META_TIMES;
	return 0;
}

/* A name that is 8.3 by itself is told as its own short name: it has none. */
static int get_short_name(HANDLE handle, const char *shown, struct host_meta *m)
{
	uint8_t info[4 + 2 * SHORT_NAME_ROOM]; /* bytes of the name, name */
	struct str name = STR_INIT;
	char *path = NULL;
	size_t nbytes = 0;
	uint32_t status;
	uint32_t n;

	status = win_ask->short_name(handle, info, sizeof(info), &nbytes);
	if (status == WIN_STATUS_NAME_NOT_FOUND) {
		m->known |= META_SHORT;
		return 0;
	}
	/* Shares and Wine say something else: not known. */
	if (host_nt_failed(status) || nbytes < 4)
		return 0;
	n = bytes_le32(info);
	if (n > nbytes - 4)
		return 0;
	utf_from_utf16le(&name, info + 4, n / 2);
	if (name.err != 0 || win_ask->path(handle, &path) != 0) {
		str_release(&name);
		return host_fail(ERR_NOMEM, 0,
				 W_HOST_CANNOT_READ_THE_SHORT_NAME_OF, shown,
				 NULL);
	}
	m->known |= META_SHORT;
	if (name.len > 0 &&
	    utf_casecmp(path_last_name(path), str_text(&name)) != 0)
		m->short_name = str_detach(&name);
	str_release(&name);
	mem_free(path);
	return 0;
}

static DWORD read_security(HANDLE handle, DWORD what, struct host_meta *m)
{
	DWORD room = SD_FIRST;

	for (;;) {
		uint8_t *buf = mem_alloc(room);
		DWORD need = 0;
		DWORD os_error;

		if (buf == NULL)
			return ERROR_NOT_ENOUGH_MEMORY;
		if (GetKernelObjectSecurity(handle, what, buf, room, &need)) {
			m->security = buf;
			m->security_nbytes = GetSecurityDescriptorLength(buf);
			m->known |= META_SECURITY;
			return 0;
		}
		os_error = GetLastError();
		mem_free(buf);
		if (os_error != ERROR_INSUFFICIENT_BUFFER || need <= room ||
		    need > SD_MAX)
			return os_error;
		room = need;
	}
}

/*
 * With the integrity label, which Windows XP does not know, and which Wine
 * tells of files that have none.
 */
static int get_security(HANDLE handle, bool has_sacl, const char *shown,
			struct host_meta *m)
{
	const DWORD what =
		OWN_INFORMATION | (has_sacl ? SACL_SECURITY_INFORMATION : 0u);
	DWORD os_error = ERROR_NOT_SUPPORTED;

	if (!win_ask->is_wine())
		os_error = read_security(handle, what | LABEL_INFORMATION, m);
	if (os_error != 0 && os_error != ERROR_NOT_ENOUGH_MEMORY)
		os_error = read_security(handle, what, m);
	if (os_error == 0)
		return 0;
	SetLastError(os_error);
	return host_fail_win(W_HOST_CANNOT_READ_THE_ACCESS_LIST_OF, shown,
			     NULL);
}

/*
 * Most files have none.  Only where the file system says that it keeps them:
 * Wine makes one up from the number of the file.
 */
static void get_object_id(HANDLE handle, struct host_meta *m)
{
	uint8_t id[OBJECT_ID_NBYTES];
	DWORD n = 0;

	if (!DeviceIoControl(handle, FSCTL_GET_OBJECT_ID, NULL, 0, id,
			     sizeof(id), &n, NULL) ||
	    n < sizeof(m->object_id))
		return;
	memcpy(m->object_id, id, sizeof(m->object_id));
	m->known |= META_OBJECT;
}

int win_meta_get(HANDLE handle, uint32_t fs_flags, bool has_sacl,
		 const char *shown, struct host_meta *ret)
{
	struct host_meta m;
	int err;

	memset(&m, 0, sizeof(m));
	err = get_basic(handle, shown, &m);
	if (err == 0)
		err = get_short_name(handle, shown, &m);
	if (err == 0 && (fs_flags & WIN_FS_KEEPS_ACLS))
		err = get_security(handle, has_sacl, shown, &m);
	if (err != 0) {
		host_meta_release(&m);
		return err;
	}
	if (fs_flags & WIN_FS_OBJECT_IDS)
		get_object_id(handle, &m);
	*ret = m;
	return 0;
}

/* ---- setting ------------------------------------------------------------- */

/*
 * Which parts there are to set.  "Inherited" only comes into being where it
 * is asked for, so the copy `sd` asks.  The protected bits are told twice,
 * in the descriptor and beside it.
 */
static DWORD security_parts(uint8_t *sd, bool has_sacl)
{
	uint16_t control = bytes_le16(sd + 2);
	DWORD parts = 0;

	if (bytes_le32(sd + 4) != 0)
		parts |= OWNER_SECURITY_INFORMATION;
	if (bytes_le32(sd + 8) != 0)
		parts |= GROUP_SECURITY_INFORMATION;
	if (control & SD_DACL_PRESENT)
		parts |= DACL_SECURITY_INFORMATION |
			 (control & SD_DACL_PROTECTED
				  ? PROTECTED_DACL_SECURITY_INFORMATION
				  : UNPROTECTED_DACL_SECURITY_INFORMATION);
	if ((control & SD_SACL_PRESENT) && has_sacl)
		parts |= SACL_SECURITY_INFORMATION |
			 (control & SD_SACL_PROTECTED
				  ? PROTECTED_SACL_SECURITY_INFORMATION
				  : UNPROTECTED_SACL_SECURITY_INFORMATION);
	if (control & SD_SACL_PRESENT)
		parts |= LABEL_INFORMATION;
	if (control & SD_DACL_AUTO_INHERITED)
		control |= SD_DACL_ASK_INHERITED;
	if (control & SD_SACL_AUTO_INHERITED)
		control |= SD_SACL_ASK_INHERITED;
	bytes_put_le16(sd + 2, control);
	return parts;
}

static int set_security(HANDLE handle, bool has_sacl, const char *shown,
			const struct host_meta *meta)
{
	uint8_t *sd;
	DWORD parts;
	int err = 0;

	/*
	 * It may come from a vault item, which nobody vouches for: what is
	 * damaged is not even like itself.
	 */
	sd = mem_dup(meta->security, meta->security_nbytes);
	if (sd == NULL)
		return host_fail(ERR_NOMEM, 0,
				 W_HOST_CANNOT_SET_THE_ACCESS_LIST_OF, shown,
				 NULL);
	if (!descriptor_is_same(sd, meta->security_nbytes, sd,
				meta->security_nbytes)) {
		err = host_fail(ERR_CORRUPT, 0,
				W_HOST_CANNOT_SET_THE_ACCESS_LIST_OF, shown,
				NULL);
		goto out;
	}
	parts = security_parts(sd, has_sacl);
	if (!SetKernelObjectSecurity(handle, parts, sd) &&
	    (!(parts & LABEL_INFORMATION) ||
	     GetLastError() != ERROR_INVALID_PARAMETER ||
	     !SetKernelObjectSecurity(handle, parts & ~LABEL_INFORMATION, sd)))
		err = host_fail_win(
			W_HOST_CANNOT_SET_THE_OWNER_AND_THE_ACCESS_LIST_OF,
			shown, NULL);
out:
	mem_free(sd);
	return err;
}

/* Needs the restore privilege until Windows 10 1903. */
uint32_t win_meta_set_short(HANDLE handle, const struct host_meta *meta)
{
	uint32_t status = WIN_STATUS_NO_MEMORY;
	uint16_t *units = NULL;
	uint8_t *info = NULL;
	size_t count = 0;

	/* No name takes away the one that was made up (Windows 7). */
	if (utf_to_utf16(meta->short_name != NULL ? meta->short_name : "",
			 &units, &count) != 0)
		return status;
	/* Bytes of the name, name; at least one letter of room. */
	info = mem_zalloc(4 + (count + 1) * 2);
	if (info != NULL) {
		bytes_put_le32(info, (uint32_t)(count * 2));
		memcpy(info + 4, units, count * 2);
		status = win_ask->set_short_name(handle, info,
						 4 + (count + 1) * 2);
	}
	mem_free(info);
	mem_free(units);
	return status;
}

static int set_object_id(HANDLE handle, const char *shown,
			 const struct host_meta *meta)
{
	uint8_t id[OBJECT_ID_NBYTES];
	DWORD n = 0;

	/* Born here, under this id; on which volume is not kept. */
	memset(id, 0, sizeof(id));
	memcpy(id, meta->object_id, sizeof(meta->object_id));
	memcpy(id + 32, meta->object_id, sizeof(meta->object_id));
	if (!DeviceIoControl(handle, FSCTL_SET_OBJECT_ID, id, sizeof(id), NULL,
			     0, &n, NULL))
		return host_fail_win(W_HOST_CANNOT_SET_THE_OBJECT_IDENTIFIER_OF,
				     shown, NULL);
	return 0;
}

/* What is 0 stays as it is. */
static int set_basic(HANDLE handle, const char *shown,
		     const struct host_meta *meta, uint32_t fields)
{
	uint8_t basic[BASIC_NBYTES];
	uint32_t status;

	memset(basic, 0, sizeof(basic));
	if (fields & META_TIMES) {
		bytes_put_le64(basic, (uint64_t)meta->created);
		bytes_put_le64(basic + 8, (uint64_t)meta->accessed);
		bytes_put_le64(basic + 16, (uint64_t)meta->written);
	}
	if (fields & META_ATTRS) {
		uint32_t attrs = meta->attrs & META_ATTRS_KEPT;

		if (attrs == 0)
			attrs = FILE_ATTRIBUTE_NORMAL;
		bytes_put_le32(basic + 32, attrs);
	}
	status = host_nt_set_file(handle, basic, sizeof(basic), WIN_FILE_BASIC);
	if (host_nt_failed(status))
		return host_fail_nt(status, W_HOST_CANNOT_SET_THE_TIMES_OF,
				    shown, NULL);
	return 0;
}

int win_meta_set(HANDLE handle, bool has_sacl, const char *shown,
		 const struct host_meta *meta, uint32_t fields)
{
	int err = 0;

	fields &= meta->known;
	if (fields & META_OBJECT)
		err = set_object_id(handle, shown, meta);
	if (err == 0 && (fields & META_SECURITY))
		err = set_security(handle, has_sacl, shown, meta);
	if (err == 0 && (fields & (META_TIMES | META_ATTRS)))
		err = set_basic(handle, shown, meta, fields);
	return err;
}
