/*
 * The usual place of the store, for whoever reads what a scan has recorded.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "usual_store.h"
#include "options.h"
#include "base/str.h"
#include "store/store_place.h"

char *usual_store(void)
{
	struct str note = STR_INIT;
	char *path = store_default_path(&note);

	if (note.len)
		complain("%s", str_text(&note));
	str_release(&note);
	return path;
}
