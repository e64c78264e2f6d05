/*
 * Writes a small hive and variants of it that differ in one thing each, for
 * the test of pccompare.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	mkhive_kinds FOLDER
 *
 * FOLDER/base, and beside it: bytes (says the same in other bytes), time
 * (only a last write), data, type, name, key, link, class, security.
 */
#include "tests/tools/hive_maker.h"

#include <stdio.h>

static const char *folder;

static void write_file(const char *name, const uint8_t *data, size_t nbytes)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, nbytes, f) != nbytes || fclose(f)) {
		fprintf(stderr, "%s cannot be written\n", path);
		exit(1);
	}
}

/* The first cell with that signature behind `from`; 0: none. */
static size_t find_cell(const uint8_t *hive, size_t nbytes, const char *what,
			size_t from)
{
	for (size_t at = from; at + 80 < nbytes; at += 8)
		if (!memcmp(hive + at + 4, what, 2))
			return at;
	abort();
}

static void make(const char *kind)
{
	bool is_name = !strcmp(kind, "name"), is_type = !strcmp(kind, "type");
	struct hive_maker_key *root = hive_maker_new("ROOT"), *k;
	uint8_t *hive;
	size_t nbytes, at;

	/* Another order of making gives other offsets, not other facts. */
	if (!strcmp(kind, "bytes"))
		hive_maker_path(root, "Other");
	k = hive_maker_path(root, "Software\\Sub");
	hive_maker_text(k, is_name ? "Eman" : "Name", is_type ? 2 : 1, "text");
	hive_maker_value(k, "Class", 3, "C\0l\0a\0s\0", 8);
	hive_maker_value(k, "", 4, strcmp(kind, "data") ? "\1\0\0" : "\2\0\0",
			 4);
	if (!strcmp(kind, "link"))
		k->flags |= REGF_KEY_SYM_LINK;
	if (!strcmp(kind, "time"))
		k->time++;
	if (!strcmp(kind, "key"))
		hive_maker_path(root, "Software\\Sub\\More");
	hive_maker_path(root, "Other");
	hive = hive_maker_write(root, &nbytes);
	if (!strcmp(kind, "security")) {
		/* Owner and lists "defaulted": bits of the control word. */
		at = find_cell(hive, nbytes, "sk", HIVE_BASE_NBYTES + 32);
		hive[at + 4 + 20 + 2] |= 1;
	}
	if (!strcmp(kind, "class")) {
		/* The data of "Class" serve as the class of the first key. */
		size_t vk = HIVE_BASE_NBYTES + 32;

		do
			vk = find_cell(hive, nbytes, "vk", vk + 8);
		while (memcmp(hive + vk + 4 + 20, "Class", 5) != 0);
		at = find_cell(hive, nbytes, "nk", HIVE_BASE_NBYTES + 32);
		memcpy(hive + at + 4 + 48, hive + vk + 4 + 8, 4);
		bytes_put_le16(hive + at + 4 + 74, 8);
	}
	write_file(kind, hive, nbytes);
	mem_free(hive);
	hive_maker_free(root);
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = { "base",  "bytes",	 "time", "data",
					     "type",  "name",	 "key",	 "link",
					     "class", "security" };

	if (argc != 2) {
		fprintf(stderr, "usage: mkhive_kinds FOLDER\n");
		return 64;
	}
	folder = argv[1];
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		make(kinds[i]);
	return 0;
}
