/*
 * Signatures: WinVerifyTrust for the mathematics, and the chain once more.
 * SPDX-License-Identifier: Apache-2.0
 *
 * WinVerifyTrust alone is not enough: under Wine it says yes to unknown roots
 * and to expired signers, and on Windows it believes roots that a user, so
 * malware without rights, put into his own store.  The chain is therefore
 * built again with the machine's store only and judged by Windows' own
 * Authenticode policy.
 */
#include "trust/trust_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/late_win32.h"
#include "host/wide_win32.h"
#include "words/base.h"
#include "words/trust.h"

#include <string.h>
#include <wincrypt.h>
#include <wintrust.h>
#include <softpub.h>

#ifndef CERT_CHAIN_DISABLE_AUTH_ROOT_AUTO_UPDATE
#define CERT_CHAIN_DISABLE_AUTH_ROOT_AUTO_UPDATE 0x00000100
#endif
#ifndef WTD_CACHE_ONLY_URL_RETRIEVAL
#define WTD_CACHE_ONLY_URL_RETRIEVAL 0x00001000
#endif

/* The structure of Windows 8; the headers for XP end one field earlier. */
struct catalog_info {
	WINTRUST_CATALOG_INFO xp;
	HANDLE admin;
};

struct functions {
	LONG(WINAPI *verify)(HWND, GUID *, void *);
	CRYPT_PROVIDER_DATA *(WINAPI *data)(HANDLE);
	CRYPT_PROVIDER_SGNR *(WINAPI *signer)(CRYPT_PROVIDER_DATA *, DWORD,
					      BOOL, DWORD);
	CRYPT_PROVIDER_CERT *(WINAPI *cert)(CRYPT_PROVIDER_SGNR *, DWORD);
	BOOL(WINAPI *chain)
	(HCERTCHAINENGINE, PCCERT_CONTEXT, LPFILETIME, HCERTSTORE,
	 PCERT_CHAIN_PARA, DWORD, void *, PCCERT_CHAIN_CONTEXT *);
	void(WINAPI *free_chain)(PCCERT_CHAIN_CONTEXT);
	BOOL(WINAPI *policy)
	(LPCSTR, PCCERT_CHAIN_CONTEXT, PCERT_CHAIN_POLICY_PARA,
	 PCERT_CHAIN_POLICY_STATUS);
	DWORD(WINAPI *name)
	(PCCERT_CONTEXT, DWORD, DWORD, void *, wchar_t *, DWORD);
};

static bool load(struct functions *f)
{
	f->verify = late_function("wintrust.dll", "WinVerifyTrust");
	f->data =
		late_function("wintrust.dll", "WTHelperProvDataFromStateData");
	f->signer =
		late_function("wintrust.dll", "WTHelperGetProvSignerFromChain");
	f->cert = late_function("wintrust.dll", "WTHelperGetProvCertFromChain");
	f->chain = late_function("crypt32.dll", "CertGetCertificateChain");
	f->free_chain =
		late_function("crypt32.dll", "CertFreeCertificateChain");
	f->policy = late_function("crypt32.dll",
				  "CertVerifyCertificateChainPolicy");
	f->name = late_function("crypt32.dll", "CertGetNameStringW");
	return f->verify && f->data && f->signer && f->cert && f->chain &&
	       f->free_chain && f->policy && f->name;
}

/* ---- what the codes mean ----------------------------------------- */

/*
 * Answers that say "this signature is worth nothing".  All others, such as a
 * lack of memory or a provider that is not there, say nothing about it.
 */
static const struct {
	uint32_t code;
	const char *words; /* NULL: "the signature is not valid" */
} decided[] = {
	{ 0x80096010, W_TRUST_OTHER_CONTENT },	    /* TRUST_E_BAD_DIGEST */
	{ 0x800b0109, W_TRUST_ROOT_NOT_TRUSTED },   /* UNTRUSTEDROOT */
	{ 0x800b0112, W_TRUST_ISSUER_NOT_TRUSTED }, /* UNTRUSTEDCA */
	{ 0x800b010d, W_TRUST_TEST_ROOT },	    /* UNTRUSTEDTESTROOT */
	{ 0x800b010a, W_TRUST_ISSUER_NOT_KNOWN },   /* CERT_E_CHAINING */
	{ 0x800b0101, W_TRUST_EXPIRED },	    /* CERT_E_EXPIRED */
	{ 0x800b010c, W_TRUST_REVOKED },	    /* CERT_E_REVOKED */
	{ 0x80092010, W_TRUST_REVOKED },	    /* CRYPT_E_REVOKED */
	{ 0x800b0111, W_TRUST_DISTRUSTED },	    /* EXPLICIT_DIST. */
	{ 0x800b0110, W_TRUST_WRONG_USAGE },	    /* WRONG_USAGE */
	{ 0x800b0004, NULL }, /* TRUST_E_SUBJECT_NOT_TRUSTED */
	{ 0x800b0102, NULL }, /* CERT_E_VALIDITYPERIODNESTING */
	{ 0x800b0103, NULL }, /* CERT_E_ROLE */
	{ 0x800b0104, NULL }, /* CERT_E_PATHLENCONST */
	{ 0x800b0105, NULL }, /* CERT_E_CRITICAL */
	{ 0x800b0106, NULL }, /* CERT_E_PURPOSE */
	{ 0x800b0107, NULL }, /* CERT_E_ISSUERCHAINING */
	{ 0x800b0108, NULL }, /* CERT_E_MALFORMED */
	{ 0x800b0113, NULL }, /* CERT_E_INVALID_POLICY */
	{ 0x800b0114, NULL }, /* CERT_E_INVALID_NAME */
	{ 0x80096002, NULL }, /* TRUST_E_NO_SIGNER_CERT */
	{ 0x80096003, NULL }, /* TRUST_E_COUNTER_SIGNER */
	{ 0x80096004, NULL }, /* TRUST_E_CERT_SIGNATURE */
	{ 0x80096005, NULL }, /* TRUST_E_TIME_STAMP */
	{ 0x80096011, NULL }, /* TRUST_E_MALFORMED_SIGNATURE */
	{ 0x80096019, NULL }, /* TRUST_E_BASIC_CONSTRAINTS */
	{ 0x8009601e, NULL }, /* TRUST_E_FINANCIAL_CRITERIA */
	{ 0x80090006, NULL }, /* NTE_BAD_SIGNATURE */
	{ 0x80091007, NULL }, /* CRYPT_E_HASH_VALUE */
	{ 0x80091008, NULL }, /* CRYPT_E_INVALID_INDEX */
	{ 0x8009200e, NULL }, /* CRYPT_E_NO_SIGNER */
	{ 0x80092002, NULL }, /* CRYPT_E_BAD_ENCODE */
	{ 0x8009200d, NULL }, /* CRYPT_E_BAD_MSG */
};

#define NO_SIGNATURE   0x800b0100u /* TRUST_E_NOSIGNATURE */
#define UNKNOWN_FORM   0x800b0003u /* TRUST_E_SUBJECT_FORM_UNKNOWN */
#define FILE_ERROR     0x80092003u /* CRYPT_E_FILE_ERROR */
#define ASN1_FIRST     0x80093000u /* CRYPT_E_OSS_ERROR, CRYPT_E_ASN1_… */
#define ASN1_LAST      0x800931ffu
#define NO_SIGNER_DATA 0x8009200eu /* CRYPT_E_NO_SIGNER */

static void say(struct trust *t, enum trust_state state, const char *words,
		uint32_t code)
{
	struct str s = STR_INIT;

	t->state = state;
	str_addf(&s, W_TRUST_CODE, words, code);
	str_copy(t->why, str_text(&s), sizeof(t->why));
	str_release(&s);
}

static void judge(uint32_t code, struct trust *t)
{
	if (code == 0) {
		t->state = TRUST_VALID;
		return;
	}
	for (size_t i = 0; i < sizeof(decided) / sizeof(decided[0]); i++) {
		if (decided[i].code != code)
			continue;
		say(t, TRUST_INVALID,
		    decided[i].words != NULL ? decided[i].words
					     : W_TRUST_NOT_VALID,
		    code);
		return;
	}
	if (code >= ASN1_FIRST && code <= ASN1_LAST)
		say(t, TRUST_INVALID, W_BASE_DAMAGED, code);
	else
		say(t, TRUST_UNKNOWN, W_TRUST_NOT_CHECKED, code);
}

/* ---- the signer -------------------------------------------------- */

/* A name with a NUL inside would be read as another by somebody. */
static void take_name(const struct functions *f, PCCERT_CONTEXT cert,
		      char ret[256])
{
	wchar_t wide[256];
	DWORD n =
		f->name(cert, CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, NULL, NULL, 0);
	char *name;

	ret[0] = '\0';
	if (n < 2 || n > sizeof(wide) / sizeof(wide[0]) ||
	    f->name(cert, CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, NULL, wide, n) !=
		    n ||
	    wcslen(wide) != n - 1)
		return;
	name = wide_to_utf8(wide);
	if (name != NULL && strlen(name) < 256)
		str_copy(ret, name, 256);
	mem_free(name);
}

static uint32_t chain_code(const struct functions *f, CRYPT_PROVIDER_DATA *d,
			   CRYPT_PROVIDER_SGNR *signer, PCCERT_CONTEXT cert)
{
	char usage[] = szOID_PKIX_KP_CODE_SIGNING;
	LPSTR usages[] = { usage };
	CERT_CHAIN_PARA para = { .cbSize = sizeof(para) };
	CERT_CHAIN_POLICY_PARA policy = { .cbSize = sizeof(policy) };
	CERT_CHAIN_POLICY_STATUS status = { .cbSize = sizeof(status) };
	/* The time of the counter-signature, else now; WinVerifyTrust's. */
	FILETIME when = signer->sftVerifyAsOf;
	HCERTSTORE store = d->chStores > 0 ? d->pahStores[0] : NULL;
	PCCERT_CHAIN_CONTEXT chain = NULL;
	uint32_t code;

	para.RequestedUsage.dwType = USAGE_MATCH_TYPE_AND;
	para.RequestedUsage.Usage.cUsageIdentifier = 1;
	para.RequestedUsage.Usage.rgpszUsageIdentifier = usages;
	if (!f->chain(HCCE_LOCAL_MACHINE, cert,
		      when.dwLowDateTime || when.dwHighDateTime ? &when : NULL,
		      store, &para,
		      CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL |
			      CERT_CHAIN_DISABLE_AUTH_ROOT_AUTO_UPDATE,
		      NULL, &chain))
		return GetLastError() ? GetLastError() : ERROR_GEN_FAILURE;
	if (f->policy(CERT_CHAIN_POLICY_AUTHENTICODE, chain, &policy, &status))
		code = status.dwError;
	else
		code = GetLastError() ? GetLastError() : ERROR_GEN_FAILURE;
	f->free_chain(chain);
	return code;
}

static void check_signer(const struct functions *f, HANDLE state,
			 struct trust *t)
{
	CRYPT_PROVIDER_DATA *d = f->data(state);
	CRYPT_PROVIDER_SGNR *signer = NULL;
	CRYPT_PROVIDER_CERT *cert = NULL;

	if (d != NULL)
		signer = f->signer(d, 0, FALSE, 0);
	if (signer != NULL)
		cert = f->cert(signer, 0);
	if (cert == NULL || cert->pCert == NULL) {
		say(t, TRUST_UNKNOWN, W_TRUST_NO_SIGNER, NO_SIGNER_DATA);
		return;
	}
	judge(chain_code(f, d, signer, cert->pCert), t);
	if (t->state == TRUST_VALID)
		take_name(f, cert->pCert, t->publisher);
}

void trust_check(HANDLE file, const wchar_t *path,
		 const struct trust_member *member, struct trust *ret)
{
	GUID action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
	struct catalog_info catalog = { .admin = NULL };
	WINTRUST_FILE_INFO info = { .cbStruct = sizeof(info) };
	WINTRUST_DATA data = { .cbStruct = sizeof(data) };
	struct functions f;
	uint32_t code, last;

	memset(ret, 0, sizeof(*ret));
	if (!load(&f)) {
		say(ret, TRUST_UNKNOWN, W_TRUST_NO_FUNCTIONS,
		    ERROR_PROC_NOT_FOUND);
		return;
	}
	info.pcwszFilePath = path;
	info.hFile = file;
	data.dwUIChoice = WTD_UI_NONE;
	data.fdwRevocationChecks = WTD_REVOKE_NONE;
	data.dwUnionChoice = WTD_CHOICE_FILE;
	data.pFile = &info;
	data.dwStateAction = WTD_STATEACTION_VERIFY;
	data.dwProvFlags =
		WTD_REVOCATION_CHECK_NONE | WTD_CACHE_ONLY_URL_RETRIEVAL;
	if (member != NULL) {
		catalog.xp.cbStruct = member->admin != NULL
					      ? sizeof(catalog)
					      : sizeof(catalog.xp);
		catalog.xp.pcwszCatalogFilePath = member->catalog;
		catalog.xp.pcwszMemberTag = member->tag;
		catalog.xp.pcwszMemberFilePath = path;
		catalog.xp.hMemberFile = file;
		catalog.xp.pbCalculatedFileHash = (BYTE *)member->digest;
		catalog.xp.cbCalculatedFileHash = (DWORD)member->digest_nbytes;
		catalog.admin = member->admin;
		data.dwUnionChoice = WTD_CHOICE_CATALOG;
		data.pCatalog = &catalog.xp;
	}
	SetLastError(0);
	code = (uint32_t)f.verify(INVALID_HANDLE_VALUE, &action, &data);
	last = GetLastError();
	if (code == 0)
		check_signer(&f, data.hWVTStateData, ret);
	else if (member == NULL &&
		 ((code == NO_SIGNATURE && last != FILE_ERROR) ||
		  code == UNKNOWN_FORM))
		ret->state = TRUST_NONE;
	else
		judge(code, ret);
	data.dwStateAction = WTD_STATEACTION_CLOSE;
	f.verify(INVALID_HANDLE_VALUE, &action, &data);
}
