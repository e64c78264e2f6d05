/*
 * What an earlier run of this program left loaded in the running Windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/give_back.h"
#include "session/session_internal.h"
#include "registry/reg_edit.h"
#include "words/fix.h"

static void told(void *arg, const char *name, const char *file, int err)
{
	struct session *s = arg;

	if (!file)
		file = "NTUSER.DAT";
	if (err)
		session_note_last(s, "");
	if (err)
		session_note(s, NOTE_WARNING, W_FIX_STILL_LOADED, file, name,
			     name);
	else
		session_note(s, NOTE_INFO, W_FIX_GIVEN_BACK, file, name);
}

void give_back_hives(struct session *s)
{
	/*
	 * Where the list cannot be read nothing is told: a hive that is in
	 * use is told by the step that needs it.
	 */
	if (s->o.target.kind == TARGET_LIVE)
		(void)reg_load_give_back(&reg_load_system, told, s);
}
