/*
 * Made-up rules, artefacts and registrations, see judge_fixture.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "judge_fixture.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <string.h>

#define RULE(id, ev, points, fam, ro, comp, text)                              \
	[id] = { .name = #id,                                                  \
		 .file = "rules/fx.yar",                                       \
		 .description = text,                                          \
		 .family = fam,                                                \
		 .role = ro,                                                   \
		 .reference = "",                                              \
		 .companion = comp,                                            \
		 .score = points,                                              \
		 .evidence = ev,                                               \
		 .has_metadata = true,                                         \
		 .index = id }

const struct rule_info fx_rules[FX_RULE_COUNT] = {
	RULE(FX_CONTENT_CONSTANT, EV_CONTENT, 95, "nish", "clicker", "",
	     "The program holds a constant known only from AdvBHO.dll."),
	RULE(FX_CONTENT_CLASSES_URL, EV_CONTENT, 90, "nish", "clicker", "",
	     "The program holds both class names of AdvBHO.dll and its URL."),
	RULE(FX_CONTENT_MISSPELT, EV_CONTENT, 90, "monkif", "downloader", "",
	     "The program holds misspelt names of Windows functions."),
	RULE(FX_CONTENT_DELPHI, EV_CONTENT, 30, "nish", "", "",
	     "The program is built on a public Delphi example."),
	RULE(FX_CONTENT_DELPHI_CLSID, EV_CONTENT, 30, "nish", "", "",
	     "The program holds the CLSID of a public Delphi example."),
	RULE(FX_CONTENT_CPP_ADVBHO, EV_CONTENT, 20, "", "", "",
	     "The program is an unrelated AdvBHO.dll written in C++."),
	RULE(FX_CONTENT_IDM, EV_CONTENT, 10, "", "", "",
	     "The program is part of a download manager."),
	RULE(FX_CONTENT_JAVA, EV_CONTENT, 65, "java_agent", "exploit", "",
	     "A Java class in the browser's Java cache holds an attack."),
	RULE(FX_CONTENT_JPEG, EV_CONTENT, 60, "monkif", "command", "",
	     "A picture in a browser cache carries a hidden address."),
	RULE(FX_NAME_MSTMP, EV_NAME, 60, "monkif", "downloader", "",
	     "The file mstmp lies in a folder for temporary files."),
	RULE(FX_NAME_SWF, EV_NAME, 60, "monkif", "dropper", "",
	     "A program calls itself a Flash film with a random name."),
	RULE(FX_NAME_LIB_DLL, EV_NAME, 60, "exedot", "clicker", "",
	     "The program lib.dll lies below Program Files\\Shared."),
	RULE(FX_NAME_LIB_SIG, EV_NAME, 55, "exedot", "component", "lib.dll",
	     "The file lib.sig lies below Program Files\\Shared."),
	RULE(FX_NAME_BARE, EV_NAME, 30, "", "", "",
	     "A file bears a name of the outbreak elsewhere."),
	RULE(FX_REG_MONKIF_SERVER, EV_REGISTRATION, 85, "monkif", "downloader",
	     "", "Every web page is passed through mstmp's own filter."),
	RULE(FX_REG_HTML_UNKNOWN, EV_REGISTRATION, 60, "", "", "",
	     "Every web page is passed through an unknown program."),
	RULE(FX_REG_BHO_LIB, EV_REGISTRATION, 60, "exedot", "clicker", "",
	     "Internet Explorer is told to load lib.dll."),
	RULE(FX_TRACE_STATS, EV_TRACE, 70, "monkif", "", "",
	     "The browser counted the add-on."),
};

static struct artefact *make(enum artefact_kind kind, const char *wpath,
			     va_list rules)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int rule;

	ck_assert_ptr_nonnull(a);
	a->kind = kind;
	a->wpath = mem_strdup(wpath);
	a->finding = SIZE_MAX;
	a->matches.items = mem_array(FX_RULE_COUNT, sizeof(*a->matches.items));
	ck_assert_ptr_nonnull(a->matches.items);
	for (rule = va_arg(rules, int); rule >= 0; rule = va_arg(rules, int)) {
		struct rule_match *m = &a->matches.items[a->matches.count++];

		m->rule = &fx_rules[rule];
		str_copy(m->string_id, "$a", sizeof(m->string_id));
		m->offset = 4096;
		m->length = 16;
	}
	return a;
}

struct artefact *fx_file(const char *wpath, ...)
{
	struct artefact *a;
	va_list rules;

	va_start(rules, wpath);
	a = make(ARTEFACT_FILE, wpath, rules);
	va_end(rules);
	a->size = 24600;
	a->written = INT64_C(129310000000000000);
	return a;
}

struct artefact *fx_member(const char *wpath, ...)
{
	struct artefact *a;
	va_list rules;

	va_start(rules, wpath);
	a = make(ARTEFACT_MEMBER, wpath, rules);
	va_end(rules);
	return a;
}

struct artefact *fx_trace(const char *wpath, ...)
{
	struct artefact *a;
	va_list rules;

	va_start(rules, wpath);
	a = make(ARTEFACT_TRACE, wpath, rules);
	va_end(rules);
	return a;
}

struct artefact *fx_registered(struct registration *r, ...)
{
	struct artefact *a;
	va_list rules;

	va_start(rules, r);
	a = make(ARTEFACT_REGISTRATION, NULL, rules);
	va_end(rules);
	a->registration = r;
	return a;
}

void fx_set_sha256(struct artefact *a, char digit)
{
	memset(a->digests.sha256, digit, 64);
	a->digests.sha256[64] = '\0';
}

#define FX_MAX_REGISTRATIONS 64

static struct registration *made[FX_MAX_REGISTRATIONS];
static size_t made_count;

struct registration *fx_registration(enum point point, int view,
				     const char *user, const char *name,
				     const char *clsid, const char *path,
				     const char *key)
{
	struct registration *r = mem_zalloc(sizeof(*r));

	ck_assert_ptr_nonnull(r);
	ck_assert_uint_lt(made_count, FX_MAX_REGISTRATIONS);
	made[made_count++] = r;
	r->point = point;
	r->view = view;
	r->user_name = mem_strdup(user);
	r->user_sid = user != NULL ? mem_strdup("S-1-5-21-1-2-3-1001") : NULL;
	r->name = mem_strdup(name);
	r->clsid = mem_strdup(clsid);
	r->server_path = mem_strdup(path);
	r->server_raw = mem_strdup(path);
	r->server_type = 1;
	r->registry_key = mem_strdup(key);
	r->exists = path != NULL ? EXISTS_YES : EXISTS_NO;
	r->loads = true;
	return r;
}

void fx_release(void)
{
	for (size_t i = 0; i < made_count; i++) {
		struct registration *r = made[i];

		mem_free(r->user_name);
		mem_free(r->user_sid);
		mem_free(r->name);
		mem_free(r->clsid);
		mem_free(r->server_path);
		mem_free(r->server_raw);
		mem_free(r->registry_key);
		mem_free(r->publisher);
		mem_free(r->file_version);
		mem_free(r->sha256);
		mem_free(r->known);
		mem_free(r->beside);
		mem_free(r->class_owner);
		mem_free(r->path_owner);
		mem_free(r);
	}
	made_count = 0;
}

struct registration **fx_registrations(size_t *count_ret)
{
	*count_ret = made_count;
	return made;
}

struct judge *fx_judge(void)
{
	struct judge *j = NULL;

	ck_assert_int_eq(judge_new(NULL, &j), 0);
	return j;
}

const struct finding *fx_find(const struct judge *j, const char *path_end)
{
	const struct finding *found = NULL;

	for (size_t i = 0; i < judge_finding_count(j); i++) {
		const struct finding *f = judge_finding(j, i);

		if (f->path == NULL || !ascii_iends_with(f->path, path_end))
			continue;
		ck_assert_msg(found == NULL, "two findings end in %s",
			      path_end);
		found = f;
	}
	return found;
}
