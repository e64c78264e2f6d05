/*
 * Is a file of the running Windows protected: system file protection, the
 * system's catalogs, the signature inside.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything is asked of Windows itself.  What it cannot answer makes the
 * whole PROTECT_UNKNOWN, unless another question is answered with yes; in
 * Safe Mode, where its services do not run, what lies on the disk decides as
 * for a Windows that does not run (protect_asked.h).
 */
#include "trust/protect_ask_win32.h"
#include "trust/protect_asked.h"
#include "trust/protect_private.h"
#include "trust/trust_win32.h"

#include "base/err.h"
#include "base/mem.h"
#include "host/host_win32.h"
#include "host/wide_win32.h"
#include "words/pack.h"
#include "words/trust.h"

#include <string.h>

/* Smaller files hold no signature, and Windows cannot map empty ones. */
#define SIGNED_MIN_NBYTES 64
/* Catalogs that name one file: one for each update that brought it. */
#define CATALOGS_OF_A_FILE_MAX 64

/* What is asked, and what has been learnt so far. */
struct question {
	const struct protect_subject *s;
	HANDLE file;
	wchar_t *path;
	/* Questions that Safe Mode leaves to what lies on the disk. */
	bool files_for_sfc;
	bool files_for_catalogs;
	struct protect_result *ret;
};

static void doubt(struct question *q, const char *what, const char *why,
		  unsigned long code)
{
	/* The first doubt is told. */
	if (q->ret->answer != PROTECT_UNKNOWN)
		protect_say(q->ret, PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
			    W_TRUST_ANSWER, what, why, (uint32_t)code);
}

/* ---- system file protection -------------------------------------- */

static void check_sfc(struct question *q)
{
	DWORD code = 0;
	const bool yes = protect_ask->is_protected(q->path, &code);

	switch (asked_sfc(yes, code, protect_ask->is_safe_mode())) {
	case ASKED_YES:
		protect_say(q->ret, PROTECT_YES, PROTECT_BY_SFC, "%s", "");
		break;
	case ASKED_NO:
		break;
	case ASKED_FILES:
		q->files_for_sfc = true;
		break;
	case ASKED_DOUBT:
	default:
		doubt(q, W_TRUST_SFC,
		      code == ERROR_PROC_NOT_FOUND ? W_PACK_IS_MISSING
						   : W_TRUST_SILENT,
		      code);
	}
}

/* ---- catalogs ---------------------------------------------------- */

/* They could not be opened or searched. */
static void catalogs_failed(struct question *q, const char *why, DWORD code)
{
	if (asked_catalogs(code, protect_ask->is_safe_mode()) == ASKED_FILES)
		q->files_for_catalogs = true;
	else
		doubt(q, W_TRUST_CATALOGS, why, code);
}

/* One opened set of catalogs and the digests it is asked for. */
struct cat_set {
	const struct cat_functions *f;
	HANDLE admin;
	bool has_algorithm; /* opened with open2 */
	size_t nbytes;	    /* of a digest: 20 or 32 */
	uint8_t digests[4][32];
	size_t count;
};

static void add_digest(struct cat_set *c, const uint8_t *digest)
{
	for (size_t i = 0; i < c->count; i++)
		if (memcmp(c->digests[i], digest, c->nbytes) == 0)
			return;
	memcpy(c->digests[c->count++], digest, c->nbytes);
}

static int hex_digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void add_hex(struct cat_set *c, const char *hex)
{
	uint8_t digest[32];

	if (hex[0] == '\0')
		return;
	for (size_t i = 0; i < c->nbytes; i++)
		digest[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 |
				      hex_digit(hex[2 * i + 1]));
	add_digest(c, digest);
}

/* Windows' own digest knows further kinds of files; ours does for the rest. */
static void collect_digests(struct cat_set *c, const struct question *q)
{
	const struct protect_subject *s = q->s;
	uint8_t own[64];
	DWORD n = sizeof(own);
	BOOL ok;

	c->count = 0;
	if (c->has_algorithm && c->f->digest2 != NULL)
		ok = c->f->digest2(c->admin, q->file, &n, own, 0);
	else
		ok = c->f->digest(q->file, &n, own, 0);
	if (ok && n == c->nbytes)
		add_digest(c, own);
	if (s->is_program) {
		add_hex(c,
			c->nbytes == 20 ? s->program.sha1 : s->program.sha256);
		add_hex(c, c->nbytes == 20 ? s->program.unpadded_sha1
					   : s->program.unpadded_sha256);
	}
	add_hex(c, c->nbytes == 20 ? s->plain.sha1 : s->plain.sha256);
}

/* The catalog that Windows found: is it signed by somebody trusted? */
static void check_catalog(struct question *q, const struct cat_set *c,
			  const uint8_t *digest, HANDLE found)
{
	CATALOG_INFO info = { .cbStruct = sizeof(info) };
	struct trust_member member = { .digest = digest };
	wchar_t tag[65];
	struct trust trust;
	char *name;

	if (!c->f->info(found, &info, 0)) {
		doubt(q, W_TRUST_CATALOG_NAMES_IT, W_TRUST_CATALOG_LOST,
		      GetLastError());
		return;
	}
	for (size_t i = 0; i < c->nbytes; i++) {
		tag[2 * i] = L"0123456789ABCDEF"[digest[i] >> 4];
		tag[2 * i + 1] = L"0123456789ABCDEF"[digest[i] & 15];
	}
	tag[2 * c->nbytes] = L'\0';
	member.catalog = info.wszCatalogFile;
	member.tag = tag;
	member.digest_nbytes = c->nbytes;
	member.admin = c->has_algorithm ? c->admin : NULL;
	trust_check(q->file, q->path, &member, &trust);
	name = wide_to_utf8(info.wszCatalogFile);
	if (trust.state == TRUST_VALID) {
		protect_say(q->ret, PROTECT_YES, PROTECT_BY_CATALOG,
			    W_TRUST_BY_CATALOG, name != NULL ? name : "");
		memcpy(q->ret->publisher, trust.publisher,
		       sizeof(trust.publisher));
	} else if (q->ret->answer != PROTECT_UNKNOWN) {
		protect_say(q->ret, PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
			    W_TRUST_CATALOG_IN_DOUBT, name != NULL ? name : "",
			    trust.why);
	}
	mem_free(name);
}

static bool is_none(DWORD code)
{
	/* ERROR_NOT_FOUND is Windows' answer; the others are Wine's. */
	return code == 0 || code == ERROR_NOT_FOUND ||
	       code == ERROR_FILE_NOT_FOUND || code == ERROR_NO_MORE_FILES ||
	       code == (DWORD)CRYPT_E_NOT_FOUND;
}

static void look_up(struct question *q, struct cat_set *c, uint8_t *digest)
{
	HANDLE found = NULL;
	DWORD code;

	for (int i = 0; i < CATALOGS_OF_A_FILE_MAX; i++) {
		SetLastError(0);
		/* It closes the one before. */
		found = c->f->next(c->admin, digest, (DWORD)c->nbytes, 0,
				   &found);
		if (found == NULL) {
			code = GetLastError();
			if (!is_none(code))
				catalogs_failed(q, W_TRUST_NOT_SEARCHED, code);
			return;
		}
		check_catalog(q, c, digest, found);
		if (q->ret->answer == PROTECT_YES)
			break;
	}
	c->f->close_catalog(c->admin, found, 0);
}

static void check_set(struct question *q, const struct cat_functions *f,
		      const GUID *subsystem, bool is_sha256)
{
	struct cat_set c = { .f = f, .nbytes = is_sha256 ? 32 : 20 };
	DWORD code;
	BOOL ok;

	c.has_algorithm = is_sha256;
	ok = is_sha256 ? f->open2(&c.admin, subsystem, L"SHA256", NULL, 0)
		       : f->open(&c.admin, subsystem, 0);
	if (!ok) {
		code = GetLastError();
		/* Wine has the name only: as before Windows 8, then. */
		if (!is_sha256 || code != ERROR_CALL_NOT_IMPLEMENTED)
			catalogs_failed(q, W_TRUST_NOT_OPENED, code);
		return;
	}
	collect_digests(&c, q);
	for (size_t i = 0; i < c.count && q->ret->answer != PROTECT_YES; i++)
		look_up(q, &c, c.digests[i]);
	f->close(c.admin, 0);
}

static void check_catalogs(struct question *q)
{
	/* Components and drivers; and what Windows calls the default. */
	static const GUID subsystems[] = {
		{ 0xf750e6c3,
		  0x38ee,
		  0x11d1,
		  { 0x85, 0xe5, 0x00, 0xc0, 0x4f, 0xc2, 0x95, 0xee } },
		{ 0x127d0a1d,
		  0x4ef2,
		  0x11d1,
		  { 0x86, 0x08, 0x00, 0xc0, 0x4f, 0xc2, 0x95, 0xee } },
	};
	struct cat_functions f;

	if (!protect_ask->catalogs(&f)) {
		doubt(q, W_TRUST_CATALOGS, W_TRUST_FUNCTIONS_MISSING,
		      ERROR_PROC_NOT_FOUND);
		return;
	}
	for (size_t i = 0; i < 4 && q->ret->answer != PROTECT_YES; i++)
		if (i % 2 == 0 || f.open2 != NULL)
			check_set(q, &f, &subsystems[i / 2], i % 2 != 0);
}

/* ---- the signature inside ---------------------------------------- */

static void check_signature(struct question *q)
{
	struct trust trust;
	struct host_stat st;

	if (host_fstat(q->s->file, &st) == 0 && st.size < SIGNED_MIN_NBYTES)
		return;
	trust_check(q->file, q->path, NULL, &trust);
	switch (trust.state) {
	case TRUST_VALID:
		memcpy(q->ret->publisher, trust.publisher,
		       sizeof(trust.publisher));
		if (q->ret->answer == PROTECT_NO)
			q->ret->why = PROTECT_BY_SIGNATURE;
		break;
	case TRUST_INVALID:
		if (q->ret->answer == PROTECT_NO)
			protect_say(q->ret, PROTECT_NO, PROTECT_BY_NOTHING,
				    W_TRUST_SIGNATURE_INVALID, trust.why);
		break;
	case TRUST_UNKNOWN:
		if (q->ret->answer == PROTECT_NO)
			protect_say(q->ret, PROTECT_UNKNOWN, PROTECT_BY_DOUBT,
				    W_TRUST_SIGNATURE, trust.why);
		break;
	case TRUST_NONE:
	default:
		break;
	}
}

/* ---- the disk ---------------------------------------------------- */

/* What is asked of a Windows that does not run: dllcache, catalogs, links. */
static int check_files(struct protect *p, struct question *q)
{
	struct protect_result r = { .answer = PROTECT_NO };
	int err = q->files_for_sfc ? protect_check_offline(p, q->s, &r)
				   : protect_signed_offline(p, q->s, &r);

	if (!err && r.answer != PROTECT_NO &&
	    (r.answer == PROTECT_YES || q->ret->answer == PROTECT_NO))
		*q->ret = r;
	return err;
}

static int ask(struct protect *p, const struct protect_subject *s,
	       bool with_sfc, struct protect_result *ret)
{
	struct question q = { .s = s, .file = s->file->handle, .ret = ret };
	int err = 0;

	q.path = wide_from_utf8(s->wpath);
	if (q.path == NULL)
		return err_nomem();
	if (with_sfc)
		check_sfc(&q);
	if (ret->answer != PROTECT_YES)
		check_catalogs(&q);
	if (ret->answer != PROTECT_YES &&
	    (q.files_for_sfc || q.files_for_catalogs))
		err = check_files(p, &q);
	if (!err && ret->answer != PROTECT_YES)
		check_signature(&q);
	mem_free(q.path);
	return err;
}

int protect_check_live(struct protect *p, const struct protect_subject *s,
		       struct protect_result *ret)
{
	return ask(p, s, true, ret);
}

int protect_signed_live(struct protect *p, const struct protect_subject *s,
			struct protect_result *ret)
{
	return ask(p, s, false, ret);
}
