/*
 * mstmpsweep undo: what fix did, taken back.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clean.h"
#include "ctrl_c.h"
#include "give_back.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "host/host.h"
#include "remediate/changes.h"
#include "remediate/vault_rows.h"
#include "remediate/words.h"
#include <string.h>

static void list(const struct clean *c, const struct fix_record *fix)
{
	struct str out = STR_INIT;

	str_add(&out, lang_is_ja(c->o->lang) ? "元に戻す手順:\n"
					     : "To be put back:\n");
	for (size_t i = fix->steps.count; i-- > 0;) {
		const struct step *s = *(struct step **)vec_at(&fix->steps, i);

		if (!s->picked)
			continue;
		str_addf(&out, "%4u. ", (unsigned)s->seq);
		words_target(s, &out);
		str_add(&out, "\n");
	}
	if (!out.err)
		host_write(HOST_STDOUT, str_text(&out), out.len, false);
	str_release(&out);
}

/* Windows may have been renamed, or updated to another one, since. */
static void note_identity(const struct clean *c, const struct fix_record *fix)
{
	if (strcmp(fix->target_id, target_info(c->target)->target_id) == 0)
		return;
	complain(lang_is_ja(c->o->lang)
			 ? "注意: 処理時とは Windows の識別情報が異なります"
			   "（当時のコンピューター名: %s）"
			 : "note: this Windows has got another name or "
			   "installation date since fix ran (it was "
			   "\"%s\" then)",
		 fix->computer);
}

/* A journal that was lost and begun anew does not know the older items. */
static void tell_unknown(const struct clean *c, struct fixer *f)
{
	char *path = clean_vault_path(c);
	struct vec rows = { 0 };
	unsigned count = 0;

	if (path && vault_rows_load(path, &rows))
		memset(&rows, 0, sizeof(rows));
	for (size_t i = 0; i < rows.count; i++) {
		const struct vault_row *row = vec_at(&rows, i);

		count += !row->why && !fixer_knows(f, row->info.fix_id);
	}
	if (count)
		complain("%u saved items are of no fix that the journal of the "
			 "vault knows: vault list --vault \"%s\" shows them, "
			 "this command with --vault FILE added puts one back; "
			 "with journal.db moved aside, --vault \"%s\" all of "
			 "them",
			 count, path, path);
	vault_rows_release(&rows);
	mem_free(path);
}

/* Where else there may be something to be put back. */
static void tell_elsewhere(const struct clean *c, struct fixer *f)
{
	if (target_is_one_of_several(c->target))
		complain(
			lang_is_ja(c->o->lang)
				? "このディスクには複数の Windows があります。"
				  "別の Windows に対する処理を元に戻すには "
				  "--windows DIR で指定してください"
				: "this disk holds more than one Windows: what "
				  "fix did to another one undo takes back with "
				  "--windows DIR");
	tell_unknown(c, f);
}

/* All of it is as it was, or not. */
static int exit_code(const struct fix_result *r)
{
	return r->failed || r->without_short ? EXIT_FOUND : EXIT_CLEAN;
}

/*
 * One fix.  *done_ret: it was looked at, `result` tells what became of it;
 * else the exit code says why not.
 */
static int undo_one(struct clean *c, struct fixer *f, const char *older_than,
		    struct fix_result *result, bool *done_ret)
{
	const struct undo_options uo = {
		.findings = c->o->findings.items,
		.finding_count = c->o->findings.count,
		.steps = c->o->steps.items,
		.step_count = c->o->steps.count,
		.older_than = older_than,
	};
	struct fix_record *fix = NULL;
	int ret = 0;
	int err = fixer_undo_list(f, &uo, &fix);

	*done_ret = false;
	if (err) {
		if (!older_than || err != ERR_NOT_FOUND)
			complain_last("");
		if (!older_than && err == ERR_NOT_FOUND)
			tell_elsewhere(c, f);
		return EXIT_NO_START;
	}
	note_identity(c, fix);
	if (!c->o->yes)
		list(c, fix);
	fix_record_free(fix);
	if (!clean_confirm(c,
			   lang_is_ja(c->o->lang) ? "元に戻しますか? [y/N] "
						  : "Put it back? [y/N] ",
			   &ret))
		return ret;
	ctrl_c_catch();
	err = fixer_undo(f, &uo, result);
	if (err) {
		complain_last("");
		complain(err == ERR_READ_ONLY
				 ? "mount the disk so that it can be written, "
				   "then run undo again"
				 : "run undo again to go on");
		return EXIT_STOPPED;
	}
	clean_tell_result(c, result, true);
	*done_ret = true;
	return exit_code(result);
}

static int undo(struct clean *c, struct fixer *f)
{
	const bool all = !c->o->findings.count && !c->o->steps.count;
	struct fix_result result = { 0 };
	char before[FIX_ID_NBYTES];
	bool done = false;
	int ret = undo_one(c, f, NULL, &result, &done);

	/* What can never be put back must not bar the way to older fixes. */
	while (done && all && result.failed && !result.undone) {
		int older;

		memcpy(before, result.fix_id, sizeof(before));
		complain(lang_is_ja(c->o->lang)
				 ? "その処理で元に戻せるものはもうありません。"
				   "一つ前の処理に進みます"
				 : "nothing of that fix could be put back; "
				   "going on to the one before it");
		older = undo_one(c, f, before, &result, &done);
		if (!done && older != EXIT_NO_START)
			return older;
	}
	return ret;
}

/* ---- without a journal ------------------------------------------- */

/*
 * What comes back makes earlier scans old: noted where it can be; the items
 * may be all that is left.
 */
static void overtake(struct clean *c)
{
	if (changes_note_undo(c->target))
		complain_last("");
	if (c->store &&
	    store_overtake(c->store, target_info(c->target)->target_id, "undo"))
		complain_last("");
}

static void list_rows(const struct clean *c, const struct vec *rows)
{
	struct str out = STR_INIT;

	str_add(&out, lang_is_ja(c->o->lang) ? "保管庫の項目:\n"
					     : "What lies in the vault:\n");
	for (size_t i = 0; i < rows->count; i++)
		vault_row_text(vec_at(rows, i), c->o->lang, &out);
	if (!out.err)
		host_write(HOST_STDOUT, str_text(&out), out.len, false);
	str_release(&out);
}

static int undo_rows(struct clean *c, const char *path, const struct vec *rows,
		     const char *why)
{
	const struct undo_item_options uo = { .load = &reg_load_system,
					      .cancel = ctrl_c(),
					      .volumes = &c->volumes,
					      .event = clean_on_event,
					      .event_arg = c };
	struct fix_result result = { 0 };
	int ret = 0;
	int err;

	/* Each item has its key in itself: anybody can make one. */
	if (fixer_vault_is_private(path)) {
		list_rows(c, rows);
		complain_last("the items are only listed, since others could "
			      "have put them there");
		return EXIT_NO_START;
	}
	complain("%s; going on with the items alone", why);
	if (!c->o->quiet)
		list_rows(c, rows);
	if (!clean_confirm(c,
			   lang_is_ja(c->o->lang)
				   ? "すべて元に戻しますか? [y/N] "
				   : "Put all of it back? [y/N] ",
			   &ret))
		return ret;
	ctrl_c_catch();
	overtake(c);
	err = fixer_undo_vault(c->target, path, rows, &uo, &result);
	if (err) {
		complain_last("");
		complain("run undo again to go on");
		return EXIT_STOPPED;
	}
	clean_tell_result(c, &result, true);
	return exit_code(&result);
}

/*
 * The journal cannot be used, `why` says why not (`none`: if there is nothing
 * else, either); the items may still be there.  Whoever names the vault wants
 * all of it.
 */
static int undo_without_journal(struct clean *c, const char *why,
				const char *none)
{
	const bool all = !c->o->findings.count && !c->o->steps.count;
	char *path = clean_vault_path(c);
	struct vec rows = { 0 };
	int ret = EXIT_NO_START;

	if (!path || vault_rows_load(path, &rows) || !rows.count) {
		complain("%s", none);
	} else if (!c->o->vault) {
		complain(lang_is_ja(c->o->lang)
				 ? "保管庫「%s」には使える記録 (journal.db) が"
				   "ありませんが (%s)、保存された項目が %u "
				   "件あり"
				   "ます。vault list --vault \"%s\" で確認し、"
				   "このコマンドに --vault \"%s\" を付けると"
				   "すべて元に戻します"
				 : "the vault \"%s\" has no journal that could "
				   "be used (%s), but %u saved items: vault "
				   "list --vault \"%s\" shows them; this "
				   "command with --vault \"%s\" added puts all "
				   "of them back",
			 path, why, (unsigned)rows.count, path, path);
	} else if (!all) {
		complain("without a journal nobody knows what belongs to a "
			 "finding or step (%s); leave --finding and --step "
			 "out, or name one item with --vault FILE",
			 why);
	} else {
		ret = undo_rows(c, path, &rows, why);
	}
	vault_rows_release(&rows);
	mem_free(path);
	return ret;
}

static bool is_without_journal(int err)
{
	return err == ERR_NOT_FOUND || err == ERR_CORRUPT ||
	       err == ERR_DENIED || err == ERR_ANTIVIRUS ||
	       err == ERR_UNSUPPORTED;
}

static int undo_fix(struct clean *c)
{
	static const char no_journal[] = "the vault has no journal";
	struct fixer_options fo;
	struct fixer *f = NULL;
	int ret = clean_open_store(c, true, false);
	int err;

	if (ret)
		return ret;
	clean_fixer_options(c, &fo);
	err = fixer_open(&fo, false, &f);
	if (err == ERR_NOT_FOUND)
		return undo_without_journal(
			c, no_journal,
			c->o->vault ? no_journal
				    : "this PC has no vault of mstmpsweep: fix "
				      "changed nothing here, or used another "
				      "place (--vault DIR)");
	if (is_without_journal(err)) {
		struct err_info why = *err_last();

		return undo_without_journal(c, why.text, why.text);
	}
	if (err) {
		complain_last("the vault cannot be used");
		return EXIT_NO_START;
	}
	ret = undo(c, f);
	fixer_close(f);
	return ret;
}

/*
 * An item has its key in itself: who can write its folder can make one, and
 * exchange it between the question and the answer.
 */
static int check_item_place(const char *item)
{
	char *path = host_absolute_path(item);
	char *dir = path ? host_dirname(path) : NULL;
	int err = dir ? fixer_vault_is_private(dir) : err_nomem();

	mem_free(dir);
	mem_free(path);
	if (!err || err == ERR_NOMEM)
		return err;
	complain_last("the item is only shown, since others could have put it "
		      "there");
	complain("write it into a file with --out FILE, or copy it to a folder "
		 "that only you can enter");
	return err;
}

/* One item, told in words first. */
static int undo_item(struct clean *c)
{
	struct undo_item_options uo = { .load = &reg_load_system,
					.event = clean_on_event,
					.event_arg = c };
	struct fix_result result = { 0 };
	struct vault_info info = { 0 };
	struct str text = STR_INIT;
	int ret = 0;
	int err = vault_read_info(c->o->vault, &info);

	if (!err)
		err = vault_info_text(&info, c->o->lang, &text);
	if (!err && !c->o->quiet)
		host_write(HOST_STDOUT, str_text(&text), text.len, false);
	str_release(&text);
	vault_info_release(&info);
	if (err) {
		complain_last("");
		return EXIT_NO_START;
	}
	if (!c->o->out && check_item_place(c->o->vault))
		return EXIT_NO_START;
	if (!clean_confirm(c,
			   lang_is_ja(c->o->lang) ? "元に戻しますか? [y/N] "
						  : "Put it back? [y/N] ",
			   &ret))
		return ret;
	uo.volumes = &c->volumes;
	err = fixer_undo_item(c->target, c->o->vault, c->o->out, &uo, &result);
	if (err) {
		complain_last("");
	} else if (!c->o->out) {
		/* Without it the journal knows it still. */
		(void)clean_open_store(c, true, false);
		overtake(c);
	}
	return err ? EXIT_FOUND : exit_code(&result);
}

static bool is_item(const char *path)
{
	struct host_stat st;

	return path && host_stat(path, true, &st) == 0 && st.type == HOST_FILE;
}

int cmd_undo(const struct options *o)
{
	bool item = is_item(o->vault);
	struct clean c = { .o = o };
	struct host_stat st;
	int ret;

	if (o->vault && host_stat(o->vault, true, &st)) {
		complain_last("--vault names a vault or one of its items");
		return EXIT_NO_START;
	}
	if (o->out && !item) {
		complain("--out FILE goes with --vault FILE, one item of a "
			 "vault");
		return EXIT_USAGE;
	}
	/* To write an item into a file no Windows is needed. */
	if (!item || !o->out)
		give_back_hives(o);
	ret = item && o->out ? 0 : clean_open_target(&c, o);
	c.is_undo = true;
	if (!ret)
		ret = item ? undo_item(&c) : undo_fix(&c);
	clean_release(&c);
	return ret;
}
