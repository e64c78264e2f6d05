/*
 * Opening a pack: reading, checking the signature, compiling, and building
 * the prefilters.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "match/builtin.h"
#include "match/pack_internal.h"
#include "words/match.h"
#include "words/pack.h"
#include <string.h>

#define MAX_RULES 100000

static struct pack *pack_new(void)
{
	const struct vec groups = VEC_INIT(struct group, PACK_MAX_FILES);
	const struct vec rules = VEC_INIT(struct rule_info, MAX_RULES);
	const struct vec patterns = VEC_INIT(struct pattern, (size_t)1 << 22);
	const struct vec atoms = VEC_INIT(struct atom, (size_t)1 << 22);
	struct pack *p = mem_zalloc(sizeof(*p));

	if (!p)
		return NULL;
	pack_files_init(&p->files);
	pack_lists_init(&p->lists);
	p->groups = groups;
	p->rules = rules;
	p->patterns = patterns;
	p->atoms = atoms;
	p->large = host_mutex_new();
	if (!p->large) {
		pack_free(p);
		return NULL;
	}
	return p;
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	filters_free(p);
	for (size_t i = 0; i < p->patterns.count; i++) {
		struct pattern *pattern = vec_at(&p->patterns, i);

		mem_free(pattern->value);
	}
	vec_release(&p->patterns);
	vec_release(&p->atoms);
	for (size_t i = 0; i < p->groups.count; i++)
		group_release(vec_at(&p->groups, i));
	vec_release(&p->groups);
	vec_release(&p->rules);
	pack_lists_release(&p->lists);
	pack_files_release(&p->files);
	if (p->large)
		host_mutex_free(p->large);
	if (p->yara_started)
		group_yara_stop();
	mem_free(p->can_verify);
	mem_free(p->source);
	mem_free(p->trusted_comment);
	mem_free(p);
}

static int compile_groups(struct pack *p)
{
	for (size_t i = 0; i < p->files.members.count; i++) {
		const struct pack_member *m = vec_at(&p->files.members, i);
		struct group *g;
		struct group fresh;
		int ret;

		if (!ascii_starts_with(m->name, "rules/"))
			continue;
		ret = group_compile(&fresh, m->name, (const char *)m->data,
				    m->nbytes, &p->rules);
		if (ret)
			return ret;
		g = vec_push(&p->groups);
		if (!g) {
			group_release(&fresh);
			return err_last()->err;
		}
		*g = fresh;
		ret = literals_collect(g, (uint32_t)p->groups.count - 1,
				       &p->patterns, &p->atoms);
		if (ret)
			return ret;
	}
	return 0;
}

/* What can be read in p->files without its rules. */
static int read_lists(struct pack *p, const char *source)
{
	int ret;

	p->source = mem_strdup(source);
	if (!p->source)
		return err_nomem();
	ret = pack_lists_read(&p->lists, &p->files);
	if (ret)
		return ret;
	p->lists.info.source = p->source;
	if (!*p->lists.info.name)
		p->lists.info.name = p->source;
	return 0;
}

/* Everything after the files are in p->files. */
static int pack_finish(struct pack *p, const char *source)
{
	int ret = read_lists(p, source);

	if (!ret)
		ret = group_yara_start();
	if (ret)
		return ret;
	p->yara_started = true;
	ret = compile_groups(p);
	if (!ret)
		ret = filters_build(p);
	return ret;
}

int pack_from_files(struct pack_files *files, const char *source,
		    struct pack **ret)
{
	struct pack *p = pack_new();
	int err;

	if (!p)
		return err_nomem();
	p->files = *files;
	pack_files_init(files);
	pack_files_sort(&p->files);
	err = pack_finish(p, source);
	if (err)
		pack_free(p);
	else
		*ret = p;
	return err;
}

static int open_builtin(int (*finish)(struct pack *p, const char *source),
			struct pack **ret)
{
	struct pack *p = pack_new();
	size_t end;
	int err = ERR_NOMEM;

	if (!p)
		return err_nomem();
	err = pack_files_decode(&p->files, builtin_pack, builtin_pack_nbytes,
				&end);
	if (!err)
		err = finish(p, W_PACK_SOURCE);
	if (err) {
		pack_free(p);
		return err;
	}
	/* It is part of the program and as trusted as that. */
	p->lists.info.is_signed = true;
	*ret = p;
	return 0;
}

int pack_open_builtin(struct pack **ret)
{
	return open_builtin(pack_finish, ret);
}

int pack_open_builtin_words(struct pack **ret)
{
	return open_builtin(read_lists, ret);
}

static int apply_signature(struct pack *p, const uint8_t *data, size_t nbytes,
			   const char *text, size_t text_nbytes,
			   const char *const *pubkeys)
{
	struct pack_signature s;
	int ret;

	ret = pack_signature_parse(text, text_nbytes, &s);
	if (ret)
		return ret;
	ret = pack_signature_verify(&s, data, nbytes, builtin_pack_keys,
				    pubkeys);
	if (ret && ret != ERR_NOT_FOUND)
		return ret;
	/* Signed with a key nobody vouches for is as good as unsigned. */
	p->lists.info.is_signed = ret == 0;
	pack_signature_key_id(&s, p->signer);
	p->lists.info.signer = p->signer;
	if (ret)
		return 0;
	p->trusted_comment = mem_strdup(s.trusted_comment);
	if (!p->trusted_comment)
		return err_nomem();
	p->lists.info.trusted_comment = p->trusted_comment;
	return 0;
}

/* The signature lies at the end of the file or beside it as .minisig. */
static int check_signature(struct pack *p, const char *path,
			   const uint8_t *data, size_t nbytes, size_t end,
			   const char *const *pubkeys)
{
	struct str beside = STR_INIT;
	void *text = NULL;
	size_t text_nbytes = 0;
	int ret;

	if (end < nbytes)
		return apply_signature(p, data, end, (const char *)data + end,
				       nbytes - end, pubkeys);
	if (str_add(&beside, path) || str_add(&beside, ".minisig")) {
		str_release(&beside);
		return err_nomem();
	}
	ret = host_read_file(str_text(&beside), 65536, &text, &text_nbytes);
	if (!ret)
		ret = apply_signature(p, data, nbytes, text, text_nbytes,
				      pubkeys);
	else if (ret == ERR_NOT_FOUND)
		ret = 0;
	mem_free(text);
	str_release(&beside);
	return ret;
}

static int open_file(struct pack *p, const char *path,
		     const char *const *pubkeys)
{
	void *data = NULL;
	size_t nbytes = 0;
	size_t end = 0;
	int ret;

	if (pack_files_is_rule_name(path))
		return pack_files_read_yar(&p->files, path);
	ret = host_read_file(path, PACK_MAX_NBYTES, &data, &nbytes);
	if (ret)
		return ret;
	if (!pack_files_is_container(data, nbytes))
		ret = err_fail(ERR_INVALID, 0, W_MATCH_NO_PACK, path);
	if (!ret)
		ret = pack_files_decode(&p->files, data, nbytes, &end);
	if (!ret)
		ret = check_signature(p, path, data, nbytes, end, pubkeys);
	mem_free(data);
	return ret;
}

int pack_open(const char *host_path, const char *const *pubkeys,
	      struct pack **ret)
{
	struct host_stat st;
	struct pack *p = NULL;
	int err;

	err = host_stat(host_path, true, &st);
	if (err)
		return err;
	p = pack_new();
	if (!p)
		return err_nomem();
	if (st.type == HOST_DIR)
		err = pack_files_read_folder(&p->files, host_path);
	else
		err = open_file(p, host_path, pubkeys);
	if (!err)
		err = pack_finish(p, host_path);
	if (err) {
		pack_free(p);
		return err;
	}
	*ret = p;
	return 0;
}

const struct pack_info *pack_info(const struct pack *p)
{
	return &p->lists.info;
}

size_t pack_rule_count(const struct pack *p)
{
	return p->rules.count;
}

const struct rule_info *pack_rule(const struct pack *p, size_t index)
{
	return vec_at(&p->rules, index);
}

bool pack_uses_owner(const struct pack *p)
{
	for (size_t i = 0; i < p->files.members.count; i++) {
		const struct pack_member *m = vec_at(&p->files.members, i);

		if (ascii_starts_with(m->name, "rules/") &&
		    strstr((const char *)m->data, "owner"))
			return true;
	}
	return false;
}
