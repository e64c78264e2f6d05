/*
 * Files beside a registered program, see beside.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Hundreds of programs lie in System32, and a folder costs as much as its
 * names: each is listed once and its names are kept.
 */
#include "collect/beside.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/vec.h"
#include "host/host.h"
#include "base/filetype.h"
#include "words/collect.h"

#include <string.h>

/* All names of one folder and of all; WinSxS has 2 MiB of them. */
#define FOLDER_MAX_NBYTES ((size_t)4 << 20)
#define ALL_MAX_NBYTES	  ((size_t)32 << 20)
/* Folders of registered programs: a PC has dozens. */
#define MAX_FOLDERS 4096u
/* Of one program; those that come first by name. */
#define MAX_FILES 64u

struct listing {
	char *host;	  /* NULL: it cannot be listed */
	struct str names; /* of files, each ends with a NUL */
};

struct beside {
	struct target *t;
	struct gap_sink *gaps;
	struct namemap *folders; /* struct listing * by Windows path */
	struct vec listings;	 /* struct listing * */
	size_t nbytes;
	bool is_full; /* and that is told */
};

struct beside *beside_new(struct target *t, struct gap_sink *gaps)
{
	struct beside *b = mem_zalloc(sizeof(*b));

	if (!b)
		return NULL;
	b->t = t;
	b->gaps = gaps;
	b->listings = (struct vec)VEC_INIT(struct listing *, MAX_FOLDERS);
	b->folders = namemap_new();
	if (!b->folders) {
		mem_free(b);
		return NULL;
	}
	return b;
}

void beside_free(struct beside *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->listings.count; i++) {
		struct listing *l = *(struct listing **)vec_at(&b->listings, i);

		str_release(&l->names);
		mem_free(l->host);
		mem_free(l);
	}
	vec_release(&b->listings);
	namemap_free(b->folders);
	mem_free(b);
}

/* ---- one folder --------------------------------------------------------- */

/* Names of the files in a folder of the host; 0, or why it has none. */
static int read_names(const char *host, struct str *names)
{
	struct host_dir *dir = NULL;
	struct host_dirent de;
	int more = 0;
	int err = host_dir_open(host, &dir);

	while (!err && (more = host_dir_next(dir, &de)) > 0) {
		if (de.st.type != HOST_FILE)
			continue;
		str_add(names, de.name);
		str_addch(names, '\0');
		err = names->err;
	}
	host_dir_close(dir);
	return err ? err : more < 0 ? -more : 0;
}

static void not_listed(struct beside *b, const char *folder, int err)
{
	if (err == ERR_NOT_FOUND || err == ERR_NOT_DIR || err == ERR_NOMEM)
		return;
	gap_unread(b->gaps, err, folder, W_COLLECT_BESIDE_NOT_LOOKED_AT);
}

/* Once: no folder after that has a listing. */
static int no_more(struct beside *b, const char *folder)
{
	if (!b->is_full)
		not_listed(b, folder,
			   err_fail(ERR_TOO_LARGE, 0,
				    W_COLLECT_BESIDE_FOLDERS_FULL));
	b->is_full = true;
	return ERR_NOT_DIR;
}

static int listing_fill(struct beside *b, const char *folder, struct listing *l)
{
	struct target_path at = { .wpath = NULL };
	int err = target_resolve(b->t, folder, 0, &at);

	/* What is not reached is told of the program that lies there. */
	if (err)
		return err == ERR_NOMEM ? err : 0;
	if (at.st.type != HOST_DIR)
		err = ERR_NOT_DIR;
	else if (b->nbytes >= ALL_MAX_NBYTES)
		err = no_more(b, folder);
	else
		err = read_names(at.host, &l->names);
	if (!err) {
		l->host = mem_strdup(at.host);
		b->nbytes += l->names.len;
		err = l->host ? 0 : ERR_NOMEM;
	} else {
		not_listed(b, folder, err);
		str_release(&l->names);
		str_init(&l->names, FOLDER_MAX_NBYTES);
	}
	target_path_release(&at);
	return err == ERR_NOMEM ? err : 0;
}

/* *ret NULL: more folders than are kept. */
static int listing_of(struct beside *b, const char *folder,
		      struct listing **ret)
{
	struct listing *l = namemap_get(b->folders, folder);
	struct listing **slot;

	*ret = l;
	if (l)
		return 0;
	if (b->listings.count == b->listings.max) {
		no_more(b, folder);
		return 0;
	}
	l = mem_zalloc(sizeof(*l));
	slot = l ? vec_push(&b->listings) : NULL;
	if (!slot) {
		mem_free(l);
		return ERR_NOMEM;
	}
	*slot = l;
	str_init(&l->names, FOLDER_MAX_NBYTES);
	*ret = l;
	if (namemap_put(b->folders, folder, l))
		return ERR_NOMEM;
	return listing_fill(b, folder, l);
}

/* ---- one program -------------------------------------------------------- */

/* Whether `name` is `stem`, alone or with an extension. */
static bool has_stem(const char *name, const char *stem, size_t nbytes)
{
	size_t n = strlen(name);

	return n >= nbytes && (!name[nbytes] || name[nbytes] == '.') &&
	       utf_ncasecmp(name, nbytes, stem, nbytes) == 0;
}

static int compare_names(const char *a, const char *b)
{
	int c = utf_casecmp(a, b);

	return c ? c : strcmp(a, b);
}

/* Into the sorted names; of too many the last goes. */
static void insert(const char *name, const char *names[MAX_FILES],
		   size_t *count)
{
	size_t at = *count;

	if (at == MAX_FILES) {
		if (compare_names(name, names[--at]) >= 0)
			return;
	} else {
		(*count)++;
	}
	for (; at > 0 && compare_names(name, names[at - 1]) < 0; at--)
		names[at] = names[at - 1];
	names[at] = name;
}

/*
 * The listing may hold two that Windows takes for one: both are shown.  How
 * many there are: of more than MAX_FILES the first are in `ret`.
 */
static size_t choose(const struct listing *l, const char *name,
		     const char *ret[MAX_FILES])
{
	const char *dot = strrchr(name, '.');
	size_t stem = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	const char *p = str_text(&l->names);
	const char *end = p + l->names.len;
	size_t count = 0, all = 0;

	for (; p < end; p += strlen(p) + 1) {
		if (has_stem(p, name, stem) && utf_casecmp(p, name) != 0) {
			insert(p, ret, &count);
			all++;
		}
	}
	return all;
}

static const char *type_word(const struct listing *l, const char *name)
{
	uint8_t head[FILETYPE_HEAD_NBYTES];
	char *path = host_join(l->host, name);
	struct host_file *f = NULL;
	size_t n = 0;
	const char *word = "";

	if (path &&
	    !host_open(path, HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME, &f) &&
	    !host_pread(f, 0, head, sizeof(head), &n))
		word = filetype_name(filetype_of(head, n));
	host_close(f);
	mem_free(path);
	return *word ? word : "?";
}

static void add_file(struct str *out, const struct listing *l, const char *name)
{
	if (out->len)
		str_add(out, " | ");
	/* No name looks like two, or like one with another type. */
	for (const char *p = name; *p; p++)
		str_addch(out,
			  *p == '|' || (*p == '(' && p > name && p[-1] == ' ')
				  ? '?'
				  : *p);
	str_addf(out, " (%s)", type_word(l, name));
}

int beside_files(struct beside *b, const char *wpath, char **ret)
{
	const char *slash = strrchr(wpath, '\\');
	const char *found[MAX_FILES];
	struct str out = STR_INIT;
	struct listing *l;
	char *folder;
	size_t count;
	int err;

	*ret = NULL;
	/* Of another PC, of a stream, of an address: nothing lies beside it. */
	if (!slash || !slash[1] || wpath[0] == '\\' || strchr(slash, ':'))
		return 0;
	/* "C:" alone would be the current folder of that drive. */
	folder = mem_strndup(wpath,
			     (size_t)(slash - wpath) + (slash - wpath == 2));
	if (!folder)
		return ERR_NOMEM;
	err = listing_of(b, folder, &l);
	mem_free(folder);
	if (err || !l || !l->host)
		return err;
	count = choose(l, slash + 1, found);
	if (count > MAX_FILES) {
		gap_report(b->gaps, GAP_TOO_LARGE, GAP_MATTERS, wpath, 0,
			   W_COLLECT_BESIDE_TOO_MANY);
		count = MAX_FILES;
	}
	for (size_t i = 0; i < count; i++)
		add_file(&out, l, found[i]);
	if (out.err) {
		str_release(&out);
		return ERR_NOMEM;
	}
	*ret = count ? str_detach(&out) : NULL;
	return 0;
}
