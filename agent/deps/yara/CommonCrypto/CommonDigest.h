/*
 * libyara's hash module (and pe.imphash) knows OpenSSL, CryptoAPI and Apple's
 * CommonCrypto. The last is the smallest interface, so it is answered here
 * over libtomcrypt's digests: the same code on every host.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DEPS_YARA_COMMON_DIGEST_H
#define DEPS_YARA_COMMON_DIGEST_H

#include <stdint.h>
#include <tomcrypt.h>

#define CC_MD5_DIGEST_LENGTH	16
#define CC_SHA1_DIGEST_LENGTH	20
#define CC_SHA256_DIGEST_LENGTH 32

typedef uint32_t CC_LONG;
typedef hash_state CC_MD5_CTX;
typedef hash_state CC_SHA1_CTX;
typedef hash_state CC_SHA256_CTX;

#define CC_MD5_Init(c)		  md5_init(c)
#define CC_MD5_Update(c, p, n)	  md5_process((c), (const void *)(p), (n))
#define CC_MD5_Final(out, c)	  md5_done((c), (out))
#define CC_SHA1_Init(c)		  sha1_init(c)
#define CC_SHA1_Update(c, p, n)	  sha1_process((c), (const void *)(p), (n))
#define CC_SHA1_Final(out, c)	  sha1_done((c), (out))
#define CC_SHA256_Init(c)	  sha256_init(c)
#define CC_SHA256_Update(c, p, n) sha256_process((c), (const void *)(p), (n))
#define CC_SHA256_Final(out, c)	  sha256_done((c), (out))

#endif
