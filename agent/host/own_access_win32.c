/*
 * The access list of a file that is for its user and administrators only.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host/own_access_win32.h"

#include <string.h>

union user_room {
	TOKEN_USER user;
	uint8_t room[256];
};

static bool ask_user(union user_room *ret)
{
	DWORD nbytes = 0;
	HANDLE token;
	bool yes;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return false;
	yes = GetTokenInformation(token, TokenUser, ret, sizeof(*ret),
				  &nbytes) != FALSE;
	CloseHandle(token);
	return yes;
}

static bool allow(struct own_access *a, PSID sid)
{
	return AddAccessAllowedAce(&a->list.acl, ACL_REVISION, FILE_ALL_ACCESS,
				   sid) != FALSE;
}

/* S-1-5-<first>, and with a second number S-1-5-<first>-<second>. */
static bool allow_known(struct own_access *a, DWORD first, DWORD second)
{
	SID_IDENTIFIER_AUTHORITY nt = { SECURITY_NT_AUTHORITY };
	PSID sid = NULL;
	bool yes;

	if (!AllocateAndInitializeSid(&nt, second != 0 ? 2 : 1, first, second,
				      0, 0, 0, 0, 0, 0, &sid))
		return false;
	yes = allow(a, sid);
	FreeSid(sid);
	return yes;
}

bool own_access_init(struct own_access *a)
{
	union user_room user;

	memset(a, 0, sizeof(*a));
	if (!ask_user(&user) ||
	    !InitializeAcl(&a->list.acl, sizeof(a->list), ACL_REVISION) ||
	    !allow_known(a, SECURITY_LOCAL_SYSTEM_RID, 0) ||
	    !allow_known(a, SECURITY_BUILTIN_DOMAIN_RID,
			 DOMAIN_ALIAS_RID_ADMINS) ||
	    !allow(a, user.user.User.Sid) ||
	    !InitializeSecurityDescriptor(&a->descriptor,
					  SECURITY_DESCRIPTOR_REVISION) ||
	    !SetSecurityDescriptorDacl(&a->descriptor, TRUE, &a->list.acl,
				       FALSE) ||
	    !SetSecurityDescriptorControl(&a->descriptor, SE_DACL_PROTECTED,
					  SE_DACL_PROTECTED))
		return false;
	a->attributes.nLength = sizeof(a->attributes);
	a->attributes.lpSecurityDescriptor = &a->descriptor;
	return true;
}
