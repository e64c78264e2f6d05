/*
 * Where the file of a copy lay.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/copy_of.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/copy_index.h"
#include "target/place_name.h"

#include <string.h>

/* An INFO2 of ten thousand files; no change.log is that large. */
#define INDEX_MAX_NBYTES ((uint64_t)8 << 20)
/* change.log, change.log.1 …: as many as one restore point has. */
#define LOGS_MAX 100

struct copies {
	struct target *target;
	copies_place_fn place;
	const void *place_arg;
	uint64_t nbytes_left;
};

int copies_new(struct target *t, copies_place_fn place, const void *place_arg,
	       struct copies **ret)
{
	struct copies *c = mem_zalloc(sizeof(*c));

	if (!c)
		return err_nomem();
	c->target = t;
	c->place = place;
	c->place_arg = place_arg;
	c->nbytes_left = COPIES_MAX_NBYTES;
	*ret = c;
	return 0;
}

void copies_free(struct copies *c)
{
	mem_free(c);
}

/* ---- components of a path ---------------------------------------- */

struct part {
	const char *text;
	size_t nbytes;
};

/* The next one; false at the end. */
static bool next_part(const char **at, struct part *ret)
{
	while (**at == '\\')
		(*at)++;
	ret->text = *at;
	ret->nbytes = strcspn(*at, "\\");
	*at += ret->nbytes;
	return ret->nbytes > 0;
}

static bool is_part(const struct part *p, const char *name)
{
	return strlen(name) == p->nbytes &&
	       ascii_ncasecmp(p->text, name, p->nbytes) == 0;
}

static bool starts_part(const struct part *p, const char *prefix)
{
	const size_t n = strlen(prefix);

	return p->nbytes > n && ascii_ncasecmp(p->text, prefix, n) == 0;
}

static size_t digits(const char *s, size_t nbytes)
{
	size_t n = 0;

	while (n < nbytes && s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* "Dc12.dll": the drive that it lay on, and its number. */
static bool is_recycler_name(const struct part *p)
{
	size_t n;

	if (p->nbytes < 3 || ascii_lower((unsigned char)p->text[0]) != 'd' ||
	    ascii_lower((unsigned char)p->text[1]) < 'a' ||
	    ascii_lower((unsigned char)p->text[1]) > 'z')
		return false;
	n = digits(p->text + 2, p->nbytes - 2);
	return n > 0 && n < 10 && (p->nbytes == n + 2 || p->text[n + 2] == '.');
}

/* "Windows.old", "Windows.old.000", "Windows.old(1)". */
static bool is_old_windows(const struct part *p)
{
	static const char name[] = "Windows.old";
	const size_t n = sizeof(name) - 1;
	const char *rest = p->text + n;

	if (p->nbytes < n || ascii_ncasecmp(p->text, name, n) != 0)
		return false;
	if (p->nbytes == n)
		return true;
	if (p->nbytes < n + 2 || (*rest != '.' && *rest != '('))
		return false;
	return digits(rest + 1, p->nbytes - n - 1) >=
	       p->nbytes - n - 1 - (*rest == '(');
}

/* ---- which kind -------------------------------------------------- */

/* What the names say; where the copy itself stands in the path. */
struct place_of_copy {
	enum copy_kind kind;
	struct part folder; /* the last one of Windows' own: bin, RP5 … */
	struct part name;   /* of the copy, a file or a folder */
	const char *rest;   /* below it, with its backslash, or "" */
};

static bool take_recycled(const char *at, const struct part *top, bool is_new,
			  struct place_of_copy *ret)
{
	struct part p;

	ret->folder = *top;
	if (!next_part(&at, &p))
		return false;
	/* A user's own bin; FAT has one for all. */
	if (starts_part(&p, "S-1-")) {
		ret->folder = p;
		if (!next_part(&at, &p))
			return false;
	}
	if (is_new ? !starts_part(&p, "$R") : !is_recycler_name(&p))
		return false;
	ret->kind = COPY_RECYCLED;
	ret->name = p;
	ret->rest = at;
	return true;
}

static bool take_restore(const char *at, struct place_of_copy *ret)
{
	struct part p;

	if (!next_part(&at, &p) || !starts_part(&p, "_restore{"))
		return false;
	ret->kind = COPY_RESTORE;
	if (!next_part(&at, &ret->folder) || !starts_part(&ret->folder, "RP"))
		return true;
	if (next_part(&at, &p) && !*at)
		ret->name = p;
	return true;
}

static bool take_top(const char *at, const struct part *p,
		     struct place_of_copy *ret)
{
	if (is_part(p, "$Recycle.Bin"))
		return take_recycled(at, p, true, ret);
	if (is_part(p, "RECYCLER") || is_part(p, "RECYCLED"))
		return take_recycled(at, p, false, ret);
	if (is_part(p, "System Volume Information"))
		return take_restore(at, ret);
	if (!*at)
		return false;
	if (is_old_windows(p)) {
		ret->kind = COPY_OLD_WINDOWS;
		ret->rest = at;
		return true;
	}
	if (starts_part(p, "$WINDOWS.~") || starts_part(p, "$INPLACE.~")) {
		ret->kind = COPY_OLD_WINDOWS;
		return true;
	}
	return false;
}

/* At any depth: a copy of a disk may lie in a folder, too. */
static void read_place(const char *wpath, struct place_of_copy *ret)
{
	const char *at = wpath;
	struct part p;

	memset(ret, 0, sizeof(*ret));
	while (next_part(&at, &p)) {
		if (take_top(at, &p, ret))
			return;
	}
}

enum copy_kind copy_kind_of(const char *wpath)
{
	struct place_of_copy place;

	read_place(wpath, &place);
	return place.kind;
}

/* ---- what Windows wrote down ------------------------------------- */

/* The file `name` beside the copy; NULL: there is none that can be read. */
static uint8_t *read_index(struct copies *c, const char *wpath,
			   const struct place_of_copy *place, const char *name,
			   size_t *nbytes_ret)
{
	const size_t folder =
		(size_t)(place->folder.text + place->folder.nbytes - wpath);
	struct str path = STR_INIT;
	struct host_file *f = NULL;
	struct host_stat st;
	uint8_t *data = NULL;

	str_addn(&path, wpath, folder);
	str_addf(&path, "\\%s", name);
	if (path.err || target_open_file(c->target, str_text(&path), 0, &f))
		goto out;
	if (host_fstat(f, &st) || st.type != HOST_FILE || !st.size ||
	    st.size > INDEX_MAX_NBYTES || st.size > c->nbytes_left)
		goto out;
	c->nbytes_left -= st.size;
	data = mem_alloc((size_t)st.size);
	*nbytes_ret = 0;
	if (data && host_pread(f, 0, data, (size_t)st.size, nbytes_ret)) {
		mem_free(data);
		data = NULL;
	}
out:
	host_close(f);
	str_release(&path);
	return data;
}

static char *recycled_origin(struct copies *c, const char *wpath,
			     const struct place_of_copy *place)
{
	struct str name = STR_INIT;
	size_t nbytes = 0;
	uint8_t *data;
	char *path = NULL;

	if (place->name.text[0] == '$') {
		str_add(&name, "$I");
		str_addn(&name, place->name.text + 2, place->name.nbytes - 2);
	} else {
		str_add(&name, "INFO2");
	}
	data = name.err ? NULL
			: read_index(c, wpath, place, str_text(&name), &nbytes);
	if (data && place->name.text[0] == '$') {
		path = copy_path_of_recycled(data, nbytes);
	} else if (data) {
		uint32_t number = 0;

		for (size_t i = 2;
		     i < place->name.nbytes && digits(place->name.text + i, 1);
		     i++)
			number = number * 10 +
				 (uint32_t)(place->name.text[i] - '0');
		path = copy_path_in_info2(data, nbytes, place->name.text[1],
					  number);
	}
	mem_free(data);
	str_release(&name);
	return path;
}

/* On the drive of the restore point, if the log names none. */
static char *with_drive(const char *wpath, char *path)
{
	struct str s = STR_INIT;

	if (!path || path[0] != '\\' || wpath[1] != ':')
		return path;
	str_addn(&s, wpath, 2);
	str_add(&s, path);
	mem_free(path);
	return str_detach(&s);
}

static char *restore_origin(struct copies *c, const char *wpath,
			    const struct place_of_copy *place)
{
	char *name = place->name.text
			     ? mem_strndup(place->name.text, place->name.nbytes)
			     : NULL;
	char *path = NULL;

	for (unsigned i = 0; name && !path && i < LOGS_MAX; i++) {
		char log[32] = "change.log";
		size_t nbytes = 0;
		uint8_t *data;

		if (i)
			snprintf(log, sizeof(log), "change.log.%u", i);
		data = read_index(c, wpath, place, log, &nbytes);
		if (!data && i > 1)
			break;
		if (data)
			path = copy_path_in_change_log(data, nbytes, name);
		mem_free(data);
	}
	mem_free(name);
	return with_drive(wpath, path);
}

/* ---- backups ----------------------------------------------------- */

/* "%ProgramFiles%\Shared" is or holds "%ProgramFiles%\Shared\lib.dll". */
static bool holds(const char *pattern, const char *path)
{
	size_t n = strlen(pattern);

	while (n > 0 && pattern[n - 1] == '\\')
		n--;
	return n > 0 && strlen(path) >= n && (!path[n] || path[n] == '\\') &&
	       utf_ncasecmp(path, n, pattern, n) == 0;
}

static bool is_known_place(const struct copies *c, const char *path)
{
	const char *pattern;

	for (size_t i = 0; (pattern = c->place(c->place_arg, i)) != NULL; i++) {
		if (holds(pattern, path))
			return true;
	}
	return false;
}

/*
 * "C:\Backup\Program Files\Shared\lib.dll": what a pack looks for, in a tree
 * like a disk's, below a folder that is not this Windows' own.  The tree tells
 * where it lay, taken for one of the system's drive.
 */
static int backup_origin(struct copies *c, const char *wpath, char **ret)
{
	const struct target_info *info = target_info(c->target);
	const char *cut = strrchr(wpath, '\\');
	char *folder = cut ? mem_strndup(wpath, (size_t)(cut - wpath)) : NULL;
	char *own = folder ? target_place(c->target, folder) : NULL;
	char *like = folder ? place_name_guess(folder) : NULL;
	const char *top = folder ? place_name_top(folder) : NULL;
	struct str path = STR_INIT;
	int err = 0;

	if (cut && (!folder || !own || !like)) {
		err = err_nomem();
		goto out;
	}
	/* At the root of a drive stands a disk's own tree. */
	if (!top || top <= strchr(folder, '\\') + 1 || strcmp(own, like) == 0)
		goto out;
	str_addf(&path, "%s%s", like, cut);
	if (!path.err && is_known_place(c, str_text(&path))) {
		str_clear(&path);
		str_addf(&path, "%c:\\%s", info->system_drive,
			 wpath + (top - folder));
		*ret = path.err ? NULL : mem_strdup(str_text(&path));
		err = *ret ? 0 : err_nomem();
	}
out:
	if (!err && path.err)
		err = err_nomem();
	str_release(&path);
	mem_free(like);
	mem_free(own);
	mem_free(folder);
	return err;
}

/* ---- all --------------------------------------------------------- */

/* NULL: not known, or no memory for it. */
static char *known_origin(struct copies *c, const char *wpath,
			  const struct place_of_copy *place)
{
	struct str path = STR_INIT;
	char *base;

	switch (place->kind) {
	case COPY_RECYCLED:
		base = recycled_origin(c, wpath, place);
		if (!base)
			return NULL;
		str_addf(&path, "%s%s", base, place->rest);
		mem_free(base);
		return str_detach(&path);
	case COPY_RESTORE:
		return restore_origin(c, wpath, place);
	case COPY_OLD_WINDOWS:
		if (!place->rest || wpath[0] == '\0' || wpath[1] != ':')
			return NULL;
		str_addn(&path, wpath, 2);
		str_add(&path, place->rest);
		return str_detach(&path);
	default:
		return NULL;
	}
}

int copies_find(struct copies *c, const char *wpath, char **ret)
{
	struct place_of_copy place;

	*ret = NULL;
	read_place(wpath, &place);
	if (place.kind == COPY_NONE)
		return target_info(c->target)->kind == TARGET_FOLDER
			       ? 0
			       : backup_origin(c, wpath, ret);
	*ret = known_origin(c, wpath, &place);
	if (!*ret)
		*ret = mem_strdup("");
	return *ret ? 0 : err_nomem();
}
