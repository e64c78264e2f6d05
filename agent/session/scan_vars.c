/*
 * The variables that rules see, and the scanner of each worker.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include <string.h>

/* Nearly all are valid as they are: then there is no copy (*own NULL). */
static int show_var(const char *text, char **own, const char **ret)
{
	if (!utf_needs_escape(text)) {
		*ret = text;
		return 0;
	}
	*ret = *own = utf_escape_dup(text);
	return *own ? 0 : ERR_NOMEM;
}

int shown_vars_init(struct shown_vars *v, const char *folder, const char *name,
		    const char *place, const char *object, const char *location)
{
	memset(v, 0, sizeof(*v));
	if (show_var(name, &v->filename, &v->vars.filename) ||
	    show_var(folder, &v->filepath, &v->vars.filepath) ||
	    show_var(place, &v->place, &v->vars.place))
		return err_nomem();
	v->vars.object = object;
	v->vars.location = location;
	return 0;
}

void shown_vars_release(struct shown_vars *v)
{
	mem_free(v->filename);
	mem_free(v->filepath);
	mem_free(v->place);
	mem_free(v->owner);
}

int scanner_for(struct scan *s, unsigned worker, struct scanner **ret)
{
	int err = 0;

	/* Each worker makes its own, in its own thread. */
	if (!s->scanners[worker])
		err = scanner_new(s->options->pack, 0, &s->scanners[worker]);
	if (err)
		return err;
	scanner_set_cancel(s->scanners[worker], s->options->cancel);
	*ret = s->scanners[worker];
	return 0;
}
