/*
 * Opening and closing a target, its volumes, and what callers may ask.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "target/target_private.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf.h"
#include "words/target.h"

#include <string.h>

/* Letters, and volumes mounted in folders. */
#define VOLUMES_MAX 256
/* Those that cannot be entered, partitions among them. */
#define CLOSED_MAX 65536

static const struct target_ops *const ops_of_kind[] = {
	[TARGET_LIVE] = &target_ops_live,
	[TARGET_OFFLINE] = &target_ops_offline,
	[TARGET_FOLDER] = &target_ops_folder,
};

static struct target *target_new(const struct target_options *options)
{
	struct target *t = mem_zalloc(sizeof(*t));

	if (!t)
		return NULL;
	t->ops = ops_of_kind[options->kind];
	t->info.kind = options->kind;
	t->gaps = options->gaps;
	t->volumes = (struct vec)VEC_INIT(struct volume, VOLUMES_MAX);
	t->closed = (struct vec)VEC_INIT(struct closed, CLOSED_MAX);
	t->users = (struct vec)VEC_INIT(struct user *, TARGET_USER_MAX);
	t->folders = folder_cache_new();
	t->causes = namemap_new();
	if (!t->folders || !t->causes) {
		target_free(t);
		return NULL;
	}
	return t;
}

static int publish_volumes(struct target *t)
{
	t->public_volumes =
		mem_array(t->volumes.count, sizeof(*t->public_volumes));
	if (!t->public_volumes)
		return err_nomem();
	for (size_t i = 0; i < t->volumes.count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		if (!v->is_hidden)
			t->public_volumes[t->public_volume_count++] = v->pub;
	}
	return 0;
}

static void report_hidden_streams(struct target *t)
{
	for (size_t i = 0; i < t->volumes.count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		if (!host_hides_streams(v->pub.host))
			continue;
		gap_report(t->gaps, GAP_VOLUME, GAP_MATTERS,
			   *v->pub.wprefix ? v->pub.wprefix : "\\", 0,
			   W_TARGET_NO_STREAMS);
	}
}

/* Each looks at more than the one before. */
enum depth {
	OPEN_PLAIN,
	OPEN_IDENTITY,
	OPEN_ALL
};

static int open_target(const struct target_options *options, enum depth depth,
		       struct target **ret)
{
	const bool is_identity_only = depth != OPEN_ALL;
	struct target *t;
	int err;

	if ((unsigned)options->kind > TARGET_FOLDER)
		return err_fail(ERR_INVALID, 0, W_TARGET_NO_SUCH_KIND);
	t = target_new(options);
	if (!t)
		return err_nomem();
	err = t->ops->open(t, options);
	if (!err)
		err = publish_volumes(t);
	if (!err)
		err = identity_read(t);
	if (!err && depth != OPEN_PLAIN)
		err = identity_tell_copies_apart(t, options);
	if (!err && !is_identity_only)
		err = variables_read_machine(t);
	if (!err && !is_identity_only)
		err = users_read(t);
	if (!err && !is_identity_only)
		err = target_read_places(t);
	if (!err && !is_identity_only)
		err = target_read_place_names(t);
	if (!err && !is_identity_only) {
		hibernate_check(t);
		report_hidden_streams(t);
		windows_report_others(t);
	}
	/* A user or a folder that went missing must not look like none. */
	if (!err && t->is_short)
		err = err_nomem();
	if (err) {
		target_free(t);
		return err;
	}
	*ret = t;
	return 0;
}

int target_open(const struct target_options *options, struct target **ret)
{
	return open_target(options, OPEN_ALL, ret);
}

int target_open_identity(const struct target_options *options,
			 struct target **ret)
{
	return open_target(options, OPEN_IDENTITY, ret);
}

int target_open_plain(const struct target_options *options, struct target **ret)
{
	return open_target(options, OPEN_PLAIN, ret);
}

static void free_volumes(struct target *t)
{
	for (size_t i = 0; i < t->volumes.count; i++) {
		struct volume *v = vec_at(&t->volumes, i);

		mem_free(v->pub.wprefix);
		mem_free(v->pub.host);
	}
	vec_release(&t->volumes);
	mem_free(t->public_volumes);
}

static void free_info(struct target_info *info)
{
	mem_free(info->root);
	mem_free(info->target_id);
	mem_free(info->computer_name);
	mem_free(info->product_name);
	mem_free(info->version);
	mem_free(info->edition);
	mem_free(info->service_pack);
}

void target_free(struct target *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->users.count; i++)
		user_free(*(struct user **)vec_at(&t->users, i));
	vec_release(&t->users);
	for (size_t i = 0; i < 2; i++)
		hive_close(&t->machine[i]);
	hive_close(&t->live_machine);
	hive_close(&t->live_users);
	variables_release(&t->variables);
	location_table_release(&t->places);
	place_names_release(&t->place_names);
	folder_cache_free(t->folders);
	namemap_free(t->causes);
	mem_free(t->cause);
	windows_release(t);
	free_volumes(t);
	closed_release(t);
	free_info(&t->info);
	mem_free(t->windows);
	mem_free(t->profiles);
	mem_free(t->public_profiles);
	mem_free(t);
}

const struct target_info *target_info(const struct target *t)
{
	return &t->info;
}

bool target_is_one_of_several(const struct target *t)
{
	return t->other_windows.count > 0;
}

size_t target_user_count(const struct target *t)
{
	return t->users.count;
}

const struct target_user *target_user(const struct target *t, size_t index)
{
	return &(*(struct user **)vec_at(&t->users, index))->pub;
}

size_t target_volume_count(const struct target *t)
{
	return t->public_volume_count;
}

const struct target_volume *target_volume(const struct target *t, size_t index)
{
	return &t->public_volumes[index];
}

bool target_has_drive(const struct target *t, const char *wpath)
{
	if (!*wpath || wpath[1] != ':')
		return false;
	for (size_t i = 0; i < t->volumes.count; i++) {
		const struct volume *v = vec_at(&t->volumes, i);

		if (v->pub.wprefix[0] == ascii_upper((unsigned char)wpath[0]))
			return true;
	}
	return false;
}

/* A folder that is a link itself is opened through it: the user named it. */
static char *pass_link(const char *host)
{
	struct host_stat st;

	if (host_separator() == '/' && host_stat(host, false, &st) == 0 &&
	    st.type == HOST_LINK)
		return host_join(host, ".");
	return mem_strdup(host);
}

int target_add_volume(struct target *t, const char *wprefix, const char *host,
		      bool is_hidden)
{
	struct volume *v = vec_push(&t->volumes);

	if (!v)
		return err_last()->err;
	v->pub.wprefix = mem_strdup(wprefix);
	v->pub.host = pass_link(host);
	v->is_hidden = is_hidden;
	if (!v->pub.wprefix || !v->pub.host) {
		mem_free(v->pub.wprefix);
		mem_free(v->pub.host);
		t->volumes.count--;
		return err_nomem();
	}
	v->is_exact = !host_ignores_case(v->pub.host);
	return 0;
}

/* ---- what cannot be reached -------------------------------------- */

/* Causes that are told once; beyond, each path is told. */
#define CAUSES_MAX 4096

void target_set_cause(struct target *t, enum gap_kind kind, const char *where,
		      size_t nbytes)
{
	t->cause_kind = kind;
	mem_free(t->cause);
	t->cause = mem_strndup(where, nbytes);
	if (!t->cause)
		t->is_short = true;
}

void target_tell_drive(struct target *t, char drive, const char *wpath)
{
	const char where[] = { drive, ':', '\0' };
	bool is_new;

	target_set_cause(t, GAP_DRIVE_NOT_MAPPED, where, 2);
	target_unreached(t, ERR_UNSUPPORTED, &is_new);
	if (is_new)
		gap_report(t->gaps, GAP_DRIVE_NOT_MAPPED, GAP_BY_KIND, wpath, 0,
			   W_TARGET_FIRST_PATH_TOLD, err_last()->text);
}

enum gap_kind target_unreached(struct target *t, int err, bool *is_new_ret)
{
	const enum gap_kind kind =
		err == ERR_UNSUPPORTED ? t->cause_kind : gap_from_err(err);
	struct str key = STR_INIT;

	*is_new_ret = true;
	/* Names that cannot be told are each a cause of their own. */
	if (!t->cause || err == ERR_NAME)
		return kind;
	str_addf(&key, "%d %s", (int)kind, t->cause);
	if (key.err)
		t->is_short = true;
	else if (namemap_get(t->causes, key.buf))
		*is_new_ret = false;
	else if (namemap_count(t->causes) < CAUSES_MAX &&
		 namemap_put(t->causes, key.buf, t))
		t->is_short = true;
	str_release(&key);
	return kind;
}
