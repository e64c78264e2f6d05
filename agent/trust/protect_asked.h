/*
 * What the answers of Windows' protection services mean, in Safe Mode too.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Decided apart from the questions, which need a running Windows.
 */
#ifndef TRUST_PROTECT_ASKED_H
#define TRUST_PROTECT_ASKED_H

#include <stdbool.h>
#include <stdint.h>

enum asked {
	ASKED_YES,
	ASKED_NO,
	ASKED_FILES, /* nobody answers: what lies on the disk decides */
	ASKED_DOUBT
};

/* SfcIsFileProtected: `code` is the Win32 error that came with "no". */
enum asked asked_sfc(bool is_protected, uint32_t code, bool is_safe_mode);

/* The system's catalogs could not be opened or searched: FILES or DOUBT. */
enum asked asked_catalogs(uint32_t code, bool is_safe_mode);

#endif
