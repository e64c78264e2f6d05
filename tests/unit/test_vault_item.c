/*
 * The form of vault items: what is written comes back, what was touched does
 * not, and what authenticates but lies is refused.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "vault_fixture.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "tests/tools/vault_seal.h"

static uint8_t big[300000];

/* ---- what is written comes back ----------------------------------------- */

static void check_round(const struct vault_info *info,
			const struct vx_part *parts, size_t part_count,
			size_t step)
{
	struct vault_info want = *info;
	struct item_reader *r = NULL;
	const uint8_t *data;
	struct vx_bytes item;
	size_t part, nbytes, now = 0, at = 0;

	want.nbytes = parts[0].nbytes;
	want.stream_count = (uint32_t)part_count - 1;
	digest_sha256_hex(parts[0].data, parts[0].nbytes, want.sha256);
	vx_make(info, parts, part_count, &item);
	item.step = step;
	ck_assert_msg(item_reader_new("x", vx_read, &item, &r) == 0, "%s",
		      err_last()->text);
	vx_same_info(&item_reader_head(r)->info, &want);
	ck_assert_uint_eq(item_reader_head(r)->part_count, part_count);
	ck_assert_uint_eq(item_reader_nbytes(r), item.nbytes);
	for (;;) {
		ck_assert_msg(item_reader_next(r, &part, &data, &nbytes) == 0,
			      "%s", err_last()->text);
		if (nbytes == 0)
			break;
		while (now != part) {
			ck_assert_uint_eq(at, parts[now].nbytes);
			now++;
			at = 0;
		}
		ck_assert_uint_le(nbytes, parts[now].nbytes - at);
		ck_assert_mem_eq(data, parts[now].data + at, nbytes);
		at += nbytes;
	}
	for (; now + 1 < part_count; now++) {
		ck_assert_uint_eq(at, parts[now].nbytes);
		at = 0;
	}
	ck_assert_uint_eq(at, parts[now].nbytes);
	for (size_t i = 0; i < part_count; i++) {
		const struct item_part *p = &item_reader_head(r)->parts[i];
		char hex[65], got[65];

		ck_assert_str_eq(p->name, parts[i].name);
		digest_sha256_hex(parts[i].data, parts[i].nbytes, hex);
		sodium_bin2hex(got, sizeof(got), p->sha256, 32);
		ck_assert_str_eq(got, hex);
	}
	/* The end stays the end. */
	nbytes = 1;
	ck_assert_int_eq(item_reader_next(r, &part, &data, &nbytes), 0);
	ck_assert_uint_eq(nbytes, 0);
	item_reader_free(r);
	vx_release(&item);
}

START_TEST(round_kinds)
{
	struct vault_info info = vx_info((enum vault_kind)_i);
	struct vx_part parts[] = {
		{ "", (const uint8_t *)"content", 7 },
		{ "\xe6\xb5\x81\xc0\x80\xed\xa0\x80", big, 70000 },
		{ ".LOG1", big, 0 },
		{ "x", (const uint8_t *)"y", 1 },
	};

	vx_fill(big, sizeof(big), 1);
	check_round(&info, parts, 4, 0);
	check_round(&info, parts, 1, 1);
}

END_TEST

START_TEST(round_sizes)
{
	static const size_t sizes[] = { 0,     1,      65535,  65536,
					65537, 131071, 131072, 300000 };
	struct vault_info info = vx_info(VAULT_FILE);

	vx_fill(big, sizeof(big), 2);
	for (size_t i = 0; i < 8; i++) {
		for (size_t k = 0; k < 8; k++) {
			struct vx_part parts[] = { { "", big, sizes[i] },
						   { "s", big, sizes[k] } };

			check_round(&info, parts, 2, 40000);
		}
	}
}

END_TEST

/* Each field of the metadata alone, and none. */
START_TEST(round_meta)
{
	struct vault_info info = vx_info(VAULT_FILE);
	struct vx_part part = { "", (const uint8_t *)"abc", 3 };

	for (int bit = -1; bit < 7; bit++) {
		info.meta = vx_meta(bit < 0 ? 0 : 1u << bit);
		check_round(&info, &part, 1, 0);
	}
	info.meta = vx_meta(0x7f);
	info.meta.short_name = NULL;
	info.meta.security = NULL;
	info.meta.security_nbytes = 0;
	info.meta.xattrs = NULL;
	info.meta.xattrs_nbytes = 0;
	check_round(&info, &part, 1, 0);
}

END_TEST

/* The folders above a file come back as they were put in, in their order. */
START_TEST(round_folders)
{
	struct vault_info info = vx_info(VAULT_FILE);
	struct vx_part part = { "", (const uint8_t *)"abc", 3 };
	const struct host_meta metas[] = {
		vx_meta(0),	      vx_meta(META_ATTRS | META_SECURITY),
		vx_meta(META_POSIX),  vx_meta(META_SECURITY),
		vx_meta(META_XATTRS),
	};
	const size_t count = sizeof(metas) / sizeof(metas[0]);
	struct host_meta got;

	info.volume = 0x89abcdef;
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(vault_folder_add(&info, &metas[i]), 0);
	check_round(&info, &part, 1, 0);
	for (size_t i = 0; i < count; i++) {
		ck_assert(vault_folder_at(&info, i, &got));
		ck_assert_uint_eq(got.known,
				  metas[i].known & (META_ATTRS | META_POSIX |
						    META_SECURITY));
		if (got.known & META_ATTRS)
			ck_assert_uint_eq(got.attrs, metas[i].attrs);
		if (got.known & META_POSIX) {
			ck_assert_uint_eq(got.mode, metas[i].mode);
			ck_assert_uint_eq(got.uid, metas[i].uid);
			ck_assert_uint_eq(got.gid, metas[i].gid);
		}
		if (got.known & META_SECURITY)
			ck_assert_mem_eq(got.security, metas[i].security,
					 metas[i].security_nbytes);
	}
	ck_assert(!vault_folder_at(&info, count, &got));
	mem_free(info.folders);
}

END_TEST

/* More than an item holds: then none are told, rather than some of them. */
START_TEST(too_many_folders)
{
	struct vault_info info = vx_info(VAULT_FILE);
	struct host_meta meta = vx_meta(META_SECURITY);
	int err = 0;

	meta.security = mem_zalloc(ITEM_FOLDERS_MAX);
	ck_assert_ptr_nonnull(meta.security);
	meta.security_nbytes = 65536;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(vault_folder_add(&info, &meta), 0);
	err = vault_folder_add(&info, &meta);
	ck_assert_int_eq(err, ERR_TOO_LARGE);
	ck_assert_ptr_null(info.folders);
	ck_assert_uint_eq(info.folders_nbytes, 0);
	mem_free(meta.security);
}

END_TEST

/* A description of several pieces: 1 MiB of attributes, and whole pieces. */
START_TEST(round_long_head)
{
	const size_t nbytes = 1u << 20;
	struct vault_info info = vx_info(VAULT_HIVE);
	struct vx_part part = { "", (const uint8_t *)"abc", 3 };
	uint8_t *list = mem_zalloc(nbytes);
	size_t less;

	ck_assert_ptr_nonnull(list);
	memcpy(list, "user.b", 7);
	info.meta.xattrs = list;
	/* Sooner or later the description ends with a whole piece. */
	for (less = 0; less < 4; less++) {
		info.meta.xattrs_nbytes = nbytes - less;
		bytes_put_le32(list + 7, (uint32_t)(nbytes - less - 11));
		check_round(&info, &part, 1, 0);
	}
	mem_free(list);
}

END_TEST

/* Lengths of descriptions around a whole piece. */
START_TEST(round_head_edge)
{
	struct vault_info info = vx_info(VAULT_KEY);
	struct vx_part part = { "", (const uint8_t *)"abc", 3 };
	struct item_part own = { (char *)"", 3, { 0 } };
	struct item_head head = { info, &own, 1 };
	struct str text = STR_INIT;
	size_t short_by;
	char *why;

	memset(head.info.sha256, 'a', 64);
	head.info.why = (char *)"";
	ck_assert_int_eq(item_head_encode(&head, &text), 0);
	short_by = ITEM_CHUNK_NBYTES - text.len;
	str_release(&text);
	why = mem_zalloc(short_by + 2);
	ck_assert_ptr_nonnull(why);
	memset(why, 'w', short_by - 2);
	info.why = why;
	for (int i = -1; i <= 2; i++) {
		why[short_by - 1 + (size_t)i - 1] = 'w';
		check_round(&info, &part, 1, 0);
	}
	mem_free(why);
}

END_TEST

/* Nothing of the content or of the names is to be seen in an item. */
START_TEST(is_inert)
{
	static const char text[] = "This program cannot be run in DOS mode";
	struct vault_info info = vx_info(VAULT_FILE);
	struct vx_part part = { "", (const uint8_t *)text, sizeof(text) };
	struct vx_bytes one, two;

	vx_make(&info, &part, 1, &one);
	vx_make(&info, &part, 1, &two);
	for (size_t i = 0; i + 8 <= one.nbytes; i++) {
		for (size_t k = 0; k + 8 <= sizeof(text); k++)
			ck_assert(memcmp(one.data + i, text + k, 8) != 0);
		ck_assert(memcmp(one.data + i, "mstmp\xed\xbf\xbf", 8) != 0);
	}
	/* A key of its own each time. */
	ck_assert_uint_eq(one.nbytes, two.nbytes);
	ck_assert(memcmp(one.data + 16, two.data + 16, 32) != 0);
	ck_assert(memcmp(one.data + 84, two.data + 84, one.nbytes - 84) != 0);
	vx_release(&one);
	vx_release(&two);
}

END_TEST

/* ---- what was touched does not come back -------------------------------- */

/* A small item with a stream; the caller releases it. */
static void make_small(struct vx_bytes *item)
{
	struct vault_info info = vx_info(VAULT_FILE);
	struct vx_part parts[] = { { "", (const uint8_t *)"content", 7 },
				   { "s", (const uint8_t *)"stream", 6 } };

	vx_make(&info, parts, 2, item);
	ck_assert_int_eq(vx_read_all(item), 0);
}

/* ERR_CORRUPT, and a sentence that says where. */
static void check_damaged(struct vx_bytes *item, const char *what, size_t at)
{
	static const char *const places[] = {
		"in its header", "in its description", "of the content",
		"of the part",	 "closing record",     "after its end",
		"no vault item",
	};
	int err = vx_read_all(item);
	size_t i;

	ck_assert_msg(err == ERR_CORRUPT, "%s %d: %d %s", what, (int)at, err,
		      err_last()->text);
	for (i = 0; i < 7; i++) {
		if (strstr(err_last()->text, places[i]) != NULL)
			break;
	}
	ck_assert_msg(i < 7, "%s %d: %s", what, (int)at, err_last()->text);
}

START_TEST(bits_flipped)
{
	struct vx_bytes item;

	make_small(&item);
	for (size_t i = 0; i < item.nbytes; i++) {
		for (int bit = 0; bit < 8; bit++) {
			item.data[i] ^= (uint8_t)(1 << bit);
			check_damaged(&item, "flipped", i);
			item.data[i] ^= (uint8_t)(1 << bit);
		}
	}
	ck_assert_int_eq(vx_read_all(&item), 0);
	vx_release(&item);
}

END_TEST

START_TEST(cut_off)
{
	struct vx_bytes item;
	size_t whole;

	make_small(&item);
	whole = item.nbytes;
	for (item.nbytes = 0; item.nbytes < whole; item.nbytes++)
		check_damaged(&item, "cut", item.nbytes);
	ck_assert_int_eq(vx_read_all(&item), 0);
	vx_release(&item);
}

END_TEST

START_TEST(appended)
{
	struct vx_bytes item, twice;

	make_small(&item);
	memset(&twice, 0, sizeof(twice));
	ck_assert_int_eq(vx_write(&twice, item.data, item.nbytes), 0);
	ck_assert_int_eq(vx_write(&twice, "", 1), 0);
	check_damaged(&twice, "one byte", 0);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "after its end"));
	twice.nbytes--;
	ck_assert_int_eq(vx_write(&twice, item.data, item.nbytes), 0);
	check_damaged(&twice, "itself", 0);
	vx_release(&item);
	vx_release(&twice);
}

END_TEST

/* Where the messages of an item begin; returns how many. */
static size_t find_messages(const struct vx_bytes *item, size_t *at_ret,
			    size_t max)
{
	size_t n = 0, at = ITEM_HEADER_NBYTES;

	while (at < item->nbytes) {
		ck_assert_uint_lt(n, max - 1);
		at_ret[n++] = at;
		at += 4 + bytes_le32(item->data + at);
	}
	ck_assert_uint_eq(at, item->nbytes);
	at_ret[n] = at;
	return n;
}

/* Three chunks and a rest, so that whole messages have one length. */
static void make_chunks(struct vx_bytes *item, unsigned seed)
{
	struct vault_info info = vx_info(VAULT_FILE);
	struct vx_part part = { "", big, 3 * ITEM_CHUNK_NBYTES + 5 };

	vx_fill(big, sizeof(big), seed);
	vx_make(&info, &part, 1, item);
}

START_TEST(chunks_swapped)
{
	struct vx_bytes one, two, mixed;
	size_t at[16], n;

	make_chunks(&one, 1);
	make_chunks(&two, 1);
	ck_assert_uint_eq(one.nbytes, two.nbytes);
	n = find_messages(&one, at, 16);
	ck_assert_uint_eq(n, 6);
	/* Each message of the one in the place of the same of the other. */
	for (size_t i = 0; i < n; i++) {
		memset(&mixed, 0, sizeof(mixed));
		ck_assert_int_eq(vx_write(&mixed, one.data, one.nbytes), 0);
		memcpy(mixed.data + at[i], two.data + at[i], at[i + 1] - at[i]);
		check_damaged(&mixed, "of another item", i);
		vx_release(&mixed);
	}
	/* Two chunks of one item. */
	memset(&mixed, 0, sizeof(mixed));
	vx_write(&mixed, one.data, at[1]);
	vx_write(&mixed, one.data + at[2], at[3] - at[2]);
	vx_write(&mixed, one.data + at[1], at[2] - at[1]);
	vx_write(&mixed, one.data + at[3], one.nbytes - at[3]);
	ck_assert_uint_eq(mixed.nbytes, one.nbytes);
	check_damaged(&mixed, "reordered", 0);
	ck_assert_ptr_nonnull(
		strstr(err_last()->text, "at byte 0 of the content"));
	vx_release(&mixed);
	/* One left out, one twice. */
	for (size_t i = 0; i < n; i++) {
		memset(&mixed, 0, sizeof(mixed));
		vx_write(&mixed, one.data, at[i]);
		vx_write(&mixed, one.data + at[i + 1], one.nbytes - at[i + 1]);
		check_damaged(&mixed, "left out", i);
		vx_release(&mixed);
		memset(&mixed, 0, sizeof(mixed));
		vx_write(&mixed, one.data, at[i + 1]);
		vx_write(&mixed, one.data + at[i], one.nbytes - at[i]);
		check_damaged(&mixed, "twice", i);
		vx_release(&mixed);
	}
	vx_release(&one);
	vx_release(&two);
}

END_TEST

/* The header of the one before the messages of the other. */
START_TEST(header_swapped)
{
	struct vx_bytes one, two;

	make_small(&one);
	make_small(&two);
	memcpy(one.data, two.data, ITEM_HEADER_NBYTES);
	check_damaged(&one, "header", 0);
	vx_release(&one);
	vx_release(&two);
}

END_TEST

START_TEST(other_versions)
{
	struct vx_bytes item;

	make_small(&item);
	item.data[8] = 2;
	ck_assert_int_eq(vx_read_all(&item), ERR_CORRUPT);
	seal_check(item.data);
	ck_assert_int_eq(vx_read_all(&item), ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "another version"));
	item.data[8] = 1;
	item.data[12] = 81;
	seal_check(item.data);
	ck_assert_int_eq(vx_read_all(&item), ERR_CORRUPT);
	item.data[12] = 80;
	seal_check(item.data);
	ck_assert_int_eq(vx_read_all(&item), 0);
	/* The checksum is no way around the authentication. */
	item.data[40] ^= 1;
	seal_check(item.data);
	ck_assert_int_eq(vx_read_all(&item), ERR_CORRUPT);
	item.data[0] = 'm';
	seal_check(item.data);
	ck_assert_int_eq(vx_read_all(&item), ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "no vault item"));
	vx_release(&item);
}

END_TEST

/* A failure of the medium is none of the item. */
static int read_fails(void *arg, void *buf, size_t nbytes, size_t *nread_ret)
{
	int *left = arg;

	if (*left == 0)
		return err_fail(ERR_IO, 5, "the stick was pulled out");
	--*left;
	memset(buf, 0, nbytes);
	memcpy(buf, ITEM_MAGIC, 1);
	*nread_ret = 1;
	return 0;
}

START_TEST(medium_fails)
{
	struct item_reader *r = NULL;

	for (int n = 0; n < 3; n++) {
		int left = n;

		ck_assert_int_eq(item_reader_new("x", read_fails, &left, &r),
				 ERR_IO);
		ck_assert_ptr_null(r);
		ck_assert_str_eq(err_last()->text, "the stick was pulled out");
	}
}

END_TEST

/* ---- what authenticates and lies ---------------------------------------- */

struct forged {
	unsigned char bytes[300000];
	struct seal seal;
};

static struct forged forged;

/* One field more, another value, or none, in a description that is right. */
struct twist {
	unsigned number; /* of the field that is replaced or added, 0: none */
	unsigned flags;
	const char *value; /* NULL: left out */
	size_t nbytes;
	bool added; /* at the end; the right one stays */
	int want;
	const char *why; /* in the sentence */
};

/* The content is "abc" and the stream "s" is "de". */
static size_t write_head(unsigned char *buf, const struct twist *t)
{
	unsigned char hash[32];

	const struct {
		unsigned number;
		const void *value;
		size_t nbytes;
	} right[] = {
		{ 1, "\0\0\0\0", 4 },
		{ 2, "C:\\a", 4 },
		{ 4, "target", 6 },
		{ 5, "PC", 2 },
		{ 6, VX_FIX_ID, 32 },
		{ 7, "\3\1\0\0", 4 },
		{ 8, "why", 3 },
		{ 9, "\0\x80\x3e\xd5\xde\xb1\x9d\1", 8 },
		{ 10, hash, 32 },
		{ 11, "\3\0\0\0\0\0\0\0", 8 },
		{ 11, "\2\0\0\0\0\0\0\0s", 9 },
		{ 32, "\1\2\3\4", 4 },
	};

	unsigned char *p = buf + 1;
	bool done = false;

	crypto_hash_sha256(hash, (const unsigned char *)"abc", 3);
	buf[0] = 'H';
	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++) {
		if (t->number != right[i].number || t->added || done) {
			p = seal_field(p, right[i].number, 0, right[i].value,
				       right[i].nbytes);
			continue;
		}
		done = true;
		if (t->value != NULL)
			p = seal_field(p, t->number, t->flags, t->value,
				       t->nbytes);
	}
	if (t->added)
		p = seal_field(p, t->number, t->flags, t->value, t->nbytes);
	return (size_t)(p - buf);
}

static size_t write_end(unsigned char *buf)
{
	buf[0] = 'E';
	seal_le(buf + 1, 2, 4);
	seal_le(buf + 5, 3, 8);
	crypto_hash_sha256(buf + 13, (const unsigned char *)"abc", 3);
	seal_le(buf + 45, 2, 8);
	crypto_hash_sha256(buf + 53, (const unsigned char *)"de", 2);
	return 85;
}

#define CONTENT "D\0\0\0\0\0\0\0\0\0\0\0\0abc"
#define STREAM	"D\1\0\0\0\0\0\0\0\0\0\0\0de"

static int read_forged(void)
{
	struct vx_bytes item = { forged.bytes, forged.seal.nbytes, 0, 0 };

	return vx_read_all(&item);
}

static int read_twisted(const struct twist *t)
{
	static unsigned char buf[ITEM_PLAIN_NBYTES];
	struct seal *s = &forged.seal;

	seal_begin(s, forged.bytes, sizeof(forged.bytes), 1);
	seal_add(s, buf, write_head(buf, t), SEAL_PUSH);
	seal_add(s, CONTENT, 16, SEAL_PUSH);
	seal_add(s, STREAM, 15, SEAL_PUSH);
	seal_add(s, buf, write_end(buf), SEAL_FINAL);
	return read_forged();
}

/* Its content is to have 256 MiB, and it has three bytes. */
START_TEST(claims_take_no_memory)
{
	static const struct twist huge = { .number = 11,
					   .value = "\0\0\0\x10\0\0\0\0",
					   .nbytes = 8 };
	char *folder = host_getenv("TMPDIR"), *path;
	uint8_t *data = NULL;
	size_t nbytes = 0;

	if (folder == NULL)
		folder = host_getenv("TEMP");
	path = host_join(folder != NULL ? folder : ".", "claims.mqv");
	ck_assert_int_eq(read_twisted(&huge), ERR_CORRUPT);
	ck_assert_int_eq(
		host_write_file(path, forged.bytes, forged.seal.nbytes), 0);
	mem_largest();
	ck_assert_int_eq(vault_read_bytes(path, 512 << 20, &data, &nbytes),
			 ERR_CORRUPT);
	ck_assert_uint_lt(mem_largest(), 16 << 20);
	ck_assert_ptr_null(data);
	ck_assert_int_eq(host_unlink(path), 0);
	mem_free(path);
	mem_free(folder);
}

END_TEST

/* An item made by hand from the documentation says what it was to say. */
START_TEST(made_by_hand)
{
	static const struct twist none = { 0 };
	struct vx_bytes item = { forged.bytes, 0, 0, 0 };
	const struct vault_info *info;
	struct item_reader *r = NULL;

	ck_assert_msg(read_twisted(&none) == 0, "%s", err_last()->text);
	item.nbytes = forged.seal.nbytes;
	ck_assert_int_eq(item_reader_new("x", vx_read, &item, &r), 0);
	info = &item_reader_head(r)->info;
	ck_assert_int_eq(info->kind, VAULT_FILE);
	ck_assert_str_eq(info->original, "C:\\a");
	ck_assert_ptr_null(info->value_name);
	ck_assert_str_eq(info->target_id, "target");
	ck_assert_str_eq(info->computer, "PC");
	ck_assert_str_eq(info->fix_id, VX_FIX_ID);
	ck_assert_uint_eq(info->seq, 0x103);
	ck_assert_str_eq(info->why, "why");
	ck_assert_int_eq(info->saved_at, INT64_C(0x19db1ded53e8000));
	ck_assert_uint_eq(info->nbytes, 3);
	ck_assert_str_eq(info->sha256, "ba7816bf8f01cfea414140de5dae2223"
				       "b00361a396177a9cb410ff61f20015ad");
	ck_assert_uint_eq(info->stream_count, 1);
	ck_assert_uint_eq(info->meta.known, META_ATTRS);
	ck_assert_uint_eq(info->meta.attrs, 0x04030201);
	item_reader_free(r);
}

END_TEST

#define X64  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X512 X64 X64 X64 X64 X64 X64 X64 X64
#define LEN8 "\0\0\0\0\0\0\0\0"

/* What is known, 16 bytes of it, how long the descriptor is. */
#define FOLDER(has, length) has "\0\0\0" LEN8 LEN8 length "\0\0\0"

static const struct twist twists[] = {
	{ 1, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 2, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 4, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 5, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 6, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 7, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 8, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 9, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	{ 10, 0, NULL, 0, false, ERR_CORRUPT, "missing" },
	/* then the stream stands first */
	{ 11, 0, NULL, 0, false, ERR_CORRUPT, "no content" },
	{ 32, 0, NULL, 0, false, 0, NULL },
	{ 1, 0, "\4\0\0\0", 4, false, ERR_CORRUPT, "kind" },
	{ 1, 0, "\0\0\0\1", 4, false, ERR_CORRUPT, "kind" },
	{ 1, 0, "\0\0\0", 3, false, ERR_CORRUPT, "wrong length" },
	{ 1, 0, "\2\0\0\0", 4, false, ERR_CORRUPT, "names a value" },
	{ 3, 0, "v", 1, true, ERR_CORRUPT, "names a value" },
	{ 2, 0, "", 0, false, ERR_CORRUPT, "no original" },
	{ 2, 0, "a\0b", 3, false, ERR_CORRUPT, "zero byte" },
	{ 4, 0, X512 X512, 1024, false, 0, NULL },
	{ 4, 0, X512 X512 "x", 1025, false, ERR_CORRUPT, "too long" },
	{ 6, 0, "../../../../../../../../../etc/a", 32, false, ERR_CORRUPT,
	  "hex digits" },
	{ 6, 0, "00112233445566778899AABBCCDDEEFF", 32, false, ERR_CORRUPT,
	  "hex digits" },
	{ 6, 0, VX_FIX_ID, 31, false, ERR_CORRUPT, "hex digits" },
	{ 6, 0, VX_FIX_ID "0", 33, false, ERR_CORRUPT, "too long" },
	{ 7, 0, "", 0, false, ERR_CORRUPT, "wrong length" },
	{ 9, 0, "1234567", 7, false, ERR_CORRUPT, "wrong length" },
	{ 10, 0, X64, 31, false, ERR_CORRUPT, "wrong length" },
	{ 10, 0, X64, 32, false, ERR_CORRUPT, "another SHA-256" },
	{ 2, 0, "C:\\b", 4, true, ERR_CORRUPT, "twice" },
	{ 32, 0, "\1\2\3\4", 4, true, ERR_CORRUPT, "twice" },
	/* parts */
	{ 11, 0, "\3\0\0\0\0\0\0", 7, false, ERR_CORRUPT, "proper length" },
	{ 11, 0, "\3\0\0\0\0\0\0\0a", 9, false, ERR_CORRUPT, "no content" },
	{ 11, 0, "\4\0\0\0\0\0\0\0", 8, false, ERR_CORRUPT, "length" },
	{ 11, 0, "\2\0\0\0\0\0\0\0", 8, false, ERR_CORRUPT, "length" },
	{ 11, 0, "\0\0\0\0\0\0\0\0", 8, false, ERR_CORRUPT, "at byte 0" },
	{ 11, 0, "\3\0\1\0\0\0\0\0", 8, false, ERR_CORRUPT, "length" },
	{ 11, 0, "\3\0\0\0\0\0\0\x80", 8, false, ERR_CORRUPT, "too long" },
	{ 11, 0, LEN8, 8, true, ERR_CORRUPT, "name of a part" },
	{ 11, 0, LEN8 "s", 9, true, ERR_CORRUPT, "one name" },
	{ 11, 0, LEN8 "a/b", 11, true, ERR_CORRUPT, "name of a part" },
	{ 11, 0, LEN8 "a\\b", 11, true, ERR_CORRUPT, "name of a part" },
	{ 11, 0, LEN8 "a:b", 11, true, ERR_CORRUPT, "name of a part" },
	{ 11, 0, LEN8 ".", 9, true, ERR_CORRUPT, "name of a part" },
	{ 11, 0, LEN8 "..", 10, true, ERR_CORRUPT, "name of a part" },
	{ 11, 0, LEN8 "a\0b", 11, true, ERR_CORRUPT, "zero byte" },
	{ 11, 0, LEN8 X512 X512 "x", 1033, true, ERR_CORRUPT, "proper length" },
	/* right in itself, but the closing record knows of two parts */
	{ 11, 0, LEN8 "t", 9, true, ERR_CORRUPT, "closing record" },
	/* metadata */
	{ 32, 0, "abc", 3, false, ERR_CORRUPT, "wrong length" },
	{ 33, 0, X64, 31, true, ERR_CORRUPT, "wrong length" },
	{ 33, 0, X64, 32, true, 0, NULL },
	{ 34, 0, X64, 64, true, 0, NULL },
	{ 34, 0, X64 "x", 65, true, ERR_CORRUPT, "short name" },
	{ 34, 0, "A\0B", 3, true, ERR_CORRUPT, "short name" },
	{ 35, 0, X64, 64, true, 0, NULL },
	{ 35, 0, "", 0, true, 0, NULL },
	{ 36, 0, X64, 11, true, ERR_CORRUPT, "wrong length" },
	{ 37, 0, X64, 17, true, ERR_CORRUPT, "wrong length" },
	{ 38, 0, "", 0, true, 0, NULL },
	{ 38, 0, "a\0\1\0\0\0x", 7, true, 0, NULL },
	{ 38, 0, "a\0\2\0\0\0x", 7, true, ERR_CORRUPT, "attributes" },
	{ 38, 0, "a\0\xff\xff\xff\xffx", 7, true, ERR_CORRUPT, "attributes" },
	{ 38, 0, "a\0\0\0\0", 5, true, ERR_CORRUPT, "attributes" },
	{ 38, 0, "abc", 3, true, ERR_CORRUPT, "attributes" },
	{ 38, 0, "\0\0\0\0\0", 5, true, ERR_CORRUPT, "attributes" },
	/* folders: nothing known of one, one with a descriptor, both */
	{ 39, 1, "", 0, true, 0, NULL },
	{ 39, 1, FOLDER("\0", "\0"), 24, true, 0, NULL },
	{ 39, 0, FOLDER("\7", "\2") "sd", 26, true, 0, NULL },
	{ 39, 1, FOLDER("\0", "\0") FOLDER("\4", "\2") "sd", 50, true, 0,
	  NULL },
	{ 39, 1, FOLDER("\0", "\0"), 23, true, ERR_CORRUPT, "folders" },
	{ 39, 1, FOLDER("\0", "\0") "x", 25, true, ERR_CORRUPT, "folders" },
	{ 39, 1, FOLDER("\4", "\2") "s", 25, true, ERR_CORRUPT, "folders" },
	{ 39, 1, FOLDER("\4", "\0"), 24, true, ERR_CORRUPT, "folders" },
	{ 39, 1, FOLDER("\0", "\1") "s", 25, true, ERR_CORRUPT, "folders" },
	{ 39, 1, FOLDER("\10", "\0"), 24, true, ERR_CORRUPT, "folders" },
	{ 39, 1, FOLDER("\4", "\377") "sd", 26, true, ERR_CORRUPT, "folders" },
	/* the volume */
	{ 40, 1, "\1\2\3\4", 4, true, 0, NULL },
	{ 40, 1, "\1\2\3", 3, true, ERR_CORRUPT, "wrong length" },
	/* unknown numbers */
	{ 12, 0, "x", 1, true, ERR_UNSUPPORTED, "the field 12" },
	{ 41, 0, "x", 1, true, ERR_UNSUPPORTED, "the field 41" },
	{ 0, 0, "x", 1, true, ERR_UNSUPPORTED, "the field 0" },
	{ 65535, 0, "x", 1, true, ERR_UNSUPPORTED, "the field 65535" },
	{ 65535, 1, "x", 1, true, 0, NULL },
	{ 12, 1, "", 0, true, 0, NULL },
	{ 41, 3, "x", 1, true, 0, NULL },
	/* a known one is looked at, optional or not */
	{ 36, 1, X64, 11, true, ERR_CORRUPT, "wrong length" },
};

START_TEST(descriptions)
{
	const struct twist *t = &twists[_i];
	int err = read_twisted(t);

	ck_assert_msg(err == t->want, "field %u: %d %s", t->number, err,
		      err_last()->text);
	if (err != 0)
		ck_assert_msg(strstr(err_last()->text, t->why) != NULL,
			      "field %u: %s", t->number, err_last()->text);
}

END_TEST

/* The description's bytes cut off anywhere, as one proper message. */
START_TEST(description_cut)
{
	static const struct twist none = { 0 };
	unsigned char buf[1024];
	size_t whole = write_head(buf, &none);
	struct item_head head;

	for (size_t n = 0; n < whole - 1; n++) {
		/* Whole without the attributes, and without the stream. */
		const bool is_whole =
			n == whole - 1 - 12 || n == whole - 1 - 12 - 17;
		int err = item_head_decode(buf + 1, n, &head);

		ck_assert_msg(err == (is_whole ? 0 : ERR_CORRUPT), "%d: %d",
			      (int)n, err);
		if (err == 0)
			item_head_release(&head);
	}
}

END_TEST

/* Messages that are not the one that is right; `m` counts from the head. */
enum bent {
	TAG_OF,	  /* its tag is `value` */
	BYTE_OF,  /* its byte `at` is `value` */
	SHORTER,  /* by a byte */
	LONGER,	  /* by a byte */
	EMPTY,	  /* no byte at all */
	LEFT_OUT, /* not there */
	TWICE
};

static const struct {
	int message;
	enum bent what;
	int at;
	int value;
} bends[] = {
	{ 0, TAG_OF, 0, 0 },	{ 0, TAG_OF, 0, 2 },   { 0, TAG_OF, 0, 3 },
	{ 0, BYTE_OF, 0, 'D' }, { 0, SHORTER, 0, 0 },  { 0, LONGER, 0, 0 },
	{ 0, EMPTY, 0, 0 },	{ 0, LEFT_OUT, 0, 0 }, { 0, TWICE, 0, 0 },
	{ 1, TAG_OF, 0, 0 },	{ 1, TAG_OF, 0, 2 },   { 1, TAG_OF, 0, 3 },
	{ 1, BYTE_OF, 0, 'E' }, { 1, BYTE_OF, 1, 1 },  { 1, BYTE_OF, 5, 1 },
	{ 1, BYTE_OF, 12, 1 },	{ 1, BYTE_OF, 13, 1 }, { 1, SHORTER, 0, 0 },
	{ 1, LONGER, 0, 0 },	{ 1, EMPTY, 0, 0 },    { 1, LEFT_OUT, 0, 0 },
	{ 1, TWICE, 0, 0 },	{ 2, TAG_OF, 0, 0 },   { 2, TAG_OF, 0, 3 },
	{ 2, BYTE_OF, 1, 0 },	{ 2, BYTE_OF, 1, 2 },  { 2, BYTE_OF, 14, 1 },
	{ 2, SHORTER, 0, 0 },	{ 2, LONGER, 0, 0 },   { 2, LEFT_OUT, 0, 0 },
	{ 3, TAG_OF, 0, 0 },	{ 3, TAG_OF, 0, 1 },   { 3, BYTE_OF, 0, 'D' },
	{ 3, BYTE_OF, 1, 1 },	{ 3, BYTE_OF, 5, 2 },  { 3, BYTE_OF, 13, 1 },
	{ 3, BYTE_OF, 53, 1 },	{ 3, BYTE_OF, 84, 1 }, { 3, SHORTER, 0, 0 },
	{ 3, LONGER, 0, 0 },	{ 3, EMPTY, 0, 0 },    { 3, LEFT_OUT, 0, 0 },
	{ 3, TWICE, 0, 0 },
};

START_TEST(messages)
{
	static const struct twist none = { 0 };
	unsigned char buf[4][1024] = { { 0 } };
	size_t nbytes[4] = { 0, 16, 15, 0 };
	unsigned char tags[4] = { SEAL_PUSH, SEAL_PUSH, SEAL_PUSH, SEAL_FINAL };
	int m = bends[_i].message;
	int err;

	nbytes[0] = write_head(buf[0], &none);
	memcpy(buf[1], CONTENT, 16);
	memcpy(buf[2], STREAM, 15);
	nbytes[3] = write_end(buf[3]);
	switch (bends[_i].what) {
	case TAG_OF:
		tags[m] = (unsigned char)bends[_i].value;
		break;
	case BYTE_OF:
		ck_assert_int_ne(buf[m][bends[_i].at], bends[_i].value);
		buf[m][bends[_i].at] = (unsigned char)bends[_i].value;
		break;
	case SHORTER:
		nbytes[m]--;
		break;
	case LONGER:
		nbytes[m]++;
		break;
	case EMPTY:
		nbytes[m] = 0;
		break;
	default:
		break;
	}
	seal_begin(&forged.seal, forged.bytes, sizeof(forged.bytes), 1);
	for (int i = 0; i < 4; i++) {
		if (i == m && bends[_i].what == LEFT_OUT)
			continue;
		seal_add(&forged.seal, buf[i], nbytes[i], tags[i]);
		if (i == m && bends[_i].what == TWICE)
			seal_add(&forged.seal, buf[i], nbytes[i], tags[i]);
	}
	err = read_forged();
	ck_assert_msg(err == ERR_CORRUPT, "bend %d: %d %s", _i, err,
		      err_last()->text);
}

END_TEST

/* Pieces of a description without end; 4 MiB are the bound. */
START_TEST(head_without_end)
{
	static unsigned char plain[1 + ITEM_CHUNK_NBYTES];
	const size_t room = (size_t)6 << 20;
	struct vx_bytes item = { mem_alloc(room), 0, 0, 0 };
	struct seal s;

	ck_assert_ptr_nonnull(item.data);
	seal_begin(&s, item.data, room, 1);
	plain[0] = 'H';
	while (seal_add(&s, plain, sizeof(plain), SEAL_MESSAGE))
		;
	item.nbytes = s.nbytes;
	ck_assert_int_eq(vx_read_all(&item), ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "too long"));
	vx_release(&item);
}

END_TEST

/* ---- what the writer refuses -------------------------------------------- */

static int try_head(const struct vault_info *info, const char *name,
		    size_t part_count)
{
	struct item_part *parts = mem_array(part_count, sizeof(*parts));
	struct item_head head = { *info, parts, part_count };
	struct str out = STR_INIT;
	char *names = mem_array(part_count, 8);
	int err;

	for (size_t i = 0; i < part_count; i++) {
		snprintf(names + 8 * i, 8, "s%d", (int)i);
		parts[i].name = i == 0 ? (char *)"" : names + 8 * i;
	}
	if (name != NULL)
		parts[1].name = (char *)name;
	memset(head.info.sha256, '0', 64);
	err = item_head_encode(&head, &out);
	str_release(&out);
	mem_free(names);
	mem_free(parts);
	return err;
}

START_TEST(writer_refuses)
{
	struct vault_info info = vx_info(VAULT_FILE);
	static char longer[ITEM_PATH_MAX + 2];

	ck_assert_int_eq(try_head(&info, NULL, 1), 0);
	ck_assert_int_eq(try_head(&info, NULL, 1024), 0);
	ck_assert_int_eq(try_head(&info, NULL, 1025), ERR_TOO_LARGE);
	ck_assert_int_eq(try_head(&info, "a/b", 2), ERR_INVALID);
	ck_assert_int_eq(try_head(&info, "s2", 3), ERR_INVALID);
	info.fix_id = (char *)"../x";
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_INVALID);
	info.fix_id = NULL;
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_INVALID);
	info = vx_info(VAULT_FILE);
	info.original = NULL;
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_INVALID);
	memset(longer, 'x', sizeof(longer) - 1);
	info.original = longer;
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_TOO_LARGE);
	longer[ITEM_PATH_MAX] = '\0';
	ck_assert_int_eq(try_head(&info, NULL, 1), 0);
	info = vx_info(VAULT_FILE);
	info.value_name = (char *)"";
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_INVALID);
	info = vx_info(VAULT_VALUE);
	info.value_name = NULL;
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_INVALID);
	info = vx_info(VAULT_KIND_COUNT);
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_INVALID);
	info = vx_info(VAULT_FILE);
	info.meta.security_nbytes = ITEM_SECURITY_MAX + 1;
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_TOO_LARGE);
	info = vx_info(VAULT_FILE);
	info.meta.xattrs_nbytes--;
	ck_assert_int_eq(try_head(&info, NULL, 1), ERR_INVALID);
	/* Texts nobody knew are empty. */
	info = vx_info(VAULT_FILE);
	info.computer = info.target_id = info.why = NULL;
	ck_assert_int_eq(try_head(&info, NULL, 1), 0);
}

END_TEST

/* More bytes, fewer bytes, and others than were announced. */
START_TEST(writer_wrong_bytes)
{
	struct item_part part = { (char *)"", 3, { 0 } };
	struct item_head head = { vx_info(VAULT_FILE), &part, 1 };
	struct item_writer *w = NULL;
	struct vx_bytes out = { 0 };

	digest_sha256_hex("abc", 3, head.info.sha256);
	ck_assert_int_eq(item_writer_new(&head, vx_write, &out, &w), 0);
	ck_assert_int_eq(item_writer_add(w, "ab", 2), 0);
	ck_assert_int_eq(item_writer_finish(w), ERR_INVALID);
	ck_assert_int_eq(item_writer_add(w, "cd", 2), ERR_INVALID);
	item_writer_free(w);
	w = NULL;
	ck_assert_int_eq(item_writer_new(&head, vx_write, &out, &w), 0);
	ck_assert_int_eq(item_writer_add(w, "abd", 3), 0);
	ck_assert_int_eq(item_writer_finish(w), ERR_CHANGED);
	item_writer_free(w);
	vx_release(&out);
}

END_TEST

static int write_fails(void *arg, const void *data, size_t nbytes)
{
	int *left = arg;

	(void)data;
	(void)nbytes;
	return (*left)-- > 0 ? 0 : err_fail(ERR_NO_SPACE, 28, "full");
}

START_TEST(writer_medium_fails)
{
	struct item_part part = { (char *)"", 100000, { 0 } };
	struct item_head head = { vx_info(VAULT_FILE), &part, 1 };
	int n;

	vx_fill(big, sizeof(big), 3);
	digest_sha256_hex(big, 100000, head.info.sha256);
	for (n = 0; n < 10; n++) {
		struct item_writer *w = NULL;
		int left = n;
		int err = item_writer_new(&head, write_fails, &left, &w);

		if (err == 0)
			err = item_writer_add(w, big, 100000);
		if (err == 0)
			err = item_writer_finish(w);
		item_writer_free(w);
		if (err == 0)
			break;
		ck_assert_int_eq(err, ERR_NO_SPACE);
	}
	/* The description, two chunks, the closing record. */
	ck_assert_int_eq(n, 4);
}

END_TEST

/* ---- memory ------------------------------------------------------------- */

static int write_and_read(struct vx_bytes *out)
{
	struct item_part parts[] = { { (char *)"", 3, { 0 } },
				     { (char *)"s", 2, { 0 } } };
	struct item_head head = { vx_info(VAULT_VALUE), parts, 2 };
	struct item_writer *w = NULL;
	int err;

	head.info.meta = vx_meta(0x7f);
	digest_sha256_hex("abc", 3, head.info.sha256);
	err = item_writer_new(&head, vx_write, out, &w);
	if (err == 0)
		err = item_writer_add(w, "abcde", 5);
	if (err == 0)
		err = item_writer_finish(w);
	item_writer_free(w);
	return err != 0 ? err : vx_read_all(out);
}

START_TEST(memory_short)
{
	int n;

	for (n = 1; n < 1000; n++) {
		struct vx_bytes out = { 0 };
		int err;

		mem_fail_after(n);
		err = write_and_read(&out);
		mem_fail_after(0);
		vx_release(&out);
		if (err == 0)
			break;
		ck_assert_msg(err == ERR_NOMEM, "%d: %d %s", n, err,
			      err_last()->text);
	}
	ck_assert_int_gt(n, 15);
	ck_assert_int_lt(n, 1000);
}

END_TEST

/* ---- words -------------------------------------------------------------- */

static void check_text(const struct vault_info *info, const char *lang,
		       const char *want)
{
	struct str out = STR_INIT;

	ck_assert_int_eq(vault_info_text(info, lang, &out), 0);
	ck_assert_str_eq(str_text(&out), want);
	str_release(&out);
}

START_TEST(words)
{
	struct vault_info info = vx_info(VAULT_FILE);

	info.original = (char *)"C:\\\xe5\xa4\xaa\\m\x1b[2J\n\xed\xa0\x80";
	info.computer = (char *)"";
	info.nbytes = 1234567;
	info.stream_count = 2;
	strcpy(info.sha256, "ba78");
	check_text(&info, "en",
		   "Saved:      file\n"
		   "From:       C:\\太\\m\\u{1B}[2J\\u{A}\\u{D800}\n"
		   "Computer:   unknown\n"
		   "Windows ID: 0123456789abcdef0123456789abcdef\n"
		   "Saved at:   2010-10-27T12:00:00Z\n"
		   "Why:        its registration loads it\n"
		   "Size:       1,234,567 bytes, 2 alternate streams\n"
		   "SHA-256:    ba78\n"
		   "Fix:        " VX_FIX_ID ", step 7\n");
	check_text(&info, "ja",
		   "種類:           ファイル\n"
		   "元の場所:       C:\\太\\m\\u{1B}[2J\\u{A}\\u{D800}\n"
		   "コンピューター: 不明\n"
		   "Windows の ID:  0123456789abcdef0123456789abcdef\n"
		   "保存日時:       2010-10-27T12:00:00Z\n"
		   "理由:           its registration loads it\n"
		   "サイズ:         1,234,567 バイト、代替ストリーム 2 個\n"
		   "SHA-256:        ba78\n"
		   "駆除番号:       " VX_FIX_ID "、手順 7\n");
	info = vx_info(VAULT_VALUE);
	info.original = (char *)"HKLM\\SOFTWARE\\X";
	info.value_name = (char *)"";
	info.saved_at = 0;
	info.nbytes = 12;
	strcpy(info.sha256, "ba78");
	check_text(&info, "fr",
		   "Saved:      registry value\n"
		   "From:       HKLM\\SOFTWARE\\X\n"
		   "Value:      (default)\n"
		   "Computer:   PC-太\n"
		   "Windows ID: 0123456789abcdef0123456789abcdef\n"
		   "Saved at:   unknown\n"
		   "Why:        its registration loads it\n"
		   "Size:       12 bytes\n"
		   "SHA-256:    ba78\n"
		   "Fix:        " VX_FIX_ID ", step 7\n");
}

END_TEST

START_TEST(kind_names)
{
	ck_assert_str_eq(vault_kind_name(VAULT_FILE), "file");
	ck_assert_str_eq(vault_kind_name(VAULT_KEY), "key");
	ck_assert_str_eq(vault_kind_name(VAULT_VALUE), "value");
	ck_assert_str_eq(vault_kind_name(VAULT_HIVE), "hive");
	ck_assert_str_eq(vault_kind_name(VAULT_KIND_COUNT), "unknown");
}

END_TEST

static Suite *vault_item_suite(void)
{
	Suite *s = suite_create("vault_item");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, round_kinds, 0, VAULT_KIND_COUNT);
	tcase_add_test(tc, round_sizes);
	tcase_add_test(tc, round_meta);
	tcase_add_test(tc, round_folders);
	tcase_add_test(tc, too_many_folders);
	tcase_add_test(tc, round_long_head);
	tcase_add_test(tc, round_head_edge);
	tcase_add_test(tc, is_inert);
	tcase_add_test(tc, bits_flipped);
	tcase_add_test(tc, cut_off);
	tcase_add_test(tc, appended);
	tcase_add_test(tc, chunks_swapped);
	tcase_add_test(tc, header_swapped);
	tcase_add_test(tc, other_versions);
	tcase_add_test(tc, medium_fails);
	tcase_add_test(tc, made_by_hand);
	tcase_add_test(tc, claims_take_no_memory);
	tcase_add_loop_test(tc, descriptions, 0,
			    (int)(sizeof(twists) / sizeof(*twists)));
	tcase_add_test(tc, description_cut);
	tcase_add_loop_test(tc, messages, 0,
			    (int)(sizeof(bends) / sizeof(*bends)));
	tcase_add_test(tc, head_without_end);
	tcase_add_test(tc, writer_refuses);
	tcase_add_test(tc, writer_wrong_bytes);
	tcase_add_test(tc, writer_medium_fails);
	tcase_add_test(tc, memory_short);
	tcase_add_test(tc, words);
	tcase_add_test(tc, kind_names);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(vault_item_suite)
