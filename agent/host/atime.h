/*
 * Private to agent/host: whether it is worth asking for the right to leave a
 * file's access time alone (FILE_WRITE_ATTRIBUTES).  Plain decisions, apart
 * from the calls, because Wine gives none of the answers.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_ATIME_H
#define HOST_ATIME_H

#include "base/fmt.h"

/* Numbers of the registry, 0 where they are not there. */
struct atime_settings {
	uint32_t ntfs_disable; /* NtfsDisableLastAccessUpdate */
	uint32_t controlled;   /* EnableControlledFolderAccess */
};

struct atime_volume {
	const char *fs_name;
	bool is_read_only;
};

/* Reading a file there changes its access time. */
bool atime_is_updated(const struct atime_volume *v,
		      const struct atime_settings *s);
/*
 * Controlled Folder Access protects that folder; whoever asks for a right to
 * change something there is told to the user or written down.
 */
bool atime_is_controlled(const struct atime_settings *s, const char *folder);

/* Bytes of the root and of up to three folders below it, 0: no such path. */
size_t atime_tree_nbytes(const char *folder);

/*
 * The newest trees in which the right was refused.  A hash is enough: if two
 * fall together, an access time changes.
 */
#define ATIME_REFUSED_MAX 256

struct atime_refused {
	uint64_t trees[ATIME_REFUSED_MAX];
	size_t next;
};

void atime_refused_add(struct atime_refused *r, const char *folder);
bool atime_refused_has(const struct atime_refused *r, const char *folder);

#endif
