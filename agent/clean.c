/*
 * What plan, fix and undo share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clean.h"
#include "age.h"
#include "packs.h"
#include "recheck.h"
#include "settle.h"
#include "usual_store.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host.h"
#include "remediate/words.h"
#include "store/store.h"
#include <string.h>

#define MAX_VOLUME_GAPS 256

/* ---- target -----------------------------------------------------------------
 */

/* Of all gaps only those of volumes say that nothing may be changed. */
static void on_gap(struct gap_sink *sink, const struct gap *gap)
{
	struct clean *c =
		(struct clean *)((char *)sink - offsetof(struct clean, sink));
	struct guard_volume *v;

	if (gap->kind != GAP_VOLUME || !gap_matters(gap->kind, gap->weight))
		return;
	v = vec_push(&c->volumes);
	if (!v)
		return;
	v->wprefix = mem_strdup(gap->path ? gap->path : "");
	v->why = mem_strdup(gap->reason);
	if (!v->wprefix || !v->why) {
		mem_free(v->wprefix);
		mem_free(v->why);
		c->volumes.count--;
	}
}

int clean_open_target(struct clean *c, const struct options *o)
{
	const struct vec volumes =
		VEC_INIT(struct guard_volume, MAX_VOLUME_GAPS);
	struct target_options to;

	memset(c, 0, sizeof(*c));
	c->o = o;
	c->volumes = volumes;
	c->sink.add = on_gap;
	if (options_target(o, &to))
		return EXIT_USAGE;
	to.gaps = &c->sink;
	if (!target_open(&to, &c->target))
		return 0;
	complain_last("");
	return EXIT_NO_START;
}

void clean_release(struct clean *c)
{
	for (size_t i = 0; i < c->volumes.count; i++) {
		struct guard_volume *v = vec_at(&c->volumes, i);

		mem_free(v->wprefix);
		mem_free(v->why);
	}
	vec_release(&c->volumes);
	plan_free(c->plan);
	mem_free(c->answers);
	pack_free(c->pack);
	store_close(c->store);
	mem_free(c->store_path);
	target_free(c->target);
}

/* ---- store
 * -------------------------------------------------------------------- */

/* undo needs none: the journal lies in the vault. */
static int without_store(bool must)
{
	complain_last(must ? "" : "going on without the store");
	return must ? EXIT_NO_START : 0;
}

int clean_open_store(struct clean *c, bool write, bool must)
{
	struct host_stat st;
	int err;

	c->store_path = c->o->db ? mem_strdup(c->o->db) : usual_store();
	if (!c->store_path) {
		complain_last("");
		return EXIT_NO_START;
	}
	if (host_stat(c->store_path, true, &st) == ERR_NOT_FOUND && !must)
		return 0;
	/* Whoever names one is told; one that is usual is done without. */
	err = store_check_place(c->store_path, STORE_ACT);
	if (err)
		return without_store(must || c->o->db != NULL);
	settle_at_start(c->o, c->store_path);
	/*
	 * Opened for reading first: a missing store must not be made.  One of
	 * an old program is brought forward by the second opening.
	 */
	err = store_open_readonly(c->store_path, &c->store);
	if (!err && store_is_copy(c->store)) {
		store_close(c->store);
		c->store = NULL;
		err_fail(
			ERR_UNSUPPORTED, 0,
			"the store \"%s\" is a copy for reading, which nothing "
			"is done by; use the store that the scan told, on the "
			"PC that was scanned",
			c->store_path);
		return without_store(must || c->o->db != NULL);
	}
	if (write && (!err || err == ERR_UNSUPPORTED)) {
		store_close(c->store);
		c->store = NULL;
		err = store_open(c->store_path, &c->store);
	}
	if (!err)
		return 0;
	return without_store(must);
}

/* ---- plan
 * --------------------------------------------------------------------- */

static int newest_scan(struct clean *c, int64_t *scan_id_ret)
{
	const char *id = target_info(c->target)->target_id;
	int err = store_newest_scan(c->store, id, scan_id_ret);

	if (err == ERR_NOT_FOUND)
		return err_fail(ERR_NOT_FOUND, 0,
				"the store \"%s\" holds no finished scan of "
				"this PC; scan it first",
				c->store_path);
	return err;
}

/* Findings of one pack are not judged by the lists of another. */
static int check_pack(const struct clean *c)
{
	const char *name = c->plan->pack_name ? c->plan->pack_name : "";

	if (strcmp(pack_info(c->pack)->name, name) == 0)
		return 0;
	return err_fail(ERR_INVALID, 0,
			"the scan was made with the pack \"%s\"; give that "
			"one with --pack",
			name);
}

/* The rules of another version decide, which a person should know. */
static void note_version(const struct clean *c)
{
	const char *then = c->plan->pack_version ? c->plan->pack_version : "?";
	const struct pack_info *now = pack_info(c->pack);

	if (c->o->quiet || strcmp(now->version, then) == 0)
		return;
	complain(strcmp(c->o->lang, "ja") == 0
			 ? "注意: スキャン時の定義パックは「%s」のバージョン "
			   "%s です。現在のバージョン %s で判定します"
			 : "note: the scan was made with the pack \"%s\", "
			   "version %s; what version %s finds now counts",
		 now->name, then, now->version);
}

static void plan_options(const struct clean *c, struct plan_options *ret)
{
	const struct target_info *info = target_info(c->target);

	memset(ret, 0, sizeof(*ret));
	ret->findings = c->o->findings.items;
	ret->finding_count = c->o->findings.count;
	ret->steps = c->o->steps.items;
	ret->step_count = c->o->steps.count;
	ret->skips = c->o->skips.items;
	ret->skip_count = c->o->skips.count;
	ret->pack = c->pack;
	ret->target = c->target;
	ret->os_major = info->major;
	ret->os_minor = info->minor;
	ret->windows = target_variable(c->target, NULL, 64, "SystemRoot");
}

static int ask_about_key(struct clean *c, struct guard *g, struct step *s,
			 struct guard_answer *ret)
{
	struct guarded_key key = { 0 };
	struct str why = STR_INIT;
	int err = guard_key(g, s, ret, &key);

	guarded_key_release(&key);
	/* What Windows had there is not to be had: the key goes (9.5). */
	if (!err && ret->reason == GUARD_NOT_MICROSOFT) {
		err = guard_sentence(ret, c->o->lang, &why);
		if (!err)
			err = plan_remove_instead(c->plan, s, str_text(&why));
		if (!err)
			err = guard_key(g, s, ret, &key);
		guarded_key_release(&key);
		str_release(&why);
	}
	return err;
}

/* Every picked step, as it would be looked at before it is carried out. */
static int ask_guard(struct clean *c, const char *vault)
{
	struct guard_options go = { .target = c->target,
				    .pack = c->pack,
				    .vault_host = vault,
				    .volumes = &c->volumes };
	struct guard *g = NULL;
	int err = guard_new(&go, &g);

	for (size_t i = 0; !err && i < c->plan->steps.count; i++) {
		struct step *s = plan_step(c->plan, i);
		struct guarded_file file = { 0 };

		if (!s->picked)
			continue;
		if (step_is_registry(s->action)) {
			err = ask_about_key(c, g, s, &c->answers[i]);
		} else {
			err = guard_file(g, s, &c->answers[i], &file);
			guarded_file_release(&file);
		}
	}
	guard_free(g);
	return err;
}

/* What the store says is no answer until a new look says it, too. */
static int look_at_steps(struct clean *c, const struct plan_options *o,
			 const char *vault)
{
	struct guard_answer *now =
		mem_array(c->plan->steps.count + 1, sizeof(*now));
	int err = now ? recheck_plan(c, o, now) : err_nomem();

	if (!err) {
		note_version(c);
		guard_plan(c->plan, &c->whole);
		err = ask_guard(c, vault);
	}
	for (size_t i = 0; !err && i < c->plan->steps.count; i++)
		if (c->answers[i].reason == GUARD_OK)
			c->answers[i] = now[i];
	mem_free(now);
	return err;
}

/* A scan that something has overtaken is no ground for a change. */
static int check_age(const struct clean *c, const struct age *age)
{
	struct str words = STR_INIT;
	int err;

	if (age->at_work)
		return err_fail(ERR_LOCKED, 0,
				"a fix or undo of this PC is at work; wait "
				"until it has ended");
	if (!age->overtaken_by)
		return 0;
	age_words(age, c->o->lang, &words);
	err = err_fail(ERR_CHANGED, 0, "%s", str_text(&words));
	str_release(&words);
	return err;
}

int clean_plan(struct clean *c, const char *vault)
{
	struct plan_options po;
	struct age age = { 0 };
	int64_t scan_id = 0;
	bool is_usage = false;
	int err = newest_scan(c, &scan_id);

	if (!err)
		err = age_of_scan(c->store, scan_id, c->target, c->o->vault,
				  &age);
	if (!err)
		err = check_age(c, &age);

	if (!err)
		err = packs_open(c->o, &c->pack);
	if (!err)
		err = packs_check_age(c->pack, c->store,
				      c->o->allow_older_pack);
	plan_options(c, &po);
	if (!err)
		err = plan_make(c->store, scan_id, &po, &c->plan);
	if (!err)
		err = check_pack(c);
	if (!err)
		err = plan_add_traces(c->plan, c->store, c->target, &po);
	if (!err)
		plan_mark_worked(c->plan, &age.worked);
	age_release(&age);
	if (!err) {
		err = plan_pick(c->plan, &po);
		is_usage = err == ERR_INVALID;
	}
	if (!err) {
		c->answers = mem_array(c->plan->steps.count + 1,
				       sizeof(*c->answers));
		err = c->answers ? 0 : err_nomem();
	}
	if (err) {
		complain_last("");
		return is_usage ? EXIT_USAGE : EXIT_NO_START;
	}
	err = look_at_steps(c, &po, vault);
	if (err)
		complain_last("");
	return err ? EXIT_NO_START : 0;
}

/* Steps against malicious findings that wait for a person's word. */
size_t clean_held_count(const struct clean *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->plan->steps.count; i++) {
		const struct step *s = plan_step(c->plan, i);

		count += !s->picked && s->verdict == VERDICT_MALICIOUS &&
			 s->phase != PHASE_TRACE && s->hold != HOLD_NOT &&
			 s->hold != HOLD_KNOWN && !step_hold_is_final(s->hold);
	}
	return count;
}

enum clean_rest clean_rest(const struct clean *c)
{
	size_t gone = 0;

	for (size_t i = 0; i < c->plan->steps.count; i++) {
		if (!plan_step(c->plan, i)->picked)
			continue;
		if (c->answers[i].reason != GUARD_GONE)
			return REST_STEPS;
		gone++;
	}
	if (clean_held_count(c))
		return REST_HELD;
	/* Whoever names findings has chosen what to leave. */
	if (c->plan->left_count && !c->o->findings.count)
		return REST_LEFT;
	return gone || c->plan->worked_count ? REST_DONE : REST_NOTHING;
}

void clean_tell_left(const struct clean *c)
{
	complain(
		strcmp(c->o->lang, "ja") == 0
			? "このスキャンの検出はすでに処理され、未完了の手順が "
			  "%u 件残っています。もう一度スキャンしてください "
			  "(中断または失敗した手順は fix --resume で続けられ"
			  "ます)"
			: "a fix has worked on what this scan found, and %u of "
			  "its steps are not done: scan again (fix --resume "
			  "goes on with what was cut off or failed)",
		(unsigned)c->plan->left_count);
}

/* ---- fixer
 * ----------------------------------------------------------------------- */

char *clean_vault_path(const struct clean *c)
{
	char *base = NULL, *path = NULL;

	if (c->o->vault)
		return host_absolute_path(c->o->vault);
	if (fixer_vault_path(c->target, &base, &path))
		return NULL;
	mem_free(base);
	return path;
}

void clean_on_event(void *arg, enum fix_event event, const struct step *step,
		    const char *text)
{
	struct clean *c = arg;
	struct str line = STR_INIT;

	c->events++;
	if (c->o->quiet && event != FIX_STEP_FAILED && event != FIX_NOTE &&
	    event != FIX_CAME_BACK)
		return;
	if (!step) {
		complain("%s", text);
		return;
	}
	str_addf(&line, "%4u. %s: ", (unsigned)step->seq,
		 words_event(event, c->o->lang));
	if (c->is_undo)
		words_back(step, c->o->lang, &line);
	else
		words_action(step, c->o->lang, &line);
	str_add(&line, "\n      ");
	words_target(step, &line);
	if (text && *text) {
		str_add(&line, "\n      ");
		utf_display(&line, text);
	}
	str_add(&line, "\n");
	if (!line.err)
		host_write(HOST_STDOUT, str_text(&line), line.len, false);
	str_release(&line);
}

void clean_fixer_options(struct clean *c, struct fixer_options *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->target = c->target;
	ret->pack = c->pack;
	ret->store = c->store;
	ret->store_path = c->store_path;
	ret->vault_dir = c->o->vault;
	ret->volumes = &c->volumes;
	ret->end_browsers = c->o->end_browsers;
	ret->lang = c->o->lang;
	ret->event = clean_on_event;
	ret->event_arg = c;
}

/* ---- the person
 * -------------------------------------------------------------------- */

bool clean_confirm(const struct clean *c, const char *question, int *code_ret)
{
	char line[16];

	if (c->o->yes)
		return true;
	if (!host_stdin_is_terminal()) {
		complain("without a terminal nobody can be asked; give --yes "
			 "if you have read the plan");
		*code_ret = EXIT_USAGE;
		return false;
	}
	host_write(HOST_STDOUT, question, strlen(question), false);
	if (fgets(line, sizeof(line), stdin) &&
	    (line[0] == 'y' || line[0] == 'Y'))
		return true;
	*code_ret = EXIT_FOUND;
	return false;
}

static void add_count(struct str *out, size_t count, const char *en,
		      const char *ja, bool is_ja)
{
	if (!count)
		return;
	if (out->len)
		str_add(out, is_ja ? "、" : ", ");
	if (is_ja)
		str_addf(out, "%s %u 件", ja, (unsigned)count);
	else
		str_addf(out, "%u %s", (unsigned)count, en);
}

void clean_tell_result(const struct clean *c, const struct fix_result *r,
		       bool undo)
{
	bool is_ja = strcmp(c->o->lang, "ja") == 0;
	struct str out = STR_INIT;

	if (c->o->quiet)
		return;
	add_count(&out, r->done, "done", "完了", is_ja);
	add_count(&out, r->undone, "put back", "復元", is_ja);
	add_count(&out, r->nothing,
		  undo ? "there already" : "not there any more",
		  undo ? "元のまま" : "対象なし", is_ja);
	add_count(&out, r->refused, "refused", "見送り", is_ja);
	add_count(&out, r->failed, undo ? "not put back" : "failed", "失敗",
		  is_ja);
	add_count(&out, r->came_back, "came back", "再出現", is_ja);
	if (!out.len)
		str_add(&out, is_ja ? "何もしていません" : "nothing was done");
	str_add(&out, is_ja ? "。\n" : ".\n");
	if (r->waits)
		str_add(&out,
			is_ja ? "使用中のファイルは次回の起動時に削除されます。"
				"再起動してください。\n"
			      : "Files in use go at the next start: restart "
				"the PC.\n");
	if (!undo && (r->failed || r->refused))
		str_add(&out, is_ja ? "失敗した手順は fix --resume "
				      "でもう一度試せます。\n"
				    : "fix --resume tries once more what was "
				      "not done.\n");
	if (!undo && r->came_back)
		str_add(&out,
			is_ja ? "再出現したものはそのまま残っています。"
				"元に戻すプログラムを終了してから、もう一度"
				"スキャンして fix を実行してください。\n"
			      : "What came back was left as it is: close the "
				"program that puts it there, then scan and fix "
				"again.\n");
	if (undo && r->undone)
		str_add(&out, is_ja ? "fix で取り除いたものが元に戻りました。"
				      "もう一度スキャンしてください。\n"
				    : "What fix took away is there again: "
				      "scan again.\n");
	if (!undo && (r->done || r->waits))
		str_add(&out,
			is_ja ? "元に戻すには undo を実行します。念のため、"
				"もう一度スキャンしてください。\n"
			      : "undo takes it all back. Scan again to see "
				"that the PC is clean.\n");
	if (!out.err)
		host_write(HOST_STDOUT, str_text(&out), out.len, false);
	str_release(&out);
}
