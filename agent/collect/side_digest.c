/*
 * What the keys beside a registration hold when it is scanned.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "collect/registration.h"

#include "base/err.h"
#include "registry/reg_tree.h"

static int digest_side(struct target *t, struct side_key *side)
{
	struct target_key place;
	struct reg_key *key = NULL;
	struct reg_tree *tree = NULL;
	int err = target_find_key(t, side->key, &place);

	if (!err)
		err = reg_open_key(place.root, place.path, &key);
	if (!err)
		err = reg_tree_read(key, &tree);
	if (!err)
		err = reg_tree_digest(tree, side->digest);
	reg_tree_free(tree);
	reg_close_key(key);
	return err == ERR_NOMEM ? err : 0;
}

int registration_digest_sides(struct target *t, struct registration *r)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->side_count; i++)
		err = digest_side(t, &r->sides[i]);
	return err;
}
