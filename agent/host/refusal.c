/*
 * The answers of Windows to an opening, by number: they are decided on every
 * host.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A name whose deletion waits (Link.IsDeleted, MS-FSA 2.1.5.15.3; whoever holds
 * it may take that back) cannot be opened: STATUS_DELETE_PENDING, which becomes
 * "access denied" (5); only some calls of newer systems give a code of its own,
 * 303.  RtlGetLastNtStatus tells the two apart, as LLVM (issue 89137) and
 * PostgreSQL ask it, too.  Where a wrapper's own calls have replaced the status
 * it stays "denied", which is no mistake.
 *
 * MS-FSA 2.1.5.1.2.2: an opening that shares everything and wants
 * FILE_READ_DATA or FILE_EXECUTE gets STATUS_SHARING_VIOLATION where another
 * one does not share reading, and only there.  An image is opened with
 * FILE_EXECUTE before it is mapped, so it is refused, too.  A lock of bytes
 * (33) is something else: it refuses who reads them, not who opens or maps the
 * file (MSDN, LockFile).
 */
#include "host/refusal.h"

#define NT_DELETE_PENDING     0xC0000056u
#define WIN_ACCESS_DENIED     5u
#define WIN_SHARING_VIOLATION 32u
#define WIN_DELETE_PENDING    303u

bool refusal_is_vanishing(uint32_t os_error, uint32_t nt_status)
{
	return os_error == WIN_DELETE_PENDING ||
	       (os_error == WIN_ACCESS_DENIED &&
		nt_status == NT_DELETE_PENDING);
}

bool refusal_is_of_readers(uint32_t os_error)
{
	return os_error == WIN_SHARING_VIOLATION;
}
