/*
 * Saves into the vault: write, read back through the handle that is then
 * renamed, compare, rename without replacing.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <string.h>

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

char *vault_item_name(const char *fix_id, uint32_t seq)
{
	char name[64];

	snprintf(name, sizeof(name), "%.32s-%04" PRIu32 ".mqv", fix_id, seq);
	return mem_strdup(name);
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
	p->name = vault_item_name(info->fix_id, info->seq);
	path = p->name != NULL ? host_join(p->v->path, p->name) : NULL;
	if (path == NULL || p->temp_path == NULL)
		err = err_nomem();
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
	return err_fail(ERR_EXISTS, 0, W_VAULT_ITEM_EXISTS,
			host_place_path(p->final));
}

static int write_item(struct put *p, vault_fill_fn fill, void *arg)
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
			err = err_fail(ERR_IO, 0, W_VAULT_ITEM_READS_OTHERWISE,
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

int vault_put_item(struct vault *v, struct item_head *head, vault_fill_fn fill,
		   void *arg, char **name_ret)
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

int vault_add_part(struct vec *parts, const char *name, uint64_t nbytes)
{
	struct item_part *part;

	if (parts->count == ITEM_PARTS_MAX)
		return err_fail(ERR_TOO_LARGE, 0, W_VAULT_TOO_MANY_STREAMS,
				ITEM_PARTS_MAX - 1);
	part = vec_push(parts);
	if (part == NULL)
		return err_nomem();
	part->nbytes = nbytes;
	part->name = mem_strdup(name);
	return part->name == NULL ? err_nomem() : 0;
}

void vault_parts_release(struct vec *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		mem_free(((struct item_part *)vec_at(parts, i))->name);
	vec_release(parts);
}

/* Texts and, for bytes, metadata stay the caller's. */
void vault_head_of(struct item_head *head, const struct vault_info *info,
		   const struct vec *parts)
{
	memset(head, 0, sizeof(*head));
	head->info = *info;
	head->parts = parts->items;
	head->part_count = parts->count;
}

void vault_tell(struct vault_info *info, const struct item_head *head)
{
	info->nbytes = head->parts[0].nbytes;
	info->stream_count = (uint32_t)head->part_count - 1;
	memcpy(info->sha256, head->info.sha256, sizeof(info->sha256));
}
