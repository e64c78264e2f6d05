/*
 * The digest of a program that its signature and the catalogs speak of.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Source: "Windows Authenticode Portable Executable Signature Format",
 * version 1.0, "Calculating the PE Image Hash".  The specification sorts the
 * sections by their place in the file and hashes what lies behind them, too;
 * for files without holes and overlaps, which is all that linkers make, that
 * is every byte of the file from first to last but three ranges: the
 * checksum, the directory entry of the certificate table, and that table.
 * This is also what osslsigncode takes for all files, so it is done here.
 */
#ifndef TRUST_AUTHENTICODE_H
#define TRUST_AUTHENTICODE_H

#include "base/source.h"
#include "host/host.h"

/*
 * Lower-case hex.  A file without certificate table is taken as if zeros made
 * its size a multiple of 8: they will be there once it is signed.  Makers of
 * catalogs are not sure to do that, so the digests without them are given,
 * too; "" where they would be the same.
 */
struct authenticode_digest {
	char sha1[41];
	char sha256[65];
	char unpadded_sha1[41];
	char unpadded_sha256[65];
	bool has_certificate; /* the table is there and inside the file */
};

/*
 * Of an open file, whatever its size; memory use is constant.  ERR_CORRUPT:
 * it is no PE32 or PE32+ file; ERR_CHANGED: it got shorter meanwhile.
 * host_read()'s position is not touched.
 */
int authenticode_digest(struct host_file *f, struct authenticode_digest *ret);

int authenticode_digest_of(const struct source *s,
			   struct authenticode_digest *ret);

#endif
