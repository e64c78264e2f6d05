/*
 * What a system DLL loads by a bare name while it works.
 * SPDX-License-Identifier: Apache-2.0
 *
 * "Dynamic-link library search order": a bare name is looked for in the folder
 * of the exe first, unless a module of that name is loaded already.  Where the
 * process cannot leave that folder out these are therefore loaded before, from
 * System32; one that a Windows does not have is not looked for there either.
 */
#include "host/late.h"

#include "base/str.h"

/*
 * Forwarded to by advapi32 (SystemFunction036) since Windows 7, and the
 * provider that CryptAcquireContext takes ("Image Path" of the registry is
 * "rsaenh.dll" on XP).
 */
static const char *const of_advapi32[] = { "cryptbase.dll", "cryptsp.dll",
					   "rsaenh.dll" };

/* Revocation and stores of other kinds: the registry's CertDll... entries. */
static const char *const of_crypt32[] = { "cryptnet.dll", "rsaenh.dll" };

/*
 * Trust providers ("$DLL") and those that know the kind of a file
 * (CryptSIPDll...), bare names up to Windows 7; and their work on images.
 */
static const char *const of_wintrust[] = { "softpub.dll",  "imagehlp.dll",
					   "msisip.dll",   "wshext.dll",
					   "cryptnet.dll", "rsaenh.dll" };

#define ROW(dll, names)                                                        \
	{                                                                      \
		dll, names, sizeof(names) / sizeof((names)[0])                 \
	}

const char *const *late_brings(const char *dll, size_t *count_ret)
{
	static const struct {
		const char *dll;
		const char *const *names;
		size_t count;
	} rows[] = {
		ROW("advapi32.dll", of_advapi32),
		ROW("crypt32.dll", of_crypt32),
		ROW("wintrust.dll", of_wintrust),
	};

	*count_ret = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ascii_casecmp(dll, rows[i].dll) != 0)
			continue;
		*count_ret = rows[i].count;
		return rows[i].names;
	}
	return NULL;
}
