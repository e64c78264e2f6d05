/*
 * Whether Windows protects a file or somebody trusted signed it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In all targets: places that belong to Windows' own upkeep, and files that
 * TrustedInstaller owns.
 * Live: SfcIsFileProtected, the system's catalogs, and the embedded signature
 * (chain checked with CertGetCertificateChain and the Authenticode policy:
 * WinVerifyTrust alone says yes to unknown roots under Wine).  In Safe Mode,
 * where the services behind the first two do not run, what is asked offline
 * takes their place; without Safe Mode their silence is a doubt.
 * Offline: more than one hard link, XP's dllcache, and the digest in one of
 * the target's own catalogs (CatRoot).  Embedded signatures are not checked
 * offline: there is no machine whose roots could be asked, so `publisher`
 * stays "".  What a trusted publisher signed is then removed if a finding
 * says so and the guard's other rules (nothing below %SystemRoot%, allow-list
 * by digest) let it; undo brings it back.
 * Where a file system keeps no owners (a plain Linux folder, FAT) the owner
 * says nothing, and the other checks decide alone.
 *
 * PROTECT_YES of any check wins; what cannot be decided is PROTECT_UNKNOWN,
 * which the guard refuses.  A Windows without CatRoot has no catalogs, which
 * is no doubt; a catalog that cannot be read is one.
 */
#ifndef TRUST_PROTECT_H
#define TRUST_PROTECT_H

#include "host/change.h"
#include "trust/authenticode.h"
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
	PROTECT_BY_CATALOG,   /* named by a catalog of this Windows */
	PROTECT_BY_OWNER,     /* TrustedInstaller owns it */
	PROTECT_BY_LINKS,     /* offline: more than one hard link */
	PROTECT_BY_DLLCACHE,  /* Windows XP keeps a copy to restore */
	PROTECT_BY_SIGNATURE, /* embedded signature that chains to a root */
	PROTECT_BY_PLACE,     /* WinSxS, DriverStore, …\assembly … */
	PROTECT_BY_DOUBT      /* could not be decided */
};

/*
 * PROTECT_BY_SIGNATURE comes with PROTECT_NO: anybody can buy a certificate,
 * so a valid signature protects nothing by itself.  The guard looks up
 * `publisher` in the pack's and the local list and refuses if it is there.
 * `publisher` is "" unless signature and chain were found valid, here and
 * now; with PROTECT_BY_CATALOG it is the catalog's signer (live).
 */
struct protect_result {
	enum protect_answer answer;
	enum protect_why why;
	/*
	 * Common name of the signer, whole or not at all: names over 255
	 * bytes or with a NUL inside are no publisher.
	 */
	char publisher[256];
	/*
	 * A sentence or part of one, our UTF-8, no full stop; may hold names
	 * from the target, so it is shown through utf_display().  For
	 * PROTECT_UNKNOWN what failed; for BY_CATALOG the catalog; for
	 * BY_PLACE what the place is for; for PROTECT_NO with a signature
	 * that is not valid, why; else "".
	 */
	char detail[256];
};

/* "catalog", "owner" …; never NULL. */
const char *protect_why_name(enum protect_why why);

/* What one fix learns once: the catalogs' index (offline). */
struct protect;

/* Cheap: catalogs are read when the first file asks for them. */
int protect_begin(struct target *t, struct protect **ret);
void protect_end(struct protect *p); /* NULL is fine */

/*
 * `wpath` is the true Windows path of the subject, which is open.  Reads the
 * whole file once or twice.  0 also where the answer is PROTECT_UNKNOWN;
 * ERR_NOMEM.
 */
int protect_check(struct protect *p, const char *wpath, struct host_subject *s,
		  struct protect_result *ret);

/*
 * Who vouches for the content of a file, without what its place, owner or
 * links say: PROTECT_YES by catalog with the signer as publisher (offline "":
 * only administrators put catalogs there), or, live, PROTECT_NO by signature
 * with its publisher.  Everything else is nobody.
 */
int protect_who_signed(struct protect *p, const char *wpath,
		       struct host_subject *s, struct protect_result *ret);

#endif
