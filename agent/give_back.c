/*
 * What an earlier run of this program left loaded in the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "give_back.h"
#include "base/str.h"
#include "base/utf.h"
#include "base/err.h"
#include "registry/reg_edit.h"

static const char given_en[] = "a run that was cut off had left \"%s\" loaded "
			       "as HKEY_USERS\\%s; it was unloaded, and its "
			       "user can log on as always";
static const char given_ja[] =
	"中断された前回の処理で、\"%s\" が HKEY_USERS\\%s として"
	"読み込まれたままでした。読み込みを解除したので、その利用者は"
	"通常どおりログオンできます";
static const char kept_en[] =
	"\"%s\" is still loaded as HKEY_USERS\\%s since a run that was cut "
	"off: its user would get a temporary profile, and lose what he does in "
	"it; before he logs on restart Windows, or unload it with \"reg unload "
	"HKU\\%s\"";
static const char kept_ja[] =
	"中断された前回の処理で、\"%s\" が HKEY_USERS\\%s として"
	"読み込まれたままです。このままログオンすると一時プロファイルになり、"
	"そこでの作業は失われます。ログオンの前に Windows を再起動するか、"
	"\"reg unload HKU\\%s\" で解除してください";

static void told(void *arg, const char *name, const char *file, int err)
{
	const struct options *o = arg;
	const bool is_ja = lang_is_ja(o->lang);
	struct str shown = STR_INIT;

	utf_display(&shown, file ? file : "NTUSER.DAT");
	if (err)
		complain_last("");
	if (err)
		complain(is_ja ? kept_ja : kept_en, str_text(&shown), name,
			 name);
	else if (!o->quiet)
		complain(is_ja ? given_ja : given_en, str_text(&shown), name);
	str_release(&shown);
}

void give_back_hives(const struct options *o)
{
	/*
	 * Where the list cannot be read nothing is told: a hive that is in
	 * use is told by the step that needs it.
	 */
	if (!o->root && !o->folder)
		(void)reg_load_give_back(&reg_load_system, told,
					 (void *)(uintptr_t)o);
}
