/*
 * Transaction logs: both formats, their order, and those that must not be
 * used.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include "base/err.h"
#include "registry/registry.h"
#include "registry/replay_part.h"
#include "tests/tools/hive_log.h"

/* A hive with that text under "Key", and `more` keys to make it longer. */
static struct hive_blob make_state(const char *text, int more)
{
	struct hive_maker_key *root = hive_maker_new("ROOT");
	struct hive_blob s;
	char name[100];

	hive_maker_text(hive_maker_path(root, "Key"), "Text", REG_TYPE_SZ,
			text);
	for (int i = 0; i < more; i++) {
		snprintf(name, sizeof(name), "More\\key number %d", i);
		hive_maker_path(root, name);
	}
	s.data = hive_maker_write(root, &s.nbytes);
	hive_maker_free(root);
	return s;
}

/* Runs the replay on a copy and gives the text that is then in "Key". */
static char *replay_text(const struct hive_blob *hive,
			 const struct hive_blob *log,
			 const struct hive_blob *log1,
			 const struct hive_blob *log2, struct replay_report *r)
{
	struct bytes logs[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	uint8_t *data = mem_dup(hive->data, hive->nbytes);
	size_t nbytes = hive->nbytes;
	struct reg_root *root = NULL;
	char *text;

	if (log)
		logs[0] = (struct bytes){ log->data, log->nbytes };
	if (log1)
		logs[1] = (struct bytes){ log1->data, log1->nbytes };
	if (log2)
		logs[2] = (struct bytes){ log2->data, log2->nbytes };
	ck_assert_int_eq(replay_run(&data, &nbytes, logs, r), 0);
	if (r->was_applied) {
		struct regf_base base;

		regf_base_read(data, &base);
		ck_assert(base.has_signature && base.has_checksum);
		ck_assert_uint_eq(base.seq1, base.seq2);
		ck_assert_uint_eq(base.type, 0);
	}
	ck_assert_int_eq(reg_open_memory(data, nbytes, NULL, NULL, NULL, &root),
			 0);
	text = reg_root_get_text(root, "Key", "Text", NULL);
	reg_close(root);
	mem_free(data);
	return text;
}

static void expect(char *text, const char *want)
{
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, want);
	mem_free(text);
}

struct sample {
	struct hive_blob one, two, three;
};

static struct sample make_sample(void)
{
	struct sample s = { make_state("first state", 10),
			    make_state("second state", 300),
			    make_state("third state", 600) };

	hive_blob_set_seq(&s.one, 7, 6);
	return s;
}

static void free_sample(struct sample *s)
{
	hive_blob_release(&s->one);
	hive_blob_release(&s->two);
	hive_blob_release(&s->three);
}

START_TEST(hashes_as_windows)
{
	/* First bytes of an entry that Windows 10 wrote, and its Hash-2. */
	static const uint8_t entry[40] = {
		0x48, 0x76, 0x4c, 0x45, 0x00, 0x5e, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x50, 0x00, 0x00,
		0x01, 0x00, 0x00, 0x00, 0x31, 0xe4, 0x07, 0x18, 0x66, 0x6c,
		0x86, 0x67, 0x02, 0x7f, 0x65, 0xa7, 0xcf, 0xf3, 0x44, 0xcd
	};

	ck_assert_uint_eq(replay_marvin(entry, 32), bytes_le64(entry + 32));
}

END_TEST

START_TEST(applies_entries_in_order)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, 6, 6);
	struct hive_blob next = hive_log_new(&s.two, 6, 7);

	hive_log_add_entry(&log, &s.one, &s.two, 6);
	hive_log_add_entry(&next, &s.two, &s.three, 7);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert(r.was_applied && r.is_new_format && r.entries == 1);
	ck_assert_uint_eq(r.logs_used, 2);
	/* Both, whichever file began. */
	expect(replay_text(&s.one, NULL, &log, &next, &r), "third state");
	ck_assert_uint_eq(r.entries, 2);
	ck_assert_uint_eq(r.logs_used, 6);
	expect(replay_text(&s.one, NULL, &next, &log, &r), "third state");
	ck_assert_uint_eq(r.entries, 2);
	/* Two entries in one file. */
	hive_log_add_entry(&log, &s.two, &s.three, 7);
	expect(replay_text(&s.one, NULL, NULL, &log, &r), "third state");
	ck_assert_uint_eq(r.entries, 2);
	hive_blob_release(&log);
	hive_blob_release(&next);
	free_sample(&s);
}

END_TEST

START_TEST(stops_at_a_wrong_entry)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, 6, 6);
	size_t second;

	hive_log_add_entry(&log, &s.one, &s.two, 6);
	second = log.nbytes;
	hive_log_add_entry(&log, &s.two, &s.three, 7);
	log.data[second + 600] ^= 1; /* in the second one's pages */
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert_uint_eq(r.entries, 1);
	log.data[second + 600] ^= 1;
	log.data[second + 12] ^= 1; /* in its header */
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	log.data[second + 12] ^= 1;
	log.data[second + 8] ^= 1; /* where nothing else looks */
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	log.data[second + 8] ^= 1;
	log.data[600] ^= 1; /* in the first */
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	ck_assert(r.was_dirty && !r.was_applied);
	ck_assert_ptr_nonnull(r.refused);
	log.data[600] ^= 1;
	log.nbytes -= 512; /* cut off */
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

/* Both hashes of an entry that was changed by somebody who knows them. */
static void seal_entry(uint8_t *e)
{
	size_t size = bytes_le32(e + 4);

	bytes_put_le64(e + 24, replay_marvin(e + 40, size - 40));
	bytes_put_le64(e + 32, replay_marvin(e, 32));
}

/* Pages that lie outside the hive, or are not in the entry. */
static const struct {
	const char *what;
	uint32_t at, value; /* of the entry; the first page's is at 40 */
} lies[] = {
	{ "a page behind the hive's end", 40, 0x7ffffe00 },
	{ "a page of half the hive", 44, 0x8000 },
	{ "more pages than there are", 20, 10000 },
	{ "no hive", 16, 0 },
	{ "an odd size of the hive", 16, 0x8001 },
};

START_TEST(entries_that_lie_are_not_used)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, HIVE_LOG_NEW, 6);
	size_t second;

	hive_log_add_entry(&log, &s.one, &s.two, 6);
	second = log.nbytes;
	/* One page, so that a longer one is not in the entry. */
	hive_log_add_entry(&log, &s.two, &s.two, 7);
	bytes_put_le32(log.data + second + 20, 1);
	bytes_put_le32(log.data + second + 44, 8);
	seal_entry(log.data + second);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert_uint_eq(r.entries, 2);
	bytes_put_le32(log.data + second + lies[_i].at, lies[_i].value);
	seal_entry(log.data + second);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert_msg(r.entries == 1, "%s", lies[_i].what);
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

/*
 * Pages are written without the base block, so logs begin at any number from
 * the hive's second one (1622/1621 with entries from 2107, 256/255 with entries
 * from 287 in real ones); two in a row go on without a step.
 */
START_TEST(logs_may_begin_later)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, HIVE_LOG_NEW, 20), next;

	hive_log_add_entry(&log, &s.one, &s.two, 20);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert(r.was_applied && !r.stopped);
	next = hive_log_new(&s.two, HIVE_LOG_NEW, 21);
	hive_log_add_entry(&next, &s.two, &s.three, 21);
	expect(replay_text(&s.one, NULL, &log, &next, &r), "third state");
	expect(replay_text(&s.one, NULL, &next, &log, &r), "third state");
	ck_assert_uint_eq(r.entries, 2);
	ck_assert_ptr_null(r.stopped);
	/* One is missing between them. */
	hive_blob_release(&next);
	next = hive_log_new(&s.two, HIVE_LOG_NEW, 22);
	hive_log_add_entry(&next, &s.two, &s.three, 22);
	expect(replay_text(&s.one, NULL, &next, &log, &r), "second state");
	ck_assert_uint_eq(r.entries, 1);
	ck_assert_ptr_nonnull(r.stopped);
	/* What should have come first is damaged: the other lacks its base. */
	log.data[600] ^= 1;
	expect(replay_text(&s.one, NULL, &next, &log, &r), "first state");
	ck_assert(!r.was_applied);
	ck_assert_str_eq(r.refused, "its first entry is damaged");
	hive_blob_release(&next);
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

START_TEST(leaves_foreign_logs_alone)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, HIVE_LOG_NEW, 5), next;

	/* Its number is less than the hive's: nothing of it is used. */
	hive_log_add_entry(&log, &s.one, &s.three, 5);
	hive_log_add_entry(&log, &s.one, &s.two, 6);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	ck_assert(r.was_dirty && !r.was_applied);
	ck_assert_str_eq(r.refused, "it is older than the hive");
	/* ... and it is no part of the chain that the other begins. */
	next = hive_log_new(&s.one, HIVE_LOG_NEW, 6);
	hive_log_add_entry(&next, &s.one, &s.two, 6);
	expect(replay_text(&s.one, NULL, &log, &next, &r), "second state");
	ck_assert_uint_eq(r.entries, 1);
	ck_assert_uint_eq(r.logs_used, 4);
	ck_assert_ptr_null(r.stopped);
	hive_blob_release(&next);
	hive_blob_release(&log);
	/* The first entry has another number than its log. */
	log = hive_log_new(&s.one, HIVE_LOG_NEW, 6);
	hive_log_add_entry(&log, &s.one, &s.two, 7);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	ck_assert(!r.was_applied);
	hive_blob_release(&log);
	/* A clean hive is left alone. */
	log = hive_log_new(&s.one, HIVE_LOG_NEW, 6);
	hive_log_add_entry(&log, &s.one, &s.two, 6);
	hive_blob_set_seq(&s.one, 6, 6);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	ck_assert(!r.was_dirty && !r.was_applied);
	/* A gap in the numbers ends the log. */
	hive_blob_set_seq(&s.one, 7, 6);
	hive_log_add_entry(&log, &s.two, &s.three, 8);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

/* A log whose one entry names that size, with one page of that place. */
static struct hive_blob lying_log(const struct sample *s, uint32_t bins_nbytes,
				  uint32_t page)
{
	struct hive_blob log = hive_log_new(&s->one, HIVE_LOG_NEW, 6);
	uint8_t *e = log.data + 512;

	hive_log_add_entry(&log, &s->one, &s->one, 6);
	bytes_put_le32(e + 4, 1024);
	bytes_put_le32(e + 16, bins_nbytes);
	bytes_put_le32(e + 20, 1);
	bytes_put_le32(e + 40, page);
	bytes_put_le32(e + 44, 512);
	log.nbytes = 512 + 1024;
	seal_entry(e);
	return log;
}

/*
 * The size that an entry names: at most the present one or the end of its last
 * page, and 4 KiB; and a log of a few KiB makes no hive of 2 GB.
 */
START_TEST(growth_is_bounded)
{
	struct sample s = make_sample();
	uint32_t now = (uint32_t)s.one.nbytes - HIVE_BASE_NBYTES;

	const struct {
		uint32_t bins_nbytes, page;
		bool is_sound;
	} rows[] = {
		{ now, 0, true },
		{ now + 4096, 0, true },
		{ now + 8192, 0, false },
		{ now + 8192, now + 4096 - 512, true },
		{ now + 12288, now + 4096 - 512, false },
		{ 0x7fffe000, 0, false },
		{ 0x7fffe000, 0x7fffd000, false },
		{ 0x7fffe000, 0xfffffe00, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hive_blob log =
			lying_log(&s, rows[i].bins_nbytes, rows[i].page);
		struct bytes logs[3] = { { NULL, 0 },
					 { log.data, log.nbytes },
					 { NULL, 0 } };
		uint8_t *data = mem_dup(s.one.data, s.one.nbytes);
		size_t nbytes = s.one.nbytes;
		struct replay_report r;

		ck_assert_int_eq(replay_run(&data, &nbytes, logs, &r), 0);
		ck_assert_msg(r.was_applied == rows[i].is_sound, "row %d",
			      (int)i);
		ck_assert((r.refused == NULL) == rows[i].is_sound);
		ck_assert_uint_le(nbytes, s.one.nbytes + 8192);
		mem_free(data);
		hive_blob_release(&log);
	}
	free_sample(&s);
}

END_TEST

/* The entries before one that lies are used, and it is told. */
START_TEST(stops_with_a_reason)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, HIVE_LOG_NEW, 6);
	size_t second;

	hive_log_add_entry(&log, &s.one, &s.two, 6);
	second = log.nbytes;
	hive_log_add_entry(&log, &s.two, &s.three, 7);
	bytes_put_le32(log.data + second + 16, 0x7fffe000);
	seal_entry(log.data + second);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert(r.was_applied && r.entries == 1);
	ck_assert_str_eq(r.stopped, "an entry of it is damaged");
	/* One that was not written to its end is how logs end. */
	log.data[second + 600] ^= 1;
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert_ptr_null(r.stopped);
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

/* A header that counts more than there is takes no memory for it. */
START_TEST(a_cut_hive_is_not_filled_up)
{
	struct sample s = make_sample();
	struct bytes logs[3] = { { NULL, 0 } };
	struct hive_blob log = lying_log(&s, 0x7fffe000, 0);
	size_t nbytes = s.one.nbytes;
	struct replay_report r;
	uint8_t *data;

	bytes_put_le32(s.one.data + 40, 0x7fffe000);
	hive_maker_seal(s.one.data);
	data = mem_dup(s.one.data, nbytes);
	logs[1] = (struct bytes){ log.data, log.nbytes };
	ck_assert_int_eq(replay_run(&data, &nbytes, logs, &r), 0);
	ck_assert(r.was_applied);
	ck_assert_uint_eq(nbytes, s.one.nbytes);
	mem_free(data);
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

START_TEST(old_logs_grow_no_more_than_they_hold)
{
	struct sample s = make_sample();
	struct replay_report r;
	uint32_t bins = 0x7fffe000;
	struct hive_blob log = { hive_maker_need(mem_zalloc(1 << 20)), 0 };

	/* A list of changed pages for 2 GB, and no page. */
	memcpy(log.data, s.one.data, 512);
	bytes_put_le32(log.data + 28, HIVE_LOG_OLD);
	bytes_put_le32(log.data + 40, bins);
	hive_blob_set_seq(&log, 7, 7);
	memcpy(log.data + 512, "DIRT", 4);
	log.nbytes = 1 << 20;
	expect(replay_text(&s.one, &log, NULL, NULL, &r), "first state");
	ck_assert(!r.was_applied);
	ck_assert_str_eq(r.refused, "it gives an impossible size of the hive");
	/* The last page of it. */
	log.data[516 + bins / 512 / 8 - 1] = 0x80;
	expect(replay_text(&s.one, &log, NULL, NULL, &r), "first state");
	ck_assert_str_eq(r.refused, "it gives an impossible size of the hive");
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

/* Only the log with the latest entries: its base block is the base. */
START_TEST(without_base_block_the_latest_log)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, HIVE_LOG_NEW, 6);
	struct hive_blob next = hive_log_new(&s.one, HIVE_LOG_NEW, 7);

	hive_log_add_entry(&log, &s.one, &s.two, 6);
	hive_log_add_entry(&next, &s.one, &s.three, 7);
	memset(s.one.data, 0, 512);
	expect(replay_text(&s.one, NULL, &log, &next, &r), "third state");
	ck_assert(r.base_repaired);
	ck_assert_uint_eq(r.entries, 1);
	ck_assert_uint_eq(r.logs_used, 4);
	expect(replay_text(&s.one, NULL, &next, &log, &r), "third state");
	ck_assert_uint_eq(r.logs_used, 2);
	/* The latest that has entries. */
	next.data[600] ^= 1;
	expect(replay_text(&s.one, NULL, &log, &next, &r), "second state");
	ck_assert_uint_eq(r.logs_used, 2);
	hive_blob_release(&log);
	hive_blob_release(&next);
	free_sample(&s);
}

END_TEST

START_TEST(repairs_the_base_block)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, 6, 6), old;

	hive_log_add_entry(&log, &s.one, &s.two, 6);
	s.one.data[300] ^= 0x55; /* the checksum is wrong */
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert(r.base_repaired);
	memset(s.one.data, 0, 512);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	ck_assert(r.base_repaired);
	hive_blob_release(&log);
	old = hive_log_new(&s.two, 1, 7);
	hive_log_add_dirt(&old, &s.one, &s.two);
	expect(replay_text(&s.one, &old, NULL, NULL, &r), "second state");
	ck_assert(r.base_repaired && !r.is_new_format);
	/* Then the first bin has the time; the log may be newer, not older. */
	bytes_put_le64(s.one.data + HIVE_BASE_NBYTES + 20,
		       (uint64_t)HIVE_MAKER_TIME);
	expect(replay_text(&s.one, &old, NULL, NULL, &r), "second state");
	bytes_put_le64(old.data + 12, (uint64_t)HIVE_MAKER_TIME + 1);
	hive_maker_seal(old.data);
	expect(replay_text(&s.one, &old, NULL, NULL, &r), "second state");
	bytes_put_le64(old.data + 12, (uint64_t)HIVE_MAKER_TIME - 1);
	hive_maker_seal(old.data);
	expect(replay_text(&s.one, &old, NULL, NULL, &r), "first state");
	hive_blob_release(&old);
	free_sample(&s);
}

END_TEST

START_TEST(wraps_sequence_numbers)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, 6, 0xffffffff);
	struct hive_blob next = hive_log_new(&s.two, 6, 0);

	hive_blob_set_seq(&s.one, 0, 0xffffffff);
	hive_log_add_entry(&log, &s.one, &s.two, 0xffffffff);
	hive_log_add_entry(&next, &s.two, &s.three, 0);
	expect(replay_text(&s.one, NULL, &next, &log, &r), "third state");
	hive_blob_release(&log);
	hive_blob_release(&next);
	free_sample(&s);
}

END_TEST

START_TEST(applies_old_logs)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.two, 1, 7), none = { NULL, 0 };
	size_t page;

	hive_log_add_dirt(&log, &s.one, &s.two);
	expect(replay_text(&s.one, &log, NULL, NULL, &r), "second state");
	ck_assert(r.was_applied && !r.is_new_format);
	ck_assert_uint_eq(r.logs_used, 1);
	/* Windows 7: the second log is empty. */
	expect(replay_text(&s.one, NULL, &log, &none, &r), "second state");
	ck_assert_uint_eq(r.logs_used, 2);
	/* The page of the first bin is damaged: nothing is used. */
	page = (512 + 4 + (s.two.nbytes - 4096) / HIVE_LOG_PAGE / 8 + 511) /
	       512 * 512;
	log.data[page] ^= 1;
	expect(replay_text(&s.one, NULL, NULL, &log, &r), "first state");
	ck_assert(!r.was_applied);
	log.data[page] ^= 1;
	/* Cut off. */
	log.nbytes -= 1;
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	log.nbytes += 1;
	/* Of another time. */
	bytes_put_le64(log.data + 12, 1);
	hive_maker_seal(log.data);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	/* Its checksum is wrong. */
	bytes_put_le64(log.data + 12, (uint64_t)HIVE_MAKER_TIME);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	hive_maker_seal(log.data);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "second state");
	/* Neither has a time: then the number tells. */
	bytes_put_le64(log.data + 12, 0);
	hive_maker_seal(log.data);
	bytes_put_le64(s.one.data + 12, 0);
	hive_maker_seal(s.one.data);
	expect(replay_text(&s.one, &log, NULL, NULL, &r), "second state");
	hive_blob_set_seq(&s.one, 9, 8);
	expect(replay_text(&s.one, &log, NULL, NULL, &r), "first state");
	hive_blob_set_seq(&s.one, 7, 6);
	/* Not finished. */
	bytes_put_le32(log.data + 8, 6);
	hive_maker_seal(log.data);
	expect(replay_text(&s.one, NULL, &log, NULL, &r), "first state");
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

START_TEST(survives_short_memory)
{
	struct sample s = make_sample();
	struct replay_report r;
	struct hive_blob log = hive_log_new(&s.one, 6, 6);
	struct bytes logs[3] = { { NULL, 0 } };
	uint8_t *data = mem_dup(s.one.data, s.one.nbytes);
	size_t nbytes = s.one.nbytes;

	hive_log_add_entry(&log, &s.one, &s.three, 6);
	logs[1] = (struct bytes){ log.data, log.nbytes };
	mem_fail_after(1);
	ck_assert_int_eq(replay_run(&data, &nbytes, logs, &r), ERR_NOMEM);
	mem_fail_after(0);
	mem_free(data);
	hive_blob_release(&log);
	free_sample(&s);
}

END_TEST

/* For a large hive it is the hive that is too large: it stays as it was. */
START_TEST(a_large_hive_without_memory_stays)
{
	struct hive_blob one = make_state("first state", 10);
	struct hive_blob two = make_state("second state", 20000);
	struct hive_blob log;
	struct replay_report r;
	struct bytes logs[3] = { { NULL, 0 } };
	uint8_t *data = mem_dup(one.data, one.nbytes);
	size_t nbytes = one.nbytes;

	ck_assert_uint_gt(two.nbytes, 1 << 20);
	hive_blob_set_seq(&one, 7, 6);
	memcpy(data, one.data, 512);
	log = hive_log_new(&one, HIVE_LOG_NEW, 6);
	log.data =
		hive_maker_need(mem_realloc(log.data, 2 * two.nbytes + 65536));
	memset(log.data + log.nbytes, 0, 2 * two.nbytes);
	hive_log_add_entry(&log, &one, &two, 6);
	logs[1] = (struct bytes){ log.data, log.nbytes };
	mem_fail_after(1);
	ck_assert_int_eq(replay_run(&data, &nbytes, logs, &r), 0);
	mem_fail_after(0);
	ck_assert(!r.was_applied);
	ck_assert_str_eq(r.refused, "there is no memory for its changes");
	ck_assert_uint_eq(nbytes, one.nbytes);
	ck_assert(!memcmp(data, one.data, nbytes));
	mem_free(data);
	hive_blob_release(&log);
	hive_blob_release(&one);
	hive_blob_release(&two);
}

END_TEST

static Suite *replay_suite(void)
{
	Suite *s = suite_create("replay");
	TCase *t = tcase_create("logs");

	tcase_add_test(t, hashes_as_windows);
	tcase_add_test(t, applies_entries_in_order);
	tcase_add_test(t, stops_at_a_wrong_entry);
	tcase_add_loop_test(t, entries_that_lie_are_not_used, 0,
			    sizeof(lies) / sizeof(lies[0]));
	tcase_add_test(t, logs_may_begin_later);
	tcase_add_test(t, leaves_foreign_logs_alone);
	tcase_add_test(t, growth_is_bounded);
	tcase_add_test(t, stops_with_a_reason);
	tcase_add_test(t, a_cut_hive_is_not_filled_up);
	tcase_add_test(t, old_logs_grow_no_more_than_they_hold);
	tcase_add_test(t, without_base_block_the_latest_log);
	tcase_add_test(t, repairs_the_base_block);
	tcase_add_test(t, wraps_sequence_numbers);
	tcase_add_test(t, applies_old_logs);
	tcase_add_test(t, survives_short_memory);
	tcase_add_test(t, a_large_hive_without_memory_stays);
	suite_add_tcase(s, t);
	return s;
}
UNIT_SUITE(replay_suite)
