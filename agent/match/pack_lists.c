/*
 * The text files of a pack: pack.txt and the .tsv lists.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "match/pack_internal.h"
#include "words/match.h"
#include "words/pack.h"
#include <stdlib.h>
#include <string.h>

#define MAX_ROWS    20000
#define MAX_COLUMNS 4

#ifndef MSTMP_VERSION
#define MSTMP_VERSION "0" /* the build gives it */
#endif

void pack_lists_init(struct pack_lists *l)
{
	const struct vec places = VEC_INIT(struct pack_place, MAX_ROWS);
	const struct vec known = VEC_INIT(struct pack_known, MAX_ROWS);
	const struct vec allow = VEC_INIT(struct pack_allow, MAX_ROWS);
	const struct vec restore = VEC_INIT(struct pack_restore, MAX_ROWS);
	const struct vec texts = VEC_INIT(struct pack_text, MAX_ROWS);
	const struct vec lines = VEC_INIT(char *, 4 * MAX_ROWS + 64);

	memset(l, 0, sizeof(*l));
	l->places = places;
	l->known = known;
	l->allow = allow;
	l->restore = restore;
	l->texts = texts;
	l->lines = lines;
	l->info.name = l->info.title = l->info.title_ja = "";
	l->info.version = l->info.description = l->info.reference = "";
	l->info.source = l->info.signer = l->info.trusted_comment = "";
}

void pack_lists_release(struct pack_lists *l)
{
	for (size_t i = 0; i < l->lines.count; i++)
		mem_free(*(char **)vec_at(&l->lines, i));
	vec_release(&l->lines);
	vec_release(&l->places);
	vec_release(&l->known);
	vec_release(&l->allow);
	vec_release(&l->restore);
	vec_release(&l->texts);
}

/* A copy of the line that the lists own; NULL without memory. */
static char *own_line(struct pack_lists *l, const char *text, size_t nbytes)
{
	char *copy = mem_strndup(text, nbytes);
	char **slot = copy ? vec_push(&l->lines) : NULL;

	if (!slot) {
		mem_free(copy);
		err_nomem();
		return NULL;
	}
	*slot = copy;
	return copy;
}

/* Splits at tabs in place; more columns than asked for stay in the last. */
static size_t split_columns(char *line, char **columns, size_t max)
{
	size_t count = 1;

	columns[0] = line;
	for (char *p = line; *p && count < max; p++) {
		if (*p == '\t') {
			*p = '\0';
			columns[count++] = p + 1;
		}
	}
	return count;
}

static int bad_row(const char *file, unsigned line, const char *what)
{
	return err_fail(ERR_INVALID, 0, "%s:%u: %s", file, line, what);
}

static int add_place(struct pack_lists *l, char **c, unsigned line)
{
	static const char *const kinds[] = { "tree", "folder", "file" };
	struct pack_place *p;
	int kind = 0;

	while (kind < 3 && strcmp(kinds[kind], c[0]) != 0)
		kind++;
	if (kind == 3)
		return bad_row("places.tsv", line, W_MATCH_PLACE_KIND);
	if (!*c[1])
		return bad_row("places.tsv", line, W_MATCH_PLACE_EMPTY);
	p = vec_push(&l->places);
	if (!p)
		return err_last()->err;
	p->kind = (enum place_kind)kind;
	p->pattern = c[1];
	p->why = c[2];
	p->line = line;
	return 0;
}

static int add_known(struct pack_lists *l, char **c, unsigned line)
{
	struct pack_known *k;

	if (!*c[0] || !*c[1] || !*c[2])
		return bad_row("known.tsv", line, W_MATCH_KNOWN_COLUMNS);
	k = vec_push(&l->known);
	if (!k)
		return err_last()->err;
	k->point = c[0];
	k->clsid = c[1];
	k->file = c[2];
	k->what = c[3];
	k->line = line;
	return 0;
}

/* "6.1" as 6 * 1000 + 1; -1: no version. */
static int version_number(const char *text)
{
	const char *dot = strchr(text, '.');
	uint64_t major, minor = 0;
	char head[8];

	if (dot && (size_t)(dot - text) < sizeof(head)) {
		str_copy(head, text, (size_t)(dot - text) + 1);
		if (!str_parse_u64(dot + 1, &minor) || minor > 999)
			return -1;
		text = head;
	}
	if (!str_parse_u64(text, &major) || major > 999)
		return -1;
	return (int)(major * 1000 + minor);
}

static int add_restore(struct pack_lists *l, char **c, unsigned line)
{
	struct pack_restore *r;
	int first = version_number(c[1]);
	int last = version_number(c[2]);

	if (!*c[0] || first < 0 || last < first)
		return bad_row("restore.tsv", line, W_MATCH_RESTORE_COLUMNS);
	if (strlen(c[3]) != 38 || c[3][0] != '{' || c[3][37] != '}')
		return bad_row("restore.tsv", line, W_PACK_ALLOW_CLASS);
	r = vec_push(&l->restore);
	if (!r)
		return err_last()->err;
	r->name = c[0];
	r->first = first;
	r->last = last;
	r->clsid = c[3];
	return 0;
}

static int add_allow(struct pack_lists *l, char **c, unsigned line)
{
	static const char *const kinds[] = { "sha256", "clsid", "publisher",
					     "path" };
	struct pack_allow *a;
	int kind = 0;

	while (kind < 4 && strcmp(kinds[kind], c[0]) != 0)
		kind++;
	if (kind == 4)
		return bad_row("allow.tsv", line, W_MATCH_ALLOW_KIND);
	if (!*c[1])
		return bad_row("allow.tsv", line, W_MATCH_ALLOW_EMPTY);
	if (kind == ALLOW_SHA256 &&
	    (strlen(c[1]) != 64 ||
	     strspn(c[1], "0123456789abcdefABCDEF") != 64))
		return bad_row("allow.tsv", line, W_MATCH_SHA256_FORM);
	a = vec_push(&l->allow);
	if (!a)
		return err_last()->err;
	a->kind = (enum allow_kind)kind;
	a->value = c[1];
	a->why = c[2];
	a->line = line;
	return 0;
}

static int add_text(struct pack_lists *l, char **c, unsigned line)
{
	struct pack_text *t;

	if (!*c[0])
		return bad_row("texts.tsv", line, W_MATCH_KEY_EMPTY);
	t = vec_push(&l->texts);
	if (!t)
		return err_last()->err;
	t->key = c[0];
	t->en = c[1];
	t->ja = c[2];
	t->line = line;
	t->extra = c[3];
	return 0;
}

/* Compares "0.10.2" by its numbers. */
static bool is_newer(const char *a, const char *b)
{
	while (*a || *b) {
		unsigned long x = strtoul(a, NULL, 10);
		unsigned long y = strtoul(b, NULL, 10);

		if (x != y)
			return x > y;
		a += strcspn(a, ".");
		b += strcspn(b, ".");
		a += *a == '.';
		b += *b == '.';
	}
	return false;
}

static int add_info(struct pack_lists *l, char **c, unsigned line)
{
	char *value = strchr(c[0], ':');

	const char *min_tool = "";

	const struct {
		const char *key;
		const char **slot;
	} keys[] = {
		{ "min_tool", &min_tool },
		{ "name", &l->info.name },
		{ "title", &l->info.title },
		{ "title_ja", &l->info.title_ja },
		{ "version", &l->info.version },
		{ "description", &l->info.description },
		{ "reference", &l->info.reference },
	};

	if (!value)
		return bad_row("pack.txt", line, W_MATCH_LINE_FORM);
	*value++ = '\0';
	value += strspn(value, " \t");
	/* An unknown key is for a newer program. */
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].key, c[0]) == 0)
			*keys[i].slot = value;
	}
	if (*min_tool && is_newer(min_tool, MSTMP_VERSION))
		return err_fail(ERR_UNSUPPORTED, 0, W_MATCH_NEEDS_NEWER, line,
				min_tool, MSTMP_VERSION);
	return 0;
}

struct list_format {
	const char *file;
	size_t columns; /* needed */
	bool is_tsv;
	int (*add)(struct pack_lists *l, char **columns, unsigned line);
};

static const struct list_format formats[] = {
	{ "pack.txt", 1, false, add_info },
	{ "places.tsv", 2, true, add_place },
	{ "known.tsv", 3, true, add_known },
	{ "allow.tsv", 2, true, add_allow },
	{ "restore.tsv", 4, true, add_restore },
	{ "texts.tsv", 2, true, add_text },
};

static int read_line(struct pack_lists *l, const struct list_format *format,
		     const char *text, size_t nbytes, unsigned line)
{
	static char empty[1] = "";
	char *columns[MAX_COLUMNS];
	char *copy;
	size_t count;

	if (!nbytes || text[0] == '#')
		return 0;
	copy = own_line(l, text, nbytes);
	if (!copy)
		return ERR_NOMEM;
	if (!copy[strspn(copy, " \t")])
		return 0;
	count = split_columns(copy, columns, format->is_tsv ? MAX_COLUMNS : 1);
	if (count < format->columns)
		return bad_row(format->file, line, W_MATCH_COLUMNS_MISSING);
	while (count < MAX_COLUMNS)
		columns[count++] = empty;
	return format->add(l, columns, line);
}

static int read_list(struct pack_lists *l, const struct list_format *format,
		     const struct pack_member *m)
{
	const char *p = (const char *)m->data;
	const char *end = p + m->nbytes;
	unsigned line = 1;
	int err = pack_files_check_text(format->file, p, m->nbytes);

	if (err)
		return err;
	if (m->nbytes >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	for (; p < end; line++) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		size_t n = (size_t)(stop - p);

		if (n && p[n - 1] == '\r')
			n--;
		err = read_line(l, format, p, n, line);
		if (err)
			return err;
		p = newline ? newline + 1 : end;
	}
	return 0;
}

static int compare_texts(const void *a, const void *b)
{
	const struct pack_text *x = a;
	const struct pack_text *y = b;

	return strcmp(x->key, y->key);
}

int pack_lists_read(struct pack_lists *l, const struct pack_files *files)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const struct pack_member *m =
			pack_files_get(files, formats[i].file);
		int ret = m ? read_list(l, &formats[i], m) : 0;

		if (ret)
			return ret;
	}
	if (l->texts.count)
		qsort(l->texts.items, l->texts.count, l->texts.size,
		      compare_texts);
	return 0;
}

const char *pack_companion(const struct pack *p, const char *rule)
{
	for (size_t i = 0; p && rule && i < pack_rule_count(p); i++)
		if (strcmp(pack_rule(p, i)->name, rule) == 0)
			return pack_rule(p, i)->companion;
	return NULL;
}

size_t pack_place_count(const struct pack *p)
{
	return p->lists.places.count;
}

const struct pack_place *pack_place(const struct pack *p, size_t index)
{
	return vec_at(&p->lists.places, index);
}

size_t pack_known_count(const struct pack *p)
{
	return p->lists.known.count;
}

const struct pack_known *pack_known(const struct pack *p, size_t index)
{
	return vec_at(&p->lists.known, index);
}

size_t pack_restore_count(const struct pack *p)
{
	return p->lists.restore.count;
}

const struct pack_restore *pack_restore(const struct pack *p, size_t index)
{
	return vec_at(&p->lists.restore, index);
}

bool pack_restore_fits(const struct pack_restore *r, int major, int minor)
{
	const int version = major * 1000 + minor;

	return version >= r->first && version <= r->last;
}

size_t pack_allow_count(const struct pack *p)
{
	return p->lists.allow.count;
}

const struct pack_allow *pack_allow(const struct pack *p, size_t index)
{
	return vec_at(&p->lists.allow, index);
}

const char *pack_text(const struct pack *p, const char *key, const char *lang)
{
	const struct pack_text wanted = { .key = key };
	const struct pack_text *t;

	if (!p->lists.texts.count)
		return NULL;
	t = bsearch(&wanted, p->lists.texts.items, p->lists.texts.count,
		    p->lists.texts.size, compare_texts);
	if (!t)
		return NULL;
	if (lang && lang_is_ja(lang) && *t->ja)
		return t->ja;
	return *t->en ? t->en : NULL;
}
