/*
 * Functions that some Windows from XP SP3 to 11 have and some have not.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_LATE_WIN32_H
#define HOST_LATE_WIN32_H

/*
 * At the start, before anything is loaded: a DLL beside the exe, which may lie
 * among downloads, must not be taken.
 */
void late_limit_search(void);

/*
 * Address of `function` in `dll` ("kernel32.dll"), which is loaded from
 * System32 by its full path if it is not in the process yet, with all that it
 * needs; NULL if either is not there.  Cast the result to the function's type.
 */
void *late_function(const char *dll, const char *function);

#endif
