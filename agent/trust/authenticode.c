/*
 * Authenticode digest of PE32 and PE32+ files, read in pieces.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The size of the optional header that the file states is not looked at:
 * Windows' loader, too, finds these fields by their fixed offsets.
 */
#include "trust/authenticode.h"

#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

#define PIECE_NBYTES ((size_t)64 << 10)

#define DOS_NBYTES     64
#define DOS_PE_OFFSET  60 /* e_lfanew */
#define PE_HEAD_NBYTES 24 /* "PE\0\0" and the file header */

/* Within the optional header. */
#define CHECKSUM_OFFSET 64
#define CHECKSUM_NBYTES 4
#define MAGIC_PE32	0x10b
#define MAGIC_PE32_PLUS 0x20b
#define DIR_COUNT_32	92  /* NumberOfRvaAndSizes; the entries follow */
#define DIR_COUNT_64	108 /* the same of PE32+ */
#define DIR_SECURITY	4
#define DIR_NBYTES	8
#define SECURITY_OFFSET 32 /* DIR_SECURITY * DIR_NBYTES */
/* Up to and with the directory entry of a PE32+ file. */
#define OPTIONAL_NBYTES (DIR_COUNT_64 + 4 + (DIR_SECURITY + 1) * DIR_NBYTES)

#define PADDED_TO 8

struct range {
	uint64_t start;
	uint64_t nbytes;
};

/* What is left out, in the order of the file. */
struct layout {
	struct range skip[3];
	size_t skip_count;
	bool has_certificate;
};

static int no_program(const char *why)
{
	return err_fail(ERR_CORRUPT, 0, "this is no program file: %s", why);
}

/* Fewer bytes than asked for only at the end of the file. */
static int read_at(const struct authenticode_source *s, uint64_t offset,
		   uint8_t *buf, size_t nbytes, struct bytes *ret)
{
	size_t nread = 0;
	int err = s->read(s->arg, offset, buf, nbytes, &nread);

	if (err)
		return err;
	ret->data = buf;
	ret->nbytes = nread < nbytes ? nread : nbytes;
	return 0;
}

static void leave_out(struct layout *l, uint64_t start, uint64_t nbytes)
{
	l->skip[l->skip_count].start = start;
	l->skip[l->skip_count].nbytes = nbytes;
	l->skip_count++;
}

/* `at`: of the optional header in the file; `b`: its bytes. */
static int find_ranges(const struct authenticode_source *s, uint64_t at,
		       const struct bytes *b, struct layout *ret)
{
	const uint8_t *magic = bytes_at(b, 0, 2);
	const uint8_t *count, *entry;
	struct layout l = { 0 };
	uint64_t dirs, start, nbytes;

	if (magic == NULL || (bytes_le16(magic) != MAGIC_PE32 &&
			      bytes_le16(magic) != MAGIC_PE32_PLUS))
		return no_program("it has no optional header of a known kind");
	if (bytes_at(b, CHECKSUM_OFFSET, CHECKSUM_NBYTES) == NULL)
		return no_program("it ends within its headers");
	leave_out(&l, at + CHECKSUM_OFFSET, CHECKSUM_NBYTES);
	dirs = bytes_le16(magic) == MAGIC_PE32 ? DIR_COUNT_32 : DIR_COUNT_64;
	count = bytes_at(b, dirs, 4);
	dirs += 4;
	entry = bytes_at(b, dirs + SECURITY_OFFSET, DIR_NBYTES);
	if (count != NULL && bytes_le32(count) > DIR_SECURITY &&
	    entry != NULL) {
		dirs += SECURITY_OFFSET;
		leave_out(&l, at + dirs, DIR_NBYTES);
		/* An offset in the file, unlike the other directories'. */
		start = bytes_le32(entry);
		nbytes = bytes_le32(entry + 4);
		if (nbytes > 0 && start >= at + dirs + DIR_NBYTES &&
		    start < s->nbytes && nbytes <= s->nbytes - start) {
			leave_out(&l, start, nbytes);
			l.has_certificate = true;
		}
	}
	*ret = l;
	return 0;
}

static int find_layout(const struct authenticode_source *s, struct layout *ret)
{
	uint8_t buf[PE_HEAD_NBYTES + OPTIONAL_NBYTES];
	struct bytes b = { NULL, 0 };
	const uint8_t *p;
	uint64_t at;
	int err;

	err = read_at(s, 0, buf, DOS_NBYTES, &b);
	if (err)
		return err;
	p = bytes_at(&b, 0, DOS_NBYTES);
	if (p == NULL || memcmp(p, "MZ", 2) != 0)
		return no_program("it does not begin with MZ");
	at = bytes_le32(p + DOS_PE_OFFSET);
	err = read_at(s, at, buf, sizeof(buf), &b);
	if (err)
		return err;
	p = bytes_at(&b, 0, PE_HEAD_NBYTES);
	if (p == NULL || memcmp(p, "PE\0\0", 4) != 0)
		return no_program("it has no PE header");
	b.data += PE_HEAD_NBYTES;
	b.nbytes -= PE_HEAD_NBYTES;
	return find_ranges(s, at + PE_HEAD_NBYTES, &b, ret);
}

/* One range into both digesters; `also` may be NULL. */
static int add_range(const struct authenticode_source *s, uint8_t *buf,
		     uint64_t start, uint64_t end, struct digester *d,
		     struct digester *also)
{
	while (start < end) {
		size_t want = end - start < PIECE_NBYTES ? (size_t)(end - start)
							 : PIECE_NBYTES;
		struct bytes b;
		int err = read_at(s, start, buf, want, &b);

		if (err)
			return err;
		if (b.nbytes == 0)
			return err_fail(ERR_CHANGED, 0,
					"the file got shorter while it was "
					"read");
		digester_add(d, b.data, b.nbytes);
		if (also != NULL)
			digester_add(also, b.data, b.nbytes);
		start += b.nbytes;
	}
	return 0;
}

static int add_all(const struct authenticode_source *s, const struct layout *l,
		   struct digester *d, struct digester *also)
{
	uint8_t *buf = mem_alloc(PIECE_NBYTES);
	uint64_t at = 0;
	int err = 0;

	if (buf == NULL)
		return err_nomem();
	for (size_t i = 0; i < l->skip_count && !err; i++) {
		err = add_range(s, buf, at, l->skip[i].start, d, also);
		at = l->skip[i].start + l->skip[i].nbytes;
	}
	if (!err)
		err = add_range(s, buf, at, s->nbytes, d, also);
	mem_free(buf);
	return err;
}

int authenticode_digest_of(const struct authenticode_source *s,
			   struct authenticode_digest *ret)
{
	static const uint8_t zeros[PADDED_TO];
	struct digester *padded = NULL, *plain = NULL;
	struct authenticode_digest out = { 0 };
	struct digests digests;
	struct layout l = { 0 };
	size_t rest = (size_t)(s->nbytes % PADDED_TO);
	int err = find_layout(s, &l);

	if (err)
		return err;
	padded = digester_new();
	if (!l.has_certificate && rest != 0)
		plain = digester_new();
	if (padded == NULL || (!l.has_certificate && rest && plain == NULL)) {
		err = ERR_NOMEM;
		goto out;
	}
	err = add_all(s, &l, padded, plain);
	if (err)
		goto out;
	if (plain != NULL) {
		digester_add(padded, zeros, PADDED_TO - rest);
		digester_finish(plain, &digests);
		plain = NULL;
		memcpy(out.unpadded_sha1, digests.sha1, sizeof(digests.sha1));
		memcpy(out.unpadded_sha256, digests.sha256,
		       sizeof(digests.sha256));
	}
	digester_finish(padded, &digests);
	padded = NULL;
	memcpy(out.sha1, digests.sha1, sizeof(digests.sha1));
	memcpy(out.sha256, digests.sha256, sizeof(digests.sha256));
	out.has_certificate = l.has_certificate;
	*ret = out;
out:
	digester_free(padded);
	digester_free(plain);
	return err;
}

static int read_file(void *arg, uint64_t offset, void *buf, size_t nbytes,
		     size_t *nread_ret)
{
	return host_pread(arg, offset, buf, nbytes, nread_ret);
}

int authenticode_digest(struct host_file *f, struct authenticode_digest *ret)
{
	struct authenticode_source s = { read_file, f, 0 };
	struct host_stat st;
	int err = host_fstat(f, &st);

	if (err)
		return err;
	s.nbytes = st.size;
	return authenticode_digest_of(&s, ret);
}
