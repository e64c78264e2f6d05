/*
 * What it means that Windows refuses to open a file or folder for reading.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_REFUSAL_H
#define HOST_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Somebody has deleted it and others have it open still: it goes with the last
 * of them, and nobody can open it any more.  Win32 says "access denied" to
 * that, as to a lack of rights; only the NTSTATUS behind it tells.
 */
bool refusal_is_vanishing(uint32_t os_error, uint32_t nt_status);
/*
 * Somebody has it open without sharing it for reading: whoever reads or runs
 * it is refused, too.
 */
bool refusal_is_of_readers(uint32_t os_error);

#endif
