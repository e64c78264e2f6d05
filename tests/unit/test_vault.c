/*
 * The vault as a folder, where every host must behave the same: saving,
 * listing, reading, restoring, and nothing left of what failed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "file_clock.h"
#include "scratch.h"
#include "vault_fixture.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

static char *vault_dir; /* scratch/mstmpsweep/vault */
static struct vault *vault;

static void setup(void)
{
	char *parent;

	scratch_make("vault");
	parent = in_scratch("mstmpsweep");
	vault_dir = host_join(parent, "vault");
	mem_free(parent);
	vault = NULL;
	ck_assert_msg(vault_open(scratch, vault_dir, true, true, &vault) == 0,
		      "%s", err_last()->text);
}

static void teardown(void)
{
	vault_close(vault);
	mem_free(vault_dir);
	scratch_release();
}

/* ---- small things ------------------------------------------------------- */

/* So many files in the vault beside its private folder, which is empty. */
static void vault_holds(size_t count)
{
	ck_assert_uint_eq(entries(vault_dir), count + 1);
	ck_assert_uint_eq(entries(vault_private_dir(vault)), 0);
}

/* What a caller of vault_put_file() fills in; nothing is to be freed. */
static struct vault_info given(enum vault_kind kind)
{
	struct vault_info info = vx_info(kind);

	memset(&info.meta, 0, sizeof(info.meta));
	return info;
}

/* Saves the file; the item's host path, which the caller frees. */
static char *save(const char *path, struct vault_info *info)
{
	struct host_subject *s = subject(path);
	char *name = NULL;
	char *item;

	ck_assert_msg(vault_put_file(vault, info, s, &name) == 0, "%s",
		      err_last()->text);
	host_subject_close(s);
	item = host_join(vault_dir, name);
	mem_free(name);
	return item;
}

static char *save_text(const char *text, enum vault_kind kind)
{
	struct vault_info info = given(kind);
	char *name = NULL;
	char *item;

	ck_assert_msg(vault_put_bytes(vault, &info, text, strlen(text), NULL, 0,
				      &name) == 0,
		      "%s", err_last()->text);
	item = host_join(vault_dir, name);
	mem_free(name);
	return item;
}

static int restore(const char *item, const char *to, bool with_meta)
{
	struct host_place *p = place(to);
	struct host_short name;
	int err = vault_restore_file(item, p, with_meta, &name);

	host_place_close(p);
	return err;
}

/* ---- the folder --------------------------------------------------------- */

START_TEST(opened)
{
	char *nowhere = in_scratch("nowhere");
	char *deep = host_join(nowhere, "vault");
	struct vault *v = NULL;

	ck_assert_str_eq(vault_path(vault), vault_dir);
	vault_holds(0);
	ck_assert_msg(vault_open(scratch, vault_dir, false, true, &v) == 0,
		      "%s", err_last()->text);
	vault_close(v);
	v = NULL;
	ck_assert_int_eq(vault_open(scratch, vault_dir, true, true, &v), 0);
	vault_close(v);
	v = NULL;
	/* Not there; nothing above the parent, or above another, is made. */
	ck_assert_int_eq(vault_open(scratch, nowhere, false, true, &v),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(vault_open(scratch, deep, true, true, &v),
			 ERR_NOT_FOUND);
	ck_assert_ptr_null(v);
	ck_assert(!is_there(nowhere));
	vault_close(NULL);
	mem_free(deep);
	mem_free(nowhere);
}

END_TEST

START_TEST(parent_is_the_base)
{
	char *parent = in_scratch("mstmpsweep");
	struct vault *v = NULL;

	/* The user vouches for what is given as base. */
	ck_assert_msg(vault_open(parent, vault_dir, false, true, &v) == 0, "%s",
		      err_last()->text);
	vault_close(v);
	mem_free(parent);
}

END_TEST

static void check_list(const char *const *want, size_t count)
{
	struct vec names;

	ck_assert_int_eq(vault_list(vault, &names), 0);
	ck_assert_uint_eq(names.count, count);
	for (size_t i = 0; i < count; i++) {
		char *name = *(char **)vec_at(&names, i);

		ck_assert_str_eq(name, want[i]);
		mem_free(name);
	}
	vec_release(&names);
}

START_TEST(listed)
{
	static const char *const made[] = { "b.mqv", "a.mqv", "c.mqv.reg",
					    "d.txt", ".mqv" };
	static const char *const want[] = { "a.mqv", "b.mqv" };
	char *folder = host_join(vault_dir, "folder.mqv");

	check_list(NULL, 0);
	for (size_t i = 0; i < 5; i++) {
		char *path = host_join(vault_dir, made[i]);

		file_put(path, "x", 1);
		mem_free(path);
	}
	ck_assert_int_eq(host_mkdir(folder), 0);
	check_list(want, 2);
	mem_free(folder);
}

END_TEST

/* ---- files -------------------------------------------------------------- */

static void check_round(const uint8_t *data, size_t nbytes)
{
	struct vault_info info = given(VAULT_FILE);
	struct vault_info got;
	char *original = in_scratch("original");
	char *restored = in_scratch("restored");
	uint8_t *bytes = NULL;
	size_t n = 0;
	char hex[65];
	char *item;

	file_put(original, data, nbytes);
	item = save(original, &info);
	vault_holds(1);
	file_holds(original, data, nbytes);
	digest_sha256_hex(data, nbytes, hex);
	ck_assert_str_eq(info.sha256, hex);
	ck_assert_uint_eq(info.nbytes, nbytes);
	ck_assert_uint_eq(info.stream_count, 0);
	ck_assert(info.meta.known & META_TIMES);
	ck_assert_int_eq(vault_read_info(item, &got), 0);
	vx_same_info(&got, &info);
	vault_info_release(&got);
	ck_assert_int_eq(vault_verify(item, &got), 0);
	vx_same_info(&got, &info);
	vault_info_release(&got);
	ck_assert_int_eq(vault_verify(item, NULL), 0);
	ck_assert_int_eq(vault_read_bytes(item, nbytes, &bytes, &n), 0);
	ck_assert_uint_eq(n, nbytes);
	ck_assert(n == 0 || memcmp(bytes, data, n) == 0);
	mem_free(bytes);
	ck_assert_msg(restore(item, restored, false) == 0, "%s",
		      err_last()->text);
	file_holds(restored, data, nbytes);
	host_unlink(restored);
	ck_assert_int_eq(host_unlink(item), 0);
	host_meta_release(&info.meta);
	mem_free(item);
	mem_free(restored);
	mem_free(original);
}

START_TEST(files)
{
	static const size_t sizes[] = { 0, 1, 65536, 65537, 300000 };
	static uint8_t data[300000];

	vx_fill(data, sizeof(data), 9);
	for (size_t i = 0; i < 5; i++)
		check_round(data, sizes[i]);
}

END_TEST

/* The original goes, comes back with what it carried. */
START_TEST(file_comes_back)
{
	struct vault_info info = given(VAULT_FILE);
	char *path = in_scratch("mstmp");
	char text[512] = "";
	struct host_subject *s;
	struct host_meta now;
	char *item;

	file_put(path, "MZ evil", 7);
	item = save(path, &info);
	/* So that a file made later has another time. */
	file_clock_moves_on(path);
	s = subject(path);
	ck_assert_int_eq(host_subject_remove(s, vault_private_dir(vault)), 0);
	host_subject_close(s);
	ck_assert(!is_there(path));
	ck_assert_msg(restore(item, path, true) == 0, "%s", err_last()->text);
	/* Before it is read, which may set the time of the last access. */
	s = subject(path);
	ck_assert_int_eq(host_subject_meta(s, &now), 0);
	ck_assert_msg(host_meta_differs(&info.meta, &now, text, sizeof(text)) ==
			      NULL,
		      "%s", text);
	ck_assert_int_eq(now.written, info.meta.written);
	host_subject_close(s);
	file_holds(path, "MZ evil", 7);
	host_meta_release(&now);
	host_meta_release(&info.meta);
	vault_holds(1);
	mem_free(item);
	mem_free(path);
}

END_TEST

START_TEST(names_of_items)
{
	struct vault_info info = given(VAULT_FILE);
	char *path = in_scratch("f");
	struct host_subject *s;
	char *name = NULL;

	file_put(path, "x", 1);
	s = subject(path);
	ck_assert_int_eq(vault_put_file(vault, &info, s, &name), 0);
	ck_assert_str_eq(name, VX_FIX_ID "-0007.mqv");
	mem_free(name);
	name = NULL;
	/* Never over an item. */
	ck_assert_int_eq(vault_put_file(vault, &info, s, &name), ERR_EXISTS);
	ck_assert_ptr_null(name);
	info.seq = 4000000000u;
	ck_assert_int_eq(vault_put_file(vault, &info, s, &name), 0);
	ck_assert_str_eq(name, VX_FIX_ID "-4000000000.mqv");
	mem_free(name);
	name = NULL;
	info.fix_id = (char *)"../../../../../../../../../etc/a";
	ck_assert_int_eq(vault_put_file(vault, &info, s, &name), ERR_INVALID);
	info.fix_id = NULL;
	ck_assert_int_eq(vault_put_file(vault, &info, s, &name), ERR_INVALID);
	ck_assert_ptr_null(name);
	vault_holds(2);
	host_subject_close(s);
	host_meta_release(&info.meta);
	mem_free(path);
}

END_TEST

/* What was judged is what is saved, or nothing is. */
START_TEST(other_content)
{
	struct vault_info info = given(VAULT_FILE);
	char *path = in_scratch("f");
	struct host_subject *s;
	char *name = NULL;

	file_put(path, "today", 5);
	digest_sha256_hex("yesterday", 9, info.sha256);
	s = subject(path);
	ck_assert_int_eq(vault_put_file(vault, &info, s, &name), ERR_CHANGED);
	ck_assert_ptr_null(name);
	/* Outputs are as they were. */
	ck_assert_uint_eq(info.meta.known, 0);
	ck_assert_uint_eq(info.nbytes, 0);
	vault_holds(0);
	digest_sha256_hex("today", 5, info.sha256);
	ck_assert_int_eq(vault_put_file(vault, &info, s, &name), 0);
	vault_holds(1);
	file_holds(path, "today", 5);
	host_subject_close(s);
	host_meta_release(&info.meta);
	mem_free(name);
	mem_free(path);
}

END_TEST

/* ---- bytes -------------------------------------------------------------- */

START_TEST(bytes_saved)
{
	const enum vault_kind kind = (enum vault_kind)_i;
	struct vault_info info = vx_info(kind);
	struct vault_info got;
	static uint8_t log[70000];
	const struct vault_part parts[] = { { ".LOG1", log, sizeof(log) },
					    { ".LOG2", NULL, 0 } };
	uint8_t *data = NULL;
	char *name = NULL;
	size_t n = 0;
	char *item;

	vx_fill(log, sizeof(log), 5);
	ck_assert_msg(
		vault_put_bytes(vault, &info, "regf", 4, parts, 2, &name) == 0,
		"%s", err_last()->text);
	ck_assert_uint_eq(info.nbytes, 4);
	ck_assert_uint_eq(info.stream_count, 2);
	vault_holds(1);
	item = host_join(vault_dir, name);
	ck_assert_int_eq(vault_verify(item, &got), 0);
	vx_same_info(&got, &info);
	vault_info_release(&got);
	ck_assert_int_eq(vault_read_bytes(item, 3, &data, &n), ERR_TOO_LARGE);
	ck_assert_int_eq(vault_read_bytes(item, 4, &data, &n), 0);
	ck_assert_uint_eq(n, 4);
	ck_assert_mem_eq(data, "regf", 4);
	mem_free(data);
	data = NULL;
	ck_assert_int_eq(vault_read_part(item, ".LOG1", 70000, &data, &n), 0);
	ck_assert_uint_eq(n, 70000);
	ck_assert_mem_eq(data, log, n);
	mem_free(data);
	data = NULL;
	ck_assert_int_eq(vault_read_part(item, ".LOG2", 0, &data, &n), 0);
	ck_assert_uint_eq(n, 0);
	mem_free(data);
	data = NULL;
	ck_assert_int_eq(vault_read_part(item, ".LOG3", 9, &data, &n),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(vault_read_part(item, ".log1", 99999, &data, &n),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(vault_read_part(item, "", 99999, &data, &n),
			 ERR_INVALID);
	ck_assert_ptr_null(data);
	mem_free(name);
	mem_free(item);
}

END_TEST

START_TEST(bytes_refused)
{
	struct vault_info info = given(VAULT_HIVE);
	const struct vault_part wrong = { "a:b", "x", 1 };
	char *name = NULL;

	ck_assert_int_eq(
		vault_put_bytes(vault, &info, "x", 1, &wrong, 1, &name),
		ERR_INVALID);
	digest_sha256_hex("y", 1, info.sha256);
	ck_assert_int_eq(vault_put_bytes(vault, &info, "x", 1, NULL, 0, &name),
			 ERR_CHANGED);
	info.sha256[0] = '\0';
	info.value_name = (char *)"v";
	ck_assert_int_eq(vault_put_bytes(vault, &info, "x", 1, NULL, 0, &name),
			 ERR_INVALID);
	ck_assert_ptr_null(name);
	vault_holds(0);
}

END_TEST

/* Of a hive the hive alone; of a key nothing. */
START_TEST(bytes_restored)
{
	struct vault_info info = given(VAULT_HIVE);
	const struct vault_part log = { ".LOG1", "log", 3 };
	char *to = in_scratch("to");
	char *name = NULL;
	char *item;

	ck_assert_int_eq(
		vault_put_bytes(vault, &info, "regf", 4, &log, 1, &name), 0);
	item = host_join(vault_dir, name);
	ck_assert_msg(restore(item, to, true) == 0, "%s", err_last()->text);
	file_holds(to, "regf", 4);
	ck_assert_uint_eq(entries(scratch), 2);
	ck_assert_int_eq(host_unlink(to), 0);
	ck_assert_int_eq(host_unlink(item), 0);
	mem_free(item);
	item = save_text("tree", VAULT_KEY);
	ck_assert_int_eq(restore(item, to, false), ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "key"));
	ck_assert(!is_there(to));
	mem_free(item);
	mem_free(name);
	mem_free(to);
}

END_TEST

/* ---- texts beside items ------------------------------------------------- */

START_TEST(texts)
{
	static const char *const wrong[] = {
		"",	 ".",	  "..",	  ".reg", "a/b",  "a\\b", "a:b",
		"a.mqv", "A.MQV", "a\nb", "a b",  "../a", "a.",
	};
	char *path = host_join(vault_dir, VX_FIX_ID "-0007.reg");

	ck_assert_msg(vault_put_text(vault, VX_FIX_ID "-0007.reg", "text", 4) ==
			      0,
		      "%s", err_last()->text);
	file_holds(path, "text", 4);
	ck_assert_int_eq(
		vault_put_text(vault, VX_FIX_ID "-0007.reg", "other", 5),
		ERR_EXISTS);
	file_holds(path, "text", 4);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_int_eq(vault_put_text(vault, wrong[i], "x", 1),
				 ERR_INVALID);
	vault_holds(1);
	mem_free(path);
}

END_TEST

/* ---- damage ------------------------------------------------------------- */

START_TEST(restore_refuses)
{
	struct vault_info info = given(VAULT_FILE);
	char *path = in_scratch("f");
	char *to = in_scratch("to");
	char *item;

	file_put(path, "saved", 5);
	item = save(path, &info);
	file_put(to, "new", 3);
	ck_assert_int_eq(restore(item, to, true), ERR_EXISTS);
	ck_assert_ptr_nonnull(strstr(err_last()->text, to));
	file_holds(to, "new", 3);
	/* A folder of that name is something, too. */
	host_unlink(to);
	ck_assert_int_eq(host_mkdir(to), 0);
	ck_assert_int_eq(restore(item, to, true), ERR_EXISTS);
	host_meta_release(&info.meta);
	mem_free(item);
	mem_free(to);
	mem_free(path);
}

END_TEST

/* Every byte of an item on the disk; nothing of it is restored. */
START_TEST(damaged)
{
	struct vault_info info = given(VAULT_FILE);
	char *path = in_scratch("f");
	char *to = in_scratch("to");
	struct vault_info got;
	void *data = NULL;
	uint8_t *bytes = NULL;
	size_t nbytes = 0, n;
	char *item;

	file_put(path, "saved", 5);
	item = save(path, &info);
	host_meta_release(&info.meta);
	ck_assert_int_eq(host_read_file(item, 65536, &data, &nbytes), 0);
	for (size_t i = 0; i < nbytes; i++) {
		((uint8_t *)data)[i] ^= 0x10;
		file_put(item, data, nbytes);
		ck_assert_int_eq(vault_verify(item, &got), ERR_CORRUPT);
		ck_assert_ptr_nonnull(strstr(err_last()->text, item));
		ck_assert_int_eq(restore(item, to, false), ERR_CORRUPT);
		ck_assert(!is_there(to));
		ck_assert_int_eq(vault_read_bytes(item, 9, &bytes, &n),
				 ERR_CORRUPT);
		ck_assert_ptr_null(bytes);
		((uint8_t *)data)[i] ^= 0x10;
	}
	/* Too short or too long: the description alone tells. */
	for (size_t i = 0; i < nbytes; i += 13) {
		file_put(item, data, i);
		ck_assert_int_eq(vault_read_info(item, &got), ERR_CORRUPT);
		ck_assert_int_eq(restore(item, to, false), ERR_CORRUPT);
	}
	file_put(item, data, nbytes - 1);
	ck_assert_int_eq(vault_read_info(item, &got), ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(err_last()->text, "cut off"));
	file_put(item, data, nbytes);
	ck_assert_int_eq(vault_read_info(item, &got), 0);
	vault_info_release(&got);
	ck_assert(!is_there(to));
	/* Beside the vault and the saved file nothing was made. */
	ck_assert_uint_eq(entries(scratch), 2);
	mem_free(data);
	mem_free(item);
	mem_free(to);
	mem_free(path);
}

END_TEST

START_TEST(not_there)
{
	char *path = host_join(vault_dir, "none.mqv");
	char *to = in_scratch("to");
	struct vault_info got;

	ck_assert_int_eq(vault_read_info(path, &got), ERR_NOT_FOUND);
	ck_assert_int_eq(restore(path, to, true), ERR_NOT_FOUND);
	ck_assert(!is_there(to));
	mem_free(to);
	mem_free(path);
}

END_TEST

/* ---- memory ------------------------------------------------------------- */

#define TRIES 400

/* Saving with the n-th allocation failing, for each n. */
static void check_put_memory(int (*put)(struct host_subject *s, char **name),
			     const char *path)
{
	int n;

	for (n = 1; n < TRIES; n++) {
		struct host_subject *s = subject(path);
		char *name = NULL;
		int err;

		mem_fail_after(n);
		err = put(s, &name);
		mem_fail_after(0);
		host_subject_close(s);
		file_holds(path, "saved", 5);
		if (err == 0) {
			mem_free(name);
			break;
		}
		ck_assert_msg(err == ERR_NOMEM, "%d: %d %s", n, err,
			      err_last()->text);
		ck_assert_ptr_null(name);
		vault_holds(0);
	}
	ck_assert_int_gt(n, 10);
	ck_assert_int_lt(n, TRIES);
	vault_holds(1);
}

static int put_file(struct host_subject *s, char **name)
{
	struct vault_info info = given(VAULT_FILE);
	int err = vault_put_file(vault, &info, s, name);

	host_meta_release(&info.meta);
	return err;
}

static int put_bytes(struct host_subject *s, char **name)
{
	struct vault_info info = vx_info(VAULT_VALUE);
	const struct vault_part part = { "p", "q", 1 };

	(void)s;
	return vault_put_bytes(vault, &info, "tree", 4, &part, 1, name);
}

START_TEST(memory_short_put)
{
	char *path = in_scratch("f");

	file_put(path, "saved", 5);
	check_put_memory(_i == 0 ? put_file : put_bytes, path);
	mem_free(path);
}

END_TEST

static char *memory_item;
static char *memory_to;

static int do_restore(struct host_place *to)
{
	struct host_short name;

	return vault_restore_file(memory_item, to, true, &name);
}

static int do_read(struct host_place *to)
{
	uint8_t *data = NULL;
	size_t n;
	int err = vault_read_bytes(memory_item, 99, &data, &n);

	(void)to;
	mem_free(data);
	return err;
}

static int do_info(struct host_place *to)
{
	struct vault_info info;
	int err = vault_verify(memory_item, &info);

	(void)to;
	if (err == 0)
		vault_info_release(&info);
	return err;
}

static int do_list(struct host_place *to)
{
	struct vec names;
	int err = vault_list(vault, &names);

	(void)to;
	if (err != 0)
		return err;
	for (size_t i = 0; i < names.count; i++)
		mem_free(*(char **)vec_at(&names, i));
	vec_release(&names);
	return 0;
}

static int do_open(struct host_place *to)
{
	struct vault *v = NULL;
	int err = vault_open(scratch, vault_dir, true, true, &v);

	(void)to;
	vault_close(v);
	return err;
}

static int do_text(struct host_place *to)
{
	(void)to;
	return vault_put_text(vault, "a.reg", "x", 1);
}

START_TEST(memory_short_rest)
{
	static int (*const calls[])(struct host_place * to) = {
		do_restore, do_read, do_info, do_list, do_open, do_text
	};
	struct vault_info info = given(VAULT_FILE);
	char *path = in_scratch("f");
	int n;

	file_put(path, "saved", 5);
	memory_to = in_scratch("to");
	memory_item = save(path, &info);
	host_meta_release(&info.meta);
	for (n = 1; n < TRIES; n++) {
		struct host_place *p = place(memory_to);
		int err;

		mem_fail_after(n);
		err = calls[_i](p);
		mem_fail_after(0);
		host_place_close(p);
		if (err == 0)
			break;
		ck_assert_msg(err == ERR_NOMEM, "%d: %d %s", n, err,
			      err_last()->text);
		ck_assert(!is_there(memory_to));
		ck_assert_uint_eq(entries(scratch), 2);
		vault_holds(1);
	}
	ck_assert_int_gt(n, 2);
	ck_assert_int_lt(n, TRIES);
	mem_free(memory_item);
	mem_free(memory_to);
	mem_free(path);
}

END_TEST

/* What a power cut leaves of an item goes; what is not ours to judge stays. */
START_TEST(half_written)
{
	static const struct {
		const char *name;
		bool stays;
	} rows[] = {
		{ "put-0123456789abcdef.tmp", false },
		{ "put-fedcba9876543210.tmp", false },
		{ "put-0123456789abcdef.tmp.bak", true },
		{ "output-0123456789abcdef.tmp", true },
		{ "put-.mqv", true },
		{ "put-.tmp", true },
		{ "removing-0123456789abcdef", true },
		{ "restart-00-1", true },
	};

	const size_t count = sizeof(rows) / sizeof(rows[0]);
	char *folder = host_join(vault_private_dir(vault), "put-folder.tmp");

	ck_assert_int_eq(host_mkdir(folder), 0);
	for (size_t i = 0; i < count; i++) {
		char *path = host_join(vault_private_dir(vault), rows[i].name);

		file_put(path, "x", 1);
		mem_free(path);
	}
	ck_assert_int_eq(vault_clear_temps(vault), 0);
	for (size_t i = 0; i < count; i++) {
		char *path = host_join(vault_private_dir(vault), rows[i].name);

		ck_assert_msg(is_there(path) == rows[i].stays, "%s",
			      rows[i].name);
		mem_free(path);
	}
	ck_assert(is_there(folder));
	mem_free(folder);
}

END_TEST

static Suite *vault_suite(void)
{
	Suite *s = suite_create("vault");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, opened);
	tcase_add_test(tc, parent_is_the_base);
	tcase_add_test(tc, listed);
	tcase_add_test(tc, files);
	tcase_add_test(tc, file_comes_back);
	tcase_add_test(tc, names_of_items);
	tcase_add_test(tc, other_content);
	tcase_add_loop_test(tc, bytes_saved, 0, VAULT_KIND_COUNT);
	tcase_add_test(tc, bytes_refused);
	tcase_add_test(tc, bytes_restored);
	tcase_add_test(tc, texts);
	tcase_add_test(tc, restore_refuses);
	tcase_add_test(tc, damaged);
	tcase_add_test(tc, not_there);
	tcase_add_test(tc, half_written);
	tcase_add_loop_test(tc, memory_short_put, 0, 2);
	tcase_add_loop_test(tc, memory_short_rest, 0, 6);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_SUITE(vault_suite)
