/*
 * mstmpsweep targets: which Windows installations are there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"
#include "output.h"
#include "targets_list.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf.h"
#include "words/targets.h"
#include "words/usage.h"
#include "words/words.h"
#include <string.h>

static void json_text(struct json *j, const char *key, const char *value)
{
	struct str shown = STR_INIT;

	json_key(j, key);
	if (value)
		utf_escape(&shown, value);
	json_string(j, value ? str_text(&shown) : NULL);
	str_release(&shown);
}

static void add_json(struct json *j, const struct target_found *f)
{
	json_begin_object(j);
	json_text(j, "root", f->root);
	json_text(j, "windows_folder", f->windows);
	json_text(j, "target_id", f->target_id);
	json_text(j, "computer_name", f->computer_name);
	json_text(j, "windows", f->product_name);
	json_text(j, "windows_version", f->version);
	json_key(j, "bits");
	json_int(j, f->is_64bit ? 64 : 32);
	json_end_object(j);
}

int cmd_targets(const struct options *o)
{
	struct target_found *found = NULL;
	struct str out = STR_INIT;
	bool as_json = o->format && strcmp(o->format, "json") == 0;
	struct json j;
	size_t count = 0;
	int err;

	if (o->format && !as_json && strcmp(o->format, "text") != 0) {
		complain(W_USAGE_TARGETS_FORMAT);
		return EXIT_USAGE;
	}
	err = targets_look(o, &found, &count);
	if (err)
		goto out;
	targets_say_left_out();
	json_init(&j, &out, true);
	if (as_json)
		json_begin_array(&j);
	for (size_t i = 0; i < count; i++) {
		if (as_json)
			add_json(&j, &found[i]);
		else
			targets_add_text(&out, &found[i]);
	}
	if (as_json) {
		json_end_array(&j);
		str_add(&out, "\n");
	} else if (!count) {
		str_addf(&out, "%s\n",
			 words_in(W_TARGETS_NONE, complain_lang()));
	}
	err = output_write(o, &out, as_json ? REPORT_JSON : REPORT_TEXT);
out:
	if (err)
		complain_last("");
	target_found_free(found, count);
	str_release(&out);
	return err ? EXIT_NO_START : 0;
}
