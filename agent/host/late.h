/*
 * Private to agent/host: what a system DLL loads by a bare name.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_LATE_H
#define HOST_LATE_H

#include <stddef.h>

/*
 * Names of the DLLs that `dll` ("wintrust.dll") looks for itself while it
 * works; *count_ret may be 0.
 */
const char *const *late_brings(const char *dll, size_t *count_ret);

#endif
