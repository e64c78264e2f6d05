/*
 * A hive file as a copy that is changed: opens it, gives its new bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive_edit.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/hivex_io.h"
#include "words/registry.h"

#include <string.h>

void hive_edit_look(struct hive_edit *e)
{
	hive_bytes_look(&e->now);
	e->root->img.data = e->now.data;
	e->root->img.nbytes = e->now.nbytes;
	e->root->regf.bins_nbytes = e->now.regf.bins_nbytes;
	e->root->regf.has_wrong_hints = true; /* look-ups compare names */
	e->root->regf.work = 0;
}

/* The copy that is changed: not before there is something to change. */
static int make_copy(struct hive_edit *e)
{
	struct hive_bytes copy;
	int err = hive_bytes_copy(&copy, e->old_img.data, e->old_img.nbytes);

	if (err)
		return err;
	e->now = copy;
	e->has_copy = true;
	hive_edit_look(e);
	return 0;
}

int hive_edit_begin(struct hive_edit *e)
{
	int err = e->has_copy ? 0 : make_copy(e);

	if (!err)
		err = hive_keep_take(&e->keep, &e->now, &e->old_img);
	e->is_changing = !err;
	return err;
}

int hive_edit_end(struct hive_edit *e, int err)
{
	if (!e->is_changing)
		return err;
	if (err)
		hive_keep_back(&e->keep, &e->now, &e->old_img);
	hive_keep_release(&e->keep);
	hive_edit_look(e);
	e->is_changing = false;
	return err;
}

static int close_edit(struct reg_edit *base)
{
	struct hive_edit *e = (struct hive_edit *)base;

	for (size_t i = 0; i < e->changes.count; i++)
		hive_change_release(vec_at(&e->changes, i));
	vec_release(&e->changes);
	if (e->root) {
		e->root->img.data = NULL;
		reg_close(&e->root->base);
	}
	if (e->has_copy)
		hive_bytes_release(&e->now);
	hive_image_release(&e->old_img);
	mem_free(e);
	return 0;
}

/* Counted, compared with the old image, and no more cells lost than there
 * were. */
static int check_now(struct hive_edit *e)
{
	struct reg_hive_report report = { .nbytes = 0 };
	struct hive_census census = { .used = NULL };
	struct reg_root *base = NULL;
	struct hive_root *root;
	struct hive_image img;
	uint32_t lost;
	int err;

	hive_image_init_memory(&img, e->now.data, e->now.nbytes);
	err = hive_root_new(&img, NULL, NULL, &report, &base);
	if (err)
		return err;
	root = (struct hive_root *)base;
	err = hive_census_take(&census, &root->regf);
	lost = census.lost;
	hive_census_release(&census);
	root->regf.work = 0;
	e->old.work = 0;
	if (!err && (report.damaged || lost > e->old_lost))
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_CHANGED_DAMAGED);
	if (!err)
		err = hive_change_check(&e->old, root, &e->changes);
	root->img.data = NULL;
	reg_close(base);
	return err;
}

/* What was made and deleted again leaves nothing to write. */
static int commit(struct reg_edit *base, bool is_last, uint8_t **image_ret,
		  size_t *nbytes_ret)
{
	struct hive_edit *e = (struct hive_edit *)base;
	bool is_changed = e->changes.count;
	uint8_t **from = is_changed ? &e->now.data : &e->old_img.data;
	size_t nbytes = is_changed ? e->now.nbytes : e->old_img.nbytes;
	int err = 0;

	if (is_changed) {
		hive_patch_seal(e->now.data,
				bytes_le32(e->old_img.data + 4) + 1);
		err = check_now(e);
	}
	if (err)
		return err;
	*image_ret = is_last ? *from : mem_dup(*from, nbytes);
	if (!*image_ret)
		return err_nomem();
	if (is_last)
		*from = NULL;
	*nbytes_ret = nbytes;
	return 0;
}

static const struct reg_edit_ops hive_edit_ops = {
	.delete_key = hive_edit_delete_key,
	.delete_value = hive_edit_delete_value,
	.set_value = hive_edit_set_value,
	.add_tree = hive_edit_add_tree,
	.can_add_tree = hive_edit_can_add_tree,
	.can_set_value = hive_edit_can_set_value,
	.commit = commit,
	.close = close_edit,
};

static int check_header(const uint8_t *image, size_t nbytes)
{
	struct regf_base base;

	if (nbytes < HIVE_BASE_NBYTES)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_TOO_SHORT);
	regf_base_read(image, &base);
	if (!base.has_signature || !base.has_checksum)
		return err_fail(ERR_CORRUPT, 0,
				W_REGISTRY_HEADER_DAMAGED_ADVICE);
	if (base.seq1 != base.seq2)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_NOT_CLOSED_ADVICE);
	if (base.major != 1 || base.minor < 3 || base.minor > 6 || base.type ||
	    base.format != 1)
		return err_fail(ERR_UNSUPPORTED, 0, W_REGISTRY_VERSION_ADVICE,
				(unsigned)base.major, (unsigned)base.minor);
	if (!hivex_io_is_safe(image, nbytes))
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_STRUCTURE_ADVICE);
	return 0;
}

static int open_root(struct hive_edit *e)
{
	struct reg_hive_report report = { .nbytes = 0 };
	struct hive_image img = e->old_img;
	struct reg_root *root = NULL;
	int err = hive_root_new(&img, NULL, NULL, &report, &root);

	if (err)
		return err;
	e->base.root = root;
	e->root = (struct hive_root *)root;
	e->old = e->root->regf;
	e->old.img = &e->old_img;
	e->now.data = e->old_img.data;
	e->now.nbytes = e->old_img.nbytes;
	e->now.regf.root = bytes_le32(e->now.data + 36);
	hive_edit_look(e);
	if (report.damaged)
		err = err_fail(ERR_CORRUPT, 0,
			       W_REGISTRY_HEADER_DAMAGED_ADVICE);
	return err;
}

static int count(struct hive_edit *e)
{
	struct hive_census census = { .used = NULL };
	int err = hive_census_take(&census, &e->old);

	e->old_lost = census.lost;
	hive_census_release(&census);
	return err;
}

int reg_edit_hive_bytes(uint8_t *image, size_t nbytes, struct reg_edit **ret)
{
	struct hive_edit *e = NULL;
	int err = check_header(image, nbytes);

	if (!err) {
		e = mem_zalloc(sizeof(*e));
		err = e ? 0 : err_nomem();
	}
	if (err) {
		mem_free(image);
		return err;
	}
	e->base.ops = &hive_edit_ops;
	e->changes =
		(struct vec)VEC_INIT(struct hive_change, HIVE_EDIT_MAX_CHANGES);
	/* What lies behind the last bin is nothing. */
	nbytes = (size_t)bytes_le32(image + 40) + HIVE_BASE_NBYTES;
	hive_image_init_memory(&e->old_img, image, nbytes);
	err = open_root(e);
	if (!err)
		err = count(e);
	if (err)
		close_edit(&e->base);
	else
		*ret = &e->base;
	return err;
}

int reg_edit_hive(const void *image, size_t nbytes, struct reg_edit **ret)
{
	uint8_t *copy = mem_dup(image, nbytes);

	return copy ? reg_edit_hive_bytes(copy, nbytes, ret) : err_nomem();
}
