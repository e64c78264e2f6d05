/*
 * From the file (or memory) to a root: clean hives in place, dirty ones
 * recovered in memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry/hive.h"

#include "base/err.h"
#include "base/mem.h"
#include "registry/replay.h"
#include "words/registry.h"

#include <string.h>

/*
 * A hive with its logs is recovered in memory up to this size; Windows' own
 * SOFTWARE hives stay below 200 MB.  A log is about as large as its hive.
 */
#define RECOVER_MAX_NBYTES ((size_t)512 << 20)
#define LOG_MAX_NBYTES	   RECOVER_MAX_NBYTES
/* What a hive grows by while its base block is not written: some MB. */
#define UNCOUNTED_MAX_NBYTES ((size_t)64 << 20)

/*
 * A bin whose header is damaged is passed over up to here; behind a longer
 * stretch that holds no bin nothing is looked for.
 */
#define BIN_SEARCH_NBYTES ((size_t)1 << 20)
#define BIN_HEADER_NBYTES 32u

/* The size of the bin at `at`, 0: there is none. */
static uint32_t bin_size(struct hive_image *img, size_t at)
{
	const uint8_t *p = hive_image_at(img, (uint64_t)HIVE_BASE_NBYTES + at,
					 BIN_HEADER_NBYTES);

	if (!p || memcmp(p, "hbin", 4) != 0 || bytes_le32(p + 4) != at ||
	    bytes_le32(p + 8) % 4096)
		return 0;
	return bytes_le32(p + 8);
}

/* The end of the last bin, where no base block tells the size. */
static size_t count_bins(struct hive_image *img, size_t room, unsigned *damage)
{
	size_t end = 0, at = 0;

	while (at < room && at - end < BIN_SEARCH_NBYTES) {
		uint32_t size = bin_size(img, at);

		if (size > room - at) {
			*damage |= REG_HIVE_SHORT;
			return room;
		}
		at += size ? size : 4096;
		if (size)
			end = at;
	}
	/* Not one: what can be read is read. */
	return end ? end : room;
}

/* How much behind the base block belongs to the bins. */
static uint32_t usable_bins(struct hive_image *img,
			    const struct regf_base *base, unsigned *damage)
{
	size_t room = img->nbytes - HIVE_BASE_NBYTES;

	if (room > HIVE_MAX_NBYTES - HIVE_BASE_NBYTES)
		room = HIVE_MAX_NBYTES - HIVE_BASE_NBYTES;
	if (!base->has_signature || !base->has_checksum) {
		*damage |= REG_HIVE_BAD_BASE;
		return (uint32_t)count_bins(img, room, damage);
	}
	if (!base->bins_nbytes || base->bins_nbytes % 4096 || base->major != 1)
		*damage |= REG_HIVE_BAD_HEADER;
	if (!base->bins_nbytes)
		return (uint32_t)room;
	if (base->bins_nbytes > room) {
		*damage |= REG_HIVE_SHORT;
		return (uint32_t)room;
	}
	return base->bins_nbytes;
}

/* Finds bins and root key; false without one. */
static bool find_root(struct hive_root *root, struct hive_image *img,
		      const struct regf_base *base, unsigned *damage)
{
	struct regf *r = &root->regf;
	struct regf_key key;

	r->img = img;
	r->bins_nbytes = usable_bins(img, base, damage);
	r->root = base->root;
	/* Of a base block that is not believed: any key could be meant. */
	if (*damage & REG_HIVE_BAD_BASE && regf_key_read(r, r->root, &key) &&
	    !(key.flags & REGF_KEY_HIVE_ENTRY))
		r->root = REGF_NO_CELL;
	if (!regf_find_root(r, &r->root))
		return false;
	if (r->root != base->root &&
	    !(*damage & (REG_HIVE_BAD_BASE | REG_HIVE_BAD_HEADER)))
		*damage |= REG_HIVE_BAD_ROOT;
	return true;
}

int hive_root_new(struct hive_image *img, reg_gap_fn gap, void *gap_arg,
		  struct reg_hive_report *report, struct reg_root **ret)
{
	struct hive_root *root = NULL;
	struct regf_base base;
	const uint8_t *p;
	int err;

	p = hive_image_at(img, 0, HIVE_BASE_NBYTES + 32);
	if (!p) {
		err = img->read_failed
			      ? err_last()->err
			      : err_fail(ERR_CORRUPT, 0, W_REGISTRY_TOO_SHORT);
		goto out;
	}
	regf_base_read(p, &base);
	p += HIVE_BASE_NBYTES;
	if (!base.has_signature && memcmp(p, "hbin", 4) != 0) {
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_NO_HIVE);
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
	if (!find_root(root, img, &base, &report->damage)) {
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_NO_ROOT);
		goto out;
	}
	report->truncated = (report->damage & REG_HIVE_SHORT) != 0;
	report->damaged = report->damage != 0;
	report->nbytes = img->nbytes;
	root->img = *img;
	root->regf.img = &root->img;
	*ret = &root->base;
	return 0;
out:
	mem_free(root);
	return err;
}

static void tell_cause(void *arg, bool lacks_newest, const char *why)
{
	const struct reg_root *root = arg;

	(void)lacks_newest;
	reg_note(root, "", why);
}

/* The last step of opening, which takes over `img`: `report_ret` may be NULL.
 */
static int open_root(struct hive_image *img, reg_gap_fn gap, void *gap_arg,
		     struct reg_hive_report *report,
		     struct reg_hive_report *report_ret, struct reg_root **ret)
{
	int err = hive_root_new(img, gap, gap_arg, report, ret);

	if (err) {
		hive_image_release(img);
		return err;
	}
	reg_hive_causes(report, tell_cause, *ret);
	if (report_ret)
		*report_ret = *report;
	return 0;
}

/* Recovers `img`, all of it in memory, and fills the report. */
static int recover(struct hive_image *img, const struct bytes logs[3],
		   struct reg_hive_report *report)
{
	struct replay_report r;
	int err;

	if (img->nbytes < HIVE_BASE_NBYTES)
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_TOO_SHORT);
	err = replay_run(&img->data, &img->nbytes, logs, &r);
	if (err)
		return err;
	report->was_dirty = r.was_dirty;
	report->logs_applied = r.was_applied;
	report->logs_missing = r.was_dirty && !r.was_applied;
	if (report->logs_missing && !report->logs_why)
		report->logs_why = r.refused;
	if (r.stopped)
		report->logs_why = r.stopped;
	return 0;
}

/* Short memory for a large log says more about the log; see hive_image.h. */
static int read_log(const char *path, struct bytes *ret, const char **why_ret)
{
	struct host_stat st = { .size = 0 };
	void *data = NULL;
	size_t nbytes = 0;
	int err = host_read_file(path, LOG_MAX_NBYTES, &data, &nbytes);

	if (err == ERR_NOMEM && !host_stat(path, true, &st))
		err = hive_image_no_memory(st.size);
	if (err == ERR_NOMEM)
		return err;
	if (err && err != ERR_NOT_FOUND)
		*why_ret = W_REGISTRY_LOG_UNREAD;
	ret->data = data;
	ret->nbytes = nbytes;
	return 0;
}

static int read_logs(const struct reg_hive_files *files,
		     struct bytes logs_ret[3], const char **why_ret)
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
	for (int i = 0; i < 3 && !err; i++)
		if (paths[i])
			err = read_log(paths[i], &logs_ret[i], why_ret);
	for (int i = 0; i < 3; i++)
		mem_free(beside[i]);
	return err;
}

/* What there is behind the base block of a hive whose size can be believed. */
static uint64_t counted_nbytes(const struct regf_base *base)
{
	if (!base->has_signature || !base->has_checksum || !base->bins_nbytes)
		return UINT64_MAX;
	return (uint64_t)base->bins_nbytes + HIVE_BASE_NBYTES;
}

/*
 * What lies behind the last bin is padding or an old remainder.  In a hive
 * that was not closed properly it can be bins, too: they are written before
 * the base block that counts them, and a log need not hold them again.
 */
static uint64_t usable_nbytes(uint64_t size, const struct regf_base *base,
			      bool is_clean)
{
	uint64_t most = counted_nbytes(base);

	if (!is_clean && most < RECOVER_MAX_NBYTES)
		most += UNCOUNTED_MAX_NBYTES;
	return size < most ? size : most;
}

/* After that the base block counts all of them. */
static void leave_tail(struct hive_image *img)
{
	const uint8_t *p = hive_image_at(img, 0, REGF_BASE_NBYTES);
	struct regf_base base;

	if (!p)
		return;
	regf_base_read(p, &base);
	img->nbytes = (size_t)usable_nbytes(img->nbytes, &base, true);
}

/*
 * Without a log there is nothing to recover, and with a hive that is too
 * large nothing can be: both are read in place as they stand.
 */
static int open_dirty(const struct reg_hive_files *files,
		      struct hive_image *img, struct reg_hive_report *report)
{
	struct bytes logs[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	int err;

	report->was_dirty = true;
	err = read_logs(files, logs, &report->logs_why);
	if (err)
		goto out;
	if (!logs[0].nbytes && !logs[1].nbytes && !logs[2].nbytes) {
		report->logs_missing = true;
		goto out;
	}
	if (img->nbytes > RECOVER_MAX_NBYTES) {
		report->logs_missing = true;
		report->logs_why = W_REGISTRY_TOO_LARGE_FOR_LOG;
		goto out;
	}
	/* What cannot be read stays zero and shows up as damage. */
	if (hive_image_load_all(img))
		report->damage |= REG_HIVE_UNREAD;
	err = recover(img, logs, report);
out:
	for (int i = 0; i < 3; i++)
		mem_free((void *)logs[i].data);
	leave_tail(img);
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
			err = err_fail(ERR_NOT_DIR, 0, W_REGISTRY_IS_FOLDER,
				       path);
		return err;
	}
	err = host_fstat(file, &st);
	if (!err && st.type == HOST_DIR)
		err = err_fail(ERR_NOT_DIR, 0, W_REGISTRY_IS_FOLDER, path);
	if (!err)
		err = host_pread(file, 0, block, sizeof(block), &got);
	if (!err && got < sizeof(block))
		err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_FILE_TOO_SHORT, path);
	if (!err)
		regf_base_read(block, base_ret);
	/* Before memory is taken for what may be 2 GB of anything. */
	if (!err && !base_ret->has_signature) {
		err = host_pread(file, HIVE_BASE_NBYTES, bin, sizeof(bin),
				 &got);
		if (!err && memcmp(bin, "hbin", 4) != 0)
			err = err_fail(ERR_CORRUPT, 0, W_REGISTRY_FILE_NO_HIVE,
				       path);
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
	size = usable_nbytes(size, &base, is_clean);
	if (size > HIVE_MAX_NBYTES) {
		host_close(file);
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_FILE_TOO_LARGE,
				files->hive);
	}
	err = hive_image_init_file(&img, file, (size_t)size);
	if (err) {
		host_close(file);
		return err;
	}
	if (!is_clean) {
		err = open_dirty(files, &img, &report);
		if (err) {
			hive_image_release(&img);
			return err;
		}
	}
	return open_root(&img, gap, gap_arg, &report, report_ret, ret);
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
		return err_fail(ERR_CORRUPT, 0, W_REGISTRY_TOO_SHORT);
	if (nbytes > HIVE_MAX_NBYTES)
		return err_fail(ERR_TOO_LARGE, 0, W_REGISTRY_TOO_LARGE);
	copy = mem_dup(data, nbytes);
	if (!copy)
		return err_nomem();
	hive_image_init_memory(&img, copy, nbytes);
	err = recover(&img, none, &report);
	if (err) {
		hive_image_release(&img);
		return err;
	}
	return open_root(&img, gap, gap_arg, &report, report_ret, ret);
}
