/*
 * What stops a command of the console.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ctrl_c.h"
#include "host/host.h"

static struct cancel token = CANCEL_INIT;

struct cancel *ctrl_c(void)
{
	return &token;
}

void ctrl_c_catch(void)
{
	host_catch_interrupt(&token);
}
