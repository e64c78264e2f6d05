/*
 * Private to agent/registry on Windows: owners and access lists of keys.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REGISTRY_KEY_SECURITY_WIN32_H
#define REGISTRY_KEY_SECURITY_WIN32_H

#include "registry/nt_key_win32.h"

/*
 * Self-relative descriptor of an open key; with the audit list and the
 * integrity label only where the privilege allows.  Caller frees.
 */
int key_security_read(const struct nt *nt, HANDLE h, const char *path,
		      uint8_t **data_ret, size_t *nbytes_ret);
/*
 * Sets what the descriptor holds, owner and group included; the audit list
 * is left out where the privilege is missing.  `h` may have any access.
 */
int key_security_write(const struct nt *nt, HANDLE h, const char *path,
		       const uint8_t *data, size_t nbytes);

/*
 * Opens a key below `parent` as a link for changing it, whatever its access
 * list says: by the list, else by the backup and restore privileges, else by
 * setting another owner and list for as long as the opening takes.  The old
 * ones are put back before it returns; ERR_IO if that failed.
 */
int key_open_change(const struct nt *nt, HANDLE parent, const uint16_t *name,
		    size_t units, ACCESS_MASK access, const char *path,
		    HANDLE *ret);

#endif
