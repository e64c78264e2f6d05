/*
 * What stops a command of the console: Ctrl-C, SIGTERM, the window closed.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CTRL_C_H
#define CTRL_C_H

#include "base/cancel.h"

/* The token of this process's command; nobody sets it before ctrl_c_catch(). */
struct cancel *ctrl_c(void);
/* From now on they do not end the process but set that token. */
void ctrl_c_catch(void);

#endif
