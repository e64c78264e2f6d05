/*
 * Makes a folder of files that carry the marks of tests/data/rules/
 * awkward.yar, whole and nearly, at places that are hard for a reader in
 * chunks.  The same folder every time.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   mkmarks FOLDER [SEED]
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include <stdlib.h>
#include <string.h>

struct mark {
	const char *text;
	size_t nbytes;
};

#define MARK(s)                                                                \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

static const struct mark marks[] = {
	MARK("prefilter-mark-one"),
	MARK("prefilter-mark-two"),
	MARK("prefilter-mark-three"),
	MARK("prefilter-mark"),
	MARK("prefilter-mark-onE"),
	MARK("pREfilTER-nocASE"),
	MARK("p\0r\0e\0f\0i\0l\0t\0e\0r\0-\0w\0i\0d\0e\0"),
	MARK("p\0r\0e\0f\0i\0l\0t\0e\0r\0-\0w\0i\0d\0e"),
	MARK("prefilter-wide"),
	MARK("PREFILTER-both"),
	MARK("P\0r\0E\0f\0i\0l\0t\0e\0r\0-\0b\0o\0t\0H\0"),
	MARK(" fullmark "),
	MARK("xfullmark"),
	MARK("fullmark1"),
	MARK(" \0f\0u\0l\0l\0m\0a\0r\0k\0.\0"),
	MARK("x\0f\0u\0l\0l\0m\0a\0r\0k\0.\0"),
	MARK("cHJlZmlsdGVyLWVuY29kZWQ"),
	MARK("ByZWZpbHRlci1lbmNvZGVk"),
	MARK("wcmVmaWx0ZXItZW5jb2RlZ"),
	MARK("c\0H\0J\0l\0Z\0m\0l\0s\0d\0G\0V\0y\0L\0W\0V\0u\0Y\0"
	     "2\0"
	     "9\0k\0Z\0W\0Q\0"),
	MARK("tab\there\0nul\\\""),
	MARK("q~"),
	MARK("q~!"),
	MARK("q~!Q"),
	MARK("q~!Q%"),
	MARK("~\0^\0"),
	MARK("Z}"),
	MARK("z}"),
	MARK("\0\0\0\0\0\0\0\x0B"),
	MARK("prefilter-hex"),
	MARK("prefXltUr-hex"),
	MARK("prefXltUr-nex"),
	MARK("hex-12-jump"),
	MARK("hex-1234-jump"),
	MARK("hex-1234567-jump"),
	MARK("hex-far"),
	MARK("-jump"),
	MARK("hex-one!"),
	MARK("hex-twxo!"),
	MARK("hex\0!"),
	MARK("hex-not"),
	MARK("hex+not"),
	MARK("q.~.!Q"),
	MARK("prefilter-regex-12"),
	MARK("prefilter-regex-1"),
	MARK("REGEX-nobody"),
	MARK("regex-NoCase"),
	MARK("r\0e\0g\0e\0x\0-\0w\0i\0d\0e\0a\0b\0x\0"),
	MARK("regex-both.7"),
	MARK("r\0e\0g\0e\0x\0-\0b\0o\0t\0h\0.\0"
	     "7\0"),
	MARK("aaregexend"),
	MARK("ccregexend"),
	MARK("ddregexend"),
	MARK("dots\n\n\nstod"),
	MARK("dotsstod"),
	MARK("startmark"),
	MARK("endmark"),
	MARK(" boundmark "),
	MARK("xboundmark "),
	MARK("greedy and mark"),
	MARK("greedy \n mark"),
	MARK("optiomark"),
	MARK("optionalmark"),
	MARK("pluuuusmark"),
	MARK("plsmark"),
	MARK(" fullregex7 "),
	MARK("xfullregex7"),
	MARK("qrefilter-class-\xA3"),
	MARK("prefilter-class-a"),
	MARK("prefilter-hidden"),
	MARK("\x07\x07\x07\x07"),
	MARK("A1y"),
	MARK("A.B.C"),
	MARK("MZ"),
	MARK("PE\0\0"),
	MARK("glob"),
	MARK("this text is a good deal longer than any window that the "
	     "prefilter keeps of it, and it goes on and on until it is well "
	     "above one hundred and twenty-eight bytes, which it is now"),
	MARK("this text is a good deal longer than any window that the "
	     "prefilter keeps of it, and it goes on and on until it is well "
	     "above one hundred and twenty-eight bytes, which it is not"),
};

#define MARK_COUNT (sizeof(marks) / sizeof(marks[0]))

static uint64_t state;

static uint32_t random_number(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return (uint32_t)((state >> 33) % below);
}

/* Noise without the marks' letters, so that marks come from us alone. */
static uint8_t *noise(size_t nbytes)
{
	uint8_t *data = mem_alloc(nbytes + 1);

	if (!data)
		exit(70);
	for (size_t i = 0; i < nbytes; i++)
		data[i] = (uint8_t)(0x80 | random_number(0x40));
	return data;
}

static size_t put(uint8_t *data, size_t nbytes, size_t at, const struct mark *m,
		  uint8_t key, bool wide)
{
	for (size_t i = 0; i < m->nbytes; i++) {
		size_t to = at + (wide ? 2 * i : i);

		if (to < nbytes)
			data[to] = (uint8_t)m->text[i] ^ key;
		if (wide && to + 1 < nbytes)
			data[to + 1] = key;
	}
	return at + (wide ? 2 * m->nbytes : m->nbytes);
}

static void write_file(const char *dir, const char *name, const uint8_t *data,
		       size_t nbytes)
{
	char *path = host_join(dir, name);

	if (!path || host_write_file(path, data, nbytes)) {
		fprintf(stderr, "mkmarks: %s\n", err_last()->text);
		exit(70);
	}
	mem_free(path);
}

/* What needs two marks, or a distance between them. */
static void write_pairs(const char *dir)
{
	static const struct {
		size_t first;
		const char *a;
		size_t second;
		const char *b;
		size_t nbytes;
	} pairs[] = {
		{ 10, "hex-far", 17 + 300, "-jump", 400 },
		{ 10, "hex-far", 17 + 299, "-jump", 400 },
		{ 10, "hex-far", 17 + 4000, "-jump", 5000 },
		{ 10, "hex-far", 17 + 4001, "-jump", 5000 },
		{ 10, "hex-far", 500000, "-jump", 600000 },
		{ 10, "-jump", 600, "hex-far", 700 },
		{ 0, "prefilter-mark-one", 50, "prefilter-mark-two", 80 },
		{ 0, "prefilter-mark-two", 50, "prefilter-mark-one", 80 },
		{ 0, "prefilter-mark-one", 50, "prefilter-hidden", 80 },
		{ 0, "MZ", 50, "prefilter-mark-one", 80 },
		{ 262140, "prefilter", 300000, "-", 300001 },
		{ 262141, "prefilter", 300000, "-", 300001 },
		{ 2000000, "prefilter-mark-one", 2200000, "-", 2200001 },
		{ 2000000, "prefilter-mark-two", 2200000, "-", 2200001 },
		{ 5000, "12341234", 5999, "\n", 6000 },
		{ 5000, "12341235", 1500000, "q", 1600000 },
		{ 5000, "12341234", 1500000, "\n", 1500001 },
	};

	char name[64];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct mark a = { pairs[i].a, strlen(pairs[i].a) };
		const struct mark b = { pairs[i].b, strlen(pairs[i].b) };
		uint8_t *data = noise(pairs[i].nbytes);

		put(data, pairs[i].nbytes, pairs[i].first, &a, 0, false);
		put(data, pairs[i].nbytes, pairs[i].second, &b, 0, false);
		snprintf(name, sizeof(name), "pair%02d.bin", (int)i);
		write_file(dir, name, data, pairs[i].nbytes);
		mem_free(data);
	}
}

/* One mark alone in files of its own size, one more, and in the middle. */
static void write_single(const char *dir)
{
	static const struct mark xored[] = { MARK("prefilter-xored"),
					     MARK("xorboth") };
	char name[64];

	for (size_t i = 0; i < MARK_COUNT; i++) {
		for (int form = 0; form < 3; form++) {
			size_t nbytes = marks[i].nbytes + (size_t)form * 37;
			uint8_t *data = noise(nbytes);

			put(data, nbytes, (size_t)form * 17, &marks[i], 0,
			    false);
			snprintf(name, sizeof(name), "m%02d-%d.txt", (int)i,
				 form);
			write_file(dir, name, data, nbytes);
			mem_free(data);
		}
	}
	for (int i = 0; i < 128; i++) {
		uint8_t *data = noise(100);

		put(data, 100, 20, &xored[i & 1], (uint8_t)(i * 2 + 1),
		    (i & 2) != 0);
		snprintf(name, sizeof(name), "x%03d.bin", i);
		write_file(dir, name, data, 100);
		mem_free(data);
	}
	write_file(dir, "empty", (const uint8_t *)"", 0);
	write_file(dir, "glob", (const uint8_t *)"z", 1);
	write_file(dir, "one.dll", (const uint8_t *)"M", 1);
	write_file(dir, "Two.DLL", (const uint8_t *)"MZ", 2);
	write_file(dir, "four.bin", (const uint8_t *)"d41d", 4);
	write_pairs(dir);
}

/* Marks across the borders of the reader's steps and buffers. */
static void write_borders(const char *dir)
{
	static const size_t borders[] = { 4096,	  262144,  266240,
					  524288, 1048576, 1310720 };
	char name[64];

	for (size_t b = 0; b < sizeof(borders) / sizeof(borders[0]); b++) {
		for (int k = 0; k < 4; k++) {
			const struct mark *m =
				&marks[random_number(MARK_COUNT)];
			size_t back = random_number((uint32_t)m->nbytes + 1);
			size_t nbytes = 1500000 + random_number(900000);
			uint8_t *data = noise(nbytes);

			put(data, nbytes, borders[b] - back, m, 0, false);
			if (k == 3)
				put(data, nbytes, 0, &marks[MARK_COUNT - 5], 0,
				    false);
			snprintf(name, sizeof(name), "border%d-%d.bin", (int)b,
				 k);
			write_file(dir, name, data, nbytes);
			mem_free(data);
		}
	}
}

static void write_mixed(const char *dir, int count)
{
	char name[64];

	for (int i = 0; i < count; i++) {
		size_t nbytes = random_number(i % 10 ? 4000 : 700000);
		uint8_t *data = noise(nbytes);
		uint32_t n = random_number(6);
		size_t at = 0;

		for (uint32_t k = 0; k < n; k++) {
			const struct mark *m =
				&marks[random_number(MARK_COUNT)];

			at = random_number(3)
				     ? random_number((uint32_t)nbytes + 1)
				     : at;
			at = put(data, nbytes, at, m, 0, random_number(8) == 0);
		}
		snprintf(name, sizeof(name), "%c%03d.%s",
			 'a' + (int)random_number(6), i,
			 random_number(2) ? "dll" : "Txt");
		write_file(dir, name, data, nbytes);
		mem_free(data);
	}
}

static char *make_dir(const char *dir, const char *name)
{
	char *path = host_join(dir, name);
	int ret = path ? host_mkdir(path) : ERR_NOMEM;

	if (ret && ret != ERR_EXISTS)
		exit(70);
	return path;
}

int main(int argc, char **argv)
{
	uint64_t seed = 1;
	char *deep;
	char *deeper;

	host_start(&argc, &argv);
	if (argc < 2 || (argc > 2 && !str_parse_u64(argv[2], &seed))) {
		fprintf(stderr, "usage: mkmarks FOLDER [SEED]\n");
		return 64;
	}
	state = seed;
	host_mkdir(argv[1]);
	deep = make_dir(argv[1], "deep");
	deeper = make_dir(deep, "folder");
	write_single(argv[1]);
	write_borders(deep);
	write_mixed(deeper, 300);
	mem_free(deep);
	mem_free(deeper);
	return 0;
}
