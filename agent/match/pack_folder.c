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
#include <string.h>

static int add_file(struct pack_files *f, const char *dir, const char *file,
		    const char *member, bool optional)
{
	char *path = host_join(dir, file);
	void *data = NULL;
	size_t nbytes = 0;
	int ret;

	if (!path)
		return err_nomem();
	ret = host_read_file(path, PACK_MAX_FILE_NBYTES, &data, &nbytes);
	if (ret == ERR_NOT_FOUND && optional)
		ret = 0;
	else if (!ret)
		ret = pack_files_add(f, member, data, nbytes);
	mem_free(data);
	mem_free(path);
	return ret;
}

static int add_rule_files(struct pack_files *f, const char *dir)
{
	struct host_dirent entry;
	struct host_dir *d = NULL;
	struct str member = STR_INIT;
	int more;
	int ret;

	ret = host_dir_open(dir, &d);
	if (ret)
		return ret;
	while ((more = host_dir_next(d, &entry)) > 0) {
		if (!ascii_iends_with(entry.name, ".yar") ||
		    entry.st.type == HOST_DIR)
			continue;
		str_clear(&member);
		str_add(&member, "rules/");
		str_add(&member, entry.name);
		if (member.err) {
			ret = err_nomem();
			goto out;
		}
		if (!pack_files_is_name(str_text(&member))) {
			ret = err_fail(ERR_NAME, 0,
				       "the rule file's name '%s' must be of "
				       "letters, digits, '.', '_' and '-' and "
				       "end in .yar",
				       entry.name);
			goto out;
		}
		ret = add_file(f, dir, entry.name, str_text(&member), false);
		if (ret)
			goto out;
	}
	ret = more < 0 ? -more : 0;
out:
	str_release(&member);
	host_dir_close(d);
	return ret;
}

int pack_files_read_folder(struct pack_files *f, const char *folder)
{
	static const char *const lists[] = { "places.tsv", "known.tsv",
					     "allow.tsv", "restore.tsv",
					     "texts.tsv" };
	char *rules = NULL;
	int ret;

	ret = add_file(f, folder, "pack.txt", "pack.txt", true);
	if (ret)
		return ret;
	if (!pack_files_get(f, "pack.txt")) {
		ret = add_rule_files(f, folder);
		if (!ret && !f->members.count)
			ret = err_fail(ERR_NOT_FOUND, 0,
				       "the folder '%s' holds neither pack.txt "
				       "nor a .yar file",
				       folder);
		goto out;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		ret = add_file(f, folder, lists[i], lists[i], true);
		if (ret)
			return ret;
	}
	rules = host_join(folder, "rules");
	if (!rules)
		return err_nomem();
	ret = add_rule_files(f, rules);
out:
	if (!ret)
		pack_files_sort(f);
	mem_free(rules);
	return ret;
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
