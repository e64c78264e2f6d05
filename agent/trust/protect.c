/*
 * Is a file protected: what holds for all targets, and the choice of the
 * half that knows this kind of target.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/protect_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/trust.h"

#include <stdarg.h>
#include <string.h>

/* NT SERVICE\TrustedInstaller; the same number on every Windows since Vista. */
#define TRUSTED_INSTALLER                                                      \
	"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

const char *protect_why_name(enum protect_why why)
{
	static const char *const names[] = {
		[PROTECT_BY_NOTHING] = "nothing",
		[PROTECT_BY_SFC] = "sfc",
		[PROTECT_BY_CATALOG] = "catalog",
		[PROTECT_BY_OWNER] = "owner",
		[PROTECT_BY_LINKS] = "links",
		[PROTECT_BY_DLLCACHE] = "dllcache",
		[PROTECT_BY_SIGNATURE] = "signature",
		[PROTECT_BY_PLACE] = "place",
		[PROTECT_BY_DOUBT] = "doubt",
	};

	return (size_t)why < sizeof(names) / sizeof(names[0]) ? names[why]
							      : "doubt";
}

void protect_say(struct protect_result *r, enum protect_answer answer,
		 enum protect_why why, const char *fmt, ...)
{
	struct str s = STR_INIT;
	const char *text;
	va_list ap;
	size_t n;

	r->answer = answer;
	r->why = why;
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	text = str_text(&s);
	n = strlen(text);
	if (n >= sizeof(r->detail)) {
		n = sizeof(r->detail) - 1;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(r->detail, text, n);
	r->detail[n] = '\0';
	str_release(&s);
}

int protect_begin(struct target *t, struct protect **ret)
{
	const char *windows = target_variable(t, NULL, 64, "SystemRoot");
	struct protect *p = mem_zalloc(sizeof(*p));

	if (p == NULL)
		return err_nomem();
	p->target = t;
	/* A folder may be a whole disk as well. */
	p->windows = mem_strdup(windows != NULL ? windows : "\\Windows");
	if (p->windows == NULL) {
		mem_free(p);
		return err_nomem();
	}
	*ret = p;
	return 0;
}

void protect_end(struct protect *p)
{
	if (p == NULL)
		return;
	catalog_index_free(p->catalogs);
	mem_free(p->windows);
	mem_free(p);
}

char *protect_below_windows(const struct protect *p, const char *rest)
{
	struct str s = STR_INIT;
	size_t n = strlen(p->windows);

	if (n > 0 && p->windows[n - 1] == '\\')
		n--;
	str_addn(&s, p->windows, n);
	str_addch(&s, '\\');
	str_add(&s, rest);
	return str_detach(&s);
}

int protect_digest(struct protect_subject *s)
{
	int err = authenticode_digest(s->file, &s->program);

	s->is_program = err == 0;
	/* Scripts and data are named by all their bytes; programs may be. */
	if (err == 0 || err == ERR_CORRUPT)
		err = host_file_digests(s->file, NULL, &s->plain);
	return err;
}

static bool is_owned_by_installer(struct host_file *f)
{
	char *owner = host_owner(f);
	bool is_it = owner != NULL && strcmp(owner, TRUSTED_INSTALLER) == 0;

	mem_free(owner);
	return is_it;
}

int protect_check_file(struct protect *p, const char *wpath,
		       struct host_file *f, uint32_t links,
		       struct protect_result *ret)
{
	struct protect_subject s = { .wpath = wpath, .file = f };
	struct protect_result r = { .answer = PROTECT_NO };
	const char *place = protect_place(p, wpath);
	int err = 0;

	s.links = links;
	if (place != NULL) {
		protect_say(&r, PROTECT_YES, PROTECT_BY_PLACE, "%s", place);
	} else if (is_owned_by_installer(f)) {
		protect_say(&r, PROTECT_YES, PROTECT_BY_OWNER, "%s", "");
	} else {
		err = protect_digest(&s);
		if (err && err != ERR_NOMEM) {
			protect_say(&r, PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
				    W_TRUST_FILE_UNREAD, err_words(err));
			err = 0;
		} else if (!err) {
			err = target_info(p->target)->kind == TARGET_LIVE
				      ? protect_check_live(p, &s, &r)
				      : protect_check_offline(p, &s, &r);
		}
	}
	if (!err)
		*ret = r;
	return err;
}

int protect_check(struct protect *p, const char *wpath, struct host_subject *s,
		  struct protect_result *ret)
{
	uint32_t links = 0;

	/* Unknown stays 0, which the offline half doubts. */
	if (host_subject_links(s, &links))
		links = 0;
	return protect_check_file(p, wpath, host_subject_file(s), links, ret);
}

int protect_who_signed(struct protect *p, const char *wpath,
		       struct host_subject *s, struct protect_result *ret)
{
	struct protect_subject subject = { .wpath = wpath };
	int err;

	memset(ret, 0, sizeof(*ret));
	subject.file = host_subject_file(s);
	err = protect_digest(&subject);
	if (err)
		return err;
	return target_info(p->target)->kind == TARGET_LIVE
		       ? protect_signed_live(p, &subject, ret)
		       : protect_signed_offline(p, &subject, ret);
}
