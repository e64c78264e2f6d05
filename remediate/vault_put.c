/*
 * Saves into the vault: write, read back through the handle that is then
 * renamed, compare, rename without replacing.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_internal.h"
#include "base/err.h"
#include "base/mem.h"

#include <sodium.h>
#include <string.h>

/* Gives the parts' bytes to the writer, one part after the other. */
typedef int (*fill_fn)(void *arg, const struct item_head *head,
		       struct item_writer *w);

struct put {
	struct vault *v;
	struct item_head *head;
	char *name;	 /* in the vault */
	char *temp_path; /* in the private folder */
	struct host_place *temp;
	struct host_place *final;
};

static int write_new(void *arg, const void *data, size_t nbytes)
{
	return host_new_write(arg, data, nbytes);
}

/* ---- the item as a file ------------------------------------------------- */

/* Names and paths, both places opened. */
static int begin(struct put *p)
{
	const struct vault_info *info = &p->head->info;
	char name[64];
	char *path = NULL;
	uint64_t number;
	int err = host_random(&number, sizeof(number));

	if (err != 0)
		return err;
	snprintf(name, sizeof(name), "put-%016" PRIx64 ".tmp", number);
	p->temp_path = host_join(p->v->private_dir, name);
	snprintf(name, sizeof(name), "%.32s-%04" PRIu32 ".mqv", info->fix_id,
		 info->seq);
	p->name = mem_strdup(name);
	path = host_join(p->v->path, name);
	if (p->name == NULL || path == NULL || p->temp_path == NULL)
		err = vault_nomem();
	if (err == 0)
		err = host_place_open(p->v->base, p->temp_path, &p->temp);
	if (err == 0)
		err = host_place_open(p->v->base, path, &p->final);
	mem_free(path);
	return err;
}

/*
 * Nothing is written before it is known that the item can be, and nothing of
 * `head` becomes a path before it was checked.
 */
static int check_space(struct vault *v, const struct item_head *head)
{
	struct str text = STR_INIT;
	int err = item_head_encode(head, &text);
	const uint64_t nbytes = err != 0 ? 0 : item_nbytes(text.len, head);

	str_release(&text);
	return err != 0 ? err : vault_check_space(v->path, nbytes);
}

static int check_free_name(struct put *p)
{
	int is_there = host_place_exists(p->final);

	if (is_there < 0)
		return -is_there;
	if (is_there == 0)
		return 0;
	return err_fail(ERR_EXISTS, 0,
			"the vault item is there already: "
			"\"%s\"",
			host_place_path(p->final));
}

static int write_item(struct put *p, fill_fn fill, void *arg)
{
	struct item_writer *w = NULL;
	struct host_new *n = NULL;
	int err = host_new_begin(p->temp, &n);

	if (err != 0)
		return err;
	err = item_writer_new(p->head, write_new, n, &w);
	if (err == 0)
		err = fill(arg, p->head, w);
	if (err == 0)
		err = item_writer_finish(w);
	item_writer_free(w);
	if (err != 0) {
		host_new_abort(n);
		return err;
	}
	return host_new_finish(n, NULL);
}

static int read_back(struct put *p, struct host_subject *s)
{
	struct vault_source source;
	int equal;
	int err =
		vault_source_open(host_subject_file(s), p->temp_path, &source);

	if (err != 0)
		return err;
	err = vault_source_drain(&source);
	if (err == 0) {
		equal = vault_heads_equal(p->head,
					  item_reader_head(source.reader));
		if (equal < 0)
			err = -equal;
		else if (equal == 0)
			err = err_fail(ERR_IO, 0,
				       "the vault item reads back otherwise "
				       "than it was written: \"%s\"",
				       p->temp_path);
	}
	vault_source_close(&source);
	return err;
}

/*
 * Takes back what was written, under whichever name the handle has it by
 * now.  The reason of the failure stays the newest.
 */
static void withdraw(struct put *p, struct host_subject *s)
{
	const struct err_info why = *err_last();

	if (s == NULL || host_subject_remove(s, p->v->private_dir) != 0)
		host_unlink(p->temp_path);
	err_fail(why.err, why.os_error, "%s", why.text);
}

/* The handle that was read is the one that is renamed. */
static int publish(struct put *p)
{
	struct host_subject *s = NULL;
	int err = host_subject_open(p->temp, 0, &s);

	if (err == 0)
		err = read_back(p, s);
	if (err == 0)
		err = host_subject_rename(s, p->final, p->v->private_dir);
	if (err == 0)
		err = host_flush_dir(p->v->path);
	if (err != 0)
		withdraw(p, s);
	host_subject_close(s);
	return err;
}

static int put(struct vault *v, struct item_head *head, fill_fn fill, void *arg,
	       char **name_ret)
{
	struct put p = { .v = v, .head = head };
	int err = check_space(v, head);

	if (err == 0)
		err = begin(&p);
	if (err == 0)
		err = check_free_name(&p);
	if (err == 0)
		err = write_item(&p, fill, arg);
	if (err == 0)
		err = publish(&p);
	if (err == 0) {
		*name_ret = p.name;
		p.name = NULL;
	}
	host_place_close(p.final);
	host_place_close(p.temp);
	mem_free(p.temp_path);
	mem_free(p.name);
	return err;
}

/* ---- heads -------------------------------------------------------------- */

static int add_part(struct vec *parts, const char *name, uint64_t nbytes)
{
	struct item_part *part;

	if (parts->count == ITEM_PARTS_MAX)
		return err_fail(ERR_TOO_LARGE, 0,
				"more than %u streams do not go into one "
				"vault item",
				ITEM_PARTS_MAX - 1);
	part = vec_push(parts);
	if (part == NULL)
		return vault_nomem();
	part->nbytes = nbytes;
	part->name = mem_strdup(name);
	return part->name == NULL ? vault_nomem() : 0;
}

static void parts_release(struct vec *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		mem_free(((struct item_part *)vec_at(parts, i))->name);
	vec_release(parts);
}

/* Texts and, for bytes, metadata stay the caller's. */
static void head_of(struct item_head *head, const struct vault_info *info,
		    const struct vec *parts)
{
	memset(head, 0, sizeof(*head));
	head->info = *info;
	head->parts = parts->items;
	head->part_count = parts->count;
}

static void tell(struct vault_info *info, const struct item_head *head)
{
	info->nbytes = head->parts[0].nbytes;
	info->stream_count = (uint32_t)head->part_count - 1;
	memcpy(info->sha256, head->info.sha256, sizeof(info->sha256));
}

/* ---- files -------------------------------------------------------------- */

struct copying {
	struct host_subject *subject;
	uint8_t *buf; /* ITEM_CHUNK_NBYTES */
};

static int changed(const char *what)
{
	return err_fail(ERR_CHANGED, 0,
			"the file was changed while it was saved: its %s "
			"has another length",
			what);
}

/* Exactly nbytes, and nothing behind them; `w` NULL: only the digest. */
static int copy(struct host_file *f, uint64_t nbytes, const char *what,
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
			return at == nbytes ? 0 : changed(what);
		if (n > nbytes - at)
			return changed(what);
		if (w == NULL)
			crypto_hash_sha256_update(hash, buf, n);
		else
			err = item_writer_add(w, buf, n);
		if (err != 0)
			return err;
		at += n;
	}
}

static int fill_from_file(void *arg, const struct item_head *head,
			  struct item_writer *w)
{
	struct copying *c = arg;
	int err = copy(host_subject_file(c->subject), head->parts[0].nbytes,
		       "content", c->buf, w, NULL);

	for (size_t i = 1; err == 0 && i < head->part_count; i++) {
		struct host_file *f = NULL;

		err = host_subject_open_stream(c->subject, head->parts[i].name,
					       &f);
		if (err != 0)
			break;
		err = copy(f, head->parts[i].nbytes, "stream", c->buf, w, NULL);
		host_close(f);
	}
	return err != 0 ? err : host_subject_check(c->subject);
}

static int hash_file(struct copying *c, uint64_t nbytes, char hex_ret[65])
{
	crypto_hash_sha256_state hash;
	uint8_t raw[crypto_hash_sha256_BYTES];
	int err;

	crypto_hash_sha256_init(&hash);
	err = copy(host_subject_file(c->subject), nbytes, "content", c->buf,
		   NULL, &hash);
	if (err != 0)
		return err;
	crypto_hash_sha256_final(&hash, raw);
	sodium_bin2hex(hex_ret, 65, raw, sizeof(raw));
	return 0;
}

/* Before all of a file is read for its digest; put() looks more exactly. */
static int check_room(struct vault *v, const struct vec *parts)
{
	uint64_t nbytes = 0;

	for (size_t i = 0; i < parts->count; i++) {
		const struct item_part *part = vec_at(parts, i);

		if (part->nbytes > ITEM_PART_NBYTES_MAX)
			return err_fail(ERR_TOO_LARGE, 0,
					"%" PRIu64 " bytes do not go into one "
					"vault item",
					part->nbytes);
		nbytes += part->nbytes;
	}
	return vault_check_space(v->path, nbytes);
}

static int on_stream(void *arg, const char *name, uint64_t size)
{
	return add_part(arg, name, size);
}

int vault_put_file(struct vault *v, struct vault_info *info,
		   struct host_subject *subject, char **name_ret)
{
	struct copying c = { subject, NULL };
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
		err = add_part(&parts, "", st.size);
	if (err == 0)
		err = host_subject_streams(subject, on_stream, &parts);
	if (err == 0)
		err = check_room(v, &parts);
	if (err != 0)
		goto out;
	c.buf = mem_alloc(ITEM_CHUNK_NBYTES);
	if (c.buf == NULL) {
		err = vault_nomem();
		goto out;
	}
	head_of(&head, info, &parts);
	head.info.meta = meta;
	if (head.info.sha256[0] == '\0')
		err = hash_file(&c, st.size, head.info.sha256);
	if (err == 0)
		err = put(v, &head, fill_from_file, &c, name_ret);
	if (err != 0)
		goto out;
	host_meta_release(&info->meta);
	info->meta = meta;
	memset(&meta, 0, sizeof(meta));
	tell(info, &head);
out:
	mem_free(c.buf);
	parts_release(&parts);
	host_meta_release(&meta);
	return err;
}

/* ---- bytes -------------------------------------------------------------- */

struct memory {
	const void *data;
	size_t nbytes;
	const struct vault_part *parts;
};

static int fill_from_memory(void *arg, const struct item_head *head,
			    struct item_writer *w)
{
	const struct memory *m = arg;
	int err = item_writer_add(w, m->data, m->nbytes);

	for (size_t i = 1; err == 0 && i < head->part_count; i++)
		err = item_writer_add(w, m->parts[i - 1].data,
				      m->parts[i - 1].nbytes);
	return err;
}

int vault_put_bytes(struct vault *v, struct vault_info *info, const void *data,
		    size_t nbytes, const struct vault_part *more,
		    size_t part_count, char **name_ret)
{
	struct memory m = { data, nbytes, more };
	struct vec parts = VEC_INIT(struct item_part, ITEM_PARTS_MAX);
	uint8_t raw[crypto_hash_sha256_BYTES];
	struct item_head head;
	int err = item_crypto_start();

	if (err == 0)
		err = add_part(&parts, "", nbytes);
	for (size_t i = 0; err == 0 && i < part_count; i++)
		err = add_part(&parts, more[i].name, more[i].nbytes);
	if (err != 0)
		goto out;
	head_of(&head, info, &parts);
	if (head.info.sha256[0] == '\0') {
		crypto_hash_sha256(raw, data, nbytes);
		sodium_bin2hex(head.info.sha256, sizeof(head.info.sha256), raw,
			       sizeof(raw));
	}
	err = put(v, &head, fill_from_memory, &m, name_ret);
	if (err == 0)
		tell(info, &head);
out:
	parts_release(&parts);
	return err;
}

/* ---- readable files beside items ---------------------------------------- */

static bool is_text_name(const char *name)
{
	const size_t n = strlen(name);

	return n > 0 && n <= 100 && name[0] != '.' && name[n - 1] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n &&
	       !ascii_iends_with(name, ".mqv");
}

int vault_put_text(struct vault *v, const char *name, const void *data,
		   size_t nbytes)
{
	struct host_place *place = NULL;
	struct host_new *n = NULL;
	char *path;
	int err;

	if (!is_text_name(name))
		return err_fail(ERR_INVALID, 0,
				"no name for a file of the vault: \"%s\"",
				name);
	err = vault_check_space(v->path, nbytes);
	if (err != 0)
		return err;
	path = host_join(v->path, name);
	if (path == NULL)
		return vault_nomem();
	err = host_place_open(v->base, path, &place);
	if (err == 0)
		err = host_new_begin(place, &n);
	if (err == 0) {
		err = host_new_write(n, data, nbytes);
		if (err == 0)
			err = host_new_finish(n, NULL);
		else
			host_new_abort(n);
	}
	host_place_close(place);
	mem_free(path);
	return err;
}
