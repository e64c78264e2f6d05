/*
 * Hives of each kind that real test data of others show; see hive_kinds.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hive_kinds.h"

#include "host/host.h"
#include "registry/registry.h"
#include "unit.h"

#include <stdio.h>

#define KEY_FREE   76u /* of a key's record before its name */
#define JUNK_LEAST 96u

static void write_want(struct hive_made *m)
{
	m->hive.data = hive_maker_write(m->want, &m->hive.nbytes);
}

/* ---- what a tree can hold ---------------------------------------------- */

static void make_empty(struct hive_made *m)
{
	m->want = hive_maker_new("ROOT");
	write_want(m);
}

/* One segment, a byte more, several. */
static void make_big_data(struct hive_made *m)
{
	static const size_t sizes[] = { 16344, 16345, 32688, 32689, 200000 };
	static uint8_t data[200000];
	struct hive_maker_key *k;
	char name[40];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 16344);
	m->want = hive_maker_new("ROOT");
	k = hive_maker_path(m->want, "key with big data");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(name, sizeof(name), "%u bytes", (unsigned)sizes[i]);
		hive_maker_value(k, name, REG_TYPE_BINARY, data, sizes[i]);
	}
	write_want(m);
}

static struct hive_maker_key *many_subkeys(void)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	struct hive_maker_key *many = hive_maker_path(root, "many");
	char name[20];

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		hive_maker_child(many, name);
	}
	return root;
}

static void make_many_subkeys(struct hive_made *m)
{
	m->want = many_subkeys();
	write_want(m);
}

/* Cyrillic, Japanese, a pair of surrogates and what comes after it, half. */
static void make_names(struct hive_made *m)
{
	static const char *const names[] = {
		"Ключ\\Привет", "表示", "𐐀",   "\xed\xa0\x81",
		"café",		"ss1",	"SS3", "Ａ",
	};
	struct hive_maker_key *k;

	m->want = hive_maker_new("ROOT");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		k = hive_maker_path(m->want, names[i]);
		hive_maker_text(k, names[i], REG_TYPE_SZ, names[i]);
	}
	write_want(m);
}

static void make_values_order(struct hive_made *m)
{
	m->want = hive_maker_new("ROOT");
	hive_maker_text(m->want, "zzz", REG_TYPE_SZ, "first");
	hive_maker_text(m->want, "", REG_TYPE_SZ, "default");
	hive_maker_text(m->want, "aaa", REG_TYPE_EXPAND_SZ, "third");
	hive_maker_value(m->want, "bbb", REG_TYPE_DWORD_BE, "\0\0\0\1", 4);
	hive_maker_value(m->want, "none", REG_TYPE_NONE, "", 0);
	write_want(m);
}

/* ---- what is left of deleted things ------------------------------------- */

static uint8_t *cell_at(const struct hive_made *m, uint32_t offset)
{
	return m->hive.data + HIVE_BASE_NBYTES + offset;
}

static void free_cell(const struct hive_made *m, uint32_t offset)
{
	uint8_t *size = cell_at(m, offset);

	bytes_put_le32(size, 0u - bytes_le32(size));
}

static void free_value(const struct hive_made *m, uint32_t offset)
{
	uint8_t *vk = cell_at(m, offset) + 4;

	if (!(bytes_le32(vk + 4) & 0x80000000u))
		free_cell(m, bytes_le32(vk + 8));
	free_cell(m, offset);
}

/* The key and all below; the records stay as they are, in free cells. */
static void free_key(const struct hive_made *m, uint32_t offset)
{
	uint8_t *nk = cell_at(m, offset) + 4, *list;
	uint8_t *sk = cell_at(m, bytes_le32(nk + 44)) + 4;

	bytes_put_le32(sk + 12, bytes_le32(sk + 12) - 1);
	list = cell_at(m, bytes_le32(nk + 40)) + 4;
	for (uint32_t i = 0; i < bytes_le32(nk + 36); i++)
		free_value(m, bytes_le32(list + 4 * i));
	if (bytes_le32(nk + 36))
		free_cell(m, bytes_le32(nk + 40));
	list = cell_at(m, bytes_le32(nk + 28)) + 4;
	for (uint32_t i = 0; i < bytes_le32(nk + 20); i++)
		free_key(m, bytes_le32(list + 4 + 8 * i));
	if (bytes_le32(nk + 20))
		free_cell(m, bytes_le32(nk + 28));
	free_cell(m, offset);
}

static struct hive_maker_key *kept(void)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");

	hive_maker_text(hive_maker_path(root, "Key\\Sub"), "Text", REG_TYPE_SZ,
			"it is still here");
	return root;
}

static uint8_t *root_key(const struct hive_made *m)
{
	return cell_at(m, bytes_le32(m->hive.data + 36)) + 4;
}

static void make_deleted_tree(struct hive_made *m)
{
	struct hive_maker_key *before = kept();
	uint8_t *root, *list;
	uint32_t last;

	hive_maker_text(hive_maker_path(before, "Zone\\Deep"), "Text",
			REG_TYPE_SZ, "this was deleted");
	hive_maker_path(before, "Zone\\Deep\\Deeper");
	m->hive.data = hive_maker_write(before, &m->hive.nbytes);
	hive_maker_free(before);
	root = root_key(m);
	last = bytes_le32(root + 20) - 1;
	list = cell_at(m, bytes_le32(root + 28)) + 4;
	free_key(m, bytes_le32(list + 4 + 8 * last));
	bytes_put_le16(list + 2, (uint16_t)last);
	bytes_put_le32(root + 20, last);
	m->want = kept();
}

static void make_deleted_value(struct hive_made *m)
{
	struct hive_maker_key *before = kept();
	uint8_t *root, *list;
	uint32_t last;

	hive_maker_text(before, "one", REG_TYPE_SZ, "it stays");
	hive_maker_text(before, "two", REG_TYPE_SZ, "this was deleted");
	m->hive.data = hive_maker_write(before, &m->hive.nbytes);
	hive_maker_free(before);
	root = root_key(m);
	last = bytes_le32(root + 36) - 1;
	list = cell_at(m, bytes_le32(root + 40)) + 4;
	free_value(m, bytes_le32(list + 4 * last));
	bytes_put_le32(root + 36, last);
	m->want = kept();
	hive_maker_text(m->want, "one", REG_TYPE_SZ, "it stays");
}

/* Each free cell looks like the root key. */
static void make_remnants(struct hive_made *m)
{
	uint32_t nbytes, size, at = 0;

	m->want = many_subkeys();
	write_want(m);
	nbytes = (uint32_t)m->hive.nbytes - HIVE_BASE_NBYTES;
	while (at < nbytes) {
		uint32_t end = at + bytes_le32(cell_at(m, at) + 8);

		for (at += 32; at < end; at += size) {
			bool is_used = bytes_le32(cell_at(m, at)) >> 31;

			size = bytes_le32(cell_at(m, at));
			size = is_used ? 0u - size : size;
			if (!is_used && size >= JUNK_LEAST)
				memcpy(cell_at(m, at) + 4, root_key(m),
				       KEY_FREE + 4);
		}
	}
}

/* The first bin once more, behind what the header counts. */
static void make_longer_file(struct hive_made *m)
{
	size_t bin = 4096, nbytes;
	uint8_t *longer;

	m->want = kept();
	write_want(m);
	nbytes = m->hive.nbytes;
	longer = hive_maker_need(mem_zalloc(nbytes + bin));
	memcpy(longer, m->hive.data, nbytes);
	memcpy(longer + nbytes, longer + HIVE_BASE_NBYTES, bin);
	mem_free(m->hive.data);
	m->hive.data = longer;
	m->hive.nbytes = nbytes + bin;
}

/* ---- logs --------------------------------------------------------------- */

/* Before, after the first log, after the second. */
struct states {
	struct hive_maker_key *trees[3];
	struct hive_blob bytes[3];
};

static struct states make_states(void)
{
	static const int counts[] = { 10, 300, 600 };
	struct states s;
	char name[60];

	for (int i = 0; i < 3; i++) {
		struct hive_maker_key *root = hive_maker_new("ROOT");

		snprintf(name, sizeof(name), "state %d", i);
		hive_maker_text(hive_maker_path(root, "Key"), "Text",
				REG_TYPE_SZ, name);
		for (int n = 0; n < counts[i]; n++) {
			snprintf(name, sizeof(name), "More\\key number %d", n);
			hive_maker_path(root, name);
		}
		s.trees[i] = root;
		s.bytes[i].data = hive_maker_write(root, &s.bytes[i].nbytes);
	}
	hive_blob_set_seq(&s.bytes[0], 7, 6);
	return s;
}

/* The made hive is the first state; the wanted one is read. */
static void take_states(struct hive_made *m, struct states *s, int wanted)
{
	m->hive = s->bytes[0];
	m->want = s->trees[wanted];
	for (int i = 0; i < 3; i++) {
		if (i != wanted)
			hive_maker_free(s->trees[i]);
		if (i != 0)
			hive_blob_release(&s->bytes[i]);
	}
}

static struct hive_blob old_log(const struct states *s)
{
	struct hive_blob log = hive_log_new(&s->bytes[1], HIVE_LOG_OLD, 7);

	hive_log_add_dirt(&log, &s->bytes[0], &s->bytes[1]);
	return log;
}

/* Windows XP: one log. */
static void make_old_log(struct hive_made *m)
{
	struct states s = make_states();

	m->logs[0] = old_log(&s);
	take_states(m, &s, 1);
}

/* Windows 7: the second log is empty. */
static void make_old_logs(struct hive_made *m)
{
	struct states s = make_states();

	m->logs[1] = old_log(&s);
	m->logs[2].data = hive_maker_need(mem_zalloc(1));
	take_states(m, &s, 1);
}

static void add_new_logs(struct hive_made *m, const struct states *s)
{
	const struct hive_blob *b = s->bytes;

	m->logs[1] = hive_log_new(&b[0], HIVE_LOG_NEW, 6);
	hive_log_add_entry(&m->logs[1], &b[0], &b[1], 6);
	m->logs[2] = hive_log_new(&b[1], HIVE_LOG_NEW, 7);
	hive_log_add_entry(&m->logs[2], &b[1], &b[2], 7);
}

static void make_new_logs(struct hive_made *m)
{
	struct states s = make_states();

	add_new_logs(m, &s);
	take_states(m, &s, 2);
}

/* The second log goes on where the first ended, which is broken. */
static void make_new_logs_cut(struct hive_made *m)
{
	struct states s = make_states();

	add_new_logs(m, &s);
	m->logs[2].data[700] ^= 1;
	take_states(m, &s, 1);
}

/* Pages reach the file long before the base block does. */
static void make_later_logs(struct hive_made *m)
{
	struct states s = make_states();
	const struct hive_blob *b = s.bytes;

	m->logs[2] = hive_log_new(&b[0], HIVE_LOG_NEW, 37);
	hive_log_add_entry(&m->logs[2], &b[0], &b[1], 37);
	m->logs[1] = hive_log_new(&b[1], HIVE_LOG_NEW, 38);
	hive_log_add_entry(&m->logs[1], &b[1], &b[2], 38);
	take_states(m, &s, 2);
}

/*
 * The hive grew before the log began: its bins are in the file, and the base
 * block does not count them yet.
 */
static void make_pages_behind(struct hive_made *m)
{
	struct states s = make_states();
	const struct hive_blob *b = s.bytes;
	struct hive_blob hive = { mem_dup(b[1].data, b[1].nbytes),
				  b[1].nbytes };

	m->logs[1] = hive_log_new(&b[0], HIVE_LOG_NEW, 37);
	hive_log_add_entry(&m->logs[1], &b[1], &b[2], 37);
	memcpy(hive_maker_need(hive.data), b[0].data, HIVE_BASE_NBYTES);
	take_states(m, &s, 2);
	hive_blob_release(&m->hive);
	m->hive = hive;
}

/* A log that was begun has a base block and no entry yet. */
static void make_log_without_entries(struct hive_made *m)
{
	struct states s = make_states();
	const struct hive_blob *b = s.bytes;

	m->logs[1] = hive_log_new(&b[0], HIVE_LOG_NEW, 6);
	hive_log_add_entry(&m->logs[1], &b[0], &b[1], 6);
	m->logs[2] = hive_log_new(&b[0], HIVE_LOG_NEW, 6);
	take_states(m, &s, 1);
}

/* Only the latest log is used then; it holds what the other one did. */
static void make_no_base_block(struct hive_made *m)
{
	struct states s = make_states();
	const struct hive_blob *b = s.bytes;

	m->logs[1] = hive_log_new(&b[0], HIVE_LOG_NEW, 6);
	hive_log_add_entry(&m->logs[1], &b[0], &b[1], 6);
	m->logs[2] = hive_log_new(&b[1], HIVE_LOG_NEW, 7);
	hive_log_add_entry(&m->logs[2], &b[0], &b[2], 7);
	memset(s.bytes[0].data, 0, 512);
	take_states(m, &s, 2);
}

/* A complete entry that names 2 GB: what came before it is used. */
static void make_lying_entry(struct hive_made *m)
{
	struct states s = make_states();
	uint8_t *e;

	add_new_logs(m, &s);
	e = m->logs[2].data + 512;
	bytes_put_le32(e + 16, 0x7fffe000);
	bytes_put_le64(e + 32, replay_marvin(e, 32));
	take_states(m, &s, 1);
}

static void make_bad_checksum(struct hive_made *m)
{
	struct states s = make_states();

	m->logs[0] = old_log(&s);
	s.bytes[0].data[300] ^= 0x55;
	take_states(m, &s, 1);
}

/* The times of the base block and of the first bin are not of one write. */
static void make_newer_log(struct hive_made *m)
{
	struct states s = make_states();

	m->logs[1] = old_log(&s);
	bytes_put_le64(m->logs[1].data + 12, (uint64_t)HIVE_MAKER_TIME + 1);
	hive_maker_seal(m->logs[1].data);
	bytes_put_le64(s.bytes[0].data + HIVE_BASE_NBYTES + 20,
		       (uint64_t)HIVE_MAKER_TIME);
	s.bytes[0].data[24] ^= 2;
	take_states(m, &s, 1);
}

/* A wrong checksum and a size of one bin: all of them are read. */
static void make_bad_size(struct hive_made *m)
{
	m->want = many_subkeys();
	write_want(m);
	bytes_put_le32(m->hive.data + 40, 4096);
}

static void make_bad_log(struct hive_made *m)
{
	struct states s = make_states();

	m->logs[1] = old_log(&s);
	m->logs[1].data[300] ^= 0x55;
	take_states(m, &s, 0);
}

static void make_no_log(struct hive_made *m)
{
	struct states s = make_states();

	take_states(m, &s, 0);
}

/* ---- headers ------------------------------------------------------------ */

static void make_wrong_hash(struct hive_made *m)
{
	uint8_t *list;

	m->want = kept();
	write_want(m);
	list = cell_at(m, bytes_le32(root_key(m) + 28)) + 4;
	list[8] ^= 1;
}

static void make_other_letters(struct hive_made *m)
{
	make_empty(m);
	hive_maker_free(m->want);
	m->want = NULL;
	/* Neither the file nor any cell of it is one of a hive. */
	memcpy(m->hive.data, "CREG", 4);
	memset(m->hive.data + HIVE_BASE_NBYTES, 0,
	       m->hive.nbytes - HIVE_BASE_NBYTES);
}

static void make_header_only(struct hive_made *m)
{
	make_empty(m);
	hive_maker_free(m->want);
	m->want = NULL;
	m->hive.nbytes = 512;
}

const struct hive_kind hive_kinds[] = {
	/* First those that nothing is wrong with. */
	{ "empty", make_empty, false, false },
	{ "big data", make_big_data, false, false },
	{ "many subkeys", make_many_subkeys, false, false },
	{ "names", make_names, false, false },
	{ "values in no order", make_values_order, false, false },
	{ "a deleted tree", make_deleted_tree, false, false },
	{ "a deleted value", make_deleted_value, false, false },
	{ "remnants", make_remnants, false, false },
	{ "a longer file", make_longer_file, false, false },
	{ "an old log", make_old_log, true, false },
	{ "an old log and an empty one", make_old_logs, true, false },
	{ "two new logs", make_new_logs, true, false },
	{ "two new logs, one damaged", make_new_logs_cut, true, false },
	{ "two logs that begin later", make_later_logs, true, false },
	{ "pages behind the size in the header", make_pages_behind, true,
	  false },
	{ "a log without entries", make_log_without_entries, true, false },
	{ "a base block of zeros", make_no_base_block, true, false },
	{ "a base block with another checksum", make_bad_checksum, true,
	  false },
	{ "a bad base block and a newer log", make_newer_log, true, false },
	{ "an entry that lies", make_lying_entry, true, true },
	{ "a base block with a wrong size", make_bad_size, false, true },
	{ "a damaged log", make_bad_log, false, true },
	{ "no log", make_no_log, false, true },
	{ "a wrong hash", make_wrong_hash, false, true },
	{ "other letters", make_other_letters, false, true },
	{ "a header alone", make_header_only, false, true },
};
const int hive_kind_count = sizeof(hive_kinds) / sizeof(hive_kinds[0]);

int hive_kind_sound_count(void)
{
	int n = 0;

	while (n < hive_kind_count && !hive_kinds[n].has_gap)
		n++;
	return n;
}

void hive_made_write(const struct hive_made *m, const char *path)
{
	static const char *const suffixes[3] = { ".LOG", ".LOG1", ".LOG2" };
	char log[1024];

	ck_assert_int_eq(host_write_file(path, m->hive.data, m->hive.nbytes),
			 0);
	for (int i = 0; i < 3; i++) {
		if (!m->logs[i].data)
			continue;
		snprintf(log, sizeof(log), "%s%s", path, suffixes[i]);
		ck_assert_int_eq(host_write_file(log, m->logs[i].data,
						 m->logs[i].nbytes),
				 0);
	}
}

char *hive_kind_write(const struct hive_kind *kind, const char *folder,
		      struct hive_made *ret)
{
	char *path = host_join(folder, "made.hive");

	ck_assert_ptr_nonnull(path);
	kind->make(ret);
	hive_made_write(ret, path);
	return path;
}

void hive_made_release(struct hive_made *m)
{
	hive_blob_release(&m->hive);
	for (int i = 0; i < 3; i++)
		hive_blob_release(&m->logs[i]);
	hive_maker_free(m->want);
	memset(m, 0, sizeof(*m));
}
