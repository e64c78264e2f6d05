/*
 * A pack's folder read into memory, and built into one file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "match/pack.h"
#include "match/pack_files.h"
#include "words/match.h"
#include <string.h>

/* Deeper nesting than any rule set has is a mistake, or made to be one. */
#define MAX_DEPTH 16

static int add_file(struct pack_files *f, const char *dir, const char *file,
		    const char *member)
{
	char *path = host_join(dir, file);
	void *data = NULL;
	size_t nbytes = 0;
	int ret;

	if (!path)
		return err_nomem();
	ret = host_read_file(path, PACK_MAX_FILE_NBYTES, &data, &nbytes);
	if (!ret)
		ret = pack_files_add(f, member, data, nbytes);
	mem_free(data);
	mem_free(path);
	return ret;
}

static int refuse(const char *folder, const char *name, const char *why)
{
	return err_fail(ERR_NAME, 0, W_MATCH_IN_FOLDER, name, folder, why);
}

/* Texts about the pack and what git keeps: no rules stand in them. */
static bool is_document(const char *name)
{
	static const char *const names[] = {
		"README",	  "README.txt", "LICENSE",
		"LICENSE.txt",	  "COPYING",	"COPYING.txt",
		".gitattributes", ".gitignore", ".git",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (ascii_casecmp(name, names[i]) == 0)
			return true;
	}
	return ascii_iends_with(name, ".md");
}

/* What stands in a folder becomes part of the pack, or is refused by name. */
struct reading {
	struct pack_files *files;
	const char *inside; /* "rules/", "rules/sub/" */
	int depth;
	bool has_pack_txt;
	bool has_rules;
};

typedef int (*entry_fn)(struct reading *r, const char *dir,
			const struct host_dirent *e);

static int each_entry(struct reading *r, const char *dir, entry_fn fn)
{
	struct host_dirent entry;
	struct host_dir *d = NULL;
	int more = 0;
	int ret = host_dir_open(dir, &d);

	if (ret)
		return ret;
	while (!ret && (more = host_dir_next(d, &entry)) > 0)
		ret = fn(r, dir, &entry);
	host_dir_close(d);
	return !ret && more < 0 ? -more : ret;
}

static int add_rule_file(struct reading *r, const char *dir, const char *name)
{
	struct str member = STR_INIT;
	int ret;

	str_addf(&member, "%s%s", r->inside, name);
	if (member.err)
		ret = err_nomem();
	else if (!pack_files_is_name(str_text(&member)))
		ret = err_fail(ERR_NAME, 0, W_MATCH_RULE_FILE_NAME,
			       str_text(&member));
	else
		ret = add_file(r->files, dir, name, str_text(&member));
	str_release(&member);
	return ret;
}

static int on_rule_entry(struct reading *r, const char *dir,
			 const struct host_dirent *e)
{
	struct reading below = *r;
	struct str inside = STR_INIT;
	char *path;
	int ret;

	if (is_document(e->name))
		return 0;
	if (e->st.type != HOST_DIR)
		return pack_files_is_rule_name(e->name)
			       ? add_rule_file(r, dir, e->name)
			       : refuse(dir, e->name, W_MATCH_NOT_A_RULE_FILE);
	if (r->depth >= MAX_DEPTH)
		return refuse(dir, e->name, W_MATCH_TOO_DEEP);
	path = host_join(dir, e->name);
	str_addf(&inside, "%s%s/", r->inside, e->name);
	below.inside = str_text(&inside);
	below.depth++;
	ret = path && !inside.err ? each_entry(&below, path, on_rule_entry)
				  : err_nomem();
	str_release(&inside);
	mem_free(path);
	return ret;
}

static int look_for_pack_txt(struct reading *r, const char *dir,
			     const struct host_dirent *e)
{
	(void)dir;
	r->has_pack_txt |= ascii_casecmp(e->name, "pack.txt") == 0;
	return 0;
}

static int on_pack_entry(struct reading *r, const char *dir,
			 const struct host_dirent *e)
{
	const char *member = pack_files_list_name(e->name);
	char *path;
	int ret;

	if (e->st.type == HOST_DIR && ascii_casecmp(e->name, "rules") == 0) {
		path = host_join(dir, e->name);
		ret = path ? each_entry(r, path, on_rule_entry) : err_nomem();
		mem_free(path);
		r->has_rules = true;
		return ret;
	}
	if (e->st.type != HOST_DIR && member)
		return add_file(r->files, dir, e->name, member);
	if (is_document(e->name))
		return 0;
	return refuse(dir, e->name,
		      pack_files_is_rule_name(e->name)
			      ? W_MATCH_BELONGS_INTO_RULES
			      : W_MATCH_NO_PART);
}

int pack_files_read_folder(struct pack_files *f, const char *folder)
{
	struct reading r = { .files = f, .inside = "rules/" };
	int ret = each_entry(&r, folder, look_for_pack_txt);

	if (!ret)
		ret = each_entry(&r, folder,
				 r.has_pack_txt ? on_pack_entry
						: on_rule_entry);
	if (ret)
		return ret;
	if (r.has_pack_txt && !r.has_rules)
		return err_fail(ERR_NOT_FOUND, 0, W_MATCH_NO_RULES_FOLDER,
				folder);
	if (!f->members.count)
		return err_fail(ERR_NOT_FOUND, 0, W_MATCH_NO_PACK_FOLDER,
				folder);
	pack_files_sort(f);
	return 0;
}

int pack_files_read_yar(struct pack_files *f, const char *path)
{
	const char *base = path;
	struct str member = STR_INIT;
	void *data = NULL;
	size_t nbytes = 0;
	int ret;

	for (const char *p = path; *p; p++) {
		if (*p == '/' || *p == '\\')
			base = p + 1;
	}
	/* Messages name the file; a name with other letters is replaced. */
	str_addf(&member, "rules/%s", base);
	if (!pack_files_is_name(str_text(&member))) {
		str_clear(&member);
		str_add(&member, "rules/file.yar");
	}
	ret = member.err ? err_nomem()
			 : host_read_file(path, PACK_MAX_FILE_NBYTES, &data,
					  &nbytes);
	if (!ret)
		ret = pack_files_add(f, str_text(&member), data, nbytes);
	mem_free(data);
	str_release(&member);
	return ret;
}

int pack_encode(const char *folder, uint8_t **data_ret, size_t *nbytes_ret)
{
	struct pack_files files;
	int ret;

	pack_files_init(&files);
	ret = pack_files_read_folder(&files, folder);
	if (!ret)
		ret = pack_files_encode(&files, data_ret, nbytes_ret);
	pack_files_release(&files);
	return ret;
}

int pack_build(const char *folder, const char *out_path)
{
	uint8_t *data = NULL;
	size_t nbytes = 0;
	int ret;

	ret = pack_encode(folder, &data, &nbytes);
	if (!ret)
		ret = host_write_file(out_path, data, nbytes);
	mem_free(data);
	return ret;
}
