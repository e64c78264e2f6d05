/*
 * Saves a file that is held open, with its streams and its metadata, or a
 * hive with its logs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <sodium.h>
#include <string.h>

struct copying {
	struct host_subject *subject;
	const struct vault_part *more; /* NULL: the subject's streams */
	uint8_t *buf;		       /* ITEM_CHUNK_NBYTES */
};

/*
 * Exactly nbytes, and nothing behind them, else it is `changed`; `w` NULL: only
 * the digest. */
static int copy(struct host_file *f, uint64_t nbytes, const char *changed,
		uint8_t *buf, struct item_writer *w,
		crypto_hash_sha256_state *hash)
{
	uint64_t at = 0;

	for (;;) {
		size_t n = 0;
		int err = host_pread(f, at, buf, ITEM_CHUNK_NBYTES, &n);

		if (err != 0)
			return err;
		if (n == 0)
			return at == nbytes ? 0
					    : err_fail(ERR_CHANGED, 0, "%s",
						       changed);
		if (n > nbytes - at)
			return err_fail(ERR_CHANGED, 0, "%s", changed);
		if (w == NULL)
			crypto_hash_sha256_update(hash, buf, n);
		else
			err = item_writer_add(w, buf, n);
		if (err != 0)
			return err;
		at += n;
	}
}

static int fill_stream(struct copying *c, const struct item_part *part,
		       struct item_writer *w)
{
	struct host_file *f = NULL;
	int err = host_subject_open_stream(c->subject, part->name, &f);

	if (err != 0)
		return err;
	err = copy(f, part->nbytes, W_VAULT_STREAM_LENGTH, c->buf, w, NULL);
	host_close(f);
	return err;
}

static int fill_from_file(void *arg, const struct item_head *head,
			  struct item_writer *w)
{
	struct copying *c = arg;
	int err = copy(host_subject_file(c->subject), head->parts[0].nbytes,
		       W_VAULT_CONTENT_LENGTH, c->buf, w, NULL);

	for (size_t i = 1; err == 0 && i < head->part_count; i++)
		err = c->more == NULL ? fill_stream(c, &head->parts[i], w)
				      : item_writer_add(w, c->more[i - 1].data,
							c->more[i - 1].nbytes);
	return err != 0 ? err : host_subject_check(c->subject);
}

static int hash_file(struct copying *c, uint64_t nbytes, char hex_ret[65])
{
	crypto_hash_sha256_state hash;
	uint8_t raw[crypto_hash_sha256_BYTES];
	int err;

	crypto_hash_sha256_init(&hash);
	err = copy(host_subject_file(c->subject), nbytes,
		   W_VAULT_CONTENT_LENGTH, c->buf, NULL, &hash);
	if (err != 0)
		return err;
	crypto_hash_sha256_final(&hash, raw);
	sodium_bin2hex(hex_ret, 65, raw, sizeof(raw));
	return 0;
}

/* Before all of a file is read for its digest; vault_put_item() looks more
 * exactly. */
static int check_room(struct vault *v, const struct vec *parts)
{
	uint64_t nbytes = 0;

	for (size_t i = 0; i < parts->count; i++) {
		const struct item_part *part = vec_at(parts, i);

		if (part->nbytes > ITEM_PART_NBYTES_MAX)
			return err_fail(ERR_TOO_LARGE, 0,
					W_VAULT_TOO_MANY_BYTES_ITEM,
					part->nbytes);
		nbytes += part->nbytes;
	}
	return vault_check_space(v->path, nbytes);
}

static int on_stream(void *arg, const char *name, uint64_t size)
{
	return vault_add_part(arg, name, size);
}

int vault_put_file(struct vault *v, struct vault_info *info,
		   struct host_subject *subject, char **name_ret)
{
	struct copying c = { subject, NULL, NULL };
	struct vec parts = VEC_INIT(struct item_part, ITEM_PARTS_MAX);
	struct host_meta meta = { 0 };
	struct item_head head;
	struct host_stat st;
	int err = item_crypto_start();

	if (err == 0)
		err = host_subject_meta(subject, &meta);
	if (err == 0)
		err = host_fstat(host_subject_file(subject), &st);
	if (err == 0)
		err = vault_add_part(&parts, "", st.size);
	if (err == 0)
		err = host_subject_streams(subject, on_stream, &parts);
	if (err == 0)
		err = check_room(v, &parts);
	if (err != 0)
		goto out;
	c.buf = mem_alloc(ITEM_CHUNK_NBYTES);
	if (c.buf == NULL) {
		err = err_nomem();
		goto out;
	}
	vault_head_of(&head, info, &parts);
	head.info.meta = meta;
	if (head.info.sha256[0] == '\0')
		err = hash_file(&c, st.size, head.info.sha256);
	if (err == 0)
		err = vault_put_item(v, &head, fill_from_file, &c, name_ret);
	if (err != 0)
		goto out;
	host_meta_release(&info->meta);
	info->meta = meta;
	memset(&meta, 0, sizeof(meta));
	vault_tell(info, &head);
out:
	mem_free(c.buf);
	vault_parts_release(&parts);
	host_meta_release(&meta);
	return err;
}

int vault_put_hive(struct vault *v, struct vault_info *info,
		   struct host_subject *subject, const struct vault_part *logs,
		   size_t log_count, char **name_ret)
{
	struct copying c = { subject, logs, NULL };
	struct vec parts = VEC_INIT(struct item_part, ITEM_PARTS_MAX);
	struct item_head head;
	struct host_stat st;
	int err = item_crypto_start();

	if (err == 0)
		err = host_fstat(host_subject_file(subject), &st);
	if (err == 0)
		err = vault_add_part(&parts, "", st.size);
	for (size_t i = 0; err == 0 && i < log_count; i++)
		err = vault_add_part(&parts, logs[i].name, logs[i].nbytes);
	c.buf = mem_alloc(ITEM_CHUNK_NBYTES);
	if (err == 0 && c.buf == NULL)
		err = err_nomem();
	if (err == 0) {
		vault_head_of(&head, info, &parts);
		err = vault_put_item(v, &head, fill_from_file, &c, name_ret);
	}
	if (err == 0)
		vault_tell(info, &head);
	mem_free(c.buf);
	vault_parts_release(&parts);
	return err;
}
