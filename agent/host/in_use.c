/*
 * Whether a file is in use: loaded, mapped, or held by others.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/in_use.h"

/* [MS-ERREF] 2.3.1; [MS-FSCC] 2.6 */
#define NT_ACCESS_DENIED     0xC0000022u
#define NT_SHARING_VIOLATION 0xC0000043u
#define NT_CANNOT_DELETE     0xC0000121u
#define ATTR_REPARSE_POINT   0x400u

/*
 * A file system lets nobody write what is mapped as a program
 * (MmFlushImageSection, MmFlushForWrite), and says "sharing violation", as
 * for a handle that shares nothing.  Before it looks at either, it denies the
 * access to whoever wants to write a read-only file ([MS-FSA] 2.1.5.1.2.1),
 * and to whom the access list gives no right; that tells nothing.  All else,
 * such as a medium that is write-protected, comes of no other user.
 *
 * What has a filter's tag is not opened for writing at all: the filter would
 * unpack it.
 */
enum in_use in_use_by_opening(uint32_t attrs, uint32_t status)
{
	if (status == NT_SHARING_VIOLATION)
		return IN_USE_YES;
	if (status == NT_ACCESS_DENIED || (attrs & ATTR_REPARSE_POINT))
		return IN_USE_ASK;
	return IN_USE_NO;
}

/*
 * Whoever is not found may be one that cannot be looked into.  That is no
 * reason to take the file for used: the removal itself is the true answer, it
 * harms nothing where it fails, and its handle stays good for a renaming.
 * To move a file away that could have gone at once would cost a restart.
 */
enum in_use in_use_by_programs(size_t count)
{
	return count > 0 ? IN_USE_YES : IN_USE_NO;
}

/*
 * "Cannot delete" is said of a read-only file ([MS-FSA] 2.1.5.15.3) and of
 * one that a program has mapped (FILE_DISPOSITION_INFORMATION_EX, ntddk.h;
 * MmFlushImageSection, MmFlushForDelete).  The first it is not any more.
 */
bool in_use_by_removal(uint32_t status)
{
	return status == NT_CANNOT_DELETE;
}
