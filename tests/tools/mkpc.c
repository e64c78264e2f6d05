/*
 * Makes a stand-in PC: the disk of a Windows with real hives, harmless files
 * and (by its recipe) the traces of the outbreak.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   mkpc RECIPE STANDINS MARKS OUT
 *   mkpc mark NAME MARKS               prints one encoded text
 *
 * STANDINS is the tree that mkstandin made, MARKS its table of encoded
 * texts, OUT the folder that becomes drive C:.  A recipe has one instruction
 * a line, fields separated by tabs; tests/pc/README.md lists them.
 */
#include "cab_maker.h"
#include "hive_maker.h"
#include "zip_maker.h"
#include "base/str.h"
#include "host/host.h"
#include "registry/registry.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_NBYTES 8192
#define FIELD_MAX	8
#define INCLUDE_MAX	8
#define XOR_KEY		0xA5 /* tests/standin/marks.enc */

struct line {
	char *field[FIELD_MAX];
	size_t count;
};

static const char *standins, *marks_path, *out_dir;
static const char *recipe_name;
static unsigned line_number;

/* Hives stay open until "end": a later recipe adds to an earlier one's. */
struct open_hive {
	struct open_hive *next;
	char *path;
	struct hive_maker_key *root;
};

static struct open_hive *hives;
static struct hive_maker_key *hive, *key;

static void fail(const char *fmt, ...) FMT_PRINTF(1, 2)
	__attribute__((noreturn));

static void fail(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mkpc: %s:%u: ", recipe_name, line_number);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* ---- files ------------------------------------------------------- */

static char *full_path(const char *below)
{
	char *path = host_join(out_dir, below);

	if (!path)
		fail("no memory");
	for (char *p = path + strlen(out_dir) + 1; *p; p++) {
		char keep = *p;

		if (*p != '/')
			continue;
		*p = '\0';
		(void)host_mkdir(path);
		*p = keep;
	}
	return path;
}

static void write_file(const char *below, const void *data, size_t nbytes)
{
	char *path = full_path(below);
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, nbytes, f) != nbytes || fclose(f) != 0)
		fail("cannot write \"%s\"", path);
	mem_free(path);
}

static uint8_t *read_file(const char *path, size_t *nbytes_ret)
{
	void *data = NULL;

	if (host_read_file(path, (size_t)64 << 20, &data, nbytes_ret))
		fail("cannot read \"%s\"", path);
	return data;
}

/* ---- texts ------------------------------------------------------- */

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t from_hex(const char *hex, uint8_t *out, size_t room, int mask)
{
	size_t n = 0;

	while (*hex && *hex != '\n' && *hex != '\r') {
		int high = hex_digit(hex[0]);
		int low = high < 0 ? -1 : hex_digit(hex[1]);

		if (*hex == ' ') {
			hex++;
			continue;
		}
		if (low < 0 || n == room)
			fail("wrong hex digits");
		out[n++] = (uint8_t)((high * 16 + low) ^ mask);
		hex += 2;
	}
	return n;
}

static void add_mark(struct str *out, const char *name, size_t name_nbytes)
{
	size_t nbytes;
	char *all = (char *)read_file(marks_path, &nbytes);
	char *at = all;

	for (; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		uint8_t text[1024];

		if (strncmp(at, name, name_nbytes) != 0 ||
		    at[name_nbytes] != '\t')
			continue;
		str_addn(out, text,
			 from_hex(at + name_nbytes + 1, text, sizeof(text),
				  XOR_KEY));
		mem_free(all);
		return;
	}
	fail("there is no mark \"%.*s\"", (int)name_nbytes, name);
}

/* \n, \\, \0 (as our UTF-8), \xHH and @{mark}. */
static char *unescape_bytes(const char *s, size_t *nbytes_ret)
{
	struct str out = STR_INIT;

	while (*s) {
		const char *end;
		uint8_t byte;

		if (s[0] == '@' && s[1] == '{') {
			end = strchr(s, '}');
			if (!end)
				fail("@{ without }");
			add_mark(&out, s + 2, (size_t)(end - s - 2));
			s = end + 1;
		} else if (s[0] == '\\' && s[1] == 'n') {
			str_addch(&out, '\n');
			s += 2;
		} else if (s[0] == '\\' && s[1] == '0') {
			utf_encode(&out, 0);
			s += 2;
		} else if (s[0] == '\\' && s[1] == 'x' && s[2] && s[3]) {
			char two[3] = { s[2], s[3], '\0' };

			from_hex(two, &byte, 1, 0);
			str_addch(&out, (char)byte);
			s += 4;
		} else if (s[0] == '\\' && s[1] == '\\') {
			str_addch(&out, '\\');
			s += 2;
		} else {
			str_addch(&out, *s++);
		}
	}
	*nbytes_ret = out.len;
	return hive_maker_need(str_detach(&out));
}

static char *unescape(const char *s)
{
	size_t nbytes;

	return unescape_bytes(s, &nbytes);
}

/* ---- hives ------------------------------------------------------- */

static void start_hive(const char *path)
{
	struct open_hive *h;

	for (h = hives; h && strcmp(h->path, path) != 0;)
		h = h->next;
	if (!h) {
		h = hive_maker_need(mem_zalloc(sizeof(*h)));
		h->path = hive_maker_need(mem_strdup(path));
		h->root = hive_maker_new("ROOT");
		h->next = hives;
		hives = h;
	}
	hive = key = h->root;
}

static void write_hives(void)
{
	while (hives) {
		struct open_hive *h = hives;
		size_t nbytes;
		uint8_t *data = hive_maker_write(h->root, &nbytes);

		write_file(h->path, data, nbytes);
		hives = h->next;
		mem_free(data);
		mem_free(h->path);
		hive_maker_free(h->root);
		mem_free(h);
	}
	hive = key = NULL;
}

static const char *value_name(const char *name)
{
	return strcmp(name, "@") == 0 ? "" : name;
}

static void add_text(const struct line *l, uint32_t type, size_t cut_nbytes)
{
	char *text = unescape(l->field[2]);
	char *name = unescape(value_name(l->field[1]));
	uint16_t *units;
	uint8_t bytes[4096];
	size_t n;

	if (!key)
		fail("no key");
	if (utf_to_utf16(text, &units, &n) || 2 * n + 4 > sizeof(bytes))
		fail("the text is too long");
	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < n; i++)
		bytes_put_le16(bytes + 2 * i, units[i]);
	n = 2 * n + (type == REG_TYPE_MULTI_SZ ? 4 : 2);
	hive_maker_value(key, name, type, bytes, n - cut_nbytes);
	mem_free(units);
	mem_free(text);
	mem_free(name);
}

static void add_number(const struct line *l)
{
	uint8_t bytes[4];
	uint64_t v;

	if (!key || !str_parse_u64(l->field[2], &v))
		fail("no key, or no number");
	bytes_put_le32(bytes, (uint32_t)v);
	hive_maker_value(key, value_name(l->field[1]), REG_TYPE_DWORD, bytes,
			 4);
}

static void add_raw(const struct line *l)
{
	uint8_t bytes[4096];
	uint64_t type;

	if (!key || !str_parse_u64(l->field[2], &type))
		fail("no key, or no type");
	hive_maker_value(key, value_name(l->field[1]), (uint32_t)type, bytes,
			 from_hex(l->field[3], bytes, sizeof(bytes), 0));
}

/* More than one value cell holds, of bytes that are not all the same. */
static void add_fill(const struct line *l)
{
	uint64_t type, nbytes;
	uint8_t *bytes;

	if (!key || !str_parse_u64(l->field[2], &type) ||
	    !str_parse_u64(l->field[3], &nbytes) || nbytes > 1 << 20)
		fail("no key, no type, or too many bytes");
	bytes = hive_maker_need(mem_alloc((size_t)nbytes + 1));
	for (size_t i = 0; i < nbytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	hive_maker_value(key, value_name(l->field[1]), (uint32_t)type, bytes,
			 (size_t)nbytes);
	mem_free(bytes);
}

/* As Windows makes one: flag and value, the text without its NUL. */
static void add_link(const struct line *l)
{
	char *text = unescape(l->field[1]);
	uint8_t bytes[4096];
	uint16_t *units;
	size_t n;

	if (!key)
		fail("no key");
	if (utf_to_utf16(text, &units, &n) || 2 * n > sizeof(bytes))
		fail("the text is too long");
	for (size_t i = 0; i < n; i++)
		bytes_put_le16(bytes + 2 * i, units[i]);
	key->flags |= REGF_KEY_SYM_LINK;
	hive_maker_value(key, "SymbolicLinkValue", REG_TYPE_LINK, bytes, 2 * n);
	mem_free(units);
	mem_free(text);
}

/* ---- damage ------------------------------------------------------ */

static void truncate_file(const struct line *l)
{
	char *path = full_path(l->field[1]);
	size_t nbytes;
	uint8_t *data = read_file(path, &nbytes);
	uint64_t want;

	if (!str_parse_u64(l->field[2], &want) || want > nbytes)
		fail("the file is shorter than that");
	write_file(l->field[1], data, (size_t)want);
	mem_free(data);
	mem_free(path);
}

static void patch_file(const struct line *l)
{
	char *path = full_path(l->field[1]);
	size_t nbytes, n;
	uint8_t *data = read_file(path, &nbytes);
	uint8_t bytes[1024];
	uint64_t at;

	n = from_hex(l->field[3], bytes, sizeof(bytes), 0);
	if (!str_parse_u64(l->field[2], &at) || at + n > nbytes)
		fail("the file is shorter than that");
	memcpy(data + at, bytes, n);
	write_file(l->field[1], data, nbytes);
	mem_free(data);
	mem_free(path);
}

/* ---- instructions ------------------------------------------------ */

static void run_recipe(const char *path, int depth);

static void do_copy(const struct line *l)
{
	char *from = host_join(standins, l->field[2]);
	size_t nbytes;
	uint8_t *data = read_file(hive_maker_need(from), &nbytes);

	write_file(l->field[1], data, nbytes);
	mem_free(data);
	mem_free(from);
}

static void do_text(const struct line *l)
{
	size_t nbytes;
	char *text = unescape_bytes(l->field[2], &nbytes);

	write_file(l->field[1], text, nbytes);
	mem_free(text);
}

/* More bytes at the end of a file that is there. */
static void do_append(const struct line *l)
{
	char *path = full_path(l->field[1]);
	size_t nbytes, text_nbytes;
	char *text = unescape_bytes(l->field[2], &text_nbytes);
	struct str all = STR_INIT;
	uint8_t *data = read_file(path, &nbytes);

	str_addn(&all, data, nbytes);
	str_addn(&all, text, text_nbytes);
	write_file(l->field[1], str_text(&all), all.len);
	str_release(&all);
	mem_free(data);
	mem_free(text);
	mem_free(path);
}

/* The stand-in as the only member of an archive. */
static void do_pack(const struct line *l)
{
	char *from = hive_maker_need(host_join(standins, l->field[3]));
	const bool is_zip = strcmp(l->field[0], "zip") == 0;
	struct cab_row row = { .name = l->field[2] };
	const struct cab_options stored = { 0 };
	struct zip_maker *zip = zip_maker_new();
	uint8_t *data = read_file(from, &row.nbytes);

	row.data = data;
	if (is_zip) {
		zip_add(zip, row.name, 0, 0, data, row.nbytes);
		zip_finish(zip);
	} else {
		cab_make(&zip->file, &row, 1, &stored);
	}
	write_file(l->field[1], zip->file.buf, zip->file.len);
	zip_maker_free(zip);
	mem_free(data);
	mem_free(from);
}

static void do_include(const struct line *l, int depth)
{
	const char *cut = strrchr(recipe_name, '/');
	char *folder =
		mem_strndup(recipe_name, cut ? (size_t)(cut - recipe_name) : 0);
	char *path = host_join(cut ? folder : ".", l->field[1]);
	const char *outer = recipe_name;
	unsigned outer_line = line_number;

	run_recipe(hive_maker_need(path), depth + 1);
	recipe_name = outer;
	line_number = outer_line;
	mem_free(path);
	mem_free(folder);
}

static void do_key(const struct line *l)
{
	char *path = unescape(l->field[1]);

	if (!hive)
		fail("no hive");
	key = hive_maker_path(hive, path);
	mem_free(path);
}

static void run_line(const struct line *l, int depth)
{
	const char *what = l->field[0];
	size_t n = l->count;

	if (!strcmp(what, "include") && n == 2) {
		do_include(l, depth);
	} else if (!strcmp(what, "hive") && n == 2) {
		start_hive(l->field[1]);
	} else if (!strcmp(what, "end") && n == 1) {
		write_hives();
	} else if (!strcmp(what, "key") && n == 2) {
		do_key(l);
	} else if (!strcmp(what, "sz") && n == 3) {
		add_text(l, REG_TYPE_SZ, 0);
	} else if (!strcmp(what, "sz_no_nul") && n == 3) {
		add_text(l, REG_TYPE_SZ, 2);
	} else if (!strcmp(what, "expand") && n == 3) {
		add_text(l, REG_TYPE_EXPAND_SZ, 0);
	} else if (!strcmp(what, "multi") && n == 3) {
		add_text(l, REG_TYPE_MULTI_SZ, 0);
	} else if (!strcmp(what, "dword") && n == 3) {
		add_number(l);
	} else if (!strcmp(what, "raw") && n == 4) {
		add_raw(l);
	} else if (!strcmp(what, "fill") && n == 4) {
		add_fill(l);
	} else if (!strcmp(what, "link") && n == 2) {
		add_link(l);
	} else if (!strcmp(what, "copy") && n == 3) {
		do_copy(l);
	} else if (!strcmp(what, "text") && n == 3) {
		do_text(l);
	} else if (!strcmp(what, "append") && n == 3) {
		do_append(l);
	} else if ((!strcmp(what, "zip") || !strcmp(what, "cab")) && n == 4) {
		do_pack(l);
	} else if (!strcmp(what, "folder") && n == 2) {
		char *path = full_path(l->field[1]);

		(void)host_mkdir(path);
		mem_free(path);
	} else if (!strcmp(what, "truncate") && n == 3) {
		truncate_file(l);
	} else if (!strcmp(what, "patch") && n == 4) {
		patch_file(l);
	} else {
		fail("\"%s\" with %u fields is no instruction", what,
		     (unsigned)n);
	}
}

static void run_recipe(const char *path, int depth)
{
	size_t nbytes;
	char *all, *at;

	recipe_name = path;
	line_number = 0;
	if (depth > INCLUDE_MAX)
		fail("too many includes");
	all = (char *)read_file(path, &nbytes);
	all = hive_maker_need(mem_realloc(all, nbytes + 1));
	all[nbytes] = '\0';
	for (at = all; at && *at;) {
		char *end = strchr(at, '\n');
		struct line l = { { NULL }, 0 };

		line_number++;
		if (end)
			*end++ = '\0';
		if (*at && *at != '#') {
			for (char *p = at; p && l.count < FIELD_MAX;) {
				l.field[l.count++] = p;
				p = strchr(p, '\t');
				if (p)
					*p++ = '\0';
			}
			run_line(&l, depth);
		}
		at = end;
	}
	mem_free(all);
}

int main(int argc, char **argv)
{
	if (!host_start(&argc, &argv) && argc == 4 &&
	    strcmp(argv[1], "mark") == 0) {
		struct str text = STR_INIT;

		marks_path = argv[3];
		add_mark(&text, argv[2], strlen(argv[2]));
		fwrite(text.buf, 1, text.len, stdout);
		str_release(&text);
		return 0;
	}
	if (argc != 5) {
		fprintf(stderr, "use: mkpc RECIPE STANDINS MARKS OUT\n");
		return 64;
	}
	standins = argv[2];
	marks_path = argv[3];
	out_dir = argv[4];
	(void)host_mkdir(out_dir);
	run_recipe(argv[1], 0);
	write_hives();
	return 0;
}
