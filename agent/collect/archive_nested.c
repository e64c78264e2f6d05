/*
 * What lies in an archive, and in the archives in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/archive_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/filetype.h"
#include "words/collect.h"

#include <string.h>

/* ---- kinds and bounds ---------------------------------------------------- */

/* Each archive elsewhere may be unpacked to some multiple of its size. */
#define ELSEWHERE_MEMBERS 2048
#define ELSEWHERE_MEMBER  ((uint64_t)8 << 20)
#define ELSEWHERE_BASE	  ((uint64_t)2 << 20)
#define ELSEWHERE_RATIO	  16
#define ELSEWHERE_MAX	  ((uint64_t)64 << 20)

static const struct {
	const char *name;
	bool can_open;
} kinds[ARCHIVE_KIND_COUNT] = {
	[ARCHIVE_NONE] = { "", false },
	[ARCHIVE_ZIP] = { "zip", true },
	[ARCHIVE_GZIP] = { "gzip", true },
	[ARCHIVE_CAB] = { "cab", true },
	[ARCHIVE_7Z] = { "7z", false },
	[ARCHIVE_RAR] = { "rar", false },
	[ARCHIVE_LZH] = { "lzh", false },
	[ARCHIVE_MAIL] = { "mail (pst, dbx)", false },
};

const char *archive_kind_name(enum archive_kind kind)
{
	return kinds[kind].name;
}

bool archive_can_open(enum archive_kind kind)
{
	return kinds[kind].can_open;
}

/* [MS-PST] 2.2.2.6; .dbx as documented by its readers. */
static bool is_mail(const uint8_t *head, size_t nbytes)
{
	static const uint8_t pst[] = { '!', 'B', 'D', 'N' };
	static const uint8_t dbx[] = { 0xcf, 0xad, 0x12, 0xfe };

	return nbytes >= 4 &&
	       (memcmp(head, pst, 4) == 0 || memcmp(head, dbx, 4) == 0);
}

enum archive_kind archive_kind_of(const uint8_t *head, size_t nbytes)
{
	switch (filetype_of(head, nbytes)) {
	case FILETYPE_ZIP:
		return ARCHIVE_ZIP;
	case FILETYPE_GZIP:
		return ARCHIVE_GZIP;
	case FILETYPE_CAB:
		return ARCHIVE_CAB;
	case FILETYPE_7Z:
		return ARCHIVE_7Z;
	case FILETYPE_RAR:
		return ARCHIVE_RAR;
	case FILETYPE_LZH:
		return ARCHIVE_LZH;
	default:
		return is_mail(head, nbytes) ? ARCHIVE_MAIL : ARCHIVE_NONE;
	}
}

struct archive_bounds archive_bounds_for(uint64_t nbytes)
{
	struct archive_bounds b = { ELSEWHERE_MEMBERS, ELSEWHERE_MEMBER,
				    ELSEWHERE_MAX };

	if (nbytes < (ELSEWHERE_MAX - ELSEWHERE_BASE) / ELSEWHERE_RATIO)
		b.all = ELSEWHERE_BASE + nbytes * ELSEWHERE_RATIO;
	return b;
}

bool archive_is_used_up(const struct archive_work *w)
{
	return w->all >= w->bounds.all || w->read >= w->max_read;
}

void archive_unopened(struct archive_work *w, enum archive_kind kind)
{
	if (w->o.unopened)
		w->o.unopened[kind]++;
}

/* ---- what lies in what --------------------------------------------------- */

void archive_note(struct archive_work *w, int err)
{
	if (!w->problem)
		w->problem = err;
}

bool archive_is_fatal(int err)
{
	return err == ERR_NOMEM || err == ERR_IO || err == ERR_LOCKED ||
	       err == ERR_DENIED || err == ERR_ANTIVIRUS ||
	       err == ERR_CANCELLED;
}

int archive_split_name(const char *name, struct str *folder, struct str *base)
{
	size_t end = strlen(name);
	size_t start;

	while (end && name[end - 1] == '/')
		end--;
	start = end;
	while (start && name[start - 1] != '/')
		start--;
	if (start)
		str_addn(folder, name, start - 1);
	str_addn(base, name + start, end - start);
	str_add(base, "");
	return folder->err ? folder->err : base->err;
}

/* The last name of a path, as its gzip is called when it is unpacked. */
static char *plain_name(const char *name)
{
	static const struct {
		const char *packed, *plain;
	} endings[] = { { ".gz", "" }, { ".gzip", "" }, { ".tgz", ".tar" } };

	const char *last = strrchr(name, '/');
	struct str s = STR_INIT;

	last = last ? last + 1 : name;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(last) - strlen(endings[i].packed);

		if (!ascii_iends_with(last, endings[i].packed))
			continue;
		str_addn(&s, last, n);
		str_add(&s, endings[i].plain);
		return str_detach(&s);
	}
	return mem_strdup(last);
}

static int walk_gzip(struct archive_work *w, const struct source *source,
		     const char *name, const char *inside, unsigned depth)
{
	struct output out = { NULL, 0, 0 };
	char *plain = plain_name(name);
	int err;

	if (!plain)
		return ERR_NOMEM;
	if (w->members++ >= w->bounds.members)
		err = ERR_TOO_LARGE;
	else
		err = unpack_gzip(w, source, &out);
	w->all += out.nbytes;
	if (err && !archive_is_fatal(err))
		archive_note(w, err);
	/* What is damaged further behind has a beginning. */
	if (!err || err == ERR_CORRUPT)
		err = archive_show(w, inside, plain,
				   out.data ? out.data : (const uint8_t *)"",
				   out.nbytes, depth);
	else if (!archive_is_fatal(err))
		err = 0;
	archive_output_release(w, &out);
	mem_free(plain);
	return err;
}

/* A gzip or a cabinet can have a zip behind it. */
static int walk(struct archive_work *w, const struct source *source,
		const char *name, const char *inside, unsigned depth)
{
	bool has_gzip = is_gzip(source, 0);
	bool has_cab = is_cab(source);
	bool has_zip = false;
	int err = zip_is_likely(source, &has_zip);

	if (!err && has_gzip)
		err = walk_gzip(w, source, name, inside, depth);
	if (!err && has_cab)
		err = cab_walk(w, source, inside, depth);
	if (!err && (has_zip || !(has_gzip || has_cab)))
		err = zip_walk(w, source, inside, depth);
	return err;
}

/* The archive in the archive, unless that goes too deep or takes too much. */
static int show_inner(struct archive_work *w, const struct source *source,
		      const char *inside, const char *name, unsigned depth,
		      enum archive_kind kind)
{
	struct str deeper = STR_INIT;
	int err;

	if (depth >= ARCHIVE_MAX_DEPTH ||
	    w->held + source->nbytes > ARCHIVE_MAX_HELD) {
		if (kind == ARCHIVE_CAB) {
			archive_unopened(w, kind);
			return 0;
		}
		w->is_too_deep |= depth >= ARCHIVE_MAX_DEPTH;
		archive_note(w, ERR_TOO_LARGE);
		return 0;
	}
	str_addf(&deeper, "%s%s!", inside, name);
	if (deeper.err) {
		str_release(&deeper);
		return ERR_NOMEM;
	}
	w->held += source->nbytes;
	err = walk(w, source, name, str_text(&deeper), depth + 1);
	w->held -= source->nbytes;
	str_release(&deeper);
	return err;
}

int archive_show(struct archive_work *w, const char *inside, const char *name,
		 const uint8_t *data, size_t nbytes, unsigned depth)
{
	const enum archive_kind kind = archive_kind_of(data, nbytes);
	struct source source = source_of_memory(data, nbytes);
	bool is_archive = false;
	int err = w->o.fn(w->o.arg, inside, name, data, nbytes);

	if (!err)
		err = zip_is_likely(&source, &is_archive);
	if (err)
		return err;
	is_archive |= is_gzip(&source, 0) || is_cab(&source);
	if (is_archive)
		return show_inner(w, &source, inside, name, depth, kind);
	if (kind != ARCHIVE_NONE && !archive_can_open(kind))
		archive_unopened(w, kind);
	return 0;
}

/* Records the sentence for what the walk found to be wrong. */
static int finish(const struct archive_work *w, int err)
{
	const char *why = W_COLLECT_ARCHIVE_DAMAGED;

	if (err == ERR_NOMEM)
		return err_nomem();
	if (err && err != ERR_TOO_LARGE)
		return err;
	if (!err)
		err = w->problem;
	if (!err)
		return 0;
	if (w->is_too_deep)
		why = W_COLLECT_ARCHIVE_DEEP;
	else if (err == ERR_TOO_LARGE)
		why = W_COLLECT_ARCHIVE_UNPACKS_LARGE;
	else if (err == ERR_UNSUPPORTED)
		why = W_COLLECT_ARCHIVE_ENCRYPTED;
	return err_fail(err, 0, "%s", why);
}

static int each_member(const struct source *source, const char *name,
		       const struct archive_options *o)
{
	struct archive_work w = { .o = *o,
				  .bounds = { ARCHIVE_MAX_MEMBERS,
					      ARCHIVE_MAX_MEMBER,
					      ARCHIVE_MAX_ALL } };
	int err;

	if (o->bounds)
		w.bounds = *o->bounds;
	w.max_read = source->nbytes + w.bounds.all;
	err = walk(&w, source, name, "", 1);
	archive_work_release(&w);
	return finish(&w, err);
}

bool archive_is_likely(struct host_file *f, uint64_t nbytes)
{
	struct source source = host_source(f, nbytes);
	bool is_zip = false;

	/* Short memory is told when it is opened. */
	return zip_is_likely(&source, &is_zip) || is_zip ||
	       is_gzip(&source, 0) || is_cab(&source);
}

int archive_each_member(struct host_file *f, uint64_t nbytes, const char *name,
			const struct archive_options *o)
{
	struct source source = host_source(f, nbytes);

	return each_member(&source, name, o);
}

int archive_each_member_mem(const uint8_t *data, size_t nbytes,
			    const char *name, const struct archive_options *o)
{
	struct source source = source_of_memory(data, nbytes);

	return each_member(&source, name, o);
}
