/*
 * From the file (or memory) to a root: clean hives in place, dirty ones
 * recovered in memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "registry/replay.h"

#include <string.h>

/*
 * A hive with its logs is recovered in memory up to this size; Windows' own
 * SOFTWARE hives stay below 200 MB.  A log is about as large as its hive.
 */
#define RECOVER_MAX_NBYTES ((size_t)512 << 20)
#define LOG_MAX_NBYTES	   RECOVER_MAX_NBYTES

#define SHORT_FILE "the hive file is shorter than its header says"

static void tell_file(reg_gap_fn gap, void *arg, const char *why)
{
	if (gap)
		gap(arg, "", why);
}

/* How much behind the base block belongs to the bins. */
static uint32_t usable_bins(const struct regf_base *base, size_t nbytes,
			    bool *truncated, bool *implausible)
{
	size_t room = nbytes - HIVE_BASE_NBYTES;

	*truncated = false;
	*implausible = !base->has_signature || !base->bins_nbytes ||
		       base->bins_nbytes % 4096 || base->major != 1;
	if (room > HIVE_MAX_NBYTES - HIVE_BASE_NBYTES)
		room = HIVE_MAX_NBYTES - HIVE_BASE_NBYTES;
	if (!base->has_signature || !base->bins_nbytes)
		return (uint32_t)room;
	if (base->bins_nbytes > room) {
		*truncated = true;
		return (uint32_t)room;
	}
	return base->bins_nbytes;
}

int hive_root_new(struct hive_image *img, reg_gap_fn gap, void *gap_arg,
		  struct reg_hive_report *report, struct reg_root **ret)
{
	struct hive_root *root = NULL;
	struct regf_base base;
	const uint8_t *p;
	bool implausible, is_short;
	int err;

	p = hive_image_at(img, 0, HIVE_BASE_NBYTES + 32);
	if (!p) {
		err = img->read_failed ? err_last()->err
				       : err_fail(ERR_CORRUPT, 0,
						  "the hive is too short");
		goto out;
	}
	regf_base_read(p, &base);
	p += HIVE_BASE_NBYTES;
	if (!base.has_signature && memcmp(p, "hbin", 4) != 0) {
		err = err_fail(ERR_CORRUPT, 0, "it is no registry hive");
		goto out;
	}
	root = mem_zalloc(sizeof(*root));
	if (!root) {
		err = err_nomem();
		goto out;
	}
	root->base.ops = &hive_ops;
	root->base.gap = gap;
	root->base.gap_arg = gap_arg;
	root->regf.bins_nbytes =
		usable_bins(&base, img->nbytes, &is_short, &implausible);
	root->regf.root = base.root;
	root->regf.img = img;
	if (!regf_find_root(&root->regf, &root->regf.root)) {
		err = err_fail(ERR_CORRUPT, 0,
			       "the hive has no readable root key");
		goto out;
	}
	if (is_short)
		tell_file(gap, gap_arg, SHORT_FILE);
	if (implausible)
		tell_file(gap, gap_arg, "the header of the hive is damaged");
	else if (root->regf.root != base.root)
		tell_file(gap, gap_arg,
			  "the header does not lead to the root key");
	report->truncated |= is_short;
	report->nbytes = img->nbytes;
	if (is_short || implausible || root->regf.root != base.root)
		report->damaged = true;
	root->img = *img;
	root->regf.img = &root->img;
	*ret = &root->base;
	return 0;
out:
	mem_free(root);
	hive_image_release(img);
	return err;
}

/* The hive is read as it stands; `refused` NULL: there is no log. */
static void tell_unrecovered(reg_gap_fn gap, void *gap_arg, const char *refused)
{
	struct str why = STR_INIT;

	str_add(&why, "the hive was not closed properly and ");
	if (refused)
		str_addf(&why, "its transaction log cannot be used: %s",
			 refused);
	else
		str_add(&why, "there is no transaction log with it");
	tell_file(gap, gap_arg, str_text(&why));
	str_release(&why);
}

/* Recovers `img`, all of it in memory, and fills the report. */
static int recover(struct hive_image *img, const struct bytes logs[3],
		   reg_gap_fn gap, void *gap_arg,
		   struct reg_hive_report *report)
{
	size_t nbytes = img->nbytes;
	struct replay_report r;
	struct regf_base base;
	int err;

	if (nbytes < HIVE_BASE_NBYTES)
		return err_fail(ERR_CORRUPT, 0, "the hive is too short");
	regf_base_read(img->data, &base);
	err = replay_run(&img->data, &img->nbytes, logs, &r);
	if (err)
		return err;
	report->was_dirty = r.was_dirty;
	report->logs_applied = r.was_applied;
	report->logs_missing = r.was_dirty && !r.was_applied;
	if (report->logs_missing)
		tell_unrecovered(gap, gap_arg, r.refused);
	/* The logs made it whole again, but with zeros where bytes are lost. */
	if (r.was_applied && base.has_signature && base.has_checksum &&
	    nbytes - HIVE_BASE_NBYTES < base.bins_nbytes) {
		report->truncated = true;
		report->damaged = true;
		tell_file(gap, gap_arg, SHORT_FILE);
	}
	return 0;
}

static int read_logs(const struct reg_hive_files *files, reg_gap_fn gap,
		     void *gap_arg, struct bytes logs_ret[3])
{
	char *beside[3] = { NULL, NULL, NULL };
	const char *paths[3];
	int err = 0;

	memcpy(paths, files->logs, sizeof(paths));
	if (!paths[0] && !paths[1] && !paths[2]) {
		err = hive_logs_beside(files->hive, beside);
		if (err)
			return err;
		for (int i = 0; i < 3; i++)
			paths[i] = beside[i];
	}
	for (int i = 0; i < 3; i++) {
		void *data = NULL;
		size_t nbytes = 0;

		if (!paths[i])
			continue;
		err = host_read_file(paths[i], LOG_MAX_NBYTES, &data, &nbytes);
		if (err == ERR_NOMEM)
			break;
		if (err && err != ERR_NOT_FOUND)
			tell_file(gap, gap_arg,
				  "a transaction log could not be read");
		err = 0;
		logs_ret[i].data = data;
		logs_ret[i].nbytes = nbytes;
	}
	for (int i = 0; i < 3; i++)
		mem_free(beside[i]);
	return err;
}

/*
 * Without a log there is nothing to recover, and with a hive that is too
 * large nothing can be: both are read in place as they stand.
 */
static int open_dirty(const struct reg_hive_files *files, bool has_signature,
		      struct hive_image *img, reg_gap_fn gap, void *gap_arg,
		      struct reg_hive_report *report)
{
	struct bytes logs[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	int err;

	report->was_dirty = true;
	err = read_logs(files, gap, gap_arg, logs);
	if (err)
		goto out;
	if (!logs[0].nbytes && !logs[1].nbytes && !logs[2].nbytes) {
		report->logs_missing = true;
		/* Without signature its damage is told, if it is a hive. */
		if (has_signature)
			tell_unrecovered(gap, gap_arg, NULL);
		goto out;
	}
	if (img->nbytes > RECOVER_MAX_NBYTES) {
		report->logs_missing = true;
		tell_unrecovered(gap, gap_arg, "the hive is too large for it");
		goto out;
	}
	/* What cannot be read stays zero and shows up as damage. */
	if (hive_image_load_all(img)) {
		report->damaged = true;
		tell_file(gap, gap_arg, "parts of the file cannot be read");
	}
	err = recover(img, logs, gap, gap_arg, report);
out:
	for (int i = 0; i < 3; i++)
		mem_free((void *)logs[i].data);
	return err;
}

/* Opens the file and looks at its base block. */
static int open_file(const char *path, struct host_file **file_ret,
		     uint64_t *size_ret, struct regf_base *base_ret)
{
	uint8_t block[REGF_BASE_NBYTES];
	uint8_t bin[4] = { 0 };
	struct host_file *file = NULL;
	struct host_stat st;
	size_t got = 0;
	int err;

	err = host_open(path, HOST_OPEN_NOATIME, &file);
	if (err) {
		if (err == ERR_UNSUPPORTED && !host_stat(path, true, &st) &&
		    st.type == HOST_DIR)
			err = err_fail(ERR_NOT_DIR, 0, "\"%.512s\" is a folder",
				       path);
		return err;
	}
	err = host_fstat(file, &st);
	if (!err && st.type == HOST_DIR)
		err = err_fail(ERR_NOT_DIR, 0, "\"%.512s\" is a folder", path);
	if (!err)
		err = host_pread(file, 0, block, sizeof(block), &got);
	if (!err && got < sizeof(block))
		err = err_fail(ERR_CORRUPT, 0, "\"%.512s\" is too short", path);
	if (!err)
		regf_base_read(block, base_ret);
	/* Before memory is taken for what may be 2 GB of anything. */
	if (!err && !base_ret->has_signature) {
		err = host_pread(file, HIVE_BASE_NBYTES, bin, sizeof(bin),
				 &got);
		if (!err && memcmp(bin, "hbin", 4) != 0)
			err = err_fail(ERR_CORRUPT, 0,
				       "\"%.512s\" is no registry hive", path);
	}
	if (err) {
		host_close(file);
		return err;
	}
	*file_ret = file;
	*size_ret = st.size;
	return 0;
}

int reg_open_hive(const struct reg_hive_files *files, reg_gap_fn gap,
		  void *gap_arg, struct reg_hive_report *report_ret,
		  struct reg_root **ret)
{
	struct reg_hive_report report = { 0 };
	struct host_file *file = NULL;
	struct hive_image img;
	struct regf_base base = { 0 };
	bool is_clean;
	uint64_t size = 0;
	int err;

	err = open_file(files->hive, &file, &size, &base);
	if (err)
		return err;
	is_clean = base.has_signature && base.has_checksum &&
		   base.seq1 == base.seq2;
	/* What lies behind the last bin is padding or an old remainder. */
	if (base.has_signature && base.has_checksum && base.bins_nbytes &&
	    size > (uint64_t)base.bins_nbytes + HIVE_BASE_NBYTES)
		size = (uint64_t)base.bins_nbytes + HIVE_BASE_NBYTES;
	if (size > HIVE_MAX_NBYTES) {
		host_close(file);
		return err_fail(ERR_TOO_LARGE, 0,
				"\"%.512s\" is larger than a hive can be",
				files->hive);
	}
	err = hive_image_init_file(&img, file, (size_t)size);
	if (err) {
		host_close(file);
		return err;
	}
	if (!is_clean) {
		err = open_dirty(files, base.has_signature, &img, gap, gap_arg,
				 &report);
		if (err) {
			hive_image_release(&img);
			return err;
		}
	}
	err = hive_root_new(&img, gap, gap_arg, &report, ret);
	if (!err && report_ret)
		*report_ret = report;
	return err;
}

int reg_open_memory(const void *data, size_t nbytes, reg_gap_fn gap,
		    void *gap_arg, struct reg_hive_report *report_ret,
		    struct reg_root **ret)
{
	static const struct bytes none[3];
	struct reg_hive_report report = { 0 };
	struct hive_image img;
	uint8_t *copy;
	int err;

	if (nbytes < HIVE_BASE_NBYTES)
		return err_fail(ERR_CORRUPT, 0, "the hive is too short");
	if (nbytes > HIVE_MAX_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0, "the hive is too large");
	copy = mem_dup(data, nbytes);
	if (!copy)
		return err_nomem();
	hive_image_init_memory(&img, copy, nbytes);
	err = recover(&img, none, gap, gap_arg, &report);
	if (err) {
		hive_image_release(&img);
		return err;
	}
	err = hive_root_new(&img, gap, gap_arg, &report, ret);
	if (!err && report_ret)
		*report_ret = report;
	return err;
}
