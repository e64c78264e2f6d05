/*
 * Authenticode digest of PE32 and PE32+ files, read in pieces.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/authenticode.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pe.h"
#include "words/trust.h"

#include <string.h>

#define PIECE_NBYTES ((size_t)64 << 10)

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

static void leave_out(struct layout *l, uint64_t start, uint64_t nbytes)
{
	l->skip[l->skip_count].start = start;
	l->skip[l->skip_count].nbytes = nbytes;
	l->skip_count++;
}

static int find_layout(const struct source *s, struct layout *ret)
{
	const struct pe_directory *d;
	struct layout l = { 0 };
	struct pe pe;
	int err = pe_read(s, &pe);

	if (err)
		return err;
	leave_out(&l, pe.checksum_at, PE_CHECKSUM_NBYTES);
	if (pe.directory_count > PE_DIRECTORY_SECURITY) {
		d = &pe.directories[PE_DIRECTORY_SECURITY];
		leave_out(&l, d->at, PE_DIRECTORY_NBYTES);
		if (d->nbytes > 0 && d->start >= d->at + PE_DIRECTORY_NBYTES &&
		    d->start < s->nbytes && d->nbytes <= s->nbytes - d->start) {
			leave_out(&l, d->start, d->nbytes);
			l.has_certificate = true;
		}
	}
	*ret = l;
	return 0;
}

/* One range into both digesters; `also` may be NULL. */
static int add_range(const struct source *s, uint8_t *buf, uint64_t start,
		     uint64_t end, struct digester *d, struct digester *also)
{
	while (start < end) {
		size_t want = end - start < PIECE_NBYTES ? (size_t)(end - start)
							 : PIECE_NBYTES;
		size_t nread = 0;
		int err = source_read(s, start, buf, want, &nread);

		if (err)
			return err;
		if (nread == 0)
			return err_fail(ERR_CHANGED, 0, W_TRUST_GOT_SHORTER);
		digester_add(d, buf, nread);
		if (also != NULL)
			digester_add(also, buf, nread);
		start += nread;
	}
	return 0;
}

static int add_all(const struct source *s, const struct layout *l,
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

int authenticode_digest_of(const struct source *s,
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

int authenticode_digest(struct host_file *f, struct authenticode_digest *ret)
{
	struct source s;
	struct host_stat st;
	int err = host_fstat(f, &st);

	if (err)
		return err;
	s = host_source(f, st.size);
	return authenticode_digest_of(&s, ret);
}
