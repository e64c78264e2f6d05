/*
 * What rules say of a file; what they hit goes to the judge.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "session/scan_internal.h"
#include "base/alias.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "collect/owner.h"
#include "host/host.h"
#include <string.h>

/* The walk wants to know the first bytes, which are read here anyway. */
static void note_head(struct file_head *head, const void *bytes, size_t nbytes)
{
	if (!head || head->nbytes)
		return;
	head->nbytes =
		nbytes < sizeof(head->bytes) ? nbytes : sizeof(head->bytes);
	memcpy(head->bytes, bytes, head->nbytes);
}

static int read_at(void *arg, uint64_t offset, void *buf, size_t nbytes,
		   size_t *nread_ret)
{
	const struct file_artefact *f = arg;
	int err = host_pread(f->file, offset, buf, nbytes, nread_ret);

	if (!err && !offset)
		note_head(f->head, buf, *nread_ret);
	return err;
}

/* As rules see it; what cannot be read again has none. */
static void fill_filetype(struct artefact *a, const struct file_artefact *f)
{
	uint8_t head[FILETYPE_HEAD_NBYTES];
	size_t n = 0;

	if (f->is_member) {
		n = f->nbytes < sizeof(head) ? (size_t)f->nbytes : sizeof(head);
		memcpy(head, f->data, n);
	} else if (host_pread(f->file, 0, head, sizeof(head), &n)) {
		return;
	}
	str_copy(a->filetype, filetype_name(filetype_of(head, n)),
		 sizeof(a->filetype));
}

/* Whose VirtualStore it lies in, if it lies in one. */
static int fill_store(const struct scan *s, struct artefact *a)
{
	size_t count =
		alias_virtual(a->wpath) ? target_user_count(s->target) : 0;

	for (size_t i = 0; i < count && !a->store_of; i++) {
		const struct target_user *u = target_user(s->target, i);
		int err;

		if (!target_is_below(a->wpath, u->profile))
			continue;
		err = owner_note(&a->store_of, target_user_prefix(u));
		if (err)
			return err;
	}
	return 0;
}

static int keep_file(struct scan *s, const struct file_artefact *f,
		     struct match_list *matches)
{
	struct artefact *a = mem_zalloc(sizeof(*a));
	int err = 0;

	if (!a)
		return err_nomem();
	a->matches = *matches;
	memset(matches, 0, sizeof(*matches));
	a->finding = SIZE_MAX;
	a->kind = f->is_member ? ARTEFACT_MEMBER : ARTEFACT_FILE;
	a->wpath = mem_strdup(f->wpath);
	a->file_nbytes = f->file_nbytes;
	a->size = f->nbytes;
	a->created = f->st->created;
	a->written = f->st->written;
	a->changed = f->st->changed;
	a->file_id = f->st->file_id;
	a->volume = f->st->volume;
	a->attrs = f->st->attrs;
	a->is_temp_of_user =
		strcmp(f->location, "temp") == 0 &&
		strcmp(target_location_for(s->target, NULL, f->wpath),
		       "temp") != 0;
	if (f->file)
		a->owner = host_owner(f->file);
	fill_filetype(a, f);
	err = a->wpath ? fill_store(s, a) : err_nomem();
	if (!err && f->is_member)
		err = digest_buffer(f->data, (size_t)f->nbytes, &a->digests);
	else if (!err)
		err = scanner_check_size(f->nbytes);
	if (!err && !f->is_member)
		err = host_file_digests(f->file, s->options->cancel,
					&a->digests);
	if (err == ERR_NOMEM) {
		artefact_free(a);
		return err;
	}
	/* A match whose digest cannot be read stays a match. */
	if (err)
		gap_report(gap_list_sink(s->gaps), gap_from_err(err),
			   GAP_MATTERS, f->wpath, err_last()->os_error, "%s",
			   err_last()->text);
	host_mutex_lock(s->lock);
	err = judge_add(s->judge, a);
	host_mutex_unlock(s->lock);
	return err;
}

int scan_file(void *arg, const struct file_artefact *f)
{
	struct scan *s = arg;
	struct match_source source = { f->nbytes, f->data, read_at,
				       (void *)(uintptr_t)f };
	struct match_list matches = { 0 };
	struct scanner *scanner = NULL;
	struct shown_vars v;
	int err;

	if (cancel_asked(s->options->cancel))
		return ERR_CANCELLED;
	err = shown_vars_init(&v, f->folder, f->name, f->place,
			      f->is_member ? "member" : "file", f->location);
	if (!err && s->needs_owner && f->file) {
		v.owner = host_owner(f->file);
		v.vars.owner = v.owner;
	}
	if (!err)
		err = scanner_for(s, f->worker, &scanner);
	if (!err)
		err = scanner_scan(scanner, &source, &v.vars, &matches);
	/*
	 * What some rules found stays found when others could not be tried.
	 * What a suspicious entry leads to is told, marks or none.
	 */
	if (matches.count || namemap_get(s->led_to, f->wpath)) {
		struct err_info why = *err_last();
		int kept = keep_file(s, f, &matches);

		if (err)
			err_fail(err, why.os_error, "%s", why.text);
		else
			err = kept;
	}
	match_list_release(&matches);
	shown_vars_release(&v);
	return err;
}
