/*
 * Whether two Windows security descriptors say the same.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a self-relative descriptor may lie in any order: what was read
 * from a disk with ntfs-3g and what Windows gives for the same file differ
 * there.  Facts: [MS-DTYP] 2.4.6 SECURITY_DESCRIPTOR, 2.4.5 ACL, 2.4.2 SID.
 */
#include "host/descriptor.h"

#include "base/bytes.h"

#include <string.h>

#define SD_NBYTES	 20u
#define SD_SELF_RELATIVE 0x8000u
#define SD_DACL_PRESENT	 0x0004u
#define SD_SACL_PRESENT	 0x0010u
/*
 * Present, inherited and protected, of both lists.  The rest says where a
 * part came from (defaulted), asks for something, or tells of the form.
 */
#define SD_COMPARED 0x3c14u

#define SID_NBYTES   8u
#define SID_MAX_SUBS 15u
#define ACL_NBYTES   8u
#define ACE_NBYTES   4u

struct parts {
	uint16_t control;
	struct bytes owner; /* data NULL: none */
	struct bytes group;
	struct bytes sacl; /* the entries; data NULL: no list */
	struct bytes dacl;
	uint16_t sacl_count;
	uint16_t dacl_count;
};

static bool read_sid(const struct bytes *sd, uint32_t offset, struct bytes *ret)
{
	const uint8_t *sid;
	uint64_t nbytes;

	if (offset == 0)
		return true;
	sid = bytes_at(sd, offset, SID_NBYTES);
	if (sid == NULL || sid[0] != 1 || sid[1] > SID_MAX_SUBS)
		return false;
	nbytes = SID_NBYTES + 4 * (uint64_t)sid[1];
	ret->data = bytes_at(sd, offset, nbytes);
	ret->nbytes = (size_t)nbytes;
	return ret->data != NULL;
}

/* What lies behind the last entry is padding. */
static bool read_acl(const struct bytes *sd, uint32_t offset, struct bytes *ret,
		     uint16_t *count_ret)
{
	struct bytes acl;
	uint64_t at = ACL_NBYTES;
	uint16_t count;

	if (offset == 0)
		return true;
	acl.data = bytes_at(sd, offset, ACL_NBYTES);
	if (acl.data == NULL)
		return false;
	acl.nbytes = bytes_le16(acl.data + 2);
	count = bytes_le16(acl.data + 4);
	if (bytes_at(sd, offset, acl.nbytes) == NULL)
		return false;
	for (uint16_t i = 0; i < count; i++) {
		const uint8_t *ace = bytes_at(&acl, at, ACE_NBYTES);
		uint16_t nbytes;

		if (ace == NULL)
			return false;
		nbytes = bytes_le16(ace + 2);
		if (nbytes < ACE_NBYTES || bytes_at(&acl, at, nbytes) == NULL)
			return false;
		at += nbytes;
	}
	if (at > acl.nbytes)
		return false;
	ret->data = acl.data + ACL_NBYTES;
	ret->nbytes = (size_t)at - ACL_NBYTES;
	*count_ret = count;
	return true;
}

static bool read_parts(const uint8_t *bytes, size_t nbytes, struct parts *ret)
{
	const struct bytes sd = { bytes, nbytes };
	const uint8_t *head = bytes_at(&sd, 0, SD_NBYTES);
	uint16_t control;

	memset(ret, 0, sizeof(*ret));
	if (bytes == NULL || head == NULL || head[0] != 1)
		return false;
	control = bytes_le16(head + 2);
	if (!(control & SD_SELF_RELATIVE))
		return false;
	ret->control = control & SD_COMPARED;
	if (!read_sid(&sd, bytes_le32(head + 4), &ret->owner) ||
	    !read_sid(&sd, bytes_le32(head + 8), &ret->group))
		return false;
	if ((control & SD_SACL_PRESENT) &&
	    !read_acl(&sd, bytes_le32(head + 12), &ret->sacl, &ret->sacl_count))
		return false;
	return !(control & SD_DACL_PRESENT) ||
	       read_acl(&sd, bytes_le32(head + 16), &ret->dacl,
			&ret->dacl_count);
}

/* No list (everybody may) and an empty one (nobody may) are not the same. */
static bool is_same(const struct bytes *a, const struct bytes *b)
{
	if (a->data == NULL || b->data == NULL)
		return a->data == b->data;
	return a->nbytes == b->nbytes &&
	       memcmp(a->data, b->data, a->nbytes) == 0;
}

bool descriptor_is_same(const uint8_t *a, size_t a_nbytes, const uint8_t *b,
			size_t b_nbytes)
{
	struct parts x;
	struct parts y;

	if (!read_parts(a, a_nbytes, &x) || !read_parts(b, b_nbytes, &y))
		return false;
	return x.control == y.control && is_same(&x.owner, &y.owner) &&
	       is_same(&x.group, &y.group) && is_same(&x.sacl, &y.sacl) &&
	       x.sacl_count == y.sacl_count && is_same(&x.dacl, &y.dacl) &&
	       x.dacl_count == y.dacl_count;
}
