/*
 * What the running registry takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/reg_limits.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "registry/reg_backend.h"
#include "words/registry.h"

#include <string.h>

#define SD_NBYTES	 20u
#define SD_SELF_RELATIVE 0x8000u
#define SD_DACL_PRESENT	 0x0004u
#define SD_SACL_PRESENT	 0x0010u
#define SID_NBYTES	 8u
#define SID_MAX_SUBS	 15u
#define ACL_NBYTES	 8u
#define ACE_NBYTES	 4u

static bool is_sid(const struct bytes *sd, uint32_t offset)
{
	const uint8_t *sid = bytes_at(sd, offset, SID_NBYTES);

	return sid && sid[0] == 1 && sid[1] <= SID_MAX_SUBS &&
	       bytes_at(sd, offset, SID_NBYTES + 4u * sid[1]);
}

/* The entries lie in the list, the list in the descriptor. */
static bool is_acl(const struct bytes *sd, uint32_t offset)
{
	const uint8_t *acl = bytes_at(sd, offset, ACL_NBYTES);
	uint32_t nbytes, count, at = ACL_NBYTES;

	if (!acl)
		return false;
	nbytes = bytes_le16(acl + 2);
	count = bytes_le16(acl + 4);
	if (nbytes < ACL_NBYTES || nbytes % 4 || !bytes_at(sd, offset, nbytes))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t ace;

		if (nbytes - at < ACE_NBYTES)
			return false;
		ace = bytes_le16(acl + at + 2);
		if (ace < ACE_NBYTES || ace % 4 || ace > nbytes - at)
			return false;
		at += ace;
	}
	return true;
}

bool reg_limits_security(const uint8_t *data, size_t nbytes)
{
	struct bytes sd = { data, nbytes };
	uint32_t control, owner, group, sacl, dacl;

	if (nbytes < SD_NBYTES || nbytes > UINT32_MAX || data[0] != 1)
		return false;
	control = bytes_le16(data + 2);
	owner = bytes_le32(data + 4);
	group = bytes_le32(data + 8);
	sacl = bytes_le32(data + 12);
	dacl = bytes_le32(data + 16);
	if (!(control & SD_SELF_RELATIVE))
		return false;
	/* An offset of 0 stands for "none", in a list for "everybody". */
	return (!owner || is_sid(&sd, owner)) &&
	       (!group || is_sid(&sd, group)) &&
	       (!(control & SD_SACL_PRESENT) || !sacl || is_acl(&sd, sacl)) &&
	       (!(control & SD_DACL_PRESENT) || !dacl || is_acl(&sd, dacl));
}

/* Length in UTF-16 units; SIZE_MAX without memory. */
static size_t nchars(const char *name)
{
	uint16_t *units = NULL;
	size_t count;

	if (utf_to_utf16(name, &units, &count))
		return SIZE_MAX;
	mem_free(units);
	return count;
}

static int cannot(const char *name, const char *why)
{
	return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_NOT_MADE_AGAIN, name,
			why);
}

static int check_name(const char *name, size_t max_nchars, const char *why)
{
	const size_t n = nchars(name);

	if (n == SIZE_MAX)
		return err_nomem();
	return n > max_nchars ? cannot(name, why) : 0;
}

int reg_limits_value(const struct reg_tree_value *v)
{
	if (v->nbytes > REG_MAX_VALUE_NBYTES)
		return cannot(v->name, W_REGISTRY_VALUE_IS_TOO_LARGE);
	return check_name(v->name, REG_VALUE_NAME_NCHARS,
			  W_REGISTRY_LIMIT_VALUE_NAME);
}

static int check_link(const struct reg_tree *t)
{
	if (t->child_count || t->value_count > 1)
		return cannot(t->name, W_REGISTRY_LIMIT_LINK);
	if (t->value_count == 1 &&
	    (t->values[0].type != REG_TYPE_LINK ||
	     utf_casecmp(t->values[0].name, REG_LINK_VALUE) != 0))
		return cannot(t->name, W_REGISTRY_LIMIT_LINK);
	return 0;
}

static int check_key(const struct reg_tree *t, unsigned depth)
{
	int err;

	if (depth > REG_MAX_DEPTH)
		return cannot(t->name, W_REGISTRY_TOO_DEEP);
	if (!*t->name || strchr(t->name, '\\'))
		return cannot(t->name, W_REGISTRY_LIMIT_NAME);
	err = check_name(t->name, REG_KEY_NAME_NCHARS,
			 W_REGISTRY_LIMIT_KEY_NAME);
	if (err)
		return err;
	if (t->class_nbytes % 2 || t->class_nbytes > UINT16_MAX - 1)
		return cannot(t->name, W_REGISTRY_LIMIT_CLASS);
	if (t->security &&
	    !reg_limits_security(t->security, t->security_nbytes))
		return cannot(t->name, W_REGISTRY_LIMIT_SECURITY);
	return t->is_link ? check_link(t) : 0;
}

int reg_limits_tree(const struct reg_tree *t, unsigned depth)
{
	int err = check_key(t, depth);

	for (size_t i = 0; !err && i < t->value_count; i++)
		err = reg_limits_value(&t->values[i]);
	for (size_t i = 0; !err && i < t->child_count; i++)
		err = reg_limits_tree(t->children[i], depth + 1);
	return err;
}
