/*
 * What the tests of the vault share, see vault_fixture.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "vault_fixture.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

void vx_release(struct vx_bytes *b)
{
	mem_free(b->data);
	memset(b, 0, sizeof(*b));
}

int vx_write(void *arg, const void *data, size_t nbytes)
{
	struct vx_bytes *b = arg;
	uint8_t *grown = mem_realloc(b->data, b->nbytes + nbytes);

	if (grown == NULL)
		return ERR_NOMEM;
	memcpy(grown + b->nbytes, data, nbytes);
	b->data = grown;
	b->nbytes += nbytes;
	return 0;
}

int vx_read(void *arg, void *buf, size_t nbytes, size_t *nread_ret)
{
	struct vx_bytes *b = arg;

	if (nbytes > b->nbytes - b->at)
		nbytes = b->nbytes - b->at;
	if (b->step != 0 && nbytes > b->step)
		nbytes = b->step;
	if (nbytes > 0)
		memcpy(buf, b->data + b->at, nbytes);
	b->at += nbytes;
	*nread_ret = nbytes;
	return 0;
}

void vx_fill(uint8_t *data, size_t nbytes, unsigned seed)
{
	for (size_t i = 0; i < nbytes; i++)
		data[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16 ^ seed);
}

struct vault_info vx_info(enum vault_kind kind)
{
	struct vault_info info = {
		.kind = kind,
		/* a NUL, lone surrogates, Japanese */
		.original = (char *)"C:\\\xe5\xa4\xaa\xe9\x83\x8e\\a\xc0\x80"
				    "b\xed\xa0\x80\\mstmp\xed\xbf\xbf.",
		.target_id = (char *)"0123456789abcdef0123456789abcdef",
		.computer = (char *)"PC-\xe5\xa4\xaa",
		.fix_id = (char *)VX_FIX_ID,
		.seq = 7,
		.why = (char *)"its registration loads it",
		.saved_at = INT64_C(129326544000000000),
	};

	if (kind == VAULT_VALUE)
		info.value_name = (char *)"a\xc0\x80\xed\xb0\x80";
	if (kind == VAULT_FILE || kind == VAULT_HIVE)
		info.meta = vx_meta(0x7f);
	return info;
}

struct host_meta vx_meta(uint32_t known)
{
	/* No descriptor that a system would take; the format does not ask. */
	static uint8_t security[] = { 1, 0, 4, 0x80, 0, 0xff, 7, 9 };
	static uint8_t xattrs[] = "user.a\0\3\0\0\0xyzsecurity.b\0\0\0\0";
	struct host_meta m = {
		.known = known,
		.attrs = 0x80000127u,
		.created = INT64_C(129326544000000001),
		.written = INT64_C(129326544000000002),
		.accessed = -1,
		.changed = INT64_MAX,
		.short_name = (char *)"MSTMP~1",
		.security = security,
		.security_nbytes = sizeof(security),
		.mode = 0100644,
		.uid = 0xfffffffe,
		.gid = 65534,
		.object_id = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 11, 12, 13, 14, 15,
			       255 },
		.xattrs = xattrs,
		.xattrs_nbytes = sizeof(xattrs),
	};

	return m;
}

static void same_text(const char *got, const char *want)
{
	if (want == NULL)
		ck_assert_ptr_null(got);
	else
		ck_assert_str_eq(got, want);
}

static void same_bytes(const uint8_t *got, size_t got_nbytes,
		       const uint8_t *want, size_t want_nbytes)
{
	ck_assert_uint_eq(got_nbytes, want_nbytes);
	if (want_nbytes > 0)
		ck_assert_mem_eq(got, want, want_nbytes);
}

static void same_meta(const struct host_meta *got, const struct host_meta *want)
{
	ck_assert_uint_eq(got->known, want->known);
	if (want->known & META_ATTRS)
		ck_assert_uint_eq(got->attrs, want->attrs);
	if (want->known & META_TIMES) {
		ck_assert_int_eq(got->created, want->created);
		ck_assert_int_eq(got->written, want->written);
		ck_assert_int_eq(got->accessed, want->accessed);
		ck_assert_int_eq(got->changed, want->changed);
	}
	if (want->known & META_SHORT)
		same_text(got->short_name, want->short_name);
	if (want->known & META_SECURITY)
		same_bytes(got->security, got->security_nbytes, want->security,
			   want->security_nbytes);
	if (want->known & META_POSIX) {
		ck_assert_uint_eq(got->mode, want->mode);
		ck_assert_uint_eq(got->uid, want->uid);
		ck_assert_uint_eq(got->gid, want->gid);
	}
	if (want->known & META_OBJECT)
		ck_assert_mem_eq(got->object_id, want->object_id, 16);
	if (want->known & META_XATTRS)
		same_bytes(got->xattrs, got->xattrs_nbytes, want->xattrs,
			   want->xattrs_nbytes);
}

void vx_same_info(const struct vault_info *got, const struct vault_info *want)
{
	ck_assert_int_eq(got->kind, want->kind);
	same_text(got->original, want->original);
	same_text(got->value_name, want->value_name);
	same_text(got->target_id, want->target_id);
	same_text(got->computer, want->computer);
	same_text(got->fix_id, want->fix_id);
	ck_assert_uint_eq(got->seq, want->seq);
	same_text(got->why, want->why);
	ck_assert_int_eq(got->saved_at, want->saved_at);
	ck_assert_uint_eq(got->nbytes, want->nbytes);
	ck_assert_str_eq(got->sha256, want->sha256);
	ck_assert_uint_eq(got->stream_count, want->stream_count);
	same_meta(&got->meta, &want->meta);
	same_bytes(got->folders, got->folders_nbytes, want->folders,
		   want->folders_nbytes);
	ck_assert_uint_eq(got->volume, want->volume);
}

void vx_make(const struct vault_info *info, const struct vx_part *parts,
	     size_t part_count, struct vx_bytes *ret)
{
	struct item_part *own = mem_array(part_count, sizeof(*own));
	struct item_head head = { *info, own, part_count };
	struct item_writer *w = NULL;

	ck_assert_ptr_nonnull(own);
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < part_count; i++) {
		own[i].name = (char *)parts[i].name;
		own[i].nbytes = parts[i].nbytes;
	}
	digest_sha256_hex(parts[0].data, parts[0].nbytes, head.info.sha256);
	ck_assert_msg(item_writer_new(&head, vx_write, ret, &w) == 0, "%s",
		      err_last()->text);
	for (size_t i = 0; i < part_count; i++) {
		/* Portions that are no chunks. */
		for (size_t at = 0; at < parts[i].nbytes;) {
			size_t n = parts[i].nbytes - at;

			if (n > 50021)
				n = 50021;
			ck_assert_int_eq(
				item_writer_add(w, parts[i].data + at, n), 0);
			at += n;
		}
	}
	ck_assert_msg(item_writer_finish(w) == 0, "%s", err_last()->text);
	item_writer_free(w);
	mem_free(own);
}

int vx_read_all(struct vx_bytes *item)
{
	struct item_reader *r = NULL;
	const uint8_t *data;
	size_t part, nbytes;
	int err;

	item->at = 0;
	err = item_reader_new("item", vx_read, item, &r);
	while (err == 0) {
		nbytes = 0;
		err = item_reader_next(r, &part, &data, &nbytes);
		if (nbytes == 0)
			break;
	}
	item_reader_free(r);
	return err;
}
