/*
 * Programs of the running Windows, as a table.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/process_win32.h"

const struct process_ops process_system = {
	.find = process_find,
	.browsers = process_browsers,
	.close = process_close,
	.end = process_end,
	.remove_at_restart = process_remove_at_restart,
};
