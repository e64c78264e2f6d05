/*
 * Checks of a pack beyond loading it: metadata, a clean corpus that must not
 * be hit, and a corpus in which every rule must hit.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file NAME.vars beside NAME gives YARA's external variables as lines
 * "variable=value": so a registration or a member of an archive can be shown
 * as a file.  Without it a file is what a scan of the folder would take it
 * for: its path below the corpus is a Windows path that says the location,
 * and archives in the caches of Java and of browsers are opened.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/archive.h"
#include "match/filetype.h"
#include "match/pack_internal.h"
#include "match/scanner.h"
#include "target/location_table.h"
#include <stdarg.h>
#include <string.h>

#define MAX_DEPTH	64
#define MAX_VARS_NBYTES 65536

struct corpus {
	struct pack *pack;
	struct scanner *scanner;
	struct vec *problems;
	bool *seen; /* by rule: it hit something */
	bool is_clean;
};

static int add_problem(struct vec *problems, const char *fmt, ...)
	FMT_PRINTF(2, 3);

static int add_problem(struct vec *problems, const char *fmt, ...)
{
	struct pack_problem *p;
	struct str s = STR_INIT;
	char *text;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	text = str_detach(&s);
	p = text ? vec_push(problems) : NULL;
	if (!p) {
		mem_free(text);
		return err_nomem();
	}
	p->text = text;
	return 0;
}

/* "rules/x.yar:12: rule y" */
static int rule_problem(const struct corpus *c, const struct rule_info *r,
			const char *what)
{
	const struct pack_member *m = pack_files_get(&c->pack->files, r->file);
	unsigned line = m ? group_rule_line((const char *)m->data, r->name) : 0;

	return add_problem(c->problems, "%s:%u: rule %s: %s", r->file, line,
			   r->name, what);
}

static bool is_version(const char *s)
{
	/* YYYY.MM.DD[.n] */
	for (size_t i = 0; i < 10; i++) {
		bool dot = i == 4 || i == 7;

		if (dot ? s[i] != '.' : (s[i] < '0' || s[i] > '9'))
			return false;
	}
	if (!s[10])
		return true;
	return s[10] == '.' && s[11] &&
	       strspn(s + 11, "0123456789") == strlen(s + 11);
}

static int check_strict(struct corpus *c)
{
	const struct pack_info *info = pack_info(c->pack);
	int ret = 0;

	if (!pack_files_get(&c->pack->files, "pack.txt"))
		ret = add_problem(c->problems, "pack.txt: it is missing");
	else if (!is_version(info->version))
		ret = add_problem(c->problems,
				  "pack.txt: version '%s' is not YYYY.MM.DD",
				  info->version);
	for (size_t i = 0; i < pack_rule_count(c->pack) && !ret; i++) {
		const struct rule_info *r = pack_rule(c->pack, i);

		if (r->is_private)
			continue;
		if (!r->has_metadata)
			ret = rule_problem(
				c, r,
				"metadata is incomplete (description, family, "
				"role, score 1-100, evidence, gate, "
				"reference)");
		else if (!*r->description || !*r->reference)
			ret = rule_problem(c, r,
					   "description or reference is empty");
	}
	return ret;
}

/* ---- the corpora --------------------------------------------------------- */

static const char **var_slot(struct match_vars *v, const char *name, size_t n)
{
	const char **slots[GROUP_VAR_COUNT] = {
		&v->filename, &v->filepath, &v->extension,
		&v->filetype, &v->owner,    &v->object,
		&v->point,    &v->view,	    &v->location,
	};

	for (size_t i = 0; i < GROUP_VAR_COUNT; i++) {
		if (strlen(group_var_names[i]) == n &&
		    memcmp(group_var_names[i], name, n) == 0)
			return slots[i];
	}
	return NULL;
}

/* Cuts `text` into values that `v` points to. */
static void parse_vars(char *text, struct match_vars *v)
{
	while (*text) {
		char *end = text + strcspn(text, "\n");
		char *equals = memchr(text, '=', (size_t)(end - text));
		const char **slot;
		char *next = *end ? end + 1 : end;

		*end = '\0';
		if (end > text && end[-1] == '\r')
			end[-1] = '\0';
		if (equals) {
			slot = var_slot(v, text, (size_t)(equals - text));
			if (slot)
				*slot = equals + 1;
		}
		text = next;
	}
}

static int read_vars(const char *path, char **text_ret)
{
	struct str name = STR_INIT;
	void *data = NULL;
	size_t nbytes = 0;
	int ret;

	str_add(&name, path);
	str_add(&name, ".vars");
	if (name.err) {
		str_release(&name);
		return err_nomem();
	}
	ret = host_read_file(str_text(&name), MAX_VARS_NBYTES, &data, &nbytes);
	str_release(&name);
	if (ret)
		return ret;
	*text_ret = mem_strndup(data, nbytes);
	mem_free(data);
	return *text_ret ? 0 : err_nomem();
}

static int read_file(void *arg, uint64_t offset, void *buf, size_t nbytes,
		     size_t *nread_ret)
{
	return host_pread(arg, offset, buf, nbytes, nread_ret);
}

static int take_matches(struct corpus *c, const char *path,
			const struct match_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct rule_info *r = list->items[i].rule;
		struct str what = STR_INIT;
		int ret;

		c->seen[r->index] = true;
		if (!c->is_clean)
			continue;
		str_add(&what, "hits the clean file '");
		utf_escape(&what, path);
		str_add(&what, "'");
		ret = rule_problem(c, r, str_text(&what));
		str_release(&what);
		if (ret)
			return ret;
	}
	return 0;
}

static int scan_source(struct corpus *c, const char *path,
		       const struct match_source *source,
		       const struct match_vars *vars)
{
	struct match_list list = { NULL, 0 };
	int ret = scanner_scan(c->scanner, source, vars, &list);

	if (ret && ret != ERR_NOMEM)
		ret = add_problem(c->problems, "'%s': %s", path,
				  err_last()->text);
	if (!ret)
		ret = take_matches(c, path, &list);
	match_list_release(&list);
	return ret;
}

struct member_scan {
	struct corpus *corpus;
	const char *path;
	const struct match_vars *outer;
	int ret;
};

static int on_member(void *arg, const char *inside, const char *name,
		     const uint8_t *data, size_t nbytes)
{
	struct member_scan *m = arg;
	struct match_source source = { .nbytes = nbytes, .data = data };
	struct match_vars vars = { .object = "member",
				   .location = m->outer->location };
	struct str folder = STR_INIT;
	struct str inner = STR_INIT;
	struct str base = STR_INIT;
	struct str filename = STR_INIT;

	str_addf(&folder, "%s\\%s!", m->outer->filepath, m->outer->filename);
	str_add(&inner, inside);
	if (!archive_split_name(name, &inner, &base)) {
		utf_escape(&folder, str_text(&inner));
		utf_escape(&filename, str_text(&base));
	}
	if (filename.err || folder.err || inner.err || base.err) {
		m->ret = err_nomem();
	} else {
		vars.filename = str_text(&filename);
		vars.filepath = str_text(&folder);
		m->ret = scan_source(m->corpus, m->path, &source, &vars);
	}
	str_release(&filename);
	str_release(&base);
	str_release(&inner);
	str_release(&folder);
	return m->ret;
}

static bool is_cache(const char *location)
{
	return strcmp(location, "java_cache") == 0 ||
	       strcmp(location, "browser_cache") == 0;
}

/* As a scan decides it: elsewhere only the first bytes count. */
static bool is_archive(struct host_file *f, uint64_t nbytes,
		       const char *location)
{
	uint8_t head[FILETYPE_HEAD_NBYTES];
	size_t n = 0;

	if (is_cache(location))
		return archive_is_likely(f, nbytes);
	return !host_pread(f, 0, head, sizeof(head), &n) &&
	       archive_can_open(archive_kind_of(head, n));
}

static int scan_file(struct corpus *c, const char *path,
		     const struct match_vars *vars)
{
	struct match_source source = { .read = read_file };
	struct member_scan members = { c, path, vars, 0 };
	struct archive_options o = { .fn = on_member, .arg = &members };
	struct host_file *f = NULL;
	struct host_stat st;
	int ret;

	ret = host_open(path, HOST_OPEN_SEQ | HOST_OPEN_NOFOLLOW, &f);
	if (!ret)
		ret = host_fstat(f, &st);
	if (ret)
		return add_problem(c->problems, "'%s': %s", path,
				   err_last()->text);
	source.nbytes = st.size;
	source.arg = f;
	ret = scan_source(c, path, &source, vars);
	if (!ret && strcmp(vars->object, "file") == 0 &&
	    is_archive(f, st.size, vars->location)) {
		/* What of it cannot be opened is no problem of the pack. */
		archive_each_member(f, st.size, vars->filename, &o);
		ret = members.ret;
	}
	host_close(f);
	return ret;
}

static int check_plain_file(struct corpus *c, const char *path,
			    const char *name, const char *folder)
{
	struct match_vars vars = { .object = "file" };
	char *filename = utf_escape_dup(name);
	char *filepath = utf_escape_dup(folder);
	struct str wpath = STR_INIT;
	int ret = ERR_NOMEM;

	str_addf(&wpath, "%s\\%s", folder, name);
	if (!filename || !filepath || wpath.err) {
		err_nomem();
		goto out;
	}
	vars.filename = filename;
	vars.filepath = filepath;
	vars.location = location_name(location_of(NULL, str_text(&wpath)));
	ret = scan_file(c, path, &vars);
out:
	mem_free(filename);
	mem_free(filepath);
	str_release(&wpath);
	return ret;
}

static int check_file(struct corpus *c, const char *path, const char *name,
		      const char *folder)
{
	struct match_vars vars = { .object = "file", .location = "unknown" };
	char *text = NULL;
	int ret;

	ret = read_vars(path, &text);
	if (ret == ERR_NOT_FOUND)
		return check_plain_file(c, path, name, folder);
	if (!ret && text) {
		parse_vars(text, &vars);
		ret = scan_file(c, path, &vars);
	}
	mem_free(text);
	return ret;
}

static int check_folder(struct corpus *c, const char *path, const char *folder,
			unsigned depth);

static int check_entry(struct corpus *c, const char *dir, const char *folder,
		       const struct host_dirent *entry, unsigned depth)
{
	char *path = host_join(dir, entry->name);
	struct str below = STR_INIT;
	int ret = 0;

	if (!path)
		return err_nomem();
	if (entry->st.type == HOST_DIR) {
		str_add(&below, folder);
		str_add(&below, "\\");
		str_add(&below, entry->name);
		ret = below.err ? ERR_NOMEM
				: check_folder(c, path, str_text(&below),
					       depth + 1);
	} else if (entry->st.type == HOST_FILE &&
		   !ascii_iends_with(entry->name, ".vars")) {
		ret = check_file(c, path, entry->name, folder);
	}
	str_release(&below);
	mem_free(path);
	return ret;
}

static int check_folder(struct corpus *c, const char *path, const char *folder,
			unsigned depth)
{
	struct host_dirent entry;
	struct host_dir *d = NULL;
	int more;
	int ret;

	if (depth > MAX_DEPTH)
		return add_problem(c->problems, "'%s': too deep", path);
	ret = host_dir_open(path, &d);
	if (ret)
		return ret;
	while (!ret && (more = host_dir_next(d, &entry)) != 0)
		ret = more < 0 ? -more
			       : check_entry(c, path, folder, &entry, depth);
	host_dir_close(d);
	return ret;
}

static int check_hits(struct corpus *c)
{
	int ret = 0;

	for (size_t i = 0; i < pack_rule_count(c->pack) && !ret; i++) {
		const struct rule_info *r = pack_rule(c->pack, i);

		if (!r->is_private && !c->seen[i])
			ret = rule_problem(c, r, "hits no file of its corpus");
	}
	return ret;
}

int pack_check(struct pack *p, bool strict, const char *hits_dir,
	       const char *clean_dir, struct vec *problems_ret)
{
	struct corpus c = { .pack = p, .problems = problems_ret };
	int ret;

	c.seen = mem_array(pack_rule_count(p) + 1, sizeof(*c.seen));
	if (!c.seen)
		return err_nomem();
	ret = scanner_new(p, 0, &c.scanner);
	if (!ret && strict)
		ret = check_strict(&c);
	if (!ret && hits_dir) {
		ret = check_folder(&c, hits_dir, "", 0);
		if (!ret)
			ret = check_hits(&c);
	}
	c.is_clean = true;
	if (!ret && clean_dir)
		ret = check_folder(&c, clean_dir, "", 0);
	scanner_free(c.scanner);
	mem_free(c.seen);
	return ret;
}
