/*
 * What the program ends with (contract, section 5), and what a scan records.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SESSION_EXIT_CODE_H
#define SESSION_EXIT_CODE_H

/* 1, 2 and 4 are added. */
enum {
	EXIT_CLEAN = 0,
	EXIT_FOUND = 1,
	EXIT_INCOMPLETE = 2,
	EXIT_RESTART = 4,
	EXIT_USAGE = 64,
	EXIT_NO_START = 65,
	EXIT_STOPPED = 70
};

#endif
