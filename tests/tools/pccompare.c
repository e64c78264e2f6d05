/*
 * Compares two trees completely, two stand-in PCs or two mounted NTFS: each
 * difference is one line; exit code 0: none, 1: some, 64: wrong usage.
 * SPDX-License-Identifier: Apache-2.0
 *
 *	pccompare [OPTION]... A B
 *
 *	--ignore PATTERN  leaves out what the shell pattern matches (the path
 *			  below A and B, "*" matches "/" too), with all below
 *	--dir-times	  compares write times of folders, too: putting a file
 *			  back changes its folder's
 *	--accessed	  compares access times, too (NTFS only)
 *	--no-times	  leaves out all times
 *	--no-posix	  leaves out mode, owner and group (Wine)
 *	--ignore-xattr NAME  leaves that attribute out
 *	--hives-exact	  hives must be equal byte for byte; else two hives
 *			  with different bytes are compared key by key
 *	--hive-times	  compares last-write times of keys, too
 *
 * It asks the system itself, not the host layer, so that it does not share
 * the mistakes of what it tests.  Compared: names, kinds, link targets,
 * contents, write time in units of 100 ns (NTFS has no finer one, and
 * metadata travels as FILETIME), number of hard links, extended attributes;
 * on ntfs-3g streams, attributes, short name, security descriptor, object id,
 * reparse data, creation time.  Not compared: change time (nothing can set
 * it) and, on Linux file systems, creation time (likewise).
 */
#include "tests/tools/hive_facts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NAMES_MAX   1000000
#define IGNORES_MAX 16
#define XATTR_MAX   65536 /* the kernel's limit */

static const char *ignores[IGNORES_MAX], *ignored_xattrs[IGNORES_MAX];
static size_t ignore_count, ignored_xattr_count;
static bool dir_times, accessed, no_times, no_posix, hives_exact, hive_times;
static bool is_ntfs;
static unsigned long differences, compared;

/* One place in both trees. */
struct pair {
	char *path[2];
	const char *rel; /* below the roots, "" for themselves */
	struct stat st[2];
};

static void differs(const char *rel, const char *fmt, ...) FMT_PRINTF(2, 3);

static void differs(const char *rel, const char *fmt, ...)
{
	va_list ap;

	differences++;
	printf("%s: ", *rel ? rel : ".");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void *need(void *p)
{
	if (!p) {
		fprintf(stderr, "pccompare: no memory\n");
		exit(70);
	}
	return p;
}

static char *join(const char *dir, const char *name)
{
	struct str s = STR_INIT;

	str_add(&s, dir);
	if (*dir)
		str_addch(&s, '/');
	str_add(&s, name);
	return need(str_detach(&s));
}

/* ---- lists of names ------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_add(struct vec *names, const char *name)
{
	char **slot = need(vec_push(names));

	*slot = need(mem_strdup(name));
}

static void names_sort(struct vec *names)
{
	if (names->count)
		qsort(names->items, names->count, sizeof(char *), by_name);
}

static const char *name_at(const struct vec *names, size_t i)
{
	return i < names->count ? *(char **)vec_at(names, i) : NULL;
}

static void names_release(struct vec *names)
{
	for (size_t i = 0; i < names->count; i++)
		mem_free(*(char **)vec_at(names, i));
	vec_release(names);
}

/*
 * Two sorted lists side by side.  `fn` gets each name that both have; what
 * only one of them has is a difference, "WHAT only in A: NAME".
 */
typedef void (*both_fn)(struct pair *p, const char *name);

static void merge(struct pair *p, const char *what, const struct vec *a,
		  const struct vec *b, both_fn fn)
{
	size_t i = 0, k = 0;

	while (i < a->count || k < b->count) {
		const char *x = name_at(a, i), *y = name_at(b, k);
		int order = !x ? 1 : !y ? -1 : strcmp(x, y);

		if (order)
			differs(p->rel, "%s only in %s: %s", what,
				order < 0 ? "A" : "B", order < 0 ? x : y);
		else if (fn)
			fn(p, x);
		i += order <= 0;
		k += order >= 0;
	}
}

/* ---- content ------------------------------------------------------------- */

static FILE *content_open(const char *path, const char *rel)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		differs(rel, "\"%s\" cannot be read: %s", path,
			strerror(errno));
	return f;
}

/* Where the first different byte is, -1: equal; -2: a complaint was made. */
static int64_t content_compare(const char *a, const char *b, const char *rel)
{
	FILE *f[2] = { content_open(a, rel), content_open(b, rel) };
	static char buf[2][65536];
	int64_t at = 0, ret = f[0] && f[1] ? -1 : -2;
	size_t n[2] = { 1, 1 };

	while (ret == -1 && n[0]) {
		size_t i = 0;

		n[0] = fread(buf[0], 1, sizeof(buf[0]), f[0]);
		n[1] = fread(buf[1], 1, sizeof(buf[1]), f[1]);
		while (i < n[0] && i < n[1] && buf[0][i] == buf[1][i])
			i++;
		if (i < n[0] || i < n[1])
			ret = at + (int64_t)i;
		at += (int64_t)i;
	}
	for (int i = 0; i < 2; i++) {
		if (f[i] && ferror(f[i])) {
			differs(rel, "\"%s\" cannot be read", i ? b : a);
			ret = -2;
		}
		if (f[i])
			(void)fclose(f[i]);
	}
	return ret;
}

static bool is_hive(const char *path)
{
	FILE *f = fopen(path, "rb");
	char head[4] = "";
	bool ret = f && fread(head, 1, 4, f) == 4 && !memcmp(head, "regf", 4);

	if (f)
		(void)fclose(f);
	return ret;
}

/* Different bytes may say the same: key by key. */
static void compare_hives(struct pair *p)
{
	struct hive_facts f[2];
	int err[2];

	for (int i = 0; i < 2; i++) {
		err[i] = hive_facts_read(p->path[i], hive_times, &f[i]);
		if (err[i] || f[i].gaps)
			differs(p->rel,
				"the hive in %s has other bytes and cannot "
				"be read whole",
				i ? "B" : "A");
	}
	if (!err[0] && !err[1])
		merge(p, "hive:", &f[0].lines, &f[1].lines, NULL);
	hive_facts_release(&f[0]);
	hive_facts_release(&f[1]);
}

static void compare_content(struct pair *p)
{
	int64_t at = content_compare(p->path[0], p->path[1], p->rel);

	if (at < 0)
		return;
	if (!hives_exact && is_hive(p->path[0]) && is_hive(p->path[1])) {
		compare_hives(p);
		return;
	}
	differs(p->rel,
		"content: %" PRId64 " and %" PRId64
		" bytes, differ at %" PRId64,
		(int64_t)p->st[0].st_size, (int64_t)p->st[1].st_size, at);
}

/* ---- extended attributes, also NTFS' own --------------------------------- */

/* Bytes of an attribute (mem_free), NULL and *nbytes_ret -1: it is not there.
 */
static uint8_t *xattr_get(const char *path, const char *name,
			  ssize_t *nbytes_ret)
{
	/* ntfs-3g wants to be asked for the size first. */
	ssize_t n = lgetxattr(path, name, NULL, 0);
	uint8_t *value = NULL;

	if (n >= 0 && n <= XATTR_MAX) {
		value = need(mem_zalloc((size_t)n + 1));
		n = n ? lgetxattr(path, name, value, (size_t)n) : 0;
	}
	if (n < 0) {
		mem_free(value);
		value = NULL;
	}
	*nbytes_ret = n < 0 ? -1 : n;
	return value;
}

static void hex(struct str *out, const uint8_t *value, ssize_t nbytes)
{
	if (nbytes < 0)
		str_add(out, "none");
	for (ssize_t i = 0; i < nbytes && i < 48; i++)
		str_addf(out, "%02x", value[i]);
	if (nbytes > 48)
		str_addf(out, "… (%u bytes)", (unsigned)nbytes);
	if (nbytes == 0)
		str_add(out, "empty");
}

/* Bytes from..to of the value, to 0: all of it. */
static void compare_xattr(struct pair *p, const char *name, const char *what,
			  size_t from, size_t to)
{
	struct str text[2] = { STR_INIT, STR_INIT };
	uint8_t *value[2];
	ssize_t n[2];

	for (int i = 0; i < 2; i++) {
		value[i] = xattr_get(p->path[i], name, &n[i]);
		if (to && n[i] >= (ssize_t)to)
			hex(&text[i], value[i] + from, (ssize_t)(to - from));
		else
			hex(&text[i], value[i], n[i]);
	}
	if (to && n[0] >= (ssize_t)to && n[1] >= (ssize_t)to
		    ? memcmp(value[0] + from, value[1] + from, to - from) != 0
		    : n[0] != n[1] || (n[0] > 0 && memcmp(value[0], value[1],
							  (size_t)n[0]) != 0))
		differs(p->rel, "%s: %s and %s", what, str_text(&text[0]),
			str_text(&text[1]));
	for (int i = 0; i < 2; i++) {
		str_release(&text[i]);
		mem_free(value[i]);
	}
}

/* NUL-ended names one after the other. */
static void names_split(struct vec *names, const char *list, ssize_t nbytes)
{
	for (ssize_t i = 0; i < nbytes && list[i]; i += strlen(list + i) + 1)
		names_add(names, list + i);
	names_sort(names);
}

static bool is_ignored_xattr(const char *name)
{
	for (size_t i = 0; i < ignored_xattr_count; i++)
		if (!strcmp(ignored_xattrs[i], name))
			return true;
	/* Compared in their own way, or an echo of other things. */
	return !strncmp(name, "system.ntfs_", 12) ||
	       !strcmp(name, "ntfs.streams.list");
}

static void compare_one_xattr(struct pair *p, const char *name)
{
	struct str what = STR_INIT;

	if (is_ignored_xattr(name))
		return;
	str_addf(&what, "attribute %s", name);
	compare_xattr(p, name, str_text(&what), 0, 0);
	str_release(&what);
}

static void list_xattrs(struct vec *names, const char *path)
{
	static char list[XATTR_MAX + 1];
	ssize_t n = llistxattr(path, list, XATTR_MAX);
	struct vec all = VEC_INIT(char *, NAMES_MAX);

	names_split(&all, list, n);
	for (size_t i = 0; i < all.count; i++)
		if (!is_ignored_xattr(name_at(&all, i)))
			names_add(names, name_at(&all, i));
	names_release(&all);
}

static void compare_xattrs(struct pair *p)
{
	struct vec a = VEC_INIT(char *, NAMES_MAX);
	struct vec b = VEC_INIT(char *, NAMES_MAX);

	list_xattrs(&a, p->path[0]);
	list_xattrs(&b, p->path[1]);
	merge(p, "attribute", &a, &b, compare_one_xattr);
	names_release(&a);
	names_release(&b);
}

/* ---- NTFS through ntfs-3g ------------------------------------------------ */

static void list_streams(struct vec *names, const char *path)
{
	ssize_t n;
	uint8_t *list = xattr_get(path, "ntfs.streams.list", &n);

	names_split(names, (const char *)list, n);
	mem_free(list);
}

static void compare_one_stream(struct pair *p, const char *name)
{
	struct str path[2] = { STR_INIT, STR_INIT };
	int64_t at;

	for (int i = 0; i < 2; i++)
		str_addf(&path[i], "%s:%s", p->path[i], name);
	at = content_compare(str_text(&path[0]), str_text(&path[1]), p->rel);
	if (at >= 0)
		differs(p->rel, "stream %s: differs at %" PRId64, name, at);
	str_release(&path[0]);
	str_release(&path[1]);
}

static void compare_streams(struct pair *p)
{
	struct vec a = VEC_INIT(char *, NAMES_MAX);
	struct vec b = VEC_INIT(char *, NAMES_MAX);

	list_streams(&a, p->path[0]);
	list_streams(&b, p->path[1]);
	merge(p, "stream", &a, &b, compare_one_stream);
	names_release(&a);
	names_release(&b);
}

/*
 * Before the content is read, which may change the access time.
 * system.ntfs_times: created, written, accessed, changed.
 */
static void compare_ntfs(struct pair *p)
{
	bool is_dir = S_ISDIR(p->st[0].st_mode);

	compare_xattr(p, "system.ntfs_attrib_be", "Windows attributes", 0, 0);
	compare_xattr(p, "system.ntfs_acl", "security descriptor", 0, 0);
	compare_xattr(p, "system.ntfs_object_id", "object id", 0, 0);
	compare_xattr(p, "system.ntfs_reparse_data", "reparse data", 0, 0);
	compare_xattr(p, "system.ntfs_ea", "NTFS attributes", 0, 0);
	if (*p->rel)
		compare_xattr(p, "system.ntfs_dos_name", "short name", 0, 0);
	if (no_times)
		return;
	compare_xattr(p, "system.ntfs_times", "created", 0, 8);
	if (!is_dir || dir_times)
		compare_xattr(p, "system.ntfs_times", "written", 8, 16);
	if (accessed)
		compare_xattr(p, "system.ntfs_times", "accessed", 16, 24);
}

/* ---- all of a file ------------------------------------------------------- */

static const char *kind(mode_t mode)
{
	return S_ISREG(mode)	? "file"
	       : S_ISDIR(mode)	? "folder"
	       : S_ISLNK(mode)	? "link"
	       : S_ISFIFO(mode) ? "pipe"
	       : S_ISSOCK(mode) ? "socket"
				: "device";
}

static int64_t filetime(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 10000000 + t->tv_nsec / 100;
}

static void compare_posix(struct pair *p)
{
	const struct stat *a = &p->st[0], *b = &p->st[1];

	if (!no_times && (!S_ISDIR(a->st_mode) || dir_times))
		if (filetime(&a->st_mtim) != filetime(&b->st_mtim))
			differs(p->rel, "written: %" PRId64 " and %" PRId64,
				filetime(&a->st_mtim), filetime(&b->st_mtim));
	if (no_posix)
		return;
	if (a->st_mode != b->st_mode)
		differs(p->rel, "mode: %o and %o", a->st_mode & 07777,
			b->st_mode & 07777);
	if (a->st_uid != b->st_uid || a->st_gid != b->st_gid)
		differs(p->rel, "owner: %u:%u and %u:%u", a->st_uid, a->st_gid,
			b->st_uid, b->st_gid);
}

/* ntfs-3g counts the short name. */
static unsigned links(const struct pair *p, int i)
{
	ssize_t n = -1;

	if (is_ntfs)
		mem_free(xattr_get(p->path[i], "system.ntfs_dos_name", &n));
	return (unsigned)p->st[i].st_nlink - (n > 0);
}

static void compare_link_target(struct pair *p)
{
	char target[2][4096];
	ssize_t n[2];

	for (int i = 0; i < 2; i++) {
		n[i] = readlink(p->path[i], target[i], sizeof(target[i]) - 1);
		target[i][n[i] < 0 ? 0 : n[i]] = '\0';
	}
	if (n[0] != n[1] || strcmp(target[0], target[1]) != 0)
		differs(p->rel, "link to \"%s\" and \"%s\"", target[0],
			target[1]);
}

static void compare_dirs(struct pair *p);

static void compare_place(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		if (lstat(p->path[i], &p->st[i])) {
			differs(p->rel, "\"%s\" cannot be examined: %s",
				p->path[i], strerror(errno));
			return;
		}
	}
	compared++;
	if ((p->st[0].st_mode & S_IFMT) != (p->st[1].st_mode & S_IFMT)) {
		differs(p->rel, "kind: %s and %s", kind(p->st[0].st_mode),
			kind(p->st[1].st_mode));
		return;
	}
	if (is_ntfs)
		compare_ntfs(p);
	else if (!S_ISLNK(p->st[0].st_mode))
		compare_posix(p);
	compare_xattrs(p);
	if (S_ISLNK(p->st[0].st_mode)) {
		compare_link_target(p);
		return;
	}
	if (is_ntfs)
		compare_streams(p);
	if (S_ISDIR(p->st[0].st_mode)) {
		compare_dirs(p);
		return;
	}
	if (links(p, 0) != links(p, 1))
		differs(p->rel, "hard links: %u and %u", links(p, 0),
			links(p, 1));
	if (S_ISREG(p->st[0].st_mode))
		compare_content(p);
	else if (p->st[0].st_rdev != p->st[1].st_rdev)
		differs(p->rel, "another device");
}

/* ---- folders ------------------------------------------------------------- */

static bool is_ignored(const char *rel)
{
	for (size_t i = 0; i < ignore_count; i++)
		if (!fnmatch(ignores[i], rel, FNM_PERIOD))
			return true;
	return false;
}

static void list_dir(struct vec *names, const char *path, const char *rel)
{
	DIR *d = opendir(path);
	struct dirent *e;

	errno = d ? 0 : errno;
	while (d && (e = readdir(d)) != NULL) {
		char *below;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		below = join(rel, e->d_name);
		if (!is_ignored(below))
			names_add(names, e->d_name);
		mem_free(below);
		errno = 0;
	}
	if (errno)
		differs(rel, "\"%s\" cannot be listed: %s", path,
			strerror(errno));
	if (d)
		closedir(d);
	names_sort(names);
}

static void compare_entry(struct pair *p, const char *name)
{
	struct pair below = { { NULL, NULL }, NULL, { { 0 } } };
	char *rel = join(p->rel, name);

	below.rel = rel;
	below.path[0] = join(p->path[0], name);
	below.path[1] = join(p->path[1], name);
	compare_place(&below);
	mem_free(below.path[0]);
	mem_free(below.path[1]);
	mem_free(rel);
}

static void compare_dirs(struct pair *p)
{
	struct vec a = VEC_INIT(char *, NAMES_MAX);
	struct vec b = VEC_INIT(char *, NAMES_MAX);

	list_dir(&a, p->path[0], p->rel);
	list_dir(&b, p->path[1], p->rel);
	merge(p, "name", &a, &b, compare_entry);
	names_release(&a);
	names_release(&b);
}

/* ---- start --------------------------------------------------------------- */

static int usage(const char *why)
{
	fprintf(stderr,
		"pccompare: %s\n"
		"usage: pccompare [--ignore PATTERN] [--dir-times] "
		"[--accessed] [--no-times]\n"
		"                 [--no-posix] [--ignore-xattr NAME] "
		"[--hives-exact] "
		"[--hive-times] A B\n",
		why);
	return 64;
}

static bool is_flag(const char *arg)
{
	static const struct {
		const char *name;
		bool *flag;
	} flags[] = { { "--dir-times", &dir_times },
		      { "--accessed", &accessed },
		      { "--no-times", &no_times },
		      { "--no-posix", &no_posix },
		      { "--hives-exact", &hives_exact },
		      { "--hive-times", &hive_times } };

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (!strcmp(arg, flags[i].name)) {
			*flags[i].flag = true;
			return true;
		}
	}
	return false;
}

/* 1 if the tree lies on ntfs-3g, -1 if its streams are not shown there. */
static int on_ntfs(const char *root)
{
	ssize_t n;

	mem_free(xattr_get(root, "system.ntfs_attrib_be", &n));
	if (n < 0)
		return 0;
	n = lgetxattr(root, "ntfs.streams.list", NULL, 0);
	return n < 0 && errno != ENODATA ? -1 : 1;
}

int main(int argc, char **argv)
{
	struct pair p = { { NULL, NULL }, "", { { 0 } } };
	int i, ntfs[2];

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		bool takes = i + 1 < argc;

		if (!strcmp(argv[i], "--ignore") && takes &&
		    ignore_count < IGNORES_MAX)
			ignores[ignore_count++] = argv[++i];
		else if (!strcmp(argv[i], "--ignore-xattr") && takes &&
			 ignored_xattr_count < IGNORES_MAX)
			ignored_xattrs[ignored_xattr_count++] = argv[++i];
		else if (!is_flag(argv[i]))
			return usage(argv[i]);
	}
	if (argc - i != 2)
		return usage("two folders are needed");
	p.path[0] = argv[i];
	p.path[1] = argv[i + 1];
	for (i = 0; i < 2; i++)
		ntfs[i] = on_ntfs(p.path[i]);
	if (ntfs[0] != ntfs[1] || ntfs[0] < 0)
		return usage("one of them is an NTFS and the other is none, "
			     "or its streams are not shown (mount with "
			     "streams_interface=windows)");
	is_ntfs = ntfs[0] > 0;
	compare_place(&p);
	fprintf(stderr, "%lu places compared, %lu differences\n", compared,
		differences);
	return differences || !compared ? 1 : 0;
}
