/*
 * Writes the tree of files for the speed tests: the same arguments give the
 * same bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	corpus DIR FILES MEGABYTES <LIST
 *
 * LIST names real programs, one a line.  Some seven of ten bytes are copies
 * of them, each changed in a few places and with bytes at its end, so that
 * no two are equal; the rest are small files of the kinds a PC is full of,
 * with sizes that spread as they do there (lognormal).  Folders lie up to 24
 * deep and many have Japanese names.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FOLDERS 20000
#define MAX_DEPTH   24
#define MAX_PATH_NBYTES 3000
#define BUF_NBYTES  ((size_t)64 << 20)
/* Median 4 KiB, mean some 30 KiB. */
#define SIZE_MEDIAN 4096.0
#define SIZE_SIGMA  2.0
#define SIZE_MAX_NBYTES ((size_t)24 << 20)

static uint64_t state = 20101026;

/* xorshift: the same numbers everywhere. */
static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * UINT64_C(2685821657736338717);
}

static uint32_t below(uint32_t n)
{
	return (uint32_t)((next() >> 32) * n >> 32);
}

static double uniform(void)
{
	return ((double)(next() >> 11) + 0.5) / 9007199254740992.0;
}

/* Box and Muller. */
static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static __attribute__((format(printf, 1, 2), noreturn)) void
fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("corpus: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

struct folder {
	char *path;
	unsigned depth;
};

static struct folder folders[MAX_FOLDERS];
static unsigned folder_count;
static uint8_t *buf;
static uint8_t *noise;
static uint64_t total;
static unsigned made;

static const char *const words[] = {
	"Documents", "Program Files", "Common Files", "Windows", "System32",
	"Users",     "AppData",	      "Local",	      "Microsoft", "Temp",
	"資料",	     "平成22年度",    "社内",	      "見積書",	"写真",
	"お客様",    "プログラム",    "新しいフォルダー", "営業部", "予算",
	"drivers",   "en-US",	      "ja-JP",	      "cache",	"backup",
	"data",	     "images",	      "source",	      "lib",	"報告書",
};

#define WORD_COUNT (sizeof(words) / sizeof(words[0]))

static void folder_add(const char *path, unsigned depth)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		fail("cannot make the folder \"%s\": %s", path,
		     strerror(errno));
	folders[folder_count].path = strdup(path);
	folders[folder_count].depth = depth;
	if (!folders[folder_count].path)
		fail("memory is short");
	folder_count++;
}

static void make_folders(const char *root, unsigned count)
{
	char path[MAX_PATH_NBYTES + 100];

	folder_add(root, 0);
	while (folder_count < count && folder_count < MAX_FOLDERS) {
		/* Half below one of the newest: that makes deep trees. */
		unsigned recent = folder_count < 20 ? folder_count : 20;
		const struct folder *up =
			&folders[below(2) ? below(folder_count)
					  : folder_count - 1 - below(recent)];

		if (up->depth >= MAX_DEPTH || strlen(up->path) >
						      MAX_PATH_NBYTES)
			continue;
		snprintf(path, sizeof(path), "%s/%s %u", up->path,
			 words[below(WORD_COUNT)], folder_count);
		folder_add(path, up->depth + 1);
	}
}

static void write_file(const char *name, const uint8_t *data, size_t nbytes)
{
	char path[MAX_PATH_NBYTES + 400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folders[below(folder_count)].path,
		 name);
	f = fopen(path, "wb");
	if (!f)
		fail("cannot write \"%s\": %s", path, strerror(errno));
	setvbuf(f, NULL, _IONBF, 0);
	if ((nbytes && fwrite(data, nbytes, 1, f) != 1) || fclose(f) != 0)
		fail("cannot write \"%s\": %s", path, strerror(errno));
	total += nbytes;
	made++;
}

/* ---- programs ----------------------------------------------------------- */

struct program {
	char *path;
	char *name;
};

static size_t load(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		fail("cannot read \"%s\": %s", path, strerror(errno));
	n = fread(buf, 1, BUF_NBYTES / 2, f);
	fclose(f);
	return n;
}

static void make_program(const struct program *p)
{
	size_t n = load(p->path);
	size_t extra = 16 + below(512);
	char name[300];

	/* Not in the headers, which say where everything is. */
	for (int i = 0; i < 8 && n > 8192; i++)
		buf[4096 + next() % (n - 4096)] ^= (uint8_t)(1 + below(255));
	memcpy(buf + n, noise + below(4096), extra);
	snprintf(name, sizeof(name), "%u_%s", made, p->name);
	write_file(name, buf, n + extra);
}

/* ---- the rest ----------------------------------------------------------- */

static size_t lognormal(void)
{
	double n = SIZE_MEDIAN * exp(SIZE_SIGMA * normal());

	return n > (double)SIZE_MAX_NBYTES ? SIZE_MAX_NBYTES : (size_t)n;
}

static void fill_noise(size_t at, size_t nbytes)
{
	size_t end = at + nbytes;

	while (at < end) {
		uint64_t v = next();
		size_t n = end - at < 8 ? end - at : 8;

		memcpy(buf + at, &v, n);
		at += n;
	}
}

/* Lines made of the pieces with words and numbers between them. */
static void fill_text(size_t nbytes, bool is_wide, const char *const *pieces)
{
	char text[256];
	size_t at = 0;
	unsigned number = 0;

	while (at < nbytes) {
		int n = snprintf(text, sizeof(text), "%s%u%s%s%s%s%s%06u%s",
				 pieces[0], number++, pieces[1],
				 words[below(WORD_COUNT)], pieces[2],
				 words[below(WORD_COUNT)], pieces[3],
				 below(1000000), pieces[4]);

		for (int i = 0; i < n && at < nbytes; i++) {
			buf[at++] = (uint8_t)text[i];
			if (is_wide && at < nbytes)
				buf[at++] = 0;
		}
	}
}

struct kind {
	const char *suffix;
	const char *head;
	size_t head_nbytes;
	unsigned share;		/* of a hundred files */
	bool is_wide;
	const char *pieces[5]; /* none: noise after the head */
};

#define HEAD(s) s, sizeof(s) - 1

static const struct kind kinds[] = {
	{ ".txt", HEAD(""), 18, false, { "", " ", " ", " ", "\r\n" } },
	{ ".log", HEAD(""), 12, false,
	  { "2010-10-26 line ", " ", "/", " code=", "\r\n" } },
	{ ".htm", HEAD("<html><body>"), 18, false,
	  { "<p id=\"p", "\"><a href=\"http://www.example.jp/", "\">",
	    "</a> ", "</p>\n" } },
	{ ".xml", HEAD("\xef\xbb\xbf<?xml version=\"1.0\"?>"), 10, false,
	  { "<item n=\"", "\"><name>", "</name><path>C:\\", "</path><v>",
	    "</v></item>\n" } },
	{ ".ini", HEAD("\xff\xfe"), 8, true,
	  { "Key", "=", "\\", "\\", "\r\n" } },
	{ ".jpg", HEAD("\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01"), 14, false,
	  { NULL } },
	{ ".png", HEAD("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), 8, false,
	  { NULL } },
	{ ".zip", HEAD("PK\x03\x04\x14\0\0\0\x08\0"), 5, false,
	  { NULL } },
	{ ".pdf", HEAD("%PDF-1.4\n"), 4, false, { NULL } },
	{ ".dat", HEAD(""), 3, false, { NULL } },
};

static const struct kind *pick_kind(void)
{
	uint32_t at = below(100);
	size_t i = 0;

	while (at >= kinds[i].share)
		at -= kinds[i++].share;
	return &kinds[i];
}

static void make_other(size_t nbytes)
{
	const struct kind *k = pick_kind();
	char name[300];

	if (k->pieces[0])
		fill_text(nbytes, k->is_wide, k->pieces);
	else
		fill_noise(0, nbytes);
	memcpy(buf, k->head, nbytes < k->head_nbytes ? nbytes :
						       k->head_nbytes);
	snprintf(name, sizeof(name), "%s%u%s", words[below(WORD_COUNT)], made,
		 k->suffix);
	write_file(name, buf, nbytes);
}

/* ---- the whole ---------------------------------------------------------- */

static struct program *read_list(size_t *count_ret)
{
	static struct program programs[20000];
	char line[1000];
	size_t count = 0;

	while (fgets(line, sizeof(line), stdin) && count < 20000) {
		const char *slash;

		line[strcspn(line, "\n")] = '\0';
		slash = strrchr(line, '/');
		programs[count].path = strdup(line);
		programs[count].name = strdup(slash ? slash + 1 : line);
		if (!programs[count].path || !programs[count].name)
			fail("memory is short");
		count++;
	}
	*count_ret = count;
	return programs;
}

int main(int argc, char **argv)
{
	struct program *programs;
	size_t program_count;
	unsigned files;
	uint64_t nbytes;
	uint64_t program_nbytes;
	size_t at = 0;
	double scale;

	if (argc != 4)
		fail("usage: corpus DIR FILES MEGABYTES <LIST");
	files = (unsigned)strtoul(argv[2], NULL, 10);
	nbytes = strtoull(argv[3], NULL, 10) << 20;
	buf = malloc(BUF_NBYTES); /* lint: allow, a tool of its own */
	noise = malloc(8192);	  /* lint: allow, a tool of its own */
	if (!buf || !noise)
		fail("memory is short");
	for (size_t i = 0; i < 8192; i++)
		noise[i] = (uint8_t)next();
	programs = read_list(&program_count);
	make_folders(argv[1], files / 5);
	program_nbytes = program_count ? nbytes / 100 * 68 : 0;
	while (total < program_nbytes && made < files / 2)
		make_program(&programs[at++ % program_count]);
	/* So that the rest comes out near what is wanted. */
	scale = (double)(nbytes - total) / (files - made) /
		(SIZE_MEDIAN * exp(SIZE_SIGMA * SIZE_SIGMA / 2));
	while (made < files) {
		size_t n = (size_t)((double)lognormal() * scale);

		make_other(n > SIZE_MAX_NBYTES ? SIZE_MAX_NBYTES : n);
	}
	printf("%u files in %u folders, %" PRIu64 " bytes\n", made,
	       folder_count, total);
	return 0;
}
