/*
 * A registration as the text that YARA sees (form 1, registration.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/utf.h"
#include "collect/registration.h"

static void add_line(struct str *out, const char *field, const char *value)
{
	str_addf(out, "%s: ", field);
	/* utf_display() leaves no line end, so no value forges a line. */
	if (value)
		utf_display(out, value);
	str_addch(out, '\n');
}

static const char *view_name(int view)
{
	return view == 64 ? "64" : view == 32 ? "32" : "shared";
}

static const char *exists_name(enum file_exists e)
{
	return e == EXISTS_YES ? "yes" : e == EXISTS_NO ? "no" : "unknown";
}

int registration_text(const struct registration *r, struct str *out)
{
	const bool is_machine = !r->user_name && !r->user_sid;

	str_add(out, "mstmpsweep registration 1\n");
	add_line(out, "point", point_name(r->point));
	add_line(out, "view", view_name(r->view));
	add_line(out, "user", is_machine ? "machine" : r->user_name);
	add_line(out, "sid", r->user_sid);
	add_line(out, "key", r->registry_key);
	add_line(out, "name", r->name);
	add_line(out, "label", r->label);
	add_line(out, "clsid", r->clsid);
	add_line(out, "class", r->class_name);
	add_line(out, "progid", r->progid);
	add_line(out, "typelib", r->typelib);
	add_line(out, "treat_as", r->treat_as);
	add_line(out, "threading", r->threading);
	add_line(out, "loader", r->loader);
	add_line(out, "server", r->server_raw);
	add_line(out, "path", r->server_path);
	add_line(out, "place", r->place);
	add_line(out, "location", r->location ? r->location : "unknown");
	add_line(out, "exists", exists_name(r->exists));
	add_line(out, "loads", r->loads ? "yes" : "no");
	add_line(out, "disabled", r->disabled ? "yes" : "no");
	add_line(out, "publisher", r->publisher);
	add_line(out, "version", r->file_version);
	add_line(out, "version_resource", exists_name(r->version_resource));
	add_line(out, "beside", r->beside);
	add_line(out, "known", r->known);
	return out->err;
}
