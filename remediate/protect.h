/*
 * Whether Windows protects a file or somebody trusted signed it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Live: SfcIsFileProtected, the embedded signature (chain checked with
 * CertGetCertificateChain and the Authenticode policy: WinVerifyTrust alone
 * says yes to unknown roots under Wine), and the system's catalogs.
 * Offline: owner TrustedInstaller, more than one hard link, the digest in
 * one of the target's own catalogs (CatRoot), XP's dllcache.
 * What cannot be decided is PROTECT_UNKNOWN, which the guard refuses.
 */
#ifndef REMEDIATE_PROTECT_H
#define REMEDIATE_PROTECT_H

#include "host/change.h"
#include "target/target.h"

enum protect_answer {
	PROTECT_NO,
	PROTECT_YES,
	PROTECT_UNKNOWN
};

/* Why: stable words, for the guard's sentences and for tests. */
enum protect_why {
	PROTECT_BY_NOTHING,
	PROTECT_BY_SFC,	      /* live: SfcIsFileProtected */
	PROTECT_BY_CATALOG,   /* signed by a catalog of this Windows */
	PROTECT_BY_OWNER,     /* TrustedInstaller owns it */
	PROTECT_BY_LINKS,     /* more than one hard link */
	PROTECT_BY_DLLCACHE,  /* Windows XP keeps a copy to restore */
	PROTECT_BY_SIGNATURE, /* embedded signature that chains to a root */
	PROTECT_BY_PLACE,     /* WinSxS, DriverStore, …\assembly */
	PROTECT_BY_DOUBT      /* could not be decided */
};

struct protect_result {
	enum protect_answer answer;
	enum protect_why why;
	char publisher[256]; /* subject name of a valid signature, "" */
	char detail[256];    /* for PROTECT_UNKNOWN: what failed */
};

/*
 * `wpath` is the true Windows path of the subject, which is open.
 * `base` as in host_place_open(), for reading the target's catalogs.
 */
int protect_check(struct target *t, const char *base, const char *wpath,
		  struct host_subject *s, struct protect_result *ret);

/*
 * Authenticode digest of a PE file: the bytes without checksum, certificate
 * directory entry and certificate table.  ERR_CORRUPT: no PE.  Hex.
 * Source: "Windows Authenticode Portable Executable Signature Format".
 */
struct authenticode_digest {
	char sha1[41];
	char sha256[65];
	bool has_certificate;
};

int authenticode_digest(struct host_file *f, struct authenticode_digest *ret);

/* Private: the two halves (protect_live_*.c, protect_offline.c). */
int protect_check_live(const char *host_path, struct host_subject *s,
		       const struct authenticode_digest *d,
		       struct protect_result *ret);
int protect_check_offline(struct target *t, const char *wpath,
			  struct host_subject *s,
			  const struct authenticode_digest *d,
			  struct protect_result *ret);

#endif
