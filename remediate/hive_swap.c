/*
 * One hive file: read with its logs, edited as a copy, swapped in.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file stays open from reading to swapping, and is looked at again right
 * before: what another program wrote in between is never written over.
 */
#include "remediate/hive_swap.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "words/fix.h"

#include <string.h>

/* A hive is held in memory several times while it is edited. */
#define HIVE_FILE_MAX_NBYTES ((size_t)512 << 20)

static void let_go(struct hive_file *h)
{
	host_subject_close(h->subject);
	host_place_close(h->place);
	h->subject = NULL;
	h->place = NULL;
}

void hive_file_release(struct hive_file *h)
{
	let_go(h);
	reg_edit_close(h->edit);
	host_meta_release(&h->meta);
	mem_free(h->wpath);
	mem_free(h->host);
	for (size_t i = 0; i < 3; i++)
		mem_free(h->logs[i]);
	mem_free(h->image);
	memset(h, 0, sizeof(*h));
}

int hive_file_find(struct target *t, const char *physical,
		   struct hive_file *ret)
{
	struct target_key key;
	bool ok = true;
	int err = target_find_key(t, physical, &key);

	if (err)
		return err;
	if (key.is_live)
		return err_fail(ERR_INVALID, 0, W_FIX_KEY_IN_NO_FILE);
	ret->wpath = mem_strdup(key.hive_wpath);
	ret->host = mem_strdup(key.files.hive);
	ok = ret->wpath && ret->host;
	for (size_t i = 0; i < 3; i++) {
		ret->logs[i] = mem_strdup(key.files.logs[i]);
		ok &= ret->logs[i] || !key.files.logs[i];
	}
	ret->prefix_nbytes = (size_t)(key.path - physical);
	if (!ok)
		return err_nomem();
	ret->base = target_base(t, ret->host);
	return 0;
}

static void fill_files(const struct hive_file *h, struct reg_hive_files *ret)
{
	ret->hive = h->host;
	for (size_t i = 0; i < 3; i++)
		ret->logs[i] = h->logs[i];
}

/* The first of what is wrong with a hive. */
struct damage {
	bool is_there;
	char why[256];
};

/* Damage is no hint here: a hive that is not whole is not edited. */
static void on_gap(void *arg, const char *key_path, const char *why)
{
	struct damage *d = arg;

	(void)key_path;
	if (!d->is_there)
		str_copy(d->why, why, sizeof(d->why));
	d->is_there = true;
}

static int read_image(struct hive_file *h)
{
	struct reg_hive_report report = { 0 };
	struct reg_hive_files files;
	struct reg_root *root = NULL;
	uint8_t *image = NULL;
	size_t nbytes = 0;
	struct damage damage = { .is_there = false };
	int err;

	fill_files(h, &files);
	err = reg_open_hive(&files, on_gap, &damage, &report, &root);
	/* Windows has means of its own for such a hive; ours would be a guess.
	 */
	if (!err && (damage.is_there || report.damaged || report.truncated ||
		     report.logs_missing))
		err = err_fail(ERR_CORRUPT, 0, W_FIX_HIVE_NOT_EDITED, h->wpath,
			       damage.why);
	if (!err)
		err = reg_root_image(root, &image, &nbytes);
	reg_close(root);
	if (!err)
		err = reg_edit_hive_bytes(image, nbytes, &h->edit);
	return err;
}

static int read_subject(struct hive_file *h)
{
	struct host_file *file = host_subject_file(h->subject);
	struct host_stat st;
	int err = host_fstat(file, &st);

	if (err)
		return err;
	if (st.size > HIVE_FILE_MAX_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0, W_FIX_HIVE_TOO_LARGE,
				h->wpath);
	return host_file_sha256(file, h->before);
}

static int open_subject(struct hive_file *h)
{
	int err = host_place_open(h->base, h->host, &h->place);

	return err ? err : host_subject_open(h->place, 0, &h->subject);
}

int hive_file_open(struct hive_file *h)
{
	int err = open_subject(h);

	if (!err)
		err = host_subject_meta(h->subject, &h->meta);
	if (!err)
		err = read_subject(h);
	if (!err)
		err = read_image(h);
	/* The image was read by name: it was the same file all the time. */
	if (!err)
		err = host_subject_check(h->subject);
	return err;
}

int hive_file_commit(struct hive_file *h)
{
	int err = reg_edit_finish(h->edit, &h->image, &h->image_nbytes);

	h->edit = NULL;
	if (!err)
		digest_sha256_hex(h->image, h->image_nbytes, h->after);
	return err;
}

/* ---- the vault --------------------------------------------------- */

static int read_logs(const struct hive_file *h, struct vault_part parts[3],
		     size_t *count_ret)
{
	static const char *const names[] = { ".LOG", ".LOG1", ".LOG2" };
	int err = 0;

	*count_ret = 0;
	for (size_t i = 0; i < 3 && !err; i++) {
		void *data = NULL;
		size_t nbytes = 0;

		if (!h->logs[i])
			continue;
		err = host_read_file(h->logs[i], HIVE_FILE_MAX_NBYTES, &data,
				     &nbytes);
		if (err)
			break;
		parts[*count_ret].name = names[i];
		parts[*count_ret].data = data;
		parts[(*count_ret)++].nbytes = nbytes;
	}
	return err;
}

static int adopt(struct fixer *f, const struct hive_file *h, uint32_t seq,
		 char **item_ret)
{
	struct vault_info info = { 0 };
	char *name = vault_item_name(f->fix_id, seq);
	char *path = name ? fixer_item_path(f, name) : NULL;
	int err = path ? vault_verify(path, &info) : err_nomem();

	if (!err && strcmp(info.sha256, h->before) != 0)
		err = err_fail(ERR_EXISTS, 0, W_FIX_HIVE_OTHER_STATE, h->wpath,
			       name);
	vault_info_release(&info);
	mem_free(path);
	if (err)
		mem_free(name);
	else
		*item_ret = name;
	return err;
}

int hive_file_save(struct fixer *f, struct hive_file *h, const struct step *s,
		   uint32_t seq, char **item_ret)
{
	struct vault_part parts[3];
	struct vault_info info;
	size_t count = 0;
	int err = read_logs(h, parts, &count);

	fixer_item_info(f, s, &info);
	info.kind = VAULT_HIVE;
	info.original = h->wpath;
	info.value_name = NULL;
	info.seq = seq;
	info.meta = h->meta;
	memcpy(info.sha256, h->before, sizeof(info.sha256));
	/* An undo may find the file changed again and again. */
	for (int tries = 0; !err && tries < 1000; tries++) {
		err = vault_put_hive(f->vault, &info, h->subject, parts, count,
				     item_ret);
		if (err != ERR_EXISTS)
			break;
		err = adopt(f, h, info.seq, item_ret);
		if (err != ERR_EXISTS)
			break;
		info.seq += 10000;
		err = 0;
	}
	for (size_t i = 0; i < count; i++)
		mem_free((void *)parts[i].data);
	if (!err)
		fixer_mirrored(f, mirror_item(&f->mirror, s, &info));
	return err;
}

/* ---- swapping ---------------------------------------------------- */

/* host_new_replace() closes the old file in every case. */
static int write_over(struct hive_file *h, const void *data, size_t nbytes,
		      const struct host_meta *meta, bool spares_short)
{
	struct host_subject *old = h->subject;
	struct host_new *n = NULL;
	int err = host_subject_check(h->subject);

	if (!err)
		err = host_new_begin(h->place, &n);
	if (!err && spares_short)
		host_new_spare_short(n, &h->short_name);
	if (!err) {
		err = host_new_write(n, data, nbytes);
		if (err) {
			host_new_abort(n);
		} else {
			h->subject = NULL;
			err = host_new_replace(n, old, meta);
		}
	}
	let_go(h);
	return err;
}

int hive_file_swap(struct hive_file *h)
{
	int err = write_over(h, h->image, h->image_nbytes, &h->meta, false);

	/* What comes next reads the file. */
	mem_free(h->image);
	h->image = NULL;
	return err;
}

int hive_file_clear(struct fixer *f, const struct hive_file *h)
{
	return fixer_clear_temps(f, h->host);
}

int hive_file_digest(struct hive_file *h, char hex_ret[65])
{
	int err = open_subject(h);

	if (!err)
		err = host_file_sha256(host_subject_file(h->subject), hex_ret);
	let_go(h);
	return err;
}

int hive_file_reopen(struct hive_file *h, struct reg_root **ret)
{
	struct reg_hive_report report = { 0 };
	struct reg_hive_files files;

	fill_files(h, &files);
	return reg_open_hive(&files, NULL, NULL, &report, ret);
}

int hive_item_read(const struct fixer *f, const char *item, const char *sha256,
		   struct hive_item *ret)
{
	char *path = item ? fixer_item_path(f, item) : NULL;
	struct hive_item i = { 0 };
	int err;

	if (!item)
		return err_fail(ERR_NOT_FOUND, 0, W_FIX_NO_FILE_SAVED);
	err = path ? vault_verify(path, &i.info) : err_nomem();
	if (!err && strcmp(i.info.sha256, sha256) != 0)
		err = err_fail(ERR_CORRUPT, 0, W_FIX_ITEM_OF_OTHER, item);
	if (!err)
		err = vault_read_bytes(path, HIVE_FILE_MAX_NBYTES, &i.data,
				       &i.nbytes);
	mem_free(path);
	if (err)
		hive_item_release(&i);
	else
		*ret = i;
	return err;
}

void hive_item_release(struct hive_item *i)
{
	vault_info_release(&i->info);
	mem_free(i->data);
	memset(i, 0, sizeof(*i));
}

int hive_file_restore(struct hive_file *h, const struct hive_item *item,
		      const char *expected)
{
	char now[65];
	int err = open_subject(h);

	if (!err)
		err = host_file_sha256(host_subject_file(h->subject), now);
	if (!err && strcmp(now, expected) != 0)
		err = err_fail(ERR_CHANGED, 0, W_FIX_ANOTHER_CHANGED_HIVE,
			       h->wpath);
	if (!err)
		err = write_over(h, item->data, item->nbytes, &item->info.meta,
				 true);
	let_go(h);
	return err;
}

int hive_can_undo(struct reg_edit *e, const char *path, const struct step *s,
		  const struct reg_tree *tree)
{
	const char *cut = strrchr(path, '\\');
	char *parent;
	int err;

	if (s->action != ACT_REMOVE_KEY)
		return tree->value_count ? reg_edit_can_set_value(
						   e, path, &tree->values[0])
					 : 0;
	parent = mem_strndup(path, cut ? (size_t)(cut - path) : 0);
	if (!parent)
		return err_nomem();
	err = reg_edit_can_add_tree(e, parent, tree);
	mem_free(parent);
	return err;
}
