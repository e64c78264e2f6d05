/*
 * Puts a saved file back, from an item that was wholly checked before.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <string.h>

/* A hive's further parts are its logs, files of their own. */
static size_t parts_restored(const struct item_head *head)
{
	return head->info.kind == VAULT_HIVE ? 1 : head->part_count;
}

/* Only a convenience: the writing itself says if the disk is full. */
static int check_space(const struct item_head *head, const char *path)
{
	const size_t count = parts_restored(head);
	char *dir = host_dirname(path);
	uint64_t nbytes = 0;
	int err;

	if (dir == NULL)
		return err_nomem();
	for (size_t i = 0; i < count; i++)
		nbytes += head->parts[i].nbytes;
	err = vault_check_space(dir, nbytes);
	mem_free(dir);
	return err == ERR_NO_SPACE ? err : 0;
}

/*
 * What is behind `n` is given up by the caller if this fails; so a byte that
 * turns out wrong in this second reading never gets the file's name.
 */
static int copy_parts(struct vault_source *s, struct host_new *n)
{
	const struct item_head *head = item_reader_head(s->reader);
	const size_t count = parts_restored(head);
	const uint8_t *data;
	size_t part, nbytes, now = 0;
	int err;

	for (;;) {
		nbytes = 0;
		part = 0;
		err = item_reader_next(s->reader, &part, &data, &nbytes);
		if (err != 0)
			return err;
		/* Streams without a byte are made as well. */
		while (now + 1 < count && (nbytes == 0 || now < part)) {
			err = host_new_stream(n, head->parts[++now].name);
			if (err != 0)
				return err;
		}
		if (nbytes == 0)
			return 0;
		if (part >= count)
			continue;
		err = host_new_write(n, data, nbytes);
		if (err != 0)
			return err;
	}
}

/* Reads it all once; the head is handed over for the comparison. */
static int verify(struct host_file *f, const char *path,
		  struct item_head *head_ret)
{
	struct vault_source s;
	int err = vault_source_open(f, path, &s);

	if (err != 0)
		return err;
	err = vault_source_drain(&s);
	if (err == 0)
		item_reader_take_head(s.reader, head_ret);
	vault_source_close(&s);
	return err;
}

static int write_file(struct host_file *f, const char *path,
		      const struct item_head *checked, struct host_place *to,
		      bool with_meta, struct host_short *short_ret)
{
	struct host_new *n = NULL;
	struct vault_source s;
	int equal;
	int err = vault_source_open(f, path, &s);

	if (err != 0)
		return err;
	err = host_new_begin(to, &n);
	if (err != 0)
		goto out;
	host_new_spare_short(n, short_ret);
	err = copy_parts(&s, n);
	if (err == 0) {
		equal = vault_heads_equal(checked, item_reader_head(s.reader));
		if (equal < 0)
			err = -equal;
		else if (equal == 0)
			err = err_fail(ERR_CHANGED, 0, W_VAULT_ITEM_CHANGED,
				       path);
	}
	if (err == 0)
		err = host_new_finish(n,
				      with_meta ? &checked->info.meta : NULL);
	else
		host_new_abort(n);
out:
	vault_source_close(&s);
	return err;
}

int vault_restore_file(const char *path, struct host_place *to, bool with_meta,
		       struct host_short *short_ret)
{
	struct item_head head = { 0 };
	struct host_file *f = NULL;
	int is_there;
	int err = host_open(path, HOST_OPEN_NOFOLLOW | HOST_OPEN_NOATIME, &f);

	memset(short_ret, 0, sizeof(*short_ret));
	if (err != 0)
		return err;
	err = verify(f, path, &head);
	if (err != 0)
		goto out;
	if (head.info.kind != VAULT_FILE && head.info.kind != VAULT_HIVE) {
		err = head.info.kind == VAULT_KEY
			      ? err_fail(ERR_UNSUPPORTED, 0,
					 W_VAULT_ITEM_NO_FILE_KEY, path)
			      : err_fail(ERR_UNSUPPORTED, 0,
					 W_VAULT_ITEM_NO_FILE_VALUE, path);
		goto out;
	}
	is_there = host_place_exists(to);
	if (is_there != 0) {
		err = is_there < 0
			      ? -is_there
			      : err_fail(ERR_EXISTS, 0, W_VAULT_SOMETHING_THERE,
					 host_place_path(to));
		goto out;
	}
	err = check_space(&head, host_place_path(to));
	if (err == 0)
		err = write_file(f, path, &head, to, with_meta, short_ret);
out:
	item_head_release(&head);
	host_close(f);
	return err;
}
