/*
 * Saves what is in memory, and readable texts beside the items.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "remediate/vault_internal.h"
#include "base/err.h"
#include "base/mem.h"
#include "words/vault.h"

#include <sodium.h>
#include <string.h>

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
		err = vault_add_part(&parts, "", nbytes);
	for (size_t i = 0; err == 0 && i < part_count; i++)
		err = vault_add_part(&parts, more[i].name, more[i].nbytes);
	if (err != 0)
		goto out;
	vault_head_of(&head, info, &parts);
	if (head.info.sha256[0] == '\0') {
		crypto_hash_sha256(raw, data, nbytes);
		sodium_bin2hex(head.info.sha256, sizeof(head.info.sha256), raw,
			       sizeof(raw));
	}
	err = vault_put_item(v, &head, fill_from_memory, &m, name_ret);
	if (err == 0)
		vault_tell(info, &head);
out:
	vault_parts_release(&parts);
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
		return err_fail(ERR_INVALID, 0, W_VAULT_NO_NAME, name);
	err = vault_check_space(v->path, nbytes);
	if (err != 0)
		return err;
	path = host_join(v->path, name);
	if (path == NULL)
		return err_nomem();
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
