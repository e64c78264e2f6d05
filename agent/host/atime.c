/*
 * Whether it is worth asking for the right to leave access times alone.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A handle leaves the access time alone only if it may write attributes
 * (MS-FSCC 2.4.7: -1 for "this handle changes it no more").  For that right
 * Controlled Folder Access (Windows 10 1709 and later) refuses the opening in
 * the folders it protects, tells the user and writes event 1123, or 1124 if it
 * only watches; attrib.exe, which asks for no more, is told of, too.  So the
 * right is not asked for where there is nothing to win:
 *
 * - NTFS does not update access times if bit 0 of NtfsDisableLastAccessUpdate
 *   is set (fsutil behavior, disablelastaccess: 0 to 3; Windows 10 1803 and
 *   later store it with bit 31, and with bit 1 where the system decides).  A
 *   value that was changed counts from the next start on; until then this is
 *   wrong by one scan.
 * - On a volume that is read-only nothing is updated.
 * - Where it was refused once, it is refused again: for a user who may only
 *   read (system folders) and in protected folders, whichever those are.
 */
#include "host/atime.h"

#include "base/str.h"
#include "base/utf.h"
#include "host/path_check.h"

#include <string.h>

#define NTFS_DISABLED	   1u
#define CONTROLLED_BLOCKS  1u
#define CONTROLLED_WATCHES 2u /* 3 and 4: sectors of disks only */
#define TREE_DEPTH	   3

bool atime_is_updated(const struct atime_volume *v,
		      const struct atime_settings *s)
{
	if (v->is_read_only)
		return false;
	return !(s->ntfs_disable & NTFS_DISABLED) ||
	       ascii_casecmp(v->fs_name, "NTFS") != 0;
}

static bool is_slash(char c)
{
	return c == '\\' || c == '/';
}

/* What follows the next name of a path that begins with a slash. */
static const char *behind_name(const char *at, const char **name_ret,
			       size_t *nbytes_ret)
{
	while (is_slash(*at))
		at++;
	*name_ret = at;
	*nbytes_ret = strcspn(at, "\\/");
	return at + *nbytes_ret;
}

static bool is_name(const char *name, size_t nbytes, const char *want)
{
	return nbytes == strlen(want) &&
	       ascii_ncasecmp(name, want, nbytes) == 0;
}

/* Known Folder Move puts them below "OneDrive" or "OneDrive - Company". */
static bool is_users_own(const char *name, size_t nbytes)
{
	static const char *const names[] = {
		"Desktop", "Documents", "Pictures",
		"Music",   "Videos",	"Favorites"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_name(name, nbytes, names[i]))
			return true;
	return nbytes >= 8 && ascii_ncasecmp(name, "OneDrive", 8) == 0;
}

/* Those of each user are protected always, others if somebody says so. */
bool atime_is_controlled(const struct atime_settings *s, const char *folder)
{
	const size_t root = path_root_nbytes(folder);
	const char *at = folder + root;
	const char *name;
	size_t n;

	if (root == 0 || (s->controlled != CONTROLLED_BLOCKS &&
			  s->controlled != CONTROLLED_WATCHES))
		return false;
	at = behind_name(at, &name, &n);
	if (!is_name(name, n, "Users"))
		return false;
	at = behind_name(at, &name, &n);
	behind_name(at, &name, &n);
	return is_users_own(name, n);
}

size_t atime_tree_nbytes(const char *folder)
{
	const size_t root = path_root_nbytes(folder);
	const char *at = folder + root;
	const char *name;
	size_t n;

	if (root == 0)
		return 0;
	for (int i = 0; i < TREE_DEPTH && *at; i++) {
		const char *end = behind_name(at, &name, &n);

		if (n == 0)
			break;
		at = end;
	}
	return (size_t)(at - folder);
}

/* Never 0. */
static uint64_t tree_hash(const char *folder)
{
	const size_t n = atime_tree_nbytes(folder);
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < n; i++) {
		const int c = is_slash(folder[i])
				      ? '\\'
				      : ascii_lower((unsigned char)folder[i]);

		hash = (hash ^ (unsigned)c) * 0x100000001b3u;
	}
	return hash | 1;
}

void atime_refused_add(struct atime_refused *r, const char *folder)
{
	if (atime_tree_nbytes(folder) == 0)
		return;
	r->trees[r->next] = tree_hash(folder);
	r->next = (r->next + 1) % ATIME_REFUSED_MAX;
}

bool atime_refused_has(const struct atime_refused *r, const char *folder)
{
	const uint64_t hash = tree_hash(folder);

	for (size_t i = 0; i < ATIME_REFUSED_MAX; i++)
		if (r->trees[i] == hash)
			return atime_tree_nbytes(folder) != 0;
	return false;
}
