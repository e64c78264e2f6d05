/*
 * The access list of a file that is for its user and administrators only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_OWN_ACCESS_WIN32_H
#define HOST_OWN_ACCESS_WIN32_H

#include "host/host_win32.h"

struct own_access {
	SECURITY_ATTRIBUTES attributes; /* for CreateFileW() */
	SECURITY_DESCRIPTOR descriptor;

	union {
		ACL acl;
		uint8_t room[512];
	} list;
};

/*
 * A protected list: all rights for SYSTEM, Administrators and the user of the
 * process, none for others; the owner is the usual one.  False: it could not
 * be made.
 */
bool own_access_init(struct own_access *a);

#endif
