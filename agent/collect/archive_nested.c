/*
 * What lies in an archive, and in the archives in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/archive_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <string.h>

void archive_note(struct archive_work *w, int err)
{
	if (!w->problem)
		w->problem = err;
}

bool archive_is_fatal(int err)
{
	return err == ERR_NOMEM || err == ERR_IO || err == ERR_LOCKED ||
	       err == ERR_DENIED || err == ERR_CANCELLED;
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
	if (w->members++ >= ARCHIVE_MAX_MEMBERS)
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
	mem_free(out.data);
	mem_free(plain);
	return err;
}

/* A gzip can have a zip behind it. */
static int walk(struct archive_work *w, const struct source *source,
		const char *name, const char *inside, unsigned depth)
{
	bool has_gzip = is_gzip(source, 0);
	bool has_zip = false;
	int err = zip_is_likely(source, &has_zip);

	if (!err && has_gzip)
		err = walk_gzip(w, source, name, inside, depth);
	if (!err && (has_zip || !has_gzip))
		err = zip_walk(w, source, inside, depth);
	return err;
}

int archive_show(struct archive_work *w, const char *inside, const char *name,
		 const uint8_t *data, size_t nbytes, unsigned depth)
{
	struct source source = { NULL, data, nbytes };
	struct str deeper = STR_INIT;
	bool is_archive = false;
	int err = w->fn(w->arg, inside, name, data, nbytes);

	if (!err)
		err = zip_is_likely(&source, &is_archive);
	is_archive |= is_gzip(&source, 0);
	if (err || !is_archive)
		return err;
	if (depth >= ARCHIVE_MAX_DEPTH || w->held + nbytes > ARCHIVE_MAX_HELD) {
		w->is_too_deep |= depth >= ARCHIVE_MAX_DEPTH;
		archive_note(w, ERR_TOO_LARGE);
		return 0;
	}
	str_addf(&deeper, "%s%s!", inside, name);
	if (deeper.err) {
		str_release(&deeper);
		return ERR_NOMEM;
	}
	w->held += nbytes;
	err = walk(w, &source, name, str_text(&deeper), depth + 1);
	w->held -= nbytes;
	str_release(&deeper);
	return err;
}

/* Records the sentence for what the walk found to be wrong. */
static int finish(const struct archive_work *w, int err)
{
	const char *why = "the archive is damaged";

	if (err == ERR_NOMEM)
		return err_nomem();
	if (err && err != ERR_TOO_LARGE)
		return err;
	if (!err)
		err = w->problem;
	if (!err)
		return 0;
	if (w->is_too_deep)
		why = "archives lie in one another deeper than is looked at";
	else if (err == ERR_TOO_LARGE)
		why = "the archive unpacks to more than is looked at";
	else if (err == ERR_UNSUPPORTED)
		why = "something in the archive is encrypted or packed in a "
		      "way that cannot be read";
	return err_fail(err, 0, "%s", why);
}

static int each_member(const struct source *source, const char *name,
		       member_fn fn, void *arg)
{
	struct archive_work w = { .fn = fn, .arg = arg };
	int err = walk(&w, source, name, "", 1);

	mem_free(w.input);
	return finish(&w, err);
}

bool archive_is_likely(struct host_file *f, uint64_t nbytes)
{
	struct source source = { f, NULL, nbytes };
	bool is_zip = false;

	/* Short memory is told when it is opened. */
	return zip_is_likely(&source, &is_zip) || is_zip || is_gzip(&source, 0);
}

int archive_each_member(struct host_file *f, uint64_t nbytes, const char *name,
			member_fn fn, void *arg)
{
	struct source source = { f, NULL, nbytes };

	return each_member(&source, name, fn, arg);
}

int archive_each_member_mem(const uint8_t *data, size_t nbytes,
			    const char *name, member_fn fn, void *arg)
{
	struct source source = { NULL, data, nbytes };

	return each_member(&source, name, fn, arg);
}
