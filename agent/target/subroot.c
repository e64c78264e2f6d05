/*
 * A registry root that begins at a key below another one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Offline SOFTWARE is a file whose root key is HKLM\SOFTWARE; live it is a
 * key below HKLM.  With this both look alike.  Keys opened through it are
 * the other root's own.
 */
#include "target/target_private.h"
#include "registry/reg_backend.h"

#include "base/err.h"
#include "base/mem.h"

#include <string.h>

struct subroot {
	struct reg_root root; /* first */
	struct reg_root *base;
	char *path;
};

static void subroot_close(struct reg_root *root)
{
	struct subroot *s = (struct subroot *)root;

	mem_free(s->path);
	mem_free(s);
}

static int subroot_open_key(struct reg_root *root, struct reg_key *from,
			    const char *path, struct reg_key **ret)
{
	struct subroot *s = (struct subroot *)root;
	char *whole;
	int err;

	(void)from; /* keys belong to the base and never come here */
	if (!*path)
		return reg_open_key(s->base, s->path, ret);
	whole = wpath_append(s->path, path);
	if (!whole)
		return err_nomem();
	err = reg_open_key(s->base, whole, ret);
	mem_free(whole);
	return err;
}

static const struct reg_ops ops = {
	.close = subroot_close,
	.open_key = subroot_open_key,
};

int subroot_open(struct reg_root *base, const char *path, struct reg_root **ret)
{
	struct subroot *s;
	struct reg_key *key;
	int err = reg_open_key(base, path, &key);

	if (err)
		return err;
	reg_close_key(key);
	s = mem_zalloc(sizeof(*s));
	if (!s)
		return err_nomem();
	s->root.ops = &ops;
	s->base = base;
	s->path = mem_strdup(path);
	if (!s->path) {
		mem_free(s);
		return err_nomem();
	}
	*ret = &s->root;
	return 0;
}
