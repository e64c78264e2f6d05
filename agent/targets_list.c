/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "targets_list.h"
#include "base/utf.h"
#include "host/host.h"
#include "words/targets.h"
#include "words/words.h"

/* ---- what could not be entered ----------------------------------- */

static void tell_gap(struct gap_sink *sink, const struct gap *gap)
{
	(void)sink;
	if (!*gap->path)
		complain("%s", gap->reason);
	else
		complain(W_TARGETS_NOT_LOOKED, gap->path, gap->reason);
}

int targets_look(const struct options *o, struct target_found **ret,
		 size_t *count_ret)
{
	struct gap_sink sink = { tell_gap };

	return target_find(o->args.items, o->args.count, &sink, ret, count_ret);
}

/* ---- the list ---------------------------------------------------- */

void targets_add_text(struct str *out, const struct target_found *f)
{
	const char *lang = complain_lang();
	struct str line = STR_INIT;

	str_addf(&line, "    %s",
		 f->product_name ? f->product_name
				 : words_in(W_TARGETS_UNREADABLE, lang));
	if (f->version)
		str_addf(&line, " %s", f->version);
	str_add(&line,
		words_in(f->is_64bit ? W_TARGETS_64 : W_TARGETS_32, lang));
	if (f->computer_name)
		words_add(&line, lang, W_TARGETS_COMPUTER, f->computer_name);
	if (f->is_one_of_several)
		words_add(&line, lang, W_TARGETS_WINDOWS, f->windows);
	utf_display(out, f->root);
	str_add(out, "\n");
	utf_display(out, str_text(&line));
	str_add(out, "\n");
	str_release(&line);
}

/* ---- Windows PE -------------------------------------------------- */

static void say_winpe(enum winpe is)
{
	complain("%s",
		 is == WINPE_YES ? W_TARGETS_WINPE : W_TARGETS_WINPE_CLAIMED);
}

static void say_how(const struct options *o, const struct target_found *f)
{
	const char *command = o->command ? o->command : "scan";
	const char *root = f ? f->root : "D:\\";

	if (f && f->is_one_of_several)
		complain(W_TARGETS_EXAMPLE_WINDOWS, command, root, f->windows);
	else
		complain(W_TARGETS_EXAMPLE, command, root);
}

/* A PC that is none of Windows PE has mostly no other Windows to name. */
static void say_list(const struct options *o, enum winpe is)
{
	const struct options all = { 0 };
	struct target_found *found = NULL;
	struct str out = STR_INIT;
	size_t count = 0;

	if (targets_look(&all, &found, &count)) {
		complain_last("");
		return;
	}
	for (size_t i = 0; i < count; i++)
		targets_add_text(&out, &found[i]);
	if (!count && is == WINPE_YES)
		str_addf(&out, "%s\n",
			 words_in(W_TARGETS_NO_OTHER, complain_lang()));
	if (out.len)
		host_write(HOST_STDERR, str_text(&out), out.len, false);
	if (count || is == WINPE_YES)
		say_how(o, count ? &found[0] : NULL);
	target_found_free(found, count);
	str_release(&out);
}

bool targets_refuse_winpe(const struct options *o)
{
	const enum winpe is = target_winpe();

	if (is == WINPE_NO)
		return false;
	say_winpe(is);
	say_list(o, is);
	return true;
}

void targets_say_left_out(void)
{
	if (target_winpe() == WINPE_CLAIMED)
		say_winpe(WINPE_CLAIMED);
}
