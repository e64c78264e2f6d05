/*
 * The guard's look at a file: is it the one that was scanned, whose is it,
 * and may it go.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/guard_internal.h"

#include "base/err.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/utf.h"
#include "base/wtime.h"
#include "words/guard.h"

#include <string.h>

void guarded_file_release(struct guarded_file *f)
{
	host_subject_close(f->subject);
	host_place_close(f->place);
	mem_free(f->host);
	mem_free(f->wprefix);
	memset(f, 0, sizeof(*f));
}

/* ---- volumes ----------------------------------------------------- */

static bool is_same_drive(const char *a, const char *b)
{
	return ascii_ncasecmp(a, b, 2) == 0;
}

bool guard_volume_refuses(struct guard *g, const char *wprefix,
			  const char *host, struct guard_answer *a)
{
	const struct vec *told = g->o.volumes;
	struct host_volume_state state = { 0 };
	bool refuses = true;

	for (size_t i = 0; told && i < told->count; i++) {
		const struct guard_volume *v = vec_at(told, i);

		if (is_same_drive(v->wprefix, wprefix)) {
			guard_refuse(a, GUARD_VOLUME, "%s", v->why);
			return true;
		}
	}
	if (host_volume_state(host, &state)) {
		guard_refuse(a, GUARD_UNDECIDED, "%s", err_last()->text);
		return true;
	}
	if (state.is_read_only)
		guard_refuse(a, GUARD_READ_ONLY, "%s", wprefix);
	else if (state.dirty_known && state.is_dirty &&
		 target_info(g->o.target)->kind == TARGET_OFFLINE)
		guard_refuse(a, GUARD_VOLUME, W_GUARD_NOT_CLEAN);
	else if (!state.keeps_security && state.fs_name &&
		 ascii_istarts_with(state.fs_name, "ntfs"))
		guard_refuse(a, GUARD_NO_SECURITY, "%s", state.fs_name);
	else
		refuses = false;
	mem_free(state.fs_name);
	return refuses;
}

bool guard_volume_check(struct guard *g, const char *wpath, const char *host,
			struct guard_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	return guard_volume_refuses(g, wpath, host, answer);
}

int guard_volume_error(struct guard *g, const char *wpath, const char *host)
{
	const char *base = target_base(g->o.target, host);
	struct guard_answer a;
	struct str text = STR_INIT;
	int err;

	if (target_info(g->o.target)->kind == TARGET_LIVE ||
	    !guard_volume_check(g, wpath, base ? base : host, &a))
		return 0;
	guard_sentence(&a, "en", &text);
	err = err_fail(ERR_READ_ONLY, 0, "%s", str_text(&text));
	str_release(&text);
	return err;
}

/* ---- identity ---------------------------------------------------- */

void guard_answer_opening(struct guard_answer *a, int err)
{
	const char *why = err_last()->text;

	switch (err) {
	case ERR_NOT_FOUND:
		guard_refuse(a, GUARD_GONE, "%s", "");
		break;
	case ERR_UNSUPPORTED:
		guard_refuse(a, GUARD_LINK, "%s", why);
		break;
	case ERR_LOCKED:
		guard_refuse(a, GUARD_IN_USE, "%s", why);
		break;
	case ERR_ANTIVIRUS:
		guard_refuse(a, GUARD_ANTIVIRUS, "%s", why);
		break;
	case ERR_NAME:
	case ERR_CHANGED:
	case ERR_VANISHING:
	case ERR_NOT_DIR:
		guard_refuse(a, GUARD_CHANGED, "%s", why);
		break;
	default:
		guard_refuse(a, GUARD_UNREADABLE, "%s", why);
	}
}

static bool is_hex(const char *text, uint64_t value)
{
	char hex[17];

	snprintf(hex, sizeof(hex), "%" PRIx64, value);
	return text && strcmp(text, hex) == 0;
}

static bool has_other_number(const struct step *s, const struct host_stat *now)
{
	return is_hex(s->volume, now->volume) && step_has_file_id(s) &&
	       now->file_id && !is_hex(s->file_id, now->file_id);
}

/*
 * Size and digest decide.  The file's number counts where the volume is the
 * same one to this system as it was to the scan, and tells numbers; another
 * mount has other ones.  The container of an archive member has no digest of
 * its own in the store: number and time must agree.
 */
static int check_identity(const struct step *s, struct guarded_file *f,
			  struct guard_answer *a)
{
	struct host_stat st;
	char written[WTIME_TEXT_NBYTES];
	int err = host_fstat(host_subject_file(f->subject), &st);

	if (!err)
		err = host_file_sha256(host_subject_file(f->subject),
				       f->sha256);
	if (err) {
		if (err != ERR_NOMEM)
			guard_refuse(a,
				     err == ERR_ANTIVIRUS ? GUARD_ANTIVIRUS
							  : GUARD_UNREADABLE,
				     "%s", err_last()->text);
		return err;
	}
	f->nbytes = st.size;
	wtime_format(st.written, written);
	if (s->size >= 0 && st.size != (uint64_t)s->size)
		guard_refuse(a, GUARD_CHANGED, W_GUARD_SIZE_WAS, s->size,
			     st.size);
	else if (*s->sha256 && strcmp(s->sha256, f->sha256) != 0)
		guard_refuse(a, GUARD_CHANGED, W_GUARD_CONTENT_IS_ANOTHER);
	else if (has_other_number(s, &st))
		guard_refuse(a, GUARD_CHANGED, W_GUARD_ANOTHER_FILE);
	else if (!*s->sha256 &&
		 (!s->written || strcmp(s->written, written) != 0))
		guard_refuse(a, GUARD_CHANGED, W_GUARD_WRITTEN_SINCE);
	return 0;
}

/* ---- whose it is ------------------------------------------------- */

/* The pack's allow-list: digest, path, publisher. */
static void check_allowed(struct guard *g, const struct step *s,
			  const struct guarded_file *f, const char *publisher,
			  struct guard_answer *a)
{
	const struct pack *p = g->o.pack;

	for (size_t i = 0; p && i < pack_allow_count(p); i++) {
		const struct pack_allow *row = pack_allow(p, i);

		if ((row->kind == ALLOW_SHA256 &&
		     ascii_casecmp(row->value, f->sha256) == 0) ||
		    (row->kind == ALLOW_PATH &&
		     glob_matches(row->value, s->target))) {
			guard_refuse(a, GUARD_ALLOWED, "%s", row->why);
			return;
		}
		if (row->kind == ALLOW_PUBLISHER && *publisher &&
		    utf_casecmp(row->value, publisher) == 0) {
			guard_refuse(a, GUARD_PUBLISHER, "%s", publisher);
			return;
		}
	}
}

static const char *protect_words(enum protect_why why)
{
	switch (why) {
	case PROTECT_BY_SFC:
		return W_GUARD_BY_PROTECTION;
	case PROTECT_BY_CATALOG:
		return W_GUARD_BY_CATALOG;
	case PROTECT_BY_OWNER:
		return W_GUARD_BY_OWNER;
	case PROTECT_BY_LINKS:
		return W_GUARD_BY_LINKS;
	case PROTECT_BY_DLLCACHE:
		return W_GUARD_BY_CACHE;
	case PROTECT_BY_SIGNATURE:
		return W_GUARD_BY_SIGNATURE;
	case PROTECT_BY_PLACE:
		return W_GUARD_BY_FOLDER;
	default:
		return W_GUARD_UNDECIDED_HOW;
	}
}

static int check_owner(struct guard *g, const struct step *s, const char *wpath,
		       struct guarded_file *f, struct guard_answer *a)
{
	struct protect_result result = { 0 };
	uint32_t links = 0;
	int err = host_subject_links(f->subject, &links);

	if (err) {
		guard_refuse(a, GUARD_UNDECIDED, "%s", err_last()->text);
		return 0;
	}
	if (links > 1) {
		guard_refuse(a, GUARD_LINKS, "%u", (unsigned)links);
		return 0;
	}
	if (!s->by_number && target_is_below(wpath, g->windows)) {
		guard_refuse(a, GUARD_SYSTEM, "%s", "");
		return 0;
	}
	err = protect_check(g->protect, wpath, f->subject, &result);
	if (err == ERR_NOMEM)
		return err;
	if (err)
		guard_refuse(a, GUARD_UNDECIDED, "%s", err_last()->text);
	else if (result.answer == PROTECT_YES)
		guard_refuse(a, GUARD_PROTECTED, "%s",
			     protect_words(result.why));
	else if (result.answer == PROTECT_UNKNOWN)
		guard_refuse(a, GUARD_UNDECIDED, "%s", result.detail);
	else
		check_allowed(g, s, f, result.publisher, a);
	return 0;
}

/* ---- the whole --------------------------------------------------- */

static bool is_inside(const char *host, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	if (!n || utf_ncasecmp(host, strlen(host) < n ? strlen(host) : n,
			       folder, n) != 0)
		return false;
	return host[n] == '\0' || host[n] == host_separator();
}

static int open_subject(struct guard *g, const struct step *s,
			const struct target_path *path, struct guarded_file *f,
			struct guard_answer *a)
{
	int err;

	f->host = mem_strdup(path->host);
	f->wprefix = mem_strndup(path->wpath, 2);
	if (!f->host || !f->wprefix)
		return err_nomem();
	f->base = target_base(g->o.target, f->host);
	/* What was scanned under this path and is found elsewhere now. */
	if (utf_casecmp(path->wpath, s->target) != 0) {
		guard_refuse(a, GUARD_CHANGED, W_GUARD_NOW_IS, path->wpath);
		return 0;
	}
	if (is_inside(f->host, g->o.vault_host)) {
		guard_refuse(a, GUARD_IN_VAULT, "%s", "");
		return 0;
	}
	/* Without its tag undo would put back a file that can be loaded. */
	if (host_has_bare_tag(&path->st)) {
		guard_refuse(a, GUARD_TAG, "0x%08" PRIx32,
			     path->st.reparse_tag);
		return 0;
	}
	if (guard_volume_refuses(g, f->wprefix, f->host, a))
		return 0;
	err = host_place_open(f->base, f->host, &f->place);
	if (!err)
		err = host_subject_open(f->place, 0, &f->subject);
	if (!err)
		f->use = host_subject_use(f->subject);
	if (err == ERR_LOCKED) {
		err = host_subject_open(f->place, HOST_SUBJECT_IN_USE,
					&f->subject);
		f->use = IN_USE_YES;
	}
	if (err && err != ERR_NOMEM) {
		guard_answer_opening(a, err);
		return 0;
	}
	return err;
}

static bool has_drive(const struct guard *g, const char *wpath)
{
	struct target *t = g->o.target;

	if (target_info(t)->kind == TARGET_LIVE)
		return true;
	for (size_t i = 0; i < target_volume_count(t); i++)
		if (is_same_drive(target_volume(t, i)->wprefix, wpath))
			return true;
	return false;
}

int guard_file(struct guard *g, const struct step *s,
	       struct guard_answer *answer, struct guarded_file *ret)
{
	struct guarded_file f = { 0 };
	struct target_path path;
	int err;

	memset(answer, 0, sizeof(*answer));
	err = target_resolve(g->o.target, s->target, 0, &path);
	if (err) {
		if (err == ERR_NOMEM)
			return err;
		if (err == ERR_UNSUPPORTED && !has_drive(g, s->target))
			guard_refuse(answer, GUARD_UNREADABLE,
				     W_GUARD_DRIVE_NOT_GIVEN, s->target);
		else
			guard_answer_opening(answer, err);
		return 0;
	}
	err = open_subject(g, s, &path, &f, answer);
	if (!err && answer->reason == GUARD_OK)
		err = check_identity(s, &f, answer);
	if (!err && answer->reason == GUARD_OK)
		err = check_owner(g, s, path.wpath, &f, answer);
	/* Nothing may have happened to it while it was looked at. */
	if (!err && answer->reason == GUARD_OK && host_subject_check(f.subject))
		guard_refuse(answer, GUARD_CHANGED, "%s", err_last()->text);
	target_path_release(&path);
	if (!err && answer->reason == GUARD_OK) {
		*ret = f;
		return 0;
	}
	guarded_file_release(&f);
	return err == ERR_NOMEM ? err : 0;
}
