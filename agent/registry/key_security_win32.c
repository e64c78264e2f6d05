/*
 * Owners and access lists of keys: read, set back, and got around.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handle of an open key keeps the access it was opened with.  So a list
 * that forbids a change stands aside only for the moment of the opening, and
 * nothing is left to be remembered afterwards.
 */
#include "registry/key_security_win32.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "host/privilege_win32.h"
#include "registry/reg_limits.h"
#include "words/registry.h"

#include <string.h>

#define INFO_OWNER 0x01u
#define INFO_GROUP 0x02u
#define INFO_DACL  0x04u
#define INFO_SACL  0x08u
#define INFO_LABEL 0x10u /* integrity label, since Vista */
#define INFO_PLAIN (INFO_OWNER | INFO_GROUP | INFO_DACL)

#define SD_NBYTES	  20u
#define SD_DACL_PRESENT	  0x0004u
#define SD_SACL_PRESENT	  0x0010u
#define SD_DACL_INHERIT	  0x0100u /* "take the next bit as it stands" */
#define SD_SACL_INHERIT	  0x0200u
#define SD_DACL_INHERITED 0x0400u
#define SD_SACL_INHERITED 0x0800u
#define SD_SELF_RELATIVE  0x8000u

/* The same key once more, with other access. */
static NTSTATUS reopen(const struct nt *nt, HANDLE h, ACCESS_MASK access,
		       HANDLE *ret)
{
	return nt_open(nt, h, NULL, 0, NT_OPEN_LINK, access, ret);
}

static NTSTATUS query_all(const struct nt *nt, HANDLE h, struct nt_answer *a)
{
	HANDLE audit = NULL;
	NTSTATUS status;

	if (!reopen(nt, h, READ_CONTROL | ACCESS_SYSTEM_SECURITY, &audit)) {
		status = nt_query_security(
			nt, audit, INFO_PLAIN | INFO_SACL | INFO_LABEL, a);
		if (status)
			status = nt_query_security(nt, audit,
						   INFO_PLAIN | INFO_SACL, a);
		nt->close(audit);
		if (!status)
			return 0;
	}
	status = nt_query_security(nt, h, INFO_PLAIN | INFO_LABEL, a);
	if (status)
		status = nt_query_security(nt, h, INFO_PLAIN, a);
	return status;
}

int key_security_read(const struct nt *nt, HANDLE h, const char *path,
		      uint8_t **data_ret, size_t *nbytes_ret)
{
	struct nt_answer a = { NULL, 0, 0 };
	NTSTATUS status = query_all(nt, h, &a);

	if (!status && !reg_limits_security(a.data, a.nbytes))
		status = NT_CORRUPT;
	if (status) {
		mem_free(a.data);
		return nt_fail(status, W_REGISTRY_NT_SECURITY_READ, path);
	}
	*data_ret = a.data;
	*nbytes_ret = a.nbytes;
	return 0;
}

/* What a descriptor holds, as information bits. */
static ULONG parts_of(const uint8_t *sd)
{
	const uint32_t control = bytes_le16(sd + 2);
	ULONG info = 0;

	if (bytes_le32(sd + 4))
		info |= INFO_OWNER;
	if (bytes_le32(sd + 8))
		info |= INFO_GROUP;
	if (control & SD_DACL_PRESENT)
		info |= INFO_DACL;
	if (control & SD_SACL_PRESENT)
		info |= INFO_SACL | INFO_LABEL;
	return info;
}

/*
 * The bits "inherited" are stored only if they are asked for in this way
 * (SetSecurityDescriptorControl's documentation, SE_DACL_AUTO_INHERIT_REQ).
 */
static NTSTATUS set_parts(const struct nt *nt, HANDLE h, ULONG info,
			  const uint8_t *data, size_t nbytes)
{
	uint8_t *sd = mem_dup(data, nbytes);
	NTSTATUS status;
	uint32_t control;

	if (!sd)
		return NT_NO_MEMORY;
	control = bytes_le16(sd + 2);
	if (control & SD_DACL_INHERITED)
		control |= SD_DACL_INHERIT;
	if (control & SD_SACL_INHERITED)
		control |= SD_SACL_INHERIT;
	bytes_put_le16(sd + 2, (uint16_t)control);
	status = nt->set_security(h, info, sd);
	if (status && (info & INFO_LABEL)) /* Windows XP */
		status = nt->set_security(h, info & ~INFO_LABEL, sd);
	mem_free(sd);
	return status;
}

int key_security_write(const struct nt *nt, HANDLE h, const char *path,
		       const uint8_t *data, size_t nbytes)
{
	ACCESS_MASK access = WRITE_DAC;
	HANDLE writer = NULL;
	NTSTATUS status;
	ULONG info;

	if (!reg_limits_security(data, nbytes))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_KEY_SECURITY_DAMAGED,
				path);
	info = parts_of(data);
	if (info & (INFO_OWNER | INFO_GROUP))
		access |= WRITE_OWNER;
	status = NT_DENIED;
	if (info & INFO_SACL)
		status =
			reopen(nt, h, access | ACCESS_SYSTEM_SECURITY, &writer);
	if (status) {
		info &= ~(INFO_SACL | INFO_LABEL);
		status = reopen(nt, h, access, &writer);
	}
	if (!status) {
		status = set_parts(nt, writer, info, data, nbytes);
		nt->close(writer);
	}
	return status ? nt_fail(status, W_REGISTRY_NT_SECURITY_SET, path) : 0;
}

/* ---- getting around an access list -------------------------------------- */

/* Whom what this process makes belongs to; 0 without. */
static size_t own_sid(uint8_t sid_ret[SECURITY_MAX_SID_SIZE])
{
	uint8_t buf[sizeof(TOKEN_OWNER) + SECURITY_MAX_SID_SIZE];
	TOKEN_OWNER owner;
	HANDLE token;
	DWORD n = 0;
	size_t nbytes = 0;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return 0;
	if (GetTokenInformation(token, TokenOwner, buf, sizeof(buf), &n)) {
		memcpy(&owner, buf, sizeof(owner));
		nbytes = GetLengthSid(owner.Owner);
		if (nbytes <= SECURITY_MAX_SID_SIZE)
			memcpy(sid_ret, owner.Owner, nbytes);
		else
			nbytes = 0;
	}
	CloseHandle(token);
	return nbytes;
}

/* Owner: us; list: everything for us.  Returns its length, 0 without. */
static size_t
own_descriptor(uint8_t ret[SD_NBYTES + 2 * SECURITY_MAX_SID_SIZE + 16])
{
	uint8_t sid[SECURITY_MAX_SID_SIZE];
	const size_t n = own_sid(sid), acl = SD_NBYTES + n;

	if (!n)
		return 0;
	memset(ret, 0, acl + 16);
	ret[0] = 1;
	bytes_put_le16(ret + 2, (uint16_t)(SD_SELF_RELATIVE | SD_DACL_PRESENT));
	bytes_put_le32(ret + 4, (uint32_t)(SD_NBYTES));
	bytes_put_le32(ret + 16, (uint32_t)(acl));
	memcpy(ret + SD_NBYTES, sid, n);
	ret[acl] = 2; /* revision of the list */
	bytes_put_le16(ret + acl + 2, (uint16_t)(16 + n));
	bytes_put_le16(ret + acl + 4, (uint16_t)(1));
	/* One entry: type 0 (allowed), no flags. */
	bytes_put_le16(ret + acl + 8 + 2, (uint16_t)(8 + n));
	bytes_put_le32(ret + acl + 8 + 4, (uint32_t)(KEY_ALL_ACCESS));
	memcpy(ret + acl + 16, sid, n);
	return acl + 16 + n;
}

/* Opens for changing the list, as a new owner if it must be. */
static NTSTATUS open_list(const struct nt *nt, HANDLE h, uint8_t *own,
			  bool *is_taken, HANDLE *ret)
{
	NTSTATUS status = reopen(nt, h, WRITE_DAC, ret);
	HANDLE writer = NULL;

	if (status != NT_DENIED)
		return status;
	host_privilege_enable(L"SeTakeOwnershipPrivilege");
	status = reopen(nt, h, WRITE_OWNER, &writer);
	if (status)
		return status;
	status = nt->set_security(writer, INFO_OWNER, own);
	nt->close(writer);
	if (status)
		return status;
	*is_taken = true;
	return reopen(nt, h, WRITE_DAC, ret);
}

/* The old owner first: afterwards the old list may not let us. */
static NTSTATUS put_back(const struct nt *nt, HANDLE h, HANDLE list,
			 bool is_taken, const struct nt_answer *old)
{
	HANDLE writer = NULL;
	NTSTATUS status = 0, other;

	if (is_taken) {
		status = reopen(nt, h, WRITE_OWNER, &writer);
		if (!status) {
			status = set_parts(nt, writer, INFO_OWNER, old->data,
					   old->nbytes);
			nt->close(writer);
		}
	}
	if (list) {
		other = set_parts(nt, list, INFO_DACL, old->data, old->nbytes);
		status = status ? status : other;
	}
	return status;
}

/* `h` is open for reading its security, which is `old`. */
static NTSTATUS open_against(const struct nt *nt, HANDLE h,
			     const struct nt_answer *old, ACCESS_MASK access,
			     NTSTATUS *back_ret, HANDLE *ret)
{
	uint8_t own[SD_NBYTES + 2 * SECURITY_MAX_SID_SIZE + 16];
	HANDLE list = NULL, changer = NULL;
	bool is_taken = false;
	NTSTATUS status;

	if (!own_descriptor(own))
		return NT_DENIED;
	status = open_list(nt, h, own, &is_taken, &list);
	if (!status)
		status = nt->set_security(list, INFO_DACL, own);
	if (!status)
		status = reopen(nt, h, access, &changer);
	*back_ret = put_back(nt, h, list, is_taken, old);
	if (list)
		nt->close(list);
	if (!status)
		*ret = changer;
	return status;
}

static int open_by_force(const struct nt *nt, HANDLE parent,
			 const uint16_t *name, size_t units, ACCESS_MASK access,
			 const char *path, HANDLE *ret)
{
	struct nt_answer old = { NULL, 0, 0 };
	HANDLE h = NULL, changer = NULL;
	NTSTATUS status, back = 0;

	status = nt_open(nt, parent, name, units, NT_OPEN_LINK, READ_CONTROL,
			 &h);
	if (status == NT_DENIED)
		status = nt_open_backup(nt, parent, name, units, NT_OPEN_LINK,
					READ_CONTROL, &h);
	if (!status)
		status = nt_query_security(nt, h, INFO_PLAIN, &old);
	/* What cannot be put back is not taken away. */
	if (!status && !reg_limits_security(old.data, old.nbytes))
		status = NT_CORRUPT;
	if (!status)
		status = open_against(nt, h, &old, access, &back, &changer);
	if (h)
		nt->close(h);
	mem_free(old.data);
	if (back) {
		if (changer)
			nt->close(changer);
		return err_fail(ERR_IO, (long)back, W_REGISTRY_ACCESS_NOT_BACK,
				path);
	}
	if (status)
		return nt_fail(status, W_REGISTRY_NT_OPEN_CHANGE, path);
	*ret = changer;
	return 0;
}

int key_open_change(const struct nt *nt, HANDLE parent, const uint16_t *name,
		    size_t units, ACCESS_MASK access, const char *path,
		    HANDLE *ret)
{
	NTSTATUS status;

	status = nt_open(nt, parent, name, units, NT_OPEN_LINK, access, ret);
	if (status == NT_DENIED)
		status = nt_open_backup(nt, parent, name, units, NT_OPEN_LINK,
					access, ret);
	if (status == NT_DENIED)
		return open_by_force(nt, parent, name, units, access, path,
				     ret);
	return status ? nt_fail(status, W_REGISTRY_NT_OPEN_CHANGE, path) : 0;
}
