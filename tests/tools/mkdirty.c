/*
 * Makes a hive as a Windows leaves it that was switched off hard: one state of
 * it in the file, a later one in the transaction logs.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	mkdirty KIND BEFORE AFTER HIVE
 *
 * Writes HIVE and its logs, which are not there for "base":
 *	later	the logs begin long after the numbers of the hive, .LOG2 first
 *	older	the log is older than the hive
 *	lies	an entry of the log names a hive of 2 GB
 *	base	the base block has a wrong checksum and a size of no bin
 */
#include "tests/tools/hive_log.h"

#include <stdio.h>

/* hive_log_new() makes room for one megabyte. */
#define HIVE_NBYTES_MAX 900000

static struct hive_blob read_hive(const char *path)
{
	struct hive_blob b = { hive_maker_need(mem_zalloc(HIVE_NBYTES_MAX + 1)),
			       0 };
	FILE *f = fopen(path, "rb");

	if (f) {
		b.nbytes = fread(b.data, 1, HIVE_NBYTES_MAX + 1, f);
		fclose(f);
	}
	if (b.nbytes < 2 * HIVE_BASE_NBYTES || b.nbytes > HIVE_NBYTES_MAX) {
		fprintf(stderr, "%s: no hive of a size for this\n", path);
		exit(1);
	}
	return b;
}

static void write_part(const char *path, const char *suffix,
		       const struct hive_blob *b)
{
	char name[1024];
	FILE *f;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	f = fopen(name, "wb");
	if (!f || fwrite(b->data, 1, b->nbytes, f) != b->nbytes || fclose(f)) {
		fprintf(stderr, "%s cannot be written\n", name);
		exit(1);
	}
}

/* All that differs, in one entry; 0: all of it is older than the hive. */
static struct hive_blob make_log(const struct hive_blob *before,
				 const struct hive_blob *after, uint32_t seq)
{
	struct hive_blob log = hive_log_new(before, HIVE_LOG_NEW, seq);

	hive_log_add_entry(&log, before, after, seq);
	return log;
}

int main(int argc, char **argv)
{
	const char *kind = argc == 5 ? argv[1] : "", *to = argv[argc - 1];
	struct hive_blob before, after, log, next;

	if (strcmp(kind, "later") != 0 && strcmp(kind, "older") != 0 &&
	    strcmp(kind, "lies") != 0 && strcmp(kind, "base") != 0) {
		fprintf(stderr, "usage: mkdirty later|older|lies|base BEFORE "
				"AFTER HIVE\n");
		return 64;
	}
	before = read_hive(argv[2]);
	after = read_hive(argv[3]);
	hive_blob_set_seq(&before, 9, 8);
	log = make_log(&before, &after, *kind == 'o' ? 7 : 40);
	next = make_log(&after, &after, 41);
	if (*kind == 'l' && kind[1] == 'i') {
		uint8_t *e = log.data + 512;

		bytes_put_le32(e + 16, 0x7fffe000);
		bytes_put_le64(e + 32, replay_marvin(e, 32));
	}
	if (*kind == 'b') {
		bytes_put_le32(before.data + 40, 512);
	} else {
		write_part(to, ".LOG2", &log);
		if (strcmp(kind, "later") == 0)
			write_part(to, ".LOG1", &next);
	}
	write_part(to, "", &before);
	hive_blob_release(&before);
	hive_blob_release(&after);
	hive_blob_release(&log);
	hive_blob_release(&next);
	return 0;
}
