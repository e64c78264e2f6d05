/*
 * Checks of a pack beyond loading it: metadata, a clean corpus that must not
 * be hit, and a corpus in which every rule must hit.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file NAME.vars beside NAME gives YARA's external variables as lines
 * "variable=value": so a registration or a member of an archive can be shown
 * as a file.  Without it a file is what a scan of the folder would take it
 * for: its path below the corpus is a Windows path that says the location,
 * and archives are opened as a scan opens them.
 */
#include "pack_check.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "collect/archive.h"
#include "base/filetype.h"
#include "match/rule_source.h"
#include "match/scanner.h"
#include "target/location_table.h"
#include "target/place_name.h"
#include "words/pack.h"
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

int pack_problem(struct vec *problems, const char *fmt, ...)
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

const char *pack_rule_source(const struct pack *p, const struct rule_info *r)
{
	const struct pack_member *m = pack_files_get(&p->files, r->file);

	return m ? (const char *)m->data : "";
}

const struct group *pack_rule_group(const struct pack *p,
				    const struct rule_info *r,
				    size_t *index_ret)
{
	const struct group *g = NULL;

	for (size_t i = 0; i < p->groups.count; i++) {
		g = vec_at(&p->groups, i);
		if (r->index - g->first_rule < g->rule_count)
			break;
	}
	*index_ret = g ? r->index - g->first_rule : 0;
	return g;
}

int pack_rule_problem(const struct pack *p, struct vec *problems,
		      const struct rule_info *r, unsigned line, const char *fmt,
		      ...)
{
	struct str s = STR_INIT;
	va_list ap;
	int ret;

	if (!line)
		line = rule_source_line(pack_rule_source(p, r), r->name);
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	ret = s.err ? err_nomem()
		    : pack_problem(problems, W_PACK_RULE_PROBLEM, r->file, line,
				   r->name, str_text(&s));
	str_release(&s);
	return ret;
}

static bool is_other_rule(const struct pack *p, const struct rule_info *r,
			  const char *name)
{
	for (size_t i = 0; i < pack_rule_count(p); i++) {
		const struct rule_info *other = pack_rule(p, i);

		if (other != r && !other->is_private &&
		    strcmp(other->name, name) == 0)
			return true;
	}
	return false;
}

static int check_rule_metadata(struct corpus *c, const struct rule_info *r)
{
	int ret = 0;

	if (!r->has_metadata)
		ret = pack_rule_problem(c->pack, c->problems, r, 0,
					W_PACK_METADATA, r->lacks);
	else if (!*r->description || !*r->reference)
		ret = pack_rule_problem(c->pack, c->problems, r, 0,
					W_PACK_NO_DESCRIPTION);
	if (!ret && strpbrk(r->companion, "\\/"))
		ret = pack_rule_problem(c->pack, c->problems, r, 0,
					W_PACK_COMPANION, r->companion);
	if (!ret && *r->unless && !is_other_rule(c->pack, r, r->unless))
		ret = pack_rule_problem(c->pack, c->problems, r, 0,
					W_PACK_UNLESS, r->unless);
	return ret;
}

static int check_metadata(struct corpus *c)
{
	int ret = 0;

	for (size_t i = 0; i < pack_rule_count(c->pack) && !ret; i++)
		if (!pack_rule(c->pack, i)->is_private)
			ret = check_rule_metadata(c, pack_rule(c->pack, i));
	return ret;
}

static int check_strict(struct corpus *c)
{
	int ret = pack_check_lists(c->pack, c->problems);

	if (!ret)
		ret = check_metadata(c);
	if (!ret)
		ret = pack_check_texts(c->pack, c->problems);
	if (!ret)
		ret = pack_check_words(c->pack, c->problems);
	if (!ret)
		ret = pack_check_lines(c->pack, c->problems);
	return ret;
}

/* ---- the corpora --------------------------------------------------------- */

static const char **var_slot(struct match_vars *v, const char *name, size_t n)
{
	const char **slots[GROUP_VAR_COUNT] = {
		&v->filename, &v->filepath, &v->extension, &v->filetype,
		&v->owner,    &v->object,   &v->point,	   &v->view,
		&v->location, &v->place,
	};

	for (size_t i = 0; i < GROUP_VAR_COUNT; i++) {
		if (strlen(group_var_names[i]) == n &&
		    memcmp(group_var_names[i], name, n) == 0)
			return slots[i];
	}
	return NULL;
}

/* Whether an artefact can have that value of the variable at all. */
static bool is_possible(const char *name, size_t n, const char *value)
{
	size_t var = 0;

	while (strlen(group_var_names[var]) != n ||
	       memcmp(group_var_names[var], name, n) != 0)
		var++;
	if (!pack_var_value(var, 0))
		return true;
	for (size_t i = 0; pack_var_value(var, i); i++)
		if (strcmp(pack_var_value(var, i), value) == 0)
			return true;
	return false;
}

/* "variable=value"; NULL, or what is wrong with it. */
static const char *parse_var(char *line, struct match_vars *v)
{
	char *equals = strchr(line, '=');
	const char **slot =
		equals ? var_slot(v, line, (size_t)(equals - line)) : NULL;

	if (!*line || *line == '#')
		return NULL;
	if (!slot)
		return W_PACK_NO_VARIABLE;
	*slot = equals + 1;
	return is_possible(line, (size_t)(equals - line), *slot)
		       ? NULL
		       : W_PACK_NO_VALUE;
}

/* Cuts `text` into values that `v` points to. */
static int parse_vars(const struct corpus *c, const char *path, char *text,
		      struct match_vars *v)
{
	int ret = 0;

	for (unsigned line = 1; *text && !ret; line++) {
		char *end = text + strcspn(text, "\n");
		char *next = *end ? end + 1 : end;
		const char *fault;

		*end = '\0';
		if (end > text && end[-1] == '\r')
			end[-1] = '\0';
		fault = parse_var(text, v);
		if (fault)
			ret = pack_problem(c->problems, W_PACK_VARS_PROBLEM,
					   path, line, text, fault);
		text = next;
	}
	return ret;
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
		struct str shown = STR_INIT;
		int ret;

		c->seen[r->index] = true;
		if (!c->is_clean)
			continue;
		utf_escape(&shown, path);
		ret = pack_rule_problem(c->pack, c->problems, r, 0,
					W_PACK_HITS_CLEAN, str_text(&shown));
		str_release(&shown);
		if (ret)
			return ret;
	}
	return 0;
}

/* Nothing is known of a Windows here: `place` goes by names, if not given. */
static int scan_source(struct corpus *c, const char *path,
		       const struct match_source *source,
		       const struct match_vars *vars)
{
	struct match_vars placed = *vars;
	struct match_list list = { NULL, 0 };
	char *place = NULL;
	int ret;

	if (!vars->place) {
		place = place_name_guess(vars->filepath ? vars->filepath : "");
		if (!place)
			return err_nomem();
		placed.place = place;
	}
	ret = scanner_scan(c->scanner, source, &placed, &list);
	mem_free(place);
	if (ret && ret != ERR_NOMEM)
		ret = pack_problem(c->problems, "'%s': %s", path,
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
		return pack_problem(c->problems, "'%s': %s", path,
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
		ret = parse_vars(c, path, text, &vars);
		if (!ret)
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
		return pack_problem(c->problems, W_PACK_TOO_DEEP, path);
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
			ret = pack_rule_problem(c->pack, c->problems, r, 0,
						"%s", W_PACK_HITS_NONE);
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
