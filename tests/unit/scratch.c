/*
 * A folder of its own for each test, and files in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"
#include "scratch.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

#define FILE_MAX ((size_t)1 << 24)

char *scratch;
const char *scratch_base;

void scratch_make(const char *name)
{
	const bool on_windows = strcmp(host_kind(), "linux") != 0;
	char *temp = host_getenv(on_windows ? "TEMP" : "TMPDIR");
	char unique[64];
	uint64_t chance = 0;
	char *path;

	ck_assert_int_eq(host_random(&chance, sizeof(chance)), 0);
	snprintf(unique, sizeof(unique), "%s-%016" PRIx64, name, chance);
	path = host_join(temp != NULL ? temp : "/tmp", unique);
	/* Under Wine the variable may be a path of Unix, without a drive. */
	scratch = host_absolute_path(path);
	ck_assert_ptr_nonnull(scratch);
	ck_assert_msg(host_mkdir(scratch) == 0, "%s", err_last()->text);
	scratch_base = scratch;
	mem_free(path);
	mem_free(temp);
}

void scratch_release(void)
{
	mem_free(scratch);
	scratch = NULL;
	scratch_base = NULL;
}

char *in_scratch(const char *name)
{
	char *path = host_join(scratch, name);

	ck_assert_ptr_nonnull(path);
	return path;
}

void file_put(const char *path, const void *data, size_t nbytes)
{
	ck_assert_msg(host_write_file(path, data, nbytes) == 0, "%s",
		      err_last()->text);
}

void file_holds(const char *path, const void *want, size_t nbytes)
{
	void *data = NULL;
	size_t n = 0;

	ck_assert_msg(host_read_file(path, FILE_MAX, &data, &n) == 0, "%s",
		      err_last()->text);
	ck_assert_uint_eq(n, nbytes);
	ck_assert(n == 0 || memcmp(data, want, n) == 0);
	mem_free(data);
}

void file_make(const char *path, const char *text)
{
	file_put(path, text, strlen(text));
}

void file_is(const char *path, const char *text)
{
	file_holds(path, text, strlen(text));
}

bool is_there(const char *path)
{
	struct host_stat st;

	return host_stat(path, false, &st) == 0;
}

size_t entries(const char *path)
{
	struct host_dirent entry;
	struct host_dir *d = NULL;
	size_t count = 0;

	ck_assert_int_eq(host_dir_open(path, &d), 0);
	while (host_dir_next(d, &entry) > 0)
		count++;
	host_dir_close(d);
	return count;
}

struct host_place *place(const char *path)
{
	struct host_place *p = NULL;

	ck_assert_msg(host_place_open(scratch_base, path, &p) == 0, "%s",
		      err_last()->text);
	return p;
}

struct host_subject *subject(const char *path)
{
	struct host_place *p = place(path);
	struct host_subject *s = NULL;

	ck_assert_msg(host_subject_open(p, 0, &s) == 0, "%s", err_last()->text);
	host_place_close(p);
	return s;
}

struct host_new *new_file(const char *path, const char *text)
{
	struct host_place *p = place(path);
	struct host_new *n = NULL;

	ck_assert_msg(host_new_begin(p, &n) == 0, "%s", err_last()->text);
	host_place_close(p);
	ck_assert_int_eq(host_new_write(n, text, strlen(text)), 0);
	return n;
}
