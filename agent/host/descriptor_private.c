/*
 * The security descriptor of what is only ours, whether a folder's is as
 * strict, and whether others could write.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Facts: [MS-DTYP] 2.4.4 ACE, 2.4.5 ACL, 2.4.6 SECURITY_DESCRIPTOR.
 */
#include "host/descriptor.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "words/host.h"

#include <string.h>

#define SD_NBYTES	  20u
#define SD_DACL_PRESENT	  0x0004u
#define SD_DACL_PROTECTED 0x1000u
#define SD_SELF_RELATIVE  0x8000u
#define ACL_NBYTES	  8u
#define ACE_SID		  8u /* header, mask */
#define ACE_ALLOWED	  0u
#define ACE_DENIED	  1u
#define ACE_INHERIT_ONLY  0x08u

/* Owner and group: Administrators.  `inherit`: object and container. */
#define SID_SYSTEM 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0
#define SID_ADMINS 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0
#define PRIVATE(inherit)                                                       \
	{                                                                      \
		1, 0, 0x04, 0x90, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 52, 0, \
			0, 0, SID_ADMINS, SID_ADMINS, 2, 0, 52, 0, 2, 0, 0, 0, \
			ACE_ALLOWED, inherit, 20, 0, 0xff, 1, 0x1f, 0,         \
			SID_SYSTEM, ACE_ALLOWED, inherit, 24, 0, 0xff, 1,      \
			0x1f, 0, SID_ADMINS                                    \
	}

const uint8_t descriptor_private_file[DESCRIPTOR_PRIVATE_NBYTES] = PRIVATE(0);
const uint8_t descriptor_private_folder[DESCRIPTOR_PRIVATE_NBYTES] = PRIVATE(3);

static bool is_ours(const struct bytes *b, uint64_t offset)
{
	static const uint8_t system_sid[] = { SID_SYSTEM };
	static const uint8_t admins[] = { SID_ADMINS };
	const uint8_t *p = bytes_at(b, offset, sizeof(system_sid));

	if (p != NULL && memcmp(p, system_sid, sizeof(system_sid)) == 0)
		return true;
	p = bytes_at(b, offset, sizeof(admins));
	return p != NULL && memcmp(p, admins, sizeof(admins)) == 0;
}

/* Who installs Windows' own files. */
static bool is_installer(const struct bytes *b, uint64_t offset)
{
	/* S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464 */
	static const uint8_t sid[] = { 1,    6,	   0,	 0,    0,    0,	   0,
				       5,    80,   0,	 0,    0,    0xb5, 0x89,
				       0xfb, 0x38, 0x19, 0x84, 0xc2, 0xcb, 0x5c,
				       0x6c, 0x23, 0x6d, 0x57, 0x00, 0x77, 0x6e,
				       0xc0, 0x02, 0x64, 0x87 };
	const uint8_t *p = bytes_at(b, offset, sizeof(sid));

	return p != NULL && memcmp(p, sid, sizeof(sid)) == 0;
}

static void tell(struct str *why, bool is_owner, const struct bytes *b,
		 uint64_t offset)
{
	char *sid = descriptor_sid(b->data, b->nbytes, offset);
	const char *who = sid != NULL ? sid : W_HOST_SOMEBODY;

	if (is_owner)
		str_addf(why, W_HOST_BELONGS_TO, who);
	else
		str_addf(why, W_HOST_ACL_LETS_IN, who);
	mem_free(sid);
}

/*
 * `mask` 0: nobody else may do anything, here or in what is made inside; else
 * only these rights matter, and only here.
 */
static bool check_acl(const struct bytes *sd, uint32_t offset, uint32_t mask,
		      struct str *why)
{
	const uint8_t *head = bytes_at(sd, offset, ACL_NBYTES);
	uint64_t at = ACL_NBYTES;
	struct bytes acl;

	if (offset == 0 || head == NULL) {
		str_add(why, W_HOST_ACL_EVERYBODY);
		return false;
	}
	acl.data = head;
	acl.nbytes = bytes_le16(head + 2);
	if (bytes_at(sd, offset, acl.nbytes) == NULL)
		acl.nbytes = 0;
	for (uint16_t i = 0; i < bytes_le16(head + 4); i++) {
		const uint8_t *ace = bytes_at(&acl, at, ACE_SID);
		struct bytes one;

		if (ace == NULL || bytes_le16(ace + 2) < ACE_SID ||
		    bytes_at(&acl, at, bytes_le16(ace + 2)) == NULL) {
			str_add(why, W_HOST_ACL_DAMAGED);
			return false;
		}
		one.data = ace;
		one.nbytes = bytes_le16(ace + 2);
		at += one.nbytes;
		if (ace[0] == ACE_DENIED)
			continue;
		if (mask != 0 && ((ace[1] & ACE_INHERIT_ONLY) ||
				  !(bytes_le32(ace + 4) & mask)))
			continue;
		if (ace[0] != ACE_ALLOWED) {
			str_add(why, W_HOST_ACL_CONDITIONS);
			return false;
		}
		if (!is_ours(&one, ACE_SID) &&
		    !(mask != 0 && is_installer(&one, ACE_SID))) {
			tell(why, false, &one, ACE_SID);
			return false;
		}
	}
	return true;
}

/* Where owner and list stand; false: they cannot be told. */
struct heading {
	uint32_t owner;
	uint32_t acl; /* 0: none */
	bool is_protected;
};

static bool read_heading(const struct bytes *sd, struct heading *ret,
			 struct str *why)
{
	const uint8_t *head = bytes_at(sd, 0, SD_NBYTES);
	uint16_t control;

	if (head == NULL || head[0] != 1 ||
	    !(bytes_le16(head + 2) & SD_SELF_RELATIVE)) {
		str_add(why, W_HOST_DAMAGED_SECURITY);
		return false;
	}
	control = bytes_le16(head + 2);
	ret->owner = bytes_le32(head + 4);
	ret->acl = control & SD_DACL_PRESENT ? bytes_le32(head + 16) : 0;
	ret->is_protected = (control & SD_DACL_PROTECTED) != 0;
	return true;
}

bool descriptor_is_private(const uint8_t *bytes, size_t nbytes, struct str *why)
{
	const struct bytes sd = { bytes, nbytes };
	struct heading h;

	if (!read_heading(&sd, &h, why))
		return false;
	if (!is_ours(&sd, h.owner)) {
		tell(why, true, &sd, h.owner);
		return false;
	}
	if (!check_acl(&sd, h.acl, 0, why))
		return false;
	/* Otherwise a change above would reach it. */
	if (!h.is_protected) {
		str_add(why, W_HOST_ACL_INHERITS);
		return false;
	}
	return true;
}

bool descriptor_is_only_ours_to(const uint8_t *bytes, size_t nbytes,
				uint32_t rights, struct str *why)
{
	const struct bytes sd = { bytes, nbytes };
	struct heading h;

	if (!read_heading(&sd, &h, why))
		return false;
	/* An owner can give himself any right. */
	if (!is_ours(&sd, h.owner) && !is_installer(&sd, h.owner)) {
		tell(why, true, &sd, h.owner);
		return false;
	}
	return check_acl(&sd, h.acl, rights, why);
}
