/*
 * Whether the Windows that we run on is Windows PE, which is started from a
 * stick or a CD to look after the Windows on the disk and is no patient.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TARGET_WINPE_H
#define TARGET_WINPE_H

#include <stdbool.h>

enum winpe {
	WINPE_NO,
	WINPE_YES,
	WINPE_CLAIMED /* by a key that any administrator's program can make */
};

struct winpe_facts {
	bool has_minint;	   /* Control\MiniNT */
	bool has_version;	   /* CurrentVersion\WinPE */
	const char *start_options; /* Control, SystemStartOptions; NULL: none */
	const char *system_root;   /* NULL: unknown */
};

enum winpe winpe_decide(const struct winpe_facts *f);

#endif
