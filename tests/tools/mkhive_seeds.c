/*
 * Writes the seeds of hive_fuzz, replay_fuzz and reg_tree_fuzz.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	mkhive_seeds HIVE_FOLDER REPLAY_FOLDER TREE_FOLDER
 *
 * Small hives with every kind of record, pairs of hive and log in both
 * formats, and saved keys; the folders exist.
 */
#include "tests/tools/hive_maker.h"

#include "registry/reg_tree.h"

#include <stdio.h>

static int write_file(const char *folder, const char *name, const void *data,
		      size_t nbytes)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, nbytes, f) != nbytes || fclose(f)) {
		fprintf(stderr, "%s cannot be written\n", path);
		return 1;
	}
	return 0;
}

static uint8_t *make_hive(const char *text, int many, size_t big,
			  size_t *nbytes)
{
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;
	uint8_t *data = hive_maker_need(mem_zalloc(big + 1)), *hive;
	char name[40];

	k = hive_maker_path(root, "Key\\Sub");
	hive_maker_text(k, "Text", 1, text);
	hive_maker_value(k,
			 "a\xc0\x80"
			 "b",
			 4, "\1\0\0\0", 4);
	hive_maker_path(root, "Key\\\xe8\xa1\xa8\\\xed\xa0\x80");
	hive_maker_path(root, "Link")->flags |= REGF_KEY_SYM_LINK;
	for (int i = 0; i < many; i++) {
		snprintf(name, sizeof(name), "Key\\%d", i);
		hive_maker_path(root, name);
	}
	if (big)
		hive_maker_value(root, "Big", 3, data, big);
	hive = hive_maker_write(root, nbytes);
	hive_maker_free(root);
	mem_free(data);
	return hive;
}

/* One log of the type over all pages of the hive, with that number. */
static uint8_t *make_log(const uint8_t *hive, size_t nbytes, uint32_t type,
			 uint32_t seq, size_t *nbytes_ret)
{
	size_t bins = nbytes - 4096, pages = bins / 512;
	uint8_t *log = hive_maker_need(mem_zalloc(nbytes + 65536));
	uint8_t *p = log + 512;

	memcpy(log, hive, 512);
	bytes_put_le32(log + 4, seq);
	bytes_put_le32(log + 8, seq);
	bytes_put_le32(log + 28, type);
	if (type == 6) {
		memcpy(p, "HvLE", 4);
		bytes_put_le32(p + 4, (uint32_t)(512 + bins));
		bytes_put_le32(p + 12, seq);
		bytes_put_le32(p + 16, (uint32_t)bins);
		bytes_put_le32(p + 20, 1);
		bytes_put_le32(p + 44, (uint32_t)bins);
		memcpy(p + 48, hive + 4096, bins);
		*nbytes_ret = 512 + 512 + bins;
	} else {
		memcpy(p, "DIRT", 4);
		memset(p + 4, 0xff, pages / 8);
		p += (4 + pages / 8 + 511) / 512 * 512;
		memcpy(p, hive + 4096, bins);
		*nbytes_ret = (size_t)(p - log) + bins;
	}
	return log;
}

static int write_pair(const char *folder, const char *name, uint32_t type,
		      int slot)
{
	size_t n1, n2, n3;
	uint8_t *before = make_hive("before", 0, 0, &n1);
	uint8_t *after = make_hive("after", 60, 0, &n2);
	uint8_t *log = make_log(after, n2, type, 7, &n3);
	uint8_t *all = hive_maker_need(mem_zalloc(16 + n1 + n3));
	int err;

	bytes_put_le32(before + 4, 8);
	bytes_put_le32(all, (uint32_t)n1 | 0x80000000u);
	bytes_put_le32(all + 4 * slot, (uint32_t)n3);
	memcpy(all + 16, before, n1);
	memcpy(all + 16 + n1, log, n3);
	err = write_file(folder, name, all, 16 + n1 + n3);
	mem_free(before);
	mem_free(after);
	mem_free(log);
	mem_free(all);
	return err;
}

/* Two logs that begin long after the numbers of the hive, the second first. */
static int write_later(const char *folder, const char *name)
{
	size_t n[4], at = 16;
	uint8_t *before = make_hive("before", 0, 0, &n[0]);
	uint8_t *after = make_hive("after", 60, 0, &n[1]), *all, *logs[2];
	int err;

	bytes_put_le32(before + 4, 8);
	logs[0] = make_log(after, n[1], 6, 41, &n[2]);
	logs[1] = make_log(after, n[1], 6, 40, &n[3]);
	all = hive_maker_need(mem_zalloc(16 + n[0] + n[2] + n[3]));
	bytes_put_le32(all, (uint32_t)n[0] | 0x80000000u);
	bytes_put_le32(all + 8, (uint32_t)n[2]);
	bytes_put_le32(all + 12, (uint32_t)n[3]);
	memcpy(all + at, before, n[0]);
	at += n[0];
	for (int i = 0; i < 2; i++) {
		memcpy(all + at, logs[i], n[2 + i]);
		at += n[2 + i];
		mem_free(logs[i]);
	}
	err = write_file(folder, name, all, at);
	mem_free(before);
	mem_free(after);
	mem_free(all);
	return err;
}

static int write_tree(const char *folder, const char *name, const char *key)
{
	size_t nbytes = 0, tree_nbytes = 0;
	uint8_t *hive = make_hive("text", 3, 300, &nbytes), *data = NULL;
	struct reg_tree *tree = NULL;
	struct reg_root *root = NULL;
	struct reg_key *k = NULL;
	int err = 1;

	if (!reg_open_memory(hive, nbytes, NULL, NULL, NULL, &root) &&
	    !reg_open_key(root, key, &k) && !reg_tree_read(k, &tree) &&
	    !reg_tree_encode(tree, &data, &tree_nbytes))
		err = write_file(folder, name, data, tree_nbytes);
	mem_free(data);
	reg_tree_free(tree);
	reg_close_key(k);
	reg_close(root);
	mem_free(hive);
	return err;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int many;
		size_t big;
	} hives[] = {
		{ "small", 0, 0 },
		{ "list", 40, 0 },
		{ "divided", 600, 0 },
		{ "big", 0, 20000 },
	};

	int err = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: mkhive_seeds HIVES REPLAYS TREES\n");
		return 64;
	}
	for (size_t i = 0; i < sizeof(hives) / sizeof(hives[0]); i++) {
		size_t nbytes;
		uint8_t *hive =
			make_hive("text", hives[i].many, hives[i].big, &nbytes);

		err |= write_file(argv[1], hives[i].name, hive, nbytes);
		mem_free(hive);
	}
	err |= write_pair(argv[2], "old", 1, 1);
	err |= write_pair(argv[2], "new1", 6, 2);
	err |= write_pair(argv[2], "new2", 6, 3);
	err |= write_later(argv[2], "later");
	err |= write_tree(argv[3], "whole", "");
	err |= write_tree(argv[3], "link", "Link");
	err |= write_tree(argv[3], "key", "Key\\Sub");
	return err ? 70 : 0;
}
