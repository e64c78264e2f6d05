/*
 * What the answers of Windows' protection services mean, in Safe Mode too.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Windows XP asks its file protection by RPC, and in Safe Mode that does not
 * run (Microsoft KB 222193; what it keeps and checks by, dllcache and
 * catalogs, lies on the disk all the same).  The cryptographic service, which
 * searches the catalogs there, may be missing as well: winerror.h has the
 * answers.  Without Safe Mode somebody stopped what should run, so nothing is
 * decided then.
 */
#include "trust/protect_asked.h"

/* winerror.h */
#define WIN_FILE_NOT_FOUND     2u
#define WIN_PATH_NOT_FOUND     3u
#define WIN_SERVICE_NOT_ACTIVE 1062u
#define WIN_NOT_SAFEBOOT       1084u /* ERROR_NOT_SAFEBOOT_SERVICE */
#define WIN_NOT_FOUND	       1168u
#define WIN_UNKNOWN_IF	       1717u /* RPC_S_UNKNOWN_IF */
#define WIN_SERVER_UNAVAILABLE 1722u /* RPC_S_SERVER_UNAVAILABLE */
#define WIN_NOT_REGISTERED     1753u /* EPT_S_NOT_REGISTERED */

static bool is_not_served(uint32_t code)
{
	return code == WIN_UNKNOWN_IF || code == WIN_SERVER_UNAVAILABLE ||
	       code == WIN_NOT_REGISTERED;
}

enum asked asked_sfc(bool is_protected, uint32_t code, bool is_safe_mode)
{
	if (is_protected)
		return ASKED_YES;
	/* "Not protected" is told as a file that is not in the list. */
	if (code == 0 || code == WIN_FILE_NOT_FOUND ||
	    code == WIN_PATH_NOT_FOUND || code == WIN_NOT_FOUND)
		return ASKED_NO;
	return is_safe_mode && is_not_served(code) ? ASKED_FILES : ASKED_DOUBT;
}

enum asked asked_catalogs(uint32_t code, bool is_safe_mode)
{
	if (!is_safe_mode)
		return ASKED_DOUBT;
	return is_not_served(code) || code == WIN_SERVICE_NOT_ACTIVE ||
			       code == WIN_NOT_SAFEBOOT
		       ? ASKED_FILES
		       : ASKED_DOUBT;
}
