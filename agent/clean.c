/*
 * What plan, fix and undo share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clean.h"
#include "ctrl_c.h"
#include "settle.h"
#include "usual_store.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf.h"
#include "host/host.h"
#include "remediate/words.h"
#include "store/store.h"
#include "words/words.h"
#include <string.h>

#define MAX_VOLUME_GAPS 256

/* ---- target ------------------------------------------------------ */

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

/* ---- store ------------------------------------------------------- */

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
	} else if (!err) {
		err = store_read_forward(c->store);
	}
	if (!err)
		return 0;
	return without_store(must);
}

/* ---- fixer ------------------------------------------------------- */

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

void clean_tell_step(const struct clean *c, enum fix_event event,
		     const struct step *step, const char *text)
{
	struct str line = STR_INIT, told = STR_INIT;

	str_addf(&line, "%4u. ", (unsigned)step->seq);
	words_event(event, c->is_undo, step, c->o->lang, &line);
	str_add(&line, "\n      ");
	words_target(step, &line);
	if (text && *text) {
		str_add(&line, "\n      ");
		words_translate(&told, c->o->lang, text);
		utf_display(&line, str_text(&told));
	}
	str_add(&line, "\n");
	if (!line.err)
		host_write(HOST_STDOUT, str_text(&line), line.len, false);
	str_release(&told);
	str_release(&line);
}

void clean_on_event(void *arg, enum fix_event event, const struct step *step,
		    const char *text)
{
	struct clean *c = arg;
	struct str told = STR_INIT;

	c->events++;
	if (c->o->quiet && event != FIX_STEP_FAILED && event != FIX_NOTE &&
	    event != FIX_CAME_BACK)
		return;
	if (step) {
		clean_tell_step(c, event, step, text);
		return;
	}
	words_translate(&told, c->o->lang, text);
	complain("%s", str_text(&told));
	str_release(&told);
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
	ret->cancel = ctrl_c();
	ret->event = clean_on_event;
	ret->event_arg = c;
}

/* ---- the person -------------------------------------------------- */

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
	bool is_ja = lang_is_ja(c->o->lang);
	struct str out = STR_INIT;

	if (c->o->quiet)
		return;
	add_count(&out, r->done, "done", "完了", is_ja);
	add_count(&out, r->undone, "put back", "復元", is_ja);
	add_count(&out, r->without_short, "of it without the short name",
		  "うち短い名前なし", is_ja);
	add_count(&out, r->nothing,
		  undo ? "there already" : "not there any more",
		  undo ? "元のまま" : "対象なし", is_ja);
	add_count(&out, r->refused + c->dropped, "refused", "見送り", is_ja);
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
			is_ja ? "元に戻すには undo を実行します。もう一度"
				"スキャンして、何も残っていないかを確認して"
				"ください。\n"
			      : "undo takes it all back. Scan again to "
				"see whether anything is left.\n");
	if (!out.err)
		host_write(HOST_STDOUT, str_text(&out), out.len, false);
	str_release(&out);
}
