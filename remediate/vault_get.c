/*
 * What is in a vault item: its description, its bytes, all of it checked.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <string.h>

static int read_file(void *arg, void *buf, size_t nbytes, size_t *nread_ret)
{
	struct vault_source *s = arg;
	size_t n = 0;
	int err = host_pread(s->file, s->at, buf, nbytes, &n);

	if (err != 0)
		return err;
	s->at += n;
	*nread_ret = n;
	return 0;
}

int vault_source_open(struct host_file *file, const char *name,
		      struct vault_source *s)
{
	struct host_stat st;
	uint64_t want;
	int err;

	s->file = file;
	s->at = 0;
	s->reader = NULL;
	err = host_fstat(file, &st);
	if (err == 0)
		err = item_reader_new(name, read_file, s, &s->reader);
	if (err != 0)
		return err;
	want = item_reader_nbytes(s->reader);
	if (st.size == want)
		return 0;
	vault_source_close(s);
	return err_fail(ERR_CORRUPT, 0, W_VAULT_DAMAGED_END,
			st.size < want ? W_VAULT_END_CUT_OFF : W_VAULT_APPENDED,
			st.size, want, name);
}

void vault_source_close(struct vault_source *s)
{
	item_reader_free(s->reader);
	s->reader = NULL;
}

int vault_source_drain(struct vault_source *s)
{
	const uint8_t *data;
	size_t part, nbytes;
	int err;

	do {
		nbytes = 0;
		err = item_reader_next(s->reader, &part, &data, &nbytes);
	} while (err == 0 && nbytes > 0);
	return err;
}

int vault_heads_equal(const struct item_head *a, const struct item_head *b)
{
	struct str one = STR_INIT;
	struct str two = STR_INIT;
	int equal = 0;
	int err = item_head_encode(a, &one);

	if (err == 0)
		err = item_head_encode(b, &two);
	if (err == 0)
		equal = one.len == two.len &&
			memcmp(one.buf, two.buf, one.len) == 0;
	for (size_t i = 0; equal && i < a->part_count; i++)
		equal = memcmp(a->parts[i].sha256, b->parts[i].sha256, 32) == 0;
	str_release(&one);
	str_release(&two);
	return err != 0 ? -err : equal;
}

static int open_item(const char *path, struct host_file **file_ret,
		     struct vault_source *s)
{
	struct host_file *f = NULL;
	int err = host_open(
		path, HOST_OPEN_NOFOLLOW | HOST_OPEN_SEQ | HOST_OPEN_NOATIME,
		&f);

	if (err == 0)
		err = vault_source_open(f, path, s);
	if (err != 0) {
		host_close(f);
		return err;
	}
	*file_ret = f;
	return 0;
}

static int read_info(const char *path, bool all, struct vault_info *ret)
{
	struct host_file *f = NULL;
	struct vault_source s;
	struct item_head head;
	int err = open_item(path, &f, &s);

	if (err != 0)
		return err;
	if (all)
		err = vault_source_drain(&s);
	if (err == 0 && ret != NULL) {
		item_reader_take_head(s.reader, &head);
		*ret = head.info;
		memset(&head.info, 0, sizeof(head.info));
		item_head_release(&head);
	}
	vault_source_close(&s);
	host_close(f);
	return err;
}

int vault_read_info(const char *path, struct vault_info *ret)
{
	return read_info(path, false, ret);
}

int vault_verify(const char *path, struct vault_info *ret)
{
	return read_info(path, true, ret);
}

/* The bytes of one part into `data`, which has room for them. */
static int collect(struct vault_source *s, size_t wanted, uint8_t *data)
{
	const uint8_t *chunk;
	size_t part, nbytes, at = 0;
	int err;

	for (;;) {
		nbytes = 0;
		err = item_reader_next(s->reader, &part, &chunk, &nbytes);
		if (err != 0 || nbytes == 0)
			return err;
		if (part != wanted)
			continue;
		memcpy(data + at, chunk, nbytes);
		at += nbytes;
	}
}

static int find_part(const struct item_head *head, const char *name,
		     const char *path, size_t *part_ret)
{
	for (size_t i = 0; i < head->part_count; i++) {
		if (strcmp(head->parts[i].name, name) == 0) {
			*part_ret = i;
			return 0;
		}
	}
	return err_fail(ERR_NOT_FOUND, 0, W_VAULT_NO_PART, name, path);
}

static int read_part(const char *path, const char *name, size_t max_nbytes,
		     uint8_t **data_ret, size_t *nbytes_ret)
{
	struct host_file *f = NULL;
	struct vault_source s;
	uint8_t *data = NULL;
	uint64_t size;
	size_t part = 0;
	int err = open_item(path, &f, &s);

	if (err != 0)
		return err;
	err = find_part(item_reader_head(s.reader), name, path, &part);
	if (err != 0)
		goto out;
	size = item_reader_head(s.reader)->parts[part].nbytes;
	if (size > max_nbytes) {
		err = err_fail(ERR_TOO_LARGE, 0, W_VAULT_TOO_MANY_BYTES_MEMORY,
			       size, (uint64_t)max_nbytes, path);
		goto out;
	}
	data = mem_alloc((size_t)size);
	err = data == NULL ? err_nomem() : collect(&s, part, data);
	if (err != 0)
		goto out;
	*data_ret = data;
	*nbytes_ret = (size_t)size;
	data = NULL;
out:
	mem_free(data);
	vault_source_close(&s);
	host_close(f);
	return err;
}

int vault_read_bytes(const char *path, size_t max_nbytes, uint8_t **data_ret,
		     size_t *nbytes_ret)
{
	return read_part(path, "", max_nbytes, data_ret, nbytes_ret);
}

int vault_read_part(const char *path, const char *part, size_t max_nbytes,
		    uint8_t **data_ret, size_t *nbytes_ret)
{
	if (part[0] == '\0')
		return err_fail(ERR_INVALID, 0, W_VAULT_PART_HAS_NAME);
	return read_part(path, part, max_nbytes, data_ret, nbytes_ret);
}
