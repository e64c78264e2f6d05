/*
 * mstmpsweep pack list | verify | test | build.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"
#include "misread.h"
#include "output.h"
#include "session/packs.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/pack.h"
#include "words/usage.h"
#include "words/words.h"
#include <string.h>

static bool is_built_in(const struct pack_info *i)
{
	return strcmp(i->source, W_PACK_SOURCE) == 0;
}

static void add_signature(struct str *out, const struct pack_info *i)
{
	const char *lang = complain_lang();

	if (i->is_signed)
		words_add(out, lang, W_PACK_SIGNED, i->signer);
	else if (is_built_in(i))
		str_add(out, words_in(W_PACK_BUILT_IN, lang));
	else
		str_add(out, words_in(W_PACK_NOT_SIGNED, lang));
}

/* What a rule is about, in the words of the pack. */
static void add_meaning(const struct pack *p, const struct rule_info *r,
			struct str *out)
{
	struct str key = STR_INIT;
	const char *text = NULL;

	str_addf(&key, "rule.%s", r->name);
	if (lang_is_ja(complain_lang()))
		text = pack_text(p, str_text(&key), "ja");
	utf_display(out, text && *text ? text : r->description);
	str_release(&key);
}

static void list_text(const struct pack *p, struct str *out)
{
	const struct pack_info *i = pack_info(p);
	const char *lang = complain_lang();

	str_addf(out, "%s %s: ", i->name, i->version);
	utf_display(out, lang_is_ja(lang) ? i->title_ja : i->title);
	str_add(out, "\n");
	utf_display(out,
		    is_built_in(i) ? words_in(W_PACK_SOURCE, lang) : i->source);
	str_add(out, words_in(W_USAGE_COMMA, lang));
	add_signature(out, i);
	str_add(out, "\n");
	words_add(out, lang, W_PACK_RULES, (uint64_t)pack_rule_count(p));
	str_add(out, "\n");
	for (size_t n = 0; n < pack_rule_count(p); n++) {
		const struct rule_info *r = pack_rule(p, n);

		if (r->is_private)
			continue;
		str_addf(out, "  %3d %-12s %-34s ", r->score,
			 evidence_name(r->evidence), r->name);
		add_meaning(p, r, out);
		str_add(out, "\n");
	}
}

static void list_json(const struct pack *p, struct str *out)
{
	const struct pack_info *i = pack_info(p);
	struct json j;

	json_init(&j, out, true);
	json_begin_object(&j);
	json_key(&j, "pack_name");
	json_string(&j, i->name);
	json_key(&j, "pack_version");
	json_string(&j, i->version);
	json_key(&j, "pack_signed");
	json_bool(&j, i->is_signed);
	json_key(&j, "rules");
	json_begin_array(&j);
	for (size_t n = 0; n < pack_rule_count(p); n++) {
		const struct rule_info *r = pack_rule(p, n);

		if (r->is_private)
			continue;
		json_begin_object(&j);
		json_key(&j, "name");
		json_string(&j, r->name);
		json_key(&j, "file");
		json_string(&j, r->file);
		json_key(&j, "score");
		json_int(&j, r->score);
		json_key(&j, "evidence");
		json_string(&j, evidence_name(r->evidence));
		json_key(&j, "family");
		json_string(&j, r->family);
		json_key(&j, "role");
		json_string(&j, r->role);
		json_key(&j, "description");
		json_string(&j, r->description);
		json_key(&j, "reference");
		json_string(&j, r->reference);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	str_add(out, "\n");
}

static int run_list(const struct options *o, struct pack *p)
{
	bool as_json = o->format && strcmp(o->format, "json") == 0;
	struct str out = STR_INIT;
	int err;

	if (as_json)
		list_json(p, &out);
	else
		list_text(p, &out);
	err = output_write(o, &out, as_json ? REPORT_JSON : REPORT_TEXT);
	str_release(&out);
	return err;
}

static int run_verify(const struct options *o, struct pack *p, int *code_ret)
{
	const struct pack_info *i = pack_info(p);
	struct str out = STR_INIT;
	bool trusted = i->is_signed || is_built_in(i);
	int err;

	str_addf(&out, "%s %s: ", i->name, i->version);
	add_signature(&out, i);
	if (i->trusted_comment && *i->trusted_comment) {
		str_add(&out, "\n");
		utf_display(&out, i->trusted_comment);
	}
	str_add(&out, "\n");
	err = output_write(o, &out, REPORT_TEXT);
	str_release(&out);
	*code_ret = trusted ? 0 : 1;
	return err;
}

static int run_test(const struct options *o, struct pack *p, int *code_ret)
{
	struct vec problems = VEC_INIT(struct pack_problem, 100000);
	struct str out = STR_INIT, problem = STR_INIT;
	int err = pack_check(p, o->strict, o->hits, o->clean, &problems);

	for (size_t i = 0; i < problems.count; i++) {
		struct pack_problem *x = vec_at(&problems, i);

		words_translate(&problem, complain_lang(), x->text);
		utf_display(&out, str_text(&problem));
		str_add(&out, "\n");
		str_clear(&problem);
		mem_free(x->text);
	}
	if (!err) {
		words_add(&out, complain_lang(), W_PACK_TESTED,
			  pack_info(p)->name, pack_info(p)->version,
			  (uint64_t)pack_rule_count(p),
			  (uint64_t)problems.count);
		str_add(&out, "\n");
		err = output_write(o, &out, REPORT_TEXT);
		*code_ret = problems.count ? 1 : 0;
	}
	vec_release(&problems);
	str_release(&problem);
	str_release(&out);
	return err;
}

static int run_build(const struct options *o, const char *folder)
{
	struct pack *p = NULL;
	int err;

	if (!folder || !o->out) {
		complain(W_PACK_BUILD_NEEDS);
		return EXIT_USAGE;
	}
	/* What does not load is not built. */
	err = packs_open(folder, o->keys.items, o->keys.count, &p);
	pack_free(p);
	if (!err)
		err = pack_build(folder, o->out);
	if (err) {
		complain_last(W_PACK_NOT_BUILT);
		return EXIT_NO_START;
	}
	return 0;
}

int cmd_pack(const struct options *o)
{
	static const char *const words[] = { "list", "verify", "test", "build",
					     NULL };
	const char *what = subcommand_find("pack", words,
					   *(const char **)vec_at(&o->args, 0));
	const char *path = o->args.count > 1
				   ? *(const char **)vec_at(&o->args, 1)
				   : o->pack;
	struct pack *p = NULL;
	bool is_check;
	int code = 0;
	int err;

	if (!what)
		return EXIT_USAGE;
	if (strcmp(what, "build") == 0)
		return run_build(o, path);
	is_check = strcmp(what, "verify") == 0 || strcmp(what, "test") == 0;
	err = packs_open(path, o->keys.items, o->keys.count, &p);
	if (err) {
		complain_last("");
		return is_check && err != ERR_NOT_FOUND && err != ERR_DENIED &&
				       err != ERR_ANTIVIRUS
			       ? 1
			       : EXIT_NO_START;
	}
	if (strcmp(what, "list") == 0)
		err = run_list(o, p);
	else if (strcmp(what, "verify") == 0)
		err = run_verify(o, p, &code);
	else
		err = run_test(o, p, &code);
	if (err)
		complain_last("");
	pack_free(p);
	return err ? EXIT_STOPPED : code;
}
