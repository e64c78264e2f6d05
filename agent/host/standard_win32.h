/*
 * Private to agent/host on Windows: the standard streams at the start.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOST_STANDARD_WIN32_H
#define HOST_STANDARD_WIN32_H

/*
 * Before anything is opened: a standard handle that leads nowhere becomes none
 * at all.  Its number may else be given to the store, and the report would be
 * written into that.
 */
void host_standard_settle(void);

#endif
